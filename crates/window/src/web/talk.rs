//! Writing to the applicant in the case.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseError, domain::command::Command};
use webkit::{Answer, Fields, Look, Path, once_page};

use super::{
    Window,
    case::{Slips, page},
};

pub(super) async fn say(
    State(window): State<Window>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let text = fields.one("text").to_owned();
    let command = Command::Say { text: text.clone(), files: Vec::new() };
    let path = format!("/desk/cases/{number}/talk");
    let args = (window.cases.clone(), look.act.clone(), number.clone(), command);
    let done = once_page(&window.cases.db, &look.act, &fields, &path, args, |tx, (cases, act, number, command)| {
        Box::pin(async move {
            cases.command(act, tx, number, command, None).await?;
            Ok::<_, CaseError>(format!("/desk/cases/{number}?done=talk#talk"))
        })
    })
    .await;
    match done {
        Err(problem)
            if matches!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT)
                && problem.code() != "form.sent-before" =>
        {
            let error = problem.faults().first().map_or_else(|| problem.detail().to_owned(), |f| f.detail.clone());
            let slips = Slips { talk: Some((text, error)), ..Slips::default() };
            let markup = page(&window, &look, &number, &super::case::Wanted::default(), slips).await?;
            Ok((problem.status(), markup).into_response())
        }
        other => other,
    }
}
