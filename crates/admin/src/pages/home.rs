//! What each of the three administrators does.

use maud::{Markup, html};
use webkit::{Crumb, PageFrame, frame};

/// One thing an administrator can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Duty {
    pub(crate) label: &'static str,
    pub(crate) href: &'static str,
    pub(crate) about: &'static str,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HomePage {
    /// Which of the three.
    pub(crate) role: &'static str,
    pub(crate) duties: Vec<Duty>,
}

/// Places the page.
pub(crate) fn home(page: &HomePage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("管理")];
    around.title = "管理".to_owned();
    around.own_search = true;
    frame(
        around,
        html! {
            h1 { "管理" }
            p.lead { "您是" (page.role) "。系统管理员登记和设置，安全管理员授权，审计管理员检查；三者由不同的人担任，都不办理业务。" }
            ul.item-grid {
                @for duty in &page.duties {
                    li.item-card { a.item-name href=(duty.href) { (duty.label) } p.item-from { (duty.about) } }
                }
            }
        },
    )
}
