//! Create Users at an account center: all answers, as they travel with the form (C-06).

use std::collections::{BTreeMap, BTreeSet};

use domain::email::EmailAddress;
use domain::id::{AccountId, CompanyId};
use domain::input::{FieldError, Problem, yes_no};
use domain::job::{MAX_ACCOUNTS, MAX_PAIR_BYTES, TypedRow};
use domain::user::{Names, UserType};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::super::form::{Errors, ticked};
use super::create::Wrong;
use crate::views::center_person::new::MOST;

/// The answer that stands for temporary passwords.
const TEMPORARY: &str = "temporary";

/// All answers so far, and where one is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    pub(super) step: String,
    pub(super) go: String,
    pub(super) user_type: String,
    #[serde(deserialize_with = "ticked")]
    pub(super) agent: Option<String>,
    pub(super) first_name: Vec<String>,
    pub(super) last_name: Vec<String>,
    pub(super) email: Vec<String>,
    /// The accounts that are chosen.
    #[serde(deserialize_with = "accounts")]
    pub(super) account: Vec<String>,
    /// Which page of accounts is shown.
    pub(super) q: String,
    pub(super) name: String,
    pub(super) after: String,
    pub(super) next_name: String,
    pub(super) next_after: String,
    /// The account whose companies are chosen, whether all or some, and those accounts that have some.
    pub(super) at: String,
    pub(super) which: String,
    #[serde(deserialize_with = "accounts")]
    pub(super) some: Vec<String>,
    /// Each as `ACC….COM…`.
    #[serde(deserialize_with = "companies")]
    pub(super) company: Vec<String>,
    pub(super) filter: String,
    /// How they get their password: `temporary`, or by a link.
    pub(super) password: String,
    /// A temporary password for each person, beside the preview only: it travels with no other step.
    pub(super) temporary: Vec<String>,
    /// Which rows of the preview.
    pub(super) from: String,
}

/// Reads what was chosen: in order, each once, and nothing but numbers of accounts. A list may name accounts by words, a form
/// may not. More than a person may have are cut off behind the first too many.
fn accounts<'de, D: Deserializer<'de>>(form: D) -> Result<Vec<String>, D::Error> {
    let mut chosen = ids(form, is_account)?;
    chosen.truncate(MAX_ACCOUNTS + 1);
    Ok(chosen)
}

/// The same of companies, each behind its account.
fn companies<'de, D: Deserializer<'de>>(form: D) -> Result<Vec<String>, D::Error> {
    let is_company = |chosen: &str| {
        let parts = chosen.split_once('.');
        parts.is_some_and(|(account, id)| is_account(account) && id.parse::<CompanyId>().is_ok())
    };
    ids(form, is_company)
}

fn ids<'de, D: Deserializer<'de>>(form: D, is_id: impl Fn(&str) -> bool) -> Result<Vec<String>, D::Error> {
    let mut chosen = Vec::<String>::deserialize(form)?;
    if !chosen.iter().all(|one| is_id(one)) {
        return Err(D::Error::custom("what is chosen has a number"));
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

fn is_account(id: &str) -> bool {
    id.parse::<AccountId>().is_ok()
}

impl Answers {
    pub(super) fn kind(&self) -> Option<UserType> {
        self.user_type.parse().ok()
    }

    pub(super) fn has_companies(&self) -> bool {
        self.kind().is_some_and(|user_type| !user_type.has_all_companies())
    }

    pub(super) fn is_agent(&self) -> bool {
        match self.kind() {
            Some(UserType::Agent) => true,
            Some(UserType::Notification) | None => false,
            Some(_) => self.agent.is_some(),
        }
    }

    /// Whether whoever is new gets a temporary password and no link.
    pub(super) fn is_temporary(&self) -> bool {
        self.password == TEMPORARY && self.kind().is_some_and(UserType::has_login)
    }

    /// First name, last name and address of each person who was typed.
    pub(super) fn people(&self) -> Vec<[String; 3]> {
        let count = self.email.len().max(self.first_name.len()).max(self.last_name.len()).min(MOST);
        let at = |values: &[String], at: usize| values.get(at).cloned().unwrap_or_default();
        (0..count).map(|n| [at(&self.first_name, n), at(&self.last_name, n), at(&self.email, n)]).collect()
    }

    pub(super) fn set_people(&mut self, people: Vec<[String; 3]>) {
        (self.first_name, self.last_name, self.email) = Default::default();
        for [first, last, email] in people {
            self.first_name.push(first);
            self.last_name.push(last);
            self.email.push(email);
        }
    }

    pub(super) fn add_person(&mut self) {
        let mut people = self.people();
        people.truncate(MOST - 1);
        if people.is_empty() {
            people.push(Default::default());
        }
        people.push(Default::default());
        self.set_people(people);
    }

    pub(super) fn remove_person(&mut self, number: usize) {
        let mut people = self.people();
        if (1..=people.len()).contains(&number) {
            people.remove(number - 1);
        }
        self.set_people(people);
    }

    /// Rows in which nothing was typed are nobody, unless all are.
    pub(super) fn leave_out_empty(&mut self) {
        let mut people = self.people();
        let is_typed = |person: &[String; 3]| person.iter().any(|typed| !typed.trim().is_empty());
        if people.iter().any(is_typed) {
            people.retain(is_typed);
        }
        people.resize(people.len().max(1), Default::default());
        self.set_people(people);
    }

    pub(super) fn wrong_people(&self) -> Vec<Errors> {
        let user_type = self.kind().unwrap_or(UserType::Reporting);
        let mut seen = BTreeSet::new();
        let wrong = |[first, last, email]: [String; 3]| {
            let mut errors = Names::parse(&first, &last, "", user_type).err().unwrap_or_default();
            match EmailAddress::parse(&email) {
                Ok(email) if !seen.insert(email.canonical()) => {
                    errors.push(FieldError { field: "email", problem: Problem::SameAddress });
                }
                Ok(_) => {}
                Err(problem) => errors.push(FieldError { field: "email", problem }),
            }
            Errors(errors)
        };
        self.people().into_iter().map(wrong).collect()
    }

    /// The same as a list: each person with all accounts where companies are not chosen, and a row for each other one. `None` where
    /// that is more text than one list may have.
    pub(super) fn rows(&self) -> Option<Vec<TypedRow>> {
        let companies = self.companies();
        let has_some = |account: &&String| self.has_companies() && self.some.binary_search(account).is_ok();
        let (some, all): (Vec<&String>, Vec<&String>) = self.account.iter().partition(has_some);
        let all = all.into_iter().map(String::as_str).collect::<Vec<_>>().join(";");
        let mut places: Vec<(String, String)> =
            Some((all, String::new())).filter(|(all, _)| !all.is_empty()).into_iter().collect();
        let chosen = |account: &String| companies.get(account.as_str()).map(|ids| ids.join(";"));
        places.extend(some.into_iter().map(|account| (account.clone(), chosen(account).unwrap_or_default())));
        let agent = yes_no(self.is_agent());
        let people = self.people();
        let typed =
            people.iter().flatten().map(String::len).sum::<usize>() + people.len() * self.user_type.len();
        let chosen: usize = places.iter().map(|(accounts, companies)| accounts.len() + companies.len()).sum();
        if typed * places.len() + chosen * people.len() > MAX_PAIR_BYTES {
            return None;
        }
        let mut rows = Vec::new();
        for [first, last, email] in people {
            for (accounts, companies) in &places {
                let cells =
                    [&email, &first, &last, &self.user_type, companies, agent, ""].map(ToOwned::to_owned);
                let line = rows.len() as i64 + 1;
                rows.push(TypedRow { line, cells, accounts: accounts.clone(), has_more: false });
            }
        }
        Some(rows)
    }

    /// The companies that are chosen, by their accounts.
    fn companies(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut companies: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (account, company) in self.company.iter().filter_map(|chosen| chosen.split_once('.')) {
            companies.entry(account).or_default().push(company);
        }
        companies
    }

    /// The companies that are chosen in an account.
    pub(super) fn companies_of(&self, account: &str) -> Vec<&str> {
        let of = |chosen: &&String| chosen.split_once('.').is_some_and(|(of, _)| of == account);
        self.company.iter().filter(of).filter_map(|chosen| Some(chosen.split_once('.')?.1)).collect()
    }

    /// Whether each account that is to have some companies has one: naming none would give all of them.
    pub(super) fn says_companies(&self) -> bool {
        let companies = self.companies();
        !self.has_companies() || self.some.iter().all(|account| companies.contains_key(account.as_str()))
    }

    /// Keeps what was chosen for the account whose companies were asked for.
    pub(super) fn keep_companies(&mut self, t: text::Text, wrong: &mut Wrong) {
        let account = self.at.clone();
        if self.which != "some" {
            let had_some = self.some.contains(&account);
            self.some.retain(|other| *other != account);
            // Whoever has just ticked companies did not mean all of them.
            if !had_some && !self.companies_of(&account).is_empty() {
                wrong.companies = Some(t.center_person_companies_both().to_owned());
                return;
            }
            let of_account = format!("{account}.");
            self.company.retain(|chosen| !chosen.starts_with(&of_account));
            return;
        }
        if self.companies_of(&account).is_empty() {
            wrong.companies = Some(t.form_missing_company().to_owned());
        } else if let Err(at) = self.some.binary_search(&account) {
            self.some.insert(at, account);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X-31, C-06. Seen to fail: without the bound.
    #[test]
    fn x31_long_names_for_many_accounts_make_no_list() {
        let account = |number: usize| format!("ACC{number:032x}");
        let mut answers = Answers {
            user_type: "reporting".to_owned(),
            email: vec!["kim@example.com".to_owned()],
            account: (0..MAX_ACCOUNTS).map(account).collect(),
            some: (0..MAX_ACCOUNTS).map(account).collect(),
            ..Answers::default()
        };
        assert_eq!(answers.rows().map(|rows| rows.len()), Some(MAX_ACCOUNTS));
        answers.first_name = vec!["x".repeat(100_000)];
        assert!(answers.rows().is_none());
    }
}
