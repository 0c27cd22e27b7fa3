//! Account centers: choosing one, setting one up, its dashboard, settings and activity (C-02 to C-04).

pub mod accounts;
pub mod settings;

use std::collections::BTreeSet;

use app::Refused;
use app::account_center;
use app::activity::Activity;
use app::pass::{CenterPass, SelfPass};
use domain::account_center::proof::{AllOfCenter, InCenter};
use domain::account_center::{CenterDetails, LEAST_ACCOUNTS, Standing, enough};
use domain::id::{AccountId, ActivityId};
use domain::input::Checker;
use serde::Deserialize;

use super::activity;
use super::form::Errors;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::account_center::{Banner, Dashboard, List, May, New};
use crate::views::frame::address;
use crate::views::{AccountMark, Choice, Pager};

/// Choose an account center; straight on where there is only one, and to setting one up where there is none.
pub async fn choose(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, (centers, linkable)) = visit
        .read(|r, pass| Ok((account_center::list_own(r, pass)?, account_center::linkable(r, pass)?)))
        .await?;
    let can_make = linkable.len() >= LEAST_ACCOUNTS;
    if let ([only], false) = (centers.as_slice(), can_make) {
        return visit.go(&format!("/account-centers/{}", only.id));
    }
    visit.page(List {
        t: visit.t(),
        frame: visit.person_frame(pass.person()),
        centers: centers
            .into_iter()
            .map(|center| AccountMark::new(center.id.as_str(), center.name))
            .collect(),
        can_make,
    })
}

/// What is typed of a new center.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    account: Vec<String>,
}

impl Typed {
    fn parse(&self) -> Result<(CenterDetails, BTreeSet<AccountId>), Refused> {
        let accounts: BTreeSet<AccountId> = self
            .account
            .iter()
            .map(|id| id.parse())
            .collect::<Result<_, _>>()
            .map_err(|_| Refused::NotFound)?;
        let mut check = Checker::default();
        let details = check.merge(CenterDetails::parse(&self.name, true));
        let are_enough = check.take("account", enough(accounts.len()));
        Ok(check.finish((|| are_enough.and(Some((details?, accounts))))())?)
    }
}

/// The form of a new center.
pub async fn new_page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let view = new_view(&visit, &Typed::default(), &Errors::default()).await?;
    visit.page(view)
}

/// Makes a center (C-03).
pub async fn create(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    let made = match typed.parse() {
        Ok((details, accounts)) => visit.app.create_center(&visit.ask, details, accounts).await,
        Err(refused) => Err(refused),
    };
    match made {
        Ok(id) => visit.go_and_tell(&format!("/account-centers/{id}"), Toast::CenterCreated),
        Err(Refused::Invalid(errors)) => {
            let view = new_view(&visit, &typed, &Errors(errors)).await?;
            visit.mend(view)
        }
        Err(refused) => Err(refused),
    }
}

async fn new_view(visit: &Visit<SelfPass>, typed: &Typed, errors: &Errors) -> Result<New, Refused> {
    let (pass, accounts) = visit.read(account_center::linkable).await?;
    let choice = |account: account_center::Account| {
        let id = account.id.as_str();
        Choice::new(id, account.name, typed.account.iter().any(|chosen| chosen == id))
    };
    Ok(New {
        t: visit.t(),
        frame: visit.person_frame(pass.person()),
        name: errors.field(visit.t(), "name", &typed.name),
        accounts: accounts.into_iter().map(choice).collect(),
        accounts_error: errors.sentence(visit.t(), "account"),
    })
}

/// Which page of the accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    q: String,
    name: String,
    after: String,
}

/// The dashboard (C-02).
pub async fn dashboard(visit: Visit<CenterPass<InCenter>>, query: Query) -> Answer {
    let q = query.q.clone();
    let read = move |r: &mut app::work::Reader, pass: &CenterPass<InCenter>| {
        account_center::dashboard(r, pass, &query.q, (&query.name, &query.after))
    };
    let (pass, board) = visit.read(read).await?;
    let (t, standing) = (visit.t(), pass.standing());
    let next = match board.accounts.rows.last() {
        Some(last) if board.accounts.has_more => {
            Some(address(&visit.path, &[("q", &q), ("name", &last.sort_name), ("after", last.id.as_str())]))
        }
        _ => None,
    };
    let banner = Banner {
        users: board.center.users_opened_at.is_none(),
        executive: !board.has_executive,
        feedback: format!("mailto:{}", visit.app.settings.mail_from.email),
    };
    // Who sees all has it on the page of users.
    let create_users = standing == Standing::Somewhere && !banner.users;
    let offers = standing >= Standing::Everywhere && (banner.users || banner.executive);
    visit.page(Dashboard {
        t,
        frame: visit.center_frame(&pass),
        q,
        count: match board.count {
            None => t.account_center_accounts_some().to_owned(),
            Some(count) if count > 1_000 => t.account_center_accounts_many().to_owned(),
            Some(count) => t.account_center_accounts_of(count as i64),
        },
        rows: board.accounts.rows.into_iter().map(mark).collect(),
        pager: Pager { previous: None, next },
        may: May {
            link: standing >= Standing::Everywhere,
            run: standing == Standing::Executive,
            create_users,
        },
        banner: offers.then_some(banner),
    })
}

fn mark(account: account_center::Account) -> AccountMark {
    AccountMark::new(account.id.as_str(), account.name)
}

/// Opens managing users across accounts (C-04).
pub async fn open_users(visit: Visit<CenterPass<AllOfCenter>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(account_center::open_users).await?;
    visit.go_and_tell(&format!("/account-centers/{}/users", pass.center()), Toast::CenterUsersOpened)
}

/// Which page of the activity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    after: Option<String>,
}

/// What was done to the center itself, newest first.
pub async fn activity(visit: Visit<CenterPass<AllOfCenter>>, query: Behind) -> Answer {
    let before: Option<ActivityId> = query.after.as_deref().and_then(|id| id.parse().ok());
    let (pass, page) = visit.read(move |r, pass| account_center::activity(r, pass, before.as_ref())).await?;
    let next = match page.rows.last() {
        Some(Activity { id, .. }) if page.has_more => Some(format!("{}?after={id}", visit.path)),
        _ => None,
    };
    visit.page(crate::views::activity::List {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        filters: None,
        rows: activity::rows(visit.t(), page.rows, &[], &visit.moments("UTC")),
        pager: Pager { previous: None, next },
    })
}
