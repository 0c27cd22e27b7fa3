//! The pass for asking what one may do, without proving that one may.

use std::sync::Arc;

use domain::access::Target;
use domain::capability::proof::AnyKey;
use domain::id::{AccountId, CompanyId};

use super::load::{allow, load};
use super::{Credentials, Denied, Door, Gate, HasPlace, Person, Place, Seen};
use crate::work::Reader;

/// Proof of being an active user of an account and, if a company is asked about, of having it.
#[derive(Clone, Debug)]
pub struct QuestionPass {
    place: Arc<Place>,
    target: Target,
}

impl QuestionPass {
    /// What the question is about.
    pub fn target(&self) -> &Target {
        &self.target
    }
}

impl HasPlace for QuestionPass {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl Gate for QuestionPass {
    type Target = (AccountId, Option<CompanyId>);
    const DOOR: Door = Door::Account(None);

    fn mint(
        r: &mut Reader,
        credentials: &Credentials,
        (account, company): &Self::Target,
    ) -> Result<Self, Denied> {
        let found = load(r, credentials, account, company.as_ref())?;
        // As everywhere: a company that is not there and one the user does not have look alike.
        if company.is_some() && found.company.is_none() {
            return Err(Denied::NotFound);
        }
        allow::<AnyKey>(r, &found.place, None)?;
        let target = company.clone().map_or(Target::Account, Target::Company);
        Ok(QuestionPass { place: Arc::new(found.place), target })
    }

    fn person(&self) -> Option<&Person> {
        self.place.person.as_ref()
    }

    fn seen(&self) -> Option<Seen> {
        self.place.seen(None)
    }
}
