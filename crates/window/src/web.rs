//! The desk's pages by path.

mod acting;
mod bulk;
mod case;
mod certificates;
mod counter;
mod documents;
mod files;
mod openings;
mod relations;
mod seals;
mod search;
mod talk;
mod tasks;
mod verdicts;
mod workbench;

pub use self::seals::seal_routes;
use axum::{
    http::Method,
    routing::{get, post},
};
use cases::{CaseError, CaseSight, Cases, DeskFilter, DeskPlace, DeskScope, DeskTask, domain::event::Recorded};
use db::Tx;
use kernel::{Act, Role};
use webkit::{Access, Answer, Routes, plain_reason};

/// What the desk needs to show its pages. Clones share it.
#[derive(Debug, Clone)]
pub struct Window {
    cases: Cases,
}

impl Window {
    /// The desk over the case engine.
    #[must_use]
    pub const fn new(cases: Cases) -> Self {
        Self { cases }
    }

    /// Name of a department.
    fn department(&self, key: &str) -> String {
        self.cases.vocabulary.department(key).map_or_else(|| key.to_owned(), |d| d.name.clone())
    }

    /// Name of a district; empty for the city's own.
    fn region(&self, code: &str) -> String {
        self.cases.vocabulary.region_name(code).unwrap_or_default().to_owned()
    }

    /// Records the look at a case. `given`: the reason typed, where one was asked for. False: a reason has to be asked for.
    async fn look(
        &self,
        act: &Act,
        seen: &CaseSight,
        history: &[Recorded],
        part: &'static str,
        given: &str,
    ) -> Answer<bool> {
        let mut act = act.clone();
        act.reason = act.reason.take().or_else(|| plain_reason(given));
        if act.reason.is_none() && seen.tasks.iter().all(|t| act.department() != Some(t.department.as_str())) {
            act.reason = just_done(&act, history);
        }
        match self.cases.record_look(&act, seen, part).await {
            Ok(()) => Ok(true),
            Err(CaseError::ReasonNeeded) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The task to go on to after `number`: the most urgent one the caller holds, else the most urgent one to take.
    async fn next_task(&self, act: &Act, tx: &mut Tx, number: &str) -> Answer<Option<DeskTask>> {
        for scope in [DeskScope::Mine, DeskScope::Waiting] {
            let filter = DeskFilter { scope, ..DeskFilter::default() };
            let tasks = self.cases.desk_tasks(act, tx, &filter, &DeskPlace::Start, 5).await?;
            if let Some(task) = tasks.into_iter().find(|t| t.number != number) {
                return Ok(Some(task));
            }
        }
        Ok(None)
    }
}

/// Hours in which somebody may look at what he did himself without saying why.
const JUST_DONE_HOURS: i64 = 8;

/// Whoever did something with the case within the day's work looks at what came of it.
fn just_done(act: &Act, history: &[Recorded]) -> Option<String> {
    let since = act.at.as_millisecond() - JUST_DONE_HOURS * 3_600_000;
    let mine =
        |e: &&Recorded| e.by.account.is_some() && e.by.account == act.account() && e.at.as_millisecond() >= since;
    history.iter().rev().find(mine).map(|_| "查看本人刚刚办理的结果".to_owned())
}

/// Who works at a desk, and who looks on.
const STAFF: Access =
    Access::Roles(&[Role::Window, Role::Reviewer, Role::Approver, Role::CertificateClerk, Role::Supervisor]);

/// Who of an issuing body works on its certificates.
const CLERKS: Access = Access::Roles(::certificates::CLERKS);

/// All pages of the desk.
#[must_use]
pub fn routes(window: Window) -> Routes {
    let routes = Routes::new(window)
        .page(STAFF, Method::GET, "/desk", get(workbench::show))
        .page(STAFF, Method::GET, "/desk/tasks", get(tasks::list))
        .page(STAFF, Method::POST, "/desk/tasks/preview", post(bulk::preview))
        .page(STAFF, Method::POST, "/desk/tasks/bulk", post(bulk::carry_out))
        .page(STAFF, Method::GET, "/desk/cases", get(search::ask))
        .page(STAFF, Method::POST, "/desk/cases", post(search::ask_by_name))
        .page(Access::Roles(&[Role::Supervisor]), Method::GET, "/desk/openings", get(openings::show))
        .page(STAFF, Method::GET, "/desk/relations", get(relations::list))
        .page(STAFF, Method::POST, "/desk/relations", post(relations::declare))
        .page(STAFF, Method::POST, "/desk/relations/{id}/end", post(relations::end))
        .page(STAFF, Method::GET, "/desk/cases/{number}", get(case::show))
        .page(STAFF, Method::POST, "/desk/cases/{number}/talk", post(talk::say))
        .page(STAFF, Method::GET, "/desk/cases/{number}/files/{file}", get(files::show))
        .page(STAFF, Method::POST, "/desk/cases/{number}/verdicts", post(verdicts::give))
        .page(STAFF, Method::GET, "/desk/cases/{number}/documents/{id}", get(documents::show))
        .page(STAFF, Method::GET, "/desk/cases/{number}/do/{step}", get(acting::ask))
        .page(STAFF, Method::POST, "/desk/cases/{number}/do/{step}", post(acting::carry_out));
    let routes = routes
        .page(CLERKS, Method::GET, "/desk/certificates", get(certificates::show))
        .page(CLERKS, Method::POST, "/desk/certificates", post(certificates::search))
        .page(CLERKS, Method::GET, "/desk/certificates/{holder}/{id}", get(certificates::one))
        .page(CLERKS, Method::POST, "/desk/certificates/{holder}/{id}/orders", post(certificates::order))
        .page(CLERKS, Method::POST, "/desk/certificates/{holder}/{id}/versions", post(certificates::version))
        .page(CLERKS, Method::POST, "/desk/certificate-proposals/{holder}/{id}", post(certificates::decide))
        .page(
            CLERKS,
            Method::POST,
            "/desk/certificate-reports/{holder}/{certificate}/{id}",
            post(certificates::answer),
        );
    counter::routes(routes).done()
}
