//! One's own case.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use cases::{
    CaseError, CaseSight, Sight,
    domain::{
        course::{OpenAct, OwnAct, open_to_applicant, yuan},
        event::{Event, Handed, Recorded},
        voice::{Said, Side, level},
    },
};
use db::Tx;
use kernel::{Act, FileId, city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Look, Markup, Path, Query};

use super::{Mine, acts::may_ask_hearing};
use crate::{
    apply::answers,
    mine,
    pages::my::case::{Ask, CasePage, DocumentLine, MaterialLine, ResultBox, case},
};

/// Messages shown on the page of a case; all of them stand on their own page.
const TALK_SHOWN: usize = 3;

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

impl Done {
    fn words(&self) -> Option<&'static str> {
        Some(match self.done.as_str() {
            "corrected" => "补正已经提交，办理机关继续核对",
            "supplied" => "材料已经补交",
            "answered" => "您的意见已经提交，决定前必须复核",
            "hearing" => "听证要求已经提交，时间、地点会提前书面通知您",
            "withdrawn" => "申请已经撤回",
            "rated" => "谢谢您的评价",
            "challenged" => "回避申请已经提交，决定以前不会作出办理决定",
            "kept" => "已经存下，还没有提交",
            _ => return None,
        })
    }
}

/// A case that is the caller's own; other people's is not there.
pub(super) async fn own(mine: &Mine, act: &Act, tx: &mut Tx, number: &str) -> Result<CaseSight, CaseError> {
    let seen = mine.cases.see(act, tx, number).await?;
    if seen.sight == Sight::Own { Ok(seen) } else { Err(CaseError::NotFound) }
}

/// Names of files, for links.
pub(super) async fn names(mine: &Mine, tx: &mut Tx, files: Vec<FileId>) -> Result<Vec<(FileId, String)>, CaseError> {
    let mut names = Vec::new();
    for file in files {
        if let Some(facts) = mine.cases.file_facts(tx, file).await? {
            names.push((file, facts.name));
        }
    }
    Ok(names)
}

pub(super) async fn show(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    Query(done): Query<Done>,
) -> Answer<Markup> {
    let page = {
        let mut tx = mine.cases.db.read().await?;
        let seen = own(&mine, &look.act, &mut tx, &number).await?;
        let page = page(&mine, &look.act, &mut tx, &seen).await?;
        drop(tx);
        mine.cases.record_look(&look.act, &seen, "page").await?;
        CasePage { done: done.words(), ..page }
    };
    let title = format!("{} · {}", page.state, page.item);
    Ok(case(&page, look.frame(title, Vec::new())))
}

async fn page(mine: &Mine, act: &Act, tx: &mut Tx, seen: &CaseSight) -> Answer<CasePage> {
    let cases = &mine.cases;
    let CaseSight { case, procedure, clocks, .. } = seen;
    let today = city_date(act.at);
    let number = case.number.clone();
    let course = cases.course_of(tx, seen, today).await?;
    let (_, history) = cases.history(act, tx, &number).await?;
    let (_, kept) = cases.documents(act, tx, &number).await?;
    let document = |id: &str| format!("/cases/{number}/documents/{id}");
    let open = open_to_applicant(case, today);
    let asks: Vec<Ask> = open.iter().filter_map(|o| ask(&number, o, case.rating.is_none())).collect();
    let mut more: Vec<_> = open.iter().filter_map(|o| other(&number, o)).collect();
    if may_ask_hearing(seen, today) {
        more.insert(
            0,
            (
                "要求听证",
                format!("/my/cases/{number}/hearing"),
                "当面陈述、质证，不收费；期限和陈述申辩相同。".to_owned(),
            ),
        );
    }
    let mut wanted: Vec<FileId> = case.materials.values().flat_map(Handed::files).copied().collect();
    wanted.extend(said_files(&case.talk));
    let files = names(mine, tx, wanted).await?;
    let shown = case.talk.len().saturating_sub(TALK_SHOWN);
    let office = case.talk.iter().filter(|s| s.side == Side::Office).count();
    let unread = cases.unread_of(act, tx, case.id).await?;
    let materials = case
        .materials
        .iter()
        .map(|(key, handed)| MaterialLine {
            name: procedure
                .item
                .materials
                .iter()
                .find(|m| m.key == *key)
                .map_or_else(|| key.clone(), |m| m.name.clone()),
            how: mine::how(cases, case, handed),
            files: handed.files().iter().map(|file| mine::file_link(&number, *file, &files)).collect(),
        })
        .collect();
    let answers = procedure
        .item
        .fields
        .iter()
        .filter_map(|field| {
            let value = case.private.form.get(&field.key)?;
            Some((field.label.clone(), answers::said(field, value, &cases.vocabulary)))
        })
        .collect();
    Ok(CasePage {
        item: procedure.item.name.clone(),
        item_href: format!("/items/{}", case.item),
        state: case.state().label().to_owned(),
        meaning: course.meaning.clone(),
        done: None,
        calm: mine::calm(cases, &course),
        asks,
        holder: mine::holder(cases, &course),
        deadline: course.next.as_ref().map(|clock| mine::deadline(cases, clock, today)),
        limits: mine::limits(cases, clocks, course.next.as_ref(), today),
        course: mine::timeline(cases, &course, &|id| Some(document(id))),
        talk: mine::talk(cases, &number, case.talk.get(shown..).unwrap_or_default(), &files),
        talk_count: case.talk.len(),
        unread: usize::try_from(unread).unwrap_or(0).min(office),
        may_write: open.iter().any(|o| o.act == OwnAct::Write),
        result: result(seen, &number, &kept),
        documents: kept
            .iter()
            .map(|k| DocumentLine {
                title: k.document.title.clone(),
                number: k.document.number.clone(),
                at: show_time(k.at),
                href: document(&k.id.to_string()),
                confirm: format!("/confirm/{}", k.id),
            })
            .collect(),
        answers,
        materials,
        more,
        history: history.iter().map(record).collect(),
        code: cases.query_code(&number),
        voiced: voiced(seen),
        number,
    })
}

/// Files of messages.
pub(super) fn said_files(talk: &[Said]) -> Vec<FileId> {
    talk.iter().flat_map(|said| said.files.iter().copied()).collect()
}

/// What the case waits for, and the rating once it is over.
fn ask(number: &str, open: &OpenAct, first: bool) -> Option<Ask> {
    let (title, text, label): (String, &str, &str) = match open.act {
        OwnAct::Correct => {
            ("补正".to_owned(), "缺的、错的已经一次列清，只改写明的地方，一次提交。按要求补齐的，必须受理。", "去补正")
        }
        OwnAct::Pay => (
            format!("缴费 {}", yuan(open.amount_cents.unwrap_or(0))),
            "缴费后办理自动继续；怎么缴、依据是什么，里面写着。",
            "怎么缴费",
        ),
        OwnAct::Supply => ("补交材料".to_owned(), "受理时允许后补的材料，补齐前不能作出准予决定。", "去补交"),
        OwnAct::Answer => (
            "说明您的意见".to_owned(),
            "办理机关拟不予准予，还没有决定。您可以陈述、申辩，决定前必须复核您的意见。",
            "去说明",
        ),
        OwnAct::Rate if first => ("评价这次服务".to_owned(), "五档一样方便，办理人员看不到是谁评的。", "去评价"),
        _ => return None,
    };
    Some(Ask {
        title,
        text: text.to_owned(),
        due: open.due.map(show_date),
        label: label.to_owned(),
        href: format!("/my/cases/{number}/{}", open.act.as_str()),
        offer: !open.act.is_asked(),
    })
}

/// What else can be done.
fn other(number: &str, open: &OpenAct) -> Option<(&'static str, String, String)> {
    let (label, to, about) = match open.act {
        OwnAct::FollowUp => ("追加评价", "rate", "第一次评价会保留，追加只有一次。"),
        OwnAct::Write => ("给办理机关留言", "messages", "有不清楚的直接问。"),
        OwnAct::Withdraw => ("撤回申请", "withdraw", "决定以前都可以撤回，不需要理由。"),
        OwnAct::Challenge => ("申请回避", "challenge", "认为办理人员与本件有亲属、利害等关系，可能影响公正的。"),
        OwnAct::Complain => ("投诉", "complain", "由被投诉部门以外的人处理。"),
        _ => return None,
    };
    Some((label, format!("/my/cases/{number}/{to}"), about.to_owned()))
}

fn voiced(seen: &CaseSight) -> Vec<String> {
    let case = &seen.case;
    let mut words = Vec::new();
    for (what, rating) in [("评价", &case.rating), ("追加评价", &case.follow_up)] {
        if let Some(rating) = rating {
            let said = rating.comment.as_ref().map(|c| format!("：{c}")).unwrap_or_default();
            words.push(format!("您的{what}：{}{said}（{}）", level(rating.score), show_time(rating.at)));
        }
    }
    words.extend(case.complaints.iter().map(|c| {
        format!(
            "投诉 {}（{}）：最晚 {} 告知是否受理，{} 答复。",
            c.number,
            c.kind.label(),
            show_date(c.take_up_by),
            show_date(c.answer_by)
        )
    }));
    words
}

fn result(seen: &CaseSight, number: &str, kept: &[cases::KeptDocument]) -> Option<ResultBox> {
    use cases::domain::documents::DocumentKind;
    let case = &seen.case;
    let decision = case.stage.decision()?;
    let mut facts = vec![("决定时间".to_owned(), show_time(decision.at))];
    let mut links = Vec::new();
    if !decision.reasons.is_empty() {
        facts.push(("理由".to_owned(), decision.reasons.clone()));
    }
    if let Some(Some(certificate)) = &case.produced {
        facts.push(("证照编号".to_owned(), certificate.number.clone()));
        let until = certificate.expires_on.map_or_else(|| "长期".to_owned(), |day| format!("至 {}", show_date(day)));
        facts.push(("有效期".to_owned(), until));
        links.push(("查看电子证照".to_owned(), format!("/my/certificates/{}", certificate.id)));
    }
    if let Some((at, proof)) = &case.delivered {
        facts.push(("送达".to_owned(), format!("{}，{}", proof.way.label(), show_time(*at))));
    }
    if decision.automated {
        facts.push(("怎样作出".to_owned(), "由系统按公布的规则自动作出；有异议可以要求人工复核。".to_owned()));
    }
    let wanted = [DocumentKind::GrantDecision, DocumentKind::RefusalDecision];
    if let Some(kept) = kept.iter().find(|k| wanted.contains(&k.document.kind)) {
        links.push((kept.document.title.clone(), format!("/cases/{number}/documents/{}", kept.id)));
    }
    let text = if decision.granted {
        "准予"
    } else {
        "不予准予。不同意的，决定书写明了怎样申请复议和起诉。"
    };
    Some(ResultBox { granted: decision.granted, text: text.to_owned(), facts, links })
}

fn record(entry: &Recorded) -> (String, String, String) {
    let who = match entry.by.kind.as_str() {
        // The applicant deals with the office, not with a name, except where a decision bears one.
        "staff" if matches!(entry.event, Event::Decided { .. }) => entry.by.name.clone(),
        "staff" => "工作人员".to_owned(),
        "system" => "系统".to_owned(),
        _ => entry.by.name.clone(),
    };
    let what = match &entry.event {
        Event::DocumentIssued { document, number, .. } => format!("出具《{}》{number}", document.label()),
        event => event.label().to_owned(),
    };
    (show_time(entry.at), what, who)
}

/// A file of one's own case, to look at or keep. Pictures and PDF are shown by the browser, other kinds are saved.
pub(super) async fn file(
    State(mine): State<Mine>,
    look: Look,
    Path((number, file)): Path<(String, FileId)>,
) -> Answer<Response> {
    let cases = &mine.cases;
    {
        let mut tx = cases.db.read().await?;
        own(&mine, &look.act, &mut tx, &number).await?;
    }
    cases.record_download(&look.act, file).await?;
    let content = cases.blobs.open(file).await?;
    let kind = content.meta.media_type.as_str();
    let viewed = kind.starts_with("image/") || kind == "application/pdf";
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        let value = match name {
            "content-disposition" if viewed => value.replacen("attachment", "inline", 1),
            // Browsers show no PDF in a sandbox.
            "content-security-policy" if kind == "application/pdf" => {
                "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'".to_owned()
            }
            _ => value,
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}
