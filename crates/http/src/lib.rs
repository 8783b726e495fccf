//! The one place that builds an HTTP client: TLS, redaction, error to retry class.
