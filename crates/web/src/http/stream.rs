//! Event streams: how many there may be, how they are written, and how they end with the server.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use ::http::{HeaderValue, header};
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::Frame;
use tokio::sync::{mpsc, watch};

/// How many streams a server keeps open. Pages do without: they show what is new when they are loaded again.
const STREAMS: usize = 1_024;
/// How many of them one login has: more than anybody has pages open.
const OF_LOGIN: usize = 16;
/// How many of them one network has: an office may be behind it.
const OF_NETWORK: usize = 128;
/// How much may wait for a reader before they count as gone.
const UNREAD: usize = 8;

/// The streams of one server.
pub struct Streams {
    most: usize,
    taken: Arc<Mutex<Taken>>,
    ending: watch::Sender<bool>,
}

/// A stream's place among them; it is free again once dropped.
pub struct Place {
    taken: Arc<Mutex<Taken>>,
    shares: [Share; 3],
    ending: watch::Receiver<bool>,
}

/// How many places are taken, of each share.
type Taken = HashMap<Share, usize>;

/// What has a limit of its own.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Share {
    All,
    Login(String),
    Network(String),
}

/// The writing end of a stream.
pub struct Events(mpsc::Sender<Bytes>);

/// The reader is gone, or does not read.
#[derive(Debug)]
pub struct Unheard;

/// The answer that goes on.
struct Unending(mpsc::Receiver<Bytes>);

impl Default for Streams {
    fn default() -> Streams {
        Streams::at_most(STREAMS)
    }
}

impl Streams {
    /// At most so many at once.
    pub fn at_most(streams: usize) -> Streams {
        Streams { most: streams, taken: Arc::default(), ending: watch::Sender::new(false) }
    }

    /// A place for one more of this login and network; none if there are too many.
    pub fn enter(&self, login: &str, network: &str) -> Option<Place> {
        let shares = [Share::All, Share::Login(login.to_owned()), Share::Network(network.to_owned())];
        let mut taken = locked(&self.taken);
        let of = |share: &Share| taken.get(share).copied().unwrap_or_default();
        if shares.iter().any(|share| of(share) >= self.most_of(share)) {
            return None;
        }
        for share in &shares {
            *taken.entry(share.clone()).or_default() += 1;
        }
        Some(Place { taken: Arc::clone(&self.taken), shares, ending: self.ending.subscribe() })
    }

    fn most_of(&self, share: &Share) -> usize {
        match share {
            Share::All => self.most,
            Share::Login(_) => OF_LOGIN,
            Share::Network(_) => OF_NETWORK,
        }
    }

    /// Ends all of them, now and from now on.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }
}

/// Nothing that is done under the lock can panic half-way.
fn locked(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = locked(&self.taken);
        for share in &self.shares {
            match taken.get_mut(share) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(taken.remove(share)),
            }
        }
    }
}

impl Place {
    /// Waits for the server to end its streams.
    pub async fn ended(&mut self) {
        // The server that is gone ends them too.
        let _ = self.ending.wait_for(|ending| *ending).await;
    }
}

impl Events {
    /// Tells what happened; only that, and nothing of it.
    pub fn tell(&self, event: &str) -> Result<(), Unheard> {
        self.write(format!("event: {event}\ndata:\n\n"))
    }

    /// Says nothing, so that whoever carries the stream keeps it open.
    pub fn keep(&self) -> Result<(), Unheard> {
        self.write(":\n\n".to_owned())
    }

    /// Waits for the reader to leave.
    pub async fn left(&self) {
        self.0.closed().await;
    }

    fn write(&self, text: String) -> Result<(), Unheard> {
        self.0.try_send(Bytes::from(text)).map_err(|_| Unheard)
    }
}

/// A stream: the end to write to, and the answer that carries it.
pub fn open() -> (Events, Response) {
    let (sender, receiver) = mpsc::channel(UNREAD);
    let mut response = Response::new(Body::new(Unending(receiver)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy that gathered events before passing them on would pass them too late.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    (Events(sender), response)
}

impl HttpBody for Unending {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}
