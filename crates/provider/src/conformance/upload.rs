//! One upload, a step at a time, with the invariants that hold at every step of every case.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use partway_core::proof::{self, Proof};
use partway_core::{Failure, FileReceipt, PartNumber, PartPlan, PartReceipt, Step, Strength};

use super::chance::Chance;
use super::destination::{Destination, Object, Seen, Sent};
use super::outcome::{MustGo, NotHeld, Outcome, broken, ensure};
use crate::{FileFacts, FileHash, PartTarget, Provider, Session, Started};

/// A file: its facts for the vendor, and its bytes.
pub(super) struct Example {
    pub(super) facts: FileFacts,
    pub(super) bytes: Vec<u8>,
}

impl Example {
    /// A file of `size` random bytes.
    pub(super) fn new(destination: &dyn Destination, name: &str, size: u64) -> Self {
        let bytes = Chance::of(destination.seed(), name).bytes(usize::try_from(size).unwrap_or(usize::MAX));
        let facts = FileFacts {
            name: name.to_owned(),
            size,
            mime: destination.mime().to_owned(),
            ..FileFacts::default()
        };
        Self { facts, bytes }
    }
}

/// A file with an open session.
pub(super) struct Upload<'a> {
    pub(super) destination: &'a dyn Destination,
    pub(super) provider: Box<dyn Provider>,
    pub(super) file: FileFacts,
    pub(super) bytes: Vec<u8>,
    pub(super) plan: PartPlan,
    pub(super) session: Session,
    pub(super) targets: BTreeMap<PartNumber, PartTarget>,
    receipts: BTreeMap<PartNumber, PartReceipt>,
}

impl<'a> Upload<'a> {
    /// A file of `size` random bytes, whose session must open.
    pub(super) async fn begin(
        destination: &'a dyn Destination,
        name: &str,
        size: u64,
    ) -> Result<Self, NotHeld> {
        Self::of(destination, Example::new(destination, name, size)).await
    }

    /// The given file, whose session must open.
    pub(super) async fn of(destination: &'a dyn Destination, example: Example) -> Result<Self, NotHeld> {
        let name = example.facts.name.clone();
        let (upload, started) = Self::start(destination, example).await?;
        upload.opened(started.must(&format!("start of {name:?}"))?)
    }

    /// Requests a session and returns the result.
    pub(super) async fn start(
        destination: &'a dyn Destination,
        Example { mut facts, bytes }: Example,
    ) -> Result<(Unopened<'a>, Result<Started, Failure>), NotHeld> {
        let provider = destination.open().await;
        let capabilities = provider.capabilities();
        if let Some(algorithm) = capabilities.wants_hash {
            let Some(hex) = destination.hash(algorithm, &bytes) else {
                return broken(format!("the provider wants {algorithm:?}, and Destination::hash gives none"));
            };
            facts.hash = Some(FileHash { algorithm, hex });
        }
        let plan = capabilities.planner.plan(facts.size, destination.part_size(), &provider.limits());
        let plan = match plan {
            Ok(plan) => plan,
            Err(why) => return broken(format!("no plan for {} bytes: {why}", facts.size)),
        };
        let started = provider.start(&facts, plan).await;
        Ok((Unopened { destination, provider, file: facts, bytes, plan }, started))
    }

    /// The numbers of all parts.
    pub(super) fn numbers(&self) -> Vec<PartNumber> {
        self.plan.parts().map(|part| part.number).collect()
    }

    /// The target of a part: an existing one, else requested as the engine does if a start brings only the
    /// first ones.
    pub(super) async fn target(&mut self, number: PartNumber) -> Result<PartTarget, NotHeld> {
        if !self.targets.contains_key(&number) {
            self.renew(&[number]).await?;
        }
        self.targets.get(&number).cloned().map_or_else(|| broken(format!("part {number} has no target")), Ok)
    }

    /// Requests fresh targets for these parts; all of them must come.
    pub(super) async fn renew(&mut self, parts: &[PartNumber]) -> Outcome {
        let fresh = self.provider.targets(&self.session, parts).await.must("targets")?;
        self.targets.extend(fresh.into_iter().map(|target| (target.number, target)));
        match parts.iter().find(|number| !self.targets.contains_key(number)) {
            Some(number) => broken(format!("targets were asked for, and none came for part {number}")),
            None => Ok(()),
        }
    }

    /// The bytes of a part in the file.
    pub(super) fn part(&self, number: PartNumber) -> &[u8] {
        let range = self.plan.part(number).and_then(|part| {
            let from = usize::try_from(part.offset).ok()?;
            Some(from..from.checked_add(usize::try_from(part.len).ok()?)?)
        });
        range.and_then(|range| self.bytes.get(range)).unwrap_or_default()
    }

    /// Tries to send these bytes as a part; keeps the receipt.
    pub(super) async fn put(
        &mut self,
        number: PartNumber,
        bytes: &[u8],
    ) -> Result<Result<(), Failure>, NotHeld> {
        let target = self.target(number).await?;
        let taken = match self.destination.put(&target, bytes).await {
            Ok(taken) => taken,
            Err(failure) => return Ok(Err(failure)),
        };
        let md5: [u8; 16] = Md5::digest(bytes).into();
        let same = proof::of_part(taken.etag.as_ref(), &md5) == Proof::Same;
        ensure(same || !taken.comparable, || {
            format!("the storage has another MD5 of part {number} than was sent")
        })?;
        let size = bytes.len() as u64;
        let receipt =
            PartReceipt { number, size, md5, etag: taken.etag, compared: taken.comparable, checksum: None };
        self.receipts.insert(number, receipt);
        Ok(Ok(()))
    }

    /// Sends these parts in this order; each must be accepted.
    pub(super) async fn send(&mut self, numbers: &[PartNumber]) -> Outcome {
        for number in numbers {
            let bytes = self.part(*number).to_vec();
            self.put(*number, &bytes).await?.must(&format!("part {number}"))?;
        }
        Ok(())
    }

    /// Receipts in the order of their numbers, as passed to *complete*.
    pub(super) fn receipts(&self) -> Vec<PartReceipt> {
        self.receipts.values().cloned().collect()
    }

    /// Calls *complete*.
    pub(super) async fn complete(&self) -> Result<FileReceipt, Failure> {
        self.provider.complete(&self.session, &self.receipts()).await
    }

    /// Continues as another process would that knows only what the journal kept.
    pub(super) async fn in_a_new_process(&mut self) {
        self.provider = self.destination.open().await;
        self.session = Session { body: self.session.body.clone(), expires_at: self.session.expires_at };
    }

    /// What is at the destination now.
    pub(super) async fn seen(&self, receipt: Option<&FileReceipt>) -> Seen {
        self.destination.read(&Sent { file: &self.file, session: &self.session, receipt }).await
    }

    /// Completes; the file must then be at the destination exactly as sent.
    pub(super) async fn finish(&self) -> Result<FileReceipt, NotHeld> {
        let name = &self.file.name;
        let receipt = self.complete().await.must(&format!("complete of {name:?}"))?;
        ensure(receipt.strength == Strength::Confirmed, || {
            format!("{name:?}: complete said yes without confirming")
        })?;
        let receipt = match self.provider.capabilities().verify {
            true => {
                let verified = self.provider.verify(&self.session, &self.receipts(), receipt).await;
                verified.must(&format!("verify of {name:?}"))?
            }
            false => receipt,
        };
        ensure(receipt.strength == Strength::Confirmed, || {
            format!("{name:?}: verify took the confirmation back")
        })?;
        let size = self.file.size;
        ensure(receipt.size.is_none_or(|told| told == size), || {
            format!("{name:?} has {size} bytes, and the receipt says {:?}", receipt.size)
        })?;
        let signed = |link: &str| link.to_ascii_lowercase().contains("signature=");
        ensure(!receipt.link.as_deref().is_some_and(signed), || {
            format!("{name:?}: the receipt holds a signed link")
        })?;
        self.lies_there(Some(&receipt)).await.map(|_| receipt)
    }

    /// The whole file must be at the destination; returns what was seen of it, if it can be inspected.
    pub(super) async fn lies_there(&self, receipt: Option<&FileReceipt>) -> Result<Option<Object>, NotHeld> {
        let name = &self.file.name;
        match self.seen(receipt).await {
            Seen::CannotSee => Ok(None),
            Seen::Nothing => broken(format!("{name:?} was confirmed, and nothing lies at the destination")),
            Seen::Object(object) => {
                let (there, sent) = (object.bytes.len(), self.bytes.len());
                ensure(there == sent, || format!("{name:?}: {sent} bytes were sent and {there} lie there"))?;
                ensure(object.bytes == self.bytes, || {
                    format!("{name:?}: other bytes lie there than were sent")
                })?;
                let mime = object.mime.as_deref().unwrap_or(&self.file.mime);
                ensure(mime == self.file.mime, || {
                    format!("{name:?}: {mime} lies there, {} was sent", self.file.mime)
                })?;
                Ok(Some(object))
            }
        }
    }

    /// Nothing may be at the destination.
    pub(super) async fn lies_nowhere(&self, when: &str) -> Outcome {
        match self.seen(None).await {
            Seen::Object(object) => {
                broken(format!("{when}, {} bytes lie at the destination", object.bytes.len()))
            }
            Seen::Nothing | Seen::CannotSee => Ok(()),
        }
    }
}

/// A file whose session was requested.
pub(super) struct Unopened<'a> {
    destination: &'a dyn Destination,
    provider: Box<dyn Provider>,
    file: FileFacts,
    bytes: Vec<u8>,
    plan: Option<PartPlan>,
}

impl<'a> Unopened<'a> {
    /// The arguments of the request.
    pub(super) const fn asked(&self) -> (&FileFacts, Option<PartPlan>) {
        (&self.file, self.plan)
    }

    /// The session was opened: the result must fit the file.
    pub(super) fn opened(self, started: Started) -> Result<Upload<'a>, NotHeld> {
        let Started { session, plan, targets, .. } = started;
        let name = &self.file.name;
        ensure(plan.file_size() == self.file.size, || {
            format!("{name:?} has {} bytes, and its plan {}", self.file.size, plan.file_size())
        })?;
        ensure(self.plan.is_none_or(|asked| asked == plan), || {
            format!("{name:?}: asked for the plan {:?}, got {plan:?}", self.plan)
        })?;
        ensure(serde_json::from_str::<serde_json::Value>(&session.body).is_ok(), || {
            format!("{name:?}: the session is not JSON, as the journal keeps it")
        })?;
        let numbers: Vec<u32> = targets.iter().map(|target| target.number.get()).collect();
        let first: Vec<u32> = (1..).take(numbers.len()).collect();
        ensure(numbers == first && numbers.len() <= plan.count() as usize, || {
            format!("{name:?}: targets come in the order of their numbers from 1; these are {numbers:?}")
        })?;
        let all = numbers.len() == plan.count() as usize;
        ensure(all || self.provider.capabilities().refresh, || {
            format!(
                "{name:?}: {} targets for {} parts, and more cannot be asked for",
                numbers.len(),
                plan.count()
            )
        })?;
        Ok(Upload {
            destination: self.destination,
            provider: self.provider,
            file: self.file,
            bytes: self.bytes,
            plan,
            session,
            targets: targets.into_iter().map(|target| (target.number, target)).collect(),
            receipts: BTreeMap::new(),
        })
    }
}

/// The step's name, for messages.
pub(super) const fn step(step: Step) -> &'static str {
    match step {
        Step::Start => "start",
        Step::Refresh => "targets",
        Step::Part => "a part",
        Step::Complete => "complete",
        Step::List => "list",
        Step::Abort => "abort",
        Step::Verify => "verify",
        Step::Check => "check",
    }
}
