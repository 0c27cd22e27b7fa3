//! The people of an account center (C-05), and creating many at once (C-06).

mod accounts;
mod answers;
pub mod create;
mod passwords;
mod review;

use app::center_person;
use app::moment::Moments;
use app::page::COUNTED;
use app::pass::CenterPass;
use app::{Conflict, Refused};
use domain::account_center::Standing;
use domain::account_center::proof::AllOfCenter;
use domain::id::CenterPersonId;
use domain::user::UserType;
use serde::Deserialize;
use text::Text;

use super::shown;
use crate::http::visit::{Answer, Visit};
use crate::views::center_person::{Closed, List, Person, Place, Row, ThroughCenter};
use crate::views::frame::address;
use crate::views::user::{Described as _, role, status_label};
use crate::views::{AccountMark, Pager};

/// Which people.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    q: String,
    #[serde(rename = "type")]
    user_type: String,
    after: String,
}

/// One page of people.
pub async fn list(visit: Visit<CenterPass<AllOfCenter>>, query: Query) -> Answer {
    let user_type: Option<UserType> = query.user_type.parse().ok();
    let filter = center_person::Filter { search: query.q.clone(), user_type };
    let after: Option<CenterPersonId> = query.after.parse().ok();
    let listed = visit.read(move |r, pass| center_person::list(r, pass, &filter, after.as_ref())).await;
    let (pass, page) = match listed {
        // Whoever may see this may open it: the page leads on (C-04).
        Err(Refused::Conflict(Conflict::UsersNotOpen)) => {
            let (pass, ()) = visit.look(|_, _| Ok(())).await?;
            return visit.page(Closed { t: visit.t(), frame: visit.center_frame(&pass) });
        }
        listed => listed?,
    };
    let next = page.rows.last().filter(|_| page.has_more).map(|last| {
        let type_word = user_type.map_or("", UserType::word);
        address(&visit.path, &[("q", &query.q), ("type", type_word), ("after", last.id.as_str())])
    });
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    visit.page(List {
        t,
        frame: visit.center_frame(&pass),
        q: query.q,
        user_type,
        rows: page.rows.into_iter().map(|person| row(t, &moments, person)).collect(),
        pager: Pager { previous: None, next },
    })
}

fn row(t: Text, moments: &Moments, person: center_person::Person) -> Row {
    Row {
        id: person.id.to_string(),
        types: types(t, &person.types),
        name: person.name,
        email: person.email,
        executive: person.executive,
        accounts: person.accounts,
        pending: person.pending,
        last_active: person.last_active_at.map(|at| shown::when(at, moments)),
    }
}

/// What somebody is, with in how many accounts where it is more than one.
fn types(t: Text, types: &[(UserType, i64)]) -> String {
    let one = |(user_type, count): &(UserType, i64)| match count {
        1 => user_type.label(t).to_owned(),
        count => format!("{} ({})", user_type.label(t), t.number(*count)),
    };
    types.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Which page of their accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behind {
    after: String,
}

/// A person, and what they are where.
pub async fn page(visit: Visit<CenterPass<AllOfCenter>>, query: Behind) -> Answer {
    let id: CenterPersonId = visit.param("person")?;
    let (pass, found) = visit.read(move |r, pass| center_person::get(r, pass, &id, &query.after)).await?;
    let center_person::PersonPage { person, places, through_center } = found;
    let t = visit.t();
    let next = places
        .rows
        .last()
        .filter(|_| places.has_more)
        .map(|last| address(&visit.path, &[("after", last.account.as_str())]));
    let place = |place: center_person::PersonPlace| Place {
        account: AccountMark::new(place.account.as_str(), place.account_name),
        user: place.user.to_string(),
        role: role(t, place.user_type, place.agent),
        status: status_label(t, place.status),
    };
    let login = person.login.as_ref().map(ToString::to_string);
    visit.page(Person {
        t,
        frame: visit.center_frame(&pass),
        person: row(visit.t(), &visit.moments("UTC"), person),
        through_center: through_center.map(|(first, count)| through_center_of(t, first, count)),
        login,
        may_change: pass.standing() == Standing::Executive,
        places: places.rows.into_iter().map(place).collect(),
        pager: Pager { previous: None, next },
    })
}

/// The first accounts that an executive administrator has through the center, and in words how many more.
fn through_center_of(t: Text, first: Vec<center_person::AccountRow>, count: usize) -> ThroughCenter {
    let more = count.saturating_sub(first.len()) as i64;
    ThroughCenter {
        more: match count as i64 > COUNTED {
            true => Some(t.access_map_many_more(t.number(more - 1))),
            false => (more > 0).then(|| t.access_map_more_accounts(more)),
        },
        accounts: first
            .into_iter()
            .map(|account| AccountMark::new(account.id.as_str(), account.name))
            .collect(),
    }
}
