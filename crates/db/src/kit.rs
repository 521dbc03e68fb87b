//! The kit's own tables and their statements.

use crate::{Home, Migration, Schema};

crate::statements! {
    /// Tells a fact.
    INSERT_FACT = "INSERT INTO db_outbox (home, id, bucket, topic, body, at, due, tries) VALUES ($1, $2, $3, $4, $5, $6, $6, 0)";
    /// Facts of one bucket that are due, in the order in which they were told; none behind one of its own home that waits
    /// to be tried again, unless that was tried so often that it is a dead letter.
    WAITING_FACTS = "SELECT f.home, f.id, f.topic, f.body, f.at, f.tries, f.last_error FROM db_outbox f WHERE f.bucket = $1 \
        AND f.due <= $2 AND NOT EXISTS (SELECT 1 FROM db_outbox e WHERE e.home = f.home AND e.id < f.id AND e.due > $2 \
        AND e.tries < $4) ORDER BY f.id LIMIT $3";
    /// Facts tried too often.
    DEAD_FACTS = "SELECT home, id, topic, body, at, tries, last_error FROM db_outbox WHERE tries >= $1 ORDER BY id";
    /// A fact everybody has had.
    DELETE_FACT = "DELETE FROM db_outbox WHERE home = $1 AND id = $2";
    /// A fact to be tried again later.
    POSTPONE_FACT = "UPDATE db_outbox SET due = $3, tries = tries + 1, last_error = $4 WHERE home = $1 AND id = $2";
    /// Marks that a listener had a fact; no row changed means it had it before.
    MARK_DELIVERED = "INSERT INTO db_outbox_done (home, id, listener) VALUES ($1, $2, $3) ON CONFLICT (home, id, listener) DO NOTHING";
    /// Who has had a fact.
    DELIVERED_TO = "SELECT listener FROM db_outbox_done WHERE home = $1 AND id = $2";
    /// Forgets the marks of a fact.
    FORGET_DELIVERIES = "DELETE FROM db_outbox_done WHERE home = $1 AND id = $2";
    /// How many facts wait, since when, and how many were tried too often.
    LAG = "SELECT count(*) AS waiting, min(at) AS oldest, count(*) FILTER (WHERE tries >= $1) AS stuck FROM db_outbox";
    /// Buckets with something due, as above.
    DUE_BUCKETS = "SELECT DISTINCT f.bucket FROM db_outbox f WHERE f.due <= $1 AND NOT EXISTS (SELECT 1 FROM db_outbox e \
        WHERE e.home = f.home AND e.id < f.id AND e.due > $1 AND e.tries < $2) ORDER BY f.bucket";
    /// Takes a lease that is free or over, or one's own.
    TAKE_LEASE = "INSERT INTO db_lease (name, owner, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET \
        owner = excluded.owner, until = excluded.until WHERE db_lease.until < $4 OR db_lease.owner = excluded.owner RETURNING owner";
    /// Gives a lease up.
    DROP_LEASE = "DELETE FROM db_lease WHERE name = $1 AND owner = $2";
    /// The node unused for longest.
    OLDEST_NODE = "SELECT node, taken_at FROM db_node ORDER BY taken_at, node LIMIT 1";
    /// How many nodes were ever taken.
    COUNT_NODES = "SELECT count(*) AS n FROM db_node";
    /// A node never taken.
    INSERT_NODE = "INSERT INTO db_node (node, taken_at) VALUES ($1, $2) ON CONFLICT (node) DO NOTHING";
    /// A node taken again, if nobody was faster.
    RETAKE_NODE = "UPDATE db_node SET taken_at = $2 WHERE node = $1 AND taken_at = $3";
    /// The first answer to a request.
    FIND_ANSWER = "SELECT digest, status, body FROM db_idempotency WHERE account_id = $1 AND key = $2";
    /// Keeps it.
    INSERT_ANSWER = "INSERT INTO db_idempotency (account_id, key, digest, status, body, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Forgets old ones.
    SWEEP_ANSWERS = "DELETE FROM db_idempotency WHERE at < $1";
    /// The next numbers of a counter; answers the last of them.
    NEXT_NUMBERS = "INSERT INTO db_counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET \
        value = db_counter.value + excluded.value RETURNING value";
}

/// The kit's own tables, always first.
pub const SCHEMA: Schema = Schema {
    slice: "db",
    migrations: &[Migration { number: 1, name: "kit", sql: include_str!("../migrations/0001_kit.sql") }],
    homes: &[
        ("db_migration", Home::Reference),
        ("db_outbox", Home::Key("home")),
        ("db_outbox_done", Home::Key("home")),
        ("db_lease", Home::Key("name")),
        ("db_node", Home::Key("node")),
        ("db_idempotency", Home::Key("account_id")),
        ("db_counter", Home::Key("name")),
    ],
    statements: STATEMENTS,
};
