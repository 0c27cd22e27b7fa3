//! What is made of rows, made once as long as nobody commits (decision 0023).

use std::any::Any;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::db::{DbError, Stmt, Value};
use crate::work::Reader;

/// A value that stands for rows which have not changed, shared by all who ask for the same ones, and what is written of it.
pub struct Kept<T> {
    value: T,
    written: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl<T> Kept<T> {
    /// Made, and nothing written of it yet.
    pub fn new(value: T) -> Kept<T> {
        Kept { value, written: OnceLock::new() }
    }

    /// What `write` makes of the value: written once, and then the same for everybody. So it may depend on the value, on what
    /// stands in the database, and on nothing of whoever asks; where it depends on the form they want, `W` must be that form.
    pub fn written<W: Send + Sync + 'static>(&self, write: impl FnOnce(&T) -> W) -> Arc<W> {
        if let Some(Ok(written)) = self.written.get().map(|written| Arc::clone(written).downcast::<W>()) {
            return written;
        }
        let written = Arc::new(write(&self.value));
        let _ = self.written.set(Arc::clone(&written) as Arc<dyn Any + Send + Sync>);
        written
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl Reader<'_, '_> {
    /// What `make` makes of the rows of this statement and of others that follow from them: once, as long as nobody commits.
    /// All that it depends on must be in the statement and its values. `bytes` says how much memory it takes, roughly, with
    /// what is written of it.
    pub(crate) fn kept<T: Send + Sync + 'static>(
        &mut self,
        (stmt, values): (&'static Stmt, &[Value]),
        make: impl FnOnce(&mut Self) -> Result<T, DbError>,
        bytes: impl FnOnce(&T) -> usize,
    ) -> Result<Arc<Kept<T>>, DbError> {
        if let Some(kept) = self.tx().find_kept(stmt, values) {
            return Ok(kept);
        }
        let value = make(self)?;
        let bytes = bytes(&value);
        let kept = Arc::new(Kept::new(value));
        self.tx().keep(stmt, values, &kept, bytes);
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: where another form is given out as what was written first.
    #[test]
    fn each_form_is_written_from_the_value_and_the_first_only_once() {
        let kept = Kept::new(7);
        let first = kept.written(|n| n.to_string());
        assert_eq!(*first, "7");
        assert!(Arc::ptr_eq(&first, &kept.written(|_| -> String { unreachable!("it is written") })));
        assert_eq!(*kept.written(|n| n * 2), 14);
        assert_eq!(*kept.written(|n| n.to_string()), "7");
    }
}
