//! Invitations: sending, sending again, revoking, accepting (U-03 to U-07).

mod mend;

use std::collections::BTreeSet;

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountId, BundleId, InvitationId, LoginId, UserId};
use domain::input::Problem;
use domain::mail::MailKind;
use domain::user::UserStatus;
use store::login::{self, NewLogin};
use store::mail::{self, InvitationContent, Mail, NewMail, suppression};
use store::pass::{AccountPass, Acting, HasPlace, InvitationPass};
use store::secret::Key;
use store::user;
use store::work::{Actor, Committed, Writer};
use store::{api_key, brand, executive_administrator, invitation, invitation_block, temporary_password};
use text::Text;

pub use mend::{ToBeMended, mend, preview};
pub(crate) use mend::{hold, mend_now};

use crate::mail::views::InvitationMail;
use crate::password::NewPassword;
use crate::session::{self, Started};
use crate::{App, Ask, Conflict, Refused, bundle, center_notice, limits, moment, words};

/// How an invitation gets to its reader.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sending<'a> {
    /// Not yet (U-02).
    Later,
    /// By a mail of its own.
    Now,
    /// By the one mail of a bundle.
    In(&'a BundleId),
}

/// Makes the invitation of a user and, if wanted, sends it; the entries it is recorded with.
pub(crate) fn make(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    email: &str,
    message: Option<&str>,
    sending: Sending,
) -> Result<Vec<Entry>, Refused> {
    let made = invitation::insert(w, pass, user, message, !matches!(sending, Sending::Later))?;
    if matches!(sending, Sending::Later) {
        return Ok(Vec::new());
    }
    check_welcome(w, pass, &made, email)?;
    let entry = match sending {
        // An account with its own brand shares no mail with others (C-09).
        Sending::In(bundle) if pass.place().brand.is_none() => {
            bundle::join(w, pass, user, email, MailKind::Bundle, bundle)?;
            sent(pass, &made, email)
        }
        _ => post(w, pass, &made, email)?,
    };
    Ok(vec![entry])
}

/// Counts the sending and refuses it where it is too much, or not wanted.
pub(crate) fn check_welcome(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    made: &invitation::Invitation,
    email: &str,
) -> Result<(), Refused> {
    limits::count_invitation(w, pass, made.id.as_str(), email)?;
    let unwanted = invitation_block::is_there(w, pass, email)?;
    if unwanted { Err(Refused::Conflict(Conflict::Unwanted)) } else { Ok(()) }
}

/// Puts the mail with the invitation's present link into the outbox.
fn post(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    made: &invitation::Invitation,
    email: &str,
) -> Result<Entry, Refused> {
    let kind = MailKind::Invitation;
    let (subject, generation) = (made.id.as_str(), made.generation);
    queue(w, pass, &NewMail { account: Some(pass.account()), kind, subject, generation, email })?;
    if pass.place().brand.is_some()
        && let Some(host) = brand::host::find_for_links(w, pass.account(), email)?
    {
        invitation::update_host(w, pass, made, &host)?;
    }
    Ok(sent(pass, made, email))
}

fn sent(pass: &AccountPass<ManageUsers>, made: &invitation::Invitation, email: &str) -> Entry {
    Entry::of(pass.account(), Verb::InvitationSent, &made.id, email)
}

/// Puts a mail of the account into the outbox, behind the others where nobody waits for it.
pub(crate) fn queue(w: &mut Writer, pass: &AccountPass<ManageUsers>, new: &NewMail) -> Result<(), Refused> {
    limits::count_by(w, pass, new.email)?;
    let mail = mail::insert(w, new)?;
    if !pass.place().is_waited_for() {
        mail::update_behind(w, pass, &mail)?;
    }
    Ok(())
}

/// Sends an invitation, for the first time or again; every earlier link stops working (U-06).
pub fn resend(mut w: Writer, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Committed<()>, Refused> {
    let entry = resend_now(&mut w, pass, id)?;
    w.commit(&pass.actor(), entry, ())
}

/// The parts of [`resend`], for operations that do more in the same transaction.
pub(crate) fn resend_now(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Entry, Refused> {
    let user = crate::user::find(w, pass, id)?;
    crate::user::check_may_give(pass, &user)?;
    let open = match user.status {
        UserStatus::Pending => invitation::find_open(w, pass, id)?,
        _ => None,
    };
    let open = open.ok_or(Refused::Conflict(Conflict::Changed))?;
    limits::count_again(w, &open.id)?;
    check_welcome(w, pass, &open, &user.email)?;
    let sent = invitation::update_sent(w, pass, &open)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    // Whoever sends it again, though the mail server refused the address, knows that it is right.
    suppression::remove(w, pass, &user.email)?;
    post(w, pass, &sent, &user.email)
}

/// An accepted invitation.
pub struct Accepted {
    /// The session that was started.
    pub session: Started,
    /// The account that was joined.
    pub account: AccountId,
}

impl App {
    /// Accepts the invitation whose link the asker followed. A new person sets the password they chose; where the
    /// invited address has a login already, its present password is asked for, unless the asker is signed in as it:
    /// the link alone never signs anybody in (U-03). A login whose address was not proven may be somebody else's: whoever
    /// has the link chooses a new password, and everybody else is cut off. Who is signed in with another address can
    /// accept nothing.
    pub async fn accept(&self, ask: &Ask, password: &str) -> Result<Accepted, Refused> {
        let (pass, ()) = self.read::<InvitationPass, ()>(ask, (), |_, _| Ok(())).await?;
        check_address(&pass)?;
        match pass.login {
            None => self.accept_new(ask, &pass, password).await,
            Some(_) if !pass.is_proven => self.accept_unproven(ask, &pass, password).await,
            Some(_) if pass.is_signed_in() => self.accept_signed_in(ask).await,
            Some(_) => self.accept_known(ask, &pass, password).await,
        }
    }

    async fn accept_new(
        &self,
        ask: &Ask,
        pass: &InvitationPass,
        password: &str,
    ) -> Result<Accepted, Refused> {
        let hash = self.hash_chosen(pass, password).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &InvitationPass| {
            check_address(pass)?;
            let id: LoginId = w.new_id();
            let email =
                EmailAddress::parse(&pass.email).map_err(|problem| Refused::field("email", problem))?;
            let new = NewLogin {
                id: &id,
                // What came by an account's own host somebody else may have followed.
                is_proven: pass.host.is_empty(),
                email: &email,
                first_name: &pass.names.first,
                last_name: &pass.names.last,
                password_hash: &hash,
            };
            login::insert(&mut w, &new)?;
            join(w, pass, &id, &asked, Vec::new())
        };
        self.write(ask, (), done).await.map(|(_, accepted)| accepted)
    }

    async fn accept_unproven(
        &self,
        ask: &Ask,
        pass: &InvitationPass,
        password: &str,
    ) -> Result<Accepted, Refused> {
        let hash = self.hash_chosen(pass, password).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &InvitationPass| {
            check_address(pass)?;
            let login = pass.login.as_ref().filter(|_| !pass.is_proven);
            let login = login.ok_or(Refused::Conflict(Conflict::Changed))?;
            login::update_password(&mut w, login, &hash)?;
            if pass.host.is_empty() {
                login::update_proven(&mut w, login)?;
            }
            session::cut_off(&mut w, login)?;
            let keys = api_key::remove_all(&mut w, login)?;
            let changed = Entry::of_login(Verb::PasswordChanged, login, &pass.names.full());
            let ended = keys.iter().map(|(id, name)| Entry::of_login(Verb::ApiKeyEnded, id, name));
            join(w, pass, login, &asked, ended.chain([changed]).collect())
        };
        self.write(ask, (), done).await.map(|(_, accepted)| accepted)
    }

    /// Judges and hashes the password that whoever accepts has chosen.
    pub(crate) async fn hash_chosen(&self, pass: &InvitationPass, password: &str) -> Result<String, Refused> {
        let names = &pass.names;
        let known = [names.first.as_str(), &names.last, &names.full(), &pass.email, &pass.account_name];
        let new = NewPassword { field: "password", password, known: &known };
        self.hasher.take(new, self.store.random_bytes()).await
    }

    async fn accept_known(
        &self,
        ask: &Ask,
        pass: &InvitationPass,
        password: &str,
    ) -> Result<Accepted, Refused> {
        let checked = self.check_password(ask, &pass.email, password).await;
        let login = checked.map_err(|refused| match refused {
            Refused::Conflict(Conflict::WrongPassword) => Refused::field("password", Problem::WrongPassword),
            other => other,
        })?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &InvitationPass| {
            check_address(pass)?;
            session::check_unchanged(&mut w, &login)?;
            if pass.login.as_ref() != Some(&login.id) {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            join(w, pass, &login.id, &asked, Vec::new())
        };
        self.write(ask, (), done).await.map(|(_, accepted)| accepted)
    }

    async fn accept_signed_in(&self, ask: &Ask) -> Result<Accepted, Refused> {
        let asked = ask.clone();
        let done = move |w: Writer, pass: &InvitationPass| match &pass.login {
            Some(login) if pass.is_signed_in() && pass.is_proven => join(w, pass, login, &asked, Vec::new()),
            _ => Err(Refused::Conflict(Conflict::Changed)),
        };
        self.write(ask, (), done).await.map(|(_, accepted)| accepted)
    }

    /// What whoever is invited is told.
    pub(crate) fn invitation_mail(
        &self,
        t: Text,
        content: InvitationContent,
        id: &InvitationId,
        mail: &Mail,
        base: &str,
    ) -> InvitationMail {
        let inviter = if content.inviter.is_empty() { &content.account_name } else { &content.inviter };
        InvitationMail {
            t,
            link: self.invitation_link(&self.key_of(mail), (&content.account, id, mail.generation), base),
            block_link: self.invitation_block_link(&content.account, &mail.id, base),
            inviter_name: inviter.clone(),
            to_name: content.name,
            account_name: content.account_name.clone(),
            type_name: words::user_type(t, content.user_type).to_owned(),
            personal_message: content.message,
            expires_on: moment::full(t, content.expires_at, &content.time_zone),
            agent: content.agent,
            executive_of: content.executive_of,
        }
    }

    /// The address of an invitation's link, below `base`, by the key that it was made with.
    pub fn invitation_link(
        &self,
        key: &Key,
        (account, id, generation): (&AccountId, &InvitationId, i64),
        base: &str,
    ) -> String {
        let token = invitation::token(key, account, id, generation);
        format!("{base}/invitations/{account}/{token}")
    }
}

/// An invitation is bound to its address.
pub(crate) fn check_address(pass: &InvitationPass) -> Result<(), Refused> {
    if pass.is_of_another() { Err(Refused::Conflict(Conflict::OtherAddress)) } else { Ok(()) }
}

/// Uses the link up, makes the user active and starts a session: all or nothing. Of a bundle, all that can be accepted is
/// accepted with it. `before` is what led here.
fn join(
    mut w: Writer,
    pass: &InvitationPass,
    login: &LoginId,
    ask: &Ask,
    before: Vec<Entry>,
) -> Result<Committed<Accepted>, Refused> {
    let mut entries = before;
    for one in std::iter::once(pass).chain(&pass.others) {
        if !invitation::update_accepted(&mut w, one)? {
            return Err(Refused::Conflict(Conflict::Changed));
        }
        temporary_password::remove_accepted(&mut w, one)?;
        entries.push(take(&mut w, one, login)?);
        if let Some(center) = executive_administrator::accept(&mut w, one, login)? {
            let verb = Verb::ExecutiveMade;
            entries.push(center_notice::of_executive(&mut w, one, &center, (verb, login), true)?);
        }
    }
    let (session, begun) = enter(&mut w, pass, login, ask)?;
    entries.extend(begun);
    w.commit_all(&accepting(pass, login), entries, Accepted { session, account: pass.account.clone() })
}

/// Whoever is signed in as the login goes on, and others start anew.
fn enter(
    w: &mut Writer,
    pass: &InvitationPass,
    login: &LoginId,
    ask: &Ask,
) -> Result<(Started, Option<Entry>), Refused> {
    match pass.here.as_ref().filter(|here| here.login() == login) {
        Some(here) => session::renew(w, here, ask).map(|(started, begun)| (started, Some(begun))),
        None => session::start(w, login, ask),
    }
}

/// Who accepts: the user, or where there are several, their login, as no account's trail names a user of another one.
pub(crate) fn accepting(pass: &InvitationPass, login: &LoginId) -> Actor {
    if pass.others.is_empty() { pass.actor() } else { Actor::login(login, &pass.names.full()) }
}

/// Makes one invited user active, whose invitation is used up.
pub(crate) fn take(w: &mut Writer, pass: &InvitationPass, login: &LoginId) -> Result<Entry, Refused> {
    if !user::activate(w, pass, login)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    if pass.user_type.has_all_companies() {
        // Those they were given as something less, before a promotion.
        user::update_companies(w, pass, &pass.account, &pass.user, &BTreeSet::new())?;
    }
    Ok(Entry::of(&pass.account, Verb::InvitationAccepted, &pass.user, &pass.names.full()))
}
