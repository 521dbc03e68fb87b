//! The rules of handling.

use axum::{extract::State, response::IntoResponse};
use kernel::{Date, city_date};
use settings::{Rules, SettingsError};
use webkit::{Answer, Fields, Look, Query, once_page};

use super::{Admin, After, Shown, again, errors, last, shown_in_form};
use crate::pages::{self, rules::RulesPage};

pub(super) async fn show(
    State(admin): State<Admin>,
    look: Look,
    Query(after): Query<After>,
) -> Answer<impl IntoResponse> {
    admin.settings.refresh().await?;
    let known = admin.settings.current();
    let (now, newest) = (known.rules_on(city_date(look.act.at)), known.rules_on(Date::MAX));
    let page = RulesPage {
        deferral_closed_days: newest.deferral_closed_days.to_string(),
        coming: (now != newest).then(|| "明天".to_owned()),
        done: if after.done == "set" { "已保存，从明天起生效。" } else { "" },
        ..RulesPage::default()
    };
    Ok(pages::rules::rules(&page, look.frame("办理规则", Vec::new())))
}

pub(super) async fn set(State(admin): State<Admin>, look: Look, fields: Fields) -> Shown {
    let typed = fields.one("deferral_closed_days").trim().to_owned();
    // What is no number is refused by the rules themselves, with their bounds.
    let rules = Rules { deferral_closed_days: typed.parse().unwrap_or(u32::MAX) };
    let reason = fields.one("reason").to_owned();
    let args = (admin.settings.clone(), look.act.clone(), rules, reason.clone());
    let answer =
        once_page(&admin.db, &look.act, &fields, "/admin/rules", args, |tx, (settings, act, rules, reason)| {
            Box::pin(async move {
                settings.set_rules(act, tx, rules, reason).await?;
                Ok::<_, SettingsError>("/admin/rules?done=set".to_owned())
            })
        })
        .await;
    match answer {
        Err(problem) if shown_in_form(&problem) => {
            let errors = errors(&problem, "deferral_closed_days", last);
            let page = RulesPage { deferral_closed_days: typed, reason, errors, ..RulesPage::default() };
            Ok(again(&problem, pages::rules::rules(&page, look.frame("办理规则", Vec::new()))))
        }
        other => other,
    }
}
