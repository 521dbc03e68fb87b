//! Whatever is sent to the pages of applying: kept as typed or refused with a sentence, never carried out, never a fault
//! of ours.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use blobs::State;
use catalogue::domain::{FieldType, Item};
use jiff::SignedDuration;
use kernel::FileId;

use crate::{
    apply_walk::{plan, walker},
    browser::{Browser, all, answer, form},
    town::Town,
};

/// The fewest items whose forms have every kind of field, for citizens and for enterprises.
fn covering(items: &[Item]) -> Vec<&Item> {
    let mut left: BTreeSet<&'static str> = FieldType::ALL.iter().map(|kind| kind.as_str()).collect();
    // No item of the catalogue asks for mail.
    left.remove("email");
    let mut chosen = Vec::new();
    while !left.is_empty() {
        let gain = |item: &&Item| {
            let kinds: BTreeSet<&str> = item.fields.iter().map(|field| field.field_type.as_str()).collect();
            kinds.intersection(&left).count()
        };
        let best = items.iter().max_by_key(gain).unwrap();
        assert!(gain(&best) > 0, "no item asks for {left:?}");
        for field in &best.fields {
            left.remove(field.field_type.as_str());
        }
        chosen.push(best);
    }
    chosen
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_field_takes_anything_and_carries_nothing_out() {
    let town = Town::founded().await;
    let walk = walker(&town);
    let shown = town.platform.catalogue.shown(&mut town.platform.db.read().await.unwrap()).await.unwrap();
    let items: Vec<Item> = shown.items.iter().map(|(item, _)| item.as_ref().clone()).collect();
    let script = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
    let long = "很长".repeat(1_500);
    let hostile = [
        "",
        "   ",
        &long,
        "👩‍👩‍👧🇨🇳",
        "a\u{0}b\u{7}\u{1b}[31m",
        "\u{202e}abc\u{2066}",
        script,
        "'; DROP TABLE case_draft; --",
        "１２３",
        "-1",
        "9999999999999999999999",
        "2026-02-30",
        "是是",
        "\r\n\r\n一\r\n",
        "__proto__",
    ];
    let mut kinds = BTreeSet::new();
    for item in covering(&items) {
        let plan = plan(&town, &walk, &item.slug).await;
        let browser = Browser::of(&town, &plan.login).await;
        let draft = plan.begin(&browser).await.rsplit_once('/').unwrap().0.to_owned();
        for step in 1.. {
            let path = format!("{draft}/{step}");
            let reply = browser.get(&path).await;
            if reply.status == StatusCode::NOT_FOUND {
                break;
            }
            let (action, pairs) = form(&reply.text, &path);
            let asked: Vec<String> = all(&pairs, "asked").into_iter().map(str::to_owned).collect();
            for text in hostile {
                let mut sent = pairs.clone();
                for key in &asked {
                    answer(&mut sent, key, &[text]);
                    kinds.insert(item.fields.iter().find(|field| field.key == *key).unwrap().field_type.as_str());
                }
                let reply = browser.post(&action, &sent).await;
                let said = (reply.status, &text.chars().take(20).collect::<String>());
                assert!(
                    matches!(reply.status, StatusCode::SEE_OTHER | StatusCode::UNPROCESSABLE_ENTITY),
                    "{path} {said:?}: {}",
                    reply.text
                );
                let page = if reply.status == StatusCode::SEE_OTHER { browser.open(&path).await } else { reply.text };
                assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path} {said:?}");
                // What is typed stands in its control again.
                let (_, back) = form(&page, &path);
                for key in &asked {
                    let field = item.fields.iter().find(|field| field.key == *key).unwrap();
                    let written = !matches!(
                        field.field_type,
                        FieldType::Choice | FieldType::Choices | FieldType::Bool | FieldType::Region | FieldType::Money
                    );
                    if written && !text.trim().is_empty() && all(&back, "asked").contains(&key.as_str()) {
                        let kept = all(&back, key).concat();
                        assert_eq!(kept, text.replace("\r\n", "\n"), "{path} {key}");
                    }
                }
            }
        }
        let check = browser.open(&format!("{draft}/check")).await;
        assert!(check.contains("还差这些才能提交") && !check.contains("<script>alert"), "{}", item.slug);
        assert!(!browser.open("/my/drafts").await.contains("<script>alert"));
        // Forms that no page sends.
        for pairs in [
            vec![],
            vec![("asked", "no_such_field"), ("no_such_field", "x")],
            vec![("asked", "phone"), ("writer", "\u{0}"), ("seen", script)],
            vec![("step", "materials")],
        ] {
            let pairs: Vec<_> = pairs.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            for path in
                [format!("{draft}/1"), format!("{draft}/delivery"), format!("{draft}/save"), format!("{draft}/check")]
            {
                let reply = browser.post(&path, &pairs).await;
                assert!(reply.status.as_u16() < 500, "{path} {pairs:?}: {}", reply.text);
            }
        }
    }
    assert!(kinds.len() >= FieldType::ALL.len() - 1, "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_does_not_fit_is_refused_with_everything_still_on_the_page() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), "driving-licence-renewal").await;
    let browser = Browser::of(&town, &plan.login).await;
    let first = plan.begin(&browser).await;
    let (action, mut pairs) = form(&browser.open(&first).await, &first);
    let key = all(&pairs, "asked")[0].to_owned();
    let long = "长".repeat(100_000);
    answer(&mut pairs, &key, &[&long]);
    let reply = browser.post(&action, &pairs).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.text.contains("太长，保存不下，请精简") && reply.text.contains(&long));
    let (_, kept) = form(&browser.open(&first).await, &first);
    assert_ne!(all(&kept, &key).concat(), long, "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_nobody_changes_go_with_their_files_after_ninety_days() {
    let town = Town::founded().await;
    let plan = plan(&town, &walker(&town), "food-operation-licence-new").await;
    let browser = Browser::of(&town, &plan.login).await;
    let draft = plan.begin(&browser).await.rsplit_once('/').unwrap().0.to_owned();
    let sheet = demo::walk::sheet("x");
    let name = format!("file_{}", plan.materials[0]);
    let stay = [("end".to_owned(), "yes".to_owned()), ("go".to_owned(), "stay".to_owned())];
    let path = format!("{draft}/materials");
    let back = browser.upload(&path, &stay, &[(&name, "x.pdf", "application/pdf", &sheet)]).await.location();
    let page = browser.open(&back).await;
    let shown = page.split("class=\"apply-file\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let file: FileId = shown.rsplit('/').next().unwrap().parse().unwrap();
    let state = async || {
        let mut tx = town.platform.db.read().await.unwrap();
        town.platform.blobs.meta(&mut tx, file).await.unwrap().state
    };
    assert_eq!(state().await, State::Used, "kept as long as the draft");
    let now = town.world.clock.now();
    let later = |days: i64| now + SignedDuration::from_hours(24 * days);
    assert_eq!(town.platform.cases.sweep_drafts(later(89)).await.unwrap(), 0);
    assert_eq!(browser.get(&path).await.status, StatusCode::OK);
    assert_eq!(town.platform.cases.sweep_drafts(later(91)).await.unwrap(), 1);
    assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(state().await, State::Stored, "and given up with it");
}
