-- Facts told to others, waiting to be delivered.
CREATE TABLE db_outbox (
    home BIGINT NOT NULL,
    id BIGINT NOT NULL,
    -- 0 to 63, of the home: what one worker leases.
    bucket BIGINT NOT NULL,
    topic TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Not before this instant.
    due BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    last_error TEXT,
    PRIMARY KEY (home, id)
);
CREATE INDEX db_outbox_by_bucket ON db_outbox (bucket, due, id);

-- Which listener has had which fact, so that a repeated delivery does nothing.
CREATE TABLE db_outbox_done (
    home BIGINT NOT NULL,
    id BIGINT NOT NULL,
    listener TEXT NOT NULL,
    PRIMARY KEY (home, id, listener)
);

-- Work that only one process may do at a time.
CREATE TABLE db_lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- Node numbers of ids; the one unused for longest is taken next.
CREATE TABLE db_node (
    node BIGINT NOT NULL PRIMARY KEY,
    taken_at BIGINT NOT NULL
);

-- First answers to requests that bear a key.
CREATE TABLE db_idempotency (
    account_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    -- SM3 of the request, hexadecimal.
    digest TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX db_idempotency_by_time ON db_idempotency (at);

-- Running numbers without holes.
CREATE TABLE db_counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
