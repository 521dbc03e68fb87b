//! The only place that knows the tables `message_*`.

use db::{DbError, Row, Tx, args};
use kernel::{SubjectId, Timestamp};

use crate::{Channel, Message, MessageId, domain::DeliveryState};

db::statements! {
    /// A message; no row changed means it is there already.
    INSERT = "INSERT INTO message_inbox (subject_id, id, event, case_number, item_name, title, text, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject_id, id) DO NOTHING";
    /// One message of a subject.
    FIND = "SELECT id, event, case_number, item_name, title, text, at, read_at FROM message_inbox \
        WHERE subject_id = $1 AND id = $2";
    /// A subject's messages, newest first, a page of them.
    PAGE = "SELECT id, event, case_number, item_name, title, text, at, read_at FROM message_inbox \
        WHERE subject_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    /// How many are unread.
    UNREAD = "SELECT count(*) AS n FROM message_inbox WHERE subject_id = $1 AND read_at IS NULL";
    /// Reads a message for the first time.
    READ = "UPDATE message_inbox SET read_at = $3 WHERE subject_id = $1 AND id = $2 AND read_at IS NULL";
    /// A way out for a message.
    INSERT_DELIVERY = "INSERT INTO message_delivery (subject_id, message_id, channel, state, tries, due) \
        VALUES ($1, $2, $3, 'waiting', 0, $4) ON CONFLICT (subject_id, message_id, channel) DO NOTHING";
    /// Deliveries that are due.
    DUE = "SELECT subject_id, message_id, channel, tries, due FROM message_delivery \
        WHERE state = 'waiting' AND due <= $1 ORDER BY due, message_id LIMIT $2";
    /// Begins an attempt; no row changed means that somebody else did.
    CLAIM = "UPDATE message_delivery SET tries = tries + 1, due = $5 \
        WHERE subject_id = $1 AND message_id = $2 AND channel = $3 AND state = 'waiting' AND due = $4";
    /// An attempt failed; it is tried again.
    POSTPONE = "UPDATE message_delivery SET due = $4, last_error = $5 \
        WHERE subject_id = $1 AND message_id = $2 AND channel = $3 AND state = 'waiting'";
    /// The delivery is over.
    END = "UPDATE message_delivery SET state = $4, ended_at = $5, last_error = $6 \
        WHERE subject_id = $1 AND message_id = $2 AND channel = $3 AND state = 'waiting'";
    /// Short messages that were taken and of which it is not known what became, after a place in their order.
    UNCERTAIN = "SELECT subject_id, message_id, channel, tries, due FROM message_delivery \
        WHERE state = 'sent' AND channel = 'sms' AND (due, message_id) > ($1, $2) ORDER BY due, message_id LIMIT $3";
    /// What became of one.
    RECEIPT = "UPDATE message_delivery SET state = $4, ended_at = $5, last_error = $6 \
        WHERE subject_id = $1 AND message_id = $2 AND channel = $3 AND state = 'sent'";
    /// What a subject wants.
    PREFERENCES = "SELECT email, sms FROM message_preference WHERE subject_id = $1";
    /// Changes it.
    SET_PREFERENCES = "INSERT INTO message_preference (subject_id, email, sms, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (subject_id) DO UPDATE SET email = excluded.email, sms = excluded.sms, at = excluded.at";
    /// How many deliveries stand how.
    COUNT = "SELECT state, count(*) AS n FROM message_delivery GROUP BY state ORDER BY state";
}

/// A way out for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) subject: SubjectId,
    pub(crate) message: MessageId,
    pub(crate) channel: Channel,
    pub(crate) tries: i64,
    pub(crate) due: Timestamp,
}

/// `false`: it is there already.
pub(crate) async fn insert(tx: &mut Tx, subject: SubjectId, m: &Message) -> Result<bool, DbError> {
    let values = args![subject.get(), m.id.get(), &m.event, &m.case_number, &m.item_name, &m.title, &m.text, m.at];
    Ok(tx.exec(INSERT, values).await? == 1)
}

pub(crate) async fn find(tx: &mut Tx, subject: SubjectId, id: MessageId) -> Result<Option<Message>, DbError> {
    tx.row(FIND, args![subject.get(), id.get()]).await?.map(|row| message(&row)).transpose()
}

pub(crate) async fn page(tx: &mut Tx, subject: SubjectId, before: i64, limit: i64) -> Result<Vec<Message>, DbError> {
    tx.rows(PAGE, args![subject.get(), before, limit]).await?.iter().map(message).collect()
}

pub(crate) async fn unread(tx: &mut Tx, subject: SubjectId) -> Result<i64, DbError> {
    match tx.row(UNREAD, args![subject.get()]).await? {
        Some(row) => row.get("n"),
        None => Ok(0),
    }
}

pub(crate) async fn read(tx: &mut Tx, subject: SubjectId, id: MessageId, at: Timestamp) -> Result<(), DbError> {
    tx.exec(READ, args![subject.get(), id.get(), at]).await?;
    Ok(())
}

pub(crate) async fn insert_delivery(
    tx: &mut Tx,
    subject: SubjectId,
    id: MessageId,
    channel: Channel,
    due: Timestamp,
) -> Result<(), DbError> {
    tx.exec(INSERT_DELIVERY, args![subject.get(), id.get(), channel.as_str(), due]).await?;
    Ok(())
}

pub(crate) async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<Delivery>, DbError> {
    deliveries(&tx.rows(DUE, args![now, limit]).await?)
}

/// Short messages that were taken and of which it is not known what became; `after` is the place of the last one seen.
pub(crate) async fn uncertain(tx: &mut Tx, after: (Timestamp, i64), limit: i64) -> Result<Vec<Delivery>, DbError> {
    deliveries(&tx.rows(UNCERTAIN, args![after.0, after.1, limit]).await?)
}

/// Notes what became of a message that was taken.
pub(crate) async fn receipt(
    tx: &mut Tx,
    d: &Delivery,
    state: DeliveryState,
    at: Timestamp,
    code: Option<&str>,
) -> Result<(), DbError> {
    let values = args![d.subject.get(), d.message.get(), d.channel.as_str(), state.as_str(), at, code];
    tx.exec(RECEIPT, values).await?;
    Ok(())
}

fn deliveries(rows: &[Row]) -> Result<Vec<Delivery>, DbError> {
    rows.iter()
        .map(|row| {
            Ok(Delivery {
                subject: row.id("subject_id")?,
                message: row.id("message_id")?,
                channel: row
                    .get::<String>("channel")?
                    .parse()
                    .map_err(|error| DbError::corrupt("message_delivery.channel", error))?,
                tries: row.get("tries")?,
                due: row.get("due")?,
            })
        })
        .collect()
}

/// Begins an attempt that keeps others away until `until`. `false`: somebody else began it.
pub(crate) async fn claim(tx: &mut Tx, d: &Delivery, until: Timestamp) -> Result<bool, DbError> {
    let values = args![d.subject.get(), d.message.get(), d.channel.as_str(), d.due, until];
    Ok(tx.exec(CLAIM, values).await? == 1)
}

pub(crate) async fn postpone(tx: &mut Tx, d: &Delivery, due: Timestamp, error: &str) -> Result<(), DbError> {
    tx.exec(POSTPONE, args![d.subject.get(), d.message.get(), d.channel.as_str(), due, error]).await?;
    Ok(())
}

pub(crate) async fn end(
    tx: &mut Tx,
    d: &Delivery,
    state: DeliveryState,
    at: Timestamp,
    error: Option<&str>,
) -> Result<(), DbError> {
    let values = args![d.subject.get(), d.message.get(), d.channel.as_str(), state.as_str(), at, error];
    tx.exec(END, values).await?;
    Ok(())
}

/// The address is still sealed.
pub(crate) async fn preferences(tx: &mut Tx, subject: SubjectId) -> Result<Option<(Option<String>, bool)>, DbError> {
    let row = tx.row(PREFERENCES, args![subject.get()]).await?;
    row.map(|row| Ok((row.get("email")?, row.get("sms")?))).transpose()
}

pub(crate) async fn set_preferences(
    tx: &mut Tx,
    subject: SubjectId,
    email: Option<&str>,
    sms: bool,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.exec(SET_PREFERENCES, args![subject.get(), email, sms, at]).await?;
    Ok(())
}

pub(crate) async fn count(tx: &mut Tx) -> Result<Vec<(String, i64)>, DbError> {
    tx.rows(COUNT, args![]).await?.iter().map(|row| Ok((row.get("state")?, row.get("n")?))).collect()
}

fn message(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        id: row.id("id")?,
        event: row.get("event")?,
        case_number: row.get("case_number")?,
        item_name: row.get("item_name")?,
        title: row.get("title")?,
        text: row.get("text")?,
        at: row.get("at")?,
        read_at: row.get("read_at")?,
    })
}
