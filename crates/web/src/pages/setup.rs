//! The first account.

use app::Refused;
use app::account::FirstAccount;
use app::pass::{OpenPass, SetupPass};
use domain::company::{parse_time_zone, time_zones};
use domain::email::EmailAddress;
use domain::input::{Checker, FieldError};
use domain::name;
use domain::password::check_length;
use domain::user::{Names, UserType};
use serde::Deserialize;

use super::form::Errors;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::setup::{Closed, Setup};

/// What is typed at set-up.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    account_name: String,
    time_zone: String,
    first_name: String,
    last_name: String,
    email: String,
    password: String,
}

/// Exchanges the printed link for a cookie, so that the address that stays in the browser has no secret in it.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token: String = visit.param("token")?;
    visit.go_with("/setup", Cookie::Setup, &super::invitation::plain(&token)?)
}

/// The form.
pub async fn page(visit: Visit<SetupPass>, _: Nothing) -> Answer {
    match visit.pass().await {
        Ok(_) => visit.page(view(&visit, &Typed::default(), &Errors::default())),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

/// Makes the account and signs its administrator in.
pub async fn set_up(visit: Visit<SetupPass>, typed: Typed) -> Answer {
    let made = match (visit.pass().await, parse(&typed)) {
        (Err(refused), _) => Err(refused),
        (Ok(_), Ok(first)) => visit.app.set_up(&visit.ask, first).await,
        (Ok(_), Err(errors)) => Err(Refused::Invalid(errors)),
    };
    match made {
        Ok((account, signed_in)) => visit.started(visit.go(&format!("/accounts/{account}")), &signed_in),
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &typed, &Errors(errors))),
        Err(Refused::Link(_)) => closed(&visit),
        Err(refused) => Err(refused),
    }
}

fn parse(typed: &Typed) -> Result<FirstAccount, Vec<FieldError>> {
    let mut check = Checker::default();
    let account_name = check.take("account_name", name::required(&typed.account_name));
    let time_zone = check.take("time_zone", parse_time_zone(&typed.time_zone));
    let names = check.merge(Names::parse(&typed.first_name, &typed.last_name, "", UserType::Administrator));
    let email = check.take("email", EmailAddress::parse(&typed.email));
    let password = check.take("password", check_length(&typed.password).map(|()| typed.password.clone()));
    let first = (|| {
        Some(FirstAccount {
            account_name: account_name?,
            time_zone: time_zone?,
            names: names?,
            email: email?,
            password: password?,
        })
    })();
    check.finish(first)
}

/// The link has been used, or another one has been printed since.
fn closed(visit: &Visit<SetupPass>) -> Answer {
    let mut response = visit.page(Closed { t: visit.t(), frame: visit.bare_frame() })?;
    *response.status_mut() = http::StatusCode::GONE;
    Ok(response)
}

fn view(visit: &Visit<SetupPass>, typed: &Typed, errors: &Errors) -> Setup {
    let t = visit.t();
    Setup {
        t,
        frame: visit.open_frame(),
        account_name: errors.field(t, "account_name", &typed.account_name),
        time_zone: errors.field(t, "time_zone", &typed.time_zone),
        first_name: errors.field(t, "first_name", &typed.first_name),
        last_name: errors.field(t, "last_name", &typed.last_name),
        email: errors.field(t, "email", &typed.email),
        password: errors.password(t),
        zones: time_zones(),
    }
}
