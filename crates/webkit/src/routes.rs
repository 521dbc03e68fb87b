//! Routes as data: each with its method, its path and who may call, beside the handler and its description.

use std::{collections::BTreeMap, fmt, time::Duration};

use axum::{http::Method, routing::MethodRouter};
use utoipa::openapi::{
    PathItem, RefOr,
    path::{Operation, Paths},
    schema::Schema,
};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{Access, RouteInfo, access::matrix};

/// Largest body of a route that does not say otherwise: 1 MiB.
const BODY_LIMIT_BYTES: usize = 1 << 20;
/// Longest time to the beginning of an answer, for a route that does not say otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same for uploads, which last as long as the caller's line is slow.
const UPLOAD_TIME_LIMIT: Duration = Duration::from_secs(600);

/// Routes ready to be merged with those of other slices.
#[derive(Default)]
pub struct Routes {
    list: Vec<RouteInfo>,
    entries: Vec<Entry>,
    schemas: Vec<(String, RefOr<Schema>)>,
    documented: Paths,
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) router: MethodRouter<()>,
}

/// Routes of one slice while they are being declared; `S` is the slice's state.
#[derive(Debug)]
pub struct RoutesOf<S> {
    state: S,
    routes: Routes,
}

/// What is wrong with the routes of the whole site; it does not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the routes contradict each other: {}", .0.join("; "))]
pub struct RouteFaults(pub Vec<String>);

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list.iter().map(|route| format!("{} {}", route.method, route.path))).finish()
    }
}

impl Routes {
    /// Begins to declare the routes of a slice with its state.
    #[expect(clippy::new_ret_no_self, reason = "the builder needs the slice's state, the finished list does not")]
    pub fn new<S: Clone + Send + Sync + 'static>(state: S) -> RoutesOf<S> {
        RoutesOf { state, routes: Self::default() }
    }

    /// These routes and `other`'s. Contradictions show when the site is made.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.entries.extend(other.entries);
        self.schemas.extend(other.schemas);
        merge_paths(&mut self.documented, other.documented);
        self
    }

    /// All routes, in the order they were declared.
    #[must_use]
    pub fn list(&self) -> &[RouteInfo] {
        &self.list
    }

    /// The table role × route, for a snapshot test.
    #[must_use]
    pub fn matrix(&self) -> String {
        matrix(&self.list)
    }

    pub(crate) fn documented(&self) -> (&Paths, &[(String, RefOr<Schema>)]) {
        (&self.documented, &self.schemas)
    }

    /// Finds what would make the router stop: the same method and path twice, or paths that differ only in the names
    /// of their parameters.
    pub(crate) fn check(&self) -> Result<(), RouteFaults> {
        let mut faults = Vec::new();
        let mut seen: BTreeMap<(String, &str), ()> = BTreeMap::new();
        let mut shapes: BTreeMap<String, &str> = BTreeMap::new();
        for route in &self.list {
            if seen.insert((route.path.clone(), route.method.as_str()), ()).is_some() {
                faults.push(format!("{} {} is declared twice", route.method, route.path));
            }
            if !route.path.starts_with('/') {
                faults.push(format!("{} does not begin with /", route.path));
            }
            match shapes.insert(shape(&route.path), &route.path) {
                Some(other) if other != route.path => {
                    faults.push(format!("{} and {other} are the same path", route.path))
                }
                _ => {}
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(RouteFaults(faults)) }
    }

    pub(crate) fn into_parts(self) -> (Vec<RouteInfo>, Vec<Entry>) {
        (self.list, self.entries)
    }
}

impl<S: Clone + Send + Sync + 'static> RoutesOf<S> {
    /// Declares routes for programs: `.api(Access::SignedIn, routes!(show))`. Method, path and description come from
    /// the handler's `#[utoipa::path]`.
    #[must_use]
    pub fn api(self, access: Access, handlers: UtoipaMethodRouter<S>) -> Self {
        self.documented(access, handlers, BODY_LIMIT_BYTES, TIME_LIMIT)
    }

    /// Like [`RoutesOf::api`] for uploads: bodies up to `body_limit_bytes`, and ten minutes to send them.
    #[must_use]
    pub fn upload(self, access: Access, body_limit_bytes: usize, handlers: UtoipaMethodRouter<S>) -> Self {
        self.documented(access, handlers, body_limit_bytes, UPLOAD_TIME_LIMIT)
    }

    /// Declares a page: `.page(Access::Public, Method::GET, "/items/{slug}", get(show))`.
    #[must_use]
    pub fn page(mut self, access: Access, method: Method, path: &str, handler: MethodRouter<S>) -> Self {
        self.push(access, method, path, BODY_LIMIT_BYTES, TIME_LIMIT, false);
        self.route(path, handler)
    }

    /// Like [`RoutesOf::page`] for uploads (`multipart/form-data`): bodies up to `body_limit_bytes`, and ten minutes to
    /// send them.
    #[must_use]
    pub fn page_upload(
        mut self,
        access: Access,
        method: Method,
        path: &str,
        body_limit_bytes: usize,
        handler: MethodRouter<S>,
    ) -> Self {
        self.push(access, method, path, body_limit_bytes, UPLOAD_TIME_LIMIT, false);
        self.route(path, handler)
    }

    /// Declares a route of the machine's own: nobody is looked up for it and it is logged at debug level.
    #[must_use]
    pub(crate) fn quiet(mut self, path: &str, handler: MethodRouter<S>) -> Self {
        self.push(Access::Public, Method::GET, path, 0, TIME_LIMIT, true);
        self.route(path, handler)
    }

    /// The finished list.
    #[must_use]
    pub fn done(self) -> Routes {
        self.routes
    }

    fn documented(mut self, access: Access, handlers: UtoipaMethodRouter<S>, body: usize, time: Duration) -> Self {
        let (schemas, paths, router) = handlers;
        for (path, item) in &paths.paths {
            for method in methods(item) {
                self.push(access, method, path, body, time, false);
            }
        }
        let paths_of_router: Vec<String> = paths.paths.keys().cloned().collect();
        merge_paths(&mut self.routes.documented, paths);
        self.routes.schemas.extend(schemas);
        for path in paths_of_router {
            self = self.route(&path, router.clone());
        }
        self
    }

    fn push(&mut self, access: Access, method: Method, path: &str, body: usize, time: Duration, quiet: bool) {
        self.routes.list.push(RouteInfo {
            method,
            path: path.to_owned(),
            access,
            body_limit_bytes: body,
            time_limit: time,
            quiet,
        });
    }

    fn route(mut self, path: &str, router: MethodRouter<S>) -> Self {
        let router = router.with_state(self.state.clone());
        self.routes.entries.push(Entry { path: path.to_owned(), router });
        self
    }
}

/// The methods an OpenAPI path item has operations for.
fn methods(item: &PathItem) -> Vec<Method> {
    let all: [(Method, &Option<Operation>); 7] = [
        (Method::GET, &item.get),
        (Method::PUT, &item.put),
        (Method::POST, &item.post),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
        (Method::HEAD, &item.head),
        (Method::OPTIONS, &item.options),
    ];
    all.into_iter().filter(|(_, operation)| operation.is_some()).map(|(method, _)| method).collect()
}

fn merge_paths(into: &mut Paths, from: Paths) {
    for (path, item) in from.paths {
        match into.paths.get_mut(&path) {
            Some(there) => there.merge_operations(item),
            None => {
                into.paths.insert(path, item);
            }
        }
    }
}

/// The path with its parameters' names taken out.
fn shape(path: &str) -> String {
    path.split('/')
        .map(|part| match part.strip_prefix('{') {
            Some(rest) if rest.starts_with('*') => "{*}",
            Some(_) => "{}",
            None => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}
