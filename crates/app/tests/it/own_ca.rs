//! Servers with a certificate from a private authority: refused with advice, and trusted only by a
//! destination that has that authority.

use partway_api::{CheckLine, Command, DestinationDraft, Done, Mark, StateName};
use partway_app::App;

use crate::kinds::entries;
use crate::rig::{Rig, add, add_destination, destinations, ends, tell};

async fn checked(app: &App, id: &str) -> Vec<CheckLine> {
    match tell(app, Command::CheckDestination { id: id.into(), upload: true }).await.unwrap() {
        Done::Checked { lines } => lines,
        other => panic!("{other:?}"),
    }
}

/// A sandbox that speaks TLS, and its authority's certificate in PEM.
async fn rig() -> (Rig, String) {
    let mut rig = Rig::with(|options| options.tls = true).await;
    rig.headless = true;
    let ca = std::fs::read_to_string(rig.sandbox.ca.as_ref().unwrap()).unwrap();
    (rig, ca)
}

#[tokio::test]
async fn every_kind_reaches_a_server_of_its_own_authority_with_calls_and_with_parts() {
    let (rig, ca) = rig().await;
    let app = rig.open().await;
    for (mut draft, key) in entries(&rig) {
        let kind = draft.kind.clone();
        draft.settings.insert("ca".into(), format!("a line before it\n{ca}"));
        let view = add_destination(&app, draft, key).await.unwrap();
        assert_eq!(view.settings["ca"], ca.replace("\r\n", "\n"), "{kind}: only the certificate is kept");
        let lines = checked(&app, &kind).await;
        assert!(lines.iter().all(|line| line.mark == Mark::Good), "{kind}: {lines:#?}");
        // More than one part, so several requests over several connections.
        let file = rig.file(&format!("{kind}.mp4"), 2_500);
        let (_, jobs, _) = add(&app, &[file], Some(&kind), false).await.unwrap();
        let end = ends(&app, &jobs[0].id).await;
        assert!(matches!(end.state, StateName::Verified | StateName::Uploaded), "{kind}: {end:#?}");
    }
}

#[tokio::test]
async fn without_its_authority_the_server_is_refused_with_the_way_out() {
    let (rig, ca) = rig().await;
    let app = rig.open().await;
    let (trusting, key) = entries(&rig).remove(0);
    // Another destination's authority must not help this one.
    let mut draft = DestinationDraft { name: "trusting".into(), ..trusting.clone() };
    draft.settings.insert("ca".into(), ca);
    add_destination(&app, draft, key.clone()).await.unwrap();
    assert!(checked(&app, "trusting").await.iter().all(|line| line.mark == Mark::Good));

    let draft = DestinationDraft { name: "Acme".into(), ..trusting };
    add_destination(&app, draft, key).await.unwrap();
    let host = checked(&app, "Acme").await.into_iter().find(|line| line.about == "host").unwrap();
    let (_, jobs, _) = add(&app, &[rig.file("a.mov", 10)], Some("Acme"), false).await.unwrap();
    let end = ends(&app, &jobs[0].id).await;
    assert_eq!((host.mark, end.state), (Mark::Bad, StateName::NeedsAttention));
    insta::assert_snapshot!([host.text, end.reason.unwrap()].join("\n"), @r"
    The server's certificate cannot be trusted: nobody this computer trusts has issued its certificate. If it is a server of your own, give the destination the certificate of its authority (“Certificate authority” in its settings, --ca on the command line). Check its address.
    The certificate of Acme cannot be trusted, so a.mov was not sent: nobody this computer trusts has issued its certificate. If it is a server of your own, give the destination the certificate of its authority (“Certificate authority” in its settings, --ca on the command line). Check the server's address and this computer's clock.
    ");
}

#[tokio::test]
async fn what_is_no_authority_is_told_beside_its_field_and_kept_nowhere() {
    let (rig, _) = rig().await;
    let app = rig.open().await;
    let (mut draft, key) = entries(&rig).remove(0);
    for given in ["/etc/ssl/ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
        draft.settings.insert("ca".into(), given.into());
        let error = add_destination(&app, draft.clone(), key.clone()).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("ca"), "{error:?}");
    }
    assert!(destinations(&app).await.is_empty());
}
