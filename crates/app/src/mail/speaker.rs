//! Who speaks in a mail, and under which host its link is (C-09, X-18).
//!
//! A mail of an account with its own brand shows that and nothing else. A mail to a login shows a brand only where the login
//! is in that one account: who is in others too learns nothing of one in a mail about the other. Links lead to an account's
//! own host only where nothing of another account could be got there by whoever has that host, and never where they prove
//! an address: those lead to the server's own.

use domain::brand::{Look, Voice};
use domain::id::{AccountCenterId, AccountId, ApiKeyId, EmailChangeId, LoginId, LoginMergeId, ResetId};
use domain::mail::MailKind;
use store::brand::{host, look};
use store::mail::Mail;
use store::work::Reader;
use store::{api_key, email_change, login, reset};

use super::compose::Address;
use super::sender::Sender;
use crate::{App, Refused};

/// Where a mail comes from with an account's own host.
const LOCAL_PART: &str = "mail";

/// Who speaks in a mail.
#[derive(Debug)]
pub(crate) enum Speaker {
    /// The product.
    Product,
    /// Nobody by name.
    Nobody,
    /// An account with its own brand.
    Brand(Box<Spoken>),
}

/// What a brand's mail is made with.
#[derive(Debug)]
pub(crate) struct Spoken {
    look: Look,
    /// The account's own host: what the mail comes from.
    host: Option<String>,
    /// The host of the mail's links, where it is the account's own.
    links: Option<String>,
}

impl Speaker {
    /// The host of the mail's links, where it is an account's own.
    pub(crate) fn links(&self) -> Option<&str> {
        match self {
            Speaker::Brand(spoken) => spoken.links.as_deref(),
            Speaker::Product | Speaker::Nobody => None,
        }
    }

    /// Whether an account with its own brand speaks.
    pub(crate) fn is_brand(&self) -> bool {
        matches!(self, Speaker::Brand(_))
    }

    /// A brand that is looked at before it is shown, with the account's own host.
    pub(crate) fn of_brand(look: Look, host: Option<&str>) -> Speaker {
        let host = host.map(str::to_owned);
        Speaker::Brand(Box::new(Spoken { look, links: host.clone(), host }))
    }

    /// The same, with links that lead to the server's own host.
    pub(crate) fn with_links_to_server(mut self) -> Speaker {
        if let Speaker::Brand(spoken) = &mut self {
            spoken.links = None;
        }
        self
    }

    /// The same, with nothing of the account's own host: neither links lead there, nor does the mail come from it.
    pub(crate) fn without_host(mut self) -> Speaker {
        if let Speaker::Brand(spoken) = &mut self {
            (spoken.links, spoken.host) = (None, None);
        }
        self
    }
}

/// Finds who speaks in a mail as things stand now.
pub(crate) fn find(r: &mut Reader, mail: &Mail) -> Result<Speaker, Refused> {
    if let Ok(account) = mail.account.parse::<AccountId>() {
        return of_account(r, &account, &mail.email);
    }
    if mail.account.parse::<AccountCenterId>().is_ok() {
        let is_mixed = look::is_in_center(r, &mail.account)?;
        return Ok(if is_mixed { Speaker::Nobody } else { Speaker::Product });
    }
    let Some(login) = login_of(r, mail)? else { return Ok(Speaker::Product) };
    match look::voice_of_login(r, &login)? {
        (Voice::Brand, Some(account)) => {
            let speaker = of_account(r, &account, &mail.email)?;
            // A reset opens what the login has, and that is this account's. All others prove an address.
            Ok(if mail.kind == MailKind::Reset { speaker } else { speaker.with_links_to_server() })
        }
        (Voice::Product, _) => Ok(Speaker::Product),
        _ => Ok(Speaker::Nobody),
    }
}

/// The own host that a link for a new password of a login is mailed with, if it is.
pub(crate) fn host_for_reset(
    r: &mut Reader,
    login: &LoginId,
    email: &str,
) -> Result<Option<String>, Refused> {
    match look::voice_of_login(r, login)? {
        (Voice::Brand, Some(account)) => Ok(host::find_for_links(r, &account, email)?),
        _ => Ok(None),
    }
}

fn of_account(r: &mut Reader, account: &AccountId, email: &str) -> Result<Speaker, Refused> {
    let Some(brand) = look::find(r, account)? else { return Ok(Speaker::Product) };
    let (sender, links) = (host::find_for_sender(r, account)?, host::find_for_links(r, account, email)?);
    Ok(Speaker::Brand(Box::new(Spoken { look: Look::of(account, &brand), host: sender, links })))
}

/// The login that a mail of no account is about: whose address it goes to, and where that is a new one, who wants it.
fn login_of(r: &mut Reader, mail: &Mail) -> Result<Option<LoginId>, Refused> {
    let parsed = "the subject of a mail is an id of its kind";
    let reached = match domain::email::EmailAddress::parse(&mail.email) {
        Ok(email) => login::find_by_email(r, &email)?.map(|login| login.id),
        Err(_) => None,
    };
    Ok(match mail.kind {
        MailKind::Reset | MailKind::EmailProof => {
            reset::find_login(r, &mail.subject.parse::<ResetId>().expect(parsed))?
        }
        MailKind::ApiKeyCreated | MailKind::ApiKeyEnded | MailKind::ApiKeyEnding => {
            api_key::find_login(r, &mail.subject.parse::<ApiKeyId>().expect(parsed))?
        }
        MailKind::EmailChange => match reached {
            Some(login) => Some(login),
            None => email_change::find_login(r, &mail.subject.parse::<EmailChangeId>().expect(parsed))?,
        },
        MailKind::LoginMerge => {
            mail.subject.parse::<LoginMergeId>().expect(parsed);
            reached
        }
        MailKind::PasswordChanged
        | MailKind::SecondFactor
        | MailKind::EmailChanged
        | MailKind::LoginMerged
        | MailKind::LoginMergeUndone
        | MailKind::ExecutiveChanged
        // Mails of an account or of a center, which have said already who speaks.
        | MailKind::Invitation
        | MailKind::EndNotice
        | MailKind::AccessRequest
        | MailKind::AccessApproved
        | MailKind::AccessDeclined
        | MailKind::AccessOffer
        | MailKind::Bundle
        | MailKind::AccessGiven
        | MailKind::TemporaryPassword
        | MailKind::ExecutiveNotice
        | MailKind::CenterAccount
        | MailKind::BrandHost
        | MailKind::Alert
        | MailKind::AlertsMore
        | MailKind::Summary => mail.subject.parse().ok(),
    })
}

impl App {
    /// What a mail's head says of who it comes from.
    pub(crate) fn sender(&self, speaker: &Speaker) -> Sender {
        let ours = &self.settings.mail_from;
        match speaker {
            Speaker::Product => Sender::from(ours.clone()),
            Speaker::Nobody => {
                let address = Address { name: String::new(), email: ours.email.clone() };
                Sender { address, look: Look::of_nobody(), base: String::new() }
            }
            Speaker::Brand(spoken) => Sender {
                address: Address {
                    name: spoken.look.sender.clone(),
                    email: match &spoken.host {
                        Some(host) => format!("{LOCAL_PART}@{host}"),
                        None => ours.email.clone(),
                    },
                },
                look: spoken.look.clone(),
                base: self.base_at(spoken.host.as_deref()),
            },
        }
    }

    /// What addresses begin with, under an account's own host or the server's.
    pub(crate) fn base_at(&self, host: Option<&str>) -> String {
        let own = &self.settings.base_url;
        host.map_or_else(|| own.clone(), |host| domain::brand::host::base_at(own, host))
    }
}
