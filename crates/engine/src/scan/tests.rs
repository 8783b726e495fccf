//! Named paths as files: folders, links, paths that do not end in a name, and what cannot be sent.

use super::*;

#[test]
fn a_folder_gives_its_files_with_their_folders_and_tells_what_it_leaves() {
    let dir = tempfile::tempdir().unwrap();
    let card = dir.path().join("Card A001");
    std::fs::create_dir_all(card.join("clips")).unwrap();
    std::fs::create_dir_all(dir.path().join("empty/inside")).unwrap();
    std::fs::write(card.join("clips/b.mov"), "b").unwrap();
    std::fs::write(card.join("a.txt"), "").unwrap();
    std::fs::write(card.join(".DS_Store"), "x").unwrap();

    let intake = look(&[card, dir.path().join("empty"), dir.path().join("gone.mov")]);

    let files: Vec<_> =
        intake.files.iter().map(|f| (f.name.as_str(), f.folders.as_str(), f.mime.as_str())).collect();
    assert_eq!(
        files,
        [("a.txt", "Card A001", "text/plain"), ("b.mov", "Card A001/clips", "video/quicktime")]
    );
    let left: Vec<_> = intake.left_out.iter().map(|l| l.why.clone()).collect();
    assert_eq!(left, [WhyLeftOut::Ignored, WhyLeftOut::EmptyFolder, WhyLeftOut::Missing]);
}

#[test]
fn of_partways_own_data_folder_nothing_goes_however_it_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    std::fs::create_dir_all(data.join("logs")).unwrap();
    std::fs::create_dir_all(dir.path().join("other/data")).unwrap();
    for file in ["data/journal.db", "data/logs/partway.log", "other/data/a.mov", "b.mov"] {
        std::fs::write(dir.path().join(file), "x").unwrap();
    }
    let own = data.canonicalize().unwrap();
    let looked = |path: &Path| {
        let intake = put_together(vec![look_at(path, Some(&own), &mut || true)]);
        let left = intake.left_out.into_iter().map(|left| left.why).collect::<Vec<_>>();
        (intake.files.into_iter().map(|found| found.name).collect::<Vec<_>>(), left)
    };
    let own_data = vec![WhyLeftOut::OwnData];
    assert_eq!(looked(dir.path()), (vec!["b.mov".to_owned(), "a.mov".to_owned()], own_data.clone()));
    for inside in ["data", "data/../data/logs", "data/journal.db"] {
        assert_eq!(looked(&dir.path().join(inside)), (Vec::new(), own_data.clone()), "{inside}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&data, dir.path().join("link")).unwrap();
        assert_eq!(looked(&dir.path().join("link")), (Vec::new(), own_data));
    }
}

#[test]
fn a_file_that_is_named_twice_goes_once() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    for folder in [&a, &b] {
        std::fs::create_dir(folder).unwrap();
        std::fs::write(folder.join("x.mov"), "x").unwrap();
    }
    let other = a.join("../a/./x.mov");
    let names = |paths: &[PathBuf]| -> Vec<_> {
        look(paths).files.into_iter().map(|found| (found.folders, found.name)).collect()
    };
    let of = |folders: &str| (folders.to_owned(), "x.mov".to_owned());
    assert_eq!(names(&[a.clone(), a.join("x.mov"), other.clone()]), [of("a")]);
    assert_eq!(names(&[other, a.join("x.mov"), a.clone()]), [of("")]);
    if cfg!(windows) {
        assert_eq!(names(&[a.join("x.mov"), a.join("X.MOV")]), [of("")], "one file in two spellings");
    }
    assert_eq!(names(&[a, b]), [of("a"), of("b")], "two files of one name are two files");
}

#[test]
fn a_type_is_told_by_the_name_and_where_that_says_nothing_by_the_content() {
    let dir = tempfile::tempdir().unwrap();
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    let mp4 = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".as_slice();
    for (name, content, mime) in [
        ("still", png, "image/png"),
        ("clip.take7", mp4, "video/mp4"),
        ("named.mov", png, "video/quicktime"),
        ("plain", b"words", UNKNOWN),
        ("empty", b"", UNKNOWN),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        assert_eq!(look(&[path]).files[0].mime, mime, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_told_without_waiting_for_its_writer_and_a_loop_of_links_ends() {
    let dir = tempfile::tempdir().unwrap();
    let pipe = dir.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink(dir.path(), dir.path().join("loop")).unwrap();
    let intake = look(&[pipe.clone(), dir.path().to_owned()]);
    assert_eq!(intake.files, []);
    let why: Vec<_> = intake.left_out.into_iter().map(|left| left.why).collect();
    assert_eq!(why, [WhyLeftOut::NotAFile, WhyLeftOut::LinkToFolder, WhyLeftOut::NotAFile]);
}

#[cfg(unix)]
#[test]
fn one_look_tells_apart_what_can_be_kept_and_what_never_will_go() {
    let dir = tempfile::tempdir().unwrap();
    let (file, gone) = (dir.path().join("a.mov"), dir.path().join("gone.mov"));
    std::fs::write(&file, "a").unwrap();
    let named: [PathBuf; 4] = [file, gone, "/dev/null".into(), dir.path().to_owned()];
    let sifted: Vec<_> = named.iter().map(|path| sift(path)).collect();
    assert_eq!(sifted, [Ok(()), Err(WhyLeftOut::Missing), Err(WhyLeftOut::NotAFile), Ok(())]);
}

#[cfg(unix)]
#[test]
fn one_look_finds_a_folder_that_nobody_may_look_into() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = tempfile::tempdir().unwrap();
    let closed = dir.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    // For a privileged user nothing is closed.
    let open = std::fs::read_dir(&closed).is_ok();
    let denied = WhyLeftOut::Unreadable("permission denied".into());
    assert_eq!(sift(&closed), if open { Ok(()) } else { Err(denied) });
}

/// A folder that vanished between the look and the walk stands for every error that a walk can meet.
#[test]
fn a_folder_that_cannot_be_walked_is_told_in_words_without_numbers() {
    let mut intake = Intake::default();
    let gone = Path::new("/gone between two looks");
    walk(gone, None, &mut intake, &mut || true);
    let why = WhyLeftOut::Unreadable("it is not there".into());
    assert_eq!(intake.left_out, [LeftOut { path: gone.to_string_lossy().into_owned(), why }]);
}

/// Folders and names of the files found.
#[cfg(unix)]
fn names(paths: &[PathBuf]) -> Vec<(String, String)> {
    look(paths).files.into_iter().map(|found| (found.folders, found.name)).collect()
}

#[cfg(unix)]
fn of(folders: &str, name: &str) -> (String, String) {
    (folders.to_owned(), name.to_owned())
}

#[cfg(unix)]
#[test]
fn a_folder_is_called_what_it_was_named_and_where_that_is_no_name_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let card = dir.path().join("Card");
    std::fs::create_dir_all(card.join("clips")).unwrap();
    std::fs::write(card.join("clips/a.mov"), "a").unwrap();
    std::fs::write(card.join("b.mov"), "b").unwrap();
    std::os::unix::fs::symlink(&card, dir.path().join("current")).unwrap();
    std::os::unix::fs::symlink(card.join("clips"), dir.path().join("deep")).unwrap();
    let both = |called: &str| vec![of(called, "b.mov"), of(&format!("{called}/clips"), "a.mov")];
    for (named, called) in [
        ("Card", "Card"),
        ("Card/", "Card"),
        ("Card/.", "Card"),
        ("Card/./", "Card"),
        ("./Card", "Card"),
        ("Card/clips/..", "Card"),
        ("Card/clips/../", "Card"),
        ("Card/clips/../../Card", "Card"),
        ("current", "current"),
        ("current/", "current"),
        // The target of the link, and the parent of its target.
        ("current/.", "Card"),
        ("deep/..", "Card"),
    ] {
        assert_eq!(names(&[dir.path().join(named)]), both(called), "{named}");
    }
    let found = look(&[dir.path().join("Card/clips/../b.mov")]).files;
    assert_eq!(
        found[0].path,
        dir.path().canonicalize().unwrap().join("Card/b.mov"),
        "it needs no other folder"
    );
    // The root has no name: what is in it has no folder of that name.
    assert_eq!(straight(Path::new("/..")), Path::new("/"));
    assert_eq!(straight(Path::new("/")), Path::new("/"));
    assert_eq!(straight(Path::new("/no/such/../folder/.")), Path::new("/no/such/../folder/."));
}

#[cfg(unix)]
#[test]
fn each_name_that_a_file_or_a_folder_has_goes_or_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let (day, link) = (dir.path().join("day"), dir.path().join("link"));
    std::fs::create_dir_all(day.join("inner")).unwrap();
    std::fs::write(day.join("a.mov"), "a").unwrap();
    std::fs::hard_link(day.join("a.mov"), day.join("b.mov")).unwrap();
    std::os::unix::fs::symlink(day.join("a.mov"), day.join("c.mov")).unwrap();
    std::os::unix::fs::symlink(day.join("inner"), day.join("d")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("nowhere"), day.join("e.mov")).unwrap();
    std::os::unix::fs::symlink(day.join("f"), day.join("f")).unwrap();
    std::os::unix::fs::symlink(&day, &link).unwrap();
    let three = |called: &str| ["a.mov", "b.mov", "c.mov"].map(|name| of(called, name));
    assert_eq!(names(std::slice::from_ref(&day)), three("day"));
    let left: Vec<_> = look(std::slice::from_ref(&day)).left_out.into_iter().map(|left| left.why).collect();
    let circle = WhyLeftOut::Unreadable("its links lead in a circle".into());
    assert_eq!(left, [WhyLeftOut::LinkToFolder, WhyLeftOut::DeadLink, circle]);
    // The folder under both names counts as two, in either order; under one name twice, as one.
    assert_eq!(names(&[day.clone(), link.clone()]), [three("day"), three("link")].concat());
    assert_eq!(names(&[link.clone(), day.clone()]), [three("link"), three("day")].concat());
    assert_eq!(names(&[link.clone(), dir.path().join("./day/../link")]), three("link"));
    assert_eq!(names(&[day.clone(), link.join("."), day.join("a.mov"), link.join("b.mov")]), three("day"));
    assert_eq!(names(&[link.clone(), link.join("a.mov")]), three("link"));
    assert_eq!(
        names(&[link.join("a.mov"), link]),
        [of("", "a.mov"), of("link", "b.mov"), of("link", "c.mov")]
    );
}
