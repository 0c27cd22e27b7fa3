//! Activity: listing it, sealing it, proving it whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::capability::proof::ManageUsers;
use domain::id::{ActivityId, CompanyId, UserId};
use domain::user::UserStatus;
use store::activity::{self, Seal, Sealed, Walk};
use store::company::{self, Company};
use store::pass::{AccountPass, SystemPass};
use store::user;
use store::work::{Origin, Reader, Unrecorded, Writer};

pub use store::activity::{Activity, Broken, Filter, Found, Verified};

use crate::{App, Conflict, Refused};

/// How many entries one unit seals: few enough that it ends before anybody waits.
const AT_ONCE: i64 = 500;

/// What is looked for in an account's activity.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Somebody, by words of their name or by their address; empty for everybody.
    pub search: String,
    /// Somebody, by their id.
    pub person: Option<UserId>,
    /// The rest.
    pub filter: Filter,
}

/// One page of an account's activity, as pages show it.
pub struct Listed {
    /// What was found.
    pub found: Found,
    /// The companies that it tells of, in use or not.
    pub companies: Vec<Company>,
    /// The companies that can be asked for.
    pub choices: Vec<Company>,
    /// The name of whom was asked for by their id.
    pub person: Option<String>,
    /// Whether more people are called so than were looked for.
    pub more_people: bool,
}

/// One page of an account's activity, newest first.
pub fn list_named(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    asked: &Asked,
    before: Option<&ActivityId>,
) -> Result<Listed, Refused> {
    let person = match &asked.person {
        Some(id) => Some(user::find(r, pass, id)?.ok_or(Refused::NotFound)?.names.full()),
        None => None,
    };
    let (filter, more_people) = filter(r, pass, asked)?;
    let found = list(r, pass, &filter, before)?;
    let changes = found.rows.iter().flat_map(|entry| &entry.changes);
    let told = changes.filter(|(field, _, _)| field == "companies");
    let texts = told.flat_map(|(_, before, after)| [before, after]).flatten();
    let ids: BTreeSet<CompanyId> =
        texts.flat_map(|ids| ids.split(' ')).filter_map(|id| id.parse().ok()).collect();
    let companies = company::list_among(r, pass, &ids)?;
    Ok(Listed { found, companies, choices: company::list_choices(r, pass)?, person, more_people })
}

/// One page of an account's activity, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    before: Option<&ActivityId>,
) -> Result<Found, Refused> {
    Ok(activity::list(r, pass, filter, before)?)
}

/// Which entries a file of what is asked for has. A file is kept and sent on, so it is refused where it would silently be of some
/// people alone.
pub fn export(r: &mut Reader, pass: &AccountPass<ManageUsers>, asked: &Asked) -> Result<Filter, Refused> {
    match filter(r, pass, asked)? {
        (_, true) => Err(Refused::Conflict(Conflict::TooManyCalled)),
        (filter, false) => Ok(filter),
    }
}

/// Which entries are asked for, and whether there are more people who are called so than are looked for.
fn filter(r: &mut Reader, pass: &AccountPass<ManageUsers>, asked: &Asked) -> Result<(Filter, bool), Refused> {
    let (people, more_people) = match (&asked.person, asked.search.as_str()) {
        (Some(person), _) => (Some(vec![person.clone()]), false),
        (None, "") => (None, false),
        (None, search) => list_called(r, pass, search).map(|(people, more)| (Some(people), more))?,
    };
    Ok((Filter { people, ..asked.filter.clone() }, more_people))
}

/// The first users of each tab who are called so, and whether a tab has more.
fn list_called(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    search: &str,
) -> Result<(Vec<UserId>, bool), Refused> {
    let (mut people, mut has_more) = (Vec::new(), false);
    for status in [UserStatus::Active, UserStatus::Pending, UserStatus::Suspended, UserStatus::Deleted] {
        let filter = user::Filter {
            status,
            search: search.to_owned(),
            user_type: None,
            company: None,
            sort: user::Sort::Name,
        };
        let page = user::list(r, pass, &filter, &user::Cursor::Start)?;
        people.extend(page.rows.iter().map(|listed| listed.user.id.clone()));
        has_more |= page.has_more;
    }
    Ok((people, has_more))
}

impl App {
    /// Seals whatever is not sealed yet and is as it was written, and tells the log of it; how many entries.
    pub async fn seal_activity(&self, pass: &SystemPass) -> Result<u64, Refused> {
        Ok(self.seal_round(pass).await?.entries)
    }

    /// The same, with how far it has looked.
    pub async fn seal_round(&self, pass: &SystemPass) -> Result<Sealed, Refused> {
        let mut sealed = Sealed::default();
        loop {
            let (after, from, pass) = (sealed.clone(), sealed.clone(), pass.clone());
            if !self.store.read(move |r| activity::has_unsealed(r, &from)).await? {
                return Ok(sealed);
            }
            let seal = move |mut w: Writer| {
                let done = activity::seal(&mut w, &pass, &after, AT_ONCE)?;
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Seal, done))
            };
            // Told behind the commit: a unit that is tried again, or loses to another server, tells nothing.
            let seals;
            (sealed, seals) = self.store.write_later(Origin::internal(), seal).await?;
            seals.iter().for_each(tell);
        }
    }

    /// The hashes of the sealed entries of a chain, by their numbers: a page of them, from this number on.
    pub async fn list_seals(
        &self,
        pass: &SystemPass,
        account: &str,
        from: i64,
    ) -> Result<BTreeMap<i64, String>, Refused> {
        let (pass, account) = (pass.clone(), account.to_owned());
        self.store.read(move |r| Ok(activity::list_hashes(r, &pass, &account, from)?)).await
    }

    /// Walks every chain, and what is not sealed yet; stops at the first fault.
    pub async fn verify_activity(&self, pass: &SystemPass) -> Result<Verified, Refused> {
        let (mut next, mut verified) = (Some(Walk::default()), Verified::default());
        while let Some(walk) = next {
            let (pass, so_far) = (pass.clone(), verified);
            let step = move |r: &mut Reader| {
                let mut found = so_far.clone();
                Ok::<_, Refused>((activity::verify(r, &pass, &walk, &mut found)?, found))
            };
            (next, verified) = self.store.read(step).await?;
        }
        Ok(verified)
    }
}

/// A line of the log for a sealed entry: what is collected elsewhere shows who did what, and that a database was rewritten.
fn tell(seal: &Seal) {
    tracing::info!(
        target: "activity",
        account = seal.account,
        number = seal.number,
        hash = seal.hash,
        entry = seal.id,
        at = %seal.at,
        verb = seal.verb,
        actor_kind = seal.actor_kind,
        actor = seal.actor,
        by_key = seal.by_key,
        subject = seal.subject,
        network = seal.network,
        request = seal.request,
        "sealed"
    );
}
