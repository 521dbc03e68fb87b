//! What law asks of the platform beside the case itself: the order of acceptance of limited licences, promises not kept,
//! decisions open to the public.

use catalogue::domain::{ItemType, Procedure, QuantityPeriod};
use db::Tx;
use kernel::{Date, SubjectId, SubjectKind, Timestamp, city_date, masking};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Cases;
use crate::{
    domain::{
        case::Case,
        clocks::add_days,
        decide::{BadCause, BadCredit, Quota},
        event::{Event, Recorded, TerminationCause},
    },
    error::CaseError,
    store::{self, OpenRow},
};

/// One granting decision as everybody may read it (行政许可法 第四十条; 双公示). People are named by a masked name only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenDecision {
    /// 行政相对人名称: an enterprise's name, a person's name masked.
    pub applicant: String,
    /// 统一社会信用代码; empty for people.
    pub code: String,
    /// Key of the item.
    pub item: String,
    /// Name of the item (许可类别).
    pub item_name: String,
    /// Key of the deciding body (许可机关).
    pub department: String,
    /// 行政许可决定文书号.
    pub decision_number: String,
    /// 许可证书名称.
    pub certificate_name: String,
    /// 许可编号; empty for people.
    pub certificate_number: String,
    /// Day of the decision (许可决定日期), `YYYY-MM-DD`.
    #[schema(value_type = String)]
    pub decided_on: Date,
    /// Last valid day (有效期至); none: no expiry.
    #[schema(value_type = Option<String>)]
    pub valid_until: Option<Date>,
    /// Day on which it was opened.
    #[schema(value_type = String)]
    pub published_on: Date,
    /// Its place in the list.
    #[serde(skip)]
    pub key: OpenKey,
}

/// Place of an open decision in the list: day and case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenKey(pub Date, pub i64);

impl From<OpenRow> for OpenDecision {
    fn from(row: OpenRow) -> Self {
        Self {
            key: OpenKey(row.decided_on, row.case.get()),
            applicant: row.applicant,
            code: row.code,
            item: row.item,
            item_name: row.item_name,
            department: row.department,
            decision_number: row.decision_number,
            certificate_name: row.certificate_name,
            certificate_number: row.certificate_number,
            decided_on: row.decided_on,
            valid_until: row.valid_until,
            published_on: row.published_on,
        }
    }
}

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

    /// Granting decisions open to the public, newest first; of one department where one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_decisions(
        &self,
        tx: &mut Tx,
        department: Option<&str>,
        after: Option<OpenKey>,
        limit: i64,
    ) -> Result<Vec<OpenDecision>, CaseError> {
        let rows = store::open_decisions(tx, department, after.map(|k| (k.0, k.1)), limit).await?;
        Ok(rows.into_iter().map(OpenDecision::from).collect())
    }
}

/// What of a granting decision is for everybody: nothing by which a person could be found.
fn open_row(procedure: &Procedure, case: &Case, published_on: Date) -> OpenRow {
    let item = &procedure.item;
    debug_assert!(item.item_type == ItemType::Licensing, "only licences are opened");
    let person = case.private.applicant.kind == SubjectKind::Person;
    let certificate = case.produced.as_ref().and_then(Option::as_ref);
    OpenRow {
        case: case.id,
        item: item.slug.clone(),
        item_name: item.name.clone(),
        department: item.department.clone(),
        applicant: if person { masking::name(&case.applicant) } else { case.applicant.clone() },
        code: case.private.applicant.uscc.clone().filter(|_| !person).unwrap_or_default(),
        decision_number: case.decision_number.clone().unwrap_or_default(),
        certificate_name: item.result.name.clone().unwrap_or_default(),
        certificate_number: certificate.filter(|_| !person).map(|c| c.number.clone()).unwrap_or_default(),
        valid_until: certificate.and_then(|c| c.expires_on),
        decided_on: case.stage.decision().map_or(published_on, |d| city_date(d.at)),
        published_on,
    }
}
