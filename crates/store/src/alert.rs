//! What may tell somebody of a company, with all that decides at this moment whether it does: see `domain::alert`.

use domain::alert::{Member, Standing};
use domain::email::canonical;
use domain::id::{CompanyId, LoginId, NotificationId, UserId};
use domain::mail::SUPPRESSION;
use domain::notification::Alert;

use crate::db::{DbError, Row, sql};
use crate::mail::ReadsMail;
use crate::pass::CompanyPass;
use crate::receiver::address_standing;
use crate::work::Reader;

/// A setting, and how its receiver stands to the company.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The setting.
    pub id: NotificationId,
    /// Its receiver's user.
    pub user: Option<UserId>,
    /// Their login, once they have one.
    pub login: Option<LoginId>,
    /// Their name; empty for an address without a user.
    pub name: String,
    /// Whether their user signs in.
    pub signs_in: bool,
    /// How they stand.
    pub standing: Standing,
    /// What is set.
    pub alert: Alert,
}

/// `$1` is the account, `$2` the company, `$3` since when a refusal of an address counts, `$4` the time.
macro_rules! settings {
    ($of:literal) => {
        concat!(
            "SELECT n.id, n.user_id, u.login_id, COALESCE(trim(u.first_name || ' ' || u.last_name), ''),
                    COALESCE(u.email, n.email), u.user_type, u.status, u.ends_at,
                    CASE WHEN x.user_id IS NULL THEN 0 ELSE 1 END,
                    ",
            address_standing!(),
            "                     CASE WHEN EXISTS (
                        SELECT 1 FROM push_device d JOIN session t ON t.id = d.session_id AND t.expires_at > $4
                        WHERE d.login_id = u.login_id AND (d.host = '' OR EXISTS (
                            SELECT 1 FROM brand_host h JOIN brand w ON w.account_id = $1 AND w.live IS NOT NULL
                            WHERE h.host = d.host AND h.owner_id = n.account_id)))
                        THEN 1 ELSE 0 END,
                    c.disabled, n.agent_id, n.company_id, n.alert_type, n.call_enabled, n.sms_enabled, n.send_email,
                    n.send_push, n.send_desktop
             FROM notification n
             JOIN company c ON c.account_id = n.account_id AND c.id = $2
             LEFT JOIN \"user\" u ON u.account_id = n.account_id AND u.id = n.user_id
             LEFT JOIN user_company x ON x.account_id = n.account_id AND x.user_id = n.user_id AND x.company_id = $2
             WHERE n.account_id = $1 AND (n.company_id = $2 OR n.company_id IS NULL)",
            $of,
            " ORDER BY n.id"
        )
    };
}

/// All that may tell somebody of the company of the pass.
pub fn list<C>(r: &mut Reader, pass: &CompanyPass<C>) -> Result<Vec<Setting>, DbError> {
    let (since, now) = (r.now - SUPPRESSION, r.now);
    let rows = r.tx().all(
        sql!(settings!("")),
        &[pass.account().into(), pass.company().into(), since.into(), now.into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// What may tell whoever reads at an address: those of a user who has it, and of the address itself.
pub fn list_to(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    (account, company): (&str, &CompanyId),
    email: &str,
) -> Result<Vec<Setting>, DbError> {
    let (since, now) = (r.now - SUPPRESSION, r.now);
    let rows = r.tx().all(
        sql!(settings!(
            " AND n.id IN (
                 SELECT m.id FROM notification m WHERE m.account_id = $1 AND m.user_id IN (
                     SELECT o.id FROM \"user\" o
                     WHERE o.account_id = $1 AND o.email_canonical = $5 AND o.status <> 'deleted')
                 UNION ALL
                 SELECT k.id FROM notification k WHERE k.account_id = $1 AND k.email_canonical = $5)"
        )),
        &[account.into(), company.into(), since.into(), now.into(), canonical(email).into()],
    )?;
    rows.into_iter().map(read).collect()
}

/// What may tell a person who signs in.
pub fn list_of_login(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    (account, company): (&str, &CompanyId),
    login: &LoginId,
) -> Result<Vec<Setting>, DbError> {
    let (since, now) = (r.now - SUPPRESSION, r.now);
    let rows = r.tx().all(
        sql!(settings!(
            " AND n.user_id IN (
                 SELECT o.id FROM \"user\" o
                 WHERE o.account_id = $1 AND o.login_id = $5 AND o.status <> 'deleted')"
        )),
        &[account.into(), company.into(), since.into(), now.into(), login.into()],
    )?;
    rows.into_iter().map(read).collect()
}

fn read(row: Row) -> Result<Setting, DbError> {
    let mut c = row.columns();
    let (id, user, login, name, email) =
        (c.get()?, c.parse_or_null()?, c.parse_or_null()?, c.text()?, c.text()?);
    let user_type: Option<domain::user::UserType> = c.parse_or_null()?;
    let (status, ends_at, has_company) = (c.parse_or_null()?, c.get()?, c.flag()?);
    let member =
        user_type.zip(status).map(|(user_type, status)| Member { user_type, status, ends_at, has_company });
    let standing = Standing {
        user: member,
        email,
        became_a_user: c.flag()?,
        refused: c.flag()?,
        has_device: c.flag()?,
        company_disabled: c.flag()?,
    };
    let alert = Alert {
        agent: c.parse_or_null()?,
        company: c.parse_or_null()?,
        alert_type: c.parse_or_null()?,
        call_enabled: c.flag()?,
        sms_enabled: c.flag()?,
        send_email: c.flag()?,
        send_push: c.flag()?,
        send_desktop: c.flag()?,
    };
    let signs_in = user_type.is_some_and(domain::user::UserType::has_login);
    Ok(Setting { id, user, login, name, signs_in, standing, alert })
}

/// The names of an account and of a company of it that is there.
pub fn find_names(
    r: &mut Reader,
    _pass: &impl ReadsMail,
    (account, company): (&str, &CompanyId),
) -> Result<Option<(String, String)>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT a.name, c.name FROM company c JOIN account a ON a.id = c.account_id
             WHERE c.account_id = $1 AND c.id = $2"
        ),
        &[account.into(), company.into()],
    )?;
    row.map(|row| {
        let mut c = row.columns();
        Ok((c.text()?, c.text()?))
    })
    .transpose()
}
