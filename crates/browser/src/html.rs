//! Valid HTML, as the checker of the W3C sees it.

use std::path::Path;

use tokio::process::Command;

/// Environment variable with the path of the checker, `vnu.jar`.
pub const VNU: &str = "TONGBAN_VNU";

/// Checks every `.html` file of a folder; one line for each error, with the name of its file.
///
/// # Errors
/// When Java or the checker is missing or does not answer.
pub async fn invalid(checker: &str, folder: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("java")
        .args(["-jar", checker, "--errors-only", "--exit-zero-always", "--format", "json"])
        .arg(folder)
        .output()
        .await
        .map_err(|error| format!("java cannot be started ({error}): install Debian's default-jre-headless"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let answer: serde_json::Value =
        serde_json::from_str(text.trim()).map_err(|error| format!("the checker did not answer ({error}): {text}"))?;
    let messages = answer.get("messages").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let part = |message: &serde_json::Value, key: &str| {
        message.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
    };
    Ok(messages
        .iter()
        .map(|m| {
            let url = part(m, "url");
            let file = url.rsplit('/').next().unwrap_or_default();
            format!("{file}: {} «{}»", part(m, "message"), part(m, "extract").replace('\n', " "))
        })
        .collect())
}
