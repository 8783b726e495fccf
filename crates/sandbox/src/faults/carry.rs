//! Carries out what vendors' calls and parts have in common: refusals, redirects, hanging up.

use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use jiff::SignedDuration;

use super::effect::{Answer, InFront, More, Redirect};
use crate::clock::{http_date, iso_seconds};
use crate::front::Front;
use crate::net::serve::HangUp;
use crate::storage::refusal::Refusal;

/// The wait in `Retry-After`, seconds: short, so that tests need not wait.
const RETRY_AFTER: i64 = 1;
/// The wait as a date, which has whole seconds only: two, so that it is in the future.
const RETRY_AFTER_DATE: i64 = 2;

/// A page such as a hotel's network puts in front of everything.
pub(crate) const PORTAL: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Welcome</h1><p>Please sign in to use this network.</p></body></html>\n";

/// Ends the connection without an answer.
pub(crate) fn hang_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(HangUp);
    response
}

/// The portal's page, with 200.
pub(crate) fn portal() -> Response<Body> {
    let mut response = Response::new(Body::from(PORTAL));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// The answer of something in front of the server.
pub(crate) fn in_front(answer: InFront) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::FORBIDDEN);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.mime));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A refusal in the storage's form.
pub(crate) fn refusal(answer: Answer, front: &Front) -> Refusal {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refusal = Refusal::new(status, answer.code, answer.message);
    match answer.more {
        More::Expired => {
            let now = front.clock.now();
            let ended = now.checked_sub(SignedDuration::from_secs(1)).unwrap_or(now);
            refusal.with("Expires", iso_seconds(ended)).with("ServerTime", iso_seconds(now))
        }
        More::Headers => refusal.with("HeadersNotSigned", "x-amz-acl"),
        More::Nothing | More::RetryAfterSeconds | More::RetryAfterDate => refusal,
    }
}

/// Adds `Retry-After`, if the refusal has one.
pub(crate) fn retry_after(response: &mut Response<Body>, answer: Answer, front: &Front) {
    let value = match answer.more {
        More::RetryAfterSeconds => RETRY_AFTER.to_string(),
        More::RetryAfterDate => {
            let now = front.clock.now();
            http_date(now.checked_add(SignedDuration::from_secs(RETRY_AFTER_DATE)).unwrap_or(now))
        }
        More::Nothing | More::Expired | More::Headers => return,
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

/// 302 to the portal's own page, as from a network that wants a sign-in first.
fn portal_redirect(front: &Front) -> Response<Body> {
    let mut response = portal();
    *response.status_mut() = StatusCode::FOUND;
    let place = format!("{}/elsewhere/sign-in", front.origin.replace("127.0.0.1", "localhost"));
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::from_str(&place) {
        headers.insert(header::LOCATION, place);
    }
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// 307, which asks to repeat the request elsewhere: method, body and all.
pub(crate) fn redirect(redirect: Redirect, request: &http::request::Parts, front: &Front) -> Response<Body> {
    let own = request.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let place = match redirect {
        Redirect::Loop => own.to_owned(),
        Redirect::SameHost => format!("{}/elsewhere{own}", front.origin),
        Redirect::Portal => return portal_redirect(front),
        // The same server under another name: to a client this is another host, and the log shows what it
        // sent there.
        Redirect::OtherHost => format!("{}/elsewhere{own}", front.origin.replace("127.0.0.1", "localhost")),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    if let Ok(place) = HeaderValue::from_str(&place) {
        headers.insert(header::LOCATION, place);
    }
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
