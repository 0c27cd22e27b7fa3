//! Invitations: one for each user who is to get a login (U-03 to U-07).

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, DirectoryId, InvitationId, LoginId, UserId};
use domain::time::{Span, Timestamp};

use crate::convert;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, HasPlace, InvitationPass, TemporaryPasswordPass};
use crate::secret::{self, Key};
use crate::work::{Reader, Writer};

/// An invitation as sending needs it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// How often it was sent; the link's own number.
    pub generation: i64,
}

/// The token of an invitation's link. Each sending has its own, so that earlier links are dead.
pub fn token(key: &Key, account: &AccountId, id: &InvitationId, generation: i64) -> String {
    key.token("invitation", &[account.as_str(), id.as_str(), &generation.to_string()])
}

/// Makes the invitation of a user, to be sent at once or not yet. A user has one: an earlier one is replaced.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    message: Option<&str>,
    send_now: bool,
) -> Result<Invitation, DbError> {
    let (id, now, generation) = (w.new_id::<InvitationId>(), w.now, i64::from(send_now));
    let hash = secret::hash(&token(w.key(), pass.account(), &id, generation));
    let sent_at = send_now.then_some(now);
    w.tx().put(
        sql!(
            "INSERT INTO invitation (account_id, id, user_id, token_hash, generation, message, invited_by, created_at,
                                     sent_at, expires_at, invited_by_login, directory_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (account_id, user_id) DO UPDATE SET
                 id = excluded.id, token_hash = excluded.token_hash, generation = excluded.generation,
                 message = excluded.message, invited_by = excluded.invited_by, created_at = excluded.created_at,
                 sent_at = excluded.sent_at, expires_at = excluded.expires_at,
                 invited_by_login = excluded.invited_by_login, directory_id = excluded.directory_id,
                 accepted_at = NULL, host = ''"
        ),
        &[
            pass.account().into(),
            (&id).into(),
            user.into(),
            hash.into(),
            generation.into(),
            message.into(),
            pass.place().user.as_ref().into(),
            now.into(),
            sent_at.into(),
            sent_at.map(|at| expires_at(at, pass)).into(),
            executive(pass).into(),
            directory(pass).into(),
        ],
    )?;
    Ok(Invitation { id, generation })
}

/// The login of an inviter who is here as executive administrator: whether they still are counts, not their user.
fn executive(pass: &AccountPass<ManageUsers>) -> Option<&LoginId> {
    let place = pass.place();
    place.person.as_ref().filter(|_| place.is_executive).map(|person| &person.login)
}

/// The directory that invites: whether it is still there counts.
fn directory(pass: &AccountPass<ManageUsers>) -> Option<&DirectoryId> {
    pass.place().directory.as_ref().map(|directory| &directory.id)
}

/// How long a link that is sent now lives.
fn expires_at(now: Timestamp, pass: &AccountPass<ManageUsers>) -> Timestamp {
    now + Span::days(pass.place().invitation_days)
}

/// The invitation of a user that has not been accepted.
pub fn find_open(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
) -> Result<Option<Invitation>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, generation FROM invitation
             WHERE account_id = $1 AND user_id = $2 AND accepted_at IS NULL"
        ),
        &[pass.account().into(), user.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Invitation { id: c.parse()?, generation: c.int()? })
    })
    .transpose()
}

/// The invitations of these users, open or not.
pub fn list_ids(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    users: &[UserId],
) -> Result<Vec<InvitationId>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id FROM invitation WHERE account_id = $1 AND user_id {in $2}"),
        &[pass.account().into(), convert::list(users)],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// Gives the invitation its next link, which lives for the account's days; every earlier link is dead (U-06). Whoever
/// sends it is its inviter from now on.
/// `None` if it was accepted or sent by somebody else meanwhile, so that two live links are never made.
pub fn update_sent(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    invitation: &Invitation,
) -> Result<Option<Invitation>, DbError> {
    let (now, generation) = (w.now, invitation.generation + 1);
    let hash = secret::hash(&token(w.key(), pass.account(), &invitation.id, generation));
    let changed = w.tx().exec(
        sql!(
            "UPDATE invitation SET generation = $4, token_hash = $5, sent_at = $6, expires_at = $7, invited_by = $8,
                    invited_by_login = $9, directory_id = $10, host = ''
             WHERE account_id = $1 AND id = $2 AND generation = $3 AND accepted_at IS NULL"
        ),
        &[
            pass.account().into(),
            (&invitation.id).into(),
            invitation.generation.into(),
            generation.into(),
            hash.into(),
            now.into(),
            expires_at(now, pass).into(),
            pass.place().user.as_ref().into(),
            executive(pass).into(),
            directory(pass).into(),
        ],
    )?;
    Ok((changed > 0).then(|| Invitation { id: invitation.id.clone(), generation }))
}

/// Notes the account's own host that the link is mailed with.
pub fn update_host(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    invitation: &Invitation,
    host: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("UPDATE invitation SET host = $4 WHERE account_id = $1 AND id = $2 AND generation = $3"),
        &[pass.account().into(), (&invitation.id).into(), invitation.generation.into(), host.into()],
    )?;
    Ok(())
}

/// Uses the invitation up; false if somebody else did, or if it was sent again or has expired meanwhile.
pub fn update_accepted(w: &mut Writer, pass: &InvitationPass) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE invitation SET accepted_at = $4
             WHERE account_id = $1 AND id = $2 AND generation = $3 AND accepted_at IS NULL AND expires_at > $4"
        ),
        &[(&pass.account).into(), (&pass.invitation).into(), pass.generation.into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Uses the invitation up that a temporary password has opened, whether or not its link was sent; false if somebody else
/// did.
pub fn update_opened(
    w: &mut Writer,
    _pass: &TemporaryPasswordPass,
    opened: &InvitationPass,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE invitation SET accepted_at = $3 WHERE account_id = $1 AND id = $2 AND accepted_at IS NULL"
        ),
        &[(&opened.account).into(), (&opened.invitation).into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// Takes an invitation away; its link stops working. False if there was none that is not accepted.
pub fn remove_open(w: &mut Writer, pass: &AccountPass<ManageUsers>, user: &UserId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM invitation WHERE account_id = $1 AND user_id = $2 AND accepted_at IS NULL"),
        &[pass.account().into(), user.into()],
    )?;
    Ok(removed > 0)
}
