//! What time alone brings about: deemed acceptance, reminders, the end of procedures, filing.

use kernel::{Act, Timestamp, city_date};

use super::Cases;
use crate::{
    domain::{
        case::CaseId,
        decide::{Setting, run},
        event::{By, Event},
    },
    error::CaseError,
    store,
};

impl Cases {
    /// Does for every case what the platform has to do by `now`; answers how many cases changed. May run at any time, on
    /// several processes at once, and again.
    ///
    /// # Errors
    /// When the database fails. A single case that cannot be advanced is logged and left for the next round.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, CaseError> {
        let mut changed = 0;
        let waking = store::waking(&mut *self.db.read().await?, city_date(now), 500).await?;
        for id in waking {
            match self
                .db
                .write((self.clone(), now), move |tx, (cases, now)| Box::pin(cases.advance(tx, id, *now)))
                .await
            {
                Ok(true) => changed += 1,
                Ok(false) | Err(CaseError::Stale { .. }) => {}
                Err(error) => {
                    tracing::error!(case.id = %id, %error, "a case could not be advanced; it will be tried again")
                }
            }
        }
        let hour = now.as_second().div_euclid(3600);
        self.db.write(hour, |tx, hour| Box::pin(store::forget_misses(tx, *hour))).await?;
        Ok(changed)
    }

    /// What the platform has to do for one case; `false`: nothing.
    async fn advance(&self, tx: &mut db::Tx, id: CaseId, now: Timestamp) -> Result<bool, CaseError> {
        let act = Act::system(now);
        let loaded = self.load(tx, id).await?;
        let procedure = self.catalogue.procedure(tx, &loaded.case.item, Some(loaded.case.version)).await?;
        let calendar = self.calendar(now);
        let around = self.around(&act, tx, &loaded.case, &procedure).await?;
        let setting = Setting { procedure: &procedure, calendar: &calendar, now, demo: self.demo, around };
        let mut case = loaded.case.clone();
        let entries = run(&mut case, &setting, Vec::new())?;
        let events: Vec<(By, Event)> = entries.into_iter().map(|e| (e.by, e.event)).collect();
        if events.is_empty() {
            return Ok(false);
        }
        self.settle(&act, tx, &procedure, Some(&loaded), None, events).await?;
        Ok(true)
    }
}
