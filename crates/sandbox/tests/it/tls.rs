//! HTTPS: a client that trusts the certificate of the first line gets through, another does not.

use crate::rig::{client, rig, wanted};

#[tokio::test]
async fn the_certificate_of_the_first_line_is_enough() {
    let rig = rig(|options| options.tls = true).await;
    assert!(rig.running.base_url.starts_with("https://127.0.0.1:"));
    let pem = std::fs::read(rig.running.ca.as_ref().unwrap()).unwrap();
    let trusted = reqwest::Certificate::from_pem(&pem).unwrap();
    let trusting = client().tls_certs_only([trusted]).build().unwrap();
    let url = format!("{}/api/v1/multipart/start", rig.running.base_url);
    let post = |client: &reqwest::Client| {
        client.post(&url).bearer_auth(&rig.running.key).json(&wanted("x", 2)).send()
    };
    let reply: serde_json::Value = post(&trusting).await.unwrap().json().await.unwrap();
    let part = reply["parts"][0].as_str().unwrap();
    assert!(part.starts_with("https://"));
    assert_eq!(trusting.put(part).body("ab").send().await.unwrap().status(), 200);
    let other = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap().cert.pem();
    let other = reqwest::Certificate::from_pem(other.as_bytes()).unwrap();
    let distrusting = client().tls_certs_only([other]).build().unwrap();
    assert!(post(&distrusting).await.unwrap_err().is_connect());
}
