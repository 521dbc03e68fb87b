//! Who may call a route, and the list of all routes as data.

use std::{fmt::Write as _, time::Duration};

use axum::http::Method;
use kernel::{Act, Actor, Role};

/// Who may call a route. There is no default: a route cannot be declared without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, signed in or not.
    Public,
    /// Everybody who is signed in.
    SignedIn,
    /// Whoever is signed in and holds one of these roles.
    Roles(&'static [Role]),
}

/// What an access rule says of one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Allowed,
    SignInFirst,
    Forbidden,
}

impl Access {
    /// Decides whether `act` may call.
    pub(crate) fn decide(self, act: &Act) -> Verdict {
        let stranger = matches!(act.actor, Actor::Stranger);
        match self {
            Self::Public => Verdict::Allowed,
            Self::SignedIn | Self::Roles(_) if stranger => Verdict::SignInFirst,
            Self::SignedIn => Verdict::Allowed,
            Self::Roles(roles) if roles.iter().any(|role| act.is(*role)) => Verdict::Allowed,
            Self::Roles(_) => Verdict::Forbidden,
        }
    }

    /// Whether somebody who holds `role` alone may call.
    #[must_use]
    pub fn admits(self, role: Role) -> bool {
        match self {
            Self::Public | Self::SignedIn => true,
            Self::Roles(roles) => roles.contains(&role),
        }
    }

    /// One word for lists: `public`, `signed-in` or the roles.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::SignedIn => "signed-in".to_owned(),
            Self::Roles(roles) => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
        }
    }
}

/// One route: what is called, by whom, and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteInfo {
    /// Method. A route for `GET` answers `HEAD` too.
    pub method: Method,
    /// Path with its parameters in braces, such as `/items/{slug}`.
    pub path: String,
    /// Who may call.
    pub access: Access,
    /// Largest request body, bytes.
    pub body_limit_bytes: usize,
    /// Longest time the answer may take to begin.
    pub time_limit: Duration,
    /// Serves the machine and not a caller (health, assets): nobody is looked up and the log line is at debug level.
    pub quiet: bool,
}

impl RouteInfo {
    /// Whether programs call it: they get problems as JSON and sign in by bearer token.
    #[must_use]
    pub fn is_api(&self) -> bool {
        is_api(&self.path)
    }
}

/// Whether a path belongs to programs rather than people.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// The table role × route as text, one line per route, for snapshot tests: `x` where the role may call.
#[must_use]
pub fn matrix(routes: &[RouteInfo]) -> String {
    let mut sorted: Vec<&RouteInfo> = routes.iter().collect();
    sorted.sort_by(|a, b| (&a.path, a.method.as_str()).cmp(&(&b.path, b.method.as_str())));
    let width = sorted.iter().map(|route| route.path.len()).max().unwrap_or(0);
    let mut text = format!("{:7}{:width$} stranger", "", "");
    for role in Role::ALL {
        let _ = write!(text, " {role}");
    }
    text.push('\n');
    for route in sorted {
        let mark = |yes: bool| if yes { "x" } else { "." };
        let stranger = mark(route.access == Access::Public);
        let _ = write!(text, "{:7}{:width$} {stranger:8}", route.method.as_str(), route.path);
        for role in Role::ALL {
            let name = role.as_str();
            let _ = write!(text, " {:len$}", mark(route.access.admits(*role)), len = name.len());
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
