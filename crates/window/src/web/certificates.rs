//! The certificate clerk's pages: what waits, finding, one certificate, steps with it.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use certificates::{
    Certificate, CertificateError, CertificateId, Certificates, Change, ChangeKind, Looked, Order, OrderKind, Ordered,
    Proposal, ProposalId, Reissue, ReissueKind, Report, ReportId, ReportState, Search, Status,
};
use kernel::{Act, Date, Failure as _, Fault, SubjectId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Path, Problem, Query, once_page, plain_reason, url_encode};

use super::Window;
use crate::pages::{
    certificates::{
        CertificatePage, DeskPage, FoundRow, ProposalBox, ReportBox, answer_name, certificate, data_name, desk, why,
    },
    tasks::Pick,
};

/// What was just done, or why somebody looks.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    done: String,
    reason: String,
}

fn done(word: &str) -> Option<String> {
    let text = match word {
        "ordered" => "已办理",
        "waiting" => "已提请，等本部门另一位同事复核",
        "confirmed" => "已复核，立即生效；用过这份证照的办件将逐一复查",
        "dismissed" => "已退回提请人",
        "version" => "已生成新版本，旧版本同时失效",
        "answered" => "已答复持证人",
        _ => return None,
    };
    Some(text.to_owned())
}

fn place(holder: SubjectId, id: CertificateId, reason: &str) -> String {
    format!("/desk/certificates/{holder}/{id}?reason={}", url_encode(reason))
}

fn validity(c: &Certificate) -> String {
    match c.expires_on {
        Some(day) => format!("{} 至 {}", show_date(c.issued_on), show_date(day)),
        None => format!("{} 起，长期有效", show_date(c.issued_on)),
    }
}

fn proposal_box(act: &Act, p: &Proposal) -> ProposalBox {
    let ground = p.order.kind.ground(&p.order.ground);
    let ground = ground.map(|g| format!("{}（{}）", g.label, g.article)).unwrap_or_default();
    let days = match (p.order.from, p.order.to) {
        (Some(from), Some(to)) => format!("，{} 至 {}", show_date(from), show_date(to)),
        (Some(from), None) => format!("，{} 起", show_date(from)),
        _ => String::new(),
    };
    let document = p.order.document.as_deref().map(|text| format!("，{text}")).unwrap_or_default();
    ProposalBox {
        what: format!("{}：{ground}{document}{days}。{}", p.order.kind.label(), p.order.kind.effect()),
        reason: p.order.reason.clone(),
        by: format!("{} {}", show_time(p.proposed_at), p.proposed_name),
        action: format!("/desk/certificate-proposals/{}/{}", p.holder, p.id),
        certificate: place(p.holder, p.certificate, "复核提请"),
        mine: act.account() == Some(p.proposed_by),
    }
}

fn report_box(r: &Report) -> ReportBox {
    ReportBox {
        words: r.words.clone(),
        at: show_time(r.at),
        due: show_date(r.due),
        action: format!("/desk/certificate-reports/{}/{}/{}", r.holder, r.certificate, r.id),
        certificate: place(r.holder, r.certificate, "核实纠错申请"),
    }
}

impl Window {
    fn library(&self) -> &Certificates {
        &self.cases.certificates
    }

    /// Name of a certificate type.
    fn kind(&self, key: &str) -> String {
        self.cases.vocabulary.certificate_type(key).map_or_else(|| key.to_owned(), |kind| kind.name.clone())
    }

    fn change(&self, change: &Change) -> (String, String, String) {
        let who = change.department.as_deref().map(|key| self.department(key)).unwrap_or_default();
        let mut what = format!("{who}{}", change.kind.label());
        match (change.kind, change.effective_to) {
            (ChangeKind::Suspended, Some(to)) => {
                what.push_str(&format!("，{}至{}", show_date(change.effective_from), show_date(to)));
            }
            (ChangeKind::Annulled, _) => what.push_str("，自始无效"),
            _ => {}
        }
        if change.confirmed_by.is_some() {
            what.push_str("（两人办理）");
        }
        let ground = change.ground_of_law().map(|ground| format!("{}（{}）", ground.label, ground.article));
        let parts = [ground, change.document.clone(), change.reason.clone()];
        (show_time(change.at), what, parts.into_iter().flatten().collect::<Vec<_>>().join("；"))
    }

    async fn certificate_desk(&self, act: &Act) -> Answer<DeskPage> {
        let mut tx = self.cases.db.read().await?;
        let (proposals, reports) = self.library().waiting(act, &mut tx).await?;
        let own = |kind: &&vocab::CertificateType| act.department() == Some(kind.issuer.as_str());
        let types = self.cases.vocabulary.certificate_types().iter().filter(own);
        Ok(DeskPage {
            proposals: proposals.iter().map(|p| proposal_box(act, p)).collect(),
            reports: reports.iter().map(report_box).collect(),
            types: types.map(|kind| Pick { value: kind.key.clone(), label: kind.name.clone() }).collect(),
            ..DeskPage::default()
        })
    }
}

pub(super) async fn show(State(window): State<Window>, look: Look, Query(wanted): Query<Wanted>) -> Answer<Response> {
    let mut page = window.certificate_desk(&look.act).await?;
    page.done = done(&wanted.done);
    Ok(desk(&page, look.frame("证照管理", Vec::new())).into_response())
}

/// Field with the reason for a new version.
const WHY_VERSION: &str = "version-reason";

const FIELDS: [&str; 5] = ["identifier", "certificate_type", "number", "holder", "reason"];

/// Errors by field of the form with this action, whose words stand in the field `words`.
fn on_fields(faults: &[Fault], action: &str, words: &str) -> Vec<(String, String)> {
    let name = |fault: &Fault| match fault.pointer.trim_start_matches('/') {
        rest if rest.starts_with("data/") => data_name(action, &rest[5..]),
        "data" if action.ends_with("/versions") => "kind".to_owned(),
        "data" | "reason" => words.to_owned(),
        rest => rest.to_owned(),
    };
    faults.iter().map(|fault| (name(fault), fault.detail.clone())).collect()
}

pub(super) async fn search(State(window): State<Window>, look: Look, fields: Fields) -> Answer<Response> {
    let one = |name: &str| fields.one(name).trim().to_owned();
    let asked = Search {
        identifier: one("identifier"),
        certificate_type: one("certificate_type"),
        number: one("number"),
        holder: one("holder"),
    };
    let reason = plain_reason(fields.one("reason"));
    let act = Act { reason: reason.clone(), ..look.act.clone() };
    let found: Result<Vec<Certificate>, CertificateError> = window
        .cases
        .db
        .write((window.library().clone(), act, asked), |tx, (library, act, asked)| {
            Box::pin(library.search(act, tx, asked))
        })
        .await;
    let mut page = window.certificate_desk(&look.act).await?;
    page.typed = FIELDS.map(|name| (name, fields.one(name).to_owned())).to_vec();
    let today = city_date(look.act.at);
    match found {
        Ok(found) => {
            page.searched = true;
            let why = reason.unwrap_or_default();
            page.rows = found.iter().map(|c| row(&window, c, today, &why)).collect();
            Ok(desk(&page, look.frame("证照管理", Vec::new())).into_response())
        }
        Err(error @ (CertificateError::Invalid(_) | CertificateError::ReasonNeeded)) => {
            page.errors = on_fields(&error.faults(), "/desk/certificates", "reason");
            if page.errors.is_empty() {
                page.errors.push(("reason".to_owned(), "请用2至200个字说明查找原因。".to_owned()));
            }
            let shown = desk(&page, look.frame("证照管理", Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn row(window: &Window, c: &Certificate, today: Date, why: &str) -> FoundRow {
    FoundRow {
        name: window.kind(&c.certificate_type),
        holder: c.holder_name.clone(),
        number: kernel::masking::document_number(&c.number),
        validity: validity(c),
        status: c.status_on(today).label().to_owned(),
        href: place(c.holder, c.id, why),
    }
}

/// The certificate as the clerk looks at it; `None`: the reason has to be asked for.
async fn looked(
    window: &Window,
    look: &Look,
    holder: SubjectId,
    id: CertificateId,
    reason: &str,
) -> Answer<Option<CertificatePage>> {
    let Some(why) = plain_reason(reason) else { return Ok(None) };
    let act = Act { reason: Some(why.clone()), ..look.act.clone() };
    let seen: Result<Looked, CertificateError> = window
        .cases
        .db
        .write((window.library().clone(), act, holder, id), |tx, (library, act, holder, id)| {
            Box::pin(library.look(act, tx, *holder, *id))
        })
        .await;
    let seen = seen?;
    let (c, today) = (&seen.certificate, city_date(look.act.at));
    let status = c.status_on(today);
    let names = window.cases.vocabulary.certificate_type(&c.certificate_type).map(|kind| kind.fields.clone());
    let other = |c: &Certificate| {
        let name = format!("第 {} 版，{}颁发", c.version, show_date(c.issued_on));
        (name, c.status_on(today).label().to_owned(), place(holder, c.id, &why))
    };
    Ok(Some(CertificatePage {
        name: c.name.clone(),
        status: status.label().to_owned(),
        effective: status == Status::Effective,
        facts: vec![
            ("类型".to_owned(), window.kind(&c.certificate_type)),
            ("持证人".to_owned(), c.holder_name.clone()),
            ("证照编号".to_owned(), c.number.clone()),
            ("有效期".to_owned(), validity(c)),
            ("版本".to_owned(), format!("第 {} 版", c.version)),
            ("电子证照标识".to_owned(), c.identifier.clone()),
        ],
        data: names
            .unwrap_or_default()
            .into_iter()
            .map(|key| (key.clone(), field_name(&key), c.data.get(&key).cloned().unwrap_or_default()))
            .collect(),
        history: seen.history.iter().map(|change| window.change(change)).collect(),
        versions: seen.versions.iter().filter(|v| v.id != id).map(other).collect(),
        proposals: seen.proposals.iter().map(|p| proposal_box(&look.act, p)).collect(),
        reports: seen.reports.iter().filter(|r| r.state == ReportState::Open).map(report_box).collect(),
        path: format!("/desk/certificates/{holder}/{id}"),
        reason: why,
        open: c.decided == Status::Effective,
        suspended: c.suspended.is_some_and(|(_, to)| to.is_none_or(|to| today <= to)),
        ..CertificatePage::default()
    }))
}

/// What people read for a field of a type.
fn field_name(key: &str) -> String {
    vocab::field_name(key).unwrap_or(key).to_owned()
}

pub(super) async fn one(
    State(window): State<Window>,
    look: Look,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
    Query(wanted): Query<Wanted>,
) -> Answer<Response> {
    match looked(&window, &look, holder, id, &wanted.reason).await? {
        Some(mut page) => {
            page.done = done(&wanted.done);
            let name = page.name.clone();
            Ok(certificate(&page, look.frame(name, Vec::new())).into_response())
        }
        None => Ok(why(&wanted.reason, look.frame("查看证照", Vec::new())).into_response()),
    }
}

/// The page again, with what was typed and why it was not done.
async fn again(
    window: &Window,
    look: &Look,
    (holder, id): (SubjectId, CertificateId),
    (action, words): (&str, &str),
    fields: &Fields,
    problem: Problem,
) -> Answer<Response> {
    if !matches!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT)
        || problem.code() == "form.sent-before"
    {
        return Err(problem);
    }
    let Some(mut page) = looked(window, look, holder, id, fields.one("why")).await? else { return Err(problem) };
    page.wrong = action.to_owned();
    page.typed = fields.pairs().to_vec();
    page.errors = on_fields(problem.faults(), action, words);
    if page.errors.is_empty() {
        page.errors.push((words.to_owned(), problem.detail().to_owned()));
    }
    let name = page.name.clone();
    Ok((problem.status(), certificate(&page, look.frame(name, Vec::new()))).into_response())
}

pub(super) async fn order(
    State(window): State<Window>,
    look: Look,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
    fields: Fields,
) -> Answer<Response> {
    let optional = |name: &str| Some(fields.one(name).trim().to_owned()).filter(|text| !text.is_empty());
    let (kind, ground) = fields.one("ground").split_once(':').unwrap_or_default();
    let order = Order {
        kind: kind.parse().unwrap_or(OrderKind::Annul),
        ground: ground.to_owned(),
        document: optional("document"),
        reason: fields.one("reason").to_owned(),
        from: optional("from").and_then(|day| day.parse().ok()),
        to: optional("to").and_then(|day| day.parse().ok()),
    };
    let path = format!("/desk/certificates/{holder}/{id}/orders");
    let back = place(holder, id, fields.one("why"));
    let args = (window.library().clone(), look.act.clone(), order, back);
    let done = once_page(&window.cases.db, &look.act, &fields, &path, args, move |tx, (library, act, order, back)| {
        Box::pin(async move {
            let word = match library.order(act, tx, holder, id, order).await? {
                Ordered::Done(_) => "ordered",
                Ordered::Waiting(_) => "waiting",
            };
            Ok::<_, CertificateError>(format!("{back}&done={word}"))
        })
    })
    .await;
    match done {
        Err(problem) => again(&window, &look, (holder, id), (&path, "reason"), &fields, problem).await,
        done => done,
    }
}

/// Data typed in the form that differ from what stands in the certificate.
fn changed(page: &CertificatePage, fields: &Fields, action: &str) -> BTreeMap<String, String> {
    page.data
        .iter()
        .filter_map(|(key, _, now)| {
            let name = data_name(action, key);
            let typed = fields.one(&name).trim();
            (fields.has(&name) && typed != now).then(|| (key.clone(), typed.to_owned()))
        })
        .collect()
}

pub(super) async fn version(
    State(window): State<Window>,
    look: Look,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
    fields: Fields,
) -> Answer<Response> {
    let Some(page) = looked(&window, &look, holder, id, fields.one("why")).await? else {
        return Ok(why("", look.frame("查看证照", Vec::new())).into_response());
    };
    let path = format!("/desk/certificates/{holder}/{id}/versions");
    let asked = Reissue {
        kind: fields.one("kind").parse().unwrap_or(ReissueKind::Changed),
        data: changed(&page, &fields, &path),
        reason: fields.one(WHY_VERSION).to_owned(),
    };
    let args = (window.library().clone(), look.act.clone(), asked, page.reason.clone());
    let done = once_page(&window.cases.db, &look.act, &fields, &path, args, move |tx, (library, act, asked, why)| {
        Box::pin(async move {
            let made = library.reissue(act, tx, holder, id, asked).await?;
            Ok::<_, CertificateError>(format!("{}&done=version", place(holder, made.id, why)))
        })
    })
    .await;
    match done {
        Err(problem) => again(&window, &look, (holder, id), (&path, WHY_VERSION), &fields, problem).await,
        done => done,
    }
}

pub(super) async fn decide(
    State(window): State<Window>,
    look: Look,
    Path((holder, id)): Path<(SubjectId, ProposalId)>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/desk/certificate-proposals/{holder}/{id}");
    let confirms = fields.one("go") == "confirm";
    let args = (window.library().clone(), look.act.clone(), fields.one(&answer_name(&path)).to_owned());
    let done = once_page(&window.cases.db, &look.act, &fields, &path, args, move |tx, (library, act, answer)| {
        Box::pin(async move {
            let word = if confirms {
                library.confirm(act, tx, holder, id).await?;
                "confirmed"
            } else {
                library.dismiss(act, tx, holder, id, answer).await?;
                "dismissed"
            };
            Ok::<_, CertificateError>(format!("/desk/certificates?done={word}"))
        })
    })
    .await;
    match done {
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY && !problem.faults().is_empty() => {
            let mut page = window.certificate_desk(&look.act).await?;
            page.errors = vec![(answer_name(&path), problem.faults()[0].detail.clone())];
            let shown = desk(&page, look.frame("证照管理", Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        other => other.map_err(|problem| problem.leading_to("/desk/certificates", "返回证照管理")),
    }
}

pub(super) async fn answer(
    State(window): State<Window>,
    look: Look,
    Path((holder, certificate, id)): Path<(SubjectId, CertificateId, ReportId)>,
    fields: Fields,
) -> Answer<Response> {
    let Some(page) = looked(&window, &look, holder, certificate, fields.one("why")).await? else {
        return Ok(why("", look.frame("查看证照", Vec::new())).into_response());
    };
    let path = format!("/desk/certificate-reports/{holder}/{certificate}/{id}");
    let (data, words) = (changed(&page, &fields, &path), fields.one(&answer_name(&path)).to_owned());
    let args = (window.library().clone(), look.act.clone(), data, words);
    let done = once_page(&window.cases.db, &look.act, &fields, &path, args, move |tx, (library, act, data, words)| {
        Box::pin(async move {
            library.answer_report(act, tx, holder, id, data, words).await?;
            Ok::<_, CertificateError>("/desk/certificates?done=answered".to_owned())
        })
    })
    .await;
    match done {
        Err(problem) => {
            again(&window, &look, (holder, certificate), (&path, &answer_name(&path)), &fields, problem).await
        }
        done => done,
    }
}
