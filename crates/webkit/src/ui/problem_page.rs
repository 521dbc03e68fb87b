//! The page people see when something did not work, with the way out on it.

use axum::http::StatusCode;
use maud::{Markup, html};

use super::{components::button_link, frame::frame};
use crate::{Look, Problem, url_encode};

pub(crate) fn problem_page(problem: &Problem, number: &str, look: &Look) -> Markup {
    let status = problem.status();
    let here = look.path.as_str();
    let page = look.frame(problem.title(), Vec::new());
    let body = html! {
        section.problem {
            p.problem-status aria-hidden="true" { (status.as_u16()) }
            h1 { (problem.title()) }
            p.lead { (problem.detail()) }
            @if !problem.faults().is_empty() {
                ul { @for fault in problem.faults() { li { (fault.detail) } } }
            }
            div.actions {
                @if let Some((path, label)) = problem.way_out() {
                    (button_link(label, path))
                } @else if status == StatusCode::UNAUTHORIZED {
                    (button_link("去登录", &format!("/sign-in?next={}", url_encode(here))))
                } @else {
                    (button_link("回到首页", "/"))
                }
                @if status == StatusCode::NOT_FOUND { a href="/items" { "查找事项" } }
                @else if status.is_server_error() { a href=(crate::safe_next(here)) { "再试一次" } }
            }
            dl.facts.compact {
                div { dt { "请求编号" } dd { code { (number) } } }
                div { dt { "问题代码" } dd { code { (problem.code()) } } }
            }
            p.hint { "可以用浏览器的“返回”回到上一页，填写的内容一般还在。仍有困难请拨打 12345，并告诉工作人员请求编号。" }
        }
    };
    frame(page, body)
}
