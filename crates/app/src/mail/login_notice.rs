//! Mails that tell of what was done to a login, so that nobody does it unseen. They have no link: a thief would forge these.

use domain::id::LoginId;
use domain::mail::MailKind;
use domain::time::Timestamp;
use store::mail::{self, Mail, ReadsMail};
use store::work::Reader;
use text::Text;

use super::compose::{Address, ComposeError, Message, compose};
use super::sender::Sender;
use super::views::{
    ApiKeyCreatedMail, ApiKeyEndedMail, ApiKeyEndingMail, EmailChangedMail, LoginMergeUndoneMail,
    LoginMergedMail, PasswordChangedMail, SecondFactorMail,
};
use crate::{Refused, api_key, moment, second_factor, words};

/// What such a mail says.
pub(super) enum LoginNotice {
    PasswordChanged(Used),
    EmailChanged(Used),
    SecondFactor(Used),
    ApiKey(store::api_key::Content),
    ApiKeyEnding(store::api_key::Content, Timestamp),
    Merged(Told),
    MergeUndone(Told),
}

/// Whose it is, and the device it was done from.
pub(super) struct Used {
    name: String,
    device: String,
}

/// To whom it is told that two logins became one, or two again.
pub(super) struct Told {
    name: String,
    /// Whether the address that is mailed to is the one that signs in.
    signs_in: bool,
}

/// Finds what a mail says; `None` where it is none of these, or what it tells of is over.
pub(super) fn find(
    r: &mut Reader,
    pass: &impl ReadsMail,
    mail: &Mail,
) -> Result<Option<LoginNotice>, Refused> {
    let parsed = "the subject of a mail is an id of its kind";
    let login = || mail.subject.parse::<LoginId>().expect(parsed);
    Ok(match mail.kind {
        MailKind::PasswordChanged => Some(LoginNotice::PasswordChanged(used(r, pass, &login())?)),
        MailKind::EmailChanged => Some(LoginNotice::EmailChanged(used(r, pass, &login())?)),
        MailKind::SecondFactor => Some(LoginNotice::SecondFactor(used(r, pass, &login())?)),
        // Mails of before the second kind say by their generation that a key was ended.
        MailKind::ApiKeyCreated | MailKind::ApiKeyEnded => {
            let id = mail.subject.parse().expect(parsed);
            store::api_key::find_content(r, pass, mail, &id)?.map(LoginNotice::ApiKey)
        }
        MailKind::ApiKeyEnding => {
            let id = mail.subject.parse().expect(parsed);
            let ending = |content: store::api_key::Content| content.ends_at.map(|end| (content, end));
            let found = store::api_key::find_content(r, pass, mail, &id)?.and_then(ending);
            found.map(|(content, end)| LoginNotice::ApiKeyEnding(content, end))
        }
        MailKind::LoginMerged => Some(LoginNotice::Merged(told(r, &login(), &mail.email)?)),
        MailKind::LoginMergeUndone => Some(LoginNotice::MergeUndone(told(r, &login(), &mail.email)?)),
        _ => None,
    })
}

fn used(r: &mut Reader, pass: &impl ReadsMail, login: &LoginId) -> Result<Used, Refused> {
    let (name, device) = mail::get_login(r, pass, login)?;
    Ok(Used { name, device })
}

/// Whose mail it is: that of the login that remained.
fn told(r: &mut Reader, login: &LoginId, to: &str) -> Result<Told, Refused> {
    let login = store::login::get(r, login)?;
    Ok(Told { name: login.name, signs_in: login.email.eq_ignore_ascii_case(to) })
}

impl LoginNotice {
    pub(super) fn to_name(&self) -> &str {
        match self {
            LoginNotice::PasswordChanged(used)
            | LoginNotice::EmailChanged(used)
            | LoginNotice::SecondFactor(used) => &used.name,
            LoginNotice::ApiKey(content) | LoginNotice::ApiKeyEnding(content, _) => &content.owner,
            LoginNotice::Merged(told) | LoginNotice::MergeUndone(told) => &told.name,
        }
    }

    pub(super) fn compose(
        self,
        t: Text,
        mail: &Mail,
        (from, to, id): (Sender, Address, String),
    ) -> Result<Message, ComposeError> {
        let when = moment::full(t, mail.created_at, "UTC");
        match self {
            LoginNotice::PasswordChanged(Used { name: to_name, device }) => {
                let device = words::device(t, &device);
                compose(&PasswordChangedMail { t, to_name, when, device }, from, to, id)
            }
            LoginNotice::EmailChanged(Used { name: to_name, device }) => {
                let device = words::device(t, &device);
                compose(&EmailChangedMail { t, to_name, when, device }, from, to, id)
            }
            LoginNotice::SecondFactor(Used { name: to_name, device }) => {
                let told = second_factor::Told::of(mail.generation).unwrap_or(second_factor::Told::Off);
                let device = words::device(t, &device);
                compose(&SecondFactorMail { t, to_name, told, when, device }, from, to, id)
            }
            LoginNotice::ApiKey(content) => {
                let (to_name, key_name) = (content.owner, content.name);
                if let Some((account_name, by)) = content.ended {
                    let view = ApiKeyEndedMail { t, to_name, key_name, when, account_name, by };
                    return compose(&view, from, to, id);
                }
                let by_operator = mail.generation == api_key::BY_OPERATOR;
                let device = words::device(t, &content.device);
                compose(&ApiKeyCreatedMail { t, to_name, key_name, when, device, by_operator }, from, to, id)
            }
            LoginNotice::ApiKeyEnding(content, end) => {
                let (to_name, key_name, ends) = (content.owner, content.name, moment::full(t, end, "UTC"));
                compose(&ApiKeyEndingMail { t, to_name, key_name, ends }, from, to, id)
            }
            LoginNotice::Merged(Told { name: to_name, signs_in }) => {
                let days = domain::login_merge::UNDO.as_minutes() / (24 * 60);
                compose(&LoginMergedMail { t, to_name, when, signs_in, days }, from, to, id)
            }
            LoginNotice::MergeUndone(Told { name: to_name, signs_in }) => {
                compose(&LoginMergeUndoneMail { t, to_name, when, signs_in }, from, to, id)
            }
        }
    }
}
