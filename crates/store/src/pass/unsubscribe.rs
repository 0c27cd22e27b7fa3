//! The pass of who follows the link that ends the emails of one alert or summary.

use std::sync::Arc;

use domain::brand::Brand;
use domain::id::AccountId;
use domain::receiver::Stop;

use super::load::read_brand;
use super::{Acting, Credentials, Denied, Door, Gate, LinkState};
use crate::db::{Row, sql};
use crate::unsubscribe;
use crate::work::{Actor, Reader};

/// Proof of having got a mail of an alert or a summary.
#[derive(Clone, Debug)]
pub struct UnsubscribePass {
    /// The account that it comes from.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// What the account shows of itself in place of the product, while that is switched on.
    pub brand: Option<Arc<Brand>>,
    /// What the link ends.
    pub what: Stop,
    /// What there is to end; `None` if it is over already.
    pub setting: Option<Mailed>,
}

/// What is mailed.
#[derive(Clone, Debug)]
pub struct Mailed {
    /// To which address.
    pub email: String,
    /// Whether it is an address without a user, who asked for nothing.
    pub outside: bool,
    /// Of which company; `None`: of all that its reader has.
    pub company_name: Option<String>,
}

impl Acting for UnsubscribePass {
    /// Whoever reads the mailbox, or their mail program for them.
    fn actor(&self) -> Actor {
        Actor::visitor()
    }
}

impl Gate for UnsubscribePass {
    type Target = ();
    const DOOR: Door = Door::Link("unsubscribe");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let unknown = || Denied::Link(LinkState::Unknown);
        let link = credentials.unsubscribe.as_deref().ok_or_else(unknown)?;
        let mut parts = link.splitn(4, '.');
        let mut part = || parts.next().ok_or_else(unknown);
        let account: AccountId = part()?.parse().map_err(|_| unknown())?;
        let what = Stop::of(part()?, part()?).ok_or_else(unknown)?;
        if !credentials.reach(&account)
            || !r.key().knows(part()?, |key| unsubscribe::token(key, &account, what))
        {
            return Err(unknown());
        }
        let named = r.tx().optional(
            sql!(
                "SELECT w.live, a.name FROM account a LEFT JOIN brand w ON w.account_id = $1 WHERE a.id = $1"
            ),
            &[(&account).into()],
        )?;
        let mut c = named.ok_or_else(unknown)?.columns();
        let (brand, account_name) = (read_brand(&mut c)?, c.text()?);
        let statement = match what {
            Stop::Alert(_) => sql!(
                "SELECT COALESCE(u.email, n.email), CASE WHEN n.user_id IS NULL THEN 1 ELSE 0 END, c.name
                 FROM notification n
                 LEFT JOIN \"user\" u ON u.account_id = n.account_id AND u.id = n.user_id
                 LEFT JOIN company c ON c.account_id = n.account_id AND c.id = n.company_id
                 WHERE n.account_id = $1 AND n.id = $2 AND n.send_email = 1"
            ),
            Stop::Summary(_) => sql!(
                "SELECT COALESCE(u.email, n.email), CASE WHEN n.user_id IS NULL THEN 1 ELSE 0 END, c.name
                 FROM summary_email n
                 LEFT JOIN \"user\" u ON u.account_id = n.account_id AND u.id = n.user_id
                 LEFT JOIN company c ON c.account_id = n.account_id AND c.id = n.company_id
                 WHERE n.account_id = $1 AND n.id = $2"
            ),
        };
        let row = r.tx().optional(statement, &[(&account).into(), what.number().into()])?;
        let read = |row: Row| {
            let mut c = row.columns();
            Ok::<_, Denied>(Mailed { email: c.text()?, outside: c.flag()?, company_name: c.text_or_null()? })
        };
        Ok(UnsubscribePass { account, account_name, brand, what, setting: row.map(read).transpose()? })
    }
}
