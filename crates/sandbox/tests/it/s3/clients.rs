//! Third-party clients against this server.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{asked, client, whole};
use crate::rig::{bytes, rig};

/// The program in the tests' own Python environment.
fn awscli() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    root.join(if cfg!(windows) { "target/venv/Scripts/aws.exe" } else { "target/venv/bin/aws" })
}

/// A file large enough to be uploaded in parts and downloaded in ranges, and a small one; with their type and
/// metadata.
#[tokio::test(flavor = "multi_thread")]
async fn awscli_sends_lists_and_reads() {
    let program = awscli();
    assert!(
        program.exists(),
        "{} is missing. Make it: python3 -m venv target/venv && target/venv/bin/pip install -r tests/requirements.txt",
        program.display()
    );
    let rig = rig(|_| {}).await;
    let client = client(&rig);
    let folder = tempfile::tempdir().unwrap();
    let (large, small) = (bytes(9 << 20), bytes(100));
    std::fs::write(folder.path().join("large.bin"), &large).unwrap();
    std::fs::write(folder.path().join("small.bin"), &small).unwrap();
    let aws = |words: &[&str]| {
        let mut command = Command::new(&program);
        let url = format!("http://{}", client.host);
        command.args(["--endpoint-url", &url, "--region", &client.keys.region]).args(words);
        command.current_dir(folder.path()).env("HOME", folder.path()).env("AWS_CONFIG_FILE", "none");
        command.env("AWS_ACCESS_KEY_ID", &client.keys.key).env("AWS_SECRET_ACCESS_KEY", &client.keys.secret);
        command.env("AWS_EC2_METADATA_DISABLED", "true").env_remove("PYTHONPATH").env_remove("AWS_PROFILE");
        let ran = tokio::task::block_in_place(|| command.output().unwrap());
        let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{words:?}: {said}\n{complained}");
        said.into_owned()
    };
    let typed = ["--content-type", "video/mp4", "--metadata", "title=take"];
    for name in ["large.bin", "small.bin"] {
        aws(&[&["s3", "cp", name, &format!("s3://sandbox/in/{name}")][..], &typed].concat());
        aws(&["s3", "cp", &format!("s3://sandbox/in/{name}"), &format!("back-{name}")]);
        let head = client.send(asked("HEAD", &format!("in/{name}"))).await;
        assert_eq!((head.header("content-type"), head.header("x-amz-meta-title")), ("video/mp4", "take"));
    }
    assert!(std::fs::read(folder.path().join("back-large.bin")).unwrap() == large);
    assert!(std::fs::read(folder.path().join("back-small.bin")).unwrap() == small);
    assert_eq!(std::fs::read(rig.object("objects/in/large.bin")).unwrap().len(), large.len());
    let head = client.send(asked("HEAD", "in/large.bin")).await;
    assert!(head.header("etag").ends_with("-2\"") && head.header("etag") != whole(&large));
    let list = aws(&["s3", "ls", "s3://sandbox/in/"]);
    assert!(list.contains("large.bin") && list.contains("small.bin"), "{list}");
    let all = aws(&["s3api", "list-multipart-uploads", "--bucket", "sandbox"]);
    assert!(!all.contains("UploadId"), "{all}");
    aws(&["s3", "rm", "s3://sandbox/in/small.bin"]);
    assert!(!aws(&["s3", "ls", "s3://sandbox/in/"]).contains("small.bin"));
    assert!(aws(&["s3", "ls"]).contains("sandbox"));
}
