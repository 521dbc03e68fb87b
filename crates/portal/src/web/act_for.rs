//! Acting for an enterprise on pages.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use identity::{IdentityError, MandateRole, Represented};
use jiff::Span;
use kernel::{Actor, SubjectId, city_date, show_date};
use serde::Deserialize;
use webkit::{Answer, Form, Look, Markup, Path, Problem, Query, SessionCookie, safe_next, see_other};

use super::{
    register::Done,
    sign_in::Onward,
    ticket::{WRONG, again, day, told},
};
use crate::{
    Portal,
    pages::{
        self,
        act_for::{AgentLine, AgentsPage, ChoosePage, EnterpriseLine, RegisterPage},
    },
};

/// Where to go on to, and what was just done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    next: String,
    done: String,
}

pub(super) async fn choose(State(portal): State<Portal>, look: Look, Query(asked): Query<Chosen>) -> Answer<Markup> {
    let here = look.act.subject();
    let enterprises = portal.identity.represented(&look.act).await?;
    let page = ChoosePage {
        enterprises: enterprises.into_iter().map(|one| line(one, here)).collect(),
        back_to: look.act.on_behalf.clone(),
        fixed: matches!(look.act.actor, Actor::Agent { .. }) && look.act.on_behalf.is_none(),
        next: if asked.next.is_empty() { String::new() } else { safe_next(&asked.next).to_owned() },
        done: match asked.done.as_str() {
            "acting" => Some("已切换，现在以企业的名义办事"),
            "self" => Some("已切换回个人"),
            "registered" => Some("企业已登记，您是它的法定代表人"),
            _ => None,
        },
    };
    Ok(pages::act_for::choose(&page, look.frame("代表企业办事", Vec::new())))
}

fn line(one: Represented, here: Option<SubjectId>) -> EnterpriseLine {
    let manages = one.manages();
    EnterpriseLine {
        id: one.enterprise.to_string(),
        name: one.name,
        uscc: one.uscc,
        roles: one.roles.into_iter().map(MandateRole::label).collect(),
        until: one.until.map_or_else(|| "长期有效".to_owned(), |day| format!("有效期至 {}", show_date(day))),
        manages,
        here: here == Some(one.enterprise),
    }
}

/// What was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Choice {
    enterprise: String,
    next: String,
}

pub(super) async fn begin(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Answer<Response> {
    let token = cookie.read(&headers).ok_or_else(Problem::sign_in_first)?;
    let enterprise: SubjectId = choice.enterprise.parse().map_err(|_| Problem::not_found())?;
    portal.identity.act_for(&look.act, token, Some(enterprise)).await?;
    let next = if choice.next.is_empty() { "/act-for?done=acting" } else { safe_next(&choice.next) };
    Ok(see_other(next))
}

pub(super) async fn end(
    State(portal): State<Portal>,
    look: Look,
    cookie: SessionCookie,
    headers: HeaderMap,
) -> Answer<Response> {
    let token = cookie.read(&headers).ok_or_else(Problem::sign_in_first)?;
    portal.identity.act_for(&look.act, token, None).await?;
    Ok(see_other("/act-for?done=self"))
}

pub(super) async fn ask(look: Look, Query(_): Query<Onward>) -> Response {
    if look.act.on_behalf.is_some() {
        return see_other("/act-for");
    }
    pages::act_for::register(&RegisterPage::default(), look.frame("登记企业", Vec::new())).into_response()
}

/// What was typed of an enterprise.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Enterprise {
    uscc: String,
    name: String,
}

pub(super) async fn register(
    State(portal): State<Portal>,
    look: Look,
    Form(typed): Form<Enterprise>,
) -> Answer<Response> {
    match portal.identity.register_own_enterprise(&look.act, &typed.uscc, &typed.name).await {
        Ok(_) => Ok(see_other("/act-for?done=registered")),
        Err(error) => {
            let (status, errors) = match error {
                IdentityError::MandateThere => {
                    (WRONG, vec![("uscc", "您已经是这家企业的法定代表人，不必再登记。".to_owned())])
                }
                error => told(error, &["uscc", "name"])?,
            };
            let page = RegisterPage { uscc: typed.uscc, name: typed.name, errors };
            Ok(again(status, pages::act_for::register(&page, look.frame("登记企业", Vec::new()))))
        }
    }
}

/// What was typed of an agent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Agent {
    name: String,
    number: String,
    until: String,
}

async fn agents_page(portal: &Portal, look: &Look, enterprise: SubjectId, page: AgentsPage) -> Answer<Markup> {
    let agents = portal.identity.agents(&look.act, enterprise).await?;
    let named = portal.identity.represented(&look.act).await?.into_iter().find(|one| one.enterprise == enterprise);
    let today = city_date(look.act.at);
    let page = AgentsPage {
        enterprise: enterprise.to_string(),
        enterprise_name: named.map(|one| one.name).unwrap_or_default(),
        agents: agents
            .into_iter()
            .map(|(mandate, person)| AgentLine {
                person: mandate.person.to_string(),
                number: person.document.masked(&person.number),
                name: person.name,
                role: mandate.role.label(),
                until: mandate
                    .until
                    .map_or_else(|| "长期有效".to_owned(), |day| format!("有效期至 {}", show_date(day))),
                endable: mandate.role == MandateRole::HandlingAgent,
            })
            .collect(),
        latest: show_date(today.saturating_add(Span::new().years(1))),
        ..page
    };
    Ok(pages::act_for::agents(&page, look.frame("经办人", Vec::new())))
}

pub(super) async fn agents(
    State(portal): State<Portal>,
    look: Look,
    Path(enterprise): Path<SubjectId>,
    Query(done): Query<Done>,
) -> Answer<Markup> {
    let done = match done.done.as_str() {
        "added" => Some("已添加经办人，对方现在就可以替企业办事"),
        "ended" => Some("授权已终止"),
        _ => None,
    };
    agents_page(&portal, &look, enterprise, AgentsPage { done, ..AgentsPage::default() }).await
}

pub(super) async fn add_agent(
    State(portal): State<Portal>,
    look: Look,
    Path(enterprise): Path<SubjectId>,
    Form(typed): Form<Agent>,
) -> Answer<Response> {
    let until = day(&typed.until);
    match portal.identity.name_agent(&look.act, enterprise, &typed.name, &typed.number, until).await {
        Ok(()) => Ok(see_other(&format!("/act-for/{enterprise}?done=added"))),
        Err(error) => {
            let (status, errors) = match error {
                IdentityError::MandateThere => (WRONG, vec![("number", "这个人已经是经办人，不必再添加。".to_owned())]),
                error => told(error, &["number", "name", "until"])?,
            };
            let Agent { name, number, until } = typed;
            let page = AgentsPage { name, number, until, errors, ..AgentsPage::default() };
            Ok(again(status, agents_page(&portal, &look, enterprise, page).await?))
        }
    }
}

pub(super) async fn end_agent(
    State(portal): State<Portal>,
    look: Look,
    Path((enterprise, person)): Path<(SubjectId, SubjectId)>,
) -> Answer<Response> {
    match portal.identity.dismiss_agent(&look.act, enterprise, person).await {
        // Somebody else ended it, or the button was pressed twice.
        Ok(()) | Err(IdentityError::NoMandate) => Ok(see_other(&format!("/act-for/{enterprise}?done=ended"))),
        Err(error) => Err(error.into()),
    }
}
