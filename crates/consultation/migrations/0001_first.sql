-- What somebody said to the platform (咨询、建议).
CREATE TABLE consultation_feedback (
  -- number of the receipt, YJ2026000123
  receipt TEXT NOT NULL PRIMARY KEY,
  -- question | suggestion | trouble | certificate | accessibility
  kind TEXT NOT NULL,
  -- what it is about: a page or words that were searched for; not personal
  about TEXT NOT NULL,
  -- words and contact as JSON, sealed
  sealed TEXT NOT NULL,
  -- login of who wrote it; 0 without one
  account_id BIGINT NOT NULL,
  -- keyed digest of the address it came from; empty when not known
  who TEXT NOT NULL,
  -- instant, ms UTC
  at BIGINT NOT NULL,
  -- open | answered
  state TEXT NOT NULL,
  -- what was done, sealed
  answer TEXT,
  -- name of who answered
  answered_by TEXT,
  answered_at BIGINT
);
CREATE INDEX consultation_feedback_by_state ON consultation_feedback (state, at, receipt);
CREATE INDEX consultation_feedback_by_who ON consultation_feedback (who, at);
