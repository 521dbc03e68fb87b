//! Pieces around lists.

use maud::{Markup, Render, html};

/// One of several views beside each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tab {
    /// What it shows.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// How many entries it holds.
    pub count: Option<usize>,
    /// It is the one that is shown.
    pub current: bool,
}

fn links(class: &str, label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav class=(class) aria-label=(label) {
            ul {
                @for tab in tabs {
                    li {
                        a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                            span { (tab.label) }
                            @if let Some(count) = tab.count { " " span.count { (count) } }
                        }
                    }
                }
            }
        }
    }
}

/// Several views beside each other, as links.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    links("tabs", label, tabs)
}

/// The pages of one area, at the side of a wide screen and in a row on a narrow one.
#[must_use]
pub fn side_nav(label: &str, pages: &[Tab]) -> Markup {
    links("side-nav", label, pages)
}

/// What stands where a list has nothing to show: why, and what can be done.
#[must_use]
pub fn empty(title: &str, body: impl Render, action: Option<Markup>) -> Markup {
    html! {
        div.empty {
            p.empty-title { (title) }
            div.empty-body { (body) }
            @if let Some(action) = action { div.actions { (action) } }
        }
    }
}

/// Fields that narrow a list; they stand in the address afterwards.
#[must_use]
pub fn filter_bar(action: &str, fields: Markup) -> Markup {
    html! {
        form.filter-bar method="get" action=(action) role="search" aria-label="筛选" {
            (fields)
            div.filter-bar-go { button.button.quiet type="submit" { "筛选" } }
        }
    }
}

/// A few numbers with what they count: number, label, where they lead.
#[must_use]
pub fn figure_tiles(tiles: &[(String, String, Option<String>)]) -> Markup {
    html! {
        ul.tiles {
            @for (number, label, href) in tiles {
                @let inside = html! { span.tile-number { (number) } span.tile-label { (label) } };
                li { @match href { Some(href) => a.tile href=(href) { (inside) }, None => div.tile { (inside) } } }
            }
        }
    }
}
