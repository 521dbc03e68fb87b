//! The programming interface: a holder's own certificates, and who used them.

use std::collections::BTreeMap;

use axum::extract::State;
use kernel::{Act, Date, Role, SubjectId, city_date, rfc3339, show_date};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use webkit::{Access, Answer, By, Json, Page, Paging, Path, Problem, Query, Routes};

use crate::{Certificate, CertificateId, CertificateUse, Certificates, domain::validity::RESIDENT_ID};

/// Those who can hold certificates.
const HOLDERS: &[Role] = &[Role::Citizen, Role::Enterprise];

/// Routes of the certificate library, each with who may call it.
#[must_use]
pub fn routes(certificates: Certificates) -> Routes {
    Routes::new(certificates)
        .api(Access::Roles(HOLDERS), routes!(list))
        .api(Access::Roles(HOLDERS), routes!(show))
        .api(Access::Roles(HOLDERS), routes!(uses))
        .done()
}

/// 电子证照。
#[derive(Serialize, ToSchema)]
struct CertificateView {
    /// 编号，申请时作为材料引用。
    id: String,
    /// 证照类型。
    certificate_type: String,
    /// 证照类型名称。
    type_name: String,
    /// 证照名称。
    name: String,
    /// 证照编号；公民身份号码已遮盖。
    number: String,
    /// 电子证照标识（GB/T 36904）。
    identifier: String,
    /// 版本，从 1 开始，每次换发加 1。
    version: i64,
    /// 持证人。
    holder_name: String,
    /// 发证部门。
    department: String,
    /// 发证部门名称。
    department_name: String,
    /// 颁发日期。
    issued_on: String,
    /// 有效期最后一天；长期有效为空。
    expires_on: Option<String>,
    /// 有效期的说明。
    validity: String,
    /// 状态：`effective`、`expired`、`superseded`、`annulled`、`cancelled`。
    status: &'static str,
    /// 状态的说明。
    status_label: &'static str,
    /// 现在能否使用。
    valid: bool,
    /// 由哪个办件产生。
    case_number: Option<String>,
    /// 其他内容。
    data: BTreeMap<String, String>,
}

/// 一次用证记录。
#[derive(Serialize, ToSchema)]
struct UseView {
    /// 使用时间。
    at: String,
    /// 谁使用：`holder` 本人申请时使用，`staff` 工作人员使用，`system` 平台按规则使用。
    used_by: String,
    /// 使用的部门（工作人员使用时）。
    department: Option<String>,
    /// 使用的部门名称。
    department_name: Option<String>,
    /// 用于哪个办件。
    case_number: String,
    /// 用途。
    purpose: String,
}

impl Certificates {
    fn view(&self, c: Certificate, today: Date) -> CertificateView {
        let status = c.status_on(today);
        let number = if c.certificate_type == RESIDENT_ID { kernel::masking::id_number(&c.number) } else { c.number };
        CertificateView {
            id: c.id.to_string(),
            type_name: self
                .vocabulary()
                .certificate_type(&c.certificate_type)
                .map_or_else(|| c.name.clone(), |t| t.name.clone()),
            certificate_type: c.certificate_type,
            name: c.name,
            number,
            identifier: c.identifier,
            version: c.version,
            holder_name: c.holder_name,
            department_name: self.department_name(&c.department),
            department: c.department,
            issued_on: c.issued_on.to_string(),
            expires_on: c.expires_on.map(|day| day.to_string()),
            validity: c.expires_on.map_or_else(|| "长期有效".to_owned(), |day| format!("有效期至{}", show_date(day))),
            status: status.as_str(),
            status_label: status.label(),
            valid: status == crate::Status::Effective,
            case_number: c.case_number,
            data: c.data,
        }
    }

    fn use_view(&self, used: CertificateUse) -> UseView {
        UseView {
            at: rfc3339(used.at),
            used_by: used.used_by,
            department_name: used.department.as_deref().map(|key| self.department_name(key)),
            department: used.department,
            case_number: used.case_number,
            purpose: used.purpose,
        }
    }

    fn department_name(&self, key: &str) -> String {
        self.vocabulary().department(key).map_or_else(|| key.to_owned(), |department| department.name.clone())
    }
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
