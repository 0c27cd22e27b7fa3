//! The people of an account center, one row each, whatever number of its accounts they are in (C-05). What is known of one
//! is counted from their users whenever one of those changes, so that lists and search read rows that are ready.

mod counted;
mod moving;

use domain::account_center::proof::AllOfCenter;
use domain::id::{AccountId, CenterPersonId, LoginId, UserId};
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

pub(crate) use counted::{count_anew, refresh, update_seen};
pub(crate) use moving::move_account;
pub use moving::move_on;

use crate::convert;
use crate::db::{Columns, DbError, Row, Stmt, Value, sql};
use crate::page::{LIMIT, Page};
use crate::pass::CenterPass;
use crate::user::words::{LAST, Search};
use crate::work::Reader;

/// A person of a center.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person.
    pub id: CenterPersonId,
    /// First and last name, as the oldest of their accounts has them.
    pub name: String,
    /// The address.
    pub email: String,
    /// Their login, once they have accepted anywhere.
    pub login: Option<LoginId>,
    /// Whether they are an executive administrator of the center.
    pub executive: bool,
    /// In how many accounts they are.
    pub accounts: i64,
    /// In how many of them they have not accepted yet.
    pub pending: i64,
    /// What they are somewhere, in the order of the matrix, and in how many accounts.
    pub types: Vec<(UserType, i64)>,
    /// When they were last anywhere; `None` if never.
    pub last_active_at: Option<Timestamp>,
}

/// Which people are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words of the name, or the beginning of the address or its host; empty for all.
    pub search: String,
    /// Only who is this somewhere.
    pub user_type: Option<UserType>,
}

/// What a person is in one account.
#[derive(Clone, Debug)]
pub struct PersonPlace {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Their user there.
    pub user: UserId,
    /// That user's type.
    pub user_type: UserType,
    /// The agent flag.
    pub agent: bool,
    /// Where the user stands.
    pub status: UserStatus,
    /// Raised by every change of that user's access.
    pub access_version: i64,
}

macro_rules! columns {
    () => {
        "p.id, p.name, p.email, p.login_id, CASE WHEN x.login_id IS NULL THEN 0 ELSE 1 END, p.accounts, p.pending,
         p.administrator, p.manager, p.reporting, p.agent, p.notification, p.last_active_at"
    };
}

/// That a person is in an account of the center still: one that has left it takes its users along little by little
/// (`move_on`), and until then nobody there may see those who were in no other. As a statement of its own it is asked row
/// by row and finds the first, however many people there are.
macro_rules! is_there {
    () => {
        " AND (SELECT u.id FROM \"user\" u JOIN account a ON a.id = u.account_id AND a.center_id = $1
               WHERE u.center_id = $1 AND u.email_canonical = p.email_canonical AND u.status <> 'deleted'
               LIMIT 1) IS NOT NULL"
    };
}

macro_rules! by_name {
    ($of_type:literal) => {
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM center_person p
             LEFT JOIN executive_administrator x ON x.center_id = p.center_id AND x.login_id = p.login_id
             WHERE p.center_id = $1 AND (p.sort_name, p.id) > ($2, $3)",
            $of_type,
            is_there!(),
            " ORDER BY p.sort_name, p.id LIMIT $4"
        ))
    };
}

macro_rules! by_term {
    ($of_type:literal) => {
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM center_person_term w
             JOIN center_person p ON p.center_id = w.center_id AND p.id = w.person_id
             LEFT JOIN executive_administrator x ON x.center_id = p.center_id AND x.login_id = p.login_id
             WHERE w.center_id = $1 AND (w.term, w.person_id) > ($2, $3) AND w.term < $6
               AND w.term = (SELECT MIN(f.term) FROM center_person_term f
                             WHERE f.center_id = $1 AND f.person_id = w.person_id AND f.term >= $5 AND f.term < $6)
               AND ($7 = '' OR EXISTS (SELECT 1 FROM center_person_term o
                    WHERE o.center_id = $1 AND o.person_id = w.person_id AND o.term >= $7 || ' '
                      AND o.term < $7 || '!'))",
            $of_type,
            is_there!(),
            " ORDER BY w.term, w.person_id LIMIT $4"
        ))
    };
}

/// The statement for a type, or for all.
macro_rules! of_type {
    ($statement:ident, $user_type:expr) => {
        match $user_type {
            None => $statement!(""),
            Some(UserType::Administrator) => $statement!(" AND p.administrator > 0"),
            Some(UserType::Manager) => $statement!(" AND p.manager > 0"),
            Some(UserType::Reporting) => $statement!(" AND p.reporting > 0"),
            Some(UserType::Agent) => $statement!(" AND p.agent > 0"),
            Some(UserType::Notification) => $statement!(" AND p.notification > 0"),
        }
    };
}

/// One page of people behind one of them, by name, or by what was searched for.
pub fn list(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    filter: &Filter,
    after: Option<&CenterPersonId>,
) -> Result<Page<Person>, DbError> {
    let (statement, values): (&'static Stmt, Vec<Value>) = match Search::of(&filter.search) {
        None => {
            let place = after.map(|id| find_name(r, pass, id)).transpose()?.flatten();
            let [name, id] = place.unwrap_or_else(|| ["".into(), "".into()]);
            (of_type!(by_name, filter.user_type), vec![pass.center().into(), name, id, LIMIT.into()])
        }
        Some(search) => {
            let until = format!("{}{LAST}", search.term);
            let place = after.map(|id| find_term(r, pass, id, &search.term, &until)).transpose()?.flatten();
            let [term, id] = place.unwrap_or_else(|| [(&search.term).into(), "".into()]);
            let [other, ..] = &search.others;
            let values = vec![
                pass.center().into(),
                term,
                id,
                LIMIT.into(),
                (&search.term).into(),
                until.into(),
                other.into(),
            ];
            (of_type!(by_term, filter.user_type), values)
        }
    };
    let rows = r.tx().all(statement, &values)?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

fn find_name(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
) -> Result<Option<[Value; 2]>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT sort_name FROM center_person WHERE center_id = $1 AND id = $2"),
        &[pass.center().into(), id.into()],
    )?;
    let name: Option<String> = row.map(|row| row.columns().text()).transpose()?;
    Ok(name.map(|name| [name.into(), id.into()]))
}

fn find_term(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    from: &str,
    until: &str,
) -> Result<Option<[Value; 2]>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT term FROM center_person_term
             WHERE center_id = $1 AND person_id = $2 AND term >= $3 AND term < $4 ORDER BY term LIMIT 1"
        ),
        &[pass.center().into(), id.into(), from.into(), until.into()],
    )?;
    let term: Option<String> = row.map(|row| row.columns().text()).transpose()?;
    Ok(term.map(|term| [term.into(), id.into()]))
}

/// A person of the center.
pub fn find(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
) -> Result<Option<Person>, DbError> {
    let row = r.tx().optional(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM center_person p
             LEFT JOIN executive_administrator x ON x.center_id = p.center_id AND x.login_id = p.login_id
             WHERE p.center_id = $1 AND p.id = $2",
            is_there!()
        )),
        &[pass.center().into(), id.into()],
    )?;
    row.map(read).transpose()
}

/// One page of what a person is in the center's accounts, behind an account.
pub fn list_places(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    after: &str,
) -> Result<Page<PersonPlace>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.id, u.user_type, u.agent, u.status, u.access_version
             FROM center_person p
             JOIN \"user\" u ON u.center_id = p.center_id AND u.email_canonical = p.email_canonical
             JOIN account a ON a.id = u.account_id AND a.center_id = p.center_id
             WHERE p.center_id = $1 AND p.id = $2 AND u.status <> 'deleted' AND u.account_id > $3
             ORDER BY u.account_id LIMIT $4"
        ),
        &[pass.center().into(), id.into(), after.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read_place).collect::<Result<_, _>>()?))
}

/// What a person is in these accounts of the center.
pub fn list_places_in(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
    accounts: &[AccountId],
) -> Result<Vec<PersonPlace>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT a.id, a.name, u.id, u.user_type, u.agent, u.status, u.access_version
             FROM center_person p
             JOIN \"user\" u ON u.center_id = p.center_id AND u.email_canonical = p.email_canonical
             JOIN account a ON a.id = u.account_id AND a.center_id = p.center_id
             WHERE p.center_id = $1 AND p.id = $2 AND u.status <> 'deleted' AND u.account_id {in $3}"
        ),
        &[pass.center().into(), id.into(), convert::list(accounts)],
    )?;
    rows.into_iter().map(read_place).collect()
}

/// The names that a person has in the oldest of their accounts.
pub fn get_names(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    id: &CenterPersonId,
) -> Result<Names, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT u.first_name, u.last_name
             FROM center_person p
             JOIN \"user\" u ON u.center_id = p.center_id AND u.email_canonical = p.email_canonical
             JOIN account a ON a.id = u.account_id AND a.center_id = p.center_id
             WHERE p.center_id = $1 AND p.id = $2 AND u.status <> 'deleted' ORDER BY u.account_id LIMIT 1"
        ),
        &[pass.center().into(), id.into()],
    )?;
    let mut c = row.columns();
    Ok(Names { first: c.text()?, last: c.text()?, display: String::new() })
}

fn read_place(row: Row) -> Result<PersonPlace, DbError> {
    let mut c = row.columns();
    Ok(PersonPlace {
        account: c.parse()?,
        account_name: c.text()?,
        user: c.parse()?,
        user_type: c.parse()?,
        agent: c.flag()?,
        status: c.parse()?,
        access_version: c.int()?,
    })
}

fn read(row: Row) -> Result<Person, DbError> {
    let mut c = row.columns();
    Ok(Person {
        id: c.parse()?,
        name: c.text()?,
        email: c.text()?,
        login: c.parse_or_null()?,
        executive: c.flag()?,
        accounts: c.int()?,
        pending: c.int()?,
        types: types(&mut c)?,
        last_active_at: Some(c.get::<Timestamp>()?).filter(|at| at.micros() > 0),
    })
}

fn types(c: &mut Columns) -> Result<Vec<(UserType, i64)>, DbError> {
    let mut types = Vec::new();
    for user_type in UserType::ALL {
        let count = c.int()?;
        if count > 0 {
            types.push((*user_type, count));
        }
    }
    Ok(types)
}
