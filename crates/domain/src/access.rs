//! The access decision: one pure function over what is known of a user and what is asked (P-15 to P-18).

use std::collections::BTreeSet;

use crate::account_center::Standing;
use crate::api_key::Scope;
use crate::capability::{Capability, Mark, includes, mark};
use crate::id::CompanyId;
use crate::time::Timestamp;
use crate::user::{UserStatus, UserType};

/// What is known of a user when a decision is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grants {
    /// The user's type.
    pub user_type: UserType,
    /// Whether the user carries the agent flag.
    pub agent: bool,
    /// Only active users may do anything.
    pub status: UserStatus,
    /// The companies the user has.
    pub companies: Companies,
    /// Whether the account shows its own brand (P-14).
    pub white_label: bool,
    /// When the user's access ends by itself; what they give lasts no longer (U-21).
    pub ends_at: Option<Timestamp>,
    /// What the key is narrowed to that they ask by.
    pub scope: Scope,
}

impl Grants {
    /// Those of an active user of this type, before a company is given to them.
    pub fn of_type(user_type: UserType, agent: bool) -> Grants {
        let all = user_type.has_all_companies();
        let companies = if all { Companies::All } else { Companies::Only(BTreeSet::new()) };
        Grants {
            user_type,
            agent,
            status: UserStatus::Active,
            companies,
            white_label: false,
            ends_at: None,
            scope: Scope::whole(),
        }
    }

    /// The same with these companies; who has all keeps them.
    pub fn having(&self, companies: &[CompanyUse]) -> Grants {
        match self.companies {
            Companies::All => self.clone(),
            Companies::Only(_) => {
                let ids = companies.iter().map(|company| company.id.clone()).collect();
                Grants { companies: Companies::Only(ids), ..self.clone() }
            }
        }
    }
}

/// Which companies a user has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Companies {
    /// All, present and future: administrators.
    All,
    /// These.
    Only(BTreeSet<CompanyId>),
}

/// What those of somebody's companies that are in use are used for. Ordered: what holds with one holds with the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InUse {
    /// None of them is in use.
    None,
    /// Some are in use, and none of those uses Lead Center.
    NoLeadCenter,
    /// One that is in use uses Lead Center.
    LeadCenter,
    /// All companies, present and future: administrators.
    All,
}

impl InUse {
    /// That of somebody with these grants, where these are companies of the account.
    pub fn of(grants: &Grants, companies: &[CompanyUse]) -> InUse {
        let Companies::Only(own) = &grants.companies else { return InUse::All };
        let in_use = companies.iter().filter(|company| own.contains(&company.id) && !company.disabled);
        let used = |company: &CompanyUse| match company.lead_center {
            true => InUse::LeadCenter,
            false => InUse::NoLeadCenter,
        };
        in_use.map(used).max().unwrap_or(InUse::None)
    }
}

/// What the capability is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The account, or whatever of it lies within the user's companies.
    Account,
    /// One company.
    Company(CompanyId),
    /// Another user, or one to be made.
    User {
        /// That user's type.
        user_type: UserType,
        /// That user's agent flag.
        agent: bool,
    },
    /// An integration of a company.
    Integration {
        /// Its company.
        company: CompanyId,
        /// Whether its pages or messages name the product.
        names_product: bool,
    },
}

/// Why something is not allowed. Ordered: the first reason that applies is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user is invited but has not accepted, suspended or deleted.
    NotActive(UserStatus),
    /// The account requires its people to sign in by its provider, and they have not.
    NeedsProvider,
    /// The user's type does not have the capability.
    Lacks(Capability),
    /// The user has the capability, but not for this company.
    OutsideCompanies,
    /// The company is disabled, or all that the user has are.
    CompanyDisabled,
    /// The capability holds in Lead Center, which the company, or none that the user has, uses.
    NoLeadCenter,
    /// The other user has, or would get, more access than this one (U-13).
    GreaterAccess,
    /// The other user would keep what this one gives when this one's own access has ended (U-13, U-21).
    OutlastsOwn,
    /// The key that was given is narrowed, and this lies outside.
    OutsideKey(Outside),
    /// On an account with its own brand this integration is for administrators (P-14).
    NamesProduct,
    /// In the account center it takes at least this (C-12).
    Center(Standing),
    /// A second factor is asked for here, and the person has none.
    NoSecondFactor,
}

/// In which way something lies outside of what a key is narrowed to: each is mended in another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The key names companies, and this concerns the account as a whole, as users and settings do.
    Companies,
    /// The key has not this capability.
    Right(Capability),
    /// The key has it, and not all that the user has or would get.
    Giving,
    /// The key only reads.
    Reading,
    /// It is for keys that are not narrowed at all.
    Whole,
}

impl Refusal {
    /// Its key for programs.
    pub fn key(self) -> &'static str {
        match self {
            Refusal::NotActive(_) => "not_active",
            Refusal::NeedsProvider => "needs_single_sign_on",
            Refusal::Lacks(_) => "lacks_capability",
            Refusal::OutsideCompanies => "outside_companies",
            Refusal::CompanyDisabled => "company_disabled",
            Refusal::NoLeadCenter => "no_lead_center",
            Refusal::GreaterAccess => "greater_access",
            Refusal::OutlastsOwn => "outlasts_own",
            Refusal::NamesProduct => "names_product",
            Refusal::NoSecondFactor => "no_second_factor",
            Refusal::OutsideKey(_) => "outside_key",
            Refusal::Center(Standing::Executive) => "not_executive",
            Refusal::Center(_) => "not_in_all_accounts",
        }
    }
}

/// What is known of a company when it is asked what somebody may do there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyUse {
    /// Which one.
    pub id: CompanyId,
    /// Disabled ones count as none (G-01).
    pub disabled: bool,
    /// Whether its leads are worked in Lead Center.
    pub lead_center: bool,
}

/// Decides for what is done in a company, by what the company is used for beside what the user has (P-15).
pub fn decide_in(grants: &Grants, capability: Capability, company: &CompanyUse) -> Result<Mark, Refusal> {
    let mark = decide(grants, capability, &Target::Company(company.id.clone()))?;
    let is_lead_center = is_lead_center(capability, mark);
    in_use(grants, company)?;
    // There is no Lead Center in disabled ones for anybody.
    if is_lead_center && company.disabled {
        return Err(Refusal::CompanyDisabled);
    }
    if is_lead_center && !company.lead_center { Err(Refusal::NoLeadCenter) } else { Ok(mark) }
}

/// Decides whether somebody may come in, whatever for: active users, and into a company those who have it, as long as it
/// is in use. By a key that is narrowed only where `any_key` says that what is there is narrowed as well.
pub fn decide_entry(grants: &Grants, company: Option<&CompanyUse>, any_key: bool) -> Result<(), Refusal> {
    if grants.status != UserStatus::Active {
        return Err(Refusal::NotActive(grants.status));
    }
    if grants.scope.is_narrow() && !any_key {
        let how = if grants.scope.in_companies { Outside::Companies } else { Outside::Whole };
        return Err(Refusal::OutsideKey(how));
    }
    let Some(company) = company else { return Ok(()) };
    within(&grants.companies, &company.id)?;
    in_use(grants, company)
}

/// Decides whether somebody may change anything at all: not by a key that only reads.
pub fn decide_writing(grants: &Grants) -> Result<(), Refusal> {
    if grants.scope.reads_only { Err(Refusal::OutsideKey(Outside::Reading)) } else { Ok(()) }
}

/// Who has all companies reaches disabled ones too, to enable them.
fn in_use(grants: &Grants, company: &CompanyUse) -> Result<(), Refusal> {
    let is_open = !company.disabled || grants.companies == Companies::All;
    if is_open { Ok(()) } else { Err(Refusal::CompanyDisabled) }
}

/// Decides for wherever the user has access, which is in companies used so. What holds in none of them holds nowhere.
pub fn decide_anywhere(grants: &Grants, capability: Capability, in_use: InUse) -> Result<Mark, Refusal> {
    where_used(capability, decide(grants, capability, &Target::Account)?, in_use)
}

/// What is left of a mark in companies that are used so: what somebody has, and what pages say that they gain or lose.
pub fn where_used(capability: Capability, mark: Mark, in_use: InUse) -> Result<Mark, Refusal> {
    match in_use {
        InUse::None => Err(Refusal::CompanyDisabled),
        InUse::NoLeadCenter if is_lead_center(capability, mark) => Err(Refusal::NoLeadCenter),
        InUse::NoLeadCenter | InUse::LeadCenter | InUse::All => Ok(mark),
    }
}

/// Whether a capability, as far as somebody has it, is about Lead Center.
fn is_lead_center(capability: Capability, mark: Mark) -> bool {
    matches!(mark, Mark::LeadCenterOnly | Mark::VisibleLeadsOnly)
        || matches!(capability, Capability::UseLeadCenter | Capability::AnswerLeads)
}

/// Decides. `Ok` says how far the capability goes, which is never [`Mark::No`].
pub fn decide(grants: &Grants, capability: Capability, target: &Target) -> Result<Mark, Refusal> {
    if grants.status != UserStatus::Active {
        return Err(Refusal::NotActive(grants.status));
    }
    let mark = mark(grants.user_type, grants.agent, capability);
    if mark == Mark::No {
        return Err(Refusal::Lacks(capability));
    }
    within_key(&grants.scope, capability, target)?;
    match target {
        Target::Account => Ok(mark),
        Target::Company(company) => within(&grants.companies, company).map(|()| mark),
        Target::User { user_type, agent } => {
            let enough = includes((grants.user_type, grants.agent), (*user_type, *agent));
            if enough { Ok(mark) } else { Err(Refusal::GreaterAccess) }
        }
        Target::Integration { company, names_product } => {
            within(&grants.companies, company)?;
            let barred = grants.white_label && *names_product && grants.user_type != UserType::Administrator;
            if barred { Err(Refusal::NamesProduct) } else { Ok(mark) }
        }
    }
}

/// What a key is narrowed to. One that names companies opens nothing of the account as a whole, where others lie, too.
fn within_key(scope: &Scope, capability: Capability, target: &Target) -> Result<(), Refusal> {
    let is_in_company = matches!(target, Target::Company(_) | Target::Integration { .. });
    let covers = match target {
        Target::User { user_type, agent } => scope.covers(*user_type, *agent),
        Target::Account | Target::Company(_) | Target::Integration { .. } => true,
    };
    match scope.has(capability) {
        true if scope.in_companies && !is_in_company => Err(Refusal::OutsideKey(Outside::Companies)),
        true if covers => Ok(()),
        true => Err(Refusal::OutsideKey(Outside::Giving)),
        false => Err(Refusal::OutsideKey(Outside::Right(capability))),
    }
}

fn within(companies: &Companies, company: &CompanyId) -> Result<(), Refusal> {
    match companies {
        Companies::All => Ok(()),
        Companies::Only(some) if some.contains(company) => Ok(()),
        Companies::Only(_) => Err(Refusal::OutsideCompanies),
    }
}
