//! Access requests: asking to be let into an account, and letting in (U-16); and who is told to ask, because they have a
//! place elsewhere (U-15).

use domain::access_request::{NewAccessRequest, Terms};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccessRequestId, UserId};
use domain::mail::MailKind;
use store::access_request::{self, Answered, Asked, RequestState, Waiting};
use store::mail::{self, NewMail};
use store::pass::{AccountPass, Acting, HasPlace, SelfPass, SystemPass};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{account, attempt, company, invitation_block, login, user};
use text::Text;

pub use store::access_request::{Found, OwnRequest, RequestState as State};

use crate::company::Company;
use crate::email_proof::check_proven;
use crate::mail::views::{AccessApprovedMail, AccessRequestMail};
use crate::page::{Count, Page};
use crate::user::Counts;
use crate::{App, Conflict, Refused, limits, words};

/// How many requests the worker looks at in one go.
const AT_ONCE: i64 = 50;

/// The list of requests.
pub struct RequestsPage {
    /// One page of those that wait, oldest first.
    pub requests: Page<Found>,
    /// How many wait.
    pub count: Count,
    /// How many users there are on the tabs beside.
    pub users: Counts,
}

/// The requests that wait.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    after: Option<&AccessRequestId>,
) -> Result<RequestsPage, Refused> {
    Ok(RequestsPage {
        requests: access_request::list_open(r, pass, after)?,
        count: access_request::count_open(r, pass)?,
        users: user::count(r, pass)?,
    })
}

/// A request, with the companies to choose from.
pub fn get(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &AccessRequestId,
) -> Result<(Found, Vec<Company>), Refused> {
    let found = access_request::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok((found, company::list_choices(r, pass)?))
}

/// What one has asked for oneself.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<Vec<OwnRequest>, Refused> {
    Ok(access_request::list_own(r, pass)?)
}

/// The name of the account that a request link is of; `None` if it does not work, or not any more.
pub fn find_by_link(r: &mut Reader, pass: &SelfPass, token: &str) -> Result<Option<String>, Refused> {
    Ok(access_request::find_by_link(r, pass, token)?)
}

/// Asks for access. Whether there is such an account is looked up later, by the worker: the answer is the same either way
/// and takes the same time. It is counted before what was typed is read.
pub fn ask(mut w: Writer, pass: &SelfPass, account: &str, message: &str) -> Result<Committed<()>, Refused> {
    let (person, network) = (pass.person(), w.origin().network.clone());
    limits::count(&mut w, &format!("access requests of {}", person.login), limits::ACCESS_REQUEST)?;
    limits::count(&mut w, &format!("access requests from {network}"), limits::ACCESS_REQUEST_NETWORK)?;
    check_proven(&mut w, &person.login)?;
    let new = NewAccessRequest::parse(account, message)?;
    let id = access_request::insert_ask(&mut w, pass, &new)?;
    let entry = Entry::of_login(Verb::AccessRequested, id, &person.name());
    w.commit(&pass.actor(), entry, ())
}

/// Gives up what one has asked for, or takes what was declined off one's list; which of them it was. What was approved
/// meanwhile can't be given up any more.
pub fn withdraw(
    mut w: Writer,
    pass: &SelfPass,
    id: &AccessRequestId,
) -> Result<Committed<RequestState>, Refused> {
    let state = access_request::find_own_state(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if state == RequestState::Approved {
        return Err(Refused::Conflict(Conflict::RequestApproved));
    }
    let removed = access_request::remove_own(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    let name = pass.person().name();
    let mut entries = vec![Entry::of_login(Verb::AccessWithdrawn, id, &name)];
    if let Some((account, request)) = removed {
        entries.push(Entry::of(&account, Verb::AccessWithdrawn, &request, &name));
    }
    w.commit_all(&pass.actor(), entries, state)
}

/// Lets somebody in, as a user who is active at once (`user::let_in`).
pub fn approve(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessRequestId,
    terms: &Terms,
) -> Result<Committed<UserId>, Refused> {
    let found = access_request::find(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if !access_request::update_decided(&mut w, pass, id, RequestState::Approved, None)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let known = login::get(&mut w, &found.login)?;
    let (user, placed) = crate::user::let_in(&mut w, pass, &known, &known.names(), terms)?;
    let mut entries = vec![Entry::of(pass.account(), Verb::AccessApproved, id, &found.name())];
    entries.extend(placed);
    post(&mut w, pass, MailKind::AccessApproved, user.as_str(), &found.email)?;
    w.commit_all(&pass.actor(), entries, user)
}

/// Does not let somebody in; the reason, if there is one, is mailed.
pub fn decline(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &AccessRequestId,
    reason: Option<&str>,
) -> Result<Committed<()>, Refused> {
    let found = access_request::find(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if !access_request::update_decided(&mut w, pass, id, RequestState::Declined, reason)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    post(&mut w, pass, MailKind::AccessDeclined, id.as_str(), &found.email)?;
    let entry = Entry::of(pass.account(), Verb::AccessDeclined, id, &found.name());
    w.commit(&pass.actor(), entry, ())
}

/// Refuses to invite who has a place in an account outside (U-15), and anybody where that was told too often: then nobody
/// is looked at. Whoever has the server's command line may: accounts come together there before they have a center.
pub(crate) fn refuse_elsewhere(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    email: &str,
) -> Result<(), Refused> {
    if pass.place().is_operator() {
        return Ok(());
    }
    let network = w.origin().network.clone();
    limits::may_look_elsewhere(w, pass, &network)?;
    if !access_request::is_elsewhere(w, pass, email)? {
        return Ok(());
    }
    limits::count_elsewhere(w, pass)?;
    Err(Refused::Conflict(Conflict::Elsewhere))
}

/// Mails the request link to who has a place elsewhere. To anybody else nothing is mailed, and nothing else told.
pub fn offer(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Committed<()>, Refused> {
    let account = pass.account();
    limits::count_address(&mut w, pass, email.as_str())?;
    limits::count(&mut w, &format!("access offers of {account}"), limits::ACCESS_OFFER)?;
    if !account::get(&mut w, pass)?.takes_requests {
        return Err(Refused::Conflict(Conflict::RequestsOff));
    }
    if invitation_block::is_there(&mut w, pass, email.as_str())? {
        return Err(Refused::Conflict(Conflict::Unwanted));
    }
    if access_request::find_link(&mut w, pass)?.is_none() {
        access_request::update_link(&mut w, pass, None)?;
    }
    if access_request::is_elsewhere(&mut w, pass, email.as_str())? {
        post(&mut w, pass, MailKind::AccessOffer, account.as_str(), email.as_str())?;
    }
    let entry = Entry::of(account, Verb::AccessOffered, account, email.as_str());
    w.commit(&pass.actor(), entry, ())
}

/// Gives the account a new request link; the one before stops working.
pub fn renew_link(mut w: Writer, pass: &AccountPass<ManageUsers>) -> Result<Committed<()>, Refused> {
    let present = access_request::find_link(&mut w, pass)?.map(|link| link.number);
    if !access_request::update_link(&mut w, pass, present)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let place = pass.place();
    let entry = Entry::of(&place.account, Verb::RequestLinkRenewed, &place.account, &place.account_name);
    w.commit(&pass.actor(), entry, ())
}

/// The token of the account's request link, of which [`App::request_link`] makes its address. None either where the key was
/// forgotten that it was made with.
pub fn link_token(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Option<String>, Refused> {
    let link = access_request::find_link(r, pass)?;
    Ok(link.and_then(|link| link.token(r.key(), pass.account())))
}

/// Puts a mail about a request into the outbox.
fn post(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    kind: MailKind,
    subject: &str,
    email: &str,
) -> Result<(), Refused> {
    let new = NewMail { account: Some(pass.account()), kind, subject, generation: 0, email };
    mail::insert(w, &new)?;
    Ok(())
}

impl App {
    /// The address of an account's request link.
    pub fn request_link(&self, token: &str) -> String {
        format!("{}{}{token}", self.settings.base_url, domain::access_request::LINK)
    }

    /// Looks which accounts are asked for since the last time, and tells their administrators; how many there were.
    pub async fn answer_access_requests(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let waiting = self.store.read(move |r| access_request::list_waiting(r, &reader, AT_ONCE)).await?;
        let count = waiting.len();
        for one in waiting {
            let pass = pass.clone();
            self.store.write(one.origin.clone(), move |w| answer(w, &pass, &one)).await?;
        }
        Ok(count)
    }
}

/// What an administrator is told of a request. The link leads to its page, where one signs in first: following it decides
/// nothing.
pub(crate) fn request_mail(t: Text, asked: Asked, id: &AccessRequestId, base: &str) -> AccessRequestMail {
    AccessRequestMail {
        t,
        link: format!("{base}/accounts/{}/users/access-requests/{id}", asked.account),
        to_name: asked.to_name,
        name: asked.name,
        email: asked.email,
        account_name: asked.account_name,
        personal_message: asked.message,
    }
}

/// What whoever was let in is told.
pub(crate) fn approved_mail(t: Text, answered: Answered, base: &str) -> AccessApprovedMail {
    AccessApprovedMail {
        t,
        link: format!("{base}/accounts/{}", answered.account),
        to_name: answered.name,
        account_name: answered.account_name,
        type_name: answered.user_type.map_or("", |user_type| words::user_type(t, user_type)).to_owned(),
    }
}

fn answer(mut w: Writer, pass: &SystemPass, waiting: &Waiting) -> Result<Committed<()>, Refused> {
    let is_ours = access_request::update_taken(&mut w, pass, &waiting.id)?;
    let found = if is_ours { access_request::find_account(&mut w, pass, waiting)? } else { None };
    let Some(account) = found else { return Ok(w.commit_unrecorded(Unrecorded::Attempt, ())) };
    let account = AccountPass::<ManageUsers>::for_operator(&mut w, pass, &account)?;
    if !is_welcome(&mut w, &account, waiting)? {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    }
    let (id, is_new) = access_request::insert(&mut w, &account, waiting)?;
    access_request::update_found(&mut w, pass, &waiting.id, &id)?;
    if !is_new {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    }
    for email in user::list_administrators(&mut w, &account)? {
        post(&mut w, &account, MailKind::AccessRequest, id.as_str(), &email)?;
    }
    let login = login::get(&mut w, &waiting.login)?;
    let entry = Entry::of(account.account(), Verb::AccessRequested, &id, &login.name);
    w.commit(&login.actor(), entry.change("email", None, Some(&login.email)), ())
}

/// Counts what reaches an account. Whoever is over a limit is not told: it would say that there is such an account.
fn is_welcome(w: &mut Writer, pass: &AccountPass<ManageUsers>, waiting: &Waiting) -> Result<bool, Refused> {
    let account = pass.account();
    let again = format!("access requests of {} to {account}", waiting.login);
    if attempt::count(w, &again, limits::ACCESS_REQUEST_AGAIN)?.is_err() {
        return Ok(false);
    }
    let all = format!("access requests to {account}");
    Ok(attempt::count(w, &all, limits::ACCESS_REQUEST_ACCOUNT)?.is_ok())
}
