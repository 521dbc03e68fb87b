//! `/api/v1/consents`: what I allowed others to do with my certificates.

use axum::extract::State;
use kernel::{SubjectId, city_date, rfc3339};
use serde::Serialize;
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Page, Paging, Path, Problem, Query};

use crate::{CONSENT_TEXT, CONSENT_TEXT_VERSION, Consent, ConsentId, Identity, IdentityError};

/// 一项用证授权。
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentView {
    /// 编号。
    id: String,
    /// 授权给哪个部门。
    grantee: String,
    /// 可以使用的证照类型。
    certificate_types: Vec<String>,
    /// 可以使用的内容；没有则为办理所必需的内容。
    fields: Vec<String>,
    /// 用于哪个事项。
    purpose: String,
    /// 事项名称。
    purpose_name: String,
    /// 用于哪个办件。
    case_number: Option<String>,
    /// 期限：`once`、`case`、`until`。
    scope: &'static str,
    /// 截止日期。
    until: Option<String>,
    /// 授权时间。
    granted_at: String,
    /// 方式：`click`、`counter`。
    method: &'static str,
    /// 授权文本的版本。
    text_version: String,
    /// 状态：`active`、`used`、`revoked`、`closed`、`expired`。
    status: &'static str,
    /// 状态的说明。
    status_label: &'static str,
    /// 终止时间。
    ended_at: Option<String>,
}

fn view(consent: Consent, today: kernel::Date) -> ConsentView {
    let status = consent.status_on(today);
    let given = consent.given;
    ConsentView {
        id: consent.id.to_string(),
        grantee: given.grantee,
        certificate_types: given.certificate_types,
        fields: given.fields,
        purpose: given.purpose,
        purpose_name: given.purpose_name,
        case_number: given.case_number,
        scope: given.scope.as_str(),
        until: given.until.map(|day| day.to_string()),
        granted_at: rfc3339(consent.granted_at),
        method: given.method.as_str(),
        text_version: given.text_version,
        status: status.as_str(),
        status_label: status.label(),
        ended_at: consent.ended_at.map(rfc3339),
    }
}

/// 授权文本。
#[derive(Serialize, ToSchema)]
pub(super) struct ConsentText {
    /// 版本，提交申请时在 `consent` 中写明。
    version: &'static str,
    /// 文本。
    text: &'static str,
}

/// 使用电子证照代替材料时，本人须同意的文本。
#[utoipa::path(
    get, path = "/api/v1/consent-text", tag = "身份", operation_id = "consent_text",
    responses((status = 200, description = "文本和版本", body = ConsentText))
)]
pub(super) async fn text() -> Json<ConsentText> {
    Json(ConsentText { version: CONSENT_TEXT_VERSION, text: CONSENT_TEXT })
}

/// 列出自己的用证授权，新的在前。
#[utoipa::path(
    get, path = "/api/v1/consents", tag = "身份", operation_id = "consents_list", params(Paging),
    responses((status = 200, description = "用证授权", body = Page<ConsentView>))
)]
pub(super) async fn list(
    State(identity): State<Identity>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ConsentView>>> {
    let subject: SubjectId = act.subject().ok_or_else(Problem::forbidden)?;
    let before = paging.start::<ConsentId>()?;
    let mut tx = identity.db().read().await?;
    let found = identity.consents(&mut tx, subject, before, paging.limit_and_one()).await?;
    let today = city_date(act.at);
    Ok(Json(Page::cut(found, &paging, |c| c.id).map(|c| view(c, today))))
}

/// 撤回一项用证授权。只对以后生效，不影响已经依法完成的使用。
#[utoipa::path(
    delete, path = "/api/v1/consents/{id}", tag = "身份", operation_id = "consents_revoke",
    params(("id" = String, Path, description = "授权的编号")),
    responses(
        (status = 200, description = "已撤回", body = ConsentView),
        (status = 404, description = "没有这项授权：identity.no-consent"),
        (status = 409, description = "授权已经终止：identity.consent-over"),
    )
)]
pub(super) async fn revoke(
    State(identity): State<Identity>,
    By(act): By,
    Path(id): Path<ConsentId>,
) -> Answer<Json<ConsentView>> {
    let today = city_date(act.at);
    let step = identity.in_write(&act, id, |me, act, tx, id| Box::pin(me.revoke_consent(act, tx, *id))).await;
    Ok(Json(view(step.map_err(|e: IdentityError| Problem::from(e))?, today)))
}
