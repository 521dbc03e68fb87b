-- What waits for the applicant, and how many messages the applicant has not seen.
ALTER TABLE case_person ADD COLUMN department TEXT NOT NULL DEFAULT '';
-- correct | pay | supply | answer: what the case waits for from the applicant; empty when nothing.
ALTER TABLE case_person ADD COLUMN asked TEXT NOT NULL DEFAULT '';
-- Last day for it, YYYY-MM-DD.
ALTER TABLE case_person ADD COLUMN asked_due TEXT;
-- Messages of the office, and how many of them the applicant has seen.
ALTER TABLE case_person ADD COLUMN said_by_office BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_person ADD COLUMN seen_by_applicant BIGINT NOT NULL DEFAULT 0;

-- Messages of the applicant, and how many of them the office has seen.
ALTER TABLE case_record ADD COLUMN said_by_applicant BIGINT NOT NULL DEFAULT 0;
ALTER TABLE case_record ADD COLUMN seen_by_office BIGINT NOT NULL DEFAULT 0;
CREATE INDEX case_record_unseen ON case_record (department, changed_at) WHERE said_by_applicant > seen_by_office;

-- A correction or statement begun and not sent: kept sealed until it is.
CREATE TABLE case_supplement_draft (
    case_id BIGINT NOT NULL PRIMARY KEY,
    -- What was typed, as JSON, sealed.
    sealed TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Wrong query codes given from one address in one hour, so that nobody guesses on.
CREATE TABLE case_progress_miss (
    -- keyed digest of the address
    who TEXT NOT NULL,
    -- hours since 1970
    hour BIGINT NOT NULL,
    misses BIGINT NOT NULL,
    PRIMARY KEY (who, hour)
);
