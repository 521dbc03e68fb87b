//! What a counter may see of an application that it took in itself.

use db::Tx;
use kernel::{Act, Channel, Role, city_date};

use super::{CaseSight, Cases, Sight};
use crate::{
    domain::{clocks::clocks, tasks::tasks},
    error::CaseError,
    store,
};

/// A case that the caller took in at the counter.
pub struct TakenIn {
    /// The case, as the counter that took it in sees it.
    pub seen: CaseSight,
    /// Whether the caller's department has a part in it, so that the caller may open it whole.
    pub in_office: bool,
}

impl Cases {
    /// A case that the caller took in at the counter himself, whichever department decides on it: the clerk who took it in
    /// prints its receipt.
    ///
    /// # Errors
    /// Not found for every other case.
    pub async fn taken_in(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<TakenIn, CaseError> {
        let id = store::case_of_number(tx, number).await?.ok_or(CaseError::NotFound)?;
        let case = self.load(tx, id).await?.case;
        let first = store::entries(tx, &self.keys, id).await?.into_iter().map(|kept| kept.entry).find(|e| e.seq == 1);
        let mine = act.is(Role::Window)
            && case.channel == Channel::Window
            && first.is_some_and(|entry| entry.by.account.is_some() && entry.by.account == act.account());
        if !mine {
            return Err(CaseError::NotFound);
        }
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let in_office = self.sight(act, &case, &procedure) == Some(Sight::Office);
        let (tasks, clocks) =
            (tasks(&case, &procedure), clocks(&case, &procedure, &self.calendar(act.at), city_date(act.at)));
        Ok(TakenIn { seen: CaseSight { case, procedure, sight: Sight::Office, tasks, clocks }, in_office })
    }
}
