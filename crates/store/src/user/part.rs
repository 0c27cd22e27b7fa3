//! The list of users as programs ask for it: all but deleted ones, in the order they were made or by address, and any
//! part of it (I-01).
//!
//! Programs count pages, so the whole list is counted for each, and what stands before a page is skipped: both go through
//! one index of ids. What stands behind the middle is skipped from the end, so that no page costs more than half as much
//! again as counting does. Who goes on behind a user pays neither.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::id::{AccountId, CompanyId, UserId};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

use super::pieces::with_word;
use super::words::{LAST, Search};
use super::{COMPANY, WRITTEN};
use crate::convert;
use crate::db::{DbError, Row, Stmt, Value, sql};
use crate::kept::Kept;
use crate::page::{Part, Window};
use crate::pass::{AccountPass, HasPlace};
use crate::work::Reader;

/// A user as programs see one.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user.
    pub id: UserId,
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
    /// When the user was made.
    pub created_at: Timestamp,
    /// The companies given, in use or not, by name; administrators have all without.
    pub companies: Vec<(CompanyId, String)>,
    /// Raised by every change of their access.
    pub access_version: i64,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were made.
    #[default]
    Made,
    /// By address.
    Email,
}

impl Member {
    /// How much memory one takes with what is written of it, roughly: ids and texts stand in both.
    fn bytes(&self) -> usize {
        let texts =
            self.email.len() + self.names.first.len() + self.names.last.len() + self.names.display.len();
        let companies: usize = self.companies.iter().map(|(_, name)| COMPANY + name.len()).sum();
        size_of::<Member>() + WRITTEN + 2 * (texts + companies)
    }
}

fn bytes_of(rows: &[Member]) -> usize {
    rows.iter().map(Member::bytes).sum()
}

/// Which users, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Words of the names, or the beginning of the address or its host; empty for all.
    pub search: String,
    /// Who has this company, administrators among them.
    pub company: Option<CompanyId>,
    /// The order.
    pub order: Order,
    /// The other way round.
    pub down: bool,
}

impl Asked {
    /// Whether nobody is left out.
    pub fn is_all(&self) -> bool {
        self.company.is_none() && Search::of(&self.search).is_none()
    }
}

/// The statements of a list, one for each order, and the one that counts it. What they are told begins with the account;
/// the number of rows and how many stand before them come last.
struct Statements {
    /// By id, by id backwards, by address, by address backwards.
    windows: [&'static Stmt; 4],
    count: &'static Stmt,
}

macro_rules! window {
    ($order:literal, $where:expr, $window:literal) => {
        sql!(concat!(
            "SELECT u.id FROM \"user\" u WHERE u.account_id = $1 AND ",
            $where,
            " ORDER BY ",
            $order,
            $window
        ))
    };
}
macro_rules! statements {
    ($where:expr, $window:literal) => {
        Statements {
            windows: [
                window!("u.id", $where, $window),
                window!("u.id DESC", $where, $window),
                window!("u.email_canonical", $where, $window),
                window!("u.email_canonical DESC", $where, $window),
            ],
            count: sql!(concat!("SELECT COUNT(*) FROM \"user\" u WHERE u.account_id = $1 AND ", $where)),
        }
    };
}

/// All of them.
fn of_all() -> Statements {
    statements!("u.status <> 'deleted'", " LIMIT $2 OFFSET $3")
}

/// Those who have the company `$2`.
fn of_company() -> Statements {
    statements!(
        "u.id IN (
             SELECT g.user_id FROM user_company g
             WHERE g.account_id = $1 AND g.company_id = $2 AND g.listed IN ('active', 'pending', 'suspended')
             UNION ALL
             SELECT a.id FROM \"user\" a WHERE a.account_id = $1 AND a.user_type = 'administrator'
               AND a.listed IN ('active', 'pending', 'suspended'))",
        " LIMIT $3 OFFSET $4"
    )
}

/// Those who have a term that begins with `$3`, which is behind `$3` and before `$4`, and the words `$5` to `$7`; of them
/// those who have the company `$2`, where it is not empty.
fn of_terms() -> Statements {
    statements!(
        concat!(
            "u.id IN (
                 SELECT w.user_id FROM user_term w
                 WHERE w.account_id = $1 AND w.listed IN ('active', 'pending', 'suspended')
                   AND w.user_type IN ('administrator', 'manager', 'reporting', 'agent', 'notification')
                   AND w.term >= $3 AND w.term < $4",
            with_word!("$5"),
            with_word!("$6"),
            with_word!("$7"),
            ") AND ($2 = '' OR u.user_type = 'administrator' OR EXISTS (
                 SELECT 1 FROM user_company g
                 WHERE g.account_id = $1 AND g.user_id = u.id AND g.company_id = $2))"
        ),
        " LIMIT $8 OFFSET $9"
    )
}

fn chosen(pass: &AccountPass<ManageUsers>, asked: &Asked) -> (Statements, Vec<Value>) {
    let account: Value = pass.account().into();
    match (Search::of(&asked.search), &asked.company) {
        (None, None) => (of_all(), vec![account]),
        (None, Some(company)) => (of_company(), vec![account, company.into()]),
        (Some(search), company) => {
            let company = company.as_ref().map(CompanyId::as_str).unwrap_or_default();
            let until = format!("{}{LAST}", search.term);
            let mut values = vec![account, company.into(), search.term.into(), until.into()];
            values.extend(search.others.iter().map(Value::from));
            (of_terms(), values)
        }
    }
}

/// The part of the list that stands in a window.
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    asked: &Asked,
    window: Window,
) -> Result<Arc<Kept<Part<Member>>>, DbError> {
    let (statements, values) = chosen(pass, asked);
    let order = asked.order as i64 * 2 + i64::from(asked.down);
    let key = [&values[..], &[order, window.skip, window.take].map(Value::from)].concat();
    let make = |r: &mut Reader| read_window(r, pass, asked, window, &statements, values);
    r.kept((statements.count, &key), make, |part| bytes_of(&part.rows))
}

fn read_window(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    asked: &Asked,
    window: Window,
    statements: &Statements,
    values: Vec<Value>,
) -> Result<Part<Member>, DbError> {
    let total = r.tx().one(statements.count, &values)?.columns().int()?;
    let take = window.take.min(total - window.skip).max(0);
    let from_the_end = window.skip > total / 2;
    let skip = if from_the_end { total - window.skip - take } else { window.skip };
    let order = asked.order as usize * 2 + usize::from(asked.down != from_the_end);
    let mut ids = match take {
        0 => Vec::new(),
        take => list_ids(r, statements.windows[order], values, [take, skip])?,
    };
    if from_the_end {
        ids.reverse();
    }
    Ok(Part { rows: get_members(r, pass.account(), &ids)?, total })
}

fn list_ids(
    r: &mut Reader,
    statement: &'static Stmt,
    mut values: Vec<Value>,
    window: [i64; 2],
) -> Result<Vec<UserId>, DbError> {
    values.extend(window.map(Value::from));
    let rows = r.tx().all(statement, &values)?;
    rows.into_iter().map(|row| row.columns().parse()).collect()
}

/// Users who follow one of them.
pub struct Following {
    /// They.
    pub rows: Vec<Member>,
    /// Whether there are more.
    pub more: bool,
}

/// The users of the whole list behind one of them, and whether more follow; neither is counted nor skipped. Behind nobody
/// is the beginning.
pub fn list_behind(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    (order, down): (Order, bool),
    after: Option<&UserId>,
    take: i64,
) -> Result<Arc<Kept<Following>>, DbError> {
    let account = pass.account();
    let start = if down { LAST } else { "" };
    let place = match (order, after) {
        (_, None) => start.to_owned(),
        (Order::Made, Some(id)) => id.to_string(),
        (Order::Email, Some(id)) => {
            let row = r.tx().optional(
                sql!("SELECT email_canonical FROM \"user\" WHERE account_id = $1 AND id = $2"),
                &[account.into(), id.into()],
            )?;
            row.map(|row| row.columns().text()).transpose()?.unwrap_or_else(|| start.to_owned())
        }
    };
    let (statement, values) = (behind(order, down), [account.into(), place.into(), (take + 1).into()]);
    let make = |r: &mut Reader| {
        let rows = r.tx().all(statement, &values)?;
        let mut ids: Vec<UserId> =
            rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
        let more = ids.len() as i64 > take;
        ids.truncate(take as usize);
        Ok(Following { rows: get_members(r, account, &ids)?, more })
    };
    r.kept((statement, &values), make, |following| bytes_of(&following.rows))
}

macro_rules! behind {
    ($key:literal $than:literal $order:literal) => {
        sql!(concat!(
            "SELECT u.id FROM \"user\" u WHERE u.account_id = $1 AND u.status <> 'deleted' AND u.",
            $key,
            $than,
            " $2 ORDER BY u.",
            $key,
            $order,
            " LIMIT $3"
        ))
    };
}

fn behind(order: Order, down: bool) -> &'static Stmt {
    match (order, down) {
        (Order::Made, false) => behind!("id" " >" ""),
        (Order::Made, true) => behind!("id" " <" " DESC"),
        (Order::Email, false) => behind!("email_canonical" " >" ""),
        (Order::Email, true) => behind!("email_canonical" " <" " DESC"),
    }
}

/// One user, unless deleted.
pub fn find_member(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
) -> Result<Option<Member>, DbError> {
    Ok(get_members(r, pass.account(), std::slice::from_ref(id))?.pop())
}

/// Oneself; whoever is here as executive administrator need not be a user.
pub fn find_own_member(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Option<Member>, DbError> {
    let place = pass.place();
    let Some(id) = &place.user else { return Ok(None) };
    Ok(get_members(r, &place.account, std::slice::from_ref(id))?.pop())
}

/// These users, in this order. Each company is looked up once, however many of them have it.
fn get_members(r: &mut Reader, account: &AccountId, ids: &[UserId]) -> Result<Vec<Member>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT u.id, u.email, u.first_name, u.last_name, u.display_name, u.user_type, u.agent, u.status, u.created_at,
                    u.access_version,
                    CASE WHEN u.user_type <> 'administrator' THEN
                        (SELECT string_agg(g.company_id, ',') FROM user_company g
                         WHERE g.account_id = u.account_id AND g.user_id = u.id) END
             FROM \"user\" u WHERE u.account_id = $1 AND u.status <> 'deleted' AND u.id {in $2}"
        ),
        &[account.into(), convert::list(ids)],
    )?;
    let mut members = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let places: HashMap<&UserId, usize> = ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
    members.sort_unstable_by_key(|(member, _)| places.get(&member.id));
    let named: BTreeSet<&CompanyId> = members.iter().flat_map(|(_, companies)| companies).collect();
    let names = if named.is_empty() { Vec::new() } else { list_names(r, account, &named)? };
    let by_id: HashMap<&CompanyId, usize> =
        names.iter().enumerate().map(|(place, (id, _))| (id, place)).collect();
    let with_names = |(member, ids): (Member, Vec<CompanyId>)| {
        let mut places: Vec<usize> = ids.iter().filter_map(|id| by_id.get(id).copied()).collect();
        places.sort_unstable();
        let companies = places.into_iter().map(|place| names[place].clone()).collect();
        Member { companies, ..member }
    };
    Ok(members.into_iter().map(with_names).collect())
}

fn read(row: Row) -> Result<(Member, Vec<CompanyId>), DbError> {
    let mut c = row.columns();
    let member = Member {
        id: c.parse()?,
        email: c.text()?,
        names: Names { first: c.text()?, last: c.text()?, display: c.text()? },
        user_type: c.parse()?,
        agent: c.flag()?,
        status: c.parse()?,
        created_at: c.get()?,
        access_version: c.int()?,
        companies: Vec::new(),
    };
    Ok((member, c.parse_list()?))
}

/// The companies, in use or not, by name.
fn list_names(
    r: &mut Reader,
    account: &AccountId,
    ids: &BTreeSet<&CompanyId>,
) -> Result<Vec<(CompanyId, String)>, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id, name FROM company WHERE account_id = $1 AND id {in $2} ORDER BY sort_name"),
        &[account.into(), convert::list(ids)],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(read).collect()
}
