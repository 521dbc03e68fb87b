//! Bulk actions: looked at row by row, then carried out row by row, each in a transaction of its own.

use axum::extract::State;
use cases::{CaseError, domain::command::Command};
use kernel::{Act, Failure, Fault};
use webkit::{Answer, Fields, Look, Markup, Problem, here_or};

use super::Window;
use crate::pages::bulk::{BulkPage, BulkRow, Fate, bulk};

/// Most rows of one bulk action: no more than a page shows.
const MOST: usize = 100;

/// A row as the form names it: `number~task` and, once looked at, `~version`.
struct Chosen {
    number: String,
    task: String,
    seen: Option<i64>,
}

fn chosen(fields: &Fields) -> Vec<Chosen> {
    fields
        .all("row")
        .take(MOST)
        .filter_map(|row| {
            let mut parts = row.split('~');
            let (number, task) = (parts.next()?.to_owned(), parts.next()?.to_owned());
            Some(Chosen { number, task, seen: parts.next().and_then(|s| s.parse().ok()) })
        })
        .collect()
}

fn command(fields: &Fields, task: &str) -> Result<Command, Problem> {
    let wrong =
        |pointer: &str, advice: &str| Problem::invalid("desk.bulk", vec![Fault::new(pointer, "invalid", advice)]);
    let task = task.to_owned();
    match fields.one("action") {
        "claim" => Ok(Command::Claim { task }),
        "release" => Ok(Command::Release { task }),
        "accept" => Ok(Command::Accept {}),
        "produce" => Ok(Command::Produce {}),
        "hand-over" => {
            let to = fields.one("to").parse().map_err(|_| wrong("/to", "请选择转交给哪位同事。"))?;
            Ok(Command::HandOver { task, to, name: String::new() })
        }
        _ => Err(wrong("/action", "请选择要办理的操作。")),
    }
}

fn label(fields: &Fields) -> &'static str {
    let word = fields.one("action");
    crate::pages::tasks::BULK.iter().find(|(w, _)| *w == word).map_or("批量办理", |(_, label)| label)
}

fn start(fields: &Fields) -> BulkPage {
    BulkPage {
        action: fields.one("action").to_owned(),
        label: label(fields),
        to: fields.one("to").to_owned(),
        back: here_or(fields.one("back"), "/desk/tasks").to_owned(),
        rows: Vec::new(),
        done: false,
        error: None,
    }
}

pub(super) async fn preview(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Markup> {
    let mut page = start(&fields);
    let rows = chosen(&fields);
    if rows.is_empty() {
        page.error = Some("还没有选择任务：请回到列表，在要办的任务前打勾。".to_owned());
    }
    for row in rows {
        let command = match command(&fields, &row.task) {
            Ok(command) => command,
            Err(problem) => {
                page.error = problem.faults().first().map(|f| f.detail.clone());
                break;
            }
        };
        let mut tx = window.cases.db.read().await?;
        let seen = match window.cases.see(&look.act, &mut tx, &row.number).await {
            Ok(seen) => seen,
            Err(error) => {
                page.rows.push(refused(&row, String::new(), &error)?);
                continue;
            }
        };
        let about = format!("{} · {}", seen.procedure.item.name, seen.case.applicant);
        match window.cases.try_out(&look.act, &mut tx, &row.number, &command).await {
            Ok(outlook) => {
                let mut happens: Vec<String> = outlook.events.iter().map(|e| e.label().to_owned()).collect();
                happens.extend(outlook.documents.iter().map(|d| format!("出具《{}》", d.title)));
                happens.dedup();
                page.rows.push(BulkRow {
                    value: format!("{}~{}~{}", row.number, row.task, seen.case.seq),
                    number: row.number,
                    about,
                    fate: if happens.is_empty() { Fate::Nothing } else { Fate::Will(happens.join(" → ")) },
                });
            }
            Err(error) => page.rows.push(refused(&row, about, &error)?),
        }
    }
    Ok(bulk(&page, look.frame(format!("预览：{}", page.label), Vec::new())))
}

/// A row that cannot be done, with the reason; what is wrong on our side is not swallowed.
fn refused(row: &Chosen, about: String, error: &CaseError) -> Answer<BulkRow> {
    if matches!(error.kind(), kernel::Kind::Internal | kernel::Kind::Unavailable) {
        return Err(Problem::internal("desk.bulk", error.to_string()));
    }
    let mut why = error.advice();
    let faults = error.faults();
    if !faults.is_empty() {
        why = format!("{why}（{}）", faults.iter().map(|f| f.detail.as_str()).collect::<Vec<_>>().join("；"));
    }
    Ok(BulkRow { value: String::new(), number: row.number.clone(), about, fate: Fate::Cannot(why) })
}

pub(super) async fn carry_out(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Markup> {
    let mut page = start(&fields);
    page.done = true;
    for row in chosen(&fields) {
        let command = command(&fields, &row.task)?;
        let about = {
            let mut tx = window.cases.db.read().await?;
            let seen = window.cases.see(&look.act, &mut tx, &row.number).await;
            seen.map(|s| format!("{} · {}", s.procedure.item.name, s.case.applicant)).unwrap_or_default()
        };
        page.rows.push(match one(&window, &look.act, &row, command).await {
            Ok(state) => BulkRow { value: String::new(), number: row.number.clone(), about, fate: Fate::Done(state) },
            Err(error) => refused(&row, about, &error)?,
        });
    }
    Ok(bulk(&page, look.frame(format!("{}：结果", page.label), Vec::new())))
}

/// One row in a transaction of its own: what stops it does not stop the others.
async fn one(window: &Window, act: &Act, row: &Chosen, command: Command) -> Result<&'static str, CaseError> {
    let args = (window.cases.clone(), act.clone(), row.number.clone(), command);
    let seen = row.seen;
    window
        .cases
        .db
        .write(args, move |tx, (cases, act, number, command)| {
            Box::pin(async move { Ok(cases.command(act, tx, number, command, seen).await?.state().label()) })
        })
        .await
}
