//! The people of an account center, one row each, whatever number of its accounts they are in (C-05). What is known of one
//! is counted from their users whenever one of those changes, so that lists and search read rows that are ready.

use domain::account_center::proof::AllOfCenter;
use domain::id::{AccountCenterId, AccountId, CenterPersonId, LoginId, UserId};
use domain::name;
use domain::time::Timestamp;
use domain::user::{Names, UserStatus, UserType};

use crate::db::{Columns, DbError, Row, Stmt, Value, sql};
use crate::page::{LIMIT, Page};
use crate::pass::CenterPass;
use crate::user::words::{self, LAST, Search};
use crate::work::{Reader, Writer};

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
}

/// Notes that one of a person's users was changed: at the end of the unit they are counted anew, once, however many of
/// their accounts it was about.
pub(crate) fn refresh(w: &Writer, center: &AccountCenterId, email: &str) {
    w.note_person(center, email);
}

/// Counts a person anew from their users; who has none any more is gone.
pub(crate) fn count_anew(w: &mut Writer, center: &AccountCenterId, email: &str) -> Result<(), DbError> {
    let key: [Value; 2] = [center.into(), email.into()];
    let row = w.tx().one(
        sql!(
            "SELECT COUNT(*), COUNT(*) FILTER (WHERE status = 'pending'),
                    COUNT(*) FILTER (WHERE user_type = 'administrator'),
                    COUNT(*) FILTER (WHERE user_type = 'manager'),
                    COUNT(*) FILTER (WHERE user_type = 'reporting'),
                    COUNT(*) FILTER (WHERE user_type = 'agent'),
                    COUNT(*) FILTER (WHERE user_type = 'notification'),
                    COALESCE(MAX(last_active_at), 0), MAX(login_id)
             FROM \"user\" WHERE center_id = $1 AND email_canonical = $2 AND status <> 'deleted'"
        ),
        &key,
    )?;
    let mut c = row.columns();
    let counts: [i64; 8] = [c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?, c.int()?];
    if counts[0] == 0 {
        w.tx().exec(sql!("DELETE FROM center_person WHERE center_id = $1 AND email_canonical = $2"), &key)?;
        return Ok(());
    }
    let login: Option<LoginId> = c.parse_or_null()?;
    let (names, address) = oldest(w, &key)?;
    let stored = w.tx().optional(
        sql!("SELECT id, name, email FROM center_person WHERE center_id = $1 AND email_canonical = $2"),
        &key,
    )?;
    let (id, is_known) = match stored {
        None => (w.new_id::<CenterPersonId>(), false),
        Some(row) => {
            let mut c = row.columns();
            (c.parse()?, c.text()? == names.full() && c.text()? == address)
        }
    };
    let mut values: Vec<Value> = vec![
        center.into(),
        (&id).into(),
        email.into(),
        (&address).into(),
        names.full().into(),
        name::sort_key(&[&names.first, &names.last]).into(),
        login.as_ref().into(),
    ];
    values.extend(counts.map(Value::from));
    w.tx().exec(
        sql!(
            "INSERT INTO center_person (center_id, id, email_canonical, email, name, sort_name, login_id, accounts,
                                        pending, administrator, manager, reporting, agent, notification,
                                        last_active_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (center_id, email_canonical) DO UPDATE SET
                 email = excluded.email, name = excluded.name, sort_name = excluded.sort_name,
                 login_id = excluded.login_id, accounts = excluded.accounts, pending = excluded.pending,
                 administrator = excluded.administrator, manager = excluded.manager,
                 reporting = excluded.reporting, agent = excluded.agent, notification = excluded.notification,
                 last_active_at = excluded.last_active_at"
        ),
        &values,
    )?;
    if is_known { Ok(()) } else { replace_terms(w, center, &id, &names, &address) }
}

/// The names and address in the oldest of a person's accounts.
fn oldest(w: &mut Writer, key: &[Value]) -> Result<(Names, String), DbError> {
    let row = w.tx().one(
        sql!(
            "SELECT first_name, last_name, display_name, email FROM \"user\"
             WHERE center_id = $1 AND email_canonical = $2 AND status <> 'deleted' ORDER BY account_id LIMIT 1"
        ),
        key,
    )?;
    let mut c = row.columns();
    Ok((Names { first: c.text()?, last: c.text()?, display: c.text()? }, c.text()?))
}

fn replace_terms(
    w: &mut Writer,
    center: &AccountCenterId,
    id: &CenterPersonId,
    names: &Names,
    email: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM center_person_term WHERE center_id = $1 AND person_id = $2"),
        &[center.into(), id.into()],
    )?;
    for term in words::terms(names, email) {
        w.tx().exec(
            sql!("INSERT INTO center_person_term (center_id, term, person_id) VALUES ($1, $2, $3)"),
            &[center.into(), term.into(), id.into()],
        )?;
    }
    Ok(())
}

/// Takes over that an account is in a center now, or in none any more, for all its users.
pub(crate) fn move_account(
    w: &mut Writer,
    account: &AccountId,
    center: Option<&AccountCenterId>,
) -> Result<(), DbError> {
    let rows = w.tx().all(
        sql!("SELECT email_canonical, center_id FROM \"user\" WHERE account_id = $1 AND status <> 'deleted'"),
        &[account.into()],
    )?;
    w.tx().exec(
        sql!("UPDATE \"user\" SET center_id = $2 WHERE account_id = $1"),
        &[account.into(), center.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (email, before): (String, Option<AccountCenterId>) = (c.text()?, c.parse_or_null()?);
        for center in [before.as_ref(), center].into_iter().flatten() {
            refresh(w, center, &email);
        }
    }
    Ok(())
}

/// Notes that a person was active in an account.
pub(crate) fn update_seen(w: &mut Writer, center: &AccountCenterId, email: &str) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!("UPDATE center_person SET last_active_at = $3 WHERE center_id = $1 AND email_canonical = $2"),
        &[center.into(), email.into(), now.into()],
    )?;
    Ok(())
}

macro_rules! columns {
    () => {
        "p.id, p.name, p.email, p.login_id, CASE WHEN x.login_id IS NULL THEN 0 ELSE 1 END, p.accounts, p.pending,
         p.administrator, p.manager, p.reporting, p.agent, p.notification, p.last_active_at"
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
             WHERE p.center_id = $1 AND p.id = $2"
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
            "SELECT a.id, a.name, u.id, u.user_type, u.agent, u.status
             FROM center_person p
             JOIN \"user\" u ON u.center_id = p.center_id AND u.email_canonical = p.email_canonical
             JOIN account a ON a.id = u.account_id
             WHERE p.center_id = $1 AND p.id = $2 AND u.status <> 'deleted' AND u.account_id > $3
             ORDER BY u.account_id LIMIT $4"
        ),
        &[pass.center().into(), id.into(), after.into(), LIMIT.into()],
    )?;
    let place = |row: Row| {
        let mut c = row.columns();
        Ok(PersonPlace {
            account: c.parse()?,
            account_name: c.text()?,
            user: c.parse()?,
            user_type: c.parse()?,
            agent: c.flag()?,
            status: c.parse()?,
        })
    };
    Ok(Page::of(rows.into_iter().map(place).collect::<Result<_, _>>()?))
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
