//! What stands above and below every page.

use maud::{Markup, html};

use super::{Crumb, NavLink, PageFrame};
use crate::{
    Comfort, Contrast, Theme,
    ui::{forms::hidden, settings_page::SETTINGS_PATH},
    url_encode,
};

/// The hotline of the city's government (政务服务便民热线).
const HOTLINE: &str = "12345";

pub(super) fn demo_banner() -> Markup {
    html! {
        section.demo aria-label="关于本站" { strong { "演示环境" } span { "内容均为虚构，不产生法律效力" } }
    }
}

pub(super) fn header(page: &PageFrame) -> Markup {
    html! {
        header.site {
            div.site-row {
                a.brand href="/" aria-label="贵阳政务服务 · 通办，首页" {
                    (mark())
                    span.brand-text { span.brand-city { "贵阳政务服务" } span.brand-name { "通办" } }
                }
                @if !page.own_search {
                    form.header-search action="/items" method="get" role="search" aria-label="全站搜索" {
                        label.visually-hidden for="header-q" { "搜索事项" }
                        input #header-q type="search" name="q" value=(page.query) placeholder="搜索事项" autocomplete="off";
                        button type="submit" { "搜索" }
                    }
                }
                div.site-nav {
                    form action=(SETTINGS_PATH) method="post" data-look {
                        (hidden("next", here(page)))
                        @if page.settings.comfort == Comfort::Large {
                            button.plain name="set" value="comfort-normal" { "标准版" }
                        } @else {
                            button.plain name="set" value="comfort-large" { "长辈版" }
                        }
                    }
                    @if let Some(who) = &page.who {
                        span.who title=(who) { (who) }
                        form action="/sign-out" method="post" { button.plain { "退出" } }
                    } @else {
                        a.sign-in href={ "/sign-in?next=" (url_encode(here(page))) } { "登录" }
                    }
                }
            }
            @if !page.nav.is_empty() { (navigation(&page.nav, &page.path)) }
        }
    }
}

/// Where a form of the frame leads back to.
fn here(page: &PageFrame) -> &str {
    crate::safe_next(&page.path)
}

fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            path.far d="M2 25 L11 9 L16 17 L21 6 L30 25 Z" {}
            path.near d="M2 25 L11 15 L16 21 L22 13 L30 25 Z" {}
        }
    }
}

/// The main navigation; the link that leads nearest to `path` is the current one.
pub(super) fn navigation(links: &[NavLink], path: &str) -> Markup {
    let here = path.split(['?', '#']).next().unwrap_or_default();
    let under = |href: &str| here == href || href != "/" && here.strip_prefix(href).is_some_and(|r| r.starts_with('/'));
    let current = links.iter().map(|link| link.href.as_str()).filter(|href| under(href)).max_by_key(|href| href.len());
    html! {
        nav.main-nav aria-label="主导航" {
            ul {
                @for link in links {
                    li {
                        a href=(link.href) aria-current=[(current == Some(link.href.as_str())).then_some("page")] {
                            (link.label)
                            @if let Some(count) = link.count.filter(|count| *count > 0) {
                                " " span.count { (count) span.visually-hidden { " 条新的" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// In whose name everything on the page is done.
pub(super) fn acting_bar(name: &str) -> Markup {
    html! {
        section.acting aria-label="办理身份" {
            p { "您正在代表 " strong { (name) } " 办理" }
            form method="post" action="/act-for/self" { button.plain { "切换回个人" } }
        }
    }
}

/// Shown by the script before the session ends.
pub(super) fn session_bar(seconds: i64) -> Markup {
    html! { div.session-bar role="status" hidden data-session-ends=(seconds) {} }
}

pub(super) fn breadcrumb(crumbs: &[Crumb]) -> Markup {
    html! {
        nav.crumbs aria-label="当前位置" {
            ol {
                li { a href="/" { "首页" } }
                @for crumb in crumbs {
                    li {
                        @match &crumb.href {
                            Some(href) => a href=(href) { (crumb.label) },
                            None => span aria-current="page" { (crumb.label) },
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn footer(page: &PageFrame) -> Markup {
    html! {
        footer.site {
            div.site-row {
                div.footer-about {
                    p.footer-name { "贵阳政务服务 · 通办" }
                    p.footer-tagline { "一个入口，办好每一件事。" }
                    p { "需要人工帮助，请拨打政务服务便民热线 " a.hotline href={ "tel:" (HOTLINE) } { (HOTLINE) } "。" }
                }
                nav aria-label="网站信息" {
                    ul {
                        li { a href="/items?audience=person" { "个人办事" } }
                        li { a href="/items?audience=enterprise" { "企业办事" } }
                        li { a href="/progress" { "查办理进度" } }
                        li { a href="/verify" { "核验证照和印章" } }
                        li { a href="/help" { "帮助" } }
                        li { a href="/accessibility" { "无障碍声明" } }
                        li { a href="/feedback" { "意见反馈" } }
                        li { a href="/api/docs/" { "接口文档" } }
                    }
                }
                (looks(page))
            }
        }
    }
}

/// One-tap display settings: each button says what it chooses and whether it is chosen.
fn looks(page: &PageFrame) -> Markup {
    let settings = page.settings;
    let (large, high) = (settings.comfort == Comfort::Large, settings.contrast == Contrast::High);
    let one = |word: &str, label: &str, chosen: bool| {
        html! { button name="set" value=(word) aria-pressed=(if chosen { "true" } else { "false" }) { (label) } }
    };
    html! {
        form.looks action=(SETTINGS_PATH) method="post" data-look {
            (hidden("next", here(page)))
            div role="group" aria-label="显示方式" {
                (one(if large { "comfort-normal" } else { "comfort-large" }, "长辈版", large))
                (one(if high { "contrast-auto" } else { "contrast-high" }, "高对比", high))
            }
            div role="group" aria-label="颜色" {
                (one("theme-light", "浅色", settings.theme == Theme::Light))
                (one("theme-dark", "深色", settings.theme == Theme::Dark))
                (one("theme-auto", "跟随系统", settings.theme == Theme::Auto))
            }
            a href={ (SETTINGS_PATH) "?next=" (url_encode(here(page))) } { "更多显示设置" }
        }
    }
}
