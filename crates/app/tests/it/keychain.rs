//! A keychain that is locked, slow or missing: what waits for it, what resumes when it opens, and what has to
//! stay in it for now.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use partway_api::{
    Code, Command, DestinationState, Done, HoldName, KeyDraft, KeychainView, Look as PageLook, Notice,
    NoticeAction, StateName,
};
use partway_app::{App, Order, Press};
use partway_core::ApiKey;
use partway_keychain::{Kept, Keychain, KeychainError, Look, SessionKeychain};

use crate::rig::{
    PATIENCE, Rig, add, add_destination, destinations, ends, in_keychain, tell, typed_key, until,
};

/// A keychain that a test can shut.
struct Doors {
    inside: SessionKeychain,
    shut: Mutex<Option<KeychainError>>,
    /// Whether `unlock` opens it.
    opens: bool,
    /// Whether `look` reveals its state.
    tells: bool,
    /// The longest key it accepts.
    longest: Mutex<Option<usize>>,
}

impl Doors {
    fn new(opens: bool, tells: bool) -> Arc<Self> {
        Arc::new(Self {
            inside: SessionKeychain::new(),
            shut: Mutex::default(),
            opens,
            tells,
            longest: Mutex::default(),
        })
    }

    fn set(&self, shut: Option<KeychainError>) {
        *self.shut.lock().unwrap() = shut;
    }

    fn through(&self) -> Result<(), KeychainError> {
        self.shut.lock().unwrap().clone().map_or(Ok(()), Err)
    }
}

#[async_trait::async_trait]
impl Keychain for Doors {
    async fn get(&self, account: &str) -> Result<Option<ApiKey>, KeychainError> {
        self.through()?;
        self.inside.get(account).await
    }

    async fn set(&self, account: &str, key: &ApiKey) -> Result<(), KeychainError> {
        self.through()?;
        self.inside.set(account, key).await
    }

    fn longest(&self) -> Option<usize> {
        *self.longest.lock().unwrap()
    }

    async fn remove(&self, account: &str) -> Result<(), KeychainError> {
        self.through()?;
        self.inside.remove(account).await
    }

    async fn status(&self) -> Result<Kept, KeychainError> {
        self.through().map(|()| Kept::System)
    }

    async fn unlock(&self) -> Result<(), KeychainError> {
        if self.opens {
            self.set(None);
        }
        self.through()
    }

    async fn look(&self) -> Look {
        match self.through() {
            _ if !self.tells => Look::CannotTell,
            Ok(()) => Look::Open,
            Err(error) => Look::Shut(error),
        }
    }
}

/// A rig with that keychain, and a destination *Acme* whose key is in it.
async fn rig(doors: &Arc<Doors>) -> (Rig, App, String) {
    let mut rig = Rig::new().await;
    rig.keychain = Some(Arc::clone(doors) as _);
    let app = rig.open().await;
    let acme = add_destination(&app, rig.draft("Acme"), in_keychain(&rig.sandbox.key)).await.unwrap();
    (rig, app, acme.id)
}

/// Adds a file and waits until it is held for its key.
async fn waiting(rig: &Rig, app: &App) -> String {
    let (_, jobs, _) = add(app, &[rig.file("a", 10)], None, false).await.unwrap();
    until(app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
    jobs[0].id.clone()
}

/// The banners in the first tick.
async fn notices(app: &App) -> Vec<Notice> {
    let mut watch = app.watch(PageLook::default());
    let tick = tokio::time::timeout(PATIENCE, watch.next()).await.unwrap().unwrap();
    tick.notices.unwrap_or_default()
}

async fn view(app: &App, command: Command) -> KeychainView {
    match tell(app, command).await.unwrap() {
        Done::Keychain { keychain } => keychain,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_locked_keychain_is_one_banner_and_what_waits_goes_on_by_itself_when_it_is_unlocked() {
    let doors = Doors::new(false, true);
    let (rig, app, acme) = rig(&doors).await;
    doors.set(Some(KeychainError::Locked));
    let job = waiting(&rig, &app).await;
    let shown = &destinations(&app).await[0];
    assert_eq!((shown.state, shown.said.as_deref()), (DestinationState::KeyMissing, Some("Keychain locked")));
    let [notice] = &notices(&app).await[..] else { panic!("one banner") };
    assert_eq!(notice.title, "The keychain is locked.");
    assert_eq!(notice.text, "Acme needs its key: 1 upload waits, nothing is lost.");
    let buttons: Vec<_> = notice.buttons.iter().map(|button| button.action.clone()).collect();
    assert_eq!(
        buttons,
        [NoticeAction::UnlockKeychain, NoticeAction::ReplaceKey { destination: acme.clone() }]
    );

    let refused = view(&app, Command::UnlockKeychain).await;
    assert_eq!((refused.works, refused.unlock.as_deref()), (false, Some("Unlock")));
    doors.set(None);
    assert_eq!(ends(&app, &job).await.state, StateName::Verified);
    assert_eq!(notices(&app).await, []);
}

#[tokio::test]
async fn a_locked_keychain_is_told_as_one_with_a_button_that_helps_and_is_withdrawn() {
    let doors = Doors::new(true, true);
    let (rig, app, acme) = rig(&doors).await;
    let again = add_destination(&app, rig.draft("Again"), in_keychain(&rig.sandbox.key)).await.unwrap();
    let mut telling = app.tell(|| false);
    doors.set(Some(KeychainError::Locked));
    add(&app, &[rig.file("a", 10)], Some(&acme), false).await.unwrap();
    let told = tokio::time::timeout(PATIENCE, telling.next()).await.unwrap().unwrap();
    let Order::Show(message) = told else { panic!("{told:?}") };
    assert_eq!(message.title, "The keychain is locked.");
    assert_eq!(message.text, "Acme needs its key: 1 upload waits, nothing is lost.");
    let buttons: Vec<_> =
        message.buttons.iter().map(|button| (button.words.as_str(), button.press.clone())).collect();
    assert_eq!(buttons, [("Unlock", Press::Unlock)]);

    // Another destination's missing key has the same cause.
    let (_, jobs, _) = add(&app, &[rig.file("b", 10)], Some(&again.id), false).await.unwrap();
    until(&app, &jobs[0].id, |line| line.holds.contains(&HoldName::Credentials)).await;
    assert!(view(&app, Command::UnlockKeychain).await.works);
    let gone = tokio::time::timeout(PATIENCE, telling.next()).await.unwrap().unwrap();
    assert_eq!(gone, Order::Withdraw(message.tag));
    app.close(Duration::ZERO).await;
}

#[tokio::test]
async fn where_nothing_can_be_told_by_looking_one_press_sets_all_going() {
    for (trouble, command) in [
        (KeychainError::Slow, Command::UnlockKeychain),
        (KeychainError::Refused { why: "no".into() }, Command::UnlockKeychain),
        (KeychainError::Absent { why: "no".into() }, Command::UnlockKeychain),
        (KeychainError::Locked, Command::UnlockKeychain),
    ] {
        let doors = Doors::new(true, false);
        let (rig, app, _) = rig(&doors).await;
        doors.set(Some(trouble.clone()));
        let job = waiting(&rig, &app).await;
        assert_eq!(notices(&app).await[0].buttons[0].action, NoticeAction::UnlockKeychain, "{trouble:?}");
        assert!(view(&app, command).await.works);
        assert_eq!(ends(&app, &job).await.state, StateName::Verified, "{trouble:?}");
    }
}

#[tokio::test]
async fn a_test_that_finds_it_open_sets_going_what_waited() {
    let doors = Doors::new(false, false);
    let (rig, app, _) = rig(&doors).await;
    doors.set(Some(KeychainError::Slow));
    let job = waiting(&rig, &app).await;
    doors.set(None);
    assert!(view(&app, Command::CheckKeychain).await.works);
    assert_eq!(ends(&app, &job).await.state, StateName::Verified);
}

#[tokio::test]
async fn uploads_that_waited_for_it_go_on_after_a_restart() {
    let doors = Doors::new(false, true);
    let (rig, app, _) = rig(&doors).await;
    doors.set(Some(KeychainError::Locked));
    let job = waiting(&rig, &app).await;
    app.close(Duration::ZERO).await;
    doors.set(None);
    let app = rig.open().await;
    assert_eq!(ends(&app, &job).await.state, StateName::Verified);
}

#[tokio::test]
async fn a_key_that_cannot_leave_is_told_and_leaves_when_it_is_unlocked_in_a_later_process() {
    let doors = Doors::new(false, true);
    let (rig, app, acme) = rig(&doors).await;
    doors.set(Some(KeychainError::Locked));
    match tell(&app, Command::RemoveDestination { id: acme.clone() }).await.unwrap() {
        Done::Removed { left } => {
            insta::assert_snapshot!(left.unwrap(), @"Acme was removed. Its key is still in the keychain, which is locked; Partway removes it as soon as it can.");
        }
        other => panic!("{other:?}"),
    }
    assert!(destinations(&app).await.is_empty());
    assert_eq!(view(&app, Command::CheckKeychain).await.left, ["Acme"]);
    app.close(Duration::ZERO).await;

    let app = rig.open().await;
    assert!(doors.inside.get(&acme).await.unwrap().is_some());
    doors.set(None);
    let gone = async {
        while doors.inside.get(&acme).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    assert_eq!(view(&app, Command::CheckKeychain).await.left, [""; 0]);
}

#[tokio::test]
async fn a_key_that_came_back_in_the_meantime_stays() {
    let doors = Doors::new(false, true);
    let (rig, app, acme) = rig(&doors).await;
    doors.set(Some(KeychainError::Locked));
    tell(&app, Command::ReplaceKey { destination: acme.clone(), key: rig.key() }).await.unwrap();
    assert_eq!(view(&app, Command::CheckKeychain).await.left, ["Acme"]);
    doors.set(None);
    let key = in_keychain(&rig.sandbox.key);
    tell(&app, Command::ReplaceKey { destination: acme.clone(), key }).await.unwrap();
    assert_eq!(view(&app, Command::CheckKeychain).await.left, [""; 0]);
    assert!(doors.inside.get(&acme).await.unwrap().is_some(), "it took away a key that is needed");
}

#[tokio::test]
async fn a_key_for_this_session_is_marked_and_asked_for_after_a_restart() {
    let rig = Rig::new().await;
    let app = rig.open().await;
    let added = add_destination(&app, rig.draft("Acme"), typed_key(&rig.sandbox.key)).await.unwrap();
    assert_eq!(
        (added.key_kept.as_str(), added.said.as_deref()),
        ("this session only", Some("Key until quit"))
    );
    app.close(Duration::ZERO).await;
    let app = rig.open().await;
    assert_eq!(destinations(&app).await[0].said.as_deref(), Some("Needs its key"));
}

#[tokio::test]
async fn a_locked_keychain_has_its_own_code_where_a_key_is_given() {
    let doors = Doors::new(false, true);
    let (rig, app, acme) = rig(&doors).await;
    doors.set(Some(KeychainError::Locked));
    let key = || in_keychain(&rig.sandbox.key);
    let refused = tell(&app, Command::ReplaceKey { destination: acme, key: key() }).await.unwrap_err();
    assert_eq!(refused.code, Code::KeychainLocked);
    doors.set(Some(KeychainError::Forgets));
    let refused = add_destination(&app, rig.draft("Fleet"), key()).await.unwrap_err();
    assert_eq!(refused.code, Code::Keychain);
}

#[tokio::test]
async fn a_key_for_which_the_keychain_has_no_room_is_told_before_any_part_of_it_is_kept() {
    let doors = Doors::new(false, true);
    let (rig, app, acme) = rig(&doors).await;
    *doors.longest.lock().unwrap() = Some(2_557);
    let before = format!("{:?}", doors.inside);
    let (s3, _) = crate::kinds::of_kind(&rig, "s3");
    let key = |key: &str, letters: usize| KeyDraft::Keychain {
        key: key.into(),
        secret: Some("s".into()),
        session_token: Some("x".repeat(letters)),
    };
    let refused = add_destination(&app, s3.clone(), key("k", 3_000)).await.unwrap_err();
    insta::assert_snapshot!(refused.message, @"The keychain of this computer takes keys of at most 2557 bytes, and this one is longer. Nothing of it was kept.");
    assert_eq!((refused.code, refused.hint.is_some()), (Code::Keychain, true));
    let long = in_keychain(&"k".repeat(3_000));
    let refused = tell(&app, Command::ReplaceKey { destination: acme, key: long }).await.unwrap_err();
    assert_eq!(refused.code, Code::Keychain);
    assert_eq!(format!("{:?}", doors.inside), before, "not one part of either was kept");
    assert_eq!(destinations(&app).await.len(), 1);
    // One that just fits is stored completely.
    add_destination(&app, s3, key("k", 2_557)).await.unwrap();
    assert_ne!(format!("{:?}", doors.inside), before);
}

#[tokio::test]
async fn a_command_ends_there_with_the_sentence() {
    let doors = Doors::new(false, true);
    let (mut rig, app, _) = rig(&doors).await;
    app.close(Duration::ZERO).await;
    rig.headless = true;
    doors.set(Some(KeychainError::Locked));
    let app = rig.open().await;
    let (_, jobs, _) = add(&app, &[rig.file("a", 10)], None, false).await.unwrap();
    let ended = ends(&app, &jobs[0].id).await;
    assert_eq!((ended.state, ended.refused), (StateName::NeedsAttention, true));
    insta::assert_snapshot!(ended.reason.unwrap(), @"The key of Acme could not be read, so a waits; nothing is lost. The keychain is locked. Unlock it, then try again.");
}
