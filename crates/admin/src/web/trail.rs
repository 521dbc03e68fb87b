//! The trail.

use audit::{Broken, Damage};
use axum::{extract::State, response::IntoResponse};
use kernel::show_time;
use serde::Deserialize;
use webkit::{Answer, Look, Query, query_string};

use super::Admin;
use crate::pages::{
    self,
    trail::{Checked, RecordLine, TrailPage},
};

/// Records on one page.
const PAGE: i64 = 50;

/// Whose records, behind which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    username: String,
    after: i64,
}

/// What people read for a kind of event.
fn label(code: &str) -> String {
    audit::EVENTS.iter().find(|kind| kind.code == code).map_or_else(|| code.to_owned(), |kind| kind.label.to_owned())
}

pub(super) async fn show(
    State(admin): State<Admin>,
    look: Look,
    Query(wanted): Query<Wanted>,
) -> Answer<impl IntoResponse> {
    let username = wanted.username.trim().to_owned();
    let mut page = TrailPage { username: username.clone(), ..TrailPage::default() };
    if !username.is_empty() {
        let mut tx = admin.db.read().await?;
        if let Some(account) = admin.identity.find_account(&mut tx, &username).await? {
            page.found = true;
            let records = audit::records_of(&mut tx, account, wanted.after, PAGE).await?;
            let here = |after: i64| {
                let after = if after == 0 { String::new() } else { after.to_string() };
                format!("/admin/audit{}", query_string(&[("username", &username), ("after", &after)]))
            };
            page.first = (wanted.after > 0).then(|| here(0));
            let full = i64::try_from(records.len()).unwrap_or(i64::MAX) == PAGE;
            page.next = records.last().filter(|_| full).map(|last| here(last.seq));
            page.records = records
                .into_iter()
                .map(|r| RecordLine {
                    seq: r.seq,
                    at: show_time(r.at),
                    event: label(&r.act),
                    object: r.object,
                    reason: r.reason.unwrap_or_default(),
                    address: r.address.unwrap_or_default(),
                    request: r.request,
                })
                .collect();
        }
    }
    Ok(pages::trail::trail(&page, look.frame("审计记录", Vec::new())))
}

/// One broken place, in words.
fn damage(broken: &Broken) -> String {
    let what = match broken.damage {
        Damage::Missing => "缺少",
        Damage::Changed => "被改动过",
        Damage::Unlinked => "与前一条不相扣",
        Damage::Surplus => "多出来",
        Damage::Head => "与链尾不一致",
    };
    format!("链 {} 的第 {} 条记录{what}。", broken.chain, broken.seq)
}

pub(super) async fn verify(State(admin): State<Admin>, look: Look) -> Answer<impl IntoResponse> {
    let report = audit::verify(&admin.db).await?;
    let checked = Checked {
        chains: report.chains,
        records: report.records,
        broken: report.broken.iter().map(damage).collect(),
        digest: report.digest,
    };
    let page = TrailPage { checked: Some(checked), ..TrailPage::default() };
    Ok(pages::trail::trail(&page, look.frame("审计记录", Vec::new())))
}
