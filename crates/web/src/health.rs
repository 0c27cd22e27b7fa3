//! For whoever watches the server: alive, ready, metrics (I-06).

use std::sync::LazyLock;
use std::time::Duration;

use ::http::{HeaderMap, StatusCode, header};
use app::SharedApp;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// How often samples are folded into histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// Installed once for the process; the metrics it describes are there from the start.
static METRICS: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let handle = PrometheusBuilder::new().install_recorder().ok()?;
    metrics::describe_counter!("rollcall_http_requests_total", "Requests by method, route and status");
    metrics::describe_histogram!(
        "rollcall_http_request_seconds",
        "How long requests took, by method and route"
    );
    metrics::describe_counter!("rollcall_mails_claimed_total", "Mails the worker took from the outbox");
    metrics::counter!("rollcall_mails_claimed_total").increment(0);
    Some(handle)
});

pub(crate) fn router() -> Router<SharedApp> {
    LazyLock::force(&METRICS);
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(measured))
}

/// Keeps the memory of the histograms bounded where nobody collects them.
pub(crate) async fn upkeep() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        if let Some(handle) = METRICS.as_ref() {
            handle.run_upkeep();
        }
    }
}

/// For whoever has the bearer token; to others it is not there. Counts of mails and answers would tell a stranger
/// whether an address has a login.
async fn measured(State(app): State<SharedApp>, headers: HeaderMap) -> (StatusCode, String) {
    let given =
        headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if given.is_some_and(|token| app.knows_metrics_token(token)) {
        (StatusCode::OK, METRICS.as_ref().map(PrometheusHandle::render).unwrap_or_default())
    } else {
        (StatusCode::NOT_FOUND, String::new())
    }
}

/// Ready when the database answers.
async fn ready(State(app): State<SharedApp>) -> (StatusCode, &'static str) {
    if app.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
