//! Looking for barriers on a page with axe-core, as WCAG 2.2 AA counts them.

/// Environment variable with the path of axe-core's `axe.min.js`.
pub const AXE: &str = "TONGBAN_AXE";

/// One rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Barrier {
    /// Name of the rule, such as `color-contrast`.
    pub rule: String,
    /// What it asks for.
    pub help: String,
    /// Up to five elements that break it.
    pub elements: Vec<String>,
}

impl std::fmt::Display for Barrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {:?}", self.rule, self.help, self.elements)
    }
}

/// Runs in the page, after axe-core itself.
pub(crate) const ASK: &str = r#"
const done = arguments[arguments.length - 1];
axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}).then(
  (found) => done({ ok: found.violations.map((v) => [v.id, v.help, v.nodes.slice(0, 5).map((n) => n.html.slice(0, 240))]) }),
  (error) => done({ error: String(error) }),
);
"#;

/// Reads what the page answered.
pub(crate) fn read(answer: &serde_json::Value) -> Result<Vec<Barrier>, String> {
    let Some(found) = answer.get("ok").and_then(serde_json::Value::as_array) else {
        return Err(format!("axe-core did not answer: {answer}"));
    };
    let text = |value: Option<&serde_json::Value>| value.and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    Ok(found
        .iter()
        .map(|barrier| Barrier {
            rule: text(barrier.get(0)),
            help: text(barrier.get(1)),
            elements: barrier
                .get(2)
                .and_then(serde_json::Value::as_array)
                .map(|nodes| nodes.iter().map(|node| text(Some(node))).collect())
                .unwrap_or_default(),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_axe_found_is_read_and_its_failure_is_told() {
        let found = read(&serde_json::json!({"ok": [["label", "Labels", ["<input>"]]]})).unwrap();
        assert_eq!(found[0].to_string(), "label: Labels [\"<input>\"]");
        assert!(read(&serde_json::json!({"error": "no document"})).unwrap_err().contains("no document"));
    }
}
