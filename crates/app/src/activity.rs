//! Activity: listing it, sealing it, proving it whole.

use domain::capability::proof::ManageUsers;
use domain::id::ActivityId;
use store::activity;
use store::page::Page;
use store::pass::{AccountPass, SystemPass};
use store::work::{Origin, Reader, Unrecorded};

pub use store::activity::{Activity, Broken, Verified};

use crate::{App, Refused};

/// How many entries one unit seals: few enough that it ends before anybody waits.
const AT_ONCE: i64 = 500;

/// One page of an account's activity, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&ActivityId>,
) -> Result<Page<Activity>, Refused> {
    Ok(activity::list(r, pass, before)?)
}

impl App {
    /// Seals whatever is not sealed yet; how many entries.
    pub async fn seal_activity(&self, pass: &SystemPass) -> Result<u64, Refused> {
        let mut sealed = 0;
        while self.store.read(activity::has_unsealed).await? {
            let pass = pass.clone();
            sealed += self
                .store
                .write(Origin::internal(), move |mut w| {
                    let sealed = activity::seal(&mut w, &pass, AT_ONCE)?;
                    Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Seal, sealed))
                })
                .await?;
        }
        Ok(sealed)
    }

    /// Walks every chain; stops at the first fault.
    pub async fn verify_activity(&self, pass: &SystemPass) -> Result<Verified, Refused> {
        let (mut after, mut verified): (Option<String>, _) = (None, Verified::default());
        loop {
            let (pass, from, so_far) = (pass.clone(), after.clone(), verified.clone());
            let step = move |r: &mut Reader| activity::verify(r, &pass, from.as_deref(), &so_far);
            (after, verified) = self.store.read(step).await?;
            if after.is_none() || verified.broken.is_some() {
                return Ok(verified);
            }
        }
    }
}
