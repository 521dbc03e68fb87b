//! Which crate may use which: one table, held by `cargo xtask deps`.

use crate::finding::Finding;
use crate::metadata::{For, Member};
use crate::repo::Repo;

/// Each crate with the crates of this workspace that it may use, lower tiers first. A crate uses only crates above its
/// own line. Records use the kits and the records above them; fronts (`portal`, `window`) and watchers (`messages`,
/// `consultation`) use records,
/// never each other; only tests use `testkit`. A new line, or a new name in a line, is a decision of its own commit.
#[rustfmt::skip]
pub(crate) const MAY_USE: &[(&str, &[&str])] = &[
    // kits
    ("kernel",       &[]),
    ("vocab",        &["kernel"]),
    ("db",           &["kernel"]),
    ("gm",           &["kernel"]),
    ("ofd",          &["kernel", "gm"]),
    ("blobs",        &["kernel", "db", "gm"]),
    ("audit",        &["kernel", "db", "gm"]),
    ("jobs",         &["kernel", "db"]),
    ("webkit",       &["kernel", "vocab", "db", "gm"]),
    ("testkit",      &["kernel", "vocab", "db", "gm", "webkit"]),
    // records
    ("settings",     &["kernel", "vocab", "db", "gm", "audit", "webkit"]),
    ("identity",     &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit"]),
    ("catalogue",    &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity"]),
    ("seals",        &["kernel", "vocab", "db", "gm", "ofd", "audit", "webkit", "settings"]),
    ("certificates", &["kernel", "vocab", "db", "gm", "ofd", "blobs", "audit", "jobs", "webkit", "identity", "catalogue", "settings", "seals"]),
    ("cases",        &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "settings", "seals"]),
    // fronts
    ("portal",       &["kernel", "vocab", "db", "gm", "ofd", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals"]),
    ("admin",        &["kernel", "vocab", "db", "audit", "webkit", "settings", "identity"]),
    ("window",       &["kernel", "vocab", "db", "gm", "ofd", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals"]),
    // watchers
    ("messages",     &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals"]),
    ("consultation", &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals"]),
    // top
    ("demo",         &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals"]),
    ("bench",        &["kernel", "gm", "ofd", "db", "cases", "demo"]),
    ("app",          &["kernel", "vocab", "db", "gm", "ofd", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals", "portal", "admin", "window", "messages", "consultation", "demo", "bench"]),
    ("browser",      &["kernel", "vocab", "db", "gm", "blobs", "audit", "jobs", "webkit", "identity", "catalogue",
                       "certificates", "cases", "settings", "seals", "portal", "admin", "window", "messages", "consultation", "demo", "bench",
                       "app"]),
    ("xtask",        &[]),
];

/// The crate that any crate's tests may use.
const TESTS_MAY_USE: &str = "testkit";

/// Holds the workspace against the table.
pub(crate) fn check(members: &[Member], may_use: &[(&str, &[&str])]) -> Vec<Finding> {
    let ours = |name: &str| members.iter().any(|member| member.name == name);
    let mut findings = Vec::new();
    for member in members {
        let manifest = format!("crates/{}/Cargo.toml", member.name);
        let Some((_, allowed)) = may_use.iter().find(|(name, _)| *name == member.name) else {
            findings.push(Finding::of(manifest, "this crate is not in MAY_USE (crates/xtask/src/walls.rs)"));
            continue;
        };
        for (used, purpose) in member.uses.iter().filter(|(used, _)| ours(used)) {
            let test_only = *purpose == For::Tests && used == TESTS_MAY_USE;
            if test_only || allowed.contains(&used.as_str()) {
                continue;
            }
            let what = if used == TESTS_MAY_USE {
                format!("{used} is for tests: it belongs under [dev-dependencies]")
            } else {
                format!("{} may not use {used} (MAY_USE in crates/xtask/src/walls.rs)", member.name)
            };
            findings.push(Finding::of(manifest.clone(), what));
        }
    }
    for (name, _) in may_use.iter().filter(|(name, _)| !ours(name)) {
        findings.push(Finding::of("crates/xtask/src/walls.rs", format!("MAY_USE names {name}, which is no crate")));
    }
    findings
}

/// Each crate takes the workspace's lints: among them that unsafe code is forbidden.
pub(crate) fn check_lints(repo: &Repo, members: &[Member]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in members {
        let manifest = format!("crates/{}/Cargo.toml", member.name);
        let text = repo.text(&manifest).unwrap_or_default();
        let lints = text.split_once("[lints]").map_or("", |(_, after)| after);
        if !lints
            .lines()
            .take_while(|line| !line.starts_with('['))
            .any(|line| line.replace(' ', "") == "workspace=true")
        {
            findings.push(Finding::of(manifest, "the workspace's lints are not taken: add [lints] workspace = true"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repo::tests::Folder;

    const TABLE: &[(&str, &[&str])] = &[("kernel", &[]), ("testkit", &["kernel"]), ("cases", &["kernel"])];

    fn member(name: &str, uses: &[(&str, For)]) -> Member {
        Member { name: name.to_owned(), uses: uses.iter().map(|(n, p)| ((*n).to_owned(), *p)).collect() }
    }

    fn found(members: &[Member]) -> Vec<String> {
        check(members, TABLE).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn down_is_allowed_and_outside_crates_are_no_matter() {
        let members = [
            member("kernel", &[("serde", For::Product)]),
            member("testkit", &[("kernel", For::Product)]),
            member("cases", &[("kernel", For::Product), ("testkit", For::Tests)]),
        ];
        assert_eq!(found(&members), [""; 0]);
    }

    #[test]
    fn up_is_refused_for_the_product_and_for_tests() {
        for purpose in [For::Product, For::Tests] {
            let members = [member("kernel", &[("cases", purpose)]), member("testkit", &[]), member("cases", &[])];
            let found = found(&members);
            assert_eq!(
                found,
                ["crates/kernel/Cargo.toml: kernel may not use cases (MAY_USE in crates/xtask/src/walls.rs)"]
            );
        }
    }

    #[test]
    fn the_testkit_is_not_shipped() {
        let members = [member("kernel", &[]), member("testkit", &[]), member("cases", &[("testkit", For::Product)])];
        let found = found(&members);
        assert_eq!(found, ["crates/cases/Cargo.toml: testkit is for tests: it belongs under [dev-dependencies]"]);
    }

    #[test]
    fn an_unlisted_crate_and_a_line_without_a_crate_are_told() {
        let members = [member("kernel", &[]), member("testkit", &[]), member("hall", &[])];
        let found = found(&members);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/hall/Cargo.toml: this crate is not in MAY_USE"), "{found:?}");
        assert!(found[1].ends_with("MAY_USE names cases, which is no crate"), "{found:?}");
    }

    #[test]
    fn the_table_itself_only_goes_down() {
        for (place, (name, allowed)) in MAY_USE.iter().enumerate() {
            for used in *allowed {
                let above = MAY_USE.iter().position(|(other, _)| other == used).expect("a crate of the table");
                assert!(above < place, "{name} would use {used}, which stands below it");
            }
        }
        assert!(!MAY_USE.iter().any(|(_, allowed)| allowed.contains(&TESTS_MAY_USE)), "testkit is not shipped");
        let (fronts, watchers) = (["portal", "admin", "window"], ["messages", "consultation"]);
        for (name, allowed) in MAY_USE.iter().filter(|(n, _)| fronts.contains(n) || watchers.contains(n)) {
            let sideways = allowed.iter().find(|used| fronts.contains(*used) || watchers.contains(*used));
            assert_eq!(sideways, None, "{name} would use a front or a watcher");
        }
    }

    #[test]
    fn lints_must_be_taken() {
        let folder = Folder::with(
            "lints",
            &[
                ("crates/kernel/Cargo.toml", "[package]\nname = \"kernel\"\n\n[lints]\nworkspace = true\n"),
                (
                    "crates/cases/Cargo.toml",
                    "[lints.rust]\nunsafe_code = \"warn\"\n\n[dependencies]\nworkspace = true\n",
                ),
            ],
        );
        let findings = check_lints(&folder.repo(), &[member("kernel", &[]), member("cases", &[])]);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].to_string().starts_with("crates/cases/Cargo.toml"));
    }
}
