//! An account's provider, whom it knows, and who is expected back from it.

use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, LoginId, SingleSignOnId, UserId};
use domain::single_sign_on::PATIENCE;
use domain::time::Timestamp;

use crate::db::{DbError, sql};
use crate::pass::{AccountPass, HasPlace, OwnLinkPass, SingleSignOnPass};
use crate::secret;
use crate::session;
use crate::work::{Reader, Writer};

/// The most administrators that are offered to go on with a password.
const KEEPERS: i64 = 100;

/// The provider that an account's people sign in by.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Changes with the provider.
    pub id: SingleSignOnId,
    /// What it is called by.
    pub issuer: String,
    /// Who we are to it.
    pub client_id: String,
    /// What shows it, sealed.
    pub secret: String,
    /// Where people are sent.
    pub authorize_url: String,
    /// Where what they bring back is exchanged.
    pub token_url: String,
    /// Where its keys are.
    pub keys_url: String,
    /// Whether it says who it is when it sends somebody back (RFC 9207).
    pub names_itself: bool,
    /// Whether it takes the secret in a header; else in the form.
    pub by_header: bool,
    /// When it was connected.
    pub created_at: Timestamp,
}

/// The provider of an account, for everybody who asks to be sent there.
pub fn find(r: &mut Reader, account: &AccountId) -> Result<Option<Provider>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id, issuer, client_id, secret, authorize_url, token_url, keys_url, names_itself, by_header, created_at
             FROM single_sign_on WHERE account_id = $1"
        ),
        &[account.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok(Provider {
            id: c.parse()?,
            issuer: c.text()?,
            client_id: c.text()?,
            secret: c.text()?,
            authorize_url: c.text()?,
            token_url: c.text()?,
            keys_url: c.text()?,
            names_itself: c.flag()?,
            by_header: c.flag()?,
            created_at: c.get()?,
        })
    })
    .transpose()
}

/// Gives the account this provider. Where its id is another than before, nobody is known to it yet, and sessions by the one
/// before end.
pub fn upsert(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    before: Option<&Provider>,
    new: &Provider,
) -> Result<(), DbError> {
    if let Some(before) = before.filter(|before| before.id != new.id) {
        session::remove_bound(w, &before.id)?;
    }
    w.tx().exec(
        sql!(
            "INSERT INTO single_sign_on (account_id, id, issuer, client_id, secret, authorize_url, token_url, keys_url,
                                         names_itself, by_header, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (account_id) DO UPDATE SET
                 id = excluded.id, issuer = excluded.issuer, client_id = excluded.client_id,
                 secret = excluded.secret, authorize_url = excluded.authorize_url,
                 token_url = excluded.token_url, keys_url = excluded.keys_url,
                 names_itself = excluded.names_itself, by_header = excluded.by_header,
                 created_at = excluded.created_at"
        ),
        &[
            pass.account().into(),
            (&new.id).into(),
            (&new.issuer).into(),
            (&new.client_id).into(),
            (&new.secret).into(),
            (&new.authorize_url).into(),
            (&new.token_url).into(),
            (&new.keys_url).into(),
            new.names_itself.into(),
            new.by_header.into(),
            new.created_at.into(),
        ],
    )?;
    w.tx().exec(
        sql!("DELETE FROM single_sign_on_identity WHERE account_id = $1 AND single_sign_on_id <> $2"),
        &[pass.account().into(), (&new.id).into()],
    )?;
    Ok(())
}

/// Takes the account's provider away, and with it whom it knows, their sessions by it, and that anybody must come by it.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>, provider: &Provider) -> Result<(), DbError> {
    let account = pass.account();
    session::remove_bound(w, &provider.id)?;
    update_required(w, pass, false, &[])?;
    w.tx().exec(sql!("DELETE FROM single_sign_on_identity WHERE account_id = $1"), &[account.into()])?;
    w.tx().exec(sql!("DELETE FROM single_sign_on_visit WHERE account_id = $1"), &[account.into()])?;
    w.tx().exec(sql!("DELETE FROM single_sign_on WHERE account_id = $1"), &[account.into()])?;
    Ok(())
}

/// Whether the account requires its people to come by its provider.
pub fn is_required(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<bool, DbError> {
    let row = r
        .tx()
        .one(sql!("SELECT single_sign_on_required FROM account WHERE id = $1"), &[pass.account().into()])?;
    row.columns().flag()
}

/// An administrator who may go on with a password, or could.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Whether they may.
    pub keeps: bool,
}

/// Those who may go on with a password and then others, the first by name: administrators whose access does not end by itself.
pub fn list_keepers(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Vec<Keeper>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT id, first_name, last_name, keeps_password FROM \"user\"
             WHERE account_id = $1 AND user_type = 'administrator' AND status = 'active' AND ends_at IS NULL
             ORDER BY keeps_password DESC, first_name, last_name, id LIMIT $2"
        ),
        &[pass.account().into(), KEEPERS.into()],
    )?;
    let read = |row: crate::db::Row| {
        let mut c = row.columns();
        let id = c.parse()?;
        let name = format!("{} {}", c.text()?, c.text()?).trim().to_owned();
        Ok(Keeper { id, name, keeps: c.flag()? })
    };
    rows.into_iter().map(read).collect()
}

/// Says whether the account's people must come by its provider, and which administrators may go on with a password; false if none
/// of those stays who could.
pub fn update_required(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    required: bool,
    keep: &[UserId],
) -> Result<bool, DbError> {
    let account = pass.account();
    w.tx().exec(
        sql!("UPDATE \"user\" SET keeps_password = 0 WHERE account_id = $1 AND keeps_password = 1"),
        &[account.into()],
    )?;
    for id in keep {
        w.tx().exec(
            sql!("UPDATE \"user\" SET keeps_password = 1 WHERE account_id = $1 AND id = $2"),
            &[account.into(), id.into()],
        )?;
    }
    let updated = w.tx().exec(
        sql!(
            "UPDATE account SET single_sign_on_required = $2 WHERE id = $1 AND ($2 = 0 OR EXISTS (
                SELECT 1 FROM \"user\" u
                WHERE u.account_id = $1 AND u.user_type = 'administrator' AND u.status = 'active'
                  AND u.ends_at IS NULL AND u.keeps_password = 1))"
        ),
        &[account.into(), required.into()],
    )?;
    Ok(updated > 0)
}

/// How many of the account's people its provider knows.
pub fn count_identities(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<i64, DbError> {
    let row = r.tx().one(
        sql!("SELECT COUNT(*) FROM single_sign_on_identity WHERE account_id = $1"),
        &[pass.account().into()],
    )?;
    row.columns().int()
}

/// Who is sent to a provider.
#[derive(Clone, Copy, Debug)]
pub struct NewVisit<'a> {
    /// The login that is to be linked; `None`: somebody signs in.
    pub login: Option<&'a LoginId>,
    /// The page that they go on to.
    pub next: &'a str,
    /// Whether the provider is to ask who they are, whoever it knows already.
    pub asks_anew: bool,
}

/// Expects somebody back from the provider; the token to be known by, which is stored nowhere.
pub fn insert_visit(
    w: &mut Writer,
    account: &AccountId,
    provider: &SingleSignOnId,
    visit: NewVisit,
) -> Result<String, DbError> {
    let (token, now) = (w.new_token(), w.now);
    w.tx().exec(
        sql!(
            "INSERT INTO single_sign_on_visit (account_id, token_hash, single_sign_on_id, login_id, next, asks_anew,
                                               expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        &[
            account.into(),
            secret::hash(&token).into(),
            provider.into(),
            visit.login.into(),
            visit.next.into(),
            visit.asks_anew.into(),
            (now + PATIENCE).into(),
        ],
    )?;
    Ok(token)
}

/// Expects them no more; false if somebody was faster.
pub fn remove_visit(w: &mut Writer, pass: &SingleSignOnPass) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM single_sign_on_visit WHERE account_id = $1 AND token_hash = $2"),
        &[(&pass.account).into(), secret::hash(&pass.token).into()],
    )?;
    Ok(removed > 0)
}

/// The login of a subject, where it has an active user in the account.
pub fn find_login(
    r: &mut Reader,
    pass: &SingleSignOnPass,
    subject: &str,
) -> Result<Option<LoginId>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!(
            "SELECT i.login_id FROM single_sign_on_identity i
             JOIN \"user\" u ON u.account_id = i.account_id AND u.login_id = i.login_id
             WHERE i.account_id = $1 AND i.single_sign_on_id = $2 AND i.subject = $3 AND u.status = 'active'
               AND (u.ends_at IS NULL OR u.ends_at > $4)"
        ),
        &[(&pass.account).into(), (&pass.provider.id).into(), subject.into(), now.into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// Knows a subject as this login from now on; false if it is somebody already, or the login somebody else: who was linked before
/// takes that away first.
pub fn insert_identity(
    w: &mut Writer,
    pass: &SingleSignOnPass,
    login: &LoginId,
    subject: &str,
) -> Result<bool, DbError> {
    let now = w.now;
    let inserted = w.tx().exec(
        sql!(
            "INSERT INTO single_sign_on_identity (account_id, single_sign_on_id, subject, login_id, created_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"
        ),
        &[(&pass.account).into(), (&pass.provider.id).into(), subject.into(), login.into(), now.into()],
    )?;
    Ok(inserted > 0)
}

/// Whether the account's provider knows this login.
pub fn is_known(r: &mut Reader, pass: &impl HasPlace, login: &LoginId) -> Result<bool, DbError> {
    let row = r.tx().optional(
        sql!("SELECT 1 FROM single_sign_on_identity WHERE account_id = $1 AND login_id = $2"),
        &[(&pass.place().account).into(), login.into()],
    )?;
    Ok(row.is_some())
}

/// Knows a login no more; false if it did not.
pub fn remove_identity(w: &mut Writer, pass: &OwnLinkPass, login: &LoginId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM single_sign_on_identity WHERE account_id = $1 AND login_id = $2"),
        &[pass.account().into(), login.into()],
    )?;
    Ok(removed > 0)
}

/// Lets no provider sign this login in any more: somebody else may have linked it.
pub fn remove_all(w: &mut Writer, login: &LoginId) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM single_sign_on_identity WHERE login_id = $1"), &[login.into()])?;
    w.tx().exec(sql!("DELETE FROM single_sign_on_visit WHERE login_id = $1"), &[login.into()])?;
    Ok(())
}

/// Forgets who has not come back.
pub fn remove_expired(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM single_sign_on_visit WHERE expires_at <= $1"), &[now.into()])
}
