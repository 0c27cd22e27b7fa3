//! The router, made from the route table, and the server around it.

use std::future::Future;
use std::io;
use std::net::SocketAddr;

use ::http::{Response as HttpResponse, StatusCode};
use app::SharedApp;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use text::Text;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate as _, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::visit::Visitor;
use super::{layers, problem};
use crate::views::problem::{Kind, Problem};
use crate::views::{Frame, Page};
use crate::{assets, health, routes};

/// The whole site: the route table, static files, health, and what surrounds them.
pub fn router(app: SharedApp) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        router = router.route(route.path, route.endpoint);
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(CsrfLayer::new().with_rejection_response(other_site))
        .layer(CatchPanicLayer::custom(panicked))
        // Small pages gain nothing; gzip at its quickest costs less than sending the bytes.
        .layer(
            CompressionLayer::new()
                .quality(tower_http::CompressionLevel::Fastest)
                .compress_when(SizeAbove::new(1_024).and(DefaultPredicate::new())),
        )
        .merge(assets::router())
        .merge(health::router())
        .layer(middleware::from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}

/// Serves until `stop` is done, then lets the requests under way end.
pub async fn serve(
    app: SharedApp,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

async fn nothing_here(State(app): State<SharedApp>, request: Request) -> Response {
    problem::answer(&Visitor::of(app, &request), app::Refused::NotFound)
}

async fn wrong_method(State(app): State<SharedApp>, request: Request) -> Response {
    problem::bad_request(&Visitor::of(app, &request), StatusCode::METHOD_NOT_ALLOWED)
}

fn plain_problem(status: StatusCode, kind: Kind) -> Response {
    let view = Problem { t: Text::default(), frame: Frame::default(), kind, home: None };
    (status, Page(view)).into_response()
}

/// A form that another site sent.
fn other_site(_error: ProtectionError) -> HttpResponse<Body> {
    plain_problem(StatusCode::FORBIDDEN, Kind::BadRequest(Text::default().problem_cross_site().to_owned()))
}

fn panicked(_panic: Box<dyn std::any::Any + Send>) -> HttpResponse<Body> {
    // The panic itself was told by the panic hook.
    plain_problem(StatusCode::INTERNAL_SERVER_ERROR, Kind::Internal(String::new()))
}
