//! Steps that rest on a one-time code: where they stand between one page and the next.
//!
//! The browser holds a ticket of 256 random bits, the table its digest and, sealed, what was given so far.

use db::Tx;
use kernel::{AccountId, Act, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Identity, sign_in::later};
use crate::{DocumentKind, IdentityError, Purpose, store, store::FlowRow};

/// What was given so far. It is stored sealed alone.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) name: String,
    pub(super) document: Option<DocumentKind>,
    pub(super) number: String,
    /// YYYY-MM-DD.
    pub(super) birth_date: Option<String>,
    /// Where codes go; empty while nobody knows.
    pub(super) phone: String,
    /// Whose step it is, where the login is known.
    pub(super) account: Option<AccountId>,
    /// Under which name wrong codes are counted.
    pub(super) counter: String,
    /// Whether the present code went out. One that never did is never right.
    pub(super) live: bool,
    /// Path to go on to.
    pub(super) next: String,
    /// The message that was sent, in a demonstration alone.
    pub(super) shown: Option<String>,
}

/// Where a step stands, for the one who takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct FlowView {
    /// What it is about.
    pub purpose: Purpose,
    /// Name that was given.
    pub name: String,
    /// Kind of document that was given.
    pub document: Option<DocumentKind>,
    /// Number that was given.
    pub number: String,
    /// Day of birth that was given, YYYY-MM-DD.
    pub birth_date: String,
    /// Phone that was given; never one that the platform knows from elsewhere.
    pub phone: String,
    /// Whether a code was asked for.
    pub asked: bool,
    /// Whether the code was entered rightly.
    pub proven: bool,
    /// Path to go on to.
    pub next: String,
    /// The message that was sent, in a demonstration alone.
    pub message: Option<String>,
}

impl std::fmt::Debug for FlowView {
    /// Without personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FlowView")
            .field("purpose", &self.purpose)
            .field("asked", &self.asked)
            .field("proven", &self.proven)
            .finish_non_exhaustive()
    }
}

impl Identity {
    /// Where the step behind a ticket stands at `at`; none when it is over or never was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow(&self, ticket: &str, at: Timestamp) -> Result<Option<FlowView>, IdentityError> {
        let digest = gm::token_digest(ticket);
        let mut tx = self.db.read().await?;
        let Some(row) = store::flow(&mut tx, &digest, at).await? else { return Ok(None) };
        let body = self.open_body(&digest, &row)?;
        let typed = matches!(row.purpose, Purpose::Register | Purpose::Phone);
        Ok(Some(FlowView {
            purpose: row.purpose,
            name: body.name,
            document: body.document,
            number: body.number,
            birth_date: body.birth_date.unwrap_or_default(),
            phone: if typed { body.phone } else { String::new() },
            asked: row.code_until > 0,
            proven: row.proven_at.is_some(),
            next: body.next,
            message: body.shown.filter(|_| self.ports.show_messages),
        }))
    }

    /// Begins a step; `digest` is that of its ticket.
    pub(super) async fn begin_flow(
        &self,
        act: &Act,
        tx: &mut Tx,
        digest: &str,
        purpose: Purpose,
        body: &Body,
    ) -> Result<(), IdentityError> {
        let sealed = self.seal_body(digest, body);
        Ok(store::add_flow(tx, digest, purpose, &sealed, later(act.at, self.rules.codes.flow_ms)).await?)
    }

    /// The step behind a digest, if it is one for this purpose.
    pub(super) async fn flow_for(
        &self,
        tx: &mut Tx,
        digest: &str,
        purpose: Purpose,
        at: Timestamp,
    ) -> Result<(FlowRow, Body), IdentityError> {
        let row = store::flow(tx, digest, at).await?.filter(|row| row.purpose == purpose);
        let row = row.ok_or(IdentityError::NoFlow)?;
        let body = self.open_body(digest, &row)?;
        Ok((row, body))
    }

    /// The same when its code was entered rightly.
    pub(super) async fn proven_flow(
        &self,
        tx: &mut Tx,
        digest: &str,
        purpose: Purpose,
        at: Timestamp,
    ) -> Result<Body, IdentityError> {
        let (row, body) = self.flow_for(tx, digest, purpose, at).await?;
        if row.proven_at.is_some() { Ok(body) } else { Err(IdentityError::NoFlow) }
    }

    pub(super) fn seal_body(&self, digest: &str, body: &Body) -> String {
        self.keys.seal(&place(digest), serde_json::json!(body).to_string().as_bytes())
    }

    fn open_body(&self, digest: &str, row: &FlowRow) -> Result<Body, IdentityError> {
        let text = self.keys.open_text(&place(digest), &row.body)?;
        serde_json::from_str(&text)
            .map_err(|_| db::DbError::corrupt("identity_flow.body", "it is no step under way").into())
    }
}

/// The one place a sealed body may stand.
fn place(digest: &str) -> String {
    format!("identity_flow.body:{digest}")
}
