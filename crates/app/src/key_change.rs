//! Replacing the installation's key (decision 0037). The newest makes all that is made. What names the key that it was made with, or
//! can be looked for with each, goes on with an older one; what is sealed is sealed anew when the newest is taken up. The activity is
//! sealed anew before the older keys are forgotten.

use domain::id::AccountId;
use store::pass::SystemPass;
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};
use store::{activity, key_change};

pub use store::key_change::{LINKS_LIVE, Links, Uses};

use crate::{App, Refused, single_sign_on};

/// Seals anew whatever an older key has sealed. A secret that no key opens stays as it is: it was of no use before either.
pub(crate) fn take_up(w: &mut Writer, random: impl Fn() -> [u8; 32]) -> Result<(), Refused> {
    let mut after: Option<AccountId> = None;
    loop {
        let page = key_change::list_sealed(w, after.as_ref())?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.account.clone());
        for sealed in &page {
            if let Some(anew) = single_sign_on::reseal(w.key(), sealed, &random()) {
                key_change::update_sealed(w, &anew)?;
            }
        }
    }
}

impl App {
    /// What the keys before the newest are still needed for.
    pub async fn older_key_uses(&self) -> Result<Uses, Refused> {
        self.store.read(|r| Ok(key_change::count_uses(r)?)).await
    }

    /// Seals the whole activity anew with the newest key, chain by chain, and tells the log of the last hash of each; false if one
    /// of them is not as it was sealed, which stays as it is. Nothing may be written meanwhile.
    pub async fn reseal_activity(&self, pass: &SystemPass) -> Result<bool, Refused> {
        self.seal_activity(pass).await?;
        let mut chain = Some(String::new());
        while let Some(account) = chain {
            let (of, by) = (account.clone(), pass.clone());
            let reseal = move |mut w: Writer| -> Result<Committed<_>, Refused> {
                let end = activity::reseal(&mut w, &by, &of)?.ok_or(Refused::NotFound)?;
                Ok(w.commit_unrecorded(Unrecorded::Seal, end))
            };
            let (number, hash) = match self.store.write(Origin::internal(), reseal).await {
                Err(Refused::NotFound) => return Ok(false),
                done => done?,
            };
            if number > 0 {
                tracing::info!(target: "activity", account, number, hash, "sealed anew");
            }
            let by = pass.clone();
            chain = self
                .store
                .read(move |r: &mut Reader| Ok::<_, Refused>(activity::next_chain(r, &by, &account)?))
                .await?;
        }
        Ok(true)
    }
}
