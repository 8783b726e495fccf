//! Sample jobs for tests: half way through four parts.

use partway_core::{FileIdentity, FileReceipt, FileTime, Holds, PartPlan, State, Strength};
use partway_engine::{BatchId, DestinationId, Job, JobId, LiveView};
use partway_provider::Fields;

use crate::view::Named;

/// A job in this state with these holds: 400 MB, half of it confirmed.
pub(crate) fn job(state: State, holds: Holds) -> Job {
    Job {
        id: JobId("01-job".into()),
        batch: BatchId("01-batch".into()),
        destination: DestinationId("01-acme".into()),
        position: 1,
        path: "/home/ada/cut_v7.mov".into(),
        name: "cut_v7.mov".into(),
        identity: FileIdentity { size: 400_000_000, modified: FileTime(0), changed: None, file_id: None },
        folders: String::new(),
        mime: "video/quicktime".into(),
        hash: None,
        fields: Fields::default(),
        state,
        holds,
        detail: None,
        plan: PartPlan::restore(400_000_000, 100_000_000, 4).ok(),
        confirmed: 200_000_000,
        parts_confirmed: 2,
        sessions_ended: 0,
        skipped: false,
        receipt: None,
        checksum: None,
        created_at: 0,
        started_at: Some(0),
        finished_at: None,
    }
}

/// An ended job with the vendor's receipt.
pub(crate) fn ended(state: State, strength: Strength) -> Job {
    let receipt = FileReceipt {
        strength,
        id: Some("file-1".into()),
        name: None,
        link: (strength == Strength::Confirmed).then(|| "https://acme.example/cut_v7.mov".into()),
        size: Some(400_000_000),
        checksum: None,
    };
    Job { receipt: Some(receipt), confirmed: 400_000_000, parts_confirmed: 4, ..job(state, Holds::NONE) }
}

/// Two parts confirmed, the third in flight.
pub(crate) fn live() -> LiveView {
    LiveView {
        on_the_way: 50_000_000,
        speed: 10_000_000,
        flying: partway_core::PartNumber::new(3)
            .map(|number| partway_engine::InFlight { number, taken: 50_000_000, again: false })
            .into_iter()
            .collect(),
        confirmed: vec![true, true, false, false],
        ..LiveView::default()
    }
}

pub(crate) fn acme() -> Named {
    Named {
        name: "Acme".into(),
        practice: false,
        file_fields: ["folder", "tags"].map(Into::into).into(),
        link_is_open: true,
    }
}

pub(crate) fn practice() -> Named {
    Named { name: "Practice".into(), practice: true, file_fields: Vec::new(), link_is_open: true }
}
