//! `cargo xtask build`: the UI and the release binaries.

use crate::binaries::{self, PROGRAMS, Profile};
use crate::packages::Purpose;
use crate::stop::Outcome;
use crate::workspace::Workspace;
use crate::{install, requirements, ui};

/// Builds everything that is given to people, and says where it lies.
pub(crate) fn build(yes: bool) -> Outcome<()> {
    let workspace = prepare(Purpose::Build, yes)?;
    binaries::compile(&workspace, Profile::Release)?;
    for name in PROGRAMS {
        println!("{}", workspace.shown(&binaries::program(&workspace, Profile::Release, name)));
    }
    Ok(())
}

/// What run and build begin with: requirements, system packages, npm packages, the UI.
pub(crate) fn prepare(purpose: Purpose, yes: bool) -> Outcome<Workspace> {
    requirements::check(&[])?;
    install::install(purpose, yes)?;
    let workspace = Workspace::find()?;
    ui::install(&workspace)?;
    ui::script(&workspace, "build")?;
    Ok(workspace)
}
