//! The errors of a form, and the fields that show them.

use domain::input::FieldError;
use text::Text;

use crate::views::Field;
use crate::views::form::sentence_for;

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
