//! Conditions of the catalogue, which are written in CEL, said in words for people. Only the shapes that departments
//! use are understood; for anything else there is no sentence, and the page says that it depends.

/// Says when `source` holds, such as `“是否在外地缴存”选“是”`; `label` gives the label of a form field. None when the
/// condition has a shape that cannot be said plainly.
#[must_use]
pub fn in_words<'a>(source: &str, label: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    // One negated list is common; other brackets and choices are not taken apart.
    if let Some(list) = source.trim().strip_prefix("!(").and_then(|rest| rest.strip_suffix(')')) {
        let (left, right) = list.split_once(" in ").filter(|_| !list.contains(['(', '&', '|', '?']))?;
        return member(left.trim(), right.trim(), "不是", &label);
    }
    if source.contains(['(', '?']) {
        return None;
    }
    let either: Option<Vec<String>> = source
        .split("||")
        .map(|all| {
            let all: Option<Vec<String>> = all.split("&&").map(|one| atom(one.trim(), &label)).collect();
            all.map(|all| all.join("，并且"))
        })
        .collect();
    either.map(|either| either.join("，或者"))
}

fn atom<'a>(source: &str, label: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    const COMPARISONS: [(&str, &str); 6] =
        [("==", "是"), ("!=", "不是"), (">=", "不小于"), ("<=", "不大于"), (">", "大于"), ("<", "小于")];
    if let Some((left, right)) = source.split_once(" in ") {
        return member(left.trim(), right.trim(), "是", label);
    }
    for (sign, word) in COMPARISONS {
        let Some((left, right)) = source.split_once(sign) else { continue };
        let (left, right) = (left.trim(), right.trim());
        if let Some(said) = of_applicant(left, sign, right) {
            return Some(said);
        }
        let label = label(left.strip_prefix("form.")?)?;
        return match (right, quoted(right)) {
            (_, Some(text)) => Some(format!("“{label}”{word}“{text}”")),
            ("true", _) => Some(format!("“{label}”选“是”")),
            ("false", _) => Some(format!("“{label}”选“否”")),
            (number, _) => Some(format!("“{label}”{word} {}", plain_number(number)?)),
        };
    }
    match source.strip_prefix('!') {
        Some(name) => Some(format!("“{}”选“否”", label(name.trim().strip_prefix("form.")?)?)),
        None => Some(format!("“{}”选“是”", label(source.strip_prefix("form.")?)?)),
    }
}

/// `form.x in ["a", "b"]` and `"a" in form.x`.
fn member<'a>(left: &str, right: &str, word: &str, label: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    if let Some(text) = quoted(left).filter(|_| word == "是") {
        return Some(format!("“{}”中选了“{text}”", label(right.strip_prefix("form.")?)?));
    }
    let list = right.strip_prefix('[')?.strip_suffix(']')?;
    let choices: Option<Vec<String>> =
        list.split(',').map(|one| quoted(one.trim()).map(|text| format!("“{text}”"))).collect();
    Some(format!("“{}”{word}{}", label(left.strip_prefix("form.")?)?, choices?.join("或")))
}

fn of_applicant(left: &str, sign: &str, right: &str) -> Option<String> {
    match (left, sign, quoted(right)) {
        ("applicant.age", "<", _) => Some(format!("申请人未满 {} 周岁", plain_number(right)?)),
        ("applicant.age", ">=", _) => Some(format!("申请人满 {} 周岁", plain_number(right)?)),
        ("applicant.age", ">", _) => Some(format!("申请人超过 {} 周岁", plain_number(right)?)),
        ("applicant.kind", "==", Some("person")) => Some("申请人是个人".to_owned()),
        ("applicant.kind", "==", Some("enterprise")) => Some("申请人是企业".to_owned()),
        ("applicant.sex", "==", Some("female")) => Some("申请人为女性".to_owned()),
        ("applicant.sex", "==", Some("male")) => Some("申请人为男性".to_owned()),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner
        .or_else(|| text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))
        .filter(|inner| !inner.contains(['"', '\'']))
}

fn plain_number(text: &str) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    Some(if number.fract() == 0.0 { format!("{number:.0}") } else { number.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str) -> Option<String> {
        in_words(source, |key| match key {
            "by_agent" => Some("是否委托他人办理"),
            "delivery" => Some("领取方式"),
            "items" => Some("变更事项"),
            "volume" => Some("日排水量（立方米）"),
            _ => None,
        })
    }

    #[test]
    fn the_usual_conditions_are_said_plainly() {
        let cases = [
            ("form.by_agent", "“是否委托他人办理”选“是”"),
            ("!form.by_agent", "“是否委托他人办理”选“否”"),
            ("form.by_agent == false", "“是否委托他人办理”选“否”"),
            ("form.delivery == \"邮寄\"", "“领取方式”是“邮寄”"),
            ("form.delivery != '邮寄'", "“领取方式”不是“邮寄”"),
            ("form.delivery in [\"邮寄\", '自取']", "“领取方式”是“邮寄”或“自取”"),
            ("!(form.delivery in ['邮寄', '自取'])", "“领取方式”不是“邮寄”或“自取”"),
            ("'住所' in form.items", "“变更事项”中选了“住所”"),
            ("form.volume > 15.0", "“日排水量（立方米）”大于 15"),
            ("form.volume <= 15.5", "“日排水量（立方米）”不大于 15.5"),
            ("applicant.age < 18 || form.by_agent", "申请人未满 18 周岁，或者“是否委托他人办理”选“是”"),
            ("form.by_agent && form.volume >= 1", "“是否委托他人办理”选“是”，并且“日排水量（立方米）”不小于 1"),
            ("applicant.kind == 'enterprise'", "申请人是企业"),
        ];
        for (source, words) in cases {
            assert_eq!(said(source).as_deref(), Some(words), "{source}");
        }
    }

    #[test]
    fn what_cannot_be_said_plainly_is_not_said_at_all() {
        for source in [
            "form.unknown",
            "certificates[\"x\"].valid",
            "(form.by_agent)",
            "form.volume * 2 > 3",
            "size(form.items) > 1",
            "",
            "form.by_agent ? 1 : 2",
        ] {
            assert_eq!(said(source), None, "{source}");
        }
    }
}
