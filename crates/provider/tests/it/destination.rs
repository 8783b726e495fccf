//! The suite's destination: what any provider's tests must supply, here for the in-memory provider.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use partway_core::{ApiKey, Failure, RetryClass, Step};
use partway_provider::conformance::{Destination, Object, Refusal, Seen, Sent, Taken};
use partway_provider::{Fields, PartTarget, Provider};

use crate::flaws::Flaw;
use crate::provider::{KEY, MemoryProvider};
use crate::server::{LIFE, Server};

/// An in-memory server, and how to open its provider.
pub(crate) struct Memory {
    server: Arc<Server>,
    flaw: Option<Flaw>,
    can_do_little: bool,
    key: &'static str,
}

impl Memory {
    pub(crate) fn new(flaw: Option<Flaw>) -> Self {
        Self { server: Arc::default(), flaw, can_do_little: false, key: KEY }
    }

    pub(crate) fn that_can_do_little() -> Self {
        Self { can_do_little: true, ..Self::new(None) }
    }

    fn open_with(&self, key: &str) -> Box<dyn Provider> {
        Box::new(MemoryProvider {
            server: self.server.clone(),
            key: ApiKey::new(key),
            flaw: self.flaw,
            can_do_little: self.can_do_little,
            opened: Mutex::default(),
        })
    }
}

#[async_trait]
impl Destination for Memory {
    async fn open(&self) -> Box<dyn Provider> {
        self.open_with(self.key)
    }

    async fn put(&self, target: &PartTarget, bytes: &[u8]) -> Result<Taken, Failure> {
        let link = target.url.expose().strip_prefix("memory://").unwrap();
        let (place, query) = link.split_once('?').unwrap();
        let (session, number) = place.split_once('/').unwrap();
        let ends = query.strip_prefix("ends=").unwrap().split('&').next().unwrap();
        let (number, ends) = (number.parse().unwrap(), ends.parse().unwrap());
        let etag = self.server.asked().put(session, number, ends, bytes, self.flaw)?;
        Ok(Taken { etag: Some(etag), comparable: false })
    }

    async fn read(&self, sent: &Sent<'_>) -> Seen {
        self.server.look().objects.get(&sent.file.name).map_or(Seen::Nothing, |object| {
            Seen::Object(Object {
                bytes: object.bytes.clone(),
                mime: Some(object.mime.clone()),
                fields: object.fields.clone(),
            })
        })
    }

    fn part_size(&self) -> u64 {
        16
    }

    fn seed(&self) -> u64 {
        7
    }

    fn secrets(&self) -> Vec<String> {
        vec![KEY.to_owned()]
    }

    fn fields(&self) -> Fields {
        Fields {
            tags: vec!["two words".to_owned(), "映像".to_owned()],
            metadata: BTreeMap::from([("scene".to_owned(), "12".to_owned())]),
            title: Some("A day in März".to_owned()),
            ..Fields::default()
        }
    }

    async fn requests(&self) -> Option<u64> {
        Some(self.server.look().requests)
    }

    async fn expire_links(&self) -> bool {
        self.server.look().now += LIFE + 1;
        true
    }

    async fn with_wrong_key(&self) -> Option<Box<dyn Provider>> {
        Some(self.open_with("another"))
    }

    fn refusals(&self) -> Vec<Refusal> {
        vec![Refusal {
            name: "another key",
            at: Step::Start,
            class: RetryClass::Credentials,
            cause: "key-refused",
            says: "not known",
        }]
    }

    async fn refusing(&self, _: &Refusal) -> Option<Box<dyn Destination>> {
        Some(Box::new(Self { key: "another", ..Self::new(self.flaw) }))
    }
}
