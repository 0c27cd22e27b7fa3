//! The lists of users (U-05): by name or by last activity, searched and filtered, paged by key.
//!
//! Users of one type and tab stand in an index in the order of each list, so a page is the beginning of five pieces,
//! merged. What a page costs does not depend on how many users there are; see `docs/performance.md`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::user::{UserStatus, UserType};

use super::words::{LAST, Search};
use super::{COMPANY, User, WRITTEN, pieces, read_from};
use crate::convert;
use crate::db::{DbError, Row, Stmt, Value, sql};
use crate::kept::Kept;
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

    /// Whether the list can be sorted by last activity: only all users, or those of a type, are kept in that order, and
    /// nobody who is only invited.
    pub fn sorts_by_activity(&self) -> bool {
        self.sorts_by_name() && self.company.is_none() && self.status != UserStatus::Pending
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

/// A user in a list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The user.
    pub user: User,
    /// The companies that are given to them; an administrator's are not read.
    pub company_ids: Vec<CompanyId>,
    /// The names of those in use, by name.
    pub companies: Vec<String>,
}

impl Listed {
    /// How much memory one takes with what is written of it, roughly: ids and texts stand in both.
    fn bytes(&self) -> usize {
        let User { email, names, .. } = &self.user;
        let texts = email.len() + names.first.len() + names.last.len() + names.display.len();
        let companies: usize = self.companies.iter().map(|name| COMPANY + name.len()).sum();
        size_of::<Listed>() + WRITTEN + 2 * (texts + companies)
    }
}

/// One page of users.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    from: &Cursor,
) -> Result<Arc<Kept<Page<Listed>>>, DbError> {
    let backwards = matches!(from, Cursor::Before(_));
    let (statement, values) = match Search::of(&filter.search) {
        Some(search) => found(r, pass, filter, &search, from, backwards)?,
        None => kept(r, pass, filter, from, backwards)?,
    };
    let is_first = matches!(from, Cursor::Start);
    let make = |r: &mut Reader| {
        let rows = r.tx().all(statement, &values)?;
        let ids: Vec<UserId> = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
        let users = get_all(r, pass, &ids)?;
        Ok(match from {
            Cursor::Start => Page::of(users),
            Cursor::After(_) => Page { has_previous: true, ..Page::of(users) },
            Cursor::Before(_) => Page::of_backwards(users),
        })
    };
    // Behind somebody who is not there any more it begins where the first page does, but is not the first.
    let key = [&values[..], &[is_first.into()]].concat();
    r.kept((statement, &key), make, |page| page.rows.iter().map(Listed::bytes).sum())
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
    let few = match &filter.company {
        Some(company) => which_are_few(r, pass, filter.status, company)?,
        None => Vec::new(),
    };
    // What is found from the company's side is not looked for by all the terms there are.
    let from_company: Vec<Value> = few
        .into_iter()
        .map(|(place, is_few)| if is_few { take(&mut values[place]) } else { "".into() })
        .collect();
    values.extend([(&search.term).into(), until.into()]);
    values.extend(search.others.iter().map(Value::from));
    let Some(company) = &filter.company else {
        return Ok((pieces::of_terms(r.tx().engine(), backwards), values));
    };
    values.push(company.into());
    values.extend(from_company);
    Ok((pieces::of_terms_and_company(r.tx().engine(), backwards), values))
}

/// Leaves the word of no type.
fn take(value: &mut Value) -> Value {
    std::mem::replace(value, "".into())
}

/// Where the words of types stand in what [`common`] makes.
const TYPES: usize = 4;

/// Of the types that have not all companies, where each stands in what [`common`] makes, and whether the company has so few
/// users of it that they are looked through faster than all who are found by their terms.
fn which_are_few(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    status: UserStatus,
    company: &CompanyId,
) -> Result<Vec<(usize, bool)>, DbError> {
    let given = || UserType::ALL.iter().enumerate().filter(|(_, user_type)| !user_type.has_all_companies());
    let mut values = vec![pass.account().into(), company.into(), status.word().into()];
    values.extend(given().map(|(_, user_type)| Value::from(user_type.word())));
    let mut c = r.tx().one(pieces::many_of_company(), &values)?.columns();
    given().map(|(place, _)| Ok((TYPES + place, c.int()? == 0))).collect()
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

/// These users, in this order. Only who is pending has an invitation worth looking for: nothing is found behind `NULL`.
fn get_all(r: &mut Reader, pass: &AccountPass<ManageUsers>, ids: &[UserId]) -> Result<Vec<Listed>, DbError> {
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT ",
            user_columns!(),
            ", CASE WHEN u.user_type <> 'administrator' THEN
                   (SELECT string_agg(g.company_id, ',') FROM user_company g
                    WHERE g.account_id = u.account_id AND g.user_id = u.id) END
             FROM \"user\" u LEFT JOIN invitation i
                    ON i.account_id = u.account_id AND i.user_id = CASE WHEN u.listed = 'pending' THEN u.id END
             WHERE u.account_id = $1 AND u.id {in $2}"
        )),
        &[pass.account().into(), convert::list(ids)],
    )?;
    let mut users = rows.into_iter().map(read_listed).collect::<Result<Vec<_>, _>>()?;
    let places: HashMap<&UserId, usize> = ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
    users.sort_unstable_by_key(|(user, _)| places.get(&user.id));
    with_names(r, pass, users)
}

fn read_listed(row: Row) -> Result<(User, Vec<CompanyId>), DbError> {
    let mut c = row.columns();
    Ok((read_from(&mut c)?, c.parse_list()?))
}

/// Looks each company up once, however many of the users have it.
fn with_names(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    users: Vec<(User, Vec<CompanyId>)>,
) -> Result<Vec<Listed>, DbError> {
    let ids: BTreeSet<&CompanyId> = users.iter().flat_map(|(_, companies)| companies).collect();
    let names = if ids.is_empty() { Vec::new() } else { list_names(r, pass, &ids)? };
    let by_id: HashMap<&CompanyId, usize> =
        names.iter().enumerate().map(|(place, (id, _))| (id, place)).collect();
    let listed = |(user, company_ids): (User, Vec<CompanyId>)| {
        let mut places: Vec<usize> = company_ids.iter().filter_map(|id| by_id.get(id).copied()).collect();
        places.sort_unstable();
        let companies = places.into_iter().map(|place| names[place].1.clone()).collect();
        Listed { user, company_ids, companies }
    };
    Ok(users.into_iter().map(listed).collect())
}

/// Those of the companies that are in use, by name.
fn list_names(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    ids: &BTreeSet<&CompanyId>,
) -> Result<Vec<(CompanyId, String)>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, name FROM company WHERE account_id = $1 AND id {in $2} AND disabled = 0 ORDER BY sort_name"
        ),
        &[pass.account().into(), convert::list(ids)],
    )?;
    let read = |row: Row| {
        let mut c = row.columns();
        Ok((c.parse()?, c.text()?))
    };
    rows.into_iter().map(read).collect()
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
