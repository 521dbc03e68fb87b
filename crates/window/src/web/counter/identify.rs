//! Who came: found by the number of the document, or registered at the counter.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::Tx;
use identity::{DocumentKind, Identity, IdentityError, NewEnterprise, NewPerson, Subject, VerifiedBy};
use kernel::{
    Act, Date, SubjectId, city_date,
    identifiers::{IdNumber, Uscc},
};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Problem, Query, see_other, url_encode};

use super::reason;
use crate::{
    pages::counter::identify::{IdentifyPage, identify},
    web::Window,
};

/// Real-name level of whoever was checked at a counter against the original document.
const LEVEL_COUNTER: i64 = 3;

/// Answers that stand in the form again.
const KEPT: [&str; 13] = [
    "kind",
    "number",
    "name",
    "uscc",
    "org",
    "legal",
    "phone",
    "address",
    "born",
    "original",
    "authorised",
    "for",
    "go",
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Kind {
    r#for: String,
}

pub(super) async fn ask(State(_): State<Window>, look: Look, Query(kind): Query<Kind>) -> Answer<Response> {
    let page =
        IdentifyPage { enterprise: kind.r#for == "enterprise", documents: documents(), ..IdentifyPage::default() };
    Ok(placed(&look, &page))
}

fn placed(look: &Look, page: &IdentifyPage) -> Response {
    identify(page, look.frame("窗口受理", Vec::new())).into_response()
}

/// Documents of people.
fn documents() -> Vec<(String, String)> {
    let of_people = DocumentKind::ALL.iter().filter(|kind| **kind != DocumentKind::Uscc);
    of_people.map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect()
}

/// What became of it.
#[derive(Debug)]
enum Outcome {
    Known {
        visitor: SubjectId,
        agent: Option<SubjectId>,
    },
    /// Nobody has the number: what is to be registered, in words.
    Unknown(String),
    Wrong(Vec<(String, String)>),
}

pub(super) async fn take(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Response> {
    let enterprise = fields.one("for") == "enterprise";
    let mut errors = blanks(&fields, enterprise, city_date(look.act.at));
    let mut unknown = None;
    if errors.is_empty() {
        let act = Act { reason: Some(reason(enterprise)), ..look.act.clone() };
        let args = (window.cases.identity.clone(), act, fields.clone());
        let outcome = window.cases.db.write(args, move |tx, (identity, act, fields)| {
            Box::pin(async move {
                if enterprise {
                    find_enterprise(identity, act, tx, fields).await
                } else {
                    find_person(identity, act, tx, fields).await
                }
            })
        });
        match outcome.await {
            Ok(Outcome::Known { visitor, agent }) => {
                let agent = agent.map(|id| format!("?agent={}", url_encode(&id.to_string()))).unwrap_or_default();
                return Ok(see_other(&format!("/desk/counter/{visitor}{agent}")));
            }
            Ok(Outcome::Unknown(who)) => unknown = Some(who),
            Ok(Outcome::Wrong(wrong)) => errors = wrong,
            Err(IdentityError::Invalid(faults)) => {
                errors = faults.iter().map(|fault| (control_of(&fault.pointer), fault.detail.clone())).collect();
            }
            Err(other) => return Err(Problem::from(other)),
        }
    }
    // What was asked for registering stays open while something in it is wrong.
    if fields.one("go") == "register" && unknown.is_none() && !errors.is_empty() {
        unknown = Some("还没有登记。".to_owned());
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let typed = KEPT.iter().map(|name| ((*name).to_owned(), fields.one(name).to_owned())).collect();
    let page = IdentifyPage { enterprise, documents: documents(), typed, errors, unknown };
    Ok((status, placed(&look, &page)).into_response())
}

/// The control of a fault of registering.
fn control_of(pointer: &str) -> String {
    match pointer.trim_start_matches('/') {
        "document" => "kind",
        "legal_representative" => "legal",
        other => other,
    }
    .to_owned()
}

fn kind_of(fields: &Fields) -> Option<DocumentKind> {
    fields.one("kind").parse().ok().filter(|kind| *kind != DocumentKind::Uscc)
}

/// What can be told to be wrong without asking anybody.
fn blanks(fields: &Fields, enterprise: bool, today: Date) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut say = |name: &str, text: &str| wrong.push((name.to_owned(), text.to_owned()));
    let given = |name: &str| !fields.one(name).trim().is_empty();
    if enterprise {
        if let Err(error) = Uscc::parse(fields.one("uscc")) {
            say("uscc", error.advice());
        }
        if !given("org") {
            say("org", "请照营业执照或登记证书填写单位名称");
        }
    }
    match kind_of(fields) {
        None => say("kind", "请选择证件类型"),
        Some(DocumentKind::ResidentId | DocumentKind::HmtResidence) => {
            if let Err(error) = IdNumber::parse(fields.one("number"), today) {
                say("number", error.advice());
            }
        }
        Some(_) if !given("number") => say("number", "请照证件原件填写号码"),
        Some(_) => {}
    }
    if !given("name") {
        say("name", "请照证件原件填写姓名");
    }
    if given("born") && fields.one("born").trim().parse::<Date>().is_err() {
        say("born", "日期请写成 1990-03-02 这样");
    }
    if fields.one("original") != "yes" {
        say("original", "请看过证件原件、确认人证一致后勾选");
    }
    wrong
}

/// Whether two writings are the same name: blanks, width and the kind of dot between parts of a name do not matter.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                '•' | '‧' | '・' | '．' | '.' => '·',
                '（' => '(',
                '）' => ')',
                c => kernel::identifiers::half_width(c),
            })
            .filter(|c| !c.is_whitespace())
            .flat_map(char::to_uppercase)
            .collect()
    };
    plain(one) == plain(other)
}

fn some(fields: &Fields, name: &str) -> Option<String> {
    Some(fields.one(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The person whose document was shown: found, or registered where that was asked for.
async fn person(
    identity: &Identity,
    act: &Act,
    tx: &mut Tx,
    fields: &Fields,
    with_contact: bool,
) -> Result<Result<Subject, Outcome>, IdentityError> {
    let Some(kind) = kind_of(fields) else { return Err(IdentityError::Invalid(Vec::new())) };
    let subject = match identity.find_by_key(tx, kind, fields.one("number")).await? {
        Some(found) => found,
        None if fields.one("go") == "register" => {
            let contact = |name: &str| some(fields, name).filter(|_| with_contact);
            let new = NewPerson {
                name: fields.one("name").to_owned(),
                document: kind,
                number: fields.one("number").to_owned(),
                phone: contact("phone"),
                address: contact("address"),
                birth_date: fields.one("born").trim().parse().ok(),
                sex: None,
                region: None,
                level: LEVEL_COUNTER,
                verified_by: VerifiedBy::Counter,
            };
            identity.register_person(act, tx, &new).await?
        }
        None => return Ok(Err(Outcome::Unknown(format!("这个{}号码还没有在平台登记。", kind.label())))),
    };
    let known = identity.subject(tx, subject).await?;
    if !same_name(&known.name, fields.one("name")) {
        let text = "姓名与这个号码登记的不一致，请对照证件原件，核对姓名和号码";
        return Ok(Err(Outcome::Wrong(vec![("name".to_owned(), text.to_owned())])));
    }
    Ok(Ok(known))
}

async fn find_person(identity: &Identity, act: &Act, tx: &mut Tx, fields: &Fields) -> Result<Outcome, IdentityError> {
    Ok(match person(identity, act, tx, fields, true).await? {
        Ok(found) => Outcome::Known { visitor: found.subject, agent: None },
        Err(outcome) => outcome,
    })
}

async fn find_enterprise(
    identity: &Identity,
    act: &Act,
    tx: &mut Tx,
    fields: &Fields,
) -> Result<Outcome, IdentityError> {
    let register = fields.one("go") == "register";
    let known = identity.find_by_key(tx, DocumentKind::Uscc, fields.one("uscc")).await?;
    if known.is_none() && !register {
        return Ok(Outcome::Unknown("这个统一社会信用代码还没有在平台登记。".to_owned()));
    }
    // The agent first: what is refused must not leave half of it behind.
    let agent = match person(identity, act, tx, fields, false).await? {
        Ok(agent) => agent,
        Err(Outcome::Unknown(who)) => return Ok(Outcome::Unknown(format!("经办人：{who}"))),
        Err(outcome) => return Ok(outcome),
    };
    let day = city_date(act.at);
    let named = match known {
        Some(enterprise) => identity.represents(tx, agent.subject, enterprise, day).await?,
        None => false,
    };
    if !named && fields.one("authorised") != "yes" {
        let text = "经办人没有在平台登记为这个单位的经办人，请核验授权委托书后勾选";
        return Err(IdentityError::Invalid(vec![kernel::Fault::new("/authorised", "authorised", text)]));
    }
    let enterprise = match known {
        Some(enterprise) => identity.subject(tx, enterprise).await?,
        None => {
            let new = NewEnterprise {
                name: fields.one("org").to_owned(),
                uscc: fields.one("uscc").to_owned(),
                legal_representative: some(fields, "legal"),
                phone: some(fields, "phone"),
                address: some(fields, "address"),
                region: None,
                level: LEVEL_COUNTER,
                verified_by: VerifiedBy::Counter,
            };
            let new = identity.register_enterprise(act, tx, &new).await.map_err(of_the_enterprise)?;
            identity.subject(tx, new).await?
        }
    };
    if !same_name(&enterprise.name, fields.one("org")) {
        let text = "名称与这个代码登记的不一致，请对照营业执照或登记证书核对";
        return Err(IdentityError::Invalid(vec![kernel::Fault::new("/org", "name", text)]));
    }
    Ok(Outcome::Known { visitor: enterprise.subject, agent: Some(agent.subject) })
}

/// Faults of registering an enterprise point at its own controls, not at the agent's.
fn of_the_enterprise(error: IdentityError) -> IdentityError {
    match error {
        IdentityError::Invalid(mut faults) => {
            for fault in faults.iter_mut().filter(|fault| fault.pointer == "/name") {
                "/org".clone_into(&mut fault.pointer);
            }
            IdentityError::Invalid(faults)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_compared_as_people_write_it() {
        assert!(same_name("阿依古丽·买买提", "阿依古丽•买买提"));
        assert!(same_name("王 敏", "王敏"));
        assert!(same_name("贵阳某某（集团）有限公司", "贵阳某某(集团)有限公司"));
        assert!(same_name("Anna Smith", "ANNA  SMITH"));
        assert!(!same_name("王敏", "王鹏"));
    }
}
