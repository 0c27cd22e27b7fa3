//! Bodies that were not read to their end, because the request was refused before. What is left of one lies on the
//! connection in front of the next request, so the connection is closed; whoever is not told would send their next request
//! into it, and get no answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use hyper::body::{Body as _, Frame, SizeHint};

/// What becomes of a request's body.
pub(super) struct Rest(Option<Arc<AtomicBool>>);

impl Rest {
    /// Whether some of it was not read.
    pub(super) fn is_left(&self) -> bool {
        self.0.as_ref().is_some_and(|read| !read.load(Ordering::Relaxed))
    }
}

/// The same request, whose body is watched if it has one.
pub(super) fn watch(request: Request) -> (Request, Rest) {
    if request.body().is_end_stream() {
        return (request, Rest(None));
    }
    let read = Arc::new(AtomicBool::new(false));
    let watched = |body| Body::new(Watched { body, read: Arc::clone(&read) });
    (request.map(watched), Rest(Some(read)))
}

struct Watched {
    body: Body,
    read: Arc<AtomicBool>,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None)) || self.body.is_end_stream() {
            self.read.store(true, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
