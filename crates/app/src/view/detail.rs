//! The details of the selected job.

use partway_api::{Fact, JobDetail, LogLine};
use partway_core::{State, visible};
use partway_engine::{Job, LiveView};

use super::row::{Around, row, shares};
use super::{Named, to_draft};
use crate::words::{self, bytes, clock};

/// Everything about one job.
pub(crate) fn detail(
    found: &partway_engine::JobDetail,
    to: &Named,
    live: Option<&LiveView>,
    now_ms: i64,
) -> JobDetail {
    let job = &found.job;
    let around = Around {
        to,
        live,
        confirmed: &found.confirmed,
        ahead: None,
        kept_until: found.session_until,
        now_ms,
    };
    let folder = job.fields.folder.as_deref().map(|folder| format!(", {folder}")).unwrap_or_default();
    JobDetail {
        row: row(job, &around),
        to: if to.practice {
            format!("{}, this computer only", to.name)
        } else {
            format!("{}{folder}", to.name)
        },
        mime: job.mime.clone(),
        fields: to_draft(&job.fields),
        file_fields: to.file_fields.iter().map(|field| field.clone().into_owned()).collect(),
        editable: is_editable(job),
        grid: shares(job, &around, u32::MAX),
        part_size: job.plan.map_or(0, |plan| plan.part_size()),
        parts_confirmed: job.parts_confirmed,
        parts_on_the_way: live.map_or(0, |live| u32::try_from(live.flying.len()).unwrap_or(u32::MAX)),
        facts: facts(found, now_ms),
        log: found
            .log
            .iter()
            .map(|(at, log)| LogLine {
                at: *at,
                text: visible(&words::line(log, &to.name, now_ms)).into_owned(),
            })
            .collect(),
        technical: job
            .detail
            .as_deref()
            .filter(|detail| !detail.is_empty())
            .map(|detail| visible(detail).into_owned()),
        discard_note: discard_note(found, to),
    }
}

/// Whether nothing was sent yet and nothing is being prepared.
fn is_editable(job: &Job) -> bool {
    job.plan.is_none() && matches!(job.state, State::Waiting | State::NeedsAttention(_))
}

fn facts(found: &partway_engine::JobDetail, now_ms: i64) -> Vec<Fact> {
    let job = &found.job;
    let mut facts = Vec::new();
    let mut add = |name: &str, value: String| facts.push(Fact { name: name.into(), value });
    if found.compared > 0 {
        let all = job.parts_confirmed;
        let word = if found.compared == all { "match" } else { "match as far as known" };
        add("Checksums", format!("{word}, {} of {all}", found.compared));
    }
    if let Some(until) = found.session_until {
        add("Session", format!("valid until {}", clock(seconds(until), now_ms)));
    }
    for until in &found.left_behind {
        let when =
            until.map_or_else(String::new, |until| format!(" until {}", clock(seconds(until), now_ms)));
        add("Left behind", format!("parts of an earlier session{when}"));
    }
    if !job.fields.tags.is_empty() {
        add("Tags", job.fields.tags.join(", "));
    }
    if let Some(receipt) = &job.receipt {
        if let Some(id) = &receipt.id {
            add("Their id", id.clone());
        }
        if let Some(size) = receipt.size {
            add("Their size", bytes(size));
        }
    }
    if let Some(checksum) = &job.checksum {
        add("MD5 of parts", checksum.clone());
    }
    facts
}

fn seconds(unix_s: u64) -> i64 {
    i64::try_from(unix_s).unwrap_or(i64::MAX / 1000).saturating_mul(1000)
}

fn discard_note(found: &partway_engine::JobDetail, to: &Named) -> Option<String> {
    match found.job.state {
        State::Finishing => {
            Some("All data was sent; it is only being confirmed, so it cannot be stopped any more.".into())
        }
        _ if found.session_until.is_some() && !to.practice => {
            Some(format!("What {} cannot delete of the sent parts expires on its own.", to.name))
        }
        _ => None,
    }
}
