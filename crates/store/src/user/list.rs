//! The lists of users (U-05): by name or by last activity, searched and filtered, paged by key.

use domain::capability::proof::ManageUsers;
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
    /// Last activity, newest first.
    LastActive,
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

/// Where a page begins: behind the row with this key and id.
#[derive(Clone, Debug, Default)]
pub struct Cursor {
    /// The sort name, or the microseconds of the last activity.
    pub key: String,
    /// The user's id.
    pub id: String,
}

/// One page of users.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    after: &Cursor,
) -> Result<Page<User>, DbError> {
    let newest = i64::MAX;
    let search = name::sort_key(&[&filter.search]);
    let word = search.rsplit(' ').next().unwrap_or_default();
    let mut values: Vec<Value> = vec![
        pass.account().into(),
        filter.status.word().into(),
        filter.user_type.map(UserType::word).unwrap_or_default().into(),
        filter.company.as_ref().map(CompanyId::as_str).unwrap_or_default().into(),
        word.into(),
        // Behind every text that starts with the word: no letter sorts after this one.
        format!("{word}\u{10ffff}").into(),
        several_words(&search).into(),
        LIMIT.into(),
        after.id.as_str().into(),
    ];
    let rows = match filter.sort {
        Sort::Name => {
            values.push(after.key.as_str().into());
            r.tx().all(
                sql!(
                    "SELECT u.id, u.login_id, u.email, u.first_name, u.last_name, u.display_name, u.user_type,
                            u.agent, u.status, u.invoice_emails, u.activated_at, u.last_active_at, u.sort_name,
                            i.sent_at, i.expires_at, i.accepted_at
                     FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
                     WHERE u.account_id = $1 AND u.status = $2 AND (u.sort_name, u.id) > ($10, $9)
                       AND ($3 = '' OR u.user_type = $3)
                       AND ($4 = '' OR u.user_type = 'administrator' OR EXISTS (
                            SELECT 1 FROM user_company uc
                            WHERE uc.account_id = $1 AND uc.user_id = u.id AND uc.company_id = $4))
                       AND ($5 = '' OR u.id IN (
                            SELECT w.user_id FROM user_word w
                            WHERE w.account_id = $1 AND w.word >= $5 AND w.word < $6))
                       AND ($7 = '' OR u.sort_name LIKE $7 ESCAPE '\\')
                     ORDER BY u.sort_name, u.id LIMIT $8"
                ),
                &values,
            )?
        }
        Sort::LastActive => {
            values.push(after.key.parse().unwrap_or(newest).into());
            r.tx().all(
                sql!(
                    "SELECT u.id, u.login_id, u.email, u.first_name, u.last_name, u.display_name, u.user_type,
                            u.agent, u.status, u.invoice_emails, u.activated_at, u.last_active_at, u.sort_name,
                            i.sent_at, i.expires_at, i.accepted_at
                     FROM \"user\" u LEFT JOIN invitation i ON i.account_id = u.account_id AND i.user_id = u.id
                     WHERE u.account_id = $1 AND u.status = $2 AND (u.last_active_at, u.id) < ($10, $9)
                       AND ($3 = '' OR u.user_type = $3)
                       AND ($4 = '' OR u.user_type = 'administrator' OR EXISTS (
                            SELECT 1 FROM user_company uc
                            WHERE uc.account_id = $1 AND uc.user_id = u.id AND uc.company_id = $4))
                       AND ($5 = '' OR u.id IN (
                            SELECT w.user_id FROM user_word w
                            WHERE w.account_id = $1 AND w.word >= $5 AND w.word < $6))
                       AND ($7 = '' OR u.sort_name LIKE $7 ESCAPE '\\')
                     ORDER BY u.last_active_at DESC, u.id DESC LIMIT $8"
                ),
                &values,
            )?
        }
    };
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
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
        sql!("SELECT id FROM \"user\" WHERE account_id = $1 AND email_canonical = $2 AND status <> 'deleted'"),
        &[pass.account().into(), email.canonical().into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}
