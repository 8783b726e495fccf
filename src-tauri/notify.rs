//! Notifications for somebody who does not see the window. The app says what and when; here they are shown, and their buttons do something.

use std::sync::Arc;

use partway_api::{Command, Done, Filter, Selection, Visit};
use partway_app::{Order, Press, Telling};
use tauri::{AppHandle, Manager as _};

use crate::clipboard::Clipboard;
use crate::engine::Engine;
use crate::notices::{Ask, Notices};
use crate::poster::Poster;
use crate::{closing, shown, visits, window};

/// Follows what is to be told until the app ends.
pub(crate) async fn follow(app: AppHandle, engine: Arc<Engine>) {
    let notices = app.state::<Notices>();
    let Some(mut asked) = notices.asked() else { return };
    let standing = notices.standing();
    let mut changes = standing.follow();
    let (looking, holder) = (app.clone(), Arc::clone(&engine));
    let holds = holder.tell(move || window::has_focus(&looking));
    tokio::pin!(holds);
    let (to, on) = (app.clone(), Arc::clone(&engine));
    let press = move |press| {
        on.runtime().spawn(pressed(to.clone(), Arc::clone(&on), press));
    };
    let mut poster = Poster::new(Arc::new(press), standing.clone());
    let mut telling: Option<Telling> = None;
    loop {
        let order = tokio::select! {
            told = &mut holds, if telling.is_none() => {
                // What a process left that did not end in order has buttons that do nothing, and news that may be old. It is not shown anew:
                // most desktops would pop it up again, and the window, which has been opened, says it too.
                shown::clear(told.left().await).await;
                told.stand(&standing.places()).await;
                telling = Some(told);
                continue;
            }
            order = next(&mut telling) => order,
            Some(ask) = asked.recv() => match ask {
                Ask::Order(order) => Some(order),
                Ask::End(done) => {
                    poster.end().await;
                    if let Some(telling) = telling {
                        telling.stand(&standing.places()).await;
                    }
                    // Whoever asked may have gone on without waiting.
                    let _ = done.send(());
                    return;
                }
            },
            () = changes.next() => {
                if let Some(telling) = &telling {
                    telling.stand(&standing.places()).await;
                }
                continue;
            }
        };
        match order {
            Some(Order::Show(message)) => poster.show(message),
            Some(Order::Withdraw(tag)) => poster.withdraw(&tag),
            None => return poster.end().await,
        }
    }
}

/// What is to be told, once this process tells at all.
async fn next(telling: &mut Option<Telling>) -> Option<Order> {
    match telling {
        Some(telling) => telling.next().await,
        None => std::future::pending().await,
    }
}

/// Does what a button says. What it was about may be long over; then there is nothing to do.
async fn pressed(app: AppHandle, engine: Arc<Engine>, press: Press) {
    match press {
        Press::Show { batch } => visits::go(&app, Visit { batch, ..Visit::default() }),
        Press::Review => visits::go(&app, Visit { filter: Filter::NeedsAttention, ..Visit::default() }),
        Press::ReplaceKey { destination } => {
            visits::go(&app, Visit { replace_key: Some(destination), ..Visit::default() });
        }
        Press::CopyLinks { batch } => {
            let show = Visit { batch: Some(batch.clone()), ..Visit::default() };
            match engine.command(Command::Link { jobs: Selection::Batch(batch) }).await {
                Ok(Done::Link { text }) => {
                    let clipboard = Arc::clone(&app.state::<Arc<Clipboard>>());
                    // The window system may take its time.
                    let put = tauri::async_runtime::spawn_blocking(move || clipboard.put(text)).await;
                    if let Ok(Err(why)) = put {
                        visits::go(&app, show);
                        engine.calls.refused.put(why);
                    }
                }
                // There is none any more: then at least the files are shown.
                _ => visits::go(&app, show),
            }
        }
        Press::Unlock => {
            let unlocked = engine.command(Command::UnlockKeychain).await;
            if !matches!(unlocked, Ok(Done::Keychain { keychain }) if keychain.works) {
                // Nobody answered the keychain's question, or it did not help: the window says what stands in the way.
                visits::go(&app, Visit::default());
            }
        }
        Press::Quit => closing::quit(&app),
        Press::Retry { batches } => {
            for batch in batches {
                // One that left the list has nothing to try again.
                let _ = engine.command(Command::Retry { jobs: Selection::Batch(batch) }).await;
            }
        }
    }
}
