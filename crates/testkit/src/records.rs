//! TXT records of a world, as a test sets them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use app::brand::dns::{Answer, FindsTexts, NoAnswer};

/// TXT records by their names, shared by all who hold them.
#[derive(Clone, Debug, Default)]
pub struct Records(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    texts: BTreeMap<String, String>,
    is_out: bool,
}

impl Records {
    /// Sets the record of a name.
    pub fn set(&self, name: &str, text: &str) {
        self.known().texts.insert(name.to_owned(), text.to_owned());
    }

    /// Takes it away.
    pub fn remove(&self, name: &str) {
        self.known().texts.remove(name);
    }

    /// Whether no server answers any more.
    pub fn go_out(&self, is_out: bool) {
        self.known().is_out = is_out;
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FindsTexts for Records {
    fn find<'a>(&'a self, name: &'a str, _luck: [u8; 2]) -> Answer<'a> {
        let known = self.known();
        let found = known.texts.get(name).cloned().into_iter().collect();
        let answer = if known.is_out { Err(NoAnswer) } else { Ok(found) };
        Box::pin(async move { answer })
    }
}
