//! One call of a vendor's API: key, body, fault, work, answer, log line. The same for every vendor.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::routing::{MethodFilter, MethodRouter};
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};

use super::fields::Wrong;
use super::json;
use super::said::{self, Said};
use super::vendor::{Call, Carries, No, Noted, Vendor};
use crate::faults::carry;
use crate::faults::draw::Met;
use crate::faults::effect::{Effect, Reply};
use crate::faults::spell;
use crate::faults::step::Step;
use crate::front::Front;
use crate::log::Entry;
use crate::net::tap::Line;
use crate::options::Spelling;
use crate::state::Sandbox;
use crate::storage::receive::{End, receive};

/// The route for one step of a vendor, with this method.
pub(crate) fn on(method: MethodFilter, vendor: Arc<dyn Vendor>, step: Step) -> MethodRouter<Sandbox> {
    axum::routing::on(method, move |State(sandbox): State<Sandbox>, request: Request<Body>| {
        call(vendor, sandbox, step, request)
    })
}

/// Runs one call from its head to its answer.
pub(crate) async fn call(
    vendor: Arc<dyn Vendor>,
    sandbox: Sandbox,
    step: Step,
    request: Request<Body>,
) -> Response<Body> {
    let (mut head, mut body) = request.into_parts();
    let front = &sandbox.front;
    let Some(line) = head.extensions.get::<Line>().cloned() else { return carry::hang_up() };
    let params = match RawPathParams::from_request_parts(&mut head, &()).await {
        Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        Err(_) => Vec::new(),
    };
    let mut entry = front.log.entry(step.name(), vendor.kind());
    let length = match judge(&*vendor, front, step, &head) {
        Ok(length) => length,
        Err(no) => return refuse(&*vendor, &no, &line, &mut entry),
    };
    // The body is read before the fault is drawn, since a fault can target one session.
    let mut read = Vec::new();
    let end = receive(&mut body, length, None, &line, |data| {
        read.extend_from_slice(data);
        read.len() as u64 <= vendor.longest()
    })
    .await;
    entry.bytes = read.len() as u64;
    match end {
        End::Whole => {}
        End::Refused => {
            let message = format!("The body is longer than {} bytes", vendor.longest());
            let no = No::new(413, "payload_too_large", message);
            return refuse(&*vendor, &no, &line, &mut entry);
        }
        _ => return carry::hang_up(),
    }
    let wants_json = matches!(vendor.takes(step).body, Carries::Json | Carries::MaybeJson);
    if wants_json
        && !read.is_empty()
        && let Err(wrong) = json::judge(&read)
    {
        return refuse(&*vendor, &No { status: 400, ..vendor.wrong(wrong) }, &line, &mut entry);
    }
    let mut call = Call { step, head, params, body: read, effect: None };
    let session = vendor.session(&call);
    entry.is_about(session.as_deref());
    let strike = front.faults.draw(&Met { session: session.as_deref(), ..Met::at(step) });
    entry.fault = strike.map(|strike| strike.name);
    call.effect = strike.map(|strike| strike.effect);
    if let Some(response) = before_work(&*vendor, front, &call, &line, &mut entry).await {
        return response;
    }
    let effect = call.effect;
    let said = work(vendor.clone(), sandbox.clone(), call, &mut entry).await;
    after_work(&*vendor, front, (step, effect), said, &line, &mut entry).await
}

/// What can be judged by the head alone: the key, the query, the type, the length.
fn judge(vendor: &dyn Vendor, front: &Front, step: Step, head: &Parts) -> Result<u64, No> {
    vendor.admit(front.clock.now(), step, head)?;
    let takes = vendor.takes(step);
    if let Some(query) = head.uri.query().filter(|_| !takes.query) {
        return Err(vendor.wrong(Wrong(format!("This call takes no query, and got {query:?}"))));
    }
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
    let chunks = head.headers.contains_key(header::TRANSFER_ENCODING);
    let length = match takes.body {
        Carries::Json | Carries::Text => length,
        Carries::MaybeJson | Carries::Nothing => length.or((!chunks).then_some(0)),
    };
    let length = length.ok_or_else(|| No::new(411, "length_required", "A Content-Length is needed"))?;
    match takes.body {
        Carries::Nothing if length > 0 => Err(vendor.wrong(Wrong("This call takes no body".to_owned()))),
        Carries::MaybeJson if length == 0 => Ok(length),
        Carries::Json | Carries::MaybeJson if !is_json(head) => {
            Err(No::new(415, "unsupported_media_type", "Content-Type must be application/json"))
        }
        _ => Ok(length),
    }
}

fn is_json(head: &Parts) -> bool {
    let kind = head.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("application/json")
}

async fn before_work(
    vendor: &dyn Vendor,
    front: &Front,
    call: &Call,
    line: &Line,
    entry: &mut Entry,
) -> Option<Response<Body>> {
    let response = match call.effect? {
        Effect::RefuseFor(reason, _) if !reason.fits(&call.head.headers) => return None,
        Effect::Refuse(answer) | Effect::RefuseFor(_, answer) => {
            let mut response =
                refuse(vendor, &No::new(answer.status, answer.code, answer.message), line, entry);
            carry::retry_after(&mut response, answer, front);
            return Some(response);
        }
        Effect::RefuseNamespaced(answer) => {
            let response = refuse(vendor, &No::new(answer.status, answer.code, answer.message), line, entry);
            return Some(spell::spelt(response, Spelling::Namespaced).await);
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
        Effect::Redirect(redirect) => carry::redirect(redirect, &call.head, front),
        Effect::InFront(answer) => carry::in_front(answer),
        Effect::Reply(Reply::Html) => carry::portal(),
        // In fact refused, whatever the status says: nothing is done.
        Effect::Reply(Reply::ErrorWith200) => {
            vendor.spoil(Said::empty(200), call.step, Reply::ErrorWith200).response()
        }
        _ => return None,
    };
    entry.status = Some(response.status().as_u16());
    Some(response)
}

async fn work(vendor: Arc<dyn Vendor>, sandbox: Sandbox, call: Call, entry: &mut Entry) -> Result<Said, No> {
    let done = tokio::task::spawn_blocking(move || {
        let mut noted = Noted::default();
        let said = vendor.work(&sandbox.front, &sandbox.vault, &call, &mut noted);
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
    entry.note = noted.note;
    said
}

async fn after_work(
    vendor: &dyn Vendor,
    front: &Front,
    (step, effect): (Step, Option<Effect>),
    said: Result<Said, No>,
    line: &Line,
    entry: &mut Entry,
) -> Response<Body> {
    let said = match said {
        Ok(said) => said,
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
        Some(Effect::Slow) => tokio::time::sleep(front.slow).await,
        Some(Effect::CloseKept) => line.close_at_next_byte(),
        _ => {}
    }
    entry.status = Some(said.status);
    match effect {
        Some(Effect::Reply(Reply::Huge)) => said::huge(&said),
        Some(Effect::Reply(Reply::Cut)) => said.cut().response(),
        Some(Effect::Reply(how)) => vendor.spoil(said, step, how).response(),
        Some(Effect::Spell(how)) => spell::spelt(said.response(), how).await,
        _ => said.response(),
    }
}

fn refuse(vendor: &dyn Vendor, no: &No, line: &Line, entry: &mut Entry) -> Response<Body> {
    line.drain_on_close();
    entry.status = Some(no.status);
    entry.note = Some(no.code.to_owned());
    let mut response = vendor.refusal(no).response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
