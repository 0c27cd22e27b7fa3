//! What somebody's page of alerts and summaries shows: their settings, what may be chosen, and why nothing comes.

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::EmailAddress;
use domain::id::{CompanyId, UserId};
use domain::receiver::{Reach, Receiver};
use store::notification::{self, Filter, Notification};
use store::page::Window;
use store::pass::{AccountPass, HasPlace as _};
use store::receiver::{self, Whose};
use store::summary_email::{self, SummaryEmail};
use store::user;
use store::work::Reader;

pub use store::receiver::{Outside, Who};

use crate::Refused;

/// Whose alerts and summaries a page shows.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Of who is here without a user, to whom nothing is sent.
    Nobody,
    /// Of whoever looks.
    Own(Who),
    /// Of another user.
    User(Who),
    /// Of an address without a user.
    Address(EmailAddress, Outside),
}

impl Subject {
    /// The user, where it is one's.
    pub fn user(&self) -> Option<&Who> {
        match self {
            Subject::Own(who) | Subject::User(who) => Some(who),
            Subject::Nobody | Subject::Address(..) => None,
        }
    }
}

/// Somebody's alerts and summaries.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose.
    pub subject: Subject,
    /// Whether they get emails (P-01).
    pub gets_emails: bool,
    /// Their alerts that may come.
    pub alerts: Vec<Notification>,
    /// Their summaries that may come.
    pub summaries: Vec<SummaryEmail>,
    /// The companies that they have.
    pub companies: Vec<(CompanyId, String)>,
}

/// One's own; or, for who manages users, those of a user, or of an address. An address that a user has is that user.
pub fn settings(
    r: &mut Reader,
    pass: &AccountPass<AnyUser>,
    receiver: Option<&Receiver>,
) -> Result<Settings, Refused> {
    let own = pass.place().user.as_ref();
    match receiver {
        None => own.map_or_else(|| Ok(nobodys()), |id| users(r, pass, id)),
        Some(Receiver::User(id)) => users(r, pass, id),
        Some(Receiver::Address(email)) => {
            let manager = pass.with::<ManageUsers>(r)?;
            match user::find_by_email(r, &manager, email)? {
                Some(id) => users(r, pass, &id),
                None => outside(r, manager, email),
            }
        }
    }
}

fn users(r: &mut Reader, pass: &AccountPass<AnyUser>, id: &UserId) -> Result<Settings, Refused> {
    let is_own = pass.place().user.as_ref() == Some(id);
    let whose = if is_own { Whose::Own(pass.clone()) } else { Whose::Everybodys(pass.with(r)?) };
    let who = receiver::find_who(r, &whose, id)?.ok_or(Refused::NotFound)?;
    // Nobody has more of either.
    let all = Window { skip: 0, take: notification::MOST_EACH.max(summary_email::MOST_EACH) };
    let filter = Filter { user: Some(id.clone()), ..Filter::default() };
    Ok(Settings {
        gets_emails: Reach::of(who.user_type) != Reach::NoEmails,
        alerts: notification::list(r, &whose, &filter, all)?.rows,
        summaries: summary_email::list(r, &whose, Some(id), all)?.rows,
        companies: receiver::list_companies(r, &whose, Some(id))?,
        subject: if is_own { Subject::Own(who) } else { Subject::User(who) },
    })
}

fn outside(
    r: &mut Reader,
    manager: AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Settings, Refused> {
    Ok(Settings {
        subject: Subject::Address(email.clone(), receiver::get_outside(r, &manager, email)?),
        gets_emails: true,
        alerts: notification::list_outside(r, &manager, email)?,
        summaries: summary_email::list_outside(r, &manager, email)?,
        companies: receiver::list_companies(r, &Whose::Everybodys(manager), None)?,
    })
}

fn nobodys() -> Settings {
    Settings {
        subject: Subject::Nobody,
        gets_emails: false,
        alerts: Vec::new(),
        summaries: Vec::new(),
        companies: Vec::new(),
    }
}
