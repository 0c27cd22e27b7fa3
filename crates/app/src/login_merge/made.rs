//! Making two logins one, and undoing it (C-01). What either does is planned once, for its page and for what is done.

use domain::activity::{Entry, Verb};
use domain::email::{EmailAddress, canonical};
use domain::id::{LoginId, LoginMergeId};
use domain::login_merge::{Around, Keep, Made, Obstacle, Place, Plan, Side, Undo, plan, plan_undo};
use domain::login_merge::{readdressed, undone};
use domain::mail::MailKind;
use domain::time::Timestamp;
use store::db::DbError;
use store::login_merge::{self, LoginMerge};
use store::pass::{Acting, Proven, SelfPass};
use store::work::{Reader, Writer};
use store::{access_request, api_key, executive_administrator, login, mail, second_factor, secret, user};

use crate::reset::login_mail;
use crate::session::{self, Started};
use crate::{App, Ask, Conflict, Refused};

/// A merge that can be undone.
#[derive(Clone, Debug)]
pub struct MergedLogin {
    /// Its id.
    pub id: LoginMergeId,
    /// The address that signs in nobody since.
    pub gone: String,
    /// Until when it can be undone.
    pub until: Timestamp,
}

/// A merge as it would be made now.
pub struct Preview {
    /// The login that remains.
    pub own: Side,
    /// The one that is merged.
    pub other: Side,
    /// Until when its proof holds.
    pub until: Timestamp,
    /// What it does, or what stands in its way.
    pub plan: Result<Plan, Obstacle>,
    merge: LoginMerge,
}

/// Undoing a merge, as it would be done now.
pub struct UndoPreview {
    /// The address that was merged.
    pub email: String,
    /// What it does, or what stands in its way.
    pub plan: Result<Undo, Obstacle>,
    own: Side,
    made: Made,
}

impl Preview {
    /// Stands for what the page shows, so that nothing else is done.
    pub fn seen(&self) -> String {
        secret::hash(&format!("{:?}", self.plan))
    }
}

impl UndoPreview {
    /// Stands for what the page shows, so that nothing else is done.
    pub fn seen(&self) -> String {
        secret::hash(&format!("{:?}", self.plan))
    }
}

/// What the merge that is proven would do; not found if none is.
pub fn preview(r: &mut Reader, pass: &SelfPass, keep: Keep) -> Result<Preview, Refused> {
    let merge = super::waiting(r, pass)?.ok_or(Refused::NotFound)?;
    let proven = merge.other.clone().ok_or(Refused::NotFound)?;
    let own = side(r, pass, &pass.person().login)?;
    let other = side(r, pass, &proven)?;
    // What was proven was this login with this address.
    if !other.email.eq_ignore_ascii_case(&merge.email) {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let email = if keep == Keep::Own { &own.email } else { &other.email };
    let mut around = Around {
        under_way: login_merge::is_under_way(r, pass, &other.login)?,
        runs: executive_administrator::list_centers(r, pass, &other.login)?,
        unproven: !login::get(r, &other.login)?.is_proven,
        guarded: second_factor::is_on(r, &other.login)?,
        ..Around::default()
    };
    for place in readdressed(&own, &other, keep) {
        note_taken(r, pass, &mut around, &place, email)?;
    }
    let plan = plan(&own, &other, keep, &around);
    Ok(Preview { own, other, until: merge.expires_at, plan, merge })
}

/// What undoing a merge of one's own would do; not found if there is none any more.
pub fn preview_undo(r: &mut Reader, pass: &SelfPass, id: &LoginMergeId) -> Result<UndoPreview, Refused> {
    let made = login_merge::find_made(r, pass, id)?.ok_or(Refused::NotFound)?;
    let own = side(r, pass, &pass.person().login)?;
    let wanted = undone(&own, &made);
    let mut around = Around::default();
    for email in [&wanted.own_email, &wanted.other_email] {
        let found = login::find_by_email(r, &address(email)?)?;
        if found.is_some_and(|login| login.id != own.login) {
            around.other_logins.insert(canonical(email));
        }
    }
    for (place, email) in &wanted.readdressed {
        note_taken(r, pass, &mut around, place, email)?;
    }
    let plan = plan_undo(&own, &made, &around);
    Ok(UndoPreview { email: made.email.clone(), plan, own, made })
}

/// The merges that can be undone, newest first.
pub fn list_made(r: &mut Reader, pass: &SelfPass) -> Result<Vec<MergedLogin>, Refused> {
    let present = &pass.person().email;
    let row = |(id, [email, own_email], until): (_, [String; 2], _)| {
        let gone = if present.eq_ignore_ascii_case(&email) { own_email } else { email };
        MergedLogin { id, gone, until }
    };
    Ok(login_merge::list_made(r, pass)?.into_iter().map(row).collect())
}

impl App {
    /// Merges the proven login into the one that is signed in, by its password and as `seen`. Every other session of both ends;
    /// the one that is asked with goes on under a new token.
    pub async fn merge_logins(
        &self,
        ask: &Ask,
        keep: Keep,
        password: &str,
        seen: String,
    ) -> Result<Started, Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            let preview = preview(&mut w, pass, keep)?;
            let plan = as_seen(&preview.plan, &preview.seen(), &seen)?;
            let mut entries = merge(&mut w, pass, &preview, plan)?;
            let (renewed, started) = session::renew(&mut w, &pass.here(), &asked)?;
            entries.push(started);
            w.commit_all(&pass.actor(), entries, renewed)
        };
        self.write(ask, (), done).await.map(|(_, renewed)| renewed)
    }

    /// Undoes a merge of one's own, by the password and as `seen`; sessions end as by merging.
    pub async fn undo_login_merge(
        &self,
        ask: &Ask,
        id: LoginMergeId,
        password: &str,
        seen: String,
    ) -> Result<Started, Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let asked = ask.clone();
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            let preview = preview_undo(&mut w, pass, &id)?;
            let plan = as_seen(&preview.plan, &preview.seen(), &seen)?;
            let mut entries = undo(&mut w, pass, &id, &preview, plan)?;
            let (renewed, started) = session::renew(&mut w, &pass.here(), &asked)?;
            entries.push(started);
            w.commit_all(&pass.actor(), entries, renewed)
        };
        self.write(ask, (), done).await.map(|(_, renewed)| renewed)
    }
}

/// The plan, if nothing stands in its way and it is the one that was seen.
fn as_seen<'a, T>(plan: &'a Result<T, Obstacle>, is: &str, seen: &str) -> Result<&'a T, Refused> {
    match plan {
        Err(_) => Err(Refused::Conflict(Conflict::MergeStopped)),
        Ok(_) if is != seen => Err(Refused::Conflict(Conflict::Changed)),
        Ok(plan) => Ok(plan),
    }
}

/// Does what the plan says; the entries it is recorded with.
fn merge(w: &mut Writer, pass: &SelfPass, preview: &Preview, plan: &Plan) -> Result<Vec<Entry>, Refused> {
    let changed = || Refused::Conflict(Conflict::Changed);
    let (own, other) = (&preview.own, &preview.other);
    let email = address(&plan.email)?;
    if !login_merge::update_made(w, &preview.merge, &own.email)?
        || !login::update_merged(w, pass, &other.login, &address(&other.email)?)?
    {
        return Err(changed());
    }
    login::update_merged_email(w, pass, &own.login, &email)?;
    for place in &plan.moves {
        give(w, pass, place, &other.login, &own.login)?;
        login_merge::insert_moved(w, &preview.merge.id, place)?;
    }
    for place in &plan.readdressed {
        user::update_merged_email(w, pass, place, &email)?;
    }
    let keys = api_key::remove_all(w, &other.login)?;
    access_request::remove_all(w, pass, &other.login)?;
    session::cut_off(w, &other.login)?;
    session::cut_off(w, &own.login)?;
    for to in [&plan.email, &plan.gone] {
        mail::insert(w, &login_mail(MailKind::LoginMerged, own.login.as_str(), to))?;
    }
    let name = pass.person().name();
    let made = Entry::of_login(Verb::LoginMerged, &own.login, &name)
        .change("merged_login", None, Some(other.login.as_str()))
        .change("email", Some(&own.email), Some(&plan.email));
    let ended = keys.iter().map(|(id, name)| Entry::of_login(Verb::ApiKeyEnded, id, name));
    let mut entries: Vec<Entry> = std::iter::once(made).chain(ended).collect();
    let to = |place: &Place| plan.readdressed.contains(place).then_some(plan.email.as_str());
    entries.extend(told(&plan.moves, Verb::UserMerged, to));
    // Users of the login that remains, whose address changes; those who moved are told of.
    let others = plan.readdressed.iter().filter(|place| !plan.moves.contains(place)).cloned();
    entries.extend(told(&others.collect::<Vec<_>>(), Verb::UserChanged, to));
    Ok(entries)
}

fn undo(
    w: &mut Writer,
    pass: &SelfPass,
    id: &LoginMergeId,
    preview: &UndoPreview,
    plan: &Undo,
) -> Result<Vec<Entry>, Refused> {
    let (own, made) = (&preview.own, &preview.made);
    if !login_merge::remove_made(w, pass, id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    // First the address that the other login may get.
    login::update_merged_email(w, pass, &own.login, &address(&plan.own_email)?)?;
    login::update_merged_email(w, pass, &made.other, &address(&plan.other_email)?)?;
    for place in &plan.returns {
        give(w, pass, place, &own.login, &made.other)?;
    }
    for (place, email) in &plan.readdressed {
        user::update_merged_email(w, pass, place, &address(email)?)?;
    }
    session::cut_off(w, &own.login)?;
    for to in [&plan.own_email, &plan.other_email] {
        mail::insert(w, &login_mail(MailKind::LoginMergeUndone, own.login.as_str(), to))?;
    }
    let entry = Entry::of_login(Verb::LoginMergeUndone, &own.login, &pass.person().name())
        .change("merged_login", Some(made.other.as_str()), None)
        .change("email", Some(&own.email), Some(&plan.own_email));
    let to = |place: &Place| {
        let found = plan.readdressed.iter().find(|(readdressed, _)| readdressed == place);
        found.map(|(_, email)| email.as_str())
    };
    let mut entries = vec![entry];
    entries.extend(told(&plan.returns, Verb::UserUnmerged, to));
    let kept: Vec<Place> = plan.stays.iter().filter(|place| to(place).is_some()).cloned().collect();
    entries.extend(told(&kept, Verb::UserChanged, to));
    Ok(entries)
}

fn give(w: &mut Writer, pass: &SelfPass, place: &Place, from: &LoginId, to: &LoginId) -> Result<(), Refused> {
    let is_given = login_merge::update_login(w, pass, place, from, to)?;
    if is_given { Ok(()) } else { Err(Refused::Conflict(Conflict::Changed)) }
}

/// An entry for each account, but for those that have deleted the user: they learn nothing more of them.
fn told<'a>(places: &[Place], verb: Verb, to: impl Fn(&Place) -> Option<&'a str>) -> Vec<Entry> {
    let entry = |place: &Place| {
        let now = to(place).unwrap_or(&place.email);
        Entry::of(&place.account, verb, &place.user, &place.names.full()).change(
            "email",
            Some(&place.email),
            Some(now),
        )
    };
    places.iter().filter(|place| place.is_there()).map(entry).collect()
}

fn side(r: &mut Reader, pass: &SelfPass, login: &LoginId) -> Result<Side, Refused> {
    let email = login::get(r, login)?.email;
    let keys = api_key::list(r, pass, login)?.into_iter().map(|key| key.name).collect();
    Ok(Side { login: login.clone(), email, places: login_merge::list_places(r, pass, login)?, keys })
}

fn note_taken(
    r: &mut Reader,
    pass: &SelfPass,
    around: &mut Around,
    place: &Place,
    email: &str,
) -> Result<(), Refused> {
    if login_merge::is_taken(r, pass, place, &address(email)?)? {
        around.taken.insert(place.account.clone());
    }
    Ok(())
}

/// An address that is stored.
fn address(stored: &str) -> Result<EmailAddress, Refused> {
    EmailAddress::parse(stored).map_err(|_| Refused::Failed(DbError::Shape("login.email".to_owned())))
}
