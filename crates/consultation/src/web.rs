//! Pages by path.

use axum::{
    extract::State,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{Failure, Role, show_time};
use serde::Deserialize;
use webkit::{
    Access, Answer, Fields, Look, Markup, Page, Paging, Path, Query, Routes, once_page, see_other, url_encode,
};

use crate::{
    Consultation, ConsultationError, Feedback, Kind, NewFeedback, State as Stands,
    pages::{self, FeedbackLine, FeedbackPage, ListPage},
};

/// Those who answer.
const ANSWERING: &[Role] = &[Role::HallManager, Role::Supervisor];

/// Routes of feedback, each with who may call it.
#[must_use]
pub fn routes(consultation: Consultation) -> Routes {
    Routes::new(consultation)
        .page(Access::Public, Method::GET, "/feedback", get(ask))
        .page(Access::Public, Method::POST, "/feedback", post(say))
        .page(Access::Public, Method::GET, "/feedback/{receipt}", get(receipt))
        .page(Access::Roles(ANSWERING), Method::GET, "/desk/feedback", get(list))
        .page(Access::Roles(ANSWERING), Method::POST, "/desk/feedback/{receipt}", post(answer))
        .done()
}

/// What it is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    about: String,
}

fn blank(about: &str) -> FeedbackPage {
    let about: String = about.chars().take(100).collect();
    // Pages lead here with a kind, searches with their words.
    let kind = about.parse::<Kind>().map(|kind| kind.as_str().to_owned()).unwrap_or_default();
    FeedbackPage {
        kinds: Kind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect(),
        kind,
        about,
        ..FeedbackPage::default()
    }
}

async fn ask(look: Look, Query(about): Query<About>) -> Markup {
    pages::feedback(&blank(&about.about), look.frame("意见和咨询", Vec::new()))
}

async fn say(State(consultation): State<Consultation>, look: Look, fields: Fields) -> Answer<Response> {
    let new = NewFeedback {
        kind: fields.one("kind").to_owned(),
        about: fields.one("about").to_owned(),
        text: fields.one("text").replace("\r\n", "\n"),
        contact: fields.one("contact").to_owned(),
    };
    let job = (consultation.clone(), look.act.clone(), new.clone());
    let said = once_page(&consultation.db, &look.act, &fields, "/feedback", job, |tx, (me, act, new)| {
        Box::pin(async move {
            let receipt = me.say(act, tx, new).await?;
            Ok::<_, ConsultationError>(format!("/feedback/{receipt}"))
        })
    })
    .await;
    match said {
        Err(problem) if problem.code().starts_with("consultation.") && problem.status().is_client_error() => {
            let at = |pointer: &str| match pointer {
                "/kind" => "kind",
                "/contact" => "contact",
                _ => "text",
            };
            let mut errors: Vec<_> = problem.faults().iter().map(|f| (at(&f.pointer), f.detail.clone())).collect();
            if errors.is_empty() {
                errors.push(("text", problem.detail().to_owned()));
            }
            let page =
                FeedbackPage { kind: new.kind, text: new.text, contact: new.contact, errors, ..blank(&new.about) };
            let page = pages::feedback(&page, look.frame("意见和咨询", Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        other => other,
    }
}

async fn receipt(State(consultation): State<Consultation>, look: Look, Path(number): Path<String>) -> Answer<Markup> {
    let state = consultation.stands(&mut *consultation.db.read().await?, &number).await?;
    Ok(pages::receipt(&number, state.label(), look.frame("已经收到", Vec::new())))
}

/// Which list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    state: String,
    after: Option<String>,
    done: String,
}

fn line(feedback: &Feedback) -> FeedbackLine {
    FeedbackLine {
        receipt: feedback.receipt.clone(),
        kind: feedback.kind.label().split('：').next().unwrap_or_default().to_owned(),
        about: feedback.about.clone(),
        text: feedback.text.clone(),
        contact: feedback.contact.clone(),
        at: show_time(feedback.at),
        answer: feedback.answered.as_ref().map(|a| (a.text.clone(), format!("{}，{}", a.by, show_time(a.at)))),
    }
}

async fn page(consultation: &Consultation, look: &Look, wanted: &Wanted) -> Answer<ListPage> {
    let state = if wanted.state == "answered" { Stands::Answered } else { Stands::Open };
    let paging = Paging { after: wanted.after.clone(), limit: None };
    let after: Option<(i64, String)> = paging.start()?;
    let limit = paging.limit_and_one();
    let first = after.is_some();
    // The look is recorded with it: what cannot be recorded is not shown.
    let job = (consultation.clone(), look.act.clone(), after);
    let found = consultation
        .db
        .write(job, move |tx, (me, act, after)| Box::pin(me.list(act, tx, state, after.clone(), limit)))
        .await?;
    let cut = Page::cut(found, &paging, |f| (f.at.as_millisecond(), f.receipt.clone()));
    let here = format!("/desk/feedback?state={state}");
    Ok(ListPage {
        lines: cut.items.iter().map(line).collect(),
        answered: state == Stands::Answered,
        first: first.then(|| here.clone()),
        next: cut.next.map(|next| format!("{here}&after={}", url_encode(&next))),
        done: wanted.done == "answered",
        wrong: None,
    })
}

async fn list(State(consultation): State<Consultation>, look: Look, Query(wanted): Query<Wanted>) -> Answer<Markup> {
    let page = page(&consultation, &look, &wanted).await?;
    Ok(pages::list(&page, look.frame("意见和咨询", Vec::new())))
}

async fn answer(
    State(consultation): State<Consultation>,
    look: Look,
    Path(receipt): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let words = fields.one(&format!("text-{receipt}")).replace("\r\n", "\n");
    let job = (consultation.clone(), look.act.clone(), receipt.clone(), words.clone());
    let answered =
        consultation.db.write(job, |tx, (me, act, receipt, words)| Box::pin(me.answer(act, tx, receipt, words))).await;
    match answered {
        Ok(()) => Ok(see_other("/desk/feedback?done=answered")),
        Err(error @ ConsultationError::Invalid(_)) => {
            let page = page(&consultation, &look, &Wanted::default()).await?;
            let page = ListPage { wrong: Some((receipt, words, error.advice())), ..page };
            let page = pages::list(&page, look.frame("意见和咨询", Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
