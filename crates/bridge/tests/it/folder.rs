//! The folder: one holder, private, at any depth.

use partway_bridge::{Client, FolderLock};

#[test]
fn a_file_in_the_folders_place_is_told_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    std::fs::write(&file, "x").unwrap();
    let said = FolderLock::take(&file).map(drop).unwrap_err().to_string();
    let why = "something else of that name is there already";
    let what = "Change that, or name another folder with --data-dir.";
    assert_eq!(said, format!("The data folder {} cannot be used: {why}. {what}", file.display()));
}

#[test]
fn one_holder_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let lock = FolderLock::take(folder.path()).unwrap().unwrap();
    assert!(FolderLock::take(folder.path()).unwrap().is_none());
    drop(lock);
    assert!(FolderLock::take(folder.path()).unwrap().is_some());
}

#[test]
fn two_folders_never_touch() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _one = FolderLock::take(one.path()).unwrap().unwrap();
    assert!(FolderLock::take(two.path()).unwrap().is_some());
}

#[tokio::test]
async fn nobody_there_is_not_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Client::connect(folder.path()).await.unwrap().is_none());
    assert!(Client::connect(&folder.path().join("not made yet")).await.unwrap().is_none());
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use partway_api::Request;
    use partway_bridge::{BridgeError, Server};

    use super::*;
    use crate::double::Double;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[tokio::test]
    async fn folder_lock_and_socket_are_their_owners_only() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        let lock = FolderLock::take(&folder).unwrap().unwrap();
        let _server = Server::start(Double::new(), lock, |_| false).unwrap();
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("lock")), 0o600);
        assert_eq!(mode(&folder.join("socket")), 0o600);
    }

    #[test]
    fn a_folder_that_was_open_to_others_is_made_private() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let _lock = FolderLock::take(folder.path()).unwrap().unwrap();
        assert_eq!(mode(folder.path()), 0o700);
    }

    #[test]
    fn a_folder_with_other_things_in_it_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.path().join("holiday.jpg"), "").unwrap();
        let refused = FolderLock::take(folder.path()).unwrap_err();
        assert!(matches!(&refused, BridgeError::Foreign(_)), "{refused}");
        assert!(
            refused.to_string().ends_with("Name an empty or a new folder as the data folder."),
            "{refused}"
        );
        assert_eq!(mode(folder.path()), 0o755);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was put there");
        // Other files may exist beside a journal.
        std::fs::write(folder.path().join("journal.db"), "").unwrap();
        assert!(FolderLock::take(folder.path()).unwrap().is_some());
    }

    #[test]
    fn a_folder_that_is_meant_for_all_users_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(matches!(FolderLock::take(folder.path()), Err(BridgeError::Shared(_))));
        assert_eq!(mode(folder.path()), 0o1777);
    }

    #[tokio::test]
    async fn a_socket_that_a_killed_holder_left_is_nobody_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        // What a killed process leaves: the file exists, but nothing listens.
        drop(std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap());
        assert!(folder.path().join("socket").exists());
        assert!(Client::connect(folder.path()).await.unwrap().is_none());
        let lock = FolderLock::take(folder.path()).unwrap().unwrap();
        let server = Server::start(Double::new(), lock, |_| false).unwrap();
        assert!(Client::connect(folder.path()).await.unwrap().is_some());
        let lock = server.stop().await;
        assert!(!folder.path().join("socket").exists());
        drop(lock);
    }

    #[tokio::test]
    async fn a_folder_deeper_than_a_sockets_path_may_be() {
        let parent = tempfile::tempdir().unwrap();
        let deep = parent.path().join("d".repeat(120)).join("e".repeat(120));
        let lock = FolderLock::take(&deep).unwrap().unwrap();
        let server = Server::start(Double::new(), lock, |_| false).unwrap();
        assert_eq!(mode(&deep.join("socket")), 0o600);
        let client = Client::connect(&deep).await.unwrap().unwrap();
        client.ask(Request::List).await.unwrap();
        drop(server.stop().await);
        assert!(Client::connect(&deep).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn another_spelling_of_the_folder_meets_the_same_holder() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("real");
        let link = parent.path().join("link");
        let lock = FolderLock::take(&folder).unwrap().unwrap();
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        let _server = Server::start(Double::new(), lock, |_| false).unwrap();
        assert!(FolderLock::take(&link).unwrap().is_none());
        assert!(Client::connect(&link).await.unwrap().is_some());
    }
}
