//! What must be looked at before a brand is switched on: the pages that people meet first, and every mail.

use std::str::FromStr;

use crate::mail::MailKind;
use crate::user::Unknown;

/// A thing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preview {
    /// The page to sign in.
    SignIn,
    /// The page of an invitation.
    Invitation,
    /// A page that says what is wrong.
    Problem,
    /// A mail.
    Mail(MailKind),
}

impl Preview {
    /// All of them, in the order in which they are shown.
    pub fn all() -> Vec<Preview> {
        let pages = [Preview::SignIn, Preview::Invitation, Preview::Problem];
        pages.into_iter().chain(MailKind::ALL.iter().copied().map(Preview::Mail)).collect()
    }

    /// The word in addresses and in the database.
    pub fn word(self) -> String {
        match self {
            Preview::SignIn => "page-sign-in".to_owned(),
            Preview::Invitation => "page-invitation".to_owned(),
            Preview::Problem => "page-problem".to_owned(),
            Preview::Mail(kind) => kind.word().replace('_', "-"),
        }
    }

    /// What is looked at after this one: the first in the order that was not seen yet.
    pub fn next(seen: &[Preview]) -> Option<Preview> {
        Preview::all().into_iter().find(|preview| !seen.contains(preview))
    }
}

impl FromStr for Preview {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Preview, Unknown> {
        Preview::all().into_iter().find(|preview| preview.word() == word).ok_or(Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-10. Seen to fail: with a kind left out.
    #[test]
    fn g10_every_mail_is_among_them_and_is_found_by_its_word() {
        let all = Preview::all();
        assert_eq!(all.len(), MailKind::ALL.len() + 3);
        for preview in &all {
            assert_eq!(preview.word().parse(), Ok(*preview));
        }
        assert_eq!(Preview::next(&all[..2]), Some(all[2]));
        assert_eq!(Preview::next(&all), None);
    }
}
