use db::{DbError, Home, Migration, Schema, check_homes, columns, prepare_all};
use testkit::{World, at};

mod good {
    db::statements! {
        /// Fine.
        FINE = "SELECT b FROM thing_row WHERE a = $1";
    }
    pub(super) const SCHEMA: db::Schema = db::Schema {
        slice: "thing",
        migrations: &[db::Migration {
            number: 1,
            name: "row",
            sql: "CREATE TABLE thing_row (a BIGINT NOT NULL, b TEXT, c BOOLEAN, d BYTEA, PRIMARY KEY (a));\n\
                  CREATE TABLE thing_part (a BIGINT NOT NULL REFERENCES thing_row (a), n BIGINT NOT NULL, PRIMARY KEY (a, n));\n",
        }],
        homes: &[("thing_row", db::Home::Key("a")), ("thing_part", db::Home::Key("a"))],
        statements: STATEMENTS,
    };
}

mod bad {
    db::statements! {
        /// Names a column that is not there.
        WRONG = "SELECT nothing FROM thing_row WHERE a = $1";
    }
    pub(super) const STATEMENTS_OF: &[db::Sql] = STATEMENTS;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_schema_has_no_violation_and_its_statements_prepare() {
    let w = World::new(&[good::SCHEMA]).await;
    assert_eq!(check_homes(&w.db, &[good::SCHEMA]).await.unwrap(), Vec::<String>::new());
    assert_eq!(prepare_all(&w.db, &[good::SCHEMA]).await.unwrap(), Vec::<String>::new());
    let tables = columns(&w.db).await.unwrap();
    let row = tables.iter().find(|(t, _)| t == "thing_row").unwrap();
    assert_eq!(row.1, ["a", "b", "c", "d"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_with_an_unknown_column_is_found() {
    let w = World::new(&[good::SCHEMA]).await;
    let schema = Schema { statements: bad::STATEMENTS_OF, ..good::SCHEMA };
    let refused = prepare_all(&w.db, &[schema]).await.unwrap();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("nothing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_violation_of_the_home_key_rules_is_found() {
    const SCHEMA: Schema = Schema {
        slice: "crooked",
        migrations: &[Migration {
            number: 1,
            name: "all",
            sql: "CREATE TABLE crooked_a (a BIGINT NOT NULL PRIMARY KEY, u TEXT NOT NULL UNIQUE);\n\
                  CREATE TABLE crooked_b (id BIGINT NOT NULL PRIMARY KEY, a BIGINT NOT NULL REFERENCES crooked_a (a));\n\
                  CREATE TABLE crooked_c (x BIGINT NOT NULL PRIMARY KEY);\n",
        }],
        homes: &[("crooked_a", Home::Key("a")), ("crooked_b", Home::Key("id")), ("crooked_d", Home::Reference)],
        statements: &[],
    };
    let w = World::new(&[SCHEMA]).await;
    let found = check_homes(&w.db, &[SCHEMA]).await.unwrap();
    for expected in [
        "crooked_a: the unique key (u) lacks the home key a",
        "crooked_b: the foreign key (a) to crooked_a neither runs along the home key nor leads to a vocabulary",
        "crooked_c: not listed with its home key",
        "crooked_d: listed, but not there",
    ] {
        assert!(found.iter().any(|f| f == expected), "{expected} is not among {found:#?}");
    }
    assert_eq!(found.len(), 4, "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_edited_after_it_was_applied_is_refused_by_name() {
    let w = World::new(&[good::SCHEMA]).await;
    let again = w.db.migrate(&[good::SCHEMA], at("2026-03-03 09:00")).await.unwrap();
    assert!(again.applied.is_empty());
    const EDITED: Schema = Schema {
        migrations: &[Migration { number: 1, name: "row", sql: "CREATE TABLE thing_row (a BIGINT PRIMARY KEY);\n" }],
        ..good::SCHEMA
    };
    let refused = w.db.migrate(&[EDITED], at("2026-03-03 09:00")).await;
    assert!(matches!(&refused, Err(DbError::Migration(m)) if m.contains("thing/1 row")), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_leaves_nothing_behind() {
    const HALF: Schema = Schema {
        slice: "half",
        migrations: &[Migration {
            number: 1,
            name: "half",
            sql: "CREATE TABLE half_a (a BIGINT NOT NULL PRIMARY KEY);\nCREATE TABLE half_a (a BIGINT);\n",
        }],
        homes: &[],
        statements: &[],
    };
    let w = World::new(&[]).await;
    assert!(matches!(w.db.migrate(&[HALF], at("2026-03-03 09:00")).await, Err(DbError::Migration(_))));
    assert!(!columns(&w.db).await.unwrap().iter().any(|(t, _)| t == "half_a"));
}
