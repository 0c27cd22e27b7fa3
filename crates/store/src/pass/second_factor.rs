//! The pass of who has shown all that signs them in but the code of their second factor.

use super::{Acting, Credentials, Denied, Door, Gate, LinkState};
use crate::db::sql;
use crate::login::{self, LoginRecord};
use crate::secret;
use crate::session::on_host;
use crate::work::{Actor, Reader};

/// Proof of having shown everything but the code, a moment ago. It opens nothing but the question for it: there is no session
/// that is half one.
#[derive(Clone, Debug)]
pub struct SecondFactorPass {
    /// Whose code is asked for.
    pub login: LoginRecord,
    ticket_hash: String,
}

impl SecondFactorPass {
    pub(crate) fn ticket_hash(&self) -> &str {
        &self.ticket_hash
    }
}

impl Acting for SecondFactorPass {
    fn actor(&self) -> Actor {
        self.login.actor()
    }
}

impl Gate for SecondFactorPass {
    type Target = ();
    const DOOR: Door = Door::Link("second-factor");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let unknown = || Denied::Link(LinkState::Unknown);
        let ticket = credentials.second_factor.as_deref().ok_or_else(unknown)?;
        let ticket = on_host(ticket, credentials.host()).ok_or_else(unknown)?;
        let (ticket_hash, now) = (secret::hash(&ticket), r.now);
        let row = r.tx().optional(
            sql!("SELECT login_id FROM sign_in_ticket WHERE token_hash = $1 AND expires_at > $2"),
            &[ticket_hash.as_str().into(), now.into()],
        )?;
        let login = row.ok_or_else(unknown)?.columns().parse()?;
        Ok(SecondFactorPass { login: login::get(r, &login)?, ticket_hash })
    }
}
