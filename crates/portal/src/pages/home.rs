//! The home page: find by saying it, by who you are, by theme, by life event.

use maud::{Markup, html};
use webkit::{PageFrame, frame};

use super::{ItemLink, my::overview::CaseLine, tags};

/// What the home page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct HomePage {
    /// Items that can be found here.
    pub(crate) item_count: usize,
    /// Departments behind them.
    pub(crate) department_count: usize,
    /// Searches people can try at once.
    pub(crate) examples: Vec<Example>,
    /// 个人 and 企业, each with its themes.
    pub(crate) audiences: Vec<Audience>,
    /// Matters of whoever is signed in; none for strangers.
    pub(crate) mine: Option<MyMatters>,
    /// Items done wholly online, without going anywhere.
    pub(crate) no_visit: Vec<ItemLink>,
    /// Items asked for most.
    pub(crate) popular: Vec<ItemLink>,
    /// Life events.
    pub(crate) bundles: Vec<BundleCard>,
}

/// What is open of whoever is signed in: what waits for him first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MyMatters {
    pub(crate) cases: Vec<CaseLine>,
    /// Open ones beside those shown.
    pub(crate) more: i64,
}

/// A search that can be tried at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) text: String,
    pub(crate) href: String,
}

/// People or enterprises, with the themes under which they look for things.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) href: String,
    pub(crate) themes: Vec<ThemeCard>,
}

/// One theme.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ThemeCard {
    pub(crate) name: String,
    /// One character that stands for it.
    pub(crate) glyph: String,
    pub(crate) href: String,
    pub(crate) count: usize,
}

/// One life event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BundleCard {
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) href: String,
    pub(crate) count: usize,
}

/// Places the home page.
pub(crate) fn home(page: &HomePage, mut around: PageFrame) -> Markup {
    around.crumbs.clear();
    around.own_search = true;
    around.full_width = true;
    around.description = "贵阳市政务服务统一入口：查事项、看指南、一次申请、全程可查。".to_owned();
    frame(
        around,
        html! {
            (hero(page))
            div.within {
                @if let Some(mine) = &page.mine { (matters(mine)) }
                nav.audiences aria-label="按身份进入" {
                    @for audience in &page.audiences {
                        a.audience.card href=(audience.href) {
                            span.audience-title { (audience.title) }
                            span.audience-about { (audience.about) }
                        }
                    }
                }
                @if !page.popular.is_empty() { (popular(&page.popular)) }
                @if !page.no_visit.is_empty() { (no_visit(&page.no_visit)) }
                @if !page.bundles.is_empty() { (bundles(&page.bundles)) }
                @for audience in &page.audiences {
                    @if !audience.themes.is_empty() { (themes(audience)) }
                }
            }
        },
    )
}

fn hero(page: &HomePage) -> Markup {
    html! {
        section.hero {
            div.hero-row {
                h1 { "今天要办什么事？" }
                p.hero-lead { "按您平常的说法搜就行。" }
                form.hero-search action="/items" method="get" role="search" {
                    label.visually-hidden for="q" { "要办的事" }
                    input #q type="search" name="q" placeholder="例如：驾照到期换证" autocomplete="off";
                    button type="submit" { "搜索" }
                }
                @if !page.examples.is_empty() {
                    p.hero-examples {
                        span { "常搜：" }
                        @for example in &page.examples { a href=(example.href) { (example.text) } }
                    }
                }
                p.hero-count { (page.department_count) " 个部门 · " (page.item_count) " 个事项 · 一个入口" }
            }
            (hills())
        }
    }
}

/// The hills around the city, three rows deep.
fn hills() -> Markup {
    html! {
        svg.hills viewBox="0 0 1440 180" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false" {
            path.hill-far d="M0 180V120Q0 120 12 114Q24 109 36 106Q48 103 60 103Q72 103 84 106Q96 109 108 114Q120 119 132 106Q144 92 156 82Q168 72 180 69Q192 66 204 70Q216 75 228 86Q240 96 252 110Q264 123 276 116Q288 110 300 105Q312 100 324 99Q336 98 348 101Q360 104 372 104Q384 105 396 91Q408 77 420 66Q432 54 444 47Q456 40 468 40Q480 39 492 45Q504 51 516 62Q528 72 540 86Q552 100 564 102Q576 103 588 96Q600 88 612 86Q624 84 636 88Q648 92 660 100Q672 108 684 97Q696 86 708 78Q720 69 732 64Q744 58 756 58Q768 57 780 60Q792 64 804 72Q816 80 828 90Q840 101 852 104Q864 107 876 101Q888 95 900 94Q912 92 924 96Q936 101 948 100Q960 100 972 84Q984 67 996 54Q1008 40 1020 34Q1032 27 1044 28Q1056 30 1068 39Q1080 48 1092 62Q1104 77 1116 88Q1128 98 1140 89Q1152 80 1164 76Q1176 72 1188 74Q1200 76 1212 84Q1224 91 1236 96Q1248 100 1260 88Q1272 75 1284 66Q1296 57 1308 54Q1320 50 1332 54Q1344 57 1356 66Q1368 75 1380 88Q1392 100 1404 100Q1416 101 1428 96L1440 91V180Z" {}
            path.hill-mid d="M0 180V118Q0 118 12 120Q24 122 36 127Q48 132 60 140Q72 147 84 143Q96 139 108 136Q120 134 132 134Q144 135 156 138Q168 140 180 136Q192 133 204 124Q216 115 228 108Q240 102 252 99Q264 96 276 97Q288 98 300 103Q312 108 324 116Q336 124 348 133Q360 142 372 138Q384 135 396 132Q408 129 420 129Q432 129 444 132Q456 135 468 138Q480 142 492 134Q504 127 516 121Q528 115 540 112Q552 108 564 107Q576 106 588 108Q600 111 612 116Q624 121 636 128Q648 134 660 141Q672 148 684 144Q696 141 708 140Q720 138 732 140Q744 141 756 138Q768 135 780 126Q792 117 804 109Q816 101 828 96Q840 91 852 90Q864 88 876 90Q888 93 900 100Q912 106 924 114Q936 123 948 131Q960 139 972 134Q984 130 996 128Q1008 126 1020 128Q1032 129 1044 133Q1056 137 1068 132Q1080 128 1092 120Q1104 112 1116 106Q1128 101 1140 100Q1152 98 1164 100Q1176 103 1188 108Q1200 114 1212 122Q1224 131 1236 136Q1248 142 1260 138Q1272 134 1284 133Q1296 132 1308 134Q1320 137 1332 136Q1344 134 1356 126Q1368 119 1380 113Q1392 107 1404 104Q1416 102 1428 104L1440 105V180Z" {}
            path.hill-near d="M0 180V170C180 146 330 140 500 152S840 176 1000 164s300-30 440-10V180Z" {}
        }
    }
}

fn popular(items: &[ItemLink]) -> Markup {
    html! {
        section.band aria-labelledby="popular" {
            div.band-head { h2 #popular { "大家常办" } a href="/items" { "全部事项" } }
            ul.item-grid {
                @for item in items {
                    li.item-card {
                        a.item-name href=(item.href) { (item.name) }
                        p.item-from { (item.department) }
                        (tags(item))
                    }
                }
            }
        }
    }
}

fn no_visit(items: &[ItemLink]) -> Markup {
    html! {
        section.band aria-labelledby="no-visit" {
            div.band-head { h2 #no-visit { "不用跑一趟" } p.hint { "从申请到拿结果，全在网上。" } }
            ul.item-grid {
                @for item in items {
                    li.item-card {
                        a.item-name href=(item.href) { (item.name) }
                        p.item-from { (item.department) }
                    }
                }
            }
        }
    }
}

fn matters(mine: &MyMatters) -> Markup {
    html! {
        section.band.my-matters aria-labelledby="my-matters" {
            div.band-head { h2 #my-matters { "我的事" } a href="/my" { "全部" @if mine.more > 0 { "（还有 " (mine.more) " 件）" } } }
            (super::my::overview::lines(&mine.cases))
        }
    }
}

fn bundles(bundles: &[BundleCard]) -> Markup {
    html! {
        section.band aria-labelledby="bundles" {
            div.band-head { h2 #bundles { "一件事一次办" } p.hint { "把几个部门的事合在一起，一次填完。" } }
            ul.bundle-grid {
                @for bundle in bundles {
                    li {
                        a.bundle href=(bundle.href) {
                            span.bundle-name { (bundle.name) }
                            span.bundle-summary { (bundle.summary) }
                            span.bundle-count { "合办 " (bundle.count) " 个事项" }
                        }
                    }
                }
            }
        }
    }
}

fn themes(audience: &Audience) -> Markup {
    let id = format!("themes-{}", audience.key);
    html! {
        section.band aria-labelledby=(id) {
            div.band-head { h2 id=(id) { (audience.title) } a href=(audience.href) { "查看全部" } }
            ul.theme-grid {
                @for theme in &audience.themes {
                    li {
                        a.theme href=(theme.href) {
                            span.theme-glyph aria-hidden="true" { (theme.glyph) }
                            span.theme-name { (theme.name) }
                            span.theme-count { (theme.count) span.visually-hidden { " 个事项" } }
                        }
                    }
                }
            }
        }
    }
}
