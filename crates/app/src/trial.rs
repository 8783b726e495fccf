//! A destination's test upload: sends a tiny file the way every file is sent, once.
//!
//! It bypasses the queue: a test leaves no job behind, works in an idle app, and repeats nothing. The file
//! stays at the destination, because no vendor's API here can delete one; the result says so.

mod keeps;

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use md5::{Digest as _, Md5};
use partway_core::proof::{self, Proof};
use partway_core::{Cause, Checksum, Failure, FileReceipt, PartReceipt, PlanError, RetryClass, Step};
use partway_engine::{Keeps, RunningSum};
use partway_http::{PartClient, PutAnswer, PutFailure};
use partway_provider::template::Origin;
use partway_provider::{Fields, FileFacts, PartTarget, Provider, Session, Started};

use crate::App;
use crate::words;

/// The user is waiting; a vendor that takes longer for a few bytes is reported as slow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The smallest picture, for vendors that take only pictures and films: one white dot (GIF89a specification),
/// up to its comment.
const DOT: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0!\xfe";

/// The outcome.
pub(crate) struct Sent {
    /// Whether the vendor confirmed it.
    pub(crate) arrived: bool,
    /// Whether the key was accepted; `None` if unknown.
    pub(crate) key_accepted: Option<bool>,
    /// Whether the destination refused.
    pub(crate) refused: bool,
    /// The sentence.
    pub(crate) text: String,
    /// Whether its storage prevents overwriting existing files.
    pub(crate) keeps: Keeps,
}

impl Sent {
    /// `proved`: an earlier answer already required a good key.
    fn not(failure: &Failure, file: &str, to: &str, proved: bool) -> Self {
        let key_refused = matches!(
            failure.cause,
            Cause::KeyRefused
                | Cause::KeyMissing { .. }
                | Cause::KeyUnread { .. }
                | Cause::KeyUnusable { .. }
        );
        Self {
            arrived: false,
            // When we sign links, the key is unproven until a part is accepted; a forbidden part proves
            // nothing.
            key_accepted: match failure.status {
                _ if key_refused => Some(false),
                Some(401 | 403) => None,
                _ => proved.then_some(true),
            },
            refused: words::is_refusal(&failure.cause),
            text: told(failure, file, to),
            keeps: Keeps::default(),
        }
    }
}

/// Sends a file of a few bytes under a unique name.
pub(crate) async fn upload(
    app: &App,
    (provider, parts): (&dyn Provider, &PartClient),
    to: &str,
    fields: &Fields,
) -> Sent {
    let (file, content) = file(provider, fields, &app.0.clock.date());
    let started = match within(begin(provider, &file)).await {
        Ok(started) => started,
        Err(failure) => return Sent::not(&failure, &file.name, to, false),
    };
    let session = started.session.clone();
    let sent = within(async {
        let sent = send(parts, provider, &started, &content).await?;
        finish(provider, &session, &sent.receipts).await.map(|receipt| (receipt, sent))
    })
    .await;
    match sent {
        Ok((receipt, Parts { receipts, seen })) => {
            let there = receipt.name.as_deref().unwrap_or(&file.name);
            let same = !receipts.is_empty() && receipts.iter().all(|receipt| receipt.compared);
            let text = match seen.wants_checksum {
                Some(checksum) => words::trial_wants_checksum(to, there, checksum),
                None => words::trial_arrived(there, same),
            };
            let arrived = seen.wants_checksum.is_none();
            let mut keeps = seen.keeps;
            if keeps.one_put.is_some() && arrived {
                keeps.parts = keeps::in_parts((provider, parts), &session, &content).await;
            }
            Sent { arrived, key_accepted: Some(true), refused: !arrived, text, keeps }
        }
        Err(failure) => {
            if provider.capabilities().abort {
                // A few leftover bytes are not worth reporting.
                let _ = within(provider.abort(&session)).await;
            }
            // When we sign links, starting did not involve the server checking the key.
            Sent::not(&failure, &file.name, to, !provider.capabilities().signs_links)
        }
    }
}

/// A text file; where only pictures are taken, a one-dot picture with the same text as its comment.
fn file(provider: &dyn Provider, fields: &Fields, date: &str) -> (FileFacts, Bytes) {
    let number: u32 = rand::random();
    let text = format!("Sent by Partway to test a destination ({number:08x}). It can be deleted.\n");
    let facts = |ending: &str, mime: &str, content: &[u8]| {
        let name = format!("partway-test-{number:08x}.{ending}");
        // It has no folder.
        let fields = fields.clone().filled(&Origin { name: &name, folder: "", date, path: None });
        FileFacts {
            name,
            size: content.len() as u64,
            mime: mime.into(),
            fields,
            added_on: date.to_owned(),
            ..FileFacts::default()
        }
    };
    let plain = facts("txt", "text/plain", text.as_bytes());
    let picture = [DOT, &[u8::try_from(text.len()).unwrap_or(u8::MAX)], text.as_bytes(), b"\0;"].concat();
    let dot = facts("gif", "image/gif", &picture);
    if provider.refuses(&plain).is_some() && provider.refuses(&dot).is_none() {
        return (dot, picture.into());
    }
    (plain, text.into())
}

fn told(failure: &Failure, file: &str, to: &str) -> String {
    match failure.class {
        RetryClass::Offline => words::check_failed(failure, to),
        _ => words::sentence(&failure.cause, file, to),
    }
}

async fn begin(provider: &dyn Provider, file: &FileFacts) -> Result<Started, Failure> {
    if let Some(cause) = provider.refuses(file) {
        return Err(Failure::new(Step::Start, RetryClass::Refused, cause, ""));
    }
    let plan = provider.capabilities().planner.plan(file.size, file.size, &provider.limits());
    let plan = plan.map_err(|error: PlanError| {
        let cause = Cause::Refused { said: error.to_string() };
        Failure::new(Step::Start, RetryClass::Refused, cause, error.to_string())
    })?;
    provider.start(file, plan).await
}

/// The result of sending the parts.
#[derive(Default)]
struct Parts {
    receipts: Vec<PartReceipt>,
    seen: Seen,
}

/// What was learned about the storage.
#[derive(Default, Clone, Copy)]
struct Seen {
    /// The storage requires this checksum with parts, which the destination does not send.
    wants_checksum: Option<Checksum>,
    /// Whether it prevents overwriting existing files: a storage may not know that condition, or ignore it.
    keeps: Keeps,
}

async fn send(
    client: &PartClient,
    provider: &dyn Provider,
    started: &Started,
    content: &Bytes,
) -> Result<Parts, Failure> {
    let mut parts = Parts::default();
    for part in started.plan.parts() {
        let find =
            |targets: &[PartTarget]| targets.iter().find(|target| target.number == part.number).cloned();
        let target = match find(&started.targets) {
            None if provider.capabilities().refresh => {
                find(&provider.targets(&started.session, &[part.number]).await?)
            }
            found => found,
        };
        let Some(target) = target else { return Err(broken("it gave no link for a part")) };
        let from = usize::try_from(part.offset).unwrap_or(usize::MAX);
        let to = usize::try_from(part.offset + part.len).unwrap_or(usize::MAX);
        let body = content.slice(from.min(content.len())..to.min(content.len()));
        let md5: [u8; 16] = Md5::digest(&body).into();
        let (answer, checksum) =
            put(client, provider, &started.session, target, &body, &mut parts.seen).await?;
        let said = if answer.comparable { proof::of_part(answer.etag.as_ref(), &md5) } else { Proof::Silent };
        if said == Proof::Other && provider.capabilities().etag_is_md5 {
            let cause = Cause::ChecksumDiffers { part: part.number.get(), matched: 0 };
            return Err(Failure::new(Step::Part, RetryClass::Refused, cause, "the checksum differed"));
        }
        let (size, etag, compared) = (part.len, answer.etag, said == Proof::Same);
        parts.receipts.push(PartReceipt { number: part.number, size, md5, etag, compared, checksum });
    }
    Ok(parts)
}

/// Sends one part. If a storage is known to refuse needlessly, tries once in another way and records that.
async fn put(
    client: &PartClient,
    provider: &dyn Provider,
    session: &Session,
    target: PartTarget,
    body: &Bytes,
    seen: &mut Seen,
) -> Result<(PutAnswer, Option<Vec<u8>>), Failure> {
    let can = provider.capabilities();
    let set = provider.part_checksum(session);
    let seal = |target: PartTarget, checksum: Option<Checksum>| match checksum {
        Some(checksum) => provider.with_checksum(session, target, checksum, &RunningSum::of(checksum, body)),
        None => Ok(target),
    };
    let mut plain = target;
    let mut target = seal(plain.clone(), set)?;
    let (mut fresh, mut sent) = (!can.refresh, set);
    let mut left: Vec<_> = Checksum::ALL.into_iter().filter(|checksum| set != Some(*checksum)).collect();
    loop {
        let failure = match try_put(client, &target, body).await {
            Ok(answer) => {
                if is_guarded(&target) {
                    seen.keeps.one_put = keeps::is_kept(client, &target, body).await;
                }
                seen.wants_checksum = sent.filter(|_| sent != set);
                return Ok((answer, sent.map(|checksum| RunningSum::of(checksum, body))));
            }
            Err(failure) => failure.of_link(can.signs_links),
        };
        // The checksum it names, or else each in turn.
        let named = failure.wanted_checksum().and_then(|named| left.iter().position(|it| *it == named));
        if failure.wants_checksum() && !left.is_empty() {
            let other = Some(left.remove(named.unwrap_or(0)));
            let sealed = seal(plain.clone(), other)?;
            // Providers that get their links elsewhere cannot add a checksum.
            if sealed != plain {
                (target, sent) = (sealed, other);
                continue;
            }
        }
        if is_guarded(&target) && failure.may_be_the_condition() && !fresh {
            fresh = true;
            let others = provider.targets(session, &[target.number]).await?;
            let other = others.into_iter().find(|other| other.number == target.number);
            plain = other.ok_or_else(|| broken("it gave no link for a part"))?;
            target = seal(plain.clone(), sent)?;
            seen.keeps.one_put = Some(false);
            continue;
        }
        return Err(failure.of_checksum(can.signs_links, set));
    }
}

async fn try_put(client: &PartClient, target: &PartTarget, body: &Bytes) -> Result<PutAnswer, Failure> {
    let put = client.put(&target.url, &target.headers, Full::new(body.clone())).await;
    put.map_err(|error| match error {
        PutFailure::Wire(failure) => failure,
        PutFailure::Body(error) => broken(&error.to_string()),
    })
}

/// Whether a target carries the no-overwrite condition.
fn is_guarded(target: &PartTarget) -> bool {
    target.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("if-none-match"))
}

async fn finish(
    provider: &dyn Provider,
    session: &Session,
    receipts: &[PartReceipt],
) -> Result<FileReceipt, Failure> {
    // Steps after *complete* are for real files: a platform would turn this one into a video, and a
    // write-only key would be reported as forbidden.
    provider.complete(session, receipts).await
}

async fn within<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(TIMEOUT, work).await.unwrap_or_else(|_| {
        let what = format!("nothing came of it for {} s", TIMEOUT.as_secs());
        let cause = Cause::KeepsFailing { what: what.clone() };
        Err(Failure::new(Step::Check, RetryClass::Again, cause, what))
    })
}

fn broken(what: &str) -> Failure {
    let cause = Cause::BrokenReply { what: what.to_owned() };
    Failure::new(Step::Part, RetryClass::Refused, cause, what)
}
