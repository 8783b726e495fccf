//! Where keys can be kept, and that each reaches only its destination.

use std::sync::Arc;

use partway_api::{Code, Command, DestinationState, HoldName, LentKey, Request, StateName};
use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, KeychainError, Look, SessionKeychain};

use crate::rig::{
    Rig, add, add_destination, destinations, ends, in_keychain, in_variable, tell, typed_key, until,
};

#[tokio::test]
async fn without_a_keychain_its_own_code_lets_the_front_end_offer_this_session_only() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let key = in_keychain(&rig.sandbox.key);
    let refused = add_destination(&app, rig.draft("Acme"), key).await.unwrap_err();
    assert_eq!(refused.code, Code::Keychain);
    assert!(refused.hint.unwrap().contains("this session only"));
    let added = rig.destination(&app, "Acme").await;
    assert_eq!(added.key_kept, "this session only");
}

#[tokio::test]
async fn a_key_of_this_session_is_gone_with_it_and_its_uploads_wait() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    assert_eq!(destinations(&app).await[0].state, DestinationState::Good);
    app.close(std::time::Duration::ZERO).await;

    let app = rig.open().await;
    let found = &destinations(&app).await[0];
    assert_eq!(found.state, DestinationState::KeyMissing);
    assert_eq!(
        (found.said.as_deref(), found.key_kept.as_str()),
        (Some("Needs its key"), "was for one session, needed again")
    );
    let (_, jobs, _) = add(&app, &[rig.file("b", 10)], None, false).await.unwrap();
    let waits = until(&app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
    assert!(waits.reason.unwrap().contains("needs its key"));
    assert_eq!(destinations(&app).await[0].state, DestinationState::KeyMissing);
    tell(&app, Command::ReplaceKey { destination: acme.id, key: rig.key() }).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
}

#[tokio::test]
async fn a_key_in_the_keychain_is_found_again_and_leaves_with_its_destination() {
    let mut rig = Rig::new().await;
    let keychain = Arc::new(SessionKeychain::new());
    rig.keychain = Some(Arc::clone(&keychain) as _);
    let app = rig.open().await;
    let key = in_keychain(&rig.sandbox.key);
    let acme = add_destination(&app, rig.draft("Acme"), key).await.unwrap();
    assert_eq!(acme.key_kept, "system keychain");
    app.close(std::time::Duration::ZERO).await;

    let app = rig.open().await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
    tell(&app, Command::RemoveDestination { id: acme.id.clone() }).await.unwrap();
    assert!(keychain.get(&acme.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_key_that_moves_out_of_the_keychain_does_not_stay_there() {
    let mut rig = Rig::new().await;
    let keychain = Arc::new(SessionKeychain::new());
    rig.keychain = Some(Arc::clone(&keychain) as _);
    let app = rig.open().await;
    let key = in_keychain("old");
    let acme = add_destination(&app, rig.draft("Acme"), key).await.unwrap();
    tell(&app, Command::ReplaceKey { destination: acme.id.clone(), key: rig.key() }).await.unwrap();
    assert!(keychain.get(&acme.id).await.unwrap().is_none());
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
}

#[tokio::test]
async fn a_variable_is_read_when_it_is_needed() {
    let mut rig = Rig::new().await;
    rig.variables.insert("ACME_KEY".into(), format!(" {}\n", rig.sandbox.key));
    let app = rig.open().await;
    let key = in_variable("ACME_KEY");
    let acme = add_destination(&app, rig.draft("Acme"), key).await.unwrap();
    assert_eq!(acme.key_kept, "environment variable ACME_KEY");
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
}

#[tokio::test]
async fn a_refused_key_is_told_in_the_rail_and_another_one_sets_all_going() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let wrong = typed_key("wrong");
    let acme = add_destination(&app, rig.draft("Acme"), wrong).await.unwrap();
    let (_, jobs, _) = add(&app, &[rig.file("a", 10), rig.file("b", 10)], None, false).await.unwrap();
    for job in &jobs {
        until(&app, &job.id, |line| line.holds.contains(&HoldName::Credentials)).await;
    }
    let shown = &destinations(&app).await[0];
    assert_eq!((shown.state, shown.said.as_deref()), (DestinationState::KeyRefused, Some("Key refused")));
    tell(&app, Command::ReplaceKey { destination: acme.id, key: rig.key() }).await.unwrap();
    for job in &jobs {
        assert_eq!(ends(&app, &job.id).await.state, StateName::Verified);
    }
}

async fn lend(app: &partway_app::App, name: Option<&str>, key: &str) {
    let request = Request::LendKey { destination: name.map(Into::into), key: LentKey::from(key.to_owned()) };
    app.ask(request).await.unwrap();
}

#[tokio::test]
async fn a_lent_key_sets_waiting_uploads_going() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    rig.destination(&app, "Acme").await;
    app.close(std::time::Duration::ZERO).await;
    for name in [Some("ACME"), None] {
        let app = rig.open().await;
        let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
        until(&app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
        lend(&app, name, &rig.sandbox.key).await;
        assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "{name:?}");
        app.close(std::time::Duration::ZERO).await;
    }
}

#[tokio::test]
async fn a_key_that_is_lent_at_opening_is_there_before_anything_runs() {
    let mut rig = Rig::with(|options| options.faults.push("slow@part:1".into())).await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    // Started and not finished: it runs as soon as the folder is opened again.
    let (_, jobs, _) = add(&app, &[rig.file("a", 3_000)], None, false).await.unwrap();
    until(&app, &jobs[0].id, |line| line.state == StateName::Uploading).await;
    app.close(std::time::Duration::ZERO).await;

    for (name, file) in [(Some("ACME".to_owned()), "b"), (Some(acme.id.clone()), "c"), (None, "d")] {
        rig.lent = vec![(name.clone(), LentKey::from(rig.sandbox.key.clone()))];
        let app = rig.open().await;
        assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "{name:?}");
        let shown = destinations(&app).await;
        assert_eq!(shown[0].state, DestinationState::Good, "{name:?}");
        let (_, jobs, _) = add(&app, &[rig.file(file, 10)], None, false).await.unwrap();
        assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "{name:?}");
        app.close(std::time::Duration::ZERO).await;
    }
}

#[tokio::test]
async fn a_lent_key_ends_with_the_wish_for_another_and_with_its_destination() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let acme = rig.destination(&app, "Acme").await;
    lend(&app, Some("Acme"), "wrong").await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    until(&app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
    tell(&app, Command::ReplaceKey { destination: acme.id.clone(), key: rig.key() }).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified, "the lent one is not used any more");

    // The next destination of that name, on any host, must not receive what was lent to this one.
    lend(&app, Some("Acme"), "secret-of-the-first").await;
    tell(&app, Command::RemoveDestination { id: acme.id }).await.unwrap();
    rig.destination(&app, "acme").await;
    let (_, jobs, _) = add(&app, &[rig.file("b", 10)], None, false).await.unwrap();
    assert_eq!(ends(&app, &jobs[0].id).await.state, StateName::Verified);
}

/// A keychain that claims to have stored a key but returns something else.
struct Unreliable(Option<&'static str>);

#[async_trait::async_trait]
impl Keychain for Unreliable {
    async fn get(&self, _: &str) -> Result<Option<ApiKey>, KeychainError> {
        Ok(self.0.map(ApiKey::new))
    }

    async fn set(&self, _: &str, _: &ApiKey) -> Result<(), KeychainError> {
        Ok(())
    }

    async fn remove(&self, _: &str) -> Result<(), KeychainError> {
        Ok(())
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        Ok(Kept::System)
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        Ok(())
    }

    async fn look(&self) -> Look {
        Look::Open
    }
}

#[tokio::test]
async fn a_keychain_is_believed_only_when_it_gives_the_key_back() {
    for back in [None, Some("another key")] {
        let mut rig = Rig::new().await;
        rig.keychain = Some(Arc::new(Unreliable(back)));
        let app = rig.open().await;
        let refused =
            add_destination(&app, rig.draft("Acme"), in_keychain(&rig.sandbox.key)).await.unwrap_err();
        assert_eq!(refused.code, Code::Keychain);
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused.message, @"The keychain did not give the key back that was just stored.");
        }
        assert!(destinations(&app).await.is_empty(), "a destination without its key");
    }
}
