//! Reads one file of the catalogue so that every violation is found at once and has its file, line and key.
//!
//! The text is parsed with recovery, compared key by key with the shapes of [`schema`], and mended where it is wrong
//! (the wrong value gives way to a neutral one), so that the rules behind can still be checked on all the rest. What was
//! mended is remembered: nothing that hangs on it is reported a second time.

mod schema;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::check::{Severity, Violation};
use super::{Bundle, Item};
use schema::{Key, Shape};

/// Largest file that is read, bytes. Real ones have ten thousand.
pub const MAX_FILE_BYTES: usize = 256 << 10;
/// Longest text in a file, characters.
const MAX_TEXT: usize = 2_000;
/// Violations told of one file.
const MAX_VIOLATIONS: usize = 200;

/// One file of the catalogue as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueFile {
    /// Path below the data folder, with `/`, such as `catalogue/tax/tax-payment-proof.toml`.
    pub path: String,
    /// Its bytes; UTF-8 if it is right.
    pub bytes: Vec<u8>,
}

/// What one file says and what is wrong with its form.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    /// None when there is nothing to go on with.
    pub(super) value: Option<T>,
    pub(super) page: Page,
}

/// Lines of one file and what has been found in it.
#[derive(Debug, Default)]
pub(super) struct Page {
    file: String,
    lines: BTreeMap<String, usize>,
    mended: BTreeSet<String>,
    found: Vec<Violation>,
    /// Lines that are no TOML: what recovery made of them is not told as well.
    broken_lines: BTreeSet<usize>,
    left_out: usize,
}

impl Page {
    /// The path of the file.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The line of a path such as `step[2].days`, or of the nearest table around it.
    fn line(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.lines.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return 1,
            }
        }
    }

    /// Whether nothing at these paths was mended: a rule may rely on them.
    pub(super) fn sound(&self, paths: &[&str]) -> bool {
        paths.iter().all(|path| !self.mended.contains(*path))
    }

    /// Whether nothing in this section, such as `step`, was mended under one of these keys.
    pub(super) fn section_sound(&self, section: &str, keys: &[&str]) -> bool {
        !self.mended.iter().any(|path| {
            path == section
                || path
                    .strip_prefix(section)
                    .and_then(|rest| rest.strip_prefix('['))
                    .is_some_and(|rest| rest.split_once("].").is_none_or(|(_, key)| keys.contains(&key)))
        })
    }

    pub(super) fn error(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.report(path, code, Severity::Error, message.into());
    }

    pub(super) fn warning(&mut self, path: &str, code: &'static str, message: impl Into<String>) {
        self.report(path, code, Severity::Warning, message.into());
    }

    fn report(&mut self, path: &str, code: &'static str, severity: Severity, message: String) {
        if self.mended.contains(path) {
            return;
        }
        self.push(self.line(path), path, code, severity, message);
    }

    fn push(&mut self, line: usize, path: &str, code: &'static str, severity: Severity, message: String) {
        if self.broken_lines.contains(&line) && code != "syntax" {
            return;
        }
        if self.found.len() >= MAX_VIOLATIONS {
            self.left_out += 1;
            return;
        }
        self.found.push(Violation { file: self.file.clone(), line, key: path.to_owned(), code, severity, message });
    }

    /// Everything found, by line.
    pub(super) fn into_violations(mut self) -> Vec<Violation> {
        self.found.sort_by(|a, b| (a.line, &a.key, a.code).cmp(&(b.line, &b.key, b.code)));
        if self.left_out > 0 {
            self.found.push(Violation {
                file: self.file,
                line: 1,
                key: String::new(),
                code: "too-many",
                severity: Severity::Error,
                message: format!("此文件另有{}处问题没有列出，请先改正以上各处", self.left_out),
            });
        }
        self.found
    }
}

pub(super) fn parse_item(file: &CatalogueFile) -> Parsed<Item> {
    parse(file, schema::ITEM)
}

pub(super) fn parse_bundle(file: &CatalogueFile) -> Parsed<Bundle> {
    parse(file, schema::BUNDLE)
}

fn parse<T: DeserializeOwned>(file: &CatalogueFile, keys: &'static [Key]) -> Parsed<T> {
    let mut page = Page { file: file.path.clone(), ..Page::default() };
    if file.bytes.len() > MAX_FILE_BYTES {
        let message = format!("文件超过{}KB，请检查是否放错了文件", MAX_FILE_BYTES >> 10);
        page.error("", "file-too-large", message);
        return Parsed { value: None, page };
    }
    let text = match std::str::from_utf8(&file.bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = 1 + file.bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
            page.push(line, "", "not-utf8", Severity::Error, "文件不是 UTF-8 编码，请另存为 UTF-8".to_owned());
            return Parsed { value: None, page };
        }
    };
    let breaks = Breaks::of(text);
    let (mut table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = breaks.line(error.span().map_or(0, |span| span.start));
        let message = format!("不符合 TOML 语法，请检查引号、括号、逗号和键是否重复（{}）", error.message());
        page.broken_lines.insert(line);
        page.push(line, "", "syntax", Severity::Error, message);
    }
    if !errors.is_empty() && table.get_ref().is_empty() {
        return Parsed { value: None, page };
    }
    // Recovery drops what it could not read, so keys seem to be missing that are only behind the error.
    let broken = !errors.is_empty();
    Reader { page: &mut page, breaks: &breaks, broken }.table("", table.get_mut(), keys, 1);
    let value = match T::deserialize(toml::de::Deserializer::from(table)) {
        Ok(value) => Some(value),
        Err(error) => {
            // The shapes and the types do not agree: tell it rather than lose it.
            page.error("", "format", format!("文件内容不符合格式：{}", error.message()));
            None
        }
    };
    Parsed { value: value.filter(|_| !broken), page }
}

/// Where lines begin.
struct Breaks(Vec<usize>);

impl Breaks {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|at| *at < offset) + 1
    }
}

struct Reader<'a> {
    page: &'a mut Page,
    breaks: &'a Breaks,
    broken: bool,
}

impl Reader<'_> {
    fn table(&mut self, path: &str, table: &mut DeTable<'_>, keys: &'static [Key], line: usize) {
        let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let mut unknown = Vec::new();
        for (key, _) in table.iter() {
            let name: &str = key.get_ref();
            let line = self.breaks.line(key.span().start);
            if keys.iter().any(|known| known.name == name) {
                self.page.lines.insert(at(name), line);
            } else {
                let near = keys.iter().map(|key| key.name).min_by_key(|known| distance(known, name));
                let hint = near.filter(|near| distance(near, name) <= 2).map(|near| format!("，是否应为“{near}”"));
                let shown: String = name.chars().take(60).collect();
                let message = format!("不认识的键“{shown}”{}", hint.unwrap_or_default());
                self.page.push(line, &at(&shown), "unknown-key", Severity::Error, message);
                unknown.push(name.to_owned());
            }
        }
        for name in unknown {
            table.remove(name.as_str());
        }
        for key in keys {
            let path = at(key.name);
            match table.get_mut(key.name) {
                Some(value) => self.value(&path, value, &key.shape),
                None if key.required => {
                    if !self.broken {
                        let message = format!("缺少必填的键“{}”", key.name);
                        self.page.push(line, &path, "missing-key", Severity::Error, message);
                    }
                    self.page.mended.insert(path);
                    let mut value = neutral(&key.shape);
                    if let Shape::Table(keys) = &key.shape {
                        fill(&mut value, keys);
                    }
                    table.insert(Spanned::new(0..0, key.name.into()), Spanned::new(0..0, value));
                }
                None => {}
            }
        }
    }

    fn value(&mut self, path: &str, value: &mut Spanned<DeValue<'_>>, shape: &'static Shape) {
        let line = self.breaks.line(value.span().start);
        match (shape, value.get_mut()) {
            (Shape::Text | Shape::Kebab | Shape::Snake, DeValue::String(text)) => {
                if let Some((code, message)) = wrong_text(shape, text) {
                    self.wrong(path, value, shape, line, code, message);
                }
            }
            (Shape::Texts, DeValue::Array(list)) => {
                let mut list = std::mem::replace(list, DeArray::new());
                self.list(path, &mut list, |value| match value {
                    DeValue::String(text) => wrong_text(&Shape::Text, text),
                    other => Some(("wrong-type", format!("应为文字，写的是{}", kind(other)))),
                });
                *value.get_mut() = DeValue::Array(list);
            }
            (Shape::Words(words), DeValue::Array(list)) => {
                let words = words();
                let mut list = std::mem::replace(list, DeArray::new());
                self.list(path, &mut list, |value| match value {
                    DeValue::String(text) if words.contains(&text.as_ref()) => None,
                    other => Some(wrong_word(&words, other)),
                });
                *value.get_mut() = DeValue::Array(list);
            }
            (Shape::Word(words), DeValue::String(text)) => {
                let words = words();
                if !words.contains(&text.as_ref()) {
                    let (code, message) = wrong_word(&words, value.get_ref());
                    self.wrong(path, value, shape, line, code, message);
                }
            }
            (Shape::Whole(min, max), DeValue::Integer(number)) => {
                let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
                if !read.is_some_and(|read| (*min..=*max).contains(&read)) {
                    let message = format!("应为{min}至{max}之间的整数");
                    self.wrong(path, value, shape, line, "out-of-range", message);
                }
            }
            (Shape::Number, DeValue::Integer(number)) => {
                let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
                if read.is_none_or(|read| read.unsigned_abs() >= 1 << 53) {
                    self.wrong(path, value, shape, line, "out-of-range", "数字过大".to_owned());
                }
            }
            (Shape::Number, DeValue::Float(number)) => {
                if !number.as_str().parse::<f64>().is_ok_and(f64::is_finite) {
                    self.wrong(path, value, shape, line, "out-of-range", "应为有限的数字".to_owned());
                }
            }
            (Shape::Bool, DeValue::Boolean(_)) => {}
            (Shape::Table(keys), DeValue::Table(table)) => self.table(path, table, keys, line),
            (Shape::Tables(keys), DeValue::Array(list)) => {
                let tables = std::mem::replace(list, DeArray::new());
                let mut kept = DeArray::new();
                for (index, mut entry) in tables.into_iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    let line = self.breaks.line(entry.span().start);
                    self.page.lines.insert(path.clone(), line);
                    if let DeValue::Table(table) = entry.get_mut() {
                        self.table(&path, table, keys, line);
                    } else {
                        let message = format!("应为表，写的是{}", kind(entry.get_ref()));
                        self.page.push(line, &path, "wrong-type", Severity::Error, message);
                        self.page.mended.insert(path);
                        let mut neutral = DeValue::Table(DeTable::new());
                        fill(&mut neutral, keys);
                        entry = Spanned::new(0..0, neutral);
                    }
                    kept.push(entry);
                }
                *value.get_mut() = DeValue::Array(kept);
            }
            (_, other) => {
                let message = format!("应为{}，写的是{}", expected(shape), kind(other));
                self.wrong(path, value, shape, line, "wrong-type", message);
            }
        }
    }

    /// Takes the wrong elements out of a list and tells them.
    fn list(
        &mut self,
        path: &str,
        list: &mut DeArray<'_>,
        wrong: impl Fn(&DeValue<'_>) -> Option<(&'static str, String)>,
    ) {
        let elements = std::mem::replace(list, DeArray::new());
        let mut seen = BTreeSet::new();
        for (index, element) in elements.into_iter().enumerate() {
            let line = self.breaks.line(element.span().start);
            let path_of_element = format!("{path}[{index}]");
            let found = wrong(element.get_ref()).or_else(|| {
                let text = element.get_ref().as_str()?;
                (!seen.insert(text.to_owned())).then(|| ("duplicate-value", format!("“{text}”重复，请删去一个")))
            });
            if let Some((code, message)) = found {
                self.page.push(line, &path_of_element, code, Severity::Error, message);
                self.page.mended.insert(path.to_owned());
            } else {
                self.page.lines.insert(path_of_element, line);
                list.push(element);
            }
        }
    }

    /// Tells a wrong value and puts a neutral one in its place.
    fn wrong(
        &mut self,
        path: &str,
        value: &mut Spanned<DeValue<'_>>,
        shape: &'static Shape,
        line: usize,
        code: &'static str,
        message: String,
    ) {
        self.page.push(line, path, code, Severity::Error, message);
        self.page.mended.insert(path.to_owned());
        *value.get_mut() = neutral(shape);
        if let Shape::Table(keys) = shape {
            fill(value.get_mut(), keys);
        }
    }
}

fn wrong_text(shape: &Shape, text: &str) -> Option<(&'static str, String)> {
    let joined = |by: char| {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        text.len() <= 80 && text.split(by).all(part)
    };
    if text.trim().is_empty() {
        return Some(("empty", "内容为空，请填写".to_owned()));
    }
    if text.chars().count() > MAX_TEXT {
        return Some(("too-long", format!("内容超过{MAX_TEXT}字，请缩短")));
    }
    let right = match shape {
        Shape::Kebab => joined('-'),
        Shape::Snake => joined('_') && text.starts_with(|c: char| c.is_ascii_lowercase()),
        _ => return None,
    };
    if right {
        return None;
    }
    let shown: String = text.chars().take(40).collect();
    Some(match shape {
        Shape::Kebab => ("not-kebab-case", format!("“{shown}”应由小写字母、数字和连字符组成，如 id-card")),
        _ => ("not-snake-case", format!("“{shown}”应由小写字母、数字和下划线组成，以字母开头，如 id_number")),
    })
}

fn wrong_word(words: &[&str], value: &DeValue<'_>) -> (&'static str, String) {
    match value {
        DeValue::String(text) => {
            let shown: String = text.chars().take(40).collect();
            ("unknown-word", format!("“{shown}”应为以下之一：{}", words.join("、")))
        }
        other => ("wrong-type", format!("应为文字，写的是{}", kind(other))),
    }
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "文字",
        DeValue::Integer(_) => "整数",
        DeValue::Float(_) => "小数",
        DeValue::Boolean(_) => "真假值",
        DeValue::Datetime(_) => "日期时间",
        DeValue::Array(_) => "列表",
        DeValue::Table(_) => "表",
    }
}

const fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text | Shape::Kebab | Shape::Snake | Shape::Word(_) => "文字",
        Shape::Texts | Shape::Words(_) => "文字列表",
        Shape::Whole(..) => "整数",
        Shape::Number => "数字",
        Shape::Bool => "true 或 false",
        Shape::Table(_) => "表",
        Shape::Tables(_) => "表的列表",
    }
}

/// A value of this shape that says nothing.
fn neutral<'i>(shape: &Shape) -> DeValue<'i> {
    match shape {
        Shape::Text | Shape::Kebab | Shape::Snake => DeValue::String("".into()),
        Shape::Word(words) => DeValue::String(words().first().copied().unwrap_or_default().into()),
        Shape::Texts | Shape::Words(_) | Shape::Tables(_) => DeValue::Array(DeArray::new()),
        Shape::Whole(..) | Shape::Number => DeValue::Integer(toml::de::DeInteger::default()),
        Shape::Bool => DeValue::Boolean(false),
        Shape::Table(_) => DeValue::Table(DeTable::new()),
    }
}

/// Gives a table all the keys it must have.
fn fill(value: &mut DeValue<'_>, keys: &'static [Key]) {
    if let DeValue::Table(table) = value {
        for key in keys.iter().filter(|key| key.required) {
            let mut value = neutral(&key.shape);
            if let Shape::Table(keys) = &key.shape {
                fill(&mut value, keys);
            }
            table.insert(Spanned::new(0..0, key.name.into()), Spanned::new(0..0, value));
        }
    }
}

/// How many letters must be changed to make one word of the other (Levenshtein), for short words.
fn distance(a: &str, b: &str) -> usize {
    if b.len() > 40 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
