//! Who gets alerts and summaries: users, and addresses without one. What both nouns ask of a receiver stands here.
//!
//! A row whose receiver may not get it stands in no list: that of a user who is suspended or deleted, or whose access has ended;
//! for a company that is not in use, or that its user does not have any more; and that of an address which became a user's
//! since. Such rows are kept, and are read again when the change is undone. Lists alone ask so, as they are paged: what is sent,
//! and to whom, is decided by `domain::alert`.

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::{EmailAddress, canonical};
use domain::id::{AccountId, CompanyId, UserId};
use domain::mail::SUPPRESSION;
use domain::receiver::Reach;
use domain::user::{UserStatus, UserType};

use crate::company;
use crate::convert;
use crate::db::{Columns, DbError, Row, Value, sql};
use crate::pass::{AccountPass, Acting, Denied, HasPlace as _, UnsubscribePass};
use crate::user::effective;
use crate::work::{Actor, Reader, Writer};

/// The most alerts, and the most summaries, of one address without a user: whoever reads there asked for none.
pub const MOST_OUTSIDE: i64 = 10;

/// How many of a noun one receiver may have: `each`, and fewer where it is an address without a user.
pub fn most_each(each: i64, address: Option<&EmailAddress>) -> i64 {
    if address.is_some() { MOST_OUTSIDE } else { each }
}

/// Whose alerts and summaries somebody may see and set.
#[derive(Clone, Debug)]
pub enum Whose {
    /// Their own.
    Own(AccountPass<AnyUser>),
    /// Everybody's, as who manages users.
    Everybodys(AccountPass<ManageUsers>),
}

/// The joins of a row `n` to its user and company, and what they must be for the row to stand in lists. `$1` is the account, `$2` the
/// present moment.
macro_rules! live_receiver {
    () => {
        " LEFT JOIN \"user\" u ON u.account_id = n.account_id AND u.id = n.user_id
          LEFT JOIN company c ON c.account_id = n.account_id AND c.id = n.company_id
          WHERE n.account_id = $1
            AND (n.user_id IS NULL OR u.status IN ('pending', 'active') AND (u.ends_at IS NULL OR u.ends_at > $2))
            AND (n.company_id IS NULL OR c.disabled = 0)
            AND (n.company_id IS NULL OR n.user_id IS NULL OR u.user_type = 'administrator' OR EXISTS (
                SELECT 1 FROM user_company uc WHERE uc.account_id = n.account_id
                AND uc.user_id = n.user_id AND uc.company_id = n.company_id))
            AND (n.user_id IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM \"user\" v WHERE v.account_id = n.account_id
                AND v.email_canonical = n.email_canonical AND v.status <> 'deleted'))
            AND (n.user_id IS NOT NULL OR NOT EXISTS (
                SELECT 1 FROM \"user\" v WHERE v.account_id = n.account_id
                AND v.email_canonical = n.email_canonical AND v.status = 'deleted' AND v.deleted_at >= n.created_at))"
    };
}
pub(crate) use live_receiver;

/// Whether the address of a row `n` without a user became one's since, and whether the receiver's, the user `u` or that address, was
/// refused by the mail server after `$3`.
macro_rules! address_standing {
    () => {
        "CASE WHEN n.user_id IS NULL AND (
             EXISTS (SELECT 1 FROM \"user\" v WHERE v.account_id = n.account_id
                     AND v.email_canonical = n.email_canonical AND v.status <> 'deleted')
             OR EXISTS (SELECT 1 FROM \"user\" g WHERE g.account_id = n.account_id
                        AND g.email_canonical = n.email_canonical AND g.status = 'deleted'
                        AND g.deleted_at >= n.created_at)) THEN 1 ELSE 0 END,
         CASE WHEN EXISTS (
             SELECT 1 FROM mail_suppression s WHERE s.account_id = n.account_id AND s.created_at > $3
             AND s.email_canonical = COALESCE(u.email_canonical, n.email_canonical)) THEN 1 ELSE 0 END,"
    };
}
pub(crate) use address_standing;

impl Whose {
    /// Everybody's for who manages users, and one's own for everybody else.
    pub fn of(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Whose, Denied> {
        match pass.with(r) {
            Ok(pass) => Ok(Whose::Everybodys(pass)),
            Err(Denied::Forbidden { .. }) => Ok(Whose::Own(pass.clone())),
            Err(denied) => Err(denied),
        }
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        match self {
            Whose::Own(pass) => pass.account(),
            Whose::Everybodys(pass) => pass.account(),
        }
    }

    /// The one user whose rows are reached, where it is not everybody's; an empty text, should they have none.
    pub(crate) fn only(&self) -> Option<Value> {
        match self {
            Whose::Own(pass) => Some(pass.place().user.as_ref().map_or("".into(), Value::from)),
            Whose::Everybodys(_) => None,
        }
    }

    /// For `$n = 1 OR user_id = $m`: whether all rows are reached, and else whose.
    pub(crate) fn reached(&self) -> [Value; 2] {
        let only = self.only();
        [only.is_none().into(), only.unwrap_or(Value::Null)]
    }
}

impl Acting for Whose {
    fn actor(&self) -> Actor {
        match self {
            Whose::Own(pass) => pass.actor(),
            Whose::Everybodys(pass) => pass.actor(),
        }
    }
}

/// A user who may be sent something.
#[derive(Clone, Debug)]
pub struct Reached {
    /// What.
    pub reach: Reach,
    /// Their address.
    pub email: String,
    /// Whether they have ever signed in, and so know of it.
    pub has_login: bool,
}

/// A user who may be sent something: nobody is found who is neither invited nor active.
pub fn find_reached(r: &mut Reader, whose: &Whose, id: &UserId) -> Result<Option<Reached>, DbError> {
    let (now, [all, only]) = (r.now, whose.reached());
    let row = r.tx().optional(
        sql!(
            "SELECT user_type, email, login_id FROM \"user\"
             WHERE account_id = $1 AND id = $2 AND ($3 = 1 OR id = $4)
               AND status IN ('pending', 'active') AND (ends_at IS NULL OR ends_at > $5)"
        ),
        &[whose.account().into(), id.into(), all, only, now.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let user_type: UserType = c.parse()?;
        Ok(Reached { reach: Reach::of(user_type), email: c.text()?, has_login: c.text_or_null()?.is_some() })
    })
    .transpose()
}

/// Whoever alerts and summaries are set up for, as their page shows them.
#[derive(Clone, Debug)]
pub struct Who {
    /// Their user.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their type.
    pub user_type: UserType,
    /// Where they stand.
    pub status: UserStatus,
    /// Whether the mail server has refused their address.
    pub refused: bool,
    /// Whether push is on for a device of theirs.
    pub has_device: bool,
}

/// A user as they stand at this moment, unless deleted.
pub fn find_who(r: &mut Reader, whose: &Whose, id: &UserId) -> Result<Option<Who>, DbError> {
    let (now, [all, only]) = (r.now, whose.reached());
    let row = r.tx().optional(
        sql!(
            "SELECT u.id, trim(u.first_name || ' ' || u.last_name), u.email, u.user_type, u.status, u.ends_at,
                    CASE WHEN EXISTS (SELECT 1 FROM mail_suppression s WHERE s.account_id = u.account_id
                                      AND s.email_canonical = u.email_canonical AND s.created_at > $5)
                         THEN 1 ELSE 0 END,
                    CASE WHEN EXISTS (SELECT 1 FROM push_device d WHERE d.login_id = u.login_id) THEN 1 ELSE 0 END
             FROM \"user\" u
             WHERE u.account_id = $1 AND u.id = $2 AND ($3 = 1 OR u.id = $4) AND u.status <> 'deleted'"
        ),
        &[whose.account().into(), id.into(), all, only, (now - SUPPRESSION).into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        let (id, name, email, user_type) = (c.parse()?, c.text()?, c.text()?, c.parse()?);
        let status = effective(c.parse()?, c.get()?, now);
        Ok(Who { id, name, email, user_type, status, refused: c.flag()?, has_device: c.flag()? })
    })
    .transpose()
}

/// The companies in use that a user has, by name: their ids and names; at most [`company::CHOICES`]. Without a user, all that are in
/// use.
pub fn list_companies(
    r: &mut Reader,
    whose: &Whose,
    user: Option<&UserId>,
) -> Result<Vec<(CompanyId, String)>, DbError> {
    let [all, only] = whose.reached();
    let rows = r.tx().all(
        sql!(
            "SELECT c.id, c.name FROM company c
             WHERE c.account_id = $1 AND c.disabled = 0 AND ($3 = 1 OR $2 = $4)
               AND ($6 = 1
                    OR EXISTS (SELECT 1 FROM \"user\" u WHERE u.account_id = $1 AND u.id = $2
                               AND u.user_type = 'administrator')
                    OR EXISTS (SELECT 1 FROM user_company x WHERE x.account_id = $1 AND x.user_id = $2
                               AND x.company_id = c.id))
             ORDER BY c.sort_name, c.id LIMIT $5"
        ),
        &[whose.account().into(), user.into(), all, only, company::CHOICES.into(), user.is_none().into()],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(read).collect()
}

/// Whether a company is in use and the receiver has it; without a user, whether it is the account's.
pub fn has_company(
    r: &mut Reader,
    whose: &Whose,
    user: Option<&UserId>,
    company: &CompanyId,
) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT c.id FROM company c WHERE c.account_id = $1 AND c.id = $2 AND c.disabled = 0
               AND ($3 = 1
                    OR EXISTS (SELECT 1 FROM \"user\" u WHERE u.account_id = $1 AND u.id = $4
                               AND u.user_type = 'administrator')
                    OR EXISTS (SELECT 1 FROM user_company uc WHERE uc.account_id = $1 AND uc.user_id = $4
                               AND uc.company_id = c.id))"
        ),
        &[whose.account().into(), company.into(), user.is_none().into(), user.into()],
    )?;
    Ok(row.is_some())
}

/// Whether somebody is an agent whom the receiver knows: one who shares a company with them; without a user, whether they are
/// one of the account's.
pub fn has_agent(
    r: &mut Reader,
    whose: &Whose,
    user: Option<&UserId>,
    agent: &UserId,
) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.id FROM \"user\" a
             WHERE a.account_id = $1 AND a.id = $2 AND a.agent = 1 AND a.status IN ('pending', 'active')
               AND ($3 = 1 OR a.user_type = 'administrator'
                    OR EXISTS (SELECT 1 FROM \"user\" u WHERE u.account_id = $1 AND u.id = $4
                               AND u.user_type = 'administrator')
                    OR EXISTS (SELECT 1 FROM user_company x
                               JOIN user_company y ON y.account_id = x.account_id AND y.company_id = x.company_id
                               WHERE x.account_id = $1 AND x.user_id = $4 AND y.account_id = $1
                                 AND y.user_id = a.id))"
        ),
        &[whose.account().into(), agent.into(), user.is_none().into(), user.into()],
    )?;
    Ok(row.is_some())
}

/// How an address without a user stands to the account.
#[derive(Clone, Copy, Debug)]
pub struct Outside {
    /// Whether something is set up for it.
    pub known: bool,
    /// Whether whoever reads there has ended something that was.
    pub stopped: bool,
    /// Whether they want no invitations, and so nothing else either.
    pub unwanted: bool,
    /// Whether the mail server has refused it.
    pub refused: bool,
}

/// How an address without a user stands.
pub fn get_outside(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Outside, DbError> {
    let since = r.now - SUPPRESSION;
    let row = r.tx().one(
        sql!(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM notification n WHERE n.account_id = $1 AND n.email_canonical = $2)
                           OR EXISTS (SELECT 1 FROM summary_email y WHERE y.account_id = $1 AND y.email_canonical = $2)
                         THEN 1 ELSE 0 END,
                    CASE WHEN EXISTS (SELECT 1 FROM receiver_block b
                                      WHERE b.account_id = $1 AND b.email_canonical = $2) THEN 1 ELSE 0 END,
                    CASE WHEN EXISTS (SELECT 1 FROM invitation_block b
                                      WHERE b.account_id = $1 AND b.email_canonical = $2) THEN 1 ELSE 0 END,
                    CASE WHEN EXISTS (SELECT 1 FROM mail_suppression s WHERE s.account_id = $1
                                      AND s.email_canonical = $2 AND s.created_at > $3) THEN 1 ELSE 0 END"
        ),
        &[pass.account().into(), email.canonical().into(), since.into()],
    )?;
    let mut c = row.columns();
    Ok(Outside { known: c.flag()?, stopped: c.flag()?, unwanted: c.flag()?, refused: c.flag()? })
}

/// Notes that whoever reads at an address without a user has ended something.
pub(crate) fn block(w: &mut Writer, pass: &UnsubscribePass, email: &str) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO receiver_block (account_id, email_canonical, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, email_canonical) DO NOTHING"
        ),
        &[(&pass.account).into(), canonical(email).into(), now.into()],
    )?;
    Ok(())
}

/// Whether something is set up for a user.
pub fn is_known_user(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &UserId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT user_id FROM notification WHERE account_id = $1 AND user_id = $2
             UNION ALL
             SELECT user_id FROM summary_email WHERE account_id = $1 AND user_id = $2 LIMIT 1"
        ),
        &[pass.account().into(), id.into()],
    )?;
    Ok(row.is_some())
}

/// The types of users who get emails, for `{in $n}`.
pub(crate) fn types_with_emails() -> Value {
    let gets = |user_type: &&UserType| Reach::of(**user_type) == Reach::User;
    convert::list(UserType::ALL.iter().filter(gets).map(|user_type| user_type.word()))
}

/// Reads user, address and type, of which an address without a user has the second.
pub(crate) fn read_receiver(c: &mut Columns) -> Result<(Option<UserId>, String, Reach), DbError> {
    let (user, email) = (c.parse_or_null()?, c.text()?);
    let user_type: Option<UserType> = c.parse_or_null()?;
    Ok((user, email, user_type.map_or(Reach::Address, Reach::of)))
}
