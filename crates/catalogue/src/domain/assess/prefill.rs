//! Answers the platform already knows.

use kernel::SubjectKind;
use serde_json::Value;

use super::reading::{self, Reading};
use super::{Facts, Prefill, explain};
use crate::domain::expr::Scope;
use crate::domain::procedure::{FieldParts, Source};
use crate::domain::{ApplicantFacts, CertificateFacts, Field, FieldType, Procedure};

/// The known answer of a field, if there is one and it is valid for the field.
pub(super) fn prefill(
    procedure: &Procedure,
    field: &Field,
    parts: &FieldParts,
    scope: &Scope<'_>,
    facts: &Facts,
) -> Option<Prefill> {
    let (known, origin, since) = match parts.source.as_ref()? {
        // The name of an enterprise is nobody's personal name.
        Source::Applicant(member)
            if member == "name"
                && field.field_type == FieldType::PersonName
                && facts.applicant.kind == SubjectKind::Enterprise =>
        {
            return None;
        }
        Source::Applicant(member) => (applicant(&facts.applicant, member)?.to_owned(), "来自账户信息".to_owned(), None),
        Source::Certificate { kind, member } => {
            let held = scope.valid(kind)?;
            let origin = format!("来自{}", explain::certificate_label(procedure, kind));
            (certificate(held, member)?, origin, Some(held.issued_on))
        }
    };
    match reading::read(field, parts.pattern.as_ref(), &Value::String(known), facts.today) {
        Reading::Valid(value, _) => Some(Prefill { value, origin, since }),
        Reading::Absent | Reading::Faulty(..) => None,
    }
}

fn applicant<'a>(applicant: &'a ApplicantFacts, member: &str) -> Option<&'a str> {
    match member {
        "name" => Some(&applicant.name),
        "id_number" => applicant.id_number.as_deref(),
        "uscc" => applicant.uscc.as_deref(),
        "phone" => applicant.phone.as_deref(),
        "address" => applicant.address.as_deref(),
        "region" => applicant.region.as_deref(),
        "legal_representative" => applicant.legal_representative.as_deref(),
        _ => None,
    }
}

fn certificate(held: &CertificateFacts, member: &str) -> Option<String> {
    match member {
        "number" => Some(held.number.clone()),
        "issued_on" => Some(held.issued_on.to_string()),
        "expires_on" => held.expires_on.map(|day| day.to_string()),
        _ => held.data.get(member).cloned(),
    }
}
