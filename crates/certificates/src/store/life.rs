//! Rows of histories, proposals and reports, with their sealed fields closed.

use db::{DbError, Row, Tx, args};
use kernel::{AccountId, Date, SubjectId, Timestamp};

use super::{sql, word};
use crate::{
    CertificateId, Change, Order, Proposal, ProposalId, Report, ReportId, ReportState, domain::change::ProposalState,
};

/// Appends an entry. `reason`: sealed.
pub(crate) async fn append(tx: &mut Tx, holder: SubjectId, c: &Change, reason: Option<String>) -> Result<(), DbError> {
    let args = args![
        holder.get(),
        c.id,
        c.certificate.get(),
        c.kind.as_str(),
        c.at,
        c.effective_from,
        c.effective_to,
        &c.department,
        c.account.map(AccountId::get),
        c.confirmed_by.map(AccountId::get),
        &c.ground,
        &c.document,
        reason
    ];
    tx.later(sql::INSERT_EVENT, args).await?;
    Ok(())
}

/// The history of one version; `reason` is sealed.
pub(crate) async fn history(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Vec<Change>, DbError> {
    let rows = tx.rows(sql::EVENTS, args![holder.get(), id.get()]).await?;
    let account = |row: &Row, column| row.get::<Option<i64>>(column).map(|id| id.map(AccountId::from));
    rows.iter()
        .map(|row| {
            Ok(Change {
                id: row.get("id")?,
                certificate: row.id("certificate_id")?,
                kind: word(row, "certificate_event", "kind")?,
                at: row.get("at")?,
                effective_from: row.get("effective_from")?,
                effective_to: row.get("effective_to")?,
                department: row.get("department")?,
                account: account(row, "account_id")?,
                confirmed_by: account(row, "confirmed_by")?,
                ground: row.get("ground")?,
                document: row.get("document")?,
                reason: row.get("reason")?,
            })
        })
        .collect()
}

/// Keeps a proposal; `reason`: sealed.
pub(crate) async fn propose(tx: &mut Tx, p: &Proposal, reason: String) -> Result<(), DbError> {
    let args = args![
        p.holder.get(),
        p.id.get(),
        p.certificate.get(),
        &p.department,
        p.order.kind.as_str(),
        &p.order.ground,
        &p.order.document,
        reason,
        p.order.from,
        p.order.to,
        p.proposed_at,
        p.proposed_by.get(),
        &p.proposed_name
    ];
    tx.exec(sql::INSERT_PROPOSAL, args).await?;
    Ok(())
}

fn proposal_of(row: &Row) -> Result<Proposal, DbError> {
    Ok(Proposal {
        holder: row.id("subject_id")?,
        id: row.id("id")?,
        certificate: row.id("certificate_id")?,
        department: row.get("department")?,
        order: Order {
            kind: word(row, "certificate_proposal", "kind")?,
            ground: row.get("ground")?,
            document: row.get("document")?,
            reason: row.get("reason")?,
            from: row.get("first_day")?,
            to: row.get("last_day")?,
        },
        proposed_at: row.get("proposed_at")?,
        proposed_by: row.id("proposed_by")?,
        proposed_name: row.get("proposed_name")?,
        state: word(row, "certificate_proposal", "state")?,
    })
}

pub(crate) async fn proposal(tx: &mut Tx, holder: SubjectId, id: ProposalId) -> Result<Option<Proposal>, DbError> {
    tx.row(sql::FIND_PROPOSAL, args![holder.get(), id.get()]).await?.as_ref().map(proposal_of).transpose()
}

pub(crate) async fn proposals_of(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Vec<Proposal>, DbError> {
    tx.rows(sql::PROPOSALS_OF, args![holder.get(), id.get()]).await?.iter().map(proposal_of).collect()
}

pub(crate) async fn proposals(tx: &mut Tx, department: &str, after: i64, limit: i64) -> Result<Vec<Proposal>, DbError> {
    tx.rows(sql::PROPOSALS, args![department, after, limit]).await?.iter().map(proposal_of).collect()
}

/// `false`: somebody decided it meanwhile.
pub(crate) async fn decide(
    tx: &mut Tx,
    p: &Proposal,
    state: ProposalState,
    at: Timestamp,
    by: Option<AccountId>,
    answer: Option<String>,
) -> Result<bool, DbError> {
    let args = args![p.holder.get(), p.id.get(), state.as_str(), at, by.map(AccountId::get), answer];
    Ok(tx.exec(sql::DECIDE_PROPOSAL, args).await? == 1)
}

/// Keeps a report; `words`: sealed.
pub(crate) async fn insert_report(tx: &mut Tx, r: &Report, words: String) -> Result<(), DbError> {
    let args = args![r.holder.get(), r.id.get(), r.certificate.get(), &r.department, r.at, r.due, words];
    tx.exec(sql::INSERT_REPORT, args).await?;
    Ok(())
}

fn report_of(row: &Row) -> Result<Report, DbError> {
    let corrected: Option<i64> = row.get("corrected_by")?;
    Ok(Report {
        holder: row.id("subject_id")?,
        id: row.id("id")?,
        certificate: row.id("certificate_id")?,
        department: row.get("department")?,
        at: row.get("at")?,
        due: row.get("due")?,
        words: row.get("words")?,
        state: word(row, "certificate_report", "state")?,
        answered_at: row.get("answered_at")?,
        answer: row.get("answer")?,
        corrected_by: corrected.map(CertificateId::from),
    })
}

pub(crate) async fn report(tx: &mut Tx, holder: SubjectId, id: ReportId) -> Result<Option<Report>, DbError> {
    tx.row(sql::FIND_REPORT, args![holder.get(), id.get()]).await?.as_ref().map(report_of).transpose()
}

pub(crate) async fn reports_of(tx: &mut Tx, holder: SubjectId, id: CertificateId) -> Result<Vec<Report>, DbError> {
    tx.rows(sql::REPORTS_OF, args![holder.get(), id.get()]).await?.iter().map(report_of).collect()
}

pub(crate) async fn reports(
    tx: &mut Tx,
    department: &str,
    after: (Date, i64),
    limit: i64,
) -> Result<Vec<Report>, DbError> {
    tx.rows(sql::REPORTS, args![department, after.0, after.1, limit]).await?.iter().map(report_of).collect()
}

/// `false`: somebody answered it meanwhile. `answer`: sealed.
pub(crate) async fn answer_report(
    tx: &mut Tx,
    r: &Report,
    state: ReportState,
    at: Timestamp,
    by: Option<AccountId>,
    answer: String,
) -> Result<bool, DbError> {
    let corrected = r.corrected_by.map(CertificateId::get);
    let args = args![r.holder.get(), r.id.get(), state.as_str(), at, by.map(AccountId::get), answer, corrected];
    Ok(tx.exec(sql::ANSWER_REPORT, args).await? == 1)
}
