//! An account's provider: connecting and disconnecting it, and saying who must come by it.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, SingleSignOnId, UserId};
use domain::input::{Problem, yes_no};
use domain::single_sign_on::NewProvider;
use domain::user::UserType;
use store::pass::{AccountPass, Acting, Proven};
use store::single_sign_on::{self, Keeper, Provider};
use store::work::{Committed, Reader, Unrecorded, Writer};

use super::provider::{self, Amiss, Description};
use super::sealed;
use crate::directory::check_may_give;
use crate::way::Fault;
use crate::{App, Ask, Conflict, Refused, limits, see_as};

/// What an account's settings show of single sign-on.
pub struct Settings {
    /// The provider, once there is one.
    pub provider: Option<Provider>,
    /// How many people it knows.
    pub known: i64,
    /// Whether the account's people must come by it.
    pub required: bool,
    /// The administrators who may go on with a password, and those who could.
    pub keepers: Vec<Keeper>,
}

/// The account's provider, and who must come by it.
pub fn settings(r: &mut Reader, pass: &Proven<AccountPass<ManageUsers>>) -> Result<Settings, Refused> {
    Ok(Settings {
        provider: single_sign_on::find(r, pass.account())?,
        known: single_sign_on::count_identities(r, pass)?,
        required: single_sign_on::is_required(r, pass)?,
        keepers: single_sign_on::list_keepers(r, pass)?,
    })
}

/// Takes the provider away. Sessions by it end with it, and nobody must come by it any more.
pub fn end(mut w: Writer, pass: &Proven<AccountPass<ManageUsers>>) -> Result<Committed<()>, Refused> {
    check_may_give(pass, UserType::Administrator)?;
    let before = single_sign_on::find(&mut w, pass.account())?.ok_or(Refused::Conflict(Conflict::Changed))?;
    single_sign_on::remove(&mut w, pass, &before)?;
    let entry = Entry::of(pass.account(), Verb::SingleSignOnEnded, &before.id, &before.issuer);
    w.commit(&pass.actor(), entry, ())
}

/// Says whether the account's people must come by the provider, and which administrators may go on with a password. One of
/// those must stay whose access does not end by itself: else a provider that is gone would shut the account for good.
pub fn require(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    required: bool,
    keep: &[UserId],
) -> Result<Committed<()>, Refused> {
    check_may_give(pass, UserType::Administrator)?;
    let provider = single_sign_on::find(&mut w, pass.account())?;
    let provider = provider.ok_or(Refused::Conflict(Conflict::Changed))?;
    let was_required = single_sign_on::is_required(&mut w, pass)?;
    let keepers = single_sign_on::list_keepers(&mut w, pass)?;
    if keep.iter().any(|id| keepers.iter().all(|keeper| keeper.id != *id)) {
        return Err(Refused::field("keeper", Problem::NotAChoice));
    }
    let keep = if required { keep } else { &[] };
    if !single_sign_on::update_required(&mut w, pass, required, keep)? {
        return Err(Refused::field("keeper", Problem::Missing));
    }
    // Whoever sees the account as somebody else may have come by a password.
    let mut entries = if required { see_as::end_all(&mut w, pass)? } else { Vec::new() };
    let (before, after) = (
        names(&keepers, |keeper| was_required && keeper.keeps),
        names(&keepers, |keeper| keep.contains(&keeper.id)),
    );
    let entry = Entry::of(pass.account(), Verb::SingleSignOnRequired, &provider.id, &provider.issuer)
        .change("single_sign_on_required", Some(yes_no(was_required)), Some(yes_no(required)))
        .change("keep_password", before.as_deref(), after.as_deref());
    entries.push(entry);
    w.commit_all(&pass.actor(), entries, ())
}

fn names(keepers: &[Keeper], is: impl Fn(&&Keeper) -> bool) -> Option<String> {
    let names: Vec<&str> = keepers.iter().filter(is).map(|keeper| keeper.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

impl App {
    /// Connects an account to its provider, once that has said how it is used. Another issuer or client id is another provider.
    pub async fn connect_provider(
        &self,
        ask: &Ask,
        account: AccountId,
        typed: (&str, &str, &str),
    ) -> Result<(), Refused> {
        let count = |mut w: Writer, pass: &Proven<AccountPass<ManageUsers>>| {
            let counted =
                limits::count(&mut w, &format!("providers of {}", pass.account()), limits::PROVIDER);
            let before = single_sign_on::find(&mut w, pass.account())?;
            Ok(w.commit_unrecorded(Unrecorded::Attempt, counted.map(|()| before)))
        };
        let (_, before) = self.write(ask, account.clone(), count).await?;
        let before = before?;
        let new = NewProvider::parse(typed, self.providers.allowed(), before.is_some())?;
        let same = before.filter(|before| before.issuer == new.issuer && before.client_id == new.client_id);
        if new.secret.is_none() && same.is_none() {
            return Err(Refused::field("client_secret", Problem::Missing));
        }
        let found = provider::describe(&self.providers, &new.issuer, &self.settings.base_url).await;
        let found = found.map_err(|fault| {
            tracing::info!(%account, ?fault, "a provider could not be connected");
            let problem = match fault {
                Amiss::NotListed(_) => Problem::HostNotListed,
                Amiss::Silent(Fault::Weak) => Problem::ProviderTooWeak,
                _ => Problem::NoProvider,
            };
            Refused::field("issuer", problem)
        })?;
        if self.settings.strong_keys && !found.can_be_strong {
            return Err(Refused::field("issuer", Problem::ProviderTooWeak));
        }
        let salt = self.store.random_bytes();
        let connect = move |w: Writer, pass: &Proven<AccountPass<ManageUsers>>| {
            keep(w, pass, (&new, &found), same.as_ref(), &salt)
        };
        self.write(ask, account, connect).await.map(|_| ())
    }
}

/// Keeps a provider that has said how it is used. `same` is the one it is, where it is one that was there.
fn keep(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    (new, found): (&NewProvider, &Description),
    same: Option<&Provider>,
    salt: &[u8; 32],
) -> Result<Committed<()>, Refused> {
    // Who decides that is everybody there, for good: nobody whose own access ends (U-21).
    check_may_give(pass, UserType::Administrator)?;
    let present = single_sign_on::find(&mut w, pass.account())?;
    if same.is_some_and(|same| present.as_ref().is_none_or(|present| present.id != same.id)) {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let id = same.map_or_else(|| w.new_id::<SingleSignOnId>(), |same| same.id.clone());
    let secret = match (&new.secret, same) {
        (Some(secret), _) => sealed::seal(w.key(), (pass.account(), &id), salt, secret),
        (None, Some(same)) => same.secret.clone(),
        (None, None) => return Err(Refused::field("client_secret", Problem::Missing)),
    };
    let Description { authorize_url, token_url, keys_url, names_itself, by_header, .. } = found.clone();
    let provider = Provider {
        id,
        issuer: new.issuer.clone(),
        client_id: new.client_id.clone(),
        secret,
        authorize_url,
        token_url,
        keys_url,
        names_itself,
        by_header,
        created_at: w.now,
    };
    let before = present.as_ref();
    single_sign_on::upsert(&mut w, pass, before, &provider)?;
    let entry = Entry::of(pass.account(), Verb::SingleSignOnConnected, &provider.id, &provider.issuer)
        .change("issuer", before.map(|one| one.issuer.as_str()), Some(&provider.issuer))
        .change("client_id", before.map(|one| one.client_id.as_str()), Some(&provider.client_id));
    w.commit(&pass.actor(), entry, ())
}
