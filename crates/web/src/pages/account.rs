//! Accounts: choosing one, its home, its settings.

use app::pass::{AccountPass, HasPlace, Helper, SelfPass};
use app::work::Reader;
use app::{Refused, access_request, account, account_center, me};
use domain::access::decide_anywhere;
use domain::account::{AccountDetails, Ticks};
use domain::capability::proof::{AnyUser, ManageUsers};
use domain::capability::{self, Capability, REGISTRY};
use domain::company::time_zones;
use domain::user::UserType;
use serde::Deserialize;

use super::form::{Errors, ticked};
use super::shown;
use crate::http::problem::names;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::account::{Home, List, Place, Settings};
use crate::views::capability::Line;
use crate::views::frame::address;
use crate::views::user::{Described, role};
use crate::views::{AccountMark, Pager, isolated};

/// Which of one's accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    q: String,
    name: String,
    after: String,
}

/// Choose an account (C-02); straight on where there is only one.
pub async fn choose(visit: Visit<SelfPass>, query: Query) -> Answer {
    // On an account's own host there is no other.
    if let Some(own) = visit.own_host() {
        return visit.go(&format!("/accounts/{own}"));
    }
    let q = query.q.clone();
    let read = move |r: &mut Reader, pass: &SelfPass| {
        let accounts = me::accounts(r, pass, &query.q, (&query.name, &query.after))?;
        Ok((accounts, account_center::list_own(r, pass)?))
    };
    let (pass, (page, centers)) = visit.read(read).await?;
    let (accounts, is_whole) = (page.rows, q.is_empty() && !page.has_more);
    if let ([only], true, []) = (accounts.as_slice(), is_whole, centers.as_slice()) {
        return visit.go(&home_of(only.account.as_str(), only.user_type));
    }
    let next = accounts.last().filter(|_| page.has_more).map(|last| {
        address(&visit.path, &[("q", &q), ("name", &last.sort_name), ("after", last.account.as_str())])
    });
    let off =
        if accounts.is_empty() && q.is_empty() { visit.read(me::switched_off).await?.1 } else { Vec::new() };
    let told = |(account, administrators): (String, Vec<Helper>)| {
        let ask = names(&visit, &administrators).map(|who| visit.t().account_who_can_give(isolated(&who)));
        (visit.t().account_off(isolated(&account)), ask)
    };
    let off = off.into_iter().map(told).collect();
    let place = |found: me::AccountOfLogin| Place {
        account: AccountMark::new(found.account.as_str(), found.name),
        role: match found.executive {
            true => visit.t().executive_administrator_one().to_owned(),
            false => found.user_type.label(visit.t()).to_owned(),
        },
    };
    let accounts = accounts.into_iter().map(place).collect();
    let center = |center: account_center::CenterOfLogin| AccountMark::new(center.id.as_str(), center.name);
    visit.page(List {
        t: visit.t(),
        frame: visit.person_frame(pass.person()),
        searches: !is_whole,
        q,
        accounts,
        centers: centers.into_iter().map(center).collect(),
        pager: Pager { previous: None, next },
        off,
    })
}

/// Agents see Lead Center and nothing else of the account.
fn home_of(account: &str, user_type: UserType) -> String {
    let lead_center = if user_type == UserType::Agent { "/lead-center" } else { "" };
    format!("/accounts/{account}{lead_center}")
}

/// The home of an account: what one may do here, and where to begin.
pub async fn home(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Answer {
    let (pass, home) = visit.read(account::home).await?;
    let (t, place) = (visit.t(), pass.place());
    let grants = &place.grants;
    let decide = |capability| decide_anywhere(grants, capability, place.in_use);
    let line = |of: &capability::Line| Line::decided(t, of.capability, decide(of.capability));
    let (can, cannot) = REGISTRY.iter().map(line).partition(|line| line.has);
    let manages = |capability| decide(capability).is_ok();
    visit.page(Home {
        t,
        frame: visit.frame(&pass),
        first_name: place
            .person
            .as_ref()
            .map_or_else(|| place.names().first.clone(), |person| person.first_name.clone()),
        role: role(t, grants.user_type, grants.agent),
        companies: shown::companies(
            grants.user_type.has_all_companies(),
            &shown::company_names(&home.companies),
        ),
        can,
        cannot,
        who_can_give: if grants.user_type.has_all_companies() {
            None
        } else {
            names(&visit, &home.administrators)
        },
        suggest_company: manages(Capability::ManageCompanies) && home.companies.is_empty(),
        suggest_user: manages(Capability::ManageUsers) && home.is_alone,
    })
}

/// What is typed in the settings.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    time_zone: String,
    invitation_days: String,
    #[serde(deserialize_with = "ticked")]
    free_types: Option<String>,
    #[serde(deserialize_with = "ticked")]
    takes_requests: Option<String>,
    #[serde(deserialize_with = "ticked")]
    temporary_passwords: Option<String>,
    #[serde(deserialize_with = "ticked")]
    see_as: Option<String>,
}

/// The settings.
pub async fn settings(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let (pass, details) = visit.read(account::get).await?;
    let link = request_link(&visit).await?;
    let typed = Typed {
        name: details.name,
        time_zone: details.time_zone,
        invitation_days: details.invitation_days.to_string(),
        free_types: details.free_types.then(|| "yes".to_owned()),
        takes_requests: details.takes_requests.then(|| "yes".to_owned()),
        temporary_passwords: details.temporary_passwords.then(|| "yes".to_owned()),
        see_as: details.see_as.then(|| "yes".to_owned()),
    };
    visit.page(view(&visit, &pass, (&typed, &Errors::default()), link))
}

async fn request_link(visit: &Visit<AccountPass<ManageUsers>>) -> Result<Option<String>, Refused> {
    let (_, token) = visit.look(access_request::link_token).await?;
    Ok(token.map(|token| visit.app.request_link(&token)))
}

/// Gives the account a new request link (U-16).
pub async fn renew_request_link(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(access_request::renew_link).await?;
    visit.go_and_tell(&format!("/accounts/{}/settings", pass.account()), Toast::RequestLinkRenewed)
}

/// Changes the settings.
pub async fn change(visit: Visit<AccountPass<ManageUsers>>, typed: Typed) -> Answer {
    let ticks = Ticks {
        free_types: typed.free_types.is_some(),
        takes_requests: typed.takes_requests.is_some(),
        temporary_passwords: typed.temporary_passwords.is_some(),
        see_as: typed.see_as.is_some(),
    };
    let parsed = AccountDetails::parse(&typed.name, &typed.time_zone, &typed.invitation_days, ticks);
    let details = match parsed {
        Ok(details) => details,
        Err(errors) => {
            let (pass, link) = (visit.pass().await?, request_link(&visit).await?);
            return visit.mend(view(&visit, &pass, (&typed, &Errors(errors)), link));
        }
    };
    visit.write(move |w, pass| account::change(w, pass, &details)).await?;
    visit.go_and_tell(&visit.path, Toast::Saved)
}

fn view(
    visit: &Visit<AccountPass<ManageUsers>>,
    pass: &AccountPass<ManageUsers>,
    (typed, errors): (&Typed, &Errors),
    request_link: Option<String>,
) -> Settings {
    let t = visit.t();
    Settings {
        t,
        frame: visit.frame(pass),
        name: errors.field(t, "name", &typed.name),
        time_zone: errors.field(t, "time_zone", &typed.time_zone),
        invitation_days: errors.field(t, "invitation_days", &typed.invitation_days),
        free_types: typed.free_types.is_some(),
        takes_requests: typed.takes_requests.is_some(),
        temporary_passwords: typed.temporary_passwords.is_some(),
        see_as: typed.see_as.is_some(),
        in_center: pass.place().center.is_some() && visit.own_host().is_none(),
        number: pass.account().to_string(),
        request_link,
        may_brand: decide_anywhere(&pass.place().grants, Capability::ManageWhiteLabel, pass.place().in_use)
            .is_ok(),
        zones: time_zones(),
    }
}
