//! Making a key of one's own: by the present password, and with no more than one has.

use std::collections::BTreeSet;

use domain::access::decide_anywhere;
use domain::activity::{Entry, Verb};
use domain::api_key::{NewKey, Scope, TypedKey};
use domain::capability::proof::AnyUser;
use domain::capability::{Capability, REGISTRY};
use domain::input::{Problem, yes_no};
use domain::time::Timestamp;
use store::company::{self, Company};
use store::login::LoginRecord;
use store::pass::{AccountPass, Acting, HasPlace as _, Place, Proven, SelfPass};
use store::work::{Committed, Reader, Writer};
use store::{api_key, mail};

use super::told;
use crate::{App, Ask, Conflict, Refused, limits, session};

/// What somebody can narrow a key to in an account: what they have there.
pub struct Choices {
    /// The account's name.
    pub account: String,
    /// Its time zone.
    pub zone: String,
    /// What they may do.
    pub capabilities: Vec<Capability>,
    /// Their companies in use, by name.
    pub companies: Vec<Company>,
}

/// What one can narrow a key to in an account.
pub fn choices(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Choices, Refused> {
    let place = pass.place();
    Ok(Choices {
        account: place.account_name.clone(),
        zone: place.time_zone.clone(),
        capabilities: capabilities(place),
        companies: company::list_own(r, pass)?,
    })
}

fn capabilities(place: &Place) -> Vec<Capability> {
    let has = |capability: &Capability| decide_anywhere(&place.grants, *capability, place.in_use).is_ok();
    REGISTRY.iter().map(|line| line.capability).filter(has).collect()
}

impl App {
    /// Makes a key of one's own, by the present password; its name as it is kept, and the key, this once.
    pub async fn create_api_key(
        &self,
        ask: &Ask,
        typed: &TypedKey,
        password: &str,
    ) -> Result<(String, String), Refused> {
        let zone = self.zone_of(ask, typed).await?;
        let new = typed.parse(self.store.now(), &zone)?;
        let checked = self.check_own_password(ask, password).await?;
        let device = ask.device.clone();
        match new.account.clone() {
            Some(account) => {
                let done = move |mut w: Writer, pass: &Proven<AccountPass<AnyUser>>| {
                    check_has(&mut w, pass, &new)?;
                    make(w, pass, &checked, &new, &device)
                };
                self.write(ask, account, done).await.map(|(_, made)| made)
            }
            None => {
                let done = move |w: Writer, pass: &Proven<SelfPass>| make(w, pass, &checked, &new, &device);
                self.write(ask, (), done).await.map(|(_, made)| made)
            }
        }
    }

    /// Where the days of a key end: in the time zone of its account. Whoever is not in that is told no more than that.
    async fn zone_of(&self, ask: &Ask, typed: &TypedKey) -> Result<String, Refused> {
        let none = || Refused::field("account", Problem::NotAChoice);
        if typed.account.is_empty() {
            return Ok("UTC".to_owned());
        }
        let account = typed.account.parse().map_err(|_| none())?;
        match self.read::<AccountPass<AnyUser>, ()>(ask, account, |_, _| Ok(())).await {
            Ok((pass, ())) => Ok(pass.place().time_zone.clone()),
            Err(Refused::NotFound | Refused::Forbidden { .. }) => Err(none()),
            Err(refused) => Err(refused),
        }
    }
}

/// Refuses what one has not at this moment: a key is no claim to what comes later.
fn check_has(r: &mut Reader, pass: &AccountPass<AnyUser>, new: &NewKey) -> Result<(), Refused> {
    let has: BTreeSet<Capability> = capabilities(pass.place()).into_iter().collect();
    if new.scope.capabilities.as_ref().is_some_and(|wanted| !wanted.is_subset(&has)) {
        return Err(Refused::field("capability", Problem::NotAChoice));
    }
    if new.companies.is_empty() {
        return Ok(());
    }
    let own: BTreeSet<_> = company::list_own(r, pass)?.into_iter().map(|company| company.id).collect();
    if new.companies.is_subset(&own) { Ok(()) } else { Err(Refused::field("company", Problem::NotAChoice)) }
}

fn make(
    mut w: Writer,
    pass: &impl Acting,
    owner: &LoginRecord,
    new: &NewKey,
    device: &str,
) -> Result<Committed<(String, String)>, Refused> {
    session::check_unchanged(&mut w, owner)?;
    limits::count(&mut w, &format!("API keys of {}", owner.id), limits::API_KEY)?;
    // A page that is loaded again sends its form again: nobody shall have two keys unawares.
    let keys = api_key::list(&mut w, pass, &owner.id)?;
    if keys.iter().any(|key| key.name == new.name) {
        return Err(Refused::field("name", Problem::NameTaken));
    }
    // As many as their owner sees on one page: none is out of sight.
    if keys.len() >= api_key::MOST {
        return Err(Refused::Conflict(Conflict::FullForOne));
    }
    let (id, token) = api_key::insert(&mut w, pass, &owner.id, new, device)?;
    mail::insert(&mut w, &told(&id, &owner.email))?;
    let entry = match &new.account {
        Some(account) => Entry::of(account, Verb::ApiKeyCreated, &id, &new.name),
        None => Entry::of_login(Verb::ApiKeyCreated, &id, &new.name),
    };
    let companies = new.companies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let companies = Some(companies.as_str()).filter(|companies| !companies.is_empty());
    let entry = scope_changes(entry, &new.scope, new.expires_at, true).change("companies", None, companies);
    w.commit(&pass.actor(), entry, (new.name.clone(), token))
}

/// What a key was narrowed to, as far as it was: when it is made, and when it ends.
pub(super) fn scope_changes(entry: Entry, scope: &Scope, expires_at: Option<Timestamp>, made: bool) -> Entry {
    let fields = [
        ("capabilities", scope.words()),
        ("reads_only", scope.reads_only.then(|| yes_no(true).to_owned())),
        ("expires_at", expires_at.map(|at| at.to_string())),
    ];
    fields.iter().fold(entry, |entry, (field, value)| match made {
        true => entry.change(field, None, value.as_deref()),
        false => entry.change(field, value.as_deref(), None),
    })
}
