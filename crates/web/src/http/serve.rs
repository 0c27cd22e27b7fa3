//! The router, made from the route table, and the server around it.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ::http::{Response as HttpResponse, StatusCode};
use app::SharedApp;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use text::Text;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::{ServiceBuilder, ServiceExt as _};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::route::Speaks;
use super::seats::Seats;
use super::stream::Streams;
use super::visitor::Visitor;
use super::{layers, problem};
use crate::views::problem::{Kind, Problem};
use crate::views::{Frame, Page};
use crate::{api, assets, health, routes, scim};

/// The whole site: the route table, static files, health, and what surrounds them.
pub fn router(app: SharedApp) -> Router {
    let (mut pages, mut programs) = (Router::new(), Router::new());
    let (mut mailboxes, mut directories) = (Router::new(), Router::new());
    for route in routes::table() {
        match route.speaks {
            _ if route.path.starts_with(api::BASE) => {
                programs = programs.route(&api::routed(route.path), route.endpoint);
            }
            Speaks::Scim => directories = directories.route(route.path, route.endpoint),
            // Mail programs say nothing of where they come from: the address alone opens these.
            Speaks::Mailboxes => mailboxes = mailboxes.route(route.path, route.endpoint),
            _ => pages = pages.route(route.path, route.endpoint),
        }
    }
    // No form of another site has a key, and programs are told what is wrong in their own way.
    let programs = programs
        .method_not_allowed_fallback(wrong_method_of_api)
        .layer(ServiceBuilder::new().layer(compression()).layer(CatchPanicLayer::custom(panicked_of_api)));
    let directories = directories
        .method_not_allowed_fallback(|| async { scim::wrong_method() })
        .layer(ServiceBuilder::new().layer(compression()).layer(CatchPanicLayer::custom(panicked_of_scim)));
    pages
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        // As one: each layer by itself would cost every request a service and a future in boxes of their own.
        .layer(
            ServiceBuilder::new()
                .layer(compression())
                .layer(CatchPanicLayer::custom(panicked))
                .layer(CsrfLayer::new().with_rejection_response(other_site)),
        )
        .merge(programs)
        .merge(directories)
        .merge(mailboxes.layer(CatchPanicLayer::custom(panicked)))
        .merge(assets::router())
        .merge(health::router())
        .layer(middleware::from_fn_with_state(app.clone(), layers::around))
        .with_state(app)
}

/// Small answers gain nothing; gzip at its quickest costs less than sending the bytes.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(tower_http::CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(1_024).and(DefaultPredicate::new()))
}

/// How long a request's head may take to arrive: slow ones would hold connections that others need.
const HEAD_PATIENCE: Duration = Duration::from_secs(15);
/// How long an answer may be left lying without a byte being taken.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// How many connections are served at once; the rest wait to be accepted.
const CONNECTIONS: usize = 4_096;
/// How many of them one network may hold; what comes on top is closed at once. Many people may share a network.
const OF_ONE_NETWORK: usize = 512;
/// How long to wait after no connection could be accepted, such as for want of file handles.
const BREATHER: Duration = Duration::from_millis(200);

/// Serves until `stop` is done, then lets the requests under way end.
pub async fn serve(
    app: SharedApp,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let upkeep = tokio::spawn(health::upkeep());
    let seats = Seats::new(OF_ONE_NETWORK, &app.settings.trusted_proxies);
    let (router, streams) = (router(app), Arc::new(Streams::default()));
    let mut server = auto::Builder::new(TokioExecutor::new()).http1_only();
    server.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut stop = pin!(stop);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, peer)| (stream, peer, place))
        };
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            accepted = accepted => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(BREATHER).await;
                    continue;
                }
            },
        };
        let Some(seat) = seats.take(peer.ip()) else { continue };
        let (router, streams) = (router.clone(), Arc::clone(&streams));
        let service = service_fn(move |request: ::http::Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(Arc::clone(&streams));
            router.clone().oneshot(request)
        });
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(WRITE_PATIENCE));
        let connection = server.serve_connection(TokioIo::new(Box::pin(stream)), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // Broken by the other side, or too slow: nothing of ours, and nobody is left to be told.
            let _ = connection.await;
            drop((place, seat));
        });
    }
    streams.end();
    graceful.shutdown().await;
    upkeep.abort();
    Ok(())
}

async fn nothing_here(State(app): State<SharedApp>, request: Request) -> Response {
    if request.uri().path().starts_with(api::BASE) {
        return api::nothing_here();
    }
    if request.uri().path().starts_with(scim::BASE) {
        return scim::nothing_here();
    }
    let visitor = Visitor::of(app, &request);
    problem::answer(&visitor, app::Refused::NotFound).await
}

async fn wrong_method_of_api(request: Request) -> Response {
    api::wrong_method(&request)
}

async fn wrong_method(State(app): State<SharedApp>, request: Request) -> Response {
    let visitor = Visitor::of(app, &request);
    problem::bad_request(&visitor, StatusCode::METHOD_NOT_ALLOWED).await
}

fn plain_problem(status: StatusCode, kind: Kind) -> Response {
    let view = Problem { t: Text::default(), frame: Frame::default(), kind, sign_out_to: None };
    (status, Page(view)).into_response()
}

/// A form that another site sent.
fn other_site(_error: ProtectionError) -> HttpResponse<Body> {
    plain_problem(StatusCode::FORBIDDEN, Kind::BadRequest(Text::default().problem_cross_site().to_owned()))
}

fn panicked_of_api(_panic: Box<dyn std::any::Any + Send>) -> HttpResponse<Body> {
    api::panicked()
}

fn panicked_of_scim(_panic: Box<dyn std::any::Any + Send>) -> HttpResponse<Body> {
    scim::panicked()
}

fn panicked(_panic: Box<dyn std::any::Any + Send>) -> HttpResponse<Body> {
    // The panic itself was told by the panic hook.
    plain_problem(StatusCode::INTERNAL_SERVER_ERROR, Kind::Internal(String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-10. Where it is not known any more whose host was asked, nobody is named. Seen to fail: with the product's look there.
    #[tokio::test]
    async fn g10_what_has_broken_names_nobody() {
        for response in
            [panicked(Box::new("x")), panicked_of_api(Box::new("x")), panicked_of_scim(Box::new("x"))]
        {
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            let said = format!("{:?}", response.headers());
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let said = format!("{said}{}", String::from_utf8_lossy(&body)).to_lowercase();
            assert!(
                said.contains("wrong") && !said.contains(&Text::default().common_product().to_lowercase()),
                "{said}"
            );
        }
    }
}
