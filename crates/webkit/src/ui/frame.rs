//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

use super::assets::STYLE_PATH;
use crate::{Settings, url_encode};

/// One step of the way that led to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// Text.
    pub label: String,
    /// Where it leads; none for the page itself.
    pub href: Option<String>,
}

impl Crumb {
    /// A step back.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// The page itself.
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// One link of the main navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NavLink {
    /// A short name: two to four characters.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// How many new things are there; nothing is shown for none and for 0.
    pub count: Option<i64>,
}

impl NavLink {
    /// A link without a count.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None }
    }
}

/// What the frame shows around a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageFrame {
    /// Title of the page; the site's name is added.
    pub title: String,
    /// The way that led here, without the home page.
    pub crumbs: Vec<Crumb>,
    /// Name of whoever is signed in.
    pub who: Option<String>,
    /// Name of the enterprise in whose name everything here is done: a bar says so.
    pub acting: Option<String>,
    /// Shows the banner 演示环境.
    pub demo: bool,
    /// Path and query of the page, to come back to after signing in.
    pub path: String,
    /// The main navigation.
    pub nav: Vec<NavLink>,
    /// How this browser wants pages to look.
    pub settings: Settings,
    /// What stands in the search box of the header.
    pub query: String,
    /// The page has a search box of its own, so the header shows none.
    pub own_search: bool,
    /// The body places itself on the whole width (the home page).
    pub full_width: bool,
    /// The body may use the whole width of a large screen (workbench, wide tables).
    pub wide: bool,
    /// Said to search engines and when the page is shared.
    pub description: String,
}

/// The whole page.
#[must_use]
pub fn frame(page: PageFrame, body: Markup) -> Markup {
    let (comfort, contrast, theme) =
        (page.settings.comfort_word(), page.settings.contrast_word(), page.settings.theme_word());
    html! {
        (DOCTYPE)
        html lang="zh-CN" data-comfort=[comfort] data-contrast=[contrast] data-theme=[theme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="format-detection" content="telephone=no";
                @if !page.description.is_empty() { meta name="description" content=(page.description); }
                title { @if page.title.is_empty() { "贵阳政务服务 · 通办" } @else { (page.title) " - 贵阳政务服务 · 通办" } }
                link rel="stylesheet" href=(STYLE_PATH);
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
            }
            body {
                a.skip href="#main" { "跳到正文" }
                @if page.demo { (demo_banner()) }
                (header(&page))
                @if let Some(name) = &page.acting { (acting_bar(name)) }
                @if !page.crumbs.is_empty() { (breadcrumb(&page.crumbs)) }
                main #main .full[page.full_width] .page[!page.full_width] .wide[page.wide] tabindex="-1" { (body) }
                (footer())
            }
        }
    }
}

fn acting_bar(name: &str) -> Markup {
    html! {
        div.acting role="note" {
            p { "您正在代表 " strong { (name) } " 办理" }
            form method="post" action="/act-for/self" { button.plain type="submit" { "切换回个人" } }
        }
    }
}

/// The main navigation; the link that leads nearest to `path` is the current one.
fn navigation(links: &[NavLink], path: &str) -> Markup {
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

fn demo_banner() -> Markup {
    html! {
        p.demo role="note" { strong { "演示环境" } span { "内容均为虚构，不产生法律效力" } }
    }
}

fn header(page: &PageFrame) -> Markup {
    html! {
        header.site {
            div.site-row {
                a.brand href="/" aria-label="贵阳政务服务 · 通办，首页" {
                    (mark())
                    span.brand-text { span.brand-city { "贵阳政务服务" } span.brand-name { "通办" } }
                }
                @if !page.own_search {
                    form.header-search action="/items" method="get" role="search" {
                        label.visually-hidden for="header-q" { "搜索事项" }
                        input #header-q type="search" name="q" value=(page.query) placeholder="搜索事项" autocomplete="off";
                        button type="submit" { "搜索" }
                    }
                }
                div.site-nav {
                    @if let Some(who) = &page.who {
                        span.who { (who) }
                        form action="/sign-out" method="post" { button.plain type="submit" { "退出" } }
                    } @else {
                        a.sign-in href={ "/sign-in?next=" (url_encode(if page.path.is_empty() { "/" } else { &page.path })) } { "登录" }
                    }
                }
            }
            @if !page.nav.is_empty() { (navigation(&page.nav, &page.path)) }
        }
    }
}

fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            path.far d="M2 25 L11 9 L16 17 L21 6 L30 25 Z" {}
            path.near d="M2 25 L11 15 L16 21 L22 13 L30 25 Z" {}
        }
    }
}

fn breadcrumb(crumbs: &[Crumb]) -> Markup {
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

fn footer() -> Markup {
    html! {
        footer.site {
            div.site-row {
                div {
                    p.footer-name { "贵阳政务服务 · 通办" }
                    p { "一个入口，办好每一件事。" }
                }
                ul {
                    li { a href="/items?audience=person" { "个人办事" } }
                    li { a href="/items?audience=enterprise" { "企业办事" } }
                    li { a href="/api/docs/" { "接口文档" } }
                }
                p.footer-help { "需要人工帮助，请拨打政务服务便民热线 " strong { "12345" } "。" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_link_is_the_current_one() {
        let links = [("办事", "/items"), ("我的", "/my"), ("办件", "/my/cases")].map(|(l, h)| NavLink::new(l, h));
        let current = |path: &str| {
            let text = navigation(&links, path).into_string();
            let (_, after) = text.split_once(" aria-current=\"page\">")?;
            after.split('<').next().map(str::to_owned)
        };
        assert_eq!(current("/my/cases/G1?x=1").as_deref(), Some("办件"));
        assert_eq!(current("/my").as_deref(), Some("我的"));
        assert_eq!(current("/my/messages").as_deref(), Some("我的"));
        assert_eq!(current("/items?q=/my").as_deref(), Some("办事"));
        assert_eq!(current("/itemsy"), None);
        assert_eq!(current("/"), None);
    }
}
