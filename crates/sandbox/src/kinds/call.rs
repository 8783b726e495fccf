//! One call of a vendor's JSON API: body, key, fault, work, answer, log line. The same for every vendor.

use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::Value;

use crate::faults::carry;
use crate::faults::effect::{Effect, Reply};
use crate::faults::grammar::Step;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::shared::{Share, Shared};
use crate::storage::receive::{End, receive};

/// The longest body that a call may have; the vendors' own are a few kilobytes.
const LONGEST_BODY: u64 = 1024 * 1024;
/// What `json-huge` sends: a gigabyte, in blocks of a mebibyte.
const HUGE_BLOCKS: usize = 1024;

/// A refusal of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct No {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl No {
    /// A refusal with its code and sentence.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// What the work tells the log.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    pub(crate) session: Option<String>,
    pub(crate) object: Option<String>,
    pub(crate) discarded: bool,
}

/// How a vendor speaks. Everything around it is the same for all.
pub(crate) trait Vendor: Send + Sync + 'static {
    /// Its name in the first line and the log.
    fn kind(&self) -> &'static str;
    /// Judges the request's key.
    fn admit(&self, shared: &Shared, head: &Parts) -> Result<(), No>;
    /// Which session a body is about, if it says so.
    fn session(&self, body: &[u8]) -> Option<String>;
    /// Does the step. May block.
    fn work(&self, shared: &Shared, step: Step, call: &Call, noted: &mut Noted) -> Result<Value, No>;
    /// A refusal in its words.
    fn refusal(&self, no: &No) -> Value;
    /// Its reply, made wrong as asked.
    fn spoil(&self, reply: Value, step: Step, how: Reply) -> Value;
}

/// What the work gets.
pub(crate) struct Call {
    pub(crate) body: Vec<u8>,
    pub(crate) effect: Option<Effect>,
}

/// Runs one call from its head to its answer.
pub(crate) async fn call(
    vendor: Arc<dyn Vendor>,
    shared: Share,
    step: Step,
    request: Request<Body>,
) -> Response<Body> {
    let (head, mut body) = request.into_parts();
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let mut entry = shared.log.entry(step.name(), vendor.kind());
    let length = match judge(&*vendor, &shared, &head) {
        Ok(length) => length,
        Err(no) => return refuse(&*vendor, &no, &line, &mut entry),
    };
    // The body comes before the fault is drawn, since a fault can be meant for one session.
    let mut read = Vec::new();
    let end = receive(&mut body, length, None, &line, |data| {
        read.extend_from_slice(data);
        read.len() as u64 <= LONGEST_BODY
    })
    .await;
    entry.bytes = read.len() as u64;
    match end {
        End::Whole => {}
        End::Refused => {
            let no = No::new(413, "payload_too_large", "The body is longer than a mebibyte");
            return refuse(&*vendor, &no, &line, &mut entry);
        }
        _ => return carry::hang_up(),
    }
    entry.session = vendor.session(&read);
    let strike = shared.faults.draw(step, entry.session.as_deref(), None);
    entry.fault = strike.map(|strike| strike.name);
    let effect = strike.map(|strike| strike.effect);
    if let Some(response) = before_work(&*vendor, &shared, (step, &head), effect, &line, &mut entry).await {
        return response;
    }
    let said = work(vendor.clone(), shared.clone(), step, Call { body: read, effect }, &mut entry).await;
    after_work(&*vendor, &shared, step, said, effect, &line, &mut entry).await
}

/// What can be said from the head alone: the key, the type, the length.
fn judge(vendor: &dyn Vendor, shared: &Shared, head: &Parts) -> Result<u64, No> {
    vendor.admit(shared, head)?;
    if let Some(query) = head.uri.query() {
        return Err(No::new(422, "unknown_query", format!("This call takes no query, and got {query:?}")));
    }
    let json = head.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if !json.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json") {
        return Err(No::new(415, "unsupported_media_type", "Content-Type must be application/json"));
    }
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    length.ok_or_else(|| No::new(411, "length_required", "A Content-Length is needed"))
}

async fn before_work(
    vendor: &dyn Vendor,
    shared: &Shared,
    (step, head): (Step, &Parts),
    effect: Option<Effect>,
    line: &Line,
    entry: &mut Entry,
) -> Option<Response<Body>> {
    let response = match effect? {
        Effect::Refuse(answer) => {
            let mut response =
                refuse(vendor, &No::new(answer.status, answer.code, answer.message), line, entry);
            carry::retry_after(&mut response, answer, shared);
            return Some(response);
        }
        Effect::ResetBeforeHeaders | Effect::ResetMidBody => {
            line.arm_reset();
            return Some(carry::hang_up());
        }
        Effect::Stall => {
            entry.write();
            std::future::pending().await
        }
        Effect::HalfClose => {
            line.half_close();
            return Some(carry::hang_up());
        }
        Effect::Redirect(redirect) => carry::redirect(redirect, head, shared),
        Effect::Reply(Reply::Html) => carry::portal(),
        // Refused in truth, whatever the status says: nothing is done.
        Effect::Reply(Reply::ErrorWith200) => {
            let reply = vendor.spoil(Value::Null, step, Reply::ErrorWith200);
            json(200, Body::from(reply.to_string()))
        }
        _ => return None,
    };
    entry.status = Some(response.status().as_u16());
    Some(response)
}

async fn work(
    vendor: Arc<dyn Vendor>,
    shared: Share,
    step: Step,
    call: Call,
    entry: &mut Entry,
) -> Result<Value, No> {
    let done = tokio::task::spawn_blocking(move || {
        let mut noted = Noted::default();
        let said = vendor.work(&shared, step, &call, &mut noted);
        (said, noted)
    })
    .await;
    let Ok((said, noted)) = done else {
        return Err(No::new(500, "internal_error", "The sandbox broke at this call"));
    };
    if noted.session.is_some() {
        entry.session = noted.session;
    }
    entry.object = noted.object;
    entry.discarded = noted.discarded;
    said
}

async fn after_work(
    vendor: &dyn Vendor,
    shared: &Shared,
    step: Step,
    said: Result<Value, No>,
    effect: Option<Effect>,
    line: &Line,
    entry: &mut Entry,
) -> Response<Body> {
    let reply = match said {
        Ok(reply) => reply,
        Err(no) => return refuse(vendor, &no, line, entry),
    };
    match effect {
        Some(Effect::ResetAfterSuccess) => {
            line.arm_reset();
            return carry::hang_up();
        }
        Some(Effect::RefuseAfterSuccess(answer)) => {
            return refuse(vendor, &No::new(answer.status, answer.code, answer.message), line, entry);
        }
        Some(Effect::Slow) => tokio::time::sleep(shared.slow).await,
        _ => {}
    }
    entry.status = Some(200);
    match effect {
        Some(Effect::Reply(Reply::Huge)) => huge(),
        Some(Effect::Reply(Reply::Cut)) => {
            let text = reply.to_string();
            let half = text.floor_char_boundary(text.len() / 2);
            json(200, Body::from(text[..half].to_owned()))
        }
        Some(Effect::Reply(how)) => json(200, Body::from(vendor.spoil(reply, step, how).to_string())),
        _ => json(200, Body::from(reply.to_string())),
    }
}

fn refuse(vendor: &dyn Vendor, no: &No, line: &Line, entry: &mut Entry) -> Response<Body> {
    line.drain_on_close();
    entry.status = Some(no.status);
    entry.note = Some(no.code.to_owned());
    let mut response = json(no.status, Body::from(vendor.refusal(no).to_string()));
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A JSON response.
pub(crate) fn json(status: u16, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A gigabyte that begins like a reply and is never wrong until its end.
fn huge() -> Response<Body> {
    let block = Bytes::from(vec![b'a'; 1024 * 1024]);
    let begin =
        Bytes::from_static(b"{\"success\":true,\"session_id\":\"huge\",\"part_size\":1,\"parts\":[\"");
    let all = std::iter::once(begin)
        .chain(std::iter::repeat_n(block, HUGE_BLOCKS))
        .chain(std::iter::once(Bytes::from_static(b"\"]}")));
    json(200, Body::from_stream(stream::iter(all.map(Ok::<_, std::convert::Infallible>))))
}
