//! What a directory says of a person or a group. What it does not say stays.

use crate::id::UserId;
use crate::input::Problem;
use crate::name::tricks_the_eye;

/// The longest name or id that a directory calls something by.
const LONGEST: usize = 254;

/// What is said of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonSaid {
    /// What the directory calls them by.
    pub user_name: Option<String>,
    /// Its own id of them; empty: none.
    pub external_id: Option<String>,
    /// First name.
    pub first: Option<String>,
    /// Last name.
    pub last: Option<String>,
    /// Display name; empty: none.
    pub display: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether they are to have access.
    pub active: Option<bool>,
}

/// What is said of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSaid {
    /// What it is called.
    pub name: Option<String>,
    /// The directory's own id of it; empty: none.
    pub external_id: Option<String>,
    /// Who is in it, one change after the other.
    pub members: Vec<MemberChange>,
}

/// A change of who is in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// These, too.
    Add(Vec<UserId>),
    /// These no more.
    Remove(Vec<UserId>),
    /// These alone.
    Set(Vec<UserId>),
}

/// What a directory calls something by: on one line, not too long, seen as it is.
pub fn identifier(typed: &str) -> Result<String, Problem> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Problem::Missing);
    }
    if text.chars().any(|c| c.is_control() || tricks_the_eye(c)) {
        return Err(Problem::BadCharacters);
    }
    if text.chars().count() > LONGEST {
        return Err(Problem::TooLong { max: LONGEST });
    }
    Ok(text.to_owned())
}

impl PersonSaid {
    /// First and last name for somebody new, of whom a name may be missing: then the others, and at last the address, stand for
    /// it.
    pub fn names(&self) -> (String, String) {
        let said = |part: &Option<String>| part.as_deref().map(str::trim).unwrap_or_default().to_owned();
        let (first, last, display) = (said(&self.first), said(&self.last), said(&self.display));
        let address = said(&self.email).split('@').next().unwrap_or_default().to_owned();
        let split = display.rsplit_once(' ').filter(|_| first.is_empty() && last.is_empty());
        if let Some((first, last)) = split {
            return (first.to_owned(), last.to_owned());
        }
        let or = |name: String| if name.is_empty() { address.clone() } else { name };
        (or(first), or(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn a08_who_has_no_name_is_called_by_what_there_is() {
        let said = |first: &str, last: &str, display: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let email = some("ford@example.com");
            PersonSaid {
                first: some(first),
                last: some(last),
                display: some(display),
                email,
                ..PersonSaid::default()
            }
            .names()
        };
        let is = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(said("Natalie", "Ford", "Nat"), is("Natalie", "Ford"));
        assert_eq!(said("", "", "Natalie de la Ford"), is("Natalie de la", "Ford"));
        assert_eq!(said("Natalie", "", "Natalie Ford"), is("Natalie", "ford"));
        assert_eq!(said("", "", ""), is("ford", "ford"));
    }
}
