//! The errors of a form, and the fields that show them.

use domain::input::FieldError;
use serde::de::{Deserialize as _, Deserializer, Error as _};
use text::Text;

use crate::views::Field;
use crate::views::form::sentence_for;

/// Reads a box that is ticked. One that is not ticked is not sent, and no other word is taken for either.
pub(super) fn ticked<'de, D: Deserializer<'de>>(read: D) -> Result<Option<String>, D::Error> {
    let word = String::deserialize(read)?;
    if word == "yes" { Ok(Some(word)) } else { Err(D::Error::custom("a box is ticked or not")) }
}

/// The errors of a form; none before it is sent.
#[derive(Debug, Default)]
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    /// A field with its value and what is wrong with it.
    pub(super) fn field(&self, t: Text, name: &'static str, value: &str) -> Field {
        Field::of(value).checked(t, name, &self.0)
    }

    /// A password field: its value is never sent back.
    pub(super) fn password(&self, t: Text) -> Field {
        self.field(t, "password", "")
    }

    /// What is wrong with a field.
    pub(super) fn sentence(&self, t: Text, name: &'static str) -> Option<String> {
        sentence_for(t, name, &self.0)
    }

    /// Whether any of these fields is wrong.
    pub(super) fn any_of(&self, names: &[&str]) -> bool {
        self.0.iter().any(|error| names.contains(&error.field))
    }
}
