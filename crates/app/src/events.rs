//! What a page that is open is told of (P-19).

use domain::access::{Target, decide};
use domain::capability::Capability;
use domain::capability::proof::AnyUser;
use domain::id::ActivityId;
use domain::user::{UserStatus, UserType};
use store::activity;
use store::pass::{AccountPass, HasPlace as _};
use store::work::Reader;

use crate::Refused;

/// How things stand. What differs from the last time has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The person's own access.
    pub access: Access,
    /// The newest entry of the account's activity, for whoever may read it.
    pub newest: Option<ActivityId>,
}

/// What a person's access is made of. The version counts what is not in the rest, such as companies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    user_type: UserType,
    agent: bool,
    status: UserStatus,
    version: i64,
}

/// How things stand for whoever asks.
pub fn standing(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Standing, Refused> {
    let place = pass.place();
    let grants = &place.grants;
    let access = Access {
        user_type: grants.user_type,
        agent: grants.agent,
        status: grants.status,
        version: place.access_version,
    };
    let may_know = decide(grants, Capability::ManageUsers, &Target::Account).is_ok();
    let newest = if may_know { activity::find_newest(r, pass)? } else { None };
    Ok(Standing { access, newest })
}
