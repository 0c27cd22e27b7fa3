//! Maps of access: one's own, and an account's (`access_map` of `views` draws them).

use app::access_map::{self, AccountMap, OwnPlace};
use app::pass::SelfPass;
use app::user::{Cursor, Listed};
use app::work::Reader;
use domain::capability::{REGISTRY, mark};
use domain::id::CompanyId;
use domain::name::sort_key;
use serde::Deserialize;
use text::Text;

use super::user::Managing;
use crate::http::visit::{Answer, Visit};
use crate::views::Pager;
use crate::views::access_map::{Account, Own, OwnAccount, Person};
use crate::views::capability::{Line, short};
use crate::views::frame::address;
use crate::views::user::role;

/// Which page of accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
}

/// Which people, and behind which company.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    after: String,
    before: String,
    name: String,
    company: String,
}

/// Everything one may do, in all accounts.
pub async fn own(visit: Visit<SelfPass>, query: Query) -> Answer {
    let (pass, found) = visit.read(move |r, pass| access_map::own(r, pass, &query.after)).await?;
    let t = visit.t;
    let next = found.rows.last().filter(|_| found.has_more);
    let next = next.map(|last| address(&visit.path, &[("after", last.account.as_str())]));
    visit.page(Own {
        t,
        frame: visit.person_frame(pass.person()),
        name: pass.person().name(),
        accounts: found.rows.into_iter().map(|place| own_account(t, place)).collect(),
        pager: Pager { previous: None, next },
    })
}

fn own_account(t: Text, place: OwnPlace) -> OwnAccount {
    let line = |capability| {
        (short(t, capability), Line::new(t, capability, mark(place.user_type, place.agent, capability)))
    };
    OwnAccount {
        id: place.account.to_string(),
        name: place.account_name,
        role: role(t, place.user_type, place.agent),
        all: place.user_type.has_all_companies(),
        more: place.count - place.companies.len() as i64,
        companies: place.companies,
        lines: REGISTRY.iter().map(|of| line(of.capability)).collect(),
    }
}

/// Who has which company.
pub async fn account(visit: Managing, window: Window) -> Answer {
    let from = Cursor::of(&window.after, &window.before);
    let (name, company) = (sort_key(&[&window.name]), window.company.clone());
    let look = move |r: &mut Reader, pass: &_| access_map::of_account(r, pass, &from, (&name, &company));
    let (pass, found) = visit.read(look).await?;
    let here = |parameters: &[(&str, &str)]| address(&visit.path, parameters);
    // People and companies go on apart from each other.
    let side = |side, listed: &Listed| {
        here(&[(side, listed.user.id.as_str()), ("name", &window.name), ("company", &window.company)])
    };
    let users = &found.users;
    let last = found.companies.last().filter(|_| found.more_companies);
    let people = [("after", window.after.as_str()), ("before", window.before.as_str())];
    let further = |name: &str, id: &str| here(&[people[0], people[1], ("name", name), ("company", id)]);
    visit.page(Account {
        t: visit.t,
        frame: visit.frame(&pass),
        pager: Pager {
            previous: users.rows.first().filter(|_| users.has_previous).map(|one| side("before", one)),
            next: users.rows.last().filter(|_| users.has_more).map(|one| side("after", one)),
        },
        more_companies: last.map(|company| further(&company.details.name, company.id.as_str())),
        first_companies: (!window.company.is_empty()).then(|| further("", "")),
        people: users.rows.iter().map(|one| person(visit.t, one, &found)).collect(),
        companies: found.companies.iter().map(|company| company.details.name.clone()).collect(),
    })
}

fn person(t: Text, Listed { user, company_ids, companies }: &Listed, found: &AccountMap) -> Person {
    let has = |id: &CompanyId| company_ids.contains(id);
    let has: Vec<bool> = found.companies.iter().map(|company| has(&company.id)).collect();
    let shown = has.iter().filter(|has| **has).count();
    Person {
        id: user.id.to_string(),
        name: user.names.full(),
        role: role(t, user.user_type, user.agent),
        all: user.user_type.has_all_companies(),
        others: companies.len() as i64 - shown as i64,
        has,
    }
}
