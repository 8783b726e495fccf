//! `cargo xtask package`: what people install. The .deb is made here, the other kinds by Tauri's bundler.

mod bundle;
pub(crate) mod clean;
mod deb;
mod depends;
#[cfg(test)]
mod openers;
mod release;
mod tree;

use crate::binaries::{self, Profile};
use crate::os::{self, Family};
use crate::packages::Purpose;
use crate::stop::{Outcome, not_ready};
use crate::{build, workspace::Workspace};
use std::path::PathBuf;

/// What can be said on the command line.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Pack binaries of development, stripped: quicker to make, slower to use.
    #[arg(long)]
    debug: bool,
    /// Which kind; may be repeated. Unless told: a .deb on Debian and its relatives, else what the system knows.
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<Kind>,
}

/// A kind of package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Debian, Ubuntu and what is made from them.
    Deb,
    /// Fedora, openSUSE and what is made from them.
    Rpm,
    /// One file for many Linux systems.
    Appimage,
    /// Windows: an installer for one user.
    Nsis,
    /// Windows: what administrators distribute.
    Msi,
    /// macOS: the app.
    App,
    /// macOS: the app in an image to drag it from.
    Dmg,
}

/// Builds the programs, packs them, and says where the packages lie.
pub(crate) fn package(arguments: &Arguments, yes: bool) -> Outcome<()> {
    let kinds = if arguments.kinds.is_empty() { usual(os::this()).to_vec() } else { arguments.kinds.clone() };
    if kinds.is_empty() {
        return Err(not_ready("Say which kind with --kind: rpm or appimage, and deb where dpkg is."));
    }
    let workspace = build::prepare(Purpose::Package, yes)?;
    let profile = if arguments.debug { Profile::Dev } else { Profile::Release };
    binaries::compile(&workspace, profile)?;
    for kind in kinds {
        for made in pack(&workspace, profile, kind)? {
            println!("{}", workspace.shown(&made));
        }
    }
    Ok(())
}

fn pack(workspace: &Workspace, profile: Profile, kind: Kind) -> Outcome<Vec<PathBuf>> {
    match kind {
        Kind::Deb => Ok(vec![deb(workspace, profile)?]),
        kind => bundle::bundle(workspace, profile, kind),
    }
}

/// The .deb of the programs that lie in the target folder.
pub(crate) fn deb(workspace: &Workspace, profile: Profile) -> Outcome<PathBuf> {
    deb::make(workspace, profile)
}

/// Where packages and what they are made from lie.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("package")
}

const fn usual(family: Family) -> &'static [Kind] {
    match family {
        Family::Debian => &[Kind::Deb],
        Family::Fedora => &[Kind::Rpm],
        Family::Arch | Family::OtherUnix => &[],
        Family::MacOs => &[Kind::Dmg],
        Family::Windows => &[Kind::Nsis],
    }
}
