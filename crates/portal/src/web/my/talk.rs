//! Messages with the office.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use cases::{
    CaseError,
    domain::{
        command::Command,
        course::{OwnAct, open_to_applicant},
        voice::{TALK_DAYS, TALK_FILES},
    },
};
use kernel::{Act, Failure, FileId, city_date};
use serde::Deserialize;
use webkit::{Answer, Fields, Look, Multipart, Path, Query, once_page};

use super::{
    Mine,
    acts::{can_be_mended, errors},
    case::{names, own, said_files},
};
use crate::{
    mine,
    pages::my::talk::{TalkPage, talk},
};

/// Longest text part of a form, bytes.
const TEXT_BYTES: usize = 16 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    done: String,
}

async fn page(mine: &Mine, look: &Look, number: &str) -> Answer<TalkPage> {
    let mut tx = mine.cases.db.read().await?;
    let seen = own(mine, &look.act, &mut tx, number).await?;
    let files = names(mine, &mut tx, said_files(&seen.case.talk)).await?;
    let open = open_to_applicant(&seen.case, city_date(look.act.at)).iter().any(|o| o.act == OwnAct::Write);
    Ok(TalkPage {
        number: number.to_owned(),
        item: seen.procedure.item.name.clone(),
        department: mine::department(&mine.cases, &seen.procedure.item.department),
        lines: mine::talk(&mine.cases, number, &seen.case.talk, &files),
        closed: (!open).then(|| format!("办件结束已超过 {TALK_DAYS} 天。需要时请拨打 12345，报办件编号。")),
        ..TalkPage::default()
    })
}

pub(super) async fn show(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    Query(sent): Query<Sent>,
) -> Answer<Response> {
    let page = TalkPage { sent: sent.done == "sent", ..page(&mine, &look, &number).await? };
    let job = (mine.clone(), look.act.clone(), number);
    mine.cases.db.write(job, |tx, (mine, act, number)| Box::pin(mine.cases.mark_talk_seen(act, tx, number))).await?;
    Ok(talk(&page, look.frame("留言", Vec::new())).into_response())
}

/// Texts and files of one sending. Files that cannot be taken are told at their field.
pub(super) struct Came {
    pub(super) fields: Fields,
    pub(super) files: Vec<(String, FileId)>,
    pub(super) errors: Vec<(String, String)>,
}

/// Takes a form with files in, piece by piece. Parts without a file name are texts; empty file fields are skipped. `Err`
/// only when the sending itself breaks off or is no form.
pub(super) async fn take_in(mine: &Mine, act: &Act, mut parts: Multipart) -> Answer<Came> {
    let mut came = Came { fields: Fields::default(), files: Vec::new(), errors: Vec::new() };
    let mut pairs = Vec::new();
    while let Some(mut part) = parts.next().await? {
        let field = part.name().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            pairs.push((field, part.text(TEXT_BYTES).await?));
            continue;
        };
        if name.is_empty() {
            while part.chunk().await?.is_some() {}
            continue;
        }
        let declared = part.content_type().map(str::to_owned);
        let told = |error: &blobs::BlobError| (field.clone(), format!("“{name}”没有收下：{}", error.advice()));
        let mut upload = match mine.cases.blobs.begin(act, &name, declared.as_deref(), blobs::LIMIT_BYTES).await {
            Ok(upload) => upload,
            Err(error) => {
                came.errors.push(told(&error));
                while part.chunk().await?.is_some() {}
                continue;
            }
        };
        let mut broken = None;
        loop {
            match part.chunk().await {
                Ok(Some(piece)) if broken.is_none() => broken = upload.write(piece).await.err(),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(problem) => {
                    upload.abort().await;
                    return Err(problem);
                }
            }
        }
        match broken {
            Some(error) => {
                upload.abort().await;
                came.errors.push(told(&error));
            }
            None => match upload.finish().await {
                Ok(stored) => came.files.push((field, stored.id)),
                Err(error) => came.errors.push(told(&error)),
            },
        }
    }
    came.fields = Fields::of(pairs);
    Ok(came)
}

#[derive(Clone)]
struct Job {
    mine: Mine,
    act: Act,
    number: String,
    command: Command,
}

pub(super) async fn send(
    State(mine): State<Mine>,
    look: Look,
    Path(number): Path<String>,
    parts: Multipart,
) -> Answer<Response> {
    // Whose case it is comes before the first byte.
    let mut page = page(&mine, &look, &number).await?;
    let came = take_in(&mine, &look.act, parts).await?;
    page.text = came.fields.one("text").replace("\r\n", "\n");
    page.errors = came.errors.iter().map(|(_, text)| ("files", text.clone())).collect();
    let files: Vec<FileId> = came.files.iter().map(|(_, id)| *id).collect();
    if files.len() > TALK_FILES {
        page.errors.push(("files", format!("一条留言最多附 {TALK_FILES} 个文件，请分几条发送。")));
    }
    if page.errors.is_empty() {
        let command = Command::Say { text: page.text.clone(), files };
        let job = Job { mine: mine.clone(), act: look.act.clone(), number: number.clone(), command };
        let sent = once_page(&mine.cases.db, &look.act, &came.fields, &look.path, job, |tx, job| {
            Box::pin(async move {
                own(&job.mine, &job.act, tx, &job.number).await?;
                job.mine.cases.command(&job.act, tx, &job.number, &job.command, None).await?;
                Ok::<_, CaseError>(format!("/my/cases/{}/messages?done=sent", job.number))
            })
        })
        .await;
        match sent {
            Ok(response) => return Ok(response),
            Err(problem) if can_be_mended(&problem) => page.errors = errors(&problem, &["text", "files"]),
            Err(problem) => return Err(problem),
        }
    }
    if !came.files.is_empty() {
        page.errors.push(("files", "附件需要重新选择。".to_owned()));
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, talk(&page, look.frame("留言", Vec::new()))).into_response())
}
