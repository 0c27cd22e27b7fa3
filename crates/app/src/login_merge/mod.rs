//! Merging two logins of one person (C-01): asking for it, and showing that the other login is one's own too.
//!
//! The login one is signed in with remains, and the other's users move to it. Until the other login is proven nothing
//! tells whether its address has one: an address without a login is answered as a wrong password is, and a link to it as one
//! to any other.

mod made;

use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::LoginMergeId;
use domain::input::Problem;
use domain::mail::MailKind;
use store::login_merge::{self, LoginMerge};
use store::mail::{self, Mail};
use store::pass::{Acting, LoginMergePass, Person, Proven, SelfPass};
use store::work::{Committed, Reader, Writer};
use store::{attempt, login};

pub use made::{MergedLogin, Preview, UndoPreview, list_made, preview, preview_undo};

use crate::email_proof::check_proven;
use crate::reset::login_mail;
use crate::{App, Ask, Conflict, Refused, limits, session};

impl App {
    /// Shows by its password that another login is one's own too. Address unknown and password wrong look the same and
    /// take the same time, and tries are counted as sign-ins are.
    pub async fn prove_login(&self, ask: &Ask, email: &EmailAddress, password: &str) -> Result<(), Refused> {
        let (pass, waiting) = self.read::<SelfPass, _>(ask, (), waiting).await?;
        check_another(pass.person(), email)?;
        if password.is_empty() {
            return Err(Refused::field("password", Problem::Missing));
        }
        if waiting.is_some() {
            return Err(Refused::Conflict(Conflict::MergeUnderWay));
        }
        let other = self.check_password(ask, email.as_str(), password).await?;
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_unchanged(&mut w, &other)?;
            check_proven(&mut w, &pass.person().login)?;
            login_merge::insert(&mut w, pass, &other.email, Some(&other.id))?;
            let entry = entry(Verb::LoginMergeProven, pass.person(), &other.email);
            w.commit(&pass.actor(), entry, ())
        };
        self.write(ask, (), done).await.map(|_| ())
    }

    /// The address of a merge's link.
    pub(crate) fn login_merge_link(&self, mail: &Mail, id: &LoginMergeId) -> String {
        let token = login_merge::token(&self.key_of(mail), id, mail.generation);
        format!("{}/login-merge/{token}", self.settings.base_url)
    }
}

/// Sends a link to the other login's address, by which whoever reads its mail shows that it is theirs.
pub fn request(mut w: Writer, pass: &SelfPass, email: &EmailAddress) -> Result<Committed<()>, Refused> {
    check_another(pass.person(), email)?;
    limits::count(&mut w, &format!("merges of {}", pass.person().login), limits::LOGIN_MERGE)?;
    check_proven(&mut w, &pass.person().login)?;
    let merge = login_merge::insert(&mut w, pass, email.as_str(), None)?;
    let entry = send(&mut w, pass, &merge)?;
    w.commit(&pass.actor(), entry, ())
}

/// Sends the link of the merge that one waits for again; earlier links stop working.
pub fn send_again(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let changed = || Refused::Conflict(Conflict::Changed);
    limits::count(&mut w, &format!("merges of {}", pass.person().login), limits::LOGIN_MERGE)?;
    let merge = login_merge::find(&mut w, pass)?.ok_or_else(changed)?;
    let merge = login_merge::update_sent(&mut w, &merge)?.ok_or_else(changed)?;
    let entry = send(&mut w, pass, &merge)?;
    w.commit(&pass.actor(), entry, ())
}

/// Gives the merge that one waits for up.
pub fn cancel(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    let person = pass.person();
    if !login_merge::remove_waiting(&mut w, &person.login)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of_login(Verb::LoginMergeCancelled, &person.login, &person.name());
    w.commit(&pass.actor(), entry, ())
}

/// Uses a link up: its reader, who is signed in as the one who asked, has the mail of the other login.
pub fn prove(mut w: Writer, pass: &LoginMergePass) -> Result<Committed<()>, Refused> {
    if !pass.is_asker {
        return Err(Refused::Conflict(Conflict::NotTheAsker));
    }
    if !login_merge::update_proven(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let asker = &pass.asker;
    let entry = Entry::of_login(Verb::LoginMergeProven, &asker.id, &asker.name);
    w.commit(&pass.actor(), entry.change("email", None, Some(&pass.email)), ())
}

/// The merge that waits, unless its link or proof is over.
pub fn waiting(r: &mut Reader, pass: &SelfPass) -> Result<Option<LoginMerge>, Refused> {
    let now = r.now;
    Ok(login_merge::find(r, pass)?.filter(|merge| merge.expires_at > now))
}

fn check_another(person: &Person, email: &EmailAddress) -> Result<(), Refused> {
    let is_own = person.email.eq_ignore_ascii_case(email.as_str());
    if is_own { Err(Refused::field("email", Problem::OwnLogin)) } else { Ok(()) }
}

/// Puts the mail into the outbox, to the address as its login has it. Whether it has one is looked at again when it is
/// sent: without one there is no mail, and here every address takes the same time.
fn send(w: &mut Writer, pass: &SelfPass, merge: &LoginMerge) -> Result<Entry, Refused> {
    let typed = EmailAddress::parse(&merge.email).map_err(|problem| Refused::field("email", problem))?;
    let to = login::find_by_email(w, &typed)?.map_or_else(|| merge.email.clone(), |login| login.email);
    let counter = format!("merges to {}", typed.canonical());
    // Whoever runs into this one is not told: it would say that others try the same address.
    if attempt::count(w, &counter, limits::LOGIN_MERGE_ADDRESS)?.is_ok() {
        let new = login_mail(MailKind::LoginMerge, merge.id.as_str(), &to);
        mail::insert(w, &mail::NewMail { generation: merge.generation, ..new })?;
    }
    Ok(entry(Verb::LoginMergeRequested, pass.person(), &merge.email))
}

fn entry(verb: Verb, person: &Person, other: &str) -> Entry {
    Entry::of_login(verb, &person.login, &person.name()).change("email", None, Some(other))
}
