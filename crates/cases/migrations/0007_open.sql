-- Decisions that are no longer open, because the licence was annulled, revoked or withdrawn.
ALTER TABLE case_open_decision ADD COLUMN withdrawn_on TEXT;
-- annulled | revoked | withdrawn
ALTER TABLE case_open_decision ADD COLUMN withdrawn_why TEXT;
CREATE INDEX case_open_decision_by_code ON case_open_decision (code, decided_on, case_id);
CREATE INDEX case_open_decision_by_opening ON case_open_decision (published_on, case_id);
-- Granted and on its way to the applicant: few at any time.
CREATE INDEX case_record_granted ON case_record (decided_at, case_id) WHERE state = 'granted';
