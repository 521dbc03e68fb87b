-- Service items and their current versions. A vocabulary: every node has it.
CREATE TABLE catalogue_item (
    slug TEXT NOT NULL PRIMARY KEY,
    department TEXT NOT NULL,
    -- The version in force, or the last one in force.
    version BIGINT NOT NULL,
    -- published, suspended or retired.
    state TEXT NOT NULL,
    -- SM3 of the version's content, hexadecimal.
    digest TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Every version ever published; never changed, never removed: cases keep the version they were filed under.
CREATE TABLE catalogue_version (
    slug TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- The item as JSON.
    content TEXT NOT NULL,
    digest TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    PRIMARY KEY (slug, version)
);

-- Life events of many items.
CREATE TABLE catalogue_bundle (
    slug TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    digest TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Goes up with every import that changed something.
CREATE TABLE catalogue_revision (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
