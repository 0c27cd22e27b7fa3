//! Maps of access: one's own, and an account's (`access_map` of `views` draws them).

use app::access_map::{self, AccountMap, Executive, OwnPlace, RunCenter};
use app::pass::SelfPass;
use app::see_as;
use app::user::{Cursor, Listed};
use app::work::Reader;
use domain::access::{Grants, InUse, decide_anywhere};
use domain::capability::REGISTRY;
use domain::id::CompanyId;
use domain::name::sort_key;
use domain::user::UserType;
use serde::Deserialize;
use text::Text;

use super::shown;
use super::user::Managing;
use crate::http::visit::{Answer, Visit};
use crate::views::Pager;
use crate::views::access_map::{Account, Own, OwnAccount, Person, Seen};
use crate::views::capability::{Line, short};
use crate::views::frame::address;
use crate::views::isolated;
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
    let look = move |r: &mut Reader, pass: &SelfPass| {
        Ok((access_map::own(r, pass, &query.after)?, see_as::list_own(r, pass)?))
    };
    let (pass, (found, seen)) = visit.read(look).await?;
    let (t, places, moments) = (visit.t(), found.places, visit.moments("UTC"));
    let next = places.rows.last().filter(|_| places.has_more);
    let next = next.map(|last| address(&visit.path, &[("after", last.account.as_str())]));
    visit.page(Own {
        t,
        frame: visit.person_frame(pass.person()),
        name: pass.person().name(),
        accounts: found
            .centers
            .into_iter()
            .map(|center| own_center(t, center))
            .chain(places.rows.into_iter().map(|place| own_account(t, place)))
            .collect(),
        pager: Pager { previous: None, next },
        seen: seen
            .into_iter()
            .map(|one| Seen {
                what: t.see_as_own_line(isolated(&one.viewer), isolated(&one.account_name)),
                reason: one.reason,
                when: shown::when(one.started_at, &moments),
            })
            .collect(),
    })
}

fn own_account(t: Text, place: OwnPlace) -> OwnAccount {
    let all = place.executive || place.user_type.has_all_companies();
    OwnAccount {
        href: format!("/accounts/{}", place.account),
        role: match place.executive {
            true => t.access_map_as_executive().to_owned(),
            false => role(t, place.user_type, place.agent),
        },
        is_center: false,
        leaves: if all { vec![t.company_all().to_owned()] } else { companies(t, &place) },
        lines: lines(t, &place.grants(), place.in_use),
        name: place.account_name,
    }
}

fn companies(t: Text, place: &OwnPlace) -> Vec<String> {
    let more = place.count - place.companies.len() as i64;
    let more = (more > 0).then(|| t.company_more(more));
    let leaves: Vec<String> = place.companies.iter().cloned().chain(more).collect();
    if leaves.is_empty() { vec![t.company_none().to_owned()] } else { leaves }
}

/// All accounts of a center that one runs, in one: there may be thousands.
fn own_center(t: Text, center: RunCenter) -> OwnAccount {
    let more = center.count.n - center.accounts.len() as i64;
    let more = match center.count.more {
        true => Some(t.access_map_many_more(t.number(more))),
        false => (more > 0).then(|| t.access_map_more_accounts(more)),
    };
    OwnAccount {
        href: format!("/account-centers/{}", center.id),
        name: t.access_map_all_of(isolated(&center.name)),
        role: t.access_map_as_executive().to_owned(),
        is_center: true,
        leaves: center.accounts.into_iter().map(|(_, name)| name).chain(more).collect(),
        lines: lines(t, &Grants::of_type(UserType::Administrator, false), InUse::All),
    }
}

/// By the rule that also opens the pages and draws their menus.
fn lines(t: Text, grants: &Grants, in_use: InUse) -> Vec<(&'static str, Line)> {
    let decision = |capability| decide_anywhere(grants, capability, in_use);
    let line = |capability| (short(t, capability), Line::decided(t, capability, decision(capability)));
    REGISTRY.iter().map(|of| line(of.capability)).collect()
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
        t: visit.t(),
        frame: visit.frame(&pass),
        pager: Pager {
            previous: users.rows.first().filter(|_| users.has_previous).map(|one| side("before", one)),
            next: users.rows.last().filter(|_| users.has_more).map(|one| side("after", one)),
        },
        more_companies: last.map(|company| further(&company.details.name, company.id.as_str())),
        first_companies: (!window.company.is_empty()).then(|| further("", "")),
        people: found
            .executives
            .iter()
            .map(|one| executive(visit.t(), one, &found))
            .chain(users.rows.iter().map(|one| person(visit.t(), one, &found)))
            .collect(),
        more_executives: found.more_executives as i64,
        companies: found.companies.iter().map(|company| company.details.name.clone()).collect(),
    })
}

fn person(t: Text, listed: &Listed, found: &AccountMap) -> Person {
    let Listed { user, company_ids, companies } = listed;
    let has = |id: &CompanyId| company_ids.contains(id);
    let has: Vec<bool> = found.companies.iter().map(|company| has(&company.id)).collect();
    let shown = has.iter().filter(|has| **has).count();
    let executive = found.is_executive(listed);
    Person {
        id: Some(user.id.to_string()),
        name: user.names.full(),
        role: match executive {
            true => t.access_map_as_executive().to_owned(),
            false => role(t, user.user_type, user.agent),
        },
        all: executive || user.user_type.has_all_companies(),
        others: companies.len() as i64 - shown as i64,
        has,
    }
}

fn executive(t: Text, one: &Executive, found: &AccountMap) -> Person {
    Person {
        id: None,
        name: one.name.clone(),
        role: t.access_map_as_executive().to_owned(),
        all: true,
        others: 0,
        has: found.companies.iter().map(|_| true).collect(),
    }
}
