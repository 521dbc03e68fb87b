//! `/design`: every component in every state, built by the functions that build the pages, and the tokens behind them.

mod samples;
mod tokens;

use maud::{Markup, html};

use super::{
    components::{Tab, side_nav},
    frame::frame,
};
use crate::{Crumb, Look};

/// One part of the page: its anchor, its heading, what it shows.
struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

/// `GET /design`.
pub(crate) async fn show(look: Look) -> Markup {
    let mut page = look.frame("组件与样式", vec![Crumb::here("组件与样式")]);
    page.wide = true;
    let mut sections = tokens::sections();
    sections.extend(samples::sections());
    let contents: Vec<Tab> = sections
        .iter()
        .map(|section| Tab { label: section.title.to_owned(), href: format!("#{}", section.id), ..Tab::default() })
        .collect();
    frame(
        page,
        html! {
            h1 { "组件与样式" }
            p.lead {
                "全站页面用到的颜色、文字和组件都在这里，由生成页面的同一批函数现场画出。切换页脚的显示方式，可以看到它们在长辈版、高对比和深色下的样子。"
            }
            div.design {
                (side_nav("本页目录", &contents))
                div.design-body {
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
            }
        },
    )
}

/// One example: what it is called in words, and the component itself.
fn sample(name: &str, shown: Markup) -> Markup {
    html! { div.sample { p.sample-name { (name) } (shown) } }
}
