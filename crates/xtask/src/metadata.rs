//! What `cargo metadata` says of the workspace.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    /// The crate itself or its build script.
    Product,
    /// Its tests only.
    Tests,
}

/// One crate of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name, which is also its folder's below `crates/`.
    pub(crate) name: String,
    /// Every dependency by its package name, of this workspace or from outside.
    pub(crate) uses: Vec<(String, For)>,
}

/// Asks cargo for the crates of the workspace at `root`; needs no network.
pub(crate) fn read(root: &Path) -> Result<Vec<Member>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .output()
        .map_err(|e| format!("cargo metadata could not be run: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    parse(&output.stdout)
}

fn parse(json: &[u8]) -> Result<Vec<Member>, String> {
    let metadata: Value = serde_json::from_slice(json).map_err(|e| format!("cargo metadata is not JSON: {e}"))?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut members =
        packages.iter().map(member).collect::<Option<Vec<_>>>().ok_or("cargo metadata is not as expected")?;
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn member(package: &Value) -> Option<Member> {
    let mut uses = Vec::new();
    for dependency in package["dependencies"].as_array()? {
        let purpose = if dependency["kind"].as_str() == Some("dev") { For::Tests } else { For::Product };
        uses.push((dependency["name"].as_str()?.to_owned(), purpose));
    }
    Some(Member { name: package["name"].as_str()?.to_owned(), uses })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_purposes() {
        let json = br#"{"packages":[
            {"name":"cases","dependencies":[{"name":"db","kind":null},{"name":"testkit","kind":"dev"},{"name":"cc","kind":"build"}]},
            {"name":"audit","dependencies":[]}]}"#;
        let members = parse(json).unwrap();
        assert_eq!(members[0].name, "audit");
        let uses = [("db", For::Product), ("testkit", For::Tests), ("cc", For::Product)];
        assert_eq!(members[1].uses, uses.map(|(name, purpose)| (name.to_owned(), purpose)));
        assert!(parse(b"{}").is_err());
        assert!(parse(br#"{"packages":[{"dependencies":[]}]}"#).is_err());
    }
}
