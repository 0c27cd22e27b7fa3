//! The pass of who follows the link to a new address.

use domain::email::EmailAddress;
use domain::id::{EmailChangeId, LoginId};

use super::{Acting, Credentials, Denied, Door, Gate, Here, LinkState};
use crate::db::{DbError, sql};
use crate::secret;
use crate::work::{Actor, Reader};

/// Proof of having the live link to a new address.
#[derive(Clone, Debug)]
pub struct EmailChangePass {
    /// The change.
    pub change: EmailChangeId,
    /// Its generation: the link's own number.
    pub generation: i64,
    /// Whose address.
    pub login: LoginId,
    /// Their name.
    pub name: String,
    /// Their address so far.
    pub old_email: String,
    /// The new address.
    pub email: EmailAddress,
    /// That they are signed in, if they are. Who is not types their password: a link that went to a mistyped address must
    /// not hand anything to whoever reads it there.
    pub here: Option<Here>,
}

impl Acting for EmailChangePass {
    fn actor(&self) -> Actor {
        Actor::login(&self.login, &self.name)
    }
}

impl Gate for EmailChangePass {
    type Target = ();
    const DOOR: Door = Door::Link("email-change");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.email_change.as_deref().ok_or(Denied::Link(LinkState::Unknown))?;
        let session = credentials.session.as_deref().map(secret::hash);
        let now = r.now;
        let row = r.tx().optional(
            sql!(
                "SELECT c.id, c.generation, l.id, l.first_name, l.last_name, l.email, c.email, s.login_id,
                        s.proven_at
                 FROM email_change c JOIN login l ON l.id = c.login_id
                 LEFT JOIN session s ON s.token_hash = $2 AND s.expires_at > $3
                 WHERE c.token_hash = $1 AND c.expires_at > $3"
            ),
            &[secret::hash(token).into(), session.into(), now.into()],
        )?;
        let mut c = row.ok_or(Denied::Link(LinkState::Unknown))?.columns();
        let (change, generation, login): (_, _, LoginId) = (c.parse()?, c.int()?, c.parse()?);
        let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
        let (old_email, new) = (c.text()?, c.text()?);
        let email = EmailAddress::parse(&new).map_err(|_| DbError::Shape("email_change.email".to_owned()))?;
        let here = Here::read(&mut c)?.filter(|here| *here.login() == login);
        Ok(EmailChangePass { change, generation, login, name, old_email, email, here })
    }
}
