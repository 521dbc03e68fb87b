use jiff::civil::{Date, date};
use kernel::SubjectKind;
use proptest::prelude::*;

use super::*;
use crate::domain::{ApplicantFacts, CertificateFacts};

fn applicant() -> ApplicantFacts {
    ApplicantFacts {
        kind: SubjectKind::Person,
        name: "陈小禾".to_owned(),
        id_number: None,
        uscc: None,
        age: Some(30),
        sex: None,
        region: Some("520102".to_owned()),
        phone: None,
        address: None,
        legal_representative: None,
    }
}

fn licence(valid: bool, expires_on: Option<Date>) -> CertificateFacts {
    CertificateFacts {
        id: "0000000000001".to_owned(),
        certificate_type: "driving-licence".to_owned(),
        number: "N1".to_owned(),
        valid,
        issued_on: date(2020, 5, 1),
        expires_on,
        data: [("licence_class", "C1"), ("first_issue_date", "2014-05-01")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    }
}

fn given(value: Given) -> Slot {
    Slot { value: Some(value), answered: true, hidden: false }
}

fn eval(source: &str) -> Result<bool, ExprError> {
    let applicant = applicant();
    let certificates = [licence(true, Some(date(2026, 5, 1)))];
    let mut scope = Scope::new(&applicant, &certificates, date(2026, 3, 2));
    scope.set("volume", given(Given::Double(15.0)));
    scope.set("floors", given(Given::Int(9)));
    scope.set("by_agent", given(Given::Bool(false)));
    scope.set("reason", given(Given::Text("期满".to_owned())));
    scope.set("items", given(Given::Texts(vec!["名称".to_owned(), "住所".to_owned()])));
    scope.set("expires_on", given(Given::Day(date(2026, 5, 31))));
    scope.set("area", Slot { value: None, answered: false, hidden: false });
    scope.set("note", Slot { value: Some(Given::Text(String::new())), answered: false, hidden: false });
    scope.provide("id-card");
    scope.materials_complete = Some(true);
    Expr::compile(source)?.eval_bool(&scope)
}

#[test]
fn conditions_of_every_kind_have_a_verdict() {
    for (source, verdict) in [
        ("form.volume <= 15.0", true),
        ("form.volume <= 15", true),
        ("form.floors < 9.5 && form.floors == 9.0", true),
        ("!form.by_agent", true),
        ("form.reason in ['期满', \"损毁\"]", true),
        ("'名称' in form.items || '股东' in form.items", true),
        ("!('股东' in form.items)", true),
        ("size(form.items) == 2 && form.items.size() == 2", true),
        ("form.items.all(x, x != '股东') && form.items.exists(x, x == '住所')", true),
        ("size(form.items.filter(x, x == '住所')) == 1", true),
        ("form.expires_on <= today + duration('90d')", true),
        ("form.expires_on <= today + duration('89d')", false),
        ("form.expires_on - today == duration('90d')", true),
        ("today.getFullYear() == 2026 && today.getDate() == 2", true),
        ("applicant.kind == 'person' && applicant.age >= 18", true),
        ("certificates[\"driving-licence\"].valid", true),
        ("certificates['passport'].valid", false),
        ("certificates['passport'].expires_on == null", true),
        ("certificates['driving-licence'].expires_on <= today + duration('60d')", true),
        ("certificates['driving-licence'].first_issue_date <= today - duration('1095d')", true),
        ("certificates['driving-licence'].licence_class == 'C1'", true),
        ("!certificates['passport'].valid || certificates['passport'].expires_on > today", true),
        ("materials[\"id-card\"].provided && !materials['photo'].provided", true),
        ("has(form.area) || has(form.note)", false),
        ("has(form.volume) && form[\"volume\"] > 1.0", true),
        ("form.note == ''", true),
        ("has(applicant.sex)", false),
        ("has(certificates['passport'].valid)", false),
        ("has(certificates['driving-licence'].expires_on)", true),
        ("materials_complete", true),
        ("form.area > 3.0 || true", true),
        ("form.area > 3.0 && false", false),
        ("form.reason.startsWith('期') && form.reason.matches('^.满$')", true),
        ("(form.by_agent ? 1 : 2) == 2", true),
    ] {
        assert_eq!(eval(source), Ok(verdict), "{source}");
    }
}

#[test]
fn what_is_absent_leaves_the_verdict_open_and_is_named() {
    for (source, name) in [
        ("form.area > 3.0", "form.area"),
        ("form.nothing == ''", "form.nothing"),
        ("applicant.sex == 'male'", "applicant.sex"),
        ("certificates['passport'].expires_on > today", "certificates.passport.expires_on"),
        ("rules_ok", "rules_ok"),
        ("materials_complete && rules_ok", "rules_ok"),
    ] {
        assert_eq!(eval(source), Err(ExprError::Missing(vec![name.to_owned()])), "{source}");
    }
    assert!(matches!(eval("1 / (form.floors - 9) == 1"), Err(ExprError::Failed(_))));
    assert!(matches!(eval("9223372036854775807 + form.floors > 1"), Err(ExprError::Failed(_))));
    assert!(matches!(eval("form.volume"), Err(ExprError::WrongType(_))));
}

#[test]
fn the_best_certificate_of_a_type_stands_for_all() {
    let applicant = applicant();
    let held = [licence(false, None), licence(true, Some(date(2026, 4, 1))), licence(true, Some(date(2030, 4, 1)))];
    let scope = Scope::new(&applicant, &held, date(2026, 3, 2));
    let verdict = |source: &str| Expr::compile(source).unwrap().eval_bool(&scope);
    assert_eq!(verdict("certificates['driving-licence'].valid"), Ok(true));
    assert_eq!(verdict("certificates['driving-licence'].expires_on > today + duration('365d')"), Ok(true));
    let scope = Scope::new(&applicant, &held[..1], date(2026, 3, 2));
    assert_eq!(
        Expr::compile("certificates['driving-licence'].valid").unwrap().eval_bool(&scope),
        Ok(false),
        "held, but not valid"
    );
}

#[test]
fn names_tell_everything_an_expression_refers_to() {
    let source = "form.a && has(form.b) && applicant.age > 3 && certificates['x'].valid && certificates.x.number != '' \
                  && materials['m-1'].provided && form.items.all(i, i != form.c) && today > today && rules_ok";
    let expr = Expr::compile(source).unwrap();
    let names = expr.names();
    assert_eq!(names.form.iter().map(String::as_str).collect::<Vec<_>>(), ["a", "b", "c", "items"]);
    assert_eq!(names.applicant.iter().map(String::as_str).collect::<Vec<_>>(), ["age"]);
    assert_eq!(names.certificates["x"].iter().map(String::as_str).collect::<Vec<_>>(), ["number", "valid"]);
    assert_eq!(names.materials.iter().map(String::as_str).collect::<Vec<_>>(), ["m-1"]);
    assert!(names.today && names.rules_ok && !names.materials_complete);
    assert_eq!(expr.source(), source);
}

#[test]
fn what_conditions_may_not_do_is_refused_with_a_reason() {
    for (source, code) in [
        ("", "expr-empty"),
        (" \n", "expr-empty"),
        ("form.a &&", "expr-syntax"),
        ("form.a == 'x", "expr-syntax"),
        ("form.经营面积 > 1", "expr-syntax"),
        ("(form.a", "expr-syntax"),
        ("form.a)", "expr-syntax"),
        ("form..a", "expr-syntax"),
        ("nobody", "expr-unknown-name"),
        ("applicant.salary > 1", "expr-unknown-name"),
        ("materials['x'].size > 1", "expr-unknown-name"),
        ("certificates['a.b'].valid", "expr-unknown-name"),
        ("form", "expr-unsupported"),
        ("'a' in form", "expr-unsupported"),
        ("certificates['x']", "expr-unsupported"),
        ("has(certificates['x'])", "expr-syntax"),
        ("{'a': 1}.a == 1", "expr-unsupported"),
        ("Thing{a: 1} == 1", "expr-unsupported"),
        ("b'abc' == form.a", "expr-unsupported"),
        ("form.a == 1u", "expr-unsupported"),
        ("form.a.?b == 1", "expr-syntax"),
        ("today > duration(form.a)", "expr-unsupported"),
        ("form.a.matches(form.b)", "expr-unsupported"),
        ("form.a.matches('(')", "expr-bad-pattern"),
        ("form.a.matches('(a{1000}){1000}')", "expr-bad-pattern"),
        ("today > today + duration('90')", "expr-bad-duration"),
        ("timestamp('2026-01-01T00:00:00Z') < today", "expr-unknown-function"),
        ("system('ls')", "expr-unknown-function"),
        ("form.items.all(x, form.items.all(y, x == y))", "expr-too-large"),
        ("form.items.all(form, form == 'a')", "expr-unsupported"),
    ] {
        let error = Expr::compile(source).expect_err(source);
        assert_eq!(error.code(), code, "{source}: {error}");
        assert!(!error.advice().is_empty() && !error.to_string().is_empty());
    }
}

#[test]
fn costly_or_deep_expressions_are_refused_without_harm() {
    let deep = format!("{}true{}", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(Expr::compile(&deep).unwrap_err(), ExprError::TooLong);
    let nested = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
    assert_eq!(Expr::compile(&nested(17)).unwrap_err(), ExprError::TooDeep);
    Expr::compile(&nested(12)).unwrap();
    for many in [
        format!("1 in [{}1]", "1,".repeat(20_000)),
        format!("1 in [{}1]", "1,".repeat(400)),
        format!("{}true", "!".repeat(1_000)),
        format!("{}1 == 1", "- ".repeat(500)),
        format!("{}1 == 1", "1 + ".repeat(400)),
        format!("{}1 == 1", "1 + ".repeat(20)),
        format!("form{} == 1", ".a".repeat(500)),
        format!("{}true", "true ? true : ".repeat(100)),
        format!("{}true", "true && ".repeat(200)),
        "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))".to_owned(),
        "[1].all(a, true) && ".repeat(5) + "true",
    ] {
        let error = Expr::compile(&many).unwrap_err();
        assert_eq!(error.code(), "expr-too-large", "{many:.40}: {error}");
    }
    // The largest that pass the bounds still evaluate on the stack of a test.
    let applicant = applicant();
    let scope = Scope::new(&applicant, &[], date(2026, 3, 2));
    for (large, verdict) in [
        (format!("{}1 > 1", "1 + ".repeat(10)), true),
        (format!("{}true", "true && ".repeat(90)), true),
        (format!("{}true", "!".repeat(40)), true),
        (format!("{}false", "true ? true : ".repeat(11)), true),
        (format!("1 in [{}1]", "0, ".repeat(140)), true),
    ] {
        let expr = Expr::compile(&large).unwrap_or_else(|error| panic!("{large:.40}: {error}"));
        assert_eq!(expr.eval_bool(&scope), Ok(verdict), "{large:.40}");
    }
}

#[test]
fn the_deepest_expressions_need_no_more_than_a_part_of_a_small_stack() {
    let deepest = [
        format!("{}1 > 1", "1 + ".repeat(10)),
        "form.items.all(x, ((size(x) + 1) * 2 - 1) % 3 + 1 > 0 && (x == '名称' || x in ['住所', '名称']))".to_owned(),
        format!("{}false", "true ? true : ".repeat(11)),
    ];
    for source in deepest {
        let small = std::thread::Builder::new().stack_size(1 << 20);
        assert!(small.spawn(move || eval(&source)).unwrap().join().unwrap().is_ok());
    }
}

#[test]
fn expressions_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Expr>();
}

/// Pieces that make expressions which are nearly right.
fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "form.volume",
        "form.area",
        "form.items",
        "form",
        "applicant.age",
        "certificates['driving-licence']",
        ".valid",
        ".expires_on",
        "materials[\"x\"].provided",
        "today",
        "duration('9d')",
        "has(",
        "size(",
        "(",
        ")",
        "[",
        "]",
        ",",
        "&&",
        "||",
        "!",
        "==",
        "<=",
        "in",
        "+",
        "-",
        "*",
        "/",
        "%",
        "?",
        ":",
        "1",
        "2.5",
        "-9223372036854775808",
        "'文字'",
        "\"\\u00zz\"",
        "'\\'",
        "null",
        "true",
        ".all(x, x == '名称')",
        ".map(y, y + y)",
        "0x",
        "1e999",
        "9e",
        "matches('a+')",
        "x",
        "@",
        "`a`",
        "\u{0}",
        "中",
        "😀",
        "r'",
        "//",
        "\n",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..14).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn random_text_never_panics(source in "\\PC{0,60}") {
        let _ = eval(&source);
    }

    #[test]
    fn nearly_right_text_never_panics(source in pieces()) {
        let _ = eval(&source);
    }
}
