-- What desks filter by: kind of work, the day the light turns yellow, and whether the applicant sent it back.
-- Rows written before are made right by the next change of their case, or by `tongban replay --rewrite`.
ALTER TABLE case_worklist ADD COLUMN kind TEXT NOT NULL DEFAULT '';
-- First day of a yellow light; 9999-12-31 when there is none.
ALTER TABLE case_worklist ADD COLUMN yellow_on TEXT NOT NULL DEFAULT '9999-12-31';
-- A day behind the due date has no published calendar yet: no red light.
ALTER TABLE case_worklist ADD COLUMN provisional BOOLEAN NOT NULL DEFAULT FALSE;
-- The applicant did what the office waited for.
ALTER TABLE case_worklist ADD COLUMN came_back BOOLEAN NOT NULL DEFAULT FALSE;

-- What the search over cases reads: one row for each department with a part in the case.
CREATE TABLE case_search (
    department TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    -- This department decides the case; otherwise it carries out a step.
    own BOOLEAN NOT NULL,
    -- The applicant. Numbers are found through the keyed index of identity, never here.
    subject_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    item_name TEXT NOT NULL,
    -- District code, or empty when the city handles it.
    region TEXT NOT NULL,
    applicant TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    -- Day by which the office has to act next; null when nothing runs.
    due TEXT,
    PRIMARY KEY (department, case_id)
);
CREATE INDEX case_search_by_time ON case_search (department, submitted_at, case_id);
CREATE INDEX case_search_by_subject ON case_search (department, subject_id, submitted_at, case_id);
CREATE INDEX case_search_by_item ON case_search (department, item, submitted_at, case_id);
CREATE INDEX case_search_by_state ON case_search (department, state, submitted_at, case_id);
CREATE INDEX case_search_over_all ON case_search (own, submitted_at, case_id);

-- Working notes: what the office found when it looked at a material. They become history in a notice or an opinion.
CREATE TABLE case_verdict (
    case_id BIGINT NOT NULL,
    -- Key of a material, or form.<field>.
    target TEXT NOT NULL,
    -- fits or wrong.
    verdict TEXT NOT NULL,
    -- What is wrong and what would be right, as JSON, sealed; null when it fits.
    sealed TEXT,
    -- Entries of the case when it was given: what came in later has not been looked at.
    seq BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (case_id, target)
);
