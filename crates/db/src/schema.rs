//! What a slice says of its tables, and the checks that hold the tables to it.

use crate::{Db, DbError, Engine, Sql, args};

/// The column by which the rows of a table live together (`home key`), so that the schema can be distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// This column stands in the PRIMARY KEY and in every UNIQUE.
    Key(&'static str),
    /// A vocabulary: small, on every node; anybody may refer to it.
    Reference,
}

/// One step of a slice's schema. Only ever added to.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// From 1, without holes.
    pub number: u32,
    /// What it does.
    pub name: &'static str,
    /// Statements, each ended by `;` at the end of a line.
    pub sql: &'static str,
}

/// The tables, statements and migrations of one slice.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The slice.
    pub slice: &'static str,
    /// Its migrations, in order.
    pub migrations: &'static [Migration],
    /// Each table and its home key.
    pub homes: &'static [(&'static str, Home)],
    /// Its statements.
    pub statements: &'static [Sql],
}

/// A table, and the columns of each of its unique keys.
struct Keys {
    table: String,
    unique: Vec<Vec<String>>,
    /// Own columns, the table referred to, its columns.
    foreign: Vec<(Vec<String>, String, Vec<String>)>,
}

/// Each table of the live database and its columns, in the order of their names.
///
/// # Errors
/// When the database fails.
pub async fn columns(db: &Db) -> Result<Vec<(String, Vec<String>)>, DbError> {
    let mut tx = db.read().await?;
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.name"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\""
        }
    };
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for row in tx.raw_rows(sql, args![]).await? {
        let (table, column): (String, String) = (row.get("t")?, row.get("c")?);
        match tables.last_mut() {
            Some((last, columns)) if *last == table => columns.push(column),
            _ => tables.push((table, vec![column])),
        }
    }
    Ok(tables)
}

async fn keys(db: &Db) -> Result<Vec<Keys>, DbError> {
    let (unique, foreign) = match db.engine() {
        Engine::Sqlite => (
            "SELECT m.name AS t, i.name AS k, c.name AS c FROM sqlite_master m JOIN pragma_index_list(m.name) i \
             JOIN pragma_index_info(i.name) c WHERE m.type = 'table' AND i.\"unique\" = 1 UNION ALL \
             SELECT m.name, 'rowid primary key', c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND c.pk > 0 AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2, 3",
            "SELECT m.name AS t, CAST(f.id AS TEXT) AS k, f.\"from\" AS c, f.\"table\" AS rt, \
             coalesce(f.\"to\", f.\"from\") AS rc FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' ORDER BY 1, 2, f.seq",
        ),
        Engine::Postgres => (
            "SELECT CAST(r.relname AS TEXT) AS t, CAST(x.relname AS TEXT) AS k, CAST(a.attname AS TEXT) AS c FROM pg_index i \
             JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid \
             JOIN pg_namespace n ON n.oid = r.relnamespace \
             JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY(i.indkey) \
             WHERE i.indisunique AND n.nspname = current_schema() ORDER BY 1, 2, 3",
            "SELECT CAST(r.relname AS TEXT) AS t, CAST(c.conname AS TEXT) AS k, CAST(a.attname AS TEXT) AS c, \
             CAST(f.relname AS TEXT) AS rt, CAST(fa.attname AS TEXT) AS rc FROM pg_constraint c \
             JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid \
             JOIN pg_namespace n ON n.oid = r.relnamespace \
             CROSS JOIN LATERAL unnest(c.conkey, c.confkey) AS u(own, other) \
             JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.own \
             JOIN pg_attribute fa ON fa.attrelid = f.oid AND fa.attnum = u.other \
             WHERE c.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2, u.own",
        ),
    };
    let mut all: Vec<Keys> = columns(db)
        .await?
        .into_iter()
        .map(|(table, _)| Keys { table, unique: Vec::new(), foreign: Vec::new() })
        .collect();
    let mut tx = db.read().await?;
    let mut last = (String::new(), String::new());
    for row in tx.raw_rows(unique, args![]).await? {
        let (table, key, column): (String, String, String) = (row.get("t")?, row.get("k")?, row.get("c")?);
        let Some(of) = all.iter_mut().find(|k| k.table == table) else { continue };
        if last != (table.clone(), key.clone()) {
            of.unique.push(Vec::new());
        }
        if let Some(columns) = of.unique.last_mut() {
            columns.push(column);
        }
        last = (table, key);
    }
    last = (String::new(), String::new());
    for row in tx.raw_rows(foreign, args![]).await? {
        let (table, key, column): (String, String, String) = (row.get("t")?, row.get("k")?, row.get("c")?);
        let (to, other): (String, String) = (row.get("rt")?, row.get("rc")?);
        let Some(of) = all.iter_mut().find(|k| k.table == table) else { continue };
        if last != (table.clone(), key.clone()) {
            of.foreign.push((Vec::new(), to, Vec::new()));
        }
        if let Some((own, _, others)) = of.foreign.last_mut() {
            own.push(column);
            others.push(other);
        }
        last = (table, key);
    }
    Ok(all)
}

/// Holds the live schema to the slices' lists: every table listed and there, its home key in its PRIMARY KEY and every
/// UNIQUE, foreign keys only along the home key or to a vocabulary. Answers each violation in words.
///
/// # Errors
/// When the database fails.
pub async fn check_homes(db: &Db, schemas: &[Schema]) -> Result<Vec<String>, DbError> {
    let listed: Vec<(&str, Home)> =
        std::iter::once(&crate::SCHEMA).chain(schemas).flat_map(|s| s.homes.iter().copied()).collect();
    let home = |table: &str| listed.iter().find(|(t, _)| *t == table).map(|(_, h)| *h);
    let live = keys(db).await?;
    let mut violations = Vec::new();
    for (table, _) in &listed {
        if !live.iter().any(|k| k.table == *table) {
            violations.push(format!("{table}: listed, but not there"));
        }
    }
    for keys in &live {
        let table = &keys.table;
        let Some(own) = home(table) else {
            violations.push(format!("{table}: not listed with its home key"));
            continue;
        };
        if keys.unique.is_empty() {
            violations.push(format!("{table}: no primary key"));
        }
        if let Home::Key(column) = own {
            for unique in keys.unique.iter().filter(|u| !u.iter().any(|c| c == column)) {
                violations.push(format!("{table}: the unique key ({}) lacks the home key {column}", unique.join(", ")));
            }
        }
        for (columns, to, others) in &keys.foreign {
            let lawful = match (own, home(to)) {
                (_, Some(Home::Reference)) => true,
                (Home::Key(mine), Some(Home::Key(theirs))) => {
                    columns.iter().zip(others).any(|(c, o)| c == mine && o == theirs)
                }
                _ => false,
            };
            if !lawful {
                violations.push(format!(
                    "{table}: the foreign key ({}) to {to} neither runs along the home key nor leads to a vocabulary",
                    columns.join(", ")
                ));
            }
        }
    }
    Ok(violations)
}

/// Prepares every registered statement on the live engine. Answers each that it refuses, with its complaint.
///
/// # Errors
/// When the database fails.
pub async fn prepare_all(db: &Db, schemas: &[Schema]) -> Result<Vec<String>, DbError> {
    let mut refused = Vec::new();
    let mut tx = db.read().await?;
    for schema in std::iter::once(&crate::SCHEMA).chain(schemas) {
        for statement in schema.statements {
            if let Err(why) = tx.prepare(statement.text()).await {
                refused.push(format!("{}: {why}: {}", schema.slice, statement.text()));
            }
        }
    }
    Ok(refused)
}
