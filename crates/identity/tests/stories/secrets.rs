use db::{Arg, Sql, args};
use identity::IdentityError;
use kernel::{Act, Actor, Role};

use crate::world::{FIRM, LI, PASSWORD, PHONE, Town, WANG};

db::statements! {
    SUBJECTS = "SELECT subject_id, kind, document_kind, document_number, name, phone, address, birth_date, sex, region,
        legal_representative, level, verified_by, registered_at, version FROM identity_subject";
    KEYS = "SELECT blind, subject_id FROM identity_key";
    MANDATES = "SELECT subject_id, person_id, role, since, until, ended_at FROM identity_mandate";
    ACCOUNTS = "SELECT account_id, kind, username, name, subject_id, person_id, password, password_at, state, opened_at,
        version FROM identity_account";
    USERNAMES = "SELECT username, account_id FROM identity_username";
    STAFF = "SELECT account_id, department, region, post, roles, requested_roles FROM identity_staff";
    PASSWORDS = "SELECT account_id, replaced_at, password FROM identity_password";
    SESSIONS = "SELECT digest, session_id, account_id, kind, label, created_at, last_seen_at, expires_at, idle_ms, address, agent
        FROM identity_session";
    ATTEMPTS = "SELECT name, recent, locked_until, touched_at FROM identity_attempt";
    AUDIT_ROWS = "SELECT chain, seq, at, actor, act, object, reason, address, request, detail, prev, hash FROM audit_record";
    SWAP_PHONES = "UPDATE identity_subject SET phone = (SELECT o.phone FROM identity_subject o WHERE o.subject_id = $2)
        WHERE subject_id = $1";
}

pub(crate) struct Table {
    sql: Sql,
    text: &'static [&'static str],
}

pub(crate) const AUDIT: Table = Table {
    sql: AUDIT_ROWS,
    text: &["actor", "act", "object", "reason", "address", "request", "detail", "prev", "hash"],
};

/// Every table of identity with its columns of text, where alone personal data could stand.
const TABLES: &[Table] = &[
    Table {
        sql: SUBJECTS,
        text: &[
            "kind",
            "document_kind",
            "document_number",
            "name",
            "phone",
            "address",
            "birth_date",
            "sex",
            "region",
            "legal_representative",
            "verified_by",
        ],
    },
    Table { sql: KEYS, text: &["blind"] },
    Table { sql: MANDATES, text: &["role", "since", "until"] },
    Table { sql: ACCOUNTS, text: &["kind", "username", "name", "password", "state"] },
    Table { sql: USERNAMES, text: &["username"] },
    Table { sql: STAFF, text: &["department", "region", "post", "roles", "requested_roles"] },
    Table { sql: PASSWORDS, text: &["password"] },
    Table { sql: SESSIONS, text: &["digest", "kind", "label", "address", "agent"] },
    Table { sql: ATTEMPTS, text: &["name", "recent"] },
    AUDIT,
];

/// All rows of a table as text.
pub(crate) async fn all_rows(town: &Town, table: &Table) -> Vec<String> {
    let mut tx = town.world.db.read().await.unwrap();
    let rows = tx.rows(table.sql, args![]).await.unwrap();
    let text = |row: &db::Row, column: &str| row.get::<Option<String>>(column).unwrap().unwrap_or_default();
    rows.iter().map(|row| table.text.iter().map(|column| text(row, column)).collect::<Vec<_>>().join(" ")).collect()
}

/// Everything that stands in the database.
async fn dump(town: &Town) -> String {
    let mut dump = String::new();
    for table in TABLES {
        let rows = all_rows(town, table).await;
        assert!(!rows.is_empty() || table.sql == MANDATES, "{} holds something to look at", table.sql.text());
        dump.push_str(&rows.join("\n"));
    }
    dump
}

#[tokio::test]
async fn a_dump_of_the_database_shows_no_number_no_phone_no_password_and_no_token() {
    let town = Town::new().await;
    let (_, account) = town.citizen().await;
    town.person("李敏", LI, Some("13912345678")).await.unwrap();
    town.firm().await;
    town.staff("window1", &[Role::Window]).await.unwrap();
    town.sign_in_from(PHONE, "Typed-as-1-name", "192.0.2.1").await.unwrap_err();
    town.sign_in_from("citizen1", WANG, "192.0.2.2").await.unwrap_err();
    let first = town.sign_in("citizen1", PASSWORD).await.unwrap();
    let act = town.act(&first).await;
    let program = town.identity.make_token(&act, &first, None, None).await.unwrap();
    let changed = town.identity.change_password(&act, &first, PASSWORD, "Lv9-water.Hong").await.unwrap();
    let dump = dump(&town).await;
    let secrets = [
        WANG,
        LI,
        FIRM,
        PHONE,
        "13912345678",
        "13900001234",
        "林城西路",
        "解放路",
        PASSWORD,
        "Lv9-water.Hong",
        &first,
        &program.token,
        &changed.token,
        "Typed-as-1-name",
    ];
    for secret in secrets {
        assert!(!dump.contains(secret), "the dump shows {secret}");
    }
    assert!(dump.contains(&gm::token_digest(&changed.token)), "the digest is what is kept");
    assert!(dump.contains("王小敏") && dump.contains(&account.to_string()), "the dump is one of this town");
}

#[tokio::test]
async fn a_sealed_field_moved_to_another_row_does_not_open() {
    let town = Town::new().await;
    let wang = town.person("王小敏", WANG, Some(PHONE)).await.unwrap();
    let li = town.person("李敏", LI, Some("13912345678")).await.unwrap();
    town.world
        .db
        .write((wang.get(), li.get()), |tx, (wang, li)| {
            Box::pin(async move { tx.exec(SWAP_PHONES, &[Arg::from(wang), Arg::from(li)]).await })
        })
        .await
        .unwrap();
    let mut tx = town.world.db.read().await.unwrap();
    let error = town.identity.subject(&mut tx, wang).await.unwrap_err();
    assert!(matches!(error, IdentityError::Keys(gm::KeyError::Tampered)), "{error:?}");
    assert!(town.identity.subject(&mut tx, li).await.is_ok());
    assert!(matches!(town.identity.subject(&mut tx, 1.into()).await, Err(IdentityError::NoSubject(_))));
}

#[tokio::test]
async fn key_rotation_keeps_old_data_readable_and_seals_it_anew() {
    let town = Town::new().await;
    let wang = town.person("王小敏", WANG, Some(PHONE)).await.unwrap();
    assert_eq!(town.identity.keys().rotate().unwrap(), 2);
    let li = town.person("李敏", LI, None).await.unwrap();
    let read = async |subject| town.identity.subject(&mut town.world.db.read().await.unwrap(), subject).await.unwrap();
    assert_eq!((read(wang).await.number.as_str(), read(li).await.number.as_str()), (WANG, LI));
    let tried = town.identity.reseal(&Act::new(Actor::Stranger, town.now())).await;
    assert!(matches!(tried, Err(IdentityError::NotAllowed)), "{tried:?}");
    assert_eq!(town.identity.reseal(&town.system()).await.unwrap(), 1, "Li's fields are under the new key already");
    assert_eq!(town.identity.reseal(&town.system()).await.unwrap(), 0);
    let rows = all_rows(&town, &TABLES[0]).await;
    assert!(rows.iter().all(|row| row.contains(" v2.") && !row.contains(" v1.")), "{rows:?}");
    let seen = read(wang).await;
    assert_eq!((seen.number.as_str(), seen.phone.as_deref(), seen.version), (WANG, Some(PHONE), 2));
    let mut tx = town.world.db.read().await.unwrap();
    let found = town.identity.find_by_key(&mut tx, identity::DocumentKind::ResidentId, WANG).await.unwrap();
    assert_eq!(found, Some(wang), "the index does not depend on data keys");
}

#[tokio::test]
async fn tables_and_statements_fit_the_database() {
    let town = Town::new().await;
    let schemas = [audit::SCHEMA, identity::SCHEMA];
    assert_eq!(db::check_homes(&town.world.db, &schemas).await.unwrap(), [""; 0]);
    assert_eq!(db::prepare_all(&town.world.db, &schemas).await.unwrap(), [""; 0]);
}
