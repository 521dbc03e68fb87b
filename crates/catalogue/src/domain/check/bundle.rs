//! Rules over bundles (一件事一次办).

use std::collections::{BTreeMap, BTreeSet};

use vocab::Vocabulary;

use super::{slug_of, themes};
use crate::domain::format::Page;
use crate::domain::{Bundle, Field, FieldType, Item};

pub(super) fn check(
    bundle: &Bundle,
    page: &mut Page,
    vocab: &Vocabulary,
    items: &BTreeMap<&str, &Item>,
    unread: &[String],
) {
    let expected = slug_of(page.file()).to_owned();
    if bundle.slug != expected {
        page.error("slug", "slug-not-file-name", format!("slug 应与文件名一致，即“{expected}”"));
    }
    themes(&bundle.audience, &bundle.themes, page, vocab, false);
    for (at, slug) in bundle.items.iter().enumerate() {
        let path = format!("items[{at}]");
        match items.get(slug.as_str()) {
            None if unread.contains(slug) => {}
            None => page.error(&path, "unknown-item", format!("事项“{slug}”不存在")),
            Some(item) => {
                if !item.audience.iter().any(|kind| bundle.audience.contains(kind)) && page.sound(&["audience"]) {
                    let message = format!("“{}”不面向本套餐的服务对象", item.name);
                    page.error(&path, "item-for-others", message);
                }
            }
        }
    }
    if bundle.items.len() < 2 && page.sound(&["items"]) {
        page.error("items", "too-few-items", "套餐至少应有两个事项");
    }
    stages(bundle, page);
    questions(bundle, page);
    shared(bundle, page, items, unread);
}

fn stages(bundle: &Bundle, page: &mut Page) {
    let mut placed = BTreeSet::new();
    for (at, stage) in bundle.stages.iter().enumerate() {
        if stage.items.is_empty() {
            page.error(&format!("stage[{at}].items"), "empty", "阶段没有事项，请填写或删去");
        }
        for (n, slug) in stage.items.iter().enumerate() {
            let path = format!("stage[{at}].items[{n}]");
            if !bundle.items.contains(slug) && page.sound(&["items"]) {
                page.error(&path, "not-in-bundle", format!("事项“{slug}”不在本套餐的 items 中"));
            }
            if !placed.insert(slug.as_str()) {
                page.error(&path, "stage-twice", format!("事项“{slug}”已在前面的阶段，只能出现一次"));
            }
        }
    }
    if !page.section_sound("stage", &["items"]) {
        return;
    }
    for (at, slug) in bundle.items.iter().enumerate() {
        if !placed.contains(slug.as_str()) {
            let message = format!("事项“{slug}”不在任何阶段，永远不会开始");
            page.error(&format!("items[{at}]"), "not-in-stage", message);
        }
    }
}

fn questions(bundle: &Bundle, page: &mut Page) {
    let mut keys = BTreeSet::new();
    for (at, question) in bundle.questions.iter().enumerate() {
        if !keys.insert(question.key.as_str()) {
            page.error(&format!("question[{at}].key"), "duplicate-key", format!("问题的键“{}”重复", question.key));
        }
        let needs = format!("question[{at}].needs");
        if question.needs.is_empty() {
            page.error(&needs, "empty", "问题应决定至少一个事项是否需要办理");
        }
        for (n, slug) in question.needs.iter().enumerate() {
            if !bundle.items.contains(slug) && page.sound(&["items"]) {
                page.error(&format!("{needs}[{n}]"), "not-in-bundle", format!("事项“{slug}”不在本套餐的 items 中"));
            }
        }
    }
}

fn shared(bundle: &Bundle, page: &mut Page, items: &BTreeMap<&str, &Item>, unread: &[String]) {
    let mut names = BTreeSet::new();
    let mut used = BTreeSet::new();
    for (at, shared) in bundle.shared.iter().enumerate() {
        let path = format!("shared[{at}]");
        if !names.insert(shared.field.as_str()) {
            page.error(&format!("{path}.field"), "duplicate-key", format!("共用字段“{}”重复", shared.field));
        }
        if shared.fields.len() < 2 {
            page.warning(&format!("{path}.in"), "shared-alone", "只用于一个事项的字段不必列为共用");
        }
        let mut first: Option<&Field> = None;
        for (n, reference) in shared.fields.iter().enumerate() {
            let path = format!("{path}.in[{n}]");
            let Some((slug, key)) = reference.split_once('.') else {
                page.error(&path, "bad-reference", format!("“{reference}”应写作 事项键.字段键"));
                continue;
            };
            if !used.insert(reference.as_str()) {
                page.error(&path, "shared-twice", format!("“{reference}”已由另一个共用字段填写"));
            }
            if !bundle.items.iter().any(|item| item == slug) && page.sound(&["items"]) {
                page.error(&path, "not-in-bundle", format!("事项“{slug}”不在本套餐的 items 中"));
                continue;
            }
            if unread.iter().any(|other| other == slug) {
                continue;
            }
            let Some(item) = items.get(slug) else { continue };
            let Some(field) = item.fields.iter().find(|field| field.key == key) else {
                page.error(&path, "unknown-field", format!("“{}”没有字段“{key}”", item.name));
                continue;
            };
            match first {
                Some(first) if !alike(first.field_type, field.field_type) => {
                    let (a, b) = (first.field_type.label(), field.field_type.label());
                    page.error(&path, "shared-types", format!("共用字段的类型不一致：{a}与{b}"));
                }
                Some(_) => {}
                None => first = Some(field),
            }
        }
    }
}

/// Whether one answer can fill both.
fn alike(a: FieldType, b: FieldType) -> bool {
    let text =
        |kind| matches!(kind, FieldType::Text | FieldType::Longtext | FieldType::Address | FieldType::PersonName);
    a == b || text(a) && text(b)
}
