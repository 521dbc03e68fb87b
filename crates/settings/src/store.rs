//! The only place that knows the table `settings_version`.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, Timestamp};

use crate::{SettingsError, Topic, Version};

db::statements! {
    /// How many versions there are: tells whether something was set since.
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS n FROM settings_version";
    /// Every version, in order.
    ALL = "SELECT topic, version, valid_from, body, digest, reason, by_name, at, applied_at FROM settings_version \
        ORDER BY topic, version";
    /// The number of the newest version of a topic.
    NEWEST = "SELECT CAST(COALESCE(max(version), 0) AS BIGINT) AS n FROM settings_version WHERE topic = $1";
    /// A new version.
    INSERT = "INSERT INTO settings_version (topic, version, valid_from, body, digest, reason, account_id, by_name, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (topic, version) DO NOTHING";
    /// Deadlines have been computed by it.
    APPLIED = "UPDATE settings_version SET applied_at = $3 WHERE topic = $1 AND version <= $2 AND applied_at IS NULL";
}

pub(crate) async fn count(tx: &mut Tx) -> Result<i64, DbError> {
    tx.row(COUNT, args![]).await?.map_or(Ok(0), |row| row.get("n"))
}

fn read(row: &Row) -> Result<Version, SettingsError> {
    let topic: String = row.get("topic")?;
    let version: i64 = row.get("version")?;
    let topic = topic.parse().map_err(|_| SettingsError::Corrupt {
        topic: "settings_version",
        version,
        reason: format!("unknown topic {topic:?}"),
    })?;
    Ok(Version {
        topic,
        version,
        valid_from: row.get("valid_from")?,
        body: row.get("body")?,
        digest: row.get("digest")?,
        reason: row.get("reason")?,
        by: row.get("by_name")?,
        at: row.get("at")?,
        applied_at: row.get("applied_at")?,
    })
}

/// Every version; one whose text is not the one that was kept is told, not used.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Version>, SettingsError> {
    let versions = tx.rows(ALL, args![]).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    match versions.iter().find(|v| gm::digest_hex(v.body.as_bytes()) != v.digest) {
        Some(v) => Err(SettingsError::Corrupt {
            topic: v.topic.as_str(),
            version: v.version,
            reason: "its text is not the one that was kept".to_owned(),
        }),
        None => Ok(versions),
    }
}

pub(crate) async fn newest(tx: &mut Tx, topic: Topic) -> Result<i64, DbError> {
    tx.row(NEWEST, args![topic.as_str()]).await?.map_or(Ok(0), |row| row.get("n"))
}

/// Adds a version; `false`: somebody else was faster.
pub(crate) async fn add(tx: &mut Tx, version: &Version, account: AccountId) -> Result<bool, DbError> {
    let n = tx
        .exec(
            INSERT,
            args![
                version.topic.as_str(),
                version.version,
                version.valid_from,
                &version.body,
                &version.digest,
                &version.reason,
                account.get(),
                &version.by,
                version.at
            ],
        )
        .await?;
    Ok(n == 1)
}

pub(crate) async fn applied(tx: &mut Tx, topic: Topic, version: i64, at: Timestamp) -> Result<(), DbError> {
    tx.exec(APPLIED, args![topic.as_str(), version, at]).await?;
    Ok(())
}
