//! The settings of an account center, and dissolving it.

use app::account_center;
use app::pass::{CenterPass, Proven};
use domain::account_center::CenterDetails;
use domain::account_center::proof::RunsCenter;
use serde::Deserialize;

use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::pages::form::{Errors, ticked};
use crate::views::account_center::{Dissolve, Settings};
use crate::views::isolated;

/// What is typed in the settings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    #[serde(deserialize_with = "ticked")]
    temporary_passwords: Option<String>,
}

/// The settings.
pub async fn page(visit: Visit<CenterPass<RunsCenter>>, _: Nothing) -> Answer {
    let (pass, center) = visit.read(account_center::get).await?;
    let typed = Typed {
        name: center.details.name,
        temporary_passwords: center.details.temporary_passwords.then(|| "yes".to_owned()),
    };
    visit.page(view(&visit, &pass, &typed, &Errors::default()))
}

/// Changes the settings.
pub async fn change(visit: Visit<CenterPass<RunsCenter>>, typed: Typed) -> Answer {
    let details = match CenterDetails::parse(&typed.name, typed.temporary_passwords.is_some()) {
        Ok(details) => details,
        Err(errors) => {
            let pass = visit.pass().await?;
            return visit.mend(view(&visit, &pass, &typed, &Errors(errors)));
        }
    };
    visit.write(move |w, pass| account_center::change(w, pass, &details)).await?;
    visit.go_and_tell(&visit.path, Toast::Saved)
}

fn view(
    visit: &Visit<CenterPass<RunsCenter>>,
    pass: &CenterPass<RunsCenter>,
    typed: &Typed,
    errors: &Errors,
) -> Settings {
    Settings {
        t: visit.t(),
        frame: visit.center_frame(pass),
        name: errors.field(visit.t(), "name", &typed.name),
        temporary_passwords: typed.temporary_passwords.is_some(),
    }
}

/// What dissolving means.
pub async fn dissolve_page(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    let look = |r: &mut app::work::Reader, pass: &Proven<CenterPass<RunsCenter>>| {
        Ok((account_center::find_without_administrator(r, pass)?, account_center::has_others(r, pass)?))
    };
    let (pass, (alone, has_others)) = visit.read(look).await?;
    let for_others = has_others && alone.is_none();
    let stuck = match alone {
        Some(account) => Some(visit.t().account_center_dissolve_not(isolated(&account.name))),
        None => has_others.then(|| visit.t().account_center_dissolve_others().to_owned()),
    };
    visit.page(Dissolve {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        name: pass.name().to_owned(),
        stuck,
        for_others,
    })
}

/// Dissolves the center.
pub async fn dissolve(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    visit.write(account_center::dissolve).await?;
    visit.go_and_tell("/account-centers", Toast::CenterDissolved)
}
