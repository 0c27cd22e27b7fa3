//! What a form keeps between two answers: the input, and what is wrong with it.

use std::borrow::Cow;

use domain::input::{FieldError, Problem};
use domain::password;
use text::Text;

/// One field of a form: what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// What was typed, kept on an error. Passwords are never sent back: leave it empty.
    pub value: String,
    /// What to type instead, as one sentence.
    pub error: Option<String>,
}

impl Field {
    /// A field with a value.
    pub fn of(value: impl Into<String>) -> Field {
        Field { value: value.into(), error: None }
    }

    /// The same field with the first of `errors` that is about `name`, as a sentence.
    pub fn checked(self, t: Text, name: &str, errors: &[FieldError]) -> Field {
        Field { error: sentence_for(t, name, errors), ..self }
    }
}

/// The sentence of the first of `errors` that is about `name`; for fields that are no [`Field`], like `company`.
pub fn sentence_for(t: Text, name: &str, errors: &[FieldError]) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| sentence(t, name, error.problem))
}

/// What to type instead.
pub(crate) fn sentence(t: Text, name: &str, problem: Problem) -> String {
    let fixed = match problem {
        Problem::Missing => missing(t, name),
        Problem::TooLong { max } => return t.form_too_long(max),
        Problem::TooShort { min: password::MIN } => return t.form_password_too_short(password::MIN),
        Problem::TooShort { min } => return t.form_too_short(min),
        Problem::BadCharacters => t.form_bad_characters(),
        Problem::LikeAnAddress => t.form_like_an_address(),
        Problem::NotAnEmail => t.form_not_an_email(),
        Problem::SeveralEmails => t.form_several_emails(),
        Problem::EmailNotAscii => t.form_email_not_ascii(),
        Problem::NotAChoice if name == "time_zone" => t.form_no_such_time_zone(),
        Problem::NotAChoice => t.form_not_a_choice(),
        Problem::NotInRange { min, max } => return t.form_not_in_range(min, max),
        Problem::CodePassed => t.form_code_passed(),
        Problem::WrongCode => t.form_wrong_code(),
        Problem::WrongFirstCode => t.form_wrong_first_code(),
        Problem::WeakPassword => t.form_weak_password(),
        Problem::AddressTaken => t.form_address_taken(),
        Problem::Unwanted if name == "message" => t.problem_unwanted(),
        Problem::Unwanted => t.form_unwanted(),
        Problem::Stopped => t.form_stopped(),
        Problem::Elsewhere => t.problem_elsewhere(),
        Problem::NamesNoAccount => t.access_request_names_none(),
        Problem::SamePassword if name == "password" => t.temporary_password_same(),
        Problem::SamePassword => t.form_same_password(),
        Problem::SameAddress => t.form_same_address(),
        Problem::OwnLogin => t.form_own_login(),
        Problem::NameTaken => t.form_name_taken(),
        Problem::WrongPassword => t.form_wrong_password(),
        Problem::NoEmails => t.form_no_emails(),
        Problem::NotADay => t.form_not_a_day(),
        Problem::DayTooFar => t.form_day_too_far(),
        Problem::NoOwnSecondFactor => t.second_factor_rule_own_first(),
        Problem::DayPassed => t.form_day_passed(),
        Problem::TooFew { min } => return t.form_too_few(min),
        Problem::TooMany { max } => return t.form_too_many_chosen(max),
        Problem::NotALink if name == "issuer" => t.single_sign_on_not_an_issuer(),
        Problem::NotALink => t.form_not_a_link(),
        Problem::NotAColor => t.form_not_a_color(),
        Problem::LowContrast { hundredths } => return t.form_low_contrast(t.hundredths(hundredths)),
        Problem::NotAHost => t.form_not_a_host(),
        Problem::HostTaken => t.form_host_taken(),
        Problem::HostUnproven => t.form_host_unproven(),
        Problem::TooManyLogos => t.form_too_many_logos(),
        Problem::HostNoAnswer => t.form_host_no_answer(),
        Problem::NoProvider => t.form_no_provider(),
        Problem::ProviderTooWeak => t.form_provider_too_weak(),
        Problem::HostNotListed => t.form_host_not_listed(),
        Problem::NoSingleSignOn => t.form_no_single_sign_on(),
        Problem::SvgPicture => t.form_svg_picture(),
        Problem::NotAPicture => t.form_not_a_picture(),
        Problem::PictureTooLarge { side } => return t.form_picture_too_large(t.number(i64::from(side))),
        Problem::FileTooLarge => t.form_file_too_large(),
    };
    fixed.to_owned()
}

fn missing(t: Text, name: &str) -> &'static str {
    match name {
        "first_name" => t.form_missing_first_name(),
        "last_name" => t.form_missing_last_name(),
        "email" => t.form_missing_email(),
        "password" | "new_password" => t.form_missing_password(),
        "name" | "account_name" => t.form_missing_name(),
        "time_zone" => t.form_missing_time_zone(),
        "company" => t.form_missing_company(),
        "company_id" => t.alert_missing_company(),
        "logo" => t.form_missing_logo(),
        "accent" => t.form_missing_accent(),
        "client_secret" => t.single_sign_on_missing_client_secret(),
        "host" => t.form_missing_host(),
        "ends_on" => t.form_missing_ends_on(),
        "agent" => t.form_missing_agent(),
        "user_type" => t.form_missing_user_type(),
        "decision" => t.access_review_missing_decision(),
        "call_enabled" | "alert_type" => t.alert_missing_what(),
        "send_email" => t.alert_missing_way(),
        "frequency" => t.alert_missing_often(),
        "account" => t.access_request_names_none(),
        "reason" => t.see_as_missing_reason(),
        "capability" => t.api_key_missing_capability(),
        "keeper" => t.single_sign_on_missing_keeper(),
        _ => t.form_missing(),
    }
}

/// A line of the error summary: the field it leads to (none: the form as a whole) and the sentence.
#[derive(Clone, Debug)]
pub struct SummaryLine {
    /// The id of the input.
    pub field: Option<Cow<'static, str>>,
    /// What to do.
    pub text: String,
}

/// The error summary of a form, field by field in their order.
pub(super) fn problems(fields: &[(&'static str, &Field)]) -> Vec<SummaryLine> {
    fields
        .iter()
        .filter_map(|(name, field)| {
            Some(SummaryLine { field: Some((*name).into()), text: field.error.clone()? })
        })
        .collect()
}
