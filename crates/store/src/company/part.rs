//! Companies as programs see them: with what they set of one, and any part of the list (I-01).

use domain::capability::proof::{AnyKey, ManageCompanies};
use domain::company::{CompanySettings, SwapUnit};
use domain::id::CompanyId;
use domain::time::Timestamp;

use super::Company;
use crate::db::{DbError, Row, Value, sql};
use crate::page::{Part, Window, containing};
use crate::pass::{AccountPass, CompanyPass, HasPlace};
use crate::work::{Reader, Writer};

/// A company with all that programs see of it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// Id, name, time zone.
    pub company: Company,
    /// What programs set.
    pub settings: CompanySettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Timestamp>,
}

/// Which companies.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only disabled ones, or only those in use.
    pub disabled: Option<bool>,
    /// What their names contain; empty for all.
    pub search: String,
    /// Z first.
    pub down: bool,
}

macro_rules! columns {
    () => {
        "c.id, c.name, c.time_zone, c.lead_center, c.disabled, c.callscore_enabled, c.callscribe_enabled,
         c.external_form_capture, c.swap_ppc_override, c.swap_landing_override, c.swap_cookie_duration,
         c.swap_cookie_duration_unit, c.created_at, c.disabled_at"
    };
}

/// `$2` is the user whose companies these are, where `$3` is not 1: then these are all. Of them those that the key `$7` names, where
/// it is one.
macro_rules! chosen {
    () => {
        " FROM company c WHERE c.account_id = $1
            AND ($3 = 1 OR EXISTS (SELECT 1 FROM user_company g WHERE g.account_id = $1 AND g.user_id = $2
                                   AND g.company_id = c.id))
            AND c.disabled >= $4 AND c.disabled <= $5 AND c.sort_name LIKE $6 ESCAPE '!'
            AND ($7 = '' OR EXISTS (SELECT 1 FROM api_key_company kc WHERE kc.account_id = $1
                                    AND kc.api_key_id = $7 AND kc.company_id = c.id))"
    };
}

fn chosen_values(pass: &AccountPass<AnyKey>, asked: &Asked) -> Vec<Value> {
    let place = pass.place();
    let all = place.grants.user_type.has_all_companies();
    let (least, most) = asked.disabled.map_or((false, true), |disabled| (disabled, disabled));
    vec![
        pass.account().into(),
        place.user.as_ref().into(),
        all.into(),
        least.into(),
        most.into(),
        containing(&asked.search).into(),
        place.naming_key().into(),
    ]
}

/// One of the companies that [`list_window`] lists.
pub fn find_own(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    id: &CompanyId,
) -> Result<Option<Whole>, DbError> {
    let mut values = chosen_values(pass, &Asked::default());
    values.push(id.into());
    let row = r.tx().optional(sql!(concat!("SELECT ", columns!(), chosen!(), " AND c.id = $8")), &values)?;
    row.map(read).transpose()
}

/// A part of the companies that one has, by name.
pub fn list_window(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    asked: &Asked,
    window: Window,
) -> Result<Part<Whole>, DbError> {
    let mut values = chosen_values(pass, asked);
    let count = sql!(concat!("SELECT COUNT(*)", chosen!()));
    let total = r.tx().one(count, &values)?.columns().int()?;
    let statement = match asked.down {
        false => {
            sql!(concat!("SELECT ", columns!(), chosen!(), " ORDER BY c.sort_name LIMIT $8 OFFSET $9"))
        }
        true => {
            sql!(concat!("SELECT ", columns!(), chosen!(), " ORDER BY c.sort_name DESC LIMIT $8 OFFSET $9"))
        }
    };
    values.extend([window.take.into(), window.skip.into()]);
    let rows = r.tx().all(statement, &values)?;
    Ok(Part { rows: rows.into_iter().map(read).collect::<Result<_, _>>()?, total })
}

/// The company of the pass.
pub fn get_whole(r: &mut Reader, pass: &CompanyPass<AnyKey>) -> Result<Whole, DbError> {
    let row = r.tx().one(
        sql!(concat!("SELECT ", columns!(), " FROM company c WHERE c.account_id = $1 AND c.id = $2")),
        &[pass.account().into(), pass.company().into()],
    )?;
    read(row)
}

/// What programs have set of the company of the pass.
pub fn get_settings(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<CompanySettings, DbError> {
    let row = r.tx().one(
        sql!(concat!("SELECT ", columns!(), " FROM company c WHERE c.account_id = $1 AND c.id = $2")),
        &[pass.account().into(), pass.company().into()],
    )?;
    read(row).map(|whole| whole.settings)
}

/// Changes what programs set.
pub fn update_settings(
    w: &mut Writer,
    pass: &CompanyPass<ManageCompanies>,
    settings: &CompanySettings,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE company SET callscore_enabled = $3, callscribe_enabled = $4, external_form_capture = $5,
                    swap_ppc_override = $6, swap_landing_override = $7, swap_cookie_duration = $8,
                    swap_cookie_duration_unit = $9
             WHERE account_id = $1 AND id = $2"
        ),
        &[
            pass.account().into(),
            pass.company().into(),
            settings.callscore_enabled.into(),
            settings.callscribe_enabled.into(),
            settings.external_form_capture.into(),
            settings.swap_ppc_override.into(),
            settings.swap_landing_override.as_ref().into(),
            settings.swap_cookie_duration.into(),
            settings.swap_cookie_duration_unit.word().into(),
        ],
    )?;
    Ok(())
}

/// Sets for all of these companies whether forms of other sites are captured; for all of the account where none is named.
/// How many there were.
pub fn update_form_capture(
    w: &mut Writer,
    pass: &AccountPass<ManageCompanies>,
    ids: Option<&[CompanyId]>,
    captured: bool,
) -> Result<u64, DbError> {
    let all = ids.is_none();
    w.tx().exec(
        sql!(
            "UPDATE company SET external_form_capture = $4
             WHERE account_id = $1 AND ($2 = 1 OR id {in $3})"
        ),
        &[pass.account().into(), all.into(), crate::convert::list(ids.unwrap_or_default()), captured.into()],
    )
}

fn read(row: Row) -> Result<Whole, DbError> {
    let mut c = row.columns();
    let company = super::read_from(&mut c)?;
    let settings = CompanySettings {
        callscore_enabled: c.flag()?,
        callscribe_enabled: c.flag()?,
        external_form_capture: c.flag()?,
        swap_ppc_override: c.flag()?,
        swap_landing_override: c.text_or_null()?,
        swap_cookie_duration: c.int()?,
        swap_cookie_duration_unit: c.parse::<SwapUnit>()?,
    };
    Ok(Whole { company, settings, created_at: c.get()?, disabled_at: c.get()? })
}
