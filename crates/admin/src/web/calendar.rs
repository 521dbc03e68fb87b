//! The working days.

use axum::{extract::State, response::IntoResponse};
use kernel::{
    Date,
    calendar::{DayKind, WorkingCalendar, weekday},
    city_date, show_date, show_time,
};
use settings::{SettingsError, Topic};
use webkit::{Answer, Fields, Look, Problem, Query, once_page};

use super::{Admin, After, Shown, again, shown_in_form};
use crate::pages::{
    self,
    calendar::{CalendarPage, PreviewPage, VersionLine, Year},
};

fn what(kind: &DayKind) -> String {
    match kind {
        DayKind::Working => "工作日".to_owned(),
        DayKind::Weekend => "周末".to_owned(),
        DayKind::Holiday { name } => format!("放假（{name}）"),
        DayKind::MakeUpWorkday { name } => format!("上班（{name}调休）"),
    }
}

fn named(day: Date) -> String {
    format!("{}（{}）", show_date(day), weekday(day))
}

fn year(calendar: &WorkingCalendar, year: i16) -> Year {
    let mut this = Year { year, ..Year::default() };
    let mut day = Date::constant(year, 1, 1);
    while day.year() == year {
        let kind = calendar.day(day);
        if kind.is_working() {
            this.working_days += 1;
        }
        if matches!(kind, DayKind::Holiday { .. } | DayKind::MakeUpWorkday { .. }) {
            this.days.push((named(day), what(&kind)));
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    this
}

async fn page_of(admin: &Admin, look: &Look) -> Answer<CalendarPage> {
    admin.settings.refresh().await?;
    let calendar = admin.settings.current().newest_calendar();
    let versions = admin.settings.versions(&mut *admin.db.read().await?, Topic::Calendar).await?;
    let today = city_date(look.act.at);
    let mut years: Vec<Year> =
        calendar.years().filter(|y| *y >= today.year() - 1).map(|y| year(&calendar, y)).collect();
    years.reverse();
    let next = today.year() + 1;
    Ok(CalendarPage {
        years,
        versions: versions
            .iter()
            .map(|v| VersionLine {
                version: v.version,
                valid_from: show_date(v.valid_from),
                by: v.by.clone(),
                at: show_time(v.at),
                reason: v.reason.clone(),
            })
            .collect(),
        missing: (!calendar.known(next)).then_some(next),
        ..CalendarPage::default()
    })
}

pub(super) async fn show(
    State(admin): State<Admin>,
    look: Look,
    Query(after): Query<After>,
) -> Answer<impl IntoResponse> {
    let mut page = page_of(&admin, &look).await?;
    if after.done == "loaded" {
        page.done = "已导入，从明天起生效。".to_owned();
    }
    Ok(pages::calendar::calendar(&page, look.frame("工作日历", Vec::new())))
}

/// What would change: day, before, after.
fn changes(admin: &Admin, look: &Look, csv: &str) -> Result<Vec<(String, String, String)>, SettingsError> {
    let now = admin.settings.current().newest_calendar();
    let mut next = (*now).clone();
    let days = next.amend(&WorkingCalendar::parse(csv)?, city_date(look.act.at))?;
    if days.is_empty() {
        return Err(SettingsError::Same);
    }
    Ok(days.into_iter().map(|day| (named(day), what(&now.day(day)), what(&next.day(day)))).collect())
}

async fn form_again(admin: &Admin, look: &Look, problem: Problem, csv: &str, reason: &str) -> Shown {
    let field = if problem.faults().iter().any(|fault| fault.pointer == "/reason") { "reason" } else { "csv" };
    let mut page = page_of(admin, look).await?;
    // The sentence names the line; the fault alone does not.
    page.errors = vec![(field.to_owned(), problem.detail().to_owned())];
    page.csv = csv.to_owned();
    page.reason = reason.to_owned();
    Ok(again(&problem, pages::calendar::calendar(&page, look.frame("工作日历", Vec::new()))))
}

pub(super) async fn preview(State(admin): State<Admin>, look: Look, fields: Fields) -> Shown {
    admin.settings.refresh().await?;
    let (csv, reason) = (fields.one("csv").trim().replace("\r\n", "\n"), fields.one("reason").trim().to_owned());
    if reason.is_empty() {
        return form_again(&admin, &look, SettingsError::NoReason.into(), &csv, &reason).await;
    }
    match changes(&admin, &look, &csv) {
        Ok(days) => {
            let page = PreviewPage { days, csv, reason };
            Ok(pages::calendar::preview(&page, look.frame("核对变化", Vec::new())).into_response())
        }
        Err(error) => form_again(&admin, &look, error.into(), &csv, &reason).await,
    }
}

pub(super) async fn load(State(admin): State<Admin>, look: Look, fields: Fields) -> Shown {
    let (csv, reason) = (fields.one("csv").to_owned(), fields.one("reason").to_owned());
    let args = (admin.settings.clone(), look.act.clone(), csv.clone(), reason.clone());
    let answer =
        once_page(&admin.db, &look.act, &fields, "/admin/calendar/load", args, |tx, (settings, act, csv, reason)| {
            Box::pin(async move {
                settings.load_calendar(act, tx, csv, reason).await?;
                Ok::<_, SettingsError>("/admin/calendar?done=loaded".to_owned())
            })
        })
        .await;
    match answer {
        Err(problem) if shown_in_form(&problem) => form_again(&admin, &look, problem, &csv, &reason).await,
        other => other,
    }
}
