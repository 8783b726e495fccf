//! The status of a watched folder in words.

use partway_provider::{Fields, IfExists};

use super::{count, short};
use crate::watched::{POLL, Place, Polled, Status, Trouble};

/// Where its files go, and which fields are set for them in addition to the destination's.
pub(crate) fn watched_to(destination: &str, folder: Option<&str>, own: &Fields) -> String {
    let to = match folder {
        Some(folder) => format!("New files go to {destination}, {folder}"),
        None => format!("New files go to {destination}"),
    };
    let number = |set: usize| u32::try_from(set).unwrap_or(u32::MAX);
    let tags = (!own.tags.is_empty()).then(|| count(number(own.tags.len()), "tag", "tags"));
    let metadata = (!own.metadata.is_empty())
        .then(|| count(number(own.metadata.len()), "piece of metadata", "pieces of metadata"));
    let taken = own.if_exists.map(|how| match how {
        IfExists::Ask => "asks where a name is taken",
        IfExists::Overwrite => "replaces what is there",
        IfExists::Rename => "keeps both where a name is taken",
        IfExists::Skip => "skips names that are taken",
    });
    let prefix = own.random_prefix.map(|on| if on { "random prefix" } else { "no random prefix" });
    let set = [
        own.title.is_some().then(|| "title".into()),
        tags,
        taken.map(Into::into),
        metadata,
        own.custom_id.is_some().then(|| "custom id".into()),
        prefix.map(Into::into),
        own.ttl_seconds.is_some().then(|| "session length".into()),
    ];
    std::iter::once(to).chain(set.into_iter().flatten()).collect::<Vec<_>>().join(" · ")
}

/// The status of a folder that is switched off, or not watched because only a command has the journal open.
pub(crate) fn not_watched(switched_on: bool) -> String {
    if switched_on { "Not watched at present".into() } else { "Off".into() }
}

const SILENT: &str = "The drive of this folder does not answer. Partway continues as soon as it does.";

/// The status, and whether it needs attention.
pub(crate) fn watched(status: &Status) -> (String, bool) {
    match &status.place {
        Some(Place::NotAFolder) => return ("What lies there is no folder any more.".into(), true),
        Some(Place::Closed) => {
            return ("Partway may not look into this folder. Check who may read it.".into(), true);
        }
        Some(Place::Silent) => return (SILENT.into(), true),
        Some(Place::Missing | Place::There(_)) => {
            return (
                "The folder is not there: is its drive connected? Partway goes on when it is.".into(),
                true,
            );
        }
        None => {}
    }
    let mut said = Vec::new();
    match &status.trouble {
        Some(Trouble::Silent) => return (SILENT.into(), true),
        Some(Trouble::Engine(sentence)) => said.push(format!("New files wait: {sentence}")),
        Some(Trouble::Unmoved { count: files, to, why }) => {
            said.push(format!(
                "{} not moved to {to}: {why}",
                count(*files, "verified file was", "verified files were")
            ));
        }
        None => {}
    }
    for (files, one, many) in [
        (status.unread, "file cannot be read", "files cannot be read"),
        (status.too_large, "file is larger than Practice takes", "files are larger than Practice takes"),
        (status.closed, "folder in it cannot be looked into", "folders in it cannot be looked into"),
    ] {
        if files > 0 {
            said.push(count(files, one, many));
        }
    }
    let bad = !said.is_empty();
    for (files, one, many) in [
        (status.growing, "file still growing", "files still growing"),
        (status.open, "file still open in another program", "files still open in another program"),
        (
            status.compared,
            "file was touched and is compared with what went",
            "files were touched and are compared with what went",
        ),
    ] {
        if files > 0 {
            said.push(count(files, one, many));
        }
    }
    if let Some(half) = &status.half {
        let half = short(half);
        said.push(match status.beside {
            1 => format!("1 file waits: {half} is still beside it"),
            some => format!("{some} files wait: half files as {half} are still beside them"),
        });
    }
    let seconds = POLL.as_secs();
    match status.polled {
        Some(Polled::NoMoreWatches) => {
            said.push(format!("Looks every {seconds} s: the system has no more watches to give"));
        }
        Some(Polled::Network) => said.push(format!("Looks every {seconds} s: it lies on another computer")),
        Some(Polled::NotTold | Polled::Unknown) => {
            said.push(format!("Looks every {seconds} s: the system does not tell what changes"));
        }
        None if said.is_empty() => said.push("Watching".into()),
        None => {}
    }
    for (files, one, many) in [
        (status.links, "link in it is not followed", "links in it are not followed"),
        (
            status.odd,
            "thing in it is neither a file nor a folder",
            "things in it are neither files nor folders",
        ),
    ] {
        if files > 0 {
            said.push(count(files, one, many));
        }
    }
    (said.join(" · "), bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_watched_folder_stands() {
        let all = [
            Status::default(),
            Status { growing: 3, ..Status::default() },
            Status { growing: 1, open: 1, ..Status::default() },
            Status { place: Some(Place::Missing), ..Status::default() },
            Status { place: Some(Place::NotAFolder), ..Status::default() },
            Status { place: Some(Place::Closed), ..Status::default() },
            Status { place: Some(Place::Silent), ..Status::default() },
            Status { trouble: Some(Trouble::Silent), growing: 2, ..Status::default() },
            Status { polled: Some(Polled::NoMoreWatches), ..Status::default() },
            Status { polled: Some(Polled::Network), growing: 2, ..Status::default() },
            Status { polled: Some(Polled::NotTold), ..Status::default() },
            Status { unread: 2, closed: 1, open: 1, ..Status::default() },
            Status { too_large: 1, ..Status::default() },
            Status { links: 2, odd: 1, ..Status::default() },
            Status { compared: 1, links: 1, ..Status::default() },
            Status { beside: 1, half: Some("big.mov.part".into()), ..Status::default() },
            Status { beside: 2, half: Some("big.mov.part".into()), growing: 1, ..Status::default() },
            Status {
                trouble: Some(Trouble::Unmoved {
                    count: 2,
                    to: "/done".into(),
                    why: "permission denied".into(),
                }),
                ..Status::default()
            },
        ];
        let said: Vec<_> = all
            .iter()
            .map(|status| {
                let (said, bad) = watched(status);
                format!("{}{said}", if bad { "! " } else { "" })
            })
            .collect();
        insta::assert_snapshot!(said.join("\n"), @r"
        Watching
        3 files still growing
        1 file still growing · 1 file still open in another program
        ! The folder is not there: is its drive connected? Partway goes on when it is.
        ! What lies there is no folder any more.
        ! Partway may not look into this folder. Check who may read it.
        ! The drive of this folder does not answer. Partway continues as soon as it does.
        ! The drive of this folder does not answer. Partway continues as soon as it does.
        Looks every 10 s: the system has no more watches to give
        2 files still growing · Looks every 10 s: it lies on another computer
        Looks every 10 s: the system does not tell what changes
        ! 2 files cannot be read · 1 folder in it cannot be looked into · 1 file still open in another program
        ! 1 file is larger than Practice takes
        Watching · 2 links in it are not followed · 1 thing in it is neither a file nor a folder
        1 file was touched and is compared with what went · 1 link in it is not followed
        1 file waits: big.mov.part is still beside it
        1 file still growing · 2 files wait: half files as big.mov.part are still beside them
        ! 2 verified files were not moved to /done: permission denied
        ");
    }

    #[test]
    fn where_its_files_go() {
        assert_eq!(
            watched_to("Acme media", Some("uploads/finals"), &Fields::default()),
            "New files go to Acme media, uploads/finals"
        );
        assert_eq!(watched_to("Acme media", None, &Fields::default()), "New files go to Acme media");
        assert_eq!((not_watched(true), not_watched(false)), ("Not watched at present".into(), "Off".into()));
    }

    #[test]
    fn what_is_set_for_its_files_is_named_shortly() {
        let tagged = Fields { tags: vec!["a".into(), "b".into()], ..Fields::default() };
        assert_eq!(watched_to("Acme", Some("finals"), &tagged), "New files go to Acme, finals · 2 tags");
        let every = Fields {
            folder: Some("finals".into()),
            tags: vec!["a".into()],
            metadata: [("reel".to_owned(), "A001".to_owned())].into(),
            custom_id: Some("{stem}".into()),
            title: Some("{stem}".into()),
            if_exists: Some(IfExists::Rename),
            random_prefix: Some(true),
            ttl_seconds: Some(86_400),
        };
        insta::assert_snapshot!(watched_to("Acme", Some("finals"), &every), @"New files go to Acme, finals · title · 1 tag · keeps both where a name is taken · 1 piece of metadata · custom id · random prefix · session length");
        let of = |how| watched_to("Acme", None, &Fields { if_exists: Some(how), ..Fields::default() });
        let plain = Fields { random_prefix: Some(false), ..Fields::default() };
        assert_eq!(watched_to("Acme", None, &plain), "New files go to Acme · no random prefix");
        let all = [IfExists::Ask, IfExists::Overwrite, IfExists::Skip].map(of);
        insta::assert_snapshot!(all.join("\n"), @r"
        New files go to Acme · asks where a name is taken
        New files go to Acme · replaces what is there
        New files go to Acme · skips names that are taken
        ");
    }
}
