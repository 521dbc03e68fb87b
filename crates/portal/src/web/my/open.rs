//! For everybody: progress by number and code, help, accessibility.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{NoProgress, Progress};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Markup, Query};

use super::Mine;
use crate::{
    mine,
    pages::{
        help,
        progress::{Found, ProgressPage, progress as progress_page},
    },
};

/// What may stand in the address: the number, from a printed code; never the query code, which would stay in histories.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    number: String,
}

pub(super) async fn ask_progress(look: Look, Query(asked): Query<Asked>) -> Answer<Markup> {
    let number: String = asked.number.chars().take(40).collect();
    let page = ProgressPage { number, ..ProgressPage::default() };
    Ok(progress_page(&page, look.frame("查进度", Vec::new())))
}

pub(super) async fn progress(State(mine): State<Mine>, look: Look, fields: Fields) -> Answer<Response> {
    let cut = |name: &str| fields.one(name).trim().chars().take(40).collect::<String>();
    let mut page = ProgressPage { number: cut("number"), code: cut("code"), ..ProgressPage::default() };
    for (field, value, what) in [("number", &page.number, "办件编号"), ("code", &page.code, "查询码")] {
        if value.is_empty() {
            page.errors.push((field, format!("请输入{what}。")));
        }
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if page.errors.is_empty() {
        let job = (mine.clone(), look.act.clone(), page.number.clone(), page.code.clone());
        let found = mine
            .cases
            .db
            .write(job, |tx, (mine, act, number, code)| Box::pin(mine.cases.progress(act, tx, number, code)))
            .await?;
        match found {
            Ok(progress) => {
                status = StatusCode::OK;
                page.found = Some(shown(&mine, &progress));
            }
            Err(NoProgress::Unknown) => {
                page.errors
                    .push(("number", "办件编号和查询码对不上，请照收件凭证或者通知书上印的重新输入。".to_owned()));
            }
            Err(NoProgress::TooMany) => {
                status = StatusCode::TOO_MANY_REQUESTS;
                let text = "输错的次数太多，请一小时后再试，或者登录后在“办件”里查看。";
                page.errors.push(("number", text.to_owned()));
            }
        }
    }
    Ok((status, progress_page(&page, look.frame("查进度", Vec::new()))).into_response())
}

fn shown(mine: &Mine, progress: &Progress) -> Found {
    let cases = &mine.cases;
    let course = &progress.course;
    Found {
        number: progress.number.clone(),
        item: progress.item.clone(),
        state: progress.state.label().to_owned(),
        meaning: course.meaning.replace("您", "申请人"),
        asked: progress.asked.map(|act| format!("等申请人{}", act.label())),
        holder: mine::holder(cases, course),
        deadline: course.next.as_ref().map(|clock| mine::deadline(cases, clock, progress.today)),
        course: mine::timeline(cases, course, &|_| None),
    }
}

pub(super) async fn help(look: Look) -> Markup {
    help::help(look.frame("帮助", Vec::new()))
}

pub(super) async fn accessibility(look: Look) -> Markup {
    help::accessibility(look.frame("无障碍声明", Vec::new()))
}
