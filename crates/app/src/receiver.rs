//! Who alerts and summaries are set up for: oneself, or by an administrator another user, or an address without one.

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::{self, EmailAddress};
use domain::id::{CompanyId, UserId};
use domain::input::Problem;
use domain::receiver::{Reach, Receiver};
use domain::user::UserStatus;
use store::pass::{AccountPass, HasPlace};
use store::receiver::{self, Whose};
use store::work::{Reader, Writer};
use store::{invitation_block, user};

use crate::{Conflict, Refused, limits};

/// Somebody whom something is set up for.
pub(crate) struct Found {
    /// By what right.
    pub whose: Whose,
    /// The user.
    pub user: Option<UserId>,
    /// The address of who is none.
    pub address: Option<EmailAddress>,
    /// What they can be sent.
    pub reach: Reach,
}

impl Found {
    /// User or address, as the store keeps them.
    pub(crate) fn either(&self) -> (Option<&UserId>, Option<&EmailAddress>) {
        (self.user.as_ref(), self.address.as_ref())
    }
}

/// Finds who was asked for; nobody asked for is oneself. Who does not manage users is told of nobody else whether they are
/// there.
pub(crate) fn resolve(
    w: &mut Writer,
    pass: &AccountPass<AnyUser>,
    asked: Option<&Receiver>,
) -> Result<Found, Refused> {
    let own = pass.place().user.as_ref();
    let (field, id) = match asked {
        None => ("user_id", own.cloned().ok_or_else(|| Refused::field("user_id", Problem::Missing))?),
        Some(Receiver::User(id)) => ("user_id", id.clone()),
        Some(Receiver::Address(email)) => match (own, is_own_address(pass, email)) {
            (Some(own), true) => ("email", own.clone()),
            _ => {
                let manager = pass.with(w)?;
                match user::find_by_email(w, &manager, email)? {
                    Some(id) => ("email", id),
                    None => return outside(w, manager, email),
                }
            }
        },
    };
    let whose = match own == Some(&id) {
        true => Whose::Own(pass.clone()),
        false => Whose::Everybodys(pass.with(w)?),
    };
    let Some(reached) = receiver::find_reached(w, &whose, &id)? else {
        return Err(unreached(w, &whose, field, &id)?);
    };
    if let (Whose::Everybodys(manager), false) = (&whose, reached.has_login) {
        count_unasked(w, manager, (field, &id), &reached.email)?;
    }
    Ok(Found { whose, user: Some(id), address: None, reach: reached.reach })
}

/// Why a user can't be sent anything. Who is deleted is told like who never was.
fn unreached(r: &mut Reader, whose: &Whose, field: &'static str, id: &UserId) -> Result<Refused, Refused> {
    let user = match whose {
        Whose::Everybodys(manager) => user::find(r, manager, id)?,
        Whose::Own(_) => None,
    };
    // Whose access has ended is suspended, be it noted yet or not.
    Ok(match user.filter(|user| user.status != UserStatus::Deleted) {
        Some(_) => Refused::Conflict(Conflict::NotNow(UserStatus::Suspended)),
        None => Refused::field(field, Problem::NotAChoice),
    })
}

/// Somebody who has not signed in here, as notification users never do, asked for nothing either: the first that is set up
/// for them is counted like an invitation, and refused where they want none.
fn count_unasked(
    w: &mut Writer,
    manager: &AccountPass<ManageUsers>,
    (field, id): (&'static str, &UserId),
    email: &str,
) -> Result<(), Refused> {
    if receiver::is_known_user(w, manager, id)? {
        return Ok(());
    }
    limits::count_invitation(w, manager, id.as_str(), email)?;
    let unwanted = invitation_block::is_there(w, manager, email)?;
    if unwanted { Err(Refused::field(field, Problem::Unwanted)) } else { Ok(()) }
}

/// An address without a user. Whoever reads there asked for nothing: a new one is counted, and who has said that they want
/// nothing from the account, or has ended some of it, gets nothing new.
fn outside(
    w: &mut Writer,
    manager: AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Found, Refused> {
    // An address without a user has no last day.
    Refused::check_lasting(&manager)?;
    let outside = receiver::get_outside(w, &manager, email)?;
    if !outside.known {
        let counter = format!("outside addresses of {}", manager.account());
        limits::count(w, &counter, limits::OUTSIDE_ADDRESS)?;
    }
    if outside.unwanted {
        return Err(Refused::field("email", Problem::Unwanted));
    }
    if outside.stopped {
        return Err(Refused::field("email", Problem::Stopped));
    }
    Ok(Found {
        whose: Whose::Everybodys(manager),
        user: None,
        address: Some(email.clone()),
        reach: Reach::Address,
    })
}

fn is_own_address(pass: &AccountPass<AnyUser>, email: &EmailAddress) -> bool {
    let own = pass.place().person.as_ref().map(|person| email::canonical(&person.email));
    own == Some(email.canonical())
}

/// Refuses a company that the receiver does not have.
pub(crate) fn check_company(
    r: &mut Reader,
    whose: &Whose,
    user: Option<&UserId>,
    company: Option<&CompanyId>,
) -> Result<(), Refused> {
    let Some(company) = company else { return Ok(()) };
    let has = receiver::has_company(r, whose, user, company)?;
    if has { Ok(()) } else { Err(Refused::field("company_id", Problem::NotAChoice)) }
}
