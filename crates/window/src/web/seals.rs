//! Seals at the desk: keepers and approvers of a body, the security administrator, supervisors.

use ::seals::{NewSeal, PutOn, Seal, SealError, SealId, SealKind, SealState, SealStep, SealUse, Seals, may_step};
use axum::{
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::{Act, Failure as _, Role, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Access, Answer, Fields, Look, Page, Paging, Path, Problem, Query, Routes, once_page, see_other};

use crate::pages::seals::{Application, SealPage, SealRow, SealsPage, UseRow, seal as seal_page, seals as seals_page};

/// Who sees seals: keepers and approvers those of their body, the others all of them.
const READERS: Access = Access::Roles(&[Role::CertificateClerk, Role::Approver, Role::SecurityAdmin, Role::Supervisor]);
/// Who applies.
const KEEPERS: Access = Access::Roles(&[Role::CertificateClerk]);
/// Who takes steps.
const STEPPERS: Access = Access::Roles(&[Role::CertificateClerk, Role::Approver, Role::SecurityAdmin]);
/// Uses on one page.
const USES: i64 = 50;

/// The desk of seals by path.
#[must_use]
pub fn seal_routes(seals: Seals) -> Routes {
    Routes::new(seals)
        .page(READERS, Method::GET, "/desk/seals", get(list))
        .page(KEEPERS, Method::POST, "/desk/seals", post(apply))
        .page(READERS, Method::GET, "/desk/seals/{id}", get(show))
        .page(READERS, Method::GET, "/desk/seals/{id}/picture", get(picture))
        .page(STEPPERS, Method::POST, "/desk/seals/{id}/steps", post(step))
        .done()
}

fn department(seals: &Seals, key: &str) -> String {
    seals.vocabulary().department(key).map_or_else(|| key.to_owned(), |body| body.name.clone())
}

fn row(seals: &Seals, act: &Act, seal: &Seal) -> SealRow {
    let state = seal.state_at(act.at);
    SealRow {
        name: seal.full_name(),
        department: department(seals, &seal.department),
        number: seal.number.clone(),
        state: state.label().to_owned(),
        active: state == SealState::Active,
        uses: seal.uses,
        href: format!("/desk/seals/{}", seal.id),
    }
}

fn use_row(used: &SealUse) -> UseRow {
    let case = used.of.case_number.as_ref().map(|number| format!("办件 {number}，")).unwrap_or_default();
    UseRow {
        at: show_time(used.at),
        who: used.actor.clone(),
        what: used.of.put_on.label().to_owned(),
        of: format!("{case}{}", used.of.document),
        unusual: used.unusual.iter().map(|what| what.label()).collect::<Vec<_>>().join("、"),
    }
}

async fn page(seals: &Seals, act: &Act, paging: &Paging) -> Answer<SealsPage> {
    let after: Option<SealId> = paging.start()?;
    let mut tx = seals.db().read().await?;
    let found = seals.visible(act, &mut tx, after, paging.limit_and_one()).await?;
    let cut = Page::cut(found, paging, |seal| seal.id);
    let watches = act.is(Role::Supervisor) || act.is(Role::SecurityAdmin);
    let unusual = match watches {
        true => Some(seals.unusual(&mut tx, None, 50).await?.iter().map(use_row).collect()),
        false => None,
    };
    let pairs = |all: &[(&str, &str)]| all.iter().map(|(w, l)| ((*w).to_owned(), (*l).to_owned())).collect();
    let kinds: Vec<(&str, &str)> = SealKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let purposes: Vec<(&str, &str)> = PutOn::ALL.iter().map(|what| (what.as_str(), what.label())).collect();
    Ok(SealsPage {
        rows: cut.items.iter().map(|seal| row(seals, act, seal)).collect(),
        first: after.is_some().then(|| "/desk/seals".to_owned()),
        next: cut.next.map(|next| format!("/desk/seals?after={next}")),
        unusual,
        apply: act.is(Role::CertificateClerk).then(|| Application { kinds: pairs(&kinds), purposes: pairs(&purposes) }),
        able: seals.has_keys(),
        ..SealsPage::default()
    })
}

async fn list(State(seals): State<Seals>, look: Look, Query(paging): Query<Paging>) -> Answer<Response> {
    let page = page(&seals, &look.act, &paging).await?;
    Ok(seals_page(&page, look.frame("电子印章", Vec::new())).into_response())
}

async fn apply(State(seals): State<Seals>, look: Look, fields: Fields) -> Answer<Response> {
    let quota = fields.one("daily_quota").trim();
    let new = NewSeal {
        department: look.act.department().unwrap_or_default().to_owned(),
        kind: fields.one("kind").parse().unwrap_or(SealKind::Body),
        name: fields.one("name").to_owned(),
        line: fields.one("line").to_owned(),
        put_on: fields.all("put_on").filter_map(|word| word.parse().ok()).collect(),
        // What is no number is out of range, which is said at the field.
        daily_quota: if quota.is_empty() { 0 } else { quota.parse().unwrap_or(-1) },
        reason: fields.one("reason").to_owned(),
    };
    let args = (seals.clone(), look.act.clone(), new);
    let done = once_page(seals.db(), &look.act, &fields, "/desk/seals", args, |tx, (seals, act, new)| {
        Box::pin(async move {
            let asked = seals.apply(act, tx, new).await?;
            Ok::<_, SealError>(format!("/desk/seals/{}?done=yes", asked.id))
        })
    });
    match done.await {
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY && !problem.faults().is_empty() => {
            let mut page = page(&seals, &look.act, &Paging { after: None, limit: None }).await?;
            page.typed = fields.pairs().to_vec();
            let named =
                |fault: &kernel::Fault| (fault.pointer.trim_start_matches('/').to_owned(), fault.detail.clone());
            page.errors = problem.faults().iter().map(named).collect();
            let shown = seals_page(&page, look.frame("电子印章", Vec::new()));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        other => other,
    }
}

/// Which uses, and whether something was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    before: Option<i64>,
    done: String,
}

async fn one(seals: &Seals, act: &Act, id: SealId, before: Option<i64>) -> Answer<SealPage> {
    let seal = seals.seen(act, id).await?;
    let mut tx = seals.db().read().await?;
    let history = seals.history(&mut tx, id).await?;
    let chain = seals.check_newest(&mut tx, id, USES).await?;
    let used = seals.uses(&mut tx, id, before, USES).await?;
    let state = seal.state_at(act.at);
    let day = |at| show_date(city_date(at));
    let mut facts = vec![
        ("单位".to_owned(), department(seals, &seal.department)),
        ("种类".to_owned(), seal.kind.label().to_owned()),
        ("可用于".to_owned(), seal.put_on.iter().map(|what| what.label()).collect::<Vec<_>>().join("、")),
        ("每日用印数".to_owned(), if seal.daily_quota == 0 { "不设".to_owned() } else { seal.daily_quota.to_string() }),
    ];
    if let Some((from, to)) = seal.valid {
        facts.push(("编号".to_owned(), seal.number.clone()));
        facts.push(("有效期".to_owned(), format!("{} 至 {}", day(from), day(to))));
    }
    facts.extend(seal.fingerprint().map(|print| ("指纹（SM3）".to_owned(), print)));
    let steps = SealStep::ALL
        .iter()
        .filter(|step| seal.decided.after(**step).is_some() && may_step(act, **step, &seal.department))
        .filter(|step| **step != SealStep::Renew || act.is(Role::CertificateClerk))
        .map(|step| (step.as_str().to_owned(), step.label().to_owned()))
        .collect();
    let last = used.last().map(|used| used.seq).filter(|seq| *seq > 1);
    Ok(SealPage {
        name: seal.full_name(),
        state: state.label().to_owned(),
        active: state == SealState::Active,
        facts,
        picture: (!seal.structure.is_empty()).then(|| format!("/desk/seals/{id}/picture")),
        history: history
            .into_iter()
            .map(|event| (show_time(event.at), event.step.label().to_owned(), event.actor, event.reason))
            .collect(),
        uses: used.iter().map(use_row).collect(),
        more_uses: last.map(|seq| format!("/desk/seals/{id}?before={seq}")),
        chain: match chain.broken_at {
            None => format!("共 {} 次，最近 {USES} 次的用印链完整。", chain.uses),
            Some(place) => format!("从第 {place} 次用印起被改动过，请立即停用并核查。"),
        },
        whole: chain.broken_at.is_none(),
        steps,
        path: format!("/desk/seals/{id}"),
        able: seals.has_keys(),
        ..SealPage::default()
    })
}

async fn show(
    State(seals): State<Seals>,
    look: Look,
    Path(id): Path<SealId>,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let mut page = one(&seals, &look.act, id, asked.before).await?;
    page.done = asked.done == "yes";
    let name = page.name.clone();
    Ok(seal_page(&page, look.frame(name, Vec::new())).into_response())
}

async fn picture(State(seals): State<Seals>, look: Look, Path(id): Path<SealId>) -> Answer<Response> {
    let seal = seals.seen(&look.act, id).await?;
    let made = ofd::seal::Seal::from_der(&seal.structure).map_err(|_| Problem::not_found())?;
    Ok(([(header::CONTENT_TYPE, "image/png")], made.info.picture.bytes).into_response())
}

async fn step(State(seals): State<Seals>, look: Look, Path(id): Path<SealId>, fields: Fields) -> Answer<Response> {
    seals.seen(&look.act, id).await?;
    let Ok(step) = fields.one("step").parse::<SealStep>() else { return Err(Problem::not_found()) };
    match seals.carry_out(&look.act, id, step, fields.one("reason")).await {
        Ok(next) => Ok(see_other(&format!("/desk/seals/{}?done=yes", next.id))),
        Err(error) => {
            let mut page = one(&seals, &look.act, id, None).await?;
            (page.error, page.reason) = (Some(error.advice()), fields.one("reason").to_owned());
            let (status, name) = (Problem::from(error).status(), page.name.clone());
            Ok((status, seal_page(&page, look.frame(name, Vec::new()))).into_response())
        }
    }
}
