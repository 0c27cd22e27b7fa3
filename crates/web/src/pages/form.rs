//! From what a person typed to fields with their errors.

use domain::input::{FieldError, Problem};
use text::Text;

use crate::views::Field;

/// The errors of a form; none before it is sent.
#[derive(Debug, Default)]
pub(super) struct Errors(pub(super) Vec<FieldError>);

impl Errors {
    /// A field with its value and what is wrong with it.
    pub(super) fn field(&self, t: Text, name: &'static str, value: &str) -> Field {
        Field { value: value.to_owned(), error: self.sentence(t, name) }
    }

    /// A password field: its value is never sent back.
    pub(super) fn password(&self, t: Text) -> Field {
        self.field(t, "password", "")
    }

    /// What is wrong with a field.
    pub(super) fn sentence(&self, t: Text, name: &'static str) -> Option<String> {
        self.0.iter().find(|error| error.field == name).map(|error| sentence(t, error))
    }

    /// Whether any of these fields is wrong.
    pub(super) fn any_of(&self, names: &[&str]) -> bool {
        self.0.iter().any(|error| names.contains(&error.field))
    }
}

fn sentence(t: Text, error: &FieldError) -> String {
    match error.problem {
        Problem::Missing => missing(t, error.field).to_owned(),
        Problem::TooLong { max } => t.form_too_long(max),
        Problem::TooShort { min } if error.field == "password" => t.form_password_too_short(min),
        Problem::TooShort { min } => t.form_too_short(min),
        Problem::BadCharacters => t.form_bad_characters().to_owned(),
        Problem::NotAnEmail => t.form_not_an_email().to_owned(),
        Problem::SeveralEmails => t.form_several_emails().to_owned(),
        Problem::EmailNotAscii => t.form_email_not_ascii().to_owned(),
        Problem::NotAChoice if error.field == "time_zone" => t.form_no_such_time_zone().to_owned(),
        Problem::NotAChoice => t.form_not_a_choice().to_owned(),
        Problem::NotInRange { min, max } => t.form_not_in_range(min, max),
        Problem::WeakPassword => t.form_weak_password().to_owned(),
        Problem::AddressTaken => t.form_address_taken().to_owned(),
        Problem::NameTaken => t.form_name_taken().to_owned(),
        Problem::WrongPassword => t.form_wrong_password().to_owned(),
    }
}

fn missing(t: Text, field: &str) -> &'static str {
    match field {
        "first_name" => t.form_missing_first_name(),
        "last_name" => t.form_missing_last_name(),
        "email" => t.form_missing_email(),
        "password" => t.form_missing_password(),
        "name" | "account_name" => t.form_missing_name(),
        "time_zone" => t.form_missing_time_zone(),
        "company" => t.form_missing_company(),
        "agent" => t.form_missing_agent(),
        "user_type" => t.form_missing_user_type(),
        _ => t.form_missing(),
    }
}
