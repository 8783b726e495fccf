//! What a sandbox's folder stores between starts: key, port and the secret that signs its links.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::disk::write_whole;
use crate::error::Error;
use crate::kinds::{gjirafa, record360, s3};
use crate::random::random_hex;

/// The file's name in the folder.
const FILE: &str = "sandbox.json";

/// Stored in `D/sandbox.json`, readable by its owner only.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// AutoRender's API key.
    pub(crate) key: String,
    /// The public half that `start` returns; grants nothing.
    pub(crate) public_key: String,
    /// The workspace that `start` and `complete` return.
    pub(crate) workspace: String,
    /// The access key id in every link.
    pub(crate) access_key: String,
    /// The secret that signs links.
    pub(crate) secret: String,
    /// Gjirafa's account.
    #[serde(default = "gjirafa::Account::invent")]
    pub(crate) gjirafa: gjirafa::Account,
    /// Record360's account.
    #[serde(default = "record360::Account::invent")]
    pub(crate) record360: record360::Account,
    /// S3's bucket and its keys.
    #[serde(default = "s3::Account::invent")]
    pub(crate) s3: s3::Account,
    /// The last port, 0 before the first start.
    pub(crate) port: u16,
}

impl Settings {
    /// Reads the folder's settings, or generates new ones. They are stored only when `save` is called.
    pub(crate) fn load(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|source| Error::Settings { path, source }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::invent()),
            Err(source) => Err(Error::Folder { path, source }),
        }
    }

    fn invent() -> Self {
        Self {
            key: format!("sbx_{}", random_hex(16)),
            public_key: format!("pk_{}", random_hex(8)),
            workspace: "ws_sandbox".to_owned(),
            access_key: format!("SANDBOX{}", random_hex(6).to_uppercase()),
            secret: random_hex(32),
            gjirafa: gjirafa::Account::invent(),
            record360: record360::Account::invent(),
            s3: s3::Account::invent(),
            port: 0,
        }
    }

    /// Writes the settings, completely or not at all.
    pub(crate) fn save(&self, dir: &Path) -> Result<(), Error> {
        let path = dir.join(FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|source| Error::Settings { path: path.clone(), source })?;
        write_whole(&path, &text, true).map_err(Error::at(path))
    }
}
