//! Decisions open to the public, for programs.

use axum::extract::State;
use kernel::{Date, Fault};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use webkit::{Answer, Json, Page, Paging, Problem, Query};

use crate::{Cases, OpenDecision, OpenFilter};

/// Which open decisions are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenQuery {
    /// 许可机关（部门的 key）
    #[serde(default)]
    department: String,
    /// 行政相对人的统一社会信用代码，写完整
    #[serde(default)]
    code: String,
    /// 许可决定日期从，如 2026-03-02
    #[serde(default)]
    from: String,
    /// 许可决定日期到
    #[serde(default)]
    to: String,
    /// Cursor.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1–100.
    #[serde(default)]
    limit: String,
}

/// One open decision, with the name of the deciding body.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OpenView {
    #[serde(flatten)]
    decision: OpenDecision,
    /// 许可机关名称
    department_name: String,
}

fn wrong(pointer: &str, detail: &str) -> Problem {
    Problem::invalid("request.query", vec![Fault::new(pointer, "invalid", detail)])
}

fn day(pointer: &str, text: &str) -> Answer<Option<Date>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| wrong(pointer, "日期应写成 2026-03-02 这样。"))
}

/// 行政许可决定公开：准予许可的决定，新的在前；自然人只列隐去中间字的姓名。任何人可查
#[utoipa::path(get, path = "/api/v1/open/decisions", tag = "公开", params(OpenQuery),
    responses((status = 200, body = Page<OpenView>), (status = 422)))]
pub(super) async fn open_decisions(
    State(cases): State<Cases>,
    Query(query): Query<OpenQuery>,
) -> Answer<Json<Page<OpenView>>> {
    let limit = match query.limit.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| wrong("/limit", "limit 应为1至100的整数。"))?),
    };
    let filter = OpenFilter {
        from: day("/from", &query.from)?,
        to: day("/to", &query.to)?,
        department: query.department,
        code: query.code.trim().to_uppercase(),
    };
    let paging = Paging { after: query.after, limit };
    let mut tx = cases.db.read().await?;
    let rows = cases.open_decisions(&mut tx, &filter, paging.start()?, paging.limit_and_one()).await?;
    let named = |decision: OpenDecision| {
        let name = cases.vocabulary.department(&decision.department);
        let department_name = name.map_or_else(|| decision.department.clone(), |d| d.name.clone());
        OpenView { decision, department_name }
    };
    Ok(Json(Page::cut(rows, &paging, |decision| decision.key).map(named)))
}
