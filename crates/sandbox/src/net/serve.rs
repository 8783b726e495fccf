//! The accept loop: every connection is a separate task, and a request can end its connection without an
//! answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::tap::{Line, tap};
use crate::clock::{Clock, http_date};

/// The most to read from a socket at once, and to buffer of a body that is not consumed.
const READ_BUFFER: usize = 256 * 1024;
/// How long an orderly stop waits for the requests in flight.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// A response extension: send nothing, end the connection.
#[derive(Clone, Copy)]
pub(crate) struct HangUp;

/// The connection was ended on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was ended on purpose")]
struct Ended;

/// Accepts until stopped, then gives the requests in flight a moment. `closes` decides for each connection
/// whether it is closed right after it was accepted.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    clock: Clock,
    closes: impl Fn() -> bool,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut stop) => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    tokio::time::sleep(Duration::from_millis(20)).await; // out of descriptors: let some end
                    continue;
                };
                if closes() {
                    continue;
                }
                let _ = stream.set_nodelay(true);
                let (io, line) = tap(stream);
                let (tls, router, clock, stop) = (tls.clone(), router.clone(), clock.clone(), stop.clone());
                connections.spawn(async move {
                    match tls {
                        Some(tls) => {
                            if let Ok(io) = tls.accept(io).await {
                                connection(io, line, router, clock, stop).await;
                            }
                        }
                        None => connection(io, line, router, clock, stop).await,
                    }
                });
            }
        }
    }
    drop(listener);
    let _ =
        tokio::time::timeout(STOP_WITHIN, async { while connections.join_next().await.is_some() {} }).await;
}

async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn connection(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    line: Line,
    router: Router,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) {
    let clock = Arc::new(clock);
    let service = service_fn(move |request| answer(request, line.clone(), router.clone(), clock.clone()));
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(None)
            .max_buf_size(READ_BUFFER)
            .serve_connection(TokioIo::new(io), service)
    );
    tokio::select! {
        _ = connection.as_mut() => return,
        () = told(&mut stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn answer(
    mut request: Request<Incoming>,
    line: Line,
    router: Router,
    clock: Arc<Clock>,
) -> Result<Response<Body>, Ended> {
    request.extensions_mut().insert(line);
    let answered: Result<_, Infallible> =
        hyper::service::Service::call(&hyper_util::service::TowerToHyperService::new(router), request).await;
    let Ok(mut response) = answered;
    if response.extensions().get::<HangUp>().is_some() {
        return Err(Ended);
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(clock.now())) {
        response.headers_mut().insert(header::DATE, date);
    }
    Ok(response)
}
