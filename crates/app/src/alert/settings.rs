//! What somebody's page of alerts and summaries shows: their settings, what may be chosen, and why nothing comes.

use domain::capability::Capability;
use domain::capability::{Mark, mark};
use domain::id::{CompanyId, UserId};
use store::notification::{self, Filter, Notification};
use store::page::Window;
use store::pass::{AccountPass, HasPlace as _};
use store::receiver::{self, Whose};
use store::summary_email::{self, SummaryEmail};
use store::work::Reader;

use domain::capability::proof::AnyUser;

pub use store::receiver::Who;

use crate::Refused;

/// Somebody's alerts and summaries.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose; `None` for who is here without a user, to whom nothing is sent.
    pub who: Option<Who>,
    /// Whether they are whoever looks.
    pub own: bool,
    /// Whether their type gets emails (P-01).
    pub gets_emails: bool,
    /// Their alerts that may come.
    pub alerts: Vec<Notification>,
    /// Their summaries that may come.
    pub summaries: Vec<SummaryEmail>,
    /// The companies that they have.
    pub companies: Vec<(CompanyId, String)>,
}

/// One's own, or those of a user for who manages users.
pub fn settings(
    r: &mut Reader,
    pass: &AccountPass<AnyUser>,
    user: Option<&UserId>,
) -> Result<Settings, Refused> {
    let own = pass.place().user.as_ref();
    let Some(id) = user.or(own) else { return Ok(nobodys()) };
    let whose = match own == Some(id) {
        true => Whose::Own(pass.clone()),
        false => Whose::Everybodys(pass.with(r)?),
    };
    let who = receiver::find_who(r, &whose, id)?.ok_or(Refused::NotFound)?;
    // Nobody has more of either.
    let all = Window { skip: 0, take: notification::MOST_EACH.max(summary_email::MOST_EACH) };
    let filter = Filter { user: Some(id.clone()), ..Filter::default() };
    Ok(Settings {
        own: own == Some(id),
        gets_emails: mark(who.user_type, false, Capability::ReceiveNotifications) != Mark::No,
        alerts: notification::list(r, &whose, &filter, all)?.rows,
        summaries: summary_email::list(r, &whose, Some(id), all)?.rows,
        companies: receiver::list_companies(r, &whose, id)?,
        who: Some(who),
    })
}

fn nobodys() -> Settings {
    Settings {
        who: None,
        own: true,
        gets_emails: false,
        alerts: Vec::new(),
        summaries: Vec::new(),
        companies: Vec::new(),
    }
}
