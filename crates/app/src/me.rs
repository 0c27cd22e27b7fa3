//! One's own: the accounts one has a place in, names, password, sessions (U-18, A-03, A-04).

use domain::activity::{Entry, Verb};
use domain::capability::proof::AnyUser;
use domain::input::Problem;
use domain::mail::MailKind;
use domain::time::Timestamp;
use domain::user::{Names, UserStatus};
use store::email_change::{self, EmailChange};
use store::page::Page;
use store::pass::{AccountPass, Acting, Helper, Proven, SelfPass, administrators};
use store::work::{Committed, Reader, Writer};
use store::{login, mail, passkey, second_factor, user};
use text::Language;

pub use store::login::AccountOfLogin;
pub use store::user::OwnUser;

use crate::login_merge::{self, MergedLogin};
use crate::password::NewPassword;
use crate::reset::login_mail;
use crate::session::{self, SessionRecord, Started};
use crate::{App, Ask, Refused, limits};

/// My Profile.
pub struct Profile {
    /// One's active users, with the names that each account shows.
    pub users: Vec<OwnUser>,
    /// The change of address that one waits for.
    pub email_change: Option<EmailChange>,
    /// The merges that can be undone (C-01).
    pub merges: Vec<MergedLogin>,
    /// Whether one has shown that one's address is one's own.
    pub is_proven: bool,
    /// Since when an app shows codes that are asked for.
    pub app_since: Option<Timestamp>,
    /// How many passkeys one has.
    pub passkeys: usize,
}

/// What My Profile shows beside what the pass tells.
pub fn profile(r: &mut Reader, pass: &SelfPass) -> Result<Profile, Refused> {
    let mut users = user::list_own(r, pass, &pass.person().login)?;
    users.retain(|user| user.status == UserStatus::Active);
    Ok(Profile {
        users,
        email_change: email_change::find(r, pass)?,
        merges: login_merge::list_made(r, pass)?,
        is_proven: login::get(r, &pass.person().login)?.is_proven,
        app_since: second_factor::find(r, &pass.person().login)?.and_then(|factor| factor.since),
        passkeys: passkey::list(r, &pass.person().login)?.len(),
    })
}

/// One's user in an account.
pub fn own_user(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<OwnUser, Refused> {
    user::find_own(r, pass)?.ok_or(Refused::NotFound)
}

/// Changes the names that an account shows of oneself.
pub fn change_own_user(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    names: &Names,
) -> Result<Committed<()>, Refused> {
    let entry = rename(&mut w, pass, names)?;
    w.commit(&pass.actor(), entry, ())
}

/// The parts of [`change_own_user`], for operations that do more in the same transaction; the entry it is recorded with.
pub(crate) fn rename(w: &mut Writer, pass: &AccountPass<AnyUser>, names: &Names) -> Result<Entry, Refused> {
    let before = own_user(w, pass)?;
    limits::count(w, &format!("names of {}", before.id), limits::OWN_NAMES)?;
    user::update_own_names(w, pass, &before, names)?;
    Ok(Entry::of(&before.account, Verb::UserChanged, &before.id, &names.full())
        .change("first_name", Some(&before.names.first), Some(&names.first))
        .change("last_name", Some(&before.names.last), Some(&names.last))
        .change("display_name", Some(&before.names.display), Some(&names.display)))
}

impl App {
    /// Changes one's own password, by the present one. All sessions end, also the one that is asked with, whose token
    /// somebody may have copied; a new one begins. API keys stay.
    pub async fn change_password(&self, ask: &Ask, present: &str, new: &str) -> Result<Started, Refused> {
        let (pass, ()) = self.read::<SelfPass, ()>(ask, (), |_, _| Ok(())).await?;
        let person = pass.person();
        let known = [person.first_name.as_str(), &person.last_name, &person.name(), &person.email];
        // The present one first: its tries are counted.
        let login = self.check_present_password(ask, &person.email, present).await?;
        let chosen = NewPassword { field: "new_password", password: new, known: &known };
        let hash = self.hasher.take(chosen, self.store.random_bytes()).await?;
        if new == present {
            return Err(Refused::field("new_password", Problem::SamePassword));
        }
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &login)?;
            limits::count(&mut w, &format!("password changes of {}", login.id), limits::PASSWORD_CHANGE)?;
            login::update_password(&mut w, &login.id, &hash)?;
            session::cut_off(&mut w, &login.id)?;
            mail::insert(&mut w, &login_mail(MailKind::PasswordChanged, login.id.as_str(), &login.email))?;
            let (renewed, started) = session::renew(&mut w, &pass.here(), &asked)?;
            let changed = Entry::of_login(Verb::PasswordChanged, &login.id, &login.name);
            w.commit_all(&pass.actor(), vec![changed, started], renewed)
        };
        self.write(ask, (), done).await.map(|(_, renewed)| renewed)
    }
}

/// One page of the accounts that one may open, by name, with a search (C-02).
pub fn accounts(
    r: &mut Reader,
    pass: &SelfPass,
    search: &str,
    after: (&str, &str),
) -> Result<Page<AccountOfLogin>, Refused> {
    Ok(login::list_accounts(r, pass, search, after)?)
}

/// The accounts in which one's access is switched off or has ended, by name, with their administrators; for who has
/// an active place in none.
pub fn switched_off(r: &mut Reader, pass: &SelfPass) -> Result<Vec<(String, Vec<Helper>)>, Refused> {
    let mut users = user::list_own(r, pass, &pass.person().login)?;
    // Whose moment has passed may not be written down as suspended yet (U-21).
    users.retain(|user| matches!(user.status, UserStatus::Active | UserStatus::Suspended));
    let told = |user: OwnUser| Ok((user.account_name, administrators(r, &user.account)?));
    users.into_iter().map(told).collect()
}

/// One's sessions, newest first.
pub fn sessions(r: &mut Reader, pass: &SelfPass) -> Result<Vec<SessionRecord>, Refused> {
    Ok(store::session::list(r, pass)?)
}

/// Changes one's own names, and what language one reads; without one, as the browser says (I-08). They are the login's;
/// each account keeps the names its administrators gave.
pub fn change(
    mut w: Writer,
    pass: &SelfPass,
    (first, last): (&str, &str),
    language: Option<Language>,
) -> Result<Committed<()>, Refused> {
    let (person, code) = (pass.person(), language.map_or("", Language::code));
    login::update_own(&mut w, pass, (first, last), code)?;
    let entry = Entry::of_login(Verb::LoginChanged, &person.login, &format!("{first} {last}"))
        .change("first_name", Some(&person.first_name), Some(first))
        .change("last_name", Some(&person.last_name), Some(last))
        .change("language", Some(&person.language), Some(code));
    w.commit(&pass.actor(), entry, ())
}
