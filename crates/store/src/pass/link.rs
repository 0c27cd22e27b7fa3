//! Passes of people who follow a link, and of those who need none.

use std::sync::Arc;

use domain::access::{Companies, Grants};
use domain::api_key::Scope;
use domain::brand::Brand;
use domain::id::{AccountId, BundleId, InvitationId, LoginId, ResetId, UserId};
use domain::invitation::{InvitationState, InvitationTimes};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType, may_give};

use super::load::read_brand;
use super::{Acting, Credentials, Denied, Door, Gate, Here};
use crate::brand::host;
use crate::db::{Columns, DbError, sql};
use crate::secret;
use crate::user::effective;
use crate::work::{Actor, Reader};

/// Why a link does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// No such link: mistyped, revoked, or replaced by a newer one.
    Unknown,
    /// It has expired; the account and whom to ask (U-07).
    Expired {
        /// The account's name.
        account_name: String,
        /// Who invited.
        inviter: String,
    },
    /// It was used.
    Used,
    /// Whoever invited may no longer give what the invitation gives: somebody who may must send it again.
    NeedsApproval {
        /// The account's name.
        account_name: String,
    },
}

/// No proof at all: anybody.
#[derive(Clone, Debug)]
pub struct OpenPass(());

/// Proof of having the link that makes the first account, while there is none.
#[derive(Clone, Debug)]
pub struct SetupPass(());

/// Proof of having the operator's link.
#[derive(Clone, Debug)]
pub struct OperatorPass(());

/// Proof of having the live link of one invitation, or of a bundle of them.
#[derive(Clone, Debug)]
pub struct InvitationPass {
    /// The account invited to.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The name of the account center that it is in.
    pub center_name: Option<String>,
    /// Whether accepting makes an executive administrator of that center (C-10).
    pub as_executive: bool,
    /// The invitation.
    pub invitation: InvitationId,
    /// Its generation: the link's own number.
    pub generation: i64,
    /// The pending user.
    pub user: UserId,
    /// The invited address.
    pub email: String,
    /// The names the inviter gave.
    pub names: Names,
    /// The type the user will have.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Who invited; empty for the operator.
    pub inviter: String,
    /// The inviter's own words.
    pub message: Option<String>,
    /// The login that has this address already, if one does.
    pub login: Option<LoginId>,
    /// Whether that login's address was proven. If not, its owner has nothing but the mailbox, and chooses a password of
    /// their own.
    pub is_proven: bool,
    /// That whoever follows the link is signed in, if they are.
    pub here: Option<Here>,
    /// The account's own host that the link was mailed with; empty: the server's. What comes by that one proves no address,
    /// as whoever has the host could have followed the link themselves.
    pub host: String,
    /// What the account shows of itself in place of the product, while that is switched on (G-10).
    pub brand: Option<Arc<Brand>>,
    /// What else the same link opens: the other invitations of a bundle that can be accepted now. Theirs are none.
    pub others: Vec<InvitationPass>,
}

/// Proof of having the live link of one reset.
#[derive(Clone, Debug)]
pub struct ResetPass {
    /// The reset.
    pub reset: ResetId,
    /// Whose password.
    pub login: LoginId,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The account's own host that the link was mailed with; empty: the server's.
    pub host: String,
}

impl InvitationPass {
    /// Whether its reader is signed in as somebody else than the invited, who can accept nothing.
    pub fn is_of_another(&self) -> bool {
        self.here.is_some() && !self.is_signed_in()
    }

    /// Whether its reader is signed in as the invited.
    pub fn is_signed_in(&self) -> bool {
        self.here.as_ref().is_some_and(|here| self.login.as_ref() == Some(here.login()))
    }
}

impl Acting for OpenPass {
    fn actor(&self) -> Actor {
        Actor::visitor()
    }
}

impl Acting for SetupPass {
    fn actor(&self) -> Actor {
        Actor::operator()
    }
}

impl Acting for OperatorPass {
    fn actor(&self) -> Actor {
        Actor::operator()
    }
}

impl Acting for InvitationPass {
    fn actor(&self) -> Actor {
        Actor::user(&self.user, &self.names.full())
    }
}

impl Acting for ResetPass {
    fn actor(&self) -> Actor {
        Actor::login(&self.login, &self.name)
    }
}

impl Gate for OpenPass {
    type Target = ();
    const DOOR: Door = Door::Open;

    fn mint(_r: &mut Reader, _credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        Ok(OpenPass(()))
    }
}

impl Gate for SetupPass {
    type Target = ();
    const DOOR: Door = Door::Link("setup");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.setup.as_deref().ok_or(Denied::Link(LinkState::Unknown))?;
        if !secret::same(token, &setup_token(r.key())) {
            return Err(Denied::Link(LinkState::Unknown));
        }
        match r.tx().optional(sql!("SELECT id FROM account ORDER BY id LIMIT 1"), &[])? {
            None => Ok(SetupPass(())),
            Some(_) => Err(Denied::Link(LinkState::Used)),
        }
    }
}

impl Gate for OperatorPass {
    type Target = ();
    const DOOR: Door = Door::Operator;

    /// To others the operator's pages are not there.
    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.operator.as_deref().ok_or(Denied::NotFound)?;
        if secret::same(token, &operator_token(r.key())) {
            Ok(OperatorPass(()))
        } else {
            Err(Denied::NotFound)
        }
    }
}

/// What is read of an invitation whose link was followed, from `$from`; `$1` is the session's hash, `$2` the time. A temporary
/// password, which opens one too, has its own times, and who set it.
macro_rules! invited {
    ($from:literal) => {
        invited!("i.sent_at, i.expires_at" "i.invited_by" "i.invited_by_login" $from)
    };
    ($times:literal $by:literal $by_login:literal $from:literal) => {
        concat!(
            "SELECT ",
            $times,
            ", i.accepted_at, i.account_id, i.id, i.generation, a.name, k.name,
                    CASE WHEN x.login_id IS NOT NULL AND EXISTS (
                        SELECT 1 FROM executive_invitation z
                        WHERE z.account_id = i.account_id AND z.user_id = i.user_id AND z.center_id = a.center_id
                    ) THEN 1 ELSE 0 END, u.id,
                    u.email, u.first_name, u.last_name, u.display_name, u.user_type, u.agent,
                    COALESCE(b.first_name || ' ' || b.last_name, e.first_name || ' ' || e.last_name, ''),
                    i.message, l.id, l.email_proven_at, s.login_id, s.proven_at, i.host, w.live, u.ends_at, COALESCE(",
            $by_login,
            ", ",
            $by,
            ", CASE WHEN NOT EXISTS (
                        SELECT 1 FROM directory d WHERE d.account_id = i.account_id AND d.id = i.directory_id
                    ) THEN i.directory_id END), ",
            $by_login,
            ", x.login_id, b.user_type, b.agent, b.status, b.ends_at
             FROM ",
            $from,
            " AND u.status <> 'deleted'"
        )
    };
}

pub(super) use invited;

impl Gate for InvitationPass {
    type Target = ();
    const DOOR: Door = Door::Link("invitation");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let link = credentials.invitation.as_deref().and_then(|link| link.split_once('.'));
        let (whose, token) = link.ok_or_else(unknown)?;
        let session = credentials.session.as_deref().map(secret::hash);
        if let Ok(bundle) = whose.parse::<BundleId>()
            && credentials.at.is_none()
        {
            return super::bundle::mint(r, &bundle, token, session);
        }
        let account: AccountId = whose.parse().map_err(|_| unknown())?;
        if !credentials.reach(&account) {
            return Err(unknown());
        }
        let now = r.now;
        let row = r.tx().optional(
            sql!(invited!(
                "invitation i
                 JOIN \"user\" u ON u.account_id = i.account_id AND u.id = i.user_id
                 JOIN account a ON a.id = i.account_id
                 LEFT JOIN brand w ON w.account_id = i.account_id
                 LEFT JOIN account_center k ON k.id = a.center_id
                 LEFT JOIN \"user\" b ON b.account_id = i.account_id AND b.id = i.invited_by
                 LEFT JOIN login e ON e.id = i.invited_by_login
                 LEFT JOIN executive_administrator x
                        ON x.center_id = a.center_id AND x.login_id = i.invited_by_login
                 LEFT JOIN login l ON l.email_canonical = u.email_canonical
                 LEFT JOIN session s ON s.token_hash = $1 AND s.expires_at > $2
                 WHERE i.account_id = $3 AND i.token_hash = $4"
            )),
            &[session.into(), now.into(), (&account).into(), secret::hash(token).into()],
        )?;
        let mut pass = read_invited(&mut row.ok_or_else(unknown)?.columns(), now)?;
        // Whoever has the host could have taken the link. A login that has more than the account by now is nothing that a new
        // password may be chosen for: its owner signs in.
        if pass.login.is_some() && !pass.host.is_empty() && !leads_to(r, &account, &pass.email, &pass.host)? {
            pass.is_proven = true;
        }
        Ok(pass)
    }
}

pub(super) fn unknown() -> Denied {
    Denied::Link(LinkState::Unknown)
}

pub(super) fn read_invited(c: &mut Columns, now: Timestamp) -> Result<InvitationPass, Denied> {
    // A link that was mailed before its reader wanted no more of them goes on working, should they think again.
    let times =
        InvitationTimes { sent_at: c.get()?, expires_at: c.get()?, accepted_at: c.get()?, blocked_at: None };
    let pass = InvitationPass {
        account: c.parse()?,
        invitation: c.parse()?,
        generation: c.int()?,
        account_name: c.text()?,
        center_name: c.text_or_null()?,
        as_executive: c.flag()?,
        user: c.parse()?,
        email: c.text()?,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
        user_type: c.parse()?,
        agent: c.flag()?,
        inviter: c.text()?,
        message: c.text_or_null()?,
        login: c.parse_or_null()?,
        is_proven: c.int_or_null()?.is_some(),
        here: Here::read(c)?,
        host: c.text()?,
        brand: read_brand(c)?,
        others: Vec::new(),
    };
    match times.state(now) {
        InvitationState::Open(_) => {
            let ends_at: Option<Timestamp> = c.get()?;
            let may_invite = may_still_invite(c, &pass, ends_at, now)?;
            match (may_invite, ends_at.is_some_and(|end| end <= now)) {
                (true, false) => Ok(pass),
                // The access that it would give is over already (U-21).
                (true, true) => Err(expired(pass)),
                (false, _) => Err(Denied::Link(LinkState::NeedsApproval { account_name: pass.account_name })),
            }
        }
        InvitationState::Accepted => Err(Denied::Link(LinkState::Used)),
        InvitationState::NotSent | InvitationState::Unwanted => Err(unknown()),
        InvitationState::Expired(_) => Err(expired(pass)),
    }
}

fn expired(pass: InvitationPass) -> Denied {
    Denied::Link(LinkState::Expired { account_name: pass.account_name, inviter: pass.inviter })
}

/// Whether whoever sent the invitation could still give what it gives, at this moment. The operator, who is no
/// user, always can; a directory as long as it is the account's.
fn may_still_invite(
    c: &mut Columns,
    pass: &InvitationPass,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let is_operator = c.text_or_null()?.is_none();
    let (sent_as_executive, is_executive) = (c.text_or_null()?.is_some(), c.text_or_null()?.is_some());
    if sent_as_executive && is_executive {
        return Ok(true);
    }
    let user_type: Option<UserType> = c.parse_or_null()?;
    let agent = c.int_or_null()? == Some(1);
    let status: Option<UserStatus> = c.parse_or_null()?;
    let ends_at: Option<Timestamp> = c.get()?;
    // Who is an executive administrator no more may be a user of the account still.
    let (Some(user_type), Some(status)) = (user_type, status) else { return Ok(is_operator) };
    let status = effective(status, ends_at, now);
    let companies = Companies::All;
    // What a brand bars, nobody gives.
    let grants =
        Grants { user_type, agent, status, companies, white_label: false, ends_at, scope: Scope::whole() };
    Ok(may_give(&grants, pass.user_type, pass.agent, until).is_ok())
}

impl Gate for ResetPass {
    type Target = ();
    const DOOR: Door = Door::Link("reset");

    fn mint(r: &mut Reader, credentials: &Credentials, _target: &()) -> Result<Self, Denied> {
        let token = credentials.reset.as_deref().ok_or_else(unknown)?;
        let now = r.now;
        let row = r.tx().optional(
            sql!(
                "SELECT r.id, l.id, l.email, l.first_name, l.last_name, r.host
                 FROM reset r JOIN login l ON l.id = r.login_id
                 WHERE r.token_hash = $1 AND r.expires_at > $2"
            ),
            &[secret::hash(token).into(), now.into()],
        )?;
        let mut c = row.ok_or_else(unknown)?.columns();
        let pass = ResetPass {
            reset: c.parse()?,
            login: c.parse()?,
            email: c.text()?,
            name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
            host: c.text()?,
        };
        // Whoever has the host could have taken the link. It must open no more than was theirs, also by now.
        let opens = match &credentials.at {
            None => pass.host.is_empty(),
            Some(own) => pass.host == own.host && leads_to(r, &own.account, &pass.email, &pass.host)?,
        };
        if opens { Ok(pass) } else { Err(unknown()) }
    }
}

/// Whether a link to an address would still be mailed with this own host of the account.
fn leads_to(r: &mut Reader, account: &AccountId, email: &str, host: &str) -> Result<bool, DbError> {
    Ok(host::find_for_links(r, account, email)?.as_deref() == Some(host))
}

/// The token of the link that makes the first account.
pub fn setup_token(key: &secret::Key) -> String {
    key.token("setup", &[])
}

/// The token that a metrics collector sends as its bearer token.
pub fn metrics_token(key: &secret::Key) -> String {
    key.token("metrics", &[])
}

/// The token of the operator's link.
pub fn operator_token(key: &secret::Key) -> String {
    key.token("operator", &[])
}
