//! Keeping verdicts on materials.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseError, Verdict};
use webkit::{Answer, Fields, Look, Path, see_other};

use super::Window;
use crate::web::case::{Slip, Slips, Wanted, page};

pub(super) async fn give(
    State(window): State<Window>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let target = fields.one("target").to_owned();
    let verdict = match fields.one("verdict") {
        "fits" => Some(Verdict::Fits),
        "wrong" => Some(Verdict::Wrong {
            problem: fields.one("problem").trim().to_owned(),
            requirement: fields.one("requirement").trim().to_owned(),
        }),
        _ => None,
    };
    let args = (window.cases.clone(), look.act.clone(), number.clone(), target.clone(), verdict);
    let kept = window
        .cases
        .db
        .write(args, |tx, (cases, act, number, target, verdict)| {
            Box::pin(cases.give_verdict(act, tx, number, target, verdict.clone()))
        })
        .await;
    match kept {
        Ok(()) => Ok(see_other(&format!("/desk/cases/{number}?done=verdict#m-{target}"))),
        Err(CaseError::Rejected(rejection)) => {
            let words: Vec<String> = rejection.faults.iter().map(|f| f.detail.clone()).collect();
            let slip = Slip {
                target,
                problem: fields.one("problem").to_owned(),
                requirement: fields.one("requirement").to_owned(),
                error: if words.is_empty() { rejection.advice.clone() } else { words.join("") },
            };
            let markup =
                page(&window, &look, &number, &Wanted::default(), Slips { verdict: Some(slip), talk: None }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, markup).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
