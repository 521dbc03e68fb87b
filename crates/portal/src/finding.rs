//! The home page, the list and the life events out of what is published: pure, given all items.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use catalogue::domain::{Bundle, Item};
use kernel::SubjectKind;
use serde::Deserialize;
use webkit::query_string;

use crate::{
    pages::{
        bundle::BundlePage,
        home::{Audience, BundleCard, Example, HomePage, ThemeCard},
        list::{Choice, Found, ListPage},
    },
    showing::{Names, link},
};

/// Items on one page of the list.
const PER_PAGE: usize = 20;
/// Items on the home page.
const POPULAR: usize = 9;
/// Items done without a visit on the home page.
const NO_VISIT: usize = 6;
/// Life events on the home page.
const BUNDLES: usize = 6;

/// The query of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) q: String,
    pub(crate) theme: String,
    pub(crate) department: String,
    pub(crate) audience: String,
    /// From 1.
    pub(crate) page: usize,
}

impl Wanted {
    fn admits(&self, item: &Item) -> bool {
        (self.theme.is_empty() || item.themes.contains(&self.theme))
            && (self.department.is_empty() || item.department == self.department)
            && (self.audience.is_empty() || item.audience.iter().any(|kind| kind.as_str() == self.audience))
    }

    fn at(&self, page: usize) -> String {
        let number = if page > 1 { page.to_string() } else { String::new() };
        let pairs = [
            ("q", self.q.as_str()),
            ("audience", &self.audience),
            ("theme", &self.theme),
            ("department", &self.department),
            ("page", &number),
        ];
        format!("/items{}", query_string(&pairs))
    }
}

/// A theme of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Theme {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) audience: SubjectKind,
}

/// Life events whose name holds the words that were searched for, or is held by them.
pub(crate) fn events(bundles: &[Arc<Bundle>], words: &str) -> Vec<(String, String)> {
    let short = |name: &str| name.trim_start_matches("我要").split('（').next().unwrap_or_default().to_owned();
    let named = |bundle: &Bundle| {
        let name = short(&bundle.name);
        words.chars().count() >= 2
            && (bundle.name.contains(words) || (name.chars().count() >= 2 && words.contains(&name)))
    };
    bundles
        .iter()
        .filter(|bundle| named(bundle))
        .map(|bundle| (bundle.name.clone(), format!("/bundles/{}", bundle.slug)))
        .collect()
}

/// One page of the list. `ranked` holds the items in their order, each with why it was found.
pub(crate) fn list(
    ranked: &[(Arc<Item>, Option<String>)],
    wanted: &Wanted,
    themes: &[Theme],
    names: &Names,
) -> ListPage {
    let admitted: Vec<_> = ranked.iter().filter(|(item, _)| wanted.admits(item)).collect();
    let pages = admitted.len().div_ceil(PER_PAGE).max(1);
    let page = wanted.page.clamp(1, pages);
    let start = (page - 1) * PER_PAGE;
    let shown: Vec<Found> = admitted
        .iter()
        .skip(start)
        .take(PER_PAGE)
        .map(|(item, why)| Found { item: link(item, names), summary: item.summary.clone(), why: why.clone() })
        .collect();
    let all = || (String::new(), "全部".to_owned());
    let audiences = SubjectKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned()));
    let in_use: BTreeSet<&str> = ranked.iter().map(|(item, _)| item.department.as_str()).collect();
    let mut departments: Vec<(String, String)> =
        names.departments.iter().map(|(key, (_, short))| (key.clone(), short.clone())).collect();
    departments.retain(|(key, _)| in_use.contains(key.as_str()) || *key == wanted.department);
    let of_audience = themes.iter().filter(|theme| {
        wanted.audience.is_empty() || theme.audience.as_str() == wanted.audience || theme.key == wanted.theme
    });
    let theme_options = of_audience.map(|theme| (theme.key.clone(), theme.name.clone()));
    ListPage {
        query: wanted.q.clone(),
        heading: heading(wanted, themes, names),
        total: admitted.len(),
        shown: (start + 1, start + shown.len()),
        audience: Choice {
            options: std::iter::once(all()).chain(audiences).collect(),
            chosen: wanted.audience.clone(),
        },
        theme: Choice { options: std::iter::once(all()).chain(theme_options).collect(), chosen: wanted.theme.clone() },
        department: Choice {
            options: std::iter::once(all()).chain(departments).collect(),
            chosen: wanted.department.clone(),
        },
        events: Vec::new(),
        found: shown,
        first: (page > 1).then(|| wanted.at(1)),
        next: (page < pages).then(|| wanted.at(page + 1)),
    }
}

fn heading(wanted: &Wanted, themes: &[Theme], names: &Names) -> String {
    let mut parts = Vec::new();
    if !wanted.department.is_empty() {
        parts.push(names.department(&wanted.department));
    }
    if let Some(theme) = themes.iter().find(|theme| theme.key == wanted.theme) {
        parts.push(theme.name.clone());
    }
    if let Ok(kind) = wanted.audience.parse::<SubjectKind>() {
        parts.push(format!("{}办事", kind.label()));
    }
    if parts.is_empty() { "全部事项".to_owned() } else { parts.join(" · ") }
}

/// The home page.
pub(crate) fn home(items: &[Arc<Item>], bundles: &[Arc<Bundle>], themes: &[Theme], names: &Names) -> HomePage {
    let mut per_theme: BTreeMap<&str, usize> = BTreeMap::new();
    for theme in items.iter().flat_map(|item| &item.themes) {
        *per_theme.entry(theme).or_default() += 1;
    }
    let departments: BTreeSet<&str> = items.iter().map(|item| item.department.as_str()).collect();
    let audience = |kind: SubjectKind, about: &str| Audience {
        key: kind.as_str().to_owned(),
        title: format!("{}办事", kind.label()),
        about: about.to_owned(),
        href: format!("/items?audience={kind}"),
        themes: themes
            .iter()
            .filter(|theme| theme.audience == kind)
            .filter_map(|theme| {
                let count = *per_theme.get(theme.key.as_str())?;
                let glyph = theme.name.chars().take(1).collect();
                Some(ThemeCard { name: theme.name.clone(), glyph, href: format!("/items?theme={}", theme.key), count })
            })
            .collect(),
    };
    HomePage {
        item_count: items.len(),
        department_count: departments.len(),
        examples: examples(items, themes),
        audiences: vec![
            audience(SubjectKind::Person, "户籍、社保、住房、驾照……"),
            audience(SubjectKind::Enterprise, "开办、许可、税务、用工……"),
        ],
        mine: None,
        no_visit: no_visit(items, themes).into_iter().map(|item| link(item, names)).collect(),
        popular: popular(items, themes).into_iter().map(|item| link(item, names)).collect(),
        bundles: in_order(bundles, themes)
            .into_iter()
            .take(BUNDLES)
            .map(|bundle| BundleCard {
                name: bundle.name.clone(),
                summary: bundle.summary.clone(),
                href: format!("/bundles/{}", bundle.slug),
                count: bundle.items.len(),
            })
            .collect(),
    }
}

/// High-frequency items, one of each theme so that no theme fills the page, in the order of the themes, which follows
/// life: two for people for each one for enterprises. Of a theme it is the one that asks for the fewest visits and that
/// people have the most names for.
fn popular<'a>(items: &'a [Arc<Item>], themes: &[Theme]) -> Vec<&'a Arc<Item>> {
    let best_of = |theme: &Theme| {
        let of_theme = items.iter().filter(|item| item.high_frequency && item.themes.first() == Some(&theme.key));
        of_theme.min_by_key(|item| (item.visits, std::cmp::Reverse(item.aliases.len()), item.slug.clone()))
    };
    let of_audience = |kind: SubjectKind, most: usize| {
        themes.iter().filter(move |theme| theme.audience == kind).filter_map(best_of).take(most)
    };
    of_audience(SubjectKind::Person, POPULAR - POPULAR / 3)
        .chain(of_audience(SubjectKind::Enterprise, POPULAR / 3))
        .collect()
}

/// Items done wholly online without a visit, one of each theme, those left out that the page shows as asked for most.
fn no_visit<'a>(items: &'a [Arc<Item>], themes: &[Theme]) -> Vec<&'a Arc<Item>> {
    let shown: BTreeSet<&str> = popular(items, themes).into_iter().map(|item| item.slug.as_str()).collect();
    let best_of = |theme: &Theme| {
        let of_theme = items.iter().filter(|item| {
            item.visits == 0
                && item.online_depth >= 4
                && item.themes.first() == Some(&theme.key)
                && !shown.contains(item.slug.as_str())
        });
        of_theme.min_by_key(|item| (!item.high_frequency, item.promised_days, item.slug.clone()))
    };
    themes.iter().filter_map(best_of).take(NO_VISIT).collect()
}

/// Life events in the order of the themes, which follows life.
fn in_order<'a>(bundles: &'a [Arc<Bundle>], themes: &[Theme]) -> Vec<&'a Arc<Bundle>> {
    let place = |bundle: &Bundle| {
        themes.iter().position(|theme| bundle.themes.first() == Some(&theme.key)).unwrap_or(usize::MAX)
    };
    let mut sorted: Vec<&Arc<Bundle>> = bundles.iter().collect();
    sorted.sort_by_key(|bundle| place(bundle));
    sorted
}

/// Searches to try: how people call the items shown first.
fn examples(items: &[Arc<Item>], themes: &[Theme]) -> Vec<Example> {
    popular(items, themes)
        .into_iter()
        .filter_map(|item| item.aliases.iter().find(|alias| alias.chars().count() <= 6))
        .take(4)
        .map(|alias| Example { text: alias.clone(), href: format!("/items{}", query_string(&[("q", alias)])) })
        .collect()
}

/// The page of a life event. Items that are not published are left out.
pub(crate) fn bundle(bundle: &Bundle, items: &[Arc<Item>], names: &Names) -> BundlePage {
    let find = |slug: &String| items.iter().find(|item| item.slug == *slug);
    let mut stages: Vec<Vec<_>> = bundle
        .stages
        .iter()
        .map(|stage| stage.items.iter().filter_map(find).map(|item| link(item, names)).collect())
        .collect();
    if stages.is_empty() {
        stages.push(bundle.items.iter().filter_map(find).map(|item| link(item, names)).collect());
    }
    stages.retain(|stage| !stage.is_empty());
    let questions = bundle
        .questions
        .iter()
        .map(|question| {
            (question.text.clone(), question.needs.iter().filter_map(find).map(|item| item.name.clone()).collect())
        })
        .collect();
    BundlePage {
        name: bundle.name.clone(),
        summary: bundle.summary.clone(),
        stages,
        questions,
        shared_answers: bundle.shared.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(slug: &str, theme: &str, department: &str, audience: &str, visits: u32) -> Arc<Item> {
        Arc::new(
            serde_json::from_value(serde_json::json!({
                "slug": slug, "name": format!("事项{slug}"), "aliases": [format!("办{slug}")], "type": "public-service",
                "department": department, "level": "city", "audience": [audience], "themes": [theme], "case_kind": "instant",
                "statutory_days": 1, "promised_days": 1, "online_depth": 4, "visits": visits, "channels": ["web"],
                "high_frequency": true, "one_visit": true, "cross_region": "none", "summary": "一句话", "conditions": [],
                "legal_basis": [], "fees": [], "windows": [], "result": {"kind": "none"}
            }))
            .unwrap(),
        )
    }

    fn themes() -> Vec<Theme> {
        [
            ("birth", "生育收养", SubjectKind::Person),
            ("permits", "准营准办", SubjectKind::Enterprise),
            ("empty", "无事项", SubjectKind::Person),
        ]
        .map(|(key, name, audience)| Theme { key: key.into(), name: name.into(), audience })
        .to_vec()
    }

    fn names() -> Names {
        let mut names = Names::default();
        for key in ["health", "water", "unused"] {
            names.departments.insert(key.into(), (format!("贵阳市{key}局"), format!("市{key}局")));
        }
        names
    }

    fn ranked(count: usize) -> Vec<(Arc<Item>, Option<String>)> {
        (0..count)
            .map(|n| {
                (
                    item(
                        &format!("i{n}"),
                        if n % 2 == 0 { "birth" } else { "permits" },
                        "health",
                        if n % 2 == 0 { "person" } else { "enterprise" },
                        0,
                    ),
                    None,
                )
            })
            .collect()
    }

    #[test]
    fn pages_lead_through_the_whole_list_and_keep_the_filters() {
        let wanted = |page| Wanted { theme: "birth".into(), q: "办".into(), page, ..Wanted::default() };
        let all = ranked(90);
        let first = list(&all, &wanted(0), &themes(), &names());
        assert_eq!((first.total, first.shown, first.first.as_deref()), (45, (1, 20), None));
        assert_eq!(first.next.as_deref(), Some("/items?q=%E5%8A%9E&theme=birth&page=2"));
        let last = list(&all, &wanted(3), &themes(), &names());
        assert_eq!(
            (last.shown, last.next, last.first.as_deref()),
            ((41, 45), None, Some("/items?q=%E5%8A%9E&theme=birth"))
        );
        let past = list(&all, &wanted(99), &themes(), &names());
        assert_eq!(past.shown, (41, 45), "a page past the end shows the last one");
    }

    #[test]
    fn filters_offer_only_what_leads_somewhere() {
        let page = list(&ranked(4), &Wanted { audience: "person".into(), ..Wanted::default() }, &themes(), &names());
        assert_eq!(page.total, 2);
        let departments: Vec<&str> = page.department.options.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(departments, ["", "health"]);
        let offered: Vec<&str> = page.theme.options.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(offered, ["", "birth", "empty"]);
        assert_eq!(page.heading, "个人办事");
    }

    #[test]
    fn an_unknown_filter_finds_nothing_and_does_no_harm() {
        let page = list(&ranked(4), &Wanted { theme: "<x>".into(), ..Wanted::default() }, &themes(), &names());
        assert_eq!((page.total, page.shown, page.heading.as_str()), (0, (1, 0), "全部事项"));
    }

    #[test]
    fn the_home_page_shows_themes_that_hold_something_and_one_item_of_each() {
        let items: Vec<Arc<Item>> =
            ranked(6).into_iter().map(|(item, _)| item).chain([item("far", "birth", "water", "person", 2)]).collect();
        let page = home(&items, &[], &themes(), &names());
        assert_eq!((page.item_count, page.department_count), (7, 2));
        let cards: Vec<(&str, usize)> =
            page.audiences[0].themes.iter().map(|theme| (theme.name.as_str(), theme.count)).collect();
        assert_eq!(cards, [("生育收养", 4)]);
        assert_eq!(page.audiences[0].themes[0].glyph, "生");
        let popular: Vec<&str> = page.popular.iter().map(|item| item.href.as_str()).collect();
        assert_eq!(popular, ["/items/i0", "/items/i1"]);
        assert_eq!(page.examples[0].href, "/items?q=%E5%8A%9Ei0");
    }

    #[test]
    fn a_life_event_is_found_by_its_name() {
        let event = |name: &str| -> Arc<Bundle> {
            let bundle = serde_json::json!({
                "slug": "x", "name": name, "audience": ["person"], "themes": [], "summary": "", "items": []
            });
            Arc::new(serde_json::from_value(bundle).unwrap())
        };
        let all = [event("我要开餐馆"), event("我要结婚（婚育户一件事）")];
        let found = |words: &str| events(&all, words).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(found("开餐馆"), ["我要开餐馆"]);
        assert_eq!(found("结婚要办什么"), ["我要结婚（婚育户一件事）"]);
        assert!(found("开").is_empty() && found("").is_empty() && found("驾照").is_empty());
    }

    #[test]
    fn a_life_event_leaves_out_what_is_not_published() {
        let items: Vec<Arc<Item>> = ranked(2).into_iter().map(|(item, _)| item).collect();
        let event: Bundle = serde_json::from_value(serde_json::json!({
            "slug": "x", "name": "一件事", "audience": ["person"], "themes": ["birth"], "summary": "一句话",
            "items": ["i0", "gone"], "stage": [{"items": ["gone"]}, {"items": ["i0"]}],
            "question": [{"key": "k", "text": "要吗？", "needs": ["i0", "gone"]}], "shared": []
        }))
        .unwrap();
        let page = bundle(&event, &items, &names());
        assert_eq!(page.stages.len(), 1);
        assert_eq!(page.questions, [("要吗？".to_owned(), vec!["事项i0".to_owned()])]);
    }
}
