//! Documents handed out to their holder, and the check by anybody who has read a certificate's code.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Date, city_date};
use serde::Serialize;
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Path, Problem};

use super::holder;
use crate::{CertificateId, Certificates, PublicView};

/// 下载自己名下一个电子证照的 OFD 文件（加盖电子印章）。
#[utoipa::path(
    get, path = "/api/v1/certificates/{id}/file", tag = "证照", operation_id = "certificates_file",
    params(("id" = String, Path, description = "证照的 id")),
    responses(
        (status = 200, description = "OFD 文件", content_type = "application/ofd"),
        (status = 404, description = "名下没有这个证照"),
        (status = 409, description = "正在制作，或者没有启用制证：certificates.no-document、certificates.no-press"),
    )
)]
pub(super) async fn document(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
) -> Answer<Response> {
    let content = certificates.open_document(holder(&act)?, id).await?;
    let headers = blobs::headers(&content.meta);
    let mut response = Body::from_stream(content.stream).into_response();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

/// 下载自己名下一个电子证照的 PDF，供阅读和打印；没有电子印章，以 OFD 文件为准。
#[utoipa::path(
    get, path = "/api/v1/certificates/{id}/pdf", tag = "证照", operation_id = "certificates_pdf",
    params(("id" = String, Path, description = "证照的 id")),
    responses(
        (status = 200, description = "PDF 文件", content_type = "application/pdf"),
        (status = 404, description = "名下没有这个证照"),
        (status = 409, description = "没有启用制证：certificates.no-press"),
    )
)]
pub(super) async fn reading_copy(
    State(certificates): State<Certificates>,
    By(act): By,
    Path(id): Path<CertificateId>,
) -> Answer<Response> {
    let (_, bytes) = certificates.reading_copy(holder(&act)?, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"certificate.pdf\""),
    ];
    Ok((headers, bytes).into_response())
}

/// 凭证照上的二维码查验到的内容，不含个人信息。
#[derive(Serialize, ToSchema)]
pub(super) struct CheckView {
    /// 证照名称。
    name: String,
    /// 发证机关。
    department_name: String,
    /// 持证人；个人的只显示一部分。
    holder: String,
    /// 证照编号；个人的只显示一部分。
    number: String,
    /// 电子证照标识。
    identifier: String,
    /// 颁发日期。
    #[schema(value_type = String)]
    issued_on: Date,
    /// 有效期最后一天；长期有效为空。
    #[schema(value_type = Option<String>)]
    expires_on: Option<Date>,
    /// 现在的状态。
    status: &'static str,
    /// 状态的说明。
    status_label: &'static str,
    /// 现在是否有效。
    valid: bool,
    /// 证照文件的 SM3，用来核对手中的文件。
    digest: Option<String>,
    /// 查验的日期。
    #[schema(value_type = String)]
    as_of: Date,
}

/// 查验一个电子证照：用证照二维码中的标识和查验码，任何人都可以查验。
#[utoipa::path(
    get, path = "/api/v1/certificates/check/{identifier}/{code}", tag = "证照", operation_id = "certificates_check",
    params(("identifier" = String, Path, description = "电子证照标识"), ("code" = String, Path, description = "查验码")),
    responses(
        (status = 200, description = "查验结果", body = CheckView),
        (status = 404, description = "标识或查验码不对：certificates.unknown"),
    )
)]
pub(super) async fn check(
    State(certificates): State<Certificates>,
    Path((identifier, code)): Path<(String, String)>,
) -> Answer<Json<CheckView>> {
    let found = certificates.public(&mut *certificates.db().read().await?, &identifier, &code).await?;
    let Some(found) = found else {
        let detail = "没有这个证照。请检查扫描的网址是否完整；完整仍查不到的，请勿相信，并拨打 12345 核实。";
        return Err(Problem::new(StatusCode::NOT_FOUND, "certificates.unknown", detail));
    };
    let PublicView { name, department, holder, number, identifier, issued_on, expires_on, status, digest } = found;
    let body = certificates.vocabulary().department(&department);
    Ok(Json(CheckView {
        name,
        department_name: body.map_or(department, |body| body.name.clone()),
        holder,
        number,
        identifier,
        issued_on,
        expires_on,
        status: status.as_str(),
        status_label: status.label(),
        valid: status == crate::Status::Effective,
        digest,
        as_of: city_date(certificates.clock().now()),
    }))
}
