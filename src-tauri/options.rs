//! What the app is given on this computer: its folder, its environment, its helper for *Practice*.

use std::path::PathBuf;
use std::sync::Arc;

use partway_app::{AppOptions, Variables};

use crate::awake::Awake;

/// The options of an app on `data_dir`.
pub(crate) fn options(data_dir: PathBuf) -> AppOptions {
    AppOptions {
        data_dir,
        kinds: partway_app::Kinds::built_in(),
        variables: variables(),
        lent: Vec::new(),
        keychain: Some(partway_app::system_keychain()),
        http: Default::default(),
        sandbox: sandbox(),
        log: crate::logging::file(),
        awake: Some(Arc::new(Awake::default())),
        clock: None,
        headless: false,
        idle: false,
    }
}

/// The process's environment, for keys whose source is a variable.
#[expect(clippy::disallowed_methods, reason = "a program: from here the library is handed its environment")]
pub(crate) fn variables() -> Variables {
    Arc::new(|name| std::env::var(name).ok())
}

/// `partway-sandbox` lies beside this program in every package and in `target/`; without it there is no *Practice*.
fn sandbox() -> Option<PathBuf> {
    let program = std::env::current_exe()
        .ok()?
        .with_file_name(format!("partway-sandbox{}", std::env::consts::EXE_SUFFIX));
    program.is_file().then_some(program)
}
