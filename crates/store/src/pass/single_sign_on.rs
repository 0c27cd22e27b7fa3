//! The passes of who comes back from an account's provider, and of who links themselves to it.

use std::sync::Arc;

use domain::access::decide_entry;
use domain::brand::Brand;
use domain::id::{AccountId, LoginId};
use domain::single_sign_on::PATIENCE;
use domain::time::Timestamp;

use super::helper::forbidden;
use super::load::{is_due, load, no_second_factor, read_brand};
use super::person::Person;
use super::place::Place;
use super::{Acting, Credentials, Denied, Door, Gate, HasPlace, LinkState, Seen};
use crate::db::sql;
use crate::secret;
use crate::session;
use crate::single_sign_on::{self, Provider};
use crate::work::{Actor, Reader};

/// Proof of having been sent to an account's provider from this browser. It proves nothing of who it is.
#[derive(Clone, Debug)]
pub struct SingleSignOnPass {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// What the account shows of itself in place of the product, while that is switched on.
    pub brand: Option<Arc<Brand>>,
    /// Its provider, the one that they were sent to.
    pub provider: Provider,
    /// The login that is to be linked, which is signed in here; `None`: somebody signs in.
    pub link: Option<LoginId>,
    /// The page that they go on to, where they said one.
    pub next: String,
    /// When the provider was sent them to ask who they are, whoever it knew already; `None`: it was not to ask.
    pub asked_anew: Option<Timestamp>,
    pub(crate) token: String,
}

impl SingleSignOnPass {
    /// What the provider brings back unchanged, to show that it was asked from this browser.
    pub fn state(&self, key: &secret::Key) -> String {
        state(key, &self.token)
    }

    /// What the provider's word must hold, to count for this one sign-in.
    pub fn nonce(&self, key: &secret::Key) -> String {
        nonce(key, &self.token)
    }

    /// What shows that who exchanges the code is who asked for it.
    pub fn verifier(&self, key: &secret::Key) -> String {
        verifier(key, &self.token)
    }
}

/// What is sent along with somebody who is known by this token. None of it gives the token away.
pub fn state(key: &secret::Key, token: &str) -> String {
    key.token("single sign-on state", &[token])
}

/// See [`SingleSignOnPass::nonce`].
pub fn nonce(key: &secret::Key, token: &str) -> String {
    key.token("single sign-on nonce", &[token])
}

/// See [`SingleSignOnPass::verifier`].
pub fn verifier(key: &secret::Key, token: &str) -> String {
    key.token("single sign-on verifier", &[token])
}

impl Gate for SingleSignOnPass {
    type Target = AccountId;
    const DOOR: Door = Door::Link("single-sign-on");

    fn mint(r: &mut Reader, credentials: &Credentials, target: &AccountId) -> Result<Self, Denied> {
        let unknown = || Denied::Link(LinkState::Unknown);
        let kept = credentials.single_sign_on.as_deref().and_then(|kept| kept.split_once('.'));
        let (account, token) = kept.ok_or_else(unknown)?;
        let account: AccountId = account.parse().map_err(|_| unknown())?;
        // What another account's provider has sent is not this one's.
        if account != *target || !credentials.reach(&account) {
            return Err(unknown());
        }
        let now = r.now;
        let session =
            credentials.session.as_deref().map(|token| session::stored_hash(r, token)).transpose()?;
        let session = session.map(|(stored, _)| stored);
        let row = r.tx().optional(
            sql!(
                "SELECT w.live, a.name, v.login_id, s.login_id, v.next, v.asks_anew,
                        v.expires_at FROM single_sign_on_visit v
                 JOIN account a ON a.id = v.account_id
                 JOIN single_sign_on p ON p.account_id = v.account_id AND p.id = v.single_sign_on_id
                 LEFT JOIN brand w ON w.account_id = v.account_id
                 LEFT JOIN session s ON s.token_hash = $3 AND s.expires_at > $4
                 WHERE v.account_id = $1 AND v.token_hash = $2 AND v.expires_at > $4"
            ),
            &[(&account).into(), secret::hash(token).into(), session.into(), now.into()],
        )?;
        let mut c = row.ok_or_else(unknown)?.columns();
        let (brand, account_name) = (read_brand(&mut c)?, c.text()?);
        let (link, signed_in): (Option<LoginId>, Option<LoginId>) = (c.parse_or_null()?, c.parse_or_null()?);
        let (next, asks_anew, expires_at) = (c.text()?, c.flag()?, c.get::<Timestamp>()?);
        let asked_anew = asks_anew.then(|| expires_at - PATIENCE);
        // It is linked to whoever asked for it, while they are signed in here.
        if link.is_some() && link != signed_in {
            return Err(unknown());
        }
        let provider = single_sign_on::find(r, &account)?.ok_or_else(unknown)?;
        let token = token.to_owned();
        Ok(SingleSignOnPass { account, account_name, brand, provider, link, next, asked_anew, token })
    }
}

/// Proof that a user of an account is here, for their own link to its provider alone. It is the one door that a password opens
/// where the account requires single sign-on: whoever is not linked yet could not come in at all.
#[derive(Clone, Debug)]
pub struct OwnLinkPass(Arc<Place>);

impl OwnLinkPass {
    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.0.account
    }
}

impl HasPlace for OwnLinkPass {
    fn place(&self) -> &Place {
        &self.0
    }
}

impl Acting for OwnLinkPass {
    fn actor(&self) -> Actor {
        self.0.actor()
    }
}

impl Gate for OwnLinkPass {
    type Target = AccountId;
    const DOOR: Door = Door::Account(None);

    fn mint(r: &mut Reader, credentials: &Credentials, account: &AccountId) -> Result<Self, Denied> {
        let found = load(r, credentials, account, None)?;
        match decide_entry(&found.place.grants, None, false) {
            // It would lead around what is asked of them.
            Ok(()) if is_due(r, &found.place) => Err(no_second_factor()),
            Ok(()) => Ok(OwnLinkPass(Arc::new(found.place))),
            Err(refusal) => Err(forbidden(r, &found.place, refusal)?),
        }
    }

    fn person(&self) -> Option<&Person> {
        self.0.person.as_ref()
    }

    fn seen(&self) -> Option<Seen> {
        self.0.seen(None)
    }
}
