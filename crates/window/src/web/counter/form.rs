//! The form: filled in, looked at once more, handed in.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{Application, CaseError, SubjectKey};
use catalogue::{
    asking::{answers, delivery, questions, words},
    domain::{CaseKind, Outcome},
};
use kernel::{Act, Channel, SubjectId, city_date, show_date};
use webkit::{Answer, Look, Multipart, Path, Problem, Query, once_page};

use super::{
    Asked, Served,
    answers::{Came, Filling, read, ways},
    served,
};
use crate::{
    pages::counter::{
        check::{CheckPage, check},
        form::{FormPage, form},
    },
    web::Window,
};

/// Names that are asked anew each time and not carried from page to page.
const NOT_CARRIED: [&str; 5] = ["go", "once", "declare", "by_person", "consent"];

pub(super) async fn show(
    State(window): State<Window>,
    look: Look,
    Path((visitor, slug)): Path<(SubjectId, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let served = served(&window, &look.act, visitor, asked.agent).await?;
    let filling = Filling::of(&window, &look.act, &mut *window.cases.db.read().await?, &served, &slug, None).await?;
    Ok(filled(&window, &look, &served, &filling, Vec::new(), StatusCode::OK))
}

fn filled(
    window: &Window,
    look: &Look,
    served: &Served,
    filling: &Filling,
    errors: Vec<(String, String)>,
    status: StatusCode,
) -> Response {
    let page = FormPage {
        visitor: served.shown(),
        item: filling.item().name.clone(),
        action: served.path(&filling.item().slug),
        groups: filling.questions(window, &errors),
        materials: filling.brought(&errors),
        receiving: filling.receiving_part(window),
        more: filling.more(),
        errors,
    };
    (status, form(&page, look.frame(page.item.clone(), Vec::new()))).into_response()
}

pub(super) async fn receive(
    State(window): State<Window>,
    look: Look,
    Path((visitor, slug)): Path<(SubjectId, String)>,
    Query(asked): Query<Asked>,
    parts: Multipart,
) -> Answer<Response> {
    let act = &look.act;
    // Whom it is for comes before the first byte.
    let served = served(&window, act, visitor, asked.agent).await?;
    let Came { fields, errors: refused } = read(&window, act, parts).await?;
    let filling =
        Filling::of(&window, act, &mut *window.cases.db.read().await?, &served, &slug, Some(fields.clone())).await?;
    let mut errors = filling.errors(&window);
    errors.retain(|(on, _)| refused.iter().all(|(other, _)| other != on));
    errors.extend(refused);
    if !errors.is_empty() || filling.more() {
        return Ok(filled(&window, &look, &served, &filling, errors, StatusCode::UNPROCESSABLE_ENTITY));
    }
    match fields.one("go") {
        "submit" => submit(&window, &look, &served, &filling).await,
        "back" => Ok(filled(&window, &look, &served, &filling, Vec::new(), StatusCode::OK)),
        _ => checked(&window, &look, &served, &filling, Vec::new(), StatusCode::OK).await,
    }
}

/// Rules that do not hold, and those that nobody can tell yet.
fn broken(filling: &Filling) -> Vec<String> {
    let rules = filling.found.assessment.rules.iter();
    rules
        .filter_map(|rule| match &rule.outcome {
            Outcome::Holds => None,
            Outcome::Fails => Some(rule.message.clone()),
            Outcome::Undecided(reason) => Some(format!("{}（{reason}）", rule.message)),
        })
        .collect()
}

/// Certificates of other bodies that would be used: name and who issued it.
async fn uses(window: &Window, served: &Served, filling: &Filling) -> Answer<Vec<(String, String)>> {
    let mut tx = window.cases.db.read().await?;
    let (found, subject) = (&filling.found, served.subject.subject);
    let asked = window.cases.consent_asked(&mut tx, subject, &found.procedure, &found.assessment).await?;
    let kind = |key: &str| {
        window.cases.vocabulary.certificate_type(key).map_or_else(|| key.to_owned(), |kind| kind.name.clone())
    };
    Ok(asked.iter().map(|held| (kind(&held.certificate_type), window.department(&held.department))).collect())
}

async fn checked(
    window: &Window,
    look: &Look,
    served: &Served,
    filling: &Filling,
    errors: Vec<(String, String)>,
    status: StatusCode,
) -> Answer<Response> {
    let item = filling.item();
    let department = window.department(&item.department);
    let page = CheckPage {
        uses: uses(window, served, filling).await?,
        consent_text: identity::CONSENT_TEXT.to_owned(),
        consented: filling.fields.one("consent") == "yes",
        visitor: served.shown(),
        item: item.name.clone(),
        action: served.path(&item.slug),
        groups: groups(window, filling),
        lacking: filling.lacking(),
        broken: broken(filling),
        declaration: words::declaration(item).to_owned(),
        next: match item.case_kind {
            CaseKind::Instant => format!("提交后由{department}办理；条件都符合的，系统当场办结。"),
            CaseKind::Committed => {
                let calendar = window.cases.settings.calendar_on(city_date(look.act.at));
                let due = calendar.deadline(city_date(look.act.at), item.promised_days);
                format!(
                    "提交后由{department}在 5 个工作日内决定是否受理；今天受理的，最迟 {} 办结。",
                    show_date(due.date)
                )
            }
        },
        carried: filling
            .fields
            .pairs()
            .iter()
            .filter(|(name, _)| !NOT_CARRIED.contains(&name.as_str()))
            .cloned()
            .collect(),
        errors,
        declared: filling.fields.one("declare") == "yes",
        by_person: filling.fields.one("by_person") == "yes",
    };
    Ok((status, check(&page, look.frame("核对提交", Vec::new()))).into_response())
}

/// Everything that was said, as it will be handed in.
fn groups(window: &Window, filling: &Filling) -> Vec<(String, Vec<(String, String)>)> {
    let (item, assessment) = (filling.item(), &filling.found.assessment);
    let mut groups = Vec::new();
    for (title, questions) in filling.questions(window, &[]) {
        let fields = questions.iter().filter_map(|one| item.fields.iter().find(|field| field.key == one.name));
        let rows: Vec<(String, String)> = fields
            .filter(|field| questions::is_visible(item, assessment, &field.key))
            .map(|field| {
                let value = assessment.form.get(&field.key).filter(|_| filling.form.contains_key(&field.key));
                let said = value.map(|value| answers::said(field, value, &window.cases.vocabulary));
                (field.label.clone(), said.unwrap_or_default())
            })
            .collect();
        if !rows.is_empty() {
            groups.push((title, rows));
        }
    }
    let materials: Vec<(String, String)> = assessment
        .materials
        .iter()
        .filter(|view| view.asked)
        .map(|view| {
            let chosen = filling.fields.one(&format!("m_{}", view.key));
            let said = ways(view).into_iter().find(|(word, _, _)| *word == chosen).map_or("", |(_, label, _)| label);
            let files = filling.materials.get(&view.key).map_or(0, |handed| handed.files().len());
            let said = if files > 0 { format!("{said}（{files} 个文件）") } else { said.to_owned() };
            (filling.material_name(&view.key), said)
        })
        .collect();
    if !materials.is_empty() {
        groups.push(("材料".to_owned(), materials));
    }
    if filling.asks_delivery() {
        let receiving = filling.receiving();
        let way = filling.way().map_or("", |way| delivery::way(way).1).to_owned();
        let mut rows = vec![("怎么拿到结果".to_owned(), way)];
        rows.extend(receiving.recipient.map(|text| ("收件人".to_owned(), text)));
        rows.extend(receiving.address.map(|text| ("收件地址".to_owned(), text)));
        rows.extend(receiving.phone.map(|text| ("联系电话".to_owned(), text)));
        groups.push(("领取结果".to_owned(), rows));
    }
    groups
}

/// Hands the application in, once.
async fn submit(window: &Window, look: &Look, served: &Served, filling: &Filling) -> Answer<Response> {
    let fields = &filling.fields;
    let broken = broken(filling);
    let by_person = fields.one("by_person") == "yes" && !broken.is_empty();
    let mut errors = Vec::new();
    if !broken.is_empty() && !by_person {
        errors.push(("by_person".to_owned(), "申请人仍要申请的，请在这里打勾；或者返回修改".to_owned()));
    }
    if fields.one("declare") != "yes" {
        errors.push(("declare".to_owned(), "请与申请人核对后打勾".to_owned()));
    }
    if !uses(window, served, filling).await?.is_empty() && fields.one("consent") != "yes" {
        let text = "申请人当面同意后请打勾；不同意的，请返回改收纸质材料";
        errors.push(("consent".to_owned(), text.to_owned()));
    }
    if !errors.is_empty() {
        return checked(window, look, served, filling, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let application = Application {
        item: filling.item().slug.clone(),
        channel: Channel::Window,
        form: filling.found.assessment.form.clone(),
        materials: filling.materials.clone(),
        delivery: filling.way(),
        receiving: filling.receiving(),
        by_person,
        consent: (fields.one("consent") == "yes").then(|| identity::CONSENT_TEXT_VERSION.to_owned()),
        draft: None,
        applicant: Some(SubjectKey { subject: Some(served.subject.subject), ..SubjectKey::default() }),
    };
    let act = Act { reason: Some(served.reason()), ..look.act.clone() };
    let path = format!("/desk/counter/{}/{}", served.subject.subject, filling.item().slug);
    let done = once_page(
        &window.cases.db,
        &look.act,
        fields,
        &path,
        (window.cases.clone(), act, application),
        |tx, (cases, act, application)| {
            Box::pin(async move {
                let case = cases.submit(act, tx, application).await?;
                Ok::<_, CaseError>(format!("/desk/counter/receipts/{}", case.number))
            })
        },
    )
    .await;
    match done {
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            checked(window, look, served, filling, told(&problem), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        other => other,
    }
}

/// What the engine refused, at the page's end where no control of the form is meant.
fn told(problem: &Problem) -> Vec<(String, String)> {
    let details: Vec<(String, String)> =
        problem.faults().iter().map(|fault| ("declare".to_owned(), fault.detail.clone())).collect();
    if details.is_empty() { vec![("declare".to_owned(), problem.detail().to_owned())] } else { details }
}
