use std::sync::LazyLock;

use kernel::SubjectKind;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::domain::samples::{certificate, facts, item, no_answers, repository_items};

fn procedure(parts: &str) -> Procedure {
    Procedure::compile(item(parts), 1).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn field(key: &str, kind: &str, rest: &str) -> String {
    format!("[[field]]\nkey = \"{key}\"\nlabel = \"标签{key}\"\ntype = \"{kind}\"\n{rest}\n")
}

/// Assesses one required field of `kind` with one answer; the normalised answer or the code of the fault.
fn answer(kind: &str, rest: &str, value: Value) -> Result<Value, String> {
    let procedure = procedure(&field("x", kind, &format!("required = true\n{rest}")));
    let assessment = procedure.assess(&facts(json!({ "x": value })));
    match assessment.faults.first() {
        None => Ok(assessment.form["x"].clone()),
        Some(fault) => {
            assert_eq!(fault.pointer, "/form/x");
            assert!(!fault.detail.is_empty());
            Err(fault.code.clone())
        }
    }
}

#[test]
fn answers_are_normalised_by_type() {
    let options = "options = [\"甲\", \"乙\", \"丙\"]";
    for (kind, rest, given, kept) in [
        ("text", "", json!("  样例\u{200b}路 "), json!("样例路")),
        ("longtext", "", json!("一\r\n二"), json!("一\n二")),
        ("integer", "", json!("１５"), json!(15)),
        ("integer", "", json!(15.0), json!(15)),
        ("integer", "", json!("1,500"), json!(1500)),
        ("decimal", "", json!(15), json!(15.0)),
        ("decimal", "", json!("15.50"), json!(15.5)),
        ("decimal", "min = -1", json!(-0.0), json!(0.0)),
        ("money", "", json!("1200"), json!(1200)),
        ("date", "", json!("2026年3月2日"), json!("2026-03-02")),
        ("date", "", json!("2026/03/02"), json!("2026-03-02")),
        ("date", "", json!("20260302"), json!("2026-03-02")),
        ("date", "", json!("２０２６－３－２"), json!("2026-03-02")),
        ("choice", options, json!(" 乙 "), json!("乙")),
        ("choices", options, json!(["丙", "甲", "丙", ""]), json!(["甲", "丙"])),
        ("choices", options, json!("甲"), json!(["甲"])),
        ("bool", "", json!("是"), json!(true)),
        ("bool", "", json!("false"), json!(false)),
        ("phone", "", json!(" +86 138-0000-0000 "), json!("13800000000")),
        ("phone", "", json!("０８５１－81234567"), json!("0851-81234567")),
        ("id-number", "", json!("11010519491231002x"), json!("11010519491231002X")),
        ("uscc", "", json!("９１３５０１００Ｍ０００１００Ｙ４３"), json!("91350100M000100Y43")),
        ("region", "", json!("520102"), json!("520102")),
        ("region", "", json!("四川省成都市"), json!("四川省成都市")),
        ("email", "", json!("a＠example.com"), json!("a@example.com")),
        ("person-name", "", json!("阿依古丽•买买提"), json!("阿依古丽·买买提")),
        ("text", "pattern = \"^贵[A-Z][A-Z0-9]{5}$\"", json!("贵ａ 12b45"), json!("贵A12B45")),
    ] {
        assert_eq!(answer(kind, rest, given.clone()), Ok(kept.clone()), "{kind} {given}");
        assert_eq!(
            answer(kind, rest, kept.clone()),
            Ok(kept.clone()),
            "what is kept reads back as itself: {kind} {kept}"
        );
    }
}

#[test]
fn wrong_answers_are_faults_that_say_what_would_be_right() {
    let options = "options = [\"甲\", \"乙\"]";
    for (kind, rest, given, code) in [
        ("text", "", json!("  "), "required"),
        ("text", "", json!(null), "required"),
        ("text", "", json!(7), "type"),
        ("text", "", json!({"a": [1]}), "type"),
        ("text", "", json!("a\u{7}b"), "characters"),
        ("text", "", json!("一\n二"), "characters"),
        ("text", "max_length = 2", json!("一二三"), "too-long"),
        ("text", "min_length = 3", json!("一二"), "too-short"),
        ("text", "", json!("一".repeat(201)), "too-long"),
        ("text", "pattern = \"^[0-9]{3}$\"", json!("12"), "pattern"),
        ("integer", "", json!(1.5), "type"),
        ("integer", "", json!("十"), "type"),
        ("integer", "", json!("1e3"), "type"),
        ("integer", "", json!("NaN"), "type"),
        ("integer", "", json!(1e300), "too-large"),
        ("integer", "min = 1", json!(0), "too-small"),
        ("decimal", "max = 2.5", json!(2.6), "too-large"),
        ("decimal", "", json!([1]), "type"),
        ("money", "", json!(-1), "too-small"),
        ("money", "", json!(1.5), "type"),
        ("date", "", json!("2026-02-30"), "type"),
        ("date", "", json!("明天"), "type"),
        ("date", "", json!("0026-02-03"), "out-of-range"),
        ("date", "", json!("汉字八个字节"), "type"),
        ("date", "", json!("2026-0３-02-01"), "type"),
        ("choice", options, json!("丙"), "option"),
        ("choice", options, json!(["甲"]), "type"),
        ("choices", options, json!([]), "required"),
        ("choices", options, json!(["甲", "丁"]), "option"),
        ("choices", options, json!([1]), "type"),
        ("bool", "", json!("也许"), "type"),
        ("bool", "", json!(1), "type"),
        ("phone", "", json!("12345"), "phone"),
        ("email", "", json!("not-an-address"), "email"),
        ("id-number", "", json!("110105194912310021"), "id-number"),
        ("id-number", "", json!("1234"), "id-number"),
        ("uscc", "", json!("915201000000000000"), "uscc"),
        ("region", "", json!("5201"), "region"),
        ("person-name", "", json!("！！"), "person-name"),
    ] {
        assert_eq!(answer(kind, rest, given.clone()), Err(code.to_owned()), "{kind} {given}");
    }
}

#[test]
fn answers_to_questions_nobody_asked_are_faults() {
    let procedure = procedure(&field("x", "text", "required = false"));
    let mut facts = facts(json!({"x": "一", "a/b~c": 1}));
    facts.materials.insert("m".to_owned(), Provided::File);
    let assessment = procedure.assess(&facts);
    let found: Vec<_> = assessment.faults.iter().map(|f| (f.pointer.as_str(), f.code.as_str())).collect();
    assert_eq!(found, [("/form/a~1b~0c", "unknown"), ("/materials/m", "unknown")]);
    assert!(!assessment.can_submit());
}

#[test]
fn questions_appear_as_their_conditions_come_true() {
    let procedure = procedure(
        &[
            field("by_agent", "bool", "required = true"),
            field("agent", "person-name", "required = true\nwhen = \"form.by_agent\""),
            field("kind", "choice", "required = true\nwhen = \"form.by_agent\"\noptions = [\"甲\", \"乙\"]"),
            field("deep", "integer", "required = true\nwhen = \"form.kind == '乙'\""),
            "[[rule]]\nexpr = \"form.deep > 3\"\nmessage = \"太少\"".to_owned(),
        ]
        .join("\n"),
    );
    let visible = |form: Value| {
        let assessment = procedure.assess(&facts(form));
        let keys: Vec<_> = assessment.fields.iter().filter(|view| view.visible).map(|v| v.key.clone()).collect();
        (keys.join(" "), assessment)
    };
    let (keys, assessment) = visible(json!({}));
    assert_eq!(keys, "by_agent");
    assert_eq!(assessment.form, *json!({"by_agent": false}).as_object().unwrap(), "a box left empty means no");
    assert_eq!(assessment.rules[0].outcome, Outcome::Holds, "a rule about hidden questions does not apply");
    assert!(assessment.can_submit() && assessment.rules_ok && assessment.materials_complete);

    let (keys, assessment) = visible(json!({"by_agent": true, "deep": 9}));
    assert_eq!(keys, "by_agent agent kind");
    assert_eq!(assessment.faults.iter().map(|f| f.pointer.as_str()).collect::<Vec<_>>(), ["/form/agent", "/form/kind"]);
    assert!(!assessment.form.contains_key("deep"), "not asked for now");
    assert_eq!(assessment.rules[0].outcome, Outcome::Undecided("请先正确填写“标签deep”".to_owned()));

    let (keys, assessment) = visible(json!({"by_agent": true, "agent": "李样", "kind": "乙", "deep": 2}));
    assert_eq!(keys, "by_agent agent kind deep");
    assert_eq!(assessment.rules[0].outcome, Outcome::Fails);
    assert!(assessment.faults.is_empty() && !assessment.can_submit() && !assessment.rules_ok);

    let (_, assessment) = visible(json!({"by_agent": false, "agent": 7, "kind": ["?"], "deep": "?"}));
    assert!(assessment.faults.is_empty(), "what is hidden is dropped, not judged");
    assert_eq!(assessment.form.len(), 1);
}

#[test]
fn rules_wait_for_required_answers_but_not_for_optional_ones() {
    let procedure = procedure(
        &[
            field("a", "text", "required = true"),
            field("b", "text", "required = false"),
            field("n", "integer", "required = false"),
            "[[rule]]\nexpr = \"form.a != form.b\"\nmessage = \"相同\"".to_owned(),
            "[[rule]]\nexpr = \"form.b == ''\"\nmessage = \"不为空\"".to_owned(),
            "[[rule]]\nexpr = \"form.n > 3 || form.b == ''\"\nmessage = \"太少\"".to_owned(),
            "[[rule]]\nexpr = \"!has(form.n) || form.n > 3\"\nmessage = \"太少\"".to_owned(),
            "[[rule]]\nexpr = \"form.n > 3\"\nmessage = \"太少\"".to_owned(),
            "[[rule]]\nexpr = \"certificates['passport'].expires_on > today\"\nmessage = \"过期\"".to_owned(),
            "[[rule]]\nexpr = \"1 / form.n > 0\"\nmessage = \"除\"".to_owned(),
        ]
        .join("\n"),
    );
    let outcomes =
        |form: Value| procedure.assess(&facts(form)).rules.into_iter().map(|r| r.outcome).collect::<Vec<_>>();
    let undecided = |text: &str| Outcome::Undecided(text.to_owned());
    assert_eq!(
        outcomes(json!({})),
        [
            undecided("请先正确填写“标签a”"),
            Outcome::Holds,
            Outcome::Holds,
            Outcome::Holds,
            undecided("请先正确填写“标签n”"),
            undecided("没有查到电子证照，由工作人员核对"),
            undecided("请先正确填写“标签n”"),
        ]
    );
    assert_eq!(
        outcomes(json!({"a": "一", "b": "一", "n": 0})),
        [
            Outcome::Fails,
            Outcome::Fails,
            Outcome::Fails,
            Outcome::Fails,
            Outcome::Fails,
            undecided("没有查到电子证照，由工作人员核对"),
            undecided("暂时无法自动判断，由工作人员核对"),
        ]
    );
}

const MATERIALS: &str = r#"
[[field]]
key = "by_agent"
label = "由他人代办"
type = "bool"
required = false
[[field]]
key = "area"
label = "面积"
type = "decimal"
required = false
[[material]]
key = "id-card"
name = "居民身份证"
origin = "government"
form = "original"
copies = 1
required = true
baseline = true
certificate_type = "resident-id"
[[material]]
key = "proxy"
name = "授权委托书"
origin = "applicant"
form = "original"
copies = 1
required = true
baseline = true
deferrable = true
when = "form.by_agent"
[[material]]
key = "survey"
name = "测绘报告"
origin = "third-party"
form = "original"
copies = 1
required = true
baseline = true
when = "form.area > 100.0"
[[material]]
key = "photo"
name = "照片"
origin = "applicant"
form = "electronic"
copies = 1
required = false
baseline = true
[[rule]]
expr = "materials['id-card'].provided && !materials['photo'].provided"
message = "不行"
"#;

#[test]
fn materials_are_asked_for_by_case_and_replaced_by_certificates() {
    let procedure = procedure(MATERIALS);
    let assessment = procedure.assess(&facts(json!({})));
    let view =
        |a: &Assessment, at: usize| (a.materials[at].asked, a.materials[at].missing, a.materials[at].why.clone());
    assert_eq!(view(&assessment, 0), (true, true, "办理本事项必须提交".to_owned()));
    assert_eq!(view(&assessment, 1), (false, false, "根据“由他人代办”，不需要提交".to_owned()));
    assert_eq!(view(&assessment, 2), (false, false, "“面积”确定后，再看是否需要提交".to_owned()));
    assert_eq!(view(&assessment, 3), (false, false, "不要求提交，可以自愿提供".to_owned()));
    assert!(!assessment.materials_complete && !assessment.rules_ok && !assessment.can_submit());

    let mut held = facts(json!({"by_agent": true, "area": 200}));
    held.certificates = vec![certificate("resident-id", true)];
    held.materials.insert("survey".to_owned(), Provided::Paper);
    let assessment = procedure.assess(&held);
    assert_eq!(assessment.materials[0].provided, Some(Provided::Certificate("id-resident-id".to_owned())));
    assert_eq!(assessment.materials[0].replaced_by.as_ref().unwrap().id, "id-resident-id");
    assert_eq!(view(&assessment, 0), (true, false, "已有有效的电子证照，无需提交".to_owned()));
    assert_eq!(view(&assessment, 1), (true, true, "根据“由他人代办”，需要提交".to_owned()));
    assert_eq!(view(&assessment, 2), (true, false, "根据“面积”，需要提交".to_owned()));
    assert!(assessment.rules_ok && !assessment.materials_complete && !assessment.can_submit());

    held.materials.insert("proxy".to_owned(), Provided::Deferred);
    let assessment = procedure.assess(&held);
    assert!(!assessment.materials[1].missing && !assessment.materials_complete && assessment.can_submit());

    held.materials.insert("proxy".to_owned(), Provided::File);
    let assessment = procedure.assess(&held);
    assert!(assessment.materials_complete && assessment.can_submit());
}

#[test]
fn certificates_that_do_not_fit_replace_nothing() {
    let procedure = procedure(MATERIALS);
    let mut facts = facts(json!({}));
    facts.materials.insert("id-card".to_owned(), Provided::Certificate("id-passport".to_owned()));
    for held in [vec![], vec![certificate("passport", true)], vec![certificate("resident-id", false)]] {
        facts.certificates = held;
        let assessment = procedure.assess(&facts);
        assert_eq!(assessment.faults[0].code, "certificate-unusable");
        assert_eq!(assessment.faults[0].pointer, "/materials/id-card");
        assert!(assessment.materials[0].missing && assessment.materials[0].provided.is_none());
    }
    facts.certificates = vec![certificate("resident-id", true)];
    let assessment = procedure.assess(&facts);
    assert_eq!(assessment.materials[0].provided, Some(Provided::Certificate("id-resident-id".to_owned())));
    assert!(assessment.faults.is_empty(), "another valid one stands in");
}

#[test]
fn only_deferrable_materials_may_follow_later() {
    let procedure = procedure(MATERIALS);
    let mut facts = no_answers();
    facts.materials.insert("id-card".to_owned(), Provided::Deferred);
    let assessment = procedure.assess(&facts);
    assert_eq!(assessment.faults[0].code, "not-deferrable");
    assert!(assessment.materials[0].missing);
    facts.certificates = vec![certificate("resident-id", true)];
    assert!(procedure.assess(&facts).can_submit(), "nothing needs to follow when a certificate is there");
}

#[test]
fn known_answers_are_offered_with_their_origin() {
    let parts = [
        field("phone", "phone", "required = true\nprefill = \"applicant.phone\""),
        field("uscc", "uscc", "required = true\nprefill = \"applicant.uscc\""),
        field("site", "address", "required = true\nprefill = \"certificate.business-licence.address\""),
        field("until", "date", "required = true\nprefill = \"certificate.business-licence.expires_on\""),
        field("bad", "integer", "required = true\nprefill = \"certificate.business-licence.address\""),
        field("hidden", "phone", "required = true\nprefill = \"applicant.phone\"\nwhen = \"form.phone == 'x'\""),
    ];
    let licence = "[[material]]\nkey = \"licence\"\nname = \"营业执照\"\norigin = \"government\"\nform = \"copy\"\ncopies = 1\n\
                   required = true\nbaseline = true\ncertificate_type = \"business-licence\"\n";
    let procedure = procedure(&format!("{}\n{licence}", parts.join("\n")));
    let mut facts = facts(json!({"phone": "13800000000"}));
    let prefills = |facts: &Facts| -> Vec<Option<(Value, String)>> {
        let views = procedure.assess(facts).fields.into_iter();
        views.map(|view| view.prefill.map(|prefill| (prefill.value, prefill.origin))).collect()
    };
    let phone = Some((json!("13800000000"), "来自账户信息".to_owned()));
    assert_eq!(prefills(&facts), [phone.clone(), None, None, None, None, None]);
    let mut held = certificate("business-licence", true);
    held.data.insert("address".to_owned(), " 样例大道2号 ".to_owned());
    facts.certificates = vec![held];
    let from = |value: Value| Some((value, "来自“营业执照”".to_owned()));
    assert_eq!(prefills(&facts), [phone, None, from(json!("样例大道2号")), from(json!("2030-01-04")), None, None]);
    facts.certificates[0].valid = false;
    assert_eq!(prefills(&facts)[2], None, "an invalid certificate fills nothing");

    let parts = field("site", "address", "required = true\nprefill = \"certificate.passport.site\"")
        + &field("name", "person-name", "required = true\nprefill = \"applicant.name\"");
    let procedure = self::procedure(&parts);
    let mut held = certificate("passport", true);
    held.data.insert("site".to_owned(), "样例".to_owned());
    facts.certificates = vec![held];
    let origin = |procedure: &Procedure, facts: &Facts, at: usize| {
        procedure.assess(facts).fields.remove(at).prefill.map(|prefill| prefill.origin)
    };
    assert_eq!(origin(&procedure, &facts, 0).unwrap(), "来自电子证照");
    assert_eq!(origin(&procedure, &facts, 1).unwrap(), "来自账户信息");
    let named = procedure.with_certificate_names([("passport".to_owned(), "普通护照".to_owned())]);
    assert_eq!(origin(&named, &facts, 0).unwrap(), "来自“普通护照”");
    facts.applicant.kind = SubjectKind::Enterprise;
    assert_eq!(origin(&named, &facts, 1), None, "an enterprise's name is nobody's own");
}

/// Any JSON.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        proptest::sample::select(vec![
            "是",
            "甲",
            "乙",
            "2026-03-02",
            "20260302",
            "１２",
            "13800000000",
            "1e308",
            "-0"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec(("[a-z]{1,3}", inner), 0..3).prop_map(|pairs| pairs.into_iter().collect()),
        ]
    })
}

static EVERYTHING: LazyLock<Procedure> = LazyLock::new(everything);

/// One field of every type, every second of them hidden unless `show` is true, with rules and materials over them.
fn everything() -> Procedure {
    let kinds = [
        "text",
        "longtext",
        "integer",
        "decimal",
        "money",
        "date",
        "choice",
        "choices",
        "bool",
        "phone",
        "email",
        "id-number",
        "uscc",
        "address",
        "region",
        "person-name",
    ];
    let mut parts = field("show", "bool", "required = true");
    for (at, kind) in kinds.iter().enumerate() {
        let when = if at % 2 == 0 { "when = \"form.show\"\n" } else { "" };
        parts += &field(
            &format!("f{at}"),
            kind,
            &format!("required = true\n{when}options = [\"甲\", \"乙\"]\nmin = -5\nmax = 1e9"),
        );
    }
    for rule in [
        "form.f2 > 3 && form.f3 < 2.0",
        "form.f5 <= today + duration('9d')",
        "size(form.f7) > 0 || form.f8",
        "form.f6 == '甲' || form.f0 != form.f1",
        "form.f7.all(x, x == '甲')",
        "has(form.f4) && form.f4 / form.f2 > 1",
        "certificates['passport'].expires_on > form.f5",
        "materials['m'].provided",
    ] {
        parts += &format!("[[rule]]\nexpr = \"{rule}\"\nmessage = \"不行\"\n");
    }
    parts += "[[material]]\nkey = \"m\"\nname = \"材料\"\norigin = \"applicant\"\nform = \"copy\"\ncopies = 1\nrequired = true\n\
              baseline = true\nwhen = \"form.f2 > form.f3\"\n";
    procedure(&parts)
}

proptest! {
    #[test]
    fn whatever_comes_in_is_answered_and_stays_as_it_was_normalised(
        answers in proptest::collection::vec((0_usize..17, json_value()), 0..17),
    ) {
        let procedure = &*EVERYTHING;
        let keys = procedure.item.fields.iter().map(|field| field.key.clone()).collect::<Vec<_>>();
        let form = answers.into_iter().map(|(at, value)| (keys[at].clone(), value)).collect::<Map<_, _>>();
        let first = procedure.assess(&facts(Value::Object(form)));
        let again = procedure.assess(&facts(Value::Object(first.form.clone())));
        prop_assert_eq!(&first.form, &again.form);
        prop_assert_eq!(&first.faults, &again.faults);
        prop_assert_eq!(&first.rules, &again.rules);
        let known = |fault: &Fault| keys.iter().any(|key| fault.pointer == format!("/form/{key}"));
        prop_assert!(first.faults.iter().all(known));
        for step in 0..3 {
            let _ = (procedure.step_applies(step, &no_answers()), procedure.step_auto(step, &no_answers()));
        }
    }

    #[test]
    fn hidden_questions_never_block(
        answers in proptest::collection::vec((0_usize..17, json_value()), 0..17),
        mut form in Just(json!({})),
    ) {
        let procedure = &*EVERYTHING;
        for (at, value) in answers {
            form[procedure.item.fields[at].key.as_str()] = value;
        }
        form["show"] = json!(false);
        let assessment = procedure.assess(&facts(form));
        for (view, field) in assessment.fields.iter().zip(&procedure.item.fields) {
            let hidden = field.when.is_some();
            prop_assert_eq!(view.visible, !hidden);
            if hidden {
                let pointer = format!("/form/{}", view.key);
                prop_assert!(!view.required && view.prefill.is_none());
                prop_assert!(!assessment.form.contains_key(&view.key));
                prop_assert!(assessment.faults.iter().all(|fault| fault.pointer != pointer));
            }
        }
    }
}

#[test]
fn every_item_of_the_repository_answers_an_empty_form_and_one_full_of_rubbish() {
    for item in repository_items() {
        let procedure = Procedure::compile(item, 1).unwrap();
        let slug = &procedure.item.slug;
        for kind in [SubjectKind::Person, SubjectKind::Enterprise] {
            let mut empty = no_answers();
            empty.applicant.kind = kind;
            let assessment = procedure.assess(&empty);
            assert_eq!(assessment.fields.len(), procedure.item.fields.len(), "{slug}");
            for rule in &assessment.rules {
                let unexplained = matches!(&rule.outcome, Outcome::Undecided(why) if why.contains("无法自动判断"));
                assert!(!unexplained, "{slug}: {} has no verdict on an empty form and nobody can say why", rule.expr);
            }
            let mut rubbish = empty.clone();
            for field in &procedure.item.fields {
                rubbish.form.insert(field.key.clone(), json!({"?": [null]}));
            }
            assert!(!procedure.assess(&rubbish).can_submit() || procedure.item.fields.is_empty(), "{slug}");
        }
    }
}
