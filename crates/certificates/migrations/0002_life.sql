-- Suspension: the certificate is effective, except on these days.
ALTER TABLE certificate_record ADD COLUMN suspended_from TEXT;
-- Last day of a suspension; none: until it is lifted.
ALTER TABLE certificate_record ADD COLUMN suspended_to TEXT;

-- What happened to a certificate: append only.
CREATE TABLE certificate_event (
  -- holder
  subject_id BIGINT NOT NULL,
  -- ordered by time
  id BIGINT NOT NULL,
  -- CertificateId of the version it happened to
  certificate_id BIGINT NOT NULL,
  -- a word of ChangeKind
  kind TEXT NOT NULL,
  -- instant it was entered, ms UTC
  at BIGINT NOT NULL,
  -- day from which it has effect; of an annulment the day of issue
  effective_from TEXT NOT NULL,
  -- last day of a suspension
  effective_to TEXT,
  -- department that did it; none: the platform by itself
  department TEXT,
  -- login of whoever did or proposed it
  account_id BIGINT,
  -- login of the second person
  confirmed_by BIGINT,
  -- key of the ground of law
  ground TEXT,
  -- number of the decision on paper, such as of a penalty
  document TEXT,
  -- reason in words, sealed
  reason TEXT,
  PRIMARY KEY (subject_id, id)
);
CREATE INDEX certificate_event_of_one ON certificate_event (subject_id, certificate_id, id);

-- A step against the holder that a second person has to confirm.
CREATE TABLE certificate_proposal (
  -- holder
  subject_id BIGINT NOT NULL,
  -- ordered by time
  id BIGINT NOT NULL,
  -- CertificateId
  certificate_id BIGINT NOT NULL,
  -- department that issued it
  department TEXT NOT NULL,
  -- a word of OrderKind
  kind TEXT NOT NULL,
  -- key of the ground of law
  ground TEXT NOT NULL,
  -- number of the decision on paper
  document TEXT,
  -- reason in words, sealed
  reason TEXT NOT NULL,
  -- first and last day of a suspension
  first_day TEXT,
  last_day TEXT,
  -- instant, login and name of the first person
  proposed_at BIGINT NOT NULL,
  proposed_by BIGINT NOT NULL,
  proposed_name TEXT NOT NULL,
  -- open, confirmed or dismissed
  state TEXT NOT NULL,
  -- instant and login of the second person
  decided_at BIGINT,
  decided_by BIGINT,
  -- why it was turned down, sealed
  answer TEXT,
  PRIMARY KEY (subject_id, id)
);
CREATE INDEX certificate_proposal_of_department ON certificate_proposal (department, state, id);

-- What a holder says is wrong in a certificate (纠错).
CREATE TABLE certificate_report (
  -- holder
  subject_id BIGINT NOT NULL,
  -- ordered by time
  id BIGINT NOT NULL,
  -- CertificateId
  certificate_id BIGINT NOT NULL,
  -- department that issued it and answers
  department TEXT NOT NULL,
  -- instant, ms UTC
  at BIGINT NOT NULL,
  -- last day to answer
  due TEXT NOT NULL,
  -- what is wrong, in the holder's words, sealed
  words TEXT NOT NULL,
  -- open, corrected or refused
  state TEXT NOT NULL,
  -- instant and login of the answer
  answered_at BIGINT,
  answered_by BIGINT,
  -- the answer in words, sealed
  answer TEXT,
  -- CertificateId of the corrected version
  corrected_by BIGINT,
  PRIMARY KEY (subject_id, id)
);
CREATE INDEX certificate_report_of_department ON certificate_report (department, state, due, id);
