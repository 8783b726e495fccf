//! Dispatches every front end request.

pub(crate) mod add;
mod destinations;
mod fields;
mod jobs;
mod settings;
pub(crate) mod watched;

use partway_api::{Answer, ApiError, Command, Done, JobLine, KindView, Request};
use partway_providers::Kinds;

use crate::app::journal;
use crate::{App, awake, keychain, set_aside, view};

/// The built-in kinds of destinations, in display order. Available before a folder is opened.
#[must_use]
pub fn built_in_kinds() -> Vec<KindView> {
    kinds(&Kinds::built_in())
}

/// Kinds as front ends see them.
fn kinds(kinds: &Kinds) -> Vec<KindView> {
    kinds.iter().map(view::kind).collect()
}

pub(crate) async fn answer(app: &App, request: Request) -> Result<Answer, ApiError> {
    match request {
        Request::Command { command } => Ok(Answer::Done { done: obey(app, command).await? }),
        Request::Add { paths, destination, countdown, batch, fields, mime } => {
            add::add(app, paths, destination, countdown, batch, add::Set { fields, mime }).await
        }
        Request::List => with_set_aside(app, jobs::list(app).await?).await,
        Request::TakeUp { since } => with_set_aside(app, jobs::take_up(app, since).await?).await,
        Request::LendKey { destination, key } => {
            destinations::lend(app, destination, key).await?;
            Ok(Answer::Ok)
        }
        Request::AddWatched { path, destination, done, fields, existing } => {
            let new = watched::New { path, destination, done, fields, existing };
            Ok(Answer::Done { done: watched::add(app, new).await? })
        }
        Request::MoveWatched { id, done } => {
            Ok(Answer::Done { done: watched::move_to(app, &id, &done).await? })
        }
        Request::FileOf { job } => jobs::file_of(app, &job).await,
        Request::Watch => {
            watched::start(app).await?;
            Ok(Answer::Ok)
        }
        // The bridge handles these itself: they are about a connection or a window.
        Request::Follow | Request::Look { .. } | Request::Ping | Request::Show | Request::Tell { .. } => {
            Ok(Answer::Ok)
        }
    }
}

async fn with_set_aside(app: &App, jobs: Vec<JobLine>) -> Result<Answer, ApiError> {
    Ok(Answer::Jobs { jobs, set_aside: set_aside::sentence(app).await.map_err(|e| journal(&e))? })
}

async fn obey(app: &App, command: Command) -> Result<Done, ApiError> {
    use Command as C;
    match command {
        C::Pause { jobs } => jobs::pause(app, &jobs).await,
        C::StopNow { jobs } => jobs::stop_now(app, &jobs).await,
        C::Resume { jobs } => jobs::resume(app, &jobs).await,
        C::Cancel { jobs } => jobs::cancel(app, &jobs).await,
        C::Retry { jobs } => jobs::retry(app, &jobs).await,
        C::SendAgain { job } => jobs::send_again(app, &job).await,
        C::MarkArrived { job } => jobs::mark_arrived(app, &job).await,
        C::Remove { jobs } => jobs::remove(app, &jobs).await,
        C::Dismiss { notice } => settings::dismiss(app, &notice).await,
        C::ChangeFields { jobs, change } => fields::change(app, &jobs, change).await,
        C::SettleName { jobs, how } => fields::settle_name(app, &jobs, how).await,
        C::Detail { job } => jobs::detail(app, &job).await,
        C::Link { jobs } => jobs::link(app, &jobs).await,
        C::StartNow { batch } => add::start_now(app, batch).await,
        C::Undo { batch } => add::undo(app, batch).await,
        C::ChangeBatch { batch, destination, folder } => add::change(app, batch, destination, folder).await,
        C::KeepBatch { batch, keep } => add::keep(app, batch, keep).await,
        C::Kinds => Ok(Done::Kinds { kinds: kinds(&app.0.kinds) }),
        C::Check { draft, key, upload } => destinations::check(app, &draft, key, upload).await,
        C::CheckDestination { id, upload } => destinations::check_saved(app, &id, upload).await,
        C::AddDestination { draft, key } => destinations::add(app, &draft, key).await,
        C::ReplaceKey { destination, key } => destinations::replace_key(app, &destination, key).await,
        C::RemoveDestination { id } => destinations::remove(app, &id).await,
        C::Destinations => Ok(Done::Destinations { destinations: destinations::all(app).await? }),
        C::UseDestination { id, folder } => destinations::choose(app, &id, folder).await,
        C::Practice => destinations::practice(app).await,
        C::EmptyPractice => destinations::empty_practice(app).await,
        C::Settings => Ok(Done::Settings { settings: app.settings().await }),
        C::ChangeSettings { settings } => settings::change(app, settings).await,
        C::Diagnostics => settings::diagnostics(app).await,
        C::WatchedFolders => watched::list(app).await,
        C::ChangeWatched { id, change } => watched::change(app, &id, change).await,
        C::RemoveWatched { id } => watched::remove(app, &id).await,
        C::CheckKeychain => Ok(Done::Keychain { keychain: keychain::view(app).await }),
        C::CheckAwake => Ok(Done::Awake { trouble: awake::trouble(app) }),
        C::UnlockKeychain => Ok(Done::Keychain { keychain: keychain::unlock(app).await }),
    }
}
