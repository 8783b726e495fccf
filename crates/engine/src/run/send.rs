//! Sends the missing parts, several at once, until each has its receipt.

use std::sync::Arc;

use partway_core::{Cause, PartNumber, PartPlan};

use super::ends::PartEnd;
use super::in_flight::{EndedPart, InFlightParts};
use super::part::Part;
use super::probe::Probe;
use super::retry::wait_for;
use super::targets::{IssuedTarget, NoTarget, Targets};
use super::{Run, RunError, check};
use crate::job_file::JobFile;
use crate::journal::sessions::{self, OpenSession};
use crate::state::Stop;

/// How sending within one session ended.
enum Ended {
    /// Every part has its receipt.
    All,
    /// Its links expired and cannot be renewed.
    Expired,
    /// The vendor no longer knows the session.
    Session,
}

impl Run {
    /// Sends what is missing. Returns once every receipt is in the journal, in this session or in its
    /// replacement.
    pub(super) async fn send(
        &mut self,
        session: &OpenSession,
        source: &Arc<JobFile>,
    ) -> Result<(), RunError> {
        let mut session = session.clone();
        loop {
            self.hour_is_not_used_up().await?;
            let expired = match self.send_once(&session, source).await? {
                Ended::All => return Ok(self.reload().await?),
                Ended::Expired => true,
                Ended::Session => false,
            };
            self.session_lost(&session, expired).await?;
            session = self.session().await?;
        }
    }

    async fn send_once(&mut self, session: &OpenSession, source: &Arc<JobFile>) -> Result<Ended, RunError> {
        let Some(plan) = self.job.plan else { return Err(RunError::Overtaken) };
        let brought = std::mem::take(&mut self.brought);
        let (mut in_flight, mut targets) = (InFlightParts::default(), Targets::of(session, brought));
        let mut stop = self.stop.clone();
        let probe = Arc::new(Probe::default());
        loop {
            let mut ended =
                match self.begin(&mut in_flight, &mut targets, session, source, &plan, &probe).await {
                    // A stop arrived while links were requested.
                    Err(NoTarget { end: PartEnd::RunError(RunError::Overtaken), .. })
                        if self.stopping() != Stop::No =>
                    {
                        self.stop_sending(&mut in_flight, &plan).await?;
                        targets.again_from(PartNumber::FIRST);
                        continue;
                    }
                    Err(NoTarget { part, renewal, end }) => {
                        EndedPart { part, renewal, since: 0, outcome: Err(end) }
                    }
                    Ok(()) => {
                        let ended = tokio::select! {
                            // A part that only waited for its turn is ended by the stop too; the stop takes
                            // precedence.
                            biased;
                            _ = wait_for(&mut stop, Stop::TakenBack) => {
                                self.stop_sending(&mut in_flight, &plan).await?;
                                // Parts that waited for their turn are gone, and those in flight count as
                                // missing until confirmed.
                                targets.again_from(PartNumber::FIRST);
                                continue;
                            }
                            ended = in_flight.next_end() => ended,
                        };
                        match ended {
                            None => return self.all_there(session.id, &plan).await,
                            Some(Ok(ended)) => ended,
                            Some(Err(panic)) => return Err(by_fault(&panic)),
                        }
                    }
                };
            let end = match std::mem::replace(&mut ended.outcome, Ok(())) {
                Ok(()) => {
                    targets.went_through();
                    self.warn_of_short_life(session, &plan).await?;
                    continue;
                }
                Err(PartEnd::Taken { cause, detail, looked }) => {
                    if self.is_ours(session, source, &plan).await? {
                        continue;
                    }
                    if looked {
                        PartEnd::Taken { cause, detail, looked }
                    } else {
                        // The provider may look once at what is there, and report its name.
                        PartEnd::BadTarget { expired: false, cause, detail }
                    }
                }
                Err(end) => end,
            };
            match end {
                // Waits briefly for the others, so that what is nearly sent need not be sent again.
                PartEnd::RunError(halt) => {
                    probe.over();
                    in_flight.drain(self.stop.clone(), self.state.grace).await;
                    return Err(halt);
                }
                // The others' links were checked when they started, so they continue.
                PartEnd::BadTarget { expired, cause, detail } if self.provider.capabilities().refresh => {
                    if !self.renew(&mut targets, session, &ended, expired).await? {
                        in_flight.shut_down().await;
                        return links_ended(self.signs_links(), expired, cause, detail);
                    }
                }
                end => {
                    let ended = match end {
                        PartEnd::Source(error) => Err(check::halt(&self.state, &self.job, error).await),
                        PartEnd::BadTarget { expired, cause, detail } => {
                            links_ended(self.signs_links(), expired, cause, detail)
                        }
                        PartEnd::Session => Ok(Ended::Session),
                        PartEnd::Taken { cause, detail, .. } => Err(RunError::Attention { cause, detail }),
                        PartEnd::RunError(halt) => Err(halt),
                    };
                    match &ended {
                        // The file may still be the same: what the others have read of it counts.
                        Err(
                            RunError::DriveSilent { .. }
                            | RunError::Fetching { .. }
                            | RunError::Unread { .. },
                        ) => {
                            in_flight.drain(self.stop.clone(), self.state.grace).await;
                        }
                        // The others belong to the same session or file: what they send is useless now.
                        _ => in_flight.shut_down().await,
                    }
                    return ended;
                }
            }
        }
    }

    /// Starts as many parts as permitted.
    async fn begin(
        &mut self,
        in_flight: &mut InFlightParts,
        targets: &mut Targets,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: &PartPlan,
        probe: &Arc<Probe>,
    ) -> Result<(), NoTarget> {
        while in_flight.len() < self.parts_at_once() {
            let Some(issued) = self.next_target(targets, session, source, plan, in_flight).await? else {
                break;
            };
            let (part, renewal) = (issued.target.number, issued.renewal);
            let begun = self.part(session, source, *plan, issued, Arc::clone(probe));
            in_flight.begin(begun.map_err(|halt| NoTarget {
                part,
                renewal,
                end: PartEnd::RunError(halt),
            })?);
        }
        Ok(())
    }

    /// After a round without progress, one part is enough to test whether it works now.
    fn parts_at_once(&self) -> usize {
        if self.state.is_failing(&self.job.id) { 1 } else { self.state.permits.parts_per_job() }
    }

    /// No part is left to send: either all have receipts, or some have no target.
    async fn all_there(&self, session: i64, plan: &PartPlan) -> Result<Ended, RunError> {
        let receipts = self.state.journal.read(move |conn| sessions::receipts(conn, session)).await?;
        let whole = receipts.len() == plan.count() as usize
            && receipts
                .iter()
                .all(|receipt| plan.part(receipt.number).is_some_and(|part| part.len == receipt.size));
        if !whole {
            let (there, all) = (receipts.len(), plan.count());
            tracing::warn!(job = %self.job.id, there, all, "no links are left for the parts that are missing");
        }
        Ok(if whole { Ended::All } else { Ended::Expired })
    }

    fn part(
        &self,
        session: &OpenSession,
        source: &Arc<JobFile>,
        plan: PartPlan,
        issued: IssuedTarget,
        probe: Arc<Probe>,
    ) -> Result<Part, RunError> {
        let can = self.provider.capabilities();
        let number = issued.target.number;
        let part = plan.part(number).ok_or_else(|| RunError::Attention {
            cause: Cause::BrokenReply {
                what: format!("a link for part {number}, which the file does not have"),
            },
            detail: String::new(),
        })?;
        Ok(Part {
            state: Arc::clone(&self.state),
            parts: self.parts.clone(),
            job: self.job.id.clone(),
            destination: self.destination.id.clone(),
            live: Arc::clone(&self.live),
            source: Arc::clone(source),
            session: session.id,
            since: issued.since,
            again: session.resumed || issued.renewal > 0,
            renewal: issued.renewal,
            probe,
            plan,
            provider: Arc::clone(&self.provider),
            signed_here: can.signs_links,
            etag_is_md5: can.etag_is_md5,
            sealing: self.provider.part_checksum(&session.session).map(|it| (session.session.clone(), it)),
            api_host: self.provider.host(),
            stop: self.stop.clone(),
            part,
            target: issued.target,
        })
    }
}

/// Expired links end their session; links that never worked are not expected to work in another one. Links
/// signed here are different: the session survives whatever a storage says about a link, so what was
/// confirmed in it stays.
fn links_ended(signed_here: bool, expired: bool, cause: Cause, detail: String) -> Result<Ended, RunError> {
    match cause {
        _ if expired && !signed_here => Ok(Ended::Expired),
        Cause::ClockWrong { .. } => Err(RunError::Attention { cause, detail }),
        _ if expired => {
            let said = "it says that links which were signed a moment ago have run out. Check this computer's clock, and whether \
                        something on the way answers in its place; then try again";
            Err(RunError::Attention { cause: Cause::Refused { said: said.to_owned() }, detail })
        }
        _ => Err(RunError::Attention { cause, detail }),
    }
}

fn by_fault(panic: &tokio::task::JoinError) -> RunError {
    RunError::Attention {
        cause: Cause::KeepsFailing { what: "a fault of Partway's own".into() },
        detail: panic.to_string(),
    }
}
