//! A proxy in the environment is not used: keys and links go where their URL says, and nowhere else.

use std::process::Command;

use partway_core::Step;
use tokio::sync::mpsc::unbounded_channel;

use crate::api::call;
use crate::put::{client, put};
use crate::server::{always, answer, serve, soon};

/// Set in the copy of this test that runs with a proxy in its environment.
const INSIDE: &str = "PARTWAY_TEST_WITH_PROXY";

const NAME: &str = "proxies::a_proxy_of_the_environment_is_not_used";

/// The environment of a running program cannot be changed safely, so the test re-runs itself with one that
/// names a proxy.
#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    if std::env::var_os(INSIDE).is_some() {
        let server = always(answer("200 OK", "", "{}")).await;
        call(server, Step::Start).await.unwrap();
        put(&client(), server, "hello").await.unwrap();
        return;
    }
    let (tell, mut visited) = unbounded_channel::<()>();
    let proxy = serve(move |_, _| {
        let tell = tell.clone();
        async move { tell.send(()).unwrap() }
    })
    .await;
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside.args(["--exact", NAME]).env(INSIDE, "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        inside.env(name, format!("http://{proxy}"));
    }
    let output = soon(tokio::task::spawn_blocking(move || inside.output())).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert!(visited.try_recv().is_err(), "the proxy was asked");
}
