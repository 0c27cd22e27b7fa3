//! Accounts, as programs see them.

use app::account;
use app::account::AccountOfKey;
use app::pass::{AccountPass, HasPlace as _, KeyPass};
use domain::capability::proof::AnyKey;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::One;
use super::listing::{Listed, Listing, Paging};
use super::refused::Wrong;
use super::route::{get, list};
use super::user::{Direction, has};
use crate::http::route::Route;
use crate::http::visit::Visit;

pub(super) fn routes() -> Vec<Route> {
    vec![list("/v3/a.json", "List accounts", index), get("/v3/a/{account}.json", "Retrieve an account", show)]
}

/// An account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub(super) struct Account {
    /// The account's id.
    #[schemars(regex(pattern = "^ACC[0-9a-f]{32}$"))]
    id: String,
    /// Its name.
    name: String,
    /// Whether outbound calls are recorded.
    outbound_recording_enabled: bool,
    /// Whether the account is held to HIPAA.
    hipaa_account: bool,
    /// The account's number; with `fields=numeric_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    numeric_id: Option<i64>,
}

impl Listed for Account {
    const KEY: &'static str = "accounts";
}

impl Account {
    /// Nothing is recorded, and no account is held to HIPAA, as long as there are no calls.
    fn of(AccountOfKey { id, number, name }: AccountOfKey, fields: Option<&str>) -> Account {
        Account {
            id: id.to_string(),
            name,
            outbound_recording_enabled: false,
            hipaa_account: false,
            numeric_id: has(fields, "numeric_id").then_some(number),
        }
    }
}

/// What a list of accounts is sorted by.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Name,
    Id,
}

/// Which accounts.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Accounts {
    /// What they are sorted by.
    #[allow(dead_code, reason = "there is one order, whatever it is called")]
    sort: Option<Sort>,
    /// Which way round.
    order: Option<Direction>,
    /// Only those that are held to HIPAA, or only the others.
    hipaa_account: Option<bool>,
    /// Fields to be added: `numeric_id`.
    fields: Option<String>,
}

/// All accounts that the key's owner may open.
pub(super) async fn index(
    visit: Visit<KeyPass>,
    paging: Paging,
    asked: Accounts,
) -> Result<Listing<Account>, Wrong> {
    let down = asked.order.is_some_and(Direction::is_down);
    let mut window = paging.window()?;
    // None is held to HIPAA.
    let none = asked.hipaa_account == Some(true);
    if none {
        window.take = 0;
    }
    let (_, mut part) = visit.read(move |r, pass| account::list_of_key(r, pass, down, window)).await?;
    if none {
        part.total = 0;
    }
    Ok(paging.listing(part)?.map(|account| Account::of(account, asked.fields.as_deref())))
}

/// What is to be told beside the usual.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Shown {
    /// Fields to be added: `numeric_id`.
    fields: Option<String>,
}

/// One account.
pub(super) async fn show(visit: Visit<AccountPass<AnyKey>>, asked: Shown) -> Result<One<Account>, Wrong> {
    let (pass, number) = visit.read(account::number).await?;
    let account =
        AccountOfKey { id: pass.account().clone(), number, name: pass.place().account_name.clone() };
    Ok(One(Account::of(account, asked.fields.as_deref())))
}
