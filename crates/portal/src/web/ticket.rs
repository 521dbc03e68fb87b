//! The cookie that holds the ticket of a step under way, and what handlers of such steps share.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use identity::{FlowView, IdentityError, NewSession, Purpose};
use kernel::{Date, Failure, Kind, identifiers::normalise};
use webkit::{Answer, Look, Markup, SessionCookie, see_other};

use crate::{Portal, pages::step::Errors};

/// How long the browser keeps the ticket, seconds; the platform forgets the step no later.
const KEPT_S: i64 = 1800;

/// The cookie of the ticket, beside the session's.
pub(super) const fn cookie_of(session: SessionCookie) -> SessionCookie {
    session.beside("step")
}

/// The ticket of the step under way, if it is one for this purpose, with where it stands.
pub(super) async fn under_way(
    portal: &Portal,
    look: &Look,
    session: SessionCookie,
    headers: &HeaderMap,
    purpose: Purpose,
) -> Answer<Option<(String, FlowView)>> {
    let Some(ticket) = cookie_of(session).read(headers) else { return Ok(None) };
    let flow = portal.identity.flow(ticket, look.act.at).await?;
    Ok(flow.filter(|flow| flow.purpose == purpose).map(|flow| (ticket.to_owned(), flow)))
}

/// Leads on to the next page of a step that was just begun.
pub(super) fn begun(path: &str, session: SessionCookie, ticket: &str) -> Response {
    let mut response = see_other(path);
    response.headers_mut().append(header::SET_COOKIE, cookie_of(session).keep(ticket, KEPT_S));
    response
}

/// Leads on signed in. Whoever signs in anew leaves the session he came with.
pub(super) async fn entered(
    portal: &Portal,
    look: &Look,
    session: SessionCookie,
    headers: &HeaderMap,
    new: &NewSession,
    next: &str,
) -> Answer<Response> {
    if let Some(before) = session.read(headers) {
        portal.identity.sign_out(&look.act, before).await?;
    }
    let seconds = (new.expires_at.as_millisecond() - look.act.at.as_millisecond()) / 1000;
    let mut response = see_other(next);
    response.headers_mut().append(header::SET_COOKIE, session.keep(&new.token, seconds.max(0)));
    response.headers_mut().append(header::SET_COOKIE, cookie_of(session).forget());
    Ok(response)
}

/// The program a request was made with, as it calls itself.
pub(super) fn agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())
}

/// How a page that comes once more is answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    status: StatusCode,
    /// Seconds after which it may be tried again.
    retry_after_s: Option<i64>,
}

/// What was typed is wrong.
pub(super) const WRONG: Refusal = Refusal { status: StatusCode::UNPROCESSABLE_ENTITY, retry_after_s: None };

/// What went wrong, told at its fields: `fields` are the names of the page's fields, the first of them takes what
/// belongs to none. Errors that are nobody's input go on as problems.
pub(super) fn told(error: IdentityError, fields: &[&'static str]) -> Answer<(Refusal, Errors)> {
    let first = fields.first().copied().unwrap_or("main");
    let status = match error.kind() {
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Invalid | Kind::Conflict | Kind::Unauthenticated => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unavailable if matches!(error, IdentityError::NoSender) => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Forbidden if matches!(error, IdentityError::LevelTooLow) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => return Err(error.into()),
    };
    let status = Refusal { status, retry_after_s: error.retry_after_s() };
    let faults = error.faults();
    if faults.is_empty() {
        return Ok((status, vec![(first, error.advice())]));
    }
    let at = |pointer: &str| fields.iter().copied().find(|field| pointer.trim_start_matches('/') == *field);
    Ok((status, faults.into_iter().map(|fault| (at(&fault.pointer).unwrap_or(first), fault.detail)).collect()))
}

/// A day as people type it: 1990-03-07, 1990/3/7, 1990.3.7, 1990年3月7日, 19900307.
pub(super) fn day(text: &str) -> Option<Date> {
    let text = normalise(text);
    let parts: Vec<&str> = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        vec![text.get(..4)?, text.get(4..6)?, text.get(6..)?]
    } else {
        text.split(['-', '/', '.', '年', '月', '日']).filter(|part| !part.is_empty()).collect()
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let year: i16 = year.parse().ok().filter(|year| (1000..=9999).contains(year))?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The page once more.
pub(super) fn again(refusal: Refusal, page: Markup) -> Response {
    let mut response = (refusal.status, page).into_response();
    if let Some(seconds) = refusal.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_type_it() {
        let birth: Date = "1990-03-07".parse().unwrap();
        for typed in ["1990-03-07", "1990/3/7", "1990.3.7", "1990年3月7日", "19900307", " １９９０-３-７ "] {
            assert_eq!(day(typed), Some(birth), "{typed}");
        }
        for wrong in ["", "1990", "7-3-1990", "1990-13-01", "1990-02-30", "昨天", "1990-03-07-08"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
