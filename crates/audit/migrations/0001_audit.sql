-- The audit trail: one chain of records for each acting login, appended to and never changed.
CREATE TABLE audit_record (
  -- The acting login; 0 to 15 for acts without a login, spread by their object.
  chain BIGINT NOT NULL,
  -- Place within the chain, from 1, without holes.
  seq BIGINT NOT NULL,
  -- Instant of the act, milliseconds UTC.
  at BIGINT NOT NULL,
  -- Who: JSON with kind, login, department and roles; never a name or a number of a person.
  actor TEXT NOT NULL,
  -- What was done: one of the event kinds.
  act TEXT NOT NULL,
  -- To what, as kind:id.
  object TEXT NOT NULL,
  -- Why, where a reason was given.
  reason TEXT,
  -- Network address of the request.
  address TEXT,
  -- Number of the request.
  request TEXT NOT NULL,
  -- More about it: JSON, personal data only masked.
  detail TEXT NOT NULL,
  -- Link of the record before, 64 hexadecimal characters.
  prev TEXT NOT NULL,
  -- SM3 over the link before and the canonical JSON of this record.
  hash TEXT NOT NULL,
  PRIMARY KEY (chain, seq)
);
-- The last link of each chain: the lock of those who append, and the proof that no record was cut off.
CREATE TABLE audit_head (
  chain BIGINT NOT NULL,
  -- Records in the chain.
  seq BIGINT NOT NULL,
  -- Link of the last record.
  hash TEXT NOT NULL,
  PRIMARY KEY (chain)
);
