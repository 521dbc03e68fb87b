//! Departments.

use axum::extract::State;
use kernel::{Date, city_date};
use settings::{Office, SettingsError};
use webkit::{Answer, Fields, Look, Markup, Path, Problem, Query, once_page};

use super::{Admin, After, Shown, again, errors, last, shown_in_form};
use crate::pages::{
    self,
    departments::{DepartmentLine, DepartmentPage},
};

pub(super) async fn list(State(admin): State<Admin>, look: Look, Query(after): Query<After>) -> Answer<Markup> {
    admin.settings.refresh().await?;
    let offices = admin.settings.current().offices_on(Date::MAX);
    let lines: Vec<DepartmentLine> = admin
        .vocabulary
        .departments()
        .iter()
        .map(|d| {
            let office = offices.get(&d.key).cloned().unwrap_or_default();
            DepartmentLine {
                href: format!("/admin/departments/{}", d.key),
                name: d.name.clone(),
                kind: d.kind.label(),
                phone: office.phone,
                address: office.address,
            }
        })
        .collect();
    let said = if after.done == "set" { "已保存，从明天起生效。" } else { "" };
    Ok(pages::departments::list(&lines, said, look.frame("部门", Vec::new())))
}

fn name(admin: &Admin, key: &str) -> Answer<String> {
    admin.vocabulary.department(key).map(|d| d.name.clone()).ok_or_else(Problem::not_found)
}

pub(super) async fn one(State(admin): State<Admin>, look: Look, Path(key): Path<String>) -> Answer<Markup> {
    let name = name(&admin, &key)?;
    admin.settings.refresh().await?;
    let known = admin.settings.current();
    let of = |day: Date| known.offices_on(day).get(&key).cloned().unwrap_or_default();
    let (now, newest) = (of(city_date(look.act.at)), of(Date::MAX));
    let page = DepartmentPage {
        coming: (now != newest).then(|| "明天".to_owned()),
        key,
        name,
        phone: newest.phone,
        complaint_phone: newest.complaint_phone,
        address: newest.address,
        hours: newest.hours,
        ..DepartmentPage::default()
    };
    Ok(pages::departments::one(&page, look.frame("部门", Vec::new())))
}

pub(super) async fn set(State(admin): State<Admin>, look: Look, Path(key): Path<String>, fields: Fields) -> Shown {
    let name = name(&admin, &key)?;
    let text = |field: &str| fields.one(field).to_owned();
    let office = Office {
        phone: text("phone"),
        complaint_phone: text("complaint_phone"),
        address: text("address"),
        hours: text("hours"),
    };
    let args = (admin.settings.clone(), look.act.clone(), key.clone(), office.clone(), text("reason"));
    let path = format!("/admin/departments/{key}");
    let answer = once_page(&admin.db, &look.act, &fields, &path, args, |tx, (settings, act, key, office, reason)| {
        Box::pin(async move {
            settings.set_office(act, tx, key, office, reason).await?;
            Ok::<_, SettingsError>("/admin/departments?done=set".to_owned())
        })
    })
    .await;
    match answer {
        Err(problem) if shown_in_form(&problem) => {
            let page = DepartmentPage {
                key,
                name,
                phone: office.phone,
                complaint_phone: office.complaint_phone,
                address: office.address,
                hours: office.hours,
                reason: text("reason"),
                coming: None,
                errors: errors(&problem, "phone", last),
            };
            Ok(again(&problem, pages::departments::one(&page, look.frame("部门", Vec::new()))))
        }
        other => other,
    }
}
