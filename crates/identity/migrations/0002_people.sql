-- The personal login of a person: one subject, one login (一号一户).
CREATE TABLE identity_personal (
  -- The person.
  subject_id BIGINT NOT NULL,
  -- The login.
  account_id BIGINT NOT NULL,
  PRIMARY KEY (subject_id)
);
INSERT INTO identity_personal (subject_id, account_id)
  SELECT subject_id, min(account_id) FROM identity_account
  WHERE kind = 'person' AND state = 'active' AND subject_id IS NOT NULL GROUP BY subject_id;
-- Steps under way that rest on a one-time code: registering, signing in by code, a forgotten password, a new phone.
CREATE TABLE identity_flow (
  -- SM3 of the ticket that the browser holds, hexadecimal. The ticket itself is nowhere.
  digest TEXT NOT NULL,
  -- register, sign-in, forgotten or phone: a code serves the purpose alone for which it was sent.
  purpose TEXT NOT NULL,
  -- Sealed JSON: what was given so far.
  body TEXT NOT NULL,
  -- Keyed digest of the code that was sent last, with purpose, ticket and phone; none: no code may be entered.
  code TEXT,
  -- Instant the code ends, milliseconds UTC.
  code_until BIGINT NOT NULL,
  -- Tries at that code so far.
  tries BIGINT NOT NULL,
  -- Instant the code was entered rightly, milliseconds UTC.
  proven_at BIGINT,
  -- Instant the step ends, milliseconds UTC.
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (digest)
);
CREATE INDEX identity_flow_end ON identity_flow (expires_at);
-- The enterprise for which a person acts in this session; none: for himself.
ALTER TABLE identity_session ADD COLUMN acting_for BIGINT;
CREATE INDEX identity_mandate_person ON identity_mandate (person_id, subject_id);
