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

#[test]
fn every_item_of_the_catalogue_can_be_applied_for() {
    let today = date(2026, 3, 2);
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
                if std::env::var_os("TONGBAN_SHOW_ANSWERS").is_some() {
                    println!(
                        "{}: {} files {:?} form {}",
                        procedure.item.slug,
                        candidates[found.applicant].account,
                        found.materials,
                        Value::from(found.form)
                    );
                }
            }
            Err(none) => failed.push(none.to_string()),
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), procedures.len(), failed.join("\n"));
}
