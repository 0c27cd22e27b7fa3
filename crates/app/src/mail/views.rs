//! What each mail is filled in with. The texts stand in the catalogue, the shapes under `mail/<mail>/`.

use askama::Template;
use text::Text;

use super::sender::Sender;

/// A mail that [`compose`](super::compose::compose) can turn into a message.
pub trait View: Sized {
    /// The link that the mail is there for, if any.
    fn link(&self) -> Option<&str>;
    /// Where its reader has no more of its kind sent, by themselves or by their mail program (RFC 8058), if they can.
    fn stop_link(&self) -> Option<&str> {
        None
    }
    /// The same mail with everything that people typed passed through `name`, and longer texts through `message`.
    fn cleaned(&self, name: fn(&str) -> String, message: fn(&str) -> String) -> Self;
    /// The subject.
    fn subject(&self) -> askama::Result<String>;
    /// The text part.
    fn text(&self) -> askama::Result<String>;
    /// The HTML part, as `from` shows itself.
    fn html(&self, from: &Sender) -> askama::Result<String>;
}

/// The three files of a mail as templates.
macro_rules! templates {
    ($view:ident, $subject:tt, $text:tt, $html:tt) => {
        fn subject(&self) -> askama::Result<String> {
            #[derive(Template)]
            #[template(path = $subject)]
            struct Subject<'a> {
                t: Text,
                #[allow(dead_code, reason = "only some subjects name somebody")]
                mail: &'a $view,
            }
            Subject { t: self.t, mail: self }.render()
        }

        fn text(&self) -> askama::Result<String> {
            #[derive(Template)]
            #[template(path = $text)]
            struct Body<'a> {
                t: Text,
                #[allow(dead_code, reason = "not every mail names somebody")]
                mail: &'a $view,
            }
            Body { t: self.t, mail: self }.render()
        }

        fn html(&self, from: &Sender) -> askama::Result<String> {
            #[derive(Template)]
            #[template(path = $html)]
            struct Page<'a> {
                t: Text,
                #[allow(dead_code, reason = "not every mail names somebody")]
                mail: &'a $view,
                from: &'a Sender,
            }
            Page { t: self.t, mail: self, from }.render()
        }
    };
}

mod access;
mod alert;
mod api_key;
mod brand_host;
mod bundle;
mod center_notice;
mod second_factor;
mod temporary_password;

pub use access::{AccessApprovedMail, AccessDeclinedMail, AccessOfferMail, AccessRequestMail};
pub use alert::{AlertMail, AlertsMoreMail, SummaryLine, SummaryMail};
pub use api_key::{ApiKeyCreatedMail, ApiKeyEndedMail, ApiKeyEndingMail};
pub use brand_host::{BrandHostMail, HostNotice};
pub use bundle::{AccessGivenMail, BundleLine, BundleMail};
pub use center_notice::{CenterAccountMail, ExecutiveChangedMail, ExecutiveNoticeMail};
pub use second_factor::SecondFactorMail;
pub use temporary_password::{EmailProofMail, TemporaryPasswordMail};

/// Asks somebody to join an account and to set a password for it.
#[derive(Clone, Debug)]
pub struct InvitationMail {
    /// The language of the mail.
    pub t: Text,
    /// Who is invited.
    pub to_name: String,
    /// What they are invited to.
    pub account_name: String,
    /// Who invites them.
    pub inviter_name: String,
    /// The user type they get, as pages show it.
    pub type_name: String,
    /// Where they set their password.
    pub link: String,
    /// Where they say that they want no more invitations from the account.
    pub block_link: String,
    /// What the inviter wrote.
    pub personal_message: Option<String>,
    /// The day, or the moment, after which the link is dead, as pages show it.
    pub expires_on: String,
    /// Whether the invitation leads into Lead Center.
    pub agent: bool,
    /// The account center whose executive administrator they will be, instead of one account's user.
    pub executive_of: Option<String>,
}

impl View for InvitationMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, message: fn(&str) -> String) -> InvitationMail {
        InvitationMail {
            t: self.t,
            to_name: name(&self.to_name),
            account_name: name(&self.account_name),
            inviter_name: name(&self.inviter_name),
            type_name: name(&self.type_name),
            link: self.link.clone(),
            block_link: self.block_link.clone(),
            personal_message: self.personal_message.as_deref().map(message).filter(|kept| !kept.is_empty()),
            expires_on: name(&self.expires_on),
            agent: self.agent,
            executive_of: self.executive_of.as_deref().map(name),
        }
    }

    templates!(InvitationMail, "invitation/subject.txt", "invitation/body.txt", "invitation/body.html");
}

/// Lets somebody who forgot their password choose a new one.
#[derive(Clone, Debug)]
pub struct ResetMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose password it is.
    pub to_name: String,
    /// Where they choose the new one.
    pub link: String,
    /// How long the link lives.
    pub minutes: i64,
}

impl View for ResetMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> ResetMail {
        ResetMail { t: self.t, to_name: name(&self.to_name), link: self.link.clone(), minutes: self.minutes }
    }

    templates!(ResetMail, "reset/subject.txt", "reset/body.txt", "reset/body.html");
}

/// Tells somebody that their password was changed. It has no link: this is the mail that a thief would forge.
#[derive(Clone, Debug)]
pub struct PasswordChangedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose password it was.
    pub to_name: String,
    /// When it was changed, as pages show it.
    pub when: String,
    /// From which device, as pages show it.
    pub device: String,
}

impl View for PasswordChangedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> PasswordChangedMail {
        PasswordChangedMail {
            t: self.t,
            to_name: name(&self.to_name),
            when: name(&self.when),
            device: name(&self.device),
        }
    }

    templates!(
        PasswordChangedMail,
        "password_changed/subject.txt",
        "password_changed/body.txt",
        "password_changed/body.html"
    );
}

/// Tells an administrator that somebody's access will end by itself.
#[derive(Clone, Debug)]
pub struct EndNoticeMail {
    /// The language of the mail.
    pub t: Text,
    /// The administrator.
    pub to_name: String,
    /// Whose access ends.
    pub user_name: String,
    /// Where.
    pub account_name: String,
    /// The last day.
    pub day: String,
    /// The user's page, where the day is changed.
    pub link: String,
}

impl View for EndNoticeMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> EndNoticeMail {
        EndNoticeMail {
            t: self.t,
            to_name: name(&self.to_name),
            user_name: name(&self.user_name),
            account_name: name(&self.account_name),
            day: self.day.clone(),
            link: self.link.clone(),
        }
    }

    templates!(EndNoticeMail, "end_notice/subject.txt", "end_notice/body.txt", "end_notice/body.html");
}

/// Lets somebody prove that a new address is theirs.
#[derive(Clone, Debug)]
pub struct EmailChangeMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose address it will be.
    pub to_name: String,
    /// Where they confirm it.
    pub link: String,
    /// How long the link lives.
    pub minutes: i64,
}

impl View for EmailChangeMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> EmailChangeMail {
        EmailChangeMail { to_name: name(&self.to_name), ..self.clone() }
    }

    templates!(
        EmailChangeMail,
        "email_change/subject.txt",
        "email_change/body.txt",
        "email_change/body.html"
    );
}

/// Tells somebody with a login that their address was tried as a new one. It names nobody and has no link.
#[derive(Clone, Debug)]
pub struct EmailTakenMail {
    /// The language of the mail.
    pub t: Text,
}

impl View for EmailTakenMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, _name: fn(&str) -> String, _message: fn(&str) -> String) -> EmailTakenMail {
        self.clone()
    }

    templates!(EmailTakenMail, "email_taken/subject.txt", "email_taken/body.txt", "email_taken/body.html");
}

/// Tells the old address that it signs nobody in any more. It names no new address, which may be nobody's business
/// there, and has no link.
#[derive(Clone, Debug)]
pub struct EmailChangedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose address it was.
    pub to_name: String,
    /// When it was changed, as pages show it.
    pub when: String,
    /// From which device, as pages show it; empty where nobody was signed in.
    pub device: String,
}

impl View for EmailChangedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> EmailChangedMail {
        EmailChangedMail {
            t: self.t,
            to_name: name(&self.to_name),
            when: name(&self.when),
            device: name(&self.device),
        }
    }

    templates!(
        EmailChangedMail,
        "email_changed/subject.txt",
        "email_changed/body.txt",
        "email_changed/body.html"
    );
}

/// Lets somebody show that a login which is to be merged is theirs. It names nobody who asked.
#[derive(Clone, Debug)]
pub struct LoginMergeMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose login it is.
    pub to_name: String,
    /// Where they show it.
    pub link: String,
    /// How long the link lives.
    pub minutes: i64,
}

impl View for LoginMergeMail {
    fn link(&self) -> Option<&str> {
        Some(&self.link)
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> LoginMergeMail {
        LoginMergeMail { to_name: name(&self.to_name), ..self.clone() }
    }

    templates!(LoginMergeMail, "login_merge/subject.txt", "login_merge/body.txt", "login_merge/body.html");
}

/// Tells both addresses of two logins that they are one. It names neither, and has no link.
#[derive(Clone, Debug)]
pub struct LoginMergedMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose logins they were.
    pub to_name: String,
    /// When they were merged, as pages show it.
    pub when: String,
    /// Whether this address signs in from now on.
    pub signs_in: bool,
    /// For how many days it can be undone.
    pub days: i64,
}

impl View for LoginMergedMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> LoginMergedMail {
        LoginMergedMail { to_name: name(&self.to_name), when: name(&self.when), ..self.clone() }
    }

    templates!(
        LoginMergedMail,
        "login_merged/subject.txt",
        "login_merged/body.txt",
        "login_merged/body.html"
    );
}

/// Tells both addresses that a merge was undone. It names neither, and has no link.
#[derive(Clone, Debug)]
pub struct LoginMergeUndoneMail {
    /// The language of the mail.
    pub t: Text,
    /// Whose logins they are.
    pub to_name: String,
    /// When it was undone, as pages show it.
    pub when: String,
    /// Whether this address is that of the login that remained; the other one signs in again.
    pub signs_in: bool,
}

impl View for LoginMergeUndoneMail {
    fn link(&self) -> Option<&str> {
        None
    }

    fn cleaned(&self, name: fn(&str) -> String, _message: fn(&str) -> String) -> LoginMergeUndoneMail {
        LoginMergeUndoneMail { to_name: name(&self.to_name), when: name(&self.when), ..self.clone() }
    }

    templates!(
        LoginMergeUndoneMail,
        "login_merge_undone/subject.txt",
        "login_merge_undone/body.txt",
        "login_merge_undone/body.html"
    );
}
