//! Commands about *Practice*: setting it up and emptying it.

use partway_api::{ApiError, Code, Done};
use partway_engine::{Destination, DestinationId, Standing};
use partway_provider::Fields;
use serde_json::json;

use super::{choose, save};
use crate::App;
use crate::app::journal;
use crate::keys::KeySource;
use crate::practice;

pub(in crate::commands) async fn practice(app: &App) -> Result<Done, ApiError> {
    let all = app.0.engine.destinations().await.map_err(|e| journal(&e))?;
    if let Some(found) = all.iter().find(|one| KeySource::of(one) == KeySource::Practice) {
        return choose(app, &found.id.0.clone(), None).await;
    }
    let (url, _) = app.0.practice.ensure().await.map_err(|why| {
        ApiError::new(Code::Internal, format!("Practice did not start: {why}."))
            .hint("Reinstall Partway, or add a real destination.")
    })?;
    let new = Destination {
        id: DestinationId::new(),
        name: "Practice".into(),
        kind: practice::KIND.into(),
        settings: json!({ "url": url }).to_string(),
        fields: Fields::default(),
        key_source: KeySource::Practice.json(),
        standing: Standing::Good,
        keeps: Default::default(),
        removed: false,
    };
    save(app, new, None).await
}

pub(in crate::commands) async fn empty_practice(app: &App) -> Result<Done, ApiError> {
    app.0.practice.empty().await.map_err(|why| {
        ApiError::new(Code::Refused, format!("Practice could not be emptied: {why}."))
            .hint("Close what has its files open, then try again.")
    })?;
    Ok(Done::Jobs { touched: 0 })
}
