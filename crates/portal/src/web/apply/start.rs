//! Before anything is filled in, and the beginning of a draft.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use cases::{Assessed, CaseError, Check, Draft};
use catalogue::{
    Standing,
    asking::words,
    domain::{Item, Outcome},
};
use db::Tx;
use kernel::{Act, FileId, SubjectKind, city_date, show_date, show_time};
use serde_json::Map;
use webkit::{Answer, Fields, Look, Path, once_page, url_encode};

use super::{Applying, course::Course};
use crate::{
    apply::saying,
    pages::apply::start::{Closed, StartPage, start},
};

/// Person or enterprise; none for staff and strangers.
fn kind(applicant: Option<&Assessed>) -> Option<SubjectKind> {
    applicant.map(|found| found.applicant.kind)
}

fn ways(extra: Option<(&str, String)>) -> Vec<(String, String)> {
    let extra = extra.map(|(label, href)| (label.to_owned(), href));
    extra.into_iter().chain([("查找其他事项".to_owned(), "/items".to_owned())]).collect()
}

/// Why it cannot be begun here, where it cannot.
fn closed(applying: &Applying, standing: &Standing, act: &Act, found: Option<&Assessed>) -> Option<Closed> {
    let item = &standing.procedure.item;
    let guide = format!("/items/{}", item.slug);
    if standing.retired {
        return Some(Closed {
            title: "这个事项已经取消".to_owned(),
            text: "不再办理，也不用再申请。请查找替代的事项，或者拨打 12345 询问。".to_owned(),
            ways: ways(None),
        });
    }
    if !standing.offered {
        return Some(Closed {
            title: "这个事项暂停办理".to_owned(),
            text: format!(
                "{}暂时不接收新的申请，恢复时间请留意公告，或者拨打 12345。已经提交的继续办理，草稿也保留。",
                applying.department(&item.department)
            ),
            ways: ways(None),
        });
    }
    if !saying::online(item) {
        return Some(Closed {
            title: "这个事项要到窗口办理".to_owned(),
            text: format!("网上不能提交。请带齐材料，到政务大厅“{}”窗口办理。", item.windows.join("、")),
            ways: ways(Some(("看要带什么", guide))),
        });
    }
    if act.account().is_some() && act.subject().is_none() {
        return Some(Closed {
            title: "工作人员账户不能申请".to_owned(),
            text: "请用个人或者企业账户登录后申请；代群众录入的，请在窗口工作台办理。".to_owned(),
            ways: ways(Some(("查看办事指南", guide))),
        });
    }
    match kind(found) {
        Some(kind) if !item.audience.contains(&kind) => {
            let to = item.audience.iter().map(|one| one.label()).collect::<Vec<_>>().join("、");
            let (text, way) = if kind == SubjectKind::Person {
                let text = "您现在用的是个人身份。您是企业的法定代表人或者经办人的，请先切换为代表企业办理。";
                (text, ("切换为代表企业", "/act-for".to_owned()))
            } else {
                let text = "您现在代表企业办理。要办自己的事，请先换回个人身份。";
                (text, ("换回个人身份", "/act-for".to_owned()))
            };
            Some(Closed { title: format!("这个事项由{to}申请"), text: text.to_owned(), ways: ways(Some(way)) })
        }
        _ => None,
    }
}

pub(super) async fn show(State(applying): State<Applying>, look: Look, Path(slug): Path<String>) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let standing = applying.cases.catalogue.standing(&mut tx, &slug).await?;
    let item = &standing.procedure.item;
    let nothing = Check { form: Map::new(), materials: Default::default(), applicant: None };
    let found = match look.act.subject() {
        Some(_) if standing.offered => Some(applying.cases.check(&look.act, &mut tx, &slug, &nothing).await?),
        _ => None,
    };
    let mut page = of_item(&applying, item, &look.act);
    page.closed = closed(&applying, &standing, &look.act, found.as_ref());
    if let Some(found) = &found {
        of_applicant(&applying, &mut page, item, found);
        let drafts = applying.cases.drafts(&look.act, &mut tx).await?;
        let drafts = drafts.into_iter().filter(|kept| kept.draft.item == slug);
        page.drafts = drafts.map(|kept| (format!("/apply/{slug}/{}", kept.id), show_time(kept.changed_at))).collect();
        for running in applying.cases.running_of_item(&look.act, &mut tx, &slug).await? {
            let due = running.due.map(|day| format!("，下一步最迟 {}", show_date(day))).unwrap_or_default();
            let stands = format!("{} 提交，{}{due}", show_time(running.submitted_at), running.state.label());
            page.running.push((format!("/my/cases/{}", running.number), running.number, stands));
        }
    }
    Ok(start(&page, look.frame(format!("申请：{}", item.name), Vec::new())).into_response())
}

/// What there is to say to everybody.
fn of_item(applying: &Applying, item: &Item, act: &Act) -> StartPage {
    let today = city_date(act.at);
    let to = item.audience.iter().map(|one| one.label()).collect::<Vec<_>>().join("、");
    let mut page = StartPage {
        name: item.name.clone(),
        department: applying.department(&item.department),
        guide: format!("/items/{}", item.slug),
        action: format!("/apply/{}", item.slug),
        sign_in: format!("/sign-in?next={}", url_encode(&format!("/apply/{}", item.slug))),
        who: format!("由{to}申请。"),
        conditions: item.conditions.clone(),
        cost: saying::cost(item),
        time: saying::time(item),
        by: saying::by(item, today, &applying.cases.calendar(act.at)),
        visit: saying::visit(item),
        result: saying::result(item),
        questions: (item.fields.iter().filter(|field| field.when.is_none()).count(), 0),
        ..StartPage::default()
    };
    for material in item.materials.iter().filter(|material| material.required) {
        match (&material.when, &material.certificate_type) {
            (Some(when), _) => page.perhaps.push((material.name.clone(), words::when(item, when))),
            (None, Some(kind)) => page.spared.push((material.name.clone(), applying.certificate(kind), false)),
            (None, None) => {
                page.needed.push((material.name.clone(), saying::form(material.form, material.copies)));
            }
        }
    }
    page
}

/// What there is to say to whoever is signed in.
fn of_applicant(applying: &Applying, page: &mut StartPage, item: &Item, found: &Assessed) {
    page.known = true;
    page.who = format!("{}您以“{}”的名义申请。", page.who, found.applicant.name);
    let fields = &found.assessment.fields;
    let asked = fields.iter().filter(|field| field.visible).count();
    page.questions = (asked, fields.iter().filter(|field| field.prefill.is_some()).count());
    page.spared.clear();
    page.needed.clear();
    page.perhaps.clear();
    for (view, material) in found.assessment.materials.iter().zip(&item.materials) {
        let certificate = material.certificate_type.as_deref();
        match (view.asked, certificate.filter(|_| view.replaced_by.is_some()), &material.when) {
            (true, Some(kind), _) => page.spared.push((material.name.clone(), applying.certificate(kind), true)),
            (true, None, _) => {
                let without = certificate
                    .map(|kind| format!("没有查到您有效的电子证照“{}”，要自己上传；", applying.certificate(kind)));
                let form = saying::form(material.form, material.copies);
                page.needed.push((material.name.clone(), without.unwrap_or_default() + &form));
            }
            (false, _, Some(when)) if material.required => {
                page.perhaps.push((material.name.clone(), words::when(item, when)));
            }
            (false, ..) => {}
        }
    }
    // Only what does not hang on answers can be told before there are any.
    let told = found.assessment.rules.iter().filter(|rule| !rule.expr.contains("form."));
    page.doubts = told.filter(|rule| rule.outcome == Outcome::Fails).map(|rule| rule.message.clone()).collect();
}

/// Begins a draft; one that is there already is gone on with, unless another one is wanted.
pub(super) async fn begin(
    State(applying): State<Applying>,
    look: Look,
    Path(slug): Path<String>,
    fields: Fields,
) -> Answer<Response> {
    let path = format!("/apply/{slug}");
    let anew = fields.one("anew") == "yes";
    let args = (applying.clone(), look.act.clone(), slug);
    once_page(&applying.cases.db, &look.act, &fields, &path, args, move |tx, (applying, act, slug)| {
        Box::pin(begin_in(tx, applying, act, slug, anew))
    })
    .await
}

async fn begin_in(tx: &mut Tx, applying: &Applying, act: &Act, slug: &str, anew: bool) -> Result<String, CaseError> {
    let standing = applying.cases.catalogue.standing(tx, slug).await?;
    if closed(applying, &standing, act, None).is_some() {
        // The page says why, and the ways out.
        return Ok(format!("/apply/{slug}"));
    }
    let nothing = Check { form: Map::new(), materials: Default::default(), applicant: None };
    let found = applying.cases.check(act, tx, slug, &nothing).await?;
    if closed(applying, &standing, act, Some(&found)).is_some() {
        return Ok(format!("/apply/{slug}"));
    }
    let drafts = applying.cases.drafts(act, tx).await?;
    let there = drafts.into_iter().find(|kept| kept.draft.item == slug).filter(|_| !anew);
    let id = match there {
        Some(kept) => kept.id,
        None => {
            let id = FileId::fresh(act.at);
            let draft = Draft { item: slug.to_owned(), ..Draft::default() };
            applying.cases.begin_draft(act, tx, id, &draft).await?;
            id
        }
    };
    let course = Course::open(applying, act, tx, slug, id).await?;
    Ok(course.path(&course.first_open()))
}
