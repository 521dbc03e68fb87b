-- What somebody allowed others to do with certificates of his (用证授权; 个人信息保护法 第十四条至第十六条).
CREATE TABLE identity_consent (
  -- Who allowed it: a person or an enterprise.
  subject_id BIGINT NOT NULL,
  -- Ordered by time.
  id BIGINT NOT NULL,
  -- Key of the department that may use them.
  grantee TEXT NOT NULL,
  -- JSON list of certificate types that may be used.
  certificate_types TEXT NOT NULL,
  -- JSON list of fields; empty: those that the purpose needs.
  fields TEXT NOT NULL,
  -- What for: slug of an item.
  purpose TEXT NOT NULL,
  -- Name of the purpose as the grantor read it.
  purpose_name TEXT NOT NULL,
  -- The case it was given for; none when it stands by itself.
  case_number TEXT,
  -- once, case or until.
  scope TEXT NOT NULL,
  -- Last day, at most a year after the first; of `until` always, of the others where the grantor set one.
  until TEXT,
  -- Instant, ms UTC.
  granted_at BIGINT NOT NULL,
  -- How it was given: click or counter.
  method TEXT NOT NULL,
  -- The login by which it was given; at a counter the clerk's.
  account_id BIGINT,
  -- Version of the words that the grantor read.
  text_version TEXT NOT NULL,
  -- active, used, revoked or closed; past its last day is computed, never stored.
  status TEXT NOT NULL,
  -- Instant it ceased to hold, ms UTC.
  ended_at BIGINT,
  PRIMARY KEY (subject_id, id)
);
CREATE INDEX identity_consent_case ON identity_consent (subject_id, case_number);
