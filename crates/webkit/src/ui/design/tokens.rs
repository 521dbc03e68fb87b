//! Colours with their contrast, type and space, read from the style sheet itself.

use maud::{Markup, html};

use super::Section;
use crate::ui::assets::{Colour, LOOKS, colours, contrast};

/// What each colour is for.
const COLOURS: [(&str, &str); 16] = [
    ("ink", "正文"),
    ("ink-soft", "次要文字"),
    ("brand", "主色"),
    ("brand-deep", "主色（悬停）"),
    ("brand-soft", "主色底"),
    ("on-brand", "主色上的文字"),
    ("link", "链接"),
    ("paper", "页面底"),
    ("card", "卡片底"),
    ("line", "分隔线"),
    ("line-strong", "输入框边"),
    ("good", "成功"),
    ("warm", "注意"),
    ("bad", "错误"),
    ("head", "页头底"),
    ("focus", "焦点"),
];
/// Sizes of text: class of the sample, name, where it is used.
const TYPE: [(&str, &str, &str); 5] = [
    ("type-h1", "--size-h1", "页面标题"),
    ("type-h2", "--size-h2", "小节标题"),
    ("type-h3", "--size-h3", "段落标题"),
    ("lead", "--size-lead", "导语"),
    ("hint", "--size-small", "说明"),
];

pub(super) fn sections() -> Vec<Section> {
    vec![
        Section { id: "colours", title: "颜色", body: palette() },
        Section { id: "type", title: "文字", body: type_scale() },
        Section { id: "space", title: "间距", body: spaces() },
    ]
}

fn find(look: &[Colour], name: &str) -> Option<[f64; 3]> {
    look.iter().rev().find(|(known, _)| *known == name).map(|(_, colour)| *colour)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a colour lies between 0 and 1")]
fn hex(colour: [f64; 3]) -> String {
    let [red, green, blue] = colour.map(|c| (c * 255.0).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn palette() -> Markup {
    let light = colours(LOOKS[0].1);
    let looks: Vec<(&str, Vec<Colour>)> = LOOKS
        .iter()
        .map(|(name, declared)| (*name, light.iter().copied().chain(colours(declared)).collect()))
        .collect();
    html! {
        p { "每个颜色旁边是它与卡片底色的对比度。正文不低于 4.5，高对比不低于 7；输入框边不低于 3。" }
        div.scroll tabindex="0" role="region" aria-label="颜色表" {
            table.plain-table {
                caption { "四种外观的颜色和对比度" }
                thead { tr { th scope="col" { "用途" } @for (name, _) in &looks { th scope="col" { (name) } } } }
                tbody {
                    @for (name, purpose) in COLOURS {
                        tr {
                            th scope="row" { (purpose) br; code { "--" (name) } }
                            @for (_, look) in &looks { td { (swatch(look, name)) } }
                        }
                    }
                }
            }
        }
    }
}

fn swatch(look: &[Colour], name: &str) -> Markup {
    let Some((colour, card)) = find(look, name).zip(find(look, "card")) else { return html! {} };
    html! {
        div.swatch {
            svg viewBox="0 0 40 28" width="40" height="28" aria-hidden="true" focusable="false" {
                rect x="0.5" y="0.5" width="39" height="27" rx="5" fill=(hex(colour)) stroke="#8a9a93" {}
            }
            span { code { (hex(colour)) } br; (format!("{:.1}", contrast(colour, card))) }
        }
    }
}

fn type_scale() -> Markup {
    html! {
        @for (class, token, purpose) in TYPE {
            div.sample { p.sample-name { (purpose) " " code { (token) } } p class=(class) { "办好每一件事，不多跑一趟路。" } }
        }
        p { "正文 16 像素、行高 1.6；长辈版 21 像素、行高 1.75，说明文字不小于 18 像素。字体用系统自带的中文字体。" }
    }
}

fn spaces() -> Markup {
    let declared = LOOKS[0].1.lines().filter_map(|line| line.trim().strip_prefix("--space-")?.split_once(": "));
    html! {
        ul.spaces {
            @for (name, value) in declared {
                @let rem: f64 = value.trim_end_matches("rem;").parse().unwrap_or(0.0);
                li {
                    code { "--space-" (name) }
                    svg width=(format!("{}", rem * 16.0)) height="16" aria-hidden="true" focusable="false" {
                        rect.space-bar width="100%" height="16" {}
                    }
                    span { (value.trim_end_matches(';')) }
                }
            }
        }
    }
}
