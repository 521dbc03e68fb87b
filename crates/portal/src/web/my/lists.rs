//! My overview and my cases.

use axum::extract::State;
use cases::{MyCase, MyCases};
use kernel::{city_date, show_date, show_time};
use serde::Deserialize;
use webkit::{Answer, Look, Markup, Page, Paging, Query, ui::components::Tab};

use super::Mine;
use crate::{
    mine,
    pages::home::MyMatters,
    pages::my::overview::{CaseLine, CasesPage, OverviewPage, cases as cases_page, overview as overview_page},
};

/// Cases shown on the overview.
const SHOWN: i64 = 10;
/// Cases on the home page.
const AT_HOME: i64 = 3;
/// Certificates looked at for the overview.
const CERTIFICATES: i64 = 200;
/// Days before its end in which a certificate is told to end soon: a renewal is asked for 30 days before (行政许可法 第五十条).
const SOON_DAYS: i32 = 60;

fn line(mine: &Mine, case: &MyCase) -> CaseLine {
    let department = mine::department(&mine.cases, &case.department);
    let over = case.state.is_over();
    CaseLine {
        number: case.number.clone(),
        item: case.item_name.clone(),
        state: case.state.label().to_owned(),
        asked: case.asked.map(|act| mine::asked(act, case.asked_due)),
        waits: match (over, case.due) {
            (true, _) => format!("{department} · {}", case.state.label()),
            (false, Some(day)) => format!("{department}在办，最晚 {}", show_date(day)),
            (false, None) => format!("{department}在办"),
        },
        submitted: show_time(case.submitted_at),
        unread: case.unread,
    }
}

/// Matters on the home page: what waits for whoever is signed in, then what is open. None when nothing is.
pub(in crate::web) async fn matters(mine: &Mine, look: &Look) -> Answer<Option<MyMatters>> {
    if look.act.subject().is_none() {
        return Ok(None);
    }
    let mut tx = mine.cases.db.read().await?;
    let mut cases = mine.cases.my_cases(&look.act, &mut tx, MyCases::Asked, None, AT_HOME).await?;
    let open = mine.cases.my_cases(&look.act, &mut tx, MyCases::Open, None, AT_HOME).await?;
    cases.sort_by_key(|c| (c.asked_due.is_none(), c.asked_due));
    cases.extend(open.into_iter().filter(|c| c.asked.is_none()));
    cases.truncate(usize::try_from(AT_HOME).unwrap_or(usize::MAX));
    let counts = mine.cases.my_counts(&look.act, &mut tx).await?;
    let shown = i64::try_from(cases.len()).unwrap_or(0);
    let more = (counts.open - shown).max(0);
    Ok((!cases.is_empty()).then(|| MyMatters { cases: cases.iter().map(|c| line(mine, c)).collect(), more }))
}

pub(super) async fn overview(State(mine): State<Mine>, look: Look) -> Answer<Markup> {
    let act = &look.act;
    let today = city_date(act.at);
    let mut tx = mine.cases.db.read().await?;
    let asked = mine.cases.my_cases(act, &mut tx, MyCases::Asked, None, SHOWN).await?;
    let open = mine.cases.my_cases(act, &mut tx, MyCases::Open, None, SHOWN).await?;
    let counts = mine.cases.my_counts(act, &mut tx).await?;
    let drafts = mine.cases.drafts(act, &mut tx).await?.len();
    let held = match act.subject() {
        Some(subject) => mine.certificates.all(&mut tx, subject, None, CERTIFICATES).await?,
        None => Vec::new(),
    };
    let valid: Vec<_> = held.iter().filter(|c| c.valid_on(today)).collect();
    let ending = valid
        .iter()
        .filter_map(|c| {
            let day = c.expires_on?;
            let left = today.until(day).ok()?.get_days();
            (left <= SOON_DAYS).then(|| {
                let when = format!("{}到期，还有 {left} 天", show_date(day));
                (c.name.clone(), when, format!("/my/certificates/{}", c.id))
            })
        })
        .collect();
    let mut asked: Vec<MyCase> = asked;
    // What must be done first stands first; what has no day, last.
    asked.sort_by_key(|c| (c.asked_due.is_none(), c.asked_due));
    let page = OverviewPage {
        name: act.name().to_owned(),
        open: open.iter().filter(|c| c.asked.is_none()).map(|c| line(&mine, c)).collect(),
        asked: asked.iter().map(|c| line(&mine, c)).collect(),
        all_count: counts.all,
        unread: counts.unread,
        certificates: valid.len(),
        ending,
        drafts,
    };
    Ok(overview_page(&page, look.frame("我的", Vec::new())))
}

/// Which cases.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    show: String,
    after: Option<String>,
}

pub(super) async fn list(State(mine): State<Mine>, look: Look, Query(which): Query<Which>) -> Answer<Markup> {
    let (group, none) = match which.show.as_str() {
        "asked" => (MyCases::Asked, "现在没有等您办的"),
        "open" => (MyCases::Open, "没有正在办的"),
        "over" => (MyCases::Over, "还没有办结的"),
        _ => (MyCases::All, "还没有办件"),
    };
    let paging = Paging { after: which.after, limit: None };
    let mut tx = mine.cases.db.read().await?;
    let after: Option<(i64, i64)> = paging.start()?;
    let rows = mine.cases.my_cases(&look.act, &mut tx, group, after, paging.limit_and_one()).await?;
    let counts = mine.cases.my_counts(&look.act, &mut tx).await?;
    let page = Page::cut(rows, &paging, |c| (c.submitted_at.as_millisecond(), c.id.get()));
    let tab = |label: &str, show: &str, count: i64| Tab {
        label: label.to_owned(),
        href: if show.is_empty() { "/my/cases".to_owned() } else { format!("/my/cases?show={show}") },
        count: usize::try_from(count).ok(),
        current: which.show == show,
    };
    let here = if which.show.is_empty() { String::new() } else { format!("show={}&", which.show) };
    let page = CasesPage {
        tabs: vec![
            tab("全部", "", counts.all),
            tab("等您办", "asked", counts.asked),
            tab("在办", "open", counts.open),
            tab("已结束", "over", counts.all - counts.open),
        ],
        cases: page.items.iter().map(|c| line(&mine, c)).collect(),
        none,
        first: after.is_some().then(|| format!("/my/cases?{}", here.trim_end_matches('&'))),
        next: page.next.map(|next| format!("/my/cases?{here}after={next}")),
    };
    Ok(cases_page(&page, look.frame("我的办件", Vec::new())))
}
