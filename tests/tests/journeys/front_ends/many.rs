//! Two thousand small files at once: they are all there at once, and go through few sessions at a time.

use std::collections::BTreeSet;
use std::time::Instant;

use partway_engine::Bounds;

use crate::support::{House, heavy, is, of};

const FILES: usize = 2000;

#[test]
fn two_thousand_small_files_open_no_more_sessions_than_permitted() {
    let _turn = heavy();
    let house = House::with(&[]);
    let folder = house.files().join("many");
    std::fs::create_dir(&folder).unwrap();
    for number in 0..FILES {
        std::fs::write(folder.join(format!("{number:04}.txt")), format!("file {number}")).unwrap();
    }
    let mut upload = house.begin(["upload", "many", "--json"]);
    upload.until("its first part", |event| is(event, "part"));

    // While it works it still answers, and knows all of them.
    let asked = Instant::now();
    let list = house.list();
    let took = asked.elapsed();
    assert_eq!(list.len(), FILES);
    assert!(took.as_secs() < 10, "the list took {took:?}");
    println!("list of {FILES} beside the upload: {took:?}");

    let ran = upload.end_within(std::time::Duration::from_secs(280));
    ran.assert_verified();
    assert_eq!(of(&ran.events, "finished").len(), FILES);
    println!("{FILES} files: {:?}", ran.took);

    // Who has a permit has a session, and nobody else.
    let permits = Bounds::default().jobs;
    let mut open = BTreeSet::new();
    let mut most = 0;
    for line in house.sandbox.log() {
        match line.step.as_str() {
            "start" => assert!(open.insert(line.session.unwrap())),
            "complete" => assert!(open.remove(&line.session.unwrap())),
            _ => {}
        }
        most = most.max(open.len());
    }
    assert!(
        open.is_empty() && most <= permits,
        "{most} sessions were open at once, {} are still",
        open.len()
    );
    assert_eq!(most, permits, "the permits are used");
    let texts: BTreeSet<_> =
        house.sandbox.objects().iter().map(|object| std::fs::read(object).unwrap()).collect();
    assert_eq!((texts.len(), house.sandbox.objects().len()), (FILES, FILES), "each text arrived once");
}
