//! The receipt of an application that the caller took in.

use axum::extract::State;
use cases::domain::{clocks::ClockKind, documents::DocumentKind, event::Handed};
use catalogue::{
    asking::delivery,
    domain::{CaseKind, Delivery, StepKind},
};
use kernel::{Act, show_date, show_time};
use webkit::{Answer, Look, Markup, Path};

use crate::{
    pages::counter::receipt::{ReceiptPage, receipt},
    web::Window,
};

pub(super) async fn show(State(window): State<Window>, look: Look, Path(number): Path<String>) -> Answer<Markup> {
    let mut tx = window.cases.db.read().await?;
    let taken = window.cases.taken_in(&look.act, &mut tx, &number).await?;
    let slip = if taken.in_office {
        let (_, documents) = window.cases.documents(&look.act, &mut tx, &number).await?;
        documents.into_iter().find(|kept| kept.document.kind == DocumentKind::IntakeReceipt).map(|kept| kept.id)
    } else {
        None
    };
    drop(tx);
    let act = Act { reason: Some("出具本人收件的回执".to_owned()), ..look.act.clone() };
    window.cases.record_look(&act, &taken.seen, "receipt").await?;
    let (case, item) = (&taken.seen.case, &taken.seen.procedure.item);
    let name =
        |key: &str| item.materials.iter().find(|one| one.key == key).map_or_else(String::new, |one| one.name.clone());
    let how = |handed: &Handed| match handed {
        Handed::File(_) | Handed::Files(_) => format!("扫描件 {} 个", handed.files().len()),
        Handed::Certificate(_) => "用电子证照，不收纸质".to_owned(),
        Handed::Deferred => "容缺，受理后补交".to_owned(),
        Handed::Paper => "收取纸质".to_owned(),
    };
    let mut next: Vec<String> = taken
        .seen
        .tasks
        .iter()
        .map(|task| format!("由{}的{}办理“{}”。", window.department(&task.department), task.role.label(), task.name))
        .collect();
    let clock = |kind: ClockKind| taken.seen.clocks.iter().find(|clock| clock.kind == kind && clock.ended.is_none());
    if let Some(clock) = clock(ClockKind::Acceptance) {
        next.push(format!("最迟 {} 告诉您是否受理（收到后 {} 个工作日内）。", show_date(clock.deadline), clock.limit));
        if item.case_kind == CaseKind::Committed {
            next.push(format!("受理后 {} 个工作日内办结。", item.promised_days));
        }
    }
    if let Some(clock) = clock(ClockKind::Promised) {
        next.push(format!("最迟 {} 办结（受理后 {} 个工作日）。", show_date(clock.deadline), clock.limit));
    }
    if case.state().is_over() {
        next.push(format!("这件事已经有结果：{}。", case.state().label()));
    }
    let halls = delivery::halls(item, &window.cases.vocabulary);
    let hall = case.private.receiving.hall.as_deref().unwrap_or(delivery::CITY);
    let hall = halls.into_iter().find(|(key, _)| key == hall).map_or_else(|| "政务大厅".to_owned(), |(_, name)| name);
    next.push(match case.delivery {
        Delivery::Electronic => "结果以电子证照或电子文书送达，登录网站或到窗口都能取。".to_owned(),
        Delivery::Post => "办好以后，结果寄到您留的地址。".to_owned(),
        Delivery::Pickup => format!("办好以后，请带身份证件到{hall}领取。"),
    });
    let deferred = case.materials.iter().filter(|(_, handed)| **handed == Handed::Deferred);
    let mut yours: Vec<String> = deferred
        .map(|(key, _)| format!("补交“{}”：受理时会告诉您最后一天，到期不补的，申请会被终止。", name(key)))
        .collect();
    let assessment = taken.seen.procedure.assess(&case.facts());
    let lacking = assessment.materials.iter().filter(|view| view.missing);
    yours.extend(lacking.map(|view| format!("“{}”还没有交：受理岗核对后会一次性告诉您要补什么。", name(&view.key))));
    if item.steps.iter().any(|step| step.kind == StepKind::Pay) && !item.fees.is_empty() && !case.state().is_over() {
        yours.push("缴费：到缴费的时候会通知您。".to_owned());
    }
    let page = ReceiptPage {
        item: item.name.clone(),
        department: window.department(&item.department),
        applicant: case.applicant.clone(),
        code: window.cases.query_code(&case.number),
        at: show_time(case.submitted_at),
        clerk: look.who().unwrap_or_default(),
        state: if case.state().is_over() { "已收件，并且已经办结" } else { "已收件" },
        materials: case.materials.iter().map(|(key, handed)| (name(key), how(handed))).collect(),
        next,
        yours,
        case: taken.in_office.then(|| format!("/desk/cases/{}", case.number)),
        document: slip.map(|id| format!("/desk/cases/{}/documents/{id}", case.number)),
        number: case.number.clone(),
    };
    Ok(receipt(&page, look.frame("收件回执", Vec::new())))
}
