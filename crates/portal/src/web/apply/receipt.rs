//! The receipt. It is shown only of a case that is in the platform.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use cases::{
    CaseError, CaseSight, KeptDocument, Sight,
    domain::{clocks::ClockKind, documents::DocumentKind, event::Handed},
};
use catalogue::domain::{CaseKind, Delivery, StepKind};
use kernel::{Role, show_date, show_time};
use webkit::{Answer, Look, Origin, Path};

use super::{Applying, delivery};
use crate::{
    apply::saying,
    pages::apply::receipt::{ReceiptPage, receipt},
};

pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    origin: Origin,
    Path(number): Path<String>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let (seen, documents) = applying.cases.documents(&look.act, &mut tx, &number).await?;
    if seen.sight != Sight::Own {
        return Err(CaseError::NotFound.into());
    }
    drop(tx);
    applying.cases.record_look(&look.act, &seen, "receipt").await?;
    let page = page(&applying, &seen, &documents, &origin.0);
    Ok(receipt(&page, look.frame(format!("{} - {}", page.title, page.item), Vec::new())).into_response())
}

fn page(applying: &Applying, seen: &CaseSight, documents: &[KeptDocument], origin: &str) -> ReceiptPage {
    let (case, item) = (&seen.case, &seen.procedure.item);
    let slip = documents.iter().find(|kept| kept.document.kind == DocumentKind::IntakeReceipt);
    let document = slip
        .map(|kept| (format!("/cases/{}/documents/{}", case.number, kept.id), format!("{origin}/confirm/{}", kept.id)));
    let over = case.state().is_over();
    let title = if over { "已提交，并且已经办结" } else { "已提交" };
    let result = case.stage.decision().map(|decision| {
        let papers: Vec<(String, String)> = documents
            .iter()
            .filter(|kept| {
                kept.document.kind == DocumentKind::GrantDecision || kept.document.kind == DocumentKind::RefusalDecision
            })
            .map(|kept| (kept.document.title.clone(), format!("/cases/{}/documents/{}", case.number, kept.id)))
            .collect();
        let (title, text) =
            if decision.granted { ("已经办好", "准予办理") } else { ("已经作出决定", "不予办理") };
        let mut text = format!("{}{text}。{}", show_time(decision.at), decision.reasons);
        let mut papers = papers;
        if let Some(Some(certificate)) = &case.produced {
            let name = applying.certificate(&certificate.certificate_type);
            text = format!("{text}新的电子证照“{name}”已经放进“我的证照”，以后办事可以直接用。");
            papers.push((format!("查看电子证照“{name}”"), "/my/certificates".to_owned()));
        }
        (title.to_owned(), text, papers)
    });
    let code = document.as_ref().and_then(|(_, confirm)| webkit::ui::code::code(confirm, 140)).unwrap_or_default();
    ReceiptPage {
        item: item.name.clone(),
        number: case.number.clone(),
        case: format!("/my/cases/{}", case.number),
        at: show_time(case.submitted_at),
        applicant: case.private.applicant.name.clone(),
        department: applying.department(&item.department),
        title: title.to_owned(),
        result,
        next: next(applying, seen),
        yours: yours(seen),
        document,
        code,
        query_code: applying.cases.query_code(&case.number),
    }
}

/// Who of an office.
fn office(applying: &Applying, department: &str, role: Role) -> String {
    format!("{}的{}", applying.department(department), role.label())
}

/// What happens next, by whom, by when and why then.
fn next(applying: &Applying, seen: &CaseSight) -> Vec<String> {
    let (case, item) = (&seen.case, &seen.procedure.item);
    let mut next = Vec::new();
    let clock = |kind: ClockKind| seen.clocks.iter().find(|clock| clock.kind == kind && clock.ended.is_none());
    for task in &seen.tasks {
        next.push(format!("由{}办理“{}”。", office(applying, &task.department, task.role), task.name));
    }
    if let Some(clock) = clock(ClockKind::Acceptance) {
        let why = format!("收到后 {} 个工作日内", clock.limit);
        next.push(format!("最迟 {} 告诉您是否受理（{why}）。", show_date(clock.deadline)));
        if item.case_kind == CaseKind::Committed {
            next.push(format!("受理后 {} 个工作日内办结。", item.promised_days));
        }
    }
    if let Some(clock) = clock(ClockKind::Promised) {
        let why = format!("受理后 {} 个工作日，遇到周末和放假顺延", clock.limit);
        next.push(format!("最迟 {} 办结（{why}）。", show_date(clock.deadline)));
    }
    if !case.state().is_over() || case.delivered.is_none() {
        let hall = delivery::hall_name(applying, item, case.private.receiving.hall.as_deref());
        next.push(match case.delivery {
            Delivery::Electronic => "办好以后，结果会出现在“我的办件”里。".to_owned(),
            Delivery::Post => "办好以后，结果寄到您填的地址。".to_owned(),
            Delivery::Pickup => format!("办好以后，请带身份证件到{hall}领取。"),
        });
    }
    next.push(if case.state().is_over() {
        "已经办结，不用再做什么。回执和结果一直可以在“我的办件”里查到。".to_owned()
    } else {
        "每有进展，都会在“我的消息”里告诉您。".to_owned()
    });
    next
}

/// What the applicant still has to do.
fn yours(seen: &CaseSight) -> Vec<String> {
    let (case, item) = (&seen.case, &seen.procedure.item);
    let name =
        |key: &str| item.materials.iter().find(|one| one.key == key).map_or_else(String::new, |one| one.name.clone());
    let deferred = case.materials.iter().filter(|(_, handed)| **handed == Handed::Deferred);
    let mut yours: Vec<String> = deferred
        .map(|(key, _)| format!("补交“{}”：受理时会告诉您最后一天，到期不补的，申请会被终止。", name(key)))
        .collect();
    let pays = item.steps.iter().any(|step| step.kind == StepKind::Pay);
    if pays && !item.fees.is_empty() && !case.state().is_over() {
        yours.push(format!("缴费（{}）：到缴费的时候会通知您。", saying::cost(item).join("、")));
    }
    if item.visits > 0 && !case.state().is_over() {
        yours.push(format!("要到窗口 {} 次，去之前会通知您。", item.visits));
    }
    yours
}
