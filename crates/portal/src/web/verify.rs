//! Checks by anybody: a certificate by its code, a sealed document by its file, the register of seals.

use ::certificates::Certificates;
use axum::{
    extract::State,
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{city_date, show_date, show_time};
use ofd::{Layer, Report};
use seals::{SealId, Seals};
use webkit::{Access, Answer, Look, Markup, Multipart, Page, Paging, Path, Problem, Query, Routes};

use crate::pages::verify::{
    CheckedCertificate, CheckedFile, RegisterPage, RegisteredSeal, VerifyPage, certificate as certificate_page,
    register as register_page, verify as verify_page,
};

/// Largest file that is checked, bytes.
const FILE_BYTES: usize = 20 * 1024 * 1024;

/// What the checks need. Clones share it.
#[derive(Debug, Clone)]
pub struct Checking {
    certificates: Certificates,
    seals: Seals,
}

impl Checking {
    /// Checks over the certificate library and the seals.
    #[must_use]
    pub const fn new(certificates: Certificates, seals: Seals) -> Self {
        Self { certificates, seals }
    }
}

/// Pages of checks, for everybody.
#[must_use]
pub fn check_routes(checking: Checking) -> Routes {
    Routes::new(checking)
        .page(Access::Public, Method::GET, "/c/{identifier}/{code}", get(certificate))
        .page(Access::Public, Method::GET, "/verify", get(ask))
        .page_upload(Access::Public, Method::POST, "/verify", FILE_BYTES + 64 * 1024, post(verify))
        .page(Access::Public, Method::GET, "/seals", get(register))
        .done()
}

async fn certificate(
    State(checking): State<Checking>,
    look: Look,
    Path((identifier, code)): Path<(String, String)>,
) -> Answer<Markup> {
    let library = &checking.certificates;
    let found = library.public(&mut *library.db().read().await?, &identifier, &code).await?;
    let Some(found) = found else {
        let detail = "没有这个证照。请检查扫描或者输入的网址是否完整；如果完整，这份证照不是本平台颁发的，请勿相信，并拨打 12345 核实。";
        return Err(Problem::new(StatusCode::NOT_FOUND, "portal.no-certificate", detail));
    };
    let department = library.vocabulary().department(&found.department);
    let validity = match found.expires_on {
        Some(last) => format!("{} 至 {}", show_date(found.issued_on), show_date(last)),
        None => format!("{} 起，长期有效", show_date(found.issued_on)),
    };
    let mut facts = vec![
        ("持证人".to_owned(), found.holder),
        ("证照编号".to_owned(), found.number),
        ("有效期".to_owned(), validity),
        ("发证机关".to_owned(), department.map_or(found.department.clone(), |body| body.name.clone())),
        ("电子证照标识".to_owned(), found.identifier),
    ];
    facts.extend(found.digest.map(|digest| ("证照文件的 SM3".to_owned(), digest)));
    let page = CheckedCertificate {
        name: found.name,
        status: found.status.label().to_owned(),
        valid: found.status == ::certificates::Status::Effective,
        as_of: show_date(city_date(look.act.at)),
        facts,
    };
    Ok(certificate_page(&page, look.frame("查验证照", Vec::new())))
}

async fn ask(State(checking): State<Checking>, look: Look) -> Markup {
    let page = VerifyPage { able: checking.seals.has_keys(), ..VerifyPage::default() };
    verify_page(&page, look.frame("核验电子印章和证照", Vec::new()))
}

async fn verify(State(checking): State<Checking>, look: Look, mut parts: Multipart) -> Answer<Response> {
    let mut taken = None;
    while let Some(mut part) = parts.next().await? {
        if part.name() != "file" {
            continue;
        }
        let name: String = part.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await? {
            bytes.extend_from_slice(&piece);
        }
        if !bytes.is_empty() {
            taken = Some((name, bytes));
        }
    }
    let mut page = VerifyPage { able: checking.seals.has_keys(), ..VerifyPage::default() };
    let status = match taken {
        None => {
            page.error = Some("请选择要核验的 OFD 文件。".to_owned());
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Some((name, bytes)) => {
            page.found = Some(checked(name, &checking.seals.check(bytes, look.act.at).await?));
            StatusCode::OK
        }
    };
    Ok((status, verify_page(&page, look.frame("核验电子印章和证照", Vec::new()))).into_response())
}

fn checked(name: String, report: &Report) -> CheckedFile {
    CheckedFile {
        name,
        verdict: report.verdict(),
        layers: Layer::ALL.into_iter().map(|layer| (layer.name(), report.state(layer))).collect(),
        findings: report.all_findings().map(ofd::Finding::sentence).collect(),
        seals: report
            .signatures
            .iter()
            .filter_map(|signature| {
                let (name, number) = signature.seal.clone()?;
                let at = signature.time.map_or_else(|| "无法得知".to_owned(), show_time);
                Some((name, number, at))
            })
            .collect(),
    }
}

async fn register(State(checking): State<Checking>, look: Look, Query(paging): Query<Paging>) -> Answer<Markup> {
    let seals = &checking.seals;
    let after: Option<SealId> = paging.start()?;
    let mut tx = seals.db().read().await?;
    let found = seals.register(&mut tx, after, paging.limit_and_one(), look.act.at).await?;
    let cut = Page::cut(found, &paging, |seal| seal.id);
    let rows = cut.items.iter().map(|seal| {
        let body = seals.vocabulary().department(&seal.department);
        let day = |at| show_date(city_date(at));
        RegisteredSeal {
            name: seal.full_name(),
            department: body.map_or_else(|| seal.department.clone(), |body| body.name.clone()),
            number: seal.number.clone(),
            validity: seal.valid.map(|(from, to)| format!("{} 至 {}", day(from), day(to))).unwrap_or_default(),
            fingerprint: seal.fingerprint().unwrap_or_default(),
        }
    });
    let page = RegisterPage {
        seals: rows.collect(),
        first: after.is_some().then(|| "/seals".to_owned()),
        next: cut.next.map(|next| format!("/seals?after={next}")),
    };
    Ok(register_page(&page, look.frame("公开的印章登记", Vec::new())))
}
