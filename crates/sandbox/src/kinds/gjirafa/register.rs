//! Registers a finished file as a video. Nothing is encoded and no callback is made; it is only recorded.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::{Value, json};

use super::reply::{self, bad};
use super::{BASE, KIND, fields};
use crate::front::Front;
use crate::kinds::fields::Wrong;
use crate::kinds::file;
use crate::kinds::said::Said;
use crate::kinds::vendor::{Call, No, Noted};
use crate::vault::Vault;

/// Below the sandbox's folder: one line per video.
const REGISTER: &str = "registered.ndjson";

/// Accepts only a URL that `uploads/success` returned.
pub(crate) fn encode(front: &Front, vault: &Vault, call: &Call, noted: &mut Noted) -> Result<Said, No> {
    let asked = call.fields().and_then(fields::encode).map_err(bad)?;
    let found = vault.shelf.list_of(KIND).into_iter().find_map(|session| {
        let done = session.state().done.clone()?;
        (file::url(front, BASE, &done) == asked.download_url).then_some((session, done))
    });
    let Some((session, done)) = found else {
        return Err(bad(Wrong("downloadUrl is no file of this project".to_owned())));
    };
    let line = json!({
        "time": front.clock.now().to_string(),
        "session": session.about.id,
        "object": done.object,
        "title": asked.title,
        "author": asked.author,
        "callBackUrl": asked.callback,
    });
    let file = OpenOptions::new().create(true).append(true).open(vault.objects.dir.join(REGISTER));
    file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).map_err(|e| No::broken(&e))?;
    let name = asked.title.unwrap_or_else(|| done.name().to_owned());
    noted.session = Some(session.about.id.clone());
    noted.object = Some(done.object);
    let result = json!({"name": name, "originalFile": asked.download_url});
    Ok(reply::said(201, &result, &Value::Null))
}
