//! Reads the lists from the text of their files and tells every fault at once.

use std::collections::BTreeSet;

use serde::{Deserialize, de::DeserializeOwned};
use toml::Spanned;

use crate::{CertificateType, Department, Division, DivisionLevel, Theme, Zone};

/// The text of the five files.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// `vocabulary/departments.toml`.
    pub departments: &'a str,
    /// `vocabulary/themes.toml`.
    pub themes: &'a str,
    /// `vocabulary/certificate_types.toml`.
    pub certificate_types: &'a str,
    /// `regions/guiyang_divisions.csv`.
    pub divisions: &'a str,
    /// `regions/development_zones.toml`.
    pub zones: &'a str,
}

impl Sources<'static> {
    /// The files of the city that are part of the program.
    #[must_use]
    pub const fn guiyang() -> Self {
        Self {
            departments: include_str!("../../../data/vocabulary/departments.toml"),
            themes: include_str!("../../../data/vocabulary/themes.toml"),
            certificate_types: include_str!("../../../data/vocabulary/certificate_types.toml"),
            divisions: include_str!("../../../data/regions/guiyang_divisions.csv"),
            zones: include_str!("../../../data/regions/development_zones.toml"),
        }
    }
}

/// One thing wrong in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VocabFault {
    /// File, relative to the data folder.
    pub file: &'static str,
    /// Line, from 1.
    pub line: usize,
    /// Key of the entry, or empty.
    pub key: String,
    /// What is wrong and what would be right, in Chinese.
    pub message: String,
}

/// The lists have faults; all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} faults in the vocabularies, the first in {}", faults.len(), faults.first().map_or("", |fault| fault.file))]
pub struct VocabError {
    /// Every fault, by file and line.
    pub faults: Vec<VocabFault>,
}

pub(crate) struct Lists {
    pub(crate) divisions: Vec<Division>,
    pub(crate) zones: Vec<Zone>,
    pub(crate) departments: Vec<Department>,
    pub(crate) themes: Vec<Theme>,
    pub(crate) certificate_types: Vec<CertificateType>,
}

const DEPARTMENTS: &str = "vocabulary/departments.toml";
const THEMES: &str = "vocabulary/themes.toml";
const CERTIFICATE_TYPES: &str = "vocabulary/certificate_types.toml";
const DIVISIONS: &str = "regions/guiyang_divisions.csv";
const ZONES: &str = "regions/development_zones.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DepartmentFile {
    department: Vec<Spanned<Department>>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    theme: Vec<Spanned<Theme>>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CertificateTypeFile {
    certificate_type: Vec<Spanned<CertificateType>>,
}
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneFile {
    zone: Vec<Spanned<Zone>>,
}

/// An entry and the line on which it begins.
struct Placed<T> {
    line: usize,
    entry: T,
}

#[derive(Default)]
struct Reader {
    faults: Vec<VocabFault>,
}

pub(crate) fn read(sources: &Sources<'_>) -> Result<Lists, VocabError> {
    let mut reader = Reader::default();
    let departments = reader.departments(sources.departments);
    let themes = reader.themes(sources.themes);
    let certificate_types = reader.certificate_types(sources.certificate_types, &departments);
    let divisions = reader.divisions(sources.divisions);
    let zones = reader.zones(sources.zones, &divisions);
    if reader.faults.is_empty() {
        Ok(Lists {
            divisions: entries(divisions),
            zones: entries(zones),
            departments: entries(departments),
            themes: entries(themes),
            certificate_types: entries(certificate_types),
        })
    } else {
        Err(VocabError { faults: reader.faults })
    }
}

fn entries<T>(list: Vec<Placed<T>>) -> Vec<T> {
    list.into_iter().map(|placed| placed.entry).collect()
}

impl Reader {
    fn fault(&mut self, file: &'static str, line: usize, key: &str, message: impl Into<String>) {
        self.faults.push(VocabFault { file, line, key: key.to_owned(), message: message.into() });
    }

    fn file<F: DeserializeOwned, T>(
        &mut self,
        file: &'static str,
        text: &str,
        list: impl FnOnce(F) -> Vec<Spanned<T>>,
    ) -> Vec<Placed<T>> {
        match toml::from_str::<F>(text) {
            Ok(parsed) => list(parsed)
                .into_iter()
                .map(|entry| Placed { line: line_of(text, entry.span().start), entry: entry.into_inner() })
                .collect(),
            Err(error) => {
                let line = line_of(text, error.span().map_or(0, |span| span.start));
                self.fault(file, line, "", format!("文件读不懂，请按格式修改：{}", error.message()));
                Vec::new()
            }
        }
    }

    /// Keys are kebab-case and occur once; names are written.
    fn keys<T>(&mut self, file: &'static str, list: &[Placed<T>], of: impl Fn(&T) -> (&str, &str)) {
        let mut seen = BTreeSet::new();
        for placed in list {
            let (key, name) = of(&placed.entry);
            if !is_kebab(key) {
                self.fault(file, placed.line, key, "键应由小写字母、数字和连字符组成");
            }
            if !seen.insert(key.to_owned()) {
                self.fault(file, placed.line, key, format!("键“{key}”重复，请改用不同的键"));
            }
            if name.trim().is_empty() {
                self.fault(file, placed.line, key, "名称为空，请填写");
            }
        }
    }

    fn departments(&mut self, text: &str) -> Vec<Placed<Department>> {
        let list = self.file(DEPARTMENTS, text, |file: DepartmentFile| file.department);
        self.keys(DEPARTMENTS, &list, |department| (&department.key, &department.name));
        for placed in &list {
            let Department { key, parent, .. } = &placed.entry;
            if let Some(parent) = parent
                && (parent == key || !list.iter().any(|other| other.entry.key == *parent))
            {
                self.fault(DEPARTMENTS, placed.line, key, format!("上级部门“{parent}”不在部门表中"));
            }
        }
        list
    }

    fn themes(&mut self, text: &str) -> Vec<Placed<Theme>> {
        let list = self.file(THEMES, text, |file: ThemeFile| file.theme);
        self.keys(THEMES, &list, |theme| (&theme.key, &theme.name));
        list
    }

    fn certificate_types(&mut self, text: &str, departments: &[Placed<Department>]) -> Vec<Placed<CertificateType>> {
        let list = self.file(CERTIFICATE_TYPES, text, |file: CertificateTypeFile| file.certificate_type);
        self.keys(CERTIFICATE_TYPES, &list, |kind| (&kind.key, &kind.name));
        for placed in &list {
            let CertificateType { key, issuer, fields, .. } = &placed.entry;
            if !departments.iter().any(|department| department.entry.key == *issuer) {
                self.fault(CERTIFICATE_TYPES, placed.line, key, format!("颁发部门“{issuer}”不在部门表中"));
            }
            let mut seen = BTreeSet::new();
            for field in fields {
                if !is_snake(field) || CertificateType::COMMON.contains(&field.as_str()) || !seen.insert(field) {
                    let message = format!("数据项“{field}”写法不对、重复，或与通用数据项同名");
                    self.fault(CERTIFICATE_TYPES, placed.line, key, message);
                }
            }
        }
        list
    }

    fn zones(&mut self, text: &str, divisions: &[Placed<Division>]) -> Vec<Placed<Zone>> {
        let list = self.file(ZONES, text, |file: ZoneFile| file.zone);
        self.keys(ZONES, &list, |zone| (&zone.key, &zone.name));
        let mut codes = BTreeSet::new();
        for placed in &list {
            let Zone { key, code, .. } = &placed.entry;
            let taken = divisions.iter().any(|division| division.entry.short_code() == code);
            if !is_digits(code, 6) || taken || !codes.insert(code) {
                let message = format!("内部区域码“{code}”应为六位数字，不得重复或与行政区划代码相同");
                self.fault(ZONES, placed.line, key, message);
            }
        }
        list
    }

    fn divisions(&mut self, text: &str) -> Vec<Placed<Division>> {
        let mut lines = text.lines().enumerate();
        if lines.next().is_none_or(|(_, head)| head.trim() != "code,level,name,parent_code") {
            self.fault(DIVISIONS, 1, "", "首行应为 code,level,name,parent_code");
        }
        let mut list: Vec<Placed<Division>> = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        for (at, row) in lines.filter(|(_, row)| !row.trim().is_empty()) {
            let line = at + 1;
            let cells: Vec<&str> = row.trim_end().split(',').collect();
            let [code, level, name, parent_code] = cells[..] else {
                self.fault(DIVISIONS, line, "", "每行应有四列");
                continue;
            };
            let Ok(level) = level.parse::<DivisionLevel>() else {
                self.fault(DIVISIONS, line, code, format!("级别“{level}”应为 city、county、township 或 village"));
                continue;
            };
            if !is_digits(code, 12) || !is_digits(parent_code, 12) || name.trim().is_empty() {
                self.fault(DIVISIONS, line, code, "代码和上级代码应为十二位数字，名称不得为空");
                continue;
            }
            if !seen.insert(code.to_owned()) {
                self.fault(DIVISIONS, line, code, "代码重复");
                continue;
            }
            if level != DivisionLevel::City && !seen.contains(parent_code) {
                self.fault(DIVISIONS, line, code, format!("上级代码“{parent_code}”应在它之前出现"));
            }
            let (name, parent_code, code) = (name.to_owned(), parent_code.to_owned(), code.to_owned());
            list.push(Placed { line, entry: Division { code, level, name, parent_code } });
        }
        list
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_kebab(text: &str) -> bool {
    !text.is_empty() && text.split('-').all(|part| !part.is_empty() && part.bytes().all(is_word))
}

fn is_snake(text: &str) -> bool {
    !text.is_empty() && text.split('_').all(|part| !part.is_empty() && part.bytes().all(is_word))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(change: impl FnOnce(&mut Sources<'static>)) -> Vec<VocabFault> {
        let mut sources = Sources::guiyang();
        change(&mut sources);
        read(&sources).err().map(|error| error.faults).unwrap_or_default()
    }

    #[test]
    fn the_citys_files_have_no_fault() {
        assert_eq!(faults(|_| {}), []);
    }

    #[test]
    fn every_fault_is_told_with_its_line() {
        let found = faults(|sources| {
            sources.themes = "theme = [\n  { key = \"a\", name = \"甲\", audience = \"person\" },\n  { key = \"a\", name = \" \", audience = \"person\" },\n]";
            sources.zones = "zone = [ { key = \"B\", code = \"520102\", name = \"某区\", short = \"某\" } ]";
        });
        let told: Vec<(&str, usize)> = found.iter().map(|fault| (fault.file, fault.line)).collect();
        assert_eq!(told, [(THEMES, 3), (THEMES, 3), (ZONES, 1), (ZONES, 1)], "{found:?}");
    }

    #[test]
    fn departments_certificates_and_divisions_hang_together() {
        let found = faults(|sources| {
            sources.departments = "department = [ { key = \"a\", name = \"甲局\", short = \"甲\", kind = \"department\", parent = \"b\" } ]";
            sources.certificate_types = "certificate_type = [ { key = \"c\", name = \"证\", holder = \"person\", issuer = \"x\", validity_years = 0, fields = [\"number\", \"ok\", \"ok\"] } ]";
            sources.divisions = "code,level,name,parent_code\n520100000000,city,贵阳市,520000000000\n520102000000,county,南明区,520199000000\n52,county,短,520100000000\n520103000000,shire,云岩区,520100000000\n520100000000,city,贵阳市,520000000000\nx\n";
        });
        let told: Vec<(&str, usize)> = found.iter().map(|fault| (fault.file, fault.line)).collect();
        let divisions = [3, 4, 5, 6, 7].map(|line| (DIVISIONS, line));
        assert_eq!(
            told[..4],
            [(DEPARTMENTS, 1), (CERTIFICATE_TYPES, 1), (CERTIFICATE_TYPES, 1), (CERTIFICATE_TYPES, 1)]
        );
        assert_eq!(told[4..], divisions, "{found:?}");
    }

    #[test]
    fn malformed_files_are_told_not_passed_over() {
        let found = faults(|sources| {
            sources.departments = "department = [";
            sources.themes = "theme = [ { key = \"a\", name = \"甲\", audience = \"dog\" } ]";
            sources.divisions = "";
        });
        assert!(found.iter().any(|fault| fault.file == DEPARTMENTS), "{found:?}");
        assert!(found.iter().any(|fault| fault.file == THEMES && fault.line == 1), "{found:?}");
        assert!(found.iter().any(|fault| fault.file == DIVISIONS), "{found:?}");
    }
}
