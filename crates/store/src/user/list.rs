//! The lists of users (U-05): by name or by last activity, searched and filtered, paged by key.

use domain::capability::proof::{AnyUser, ManageUsers};
use domain::email::EmailAddress;
use domain::id::{CompanyId, UserId};
use domain::name;
use domain::user::{UserStatus, UserType};

use super::{User, read};
use crate::convert;
use crate::db::{DbError, Value, sql};
use crate::page::{LIMIT, Page};
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

impl Sort {
    fn reversed(self) -> Sort {
        match self {
            Sort::Name => Sort::NameDown,
            Sort::NameDown => Sort::Name,
            Sort::NewestFirst => Sort::OldestFirst,
            Sort::OldestFirst => Sort::NewestFirst,
        }
    }
}

/// Which users are listed.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Active or pending.
    pub status: UserStatus,
    /// The start of a word of the name or address, or several words of the name; empty for all.
    pub search: String,
    /// Only this type.
    pub user_type: Option<UserType>,
    /// Only users who have this company.
    pub company: Option<CompanyId>,
    /// In which order.
    pub sort: Sort,
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

/// A list by one key in one direction. The four differ in nothing else, and each is served by its index.
macro_rules! users_by {
    ($key:literal $than:literal $order:literal) => {
        sql!(concat!(
            "SELECT ",
            user_columns!(),
            " FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
             WHERE u.account_id = $1 AND u.status = $2 AND (",
            $key,
            ", u.id) ",
            $than,
            " ($9, $10)
               AND ($3 = '' OR u.user_type = $3)
               AND ($4 = '' OR u.user_type = 'administrator' OR EXISTS (
                    SELECT 1 FROM user_company uc
                    WHERE uc.account_id = $1 AND uc.user_id = u.id AND uc.company_id = $4))
               AND ($5 = '' OR u.id IN (
                    SELECT w.user_id FROM user_word w
                    WHERE w.account_id = $1 AND w.word >= $5 AND w.word < $6))
               AND ($7 = '' OR u.sort_name LIKE $7 ESCAPE '\\')
             ORDER BY ",
            $key,
            " ",
            $order,
            ", u.id ",
            $order,
            " LIMIT $8"
        ))
    };
}

/// Sorts after every text that begins with something typed, and after every id.
const LAST: &str = "\u{10ffff}";

/// One page of users.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    from: &Cursor,
) -> Result<Page<User>, DbError> {
    let backwards = matches!(from, Cursor::Before(_));
    let sort = if backwards { filter.sort.reversed() } else { filter.sort };
    let (statement, start): (_, [Value; 2]) = match sort {
        Sort::Name => (users_by!("u.sort_name" ">" "ASC"), ["".into(), "".into()]),
        Sort::NameDown => (users_by!("u.sort_name" "<" "DESC"), [LAST.into(), LAST.into()]),
        Sort::NewestFirst => (users_by!("u.last_active_at" "<" "DESC"), [i64::MAX.into(), LAST.into()]),
        Sort::OldestFirst => (users_by!("u.last_active_at" ">" "ASC"), [(-1).into(), "".into()]),
    };
    let start = match from.user() {
        Some(id) => find_key(r, pass, id, sort)?.unwrap_or(start),
        None => start,
    };
    let search = name::sort_key(&[&searchable(&filter.search)]);
    let word = search.rsplit(' ').next().unwrap_or_default();
    let mut values: Vec<Value> = vec![
        pass.account().into(),
        filter.status.word().into(),
        filter.user_type.map(UserType::word).unwrap_or_default().into(),
        filter.company.as_ref().map(CompanyId::as_str).unwrap_or_default().into(),
        word.into(),
        format!("{word}{LAST}").into(),
        several_words(&search).into(),
        LIMIT.into(),
    ];
    values.extend(start);
    let rows = r.tx().all(statement, &values)?;
    let users = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(match from {
        Cursor::Start => Page::of(users),
        Cursor::After(_) => Page { has_previous: true, ..Page::of(users) },
        Cursor::Before(_) => Page::of_backwards(users),
    })
}

/// The key of a user in a list sorted so. Users who were deleted meanwhile still mark their place.
fn find_key(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &UserId,
    sort: Sort,
) -> Result<Option<[Value; 2]>, DbError> {
    let row = r.tx().optional(
        sql!("SELECT sort_name, last_active_at FROM \"user\" WHERE account_id = $1 AND id = $2"),
        &[pass.account().into(), id.into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let mut c = row.columns();
    let (sort_name, last_active_at) = (c.text()?, c.int()?);
    let key = match sort {
        Sort::Name | Sort::NameDown => sort_name.into(),
        Sort::NewestFirst | Sort::OldestFirst => last_active_at.into(),
    };
    Ok(Some([key, id.into()]))
}

/// What the engines take: PostgreSQL no NUL, SQLite no pattern of 50,000 letters. No name holds or reaches either.
fn searchable(typed: &str) -> String {
    typed.chars().take(200).map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The pattern that several typed words must fit as they stand; empty for one word, which the word list finds.
fn several_words(search: &str) -> String {
    if !search.contains(' ') {
        return String::new();
    }
    let escaped = search.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// How many users are active, and how many pending.
pub fn count(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<(i64, i64), DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT (SELECT COUNT(*) FROM \"user\" WHERE account_id = $1 AND status = 'active'),
                    (SELECT COUNT(*) FROM \"user\" WHERE account_id = $1 AND status = 'pending')"
        ),
        &[pass.account().into()],
    )?;
    let mut c = row.columns();
    Ok((c.int()?, c.int()?))
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

/// The user of an address in this account, unless deleted.
pub fn find_by_email(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Option<UserId>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM \"user\" WHERE account_id = $1 AND email_canonical = $2 AND status <> 'deleted'"
        ),
        &[pass.account().into(), email.canonical().into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// How many active administrators the account has. For showing: what must hold is held where it is written.
pub fn count_administrators(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<i64, DbError> {
    let row = r.tx().one(
        sql!(
            "SELECT COUNT(*) FROM \"user\"
             WHERE account_id = $1 AND user_type = 'administrator' AND status = 'active'"
        ),
        &[pass.account().into()],
    )?;
    row.columns().int()
}

/// Whether nobody but one user is in the account yet.
pub fn is_alone(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<bool, DbError> {
    let rows = r.tx().all(
        sql!("SELECT id FROM \"user\" WHERE account_id = $1 AND status <> 'deleted' ORDER BY id LIMIT 2"),
        &[pass.account().into()],
    )?;
    Ok(rows.len() == 1)
}
