//! The Partway that holds the folder is suspended (Ctrl-Z): other commands say so, keep to their limits, and
//! continue when it does.

use std::time::{Duration, Instant};

use crate::holder::Holder;
use crate::run::{Begun, Place};

const KEY: &[(&str, &str)] = &[("ACME_KEY", "k")];

/// A real holder with a file that cannot be sent, stopped.
async fn stopped_holder(place: &Place) -> Begun {
    std::fs::write(place.files().join("a.mov"), "a").unwrap();
    let mut holder = place.begin(&["upload", "a.mov", "--json"], KEY);
    holder.says(r#""event":"added""#).await;
    holder.signal("-STOP");
    holder
}

#[tokio::test]
async fn a_command_says_that_the_holder_does_not_answer_waits_and_goes_on_when_it_does() {
    let place = Place::new().with_destination("Acme");
    let mut holder = stopped_holder(&place).await;
    std::fs::write(place.files().join("b.mov"), "b").unwrap();
    let begun = Instant::now();
    let mut list = place.begin(&["list", "--json"], &[]);
    let mut upload = place.begin(&["upload", "b.mov", "--json"], KEY);
    let mut watch = place.begin(&["watch", "run"], KEY);
    let told = list.tells("does not answer").await;
    assert!(begun.elapsed() >= Duration::from_secs(4), "too soon: {told}");
    let data = place.data().canonicalize().unwrap().display().to_string();
    insta::assert_snapshot!(told.replace(&data, "/data"), @"The Partway that holds the data folder /data does not answer: it may be suspended (Ctrl-Z) or frozen. Continue it ('fg' in its terminal) or end it; this command waits for it.");
    upload.tells("does not answer").await;
    watch.tells("does not answer").await;
    // The first Ctrl-C is enough.
    watch.interrupt();
    assert_eq!(watch.end().await.code, 130);

    holder.signal("-CONT");
    let listed = list.end().await;
    assert_eq!((listed.code, listed.err.as_str()), (0, "It answers again.\n"));
    assert_eq!(listed.json().len(), 1, "{}", listed.out);
    upload.tells("It answers again.").await;
    // The holder, which continues, adds it.
    upload.says(r#""event":"added""#).await;
    for command in [&mut upload, &mut holder] {
        command.interrupt();
        assert_eq!(command.end().await.code, 130);
    }
}

#[tokio::test]
async fn max_wait_counts_while_the_holder_is_stopped() {
    let place = Place::new().with_destination("Acme");
    let mut holder = stopped_holder(&place).await;
    std::fs::write(place.files().join("b.mov"), "b").unwrap();
    for words in [&["upload", "b.mov", "--json", "--max-wait", "1"][..], &["resume", "--max-wait", "1"]] {
        let begun = Instant::now();
        let ran = place.begin(words, KEY).end().await;
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(begun.elapsed() < Duration::from_secs(4), "{words:?} took {:?}", begun.elapsed());
    }
    holder.signal("-CONT");
    holder.interrupt();
    assert_eq!(holder.end().await.code, 130);
}

#[tokio::test]
async fn a_holder_that_is_stopped_while_a_command_waits_for_its_file_is_told_of_and_max_wait_counts() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "a").unwrap();
    let mut holder = place.begin(&["upload", "a.mov", "--json"], KEY);
    holder.says(r#""event":"added""#).await;
    let mut resume = place.begin(&["resume", "--json", "--max-wait", "18"], KEY);
    resume.says(r#""event":"added""#).await;
    let begun = Instant::now();
    holder.signal("-STOP");
    resume.tells("does not answer").await;
    let ran = resume.end().await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(begun.elapsed() < Duration::from_secs(22), "it took {:?}", begun.elapsed());
    holder.signal("-CONT");
    holder.interrupt();
    assert_eq!(holder.end().await.code, 130);
}

#[tokio::test]
async fn a_holder_that_is_long_at_taking_in_is_not_called_stopped() {
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "a").unwrap();
    let holder = Holder::on(&place.data()).await;
    let ran = place.begin(&["upload", "a.mov", "--json", "--max-wait", "7"], KEY).end().await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(!ran.err.contains("does not answer"), "{}", ran.err);
    holder.end().await;
}
