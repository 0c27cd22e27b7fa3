//! The pass of who has shown a moment ago that it is them, for what is dangerous: a browser that somebody left open, or a
//! copied session, does not do it.

use std::ops::Deref;

use domain::time::{Span, Timestamp};

use super::{Acting, Credentials, Denied, Door, Gate, HasPlace, Person, Place, Seen};
use crate::db::sql;
use crate::session;
use crate::work::{Actor, Reader};

/// How long it opens the pages of what is dangerous.
const SHOWS_FOR: Span = Span::minutes(15);
/// How long it does what was sent from there: a form may take a while.
const DOES_FOR: Span = Span::minutes(30);

/// Proof as `P`, by a browser whose person has lately shown all that they sign in with.
#[derive(Clone, Debug)]
pub struct Proven<P>(P);

impl<P> Deref for Proven<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

impl<P: Acting> Acting for Proven<P> {
    fn actor(&self) -> Actor {
        self.0.actor()
    }
}

impl<P: HasPlace> HasPlace for Proven<P> {
    fn place(&self) -> &Place {
        self.0.place()
    }
}

impl<P: Gate> Gate for Proven<P> {
    type Target = P::Target;
    const DOOR: Door = P::DOOR;
    const PROVEN: bool = true;

    fn mint(r: &mut Reader, credentials: &Credentials, target: &P::Target) -> Result<Self, Denied> {
        let pass = P::mint(r, credentials, target)?;
        // Who sees an account as somebody else only looks, and has shown who they are to begin it.
        if Gate::person(&pass).is_some_and(|person| person.seen_by().is_some()) {
            return Ok(Proven(pass));
        }
        let token = credentials.session.as_deref().ok_or(Denied::SignedOut)?;
        let since = r.now - if r.writes() { DOES_FOR } else { SHOWS_FOR };
        let (stored, _) = session::stored_hash(r, token)?;
        let row =
            r.tx().optional(sql!("SELECT proven_at FROM session WHERE token_hash = $1"), &[stored.into()])?;
        let proven_at: Timestamp = row.ok_or(Denied::SignedOut)?.columns().get()?;
        if proven_at > since { Ok(Proven(pass)) } else { Err(Denied::Unproven) }
    }

    fn person(&self) -> Option<&Person> {
        Gate::person(&self.0)
    }

    fn seen(&self) -> Option<Seen> {
        self.0.seen()
    }
}
