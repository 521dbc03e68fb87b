-- One row for each case: the lock of the case and what lists show. Rebuilt from case_event at any time.
CREATE TABLE case_record (
    case_id BIGINT NOT NULL PRIMARY KEY,
    -- Entries so far: the optimistic lock.
    seq BIGINT NOT NULL,
    -- SM3 of the last entry, hexadecimal.
    head TEXT NOT NULL,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    version BIGINT NOT NULL,
    item_name TEXT NOT NULL,
    department TEXT NOT NULL,
    -- District code, or empty when the city handles it.
    region TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    applicant TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- City days; null until known.
    accepted_on TEXT,
    promised_due TEXT,
    statutory_due TEXT,
    -- A day behind a due date has no published calendar yet.
    provisional BOOLEAN NOT NULL,
    decided_at BIGINT,
    closed_at BIGINT,
    result TEXT,
    -- 1 to 5.
    score BIGINT,
    -- Day on which the platform itself has something to do.
    wake_on TEXT
);
CREATE INDEX case_record_by_department ON case_record (department, submitted_at, case_id);
CREATE INDEX case_record_by_state ON case_record (department, state, submitted_at, case_id);
CREATE INDEX case_record_by_item ON case_record (department, item, submitted_at, case_id);
CREATE INDEX case_record_by_wake ON case_record (wake_on);

-- The history: append only, chained by SM3 over the entry before, the open part and the private part.
CREATE TABLE case_event (
    case_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- The entry without its private part, as JSON; exactly these bytes are chained.
    body TEXT NOT NULL,
    -- The private part, sealed; null when there is none.
    sealed TEXT,
    hash TEXT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- The public number is unique in a table of its own.
CREATE TABLE case_number (
    number TEXT NOT NULL PRIMARY KEY,
    case_id BIGINT NOT NULL
);

-- What "my matters" shows.
CREATE TABLE case_person (
    subject_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    item_name TEXT NOT NULL,
    state TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    due TEXT,
    PRIMARY KEY (subject_id, case_id)
);
CREATE INDEX case_person_by_time ON case_person (subject_id, submitted_at, case_id);

-- Who has to do something now: one queue for each department.
CREATE TABLE case_worklist (
    department TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    task TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    region TEXT NOT NULL,
    number TEXT NOT NULL,
    item TEXT NOT NULL,
    item_name TEXT NOT NULL,
    applicant TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- Last day; 9999-12-31 when nothing runs.
    due TEXT NOT NULL,
    -- The account that holds it; 0 when it is in the queue.
    claimed_by BIGINT NOT NULL,
    claimed_name TEXT NOT NULL,
    PRIMARY KEY (department, case_id, task)
);
CREATE INDEX case_worklist_by_due ON case_worklist (department, due, case_id, task);
CREATE INDEX case_worklist_by_claim ON case_worklist (department, claimed_by, due, case_id, task);

-- Documents issued, as data.
CREATE TABLE case_document (
    case_id BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    -- SM3 of the body, hexadecimal.
    digest TEXT NOT NULL,
    PRIMARY KEY (case_id, document_id)
);

-- From the code on a document to its case.
CREATE TABLE case_document_code (
    document_id BIGINT NOT NULL PRIMARY KEY,
    case_id BIGINT NOT NULL
);

-- From a file to the cases it was handed in with.
CREATE TABLE case_file (
    file_id BIGINT NOT NULL,
    case_id BIGINT NOT NULL,
    PRIMARY KEY (file_id, case_id)
);

-- Applications begun and not handed in.
CREATE TABLE case_draft (
    subject_id BIGINT NOT NULL,
    draft_id BIGINT NOT NULL,
    item TEXT NOT NULL,
    item_name TEXT NOT NULL,
    -- Form and materials as JSON, sealed.
    sealed TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (subject_id, draft_id)
);
CREATE INDEX case_draft_by_time ON case_draft (changed_at);
