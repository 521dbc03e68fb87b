//! My certificates.

use ::certificates::{
    Certificate, CertificateError, CertificateId, CertificateUse, Change, ChangeKind, FileState, RefusalReason,
    ReportState, Status, UseKind,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Date, SubjectId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Markup, Page, Paging, Path, Problem, Query, once_page};

use super::Mine;
use crate::{
    mine,
    pages::my::certificates::{
        CertificateLine, CertificatePage, CertificatesPage, DocumentState, certificate as certificate_page,
        certificates as certificates_page,
    },
};

fn holder(look: &Look) -> Answer<SubjectId> {
    look.act.subject().ok_or_else(Problem::forbidden)
}

fn validity(certificate: &Certificate) -> String {
    match certificate.expires_on {
        Some(day) => format!("{} 至 {}", show_date(certificate.issued_on), show_date(day)),
        None => format!("{} 起，长期有效", show_date(certificate.issued_on)),
    }
}

fn line(mine: &Mine, certificate: &Certificate, today: Date) -> CertificateLine {
    let status = certificate.status_on(today);
    CertificateLine {
        name: certificate.name.clone(),
        number: certificate.number.clone(),
        department: mine::department(&mine.cases, &certificate.department),
        validity: validity(certificate),
        status: status.label().to_owned(),
        effective: status == Status::Effective,
        href: format!("/my/certificates/{}", certificate.id),
    }
}

pub(super) async fn list(State(mine): State<Mine>, look: Look, Query(paging): Query<Paging>) -> Answer<Markup> {
    let holder = holder(&look)?;
    let today = city_date(look.act.at);
    let before: Option<CertificateId> = paging.start()?;
    let mut tx = mine.cases.db.read().await?;
    let rows = mine.certificates.all(&mut tx, holder, before, paging.limit_and_one()).await?;
    let page = Page::cut(rows, &paging, |c| c.id);
    let page = CertificatesPage {
        certificates: page.items.iter().map(|c| line(&mine, c, today)).collect(),
        first: before.is_some().then(|| "/my/certificates".to_owned()),
        next: page.next.map(|next| format!("/my/certificates?after={next}")),
    };
    Ok(certificates_page(&page, look.frame("我的电子证照", Vec::new())))
}

/// Which uses, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: Option<String>,
    done: String,
}

pub(super) async fn show(
    State(mine): State<Mine>,
    look: Look,
    Path(id): Path<CertificateId>,
    Query(asked): Query<Asked>,
) -> Answer<Markup> {
    let mut page = page(&mine, &look, id, asked.after).await?;
    page.reported = asked.done == "reported";
    let name = page.name.clone();
    Ok(certificate_page(&page, look.frame(name, Vec::new())))
}

async fn page(mine: &Mine, look: &Look, id: CertificateId, after: Option<String>) -> Answer<CertificatePage> {
    let holder = holder(look)?;
    let paging = Paging { after, limit: None };
    let today = city_date(look.act.at);
    let mut tx = mine.cases.db.read().await?;
    let library = &mine.certificates;
    let found = library.find(&mut tx, holder, id).await?;
    let used = library.uses(&mut tx, holder, id, paging.start()?, paging.limit_and_one()).await?;
    let used = Page::cut(used, &paging, |u| u.id);
    let status = found.status_on(today);
    let effective = status == Status::Effective;
    let ended = (!effective).then(|| match (found.ended_at, found.suspended) {
        (Some(at), _) => format!("{}，{}起。", status.label(), show_time(at)),
        (None, Some((from, Some(to)))) if status == Status::Suspended => {
            format!("{}，{}至{}，期满自动恢复。", status.label(), show_date(from), show_date(to))
        }
        (None, Some((from, None))) if status == Status::Suspended => {
            format!("{}，{}起，到发证机关恢复为止。", status.label(), show_date(from))
        }
        (None, _) => format!("{}。需要时请申请换发。", status.label()),
    });
    let versions = library.versions(&mut tx, holder, id).await?;
    let reports = library.reports_of(&mut tx, holder, id).await?;
    let waits = reports.iter().any(|report| report.state == ReportState::Open);
    Ok(CertificatePage {
        name: found.name.clone(),
        status: status.label().to_owned(),
        effective,
        ended,
        facts: vec![
            ("持有人".to_owned(), found.holder_name.clone()),
            ("证照编号".to_owned(), found.number.clone()),
            ("有效期".to_owned(), validity(&found)),
            ("发证机关".to_owned(), mine::department(&mine.cases, &found.department)),
            ("版本".to_owned(), format!("第 {} 版", found.version)),
            ("电子证照标识".to_owned(), found.identifier.clone()),
        ],
        data: found
            .data
            .iter()
            .map(|(key, value)| (vocab::field_name(key).unwrap_or(key).to_owned(), value.clone()))
            .collect(),
        document: match library.document(&mut tx, holder, id).await?.map(|file| file.state) {
            Some(FileState::Sealed) => DocumentState::Ready,
            Some(FileState::Waiting) if effective => DocumentState::Waiting,
            _ => DocumentState::None,
        },
        check: library.check_path(&found.identifier),
        path: format!("/my/certificates/{id}"),
        case: found.case_number.clone(),
        uses: used.items.iter().map(|u| use_line(mine, u)).collect(),
        more_uses: used.next.map(|next| format!("/my/certificates/{id}?after={next}")),
        history: library.history(&mut tx, holder, id).await?.iter().map(|change| change_line(mine, change)).collect(),
        versions: versions
            .iter()
            .filter(|other| other.id != id)
            .map(|other| {
                let name = format!("第 {} 版，{}颁发", other.version, show_date(other.issued_on));
                (name, other.status_on(today).label().to_owned(), format!("/my/certificates/{}", other.id))
            })
            .collect(),
        reports: reports
            .iter()
            .map(|report| {
                let answer = match &report.answer {
                    Some(answer) => format!("{}：{answer}", report.state.label()),
                    None => format!("待核实，最晚{}答复", show_date(report.due)),
                };
                (show_time(report.at), report.words.clone(), answer)
            })
            .collect(),
        report: (!waits).then(|| format!("/my/certificates/{id}/report")),
        ..CertificatePage::default()
    })
}

/// A use: when, who, what for.
fn use_line(mine: &Mine, used: &CertificateUse) -> (String, String, String) {
    let who = match (used.used_by.as_str(), &used.department) {
        ("holder", _) => "您自己".to_owned(),
        ("stranger", _) => "查验人".to_owned(),
        (_, Some(key)) => mine::department(&mine.cases, key),
        _ => "系统按规则".to_owned(),
    };
    (show_time(used.at), who, what_for(used))
}

/// What a certificate was used for.
pub(super) fn what_for(used: &CertificateUse) -> String {
    let ground = used.ground.map(|ground| format!("（{}）", ground.label())).unwrap_or_default();
    match used.kind {
        UseKind::Used => format!("用于办件 {}{ground}", used.case_number),
        UseKind::Looked => format!("查看：{}", used.purpose),
        UseKind::Shown => format!("查验：{}", used.purpose),
        UseKind::Refused => {
            let reason = used.outcome.as_deref().and_then(|word| word.parse::<RefusalReason>().ok());
            format!("办件 {} 未采用：{}", used.case_number, reason.map_or("", RefusalReason::label))
        }
    }
}

/// An entry of the history: when, what, why.
fn change_line(mine: &Mine, change: &Change) -> (String, String, String) {
    let who = change.department.as_deref().map(|key| mine::department(&mine.cases, key)).unwrap_or_default();
    let mut what = format!("{who}{}", change.kind.label());
    match (change.kind, change.effective_to) {
        (ChangeKind::Suspended, Some(to)) => {
            what.push_str(&format!("，{}至{}", show_date(change.effective_from), show_date(to)));
        }
        (ChangeKind::Annulled, _) => what.push_str("，自始无效"),
        _ => {}
    }
    let ground = change.ground_of_law().map(|ground| format!("{}（{}）", ground.label, ground.article));
    let parts = [ground, change.document.clone(), change.reason.clone()];
    (show_time(change.at), what, parts.into_iter().flatten().collect::<Vec<_>>().join("；"))
}

/// The sealed document.
pub(super) async fn file(State(mine): State<Mine>, look: Look, Path(id): Path<CertificateId>) -> Answer<Response> {
    let content = mine.certificates.open_document(holder(&look)?, id).await?;
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

/// A copy for reading and printing.
pub(super) async fn pdf(State(mine): State<Mine>, look: Look, Path(id): Path<CertificateId>) -> Answer<Response> {
    let (_, bytes) = mine.certificates.reading_copy(holder(&look)?, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"certificate.pdf\""),
    ];
    Ok((headers, bytes).into_response())
}

/// The holder says what is wrong.
pub(super) async fn report(
    State(mine): State<Mine>,
    look: Look,
    Path(id): Path<CertificateId>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/my/certificates/{id}/report");
    let words = fields.one("words").to_owned();
    let args = (mine.certificates.clone(), look.act.clone(), words.clone());
    let done = once_page(&mine.cases.db, &look.act, &fields, &path, args, move |tx, (library, act, words)| {
        Box::pin(async move {
            library.report_error(act, tx, id, words).await?;
            Ok::<_, CertificateError>(format!("/my/certificates/{id}?done=reported"))
        })
    });
    match done.await {
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY && !problem.faults().is_empty() => {
            let mut page = page(&mine, &look, id, None).await?;
            (page.typed, page.error) = (words, problem.faults().first().map(|fault| fault.detail.clone()));
            let name = page.name.clone();
            let shown = certificate_page(&page, look.frame(name, Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        other => other,
    }
}
