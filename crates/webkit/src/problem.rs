//! Problems (RFC 9457): the one place where failures become HTTP answers.

use std::{borrow::Cow, error::Error, sync::Arc};

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Failure, Fault, Kind};
use serde::Serialize;

/// What a handler answers.
pub type Answer<T> = Result<T, Problem>;

/// Why a request was not carried out. Programs get it as `application/problem+json`, people as a Chinese page.
///
/// The inner cause goes to the log alone; outsiders see the stable code and the request's number.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: String,
    faults: Vec<Fault>,
    allow: Option<String>,
    way_out: Option<(String, &'static str)>,
    retry_after_s: Option<i64>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// The body of a problem.
#[derive(Debug, Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
    errors: &'a [Fault],
}

const OUR_FAULT: &str = "系统出了问题，已经记录下来。请稍后再试；如果仍然不行，请把请求编号告诉工作人员。";

impl Problem {
    /// A problem with a stable `code` (`slice.reason`) and a `detail` in Chinese that says what to do.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        let (code, detail) = (code.into(), detail.into());
        Self(Box::new(Inner {
            status,
            code,
            detail,
            faults: Vec::new(),
            allow: None,
            way_out: None,
            retry_after_s: None,
            cause: None,
        }))
    }

    /// 400: the request cannot be read at all.
    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: nobody is signed in.
    #[must_use]
    pub fn sign_in_first() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "request.sign-in-first", "请先登录。登录已过期的，请重新登录。")
    }

    /// 403: seen, but not permitted.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "request.forbidden",
            "您的账户没有使用这项功能的权限。如确需使用，请联系本单位管理员。",
        )
    }

    /// 404: not there, or not for your eyes.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "request.not-found",
            "没有找到您要的内容。请检查网址是否完整，或者回到首页重新查找。",
        )
    }

    /// 405: the path exists, but not for this method.
    #[must_use]
    pub fn method_not_allowed(allow: &str) -> Self {
        let mut problem =
            Self::new(StatusCode::METHOD_NOT_ALLOWED, "request.method", format!("这个地址只接受 {allow} 请求。"));
        problem.0.allow = Some(allow.to_owned());
        problem
    }

    /// 413: more bytes than allowed.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "request.too-large",
            "提交的内容超过了大小上限。请压缩文件或者分次提交。",
        )
    }

    /// 415: a kind of body that is not accepted here.
    pub fn unsupported(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "request.media-type", detail)
    }

    /// 422: the input is wrong at these places.
    pub fn invalid(code: &'static str, faults: Vec<Fault>) -> Self {
        let detail = match faults.as_slice() {
            [one] => one.detail.clone(),
            many => format!("有 {} 处需要改正。", many.len()),
        };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        problem.0.faults = faults;
        problem
    }

    /// 503: the answer took too long.
    #[must_use]
    pub(crate) fn timed_out() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "request.timeout",
            "处理时间过长，没有等到结果，操作可能已经执行。请先刷新查看，再决定是否重试。",
        )
    }

    /// 500: our fault, with what to write into the log.
    pub fn internal(code: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, OUR_FAULT).because(cause)
    }

    /// An extractor of this crate was used outside a [`crate::Site`].
    pub(crate) fn outside_a_site() -> Self {
        Self::internal("request.outside-a-site", "the handler runs outside webkit::Site")
    }

    /// Adds the way out that the page offers first: a path of this site and what the link says.
    #[must_use]
    pub fn leading_to(mut self, path: &str, label: &'static str) -> Self {
        self.0.way_out = Some((crate::safe_next(path).to_owned(), label));
        self
    }

    /// The way out that the page offers first.
    pub(crate) fn way_out(&self) -> Option<(&str, &'static str)> {
        self.0.way_out.as_ref().map(|(path, label)| (path.as_str(), *label))
    }

    /// Adds the cause, for the log alone.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What happened and what to do, in Chinese.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// Where the input is wrong.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Short Chinese name of the kind of problem; it depends on the status alone.
    #[must_use]
    pub fn title(&self) -> &'static str {
        title(self.0.status)
    }

    /// The cause and its sources, joined for one log line.
    pub(crate) fn causes(&self) -> Option<String> {
        let first = self.0.cause.as_deref()?;
        let mut text = first.to_string();
        let mut next = first.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Some(text)
    }

    /// The answer for programs.
    pub(crate) fn to_json(&self, instance: Option<&str>) -> Response {
        let body = ProblemBody {
            r#type: format!("urn:tongban:problem:{}", self.0.code),
            title: self.title(),
            status: self.0.status.as_u16(),
            detail: &self.0.detail,
            code: &self.0.code,
            instance,
            errors: &self.0.faults,
        };
        let mut response = (self.0.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.0.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        self.common_headers(&mut response);
        response
    }

    /// Headers that programs and people get alike.
    pub(crate) fn common_headers(&self, response: &mut Response) {
        let headers = response.headers_mut();
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        match self.0.retry_after_s {
            Some(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
            }
            None if self.0.status == StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            None => {}
        }
    }
}

const fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "请求无法读取",
        StatusCode::UNAUTHORIZED => "请先登录",
        StatusCode::FORBIDDEN => "没有权限",
        StatusCode::NOT_FOUND => "没有找到",
        StatusCode::METHOD_NOT_ALLOWED => "不支持这种操作",
        StatusCode::CONFLICT => "现在不能这样办理",
        StatusCode::PRECONDITION_FAILED => "内容已经变化",
        StatusCode::PAYLOAD_TOO_LARGE => "内容过大",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "不支持的格式",
        StatusCode::UNPROCESSABLE_ENTITY => "填写有误",
        StatusCode::PRECONDITION_REQUIRED => "缺少版本标识",
        StatusCode::TOO_MANY_REQUESTS => "操作过于频繁",
        StatusCode::SERVICE_UNAVAILABLE => "暂时不可用",
        _ => "系统出错",
    }
}

const fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl<E: Failure> From<E> for Problem {
    fn from(failure: E) -> Self {
        let status = status_of(failure.kind());
        let code = failure.code();
        let detail = if failure.kind() == Kind::Internal { OUR_FAULT.to_owned() } else { failure.advice() };
        let mut problem = Self::new(status, code, detail);
        problem.0.faults = failure.faults();
        problem.0.retry_after_s = failure.retry_after_s();
        problem.because(failure)
    }
}

impl IntoResponse for Problem {
    /// As JSON; the site's outermost layer makes a page of it where people ask, and adds the request's number.
    fn into_response(self) -> Response {
        let mut response = self.to_json(None);
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Disk;

    #[derive(Debug, thiserror::Error)]
    enum CaseError {
        #[error("storage failed")]
        Storage(#[source] Disk),
        #[error("the form is wrong")]
        Form,
    }

    impl Failure for CaseError {
        fn kind(&self) -> Kind {
            match self {
                Self::Storage(_) => Kind::Internal,
                Self::Form => Kind::Invalid,
            }
        }
        fn code(&self) -> &'static str {
            "cases.test"
        }
        fn advice(&self) -> String {
            "请改正手机号码。".to_owned()
        }
        fn faults(&self) -> Vec<Fault> {
            vec![Fault::new("/form/phone", "phone", "手机号码应为 11 位数字。")]
        }
    }

    #[test]
    fn an_inner_cause_stays_in_the_log() {
        let problem = Problem::from(CaseError::Storage(Disk));
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(problem.causes().as_deref(), Some("storage failed: the disk is full"));
        assert!(!problem.detail().contains("disk"));
        assert_eq!(problem.code(), "cases.test");
    }

    #[test]
    fn faults_point_into_the_body() {
        let problem = Problem::from(CaseError::Form);
        assert_eq!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem.faults()[0].pointer, "/form/phone");
        assert_eq!(problem.detail(), "请改正手机号码。");
        let response = problem.into_response();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}
