//! A unit of work on its way from the asking task to a database thread and back.

use super::error::DbError;
use super::postgres::Seen;
use super::tx::Tx;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// Whether a unit may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// What waits in the queue.
pub(super) struct Job {
    pub(super) kind: Kind,
    /// On PostgreSQL, the way of a unit that reads to what is known.
    pub(super) seen: Option<Seen>,
    pub(super) unit: Box<dyn Unit>,
}

/// How the code of a unit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well,
    WithError,
    Panicked,
}

/// A unit without its types, so that one thread can serve them all.
pub(super) trait Unit: Send {
    /// True when nobody waits for the answer any more, so that work not yet begun can be left undone.
    fn is_abandoned(&self) -> bool;
    /// Runs the code and keeps what it answered. May be called again: the last answer counts.
    fn run(&mut self, tx: &mut Tx<'_>) -> Ended;
    /// Replaces the answer by an error of the database.
    fn fail(&mut self, error: DbError);
    /// Hands the answer over.
    fn answer(self: Box<Self>);
}

/// Runs the code of a unit. It owns everything it could leave half changed, and its transaction is rolled back, so a
/// panic in it is an error like others.
pub(super) fn run<T, E: From<DbError>>(
    code: &impl Fn(&mut Tx<'_>) -> Result<T, E>,
    tx: &mut Tx<'_>,
) -> (Ended, Result<T, E>) {
    match catch_unwind(AssertUnwindSafe(|| code(tx))) {
        Ok(Ok(value)) => (Ended::Well, Ok(value)),
        Ok(Err(error)) => (Ended::WithError, Err(error)),
        Err(_) => (Ended::Panicked, Err(DbError::Panicked.into())),
    }
}

/// The unit with its types.
pub(super) struct Work<T, E, F> {
    code: F,
    answer: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Work<T, E, F> {
    pub(super) fn new(code: F, reply: oneshot::Sender<Result<T, E>>) -> Work<T, E, F> {
        Work { code, answer: None, reply }
    }
}

impl<T, E, F> Unit for Work<T, E, F>
where
    T: Send,
    E: From<DbError> + Send,
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ended {
        let (ended, answer) = run(&self.code, tx);
        self.answer = Some(answer);
        ended
    }

    fn fail(&mut self, error: DbError) {
        self.answer = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        if let Some(answer) = self.answer {
            // Nobody may be waiting any more; that is their choice.
            let _ = self.reply.send(answer);
        }
    }
}
