//! How the duty to open decisions to the public is kept.

use axum::extract::State;
use cases::Opening;
use kernel::show_date;
use webkit::{Answer, Look, Markup};

use super::Window;
use crate::pages::openings::{OpeningRow, OpeningsPage, openings};

pub(super) async fn show(State(window): State<Window>, look: Look) -> Answer<Markup> {
    let found = window.cases.openings(&look.act, &mut *window.cases.db.read().await?).await?;
    let rows = |list: Vec<Opening>| {
        list.into_iter()
            .map(|one| OpeningRow {
                department: window.department(&one.department),
                number: one.number,
                item: one.item_name,
                decided: show_date(one.decided_on),
                due: show_date(one.due),
                opened: one.published_on.map(show_date).unwrap_or_default(),
            })
            .collect()
    };
    let page =
        OpeningsPage { late: rows(found.late), waiting: rows(found.waiting), opened_late: rows(found.opened_late) };
    Ok(openings(&page, look.frame("许可公开", Vec::new())))
}
