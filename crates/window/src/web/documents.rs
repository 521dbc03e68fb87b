//! Papers of a case, ready to print.

use axum::extract::State;
use kernel::FileId;
use webkit::{Answer, Crumb, Look, Markup, Origin, Path, Query, frame, url_encode};

use super::{Window, files::Why};
use crate::pages::why::why;

pub(super) async fn show(
    State(window): State<Window>,
    look: Look,
    origin: Origin,
    Path((number, id)): Path<(String, FileId)>,
    Query(asked): Query<Why>,
) -> Answer<Markup> {
    let mut tx = window.cases.db.read().await?;
    let (seen, kept) = window.cases.document(&look.act, &mut tx, &number, id).await?;
    let (_, history) = window.cases.history(&look.act, &mut tx, &number).await?;
    drop(tx);
    let title = kept.document.title.clone();
    let crumbs = vec![
        Crumb::link("工作台", "/desk"),
        Crumb::link(number.clone(), format!("/desk/cases/{number}")),
        Crumb::here(title.clone()),
    ];
    let around = look.frame(title.clone(), crumbs);
    if !window.look(&look.act, &seen, &history, "document", asked.reason()).await? {
        return Ok(why(&title, asked.reason(), around));
    }
    let back = match asked.reason() {
        "" => format!("/desk/cases/{number}"),
        reason => format!("/desk/cases/{number}?reason={}", url_encode(reason)),
    };
    let paper = window.cases.print(&seen, kept, &origin.0, look.demo);
    Ok(frame(
        around,
        maud::html! {
            div.actions.no-print {
                a.button.quiet href=(back) { "回到办件" }
                button.button type="button" data-print data-shortcut="p" { "打印 " kbd { "p" } }
            }
            (paper)
        },
    ))
}
