-- Electronic seals of the departments (电子印章).
CREATE TABLE seal_record (
  seal_id BIGINT NOT NULL PRIMARY KEY,
  -- unique number of the seal inside its structure (esID), 14 digits; empty until it is made
  number TEXT NOT NULL,
  -- key of the department
  department TEXT NOT NULL,
  -- body | approval | certificate
  kind TEXT NOT NULL,
  -- words in the ring
  name TEXT NOT NULL,
  -- words below the star; may be empty
  line TEXT NOT NULL,
  -- what it may be put on: words of SealUse, joined by commas
  uses_allowed TEXT NOT NULL,
  -- uses a day from which supervision is told; 0 = none
  daily_quota BIGINT NOT NULL,
  -- applied | refused | approved | made | active | suspended | renewed | revoked
  state TEXT NOT NULL,
  -- the seal that this one takes the place of; 0 = none
  renews BIGINT NOT NULL,
  -- login that applied
  applied_by BIGINT NOT NULL,
  applied_at BIGINT NOT NULL,
  -- first and last instant at which it may be used, ms UTC; 0 until it is made
  valid_from BIGINT NOT NULL,
  valid_to BIGINT NOT NULL,
  -- SESeal of GB/T 38540-2020, DER; empty until it is made
  structure BYTEA NOT NULL,
  -- certificate of the signer, DER; empty until it is made
  signer BYTEA NOT NULL,
  -- uses so far, and the head of their chain (SM3, hex)
  uses BIGINT NOT NULL,
  head TEXT NOT NULL,
  -- guard: +1 with each change of state
  version BIGINT NOT NULL
);
CREATE INDEX seal_record_in_use ON seal_record (state, seal_id);
CREATE INDEX seal_record_by_department ON seal_record (department, state, seal_id);
-- What happened to a seal.
CREATE TABLE seal_event (
  seal_id BIGINT NOT NULL,
  -- 1, 2, 3 … within the seal
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  -- apply | approve | refuse | make | activate | suspend | restore | renew | revoke
  step TEXT NOT NULL,
  -- login; 0 for the platform
  account_id BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (seal_id, seq)
);
-- Every use of a seal, chained.
CREATE TABLE seal_use (
  seal_id BIGINT NOT NULL,
  -- 1, 2, 3 … within the seal
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  -- login; 0 for the platform
  account_id BIGINT NOT NULL,
  actor TEXT NOT NULL,
  -- second person, where two are asked for; empty otherwise
  confirmed_by TEXT NOT NULL,
  -- decision | notice | certificate | document
  put_on TEXT NOT NULL,
  -- number of the case; empty when there is none
  case_number TEXT NOT NULL,
  -- identifier or number of the document
  document TEXT NOT NULL,
  -- SM3 of the sealed file, hex
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- what is unusual: off-hours, over-quota, joined by commas; empty when nothing
  unusual TEXT NOT NULL,
  -- SM3 over the entry before and this one, hex
  chain TEXT NOT NULL,
  PRIMARY KEY (seal_id, seq)
);
CREATE INDEX seal_use_by_time ON seal_use (seal_id, at);
CREATE INDEX seal_use_by_case ON seal_use (case_number, seal_id, seq);
CREATE INDEX seal_use_unusual ON seal_use (unusual, at);
