//! An item from its button to the receipt, through the pages, as somebody without script does it.

use std::sync::Arc;

use axum::http::StatusCode;
use catalogue::domain::{FieldType, Item};
use demo::walk::{Walk, api::InProcess};
use serde_json::{Map, Value};

use crate::{
    browser::{Browser, Pairs, all, answer, form, uploads},
    town::{PASSWORD, Town},
};

/// Most pages of one application.
const MOST_PAGES: usize = 14;

/// Who can apply for an item, and with which answers.
pub(crate) struct Plan {
    pub(crate) login: String,
    pub(crate) item: Item,
    pub(crate) answers: Map<String, Value>,
    /// Materials that are asked for and that no certificate replaces.
    pub(crate) materials: Vec<String>,
}

pub(crate) fn walker(town: &Town) -> Walk {
    let day = kernel::city_date(town.world.clock.now());
    Walk::over(Arc::new(InProcess(town.site.clone())), PASSWORD).on(day)
}

/// Finds applicant and answers.
pub(crate) async fn plan(town: &Town, walk: &Walk, slug: &str) -> Plan {
    let (login, body) = walk.application(slug).await.unwrap();
    let mut tx = town.platform.db.read().await.unwrap();
    let procedure = town.platform.catalogue.procedure(&mut tx, slug, None).await.unwrap();
    Plan {
        login,
        item: procedure.item.as_ref().clone(),
        answers: body["form"].as_object().unwrap().clone(),
        materials: body["materials"].as_object().unwrap().keys().cloned().collect(),
    }
}

/// What somebody types for an answer of the form.
pub(crate) fn typed(kind: FieldType, value: &Value) -> Vec<String> {
    match (kind, value) {
        (_, Value::Bool(truth)) => vec![if *truth { "是" } else { "否" }.to_owned()],
        (_, Value::Array(list)) => list.iter().map(|one| one.as_str().unwrap().to_owned()).collect(),
        (FieldType::Money, Value::Number(fen)) => {
            let fen = fen.as_i64().unwrap();
            vec![format!("{}.{:02}", fen / 100, fen % 100)]
        }
        (_, Value::String(text)) => vec![text.clone()],
        (_, other) => vec![other.to_string()],
    }
}

impl Plan {
    /// Fills one page of questions in.
    pub(crate) fn fill(&self, pairs: &mut Pairs) {
        let asked: Vec<String> = all(pairs, "asked").into_iter().map(str::to_owned).collect();
        for key in asked {
            let field = self.item.fields.iter().find(|field| field.key == key).unwrap();
            let values = match self.answers.get(&key) {
                Some(value) => typed(field.field_type, value),
                None if field.field_type == FieldType::Bool => vec!["否".to_owned()],
                None => Vec::new(),
            };
            let elsewhere = field.field_type == FieldType::Region
                && values.iter().any(|value| value.len() != 6 || value.bytes().any(|b| !b.is_ascii_digit()));
            if elsewhere {
                answer(pairs, &format!("{key}.other"), &[values[0].as_str()]);
                answer(pairs, &key, &["other"]);
                continue;
            }
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            answer(pairs, &key, &values);
        }
    }

    /// Goes from page to page until the last one before handing in; answers its path and how many pages came before it.
    pub(crate) async fn until_check(&self, browser: &Browser<'_>, first: String) -> (String, usize) {
        let mut here = first;
        for pages in 0..MOST_PAGES {
            let path = here.split(['?', '#']).next().unwrap().to_owned();
            if path.ends_with("/check") {
                return (here, pages);
            }
            let page = browser.open(&here).await;
            let (action, mut pairs) = form(&page, &path);
            let reply = if path.ends_with("/materials") {
                let names = uploads(&page);
                let bytes = demo::walk::sheet(&format!("{} {pages}", self.item.slug));
                let wanted = names
                    .iter()
                    .filter(|name| self.materials.iter().any(|key| name.strip_prefix("file_") == Some(key.as_str())));
                let files: Vec<_> =
                    wanted.map(|name| (name.as_str(), "材料.pdf", "application/pdf", bytes.as_slice())).collect();
                answer(&mut pairs, "go", &["next"]);
                browser.upload(&action, &pairs, &files).await
            } else {
                if !path.ends_with("/delivery") {
                    self.fill(&mut pairs);
                }
                browser.post(&action, &pairs).await
            };
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{} {path}: {pairs:?} {}", self.item.slug, reply.text);
            here = reply.location();
        }
        panic!("{}: no end of pages", self.item.slug);
    }

    /// Begins a draft; answers the path of its first page.
    pub(crate) async fn begin(&self, browser: &Browser<'_>) -> String {
        let start = format!("/apply/{}", self.item.slug);
        let page = browser.open(&start).await;
        assert!(page.contains("开始填写"), "{}: {page}", self.item.slug);
        let (action, pairs) = form(&page, &start);
        browser.post(&action, &pairs).await.location()
    }

    /// Ticks what is to be ticked and hands in; answers the path of the receipt.
    pub(crate) async fn hand_in(&self, browser: &Browser<'_>, check: &str) -> String {
        let page = browser.open(check).await;
        assert!(!page.contains("还差这些才能提交"), "{}: {page}", self.item.slug);
        let (action, mut pairs) = form(&page, check);
        answer(&mut pairs, "declare", &["yes"]);
        answer(&mut pairs, "consent", &["yes"]);
        if page.contains("name=\"by_person\"") {
            answer(&mut pairs, "by_person", &["yes"]);
        }
        let reply = browser.post(&action, &pairs).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}: {}", self.item.slug, reply.text);
        reply.location()
    }
}

/// Ten items by default, of every kind of applicant, depth and department; all of them with `TONGBAN_ALL_ITEMS=1`.
#[tokio::test(flavor = "multi_thread")]
async fn every_item_can_be_applied_for_without_script() {
    let town = Town::founded().await;
    let walk = walker(&town);
    let shown = town.platform.catalogue.shown(&mut town.platform.db.read().await.unwrap()).await.unwrap();
    let mut slugs: Vec<String> = shown.items.iter().map(|(item, _)| item.slug.clone()).collect();
    slugs.sort();
    assert!(slugs.len() >= 125, "{} items", slugs.len());
    if std::env::var("TONGBAN_ALL_ITEMS").is_err() {
        let every = slugs.len() / 10;
        slugs = slugs.into_iter().skip(3).step_by(every).take(10).collect();
    }
    for slug in &slugs {
        let plan = plan(&town, &walk, slug).await;
        let browser = Browser::of(&town, &plan.login).await;
        let first = plan.begin(&browser).await;
        let (check, pages) = plan.until_check(&browser, first).await;
        assert!(pages <= 8, "{slug}: {pages} pages are more than anybody bears");
        let receipt = plan.hand_in(&browser, &check).await;
        let page = browser.open(&receipt).await;
        let number = receipt.split('/').nth(3).unwrap();
        assert!(page.contains("已提交") && page.contains(number), "{slug}: {page}");
    }
}
