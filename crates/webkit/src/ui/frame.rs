//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

mod around;

use self::around::{acting_bar, breadcrumb, demo_banner, footer, header, session_bar};
use super::assets::{SCRIPT_PATH, STYLE_PATH};
use crate::{Carried, Settings};

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
    /// Seconds until the session ends if nothing more is done in it: the script says so five minutes before.
    pub session_seconds: Option<i64>,
    /// Said to search engines and when the page is shared.
    pub description: String,
    /// A form on its way through the sign-in.
    pub carried: Option<Carried>,
}

impl PageFrame {
    /// Hidden fields that every form of a sign-in page bears, so that a form sent after the session had ended goes on
    /// after signing in. Nothing where there is no such form.
    #[must_use]
    pub fn carried_fields(&self) -> Markup {
        html! { @if let Some(carried) = &self.carried { (carried.hidden_fields()) } }
    }
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
                script type="module" src=(SCRIPT_PATH) {}
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
            }
            body class=[page.wide.then_some("wide")] {
                a.skip href="#main" { "跳到正文" }
                @if page.demo { (demo_banner()) }
                (header(&page))
                @if let Some(seconds) = page.session_seconds { (session_bar(seconds)) }
                @if let Some(name) = &page.acting { (acting_bar(name)) }
                @if !page.crumbs.is_empty() { (breadcrumb(&page.crumbs)) }
                main #main .full[page.full_width] .page[!page.full_width] tabindex="-1" { (body) }
                (footer(&page))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{around::navigation, *};

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
