//! The description of the interface (OpenAPI 3.1) and its page, without a foreign host.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, RefOr, ResponseBuilder,
    extensions::Extensions,
    path::Operation,
    schema::{ArrayBuilder, ObjectBuilder, Ref, Schema, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_swagger_ui::Config;

use crate::{Access, Problem, RouteInfo, Routes};

const DOCUMENT: &str = "/api/v1/openapi.json";
const INTRODUCTION: &str = "贵阳政务服务平台的统一接口。\n\n\
    - 用 `POST /api/v1/sessions` 取得令牌，以 `Authorization: Bearer <令牌>` 提交。\n\
    - 列表按键翻页：把上一页的 `next` 作为 `after` 传入。\n\
    - 查看他人个人信息会连同理由留下记录：本部门没有待办任务时，请在 `X-Access-Reason` 中说明理由（UTF-8，百分号编码，2 至 200 字）。\n\
    - 会改变状态的请求可带 `Idempotency-Key`，重发时返回第一次的答复。\n\
    - 时刻一律为北京时间（RFC 3339，+08:00），日期为 `YYYY-MM-DD`，金额单位为分。\n\
    - 出错时返回 RFC 9457 的 `application/problem+json`，`code` 稳定不变，`errors` 指出有误之处。";

/// Describes all routes for programs.
pub(crate) fn openapi(routes: &Routes) -> OpenApi {
    let (paths, schemas) = routes.documented();
    let mut paths = paths.clone();
    for (path, item) in &mut paths.paths {
        for route in routes.list().iter().filter(|route| route.path == *path) {
            if let Some(operation) = operation_of(item, route) {
                describe(operation, route);
            }
        }
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("登录后取得的令牌。")).build();
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas.iter().cloned())
        .schema("Problem", problem_schema())
        .security_scheme("bearer", SecurityScheme::Http(bearer))
        .build();
    let licence = LicenseBuilder::new().name("MulanPSL-2.0").build();
    let info = InfoBuilder::new()
        .title("贵阳政务服务 · 通办 统一接口")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(INTRODUCTION))
        .license(Some(licence))
        .build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}

fn operation_of<'a>(item: &'a mut PathItem, route: &RouteInfo) -> Option<&'a mut Operation> {
    match route.method.as_str() {
        "GET" => item.get.as_mut(),
        "PUT" => item.put.as_mut(),
        "POST" => item.post.as_mut(),
        "DELETE" => item.delete.as_mut(),
        "PATCH" => item.patch.as_mut(),
        _ => None,
    }
}

/// Adds what holds for every route: its access rule and the form of its problems.
fn describe(operation: &mut Operation, route: &RouteInfo) {
    let none: [&str; 0] = [];
    operation.security = Some(match route.access {
        Access::Public => Vec::new(),
        Access::SignedIn | Access::Roles(_) => vec![SecurityRequirement::new("bearer", none)],
    });
    let problem = Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))));
    let response = ResponseBuilder::new()
        .description("没有办成：原因与下一步")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(response));
    let extensions = operation.extensions.get_or_insert_with(Extensions::default);
    extensions.insert("x-access".to_owned(), serde_json::Value::String(route.access.describe()));
}

fn problem_schema() -> Schema {
    let text = |about: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(about)).build();
    let fault = ObjectBuilder::new()
        .property("pointer", text("JSON 指针（RFC 6901），指向请求体中有误之处"))
        .required("pointer")
        .property("code", text("供程序判断的稳定代码"))
        .required("code")
        .property("detail", text("哪里不对、应当怎样"))
        .required("detail")
        .build();
    ObjectBuilder::new()
        .property("type", text("问题种类的标识"))
        .required("type")
        .property("title", text("问题种类的名称"))
        .required("title")
        .property("status", ObjectBuilder::new().schema_type(Type::Integer).description(Some("HTTP 状态码")))
        .required("status")
        .property("detail", text("发生了什么、下一步怎么做"))
        .required("detail")
        .property("code", text("供程序判断的稳定代码，如 cases.stale"))
        .required("code")
        .property("instance", text("请求编号"))
        .property("errors", ArrayBuilder::new().items(fault).description(Some("有误之处")))
        .description(Some("RFC 9457 问题"))
        .into()
}

#[derive(Clone)]
struct Docs {
    document: Arc<OpenApi>,
    config: Arc<Config<'static>>,
}

/// The document and its page as routes of the site.
pub(crate) fn routes(document: OpenApi) -> Routes {
    let config = Config::from(DOCUMENT).persist_authorization(true).validator_url("none");
    Routes::new(Docs { document: Arc::new(document), config: Arc::new(config) })
        .quiet(DOCUMENT, get(|State(docs): State<Docs>| async move { Json(docs.document).into_response() }))
        .quiet("/api/docs", get(|| async { Redirect::permanent("/api/docs/") }))
        .quiet("/api/docs/", get(|State(docs): State<Docs>| async move { file(&docs, "index.html") }))
        .quiet(
            "/api/docs/{*file}",
            get(|State(docs): State<Docs>, Path(name): Path<String>| async move { file(&docs, &name) }),
        )
        .done()
}

/// One file of the documentation page. Its own policy allows inline styles, which the page's script sets.
fn file(docs: &Docs, name: &str) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; \
         connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
    match utoipa_swagger_ui::serve(name, Arc::clone(&docs.config)) {
        Ok(Some(file)) => {
            let mut response = file.bytes.into_owned().into_response();
            let headers = response.headers_mut();
            if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
                headers.insert(header::CONTENT_TYPE, kind);
            }
            if file.gzpipped {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
            headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache"));
            response
        }
        Ok(None) => Problem::not_found().into_response(),
        Err(error) => Problem::internal("request.documentation", error.to_string()).into_response(),
    }
}
