//! The admin endpoints: faults at run time, and the server's state. Only with a flag, a token, and from this
//! machine's own pages.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{Response, header};
use serde::Serialize;
use serde_json::json;

use crate::faults::grammar;
use crate::front::Front;
use crate::kinds::fields::{Fields, string};
use crate::kinds::said::json as reply;
use crate::random::random_hex;
use crate::state::Sandbox;
use crate::storage::sign::same;
use crate::vault::Vault;

/// Access to the admin endpoints.
#[derive(Clone, Serialize)]
pub struct Admin {
    /// Their base URL.
    pub url: String,
    /// Sent as `Authorization: Bearer TOKEN`.
    pub token: String,
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Admin {
    /// Creates a token for this run.
    pub(crate) fn new(front: &Front) -> Self {
        Self { url: format!("{}/admin", front.origin), token: random_hex(16) }
    }
}

/// `POST`, `GET`, `DELETE /admin/faults` and `GET /admin/state`.
pub(crate) fn routes(admin: &Admin) -> Router<Sandbox> {
    let token = admin.token.clone();
    let port = admin.url.rsplit_once(':').map_or("", |(_, rest)| rest.trim_end_matches("/admin")).to_owned();
    Router::new()
        .route("/admin/faults", post(add).get(list).delete(clear))
        .route("/admin/state", get(state))
        .layer(middleware::from_fn(move |request: Request, next: Next| {
            let judged = judge(&request, &token, &port);
            async move {
                match judged {
                    Ok(()) => next.run(request).await,
                    Err((status, why)) => reply(status, Body::from(json!({"error": why}).to_string())),
                }
            }
        }))
}

/// Host and Origin keep web pages out (a name that resolves to 127.0.0.1 is still another host), the token
/// everyone else.
fn judge(request: &Request, token: &str, port: &str) -> Result<(), (u16, &'static str)> {
    let header = |name| request.headers().get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
    let own = |host: &str| ["127.0.0.1", "localhost", "[::1]"].iter().any(|h| host == format!("{h}:{port}"));
    if !header(header::HOST).is_some_and(own) {
        return Err((403, "Host must be this machine's own"));
    }
    if let Some(origin) = header(header::ORIGIN) {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if !host.is_some_and(own) {
            return Err((403, "Origin must be the sandbox's own"));
        }
    }
    let given = header(header::AUTHORIZATION).and_then(|v| v.strip_prefix("Bearer ")).unwrap_or("");
    if same(given.as_bytes(), token.as_bytes()) {
        Ok(())
    } else {
        Err((401, "The token is missing or wrong"))
    }
}

async fn add(State(front): State<Arc<Front>>, body: Bytes) -> Response<Body> {
    let read = || {
        let mut fields = Fields::read(&body).map_err(|wrong| wrong.0)?;
        let text = fields.need("fault", string).map_err(|wrong| wrong.0)?;
        fields.end().map_err(|wrong| wrong.0)?;
        grammar::parse(&text)
    };
    match read() {
        Ok(asked) => {
            front.faults.add(asked);
            list(State(front)).await
        }
        Err(why) => reply(422, Body::from(json!({"error": why}).to_string())),
    }
}

async fn clear(State(front): State<Arc<Front>>) -> Response<Body> {
    front.faults.clear();
    list(State(front)).await
}

async fn list(State(front): State<Arc<Front>>) -> Response<Body> {
    let faults: Vec<_> = front
        .faults
        .list()
        .into_iter()
        .map(|(fault, met, struck)| json!({"fault": fault, "met": met, "struck": struck}))
        .collect();
    reply(200, Body::from(json!({"faults": faults}).to_string()))
}

async fn state(State(vault): State<Arc<Vault>>) -> Response<Body> {
    let sessions: Vec<_> = vault
        .shelf
        .list()
        .iter()
        .map(|session| {
            let (about, state) = (&session.about, session.state());
            json!({
                "session": about.id,
                "kind": about.kind,
                "name": about.name,
                "size": about.size,
                "part_size": about.part_size,
                "parts": about.parts,
                "stored": state.parts.keys().collect::<Vec<_>>(),
                "expires": about.expires.to_string(),
                "object": state.done.as_ref().map(|done| &done.object),
            })
        })
        .collect();
    reply(200, Body::from(json!({"sessions": sessions}).to_string()))
}
