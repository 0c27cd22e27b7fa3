//! Activity: listing it, sealing it, proving it whole.

use std::collections::BTreeSet;

use domain::capability::proof::ManageUsers;
use domain::id::{ActivityId, CompanyId};
use store::activity::{self, Sealed, Walk};
use store::company::{self, Company};
use store::page::Page;
use store::pass::{AccountPass, SystemPass};
use store::work::{Origin, Reader, Unrecorded, Writer};

pub use store::activity::{Activity, Broken, Verified};

use crate::{App, Refused};

/// How many entries one unit seals: few enough that it ends before anybody waits.
const AT_ONCE: i64 = 500;

/// One page of an account's activity, newest first, and the companies that it tells of, in use or not.
pub fn list_named(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&ActivityId>,
) -> Result<(Page<Activity>, Vec<Company>), Refused> {
    let page = list(r, pass, before)?;
    let changes = page.rows.iter().flat_map(|entry| &entry.changes);
    let told = changes.filter(|(field, _, _)| field == "companies");
    let texts = told.flat_map(|(_, before, after)| [before, after]).flatten();
    let ids: BTreeSet<CompanyId> =
        texts.flat_map(|ids| ids.split(' ')).filter_map(|id| id.parse().ok()).collect();
    Ok((page, company::list_among(r, pass, &ids)?))
}

/// One page of an account's activity, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&ActivityId>,
) -> Result<Page<Activity>, Refused> {
    Ok(activity::list(r, pass, before)?)
}

impl App {
    /// Seals whatever is not sealed yet and is as it was written; how many entries.
    pub async fn seal_activity(&self, pass: &SystemPass) -> Result<u64, Refused> {
        let mut sealed = Sealed::default();
        loop {
            let (after, from, pass) = (sealed.clone(), sealed.clone(), pass.clone());
            if !self.store.read(move |r| activity::has_unsealed(r, &from)).await? {
                return Ok(sealed.entries);
            }
            let seal = move |mut w: Writer| {
                let sealed = activity::seal(&mut w, &pass, &after, AT_ONCE)?;
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Seal, sealed))
            };
            sealed = self.store.write_later(Origin::internal(), seal).await?;
        }
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
