//! What desks read: queues under filters with their counts, search, verdicts.

use db::{Arg, DbError, Row, Tx, args};
use gm::Keys;
use kernel::{AccountId, Date, Role, SubjectId, Timestamp};

use super::{
    lists::word,
    statements::{
        DELETE_VERDICT, DESK_COUNTS, DESK_QUEUE, DESK_QUEUE_BACK, SEARCH, SEARCH_ALL, SEARCH_ITEMS, UPSERT_VERDICT,
        VERDICTS_OF,
    },
};
use crate::{
    domain::{case::CaseId, clocks::Light},
    error::CaseError,
    service::{DeskCount, DeskKey, DeskTask, Verdict},
};

/// Which entries of a department's queue.
#[derive(Debug, Clone)]
pub(crate) struct QueueFilter<'a> {
    pub(crate) department: &'a str,
    /// Empty for the whole city.
    pub(crate) region: &'a str,
    /// Held by this account; 0 for what nobody holds; negative for all.
    pub(crate) holder: i64,
    /// Empty for all roles.
    pub(crate) roles: &'a [Role],
    pub(crate) came_back: bool,
    /// Due on this day exactly.
    pub(crate) due: Option<Date>,
    pub(crate) item: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) today: Date,
    pub(crate) light: &'a str,
}

fn filter_args<'a>(f: &'a QueueFilter<'_>) -> Vec<Arg<'a>> {
    let role = |n: usize| f.roles.get(n).or_else(|| f.roles.last()).map_or("", |r| r.as_str());
    let due = f.due.map_or_else(String::new, |d| d.to_string());
    vec![
        Arg::from(f.department),
        Arg::from(f.region),
        Arg::from(f.holder),
        Arg::from(role(0)),
        Arg::from(role(1)),
        Arg::from(role(2)),
        Arg::from(role(3)),
        Arg::from(f.came_back),
        Arg::from(due),
        Arg::from(f.item),
        Arg::from(f.kind),
        Arg::from(f.today),
        Arg::from(f.light),
    ]
}

fn light(due: Date, yellow_on: Date, provisional: bool, today: Date) -> Light {
    if due < today && !provisional {
        Light::Red
    } else if yellow_on <= today {
        Light::Yellow
    } else {
        Light::Green
    }
}

fn desk_task(row: &Row, today: Date) -> Result<DeskTask, CaseError> {
    let due: Date = row.get("due")?;
    let provisional: bool = row.get("provisional")?;
    let claimed_by: i64 = row.get("claimed_by")?;
    Ok(DeskTask {
        id: row.id("case_id")?,
        task: row.get("task")?,
        name: row.get("name")?,
        kind: row.get::<String>("kind")?.parse().ok(),
        role: word(row, "role")?,
        region: row.get("region")?,
        number: row.get("number")?,
        item: row.get("item")?,
        item_name: row.get("item_name")?,
        applicant: row.get("applicant")?,
        since: row.get("since")?,
        light: light(due, row.get("yellow_on")?, provisional, today),
        key: DeskKey(due, row.id::<CaseId>("case_id")?.get(), row.get("task")?),
        due: Some(due).filter(|d| d.year() < 9999),
        provisional,
        came_back: row.get("came_back")?,
        holder: (claimed_by != 0)
            .then(|| Ok::<_, DbError>((AccountId::from(claimed_by), row.get("claimed_name")?)))
            .transpose()?,
    })
}

/// Entries by deadline: behind `after`, or the nearest before `before`.
pub(crate) async fn desk_queue(
    tx: &mut Tx,
    filter: &QueueFilter<'_>,
    after: Option<&DeskKey>,
    before: Option<&DeskKey>,
    limit: i64,
) -> Result<Vec<DeskTask>, CaseError> {
    let mut all = filter_args(filter);
    let first = DeskKey(jiff::civil::date(1, 1, 1), i64::MIN, String::new());
    let from = before.or(after).unwrap_or(&first);
    all.extend([Arg::from(from.0), Arg::from(from.1), Arg::from(&from.2), Arg::from(limit)]);
    let rows = tx.rows(if before.is_some() { DESK_QUEUE_BACK } else { DESK_QUEUE }, &all).await?;
    let mut tasks = rows.iter().map(|row| desk_task(row, filter.today)).collect::<Result<Vec<_>, _>>()?;
    if before.is_some() {
        tasks.reverse();
    }
    Ok(tasks)
}

/// How many entries the filter leaves, by what they can be filtered by further.
pub(crate) async fn desk_counts(tx: &mut Tx, filter: &QueueFilter<'_>) -> Result<Vec<DeskCount>, CaseError> {
    let rows = tx.rows(DESK_COUNTS, &filter_args(filter)).await?;
    rows.iter()
        .map(|row| {
            Ok(DeskCount {
                light: word(row, "light")?,
                item: row.get("item")?,
                item_name: row.get("item_name")?,
                kind: row.get::<String>("kind")?.parse().ok(),
                due_today: row.get("today")?,
                came_back: row.get("came_back")?,
                count: row.get::<i64>("n")?.unsigned_abs(),
            })
        })
        .collect()
}

/// What a search over cases asks for.
#[derive(Debug, Clone)]
pub(crate) struct SearchFilter<'a> {
    pub(crate) region: &'a str,
    pub(crate) subject: Option<SubjectId>,
    /// Part of the applicant's name.
    pub(crate) name: &'a str,
    pub(crate) item: &'a str,
    pub(crate) state: &'a str,
    /// Submitted from … to before, milliseconds.
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) after: Option<(i64, i64)>,
    pub(crate) limit: i64,
}

/// One line of a search.
pub(crate) type SearchRow = crate::service::FoundCase;

fn search_row(row: &Row) -> Result<SearchRow, CaseError> {
    Ok(SearchRow {
        id: row.id("case_id")?,
        number: row.get("number")?,
        item: row.get("item")?,
        item_name: row.get("item_name")?,
        region: row.get("region")?,
        applicant: row.get("applicant")?,
        state: word(row, "state")?,
        submitted_at: row.get("submitted_at")?,
        due: row.get("due")?,
    })
}

/// Cases of which `department` has a part, newest first.
pub(crate) async fn search(tx: &mut Tx, department: &str, f: &SearchFilter<'_>) -> Result<Vec<SearchRow>, CaseError> {
    let (at, id) = f.after.unwrap_or((i64::MAX, i64::MAX));
    let name = if f.name.is_empty() {
        String::new()
    } else {
        format!("%{}%", f.name.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
    };
    let subject = f.subject.map_or(0, SubjectId::get);
    let all = args![department, f.region, subject, name, f.item, f.state, f.from, f.until, at, id, f.limit];
    tx.rows(SEARCH, all).await?.iter().map(search_row).collect()
}

/// Cases of all departments, by what names nobody.
pub(crate) async fn search_all(tx: &mut Tx, f: &SearchFilter<'_>) -> Result<Vec<SearchRow>, CaseError> {
    let (at, id) = f.after.unwrap_or((i64::MAX, i64::MAX));
    tx.rows(SEARCH_ALL, args![f.item, f.state, f.from, f.until, at, id, f.limit])
        .await?
        .iter()
        .map(search_row)
        .collect()
}

/// Items of which a department has cases: slug and name.
pub(crate) async fn search_items(tx: &mut Tx, department: &str) -> Result<Vec<(String, String)>, CaseError> {
    let rows = tx.rows(SEARCH_ITEMS, args![department]).await?;
    rows.iter().map(|row| Ok((row.get("item")?, row.get("item_name")?))).collect()
}

/// A verdict as kept.
#[derive(Debug, Clone)]
pub(crate) struct VerdictRow {
    pub(crate) target: String,
    pub(crate) verdict: Verdict,
    pub(crate) seq: i64,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) at: Timestamp,
}

fn verdict_place(case: CaseId, target: &str) -> String {
    format!("case_verdict.sealed:{case}:{target}")
}

/// Keeps a verdict in place of the one before.
pub(crate) async fn keep_verdict(tx: &mut Tx, keys: &Keys, case: CaseId, row: &VerdictRow) -> Result<(), CaseError> {
    let (word, sealed) = match &row.verdict {
        Verdict::Fits => ("fits", None),
        Verdict::Wrong { problem, requirement } => {
            let text = serde_json::json!({"problem": problem, "requirement": requirement}).to_string();
            ("wrong", Some(keys.seal(&verdict_place(case, &row.target), text.as_bytes())))
        }
    };
    let all = args![case.get(), &row.target, word, sealed, row.seq, row.account.get(), &row.name, row.at];
    tx.exec(UPSERT_VERDICT, all).await?;
    Ok(())
}

/// Takes a verdict back.
pub(crate) async fn drop_verdict(tx: &mut Tx, case: CaseId, target: &str) -> Result<(), DbError> {
    tx.exec(DELETE_VERDICT, args![case.get(), target]).await?;
    Ok(())
}

/// All verdicts of a case, by target.
pub(crate) async fn verdicts_of(tx: &mut Tx, keys: &Keys, case: CaseId) -> Result<Vec<VerdictRow>, CaseError> {
    let rows = tx.rows(VERDICTS_OF, args![case.get()]).await?;
    rows.iter()
        .map(|row| {
            let target: String = row.get("target")?;
            let sealed: Option<String> = row.get("sealed")?;
            let verdict = match sealed {
                None => Verdict::Fits,
                Some(sealed) => {
                    let text = keys.open_text(&verdict_place(case, &target), &sealed)?;
                    let parts: serde_json::Value =
                        serde_json::from_str(&text).map_err(|e| CaseError::corrupt("case_verdict.sealed", &e))?;
                    let part = |name: &str| parts[name].as_str().unwrap_or_default().to_owned();
                    Verdict::Wrong { problem: part("problem"), requirement: part("requirement") }
                }
            };
            Ok(VerdictRow {
                target,
                verdict,
                seq: row.get("seq")?,
                account: row.id("account_id")?,
                name: row.get("name")?,
                at: row.get("at")?,
            })
        })
        .collect()
}
