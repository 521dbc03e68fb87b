//! Items and facts for tests: the repository's own catalogue and small made-up items.

use std::path::{Path, PathBuf};

use jiff::civil::date;
use kernel::SubjectKind;
use serde_json::{Map, Value};

use super::{ApplicantFacts, CertificateFacts, Facts, Item};

/// Every item file of the repository.
pub(crate) fn repository_items() -> Vec<Item> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogue");
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let files = folders(&folder).into_iter().filter(|path| path.is_dir()).flat_map(|path| folders(&path));
    let items: Vec<Item> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        })
        .collect();
    assert!(items.len() > 100, "only {} items in {}", items.len(), folder.display());
    items
}

/// A small item with `parts` (fields, materials, rules, steps) as TOML.
pub(crate) fn item(parts: &str) -> Item {
    let head = r#"
slug = "sample"
name = "样例事项"
aliases = ["样例", "例子"]
type = "public-service"
department = "civil-affairs"
level = "city"
audience = ["person"]
themes = ["life"]
case_kind = "committed"
statutory_days = 20
promised_days = 10
online_depth = 4
visits = 0
channels = ["web"]
high_frequency = false
one_visit = true
cross_region = "city"
summary = "样例。"
conditions = []
legal_basis = []
fees = []
windows = ["综合受理"]
[result]
kind = "none"
"#;
    toml::from_str(&format!("{head}\n{parts}")).unwrap_or_else(|error| panic!("{error}\n{parts}"))
}

/// A person without certificates who answered `form` on 2 March 2026.
pub(crate) fn facts(form: Value) -> Facts {
    let Value::Object(form) = form else { panic!("a form is an object") };
    Facts { form, applicant: person(), certificates: Vec::new(), materials: [].into(), today: date(2026, 3, 2) }
}

/// No answers at all.
pub(crate) fn no_answers() -> Facts {
    facts(Value::Object(Map::new()))
}

/// A made-up person of thirty.
pub(crate) fn person() -> ApplicantFacts {
    ApplicantFacts {
        kind: SubjectKind::Person,
        name: "陈小禾".to_owned(),
        id_number: Some(kernel::identifiers::IdNumber::synthetic(520_102, date(1996, 3, 2), 1).as_str().to_owned()),
        uscc: None,
        age: Some(30),
        sex: Some("male".to_owned()),
        region: Some("520102".to_owned()),
        phone: Some("13800000000".to_owned()),
        address: Some("样例路1号".to_owned()),
        legal_representative: None,
    }
}

/// A made-up certificate without further data.
pub(crate) fn certificate(kind: &str, valid: bool) -> CertificateFacts {
    CertificateFacts {
        id: format!("id-{kind}"),
        certificate_type: kind.to_owned(),
        number: "贵样例0001号".to_owned(),
        valid,
        issued_on: date(2024, 1, 5),
        expires_on: Some(date(2030, 1, 4)),
        data: [].into(),
    }
}
