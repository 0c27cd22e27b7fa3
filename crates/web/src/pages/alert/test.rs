//! A test of a company's alerts: who would be told, before it is sent (G-08).

use app::Refused;
use app::alert::{self, Recipient};
use app::pass::CompanyPass;
use app::work::Writer;
use domain::alert::{LeadKind, Occasion, Why};
use domain::capability::proof::ManageCompanies;
use domain::id::AccountId;
use domain::input::Problem;
use serde::Deserialize;
use text::Text;

use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::pages::form::ticked;
use crate::views::Choice;
use crate::views::alert::{Row, Test};
use crate::views::frame::address;

/// What would come in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    kind: String,
    #[serde(deserialize_with = "ticked")]
    first: Option<String>,
}

/// How many of either are shown by name.
const SHOWN: usize = 100;

/// Who would be told, and who not.
pub async fn page(visit: Visit<CompanyPass<ManageCompanies>>, typed: Typed) -> Answer {
    let (kind, first) = (typed.kind.parse().unwrap_or(LeadKind::Missed), typed.first.is_some());
    let occasion = Occasion { kind, first, agent: None };
    let read = visit
        .read(move |r, pass| Ok((alert::company_name(r, pass)?, alert::recipients(r, pass, &occasion)?)));
    let (pass, (company, recipients)) = read.await?;
    let t = visit.t();
    let (told, others): (Vec<_>, Vec<_>) = recipients.iter().partition(|one| one.ways.is_told());
    let rows = |all: &[&Recipient]| {
        all.iter().take(SHOWN).map(|one| row(t, pass.account(), one)).collect::<Vec<_>>()
    };
    let more = |all: &[&Recipient]| all.len().saturating_sub(SHOWN) as i64;
    let choice = |one: &LeadKind| Choice::new(one.word(), alert::kind(t, *one), *one == kind);
    visit.page(Test {
        t,
        frame: visit.frame(&pass),
        company: (pass.company().to_string(), company),
        kinds: LeadKind::ALL.iter().map(choice).collect(),
        kind: kind.word(),
        first,
        sends: told.len() as i64,
        more: (more(&told), more(&others)),
        told: rows(&told),
        others: rows(&others),
    })
}

/// Sends it.
pub async fn send(visit: Visit<CompanyPass<ManageCompanies>>, typed: Typed) -> Answer {
    let (kind, first) = (typed.kind.parse::<LeadKind>(), typed.first.is_some());
    let send = move |w: Writer, pass: &_| {
        let kind = kind.map_err(|_| Refused::field("kind", Problem::NotAChoice))?;
        alert::send_test(w, pass, kind, first)
    };
    visit.write(send).await?;
    visit.go_and_tell(&visit.path, Toast::AlertTested)
}

fn row(t: Text, account: &AccountId, one: &Recipient) -> Row {
    let page = format!("/accounts/{account}/alerts");
    let settings = match &one.user {
        Some(user) => address(&page, &[("user", user.as_str())]),
        None => address(&page, &[("email", &one.email)]),
    };
    let way = |way: Result<(), Why>| match way {
        Ok(()) => (true, t.alert_test_told().to_owned()),
        Err(reason) => (false, why(t, reason).to_owned()),
    };
    Row {
        settings: (one.ways.email != Err(Why::Deleted)).then_some(settings),
        name: one.name.clone(),
        email: one.email.clone(),
        by_email: way(one.ways.email),
        by_push: way(one.ways.push),
    }
}

fn why(t: Text, why: Why) -> &'static str {
    match why {
        Why::CompanyDisabled => t.alert_why_company_disabled(),
        Why::Deleted => t.alert_why_deleted(),
        Why::Suspended => t.alert_why_suspended(),
        Why::Ended => t.alert_why_ended(),
        Why::NoCompany => t.alert_why_no_company(),
        Why::BecameAUser => t.alert_why_became_a_user(),
        Why::Another => t.alert_why_another(),
        Why::Off => t.alert_why_off(),
        Why::NoEmails => t.alert_why_no_emails(),
        Why::Refused => t.alert_why_refused(),
        Why::NoDevice => t.alert_why_no_device(),
    }
}
