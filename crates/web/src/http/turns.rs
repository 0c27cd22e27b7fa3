//! Turns at what takes much memory: so many at a time, and few of them for one account, one person or one network, which so keep
//! no others from it (G-10, A-05, U-19).

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::{HeaderMap, header};
use app::Refused;
use app::pass::Gate;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::task::AbortHandle;

use super::visit::Visit;

/// Files that are put together, or were and are not read to their end.
static FILES: Turns = Turns::new(16, [2, 8, 2]);

/// Large forms that are read, or were and are at work.
pub(super) static LARGE: Turns = Turns::new(16, [4, 8, 2]);

/// Whether a request says that it has no more than so many bytes: then it cannot have more.
pub(super) fn says_at_most(headers: &HeaderMap, bytes: usize) -> bool {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    length.is_some_and(|length| length <= bytes)
}

/// So many turns.
pub(crate) struct Turns {
    all: usize,
    /// How many of them may be alike in each of what they are known by.
    alike: [usize; 3],
    /// Whose those are that are taken: an account, a network and a login each.
    taken: Mutex<Vec<[String; 3]>>,
}

/// A turn; it is over when this is dropped.
pub(crate) struct Turn {
    turns: &'static Turns,
    whose: [String; 3],
}

impl Turns {
    /// So many altogether; of one account, of one network, which an office may be behind, and of one login.
    pub(crate) const fn new(all: usize, alike: [usize; 3]) -> Turns {
        Turns { all, alike, taken: Mutex::new(Vec::new()) }
    }

    /// A turn for an account, or an account center, a network and a login; if one is free.
    fn take(&'static self, whose: [&str; 3]) -> Option<Turn> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = whose.map(str::to_owned);
        let is_used_up =
            |(at, most): (usize, usize)| taken.iter().filter(|other| other[at] == whose[at]).count() >= most;
        if taken.len() >= self.all || self.alike.into_iter().enumerate().any(is_used_up) {
            return None;
        }
        taken.push(whose.clone());
        Some(Turn { turns: self, whose })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = taken.iter().position(|one| *one == self.whose) {
            taken.swap_remove(at);
        }
    }
}

impl<P: Gate> Visit<P> {
    /// A turn at putting a file together, for whoever may have it: a few may be large at a time.
    pub(crate) async fn turn(&self) -> Result<Turn, Refused> {
        let pass = self.pass().await?;
        self.turn_at(&FILES, &pass)
    }

    /// A turn at one of these, for whoever has the visit's pass.
    pub(super) fn turn_at(&self, turns: &'static Turns, pass: &P) -> Result<Turn, Refused> {
        let login = pass.person().map_or("", |person| person.login.as_str());
        turns.take([self.whose(), &self.ask.origin.network, login]).ok_or(Refused::Busy)
    }
}

/// How much of an answer is handed on at once, in bytes.
const PIECE: usize = 64 * 1024;
/// How long a file may take to be read: whoever reads a byte now and then would have their turn for ever.
const READ_WITHIN: Duration = Duration::from_secs(600);

/// An answer whose turn lasts until nearly all of it was read, and no longer than it may: of what is handed on whole, nobody
/// knows when it is gone. What nobody has read by then is let go, and the answer breaks off.
struct InTurn {
    held: Arc<Mutex<Option<Held>>>,
    over: AbortHandle,
}

impl Drop for InTurn {
    fn drop(&mut self) {
        self.over.abort();
    }
}

struct Held {
    left: Bytes,
    _turn: Turn,
}

impl Turn {
    /// An answer that has this turn until it was read.
    pub(crate) fn answer(self, text: String) -> Body {
        self.answer_within(READ_WITHIN, text)
    }

    fn answer_within(self, patience: Duration, text: String) -> Body {
        let held = Arc::new(Mutex::new(Some(Held { left: text.into(), _turn: self })));
        let late = Arc::downgrade(&held);
        // Beside the answer: a connection that nobody reads from does not ask it for more.
        let over = tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            if let Some(held) = late.upgrade() {
                lock(&held).take();
            }
        });
        Body::new(InTurn { held, over: over.abort_handle() })
    }
}

fn lock(held: &Mutex<Option<Held>>) -> MutexGuard<'_, Option<Held>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HttpBody for InTurn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut held = lock(&self.held);
        let Some(held) = held.as_mut() else { return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into()))) };
        let size = held.left.len().min(PIECE);
        let piece = held.left.split_to(size);
        Poll::Ready(if piece.is_empty() { None } else { Some(Ok(Frame::data(piece))) })
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.held).as_ref().is_some_and(|held| held.left.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(lock(&self.held).as_ref().map_or(0, |held| held.left.len()) as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// G-10, A-05. Seen to fail: without the bound for one account, and without that for one person.
    #[test]
    fn g10_a05_no_account_person_or_network_takes_all_turns() {
        static TURNS: Turns = Turns::new(5, [2, 3, 2]);
        let take = |account, network, login| TURNS.take([account, network, login]);
        let own = [take("a", "1", "x"), take("a", "2", "x")];
        assert!(own.iter().all(Option::is_some));
        assert!(take("a", "3", "y").is_none(), "the account has two");
        assert!(take("b", "3", "x").is_none(), "the person has two");
        let others = [take("b", "3", "y"), take("b", "3", "y"), take("c", "3", "z")];
        assert!(others.iter().all(Option::is_some));
        assert!(take("d", "4", "v").is_none(), "all are taken");
        drop(own);
        assert!(take("d", "3", "v").is_none(), "the network has three");
        assert!(take("a", "4", "x").is_some());
    }

    /// Seen to fail: with the answer handed on whole, and with what ends a late turn left behind.
    #[tokio::test]
    async fn a05_a_file_has_its_turn_until_it_is_read() {
        static TURNS: Turns = Turns::new(1, [1; 3]);
        let mut body = TURNS.take(["a", "1", "x"]).expect("a turn").answer("x".repeat(PIECE * 2));
        let mut next = async || poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        let first = next().await.expect("a piece").expect("read");
        assert_eq!(first.into_data().expect("data").len(), PIECE);
        assert!(TURNS.take(["a", "1", "x"]).is_none());
        assert!(next().await.is_some() && next().await.is_none());
        drop(body);
        assert!(TURNS.take(["a", "1", "x"]).is_some());
        tokio::task::yield_now().await;
        let waiting = tokio::runtime::Handle::current().metrics().num_alive_tasks();
        assert_eq!(waiting, 0, "nothing waits for the end of a turn that is over");
    }

    /// A-05, G-10. Seen to fail: without the end that the turn has.
    #[tokio::test]
    async fn a05_who_does_not_read_their_file_has_no_turn_for_ever() {
        static TURNS: Turns = Turns::new(1, [1; 3]);
        let turn = TURNS.take(["a", "1", "x"]).expect("a turn");
        let mut body = turn.answer_within(Duration::from_millis(20), "x".repeat(PIECE * 2));
        let mut next = async || poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await;
        assert!(next().await.expect("a piece").is_ok());
        let over = tokio::time::timeout(Duration::from_secs(10), async {
            while TURNS.take(["a", "1", "x"]).is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(over.await.is_ok(), "the turn is kept");
        assert!(next().await.expect("an end").is_err(), "half a file is none");
    }
}
