//! Proof that a user may make, change and remove tags at a level (G-06): the account's are for who manages companies, a
//! company's for who works all its leads.

use domain::access::Refusal;
use domain::capability::proof::{AnyKey, ManageCompanies, WorkLeads};
use domain::capability::{Capability, Mark, mark};
use domain::id::{AccountId, CompanyId};
use domain::tag::Level;

use super::helper::forbidden;
use super::{AccountPass, Acting, CompanyPass, Denied, HasPlace as _};
use crate::work::{Actor, Reader};

/// Proof that a user may make, change and remove tags at a level.
#[derive(Clone, Debug)]
pub struct TagPass(Proof);

#[derive(Clone, Debug)]
enum Proof {
    Account(AccountPass<ManageCompanies>),
    Company(CompanyPass<WorkLeads>),
}

impl TagPass {
    /// Mints it, for whoever is let into the account.
    pub fn of(r: &mut Reader, pass: &AccountPass<AnyKey>, level: &Level) -> Result<TagPass, Denied> {
        let Level::Company(company) = level else {
            return pass.with(r).map(|pass| TagPass(Proof::Account(pass)));
        };
        let pass = pass.within::<WorkLeads>(r, company)?;
        let grants = &pass.place().grants;
        // Who sees some leads marks those, and decides nothing about all of them.
        if mark(grants.user_type, grants.agent, Capability::WorkLeads) != Mark::Yes {
            return Err(forbidden(r, pass.place(), Refusal::Lacks(Capability::WorkLeads))?);
        }
        Ok(TagPass(Proof::Company(pass)))
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        match &self.0 {
            Proof::Account(pass) => pass.account(),
            Proof::Company(pass) => pass.account(),
        }
    }

    /// The company, where it is one's level.
    pub fn company(&self) -> Option<&CompanyId> {
        match &self.0 {
            Proof::Account(_) => None,
            Proof::Company(pass) => Some(pass.company()),
        }
    }
}

impl Acting for TagPass {
    fn actor(&self) -> Actor {
        match &self.0 {
            Proof::Account(pass) => pass.actor(),
            Proof::Company(pass) => pass.actor(),
        }
    }
}
