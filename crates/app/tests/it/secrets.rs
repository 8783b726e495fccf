//! Keys go in but never come out.

use partway_api::{Command, LentKey, Look, Request, Selection};

use crate::rig::{Rig, add, ends, list, tell};

#[tokio::test]
async fn no_answer_no_event_no_tick_and_no_file_holds_a_key_or_a_signature() {
    let rig = Rig::with(|options| options.faults.push("500-once@part".into())).await;
    let app = rig.open().await;
    let mut events = app.follow();
    let mut watch = app.watch(Look { limit: 50, ..Look::default() });
    let mut said = String::new();
    let mut say = |what: &dyn std::fmt::Debug| said.push_str(&format!("{what:?}\n"));

    let added =
        tell(&app, Command::AddDestination { draft: rig.draft("Acme"), key: rig.key() }).await.unwrap();
    say(&serde_json::to_string(&added).unwrap());
    say(&added);
    let command = Command::AddDestination { draft: rig.draft("Other"), key: rig.key() };
    say(&command);
    say(&Request::LendKey { destination: None, key: LentKey::from(rig.sandbox.key.clone()) });
    say(&tell(&app, Command::Check { draft: rig.draft("B"), key: Some(rig.key()), upload: false }).await);
    let (_, jobs, _) = add(&app, &[rig.file("a", 5_000)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    say(&tell(&app, Command::Detail { job: jobs[0].id.clone() }).await);
    say(&tell(&app, Command::Destinations).await);
    say(&tell(&app, Command::Link { jobs: Selection::Job(jobs[0].id.clone()) }).await);
    say(&list(&app).await);
    let wrong = crate::rig::typed_key(&format!("{} with words", rig.sandbox.key));
    say(&tell(&app, Command::AddDestination { draft: rig.draft("C"), key: wrong }).await);
    while let Ok(Some(event)) =
        tokio::time::timeout(std::time::Duration::from_millis(50), events.next()).await
    {
        say(&serde_json::to_string(&event.unwrap()).unwrap());
    }
    while let Ok(Some(tick)) = tokio::time::timeout(std::time::Duration::from_millis(250), watch.next()).await
    {
        say(&serde_json::to_string(&tick).unwrap());
    }
    app.close(std::time::Duration::from_secs(5)).await;
    assert!(said.contains("Acme") && said.contains("verified"), "this test hears something");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(rig.folder.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            files.extend(std::fs::read(path).unwrap());
        }
    }
    for secret in [rig.sandbox.key.as_str(), "X-Amz-Signature"] {
        assert!(!said.contains(secret), "{secret}");
        assert!(!files.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret} in a file");
    }
}
