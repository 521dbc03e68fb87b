//! The site: all routes behind one guard, with everything that holds for each request.

mod edge;
mod guard;

use std::{collections::HashMap, fmt, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, Request},
    http::Method,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
pub use futures_util::future::BoxFuture;
use kernel::{Act, Clock, Timestamp};
use tower_http::{CompressionLevel, compression::CompressionLayer, csrf::CsrfLayer};

use crate::{
    Access, Answer, NavLink, Problem, RouteFaults, RouteInfo, Routes, SessionCookie, docs,
    ui::{
        self,
        settings_page::{self, SETTINGS_PATH},
    },
};

/// Tells who stands behind a token. Made by `identity`.
pub trait Authenticator: Send + Sync + 'static {
    /// Who calls with `token` at `at` from `address`; none when the token is unknown, ended or expired.
    fn act<'a>(&'a self, token: &'a str, at: Timestamp, address: Option<&'a str>)
    -> BoxFuture<'a, Answer<Option<Act>>>;
}

/// Tells whether the platform can do its work: an English reason when it cannot.
pub type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;
/// Gives the text of `/metrics`.
pub type MetricsText = Arc<dyn Fn() -> String + Send + Sync>;

/// Gives the main navigation of whoever looks: at most six links with short names, the counts as they are now. It never
/// fails: where a count cannot be told it is left out.
pub type Navigation = Arc<dyn Fn(Act) -> BoxFuture<'static, Vec<NavLink>> + Send + Sync>;

/// How the site appears and what it trusts.
#[derive(Clone)]
pub struct SiteConfig {
    /// Every page says 演示环境.
    pub demo: bool,
    /// The site is reached over TLS: the session cookie is `Secure` and `__Host-`, and HSTS is sent.
    pub secure_cookies: bool,
    /// A proxy in front adds the caller's address as the last entry of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Where everybody reaches the site, such as `https://zwfw.example`, without a slash at its end: written into codes on
    /// paper. Empty: as each caller reached it.
    pub public_url: String,
    /// The main navigation, by who looks: the one list of it.
    pub navigation: Navigation,
    /// Asked by `/readyz`.
    pub ready: Ready,
    /// Asked by `/metrics`.
    pub metrics: MetricsText,
}

impl Default for SiteConfig {
    /// A plain site without a proxy, always ready, with no navigation and no metrics.
    fn default() -> Self {
        Self {
            demo: false,
            secure_cookies: false,
            behind_proxy: false,
            public_url: String::new(),
            navigation: Arc::new(|_| Box::pin(async { Vec::new() })),
            ready: Arc::new(|| Box::pin(async { Ok(()) })),
            metrics: Arc::new(String::new),
        }
    }
}

impl fmt::Debug for SiteConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteConfig")
            .field("demo", &self.demo)
            .field("secure_cookies", &self.secure_cookies)
            .field("behind_proxy", &self.behind_proxy)
            .finish_non_exhaustive()
    }
}

/// What handlers of pages may know of the site.
pub(crate) struct Manner {
    pub(crate) demo: bool,
    pub(crate) cookie: SessionCookie,
    pub(crate) behind_proxy: bool,
    pub(crate) secure: bool,
    pub(crate) public_url: String,
    pub(crate) navigation: Navigation,
}

/// What the layers share.
pub(crate) struct Shared {
    pub(crate) manner: Arc<Manner>,
    pub(crate) routes: HashMap<String, Vec<RouteInfo>>,
    pub(crate) authenticator: Arc<dyn Authenticator>,
    pub(crate) clock: Clock,
}

/// Makes one service of all routes.
#[derive(Debug)]
pub struct Site;

impl Site {
    /// The whole site. `routes` get the site's own beside them: `/healthz`, `/readyz`, `/metrics`, the style
    /// sheet and the script, `/settings`, `/design`, `/api/v1/openapi.json` and `/api/docs`.
    ///
    /// Errors: [`RouteFaults`] when a route is declared twice.
    #[expect(clippy::new_ret_no_self, reason = "a site is an axum router, this is where it is made")]
    pub fn new(
        routes: Routes,
        authenticator: Arc<dyn Authenticator>,
        clock: Clock,
        config: SiteConfig,
    ) -> Result<Router, RouteFaults> {
        let documentation = docs::openapi(&routes);
        let routes = routes.merge(own(&config)).merge(docs::routes(documentation));
        routes.check()?;
        let (list, entries) = routes.into_parts();
        let mut by_path: HashMap<String, Vec<RouteInfo>> = HashMap::new();
        for route in list {
            by_path.entry(route.path.clone()).or_default().push(route);
        }
        let manner = Arc::new(Manner {
            demo: config.demo,
            cookie: SessionCookie::new(config.secure_cookies),
            behind_proxy: config.behind_proxy,
            secure: config.secure_cookies,
            public_url: config.public_url.trim_end_matches('/').to_owned(),
            navigation: Arc::clone(&config.navigation),
        });
        let shared = Arc::new(Shared { manner, routes: by_path, authenticator, clock });
        let router = entries.into_iter().fold(Router::new(), |router, entry| router.route(&entry.path, entry.router));
        let csrf = CsrfLayer::new().with_rejection_response(|_| -> Response<Body> { cross_site().into_response() });
        Ok(router
            .fallback(|| async { Problem::not_found() })
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn_with_state(Arc::clone(&shared), guard::guard))
            .layer(csrf)
            .layer(from_fn_with_state(shared, edge::edge))
            // A page is packed anew for each reader: quickly rather than as small as can be.
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(from_fn(edge::head_without_body)))
    }
}

fn cross_site() -> Problem {
    let detail = "这个请求来自其他网站，为了您的账户安全没有执行。请回到本站页面重新提交。";
    Problem::new(axum::http::StatusCode::FORBIDDEN, "request.cross-site", detail)
}

/// The site's own routes.
fn own(config: &SiteConfig) -> Routes {
    let (ready, metrics) = (Arc::clone(&config.ready), Arc::clone(&config.metrics));
    let ready = move || {
        let ready = Arc::clone(&ready);
        async move {
            match ready().await {
                Ok(()) => "ready\n".into_response(),
                Err(reason) => {
                    tracing::warn!(reason, "the platform is not ready");
                    (axum::http::StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
                }
            }
        }
    };
    let metrics = move || {
        let text = metrics();
        async move { ([("content-type", "text/plain; version=0.0.4; charset=utf-8")], text) }
    };
    Routes::new(())
        .quiet("/healthz", get(|| async { "alive\n" }))
        .quiet("/readyz", get(ready))
        .quiet("/metrics", get(metrics))
        .quiet(ui::assets::STYLE_PATH, get(ui::assets::style))
        .quiet(ui::assets::SCRIPT_PATH, get(ui::assets::script))
        .quiet("/favicon.ico", get(ui::assets::icon))
        .quiet("/assets/icon.svg", get(ui::assets::icon))
        .page(Access::Public, Method::GET, SETTINGS_PATH, get(settings_page::show))
        .page(Access::Public, Method::POST, SETTINGS_PATH, post(settings_page::keep))
        .page(Access::Public, Method::GET, "/design", get(ui::design::show))
        .done()
}

/// The address the request came from, as far as it can be known.
pub(crate) fn address(request: &Request, manner: &Manner) -> Option<String> {
    if manner.behind_proxy {
        let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        return forwarded
            .rsplit(',')
            .next()
            .and_then(|last| last.trim().parse::<std::net::IpAddr>().ok())
            .map(|ip| ip.to_string());
    }
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(behind_proxy: bool, forwarded: Option<&str>) -> Option<String> {
        let navigation = SiteConfig::default().navigation;
        let manner = Manner {
            demo: false,
            cookie: SessionCookie::new(false),
            behind_proxy,
            secure: false,
            public_url: String::new(),
            navigation,
        };
        let mut request = Request::builder().uri("/");
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let mut request = request.body(Body::empty()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 9], 4321))));
        address(&request, &manner)
    }

    #[test]
    fn the_address_is_the_peers_or_what_the_proxy_in_front_added() {
        assert_eq!(from(false, None).as_deref(), Some("10.0.0.9"));
        assert_eq!(from(false, Some("1.2.3.4")).as_deref(), Some("10.0.0.9"), "anybody can write that header");
        assert_eq!(from(true, Some("6.6.6.6, 1.2.3.4")).as_deref(), Some("1.2.3.4"));
        assert_eq!(from(true, Some("nonsense")), None);
        assert_eq!(from(true, None), None);
    }
}
