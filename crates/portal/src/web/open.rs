//! Decisions open to the public: the page and the file for tables.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use cases::{OpenDecision, OpenFilter, OpenKey};
use kernel::{Date, show_date};
use serde::Deserialize;
use webkit::{Answer, Look, Query, cursor, query_string};

use super::ticket::day;
use crate::{
    Opened,
    pages::{
        list::Choice,
        open::{OpenLine, OpenPage, open},
    },
};

/// Decisions on one page.
const PER_PAGE: i64 = 20;
/// Decisions in one file.
const PER_FILE: i64 = 5_000;

/// What was asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    department: String,
    code: String,
    from: String,
    to: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> Result<OpenFilter, Vec<(&'static str, String)>> {
        let mut errors = Vec::new();
        let mut read = |field: &'static str, text: &str| -> Option<Date> {
            let read = day(text);
            if read.is_none() && !text.trim().is_empty() {
                errors.push((field, "日期请写成 2026-03-02 这样。".to_owned()));
            }
            read
        };
        let (from, to) = (read("from", &self.from), read("to", &self.to));
        if let (Some(from), Some(to)) = (from, to)
            && from > to
        {
            errors.push(("to", "结束日期不能早于开始日期。".to_owned()));
        }
        let code = self.code.trim().to_uppercase();
        if errors.is_empty() {
            Ok(OpenFilter { department: self.department.clone(), code, from, to })
        } else {
            Err(errors)
        }
    }

    fn at(&self, path: &str, after: &str) -> String {
        let pairs = [
            ("department", self.department.as_str()),
            ("code", &self.code),
            ("from", &self.from),
            ("to", &self.to),
            ("after", after),
        ];
        format!("{path}{}", query_string(&pairs))
    }
}

impl Opened {
    fn department(&self, key: &str) -> String {
        self.cases.vocabulary.department(key).map_or_else(|| key.to_owned(), |d| d.name.clone())
    }

    /// The decisions of one page or file, and where the next one begins.
    async fn read(&self, filter: &OpenFilter, after: &str, most: i64) -> Answer<(Vec<OpenDecision>, Option<String>)> {
        let after: Option<OpenKey> = if after.is_empty() { None } else { Some(cursor::read(after)?) };
        let mut tx = self.cases.db.read().await?;
        let mut rows = self.cases.open_decisions(&mut tx, filter, after, most + 1).await?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|last| cursor::write(&last.key));
        Ok((rows, next))
    }
}

pub(super) async fn decisions(
    State(opened): State<Opened>,
    look: Look,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let mut departments: Vec<(String, String)> = vec![(String::new(), "全部".to_owned())];
    departments.extend(opened.cases.vocabulary.departments().iter().map(|d| (d.key.clone(), d.name.clone())));
    let mut page = OpenPage {
        department: Choice { options: departments, chosen: asked.department.clone() },
        code: asked.code.clone(),
        from: asked.from.clone(),
        to: asked.to.clone(),
        ..OpenPage::default()
    };
    let around = look.frame("行政许可决定公开", Vec::new());
    let filter = match asked.filter() {
        Ok(filter) => filter,
        Err(errors) => {
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, open(&page, around)).into_response());
        }
    };
    let (rows, next) = opened.read(&filter, &asked.after, PER_PAGE).await?;
    page.lines = rows
        .into_iter()
        .map(|row| OpenLine {
            department: opened.department(&row.department),
            applicant: row.applicant,
            code: row.code,
            item: row.item_name,
            decision: row.decision_number,
            certificate: row.certificate_name,
            certificate_number: row.certificate_number,
            decided: show_date(row.decided_on),
            valid: row.valid_until.map_or_else(|| "长期".to_owned(), show_date),
        })
        .collect();
    page.first = (!asked.after.is_empty()).then(|| asked.at("/open/decisions", ""));
    page.next = next.map(|next| asked.at("/open/decisions", &next));
    page.csv = asked.at("/open/decisions.csv", "");
    page.json = asked.at("/api/v1/open/decisions", "");
    Ok(open(&page, around).into_response())
}

/// Columns of the file, in the words of the standard of 双公示.
const COLUMNS: [&str; 10] = [
    "行政相对人名称",
    "统一社会信用代码",
    "许可事项",
    "行政许可决定文书号",
    "许可证书名称",
    "许可编号",
    "许可决定日期",
    "有效期至",
    "许可机关",
    "公开日期",
];

pub(super) async fn csv(State(opened): State<Opened>, Query(asked): Query<Asked>) -> Answer<Response> {
    let filter = asked.filter().map_err(|errors| {
        let faults = errors.into_iter().map(|(field, text)| kernel::Fault::new(format!("/{field}"), "date", text));
        webkit::Problem::invalid("request.query", faults.collect())
    })?;
    let (rows, next) = opened.read(&filter, &asked.after, PER_FILE).await?;
    // Spreadsheets take a file for UTF-8 by its first three bytes.
    let mut text = String::from("\u{feff}");
    line(&mut text, &COLUMNS.map(str::to_owned));
    for row in rows {
        line(
            &mut text,
            &[
                row.applicant,
                row.code,
                row.item_name,
                row.decision_number,
                row.certificate_name,
                row.certificate_number,
                row.decided_on.to_string(),
                row.valid_until.map(|day| day.to_string()).unwrap_or_default(),
                opened.department(&row.department),
                row.published_on.to_string(),
            ],
        );
    }
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    let name = "attachment; filename=\"decisions.csv\"; filename*=UTF-8''%E8%A1%8C%E6%94%BF%E8%AE%B8%E5%8F%AF%E5%86%B3%E5%AE%9A.csv";
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    if let Some(next) = next
        && let Ok(link) = HeaderValue::from_str(&format!("<{}>; rel=\"next\"", asked.at("/open/decisions.csv", &next)))
    {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

/// One line (RFC 4180). What a spreadsheet would take for a formula is made a text.
fn line(text: &mut String, cells: &[String]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let cell = if formula { format!("'{cell}") } else { cell.clone() };
        if cell.contains(['"', ',', '\n', '\r']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        let mut text = String::new();
        line(&mut text, &["甲, 乙".to_owned(), "说\"好\"".to_owned(), "=1+1".to_owned(), String::new()]);
        assert_eq!(text, "\"甲, 乙\",\"说\"\"好\"\"\",'=1+1,\r\n");
    }

    #[test]
    fn days_are_read_and_held_against_each_other() {
        let asked =
            |from: &str, to: &str| Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() }.filter();
        assert!(asked("", "").is_ok_and(|f| f.from.is_none() && f.to.is_none()));
        assert!(asked("2026年3月2日", "2026-03-03").is_ok_and(|f| f.from.is_some() && f.to.is_some()));
        assert_eq!(asked("soon", "x").unwrap_err().iter().map(|e| e.0).collect::<Vec<_>>(), ["from", "to"]);
        assert_eq!(asked("2026-03-03", "2026-03-02").unwrap_err()[0].0, "to");
    }
}
