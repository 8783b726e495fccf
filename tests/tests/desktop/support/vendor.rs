//! A vendor of a desk's own, with faults on request.

use serde_json::Value;

use super::{Desk, program};

/// A running vendor: its address and its key.
pub(crate) struct Vendor {
    /// Where its API is.
    pub url: String,
    /// The key that it takes.
    pub key: String,
}

impl Vendor {
    /// Starts one in the folder `vendor` of the desk, with these faults.
    pub(crate) async fn start(desk: &mut Desk, faults: &[&str]) -> Self {
        let faults: Vec<_> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        Self::with(desk, &faults).await
    }

    /// One that takes parts of 8 MiB and answers each of them a second late.
    pub(crate) async fn slow(desk: &mut Desk) -> Self {
        Self::with(desk, &["--part-size", "8388608", "--fault", "slow@part:always", "--slow", "1"]).await
    }

    async fn with(desk: &mut Desk, options: &[&str]) -> Self {
        let mut vendor = desk.command(program("partway-sandbox"));
        let folder = desk.folder("vendor");
        vendor.arg("--dir").arg(&folder).arg("--log").arg(folder.join("log"));
        vendor.args(options);
        let line: Value = serde_json::from_str(&desk.first_line(vendor).await).unwrap();
        let account = &line["destinations"][0];
        let text = |name: &str| account[name].as_str().unwrap().to_owned();
        Self { url: text("url"), key: text("key") }
    }
}
