//! Why a command cannot be carried out.

use crate::journal::JournalError;

/// Why a request was refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such job, batch or destination.
    #[error("there is no {0}")]
    NotThere(String),
    /// It has no meaning in the present state.
    #[error("{0}")]
    NotNow(String),
    /// The name is taken.
    #[error("there is a destination named {0} already")]
    NameTaken(String),
    /// What was given is not what is wanted there.
    #[error("{0}")]
    NotUsable(String),
    /// The journal could not do it.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
