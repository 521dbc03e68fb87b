//! What is wrong with a body that does not fit its type, told as a JSON pointer and a Chinese sentence.

use kernel::Fault;

/// Makes a fault of the text that the deserializer gives: `path: reason at line 1 column 2`.
pub(crate) fn from_text(text: &str) -> Fault {
    let text = text.rsplit_once(" at line ").map_or(text, |(reason, _)| reason);
    let (path, reason) = split(text);
    let mut pointer = to_pointer(path);
    let named = quoted(reason);
    if reason.starts_with("missing field") {
        pointer.push('/');
        pointer.push_str(named.unwrap_or_default());
        return Fault::new(pointer, "required", "缺少这一项，请补上。");
    }
    if reason.starts_with("unknown field") {
        let name = named.unwrap_or_default();
        if !pointer.ends_with(&format!("/{name}")) {
            pointer.push('/');
            pointer.push_str(name);
        }
        return Fault::new(pointer, "unknown", "没有这一项，请删去或者检查名称。");
    }
    if reason.starts_with("duplicate field") {
        let name = named.unwrap_or_default();
        return Fault::new(format!("/{name}"), "duplicate", "这一项出现了两次，请只留一个。");
    }
    if reason.starts_with("unknown variant") {
        return Fault::new(pointer, "choice", format!("取值不在允许的范围内：{}。", expected(reason)));
    }
    if reason.starts_with("invalid type") {
        return Fault::new(pointer, "type", format!("类型不对，应为{}。", type_name(&expected(reason))));
    }
    Fault::new(pointer, "value", "取值不正确，请检查格式。")
}

/// Splits `path: reason`; the path is empty when the whole body is meant.
fn split(text: &str) -> (&str, &str) {
    const REASONS: [&str; 7] = [
        "missing field",
        "unknown field",
        "duplicate field",
        "unknown variant",
        "invalid type",
        "invalid value",
        "invalid length",
    ];
    match text.split_once(": ") {
        Some((path, reason)) if !REASONS.iter().any(|known| path.starts_with(known)) && !path.contains(' ') => {
            (path, reason)
        }
        _ => ("", text),
    }
}

/// `form.people[0].name` → `/form/people/0/name` (RFC 6901).
fn to_pointer(path: &str) -> String {
    if path.is_empty() || path == "." || path == "?" {
        return String::new();
    }
    let mut pointer = String::new();
    for part in path.split('.') {
        let (name, places) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        if !name.is_empty() {
            pointer.push('/');
            pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        }
        for place in places.split('[').map(|place| place.trim_end_matches(']')).filter(|place| !place.is_empty()) {
            pointer.push('/');
            pointer.push_str(place);
        }
    }
    pointer
}

/// The first name between backticks.
fn quoted(reason: &str) -> Option<&str> {
    let (_, rest) = reason.split_once('`')?;
    rest.split_once('`').map(|(name, _)| name)
}

fn expected(reason: &str) -> String {
    let after = reason.split_once("expected ").map_or("", |(_, rest)| rest);
    after.trim_start_matches("one of ").replace('`', "").replace(", ", "、")
}

fn type_name(expected: &str) -> String {
    match expected {
        "a string" | "a borrowed string" => "文字".to_owned(),
        "a boolean" => "true 或 false".to_owned(),
        "a map" => "对象".to_owned(),
        "a sequence" => "数组".to_owned(),
        number if number.starts_with(['u', 'i', 'f']) && number[1..].chars().all(|c| c.is_ascii_alphanumeric()) => {
            "数字".to_owned()
        }
        other if other.starts_with("struct ") || other.starts_with("internally tagged") => "对象".to_owned(),
        _ => "接口文档所列的类型".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (String, String) {
        let fault = from_text(text);
        (fault.pointer, fault.code)
    }

    #[test]
    fn the_pointer_leads_to_the_place() {
        let cases = [
            ("missing field `item` at line 1 column 2", "/item", "required"),
            ("form.people[0]: missing field `name` at line 1 column 2", "/form/people/0/name", "required"),
            ("extra: unknown field `extra`, expected `item` at line 1 column 9", "/extra", "unknown"),
            ("unknown field `extra`, expected `item` at line 1 column 9", "/extra", "unknown"),
            ("channel: unknown variant `x`, expected `web` or `mobile`", "/channel", "choice"),
            ("limit: invalid type: string \"a: b\", expected u32", "/limit", "type"),
            ("invalid type: sequence, expected struct Filing", "", "type"),
            ("id: not an id: 13 characters are expected", "/id", "value"),
        ];
        for (text, pointer, code) in cases {
            assert_eq!(told(text), (pointer.to_owned(), code.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_right_type_is_named() {
        assert_eq!(from_text("n: invalid type: string \"a\", expected u32").detail, "类型不对，应为数字。");
        assert_eq!(
            from_text("c: unknown variant `x`, expected one of `a`, `b`").detail,
            "取值不在允许的范围内：a、b。"
        );
    }
}
