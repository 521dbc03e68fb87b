//! Delivery and contact.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{CaseError, Draft, domain::event::Receiving};
use catalogue::{
    asking::{
        self,
        delivery::{CITY, plain},
    },
    domain::{Delivery, Item},
};
use db::Tx;
use kernel::{Act, FileId, identifiers::Phone, show_time};
use serde_json::Value;
use webkit::{Answer, Fields, Look, Path, Problem, Query, see_other};

use super::{
    Applying,
    course::{Course, DELIVERY, known_form},
    form::{Onward, writer},
};
use crate::{
    apply::{plan, saying},
    pages::apply::delivery::{DeliveryPage, delivery},
};

/// How often the draft is kept anew when another window was faster.
const TRIES: usize = 4;

/// Where a result can be fetched.
fn halls(applying: &Applying, item: &Item) -> Vec<(String, String)> {
    asking::delivery::halls(item, &applying.cases.vocabulary)
}

/// Name of the hall with this code.
pub(super) fn hall_name(applying: &Applying, item: &Item, code: Option<&str>) -> String {
    let code = code.unwrap_or(CITY);
    halls(applying, item).into_iter().find(|(key, _)| key == code).map_or_else(String::new, |(_, name)| name)
}

/// Phone for questions: what was said, else what the form says, else the account's, with where it comes from.
pub(super) fn phone(course: &Course) -> (String, &'static str) {
    if let Some(phone) = &course.kept.draft.receiving.phone {
        return (phone.clone(), "");
    }
    let of_form = course.item().fields.iter().find(|field| field.prefill.as_deref() == Some("applicant.phone"));
    let said = of_form.and_then(|field| course.found.assessment.form.get(&field.key)).and_then(Value::as_str);
    match (said, &course.found.applicant.phone) {
        (Some(phone), _) => (phone.to_owned(), "来自：您刚才填写的联系电话。"),
        (None, Some(phone)) => (phone.clone(), "来自：您的账户信息。是否仍然正确？"),
        (None, None) => (String::new(), ""),
    }
}

/// How the result is delivered as things stand; none while it is not chosen.
pub(super) fn way(course: &Course) -> Option<Delivery> {
    let item = course.item();
    match plan::form_way(item, &known_form(item, &course.kept.draft)) {
        plan::FormWay::Said(way) => Some(way),
        plan::FormWay::Open => None,
        plan::FormWay::NotAsked if plan::nothing_to_choose(item) => {
            Some(item.result.delivery.first().copied().unwrap_or(Delivery::Electronic))
        }
        plan::FormWay::NotAsked => course.kept.draft.delivery.filter(|way| item.result.delivery.contains(way)),
    }
}

/// What is wrong with what was said about delivery, by the id of the control.
pub(super) fn faults(applying: &Applying, course: &Course) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    let mut say = |id: &str, text: &str| wrong.push((id.to_owned(), text.to_owned()));
    if !course.asks_delivery() {
        return wrong;
    }
    let receiving = &course.kept.draft.receiving;
    match way(course) {
        None => say("way", "请选择办好以后怎么拿到结果"),
        Some(Delivery::Post) => {
            if !plain(receiving.recipient.as_deref(), 50) {
                say("recipient", "请填写收件人姓名，最多 50 个字");
            }
            if !plain(receiving.address.as_deref(), 200) {
                say("address", "请填写收件地址，写到门牌号，最多 200 个字");
            }
        }
        Some(Delivery::Pickup) => {
            if hall_name(applying, course.item(), receiving.hall.as_deref()).is_empty() {
                say("hall", "请选择在哪里领取");
            }
        }
        Some(Delivery::Electronic) => {}
    }
    if Phone::parse(&phone(course).0).is_none() {
        say("phone", "请填写 11 位手机号码，或者带区号的固定电话");
    }
    wrong
}

/// What goes with the application: where the applicant is reached and where the result goes.
pub(super) fn receiving(course: &Course) -> Receiving {
    let said = &course.kept.draft.receiving;
    let clean =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let form = &course.found.assessment.form;
    let answered =
        |keys: &[&str]| keys.iter().find_map(|key| form.get(*key)).and_then(Value::as_str).map(str::to_owned);
    let way = way(course);
    let posted = way == Some(Delivery::Post);
    let phone = Phone::parse(&phone(course).0).map(|phone| phone.as_str().to_owned());
    if !course.asks_delivery() {
        let address = answered(&["post_address", "deliver_address"]).filter(|_| posted);
        let recipient = posted.then(|| course.found.applicant.name.clone());
        return Receiving { phone, recipient, address, hall: None };
    }
    Receiving {
        phone,
        recipient: clean(&said.recipient).filter(|_| posted),
        address: clean(&said.address).filter(|_| posted),
        hall: said.hall.clone().filter(|hall| hall != CITY && way == Some(Delivery::Pickup)),
    }
}

fn page(
    applying: &Applying,
    course: &Course,
    onward: &Onward,
    writer: String,
    errors: Vec<(String, String)>,
) -> DeliveryPage {
    let item = course.item();
    let draft = &course.kept.draft;
    let applicant = &course.found.applicant;
    let mut around = course.around(DELIVERY, onward.to_check());
    around.errors = errors;
    let (phone, origin) = phone(course);
    // The quickest way is offered first.
    let mut ways: Vec<Delivery> = item.result.delivery.clone();
    ways.sort_by_key(|way| *way != Delivery::Electronic);
    let chosen = draft.delivery.or_else(|| ways.first().copied()).map_or("", |way| saying::way(way).0);
    let opened = draft.progress.done.contains(DELIVERY) || draft.progress.writers.contains_key(DELIVERY);
    let offered = |said: &Option<String>, known: Option<&str>| {
        said.clone().unwrap_or_else(|| if opened { String::new() } else { known.unwrap_or_default().to_owned() })
    };
    DeliveryPage {
        action: format!("{}{}", course.path(DELIVERY), onward.query()),
        autosave: course.path("save"),
        writer,
        seen: state(draft),
        conflict: None,
        ways: ways
            .into_iter()
            .map(|way| {
                let (word, label, hint) = saying::way(way);
                (word.to_owned(), label.to_owned(), hint.to_owned())
            })
            .collect(),
        way: chosen.to_owned(),
        recipient: offered(&draft.receiving.recipient, Some(&applicant.name)),
        address: offered(&draft.receiving.address, applicant.address.as_deref()),
        halls: halls(applying, item),
        hall: draft.receiving.hall.clone().unwrap_or_else(|| CITY.to_owned()),
        phone,
        phone_origin: origin.to_owned(),
        go: if onward.to_check() { "保存并返回核对" } else { "保存并继续" }.to_owned(),
        around,
    }
}

fn placed(course: &Course, page: &DeliveryPage, look: &Look) -> webkit::Markup {
    delivery(page, look.frame(format!("领取方式 - {}", course.item().name), Vec::new()))
}

pub(super) async fn show(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
    Query(onward): Query<Onward>,
) -> Answer<Response> {
    let mut tx = applying.cases.db.read().await?;
    let course = Course::open(&applying, &look.act, &mut tx, &slug, id).await?;
    let page = page(&applying, &course, &onward, gm::token(), Vec::new());
    Ok(placed(&course, &page, &look).into_response())
}

pub(super) async fn receive(
    State(applying): State<Applying>,
    look: Look,
    Path((slug, id)): Path<(String, FileId)>,
    Query(onward): Query<Onward>,
    fields: Fields,
) -> Answer<Response> {
    let writer = writer(&fields).unwrap_or_else(gm::token);
    match keep(&applying, &look.act, &slug, id, &fields, false).await? {
        Kept::Done(course, errors) if errors.is_empty() => Ok(see_other(&course.after(DELIVERY, onward.to_check()))),
        Kept::Done(course, errors) => {
            let page = page(&applying, &course, &onward, writer, errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, placed(&course, &page, &look)).into_response())
        }
        Kept::Conflict(mut course) => {
            let theirs = course.kept.draft.clone();
            let when = show_time(course.kept.changed_at);
            course.kept.draft = said(&theirs, &fields);
            let page = page(&applying, &course, &onward, writer, Vec::new());
            let told = told(&applying, course.item(), &theirs);
            let page = DeliveryPage { seen: state(&theirs), conflict: Some((when, told)), ..page };
            Ok((StatusCode::CONFLICT, placed(&course, &page, &look)).into_response())
        }
    }
}

/// What is typed so far.
pub(super) async fn save(
    applying: &Applying,
    look: &Look,
    slug: &str,
    id: FileId,
    fields: &Fields,
) -> Answer<Response> {
    match keep(applying, &look.act, slug, id, fields, true).await? {
        Kept::Done(..) => Ok(StatusCode::NO_CONTENT.into_response()),
        Kept::Conflict(_) => {
            let detail =
                "这一页刚在别的窗口或者设备上改过，正在填的还没有保存。请点“保存并继续”，两边的内容都会显示出来。";
            Err(Problem::new(StatusCode::CONFLICT, "portal.changed-elsewhere", detail))
        }
    }
}

/// What tells whether delivery was changed elsewhere since the page was opened.
fn state(draft: &Draft) -> String {
    let said = serde_json::to_string(&(draft.delivery, &draft.receiving)).unwrap_or_default();
    gm::digest_hex(said.as_bytes()).get(..24).unwrap_or_default().to_owned()
}

/// What a draft says of delivery, for whoever says something else.
fn told(applying: &Applying, item: &Item, draft: &Draft) -> Vec<(String, String)> {
    let receiving = &draft.receiving;
    let way = draft.delivery.map(|way| saying::way(way).1.to_owned());
    let hall = receiving.hall.as_deref().filter(|_| draft.delivery == Some(Delivery::Pickup));
    [
        ("怎么拿到结果", way),
        ("收件人姓名", receiving.recipient.clone()),
        ("收件地址", receiving.address.clone()),
        ("在哪里领取", hall.map(|hall| hall_name(applying, item, Some(hall)))),
        ("联系电话", receiving.phone.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// The draft with what the page says; what is typed stays as it is.
fn said(draft: &Draft, fields: &Fields) -> Draft {
    let mut draft = draft.clone();
    let text = |name: &str| Some(fields.one(name)).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    draft.delivery = Delivery::ALL.iter().copied().find(|way| saying::way(*way).0 == fields.one("way"));
    for (name, place) in [
        ("recipient", &mut draft.receiving.recipient),
        ("address", &mut draft.receiving.address),
        ("hall", &mut draft.receiving.hall),
        ("phone", &mut draft.receiving.phone),
    ] {
        if fields.has(name) {
            *place = text(name);
        }
    }
    if let Some(writer) = writer(fields) {
        draft.progress.writers.insert(DELIVERY.to_owned(), writer);
    }
    draft
}

/// What became of what was said.
enum Kept {
    /// Kept, with what is wrong, by the id of the control.
    Done(Box<Course>, Vec<(String, String)>),
    /// Another window said something else meanwhile: nothing is kept.
    Conflict(Box<Course>),
}

async fn keep(
    applying: &Applying,
    act: &Act,
    slug: &str,
    id: FileId,
    fields: &Fields,
    typing: bool,
) -> Result<Kept, CaseError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let args = (applying.clone(), act.clone(), slug.to_owned(), fields.clone());
        let kept = applying
            .cases
            .db
            .write(args, move |tx, (applying, act, slug, fields)| {
                Box::pin(keep_in(tx, applying, act, slug, id, fields, typing))
            })
            .await;
        match kept {
            Err(CaseError::Precondition { .. }) if tries > 0 => {}
            other => return other,
        }
    }
}

async fn keep_in(
    tx: &mut Tx,
    applying: &Applying,
    act: &Act,
    slug: &str,
    id: FileId,
    fields: &Fields,
    typing: bool,
) -> Result<Kept, CaseError> {
    let mut course = Course::open(applying, act, tx, slug, id).await?;
    let before = course.kept.draft.clone();
    let after = said(&before, fields);
    let (seen, was, is) = (fields.one("seen"), state(&before), state(&after));
    let writer = writer(fields);
    let same = writer.is_some() && before.progress.writers.get(DELIVERY) == writer.as_ref();
    if !seen.is_empty() && seen != was && was != is && !same {
        return Ok(Kept::Conflict(Box::new(course)));
    }
    course.kept.draft = after;
    let errors = faults(applying, &course);
    if !typing {
        if errors.is_empty() {
            course.kept.draft.progress.done.insert(DELIVERY.to_owned());
        } else {
            course.kept.draft.progress.done.remove(DELIVERY);
        }
    }
    if course.kept.draft != before {
        let version = applying.cases.keep_draft_at(act, tx, id, &course.kept.draft, course.kept.version).await?;
        (course.kept.version, course.kept.changed_at) = (version, act.at);
    }
    Ok(Kept::Done(Box::new(course), errors))
}
