//! The only place that knows the tables of the catalogue.

use db::{DbError, Home, Migration, Schema, Tx, args};
use kernel::Timestamp;

use crate::{
    CatalogueError,
    domain::{Bundle, Item},
};

db::statements! {
    /// The version in force of an item.
    FIND_ITEM = "SELECT version, state, digest FROM catalogue_item WHERE slug = $1";
    /// All items.
    ALL_ITEMS = "SELECT slug, version, state, digest FROM catalogue_item ORDER BY slug";
    /// Content of every version in force.
    PUBLISHED = "SELECT v.content, v.version FROM catalogue_item i JOIN catalogue_version v ON v.slug = i.slug \
        AND v.version = i.version WHERE i.state = 'published' ORDER BY i.department, i.slug";
    /// Content of one version.
    FIND_VERSION = "SELECT content FROM catalogue_version WHERE slug = $1 AND version = $2";
    /// A new version.
    INSERT_VERSION = "INSERT INTO catalogue_version (slug, version, content, digest, published_at, published_by) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    /// Puts a version in force. A suspended item stays suspended.
    UPSERT_ITEM = "INSERT INTO catalogue_item (slug, department, version, state, digest, changed_at) \
        VALUES ($1, $2, $3, 'published', $4, $5) ON CONFLICT (slug) DO UPDATE SET department = excluded.department, \
        version = excluded.version, digest = excluded.digest, changed_at = excluded.changed_at, \
        state = CASE WHEN catalogue_item.state = 'suspended' THEN 'suspended' ELSE 'published' END";
    /// Takes an item out of force or back.
    SET_STATE = "UPDATE catalogue_item SET state = $2, changed_at = $3 WHERE slug = $1 AND state <> $2";
    /// All bundles.
    BUNDLES = "SELECT slug, content, digest FROM catalogue_bundle ORDER BY slug";
    /// Keeps a bundle.
    UPSERT_BUNDLE = "INSERT INTO catalogue_bundle (slug, content, digest, changed_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (slug) DO UPDATE SET content = excluded.content, digest = excluded.digest, changed_at = excluded.changed_at";
    /// Removes a bundle.
    DELETE_BUNDLE = "DELETE FROM catalogue_bundle WHERE slug = $1";
    /// The revision of the whole.
    REVISION = "SELECT value FROM catalogue_revision WHERE name = 'catalogue'";
    /// Holds the revision until the transaction ends.
    HOLD_REVISION = "INSERT INTO catalogue_revision (name, value) VALUES ('catalogue', 0) ON CONFLICT (name) DO UPDATE \
        SET value = catalogue_revision.value RETURNING value";
    /// The next revision.
    NEXT_REVISION = "INSERT INTO catalogue_revision (name, value) VALUES ('catalogue', 1) ON CONFLICT (name) DO UPDATE \
        SET value = catalogue_revision.value + 1 RETURNING value";
}

/// The tables of the catalogue.
pub const SCHEMA: Schema = Schema {
    slice: "catalogue",
    migrations: &[Migration { number: 1, name: "catalogue", sql: include_str!("../migrations/0001_catalogue.sql") }],
    homes: &[
        ("catalogue_item", Home::Reference),
        ("catalogue_version", Home::Reference),
        ("catalogue_bundle", Home::Reference),
        ("catalogue_revision", Home::Reference),
    ],
    statements: STATEMENTS,
};

/// An item's version in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ItemRow {
    pub(crate) slug: String,
    pub(crate) version: i64,
    pub(crate) state: String,
    pub(crate) digest: String,
}

pub(crate) async fn item(tx: &mut Tx, slug: &str) -> Result<Option<ItemRow>, DbError> {
    let row = tx.row(FIND_ITEM, args![slug]).await?;
    row.map(|row| {
        Ok(ItemRow {
            slug: slug.to_owned(),
            version: row.get("version")?,
            state: row.get("state")?,
            digest: row.get("digest")?,
        })
    })
    .transpose()
}

pub(crate) async fn items(tx: &mut Tx) -> Result<Vec<ItemRow>, DbError> {
    let rows = tx.rows(ALL_ITEMS, args![]).await?;
    rows.iter()
        .map(|row| {
            Ok(ItemRow {
                slug: row.get("slug")?,
                version: row.get("version")?,
                state: row.get("state")?,
                digest: row.get("digest")?,
            })
        })
        .collect()
}

fn read<T: serde::de::DeserializeOwned>(what: &str, content: &str) -> Result<T, CatalogueError> {
    serde_json::from_str(content).map_err(|e| CatalogueError::Corrupt { what: what.to_owned(), reason: e.to_string() })
}

pub(crate) async fn version(tx: &mut Tx, slug: &str, version: i64) -> Result<Option<Item>, CatalogueError> {
    let Some(row) = tx.row(FIND_VERSION, args![slug, version]).await? else { return Ok(None) };
    read(slug, &row.get::<String>("content")?).map(Some)
}

pub(crate) async fn published(tx: &mut Tx) -> Result<Vec<(Item, i64)>, CatalogueError> {
    let rows = tx.rows(PUBLISHED, args![]).await?;
    rows.iter().map(|row| Ok((read("an item", &row.get::<String>("content")?)?, row.get("version")?))).collect()
}

/// Text and digest of what is kept.
pub(crate) fn content(value: &impl serde::Serialize) -> Result<(String, String), CatalogueError> {
    let text = serde_json::to_string(value)
        .map_err(|e| CatalogueError::Corrupt { what: "an item".to_owned(), reason: e.to_string() })?;
    let digest = gm::digest_hex(text.as_bytes());
    Ok((text, digest))
}

pub(crate) async fn publish(
    tx: &mut Tx,
    item: &Item,
    version: i64,
    content: (&str, &str),
    now: Timestamp,
    by: &str,
) -> Result<(), DbError> {
    tx.exec(INSERT_VERSION, args![&item.slug, version, content.0, content.1, now, by]).await?;
    tx.exec(UPSERT_ITEM, args![&item.slug, &item.department, version, content.1, now]).await?;
    Ok(())
}

pub(crate) async fn set_state(tx: &mut Tx, slug: &str, state: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.exec(SET_STATE, args![slug, state, now]).await? > 0)
}

/// Slug, content and digest of each bundle.
pub(crate) async fn bundles(tx: &mut Tx) -> Result<Vec<(Bundle, String)>, CatalogueError> {
    let rows = tx.rows(BUNDLES, args![]).await?;
    rows.iter().map(|row| Ok((read("a bundle", &row.get::<String>("content")?)?, row.get("digest")?))).collect()
}

pub(crate) async fn keep_bundle(tx: &mut Tx, slug: &str, content: (&str, &str), now: Timestamp) -> Result<(), DbError> {
    tx.exec(UPSERT_BUNDLE, args![slug, content.0, content.1, now]).await?;
    Ok(())
}

pub(crate) async fn drop_bundle(tx: &mut Tx, slug: &str) -> Result<(), DbError> {
    tx.exec(DELETE_BUNDLE, args![slug]).await?;
    Ok(())
}

/// 0 before the first import.
pub(crate) async fn revision(tx: &mut Tx) -> Result<i64, DbError> {
    tx.row(REVISION, args![]).await?.map_or(Ok(0), |row| row.get("value"))
}

/// Whoever else changes the catalogue waits until this transaction is over.
pub(crate) async fn hold_revision(tx: &mut Tx) -> Result<(), DbError> {
    tx.rows(HOLD_REVISION, args![]).await?;
    Ok(())
}

pub(crate) async fn next_revision(tx: &mut Tx) -> Result<(), DbError> {
    tx.rows(NEXT_REVISION, args![]).await?;
    Ok(())
}
