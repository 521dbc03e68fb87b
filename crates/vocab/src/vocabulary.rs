//! All lists together, with their look-ups.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use kernel::SubjectKind;
use serde::Serialize;

use crate::parse::{self, Lists};
use crate::{CertificateType, Department, Division, DivisionLevel, Sources, Theme, VocabError, Zone};

/// Every code list, read once. A clone is another handle on the same lists.
#[derive(Debug, Clone)]
pub struct Vocabulary(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    divisions: Vec<Division>,
    zones: Vec<Zone>,
    departments: Vec<Department>,
    themes: Vec<Theme>,
    certificate_types: Vec<CertificateType>,
    by_division: HashMap<String, usize>,
    by_department: HashMap<String, usize>,
    by_theme: HashMap<String, usize>,
    by_certificate_type: HashMap<String, usize>,
}

/// A place where a case can be handled: the whole city, a district or a development zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Region {
    /// Six digits.
    pub code: String,
    /// Name.
    pub name: String,
}

static GUIYANG: LazyLock<Vocabulary> = LazyLock::new(|| {
    Vocabulary::parse(&Sources::guiyang()).unwrap_or_else(|error| panic!("the vocabularies in the program: {error}"))
});

fn index<T>(list: &[T], key: impl Fn(&T) -> &str) -> HashMap<String, usize> {
    list.iter().enumerate().map(|(at, entry)| (key(entry).to_owned(), at)).collect()
}

impl Vocabulary {
    /// Reads the lists from the text of their files.
    ///
    /// # Errors
    /// Every fault of every file: broken text, keys that occur twice, references to nothing.
    pub fn parse(sources: &Sources<'_>) -> Result<Self, VocabError> {
        let Lists { divisions, zones, departments, themes, certificate_types } = parse::read(sources)?;
        Ok(Self(Arc::new(Inner {
            by_division: index(&divisions, |division| &division.code),
            by_department: index(&departments, |department| &department.key),
            by_theme: index(&themes, |theme| &theme.key),
            by_certificate_type: index(&certificate_types, |kind| &kind.key),
            divisions,
            zones,
            departments,
            themes,
            certificate_types,
        })))
    }

    /// The lists of Guiyang (贵阳市) that are part of the program. A test reads them, so this cannot fail in a program
    /// that was tested.
    #[must_use]
    pub fn guiyang() -> Self {
        GUIYANG.clone()
    }

    /// All divisions, each after the one above it.
    #[must_use]
    pub fn divisions(&self) -> &[Division] {
        &self.0.divisions
    }

    /// The districts and counties (区、市、县), by code.
    pub fn districts(&self) -> impl Iterator<Item = &Division> {
        self.0.divisions.iter().filter(|division| division.level == DivisionLevel::County)
    }

    /// The divisions directly below the one with this code, of 4, 6, 9 or 12 digits.
    pub fn below(&self, code: &str) -> impl Iterator<Item = &Division> {
        let above = padded(code);
        self.0.divisions.iter().filter(move |division| above.as_ref().is_some_and(|code| division.parent_code == *code))
    }

    /// The division with this code, of 4, 6, 9 or 12 digits. Filler codes and development zones are no divisions.
    #[must_use]
    pub fn division(&self, code: &str) -> Option<&Division> {
        self.0.by_division.get(&padded(code)?).and_then(|at| self.0.divisions.get(*at))
    }

    /// The district in which the division with this code lies; none for the city itself, for development zones and for
    /// codes that do not exist.
    #[must_use]
    pub fn district_of(&self, code: &str) -> Option<&Division> {
        let division = self.division(code)?;
        if division.level == DivisionLevel::City { None } else { self.division(division.code.get(..6)?) }
    }

    /// The development zones.
    #[must_use]
    pub fn zones(&self) -> &[Zone] {
        &self.0.zones
    }

    /// The development zone with this key or internal code.
    #[must_use]
    pub fn zone(&self, key_or_code: &str) -> Option<&Zone> {
        self.0.zones.iter().find(|zone| zone.key == key_or_code || zone.code == key_or_code)
    }

    /// Everywhere a case can be handled: districts by code, then development zones.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        let districts = self.districts().map(|d| Region { code: d.short_code().to_owned(), name: d.name.clone() });
        districts.chain(self.0.zones.iter().map(|z| Region { code: z.code.clone(), name: z.name.clone() })).collect()
    }

    /// Name of the division or development zone with this code.
    #[must_use]
    pub fn region_name(&self, code: &str) -> Option<&str> {
        let division = self.division(code).map(|division| division.name.as_str());
        division.or_else(|| self.0.zones.iter().find(|zone| zone.code == code).map(|zone| zone.name.as_str()))
    }

    /// All departments, in the order of the list.
    #[must_use]
    pub fn departments(&self) -> &[Department] {
        &self.0.departments
    }

    /// The department with this key.
    #[must_use]
    pub fn department(&self, key: &str) -> Option<&Department> {
        self.0.by_department.get(key).and_then(|at| self.0.departments.get(*at))
    }

    /// All themes, in the order of the list.
    #[must_use]
    pub fn themes(&self) -> &[Theme] {
        &self.0.themes
    }

    /// The themes for one kind of applicant.
    pub fn themes_for(&self, audience: SubjectKind) -> impl Iterator<Item = &Theme> {
        self.0.themes.iter().filter(move |theme| theme.audience == audience)
    }

    /// The theme with this key.
    #[must_use]
    pub fn theme(&self, key: &str) -> Option<&Theme> {
        self.0.by_theme.get(key).and_then(|at| self.0.themes.get(*at))
    }

    /// All certificate types, in the order of the list.
    #[must_use]
    pub fn certificate_types(&self) -> &[CertificateType] {
        &self.0.certificate_types
    }

    /// The certificate type with this key.
    #[must_use]
    pub fn certificate_type(&self, key: &str) -> Option<&CertificateType> {
        self.0.by_certificate_type.get(key).and_then(|at| self.0.certificate_types.get(*at))
    }
}

/// Twelve digits from 4, 6, 9 or 12.
fn padded(code: &str) -> Option<String> {
    let known = matches!(code.len(), 4 | 6 | 9 | 12) && code.bytes().all(|byte| byte.is_ascii_digit());
    known.then(|| format!("{code:0<12}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_has_ten_districts_and_four_zones() {
        let vocab = Vocabulary::guiyang();
        let districts: Vec<&str> = vocab.districts().map(Division::short_code).collect();
        let expected = "520102 520103 520111 520112 520113 520115 520121 520122 520123 520181";
        assert_eq!(districts.join(" "), expected);
        assert_eq!(vocab.zones().len(), 4);
        assert_eq!(vocab.regions().len(), 14);
        assert_eq!(vocab.region_name("520171"), Some("贵阳国家高新技术产业开发区"));
        assert_eq!(vocab.zone("airport-zone").map(|zone| zone.code.as_str()), Some("520174"));
        assert_eq!(vocab.divisions().len(), 1 + 10 + 146 + 1_629);
    }

    #[test]
    fn every_code_leads_to_its_district() {
        let vocab = Vocabulary::guiyang();
        for code in ["520102", "520102016", "520102016001", "520102000000"] {
            assert_eq!(vocab.district_of(code).map(|d| d.name.as_str()), Some("南明区"), "{code}");
        }
        for code in ["5201", "520171", "520101", "110101", "", "52010", "52010x", "五二〇一"] {
            assert_eq!(vocab.district_of(code), None, "{code}");
        }
        assert!(
            vocab.divisions().iter().all(|d| vocab.district_of(&d.code).is_some() == (d.level != DivisionLevel::City))
        );
        assert!(vocab.below("520102").all(|d| d.level == DivisionLevel::Township));
        assert!(vocab.below("520102").count() > 10);
        assert_eq!(vocab.below("x").count(), 0);
    }

    #[test]
    fn lists_keep_their_order_and_are_found_by_key() {
        let vocab = Vocabulary::guiyang();
        assert_eq!(vocab.department("tax").map(|d| d.kind), Some(crate::DepartmentKind::Vertical));
        assert_eq!(vocab.department("traffic-police").and_then(|d| d.parent.as_deref()), Some("public-security"));
        assert_eq!(vocab.theme("start-up").map(|t| t.audience), Some(SubjectKind::Enterprise));
        assert_eq!(
            vocab.themes_for(SubjectKind::Person).count() + vocab.themes_for(SubjectKind::Enterprise).count(),
            vocab.themes().len()
        );
        let licence = vocab.certificate_type("driving-licence").unwrap();
        assert!(licence.carries("licence_class") && licence.carries("expires_on") && !licence.carries("colour"));
        assert_eq!(vocab.certificate_types().first().map(|kind| kind.key.as_str()), Some("resident-id"));
        assert!(vocab.department("x").is_none() && vocab.theme("x").is_none() && vocab.certificate_type("x").is_none());
    }
}
