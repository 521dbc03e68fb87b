//! Valid synthetic answers for any item, made from the item itself: from the types, options, patterns and bounds of its
//! fields, from what the platform knows of the applicant, and from the rules it must satisfy.
//!
//! There are no special cases by item. [`find`] fills the form with plain answers, assesses it, and changes the answers
//! that broken rules name until every rule holds. The same input always gives the same answers.

mod pattern;
mod plain;
mod search;

use catalogue::domain::{ApplicantFacts, CertificateFacts, Procedure};
use jiff::civil::Date;
use serde_json::{Map, Value};

/// Somebody who could apply: what rules and prefill see, and the login.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Login.
    pub account: String,
    /// Who.
    pub facts: ApplicantFacts,
    /// What this applicant holds in the certificate library.
    pub certificates: Vec<CertificateFacts>,
}

/// An application that satisfies its item.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// Place of the applicant among the candidates.
    pub applicant: usize,
    /// Answers by field key.
    pub form: Map<String, Value>,
    /// Keys of the materials that are asked for and that no certificate replaces: each needs a file.
    pub materials: Vec<String>,
}

/// Why no candidate can apply: for each, the rules and faults that were left at the end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answers satisfy {item}: {}", left.join("; "))]
pub struct NoAnswers {
    /// Slug of the item.
    pub item: String,
    /// What was left, by login.
    pub left: Vec<String>,
}

/// Finds an applicant and answers that satisfy `procedure` on `today`. Of all candidates who can apply it takes the one
/// the item is made for: who has the fewest files to hand in and the fewest questions to answer that the platform answers
/// for others; among equals the first.
///
/// # Errors
/// [`NoAnswers`] with what is in the way of each candidate.
pub fn find(procedure: &Procedure, candidates: &[Candidate], today: Date) -> Result<Answers, NoAnswers> {
    let mut best: Option<(usize, Answers)> = None;
    let mut left = Vec::new();
    for (applicant, candidate) in candidates.iter().enumerate() {
        if !procedure.item.audience.contains(&candidate.facts.kind) {
            continue;
        }
        match search::answers(procedure, candidate, today) {
            Ok(search::Found { form, files, unknown }) => {
                let effort = files.len() + unknown;
                if best.as_ref().is_none_or(|(least, _)| effort < *least) {
                    best = Some((effort, Answers { applicant, form, materials: files }));
                }
            }
            Err(reasons) => left.push(format!("{}: {}", candidate.account, reasons.join(", "))),
        }
    }
    best.map(|(_, answers)| answers).ok_or_else(|| NoAnswers { item: procedure.item.slug.clone(), left })
}

/// What candidates of the demonstration city look like on `today`, as if every paper of theirs were in the library.
#[cfg(test)]
pub(crate) fn demonstration_candidates(today: Date) -> Vec<Candidate> {
    use crate::city::{papers, people};
    let vocabulary = vocab::Vocabulary::guiyang();
    let persons = (0..people::citizens().len()).map(|place| papers::of_citizen(place, today));
    let bodies = (0..people::enterprises().len()).map(|place| papers::of_enterprise(place, today));
    let held: Vec<_> = persons.chain(bodies).collect();
    let applicants = people::applicants(today).into_iter().zip(held);
    let candidate = |((account, facts), papers): ((String, ApplicantFacts), Vec<papers::Paper>)| {
        let certificates = papers.into_iter().enumerate().map(|(place, paper)| {
            let years = vocabulary.certificate_type(paper.certificate_type).map_or(0, |kind| kind.validity_years);
            let years = i64::from(years);
            let expires_on = (years > 0).then(|| paper.issued_on + jiff::Span::new().years(years));
            CertificateFacts {
                id: format!("{place:013}"),
                certificate_type: paper.certificate_type.to_owned(),
                number: format!("{}{place}", facts.id_number.as_deref().unwrap_or("DEMO")),
                valid: expires_on.is_none_or(|day| day >= today),
                issued_on: paper.issued_on,
                expires_on,
                data: paper.data,
            }
        });
        Candidate { account, certificates: certificates.collect(), facts }
    };
    applicants.map(candidate).collect()
}

#[cfg(test)]
mod tests;
