//! Bundles: users of one person that were made at once in several accounts of an account center (C-06). One mail tells of
//! them, and its one link opens each invitation that is still the one the bundle was made of. One that was sent again has
//! a link of its own, and one that was replaced or revoked has none: neither is opened by the bundle's any more.

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, BundleId, UserId};
use domain::time::Timestamp;
use domain::user::UserType;

use crate::db::{Columns, DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::pass::{AccountPass, Acting};
use crate::secret::Key;
use crate::work::{Reader, Writer};

/// How many accounts mail and page name; of the others they say how many there are.
pub const NAMED: i64 = 20;

/// An account of a bundle, as whoever is told of it reads it.
#[derive(Clone, Debug)]
pub struct Named {
    /// The account's name.
    pub account_name: String,
    /// What the person is there, or will be.
    pub user_type: UserType,
}

/// What the mail of a bundle says.
#[derive(Clone, Debug)]
pub struct Content {
    /// The name of the account center; that of the first account, should that be in none by now.
    pub center_name: String,
    /// The first accounts.
    pub accounts: Vec<Named>,
    /// How many there are beside those.
    pub more: i64,
    /// The name of the account that sends the mail.
    pub mailed_in: String,
    /// Who invited, or let in; empty for the operator.
    pub by: String,
    /// The person's name.
    pub name: String,
    /// The inviter's own words.
    pub message: Option<String>,
    /// The first account's time zone.
    pub time_zone: String,
    /// Until when the link opens all of them.
    pub expires_at: Option<Timestamp>,
}

impl Content {
    /// The same without the center's name, where an account speaks that shows nothing of others (C-09).
    pub fn without_center(self, is_brand: bool) -> Content {
        let center_name = if is_brand { self.mailed_in.clone() } else { self.center_name };
        Content { center_name, ..self }
    }
}

/// The token of a bundle's link.
pub fn token(key: &Key, bundle: &BundleId) -> String {
    key.token("bundle", &[bundle.as_str()])
}

/// Takes a user who was just made into a bundle. True for the first who was invited, and for the first who was let in
/// without: then a mail is to be sent.
pub fn insert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    bundle: &BundleId,
    user: &UserId,
) -> Result<bool, DbError> {
    let by = pass.actor().name;
    let row = w.tx().one(
        sql!(
            "INSERT INTO bundle (account_id, user_id, bundle_id, invitation_id, mailed_in, given_by)
             SELECT u.account_id, u.id, $3, i.id,
                    COALESCE((SELECT MIN(b.mailed_in) FROM bundle b
                              WHERE b.bundle_id = $3 AND (b.invitation_id IS NULL) = (i.id IS NULL)), u.account_id),
                    $4
             FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
             WHERE u.account_id = $1 AND u.id = $2
             RETURNING mailed_in"
        ),
        &[pass.account().into(), user.into(), bundle.into(), by.into()],
    )?;
    let mailed_in: AccountId = row.columns().parse()?;
    Ok(&mailed_in == pass.account())
}

/// Whether the link of a bundle opens a user's invitation. Where else it opens one is for the bundle's reader alone.
pub fn is_opened(r: &mut Reader, pass: &AccountPass<ManageUsers>, user: &UserId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT b.bundle_id FROM bundle b
             JOIN invitation i ON i.account_id = b.account_id AND i.id = b.invitation_id AND i.generation = 1
             WHERE b.account_id = $1 AND b.user_id = $2"
        ),
        &[pass.account().into(), user.into()],
    )?;
    Ok(row.is_some())
}

/// What the mail that invites says; `None` if none of the invitations is open any more.
pub fn find_invited(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    bundle: &BundleId,
) -> Result<Option<Content>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT COUNT(*) OVER (), a.name, u.user_type, COALESCE(k.name, a.name), m.name,
                    COALESCE(p.first_name || ' ' || p.last_name, e.first_name || ' ' || e.last_name, ''),
                    u.first_name, u.last_name, i.message, a.time_zone, MIN(i.expires_at) OVER ()
             FROM bundle b
             JOIN invitation i ON i.account_id = b.account_id AND i.id = b.invitation_id AND i.generation = 1
             JOIN \"user\" u ON u.account_id = b.account_id AND u.id = b.user_id AND u.status = 'pending'
             JOIN account a ON a.id = b.account_id
             JOIN account m ON m.id = b.mailed_in
             LEFT JOIN account_center k ON k.id = a.center_id
             LEFT JOIN \"user\" p ON p.account_id = i.account_id AND p.id = i.invited_by
             LEFT JOIN login e ON e.id = i.invited_by_login
             WHERE b.bundle_id = $1 AND i.accepted_at IS NULL AND i.expires_at > $2
             ORDER BY b.account_id LIMIT $3"
        ),
        &[bundle.into(), now.into(), NAMED.into()],
    )?;
    read(rows)
}

/// What the mail says to who was let in; `None` if they are in none of the accounts any more.
pub fn find_let_in(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    bundle: &BundleId,
) -> Result<Option<Content>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!(
            "SELECT COUNT(*) OVER (), a.name, u.user_type, COALESCE(k.name, a.name), m.name, b.given_by,
                    u.first_name, u.last_name, CAST(NULL AS TEXT), a.time_zone, CAST(NULL AS BIGINT)
             FROM bundle b
             JOIN \"user\" u ON u.account_id = b.account_id AND u.id = b.user_id AND u.status = 'active'
             JOIN account a ON a.id = b.account_id
             JOIN account m ON m.id = b.mailed_in
             LEFT JOIN account_center k ON k.id = a.center_id
             WHERE b.bundle_id = $1 AND b.invitation_id IS NULL AND (u.ends_at IS NULL OR u.ends_at > $2)
             ORDER BY b.account_id LIMIT $3"
        ),
        &[bundle.into(), now.into(), NAMED.into()],
    )?;
    read(rows)
}

fn read(rows: Vec<Row>) -> Result<Option<Content>, DbError> {
    let mut content: Option<Content> = None;
    for row in rows {
        let mut c = row.columns();
        let count = c.int()?;
        let named = Named { account_name: c.text()?, user_type: c.parse()? };
        match &mut content {
            Some(content) => {
                content.accounts.push(named);
                content.more -= 1;
            }
            None => content = Some(first(&mut c, named, count)?),
        }
    }
    Ok(content)
}

fn first(c: &mut Columns, named: Named, count: i64) -> Result<Content, DbError> {
    Ok(Content {
        accounts: vec![named],
        more: count - 1,
        center_name: c.text()?,
        mailed_in: c.text()?,
        by: c.text()?.trim().to_owned(),
        name: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        message: c.text_or_null()?,
        time_zone: c.text()?,
        expires_at: c.get()?,
    })
}
