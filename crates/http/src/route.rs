//! How an API call is sent: over an idle connection, or over a new one if it must not be sent twice.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use partway_core::{Cause, Failure, RetryClass, Step};
use url::Url;

use crate::api::IDLE;
use crate::body::BoxError;
use crate::kept::Kept;
use crate::redact::redact_text;
use crate::unpooled::{Connection, Unpooled};
use crate::{HttpError, HttpOptions, failure, tls};

/// A request, ready to be sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer's body, for either kind of connection.
pub(crate) type AnswerBody = UnsyncBoxBody<Bytes, BoxError>;

/// Which connection a request uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// An idle one, if any; if that turns out to be closed, retried over a new one.
    Kept,
    /// A new one. With `look`, it is watched for a moment before anything is written, in case it turns out
    /// closed.
    Alone { look: bool },
}

/// The two ways to send.
#[derive(Clone)]
pub(crate) struct Route {
    client: reqwest::Client,
    /// Which connections of that client have carried a request.
    kept: Arc<Kept>,
    unpooled: Unpooled,
}

impl Route {
    #[expect(clippy::disallowed_methods, reason = "this is where the client is built")]
    pub(crate) fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(&options.extra_roots_pem)?)
            .connect_timeout(options.connect_timeout)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(if options.keep { usize::MAX } else { 0 })
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .build()
            .map_err(|error| HttpError::Client(failure::chain(&error.without_url())))?;
        Ok(Self { client, kept: Arc::default(), unpooled: Unpooled::new(options)? })
    }

    /// Sends a request and reads the head of its answer. Hold the returned connection until the body was
    /// read.
    pub(crate) async fn send(
        &self,
        step: Step,
        host: &str,
        outgoing: Outgoing,
        how: How,
    ) -> Result<(Response<AnswerBody>, Option<Connection>), Failure> {
        let look = match how {
            How::Alone { look } => look,
            How::Kept => match self.pooled(&outgoing).await {
                Ok(answer) => return Ok((answer, None)),
                // The server closed it while it was idle, so it did not read the request; and repeating it
                // does no harm.
                Err(error) if self.kept.died(&error) => false,
                Err(error) => return Err(not_sent(step, host, error)),
            },
        };
        let mut request = Request::new(Full::new(outgoing.body));
        *request.method_mut() = outgoing.method;
        *request.headers_mut() = outgoing.headers;
        let uri = outgoing.url.as_str().parse::<Uri>();
        *request.uri_mut() = uri.map_err(|error| unusable(step, redact_text(&error.to_string())))?;
        let answer = self.unpooled.send(step, host, request, look).await?;
        let response = answer.response.map(|body| body.map_err(Into::into).boxed_unsync());
        Ok((response, Some(answer.connection)))
    }

    async fn pooled(&self, outgoing: &Outgoing) -> Result<Response<AnswerBody>, reqwest::Error> {
        let mut request = self.client.request(outgoing.method.clone(), outgoing.url.clone());
        request = request.headers(outgoing.headers.clone());
        if !outgoing.body.is_empty() {
            request = request.body(outgoing.body.clone());
        }
        let answer = request.send().await?;
        self.kept.carried(answer.extensions());
        let answer: Response<reqwest::Body> = answer.into();
        Ok(answer.map(|body| body.map_err(|error| error.without_url().into()).boxed_unsync()))
    }
}

/// The next bytes of an answer; `None` at its end. Trailers are skipped.
pub(crate) async fn next_chunk(body: &mut AnswerBody) -> Result<Option<Bytes>, BoxError> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn not_sent(step: Step, host: &str, error: reqwest::Error) -> Failure {
    let error = error.without_url();
    if error.is_connect() {
        failure::not_connected(step, host, &error)
    } else if error.is_builder() {
        unusable(step, redact_text(&failure::chain(&error)))
    } else {
        failure::lost(step, host, failure::BROKE_OFF, &failure::chain(&error))
    }
}

/// A request that cannot be built.
fn unusable(step: Step, detail: String) -> Failure {
    Failure::new(step, RetryClass::Refused, Cause::Refused { said: detail.clone() }, detail)
}
