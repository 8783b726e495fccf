//! Unusable settings, keys and fields: the message names the flag, and the exit code is 2.

use crate::run::Place;

/// What `destinations add A` with these arguments says.
fn told(words: &[&str]) -> String {
    let place = Place::new();
    let ran = place.run(&[&["destinations", "add", "A"], words].concat(), &[]);
    assert_eq!(ran.code, 2, "{words:?}: {}{}", ran.out, ran.err);
    assert!(place.run(&["destinations", "list", "--json"], &[]).out.is_empty(), "{words:?}");
    ran.err
}

#[test]
fn a_setting_that_is_missing_wrong_or_another_kinds_is_told_with_its_flag() {
    let gjirafa = |more: &[&'static str]| [&["--kind", "gjirafa", "--key-env", "K"], more].concat();
    let url = ["--url", "https://platform.example"];
    let said = [
        told(&gjirafa(&[])),
        told(&gjirafa(&url)),
        told(&gjirafa(&[url.as_slice(), &["--project", "p/1"]].concat())),
        told(&gjirafa(&[url.as_slice(), &["--project", "p", "--url-hours", "soon"]].concat())),
        told(&["--kind", "autorender", "--key-env", "K", "--project", "p"]),
        told(&["--kind", "fax", "--key-env", "K"]),
    ];
    insta::assert_snapshot!(said.concat());
}

#[test]
fn a_key_of_the_wrong_form_is_told_and_not_repeated() {
    let said = [
        told(&["--kind", "autorender", "--key-env", "sk-live-123"]),
        told(&["--kind", "autorender", "--key-env", "K", "--secret-env", "S"]),
        told(&["--kind", "autorender", "--key-chain"]),
        told(&["--kind", "s3", "--bucket", "media", "--key-env", "K"]),
    ];
    assert!(!said.concat().contains("sk-live"), "{said:?}");
    insta::assert_snapshot!(said.concat());
}

#[test]
fn a_field_that_the_kind_does_not_take_or_that_has_no_such_word_is_told_with_its_flag() {
    let autorender = |more: &[&'static str]| [&["--kind", "autorender", "--key-env", "K"], more].concat();
    let url = ["--url", "https://platform.example", "--project", "p"];
    let gjirafa = |more: &[&'static str]| [&["--kind", "gjirafa", "--key-env", "K"], &url[..], more].concat();
    let place = Place::new().with_destination("Acme");
    std::fs::write(place.files().join("a.mov"), "x").unwrap();
    let upload = |words: &[&str]| {
        let ran = place.run(&[&["upload", "a.mov"], words].concat(), &[("ACME_KEY", "k")]);
        assert_eq!(ran.code, 2, "{words:?}: {}{}", ran.out, ran.err);
        ran.err
    };
    let said = [
        told(&autorender(&["--title", "T"])),
        told(&autorender(&["--folder", "{week}"])),
        told(&autorender(&["--tag", "{stem"])),
        told(&["--kind", "s3", "--bucket", "media", "--key-chain", "--metadata", "größe=1"]),
        told(&["--kind", "s3", "--bucket", "media", "--key-chain", "--tag", "aws:x"]),
        told(&["--kind", "s3", "--bucket", "media", "--key-chain", "--url", "http://nas.local:9000"]),
        told(&gjirafa(&["--title", "{stem}"])),
        upload(&["--folder", "a/../b"]),
        upload(&["--if-exists", "skip"]),
        upload(&["--tag", "{Name}"]),
        upload(&["--type", "mp4"]),
    ];
    insta::assert_snapshot!(said.concat());
    assert!(place.run(&["list", "--json"], &[]).out.is_empty(), "nothing was taken in");
}

#[test]
fn a_check_of_nothing_is_2_and_one_without_a_key_is_1() {
    let place = Place::new().with_destination("Acme");
    assert_eq!(place.run(&["destinations", "check", "Nobody"], &[]).code, 2);
    let ran = place.run(&["destinations", "check", "Acme"], &[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    insta::assert_snapshot!(ran.out, @r"
    no  The server was not reached: nothing answers at that address and port. Check its address and your network, then test again.
    ?   The server did not answer, so nothing can be said of its clock
    ?   There is no key that could be tried, so nothing can be said of it
    no  The key is not at hand: the environment variable ACME_KEY is not set. Put it there, or give another key.
    ");
    let ran = place.run(&["destinations", "check", "Acme", "--json"], &[("ACME_KEY", "k")]);
    assert_eq!(ran.code, 1, "nobody answers at port 9: {}", ran.out);
    assert_eq!(ran.json()[0]["about"], "host");
}
