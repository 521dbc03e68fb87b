//! The checker (事项质检): every rule of the format and of the quality gate, over all files in one run.

mod bundle;
mod item;
mod parts;
mod process;

use std::collections::BTreeMap;

use kernel::words;
use serde::Serialize;
use vocab::Vocabulary;

use super::format::{self, CatalogueFile, Page};
use super::{Bundle, Item};

words!(
    /// How bad a violation is.
    Severity {
        Error = "error" / "错误",
        Warning = "warning" / "提醒",
    }
);

/// One place where a file breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Path below the data folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Path of the key, such as `step[2].days`; empty for the whole file.
    pub key: String,
    /// Stable word for programs.
    pub code: &'static str,
    /// Errors keep a catalogue from being imported; warnings do not.
    pub severity: Severity,
    /// What is wrong and what would be right, in Chinese.
    pub message: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, line, key, code, severity, message } = self;
        let at = if key.is_empty() { "" } else { "：" };
        write!(f, "{file}:{line}: {}[{code}] {key}{at}{message}", severity.label())
    }
}

/// What a checked set of files holds.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Items that could be read, with their files, by slug. Trust them only when there are no errors.
    pub items: Vec<Item>,
    /// Bundles that could be read, by slug.
    pub bundles: Vec<Bundle>,
    /// Everything found, by file and line.
    pub violations: Vec<Violation>,
}

impl Checked {
    /// How many violations are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.violations.iter().filter(|violation| violation.severity == Severity::Error).count()
    }

    /// How many violations are warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.violations.len() - self.errors()
    }
}

/// Reads and checks all files together: those under `catalogue/` are items, those under `bundles/` bundles.
#[must_use]
pub fn check(files: &[CatalogueFile], vocab: &Vocabulary) -> Checked {
    let mut pages: Vec<Page> = Vec::new();
    let mut items: Vec<(Item, usize)> = Vec::new();
    let mut bundles: Vec<(Bundle, usize)> = Vec::new();
    let mut unread = Vec::new();
    for file in files {
        if file.path.starts_with("catalogue/") {
            let mut parsed = format::parse_item(file);
            match parsed.value {
                Some(value) => {
                    item::check(&value, &mut parsed.page, vocab);
                    parts::check(&value, &mut parsed.page, vocab);
                    process::check(&value, &mut parsed.page, vocab);
                    items.push((value, pages.len()));
                }
                None => unread.push(slug_of(&file.path).to_owned()),
            }
            pages.push(parsed.page);
        } else {
            let parsed = format::parse_bundle(file);
            bundles.extend(parsed.value.map(|value| (value, pages.len())));
            pages.push(parsed.page);
        }
    }
    once_only(items.iter().map(|(item, page)| (item.slug.as_str(), *page)), &mut pages, "slug", "事项键");
    once_only(items.iter().map(|(item, page)| (item.name.as_str(), *page)), &mut pages, "name", "事项名称");
    once_only(bundles.iter().map(|(bundle, page)| (bundle.slug.as_str(), *page)), &mut pages, "slug", "套餐键");
    let by_slug: BTreeMap<&str, &Item> = items.iter().map(|(item, _)| (item.slug.as_str(), item)).collect();
    for (bundle, page) in &bundles {
        if let Some(page) = pages.get_mut(*page) {
            bundle::check(bundle, page, vocab, &by_slug, &unread);
        }
    }
    let mut violations: Vec<Violation> = pages.into_iter().flat_map(Page::into_violations).collect();
    violations.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    let mut items: Vec<Item> = items.into_iter().map(|(item, _)| item).collect();
    let mut bundles: Vec<Bundle> = bundles.into_iter().map(|(bundle, _)| bundle).collect();
    items.sort_by(|a, b| a.slug.cmp(&b.slug));
    bundles.sort_by(|a, b| a.slug.cmp(&b.slug));
    Checked { items, bundles, violations }
}

/// Values that two files may not share; the later file is told.
fn once_only<'a>(values: impl Iterator<Item = (&'a str, usize)>, pages: &mut [Page], key: &str, what: &str) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (value, page) in values.filter(|(value, _)| !value.is_empty()) {
        let Some(before) = first.insert(value, page) else { continue };
        let other = pages.get(before).map(|page| page.file().to_owned()).unwrap_or_default();
        if let Some(page) = pages.get_mut(page) {
            let code = if key == "slug" { "duplicate-slug" } else { "duplicate-name" };
            page.error(key, code, format!("{what}“{value}”与 {other} 重复，请改用不同的"));
        }
    }
}

/// `tax-payment-proof` of `catalogue/tax/tax-payment-proof.toml`.
fn slug_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Themes and audience as both files have them: every theme exists, and each kind of applicant has a theme of its own.
fn themes(audience: &[kernel::SubjectKind], themes: &[String], page: &mut Page, vocab: &Vocabulary, both_ways: bool) {
    for (at, key) in themes.iter().enumerate() {
        if vocab.theme(key).is_none() {
            page.error(&format!("themes[{at}]"), "unknown-theme", format!("主题“{key}”不在主题表中"));
        }
    }
    if !page.sound(&["audience", "themes"]) {
        return;
    }
    if audience.is_empty() {
        page.error("audience", "empty", "请写明服务对象：person（个人）或 enterprise（企业）");
    }
    for kind in kernel::SubjectKind::ALL {
        let has_theme = themes.iter().any(|key| vocab.theme(key).is_some_and(|theme| theme.audience == *kind));
        match (audience.contains(kind), has_theme) {
            (true, false) => {
                let message =
                    format!("服务对象含{}，但没有一个面向{}的主题，人们按主题会找不到", kind.label(), kind.label());
                page.error("themes", "theme-for-audience", message);
            }
            (false, true) if both_ways => {
                let message = format!("服务对象不含{}，却列在面向{}的主题下", kind.label(), kind.label());
                page.error("themes", "theme-for-audience", message);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
