//! What answering costs without a product: a plain axum server that gives recorded answers byte by byte.
//!
//! `bare ADDRESS FILE…`: the answer recorded in the file number N, head and body, is given at `/N`.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let address = args.next().expect("an address");
    let answers: Vec<Answer> =
        args.map(|file| read(&std::fs::read(file).expect("a recorded answer"))).collect();
    let router = Router::new().fallback(answer).with_state(Arc::new(answers));
    let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
    axum::serve(listener, router).await.expect("served");
}

async fn answer(State(answers): State<Arc<Vec<Answer>>>, request: Request) -> Response {
    let number: usize = request.uri().path()[1..].parse().unwrap_or_default();
    let answer = &answers[number];
    let mut response = Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = StatusCode::OK;
    *response.headers_mut() = answer.headers.clone();
    response
}

/// The headers that hyper sets by itself are left to it.
fn read(recorded: &[u8]) -> Answer {
    let end = recorded.windows(4).position(|four| four == b"\r\n\r\n").expect("a head and a body");
    let head = String::from_utf8_lossy(&recorded[..end]);
    let own = ["content-length", "date", "connection", "transfer-encoding"];
    let mut headers = HeaderMap::new();
    for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        if !own.contains(&name.to_ascii_lowercase().as_str()) {
            let name: HeaderName = name.parse().expect("a header's name");
            headers.append(name, HeaderValue::from_str(value).expect("a header's value"));
        }
    }
    Answer { headers, body: Bytes::copy_from_slice(&recorded[end + 4..]) }
}
