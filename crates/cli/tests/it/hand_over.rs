//! Files being added when the process that holds the journal, or the command itself, ends.

use serde_json::Value;

use crate::holder::{self, Holder};
use crate::run::{Place, Ran};

/// An older upload of `dir/old.mov` that keeps waiting, and `dir/new.mov` beside it.
async fn with_an_older_upload() -> Place {
    let place = Place::new().with_destination("Acme");
    std::fs::create_dir(place.files().join("dir")).unwrap();
    std::fs::write(place.files().join("dir/old.mov"), "old").unwrap();
    holder::take_in(&place.data(), &place.files().canonicalize().unwrap().join("dir/old.mov")).await;
    std::fs::write(place.files().join("dir/new.mov"), "new").unwrap();
    place
}

fn listed(place: &Place) -> Vec<String> {
    let jobs = place.run(&["list", "--json"], &[]).json();
    let name = |job: &Value| job["file"].as_str().unwrap().rsplit(['/', '\\']).next().unwrap().to_owned();
    let mut names: Vec<_> = jobs.iter().map(name).collect();
    names.sort();
    names
}

fn reason(ran: &Ran, file: &str) -> String {
    let ends = ran.finished();
    let name = |end: &Value| end["file"].as_str().unwrap_or_default().replace('\\', "/");
    let of_it: Vec<_> = ends.iter().filter(|end| name(end) == file).collect();
    assert_eq!(of_it.len(), 1, "not one end of {file}: {}", ran.out);
    of_it[0]["reason"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_older_upload_of_the_same_folder_does_not_count_as_what_was_handed_over() {
    let place = with_an_older_upload().await;
    let holder = Holder::on(&place.data()).await;
    let mut command = place.begin(&["upload", "dir", "--json", "--max-wait", "8"], &[("ACME_KEY", "k")]);
    holder.asked().await;
    holder.end().await;
    let ran = command.end().await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    // The destination does not answer, so both wait; the point is that the command waits for them.
    assert!(reason(&ran, "dir/new.mov").starts_with("still waiting after 8 s:"), "{}", ran.out);
    assert!(reason(&ran, "dir/old.mov").starts_with("still waiting after 8 s:"), "{}", ran.out);
    assert_eq!(listed(&place), ["new.mov", "old.mov", "old.mov"]);
}

#[cfg(unix)]
#[tokio::test]
async fn an_end_before_the_answer_does_not_say_that_the_files_are_kept() {
    let place = with_an_older_upload().await;
    let holder = Holder::on(&place.data()).await;
    let mut command = place.begin(&["upload", "dir/new.mov", "--json"], &[("ACME_KEY", "k")]);
    holder.asked().await;
    command.interrupt();
    let ran = command.end().await;
    assert_eq!(ran.code, 130, "{}", ran.err);
    insta::assert_snapshot!(reason(&ran, "dir/new.mov"), @"stopped before it was taken in, as far as is known: 'partwayctl list' tells whether it was. If not, name it again.");
    insta::assert_snapshot!(ran.err, @"1 file not known to be taken in. What 'partwayctl list' does not show has to be named again.");
    holder.end().await;
    assert_eq!(listed(&place), ["old.mov"]);
}

#[tokio::test]
async fn an_end_before_anything_was_asked_says_that_nothing_was_taken_in() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "a").unwrap();
    let ran = place.run(&["upload", "a.mov", "--json", "--max-wait", "0"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1);
    let known = listed(&place) == ["a.mov"];
    let reason = reason(&ran, "a.mov");
    // A quick process may have added it already; then the message differs, but must be true as well.
    assert_eq!(reason.starts_with("not taken in after 0 s: nothing of it was sent"), !known, "{reason}");
}
