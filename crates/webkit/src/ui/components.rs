//! Pieces of pages. Each takes ready-to-show values and places them.

mod case;
mod lists;

use maud::{Markup, Render, html};

pub use self::{
    case::{Light, Mark, SummaryRow, TimelineEntry, light, panel, step_bar, summary_list, timeline},
    lists::{Tab, empty, figure_tiles, filter_bar, side_nav, tabs},
};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    Info,
    /// It worked.
    Success,
    /// Look out.
    Warning,
    /// It did not work.
    Error,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Info => "提示",
            Self::Success => "成功",
            Self::Warning => "注意",
            Self::Error => "错误",
        }
    }
}

/// A box that stands out from the text; the tone is said in words too.
#[must_use]
pub fn notice(tone: Tone, title: &str, body: impl Render) -> Markup {
    html! {
        div class={ "notice " (tone.class()) } role=(if tone == Tone::Error { "alert" } else { "note" }) {
            p.notice-title { span.visually-hidden { (tone.label()) "：" } (title) }
            div.notice-body { (body) }
        }
    }
}

/// A button that submits its form.
#[must_use]
pub fn button(label: &str) -> Markup {
    html! { button.button type="submit" { (label) } }
}

/// A button that submits its form and says by which of several buttons: `name=value` goes with the form.
#[must_use]
pub fn button_saying(label: &str, name: &str, value: &str) -> Markup {
    html! { button.button type="submit" name=(name) value=(value) { (label) } }
}

/// A second button that submits its form and says so: `name=value` goes with the form.
#[must_use]
pub fn button_quiet_saying(label: &str, name: &str, value: &str) -> Markup {
    html! { button.button.quiet type="submit" name=(name) value=(value) { (label) } }
}

/// A second button that submits its form.
#[must_use]
pub fn button_quiet(label: &str) -> Markup {
    html! { button.button.quiet type="submit" { (label) } }
}

/// A button that submits its form and takes something away: withdraw, end, remove.
#[must_use]
pub fn button_danger(label: &str) -> Markup {
    html! { button.button.danger type="submit" { (label) } }
}

/// A link that looks like the page's main button.
#[must_use]
pub fn button_link(label: &str, href: &str) -> Markup {
    html! { a.button href=(href) { (label) } }
}

/// A link that looks like a second button.
#[must_use]
pub fn button_link_quiet(label: &str, href: &str) -> Markup {
    html! { a.button.quiet href=(href) { (label) } }
}

/// A small word beside a name, such as 即办件.
#[must_use]
pub fn tag(label: &str) -> Markup {
    html! { span.tag { (label) } }
}

/// A small word that stands out, such as 零跑动.
#[must_use]
pub fn tag_strong(label: &str) -> Markup {
    html! { span.tag.strong { (label) } }
}

/// Names and their values.
#[must_use]
pub fn definitions<'a>(pairs: impl IntoIterator<Item = (&'a str, Markup)>) -> Markup {
    html! {
        dl.facts { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } }
    }
}

/// A table that turns into a list of cards on a narrow screen: each cell knows the name of its column.
#[must_use]
pub fn table(caption: &str, columns: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table.cards {
            caption { (caption) }
            thead { tr { @for column in columns { th scope="col" { (column) } } } }
            tbody {
                @for row in rows {
                    tr {
                        @for (place, cell) in row.iter().enumerate() {
                            @let name = columns.get(place).copied().unwrap_or_default();
                            @if place == 0 { th scope="row" data-name=(name) { (cell) } }
                            @else { td data-name=(name) { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// Links to the next page and back to the first of a list; nothing when there is one page.
#[must_use]
pub fn pagination(first: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        @if first.is_some() || next.is_some() {
            nav.pagination aria-label="翻页" {
                @if let Some(first) = first { a rel="first" href=(first) { "回到第一页" } }
                @if let Some(next) = next { a.button.quiet rel="next" href=(next) { "下一页" } }
            }
        }
    }
}

/// A part of a page that opens without script.
#[must_use]
pub fn disclosure(summary: impl Render, body: impl Render) -> Markup {
    html! { details.disclosure { summary { (summary) } div.disclosure-body { (body) } } }
}
