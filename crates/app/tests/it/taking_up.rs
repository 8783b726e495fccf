//! Selections, links, and resuming unfinished work.

use partway_api::{Answer, Code, Command, Done, HoldName, Request, Selection, StateName};

use crate::rig::{Rig, add, ends, list, one, tell, until};

async fn touched(app: &partway_app::App, command: Command) -> u32 {
    match tell(app, command).await.unwrap() {
        Done::Jobs { touched } => touched,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_job_is_named_by_either_end_of_its_id() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10), rig.file("b", 10)], None, true).await.unwrap();
    let id = &jobs[0].id;
    let pause = |text: &str| Command::Pause { jobs: one(text) };
    assert_eq!(touched(&app, pause(&id[id.len() - 8..].to_uppercase())).await, 1);
    assert_eq!(until(&app, id, |_| true).await.holds, [HoldName::User, HoldName::Countdown]);
    for (text, words) in [("zzz", "no upload"), ("", "no upload"), (&id[..4], "More than one")] {
        let refused = tell(&app, pause(text)).await.unwrap_err();
        assert_eq!((refused.code, refused.message.contains(words)), (Code::Refused, true), "{refused}");
    }
}

#[tokio::test]
async fn all_means_what_can_be_meant() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (_, done, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    ends(&app, &done[0].id).await;
    let (batch, held, _) = add(&app, &[rig.file("b", 10), rig.file("c", 10)], None, true).await.unwrap();
    assert_eq!(touched(&app, Command::Pause { jobs: Selection::All }).await, 2);
    assert_eq!(touched(&app, Command::Resume { jobs: Selection::All }).await, 2);
    assert_eq!(touched(&app, Command::Cancel { jobs: Selection::Batch(batch.unwrap()) }).await, 2);
    ends(&app, &held[1].id).await;
    assert_eq!(touched(&app, Command::Remove { jobs: Selection::All }).await, 3);
    assert!(list(&app).await.is_empty());
}

#[tokio::test]
async fn a_link_is_the_address_of_the_finished_file_and_a_batchs_links_have_names() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (batch, jobs, _) =
        add(&app, &[rig.file("a.mov", 10), rig.file("b.mov", 10)], None, false).await.unwrap();
    for job in &jobs {
        ends(&app, &job.id).await;
    }
    let link = async |jobs| match tell(&app, Command::Link { jobs }).await.unwrap() {
        Done::Link { text } => text,
        other => panic!("{other:?}"),
    };
    let single = link(one(&jobs[0].id)).await;
    assert!(single.starts_with("http") && !single.contains("X-Amz"), "{single}");
    let all = link(Selection::Batch(batch.unwrap())).await;
    let lines: Vec<_> = all.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(lines[0], ("a.mov", single.as_str()));
    assert_eq!((lines.len(), lines[1].0), (2, "b.mov"));
    // For a batch of one it is just the address, too, so that it can be pasted into a browser.
    let (alone, jobs, _) = add(&app, &[rig.file("c.mov", 10)], None, false).await.unwrap();
    ends(&app, &jobs[0].id).await;
    assert_eq!(link(Selection::Batch(alone.unwrap())).await, link(one(&jobs[0].id)).await);
    let (_, held, _) = add(&app, &[rig.file("c", 10)], None, true).await.unwrap();
    assert_eq!(tell(&app, Command::Link { jobs: one(&held[0].id) }).await.unwrap_err().code, Code::Refused);
}

#[tokio::test]
async fn taking_up_lifts_what_a_person_had_to_lift_and_tells_every_unfinished_file() {
    let mut rig = Rig::new().await;
    rig.headless = true;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    let (_, done, _) = add(&app, &[rig.file("done", 10)], None, false).await.unwrap();
    ends(&app, &done[0].id).await;
    let gone = rig.file("gone", 10);
    let (_, jobs, _) = add(&app, &[rig.file("paused", 10), gone.clone()], None, true).await.unwrap();
    tell(&app, Command::Pause { jobs: one(&jobs[0].id) }).await.unwrap();
    std::fs::remove_file(&gone).unwrap();
    app.close(std::time::Duration::ZERO).await;

    let app = rig.open().await;
    let request =
        Request::LendKey { destination: None, key: partway_api::LentKey::from(rig.sandbox.key.clone()) };
    app.ask(request).await.unwrap();
    let Answer::Jobs { jobs: taken, .. } = app.ask(Request::TakeUp { since: None }).await.unwrap() else {
        panic!("no jobs")
    };
    let ids = |lines: &[partway_api::JobLine]| lines.iter().map(|line| line.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&taken), ids(&jobs));
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    let missing = ends(&app, &jobs[1].id).await;
    assert_eq!(missing.state, StateName::NeedsAttention);
    assert!(missing.reason.unwrap().starts_with("gone is not where it was."));
    assert!(!missing.refused, "it was not the destination that said no");
}
