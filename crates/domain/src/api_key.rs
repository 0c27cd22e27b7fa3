//! API keys: what a key may do of what its owner may, and until when.
//!
//! A key never does more than its owner may at that moment. What it is narrowed to is a part of [`crate::access::Grants`], so that
//! every decision asks for it.

use std::collections::BTreeSet;

use crate::capability::{Capability, Mark, REGISTRY, mark};
use crate::id::{AccountId, CompanyId};
use crate::input::{Checker, FieldError, Problem};
use crate::name;
use crate::time::{Span, Timestamp};
use crate::user::UserType;

/// The most companies that a key names. Whoever wants more chooses all.
pub const MOST_COMPANIES: usize = 100;

/// What a key is narrowed to. Whoever comes themselves, or by a key that is not narrowed, is [`Scope::whole`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Whether it changes nothing.
    pub reads_only: bool,
    /// The capabilities it has of its owner's; `None` for all, also those that come later.
    pub capabilities: Option<BTreeSet<Capability>>,
    /// Whether it names the companies it is for. Which ones, the decision knows as the user's companies.
    pub in_companies: bool,
}

impl Scope {
    /// That of whoever is not narrowed.
    pub fn whole() -> Scope {
        Scope::default()
    }

    /// Whether a capability is left.
    pub fn has(&self, capability: Capability) -> bool {
        self.capabilities.as_ref().is_none_or(|some| some.contains(&capability))
    }

    /// Whether something of its owner's is left out, whatever it changes.
    pub fn is_narrow(&self) -> bool {
        self.capabilities.is_some() || self.in_companies
    }

    /// Whether all that a user of this type may do is left: nobody gives by a key what the key has not (U-13).
    pub fn covers(&self, user_type: UserType, agent: bool) -> bool {
        let given = |capability| mark(user_type, agent, capability) != Mark::No;
        REGISTRY.iter().filter(|line| line.is_access).all(|line| {
            let capability = line.capability;
            !given(capability) || self.has(capability)
        })
    }

    /// The capabilities as they are kept: their keys, apart by commas.
    pub fn words(&self) -> Option<String> {
        let some = self.capabilities.as_ref()?;
        Some(some.iter().map(|capability| capability.line().key).collect::<Vec<_>>().join(","))
    }
}

/// Reads kept capabilities. One that is not known any more opens nothing.
pub fn capabilities_of(words: &str) -> BTreeSet<Capability> {
    words.split(',').filter_map(Capability::of_key).collect()
}

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it is narrowed to.
    pub scope: Scope,
    /// The one account it is for; `None` for all of its owner's, also later ones.
    pub account: Option<AccountId>,
    /// The companies it is for, where it names them.
    pub companies: BTreeSet<CompanyId>,
    /// From when on it opens nothing; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A key as it was asked for.
#[derive(Clone, Debug, Default)]
pub struct TypedKey {
    /// What it is for.
    pub name: String,
    /// The one account it is for; empty for all.
    pub account: String,
    /// `all` companies, or `some`.
    pub which: String,
    /// The ids of some.
    pub companies: Vec<String>,
    /// `all` that its owner may do, or `some`.
    pub may: String,
    /// The keys of some.
    pub capabilities: Vec<String>,
    /// Whether it changes nothing.
    pub reads_only: bool,
    /// How many days it lives, `day` or `never`.
    pub ends: String,
    /// Its last day, where that is what was chosen.
    pub ends_on: String,
}

/// How many days keys live that are chosen so.
pub const DAYS: [i64; 4] = [7, 30, 90, 365];

/// How many days a key lives where nobody thinks about it.
pub const DEFAULT_DAYS: i64 = 90;

impl TypedKey {
    /// Reads everything, every field's error at once. Days end as they do in `zone`.
    pub fn parse(&self, now: Timestamp, zone: &str) -> Result<NewKey, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(&self.name));
        let account = check.take("account", self.account());
        let companies = check.take("company", self.companies());
        let capabilities = check.take("capability", self.capabilities());
        let (field, expires_at) = self.expires_at(now, zone);
        let expires_at = check.take(field, expires_at);
        let key = (|| {
            let (account, companies, capabilities) = (account?, companies?, capabilities?);
            let in_companies = companies.is_some();
            let scope = Scope { reads_only: self.reads_only, capabilities, in_companies };
            let companies = companies.unwrap_or_default();
            Some(NewKey { name: name?, scope, account, companies, expires_at: expires_at? })
        })();
        // Companies and capabilities are those that somebody has in one account.
        if key.as_ref().is_some_and(|key: &NewKey| key.account.is_none() && key.scope.is_narrow()) {
            check.take::<()>("account", Err(Problem::NotAChoice));
        }
        check.finish(key)
    }

    fn account(&self) -> Result<Option<AccountId>, Problem> {
        if self.account.is_empty() {
            return Ok(None);
        }
        self.account.parse().map(Some).map_err(|_| Problem::NotAChoice)
    }

    fn companies(&self) -> Result<Option<BTreeSet<CompanyId>>, Problem> {
        let ids = || self.companies.iter().map(|id| id.parse().map_err(|_| Problem::NotAChoice));
        match self.which.as_str() {
            // What is ticked beside "all" may have been meant: whoever sent it has not seen what they get.
            "all" | "" if self.companies.is_empty() => Ok(None),
            "some" if self.companies.is_empty() => Err(Problem::Missing),
            "some" if self.companies.len() > MOST_COMPANIES => Err(Problem::TooMany { max: MOST_COMPANIES }),
            "some" => ids().collect::<Result<_, _>>().map(Some),
            _ => Err(Problem::NotAChoice),
        }
    }

    fn capabilities(&self) -> Result<Option<BTreeSet<Capability>>, Problem> {
        let keys = || self.capabilities.iter().map(|key| Capability::of_key(key).ok_or(Problem::NotAChoice));
        match self.may.as_str() {
            "all" | "" if self.capabilities.is_empty() => Ok(None),
            "some" if self.capabilities.is_empty() => Err(Problem::Missing),
            "some" => keys().collect::<Result<_, _>>().map(Some),
            _ => Err(Problem::NotAChoice),
        }
    }

    fn expires_at(&self, now: Timestamp, zone: &str) -> (&'static str, Result<Option<Timestamp>, Problem>) {
        let day = || match Timestamp::end_of_day(&self.ends_on, zone) {
            _ if self.ends_on.is_empty() => Err(Problem::Missing),
            None => Err(Problem::NotADay),
            Some(end) if end <= now => Err(Problem::DayPassed),
            Some(end) => Ok(Some(end)),
        };
        match self.ends.as_str() {
            "never" => ("ends", Ok(None)),
            "day" => ("ends_on", day()),
            other => {
                let days = DAYS.into_iter().find(|days| days.to_string() == other);
                ("ends", days.map(|days| Some(now + Span::days(days))).ok_or(Problem::NotAChoice))
            }
        }
    }
}

/// Whether a key that ends at a moment opens something still.
pub fn goes_on(expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    expires_at.is_none_or(|end| end > now)
}

#[cfg(test)]
mod tests;
