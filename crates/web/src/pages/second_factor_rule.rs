//! Asking everybody in an account, or in all accounts of a center, for a second factor.

use app::Refused;
use app::pass::{AccountPass, CenterPass, HasPlace as _, Proven};
use app::second_factor_rule::{self as app_rule, LackingPage, OfCenter};
use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::second_factor::parse_from;
use domain::time::Timestamp;
use serde::Deserialize;

use super::form::{Errors, ticked};
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::http::visitor::Visitor;
use crate::views::frame::address;
use crate::views::second_factor_rule::{Lacking, Rule};
use crate::views::{Frame, Pager};

type AtAccount = Visit<Proven<AccountPass<ManageUsers>>>;
type AtCenter = Visit<Proven<CenterPass<RunsCenter>>>;

/// A center has no zone of its own.
const CENTER_ZONE: &str = "UTC";

/// Behind whom the list of who has none goes on.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    after: String,
}

/// From when, or that it is asked for no more.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    from: String,
    #[serde(deserialize_with = "ticked")]
    lift: Option<String>,
}

impl Typed {
    fn read(&self, zone: &str, now: Timestamp) -> Result<Option<Timestamp>, Refused> {
        if self.lift.is_some() {
            return Ok(None);
        }
        parse_from(&self.from, zone, now).map(Some).map_err(|problem| Refused::field("from", problem))
    }
}

/// How it stands in the account.
pub async fn page(visit: AtAccount, query: Query) -> Answer {
    visit.page(view(&visit, &query.after, None, &Errors::default()).await?)
}

/// Asks for it in the account, or no more.
pub async fn set(visit: AtAccount, typed: Typed) -> Answer {
    let zone = visit.pass().await?.place().time_zone.clone();
    let done = match typed.read(&zone, visit.app.store.now()) {
        Ok(from) => visit.write(move |w, pass| app_rule::set(w, pass, from)).await.map(drop),
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => visit.go_and_tell(&visit.path, Toast::Saved),
        Err(Refused::Invalid(errors)) => {
            visit.mend(view(&visit, "", Some(&typed.from), &Errors(errors)).await?)
        }
        Err(refused) => Err(refused),
    }
}

/// How it stands in the center.
pub async fn center_page(visit: AtCenter, query: Query) -> Answer {
    visit.page(center_view(&visit, &query.after, None, &Errors::default()).await?)
}

/// Asks for it in the center and its accounts, or no more.
pub async fn set_of_center(visit: AtCenter, typed: Typed) -> Answer {
    let done = match typed.read(CENTER_ZONE, visit.app.store.now()) {
        Ok(from) => visit.write(move |w, pass| app_rule::set_of_center(w, pass, from)).await.map(drop),
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => visit.go_and_tell(&visit.path, Toast::Saved),
        Err(Refused::Invalid(errors)) => {
            visit.mend(center_view(&visit, "", Some(&typed.from), &Errors(errors)).await?)
        }
        Err(refused) => Err(refused),
    }
}

async fn view(visit: &AtAccount, after: &str, typed: Option<&str>, errors: &Errors) -> Result<Rule, Refused> {
    let from = after.to_owned();
    let (pass, (rule, people)) = visit.read(move |r, pass| app_rule::find(r, pass, &from)).await?;
    let (t, zone) = (visit.t(), pass.place().time_zone.clone());
    let day = errors.field(t, "from", typed.unwrap_or(&present(rule.own, &zone)));
    let drawn = draw(visit, visit.frame(&pass), &zone, rule, people);
    Ok(Rule { from: day, ..drawn })
}

async fn center_view(
    visit: &AtCenter,
    after: &str,
    typed: Option<&str>,
    errors: &Errors,
) -> Result<Rule, Refused> {
    let from = after.to_owned();
    let (pass, found) = visit.read(move |r, pass| app_rule::find_of_center(r, pass, &from)).await?;
    let OfCenter { rule, executives, people } = found;
    let (t, frame) = (visit.t(), visit.center_frame(&pass));
    let href = frame.at("/executives");
    let executive = |one: app_rule::Lacking| Lacking {
        name: one.name,
        email: one.email,
        href: href.clone(),
        is_executive: true,
    };
    let first = executives.into_iter().filter(|_| after.is_empty()).map(executive);
    let drawn = draw(visit, frame, CENTER_ZONE, rule, people);
    Ok(Rule {
        from: errors.field(t, "from", typed.unwrap_or(&present(rule.own, CENTER_ZONE))),
        lacking: first.chain(drawn.lacking).collect(),
        ..drawn
    })
}

fn present(from: Option<Timestamp>, zone: &str) -> String {
    from.map(|from| from.day(zone)).unwrap_or_default()
}

fn draw(visitor: &Visitor, frame: Frame, zone: &str, rule: app_rule::Rule, people: LackingPage) -> Rule {
    let (t, now) = (visitor.t(), visitor.app.store.now());
    let next = people.next.map(|after| address(&visitor.path, &[("after", &after)]));
    let lacking = |one: app_rule::Lacking| Lacking {
        href: frame.at(&format!("/users/{}", one.id)),
        name: one.name,
        email: one.email,
        is_executive: false,
    };
    Rule {
        t,
        zone: zone.to_owned(),
        from: Default::default(),
        first_day: now.day(zone),
        stands: stands(visitor, zone, rule),
        is_on: rule.own.is_some(),
        lacking: people.rows.into_iter().map(lacking).collect(),
        pager: Pager { previous: None, next },
        frame,
    }
}

/// Who asks for it, from when: the account or the center itself, the center of an account, and whoever runs the server.
fn stands(visitor: &Visitor, zone: &str, rule: app_rule::Rule) -> Vec<String> {
    let (t, now, moments) = (visitor.t(), visitor.app.store.now(), visitor.moments(zone));
    let told = |from: Timestamp| (moments.day(from), from <= now);
    let own = rule.own.map(told).map(|(day, is_on)| match is_on {
        true => t.second_factor_rule_on_since(day),
        false => t.second_factor_rule_on_from(day),
    });
    let center = rule.of_center.map(told).map(|(day, is_on)| match is_on {
        true => t.second_factor_rule_by_center_since(day),
        false => t.second_factor_rule_by_center_from(day),
    });
    let server = rule.of_server.map(told).map(|(day, is_on)| match is_on {
        true => t.second_factor_rule_by_server_since(day),
        false => t.second_factor_rule_by_server_from(day),
    });
    let all: Vec<String> = own.into_iter().chain(center).chain(server).collect();
    if all.is_empty() { vec![t.second_factor_rule_none().to_owned()] } else { all }
}
