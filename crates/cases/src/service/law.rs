//! What law asks of the platform beside the case itself: the order of acceptance of limited licences, promises not kept.

use catalogue::domain::{Procedure, QuantityPeriod};
use db::Tx;
use kernel::{Date, SubjectId, Timestamp, city_date};

use super::{Cases, open::open_row};
use crate::{
    domain::{
        case::Case,
        clocks::add_days,
        decide::{BadCause, BadCredit, Quota},
        event::{Event, Recorded, TerminationCause},
    },
    error::CaseError,
    store,
};

/// How many of a limited number are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacesLeft {
    /// How many may be granted in the period.
    pub limit: u32,
    /// How many were not yet.
    pub left: u32,
    /// Accepted applications that wait for a decision.
    pub waiting: u32,
}

/// The period of a limit that counts on `day`, as its counter is kept.
fn period(of: QuantityPeriod, day: Date) -> String {
    match of {
        QuantityPeriod::Year => day.year().to_string(),
        QuantityPeriod::Total => "total".to_owned(),
    }
}

fn bad_cause(cause: TerminationCause) -> Option<BadCause> {
    match cause {
        TerminationCause::DeferredNotSupplied => Some(BadCause::NotSupplied),
        TerminationCause::FalseMaterial => Some(BadCause::Broken),
        _ => None,
    }
}

impl Cases {
    /// How many of a limited number are left on the city's day of `at`; none when the item has no limit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn places_left(
        &self,
        tx: &mut Tx,
        item: &catalogue::domain::Item,
        at: Timestamp,
    ) -> Result<Option<PlacesLeft>, CaseError> {
        let Some(limit) = &item.quantity_limit else { return Ok(None) };
        let taken = store::taken(tx, &item.slug, &period(limit.period, city_date(at))).await?;
        let waiting = store::ahead(tx, &item.slug, i64::MAX, i64::MAX.into()).await?;
        Ok(Some(PlacesLeft { limit: limit.number, left: limit.number.saturating_sub(taken), waiting }))
    }

    /// What is left of a limited number for this case, and how many were accepted before it.
    pub(super) async fn quota(
        &self,
        tx: &mut Tx,
        procedure: &Procedure,
        case: &Case,
        at: Timestamp,
    ) -> Result<Option<Quota>, CaseError> {
        let Some(limit) = procedure.item.quantity_limit.as_ref().filter(|_| !case.state().is_decided()) else {
            return Ok(None);
        };
        let item = &procedure.item.slug;
        let taken = store::taken(tx, item, &period(limit.period, city_date(at))).await?;
        // What is accepted in this very act comes behind all others.
        let ahead = store::ahead(tx, item, case.accepted_order().unwrap_or(i64::MAX), case.id).await?;
        Ok(Some(Quota { limit: limit.number, taken, ahead }))
    }

    /// What closes deferral to somebody on the city's day of `at`; none when nothing does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bad_credit(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        at: Timestamp,
    ) -> Result<Option<BadCredit>, CaseError> {
        let today = city_date(at);
        let days = self.settings.current().rules_on(today).deferral_closed_days;
        let since = today.checked_sub(jiff::Span::new().days(i64::from(days))).unwrap_or(Date::MIN);
        let newest = store::bad_entries(tx, subject, since).await?.into_iter().next();
        Ok(newest.filter(|_| days > 0).map(|(number, cause, on)| {
            let until = add_days(on, days.saturating_sub(1));
            BadCredit { number, cause, on, until }
        }))
    }

    /// Keeps what follows from `entries` in the records around the case. False: somebody granted a limited licence
    /// meanwhile, and everything is to be decided anew.
    pub(super) async fn settle_law(
        &self,
        tx: &mut Tx,
        procedure: &Procedure,
        case: &Case,
        entries: &[Recorded],
    ) -> Result<bool, CaseError> {
        let item = &procedure.item.slug;
        let limit = procedure.item.quantity_limit.as_ref();
        for entry in entries {
            let day = city_date(entry.at);
            match &entry.event {
                Event::Accepted { .. } if limit.is_some() => {
                    if let Some(order) = case.accepted_order() {
                        store::stand_in_line(tx, item, case.id, order).await?;
                    }
                }
                Event::Decided { granted: true, deemed, .. } => {
                    let Some(limit) = limit else { continue };
                    let period = period(limit.period, day);
                    let seen = store::taken(tx, item, &period).await?;
                    let beyond = seen >= limit.number && !deemed;
                    if beyond || !store::take_place(tx, item, &period, seen).await? {
                        return Ok(false);
                    }
                }
                Event::Terminated { cause, .. } => {
                    if let Some(cause) = bad_cause(*cause) {
                        store::keep_credit(tx, case, cause, day).await?;
                    }
                }
                Event::Published => store::publish(tx, &open_row(procedure, case, day)).await?,
                // Opened already: what came out is added. Opened in this very act: there is no row yet, and nothing changes.
                Event::CertificateProduced { .. } if case.published.is_some() => {
                    store::complete_open(tx, &open_row(procedure, case, day)).await?;
                }
                _ => {}
            }
        }
        let ended = |e: &Recorded| {
            matches!(e.event, Event::Decided { .. } | Event::Withdrawn { .. } | Event::Terminated { .. })
        };
        if limit.is_some() && entries.iter().any(ended) {
            store::leave_line(tx, item, case.id).await?;
        }
        Ok(true)
    }
}
