//! 显示设置: how pages look, chosen without an account.

use axum::{
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use super::{
    components::{button, notice},
    forms::{Choice, Control, hidden, radios},
    frame::frame,
};
use crate::{Answer, Crumb, Fields, Look, Query, SessionCookie, Settings, here_or, see_other, ui::components::Tone};

/// Path of the page, and of the form that changes the settings.
pub(crate) const SETTINGS_PATH: &str = "/settings";

/// What the address of the page says.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Came {
    /// Where the reader came from.
    next: String,
    /// The settings were just kept.
    done: String,
}

const fn choice(value: &'static str, label: &'static str, hint: &'static str) -> Choice<'static> {
    Choice { value, label, hint: Some(hint) }
}

const COMFORT: [Choice<'static>; 2] = [
    choice("comfort-normal", "标准版", "一般大小的文字。"),
    choice("comfort-large", "长辈版", "文字和按钮更大，页面更简洁，一次只看要紧的内容。"),
];
const CONTRAST: [Choice<'static>; 3] = [
    choice("contrast-auto", "跟随系统", "按您手机或者电脑的设置。"),
    choice("contrast-normal", "一般对比度", "颜色柔和。"),
    choice("contrast-high", "高对比度", "文字和背景黑白分明，边框更粗，适合看不清浅色文字的人。"),
];
const THEME: [Choice<'static>; 3] = [
    choice("theme-auto", "跟随系统", "按您手机或者电脑的设置。"),
    choice("theme-light", "浅色", "白底深字。"),
    choice("theme-dark", "深色", "深底浅字，夜间不刺眼。"),
];

/// `GET /settings`.
pub(crate) async fn show(look: Look, Query(came): Query<Came>) -> Markup {
    let next = here_or(&came.next, SETTINGS_PATH);
    settings_page(&look, next, !came.done.is_empty())
}

/// `POST /settings`: every word that names a choice is taken, whatever its field is called; then back to `next`.
pub(crate) async fn keep(cookie: SessionCookie, request: Request) -> Answer<Response> {
    let mut settings = Settings::of(request.headers());
    let fields = <Fields as axum::extract::FromRequest<()>>::from_request(request, &()).await?;
    for (_, word) in fields.pairs().iter().filter(|(name, _)| name != "next") {
        settings.choose(word);
    }
    let next = here_or(fields.one("next"), SETTINGS_PATH);
    let mut response = see_other(if next == SETTINGS_PATH { "/settings?done=kept" } else { next });
    response.headers_mut().append(header::SET_COOKIE, settings.cookie(cookie.secure()));
    Ok(response.into_response())
}

fn settings_page(look: &Look, next: &str, done: bool) -> Markup {
    let [comfort, contrast, theme] = look.settings.words();
    let group = |name, label| Control { name, label, ..Control::default() };
    let mut page = look.frame("显示设置", vec![Crumb::here("显示设置")]);
    next.clone_into(&mut page.path);
    frame(
        page,
        html! {
            div.narrow {
                @if done { (notice(Tone::Success, "设置已保存", html! { p { "以后用这个浏览器打开本站，都按这样显示。" } })) }
                h1 { "显示设置" }
                p.lead { "选择看得清楚、用得顺手的样子。不用登录，设置只保存在这个浏览器里。" }
                form.stack method="post" action=(SETTINGS_PATH) {
                    (hidden("next", next))
                    (radios(&group("comfort", "文字和按钮的大小"), &COMFORT, comfort))
                    (radios(&group("contrast", "对比度"), &CONTRAST, contrast))
                    (radios(&group("theme", "颜色"), &THEME, theme))
                    div.actions {
                        (button("保存设置"))
                        @if next != SETTINGS_PATH { a href=(next) { "不改了，回到刚才的页面" } }
                    }
                }
                p.hint { "页面上的动画会按您手机或者电脑的“减弱动态效果”设置自动关闭。读屏软件可以用“跳到正文”直接到达内容。" }
            }
        },
    )
}
