//! One case: handed in, and moved on by whoever has to act.

use catalogue::domain::{Delivery, Procedure};
use hyper::Method;
use kernel::{Channel, Role, SubjectKind};
use serde_json::{Map, Value, json};

use super::{Walk, WalkError, api::Sent};
use crate::city::staff;

/// Most acts of staff in one case: no process has as many steps.
const MOST_ACTS: usize = 80;
/// What an assessed fee is fixed at, fen.
const FEE_CENTS: i64 = 10_000;

/// A case under way.
pub(super) struct Course {
    pub(super) procedure: Procedure,
    /// Login of the applicant.
    pub(super) applicant: String,
    pub(super) number: String,
    /// State as last seen.
    pub(super) state: String,
    /// Files that were handed in with the application.
    pub(super) files: usize,
    /// Handed in at the counter.
    pub(super) at_counter: bool,
    pub(super) acts_of_staff: usize,
    /// Reviewers and approvers say no.
    pub(super) refusing: bool,
}

impl Course {
    pub(super) fn slug(&self) -> &str {
        &self.procedure.item.slug
    }

    fn at(&self, what: &str) -> String {
        format!("{} {}, {what}", self.slug(), self.number)
    }

    fn stuck(&self, why: String) -> WalkError {
        WalkError::Stuck { item: self.slug().to_owned(), number: self.number.clone(), state: self.state.clone(), why }
    }
}

/// A task as the case shows it.
struct Task<'a> {
    key: &'a str,
    name: &'a str,
    role: Role,
    department: &'a str,
    step: Option<&'a str>,
    kind: Option<&'a str>,
}

impl<'a> Task<'a> {
    fn read(task: &'a Value) -> Option<Self> {
        let text = |key: &str| task.get(key).and_then(Value::as_str);
        Some(Self {
            key: text("key")?,
            name: text("name")?,
            role: text("role")?.parse().ok()?,
            department: text("department")?,
            step: text("step"),
            kind: text("kind"),
        })
    }
}

fn is_over(state: &str) -> bool {
    matches!(state, "closed" | "archived" | "withdrawn" | "terminated" | "not_accepted")
}

impl Walk {
    /// Login of who has a post; an error when nobody has.
    pub(super) fn clerk(&self, slug: &str, role: Role, department: &str) -> Result<String, WalkError> {
        staff::login(&self.vocabulary, role, department).ok_or_else(|| WalkError::NoStaff {
            item: slug.to_owned(),
            role: role.as_str().to_owned(),
            department: department.to_owned(),
        })
    }

    /// Hands in an application with valid answers and every file that is asked for; materials named in `deferred` follow
    /// later.
    pub(super) async fn submit(&self, procedure: Procedure, deferred: &[&str]) -> Result<Course, WalkError> {
        let item = &procedure.item;
        let (candidate, answers) = self.answers(&procedure).await?;
        let online = item.channels.iter().find(|channel| **channel != Channel::Window).copied();
        let by = match online {
            Some(_) => candidate.account.clone(),
            None => self.clerk(&item.slug, Role::Window, &item.department)?,
        };
        let mut materials = Map::new();
        for key in &answers.materials {
            let handed = if deferred.contains(&key.as_str()) {
                json!({"deferred": true})
            } else {
                json!({"file": self.upload(&item.slug, &by, key).await?})
            };
            materials.insert(key.clone(), handed);
        }
        let channel = online.unwrap_or(Channel::Window);
        let mut application = json!({
            "item": item.slug, "channel": channel.as_str(), "form": answers.form, "materials": materials,
            "consent": identity::CONSENT_TEXT_VERSION,
        });
        if online.is_none() {
            application["applicant"] = match candidate.facts.kind {
                SubjectKind::Person => json!({"id_number": candidate.facts.id_number}),
                SubjectKind::Enterprise => json!({"uscc": candidate.facts.uscc}),
            };
        }
        let at = format!("{}, handing in for {}", item.slug, candidate.account);
        let opened = self.ask(&at, &by, Method::POST, "/api/v1/cases", Sent::Json(&application)).await?;
        let text = |key: &str| opened.get(key).and_then(Value::as_str).map(str::to_owned);
        let number = text("number").ok_or_else(|| WalkError::Answer { at: at.clone(), missing: "number" })?;
        let state = text("state").ok_or(WalkError::Answer { at, missing: "state" })?;
        Ok(Course {
            applicant: candidate.account,
            number,
            state,
            files: answers.materials.len() - deferred.len().min(answers.materials.len()),
            at_counter: online.is_none(),
            acts_of_staff: 0,
            refusing: false,
            procedure,
        })
    }

    /// The case as its department sees it.
    pub(super) async fn see(&self, course: &mut Course) -> Result<Value, WalkError> {
        let clerk = self.clerk(course.slug(), Role::Window, &course.procedure.item.department)?;
        let path = format!("/api/v1/cases/{}", course.number);
        let seen = self.ask(&course.at("looking at it"), &clerk, Method::GET, &path, Sent::Nothing).await?;
        let state = seen.get("state").and_then(Value::as_str);
        course.state = state.ok_or(WalkError::Answer { at: path, missing: "state" })?.to_owned();
        Ok(seen)
    }

    async fn command(&self, course: &mut Course, what: &str, by: &str, command: &Value) -> Result<Value, WalkError> {
        let path = format!("/api/v1/cases/{}/commands", course.number);
        let word = command.get("type").and_then(Value::as_str).unwrap_or_default();
        let at = course.at(&format!("{what} ({word})"));
        let seen = self.ask(&at, by, Method::POST, &path, Sent::Json(command)).await?;
        if let Some(state) = seen.get("state").and_then(Value::as_str) {
            course.state = state.to_owned();
        }
        Ok(seen)
    }

    /// A command of the applicant.
    pub(super) async fn applicant(&self, course: &mut Course, command: Value) -> Result<Value, WalkError> {
        let by = course.applicant.clone();
        self.command(course, "by the applicant", &by, &command).await
    }

    /// A command of staff of the item's own department.
    pub(super) async fn office(&self, course: &mut Course, role: Role, command: Value) -> Result<Value, WalkError> {
        let by = self.clerk(course.slug(), role, &course.procedure.item.department)?;
        course.acts_of_staff += 1;
        self.command(course, role.as_str(), &by, &command).await
    }

    /// Does what has to be done, by whom it has to be done, until the case is over.
    pub(super) async fn drive(&self, course: &mut Course) -> Result<(), WalkError> {
        while !self.advance(course).await? {}
        Ok(())
    }

    /// Does one thing that has to be done; true when the case is over.
    pub(super) async fn advance(&self, course: &mut Course) -> Result<bool, WalkError> {
        let seen = self.see(course).await?;
        if is_over(&course.state) {
            return Ok(true);
        }
        if course.acts_of_staff >= MOST_ACTS {
            return Err(course.stuck(format!("{MOST_ACTS} acts of staff did not end it")));
        }
        let specials = seen.get("specials").and_then(Value::as_array);
        let ordered = specials.into_iter().flatten().any(|special| is_open(special) && special["step"].is_null());
        if ordered {
            self.office(course, Role::Reviewer, json!({"type": "end-special", "result": "程序已完成，结论为合格。"}))
                .await?;
            return Ok(false);
        }
        let empty = Vec::new();
        let listed = seen.get("tasks").and_then(Value::as_array).unwrap_or(&empty);
        let mut refused = None;
        for task in listed.iter().filter_map(Task::read) {
            match self.perform(course, &seen, &task).await {
                Ok(()) => return Ok(false),
                // Of tasks side by side one may have to wait for another.
                Err(error) if error.may_pass() => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        Err(refused.unwrap_or_else(|| course.stuck("nobody has anything to do".to_owned())))
    }

    /// Carries one task out.
    async fn perform(&self, course: &mut Course, seen: &Value, task: &Task<'_>) -> Result<(), WalkError> {
        let mut by = vec![self.clerk(course.slug(), task.role, task.department)?];
        let commands = commands(course, seen, task)?;
        if task.kind == Some("decide") && task.role != Role::Approver {
            // Who reviewed does not decide: then an approver of the department does.
            by.extend(self.clerk(course.slug(), Role::Approver, task.department));
        }
        for command in &commands {
            let mut done = Ok(());
            for clerk in &by {
                done = self.command(course, task.name, clerk, command).await.map(|_| ());
                if !matches!(&done, Err(WalkError::Refused { status: 403, .. })) {
                    break;
                }
            }
            done?;
            course.acts_of_staff += 1;
        }
        Ok(())
    }
}

fn is_open(special: &Value) -> bool {
    special.get("open").and_then(Value::as_bool) == Some(true)
}

/// What a task asks for now, as commands in order.
fn commands(course: &Course, seen: &Value, task: &Task<'_>) -> Result<Vec<Value>, WalkError> {
    let deliver = || vec![json!({"type": "deliver", "proof": {"way": Delivery::Electronic, "taken_by": "申请人"}})];
    let decide = || {
        let (reasons, basis) = ("不符合办理条件，申请人的陈述不能改变这一结论。", "办事指南列明的设定依据");
        if course.refusing {
            vec![json!({"type": "refuse", "reasons": reasons, "basis": basis})]
        } else {
            vec![json!({"type": "grant"})]
        }
    };
    Ok(match (task.key, task.kind, task.step) {
        ("intake", ..) if course.state == "submitted" => vec![json!({"type": "pass-pre-review"})],
        ("intake", ..) if awaits_deferred(seen) => vec![json!({"type": "accept-deferred", "days": 10})],
        ("intake", ..) => vec![json!({"type": "accept"})],
        ("confirm", ..) => vec![json!({"type": "confirm"})],
        ("decide", ..) | (_, Some("decide"), _) => decide(),
        ("deliver", ..) | (_, Some("deliver"), _) => deliver(),
        (_, Some("issue"), _) => vec![json!({"type": "produce"})],
        (_, Some("review"), Some(step)) => {
            let recommend = if course.refusing { "refuse" } else { "grant" };
            let opinion = if course.refusing {
                "经审查，不符合办理条件。"
            } else {
                "经审查，材料真实，符合办理条件。"
            };
            vec![json!({"type": "complete", "step": step, "opinion": opinion, "recommend": recommend})]
        }
        (_, Some("special"), Some(step)) => special(course, seen, step),
        (_, Some("pay"), Some(step)) => pay(course, seen, step),
        _ => return Err(course.stuck(format!("the task {} ({:?}) is not known", task.key, task.kind))),
    })
}

fn awaits_deferred(seen: &Value) -> bool {
    let materials = seen.get("materials").and_then(Value::as_object);
    materials.into_iter().flatten().any(|(_, handed)| handed.get("deferred").and_then(Value::as_bool) == Some(true))
}

/// Begins a special step where it has not begun, and ends it.
fn special(course: &Course, seen: &Value, key: &str) -> Vec<Value> {
    let begun = seen.get("specials").and_then(Value::as_array).into_iter().flatten();
    let begun = begun.filter(|special| special.get("step").and_then(Value::as_str) == Some(key)).any(is_open);
    let end = json!({"type": "end-special", "step": key, "result": "程序已完成，结论为合格。"});
    if begun {
        return vec![end];
    }
    let step = course.procedure.item.steps.iter().find(|step| step.key == key);
    let days = step.map_or(1, |step| step.max_days.unwrap_or(step.days).max(1).min(step.days.max(1)));
    vec![json!({"type": "begin-special", "step": key, "days": days}), end]
}

/// Fixes the fee where it is fixed for each case, and records the payment.
fn pay(course: &Course, seen: &Value, key: &str) -> Vec<Value> {
    let item = &course.procedure.item;
    let paid = json!({"type": "record-payment", "step": key, "receipt": format!("演示票据{}", course.number)});
    let assessed = seen.get("fee_cents").is_some_and(Value::is_number);
    if item.fees.iter().any(|fee| fee.assessed) && !assessed {
        let basis = item.fees.iter().find(|fee| fee.assessed).map_or("收费标准", |fee| fee.basis.as_str());
        return vec![json!({"type": "assess-fee", "amount_cents": FEE_CENTS, "basis": basis}), paid];
    }
    vec![paid]
}
