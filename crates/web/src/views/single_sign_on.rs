//! Single sign-on: an account's provider, signing in by it, and one's own link to it.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// The account's provider: `/accounts/{ACC}/single-sign-on`. Posts `issuer`, `client_id`,
/// `client_secret`; `required` and `keeper` to `…/require`; and to `…/end`.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/settings.html")]
pub struct Settings {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The provider there is.
    pub connected: Option<Connected>,
    /// What the provider must be told to send people back to.
    pub return_to: String,
    /// `issuer`
    pub issuer: Field,
    /// `client_id`
    pub client_id: Field,
    /// `client_secret`; its value is never shown.
    pub client_secret: Field,
}

/// The provider there is.
#[derive(Clone, Debug)]
pub struct Connected {
    /// What it is called by.
    pub issuer: String,
    /// Where people sign in by it.
    pub address: String,
    /// How many it knows.
    pub known: i64,
    /// Whether people must come by it.
    pub required: bool,
    /// Administrators who may go on with a password, and who could.
    pub keepers: Vec<Keeper>,
    /// What is wrong with those who were chosen.
    pub keep_error: Option<String>,
}

/// An administrator who may go on with a password, or could.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// `USR…`
    pub id: String,
    /// Their name.
    pub name: String,
    /// Whether they may.
    pub keeps: bool,
}

impl Settings {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[
            ("issuer", &self.issuer),
            ("client_id", &self.client_id),
            ("client_secret", &self.client_secret),
        ])
    }

    fn required_problems(&self) -> Vec<SummaryLine> {
        let error = self.connected.as_ref().and_then(|connected| connected.keep_error.clone());
        problems(&[("keeper", &Field { value: String::new(), error })])
    }
}

/// One's own link: `/accounts/{ACC}/me/single-sign-on`. Posts `password`; and to `…/end`.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/own.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Where it is posted to.
    pub action: String,
    /// Where they sign in by it, where the account lets them in by nothing else.
    pub shut: Option<String>,
    /// Whether the provider knows one; `None`: there is none for them.
    pub is_linked: Option<bool>,
    /// `password`; its value is never shown.
    pub password: Field,
}

impl Own {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("password", &self.password)])
    }
}

/// Which account: `/sign-in/single-sign-on`. Posts `account` and `next`.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/sign_in.html")]
pub struct SignIn {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// `account`
    pub account: Field,
    /// Where to go then.
    pub next: String,
}

impl SignIn {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("account", &self.account)])
    }
}

/// On the way to the provider.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/leave.html")]
pub struct Leave {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// Where to.
    pub url: String,
    /// The host of it.
    pub host: String,
}

/// Back from the provider: `/single-sign-on/{account}`. Posts what it has sent.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/return.html")]
pub struct Return {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// The account's name.
    pub account: String,
    /// Whether somebody who is signed in is to be linked.
    pub is_link: bool,
    /// What the provider has sent.
    pub fields: Vec<(&'static str, String)>,
}

/// Back from the provider, to no end.
#[derive(Template, Clone, Debug)]
#[template(path = "single_sign_on/ended.html")]
pub struct Ended {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// Why.
    pub sentence: String,
    /// Where one begins again.
    pub again: String,
}
