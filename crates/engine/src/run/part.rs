//! One part: attempt after attempt until its receipt is in the journal, or until something larger than the
//! part fails.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use partway_core::{Backoff, Cause, Checksum, Failure, PartPlan, PartReceipt, RetryClass};
use partway_http::{PartClient, PutAnswer, PutFailure};
use partway_provider::{PartTarget, Provider};
use tokio::sync::watch;

use super::answer::{compare, is_conditional};
use super::ends::PartEnd;
use super::error::{DIFFERS, is_answered, passing};
use super::expiry::{host_of, is_valid};
use super::on_line::OnLine;
use super::probe::{Probe, Probing};
use super::retry::trouble;
use super::watchdog::{self, Ended, Report, STALLED};
use super::{RunError, name_conflict};
use crate::body::{Attempt, PartBody};
use crate::event::EngineEvent;
use crate::job_file::JobFile;
use crate::journal::sessions;
use crate::log::{Again, Log};
use crate::progress::Live;
use crate::record::{DestinationId, JobId, Keeps};
use crate::source::SourceError;
use crate::state::{EngineState, Stop};

/// Attempts per part within one run; after that the job returns its permit and waits.
const ATTEMPTS: u32 = 8;

/// One part in flight.
pub(super) struct Part {
    pub(super) state: Arc<EngineState>,
    pub(super) parts: PartClient,
    pub(super) job: JobId,
    pub(super) destination: DestinationId,
    pub(super) live: Arc<Live>,
    pub(super) source: Arc<JobFile>,
    pub(super) session: i64,
    /// The earliest start of its link's lifetime, Unix milliseconds.
    pub(super) since: i64,
    /// The renewal that its link came from.
    pub(super) renewal: u32,
    /// Shared by the parts of this run.
    pub(super) probe: Arc<Probe>,
    /// An earlier run, or this one with an earlier link, may have sent it.
    pub(super) again: bool,
    pub(super) part: partway_core::Part,
    pub(super) plan: PartPlan,
    pub(super) provider: Arc<dyn Provider>,
    /// Its link was signed here, with the key.
    pub(super) signed_here: bool,
    /// An ETag in the form of an MD5 is the MD5 of the content.
    pub(super) etag_is_md5: bool,
    /// Its session and checksum algorithm, if its target must include a checksum.
    pub(super) sealing: Option<(partway_provider::Session, Checksum)>,
    /// The API's clock is used until the storage's is known.
    pub(super) api_host: String,
    pub(super) stop: watch::Receiver<Stop>,
    pub(super) target: PartTarget,
}

impl Part {
    /// Sends the part, retrying if necessary.
    pub(super) async fn send(self) -> Result<(), PartEnd> {
        let host = host_of(&self.target);
        let (mut tries, mut differences) = (0, 0);
        let mut probing: Option<Probing> = None;
        loop {
            let permit = self.turn(&host).await?;
            self.still_valid()?;
            self.source.unchanged().await.map_err(PartEnd::Source)?;
            let outcome = self.attempt(&host, tries > 0).await;
            drop(permit);
            let failure = match outcome {
                Attempted::LetGo => {
                    self.made_room().await?;
                    continue;
                }
                Attempted::Answered(answer, md5, checksum) => {
                    self.note_clock(&host, answer.server_unix_time);
                    match compare(&answer, md5, self.etag_is_md5) {
                        Some(compared) => {
                            self.state.permits.went_through(&host);
                            let receipt = PartReceipt {
                                number: self.part.number,
                                size: self.part.len,
                                md5,
                                etag: answer.etag,
                                compared,
                                checksum,
                            };
                            return self.confirm(receipt).await;
                        }
                        None => {
                            differences += 1;
                            self.different(differences).await?
                        }
                    }
                }
                Attempted::Not(PutFailure::Body(error)) => {
                    let trouble = error.downcast::<SourceError>().unwrap_or_else(SourceError::Unreadable);
                    return Err(PartEnd::Source(self.source.trouble(trouble).await));
                }
                Attempted::Not(PutFailure::Wire(failure)) => self.explained(failure).await,
            };
            tries += 1;
            tracing::info!(job = %self.job, part = %self.part.number, %failure, tries, "a part did not go");
            if let Some(ahead) = failure.clock_ahead {
                self.state.memory().clock_ahead.insert(host.clone(), ahead);
            }
            let refused = self.in_vain(&failure).await?;
            let delay = self.delay(&failure, tries, refused)?;
            let first = self.quiet(&host, &failure, delay);
            if first && tries == 1 {
                self.told_again(&failure).await?;
            }
            self.live.trouble(trouble(&failure, self.state.clock.steady() + delay));
            // A throttling host is given time by all parts alike.
            if probing.is_none() && is_answered(&failure) && failure.class == RetryClass::Again {
                probing = self.probe_turn().await?;
            }
            self.rest(delay).await?;
        }
    }

    /// Interprets a storage's rejection for this target. For a link signed here, the destination's settings
    /// are ultimately at fault.
    async fn explained(&self, failure: Failure) -> Failure {
        let failure = failure
            .of_link(self.signed_here)
            .of_checksum(self.signed_here, self.sealing.as_ref().map(|sealing| sealing.1));
        // A fresh link is sent without the condition, once a check has found nothing there.
        if is_conditional(&self.target) && failure.may_be_the_condition() {
            self.state.memory().unconditional.insert(self.job.clone());
            return Failure { class: RetryClass::LinkBroken, ..failure };
        }
        let no = matches!(failure.class, RetryClass::Refused | RetryClass::LinkBroken);
        if self.signed_here && no { self.provider.explain(failure).await } else { failure }
    }

    /// The link accepts only the content of the object that is there, and this file's differs: so another
    /// file took the name.
    fn asks_for_others(&self, failure: &Failure, attempt: &Attempt) -> bool {
        let asked = self.target.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-md5"));
        let sum = asked.and_then(|(_, sum)| BASE64.decode(sum).ok());
        failure.class == RetryClass::Again
            && failure.code.as_deref() == Some("BadDigest")
            && sum.zip(attempt.md5()).is_some_and(|(asked, ours)| asked != ours)
    }

    async fn attempt(&self, host: &str, again: bool) -> Attempted {
        let (target, checksum) = match self.sealed().await {
            Ok(sealed) => sealed,
            Err(failure) => return Attempted::Not(failure),
        };
        let attempt = Arc::new(Attempt::default());
        self.live.begin(self.part.number, Arc::clone(&attempt), again);
        let mut on_line = OnLine::begin(&self.state, &self.live, host, self.part);
        // Its size alone may mean that it has to wait, before any byte is sent.
        if on_line.moved(0) {
            return Attempted::LetGo;
        }
        let body = PartBody::open(Arc::clone(&self.source), self.part, Arc::clone(&attempt));
        let PartTarget { url, headers, .. } = &target;
        let put = self.parts.put_watched(url, headers, body, &attempt.acknowledged);
        let answer = match watchdog::watch(put, &attempt, self.part.len, &mut on_line).await {
            Ended::LetGo => return Attempted::LetGo,
            Ended::Put(Ok(answer)) => answer,
            Ended::Put(Err(PutFailure::Wire(failure))) if self.asks_for_others(&failure, &attempt) => {
                return Attempted::Not(PutFailure::Wire(Failure {
                    class: RetryClass::LinkBroken,
                    cause: Cause::NameTaken { name: String::new() },
                    ..failure
                }));
            }
            Ended::Put(Err(failure)) => {
                on_line.broke(&failure, &attempt);
                return Attempted::Not(failure);
            }
        };
        match attempt.md5() {
            Some(md5) => {
                on_line.confirmed();
                Attempted::Answered(answer, md5, checksum)
            }
            None => Attempted::Not(PutFailure::Wire(passing(
                DIFFERS,
                "the storage said yes before it had every byte",
            ))),
        }
    }

    async fn confirm(&self, receipt: PartReceipt) -> Result<(), PartEnd> {
        let (now, job, session) = (self.state.clock.unix_ms(), self.job.clone(), self.session);
        let confirmed = self
            .state
            .journal
            .write(move |conn| sessions::confirm(conn, now, &job, session, &receipt))
            .await
            .map_err(|error| PartEnd::RunError(error.into()))?;
        self.live.confirm(self.part.number);
        if !is_conditional(&self.target) && self.state.memory().unconditional.remove(&self.job) {
            let seen = Keeps { one_put: Some(false), parts: None };
            self.state
                .learn(&self.destination, seen)
                .await
                .map_err(|error| PartEnd::RunError(error.into()))?;
        }
        self.probe.went_through();
        self.state.went_through(&self.job).await.map_err(|error| PartEnd::RunError(error.into()))?;
        let (job, part) = (self.job.clone(), self.part.number.get());
        self.live.tell_confirmed(confirmed, |confirmed| {
            self.state.tell(EngineEvent::Confirmed { job, part, confirmed });
        });
        Ok(())
    }

    /// Decides after a failed attempt: the delay, or that the problem is larger than this part. `refused`:
    /// how often the service rejected the part, including earlier runs.
    fn delay(&self, failure: &Failure, tries: u32, refused: u32) -> Result<Duration, PartEnd> {
        if name_conflict::says_so(failure) && (self.again || tries > 1) {
            let (cause, detail) = (failure.cause.clone(), failure.to_string());
            return Err(PartEnd::Taken { cause, detail, looked: false });
        }
        let after = match &failure.class {
            RetryClass::Again | RetryClass::Unknown | RetryClass::PartsMissing | RetryClass::Conflict => None,
            RetryClass::Throttled { after } => *after,
            RetryClass::Offline if tries < 3 => None,
            // A link signed here is good: a 404 means that the upload is lost. (A file of one part has
            // none.)
            RetryClass::LinkBroken
                if self.signed_here && self.plan.count() > 1 && failure.status == Some(404) =>
            {
                return Err(PartEnd::Session);
            }
            RetryClass::LinkExpired | RetryClass::LinkBroken => {
                return Err(PartEnd::BadTarget {
                    expired: failure.class == RetryClass::LinkExpired,
                    cause: failure.cause.clone(),
                    detail: failure.to_string(),
                });
            }
            RetryClass::SessionGone => return Err(PartEnd::Session),
            RetryClass::Offline | RetryClass::Credentials | RetryClass::Refused => {
                return Err(PartEnd::RunError(RunError::from_failure(failure)));
            }
        };
        let delay = Backoff::DEFAULT.delay_after(tries, self.state.chance.next(), after);
        if tries.max(refused) >= ATTEMPTS || delay > Duration::from_secs(120) {
            return Err(PartEnd::RunError(RunError::from_failure(failure)));
        }
        Ok(delay)
    }

    async fn told_again(&self, failure: &Failure) -> Result<(), PartEnd> {
        let log = match failure.class {
            RetryClass::Throttled { after } => {
                Log::Throttled { seconds: after.map_or(1, |after| after.as_secs().max(1)) }
            }
            _ => Log::PartAgain {
                part: self.part.number.get(),
                why: failure.detail.clone(),
                how: how(failure),
            },
        };
        self.state.log(&self.job, log).await.map_err(|error| PartEnd::RunError(error.into()))
    }

    fn still_valid(&self) -> Result<(), PartEnd> {
        if is_valid(&self.state, &self.api_host, &self.target, self.since) {
            return Ok(());
        }
        Err(PartEnd::BadTarget {
            expired: true,
            cause: Cause::LinksUnusable { what: "the links ran out".into() },
            detail: format!(
                "the link of part {} runs out before the part could be through",
                self.part.number
            ),
        })
    }

    fn note_clock(&self, host: &str, server: Option<u64>) {
        if let Some(server) = server.and_then(|s| i64::try_from(s).ok()) {
            let ahead = server - self.state.clock.unix_ms() / 1000;
            self.state.memory().clock_ahead.insert(host.to_owned(), ahead);
        }
    }
}

/// The outcome of one attempt.
enum Attempted {
    /// The storage accepted it; the MD5 of what was sent, and the checksum sent with it.
    Answered(PutAnswer, [u8; 16], Option<Vec<u8>>),
    /// It made room for others and is sent later.
    LetGo,
    /// It failed.
    Not(PutFailure),
}

fn how(failure: &Failure) -> Again {
    match (failure.status, failure.code.as_deref()) {
        (Some(_), _) if matches!(failure.cause, Cause::BrokenReply { .. }) => Again::Page,
        (Some(_), _) => Again::Service,
        (None, _) if failure.cause == Cause::OpenFiles => Again::OpenFiles,
        (None, Some(STALLED)) => Again::Stalled,
        (None, Some(DIFFERS)) => Again::Differs,
        (None, _) => Again::Network,
    }
}
