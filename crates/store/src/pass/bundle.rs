//! Several invitations that one link or one temporary password opens (C-06).

use domain::id::BundleId;
use domain::time::Timestamp;

use super::Denied;
use super::link::{InvitationPass, LinkState, invited, read_invited, unknown};
use crate::bundle;
use crate::db::{Row, sql};
use crate::work::Reader;

/// How many invitations one acceptance takes; what opened them goes on working for the others.
const AT_ONCE: usize = 500;

/// The pass of a bundle's link.
pub(super) fn mint(
    r: &mut Reader,
    bundle: &BundleId,
    token: &str,
    session: Option<String>,
) -> Result<InvitationPass, Denied> {
    if !r.key().knows(token, |key| bundle::token(key, bundle)) {
        return Err(unknown());
    }
    let now = r.now;
    let rows = r.tx().all(
        sql!(invited!(
            "bundle m
             JOIN invitation i ON i.account_id = m.account_id AND i.id = m.invitation_id AND i.generation = 1
             JOIN \"user\" u ON u.account_id = m.account_id AND u.id = m.user_id
             JOIN account a ON a.id = m.account_id
             LEFT JOIN brand w ON w.account_id = m.account_id
             LEFT JOIN account_center k ON k.id = a.center_id
             LEFT JOIN \"user\" b ON b.account_id = i.account_id AND b.id = i.invited_by
             LEFT JOIN login e ON e.id = i.invited_by_login
             LEFT JOIN executive_administrator x
                    ON x.center_id = a.center_id AND x.login_id = i.invited_by_login
             LEFT JOIN login l ON l.email_canonical = u.email_canonical
             LEFT JOIN session s ON s.token_hash = $1 AND s.expires_at > $2
             WHERE m.bundle_id = $3
               AND NOT EXISTS (SELECT 1 FROM \"user\" t
                               WHERE t.account_id = u.account_id AND t.login_id = l.id AND t.id <> u.id
                                 AND t.status <> 'deleted')"
        )),
        &[session.into(), now.into(), bundle.into()],
    )?;
    together(rows, now)
}

/// The pass of the first invitation that can be accepted, with those of the others. What can't be accepted is left out, and
/// said only where nothing else is there.
pub(super) fn together(rows: Vec<Row>, now: Timestamp) -> Result<InvitationPass, Denied> {
    let (mut open, mut closed): (Vec<InvitationPass>, LinkState) = (Vec::new(), LinkState::Unknown);
    for row in rows {
        match read_invited(&mut row.columns(), now) {
            Ok(pass) => open.push(pass),
            Err(Denied::Link(state)) if rank(&state) > rank(&closed) => closed = state,
            Err(Denied::Link(_)) => {}
            Err(denied) => return Err(denied),
        }
    }
    let mut open = open.into_iter().take(AT_ONCE);
    let first = open.next().ok_or(Denied::Link(closed))?;
    Ok(InvitationPass { others: open.collect(), ..first })
}

/// Which of the reasons why a bundle has nothing open is said: the one that something can be done about.
fn rank(state: &LinkState) -> u8 {
    match state {
        LinkState::Unknown => 0,
        LinkState::Used => 1,
        LinkState::NeedsApproval { .. } => 2,
        LinkState::Expired { .. } => 3,
    }
}
