-- Persons and enterprises. Numbers, phones and addresses are sealed for their row: v<key version>.<base64url>.
CREATE TABLE identity_subject (
  subject_id BIGINT NOT NULL,
  -- person or enterprise.
  kind TEXT NOT NULL,
  -- Which kind of identity document: resident-id, passport, ..., uscc.
  document_kind TEXT NOT NULL,
  -- Sealed number of that document.
  document_number TEXT NOT NULL,
  -- Full name.
  name TEXT NOT NULL,
  -- Sealed phone number. Not unique: families share one, numbers are given out again.
  phone TEXT,
  -- Sealed address.
  address TEXT,
  -- Day of birth, YYYY-MM-DD; persons only.
  birth_date TEXT,
  -- male or female; persons only.
  sex TEXT,
  -- District of residence or registration (GB/T 2260).
  region TEXT,
  -- Registered name of the legal representative; enterprises only.
  legal_representative TEXT,
  -- Real-name level, 0 to 4.
  level BIGINT NOT NULL,
  -- How that level was reached: none, demo, counter or authority.
  verified_by TEXT NOT NULL,
  -- Instant of registration, milliseconds UTC.
  registered_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (subject_id)
);
-- One number: document kind and number, as a keyed digest, to the one subject.
CREATE TABLE identity_key (
  -- HMAC-SM3 of kind and number, hexadecimal.
  blind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  PRIMARY KEY (blind)
);
-- Who may act for an enterprise.
CREATE TABLE identity_mandate (
  -- The enterprise.
  subject_id BIGINT NOT NULL,
  -- The person.
  person_id BIGINT NOT NULL,
  -- legal_representative, administrator, handling_agent or seal_keeper.
  role TEXT NOT NULL,
  -- First day, YYYY-MM-DD.
  since TEXT NOT NULL,
  -- Last day, YYYY-MM-DD; none: until ended.
  until TEXT,
  -- Instant of the end before its time, milliseconds UTC.
  ended_at BIGINT,
  PRIMARY KEY (subject_id, person_id, role, since),
  FOREIGN KEY (subject_id) REFERENCES identity_subject (subject_id)
);
-- Logins.
CREATE TABLE identity_account (
  account_id BIGINT NOT NULL,
  -- person, enterprise or staff.
  kind TEXT NOT NULL,
  username TEXT NOT NULL,
  -- Name as shown to others.
  name TEXT NOT NULL,
  -- The person or enterprise it belongs to; none for staff.
  subject_id BIGINT,
  -- The person who acts for the enterprise, where one stands behind the login.
  person_id BIGINT,
  -- Argon2id hash as a PHC string.
  password TEXT NOT NULL,
  -- Instant the password was set, milliseconds UTC.
  password_at BIGINT NOT NULL,
  -- active or closed.
  state TEXT NOT NULL,
  -- Instant of opening, milliseconds UTC.
  opened_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (account_id)
);
-- Usernames are unique over all logins.
CREATE TABLE identity_username (
  username TEXT NOT NULL,
  account_id BIGINT NOT NULL,
  PRIMARY KEY (username)
);
-- The post of a member of staff.
CREATE TABLE identity_staff (
  account_id BIGINT NOT NULL,
  -- Key of the department.
  department TEXT NOT NULL,
  -- District code, or none for the city's own bodies.
  region TEXT,
  -- What the post is called.
  post TEXT NOT NULL,
  -- Roles held: JSON list of words.
  roles TEXT NOT NULL,
  -- Roles asked for and not yet granted: JSON list of words, or none.
  requested_roles TEXT,
  PRIMARY KEY (account_id),
  FOREIGN KEY (account_id) REFERENCES identity_account (account_id)
);
CREATE INDEX identity_staff_department ON identity_staff (department, account_id);
-- Passwords that a member of staff had before.
CREATE TABLE identity_password (
  account_id BIGINT NOT NULL,
  -- Instant it was replaced, milliseconds UTC.
  replaced_at BIGINT NOT NULL,
  -- Argon2id hash as a PHC string.
  password TEXT NOT NULL,
  PRIMARY KEY (account_id, replaced_at),
  FOREIGN KEY (account_id) REFERENCES identity_account (account_id)
);
-- Sessions and tokens of programs.
CREATE TABLE identity_session (
  -- SM3 of the token, hexadecimal. The token itself is nowhere.
  digest TEXT NOT NULL,
  -- Number by which the session is listed and ended.
  session_id BIGINT NOT NULL,
  account_id BIGINT NOT NULL,
  -- session or api.
  kind TEXT NOT NULL,
  -- What the owner calls a token.
  label TEXT,
  -- Instants, milliseconds UTC.
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  -- Longest rest between two uses, milliseconds; none: only the end counts.
  idle_ms BIGINT,
  -- Where it was made.
  address TEXT,
  -- The program it was made with.
  agent TEXT,
  PRIMARY KEY (digest)
);
CREATE INDEX identity_session_account ON identity_session (account_id, session_id);
CREATE INDEX identity_session_end ON identity_session (expires_at);
-- Failed sign-ins, by login name (keyed digest) and by address.
CREATE TABLE identity_attempt (
  -- account:<keyed digest of the name> or address:<address>.
  name TEXT NOT NULL,
  -- Instants of recent failures: JSON list of milliseconds UTC.
  recent TEXT NOT NULL,
  -- No sign-in before this instant, milliseconds UTC; 0: not locked.
  locked_until BIGINT NOT NULL,
  -- Last change, milliseconds UTC.
  touched_at BIGINT NOT NULL,
  PRIMARY KEY (name)
);
CREATE INDEX identity_attempt_touched ON identity_attempt (touched_at);
