//! The end of the desktop's session and of the computer's run, where they are told on a bus before they come: a session manager as GNOME's,
//! and systemd's logind, which waits for us a few seconds. Everything else ends us by a signal (`signals.rs`).

use std::future::pending;

use zbus::Connection;
use zbus::proxy;
use zbus::zvariant::{ObjectPath, OwnedFd, OwnedObjectPath};

/// What came, and what holds it up until it is dropped.
pub(crate) enum Ends {
    /// The user logs out: the manager waits for an answer.
    Session(Client),
    /// The computer stops: logind waits as long as this is open.
    Computer(OwnedFd),
}

/// What the session manager has of us.
pub(crate) struct Client {
    proxy: ClientPrivateProxy<'static>,
}

#[proxy(
    interface = "org.gnome.SessionManager",
    default_service = "org.gnome.SessionManager",
    default_path = "/org/gnome/SessionManager",
    gen_blocking = false
)]
trait SessionManager {
    fn register_client(&self, app: &str, startup: &str) -> zbus::Result<OwnedObjectPath>;
}

#[proxy(
    interface = "org.gnome.SessionManager.ClientPrivate",
    default_service = "org.gnome.SessionManager",
    gen_blocking = false
)]
trait ClientPrivate {
    fn end_session_response(&self, is_ok: bool, reason: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    fn query_end_session(&self, flags: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn end_session(&self, flags: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn stop(&self) -> zbus::Result<()>;
}

#[proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait Login {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
    #[zbus(signal)]
    fn prepare_for_shutdown(&self, start: bool) -> zbus::Result<()>;
}

/// Waits for the first such end; for ever where nobody tells of one.
pub(crate) async fn ends() -> Ends {
    tokio::select! {
        client = session() => Ends::Session(client),
        held = computer() => Ends::Computer(held),
    }
}

impl Ends {
    /// Everything that counts is done: what waits for us may go on.
    pub(crate) async fn go_on(self) {
        match self {
            // A manager that is gone needs no answer.
            Self::Session(client) => drop(client.proxy.end_session_response(true, "").await),
            Self::Computer(held) => drop(held),
        }
    }
}

async fn session() -> Client {
    match registered().await {
        Ok(client) => client,
        // Most desktops have no such manager.
        Err(_) => pending().await,
    }
}

async fn registered() -> zbus::Result<Client> {
    use futures_util::StreamExt as _;

    let bus = Connection::session().await?;
    let path = SessionManagerProxy::new(&bus).await?.register_client("partway", &startup()).await?;
    let path: ObjectPath<'static> = path.into_inner();
    let proxy = ClientPrivateProxy::builder(&bus).path(path)?.build().await?;
    let mut asked = proxy.receive_query_end_session().await?;
    let mut ended = proxy.receive_end_session().await?;
    let mut stopped = proxy.receive_stop().await?;
    loop {
        tokio::select! {
            // Nothing is lost by a logout, so nothing is held against it.
            Some(_) = asked.next() => proxy.end_session_response(true, "").await?,
            Some(_) = ended.next() => return Ok(Client { proxy }),
            Some(_) = stopped.next() => return Ok(Client { proxy }),
            else => return pending().await,
        }
    }
}

async fn computer() -> OwnedFd {
    match held().await {
        Ok(held) => held,
        // No system bus, or none with logind.
        Err(_) => pending().await,
    }
}

async fn held() -> zbus::Result<OwnedFd> {
    use futures_util::StreamExt as _;

    let bus = Connection::system().await?;
    let login = LoginProxy::new(&bus).await?;
    let mut told = login.receive_prepare_for_shutdown().await?;
    let why = "Parts that are on their way are finished, and the journal is closed.";
    let held = login.inhibit("shutdown", "Partway", why, "delay").await?;
    while let Some(signal) = told.next().await {
        if signal.args().is_ok_and(|args| args.start) {
            return Ok(held);
        }
    }
    pending().await
}

/// What the session manager calls this start, where it made it.
#[expect(clippy::disallowed_methods, reason = "that is how a session manager tells it")]
fn startup() -> String {
    std::env::var("DESKTOP_AUTOSTART_ID").unwrap_or_default()
}
