//! Where a request comes from, by which guessing is counted.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, StatusCode};
use testkit::World;
use tower::ServiceExt as _;

const PROXY: &str = "198.51.100.7";

/// The network that a sign-in over this connection with this `X-Forwarded-For` is counted under.
async fn network(world: &World, peer: &str, forwarded: &str) -> String {
    let peer: IpAddr = peer.parse().expect("an address");
    let form = format!("email=ada%40example.com&password={}", testkit::PASSWORD.replace(' ', "+"));
    let request = Request::builder()
        .method("POST")
        .uri("/sign-in")
        .header("host", "rollcall.example.test")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", forwarded)
        .extension(ConnectInfo(SocketAddr::new(peer, 4711)))
        .body(Body::from(form))
        .expect("a request");
    let reply = web::router(world.app.clone()).oneshot(request).await.expect("routers always answer");
    assert_eq!(reply.status(), StatusCode::SEE_OTHER);
    world.sql("SELECT network FROM session ORDER BY id DESC LIMIT 1").remove(0).remove(0)
}

/// Anybody can write `X-Forwarded-For`; of a trusted proxy only the last entry is its own. Seen to fail: with the
/// header believed whoever connects, and with its first entry taken.
#[tokio::test(flavor = "multi_thread")]
async fn x25_only_a_trusted_proxy_says_where_a_request_comes_from() {
    let mut world = World::sqlite().await;
    world.set_up().await;
    assert_eq!(network(&world, PROXY, "203.0.113.9").await, PROXY);
    world.restart(|app| app.settings.trusted_proxies = vec![PROXY.parse().expect("an address")]);
    assert_eq!(network(&world, PROXY, "203.0.113.9").await, "203.0.113.9");
    assert_eq!(network(&world, PROXY, "10.9.9.9, 203.0.113.9").await, "203.0.113.9");
    assert_eq!(network(&world, PROXY, "nonsense").await, PROXY);
    assert_eq!(network(&world, "192.0.2.66", "203.0.113.9").await, "192.0.2.66");
    assert_eq!(network(&world, "2001:db8:1:2::1", "203.0.113.9").await, "2001:db8:1:2::/64");
}
