//! Destinations and settings: the engine stores them, `app` interprets them.

use partway_core::Hold;

use super::Engine;
use crate::event::EngineEvent;
use crate::journal::{JournalError, destinations, jobs, settings, watched};
use crate::record::{Destination, DestinationId, Keeps, Standing};
use crate::refusal::Refusal;

impl Engine {
    /// The existing destinations, oldest first.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn destinations(&self) -> Result<Vec<Destination>, JournalError> {
        self.0.journal.read(destinations::all).await
    }

    /// One destination, including removed ones.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn destination(&self, id: &DestinationId) -> Result<Option<Destination>, JournalError> {
        let id = id.clone();
        self.0.journal.read(move |conn| destinations::get(conn, &id)).await
    }

    /// Adds a destination.
    ///
    /// # Errors
    /// [`Refusal::NameTaken`], compared case-insensitively.
    pub async fn add_destination(&self, destination: &Destination) -> Result<(), Refusal> {
        let (now, new) = (self.0.clock.unix_ms(), destination.clone());
        let added = self
            .0
            .journal
            .write(move |conn| {
                let taken = destinations::all(conn)?
                    .iter()
                    .any(|old| old.name.to_lowercase() == new.name.to_lowercase());
                if !taken {
                    destinations::add(conn, now, &new)?;
                }
                Ok(!taken)
            })
            .await?;
        if !added {
            return Err(Refusal::NameTaken(destination.name.clone()));
        }
        self.0.destination_changed(&destination.id);
        Ok(())
    }

    /// Removes a destination that no open job and no watched folder uses.
    ///
    /// # Errors
    /// [`Refusal::NotNow`] while files are being sent to it or a watched folder uses it.
    pub async fn remove_destination(&self, id: &DestinationId) -> Result<(), Refusal> {
        let (now, wanted) = (self.0.clock.unix_ms(), id.clone());
        let (open, watched) = self
            .0
            .journal
            .write(move |conn| {
                let open = jobs::count_open(conn, &wanted)?;
                let watched = watched::of_destination(conn, &wanted)?;
                if open == 0 && watched.is_none() {
                    destinations::remove(conn, now, &wanted)?;
                }
                Ok((open, watched))
            })
            .await?;
        if open > 0 {
            return Err(Refusal::NotNow(match open {
                1 => "1 file is not through yet. Let it finish, or cancel it first.".into(),
                open => format!("{open} files are not through yet. Let them finish, or cancel them first."),
            }));
        }
        if let Some(folder) = watched {
            return Err(Refusal::NotNow(format!(
                "The files of the watched folder {} go there. Choose another destination for it in Settings, or stop watching it.",
                folder.display()
            )));
        }
        self.0.destination_changed(id);
        Ok(())
    }

    /// Records that the destination has a key again, from `source`, and resumes what waited for it.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn key_replaced(&self, id: &DestinationId, source: Option<String>) -> Result<(), Refusal> {
        let wanted = id.clone();
        self.0
            .journal
            .write(move |conn| {
                if let Some(source) = source {
                    destinations::set_key_source(conn, &wanted, &source)?;
                }
                destinations::set_standing(conn, &wanted, Standing::Unknown)
            })
            .await?;
        self.0.key_changed(id);
        self.0.destination_changed(id);
        self.release_destination(id, Hold::Credentials).await
    }

    /// Records what was learned about a destination's storage.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn learn(&self, id: &DestinationId, seen: Keeps) -> Result<(), JournalError> {
        self.0.learn(id, seen).await
    }

    /// Sets how many parts may be in flight at once; `None` leaves the choice to the engine.
    pub fn set_parts_at_once(&self, parts: Option<usize>) {
        self.0.permits.set_parts(parts.unwrap_or(self.0.permits.bounds().parts));
    }

    /// A setting, as JSON.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn setting(&self, name: &'static str) -> Result<Option<String>, JournalError> {
        self.0.journal.read(move |conn| settings::get(conn, name)).await
    }

    /// Sets a setting, as JSON.
    ///
    /// # Errors
    /// If the journal fails.
    pub async fn set_setting(&self, name: &'static str, json: String) -> Result<(), JournalError> {
        self.0.journal.write(move |conn| settings::set(conn, name, &json)).await?;
        self.0.tell(EngineEvent::Setting { name: name.to_owned() });
        Ok(())
    }
}
