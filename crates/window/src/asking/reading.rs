//! From what was typed to a command, and from a fault of the command back to the field.

use cases::domain::{
    command::Command,
    event::{Defect, DeliveryProof, Handed, NonAcceptanceGround, Recommendation, TerminationCause},
    lawful::Move,
};
use serde::de::DeserializeOwned;
use webkit::Fields;

/// A choice that was not made, or not from the list: field and what to do.
pub(crate) type Unchosen = (String, String);

fn chosen<T: DeserializeOwned>(fields: &Fields, name: &str) -> Result<T, Unchosen> {
    serde_json::from_value(serde_json::Value::String(fields.one(name).to_owned()))
        .map_err(|_| (name.to_owned(), "请选择其中一项。".to_owned()))
}

/// A whole number of days; what is none becomes 0, which the engine refuses with the bounds.
fn days(fields: &Fields) -> u32 {
    fields.one("days").trim().parse().unwrap_or(0)
}

/// Yuan with at most two decimals, as fen.
pub(crate) fn cents(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('元').trim().replace(',', "");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<i64>().ok().map(|yuan| yuan * 100 + part)
}

fn optional(fields: &Fields, name: &str) -> Option<String> {
    Some(fields.one(name).trim().to_owned()).filter(|t| !t.is_empty())
}

/// The command that the answers make. `of`: the task or step that the move is about.
pub(crate) fn command(step: Move, of: Option<&str>, fields: &Fields) -> Result<Command, Unchosen> {
    let one = |name: &str| fields.one(name).trim().to_owned();
    let of = of.map(str::to_owned);
    let key = || of.clone().unwrap_or_default();
    Ok(match step {
        Move::Claim => Command::Claim { task: key() },
        Move::Release => Command::Release { task: key() },
        Move::HandOver => {
            let to = fields.one("to").parse().map_err(|_| ("to".to_owned(), "请选择转交给哪位同事。".to_owned()))?;
            Command::HandOver { task: key(), to, name: String::new() }
        }
        Move::PassPreReview => Command::PassPreReview {},
        Move::ReturnPreReview => Command::ReturnPreReview { defects: defects(fields) },
        Move::AskCorrection => Command::AskCorrection { defects: defects(fields) },
        Move::TakePaper => Command::TakePaper { materials: fields.all("materials").map(str::to_owned).collect() },
        Move::SupplyDeferred => Command::SupplyDeferred {
            materials: fields.all("materials").map(|key| (key.to_owned(), Handed::Paper)).collect(),
        },
        Move::Accept => Command::Accept {},
        Move::AcceptDeferred => Command::AcceptDeferred { days: days(fields) },
        Move::ProposeNonAcceptance => Command::ProposeNonAcceptance {
            ground: chosen::<NonAcceptanceGround>(fields, "ground")?,
            reason: one("reason"),
            competent_body: optional(fields, "competent_body"),
        },
        Move::Confirm => Command::Confirm {},
        Move::Dismiss => Command::Dismiss { reason: one("reason") },
        Move::Complete => Command::Complete {
            step: key(),
            opinion: one("opinion"),
            recommend: chosen::<Recommendation>(fields, "recommend")?,
        },
        Move::BeginSpecial => Command::BeginSpecial { step: key(), days: days(fields) },
        Move::EndSpecial => Command::EndSpecial { step: of, result: one("result") },
        Move::ProposeSpecial => {
            Command::ProposeSpecial { kind: chosen(fields, "kind")?, days: days(fields), basis: one("basis") }
        }
        Move::Extend => Command::Extend { days: days(fields), reason: one("reason") },
        Move::AssessFee => {
            Command::AssessFee { amount_cents: cents(fields.one("amount")).unwrap_or(-1), basis: one("basis") }
        }
        Move::RecordPayment => Command::RecordPayment { step: key(), receipt: one("receipt") },
        Move::IntendRefusal => Command::IntendRefusal { reasons: one("reasons"), basis: one("basis") },
        Move::ArrangeHearing => Command::ArrangeHearing {
            day: one("day").parse().map_err(|_| ("day".to_owned(), "日期请写成 2026-03-02 这样。".to_owned()))?,
            time: one("time"),
            place: one("place"),
            chair: one("chair"),
        },
        Move::RecordHearing => Command::RecordHearing {
            record: one("record"),
            signed_by: one("signed_by")
                .split(['、', ',', '，', ';', '；'])
                .map(|n| n.trim().to_owned())
                .filter(|n| !n.is_empty())
                .collect(),
        },
        Move::Recuse => Command::Recuse { relation: chosen(fields, "relation")?, reason: one("reason") },
        Move::DecideAvoidance => Command::DecideAvoidance {
            upheld: match fields.one("upheld") {
                "yes" => true,
                "no" => false,
                _ => return Err(("upheld".to_owned(), "请选择其中一项。".to_owned())),
            },
            account: match fields.one("account") {
                "" => None,
                account => Some(account.parse().map_err(|_| ("account".to_owned(), "请选择由谁回避。".to_owned()))?),
            },
            name: String::new(),
            chair: optional(fields, "chair"),
            reason: one("reason"),
        },
        Move::ProposeVoid => Command::ProposeVoid { reason: one("reason") },
        Move::Grant => Command::Grant { opinion: optional(fields, "opinion") },
        Move::Refuse => Command::Refuse { reasons: one("reasons"), basis: one("basis") },
        Move::Produce => Command::Produce {},
        Move::Deliver => Command::Deliver {
            proof: DeliveryProof {
                way: chosen(fields, "way")?,
                taken_by: one("taken_by"),
                relation: optional(fields, "relation"),
                proof: optional(fields, "proof"),
            },
        },
        Move::Terminate => {
            Command::Terminate { cause: chosen::<TerminationCause>(fields, "cause")?, reason: one("reason") }
        }
        Move::Archive => Command::Archive {},
    })
}

fn defects(fields: &Fields) -> Vec<Defect> {
    let one = |place: &str, target: &str| fields.one(&format!("{place}.{target}")).trim().to_owned();
    fields
        .all("want")
        .map(|target| Defect {
            target: target.to_owned(),
            problem: one("problem", target),
            requirement: one("requirement", target),
            basis: None,
            certificate_refusal: one("certificate_refusal", target).parse().ok(),
        })
        .collect()
}

/// The field that a pointer of the engine speaks of; none when it speaks of no field of the form.
pub(crate) fn field_of(pointer: &str, fields: &Fields) -> Option<String> {
    if let Some(rest) = pointer.strip_prefix("/defects/") {
        let (place, part) = rest.split_once('/')?;
        let target = fields.all("want").nth(place.parse().ok()?)?;
        return Some(if part == "target" { "want".to_owned() } else { format!("{part}.{target}") });
    }
    match pointer {
        "/defects" => Some("want".to_owned()),
        "/amount_cents" => Some("amount".to_owned()),
        "/proof/taken_by" => Some("taken_by".to_owned()),
        _ => {
            let name = pointer.strip_prefix('/')?.split('/').next()?;
            let known = [
                "to",
                "materials",
                "days",
                "reason",
                "reasons",
                "basis",
                "opinion",
                "result",
                "receipt",
                "day",
                "time",
                "place",
                "chair",
                "record",
                "signed_by",
                "account",
            ];
            known.contains(&name).then(|| name.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_become_fen() {
        for (text, fen) in [("12", 1200), ("12.5", 1250), (" 0.05 元", 5), ("1,200.00", 120_000)] {
            assert_eq!(cents(text), Some(fen), "{text}");
        }
        for text in ["", "-1", "1.234", "一百", "1e3", ".5"] {
            assert_eq!(cents(text), None, "{text}");
        }
    }

    #[test]
    fn a_fault_leads_to_its_field() {
        let fields = Fields::of(vec![("want".into(), "id-card".into()), ("want".into(), "form.phone".into())]);
        assert_eq!(field_of("/defects/1/problem", &fields).as_deref(), Some("problem.form.phone"));
        assert_eq!(field_of("/defects/0/target", &fields).as_deref(), Some("want"));
        assert_eq!(field_of("/defects/7/problem", &fields), None);
        assert_eq!(field_of("/amount_cents", &fields).as_deref(), Some("amount"));
        assert_eq!(field_of("/elsewhere", &fields), None);
    }
}
