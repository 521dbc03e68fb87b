//! The words of notices.

use axum::{extract::State, response::IntoResponse};
use kernel::{Date, city_date};
use settings::{NOTICES, NoticeTexts, SettingsError};
use webkit::{Answer, Fields, Look, Query, once_page};

use super::{Admin, After, Shown, again, errors, shown_in_form};
use crate::pages::{
    self, Errors,
    notices::{Closing, NoticesPage},
};

fn page_of(texts: &NoticeTexts, reason: &str, errors: Errors) -> NoticesPage {
    NoticesPage {
        remedies: texts.remedies.clone(),
        closing: NOTICES
            .iter()
            .map(|(word, title)| Closing {
                name: format!("closing-{word}"),
                title,
                text: texts.closing.get(*word).cloned().unwrap_or_default(),
            })
            .collect(),
        reason: reason.to_owned(),
        coming: None,
        errors,
        done: "",
    }
}

pub(super) async fn show(
    State(admin): State<Admin>,
    look: Look,
    Query(after): Query<After>,
) -> Answer<impl IntoResponse> {
    admin.settings.refresh().await?;
    let known = admin.settings.current();
    let (now, newest) = (known.notices_on(city_date(look.act.at)), known.notices_on(Date::MAX));
    let mut page = page_of(&newest, "", Errors::new());
    page.coming = (now != newest).then(|| "明天".to_owned());
    page.done = if after.done == "set" { "已保存，从明天起生效。" } else { "" };
    Ok(pages::notices::notices(&page, look.frame("文书用语", Vec::new())))
}

pub(super) async fn set(State(admin): State<Admin>, look: Look, fields: Fields) -> Shown {
    let texts = NoticeTexts {
        remedies: fields.one("remedies").to_owned(),
        closing: NOTICES
            .iter()
            .map(|(word, _)| ((*word).to_owned(), fields.one(&format!("closing-{word}")).replace("\r\n", "\n")))
            .filter(|(_, text)| !text.trim().is_empty())
            .collect(),
    };
    let reason = fields.one("reason").to_owned();
    let args = (admin.settings.clone(), look.act.clone(), texts.clone(), reason.clone());
    let answer =
        once_page(&admin.db, &look.act, &fields, "/admin/notices", args, |tx, (settings, act, texts, reason)| {
            Box::pin(async move {
                settings.set_notices(act, tx, texts, reason).await?;
                Ok::<_, SettingsError>("/admin/notices?done=set".to_owned())
            })
        })
        .await;
    match answer {
        Err(problem) if shown_in_form(&problem) => {
            let field = |pointer: &str| match pointer.strip_prefix("/closing/") {
                Some(word) => Some(format!("closing-{word}")),
                None => pointer.strip_prefix('/').map(str::to_owned),
            };
            let page = page_of(&texts, &reason, errors(&problem, "remedies", field));
            Ok(again(&problem, pages::notices::notices(&page, look.frame("文书用语", Vec::new()))))
        }
        other => other,
    }
}
