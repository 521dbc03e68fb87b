-- Documents that repeat what people said (minutes of a hearing, statements, defences) are kept sealed: `body` is empty then,
-- and `digest` is that of the text under the seal. Documents kept before stay as they are.
ALTER TABLE case_document ADD COLUMN sealed TEXT;

-- Whom a member of staff has declared to be close to (回避登记): by keyed digest of the number, so that nobody learns of it.
CREATE TABLE case_relation (
    account_id BIGINT NOT NULL,
    relation_id BIGINT NOT NULL,
    -- Keyed digest of kind and number of the identity document.
    blind TEXT NOT NULL,
    -- oneself, spouse, kin, interest or other.
    relation TEXT NOT NULL,
    -- The name of whom, sealed.
    sealed TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, relation_id)
);

-- Promises not kept (容缺材料逾期没有补交、虚假材料): close deferral for the time that the city sets.
CREATE TABLE case_credit (
    subject_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    -- deferred-not-supplied or commitment-broken.
    cause TEXT NOT NULL,
    -- City day on which the case was terminated for it.
    happened_on TEXT NOT NULL,
    PRIMARY KEY (subject_id, case_id)
);

-- Accepted applications for items of which a limited number is granted, in the order that decides (行政许可法 第五十七条).
CREATE TABLE case_line (
    item TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    -- Instant of acceptance, milliseconds UTC; of receipt when silence accepted.
    accepted_at BIGINT NOT NULL,
    -- Not decided and not ended.
    waiting BOOLEAN NOT NULL,
    PRIMARY KEY (item, case_id)
);
CREATE INDEX case_line_by_order ON case_line (item, waiting, accepted_at, case_id);

-- How many of a limited number were granted in a year, or in all.
CREATE TABLE case_quota (
    item TEXT NOT NULL,
    -- The year, or `total`.
    period TEXT NOT NULL,
    taken BIGINT NOT NULL,
    PRIMARY KEY (item, period)
);

-- Granting decisions open to the public (行政许可法 第四十条). Names of people are masked here already.
CREATE TABLE case_open_decision (
    case_id BIGINT NOT NULL PRIMARY KEY,
    item TEXT NOT NULL,
    item_name TEXT NOT NULL,
    department TEXT NOT NULL,
    -- Name of an enterprise; masked name of a person.
    applicant TEXT NOT NULL,
    -- Credit code of an enterprise; empty for people.
    code TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    certificate_name TEXT NOT NULL,
    -- Number of an enterprise's certificate; empty for people.
    certificate_number TEXT NOT NULL,
    -- City day; null: no expiry.
    valid_until TEXT,
    decided_on TEXT NOT NULL,
    published_on TEXT NOT NULL
);
CREATE INDEX case_open_decision_by_day ON case_open_decision (decided_on, case_id);
CREATE INDEX case_open_decision_by_department ON case_open_decision (department, decided_on, case_id);
