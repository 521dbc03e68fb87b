//! The programming interface: a holder's own certificates and who used them; the desk of the issuing body.

mod desk;
mod files;
mod views;

use axum::{extract::State, http::StatusCode};
use kernel::{Act, Role, SubjectId, city_date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;
use webkit::{Access, Answer, By, Json, Page, Paging, Path, Problem, Query, Routes};

use self::views::{CertificateView, ChangeView, ReportView, UseView};
use crate::{CLERKS, CertificateError, CertificateId, Certificates};

/// Those who can hold certificates.
const HOLDERS: &[Role] = &[Role::Citizen, Role::Enterprise];

/// Routes of the certificate library, each with who may call it.
#[must_use]
pub fn routes(certificates: Certificates) -> Routes {
    Routes::new(certificates)
        .api(Access::Roles(HOLDERS), routes!(list))
        .api(Access::Roles(HOLDERS), routes!(show))
        .api(Access::Roles(HOLDERS), routes!(uses))
        .api(Access::Roles(HOLDERS), routes!(history))
        .api(Access::Roles(HOLDERS), routes!(report))
        .api(Access::Roles(HOLDERS), routes!(files::document))
        .api(Access::Roles(HOLDERS), routes!(files::reading_copy))
        .api(Access::Public, routes!(files::check))
        .api(Access::Roles(CLERKS), routes!(desk::search))
        .api(Access::Roles(CLERKS), routes!(desk::show))
        .api(Access::Roles(CLERKS), routes!(desk::order))
        .api(Access::Roles(CLERKS), routes!(desk::reissue))
        .api(Access::Roles(CLERKS), routes!(desk::proposals))
        .api(Access::Roles(CLERKS), routes!(desk::decide))
        .api(Access::Roles(CLERKS), routes!(desk::reports))
        .api(Access::Roles(CLERKS), routes!(desk::answer))
        .done()
}

fn holder(act: &Act) -> Result<SubjectId, Problem> {
    act.subject().ok_or_else(Problem::forbidden)
}

/// 列出自己名下的电子证照，新的在前，包括已经失效的。
#[utoipa::path(
    get, path = "/api/v1/certificates", tag = "证照", operation_id = "certificates_list", params(Paging),
    responses((status = 200, description = "名下的电子证照", body = Page<CertificateView>))
)]
async fn list(
    State(certificates): State<Certificates>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<CertificateView>>> {
    let before = paging.start::<CertificateId>()?;
    let mut tx = certificates.db().read().await?;
    let found = certificates.all(&mut tx, holder(&act)?, before, paging.limit_and_one()).await?;
    let today = city_date(certificates.clock().now());
    Ok(Json(Page::cut(found, &paging, |c| c.id).map(|c| certificates.view(c, today))))
}

/// 查看自己名下的一个电子证照。
#[utoipa::path(
    get, path = "/api/v1/certificates/{id}", tag = "证照", operation_id = "certificates_show",
    params(("id" = String, Path, description = "证照的 id")),
    responses((status = 200, description = "电子证照", body = CertificateView), (status = 404, description = "名下没有这个证照"))
)]
async fn show(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
) -> Answer<Json<CertificateView>> {
    let mut tx = certificates.db().read().await?;
    let found = certificates.find(&mut tx, holder(&act)?, id).await?;
    Ok(Json(certificates.view(found, city_date(certificates.clock().now()))))
}

/// 查看谁在什么时候、为哪个办件使用过自己的证照，新的在前。
#[utoipa::path(
    get, path = "/api/v1/certificates/{id}/uses", tag = "证照", operation_id = "certificates_uses",
    params(("id" = String, Path, description = "证照的 id"), Paging),
    responses((status = 200, description = "用证记录", body = Page<UseView>), (status = 404, description = "名下没有这个证照"))
)]
async fn uses(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<UseView>>> {
    let before = paging.start::<i64>()?;
    let mut tx = certificates.db().read().await?;
    let found = certificates.uses(&mut tx, holder(&act)?, id, before, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(found, &paging, |used| used.id).map(|used| certificates.use_view(used))))
}

/// 证照的历史。
#[derive(Serialize, ToSchema)]
struct HistoryView {
    /// 从早到晚。
    items: Vec<ChangeView>,
}

/// 自己名下一个证照的历史：颁发、变更、暂扣、失效等，从早到晚，写明依据和生效日期。
#[utoipa::path(
    get, path = "/api/v1/certificates/{id}/history", tag = "证照", operation_id = "certificates_history",
    params(("id" = String, Path, description = "证照的 id")),
    responses((status = 200, description = "历史", body = HistoryView), (status = 404, description = "名下没有这个证照"))
)]
async fn history(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
) -> Answer<Json<HistoryView>> {
    let holder = holder(&act)?;
    let mut tx = certificates.db().read().await?;
    certificates.find(&mut tx, holder, id).await?;
    let items = certificates.history(&mut tx, holder, id).await?.into_iter().map(Into::into).collect();
    Ok(Json(HistoryView { items }))
}

/// 纠错申请。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportRequest {
    /// 哪里有误、应当是什么，4 至 500 个字。
    words: String,
}

/// 申请更正自己名下的证照；发证机关在 5 个工作日内答复。
#[utoipa::path(
    post, path = "/api/v1/certificates/{id}/reports", tag = "证照", operation_id = "certificates_report",
    params(("id" = String, Path, description = "证照的 id")), request_body = ReportRequest,
    responses(
        (status = 201, description = "已提交", body = ReportView),
        (status = 404, description = "名下没有这个证照：certificates.not-found"),
        (status = 409, description = "已有一项在等待答复：certificates.report-there"),
        (status = 422, description = "没有写明情况：certificates.invalid"),
    )
)]
async fn report(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
    Json(asked): Json<ReportRequest>,
) -> Answer<(StatusCode, Json<ReportView>)> {
    let made: Result<_, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, id, asked.words), |tx, (c, act, id, words)| {
            Box::pin(c.report_error(act, tx, *id, words))
        })
        .await;
    Ok((StatusCode::CREATED, Json(made?.into())))
}
