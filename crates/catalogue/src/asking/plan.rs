//! How the fields of an item are laid out on pages: one group of questions each, five to seven of them, by topic.
//!
//! The catalogue does not group fields. What is asked about the applicant and his contacts comes first, for the platform
//! knows most of it; then the matter itself in the item's order; then how the result is fetched, where the form asks it.
//! A question that hangs on another one never stands on an earlier page than that one.

use crate::domain::{Delivery, Field, FieldType, Item};

/// Most questions on one page, those that hang on another one of the page not counted.
const MOST: usize = 6;

/// One page of questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Word of the page in its address: `1`, `2`, ….
    pub key: String,
    /// Heading.
    pub title: String,
    /// Places of its fields in the item.
    pub fields: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Applicant,
    Matter,
    Receiving,
}

/// The pages of an item's form; none for an item without fields.
#[must_use]
pub fn groups(item: &Item) -> Vec<Group> {
    let mut topics: Vec<Topic> = item.fields.iter().map(topic).collect();
    settle(item, &mut topics);
    let of = |wanted: Topic| -> Vec<usize> {
        topics.iter().enumerate().filter(|(_, topic)| **topic == wanted).map(|(at, _)| at).collect()
    };
    let applicant = of(Topic::Applicant);
    let enterprise = item.audience.first() == Some(&kernel::SubjectKind::Enterprise);
    let who = if enterprise { "单位和联系人" } else { "申请人和联系方式" };
    let mut pages: Vec<(String, Vec<usize>)> = Vec::new();
    pages.extend(cut(item, &applicant, MOST + 2).into_iter().map(|fields| (who.to_owned(), fields)));
    if let [(title, _), second] = pages.as_mut_slice() {
        "申请人信息".clone_into(title);
        "联系和代办".clone_into(&mut second.0);
    }
    let matter = cut(item, &of(Topic::Matter), MOST);
    let several = matter.len() > 1;
    for (place, fields) in matter.into_iter().enumerate() {
        let number = ["（一）", "（二）", "（三）", "（四）", "（五）"].get(place).copied().unwrap_or_default();
        pages.push((format!("办理内容{}", if several { number } else { "" }), fields));
    }
    pages.extend(cut(item, &of(Topic::Receiving), MOST).into_iter().map(|fields| ("领取方式".to_owned(), fields)));
    let pages = pages.into_iter().enumerate();
    pages.map(|(place, (title, fields))| Group { key: (place + 1).to_string(), title, fields }).collect()
}

fn topic(field: &Field) -> Topic {
    let known = matches!(
        field.prefill.as_deref(),
        Some(
            "applicant.name"
                | "applicant.id_number"
                | "applicant.uscc"
                | "applicant.phone"
                | "applicant.legal_representative"
        )
    );
    let key = field.key.as_str();
    if is_way(field) || matches!(key, "want_paper" | "post_address" | "deliver_address") {
        Topic::Receiving
    } else if known
        || matches!(key, "by_agent" | "by_guardian")
        || ["agent_", "guardian_", "contact_"].iter().any(|start| key.starts_with(start))
    {
        Topic::Applicant
    } else {
        Topic::Matter
    }
}

/// Whether a question asks how the result is fetched.
fn is_way(field: &Field) -> bool {
    field.field_type == FieldType::Choice && matches!(field.key.as_str(), "delivery" | "pick_way")
}

/// Moves a question that hangs on one of a later topic to that topic.
fn settle(item: &Item, topics: &mut [Topic]) {
    let rank = |topic: Topic| topic as usize;
    // A chain of conditions is at most as long as the form.
    for _ in 0..item.fields.len() {
        let mut moved = false;
        for (at, field) in item.fields.iter().enumerate() {
            for named in controls(item, field) {
                let (Some(mine), Some(its)) = (topics.get(at).copied(), topics.get(named).copied()) else { continue };
                if rank(its) > rank(mine)
                    && let Some(topic) = topics.get_mut(at)
                {
                    *topic = its;
                    moved = true;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

/// Places of the fields that the condition of `field` names.
#[must_use]
pub fn controls(item: &Item, field: &Field) -> Vec<usize> {
    let Some(when) = field.when.as_deref() else { return Vec::new() };
    let named = |other: &Field| {
        when.match_indices("form.").any(|(at, start)| {
            let rest = when.get(at + start.len()..).unwrap_or_default();
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            rest.get(..end) == Some(other.key.as_str())
        })
    };
    item.fields.iter().enumerate().filter(|(_, other)| named(other)).map(|(at, _)| at).collect()
}

/// Cuts fields into pages of about the same length: a question that hangs on another one of these stands right behind it
/// and does not count.
fn cut(item: &Item, fields: &[usize], most: usize) -> Vec<Vec<usize>> {
    let on = |at: usize| item.fields.get(at).map(|field| controls(item, field)).unwrap_or_default();
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut waiting: Vec<usize> = fields.to_vec();
    // Each round places at least one, unless conditions go in a circle, which the catalogue's check refuses.
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for at in waiting {
            let named: Vec<usize> = on(at).into_iter().filter(|on| fields.contains(on)).collect();
            if !named.iter().all(|on| blocks.iter().any(|block| block.contains(on))) {
                later.push(at);
                continue;
            }
            match blocks.iter_mut().rev().find(|block| named.iter().any(|on| block.contains(on))) {
                Some(block) => block.push(at),
                None => blocks.push(vec![at]),
            }
        }
        if later.len() == before {
            blocks.extend(later.into_iter().map(|at| vec![at]));
            break;
        }
        waiting = later;
    }
    let pages = blocks.len().div_ceil(most).max(1);
    let length = blocks.len().div_ceil(pages).max(1);
    blocks.chunks(length).map(|chunk| chunk.concat()).collect()
}

/// A condition that a page can follow while somebody answers: the field, and the answer of it that shows the block.
#[must_use]
pub fn simple_condition(item: &Item, when: &str) -> Option<(usize, String)> {
    let place = |key: &str| item.fields.iter().position(|field| field.key == key);
    if let Some((left, right)) = when.split_once("==") {
        let at = place(left.trim().strip_prefix("form.")?)?;
        let text = right.trim();
        let inner = ['"', '\''].iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q));
        let inner = inner.filter(|inner| !inner.contains(['"', '\'', '&', '|']))?;
        let field = item.fields.get(at)?;
        return (field.field_type == FieldType::Choice).then(|| (at, inner.to_owned()));
    }
    let (key, answer) = match when.trim().strip_prefix('!') {
        Some(rest) => (rest.trim().strip_prefix("form.")?, "否"),
        None => (when.trim().strip_prefix("form.")?, "是"),
    };
    let at = place(key)?;
    (item.fields.get(at)?.field_type == FieldType::Bool).then(|| (at, answer.to_owned()))
}

/// How the form itself says that the result is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormWay {
    /// The form does not ask.
    NotAsked,
    /// It asks and is not answered yet.
    Open,
    /// It is answered.
    Said(Delivery),
}

/// Reads the delivery out of the answers, where the form asks for it: nothing is asked twice.
#[must_use]
pub fn form_way(item: &Item, form: &serde_json::Map<String, serde_json::Value>) -> FormWay {
    let offered = |way: Delivery| item.result.delivery.contains(&way);
    if let Some(field) = item.fields.iter().find(|field| is_way(field)) {
        let Some(answer) = form.get(&field.key).and_then(serde_json::Value::as_str) else { return FormWay::Open };
        let way = if answer.contains("邮") {
            Delivery::Post
        } else if answer.contains("电子") {
            Delivery::Electronic
        } else {
            Delivery::Pickup
        };
        let first = item.result.delivery.first().copied().unwrap_or(Delivery::Electronic);
        return FormWay::Said(if offered(way) { way } else { first });
    }
    if let Some(field) = item.fields.iter().find(|field| field.key == "want_paper") {
        let paper = match form.get(&field.key) {
            None => return FormWay::Open,
            Some(serde_json::Value::Bool(paper)) => *paper,
            Some(other) => other.as_str() == Some("是"),
        };
        let way = if paper && offered(Delivery::Post) { Delivery::Post } else { Delivery::Electronic };
        return if offered(way) { FormWay::Said(way) } else { FormWay::NotAsked };
    }
    FormWay::NotAsked
}

/// Whether the result can go out in one way only, and electronically, so that there is nothing to choose.
#[must_use]
pub fn nothing_to_choose(item: &Item) -> bool {
    item.result.delivery.iter().all(|way| *way == Delivery::Electronic)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn catalogue() -> Vec<Item> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
        let files = crate::files::Folder::read(std::path::Path::new(folder)).unwrap();
        files.check(&vocab::Vocabulary::guiyang()).items
    }

    #[test]
    fn every_item_gets_pages_of_a_bearable_length_and_no_question_is_lost() {
        let items = catalogue();
        assert!(items.len() >= 125);
        for item in &items {
            let groups = groups(item);
            let all: Vec<usize> = groups.iter().flat_map(|group| group.fields.clone()).collect();
            let distinct: BTreeSet<usize> = all.iter().copied().collect();
            assert_eq!((all.len(), distinct.len()), (item.fields.len(), item.fields.len()), "{}", item.slug);
            assert!(groups.len() <= 5, "{}: {} pages", item.slug, groups.len());
            for group in &groups {
                assert!(!group.title.is_empty() && group.fields.len() <= 10, "{}: {group:?}", item.slug);
            }
        }
    }

    #[test]
    fn a_question_never_stands_before_the_one_it_hangs_on() {
        for item in &catalogue() {
            let order: Vec<usize> = groups(item).into_iter().flat_map(|group| group.fields).collect();
            let place = |at: usize| order.iter().position(|other| *other == at).unwrap();
            for (at, field) in item.fields.iter().enumerate() {
                for on in controls(item, field) {
                    assert!(place(on) < place(at), "{}: {} before {}", item.slug, field.key, item.fields[on].key);
                }
            }
        }
    }

    #[test]
    fn pages_follow_simple_conditions_only() {
        let item = catalogue().into_iter().find(|item| item.slug == "residence-permit-apply").unwrap();
        let said = |when: &str| simple_condition(&item, when).map(|(at, v)| (item.fields[at].key.clone(), v));
        assert_eq!(said("form.by_agent"), Some(("by_agent".to_owned(), "是".to_owned())));
        assert_eq!(said("!form.by_agent"), Some(("by_agent".to_owned(), "否".to_owned())));
        let ground = Some(("ground".to_owned(), "合法稳定就业".to_owned()));
        assert_eq!(said("form.ground == \"合法稳定就业\""), ground);
        assert_eq!(said("form.ground == '合法稳定就业'"), ground);
        for other in
            ["form.ground != \"a\"", "applicant.age < 16", "form.ground == 'a' || form.by_agent", "form.none", "true"]
        {
            assert_eq!(said(other), None, "{other}");
        }
    }

    #[test]
    fn what_the_form_asks_about_delivery_is_not_asked_again() {
        let find = |slug: &str| catalogue().into_iter().find(|item| item.slug == slug).unwrap();
        let form = |key: &str, value: &str| serde_json::from_value(serde_json::json!({ key: value })).unwrap();
        let licence = find("driving-licence-renewal");
        assert_eq!(form_way(&licence, &form("delivery", "邮寄")), FormWay::Said(Delivery::Post));
        assert_eq!(form_way(&licence, &form("delivery", "到窗口自取")), FormWay::Said(Delivery::Pickup));
        assert_eq!(form_way(&licence, &serde_json::Map::new()), FormWay::Open);
        let seal = find("business-seal-engraving-record");
        assert_eq!(form_way(&seal, &form("pick_way", "邮寄")), FormWay::Said(Delivery::Electronic), "not offered");
        let mark = find("vehicle-inspection-mark");
        assert_eq!(form_way(&mark, &form("want_paper", "是")), FormWay::Said(Delivery::Post));
        assert_eq!(form_way(&mark, &form("want_paper", "否")), FormWay::Said(Delivery::Electronic));
        assert_eq!(form_way(&find("drainage-permit"), &serde_json::Map::new()), FormWay::NotAsked);
    }
}
