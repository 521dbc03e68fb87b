//! My certificates.

use ::certificates::{Certificate, CertificateId, Status};
use axum::extract::State;
use kernel::{Date, SubjectId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Look, Markup, Page, Paging, Path, Problem, Query};

use super::Mine;
use crate::{
    mine,
    pages::my::certificates::{
        CertificateLine, CertificatePage, CertificatesPage, certificate as certificate_page,
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

/// Which uses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Uses {
    after: Option<String>,
}

pub(super) async fn show(
    State(mine): State<Mine>,
    look: Look,
    Path(id): Path<CertificateId>,
    Query(uses): Query<Uses>,
) -> Answer<Markup> {
    let holder = holder(&look)?;
    let paging = Paging { after: uses.after, limit: None };
    let today = city_date(look.act.at);
    let mut tx = mine.cases.db.read().await?;
    let found = mine.certificates.find(&mut tx, holder, id).await?;
    let used = mine.certificates.uses(&mut tx, holder, id, paging.start()?, paging.limit_and_one()).await?;
    let used = Page::cut(used, &paging, |u| u.id);
    let status = found.status_on(today);
    let effective = status == Status::Effective;
    let ended = (!effective).then(|| match found.ended_at {
        Some(at) => format!("{}，{}起。", status.label(), show_time(at)),
        None => format!("{}。需要时请申请换发。", status.label()),
    });
    let page = CertificatePage {
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
        data: found.data.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        case: found.case_number.clone(),
        uses: used
            .items
            .iter()
            .map(|u| {
                let who = match (u.used_by.as_str(), &u.department) {
                    ("holder", _) => "您自己".to_owned(),
                    (_, Some(key)) => mine::department(&mine.cases, key),
                    _ => "系统按规则".to_owned(),
                };
                (show_time(u.at), who, format!("用于办件 {}", u.case_number))
            })
            .collect(),
        more_uses: used.next.map(|next| format!("/my/certificates/{id}?after={next}")),
    };
    Ok(certificate_page(&page, look.frame(found.name.clone(), Vec::new())))
}
