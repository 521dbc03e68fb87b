//! Deadlines of running cases when another calendar begins to count.

use std::sync::Arc;

use db::Tx;
use kernel::{Timestamp, calendar::WorkingCalendar, city_date};

use super::{Cases, settle::Loaded};
use crate::{
    domain::case::{Case, CaseId},
    error::CaseError,
    store::{self, Projection},
};

/// Cases looked at in one reading.
const PAGE: i64 = 200;

impl Cases {
    /// The working days by which a case's deadlines are computed: those that count today, or counted when it ended.
    pub(crate) fn calendar_of(&self, case: &Case) -> Arc<WorkingCalendar> {
        self.calendar(case.stage.ending().map_or_else(|| self.clock.now(), |ending| ending.at))
    }

    /// Computes the deadlines of every running case again when a calendar has begun to count by which that was not done
    /// yet; answers how many cases were looked at. Harmless at any time, on several processes at once, and again.
    ///
    /// # Errors
    /// When the database fails or a history cannot be read; what was done stays, the rest is done next time.
    pub async fn recompute(&self, now: Timestamp) -> Result<usize, CaseError> {
        let pending = self.settings.calendar_to_apply(&mut *self.db.read().await?, city_date(now)).await?;
        let Some(version) = pending else { return Ok(0) };
        let (mut after, mut looked) = (i64::MIN, 0);
        loop {
            let page = store::running_cases(&mut *self.db.read().await?, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.get();
            looked += page.len();
            for id in page {
                let args = (self.clone(), id, now);
                self.db.write(args, |tx, (cases, id, now)| Box::pin(cases.project_again(tx, *id, *now))).await?;
            }
        }
        let args = (self.clone(), version, now);
        self.db
            .write(args, |tx, (cases, version, now)| Box::pin(cases.settings.calendar_applied(tx, *version, *now)))
            .await?;
        Ok(looked)
    }

    /// Writes the lists of one case anew, nothing else. A case that somebody changes at the same time is projected by him.
    async fn project_again(&self, tx: &mut Tx, id: CaseId, now: Timestamp) -> Result<(), CaseError> {
        let Loaded { case, head } = self.load(tx, id).await?;
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let changed = store::changed_at(tx, id).await?.unwrap_or(now);
        let projection = Projection::of(&case, head, changed, &procedure, &self.calendar(now));
        let _newer = store::project(tx, Some((&case, head.seq)), &case, &projection, &procedure).await?;
        Ok(())
    }
}
