//! See as: beginning, trying in vain to change something, and leaving.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, UserId};
use domain::see_as::{Stop, Wanted, decide};
use domain::user::UserStatus;
use store::pass::{AccountPass, Acting, HasPlace as _, LeavePass, Means, Person, SelfPass, SystemPass};
use store::see_as::{self, NewSeeAs, Open};
use store::session;
use store::user::User;
use store::work::{Actor, Committed, Origin, Reader, Unrecorded, Writer};

pub use store::pass::Seeing;
pub use store::see_as::OwnSeeAs;

use crate::{App, Ask, Conflict, Refused, limits};

/// Whom somebody would see the account as; refused where they can't.
pub fn preview(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<User, Refused> {
    let user = crate::user::find(r, pass, id)?;
    check(r, pass, &user)?;
    Ok(user)
}

/// Whether the user's page offers it.
pub(crate) fn is_offered(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &User,
) -> Result<bool, Refused> {
    match check(r, pass, user) {
        Ok(()) => Ok(true),
        Err(Refused::Conflict(_)) => Ok(false),
        Err(refused) => Err(refused),
    }
}

fn check(r: &mut Reader, pass: &AccountPass<ManageUsers>, user: &User) -> Result<(), Refused> {
    let person = pass.place().person.as_ref();
    let status = match user.ends_at {
        Some(end) if user.status == UserStatus::Active && end <= r.now => UserStatus::Suspended,
        _ => user.status,
    };
    let wanted = Wanted {
        allowed: see_as::is_allowed(r, pass)?,
        is_oneself: person.is_some_and(|person| user.login.as_ref() == Some(&person.login)),
        status,
        signs_in: user.login.is_some() && user.user_type.has_login(),
    };
    decide(wanted).map_err(|stop| {
        Refused::Conflict(match stop {
            Stop::Off => Conflict::SeeAsOff,
            Stop::Oneself => Conflict::SeeAsOneself,
            Stop::NoSignIn => Conflict::NotAccepted,
            Stop::NotActive(status) => Conflict::NotNow(status),
        })
    })
}

/// Begins to see the account as a user, for a reason; what is handed out takes the place of the session's token in the
/// browser. `host` is the account's own, where that is asked.
pub fn start(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    reason: &str,
    host: Option<&str>,
) -> Result<Committed<String>, Refused> {
    let user = preview(&mut w, pass, id)?;
    // A program has no session that could wait meanwhile.
    let Some(Person { login, by: Means::Session(session), .. }) = &pass.place().person else {
        return Err(Refused::NotFound);
    };
    limits::count(&mut w, &format!("seeing as others of {login}"), limits::SEE_AS)?;
    let actor = pass.actor();
    let new = NewSeeAs { user: id, viewer: login, viewer_name: &actor.name, session, reason, host };
    let token = see_as::insert(&mut w, pass, &new)?;
    let entry = Entry::of(pass.account(), Verb::SeeAsStarted, id, &user.names.full()).change(
        "reason",
        None,
        Some(reason),
    );
    w.commit(&actor, entry, token)
}

/// Where somebody comes back to.
pub struct Back {
    /// The session's new token.
    pub token: String,
    /// The account they saw.
    pub account: AccountId,
    /// As whom.
    pub user: UserId,
}

/// Ends it: the session goes on, with a new token.
pub fn end(mut w: Writer, pass: &LeavePass, host: Option<&str>) -> Result<Committed<Back>, Refused> {
    let Some(seeing) = pass.seeing() else { return Err(Refused::NotFound) };
    let ended = note_left(&mut w, pass)?;
    let token = session::renew(&mut w, pass, host)?;
    let back = Back { token, account: seeing.account.clone(), user: seeing.user.clone() };
    match ended {
        Some(entry) => w.commit(&pass.viewer(), entry, back),
        // Its end is on the record already, and that the browser has its session again says nothing new.
        None => Ok(w.commit_unrecorded(Unrecorded::SeeAsOver, back)),
    }
}

/// What a browser has of it opens nothing any more; the entry of its end, unless there is one.
pub(crate) fn note_left(w: &mut Writer, pass: &LeavePass) -> Result<Option<Entry>, Refused> {
    let Some(seeing) = pass.seeing() else { return Ok(None) };
    see_as::update_left(w, pass)?;
    let is_new = see_as::update_ended(w, &seeing.account, &seeing.id)?;
    Ok(is_new.then(|| Entry::of(&seeing.account, Verb::SeeAsEnded, &seeing.user, &seeing.name)))
}

/// Ends all of the account, as it forbids it from now on; the entries of their ends.
pub(crate) fn end_all(w: &mut Writer, pass: &AccountPass<ManageUsers>) -> Result<Vec<Entry>, Refused> {
    let open = see_as::list_open(w, pass)?;
    open.iter().map(|one| ended(w, one)).collect()
}

/// What somebody else than who sees has ended says who that was.
fn ended(w: &mut Writer, one: &Open) -> Result<Entry, Refused> {
    see_as::update_ended(w, &one.account, &one.id)?;
    let entry = Entry::of(&one.account, Verb::SeeAsEnded, &one.user, &one.name);
    Ok(entry.change("seen_by", None, Some(&one.viewer)))
}

/// Who has lately seen an account as this person.
pub fn list_own(r: &mut Reader, pass: &SelfPass) -> Result<Vec<OwnSeeAs>, Refused> {
    Ok(see_as::list_own(r, pass)?)
}

impl App {
    /// Whoever sees an account as somebody else and tries to do something: it is recorded under both names, and refused.
    /// `what` is the route.
    pub async fn refuse_seeing(&self, ask: &Ask, what: &str) -> Refused {
        let what = what.to_owned();
        let note = move |w: Writer, pass: &LeavePass| {
            let Some(seeing) = pass.seeing().cloned() else { return Err(Refused::SignedOut) };
            if seeing.is_over {
                return Ok(w.commit_unrecorded(Unrecorded::SeeAsOver, seeing));
            }
            let entry = Entry::of(&seeing.account, Verb::SeeAsRefused, &seeing.user, &seeing.name);
            w.commit(&pass.viewer(), entry.change("tried", None, Some(&what)), seeing)
        };
        match self.write(ask, (), note).await {
            Ok((_, seeing)) => Refused::SeeingAs(Box::new(seeing)),
            Err(refused) => refused,
        }
    }

    /// Notes the end of those whose time is over; how many.
    pub async fn end_seeing(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let overdue = self.store.read(move |r| Ok::<_, Refused>(see_as::list_overdue(r, &reader)?)).await?;
        if overdue.is_empty() {
            return Ok(0);
        }
        let pass = pass.clone();
        let note = move |mut w: Writer| {
            let overdue = see_as::list_overdue(&mut w, &pass)?;
            let entries: Vec<Entry> =
                overdue.iter().map(|one| ended(&mut w, one)).collect::<Result<_, _>>()?;
            match entries.len() {
                0 => Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::SeeAsOver, 0)),
                n => w.commit_all(&Actor::system(), entries, n),
            }
        };
        self.store.write(Origin::internal(), note).await
    }
}
