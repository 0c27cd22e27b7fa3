//! Making a key of one's own: for what it is, what it may do, until when.

use app::api_key::{Choices, choices};
use app::pass::{AccountPass, Proven, SelfPass};
use app::{Refused, me};
use domain::api_key::{DAYS, DEFAULT_DAYS, TypedKey};
use domain::capability::proof::AnyUser;
use domain::id::AccountId;
use domain::time::Span;
use serde::Deserialize;

use crate::http::visit::{Answer, Visit};
use crate::pages::form::{Errors, ticked};
use crate::views::Choice;
use crate::views::api_key::{MadeKey, Narrowing, NewKey};
use crate::views::capability::label;

/// Which account the key is to be for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    account: String,
}

/// A key as it is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    account: String,
    which: String,
    company: Vec<String>,
    may: String,
    capability: Vec<String>,
    #[serde(deserialize_with = "ticked")]
    reads_only: Option<String>,
    ends: String,
    ends_on: String,
    password: String,
}

impl Typed {
    fn key(&self) -> TypedKey {
        TypedKey {
            name: self.name.clone(),
            account: self.account.clone(),
            which: self.which.clone(),
            companies: self.company.clone(),
            may: self.may.clone(),
            capabilities: self.capability.clone(),
            reads_only: self.reads_only.is_some(),
            ends: self.ends.clone(),
            ends_on: self.ends_on.clone(),
        }
    }
}

/// The word in the address for a key of all accounts.
const ALL: &str = "all";

/// Asks what the key is for, what it may do, and for the password: who has that can do what one can. Who is in one account is
/// asked about that one.
pub async fn page(visit: Visit<Proven<SelfPass>>, wanted: Wanted) -> Answer {
    let accounts = accounts(&visit).await?;
    let account = match (wanted.account.as_str(), accounts.as_slice()) {
        (ALL, _) => String::new(),
        ("", [(only, _)]) => only.clone(),
        (account, _) => account.to_owned(),
    };
    let typed = Typed { account, ends: DEFAULT_DAYS.to_string(), ..Typed::default() };
    visit.page(view(&visit, accounts, &typed, &Errors::default()).await?)
}

/// Makes a key, and shows it this once.
pub async fn create(visit: Visit<Proven<SelfPass>>, typed: Typed) -> Answer {
    match visit.app.create_api_key(&visit.ask, &typed.key(), &typed.password).await {
        Ok((name, key)) => {
            let pass = visit.pass().await?;
            let frame = visit.person_frame(pass.person());
            let base = visit.app.settings.base_url.clone();
            visit.page(MadeKey { t: visit.t(), frame, name, key, base })
        }
        Err(Refused::Invalid(errors)) => {
            let accounts = accounts(&visit).await?;
            visit.mend(view(&visit, accounts, &typed, &Errors(errors)).await?)
        }
        Err(refused) => Err(refused),
    }
}

/// The first accounts that one may open.
async fn accounts(visit: &Visit<Proven<SelfPass>>) -> Result<Vec<(String, String)>, Refused> {
    let (_, page) = visit.read(|r, pass| me::accounts(r, pass, "", ("", ""))).await?;
    Ok(page.rows.into_iter().map(|found| (found.account.to_string(), found.name)).collect())
}

/// What one has in the account that was named. One that is none of theirs is as good as none.
async fn narrowed(visit: &Visit<Proven<SelfPass>>, account: &str) -> Result<Option<Choices>, Refused> {
    let Ok(account) = account.parse::<AccountId>() else { return Ok(None) };
    match visit.of::<AccountPass<AnyUser>>(account).look(choices).await {
        Ok((_, choices)) => Ok(Some(choices)),
        Err(Refused::NotFound | Refused::Forbidden { .. }) => Ok(None),
        Err(refused) => Err(refused),
    }
}

async fn view(
    visit: &Visit<Proven<SelfPass>>,
    accounts: Vec<(String, String)>,
    typed: &Typed,
    errors: &Errors,
) -> Result<NewKey, Refused> {
    let found = narrowed(visit, &typed.account).await?;
    let pass = visit.pass().await?;
    let t = visit.t();
    let zone = found.as_ref().map_or("UTC", |found| found.zone.as_str()).to_owned();
    let ends = |value: String, label: String| Choice { chosen: typed.ends == value, value, label };
    let days = DAYS.iter().map(|days| ends(days.to_string(), t.api_key_days(*days)));
    let others = [("day", t.api_key_on_day()), ("never", t.api_key_never())];
    let others = others.map(|(value, label)| ends(value.to_owned(), label.to_owned()));
    let narrowing = found.map(|found| narrowing(visit, found, typed, errors));
    let accounts = accounts.into_iter().filter(|(id, _)| *id != typed.account || narrowing.is_none());
    Ok(NewKey {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        name: errors.field(t, "name", &typed.name),
        accounts: accounts.collect(),
        account_error: errors.sentence(t, "account"),
        narrowing,
        reads_only: typed.reads_only.is_some(),
        ends: days.chain(others).collect(),
        ends_error: errors.sentence(t, "ends"),
        ends_on: errors.field(t, "ends_on", &typed.ends_on),
        first_day: (visit.app.store.now() + Span::days(1)).day(&zone),
        zone,
        password: errors.password(t),
    })
}

fn narrowing(visit: &Visit<Proven<SelfPass>>, found: Choices, typed: &Typed, errors: &Errors) -> Narrowing {
    let t = visit.t();
    let company = |company: app::company::Company| {
        let id = company.id.to_string();
        Choice { chosen: typed.company.contains(&id), value: id, label: company.details.name }
    };
    let capability = |capability: domain::capability::Capability| {
        let key = capability.line().key;
        Choice::new(key, label(t, capability), typed.capability.iter().any(|typed| typed == key))
    };
    Narrowing {
        id: typed.account.clone(),
        name: found.account,
        some_companies: typed.which == "some",
        companies: found.companies.into_iter().map(company).collect(),
        company_error: errors.sentence(t, "company"),
        some_capabilities: typed.may == "some",
        capabilities: found.capabilities.into_iter().map(capability).collect(),
        capability_error: errors.sentence(t, "capability"),
    }
}
