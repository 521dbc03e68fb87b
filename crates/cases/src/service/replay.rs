//! Checking what is kept: chains entry by entry, read models against a replay of the history.

use kernel::Timestamp;

use super::Cases;
use crate::{
    domain::{
        case::{Case, CaseId},
        documents::compose,
        event::Event,
    },
    error::CaseError,
    store::{self, Projection},
};

/// A chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFault {
    /// The case.
    pub case: CaseId,
    /// The first entry that is wrong.
    pub seq: i64,
}

/// What a replay found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplayReport {
    /// Cases looked at.
    pub cases: usize,
    /// Entries replayed.
    pub entries: usize,
    /// Each difference between the tables and the history, in words.
    pub differences: Vec<String>,
}

/// Cases looked at in one reading.
const PAGE: i64 = 200;

impl Cases {
    /// Checks the chain of every case; answers how many were checked and every fault.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify_chains(&self) -> Result<(usize, Vec<ChainFault>), CaseError> {
        let (mut after, mut checked, mut faults) = (i64::MIN, 0, Vec::new());
        loop {
            let mut tx = self.db.read().await?;
            let page = store::all_cases(&mut tx, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok((checked, faults)) };
            after = last.get();
            for case in page {
                checked += 1;
                if let Some(seq) = store::verify(&mut tx, &self.keys, case).await? {
                    faults.push(ChainFault { case, seq });
                }
            }
        }
    }

    /// Folds every history again and compares what follows from it with the tables.
    ///
    /// # Errors
    /// When the database fails or a history cannot be read.
    pub async fn replay(&self) -> Result<ReplayReport, CaseError> {
        let mut report = ReplayReport::default();
        let mut after = i64::MIN;
        loop {
            let mut tx = self.db.read().await?;
            let page = store::all_cases(&mut tx, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(report) };
            after = last.get();
            for id in page {
                self.replay_one(&mut tx, id, &mut report).await?;
            }
        }
    }

    /// Writes what desks read (queues, search) anew from every history, for rows that an older version of the program
    /// wrote; answers how many cases were written. A case that changes meanwhile writes its own rows.
    ///
    /// # Errors
    /// When the database fails or a history cannot be read.
    pub async fn rewrite_desk(&self) -> Result<usize, CaseError> {
        let (mut after, mut written) = (i64::MIN, 0);
        loop {
            let page = store::all_cases(&mut *self.db.read().await?, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(written) };
            after = last.get();
            for id in page {
                self.db.write((self.clone(), id), |tx, (cases, id)| Box::pin(cases.rewrite_one(tx, *id))).await?;
                written += 1;
            }
        }
    }

    async fn rewrite_one(&self, tx: &mut db::Tx, id: CaseId) -> Result<(), CaseError> {
        let entries: Vec<_> = store::entries(tx, &self.keys, id).await?.into_iter().map(|s| s.entry).collect();
        let Some(changed) = entries.last().map(|e| e.at) else { return Ok(()) };
        let head = store::head_after(store::Head::START, &entries)?;
        let Some(case) = Case::fold(id, entries)? else { return Ok(()) };
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let projection = Projection::of(&case, head, changed, &procedure, &self.calendar_of(&case));
        Ok(store::rewrite_desk(tx, &case, &projection, &procedure).await?)
    }

    async fn replay_one(&self, tx: &mut db::Tx, id: CaseId, report: &mut ReplayReport) -> Result<(), CaseError> {
        let entries: Vec<_> = store::entries(tx, &self.keys, id).await?.into_iter().map(|s| s.entry).collect();
        report.cases += 1;
        report.entries += entries.len();
        let Some(first) = entries.first().cloned() else {
            report.differences.push(format!("case {id}: no history"));
            return Ok(());
        };
        let mut case = Case::open(id, first)?;
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let kept = store::documents(tx, &self.keys, id).await?;
        let mut documents = 0;
        let mut changed: Timestamp = case.submitted_at;
        // Several documents may follow from one entry.
        let mut cause = entries.first();
        for entry in entries.iter().skip(1) {
            if let (Event::DocumentIssued { document, number, id: document_id }, Some(cause)) = (&entry.event, cause) {
                documents += 1;
                let day = self.day(cause.at);
                let office = day.office(&procedure, &self.government);
                let composed = compose(*document, number, &case, cause, &office);
                let same = kept.iter().any(|k| k.id.to_string() == *document_id && k.document == composed && k.intact);
                if !same {
                    report.differences.push(format!("case {}: document {number} differs", case.number));
                }
            }
            if !matches!(entry.event, Event::DocumentIssued { .. }) {
                cause = Some(entry);
            }
            case.apply(entry)?;
            changed = entry.at;
        }
        let head = store::head_after(store::Head::START, &entries)?;
        let projection = Projection::of(&case, head, changed, &procedure, &self.calendar_of(&case));
        report.differences.extend(store::projection_differs(tx, &case, &projection, &procedure, documents).await?);
        Ok(())
    }
}
