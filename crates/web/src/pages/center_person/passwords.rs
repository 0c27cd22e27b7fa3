//! Create Users at an account center: the temporary passwords of those who are new (C-06).

use std::collections::BTreeSet;

use app::Refused;
use app::job::{Checked, Passwords};
use domain::email::EmailAddress;
use domain::input::FieldError;
use domain::job::Fate;

use super::super::form::Errors;
use super::answers::Answers;
use super::create::{Creating, Wrong};
use crate::views::Field;
use crate::views::center_person::new::PasswordField;

/// Whoever of the people will be created, by their places: the others keep the password that they have, or get none.
fn new_people(answers: &Answers, checked: &Checked) -> Vec<(usize, [String; 3], EmailAddress)> {
    let waiting = checked.items.iter().filter(|item| item.fate == Fate::Waiting);
    let waiting: BTreeSet<String> = waiting.filter_map(|item| canonical(item.row.email())).collect();
    let new = |(at, person): (usize, [String; 3])| {
        let email = EmailAddress::parse(&person[2]).ok()?;
        waiting.contains(&email.canonical()).then_some((at, person, email))
    };
    answers.people().into_iter().enumerate().filter_map(new).collect()
}

fn canonical(email: &str) -> Option<String> {
    EmailAddress::parse(email).ok().map(|email| email.canonical())
}

/// A field for each person: one who is not new has it hidden, so that the places stay.
pub(super) fn fields(
    visit: &Creating,
    answers: &Answers,
    checked: &Checked,
    wrong: &Wrong,
) -> Vec<PasswordField> {
    if !answers.is_temporary() {
        return Vec::new();
    }
    let people = answers.people();
    let mut fields: Vec<PasswordField> = people.iter().map(|_| PasswordField::default()).collect();
    for (at, [first, last, email], _) in new_people(answers, checked) {
        let error = wrong.temporary.get(at).and_then(|errors| errors.sentence(visit.t(), "temporary"));
        // What does not do is not sent back.
        let error = error.map(|error| format!("{error} {}", visit.t().center_person_passwords_another()));
        let typed = answers.temporary.get(at).filter(|typed| !typed.is_empty() && error.is_none());
        let value = typed.cloned().unwrap_or_else(|| visit.app.propose_temporary_password());
        let name = format!("{first} {last}").trim().to_owned();
        fields[at] = PasswordField { is_new: true, name, email, password: Field { value, error } };
    }
    fields
}

/// The hashes of what was typed for those who are new; or what is wrong, by their places.
pub(super) async fn take(
    visit: &Creating,
    answers: &Answers,
    checked: &Checked,
) -> Result<Result<Passwords, Vec<Errors>>, Refused> {
    let (mut passwords, mut wrong) = (Passwords::new(), Vec::new());
    if !answers.is_temporary() {
        return Ok(Ok(passwords));
    }
    let center = visit.pass().await?.name().to_owned();
    for (at, [first, last, email], address) in new_people(answers, checked) {
        let typed = answers.temporary.get(at).map_or("", String::as_str);
        let known = [first.as_str(), &last, &format!("{first} {last}"), &email, &center];
        match visit.app.hash_temporary(&address, typed, &known).await {
            Ok(hash) => drop(passwords.insert(address.canonical(), hash)),
            Err(Refused::Invalid(errors)) => {
                wrong.resize_with(answers.people().len(), Errors::default);
                let field = |error: FieldError| FieldError { field: "temporary", ..error };
                wrong[at] = Errors(errors.into_iter().map(field).collect());
            }
            Err(refused) => return Err(refused),
        }
    }
    Ok(if wrong.is_empty() { Ok(passwords) } else { Err(wrong) })
}
