//! The activity of an account, all of it or what was asked for.

use app::activity::{self, Asked, Filter, Listed};
use app::moment::Moments;
use app::pass::{AccountPass, HasPlace as _};
use domain::activity::Topic;
use domain::capability::proof::ManageUsers;
use domain::id::ActivityId;
use domain::time::Timestamp;
use serde::Deserialize;
use text::Text;

use super::super::shown;
use crate::http::visit::{Answer, Visit};
use crate::views::activity::{Filters, List};
use crate::views::frame::address;
use crate::views::{Choice, Pager, isolated};

/// Which page, and of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    q: String,
    of: String,
    about: String,
    company: String,
    from: String,
    until: String,
    after: String,
}

impl Query {
    /// What is asked for. Days are those of the account's time zone; what cannot be read asks for nothing.
    pub(super) fn asked(&self, zone: &str) -> Asked {
        Asked {
            search: self.q.trim().chars().take(100).collect(),
            person: self.of.parse().ok(),
            filter: Filter {
                people: None,
                company: self.company.parse().ok(),
                topic: Topic::of_word(&self.about),
                from: Timestamp::start_of_day(&self.from, zone),
                until: Timestamp::end_of_day(&self.until, zone),
            },
        }
    }

    /// The same without what cannot be read.
    pub(super) fn readable(mut self, zone: &str) -> Query {
        let asked = self.asked(zone);
        let Filter { company, topic, from, until, .. } = asked.filter;
        let read = [
            (&mut self.of, asked.person.is_some()),
            (&mut self.about, topic.is_some()),
            (&mut self.company, company.is_some()),
            (&mut self.from, from.is_some()),
            (&mut self.until, until.is_some()),
        ];
        for (text, is_read) in read {
            if !is_read {
                text.clear();
            }
        }
        self
    }

    /// Whether an address names nothing but what can be asked for. A page passes over the rest.
    pub(super) fn fits(address: &str) -> bool {
        let (_, query) = address.split_once('?').unwrap_or_default();
        serde_html_form::from_str::<Query>(query).is_ok()
    }

    fn pairs(&self) -> [(&'static str, &str); 6] {
        [
            ("q", self.q.trim()),
            ("of", &self.of),
            ("about", &self.about),
            ("company", &self.company),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    /// The address below `path` of the same question.
    fn at(&self, path: &str) -> String {
        address(path, &self.pairs())
    }

    /// The same without some of it, from the beginning.
    fn without(&self, path: &str, names: &[&str]) -> String {
        let pairs = self.pairs().into_iter().filter(|(name, _)| !names.contains(name));
        address(path, &pairs.collect::<Vec<_>>())
    }
}

/// One page, newest first.
pub async fn list(visit: Visit<AccountPass<ManageUsers>>, query: Query) -> Answer {
    let before: Option<ActivityId> = query.after.parse().ok();
    let wanted = query.clone();
    let (pass, listed) = visit
        .read(move |r, pass| {
            let asked = wanted.asked(&pass.place().time_zone);
            activity::list_named(r, pass, &asked, before.as_ref())
        })
        .await?;
    let query = query.readable(&pass.place().time_zone);
    let mut pairs = query.pairs().to_vec();
    let next = listed.found.next.as_ref().map(|id| {
        pairs.push(("after", id.as_str()));
        address(&visit.path, &pairs)
    });
    let zone = &pass.place().time_zone;
    let moments = visit.moments(zone);
    let (from, until) = days(&query, zone, &moments);
    visit.page(List {
        t: visit.t(),
        frame: visit.frame(&pass),
        filters: Some(filters(visit.t(), &visit.path, &query, (&listed, from, until))),
        rows: super::rows(visit.t(), listed.found.rows, &listed.companies, &moments),
        pager: Pager { previous: None, next },
    })
}

/// The days that are asked for, as pages write them.
fn days(query: &Query, zone: &str, moments: &Moments) -> (Option<String>, Option<String>) {
    let Filter { from, until, .. } = query.asked(zone).filter;
    (from.map(|from| moments.day(from)), until.map(|until| shown::last_day(until, moments)))
}

fn filters(
    t: Text,
    path: &str,
    query: &Query,
    (listed, from, until): (&Listed, Option<String>, Option<String>),
) -> Filters {
    // Days are written so that they sort.
    let days_cross = from.is_some() && until.is_some() && query.from > query.until;
    let company = |company: &app::company::Company| {
        let id = company.id.as_str();
        Choice::new(id, &company.details.name, id == query.company)
    };
    let companies: Vec<Choice> = listed.choices.iter().map(company).collect();
    let topic = |topic: &Topic| Choice::new(topic.word(), label(t, *topic), topic.word() == query.about);
    let topics: Vec<Choice> = Topic::ALL.iter().map(topic).collect();
    let q = query.q.trim();
    let mut chips = Vec::new();
    let mut add = |names: &[&str], text: Option<String>| {
        chips.extend(text.map(|text| (text, query.without(path, names))));
    };
    add(&["q"], (!q.is_empty()).then(|| t.user_chip_search(q)));
    add(&["of"], listed.person.as_deref().map(|name| t.activity_chip_person(isolated(name))));
    let chosen = |of: &[Choice]| of.iter().find(|choice| choice.chosen).map(|choice| choice.label.clone());
    add(&["about"], chosen(&topics).map(|topic| t.activity_chip_topic(topic)));
    add(&["company"], chosen(&companies).map(|name| t.user_chip_company(isolated(&name))));
    add(&["from"], from.map(|day| t.activity_chip_from(day)));
    add(&["until"], until.map(|day| t.activity_chip_until(day)));
    Filters {
        q: q.to_owned(),
        of: listed.person.as_ref().map(|_| query.of.clone()),
        from: query.from.clone(),
        until: query.until.clone(),
        days_cross,
        of_sign_in: query.about == Topic::SignIn.word(),
        more_people: listed.more_people,
        all: path.to_owned(),
        csv: query.at(&format!("{path}.csv")),
        lines: query.at(&format!("{path}.jsonl")),
        topics,
        companies,
        chips,
    }
}

fn label(t: Text, topic: Topic) -> &'static str {
    match topic {
        Topic::Users => t.activity_topic_users(),
        Topic::Invitations => t.activity_topic_invitations(),
        Topic::Companies => t.activity_topic_companies(),
        Topic::Alerts => t.activity_topic_alerts(),
        Topic::Account => t.activity_topic_account(),
        Topic::Programs => t.activity_topic_programs(),
        Topic::SignIn => t.activity_topic_sign_in(),
    }
}
