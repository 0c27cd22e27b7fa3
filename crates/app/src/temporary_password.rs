//! Temporary passwords (C-06): an administrator sets one for somebody who has no login yet, and gives it to them. Typed at
//! sign-in it opens their invitation: they choose their own password, with which their login begins.
//!
//! Whoever has set it could sign in as that address, so a login made so does not show that the address is anybody's. It is let
//! into nothing more until a link was followed that was mailed there, and with that it gets a new password.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountId, LoginId, MailId, UserId};
use domain::input::Problem;
use domain::mail::MailKind;
use domain::temporary_password::as_given;
use domain::user::{NewUser, UserStatus};
use store::login::{self, NewLogin};
use store::mail::NewMail;
use store::pass::{AccountPass, Acting, Gate, TemporaryPasswordPass};
use store::temporary_password::{self, Candidate, Content};
use store::user::User;
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{executive_administrator, invitation};
use text::Text;

pub use store::temporary_password::TemporaryPassword;

use crate::invitation::{Accepted, accepting, check_welcome, queue, take};
use crate::mail::views::TemporaryPasswordMail;
use crate::password::NewPassword;
use crate::{App, Ask, Conflict, Refused, email_proof, limits, moment, session};

/// Whose temporary password is set, for its page.
pub struct ToBeSet {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The one that waits already, and would be replaced.
    pub present: Option<TemporaryPassword>,
    /// What guessers would try first.
    known: Vec<String>,
}

/// Whose it would be, if one can be set for them.
pub fn preview(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<ToBeSet, Refused> {
    let user = invited(r, pass, id)?;
    let names = &user.names;
    let known = vec![
        names.first.clone(),
        names.last.clone(),
        names.full(),
        user.email.clone(),
        store::account::get(r, pass)?.name,
    ];
    let present = temporary_password::find(r, pass, id)?;
    Ok(ToBeSet { name: names.full(), email: user.email, present, known })
}

/// Whether the user's page offers to set one.
pub(crate) fn is_offered(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
) -> Result<bool, Refused> {
    Ok(user.status == UserStatus::Pending
        && temporary_password::are_allowed(r, pass)?
        && !executive_administrator::is_invited(r, pass, &user.id)?
        && invitation::find_open(r, pass, &user.id)?.is_some())
}

/// The user, whose invitation is open and whom one may give what it gives.
fn invited(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<User, Refused> {
    let user = crate::user::find(r, pass, id)?;
    crate::user::check_may_give(pass, &user)?;
    if user.status != UserStatus::Pending {
        return Err(Refused::Conflict(Conflict::NotNow(user.status)));
    }
    if !temporary_password::are_allowed(r, pass)? {
        return Err(Refused::Conflict(Conflict::TemporaryPasswordsOff));
    }
    if executive_administrator::is_invited(r, pass, id)? {
        return Err(Refused::Conflict(Conflict::InvitedAsExecutive));
    }
    invitation::find_open(r, pass, id)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    Ok(user)
}

impl App {
    /// A temporary password to be taken or typed over.
    pub fn propose_temporary_password(&self) -> String {
        domain::temporary_password::generate(&self.store.random_bytes())
    }

    /// Sets the temporary password of an invited user, in place of one before, and tells them by mail that they are awaited.
    /// The mail has neither the password nor a link that accepts.
    pub async fn set_temporary_password(
        &self,
        ask: &Ask,
        account: AccountId,
        id: UserId,
        password: &str,
    ) -> Result<AccountPass<ManageUsers>, Refused> {
        let (wanted, network) = (id.clone(), ask.origin.network.clone());
        let look = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
            limits::may_look_elsewhere(r, pass, &network)?;
            preview(r, pass, &wanted)
        };
        let (_, of) = self.read(ask, account.clone(), look).await?;
        let known: Vec<&str> = of.known.iter().map(String::as_str).collect();
        let email = EmailAddress::parse(&of.email).map_err(|problem| Refused::field("email", problem))?;
        let hash = self.hash_temporary(&email, password, &known).await?;
        let set = move |w: Writer, pass: &AccountPass<ManageUsers>| set(w, pass, &id, &of.email, &hash);
        let (pass, done) = self.write(ask, account, set).await?;
        done.map(|()| pass)
    }

    /// What whoever it was set for is told: neither the password nor a link that accepts, but where to sign in.
    pub(crate) fn temporary_password_mail(
        &self,
        t: Text,
        content: Content,
        mail: &MailId,
        base: &str,
    ) -> TemporaryPasswordMail {
        let from = if content.set_by.is_empty() { &content.account_name } else { &content.set_by };
        TemporaryPasswordMail {
            t,
            link: format!("{base}/sign-in"),
            block_link: self.invitation_block_link(&content.account, mail, base),
            set_by: from.clone(),
            to_name: content.name,
            account_name: content.account_name.clone(),
            more: content.more,
            expires_on: moment::full(t, content.expires_at, &content.time_zone),
        }
    }

    /// Judges a temporary password as every other, and hashes it with the salt of its address.
    pub async fn hash_temporary(
        &self,
        email: &EmailAddress,
        password: &str,
        known: &[&str],
    ) -> Result<String, Refused> {
        let given = as_given(password);
        let new = NewPassword { field: "password", password: &given, known };
        self.hasher.take(new, temporary_password::salt(self.store.key(), email)).await
    }

    /// Gives whoever has typed a temporary password the ticket by which they choose their own; `None` if it works no more. Their
    /// tries stay counted: whoever sets such passwords could have them forgotten.
    pub(crate) async fn open_temporary(
        &self,
        ask: &Ask,
        typed: Candidate,
    ) -> Result<Option<String>, Refused> {
        let asked = ask.credentials.clone();
        let open = move |mut w: Writer| {
            let ticket = w.new_token();
            let link = format!("{}.{ticket}", typed.account);
            let mut credentials = asked.clone();
            credentials.temporary_password = Some(link.clone());
            if !temporary_password::update_ticket(&mut w, &typed, &ticket)? {
                return Err(Refused::Conflict(Conflict::WrongPassword));
            }
            TemporaryPasswordPass::mint(&mut w, &credentials, &())?;
            Ok(w.commit_unrecorded(Unrecorded::Attempt, link))
        };
        match self.store.write(ask.origin.clone(), open).await {
            Ok(link) => Ok(Some(link)),
            Err(Refused::Link(_) | Refused::Conflict(_)) => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    /// Accepts the invitations that a temporary password has opened, with the password that its owner has chosen: the login
    /// begins, with a session of its own, and the temporary password is gone.
    pub async fn choose_password(&self, ask: &Ask, password: &str) -> Result<Accepted, Refused> {
        let (pass, ()) = self.read::<TemporaryPasswordPass, ()>(ask, (), |_, _| Ok(())).await?;
        let opened = &pass.invitation;
        if self.hasher.verify(as_given(password), Some(pass.password_hash.clone())).await? {
            return Err(Refused::field("password", Problem::SamePassword));
        }
        let hash = self.hash_chosen(opened, password).await?;
        let asked = ask.clone();
        let done = move |w: Writer, pass: &TemporaryPasswordPass| accept(w, pass, &hash, &asked);
        self.write(ask, (), done).await.map(|(_, accepted)| accepted)
    }
}

/// What [`App::set_temporary_password`] does in one unit. That the address has a login is counted, as it tells something
/// (U-15), and so committed.
fn set(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    email: &str,
    hash: &str,
) -> Result<Committed<Result<(), Refused>>, Refused> {
    let user = invited(&mut w, pass, id)?;
    let address = EmailAddress::parse(&user.email).map_err(|problem| Refused::field("email", problem))?;
    // What was judged and salted was this address.
    if user.email != email {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    // Again, as many may ask at once.
    let network = w.origin().network.clone();
    limits::may_look_elsewhere(&mut w, pass, &network)?;
    if login::find_by_email(&mut w, &address)?.is_some() {
        limits::count_elsewhere(&mut w, pass)?;
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(Refused::Conflict(Conflict::HasLogin))));
    }
    let open = invitation::find_open(&mut w, pass, id)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    check_welcome(&mut w, pass, &open, &user.email)?;
    let entry = insert(&mut w, pass, id, &address, &user.names.full(), hash)?;
    tell(&mut w, pass, id, &address)?;
    w.commit(&pass.actor(), entry, Ok(()))
}

/// Makes somebody new, as `user::place_looked_at` does, whose invitation has a temporary password and no link. `hash` is one
/// by [`App::hash_temporary`]. Of a person who gets the same in several accounts, the first tells them by mail.
pub(crate) fn place_looked_at(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
    hash: &str,
    is_first: bool,
) -> Result<(UserId, Vec<Entry>), Refused> {
    let later = NewUser { send_now: false, ..new.clone() };
    let (user, mut entries) = crate::user::place_looked_at(w, pass, &later, None)?;
    let made = invitation::find_open(w, pass, &user)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    check_welcome(w, pass, &made, new.email.as_str())?;
    entries.push(insert(w, pass, &user, &new.email, &new.names.full(), hash)?);
    if is_first {
        tell(w, pass, &user, &new.email)?;
    }
    Ok((user, entries))
}

/// Sets it; the entry it is recorded with.
fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    email: &EmailAddress,
    name: &str,
    hash: &str,
) -> Result<Entry, Refused> {
    if !temporary_password::insert(w, pass, user, email, hash)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    Ok(Entry::of(pass.account(), Verb::TemporaryPasswordSet, user, name))
}

/// Puts the mail into the outbox that tells of it.
fn tell(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    email: &EmailAddress,
) -> Result<(), Refused> {
    let new = NewMail {
        account: Some(pass.account()),
        kind: MailKind::TemporaryPassword,
        subject: user.as_str(),
        generation: 0,
        email: email.as_str(),
    };
    queue(w, pass, &new)
}

/// Takes the temporary password of a user back; their invitation stays.
pub fn end(mut w: Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Committed<()>, Refused> {
    let user = crate::user::find(&mut w, pass, id)?;
    if !temporary_password::remove(&mut w, pass, id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(pass.account(), Verb::TemporaryPasswordEnded, id, &user.names.full());
    w.commit(&pass.actor(), entry, ())
}

fn accept(
    mut w: Writer,
    pass: &TemporaryPasswordPass,
    hash: &str,
    ask: &Ask,
) -> Result<Committed<Accepted>, Refused> {
    let opened = &pass.invitation;
    crate::invitation::check_address(opened)?;
    for one in std::iter::once(opened).chain(&opened.others) {
        let is_open = temporary_password::remove_used(&mut w, pass, one)?
            && invitation::update_opened(&mut w, pass, one)?;
        if !is_open {
            return Err(Refused::Conflict(Conflict::Changed));
        }
    }
    let id: LoginId = w.new_id();
    let email = EmailAddress::parse(&opened.email).map_err(|problem| Refused::field("email", problem))?;
    let new = NewLogin {
        id: &id,
        is_proven: false,
        email: &email,
        first_name: &opened.names.first,
        last_name: &opened.names.last,
        password_hash: hash,
    };
    login::insert(&mut w, &new)?;
    email_proof::send(&mut w, &id, email.as_str())?;
    let mut entries = Vec::new();
    for one in std::iter::once(opened).chain(&opened.others) {
        entries.push(take(&mut w, one, &id)?);
    }
    let (session, begun) = session::start(&mut w, &id, ask)?;
    entries.extend(begun);
    let accepted = Accepted { session, account: opened.account.clone() };
    w.commit_all(&accepting(opened, &id), entries, accepted)
}
