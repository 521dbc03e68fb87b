//! The signing service: a department's own system has a document sealed.

use axum::{
    extract::State,
    http::{HeaderName, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use kernel::{Fault, Role};
use webkit::{Answer, By, Multipart, Path, Problem};

use super::{Form, missing};
use crate::{NewUse, PutOn, SealError, SealId, Seals};

/// 为部门系统的一份 OFD 公文加盖本单位的印章。表单字段：`file` OFD 文件，`document` 文号，`reason` 理由，`page` 页码（默认最后一页），`x`、`y` 章心位置（毫米，自左上角，默认右下方）。返回盖章后的文件；每次用印都有记录。
#[utoipa::path(
    post, path = "/api/v1/seals/{id}/signatures", tag = "印章", operation_id = "seals_sign",
    params(("id" = String, Path, description = "印章的 id")),
    responses(
        (status = 200, description = "盖章后的 OFD 文件；响应头 X-Seal-Use 是用印序号", content_type = "application/ofd"),
        (status = 403, description = "岗位不能用印：seals.not-allowed"),
        (status = 404, description = "没有这枚印章，或者不是本单位的"),
        (status = 409, description = "印章现在不能用于公文：seals.no-seal、seals.no-keys"),
        (status = 422, description = "填写有误，或者文件不能盖章：seals.invalid、seals.unstampable、seals.missing"),
    )
)]
pub(super) async fn sign(
    State(seals): State<Seals>,
    By(act): By,
    Path(id): Path<SealId>,
    mut parts: Multipart,
) -> Answer<Response> {
    let seal = seals.seen(&act, id).await?;
    if !(act.is(Role::CertificateClerk) || act.is(Role::Approver)) {
        return Err(Problem::forbidden());
    }
    let mut form = Form::read(&mut parts).await?;
    let bytes = form.file.take().ok_or_else(missing)?;
    let mut faults = Vec::new();
    for (name, label, longest) in [("document", "文号", 100), ("reason", "理由", 200)] {
        let length = form.text(name).chars().count();
        if length == 0 || length > longest {
            faults.push(Fault::new(format!("/{name}"), "required", format!("请填写{label}，最多 {longest} 个字。")));
        }
    }
    let number = |name: &str, or: f64, faults: &mut Vec<Fault>| match form.text(name) {
        "" => or,
        text => text.parse().ok().filter(|mm: &f64| (0.0..=2000.0).contains(mm)).unwrap_or_else(|| {
            faults.push(Fault::new(format!("/{name}"), "range", "章心位置请填 0 到 2000 的毫米数。"));
            or
        }),
    };
    let centre = (number("x", 145.0, &mut faults), number("y", 230.0, &mut faults));
    let page = match form.text("page") {
        "" => None,
        text => text.parse().ok().or_else(|| {
            faults.push(Fault::new("/page", "range", "页码请填从 1 开始的整数。"));
            None
        }),
    };
    if !faults.is_empty() {
        return Err(SealError::Invalid(faults).into());
    }
    let stamped = seals.stamp(seal, PutOn::Document, bytes, (page, centre), act.at).await?;
    let of = NewUse {
        put_on: PutOn::Document,
        case_number: None,
        document: form.text("document").to_owned(),
        digest: stamped.digest.clone(),
        confirmed_by: None,
        reason: form.text("reason").to_owned(),
    };
    let args = (seals.clone(), act, stamped.seal.clone(), of);
    let used: Result<_, SealError> = seals
        .db()
        .write(args, |tx, (seals, act, seal, of)| {
            Box::pin(async move { seals.record_use(act, tx, seal, of.clone()).await })
        })
        .await;
    let headers =
        [(CONTENT_TYPE, "application/ofd".to_owned()), (HeaderName::from_static("x-seal-use"), used?.seq.to_string())];
    Ok((headers, stamped.bytes).into_response())
}
