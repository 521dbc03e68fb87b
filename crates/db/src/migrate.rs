//! Brings the schema up to date: each slice's numbered steps, statement by statement, in both engines' words.

use kernel::Timestamp;

use crate::{Db, DbError, Engine, Migration, Schema, Tx, args};

/// What a run of the migrations did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationReport {
    /// `slice/number name` of each step applied now.
    pub applied: Vec<String>,
    /// Steps that were there already.
    pub present: usize,
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS db_migration (slice TEXT NOT NULL, number BIGINT NOT NULL, \
    name TEXT NOT NULL, digest TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (slice, number))";
/// Any number, the same in every process.
const LOCK: &str = "SELECT pg_advisory_xact_lock(5201002019)";

/// FNV-1a: enough to notice that an applied step was edited.
fn digest(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// Steps of all slices still missing, in order. A step that was edited after it was applied is an error.
async fn missing<'a>(
    tx: &mut Tx,
    schemas: &[&'a Schema],
) -> Result<(Vec<(&'a Schema, &'a Migration)>, usize), DbError> {
    let mut there: Vec<(String, i64, String)> = Vec::new();
    for row in tx.raw_rows("SELECT slice, number, digest FROM db_migration", args![]).await? {
        there.push((row.get("slice")?, row.get("number")?, row.get("digest")?));
    }
    let mut missing = Vec::new();
    let mut present = 0;
    for schema in schemas {
        for migration in schema.migrations {
            let found = there.iter().find(|(s, n, _)| s == schema.slice && *n == i64::from(migration.number));
            match found {
                None => missing.push((*schema, migration)),
                Some((.., kept)) if *kept == digest(migration.sql) => present += 1,
                Some(_) => {
                    return Err(DbError::Migration(format!(
                        "{}/{} {} was edited after it had been applied; add a new step instead",
                        schema.slice, migration.number, migration.name
                    )));
                }
            }
        }
    }
    Ok((missing, present))
}

pub(crate) async fn run(db: &Db, schemas: &[Schema], now: Timestamp) -> Result<MigrationReport, DbError> {
    let all: Vec<Schema> = std::iter::once(crate::SCHEMA).chain(schemas.iter().copied()).collect();
    db.write((all, now), |tx, (all, now)| Box::pin(apply(tx, all, *now))).await
}

/// All missing steps in one transaction: all or nothing, on both engines.
async fn apply(tx: &mut Tx, all: &[Schema], now: Timestamp) -> Result<MigrationReport, DbError> {
    let engine = tx.engine();
    if engine == Engine::Postgres {
        tx.raw(LOCK).await?;
    }
    tx.raw(&translate(TABLE, engine)).await?;
    let schemas: Vec<&Schema> = all.iter().collect();
    let (missing, present) = missing(tx, &schemas).await?;
    let mut report = MigrationReport { applied: Vec::new(), present };
    for (schema, migration) in missing {
        let step = format!("{}/{} {}", schema.slice, migration.number, migration.name);
        for statement in split(migration.sql) {
            tx.raw(&translate(&statement, engine))
                .await
                .map_err(|e| DbError::Migration(format!("{step}: {}: {statement}", chain(&e))))?;
        }
        tx.raw_rows(
            "INSERT INTO db_migration (slice, number, name, digest, at) VALUES ($1, $2, $3, $4, $5)",
            args![schema.slice, migration.number, migration.name, digest(migration.sql), now],
        )
        .await?;
        report.applied.push(step);
    }
    Ok(report)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}

/// Parts of a text: what may be translated, and what may not (strings, comments).
fn parts(sql: &str) -> Vec<(bool, String)> {
    let mut parts: Vec<(bool, String)> = Vec::new();
    let mut rest = sql;
    while !rest.is_empty() {
        let (code, len) = if rest.starts_with("--") {
            (false, rest.find('\n').map_or(rest.len(), |i| i + 1))
        } else if let Some(string) = rest.strip_prefix('\'') {
            (false, string.find('\'').map_or(rest.len(), |i| i + 2))
        } else {
            let next = rest.char_indices().skip(1).find(|(i, c)| *c == '\'' || rest[*i..].starts_with("--"));
            (true, next.map_or(rest.len(), |(i, _)| i))
        };
        parts.push((code, rest[..len].to_owned()));
        rest = &rest[len..];
    }
    parts
}

/// The statements of a step, without comments.
fn split(sql: &str) -> Vec<String> {
    let mut statements = vec![String::new()];
    for (code, text) in parts(sql) {
        if !code && text.starts_with("--") {
            continue;
        }
        for (i, piece) in
            if code { text.split(';').collect::<Vec<_>>() } else { vec![text.as_str()] }.iter().enumerate()
        {
            if i > 0 {
                statements.push(String::new());
            }
            if let Some(last) = statements.last_mut() {
                last.push_str(piece);
            }
        }
    }
    statements.into_iter().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
}

/// A statement in the engine's own words.
fn translate(sql: &str, engine: Engine) -> String {
    if engine == Engine::Postgres {
        return sql.to_owned();
    }
    let mut out = String::new();
    for (code, text) in parts(sql) {
        if code {
            let mut word = String::new();
            for c in text.chars().chain(std::iter::once('\0')) {
                if c.is_ascii_alphanumeric() || c == '_' {
                    word.push(c);
                    continue;
                }
                out.push_str(match word.as_str() {
                    "BIGINT" | "BOOLEAN" => "INTEGER",
                    "BYTEA" => "BLOB",
                    other => other,
                });
                word.clear();
                if c != '\0' {
                    out.push(c);
                }
            }
        } else {
            out.push_str(&text);
        }
    }
    if out.trim_start().starts_with("CREATE TABLE") {
        out.push_str(" STRICT");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_split_into_statements_without_comments() {
        let sql =
            "-- a; comment\nCREATE TABLE t (a TEXT DEFAULT 'x;y', -- it's\n b BIGINT);\nCREATE INDEX i ON t (a);\n";
        assert_eq!(split(sql), ["CREATE TABLE t (a TEXT DEFAULT 'x;y',  b BIGINT)", "CREATE INDEX i ON t (a)"]);
    }

    #[test]
    fn only_words_of_code_are_translated() {
        let sql = "CREATE TABLE t (BIGINT_x BIGINT, b BOOLEAN DEFAULT FALSE, c TEXT DEFAULT 'BIGINT', d BYTEA)";
        let lite = translate(sql, Engine::Sqlite);
        assert_eq!(
            lite,
            "CREATE TABLE t (BIGINT_x INTEGER, b INTEGER DEFAULT FALSE, c TEXT DEFAULT 'BIGINT', d BLOB) STRICT"
        );
        assert_eq!(translate(sql, Engine::Postgres), sql);
    }
}
