//! Settings, and dismissed notices.

use partway_api::{ApiError, Code, Done, Settings};

use crate::app::journal;
use crate::support::unended;
use crate::{App, awake, keychain, set_aside, support};

/// More connections than this speed up no line and burden every server.
const MOST_PARTS: u32 = 64;

/// In seconds. A longer countdown would look like a stuck queue.
const LONGEST_COUNTDOWN: u32 = 600;

pub(super) async fn change(app: &App, settings: Settings) -> Result<Done, ApiError> {
    if settings.parts_at_once.is_some_and(|parts| parts == 0 || parts > MOST_PARTS) {
        return Err(ApiError::field("parts_at_once", format!("Between 1 and {MOST_PARTS}, or Automatic.")));
    }
    if settings.countdown_seconds > LONGEST_COUNTDOWN {
        return Err(ApiError::field("countdown_seconds", format!("At most {LONGEST_COUNTDOWN} seconds.")));
    }
    if !["system", "light", "dark"].contains(&settings.theme.as_str()) {
        return Err(ApiError::field("theme", "One of system, light and dark."));
    }
    let json =
        serde_json::to_string(&settings).map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    app.0.engine.set_setting("settings", json).await.map_err(|e| journal(&e))?;
    app.0.engine.set_parts_at_once(settings.parts_at_once.map(|parts| parts as usize));
    app.touch();
    Ok(Done::Settings { settings })
}

/// Dismisses a notice.
pub(super) async fn dismiss(app: &App, notice: &str) -> Result<Done, ApiError> {
    let seen = match notice {
        awake::NOTICE => {
            awake::seen(app);
            Ok(())
        }
        set_aside::NOTICE => set_aside::seen(app).await,
        // An end that left a crash report is shown only as that, so dismiss both.
        support::NOTICE => match support::seen(app).await {
            Ok(()) => unended::seen(app).await,
            failed => failed,
        },
        unended::NOTICE => unended::seen(app).await,
        _ => return Err(ApiError::new(Code::Refused, "There is no such notice.")),
    };
    seen.map_err(|e| journal(&e))?;
    Ok(Done::Jobs { touched: 0 })
}

/// A text for support.
pub(super) async fn diagnostics(app: &App) -> Result<Done, ApiError> {
    let keychain = keychain::view(app).await.text;
    let text = support::diagnostics(app, &keychain).await.map_err(|e| journal(&e))?;
    Ok(Done::Diagnostics { text })
}
