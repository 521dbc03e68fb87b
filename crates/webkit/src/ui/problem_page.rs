//! The page people see when something did not work, with the way out on it.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{components::button_link, frame::frame};
use crate::{
    Carried, Fields, Look, Problem,
    carry::{complete, typed_texts},
    url_encode,
};

/// `sent` is the form that met with the problem and the path it was sent to: what was typed stays in sight, and where
/// trying again can help it is sent again with one button.
pub(crate) fn problem_page(problem: &Problem, number: &str, look: &Look, sent: Option<(&str, &Fields)>) -> Markup {
    let status = problem.status();
    let here = look.path.as_str();
    let page = look.frame(problem.title(), Vec::new());
    let may_help = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let again = sent.filter(|(_, fields)| may_help && complete(fields));
    let back = sent.is_some_and(|(path, _)| path != here);
    let texts = sent.map(|(_, fields)| typed_texts(fields)).unwrap_or_default();
    let first = if let Some((path, label)) = problem.way_out() {
        Some(button_link(label, path))
    } else if status == StatusCode::UNAUTHORIZED {
        Some(button_link("去登录", &format!("/sign-in?next={}", url_encode(here))))
    } else if let Some((path, fields)) = again {
        Some(Carried::of(path, fields).form("再提交一次"))
    } else if back {
        Some(button_link("回到填写页", here))
    } else if status.is_server_error() && sent.is_none() {
        Some(button_link("再试一次", crate::safe_next(here)))
    } else if status == StatusCode::NOT_FOUND {
        Some(button_link("查找事项", "/items"))
    } else {
        None
    };
    let body = html! {
        section.problem {
            p.problem-status aria-hidden="true" { (status.as_u16()) }
            h1 { (problem.title()) }
            p.lead { (problem.detail()) }
            @if !problem.faults().is_empty() {
                ul { @for fault in problem.faults() { li { (fault.detail) } } }
            }
            div.actions {
                @match &first {
                    Some(first) => { (first) @if again.is_some() && back { a href=(here) { "回到填写页" } } a href="/" { "回到首页" } }
                    None => (button_link("回到首页", "/")),
                }
                a href="/help" { "帮助" }
            }
            @if !texts.is_empty() {
                details.disclosure open {
                    summary { "刚才填写的内容" }
                    div.disclosure-body {
                        p.hint { "没有提交成功，内容还在这里，可以复制。" }
                        @for text in &texts { p.typed { (text) } }
                    }
                }
            }
            dl.facts.compact {
                div { dt { "请求编号" } dd { code { (number) } } }
                div { dt { "问题代码" } dd { code { (problem.code()) } } }
            }
            p.hint { "仍有困难请拨打政务服务便民热线 12345，并告诉工作人员请求编号。" }
        }
    };
    frame(page, body)
}
