//! The message catalogue: every text of pages and mails, compile-checked.
//!
//! Texts stand in `locales/<lang>/*.toml`. The build script makes one method per message, so a missing or
//! misspelt key, or a missing placeholder, does not compile.

mod language;
mod number;

pub use language::Language;

/// The messages in one language. Cheap to copy; made per request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    language: Language,
}

impl Text {
    /// The messages in `language`.
    pub fn new(language: Language) -> Text {
        Text { language }
    }

    /// The language these messages are in.
    pub fn language(self) -> Language {
        self.language
    }
}

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
