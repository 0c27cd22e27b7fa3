//! The way of log lines to stderr: several at a time, because a call to the system for each costs a busy server more than
//! the line itself. What is a warning or worse, and all that waits with it, is written at once.

use std::io::{self, Write as _};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others.
const PATIENCE: Duration = Duration::from_millis(50);
/// When more than this waits, whoever comes next writes it, and so waits for whoever reads the log.
const MOST: usize = 256 * 1024;

static WAITING: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static CAME: Condvar = Condvar::new();
/// Held while something is written, so that lines keep their order.
static WRITING: Mutex<()> = Mutex::new(());

/// Where the lines go.
pub(super) struct Lines;

/// One line on its way.
pub(super) struct Line {
    is_urgent: bool,
}

impl Lines {
    /// Starts the thread that writes what waits.
    pub(super) fn start() -> io::Result<Lines> {
        thread::Builder::new().name("log".to_owned()).spawn(write_for_ever)?;
        Ok(Lines)
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { is_urgent: true }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Line {
        Line { is_urgent: *event.level() <= Level::WARN }
    }
}

impl io::Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = locked(&WAITING);
        let is_first = waiting.is_empty();
        waiting.extend_from_slice(line);
        let is_full = waiting.len() > MOST;
        drop(waiting);
        if self.is_urgent || is_full {
            flush();
        } else if is_first {
            // Behind the first the thread is awake, and telling it is a call to the system each time.
            CAME.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        flush();
        Ok(())
    }
}

/// Writes whatever waits.
pub(super) fn flush() {
    let _in_order = locked(&WRITING);
    let lines = std::mem::take(&mut *locked(&WAITING));
    // Nobody may be reading any more, and there is no other place to say so.
    let _ = io::stderr().lock().write_all(&lines);
}

fn write_for_ever() {
    loop {
        let mut waiting = locked(&WAITING);
        while waiting.is_empty() {
            waiting = CAME.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        drop(waiting);
        thread::sleep(PATIENCE);
        flush();
    }
}

/// Nothing under the locks can panic, so a poisoned one is as good as any.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
