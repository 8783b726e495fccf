//! The vendor's own public Python client, validating strictly, against this server.

use std::path::Path;
use std::process::Command;

use crate::rig::rig;

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_python_client_is_content() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let python =
        root.join(if cfg!(windows) { "target/venv/Scripts/python.exe" } else { "target/venv/bin/python" });
    assert!(
        python.exists(),
        "{} is missing. Make it: python3 -m venv target/venv && target/venv/bin/pip install -r tests/requirements.txt",
        python.display()
    );
    let rig = rig(|options| options.part_size = 100_000).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vendor_client.py");
    let (url, key, dir) = (rig.running.base_url.clone(), rig.running.key.clone(), rig.running.dir.clone());
    let ran = tokio::task::spawn_blocking(move || {
        let mut python = Command::new(python);
        python
            .arg(script)
            .args([url, key])
            .arg(dir.join("objects"))
            .env_remove("PYTHONPATH")
            .output()
            .unwrap()
    });
    let ran = ran.await.unwrap();
    let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{complained}");
    assert_eq!(said.trim(), "content");
}
