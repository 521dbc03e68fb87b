use std::path::{Path, PathBuf};

use catalogue::domain::{Facts, Item, Procedure, Provided};
use jiff::civil::date;

use super::*;

fn item_files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogue");
    let folders = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> =
        folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn procedures() -> Vec<Procedure> {
    let read = |path: &PathBuf| {
        let item: Item = toml::from_str(&std::fs::read_to_string(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Procedure::compile(item, 1).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()))
    };
    item_files().iter().map(read).collect()
}

fn facts(candidate: &Candidate, found: &Answers, today: Date) -> Facts {
    Facts {
        form: found.form.clone(),
        applicant: candidate.facts.clone(),
        certificates: candidate.certificates.clone(),
        materials: found.materials.iter().map(|key| (key.clone(), Provided::File)).collect(),
        today,
    }
}

fn all_items_on(today: Date) {
    let candidates = demonstration_candidates(today);
    let procedures = procedures();
    assert!(procedures.len() > 100, "{}", procedures.len());
    let mut failed = Vec::new();
    for procedure in &procedures {
        match find(procedure, &candidates, today) {
            Ok(found) => {
                let assessment = procedure.assess(&facts(&candidates[found.applicant], &found, today));
                assert!(assessment.can_submit() && assessment.rules_ok, "{}", procedure.item.slug);
                assert_eq!(assessment.faults, [], "{}", procedure.item.slug);
                assert_eq!(assessment.form, found.form, "{}", procedure.item.slug);
                for key in &found.materials {
                    let mut fewer = facts(&candidates[found.applicant], &found, today);
                    fewer.materials.remove(key);
                    let assessment = procedure.assess(&fewer);
                    let missing = !assessment.can_submit() || !assessment.rules_ok;
                    assert!(missing, "{}: {key} was not asked for", procedure.item.slug);
                }
            }
            Err(none) => failed.push(none.to_string()),
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), procedures.len(), failed.join("\n"));
}

#[test]
fn every_item_of_the_catalogue_can_be_applied_for() {
    all_items_on(date(2026, 3, 2));
}

#[test]
fn every_item_can_be_applied_for_at_the_end_of_a_year() {
    all_items_on(date(2026, 12, 31));
}

#[test]
fn every_item_can_be_applied_for_on_a_leap_day() {
    all_items_on(date(2028, 2, 29));
}

fn item(slug: &str) -> Procedure {
    procedures().into_iter().find(|procedure| procedure.item.slug == slug).unwrap()
}

#[test]
fn the_same_question_gets_the_same_answers() {
    let today = date(2026, 3, 2);
    let candidates = demonstration_candidates(today);
    let procedure = item("marriage-registration");
    assert_eq!(find(&procedure, &candidates, today), find(&procedure, &candidates, today));
}

#[test]
fn the_applicant_is_the_one_the_item_is_made_for() {
    let today = date(2026, 3, 2);
    let candidates = demonstration_candidates(today);
    for (slug, account) in [
        ("driving-licence-renewal", "citizen2"),
        ("veteran-card-apply", "citizen6"),
        ("medical-institution-registration", "enterprise4"),
    ] {
        let found = find(&item(slug), &candidates, today).unwrap();
        assert_eq!(candidates[found.applicant].account, account, "{slug}");
    }
}

#[test]
fn who_cannot_apply_is_told_why() {
    let today = date(2026, 3, 2);
    let mut candidates = demonstration_candidates(today);
    candidates.retain(|candidate| matches!(candidate.account.as_str(), "citizen1" | "enterprise1"));
    let none = find(&item("old-age-allowance"), &candidates, today).unwrap_err();
    assert_eq!(none.left.len(), 1, "it is not for enterprises: {none}");
    assert!(none.left[0].starts_with("citizen1: ") && none.left[0].contains("applicant.age >= 80"), "{none}");
    let none = find(&item("old-age-allowance"), &[], today).unwrap_err();
    assert_eq!(none.left, Vec::<String>::new());
}
