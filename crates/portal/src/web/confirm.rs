//! The public confirmation of a document.

use axum::{extract::State, http::StatusCode};
use webkit::{Answer, Look, Markup, Path, Problem};

use crate::{
    Portal,
    pages::{self, confirm::ConfirmPage},
};

pub(super) async fn confirm(State(portal): State<Portal>, look: Look, Path(code): Path<String>) -> Answer<Markup> {
    let Some(document) = portal.documents.confirm(&code).await? else { return Err(unknown()) };
    let page = ConfirmPage {
        title: document.title,
        in_force: document.in_force,
        ended: document.ended,
        facts: document.facts,
    };
    Ok(pages::confirm::confirm(&page, look.frame("核对文书", Vec::new())))
}

fn unknown() -> Problem {
    let detail = "没有这份文书。请检查扫描或者输入的网址是否完整；如果完整，这份文书不是本平台作出的，请勿相信，并拨打 12345 核实。";
    Problem::new(StatusCode::NOT_FOUND, "portal.no-document", detail)
}
