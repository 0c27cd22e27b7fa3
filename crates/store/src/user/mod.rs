//! Users: a login's place in one account.

/// The columns that [`read_from`] reads, of a user `u` and their invitation `i`.
macro_rules! user_columns {
    () => {
        "u.id, u.login_id, u.email, u.first_name, u.last_name, u.display_name, u.user_type, u.agent, u.status,
         u.invoice_emails, u.activated_at, u.last_active_at, u.sort_name, u.ends_at, u.deleted_at,
         u.access_version, i.sent_at, i.expires_at, i.accepted_at,
         CASE WHEN u.status = 'pending' THEN
             (SELECT k.created_at FROM invitation_block k
              WHERE k.account_id = u.account_id AND k.email_canonical = u.email_canonical) END"
    };
}

mod find;
mod grants;
mod list;
mod own;
mod part;
mod pieces;
mod terms;
pub(crate) mod words;
mod write;

use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{CompanyId, LoginId, UserId};
use domain::invitation::InvitationTimes;
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

pub(crate) use find::find_in;
pub use find::{find_by_email, has_login, is_alone, list_by_email};
pub(crate) use grants::effective;
pub use grants::{Given, find_given, find_given_anywhere};
pub use list::{Counts, Cursor, Filter, Listed, Sort, count, list};
pub use own::{
    CameBack, OwnPlace, OwnUser, find_own, list_own, list_places, update_merged_email, update_own_email,
    update_own_names, update_seen,
};
pub use part::{Asked, Following, Member, Order, find_member, find_own_member, list_behind, list_window};
pub use terms::remove_listed;
pub(crate) use terms::update_listed;
pub use write::{activate, insert, insert_companies, update_companies, update_names, update_pending_email};

use crate::db::{Columns, DbError, Row, sql};
use crate::pass::AccountPass;
use crate::work::Reader;

/// What a company of a kept user takes beside its name, and what is written of the user beside their texts, in bytes.
const COMPANY: usize = size_of::<(CompanyId, String)>() + 40;
const WRITTEN: usize = 250;

/// A user as lists and the edit page show it.
#[derive(Clone, Debug)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// The login, once accepted.
    pub login: Option<LoginId>,
    /// The address.
    pub email: String,
    /// Names.
    pub names: Names,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where the user stands.
    pub status: UserStatus,
    /// Whether invoices are mailed to them.
    pub invoice_emails: bool,
    /// When the user became active; kept by a notification user who is invited to more (U-09).
    pub activated_at: Option<Timestamp>,
    /// When they were last here; `None` if never.
    pub last_active_at: Option<Timestamp>,
    /// What a pending user's invitation says.
    pub invitation: InvitationTimes,
    /// The key the list sorts by, for the next page.
    pub sort_name: String,
    /// When their access ends by itself (U-21).
    pub ends_at: Option<Timestamp>,
    /// When they were deleted (U-11).
    pub deleted_at: Option<Timestamp>,
    /// Raised by every change of their access.
    pub access_version: i64,
}

impl User {
    /// Type and agent flag, as rules ask for them.
    pub fn kind(&self) -> (UserType, bool) {
        (self.user_type, self.agent)
    }
}

/// A user to be stored.
pub struct NewUserRow<'a> {
    /// Its id.
    pub id: &'a UserId,
    /// The login, if there is one from the start: the first administrator of an account, and who asked to be let in.
    pub login: Option<&'a LoginId>,
    /// Whether they are here already, which is who sets an account up.
    pub is_here: bool,
    /// The address; unique among the account's users that are not deleted (index `user_email`).
    pub email: &'a EmailAddress,
    /// Names.
    pub names: &'a Names,
    /// The type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Pending or active.
    pub status: UserStatus,
    /// Whether invoices are mailed to them.
    pub invoice_emails: bool,
    /// When the access ends by itself (U-21).
    pub ends_at: Option<Timestamp>,
}

/// The user of an id, also a deleted one.
pub fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<Option<User>, DbError> {
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT ",
            user_columns!(),
            " FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
             WHERE u.account_id = $1 AND u.id = $2"
        )),
        &[pass.account().into(), id.into()],
    )?;
    row.map(read).transpose()
}

/// The companies of a user, disabled ones among them.
pub fn company_ids(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Vec<CompanyId>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT company_id FROM user_company WHERE account_id = $1 AND user_id = $2 ORDER BY company_id"
        ),
        &[pass.account().into(), id.into()],
    )?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// How many administrators of an account are told of something by mail: an account has a handful.
const TOLD: i64 = 100;

/// The addresses of the first active administrators who have shown that theirs is theirs: nobody else asked for mails.
pub fn list_administrators<C>(r: &mut Reader, pass: &AccountPass<C>) -> Result<Vec<String>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT l.email FROM \"user\" u JOIN login l ON l.id = u.login_id
             WHERE u.account_id = $1 AND u.user_type = 'administrator' AND u.status = 'active'
               AND l.email_proven_at IS NOT NULL ORDER BY u.id LIMIT $2"
        ),
        &[pass.account().into(), TOLD.into()],
    )?;
    rows.into_iter().map(|row| row.columns().text()).collect()
}

fn read(row: Row) -> Result<User, DbError> {
    read_from(&mut row.columns())
}

/// Reads `user_columns`.
fn read_from(c: &mut Columns) -> Result<User, DbError> {
    Ok(User {
        id: c.parse()?,
        login: c.parse_or_null()?,
        email: c.text()?,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
        user_type: c.parse()?,
        agent: c.flag()?,
        status: c.parse()?,
        invoice_emails: c.flag()?,
        activated_at: c.get()?,
        last_active_at: Some(c.get::<Timestamp>()?).filter(|at| at.micros() > 0),
        sort_name: c.text()?,
        ends_at: c.get()?,
        deleted_at: c.get()?,
        access_version: c.int()?,
        invitation: InvitationTimes {
            sent_at: c.get()?,
            expires_at: c.get()?,
            accepted_at: c.get()?,
            blocked_at: c.get()?,
        },
    })
}
