//! What I allowed others to do with my certificates.

use axum::{extract::State, response::Response};
use identity::{Consent, ConsentId, ConsentScope, ConsentStatus, IdentityError};
use kernel::{Date, SubjectId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Markup, Page, Paging, Path, Problem, Query, once_page};

use super::Mine;
use crate::{
    mine,
    pages::my::consents::{ConsentLine, ConsentsPage, consents as consents_page},
};

/// From where, and what was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    after: Option<String>,
    done: String,
}

fn line(mine: &Mine, consent: &Consent, today: Date) -> ConsentLine {
    let (given, status) = (&consent.given, consent.status_on(today));
    let until = match (given.scope, given.until) {
        (_, Some(day)) => format!("到{}为止", show_date(day)),
        (scope, None) => scope.label().to_owned(),
    };
    let certificate = |key: &String| {
        mine.cases.vocabulary.certificate_type(key).map_or_else(|| key.clone(), |kind| kind.name.clone())
    };
    ConsentLine {
        purpose: given.purpose_name.clone(),
        status: status.label().to_owned(),
        active: status == ConsentStatus::Active,
        department: mine::department(&mine.cases, &given.grantee),
        certificates: given.certificate_types.iter().map(certificate).collect(),
        case: given.case_number.clone().filter(|_| given.scope != ConsentScope::Until),
        until,
        given: format!("{}，{}", show_time(consent.granted_at), given.method.label()),
        ended: consent.ended_at.map(show_time),
        revoke: (status == ConsentStatus::Active).then(|| format!("/my/consents/{}/revoke", consent.id)),
    }
}

pub(super) async fn list(State(mine): State<Mine>, look: Look, Query(asked): Query<Asked>) -> Answer<Markup> {
    let subject: SubjectId = look.act.subject().ok_or_else(Problem::forbidden)?;
    let paging = Paging { after: asked.after, limit: None };
    let before: Option<ConsentId> = paging.start()?;
    let mut tx = mine.cases.db.read().await?;
    let found = mine.cases.identity.consents(&mut tx, subject, before, paging.limit_and_one()).await?;
    let today = city_date(look.act.at);
    let page = Page::cut(found, &paging, |consent| consent.id);
    let page = ConsentsPage {
        revoked: asked.done == "revoked",
        consents: page.items.iter().map(|consent| line(&mine, consent, today)).collect(),
        first: before.is_some().then(|| "/my/consents".to_owned()),
        next: page.next.map(|next| format!("/my/consents?after={next}")),
    };
    Ok(consents_page(&page, look.frame("我的授权", Vec::new())))
}

pub(super) async fn revoke(
    State(mine): State<Mine>,
    look: Look,
    Path(id): Path<ConsentId>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/my/consents/{id}/revoke");
    let args = (mine.cases.identity.clone(), look.act.clone());
    let done = once_page(&mine.cases.db, &look.act, &fields, &path, args, move |tx, (identity, act)| {
        Box::pin(async move {
            identity.revoke_consent(act, tx, id).await?;
            Ok::<_, IdentityError>("/my/consents?done=revoked".to_owned())
        })
    });
    done.await.map_err(|problem| problem.leading_to("/my/consents", "返回我的授权"))
}
