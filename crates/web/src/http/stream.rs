//! Event streams: how many there may be, how they are written, and how they end with the server.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::http::{HeaderValue, header};
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

/// How many streams a server keeps open. Pages do without: they show what is new when they are loaded again.
const STREAMS: usize = 1_024;
/// How much may wait for a reader before they count as gone.
const UNREAD: usize = 8;

/// The streams of one server.
pub struct Streams {
    places: Arc<Semaphore>,
    ending: watch::Sender<bool>,
}

/// A stream's place among them; it is free again once dropped.
pub struct Place {
    _place: OwnedSemaphorePermit,
    ending: watch::Receiver<bool>,
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
        Streams { places: Arc::new(Semaphore::new(streams)), ending: watch::Sender::new(false) }
    }

    /// A place for one more; none if there are too many.
    pub fn enter(&self) -> Option<Place> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place { _place: place, ending: self.ending.subscribe() })
    }

    /// Ends all of them, now and from now on.
    pub fn end(&self) {
        self.ending.send_replace(true);
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
