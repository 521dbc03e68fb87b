//! Each kind of violation, made by one change to a right file.

use std::path::Path;

use vocab::Vocabulary;

use super::*;
use crate::domain::CatalogueFile;
use crate::files::Folder;

const ITEM_FILE: &str = "catalogue/culture-tourism/sample-permit.toml";
const BUNDLE_FILE: &str = "bundles/sample-event.toml";

const ITEM: &str = r#"slug = "sample-permit"
name = "样例经营许可"
aliases = ["样例许可", "办样例证"]
type = "licensing"
department = "culture-tourism"
level = "city"
audience = ["enterprise"]
themes = ["culture-sports"]
case_kind = "committed"
statutory_days = 20
promised_days = 10
online_depth = 4
visits = 0
channels = ["web", "window"]
high_frequency = false
one_visit = true
cross_region = "city"
summary = "样例。"
conditions = ["有固定场所"]
legal_basis = [{ law = "《样例条例》", article = "第一条" }]
fees = []
windows = ["综合受理"]

[result]
kind = "certificate"
name = "样例许可证"
delivery = ["electronic"]

[[material]]
key = "application-form"
name = "样例经营许可申请表"
origin = "applicant"
form = "original"
copies = 1
required = true
baseline = true

[[material]]
key = "site-plan"
name = "场所平面图"
origin = "applicant"
form = "copy"
copies = 1
required = true
baseline = true
deferrable = true
when = "form.size > 100"

[[field]]
key = "size"
label = "面积"
type = "integer"
required = true
min = 1
max = 5000

[[field]]
key = "kind"
label = "类别"
type = "choice"
required = true
options = ["甲", "乙"]

[[field]]
key = "licence_scope"
label = "原许可范围"
type = "text"
required = false
prefill = "certificate.business-licence.business_scope"
pattern = "^.{1,50}$"

[[rule]]
expr = 'certificates["business-licence"].valid'
message = "营业执照应有效"

[[step]]
key = "accept"
name = "受理"
kind = "accept"
role = "window"
days = 0
auto = "materials_complete && rules_ok"

[[step]]
key = "review"
name = "审查"
kind = "review"
role = "reviewer"
days = 3
parallel = "joint"

[[step]]
key = "opinion"
name = "征求意见"
kind = "review"
role = "reviewer"
department = "fire-rescue"
days = 2
parallel = "joint"

[[step]]
key = "expert"
name = "专家评审"
kind = "special"
role = "reviewer"
days = 0
stops_clock = true
special_kind = "expert-review"
max_days = 30

[[step]]
key = "decide"
name = "决定"
kind = "decide"
role = "approver"
days = 4

[[step]]
key = "issue"
name = "制证"
kind = "issue"
role = "certificate-clerk"
days = 1

[[step]]
key = "deliver"
name = "送达"
kind = "deliver"
role = "system"
days = 0

[[faq]]
question = "多久办好？"
answer = "十个工作日内。"
"#;

const BUNDLE: &str = r#"slug = "sample-event"
name = "样例一件事"
audience = ["enterprise"]
themes = ["start-up"]
summary = "样例。"
items = ["sample-permit", "sample-second"]

[[stage]]
items = ["sample-permit"]

[[stage]]
items = ["sample-second"]

[[question]]
key = "big"
text = "是否较大？"
needs = ["sample-second"]

[[shared]]
field = "size"
in = ["sample-permit.size", "sample-second.size"]
"#;

fn file(path: &str, text: &str) -> CatalogueFile {
    CatalogueFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn second() -> CatalogueFile {
    let text = ITEM.replace("sample-permit", "sample-second").replace("样例经营许可\"", "样例第二许可\"");
    file("catalogue/culture-tourism/sample-second.toml", &text)
}

fn checked(files: &[CatalogueFile]) -> Vec<Violation> {
    check(files, &Vocabulary::guiyang()).violations
}

/// `(line of the first file that says `mark`, code)` of what the changed item breaks.
fn told(from: &str, to: &str) -> Vec<Violation> {
    assert!(ITEM.contains(from), "the item does not say {from}");
    checked(&[file(ITEM_FILE, &ITEM.replacen(from, to, 1))])
}

/// The sample item as a limited, joint renewal.
fn under_law() -> String {
    let more = "[quantity_limit]\nnumber = 20\nperiod = \"year\"\nbasis = \"《样例条例》第九条\"\n\n[renewal]\n\
        certificate_type = \"food-operation-licence\"\napply_before_days = 60\n\n[[material]]";
    ITEM.replacen("one_visit = true", "one_visit = true\njoint = true", 1)
        .replacen("name = \"样例许可证\"", "name = \"样例许可证\"\ncertificate_type = \"food-operation-licence\"", 1)
        .replacen("[[material]]", more, 1)
}

fn told_of_law(from: &str, to: &str) -> Vec<Violation> {
    let item = under_law();
    assert!(item.contains(from), "the item does not say {from}");
    checked(&[file(ITEM_FILE, &item.replacen(from, to, 1))])
}

#[test]
fn a_limited_joint_renewal_is_right_and_stays_what_it_is() {
    assert_eq!(checked(&[file(ITEM_FILE, &under_law())]), []);
    let item: crate::domain::Item = toml::from_str(&under_law()).unwrap();
    assert_eq!(item.renewal.as_ref().map(|r| r.apply_before_days), Some(60));
    let again: crate::domain::Item = serde_json::from_value(serde_json::to_value(&item).unwrap()).unwrap();
    assert_eq!(again, item);
    // What an item without the new keys was written as before, it is written as now.
    let plain: crate::domain::Item = toml::from_str(ITEM).unwrap();
    let written = serde_json::to_value(&plain).unwrap();
    for key in ["joint", "quantity_limit", "renewal"] {
        assert!(written.get(key).is_none(), "{key}");
    }
}

fn told_bundle(from: &str, to: &str) -> Vec<Violation> {
    assert!(BUNDLE.contains(from), "the bundle does not say {from}");
    checked(&[file(ITEM_FILE, ITEM), second(), file(BUNDLE_FILE, &BUNDLE.replacen(from, to, 1))])
}

fn codes(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.code).collect()
}

#[test]
fn the_sample_files_are_right() {
    assert_eq!(checked(&[file(ITEM_FILE, ITEM), second(), file(BUNDLE_FILE, BUNDLE)]), []);
}

#[test]
fn the_repository_has_no_error() {
    let folder = Folder::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")).unwrap();
    let checked = folder.check(&Vocabulary::guiyang());
    assert_eq!((checked.items.len(), checked.bundles.len()), (125, 17));
    let errors: Vec<String> =
        checked.violations.iter().filter(|v| v.severity == Severity::Error).map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{} errors:\n{}", errors.len(), errors.join("\n"));
}

#[test]
fn every_rule_over_an_item_is_found_with_its_key() {
    // change from, change to, key, code
    let cases: &[(&str, &str, &str, &str)] = &[
        ("summary = ", "sumary = ", "sumary", "unknown-key"),
        ("summary = \"样例。\"\n", "", "summary", "missing-key"),
        ("level = \"city\"", "level = \"moon\"", "level", "unknown-word"),
        ("audience = [\"enterprise\"]", "audience = [\"enterprise\", \"dog\"]", "audience[1]", "unknown-word"),
        ("channels = [\"web\", ", "channels = [\"web\", \"web\", ", "channels[1]", "duplicate-value"),
        ("online_depth = 4", "online_depth = 5", "online_depth", "out-of-range"),
        ("statutory_days = 20", "statutory_days = -1", "statutory_days", "out-of-range"),
        ("statutory_days = 20", "statutory_days = \"20\"", "statutory_days", "wrong-type"),
        ("one_visit = true", "one_visit = 1", "one_visit", "wrong-type"),
        ("summary = \"样例。\"", "summary = \"  \"", "summary", "empty"),
        ("key = \"site-plan\"", "key = \"Site_Plan\"", "material[1].key", "not-kebab-case"),
        ("key = \"kind\"", "key = \"kind-of\"", "field[1].key", "not-snake-case"),
        ("slug = \"sample-permit\"", "slug = \"sample-licence\"", "slug", "slug-not-file-name"),
        ("department = \"culture-tourism\"", "department = \"sports\"", "department", "department-not-folder"),
        ("department = \"culture-tourism\"", "department = \"magic\"", "department", "unknown-department"),
        ("themes = [\"culture-sports\"]", "themes = [\"culture-sports\", \"magic\"]", "themes[1]", "unknown-theme"),
        ("themes = [\"culture-sports\"]", "themes = [\"birth\"]", "themes", "theme-for-audience"),
        ("audience = [\"enterprise\"]", "audience = []", "audience", "empty"),
        ("aliases = [\"样例许可\", \"办样例证\"]", "aliases = [\"样例许可\"]", "aliases", "aliases-count"),
        ("aliases = [\"样例许可\"", "aliases = [\"样例经营许可\"", "aliases[0]", "alias-is-name"),
        ("windows = [\"综合受理\"]", "windows = [\"月亮\"]", "windows[0]", "unknown-window"),
        ("conditions = [\"有固定场所\"]", "conditions = []", "conditions", "empty"),
        ("promised_days = 10", "promised_days = 21", "promised_days", "promised-over-statutory"),
        (
            "promised_days = 10",
            "promised_days = 17\nstatutory_days_kind = \"calendar\"",
            "promised_days",
            "promised-over-statutory",
        ),
        ("case_kind = \"committed\"", "case_kind = \"instant\"", "promised_days", "instant-too-long"),
        ("promised_days = 10", "promised_days = 7", "promised_days", "steps-over-promise"),
        ("visits = 0", "visits = 1", "online_depth", "depth-and-visits"),
        ("channels = [\"web\", \"window\"]", "channels = [\"window\"]", "visits", "no-visit-and-not-online"),
        ("channels = [\"web\", \"window\"]", "channels = [\"window\"]", "online_depth", "depth-without-channel"),
        ("visits = 0", "visits = 2", "one_visit", "one-visit-broken"),
        ("fees = []", "fees = [{ name = \"费\", basis = \"某文\" }]", "fees[0]", "fee-amount"),
        ("fees = []", "fees = [{ name = \"费\", basis = \"某文\", amount_cents = 1 }]", "fees", "fee-without-payment"),
        ("kind = \"review\"", "kind = \"pay\"", "step[1].kind", "payment-without-fee"),
        ("delivery = [\"electronic\"]", "delivery = []", "result.delivery", "empty"),
        ("name = \"样例许可证\"\n", "", "result.name", "missing-key"),
        ("name = \"样例许可证\"", "name = \"样例牌\"", "result.name", "result-name"),
        (
            "name = \"样例许可证\"",
            "name = \"样例许可证\"\ncertificate_type = \"magic\"",
            "result.certificate_type",
            "unknown-certificate-type",
        ),
        ("kind = \"certificate\"", "kind = \"approval\"", "result.kind", "result-name"),
        ("law = \"《样例条例》\"", "law = \"《关于样例的通知》\"", "legal_basis", "basis-rank"),
        ("law = \"《样例条例》\"", "law = \"样例条例\"", "legal_basis[0].law", "law-title"),
        ("summary = \"样例。\"", "summary = \"由市文化旅游局办理。\"", "summary", "abbreviated-department"),
        ("name = \"场所平面图\"", "name = \"样例经营许可申请表\"", "material[1].name", "duplicate-material"),
        ("name = \"场所平面图\"", "name = \"其他材料\"", "material[1].name", "catch-all"),
        (
            "required = true\nbaseline = true\n\n",
            "required = true\nbaseline = true\ndeferrable = true\n\n",
            "material[0].deferrable",
            "not-deferrable",
        ),
        (
            "required = true\nbaseline = true\ndeferrable",
            "required = false\nbaseline = true\ndeferrable",
            "material[1].deferrable",
            "deferrable-optional",
        ),
        (
            "required = true\nbaseline = true\ndeferrable",
            "required = false\nbaseline = true\ndeferrable",
            "material[1].required",
            "reduced-without-note",
        ),
        (
            "name = \"场所平面图\"\norigin = \"applicant\"",
            "name = \"营业执照\"\norigin = \"government\"",
            "material[1].certificate_type",
            "certificate-not-reused",
        ),
        (
            "form = \"copy\"",
            "form = \"copy\"\ncertificate_type = \"magic\"",
            "material[1].certificate_type",
            "unknown-certificate-type",
        ),
        ("form = \"copy\"\ncopies = 1", "form = \"copy\"\ncopies = 0", "material[1].copies", "no-copies"),
        ("options = [\"甲\", \"乙\"]\n", "", "field[1].options", "options-missing"),
        ("max = 5000", "max = 5000\noptions = [\"甲\", \"乙\"]", "field[0].options", "options-without-choice"),
        ("max = 5000", "max_length = 5", "field[0].max_length", "bound-does-not-fit"),
        ("max = 5000", "max = 0", "field[0].min", "bounds-crossed"),
        ("pattern = \"^.{1,50}$\"", "pattern = \"(\"", "field[2].pattern", "bad-pattern"),
        (
            "prefill = \"certificate.business-licence.business_scope\"",
            "prefill = \"applicant.shoe_size\"",
            "field[2].prefill",
            "bad-prefill",
        ),
        (
            "certificate.business-licence.business_scope",
            "certificate.magic.business_scope",
            "field[2].prefill",
            "unknown-certificate-type",
        ),
        (
            "certificate.business-licence.business_scope",
            "certificate.business-licence.colour",
            "field[2].prefill",
            "unknown-certificate-field",
        ),
        ("key = \"kind\"", "key = \"size\"", "field[1].key", "duplicate-key"),
        ("when = \"form.size > 100\"", "when = \"form.size >\"", "material[1].when", "expr-syntax"),
        ("when = \"form.size > 100\"", "when = \"form.width > 100\"", "material[1].when", "expr-unknown-name"),
        ("when = \"form.size > 100\"", "when = \"form.size > '百'\"", "material[1].when", "expr-wrong-type"),
        ("when = \"form.size > 100\"", "when = \"form.kind == '丙'\"", "material[1].when", "expr-unknown-option"),
        ("when = \"form.size > 100\"", "when = \"rules_ok\"", "material[1].when", "expr-unknown-name"),
        (
            "certificates[\"business-licence\"].valid",
            "certificates[\"magic\"].valid",
            "rule[0].expr",
            "unknown-certificate-type",
        ),
        (
            "certificates[\"business-licence\"].valid",
            "certificates[\"business-licence\"].colour == \"红\"",
            "rule[0].expr",
            "unknown-certificate-field",
        ),
        ("department = \"fire-rescue\"", "department = \"magic\"", "step[2].department", "unknown-department"),
        ("special_kind = \"expert-review\"\n", "", "step[3].special_kind", "special-kind-missing"),
        ("special_kind = \"expert-review\"", "special_kind = \"publication\"", "step[3].stops_clock", "unlawful-stop"),
        ("special_kind = \"expert-review\"", "special_kind = \"site-visit\"", "step[3].stops_clock", "unlawful-stop"),
        ("special_kind = \"expert-review\"", "special_kind = \"other\"", "step[3].stops_clock", "unlawful-stop"),
        ("stops_clock = true\n", "", "promised_days", "steps-over-promise"),
        ("max_days = 30", "", "step[3].max_days", "max-days-missing"),
        ("days = 0\nstops_clock", "days = 2\nstops_clock", "step[3].days", "days-on-special"),
        ("days = 4", "days = 4\nstops_clock = true", "step[4].stops_clock", "only-for-special"),
        ("days = 4", "days = 4\nmax_days = 9", "step[4].max_days", "only-for-special"),
        ("kind = \"accept\"", "kind = \"review\"", "step", "process-without-accept"),
        ("kind = \"review\"", "kind = \"accept\"", "step[1].kind", "accept-twice"),
        (
            "key = \"accept\"\nname = \"受理\"\nkind = \"accept\"",
            "key = \"look\"\nname = \"看\"\nkind = \"review\"\nrole = \"reviewer\"\ndays = 0\n[[step]]\nkey = \"accept\"\nname = \"受理\"\nkind = \"accept\"",
            "step[0].kind",
            "accept-not-first",
        ),
        ("auto = \"materials_complete && rules_ok\"", "when = \"form.size > 1\"", "step[0].when", "accept-conditional"),
        ("days = 4", "days = 4\nwhen = \"form.size > 1\"", "step[4].when", "decide-conditional"),
        ("kind = \"issue\"", "kind = \"decide\"", "step[5].kind", "decide-twice"),
        (
            "key = \"expert\"\nname = \"专家评审\"\nkind = \"special\"",
            "key = \"early\"\nname = \"先制证\"\nkind = \"issue\"\nrole = \"window\"\ndays = 0\n[[step]]\nkey = \"expert\"\nname = \"专家评审\"\nkind = \"special\"",
            "step[3].kind",
            "produce-before-decide",
        ),
        ("days = 4", "days = 4\nparallel = \"joint\"", "step[4].parallel", "parallel-split"),
        (
            "role = \"certificate-clerk\"\n",
            "role = \"certificate-clerk\"\nparallel = \"other\"\n",
            "step[5].parallel",
            "parallel-kind",
        ),
        ("days = 2\nparallel = \"joint\"", "days = 2", "step[1].parallel", "parallel-alone"),
        ("key = \"opinion\"", "key = \"review\"", "step[2].key", "duplicate-key"),
        (
            "kind = \"review\"\nrole = \"reviewer\"\ndays = 3",
            "kind = \"deliver\"\nrole = \"reviewer\"\ndays = 3",
            "step[1].kind",
            "produce-before-decide",
        ),
        ("[[faq]]\nquestion = \"多久办好？\"\nanswer = \"十个工作日内。\"\n", "", "faq", "no-faq"),
        ("kind = \"deliver\"", "kind = \"issue\"", "step", "missing-links"),
        ("one_visit = true", "one_visit = true\njoint = 1", "joint", "wrong-type"),
        ("department = \"fire-rescue\"\n", "", "joint", "joint-alone"),
        ("statutory_days = 20", "statutory_days = 46", "statutory_days", "joint-too-long"),
        ("number = 20", "number = 0", "quantity_limit.number", "out-of-range"),
        ("number = 20\n", "", "quantity_limit.number", "missing-key"),
        ("period = \"year\"", "period = \"month\"", "quantity_limit.period", "unknown-word"),
        ("period = \"year\"", "period = \"year\"\nunit = \"家\"", "quantity_limit.unit", "unknown-key"),
        ("basis = \"《样例条例》第九条\"", "basis = \"上级要求\"", "quantity_limit.basis", "limit-basis"),
        ("type = \"licensing\"", "type = \"confirmation\"", "quantity_limit", "limit-not-licensing"),
        ("type = \"licensing\"", "type = \"confirmation\"", "renewal", "renewal-not-licensing"),
        ("apply_before_days = 60", "apply_before_days = 400", "renewal.apply_before_days", "out-of-range"),
        (
            "[renewal]\ncertificate_type = \"food-operation-licence\"",
            "[renewal]\ncertificate_type = \"magic\"",
            "renewal.certificate_type",
            "unknown-certificate-type",
        ),
        (
            "[renewal]\ncertificate_type = \"food-operation-licence\"",
            "[renewal]\ncertificate_type = \"business-licence\"",
            "renewal.certificate_type",
            "renewal-other-type",
        ),
    ];
    for (from, to, key, code) in cases {
        let law =
            ["joint", "quantity_limit", "renewal"].iter().any(|k| key.starts_with(k)) || *code == "joint-too-long";
        let found =
            if law && *key != "joint" || *code == "joint-alone" { told_of_law(from, to) } else { told(from, to) };
        let hit = found.iter().find(|violation| violation.key == *key && violation.code == *code);
        assert!(hit.is_some(), "{to:?} should break {code} at {key}, found {found:#?}");
    }
}

#[test]
fn a_violation_has_the_line_of_its_key() {
    let line_of = |text: &str, mark: &str| 1 + text.lines().position(|line| line.contains(mark)).unwrap();
    let found = told("days = 4", "days = 400");
    assert_eq!(codes(&found), ["steps-over-promise"]);
    assert_eq!(found[0].line, line_of(ITEM, "promised_days"));
    let found = told("max_days = 30", "max_day = 30");
    assert_eq!(codes(&found), ["max-days-missing", "unknown-key"]);
    assert_eq!(found[1].line, line_of(ITEM, "max_days"));
    assert!(found[1].message.contains("max_days"), "a near key is proposed: {}", found[1].message);
    let step = line_of(ITEM, "key = \"expert\"") - 1;
    assert_eq!((found[0].line, found[0].file.as_str()), (step, ITEM_FILE), "a missing key has the line of its table");
}

#[test]
fn all_violations_are_found_in_one_run() {
    let text = ITEM
        .replace("level = \"city\"", "level = \"moon\"")
        .replace("summary = ", "sumary = ")
        .replace("certificates[\"business-licence\"]", "certificates[\"magic\"]")
        .replace("special_kind = \"expert-review\"", "special_kind = \"publication\"")
        .replace("department = \"fire-rescue\"", "department = \"magic\"")
        .replace("form.size > 100", "form.size >");
    let found = checked(&[file(ITEM_FILE, &text), file(BUNDLE_FILE, "slug = 3")]);
    for code in [
        "unknown-word",
        "unknown-key",
        "missing-key",
        "unknown-certificate-type",
        "unlawful-stop",
        "unknown-department",
        "expr-syntax",
        "wrong-type",
    ] {
        assert!(codes(&found).contains(&code), "{code} is not among {:?}", codes(&found));
    }
    assert!(found.is_sorted_by_key(|violation| (violation.file.clone(), violation.line)));
}

#[test]
fn what_hangs_on_a_wrong_value_is_not_told_twice() {
    assert_eq!(codes(&told("statutory_days = 20", "statutory_days = \"x\"")), ["wrong-type"]);
    assert_eq!(codes(&told("type = \"integer\"", "type = \"whole\"")), ["unknown-word"]);
    assert_eq!(codes(&told("kind = \"decide\"", "kind = \"decline\"")), ["unknown-word"]);
    assert_eq!(codes(&told("key = \"size\"\n", "key = \"Size\"\n")), ["not-snake-case"]);
    assert_eq!(codes(&told("themes = [\"culture-sports\"]", "themes = [3]")), ["wrong-type"]);
    assert_eq!(codes(&told("kind = \"certificate\"\n", "")), ["missing-key"]);
}

#[test]
fn what_is_no_catalogue_file_is_told() {
    let one = |text: &[u8]| {
        let found = checked(&[CatalogueFile { path: ITEM_FILE.to_owned(), bytes: text.to_vec() }]);
        found.into_iter().map(|violation| (violation.code, violation.line)).collect::<Vec<_>>()
    };
    assert_eq!(one(b"slug = \"a\"\nname = \xff"), [("not-utf8", 2)]);
    assert_eq!(one(&vec![b'#'; crate::domain::MAX_FILE_BYTES + 1]), [("file-too-large", 1)]);
    assert_eq!(one(b"slug = \"a\"\nslug = \"b\"\n")[0], ("syntax", 2), "a key twice");
    assert_eq!(one(b"slug = [[[[\n")[0].0, "syntax");
    assert_eq!(one(&[b'['; 100_000])[0].0, "syntax", "deep nesting is refused, not followed");
    assert_eq!(one(format!("a = {}1{}", "[".repeat(5_000), "]".repeat(5_000)).as_bytes())[0].0, "syntax");
    assert!(one(b"").iter().all(|(code, line)| *code == "missing-key" && *line == 1));
    assert_eq!(one(b"").len(), 24, "every required key is told");
}

#[test]
fn syntax_errors_hide_nothing_else_in_other_files() {
    let found = checked(&[file(ITEM_FILE, "slug = \n"), second(), file(BUNDLE_FILE, BUNDLE)]);
    assert_eq!(codes(&found), ["syntax"], "the bundle is not blamed for an item that could not be read: {found:#?}");
}

#[test]
fn a_flood_of_violations_is_cut_and_counted() {
    let text = format!("{}{ITEM}", (0..2_000).map(|n| format!("zz{n} = 1\n")).collect::<String>());
    let found = checked(&[file(ITEM_FILE, &text)]);
    assert_eq!(found.len(), 201);
    assert!(found.iter().any(|violation| violation.code == "too-many" && violation.message.contains("1800")));
}

#[test]
fn deep_and_costly_expressions_are_refused() {
    let deep = format!("when = '{}form.size > 1{}'", "(".repeat(400), ")".repeat(400));
    let found = told("when = \"form.size > 100\"", &deep);
    assert_eq!(codes(&found), ["expr-too-large"], "{found:#?}");
    let long = format!("when = '{}'", "form.size > 1 && ".repeat(110) + "true");
    assert_eq!(codes(&told("when = \"form.size > 100\"", &long)), ["expr-too-large"]);
}

#[test]
fn two_items_cannot_share_slug_or_name() {
    let twin = file("catalogue/culture-tourism/z/sample-permit.toml", ITEM);
    let found = checked(&[file(ITEM_FILE, ITEM), twin]);
    assert!(codes(&found).contains(&"duplicate-slug") && codes(&found).contains(&"duplicate-name"), "{found:#?}");
}

#[test]
fn every_rule_over_a_bundle_is_found_with_its_key() {
    let cases: &[(&str, &str, &str, &str)] = &[
        ("slug = \"sample-event\"", "slug = \"event\"", "slug", "slug-not-file-name"),
        ("themes = [\"start-up\"]", "themes = [\"magic\"]", "themes[0]", "unknown-theme"),
        ("themes = [\"start-up\"]", "themes = [\"birth\"]", "themes", "theme-for-audience"),
        (
            "items = [\"sample-permit\", \"sample-second\"]",
            "items = [\"sample-permit\", \"nothing\"]",
            "items[1]",
            "unknown-item",
        ),
        ("items = [\"sample-permit\", \"sample-second\"]", "items = [\"sample-permit\"]", "items", "too-few-items"),
        (
            "items = [\"sample-permit\", \"sample-second\"]",
            "items = [\"sample-permit\"]",
            "stage[1].items[0]",
            "not-in-bundle",
        ),
        ("audience = [\"enterprise\"]", "audience = [\"person\"]", "items[0]", "item-for-others"),
        ("[[stage]]\nitems = [\"sample-second\"]\n", "", "items[1]", "not-in-stage"),
        (
            "[[stage]]\nitems = [\"sample-second\"]",
            "[[stage]]\nitems = [\"sample-second\", \"sample-permit\"]",
            "stage[1].items[1]",
            "stage-twice",
        ),
        ("[[stage]]\nitems = [\"sample-second\"]", "[[stage]]\nitems = []", "stage[1].items", "empty"),
        ("needs = [\"sample-second\"]", "needs = [\"nothing\"]", "question[0].needs[0]", "not-in-bundle"),
        ("needs = [\"sample-second\"]", "needs = []", "question[0].needs", "empty"),
        (
            "[[shared]]",
            "[[question]]\nkey = \"big\"\ntext = \"？\"\nneeds = [\"sample-second\"]\n[[shared]]",
            "question[1].key",
            "duplicate-key",
        ),
        ("\"sample-second.size\"]", "\"sample-second.width\"]", "shared[0].in[1]", "unknown-field"),
        ("\"sample-second.size\"]", "\"sample-second.kind\"]", "shared[0].in[1]", "shared-types"),
        ("\"sample-second.size\"]", "\"size\"]", "shared[0].in[1]", "bad-reference"),
        ("\"sample-second.size\"]", "\"nothing.size\"]", "shared[0].in[1]", "not-in-bundle"),
        (", \"sample-second.size\"]", "]", "shared[0].in", "shared-alone"),
        (
            "[[shared]]",
            "[[shared]]\nfield = \"size\"\nin = [\"sample-permit.size\", \"sample-second.size\"]\n[[shared]]",
            "shared[1].in[0]",
            "shared-twice",
        ),
        (
            "[[shared]]",
            "[[shared]]\nfield = \"size\"\nin = [\"sample-permit.size\", \"sample-second.size\"]\n[[shared]]",
            "shared[1].field",
            "duplicate-key",
        ),
        ("text = \"是否较大？\"\n", "", "question[0].text", "missing-key"),
    ];
    for (from, to, key, code) in cases {
        let found = told_bundle(from, to);
        let hit = found.iter().any(|violation| violation.key == *key && violation.code == *code);
        assert!(hit, "{to:?} should break {code} at {key}, found {found:#?}");
    }
}

#[test]
fn a_violation_reads_as_one_line() {
    let found = told("level = \"city\"", "level = \"moon\"");
    let line = found[0].to_string();
    assert!(line.starts_with("catalogue/culture-tourism/sample-permit.toml:6: 错误[unknown-word] level："), "{line}");
}
