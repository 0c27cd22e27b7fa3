//! The line in front of the database threads.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many times others are taken before a job that nobody waits for goes along: even under the heaviest load it gets
/// its turn within about a second.
const PATIENCE: u32 = 64;

/// Whether somebody waits for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// A request waits for it.
    Now,
    /// The server does it by itself: others go first.
    Later,
}

/// A queue with many senders and many takers. It has no upper bound: the server bounds the requests in flight.
pub(super) struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    waiting: VecDeque<J>,
    later: VecDeque<J>,
    /// How often others went before the first of `later`.
    passed_over: u32,
    closed: bool,
}

impl<J> Default for Queue<J> {
    fn default() -> Queue<J> {
        Queue::new()
    }
}

impl<J> Queue<J> {
    pub(super) fn new() -> Queue<J> {
        let (waiting, later) = (VecDeque::new(), VecDeque::new());
        let state = State { waiting, later, passed_over: 0, closed: false };
        Queue { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Adds a job; gives it back if the queue is closed.
    pub(super) fn push(&self, job: J, urgency: Urgency) -> Result<(), J> {
        let mut state = self.lock();
        if state.closed {
            return Err(job);
        }
        match urgency {
            Urgency::Now => state.waiting.push_back(job),
            Urgency::Later => state.later.push_back(job),
        }
        drop(state);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for at least one job and takes up to `most`. Nothing means: closed and worked off, so end.
    pub(super) fn take(&self, most: usize) -> Vec<J> {
        let mut state = self.lock();
        while state.waiting.is_empty() && state.later.is_empty() && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.take(most)
    }

    /// Takes up to `most` of the jobs that somebody waits for, and does not wait for any.
    pub(super) fn take_now(&self, most: usize) -> Vec<J> {
        let mut state = self.lock();
        let count = most.min(state.waiting.len());
        state.waiting.drain(..count).collect()
    }

    /// Refuses new jobs from now on; those that wait are still handed out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// No code that can panic runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> State<J> {
    fn take(&mut self, most: usize) -> Vec<J> {
        let is_due = self.waiting.is_empty() || self.passed_over >= PATIENCE;
        if is_due && let Some(job) = self.later.pop_front() {
            self.passed_over = 0;
            return vec![job];
        }
        self.passed_over = if self.later.is_empty() { 0 } else { self.passed_over + 1 };
        let count = most.min(self.waiting.len());
        self.waiting.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: taken in the order they came, the job that nobody waits for goes first; without PATIENCE, never.
    #[test]
    fn what_nobody_waits_for_goes_last_but_goes() {
        let queue = Queue::new();
        let push = |job, urgency| queue.push(job, urgency).expect("open");
        push("later", Urgency::Later);
        for _ in 0..PATIENCE {
            push("now", Urgency::Now);
            assert_eq!(queue.take(64), ["now"]);
        }
        push("now", Urgency::Now);
        assert_eq!(queue.take(64), ["later"], "its turn has come");
        assert_eq!(queue.take(64), ["now"]);
        push("later", Urgency::Later);
        assert_eq!(queue.take(64), ["later"], "nobody else is there");
    }

    /// Who is waited for by nobody does not go along with others. Seen to fail: with what nobody waits for taken, too.
    #[test]
    fn what_has_come_meanwhile_is_taken_without_waiting() {
        let queue = Queue::new();
        assert!(queue.take_now(64).is_empty());
        queue.push("later", Urgency::Later).expect("open");
        for number in ["one", "two", "three"] {
            queue.push(number, Urgency::Now).expect("open");
        }
        assert_eq!(queue.take_now(2), ["one", "two"]);
        assert_eq!(queue.take_now(2), ["three"]);
        assert!(queue.take_now(2).is_empty());
        assert_eq!(queue.take(64), ["later"]);
    }
}
