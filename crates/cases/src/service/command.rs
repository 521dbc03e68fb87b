//! One command on one case.

use db::Tx;
use kernel::{Act, Actor};

use super::{Cases, settle::Loaded};
use crate::{
    domain::{
        case::{Case, CaseId},
        command::Command,
        decide::{Rejection, Setting, decide, run},
        event::{By, Event, Handed},
    },
    error::CaseError,
    store,
};

/// What a command brings about, before it is written.
pub(super) struct Plan {
    pub(super) loaded: Loaded,
    pub(super) procedure: std::sync::Arc<catalogue::domain::Procedure>,
    command: Command,
    pub(super) events: Vec<(By, Event)>,
}

impl Cases {
    /// Loads a case that `act` may see.
    pub(crate) async fn load_for(&self, act: &Act, tx: &mut Tx, number: &str) -> Result<Loaded, CaseError> {
        let id = store::case_of_number(tx, number).await?.ok_or(CaseError::NotFound)?;
        let loaded = self.load(tx, id).await?;
        let procedure = self.catalogue.procedure(tx, &loaded.case.item, Some(loaded.case.version)).await?;
        if self.sight(act, &loaded.case, &procedure).is_none() {
            return Err(CaseError::NotFound);
        }
        Ok(loaded)
    }

    pub(crate) async fn load(&self, tx: &mut Tx, id: CaseId) -> Result<Loaded, CaseError> {
        let (case, head) = store::load(tx, &self.keys, id).await?.ok_or(CaseError::NotFound)?;
        Ok(Loaded { case, head })
    }

    /// Works out what one command brings about. `expected`: the version the caller saw, when it says (`If-Match`).
    pub(super) async fn plan(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        command: &Command,
        expected: Option<i64>,
    ) -> Result<Plan, CaseError> {
        let loaded = self.load_for(act, tx, number).await?;
        if let Some(expected) = expected.filter(|e| *e != loaded.head.seq) {
            tracing::debug!(expected, present = loaded.head.seq, "a command was made on an older version");
            return Err(CaseError::Precondition { present: loaded.head.seq });
        }
        let procedure = self.catalogue.procedure(tx, &loaded.case.item, Some(loaded.case.version)).await?;
        let calendar = self.calendar(act.at);
        let around = self.around(act, tx, &loaded.case, &procedure).await?;
        let setting = Setting { procedure: &procedure, calendar: &calendar, now: act.at, demo: self.demo, around };
        let mut case = loaded.case.clone();
        // What time alone has brought about comes first: a clerk cannot act before the acceptance that silence made.
        let mut entries = run(&mut case, &setting, Vec::new())?;
        let command = self.prepare(act, tx, &case, command).await?;
        let first = decide(&case, &setting, &act.actor, &command)?;
        let by = By::of(&act.actor);
        entries.extend(run(&mut case, &setting, first.into_iter().map(|e| (by.clone(), e)).collect())?);
        let events = entries.into_iter().map(|e| (e.by, e.event)).collect();
        Ok(Plan { loaded, procedure, command, events })
    }

    /// Carries out one command. `expected`: the version the caller saw, when it says (`If-Match`).
    ///
    /// # Errors
    /// Not found for other people's cases; refused with what would be lawful; stale when somebody was faster.
    pub async fn command(
        &self,
        act: &Act,
        tx: &mut Tx,
        number: &str,
        command: &Command,
        expected: Option<i64>,
    ) -> Result<Case, CaseError> {
        let Plan { loaded, procedure, command, events } = self.plan(act, tx, number, command, expected).await?;
        if let Some(materials) = command.materials() {
            // Who names a certificate in place of paper allows its use by that act.
            self.allow_use(act, tx, &loaded.case, &procedure, materials).await?;
        }
        let case = self.settle(act, tx, &procedure, Some(&loaded), None, events).await?;
        for file in command.files() {
            store::keep_file(tx, *file, case.id).await?;
        }
        if let Some(materials) = command.materials() {
            for handed in materials.values() {
                for file in handed.files() {
                    store::keep_file(tx, *file, case.id).await?;
                }
            }
        }
        self.note_refusals(act, tx, &loaded.case, &procedure, &command).await?;
        Ok(case)
    }

    /// Checks what a command brings in, and completes what the caller may not say himself.
    async fn prepare(&self, act: &Act, tx: &mut Tx, case: &Case, command: &Command) -> Result<Command, CaseError> {
        let staff = matches!(act.actor, Actor::Staff { .. });
        if let Some(materials) = command.materials() {
            let names_some = materials.values().any(|handed| matches!(handed, Handed::Certificate(_)));
            let held = if names_some { self.certificate_facts(act, tx, case.subject).await? } else { Vec::new() };
            for (key, handed) in materials {
                if *handed == Handed::Paper && !staff {
                    return Err(Rejection::invalid(
                        "cases.paper-online",
                        "纸质材料只能在窗口收取。",
                        vec![kernel::Fault::new(format!("/materials/{key}"), "cases.paper-online", "请上传文件。")],
                    )
                    .into());
                }
                self.check_handed(act, tx, &held, key, handed).await?;
            }
        }
        for file in command.files() {
            self.check_handed(act, tx, &[], "files", &Handed::File(*file)).await?;
        }
        self.refusals_have_reasons(act, tx, case, command).await?;
        if let Command::DecideAvoidance { upheld, account: Some(account), chair, reason, .. } = command {
            let unknown = || Rejection::one("cases.unknown-colleague", "/account", "没有找到这位工作人员。");
            let staff = self.identity.staff_of(tx, *account).await.map_err(|_| CaseError::from(unknown()))?;
            return Ok(Command::DecideAvoidance {
                upheld: *upheld,
                account: Some(*account),
                name: staff.name,
                chair: chair.clone(),
                reason: reason.clone(),
            });
        }
        let Command::HandOver { task, to, .. } = command else { return Ok(command.clone()) };
        let unknown = || {
            CaseError::from(Rejection::invalid(
                "cases.unknown-colleague",
                "没有找到这位同事，或其岗位不能办理这项任务。",
                vec![kernel::Fault::new("/to", "cases.unknown-colleague", "请从本部门同岗位人员中选择。")],
            ))
        };
        let colleague = self.identity.staff_of(tx, *to).await.map_err(|_| unknown())?;
        let procedure = self.catalogue.procedure(tx, &case.item, Some(case.version)).await?;
        let fits = crate::domain::tasks::tasks(case, &procedure)
            .into_iter()
            .any(|t| t.key == *task && t.department == colleague.department && colleague.roles.contains(&t.role));
        if !fits {
            return Err(unknown());
        }
        // Why is the colleague's own business.
        if self.related(tx, *to, case).await?.is_some() {
            let advice = "这位同事不能办理本件，请转交给其他同事。";
            return Err(Rejection::one("cases.colleague-avoids", "/to", advice).into());
        }
        Ok(Command::HandOver { task: task.clone(), to: *to, name: colleague.name })
    }
}
