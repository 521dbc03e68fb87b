//! Granting decisions open to the public (行政许可法 第四十条; 双公示: within seven working days of the decision), their
//! withdrawal, and who is late with them.

use catalogue::domain::{ItemType, Procedure};
use db::Tx;
use kernel::{Act, Actor, Date, Role, SubjectKind, Timestamp, city_date, masking};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Cases;
use crate::{
    domain::{case::Case, clocks::PUBLICITY_DAYS},
    error::CaseError,
    store::{self, OpenRow, OpenWanted},
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

/// Which open decisions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenFilter {
    /// Key of the deciding body; empty: all.
    pub department: String,
    /// Credit code of an enterprise; empty: all.
    pub code: String,
    /// First day of the decision.
    pub from: Option<Date>,
    /// Last day of the decision.
    pub to: Option<Date>,
}

/// One decision as supervisors watch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Number of the case, or of the decision once it is open: what the list shows.
    pub number: String,
    /// Name of the item.
    pub item_name: String,
    /// Key of the deciding body.
    pub department: String,
    /// Day of the decision.
    pub decided_on: Date,
    /// Last lawful day to open it.
    pub due: Date,
    /// When it was opened.
    pub published_on: Option<Date>,
}

/// How the duty to open decisions is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Openings {
    /// Not open yet and past their last day, oldest first.
    pub late: Vec<Opening>,
    /// Not open yet and in time, oldest first.
    pub waiting: Vec<Opening>,
    /// Opened after their last day in the last ninety days, newest first.
    pub opened_late: Vec<Opening>,
}

/// How far back late openings are shown, days.
const LOOKED_BACK_DAYS: u32 = 90;
/// Rows read at one time, and most rows of each list.
const ROWS: i64 = 500;

/// Whether a decision leaves the public list with this end of its certificate. What was annulled was never lawful, what was
/// revoked or withdrawn no longer is (行政许可法 第八条, 第六十九条; 行政处罚法 第九条). A licence that ran out, was renewed or
/// was cancelled (第七十条) leaves the decision as true as it was.
fn closes(status: &str) -> bool {
    matches!(status, "annulled" | "revoked" | "withdrawn")
}

impl Cases {
    /// Granting decisions open to the public, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_decisions(
        &self,
        tx: &mut Tx,
        filter: &OpenFilter,
        after: Option<OpenKey>,
        limit: i64,
    ) -> Result<Vec<OpenDecision>, CaseError> {
        let wanted = OpenWanted {
            department: &filter.department,
            code: &filter.code,
            from: filter.from.unwrap_or(Date::constant(1900, 1, 1)),
            to: filter.to.unwrap_or(Date::constant(9999, 12, 31)),
        };
        let rows = store::open_decisions(tx, wanted, after.map(|k| (k.0, k.1)), limit).await?;
        Ok(rows.into_iter().map(OpenDecision::from).collect())
    }

    /// Takes the decision of a case from the public list, when its certificate ended in a way that closes it. False: there
    /// was nothing to do. Hearing of the same end twice does no harm.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn withdraw_open(
        &self,
        tx: &mut Tx,
        number: &str,
        status: &str,
        at: Timestamp,
    ) -> Result<bool, CaseError> {
        if !closes(status) {
            return Ok(false);
        }
        let Some(case) = store::case_of_number(tx, number).await? else { return Ok(false) };
        Ok(store::withdraw_open(tx, case, city_date(at), status).await?)
    }

    /// How the duty to open decisions is kept: for supervisors.
    ///
    /// # Errors
    /// [`CaseError::NoList`] for anybody else.
    pub async fn openings(&self, act: &Act, tx: &mut Tx) -> Result<Openings, CaseError> {
        let Actor::Staff { region, .. } = &act.actor else { return Err(CaseError::NoList) };
        if !act.is(Role::Supervisor) || region.is_some() {
            return Err(CaseError::NoList);
        }
        let (today, calendar) = (city_date(act.at), self.calendar(act.at));
        let due = |decided_on| calendar.deadline(decided_on, PUBLICITY_DAYS).date;
        let mut openings = Openings::default();
        let mut after = (Timestamp::MIN, i64::MIN);
        let most = usize::try_from(ROWS).unwrap_or(usize::MAX);
        while openings.late.len() + openings.waiting.len() < most {
            let rows = store::unopened(tx, after, ROWS).await?;
            let Some(last) = rows.last() else { break };
            after = (last.decided_at, last.case.get());
            for row in rows {
                let procedure = self.catalogue.procedure(tx, &row.item, Some(row.version)).await?;
                if procedure.item.item_type != ItemType::Licensing {
                    continue;
                }
                let decided_on = city_date(row.decided_at);
                let opening = Opening {
                    number: row.number,
                    item_name: row.item_name,
                    department: row.department,
                    decided_on,
                    due: due(decided_on),
                    published_on: None,
                };
                if opening.due < today { openings.late.push(opening) } else { openings.waiting.push(opening) }
            }
        }
        let since = today.checked_sub(jiff::Span::new().days(i64::from(LOOKED_BACK_DAYS))).unwrap_or(Date::MIN);
        let opened = store::opened_since(tx, since, ROWS).await?;
        openings.opened_late = opened
            .into_iter()
            .map(|row| Opening {
                number: row.decision_number,
                item_name: row.item_name,
                department: row.department,
                decided_on: row.decided_on,
                due: due(row.decided_on),
                published_on: Some(row.published_on),
            })
            .filter(|opening| opening.published_on.is_some_and(|day| day > opening.due))
            .collect();
        Ok(openings)
    }
}

/// What of a granting decision is for everybody: nothing by which a person could be found.
pub(super) fn open_row(procedure: &Procedure, case: &Case, published_on: Date) -> OpenRow {
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
