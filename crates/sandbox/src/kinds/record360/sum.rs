//! The `checksum` of a complete's reply. The vendor does not document its algorithm, so it is an option.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use md5::{Digest, Md5};
use sha2::Sha256;

use crate::options::Checksum;
use crate::sessions::session::Done;

/// The object's checksum in hex, if there is one.
pub(crate) fn of(dir: &Path, done: &Done, kind: Checksum) -> Option<String> {
    match kind {
        Checksum::None => None,
        Checksum::Etag => Some(done.etag.clone()),
        Checksum::Md5 => digest::<Md5>(&dir.join(&done.object)).ok(),
        Checksum::Sha256 => digest::<Sha256>(&dir.join(&done.object)).ok(),
    }
}

fn digest<D: Digest>(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = D::new();
    let mut block = vec![0; 256 * 1024];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex::encode(digest.finalize())),
            n => digest.update(&block[..n]),
        }
    }
}
