//! The accounts of an account center: adding, creating, taking out (C-03, C-13).

use app::Refused;
use app::account_center;
use app::pass::{AccountPass, CenterPass};
use domain::account::AccountDetails;
use domain::account_center::proof::{AllOfCenter, RunsCenter};
use domain::capability::proof::ManageUsers;
use domain::company::time_zones;
use domain::id::AccountId;
use serde::Deserialize;

use super::mark;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::pages::form::Errors;
use crate::views::account_center::{Leave, Link, NewAccount, Unlink};
use crate::views::isolated;

/// Which account is added.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chosen {
    account: String,
}

/// The accounts that could be added.
pub async fn link_page(visit: Visit<CenterPass<AllOfCenter>>, _: Nothing) -> Answer {
    let (pass, accounts) = visit.read(account_center::linkable_to).await?;
    let accounts = accounts.into_iter().map(mark).collect();
    visit.page(Link { t: visit.t(), frame: visit.center_frame(&pass), accounts })
}

/// Adds an account (C-03).
pub async fn link(visit: Visit<CenterPass<AllOfCenter>>, chosen: Chosen) -> Answer {
    // Who may not do it is told so first, whatever was sent.
    visit.pass().await?;
    let account: AccountId = chosen.account.parse().map_err(|_| Refused::NotFound)?;
    let center = visit.param("account_center")?;
    visit.app.link_account(&visit.ask, center, account).await?;
    visit.go_and_tell(visit.path.trim_end_matches("/accounts/link"), Toast::AccountLinked)
}

/// What is typed of a new account.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    time_zone: String,
}

/// The form of a new account.
pub async fn new_page(visit: Visit<CenterPass<RunsCenter>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    visit.page(new_view(&visit, &pass, &Typed::default(), &Errors::default()))
}

/// Creates an account (C-13).
pub async fn create(visit: Visit<CenterPass<RunsCenter>>, typed: Typed) -> Answer {
    let details = match AccountDetails::new(&typed.name, &typed.time_zone) {
        Ok(details) => details,
        Err(errors) => {
            let pass = visit.pass().await?;
            return visit.mend(new_view(&visit, &pass, &typed, &Errors(errors)));
        }
    };
    let (_, account) = visit.write(move |w, pass| account_center::create_account(w, pass, &details)).await?;
    visit.go_and_tell(&format!("/accounts/{account}"), Toast::AccountCreated)
}

fn new_view(
    visit: &Visit<CenterPass<RunsCenter>>,
    pass: &CenterPass<RunsCenter>,
    typed: &Typed,
    errors: &Errors,
) -> NewAccount {
    NewAccount {
        t: visit.t(),
        frame: visit.center_frame(pass),
        name: errors.field(visit.t(), "name", &typed.name),
        time_zone: errors.field(visit.t(), "time_zone", &typed.time_zone),
        zones: time_zones(),
    }
}

/// What taking an account out means.
pub async fn unlink_page(visit: Visit<CenterPass<RunsCenter>>, _: Nothing) -> Answer {
    let account: AccountId = visit.param("account")?;
    let (pass, account) = visit.read(move |r, pass| account_center::find_account(r, pass, &account)).await?;
    visit.page(Unlink { t: visit.t(), frame: visit.center_frame(&pass), account: mark(account) })
}

/// Takes an account out.
pub async fn unlink(visit: Visit<CenterPass<RunsCenter>>, _: Nothing) -> Answer {
    let account: AccountId = visit.param("account")?;
    let (pass, ()) = visit.write(move |w, pass| account_center::unlink(w, pass, &account)).await?;
    visit.go_and_tell(&format!("/account-centers/{}", pass.center()), Toast::AccountUnlinked)
}

/// What leaving its center means for an account.
pub async fn leave_page(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let (pass, (center, executives)) = visit.read(account_center::preview_leave).await?;
    let names: Vec<String> =
        executives.into_iter().map(|executive| isolated(&executive.name).into_owned()).collect();
    visit.page(Leave { t: visit.t(), frame: visit.frame(&pass), center, executives: names.join(", ") })
}

/// Takes an account out of its center, by its own administrator.
pub async fn leave(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(account_center::leave).await?;
    let account = pass.account();
    visit.go_and_tell(&format!("/accounts/{account}"), Toast::AccountUnlinked)
}
