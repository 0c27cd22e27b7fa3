//! The lists of users (U-05): by name or by last activity, searched and filtered, paged by key.
//!
//! Users of one type and tab stand in an index in the order of each list, so a page is the beginning of five pieces,
//! merged. What a page costs does not depend on how many users there are; see `docs/performance.md`.

use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::user::{UserStatus, UserType};

use super::words::{LAST, Search};
use super::{User, pieces, read};
use crate::convert;
use crate::db::{DbError, Stmt, Value, sql};
use crate::page::{COUNTED, Count, Page};
use crate::pass::AccountPass;
use crate::work::Reader;

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Name, A first.
    #[default]
    Name,
    /// Name, Z first.
    NameDown,
    /// Last activity, newest first.
    NewestFirst,
    /// Last activity, oldest first.
    OldestFirst,
}

/// Which users are listed.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Which tab. Deleted users are listed for 30 days.
    pub status: UserStatus,
    /// Words of the name, the last perhaps unfinished, or the beginning of the address or its host; empty for all.
    pub search: String,
    /// Only this type.
    pub user_type: Option<UserType>,
    /// Only users who have this company.
    pub company: Option<CompanyId>,
    /// In which order, where there is a choice.
    pub sort: Sort,
}

impl Filter {
    /// Whether the list can be sorted by name: one that is searched is in the order of what was found.
    pub fn sorts_by_name(&self) -> bool {
        Search::of(&self.search).is_none()
    }

    /// Whether the list can be sorted by last activity: only all users, or those of a type, are kept in that order.
    pub fn sorts_by_activity(&self) -> bool {
        self.sorts_by_name() && self.company.is_none()
    }
}

/// Where a page begins or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cursor {
    /// At the beginning.
    #[default]
    Start,
    /// Behind this user.
    After(UserId),
    /// Before this user.
    Before(UserId),
}

impl Cursor {
    /// From the two parameters of an address; what is no id is the beginning.
    pub fn of(after: &str, before: &str) -> Cursor {
        match (after.parse(), before.parse()) {
            (Ok(after), _) => Cursor::After(after),
            (_, Ok(before)) => Cursor::Before(before),
            _ => Cursor::Start,
        }
    }

    fn user(&self) -> Option<&UserId> {
        match self {
            Cursor::Start => None,
            Cursor::After(id) | Cursor::Before(id) => Some(id),
        }
    }
}

/// One page of users.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    from: &Cursor,
) -> Result<Page<User>, DbError> {
    let backwards = matches!(from, Cursor::Before(_));
    let (statement, values) = match Search::of(&filter.search) {
        Some(search) => found(r, pass, filter, &search, from, backwards)?,
        None => kept(r, pass, filter, from, backwards)?,
    };
    let rows = r.tx().all(statement, &values)?;
    let ids: Vec<UserId> = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    let users = get_all(r, pass, &ids)?;
    Ok(match from {
        Cursor::Start => Page::of(users),
        Cursor::After(_) => Page { has_previous: true, ..Page::of(users) },
        Cursor::Before(_) => Page::of_backwards(users),
    })
}

/// The list in one of its orders.
fn kept(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    from: &Cursor,
    backwards: bool,
) -> Result<(&'static Stmt, Vec<Value>), DbError> {
    let by_activity =
        filter.sorts_by_activity() && matches!(filter.sort, Sort::NewestFirst | Sort::OldestFirst);
    let down = matches!(filter.sort, Sort::NameDown) || by_activity && filter.sort == Sort::NewestFirst;
    let down = down != backwards;
    let start: [Value; 2] = match (by_activity, down) {
        (false, false) => ["".into(), "".into()],
        (false, true) => [LAST.into(), LAST.into()],
        (true, false) => [(-1).into(), "".into()],
        (true, true) => [i64::MAX.into(), LAST.into()],
    };
    let start = match from.user() {
        Some(id) => find_place(r, pass, id, by_activity)?.unwrap_or(start),
        None => start,
    };
    let mut values = common(pass, filter, start);
    values.extend(filter.company.as_ref().map(Value::from));
    let statement = match (filter.company.is_some(), by_activity) {
        (true, _) => pieces::of_company(r.tx().engine(), down),
        (false, false) => pieces::by_name(r.tx().engine(), down),
        (false, true) => pieces::by_activity(r.tx().engine(), down),
    };
    Ok((statement, values))
}

/// The list of what was found, in the order of the terms.
fn found(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    search: &Search,
    from: &Cursor,
    backwards: bool,
) -> Result<(&'static Stmt, Vec<Value>), DbError> {
    let until = format!("{}{LAST}", search.term);
    let start: [Value; 2] = [if backwards { &until } else { &search.term }.into(), "".into()];
    let start = match from.user() {
        Some(id) => find_term(r, pass, id, &search.term, &until)?.unwrap_or(start),
        None => start,
    };
    let mut values = common(pass, filter, start);
    let company = filter.company.as_ref().map(CompanyId::as_str).unwrap_or_default();
    values.extend([(&search.term).into(), until.into(), company.into()]);
    values.extend(search.others.iter().map(Value::from));
    Ok((pieces::of_terms(r.tx().engine(), backwards), values))
}

/// The values of all lists. Where one type is asked for, the other pieces are those of no type.
fn common(pass: &AccountPass<ManageUsers>, filter: &Filter, start: [Value; 2]) -> Vec<Value> {
    let is_listed = |user_type: &UserType| filter.user_type.is_none_or(|only| only == *user_type);
    let piece = |user_type: &UserType| if is_listed(user_type) { user_type.word() } else { "" }.into();
    let [place, id] = start;
    let mut values = vec![pass.account().into(), filter.status.word().into(), place, id];
    values.extend(UserType::ALL.iter().map(piece));
    values
}

/// Where a user stands in a list. Users who were deleted meanwhile still mark their place.
fn find_place(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    by_activity: bool,
) -> Result<Option<[Value; 2]>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT sort_name, last_active_at FROM \"user\" WHERE account_id = $1 AND id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (sort_name, last_active_at) = (c.text()?, c.int()?);
    let place = if by_activity { last_active_at.into() } else { sort_name.into() };
    Ok(Some([place, id.into()]))
}

/// Where a user stands among what was found.
fn find_term(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    from: &str,
    until: &str,
) -> Result<Option<[Value; 2]>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT term FROM user_term
             WHERE account_id = $1 AND user_id = $2 AND term >= $3 AND term < $4 ORDER BY term LIMIT 1"
        ),
        &[pass.account().into(), id.into(), from.into(), until.into()],
    )?;
    let term: Option<String> = row.map(|row| row.columns().text()).transpose()?;
    Ok(term.map(|term| [term.into(), id.into()]))
}

/// These users, in this order.
fn get_all(r: &mut Reader, pass: &AccountPass<ManageUsers>, ids: &[UserId]) -> Result<Vec<User>, DbError> {
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT ",
            user_columns!(),
            " FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
             WHERE u.account_id = $1 AND u.id {in $2}"
        )),
        &[pass.account().into(), convert::list(ids)],
    )?;
    let mut users: Vec<User> = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    users.sort_by_cached_key(|user| ids.iter().position(|id| *id == user.id));
    Ok(users)
}

/// How many users there are on each tab, as far as they are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Active users.
    pub active: Count,
    /// Users who were invited, or will be.
    pub pending: Count,
    /// Suspended users.
    pub suspended: Count,
    /// Users who were deleted in the last 30 days.
    pub deleted: Count,
}

/// How many users there are on each tab, as far as `page::COUNTED`.
pub fn count(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Counts, DbError> {
    Ok(Counts {
        active: count_tab(r, pass, UserStatus::Active)?,
        pending: count_tab(r, pass, UserStatus::Pending)?,
        suspended: count_tab(r, pass, UserStatus::Suspended)?,
        deleted: count_tab(r, pass, UserStatus::Deleted)?,
    })
}

/// Looks first whether there are more than are counted: going there is cheaper than counting.
fn count_tab(r: &mut Reader, pass: &AccountPass<ManageUsers>, status: UserStatus) -> Result<Count, DbError> {
    let tab = [pass.account().into(), status.word().into()];
    let beyond = r.tx().optional(
        sql!(
            "SELECT id FROM \"user\" WHERE account_id = $1 AND listed = $2
             ORDER BY account_id, listed, user_type, sort_name LIMIT 1 OFFSET 1000"
        ),
        &tab,
    )?;
    if beyond.is_some() {
        return Ok(Count { n: COUNTED, more: true });
    }
    let row =
        r.tx().one(sql!("SELECT COUNT(*) FROM \"user\" WHERE account_id = $1 AND listed = $2"), &tab)?;
    Ok(Count { n: row.columns().int()?, more: false })
}

/// Which companies in use each of these users has: pairs of user and company name, by name.
pub fn list_companies(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    users: &[User],
) -> Result<Vec<(UserId, String)>, DbError> {
    let ids = convert::list(users.iter().map(|user| &user.id));
    let rows = r.tx().all(
        sql!(
            "SELECT uc.user_id, c.name FROM user_company uc
             JOIN company c ON c.account_id = uc.account_id AND c.id = uc.company_id
             WHERE uc.account_id = $1 AND uc.user_id {in $2} AND c.disabled = 0
             ORDER BY uc.user_id, c.sort_name"
        ),
        &[pass.account().into(), ids],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(read).collect()
}
