//! Acceptance at the counter: who came, for what, the form, handing in, the receipt. The visitor is named in addresses by
//! the platform's own id alone, and every page that shows something of him is recorded.

mod answers;
mod form;
mod identify;
mod items;
mod receipt;

use axum::{
    http::Method,
    routing::{get, post},
};
use identity::{IdentityError, Subject};
use kernel::{Act, Role, SubjectId, SubjectKind};
use serde::Deserialize;
use webkit::{Access, Answer, Problem, RoutesOf, url_encode};

use super::Window;
use crate::pages::counter::Visitor;

/// Who takes applications in.
const COUNTER: Access = Access::Roles(&[Role::Window]);

/// Bytes of one form with its scans.
const FORM_BYTES: usize = 128 << 20;

/// The counter's pages.
pub(super) fn routes(routes: RoutesOf<Window>) -> RoutesOf<Window> {
    routes
        .page(COUNTER, Method::GET, "/desk/counter", get(identify::ask))
        .page(COUNTER, Method::POST, "/desk/counter", post(identify::take))
        .page(COUNTER, Method::GET, "/desk/counter/receipts/{number}", get(receipt::show))
        .page(COUNTER, Method::GET, "/desk/counter/{visitor}", get(items::show))
        .page(COUNTER, Method::GET, "/desk/counter/{visitor}/{slug}", get(form::show))
        .page_upload(COUNTER, Method::POST, "/desk/counter/{visitor}/{slug}", FORM_BYTES, post(form::receive))
}

/// Who came for an enterprise, in the address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    agent: Option<SubjectId>,
    /// What is searched for.
    q: String,
}

/// Whom the counter serves.
#[derive(Debug, Clone)]
struct Served {
    subject: Subject,
    agent: Option<Subject>,
}

impl Served {
    /// The path of one of the visitor's pages; `slug` is empty for the items.
    fn path(&self, slug: &str) -> String {
        let base = format!("/desk/counter/{}", self.subject.subject);
        let path = if slug.is_empty() { base } else { format!("{base}/{slug}") };
        match &self.agent {
            Some(agent) => format!("{path}?agent={}", url_encode(&agent.subject.to_string())),
            None => path,
        }
    }

    fn shown(&self) -> Visitor {
        let document = |s: &Subject| format!("{} {}", s.document.label(), s.document.masked(&s.number));
        Visitor {
            items: self.path(""),
            name: self.subject.name.clone(),
            document: document(&self.subject),
            verified: self.subject.verified_by.label().to_owned(),
            agent: self.agent.as_ref().map(|agent| format!("{}，{}", agent.name, document(agent))),
        }
    }

    /// Why the clerk looks at the visitor's data.
    fn reason(&self) -> String {
        reason(self.agent.is_some())
    }
}

fn reason(by_agent: bool) -> String {
    if by_agent { "窗口代为申请：经办人到场" } else { "窗口代为申请：申请人到场" }.to_owned()
}

/// The visitor of the address, whose data is about to be shown: recorded with its reason.
async fn served(window: &Window, act: &Act, visitor: SubjectId, agent: Option<SubjectId>) -> Answer<Served> {
    let act = Act { reason: Some(reason(agent.is_some())), ..act.clone() };
    let args = (window.cases.identity.clone(), act);
    let found = window
        .cases
        .db
        .write(args, move |tx, (identity, act)| {
            Box::pin(async move {
                let subject = identity.see_subject(act, tx, visitor).await?;
                let agent = match agent {
                    Some(agent) => Some(identity.see_subject(act, tx, agent).await?),
                    None => None,
                };
                Ok::<_, IdentityError>(Served { subject, agent })
            })
        })
        .await;
    let served = match found {
        Err(IdentityError::NoSubject(_)) => return Err(Problem::not_found()),
        other => other?,
    };
    let enterprise = served.subject.kind == SubjectKind::Enterprise;
    let agent_fits = served.agent.as_ref().is_none_or(|agent| agent.kind == SubjectKind::Person);
    // An enterprise comes by an agent, a person by himself.
    if enterprise != served.agent.is_some() || !agent_fits {
        return Err(Problem::not_found());
    }
    Ok(served)
}
