use super::*;
use crate::domain::samples::{facts, item, no_answers, repository_items};
use serde_json::json;

const STEP: &str = "[[step]]\nkey = \"k1\"\nname = \"环节\"\nkind = \"review\"\nrole = \"reviewer\"\ndays = 1\n";

fn codes(parts: &str) -> Vec<(String, &'static str)> {
    let faults = Procedure::compile(item(parts), 1).map(|_| ()).expect_err(parts);
    assert!(faults.iter().all(|fault| !fault.message.is_empty()));
    faults.into_iter().map(|fault| (fault.place.to_string(), fault.code)).collect()
}

fn field(key: &str, rest: &str) -> String {
    format!("[[field]]\nkey = \"{key}\"\nlabel = \"标签{key}\"\nrequired = false\n{rest}\n")
}

#[test]
fn every_item_of_the_repository_compiles() {
    let mut faults = Vec::new();
    for item in repository_items() {
        let slug = item.slug.clone();
        match Procedure::compile(item, 1) {
            Ok(procedure) => assert!(procedure.expressions().count() <= 60, "{slug}"),
            Err(found) => faults.extend(found.into_iter().map(|fault| format!("{slug}: {fault}"))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_kind_of_fault_is_found_at_its_place() {
    let faults = codes(
        &[
            field("a", "type = \"text\"\nwhen = \"form.nobody == ''\""),
            field("b", "type = \"text\"\npattern = \"(\""),
            field("c", "type = \"text\"\nprefill = \"applicant.salary\""),
            field("d", "type = \"choice\"\noptions = [\"甲\", \"乙\"]\nwhen = \"rules_ok\""),
            field("d", "type = \"date\""),
            "[[rule]]\nexpr = \"form.d > 3\"\nmessage = \"不行\"\n[[rule]]\nexpr = \"form.a == \"\nmessage = \"不行\""
                .to_owned(),
            "[[rule]]\nexpr = \"materials['x'].provided\"\nmessage = \"不行\"".to_owned(),
            format!("{STEP}auto = \"size(form.a)\""),
        ]
        .join("\n"),
    );
    let expected = [
        ("field[4].key", "duplicate-key"),
        ("field[0].when", "expr-unknown-name"),
        ("field[1].pattern", "bad-pattern"),
        ("field[2].prefill", "bad-prefill"),
        ("field[3].when", "expr-unknown-name"),
        ("rule[0].expr", "expr-wrong-type"),
        ("rule[1].expr", "expr-syntax"),
        ("rule[2].expr", "expr-unknown-name"),
        ("step[0].auto", "expr-wrong-type"),
    ];
    assert_eq!(faults, expected.map(|(place, code)| (place.to_owned(), code)));
}

#[test]
fn types_that_cannot_meet_are_faults() {
    let fields = [
        field("text", "type = \"text\""),
        field("pick", "type = \"choice\"\noptions = [\"甲\", \"乙\"]"),
        field("picks", "type = \"choices\"\noptions = [\"甲\", \"乙\"]"),
        field("day", "type = \"date\""),
        field("count", "type = \"integer\""),
        field("area", "type = \"decimal\""),
        field("yes", "type = \"bool\""),
    ]
    .join("\n");
    let code = |expr: &str| {
        let parts = format!("{fields}\n[[rule]]\nexpr = '''{expr}'''\nmessage = \"不行\"");
        Procedure::compile(item(&parts), 1).err().map(|faults| faults[0].code)
    };
    for bad in [
        "form.text > 1",
        "form.count == '1'",
        "form.day < 3",
        "form.day + 3 > today",
        "form.count + 1.0 > 2.0",
        "form.yes > 1",
        "!form.text",
        "form.yes && form.text",
        "form.count",
        "size(form.count) > 1",
        "'甲' in form.text",
        "1 in form.picks",
        "form.picks == '甲'",
        "form.day.startsWith('2')",
        "form.picks.all(x, x > 1)",
        "-form.text == 1",
        "form.text - 'a' == ''",
        "form.yes ? form.yes : form.yes > 1",
        "today.getHours() == 1 && form.count.getMonth() == 1",
    ] {
        assert!(matches!(code(bad), Some("expr-wrong-type" | "expr-unknown-function")), "{bad}: {:?}", code(bad));
    }
    for option in ["form.pick == '丙'", "'丙' in form.picks", "form.pick in ['甲', '丙']", "'丙' != form.pick"] {
        assert_eq!(code(option), Some("expr-unknown-option"), "{option}");
    }
    for good in [
        "form.text == ''",
        "form.pick == '' || form.pick == '甲'",
        "form.area > form.count",
        "form.day - today < duration('1d')",
        "form.count + 1 > 2",
        "form.picks.exists(x, x == '甲')",
        "size(form.picks) + size(form.text) > 1",
        "certificates['x'].expires_on == null || certificates['x'].expires_on > today",
        "(form.yes ? 1 : 2) == 1",
        "form.area * 2.0 - 1.0 > 0.0",
        "form.day.getFullYear() > 2000",
        "double(form.count) / 2.0 > 1.0",
    ] {
        assert_eq!(code(good), None, "{good}");
    }
}

#[test]
fn fields_that_depend_on_each_other_in_a_circle_are_faults() {
    let faults = codes(
        &[
            field("a", "type = \"bool\"\nwhen = \"form.b\""),
            field("b", "type = \"bool\"\nwhen = \"form.a\""),
            field("c", "type = \"bool\"\nwhen = \"form.c\""),
            field("d", "type = \"bool\""),
        ]
        .join("\n"),
    );
    assert_eq!(
        faults.iter().map(|(place, code)| (place.as_str(), *code)).collect::<Vec<_>>(),
        [("field[0].when", "circular-when"), ("field[1].when", "circular-when"), ("field[2].when", "circular-when"),]
    );
}

#[test]
fn a_field_may_depend_on_one_that_follows() {
    let parts = [field("a", "type = \"bool\"\nwhen = \"form.b\""), field("b", "type = \"bool\"")].join("\n");
    let procedure = Procedure::compile(item(&parts), 1).unwrap();
    assert_eq!(procedure.order, [1, 0]);
    assert!(procedure.assess(&facts(json!({"a": true, "b": true}))).form.contains_key("a"));
    assert!(!procedure.assess(&facts(json!({"a": true, "b": false}))).form.contains_key("a"));
}

#[test]
fn steps_side_by_side_form_one_group_and_the_longest_path_is_counted() {
    let step = |key: &str, kind: &str, days: u32, rest: &str| {
        format!(
            "[[step]]\nkey = \"{key}\"\nname = \"环节\"\nkind = \"{kind}\"\nrole = \"reviewer\"\ndays = {days}\n{rest}\n"
        )
    };
    let parts = [
        step("accept", "accept", 1, ""),
        step("a", "review", 3, "parallel = \"joint\""),
        step("b", "review", 5, "parallel = \"joint\""),
        step("c", "special", 20, "parallel = \"joint\""),
        step("d", "special", 30, ""),
        step("e", "review", 1, "parallel = \"second\""),
        step("f", "review", 2, "parallel = \"joint\""),
        step("decide", "decide", 1, ""),
    ]
    .join("\n");
    let procedure = Procedure::compile(item(&parts), 7).unwrap();
    let groups: Vec<_> = procedure.steps().iter().map(|g| (g.parallel.as_deref(), g.steps.clone())).collect();
    assert_eq!(
        groups,
        [
            (None, 0..1),
            (Some("joint"), 1..4),
            (None, 4..5),
            (Some("second"), 5..6),
            (Some("joint"), 6..7),
            (None, 7..8),
        ]
    );
    assert_eq!(procedure.total_step_days(), 1 + 5 + 1 + 2 + 1);
    assert_eq!(procedure.version, 7);
}

#[test]
fn steps_apply_unless_their_condition_fails_and_run_by_themselves_only_when_theirs_holds() {
    let parts = [
        field("small", "type = \"bool\""),
        field("area", "type = \"decimal\""),
        "[[rule]]\nexpr = \"form.area < 100.0\"\nmessage = \"面积过大\"".to_owned(),
        format!("{STEP}when = \"!form.small\"\nauto = \"materials_complete && rules_ok\""),
        STEP.replace("k1", "k2") + "when = \"form.area > 5.0\"\nauto = \"form.area > 5.0\"",
        STEP.replace("k1", "k3"),
    ]
    .join("\n");
    let procedure = Procedure::compile(item(&parts), 1).unwrap();
    let small = facts(json!({"small": true, "area": 3}));
    let large = facts(json!({"small": false, "area": 300}));
    let unknown = no_answers();
    let applies = |facts: &Facts| (0..4).map(|step| procedure.step_applies(step, facts)).collect::<Vec<_>>();
    let auto = |facts: &Facts| (0..4).map(|step| procedure.step_auto(step, facts)).collect::<Vec<_>>();
    assert_eq!(applies(&small), [false, false, true, true]);
    assert_eq!(applies(&large), [true, true, true, true]);
    assert_eq!(applies(&unknown), [true, true, true, true], "what is unknown does not skip a step");
    assert_eq!(auto(&small), [true, false, false, false]);
    assert_eq!(auto(&large), [false, true, false, false]);
    assert_eq!(auto(&unknown), [false, false, false, false], "what is unknown is left to people");
}

#[test]
fn procedures_are_shared_and_list_their_parts() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Procedure>();
    let parts = [
        field("a", "type = \"text\"\nprefill = \"certificate.business-licence.address\""),
        field("b", "type = \"text\"\nwhen = \"form.a != ''\"\nprefill = \"applicant.name\""),
        format!("{STEP}auto = \"rules_ok\""),
    ]
    .join("\n");
    let procedure = Procedure::compile(item(&parts), 1).unwrap();
    let places: Vec<_> = procedure.expressions().map(|(place, expr)| format!("{place} {}", expr.source())).collect();
    assert_eq!(places, ["field[1].when form.a != ''", "step[0].auto rules_ok"]);
    let sources: Vec<_> = procedure.sources().map(|(place, source)| (place.to_string(), source.clone())).collect();
    let licence = Source::Certificate { kind: "business-licence".to_owned(), member: "address".to_owned() };
    assert_eq!(
        sources,
        [
            ("field[0].prefill".to_owned(), licence),
            ("field[1].prefill".to_owned(), Source::Applicant("name".to_owned())),
        ]
    );
}
