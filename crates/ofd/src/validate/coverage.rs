//! What a signature does not cover, and stamps that nobody sees.

use std::collections::BTreeSet;

use crate::finding::{Code, Finding};
use crate::read::{Reading, SignatureKind, SignatureRecord, xml};
use crate::seal::overlap;

/// Files outside a signature's references. Not counted: the list of signatures, this signature's own description and
/// value, and those of the other signatures, which are checked by themselves.
pub(super) fn uncovered(reading: &Reading, record: &SignatureRecord) -> Vec<Finding> {
    let mut free: BTreeSet<&str> = BTreeSet::from([record.place.as_str(), record.value.as_str()]);
    free.extend(reading.list.as_deref());
    for other in reading.signatures.iter().filter(|other| other.place != record.place) {
        free.extend([other.place.as_str(), other.value.as_str()]);
        free.extend(other.seal.as_deref());
    }
    let covered: BTreeSet<&str> = record.references.iter().map(|reference| reference.place.as_str()).collect();
    let mut findings = Vec::new();
    for name in reading.names().filter(|name| !covered.contains(name) && !free.contains(name)) {
        findings.push(Finding::new(Code::NotCovered, name));
    }
    if reading.list.as_deref().is_some_and(|list| covered.contains(list)) {
        findings.push(Finding::new(Code::ListCovered, &record.id));
    }
    if record.kind == SignatureKind::Seal && record.stamps.is_empty() {
        findings.push(Finding::new(Code::NoStamp, &record.id));
    }
    for stamp in &record.stamps {
        let page = reading.pages.iter().find(|page| page.id == stamp.page);
        if !page.is_some_and(|page| overlap(page.area, stamp.boundary)) {
            findings.push(Finding::new(Code::StampNowhere, &record.id));
        }
    }
    findings
}

/// Pages in the package that the document does not show.
pub(super) fn unused_pages(reading: &Reading) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, bytes) in reading.archive.files() {
        let shown = reading.pages.iter().any(|page| page.place == name) || reading.templates.iter().any(|t| t == name);
        let attached = reading.attachments.iter().any(|attachment| attachment.place == name);
        if shown || attached || !name.to_lowercase().ends_with(".xml") {
            continue;
        }
        if xml::parse(name, bytes).is_ok_and(|root| root.name == "Page") {
            findings.push(Finding::new(Code::UnusedPage, name));
        }
    }
    findings
}
