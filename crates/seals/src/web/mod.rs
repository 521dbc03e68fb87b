//! The programming interface: the public register and the check of documents; the desk of those who keep seals; the
//! signing service for departments' systems.

mod desk;
mod signing;
mod views;

use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};
use kernel::{Fault, Role};
use utoipa_axum::routes;
use webkit::{Access, Answer, Json, Multipart, Page, Paging, Problem, Query, Routes};

use self::views::RegisteredView;
use crate::{Checked, SealId, Seals};

/// Those who keep a body's seals.
const KEEPERS: &[Role] = &[Role::CertificateClerk, Role::Approver];
/// Those who see seals: keepers their body's, the others all of them.
const READERS: &[Role] = &[Role::CertificateClerk, Role::Approver, Role::SecurityAdmin, Role::Supervisor];
/// Those who take steps.
const STEPPERS: &[Role] = &[Role::CertificateClerk, Role::Approver, Role::SecurityAdmin];
/// Those who see what is unusual.
const WATCHERS: &[Role] = &[Role::SecurityAdmin, Role::Supervisor];
/// Largest document that is checked or signed, with the frame around it, bytes.
const UPLOAD_BYTES: usize = 20 * 1024 * 1024 + 64 * 1024;

/// Routes of the seals, each with who may call it.
#[must_use]
pub fn routes(seals: Seals) -> Routes {
    Routes::new(seals)
        .api(Access::Public, routes!(register))
        .api(Access::Public, routes!(trusted))
        .upload(Access::Public, UPLOAD_BYTES, routes!(validate))
        .api(Access::Roles(READERS), routes!(desk::list))
        .api(Access::Roles(KEEPERS), routes!(desk::apply))
        .api(Access::Roles(READERS), routes!(desk::show))
        .api(Access::Roles(STEPPERS), routes!(desk::step))
        .api(Access::Roles(READERS), routes!(desk::uses))
        .api(Access::Roles(WATCHERS), routes!(desk::unusual))
        .upload(Access::Roles(KEEPERS), UPLOAD_BYTES, routes!(signing::sign))
        .done()
}

/// 公开的印章登记：正在使用的印章及其指纹。
#[utoipa::path(
    get, path = "/api/v1/seals", tag = "印章", operation_id = "seals_register", params(Paging),
    responses((status = 200, description = "正在使用的印章", body = Page<RegisteredView>))
)]
async fn register(State(seals): State<Seals>, Query(paging): Query<Paging>) -> Answer<Json<Page<RegisteredView>>> {
    let after = paging.start::<SealId>()?;
    let now = seals.clock().now();
    let mut tx = seals.db().read().await?;
    let found = seals.register(&mut tx, after, paging.limit_and_one(), now).await?;
    Ok(Json(Page::cut(found, &paging, |seal| seal.id).map(|seal| seals.registered(&seal))))
}

/// 根证书、签发机构证书和吊销列表（PEM），供离线核验使用。
#[utoipa::path(
    get, path = "/api/v1/seals/trusted", tag = "印章", operation_id = "seals_trusted",
    responses(
        (status = 200, description = "PEM", content_type = "application/x-pem-file"),
        (status = 409, description = "没有接入制章密码设备：seals.no-keys"),
    )
)]
async fn trusted(State(seals): State<Seals>) -> Answer<Response> {
    let pem = seals.trusted_pem().await?;
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], pem).into_response())
}

/// 核验一份加盖电子印章的 OFD 文件，不论是不是本平台出具的。文件不会保存。
#[utoipa::path(
    post, path = "/api/v1/seals/validations", tag = "印章", operation_id = "seals_validate",
    responses(
        (status = 200, description = "核验结果", body = Checked),
        (status = 413, description = "文件超过 20MB"),
        (status = 422, description = "没有上传文件：seals.missing"),
    )
)]
async fn validate(State(seals): State<Seals>, mut parts: Multipart) -> Answer<Json<Checked>> {
    let mut form = Form::read(&mut parts).await?;
    let bytes = form.file.take().ok_or_else(missing)?;
    let report = seals.check(bytes, seals.clock().now()).await?;
    Ok(Json(Checked::from(&report)))
}

fn missing() -> Problem {
    Problem::invalid("seals.missing", vec![Fault::new("/file", "required", "请在名为 file 的字段中上传 OFD 文件。")])
}

/// A form with one file in the field `file` and short texts.
#[derive(Default)]
struct Form {
    file: Option<Vec<u8>>,
    texts: Vec<(String, String)>,
}

impl Form {
    async fn read(parts: &mut Multipart) -> Answer<Self> {
        let mut form = Self::default();
        while let Some(mut part) = parts.next().await? {
            let name = part.name().to_owned();
            if name == "file" {
                let mut bytes = Vec::new();
                while let Some(piece) = part.chunk().await? {
                    bytes.extend_from_slice(&piece);
                }
                form.file = Some(bytes).filter(|bytes| !bytes.is_empty());
            } else {
                form.texts.push((name, part.text(2000).await?));
            }
        }
        Ok(form)
    }

    fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(on, _)| on == name).map_or("", |(_, text)| text.trim())
    }
}
