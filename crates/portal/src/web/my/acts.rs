//! Answer, withdraw, rate, complain: asked on a page, done once, told on the next.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{
    CaseError, CaseSight,
    domain::{
        avoidance::Part,
        command::Command,
        course::yuan,
        documents::DocumentKind,
        voice::{ComplaintKind, LEVELS, RatingAspect, level},
    },
};
use catalogue::domain::ItemType;
use db::{BoxFuture, Tx};
use kernel::{Act, Date, city_date, show_date};
use webkit::{Answer, Fields, Look, Markup, Path, Problem, once_page, see_other};

use super::{Mine, case::own};
use crate::{
    mine,
    pages::my::acts::{
        AnswerPage, ChallengePage, ComplainPage, ComplainedPage, HearingPage, Of, PayPage, RatePage, WithdrawPage,
        answer as answer_page, challenge as challenge_page, complain as complain_page, complained as complained_page,
        hearing as hearing_page, pay as pay_page, rate as rate_page, withdraw as withdraw_page,
    },
};

/// What one act needs to be done within a transaction.
#[derive(Clone)]
struct Job {
    mine: Mine,
    act: Act,
    number: String,
    command: Command,
    done: &'static str,
}

fn carry_out<'a>(tx: &'a mut Tx, job: &'a Job) -> BoxFuture<'a, Result<String, CaseError>> {
    Box::pin(async move {
        own(&job.mine, &job.act, tx, &job.number).await?;
        let case = job.mine.cases.command(&job.act, tx, &job.number, &job.command, None).await?;
        if let (Command::Complain { .. }, Some(last)) = (&job.command, case.complaints.last()) {
            return Ok(format!("/my/cases/{}/complaints/{}", job.number, last.number));
        }
        if matches!(job.command, Command::StateDefence { .. }) {
            job.mine.cases.drop_supplement(&job.act, tx, &job.number).await?;
        }
        Ok(format!("/my/cases/{}?done={}", job.number, job.done))
    })
}

/// Does `command` once. `Ok(Err(_))`: refused, with what is wrong, for the page to show again.
async fn perform(
    mine: &Mine,
    look: &Look,
    number: &str,
    fields: &Fields,
    command: Command,
    done: &'static str,
) -> Answer<Result<Response, Problem>> {
    let job = Job { mine: mine.clone(), act: look.act.clone(), number: number.to_owned(), command, done };
    match once_page(&mine.cases.db, &look.act, fields, &look.path, job, carry_out).await {
        Ok(response) => Ok(Ok(response)),
        Err(problem) if can_be_mended(&problem) => Ok(Err(problem)),
        Err(problem) => Err(problem),
    }
}

/// Refusals that the page itself shows: wrong input, and what is not possible now.
pub(super) fn can_be_mended(problem: &Problem) -> bool {
    problem.status() == StatusCode::UNPROCESSABLE_ENTITY
        || (problem.status() == StatusCode::CONFLICT && problem.code() != "form.sent-before")
}

/// What is wrong, at the fields of the page: what belongs to none stands at the first.
pub(super) fn errors(problem: &Problem, fields: &[&'static str]) -> Vec<(&'static str, String)> {
    let first = fields.first().copied().unwrap_or("main");
    if problem.faults().is_empty() {
        return vec![(first, problem.detail().to_owned())];
    }
    let of = |pointer: &str| fields.iter().copied().find(|f| pointer.trim_start_matches('/') == *f).unwrap_or(first);
    problem.faults().iter().map(|f| (of(&f.pointer), f.detail.clone())).collect()
}

fn again(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

async fn seen(mine: &Mine, look: &Look, number: &str) -> Answer<(CaseSight, Of)> {
    let mut tx = mine.cases.db.read().await?;
    let seen = own(mine, &look.act, &mut tx, number).await?;
    let of = Of { number: number.to_owned(), item: seen.procedure.item.name.clone() };
    Ok((seen, of))
}

/// Address of the newest document of a kind.
async fn document(mine: &Mine, look: &Look, number: &str, kind: DocumentKind) -> Answer<Option<String>> {
    let (_, kept) = mine.cases.documents(&look.act, &mut *mine.cases.db.read().await?, number).await?;
    let found = kept.iter().rev().find(|k| k.document.kind == kind);
    Ok(found.map(|k| format!("/cases/{number}/documents/{}", k.id)))
}

// ---- withdraw

pub(super) async fn ask_withdraw(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Response> {
    let (seen, of) = seen(&mine, &look, &number).await?;
    if seen.case.state().is_decided() {
        return Ok(see_other(&format!("/my/cases/{number}")));
    }
    let page = WithdrawPage { of, ..WithdrawPage::default() };
    Ok(withdraw_page(&page, look.frame("撤回申请", Vec::new())).into_response())
}

pub(super) async fn withdraw(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let (_, of) = seen(&mine, &look, &number).await?;
    let reason = fields.one("reason").trim().to_owned();
    let command = Command::Withdraw { reason: (!reason.is_empty()).then(|| reason.clone()) };
    match perform(&mine, &look, &number, &fields, command, "withdrawn").await? {
        Ok(response) => Ok(response),
        Err(problem) => {
            let page = WithdrawPage { of, reason, errors: errors(&problem, &["reason"]) };
            Ok(again(withdraw_page(&page, look.frame("撤回申请", Vec::new()))))
        }
    }
}

// ---- pay

pub(super) async fn pay(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Response> {
    let (seen, of) = seen(&mine, &look, &number).await?;
    let open: i64 = seen.case.payments.values().filter(|p| p.receipt.is_none()).map(|p| p.amount_cents).sum();
    if open == 0 || seen.case.state().is_over() {
        return Ok(see_other(&format!("/my/cases/{number}")));
    }
    let item = &seen.procedure.item;
    let page = PayPage {
        of,
        amount: yuan(open),
        fees: item.fees.iter().map(|fee| (fee.name.clone(), format!("依据：{}", fee.basis))).collect(),
        department: mine::department(&mine.cases, &item.department),
        windows: item.windows.join("、"),
        notice: document(&mine, &look, &number, DocumentKind::PaymentNotice).await?,
    };
    Ok(pay_page(&page, look.frame("缴费", Vec::new())).into_response())
}

// ---- statement and defence

async fn answer_of(mine: &Mine, look: &Look, number: &str) -> Answer<Option<AnswerPage>> {
    let (seen, of) = seen(mine, look, number).await?;
    let decided = seen.case.state().is_decided();
    let Some(intended) = seen.case.intended_refusal.as_ref().filter(|r| r.defence.is_none() && !decided) else {
        return Ok(None);
    };
    let kept = mine.cases.kept_supplement(&look.act, &mut *mine.cases.db.read().await?, number).await?;
    let text = kept.as_ref().and_then(|k| k.get("defence")).and_then(|t| t.as_str()).unwrap_or_default().to_owned();
    Ok(Some(AnswerPage {
        of,
        reasons: intended.reasons.clone(),
        basis: intended.basis.clone(),
        due: show_date(intended.due),
        notice: document(mine, look, number, DocumentKind::InterestedPartyNotice).await?,
        hearing: may_ask_hearing(&seen, city_date(look.act.at)),
        kept: !text.is_empty(),
        text,
        errors: Vec::new(),
    }))
}

pub(super) async fn ask_answer(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Response> {
    Ok(match answer_of(&mine, &look, &number).await? {
        Some(page) => answer_page(&page, look.frame("陈述、申辩", Vec::new())).into_response(),
        None => see_other(&format!("/my/cases/{number}")),
    })
}

pub(super) async fn answer(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let page = answer_of(&mine, &look, &number).await?;
    let text = fields.one("text").replace("\r\n", "\n");
    let command = Command::StateDefence { text: text.clone() };
    match (perform(&mine, &look, &number, &fields, command, "answered").await?, page) {
        (Ok(response), _) => Ok(response),
        (Err(problem), Some(page)) => {
            let page = AnswerPage { text, kept: false, errors: errors(&problem, &["text"]), ..page };
            Ok(again(answer_page(&page, look.frame("陈述、申辩", Vec::new()))))
        }
        (Err(problem), None) => Err(problem),
    }
}

/// Keeps the statement for later.
pub(super) async fn keep_answer(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let content = serde_json::json!({ "defence": fields.one("text").chars().take(4000).collect::<String>() });
    let job = (mine.clone(), look.act.clone(), number.clone(), content);
    mine.cases
        .db
        .write(job, |tx, (mine, act, number, content)| {
            Box::pin(async move { mine.cases.keep_supplement(act, tx, number, content).await })
        })
        .await?;
    Ok(see_other(&format!("/my/cases/{number}?done=kept")))
}

// ---- hearing

/// Whether a hearing can be asked for now: of a licence that is about to be refused, once, within the days told.
pub(super) fn may_ask_hearing(seen: &CaseSight, today: Date) -> bool {
    let case = &seen.case;
    let told = case.intended_refusal.as_ref().filter(|told| today <= told.due);
    seen.procedure.item.item_type == ItemType::Licensing
        && told.is_some()
        && case.hearing.is_none()
        && !case.state().is_decided()
}

pub(super) async fn ask_hearing(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Response> {
    let (seen, of) = seen(&mine, &look, &number).await?;
    let Some(told) = seen.case.intended_refusal.as_ref().filter(|_| may_ask_hearing(&seen, city_date(look.act.at)))
    else {
        return Ok(see_other(&format!("/my/cases/{number}")));
    };
    let page = HearingPage { of, reasons: told.reasons.clone(), due: show_date(told.due) };
    Ok(hearing_page(&page, look.frame("要求听证", Vec::new())).into_response())
}

pub(super) async fn hearing(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    // There is nothing to mend on the page: what is refused is told as it stands.
    perform(&mine, &look, &number, &fields, Command::RequestHearing {}, "hearing").await?
}

// ---- rate

async fn rate_of(mine: &Mine, look: &Look, number: &str) -> Answer<Option<RatePage>> {
    let (seen, of) = seen(mine, look, number).await?;
    let case = &seen.case;
    if !case.state().is_over() || case.follow_up.is_some() {
        return Ok(None);
    }
    Ok(Some(RatePage {
        of,
        first: case.rating.as_ref().map(|r| level(r.score).to_owned()),
        levels: LEVELS.iter().map(|(score, words)| (score.to_string(), (*words).to_owned())).collect(),
        aspects: RatingAspect::ALL.iter().map(|a| (a.as_str().to_owned(), a.label().to_owned())).collect(),
        ..RatePage::default()
    }))
}

pub(super) async fn ask_rate(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Response> {
    Ok(match rate_of(&mine, &look, &number).await? {
        Some(page) => rate_page(&page, look.frame("评价", Vec::new())).into_response(),
        None => see_other(&format!("/my/cases/{number}")),
    })
}

pub(super) async fn rate(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let page = rate_of(&mine, &look, &number).await?;
    let score: u8 = fields.one("score").parse().unwrap_or(0);
    let chosen: Vec<String> = fields.all("aspects").map(str::to_owned).collect();
    let aspects: Vec<RatingAspect> = chosen.iter().filter_map(|word| word.parse().ok()).collect();
    let words = fields.one("comment").trim().to_owned();
    let comment = (!words.is_empty()).then(|| words.clone());
    let command = if page.as_ref().is_some_and(|p| p.first.is_some()) {
        Command::FollowUpRating { score, aspects, comment }
    } else {
        Command::Rate { score, aspects, comment }
    };
    match (perform(&mine, &look, &number, &fields, command, "rated").await?, page) {
        (Ok(response), _) => Ok(response),
        (Err(problem), Some(page)) => {
            let errors = errors(&problem, &["score", "comment"]);
            let page = RatePage { score: fields.one("score").to_owned(), chosen, comment: words, errors, ..page };
            Ok(again(rate_page(&page, look.frame("评价", Vec::new()))))
        }
        (Err(problem), None) => Err(problem),
    }
}

// ---- somebody shall stay away

fn challenge_form(of: Of) -> ChallengePage {
    let parts = Part::ALL.iter().map(|p| (p.as_str().to_owned(), p.label().to_owned())).collect();
    ChallengePage { of, parts, ..ChallengePage::default() }
}

pub(super) async fn ask_challenge(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
) -> Answer<Response> {
    let (seen, of) = seen(&mine, &look, &number).await?;
    if seen.case.state().is_decided() || seen.case.challenge.is_some() {
        return Ok(see_other(&format!("/my/cases/{number}")));
    }
    Ok(challenge_page(&challenge_form(of), look.frame("申请回避", Vec::new())).into_response())
}

pub(super) async fn challenge(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let (_, of) = seen(&mine, &look, &number).await?;
    let mut page = challenge_form(of);
    page.part = fields.one("part").to_owned();
    page.reason = fields.one("reason").replace("\r\n", "\n");
    let Ok(part) = page.part.parse::<Part>() else {
        page.errors = vec![("part", "请选择申请谁回避。".to_owned())];
        return Ok(again(challenge_page(&page, look.frame("申请回避", Vec::new()))));
    };
    let command = Command::AskAvoidance { part, reason: page.reason.clone() };
    match perform(&mine, &look, &number, &fields, command, "challenged").await? {
        Ok(response) => Ok(response),
        Err(problem) => {
            page.errors = errors(&problem, &["reason", "part"]);
            Ok(again(challenge_page(&page, look.frame("申请回避", Vec::new()))))
        }
    }
}

// ---- complain

fn complaint_form(of: Of) -> ComplainPage {
    let kinds = ComplaintKind::ALL.iter().map(|k| (k.as_str().to_owned(), k.label().to_owned())).collect();
    ComplainPage { of, kinds, ..ComplainPage::default() }
}

pub(super) async fn ask_complain(State(mine): State<Mine>, look: Look, Path(number): Path<String>) -> Answer<Markup> {
    let (_, of) = seen(&mine, &look, &number).await?;
    Ok(complain_page(&complaint_form(of), look.frame("投诉", Vec::new())))
}

pub(super) async fn complain(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let (_, of) = seen(&mine, &look, &number).await?;
    let mut page = complaint_form(of);
    page.kind = fields.one("kind").to_owned();
    page.text = fields.one("text").replace("\r\n", "\n");
    let kind = page.kind.parse::<ComplaintKind>();
    let Ok(kind) = kind else {
        page.errors = vec![("kind", "请选择投诉什么。".to_owned())];
        if page.text.trim().is_empty() {
            page.errors.push(("text", "请写明经过。".to_owned()));
        }
        return Ok(again(complain_page(&page, look.frame("投诉", Vec::new()))));
    };
    let command = Command::Complain { kind, text: page.text.clone() };
    match perform(&mine, &look, &number, &fields, command, "complained").await? {
        Ok(response) => Ok(response),
        Err(problem) => {
            page.errors = errors(&problem, &["text", "kind"]);
            Ok(again(complain_page(&page, look.frame("投诉", Vec::new()))))
        }
    }
}

pub(super) async fn complained(
    State(mine): State<Mine>,
    look: Look,
    Path((number, complaint)): Path<(String, String)>,
) -> Answer<Markup> {
    let (seen, of) = seen(&mine, &look, &number).await?;
    let found = seen.case.complaints.iter().find(|c| c.number == complaint).ok_or_else(Problem::not_found)?;
    let page = ComplainedPage {
        of,
        complaint,
        take_up_by: show_date(found.take_up_by),
        answer_by: show_date(found.answer_by),
    };
    Ok(complained_page(&page, look.frame("投诉已提交", Vec::new())))
}
