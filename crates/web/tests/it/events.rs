//! The event stream: what is told, to whom, and how soon (P-19).

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::Ask;
use axum::body::Body;
use domain::user::UserType;
use http::{Method, Request, StatusCode};
use hyper::body::Body as _;
use testkit::Engine;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;
use web::http::stream::Streams;

use crate::data::member;
use crate::site::Site;

/// What is told must be told by then.
const SOON: Duration = Duration::from_secs(1);

/// A stream that is being read.
struct Listener {
    status: StatusCode,
    body: Body,
}

impl Listener {
    async fn open(site: &Site, ask: &Ask, streams: &Arc<Streams>) -> Listener {
        let session = ask.credentials.session.clone().expect("somebody signed in");
        let request = Request::builder()
            .uri(format!("/accounts/{}/events", site.account.id))
            .header("host", "rollcall.example.test")
            .header("cookie", format!("__Host-session={session}"))
            .extension(Arc::clone(streams));
        let request = request.body(Body::empty()).expect("a request");
        let response = site.router.clone().oneshot(request).await.expect("routers always answer");
        Listener { status: response.status(), body: response.into_body() }
    }

    /// The next that is told; nothing at the end of the stream, and after a second of silence.
    async fn next(&mut self) -> Option<String> {
        let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
        let frame = timeout(SOON, frame).await.ok()??.expect("a frame");
        Some(String::from_utf8(frame.into_data().expect("data").to_vec()).expect("text"))
    }

    /// Whether it is over: neither silent nor told.
    async fn is_over(&mut self) -> bool {
        let frame = poll_fn(|context| Pin::new(&mut self.body).poll_frame(context));
        matches!(timeout(SOON, frame).await, Ok(None))
    }
}

const GONE: Option<&str> = Some("event: gone\ndata:\n\n");
const CHANGED: Option<&str> = Some("event: changed\ndata:\n\n");

/// Whatever ends or changes access ends the stream within a second. Seen to fail: with the version left out of what is
/// compared, and with access that has ended taken for active.
#[tokio::test(flavor = "multi_thread")]
async fn p19_whose_access_has_changed_is_told_within_a_second() {
    for site in Site::everywhere().await {
        let of = |user_type: UserType| {
            let email = format!("{}@example.com", user_type.word());
            move |set: &str| format!("UPDATE \"user\" SET {set} WHERE email = '{email}'")
        };
        let streams = Arc::default();
        for (user_type, change) in [
            (UserType::Reporting, of(UserType::Reporting)("user_type = 'manager'")),
            (UserType::Reporting, of(UserType::Reporting)("access_version = access_version + 1")),
            (UserType::Manager, of(UserType::Manager)("agent = 1")),
            (UserType::Manager, of(UserType::Manager)("ends_at = 1")),
            (UserType::Agent, of(UserType::Agent)("status = 'deleted'")),
            (UserType::Reporting, "DELETE FROM session".to_owned()),
        ] {
            let mut listener = Listener::open(&site, member(&site, user_type), &streams).await;
            assert_eq!(listener.status, StatusCode::OK);
            site.world.sql(&change);
            assert_eq!(listener.next().await.as_deref(), GONE, "{change}");
            assert!(listener.is_over().await, "{change}");
        }
    }
}

/// Seen to fail: with the newest entry told to everybody.
#[tokio::test(flavor = "multi_thread")]
async fn p19_who_may_know_learns_that_something_was_recorded() {
    for site in Site::everywhere().await {
        let streams = Arc::default();
        let admin = site.admin().expect("an administrator");
        let mut knows = Listener::open(&site, admin, &streams).await;
        let mut does_not = Listener::open(&site, member(&site, UserType::Manager), &streams).await;
        site.account
            .invite("newcomer@example.com", UserType::Reporting, std::slice::from_ref(&site.company))
            .await;
        assert_eq!(knows.next().await.as_deref(), CHANGED);
        assert_eq!(knows.next().await, None, "once is enough");
        assert_eq!(does_not.next().await, None, "it is none of a manager's business");
        // Something in another account is nobody's here.
        site.other.invite("elsewhere@example.com", UserType::Administrator, &[]).await;
        assert_eq!(knows.next().await, None);
    }
}

/// A stream that stays open makes no session last longer. Seen to fail: with `read` for `look`.
#[tokio::test(flavor = "multi_thread")]
async fn a03_an_open_page_is_no_visit() {
    for site in Site::everywhere().await {
        let seen = || site.world.sql("SELECT id, seen_at, expires_at FROM session ORDER BY id");
        let before = seen();
        site.world.advance(domain::time::Span::hours(2));
        let mut listener = Listener::open(&site, member(&site, UserType::Manager), &Arc::default()).await;
        assert_eq!(listener.next().await, None);
        assert_eq!(seen(), before);
    }
}

/// Seen to fail: without the places, and with a place kept after its stream.
#[tokio::test(flavor = "multi_thread")]
async fn p19_there_are_so_many_streams_and_no_more() {
    let site = Site::new(testkit::World::sqlite().await).await;
    let streams = Arc::new(Streams::at_most(2));
    let ask = member(&site, UserType::Manager);
    let first = Listener::open(&site, ask, &streams).await;
    let _second = Listener::open(&site, ask, &streams).await;
    assert_eq!(Listener::open(&site, ask, &streams).await.status, StatusCode::SERVICE_UNAVAILABLE);
    drop(first);
    // Its task is told in a moment.
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(Listener::open(&site, ask, &streams).await.status, StatusCode::OK);
    assert_eq!(
        site.ask(&Method::GET, &format!("/accounts/{}/events", site.account.id), None, "").await.status,
        StatusCode::UNAUTHORIZED
    );
}

/// Seen to fail: without `streams.end()` in `serve`.
#[tokio::test(flavor = "multi_thread")]
async fn i05_open_streams_end_with_the_server() {
    let site = Site::new(testkit::World::on(Engine::Sqlite).await).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let end = async { stopped.await.unwrap_or_default() };
    let server = tokio::spawn(web::serve(site.world.app.clone(), listener, end));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let session = site.account.admin.ask.credentials.session.clone().expect("signed in");
    let request = format!(
        "GET /accounts/{}/events HTTP/1.1\r\nHost: rollcall.example.test\r\nCookie: __Host-session={session}\r\n\r\n",
        site.account.id
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut head = [0; 2048];
    let read = stream.read(&mut head).await.expect("an answer");
    assert!(head[..read].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head[..read]));
    let start = Instant::now();
    stop.send(()).expect("it runs");
    timeout(SOON, server).await.expect("it ends at once").expect("no panic").expect("no failure");
    assert!(start.elapsed() < SOON);
}
