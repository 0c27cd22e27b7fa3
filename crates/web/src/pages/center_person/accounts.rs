//! Create Users at an account center: which accounts, and which companies in each (C-06).

use std::collections::BTreeSet;

use app::work::Reader;
use app::{Refused, account_center, center_person};
use text::Text;

use super::answers::Answers;
use super::create::{Creating, account_of};
use crate::views::Choice;
use crate::views::center_person::new::{AccountsPage, CompaniesPage};

/// One page of the accounts that whoever creates administers.
pub(super) async fn page(
    visit: &Creating,
    answers: &Answers,
    error: Option<String>,
) -> Result<AccountsPage, Refused> {
    let (q, name, after) = (answers.q.clone(), answers.name.clone(), answers.after.clone());
    let read = move |r: &mut Reader, pass: &_| account_center::dashboard(r, pass, &q, (&name, &after));
    let (_, board) = visit.read(read).await?;
    let last = board.accounts.rows.last().filter(|_| board.accounts.has_more);
    let next = last.map(|last| (last.sort_name.clone(), last.id.to_string()));
    let row = |account: account_center::Account| {
        let id = account.id.as_str();
        let is_chosen = answers.account.iter().any(|chosen| chosen == id);
        let companies = match answers.some.iter().any(|some| some == id) {
            true => visit.t().center_person_companies_some(answers.companies_of(id).len() as i64),
            false => all_companies(visit.t(), answers).to_owned(),
        };
        (Choice::new(id, account.name, is_chosen), companies)
    };
    let rows: Vec<(Choice, String)> = board.accounts.rows.into_iter().map(row).collect();
    let is_shown = |id: &&String| rows.iter().any(|(choice, _)| choice.value == **id);
    let chosen: BTreeSet<&String> = answers.account.iter().collect();
    let elsewhere = chosen.into_iter().filter(|id| !is_shown(id)).count() as i64;
    Ok(AccountsPage {
        q: answers.q.clone(),
        rows,
        elsewhere,
        next,
        is_behind: !answers.after.is_empty(),
        with_companies: answers.has_companies(),
        error,
    })
}

/// What is given where no companies are chosen.
pub(super) fn all_companies(t: Text, answers: &Answers) -> &'static str {
    if answers.is_agent() { t.center_person_companies_all_agents() } else { t.center_person_companies_all() }
}

/// Chooses all accounts that fit the search, on whatever page.
pub(super) async fn choose_all(visit: &Creating, answers: &mut Answers) -> Result<(), Refused> {
    let q = answers.q.clone();
    let (_, ids) = visit.read(move |r, pass| center_person::administered(r, pass, &q)).await?;
    answers.account.extend(ids.into_iter().map(|id| id.to_string()));
    answers.account.sort();
    answers.account.dedup();
    Ok(())
}

/// The companies of the account that is asked for.
pub(super) async fn companies(
    visit: &Creating,
    answers: &Answers,
    error: Option<String>,
) -> Result<CompaniesPage, Refused> {
    let account = account_of(&answers.at)?;
    let (_, (name, companies)) =
        visit.read(move |r, pass| center_person::companies_in(r, pass, &account)).await?;
    let agent = answers.is_agent();
    let open = companies.into_iter().filter(|company| company.details.is_open_to(agent));
    let choice = |company: app::company::Company| {
        let value = format!("{}.{}", answers.at, company.id);
        let is_chosen = answers.company.contains(&value);
        Choice::new(&value, company.details.name, is_chosen)
    };
    Ok(CompaniesPage {
        account: name,
        some: answers.which == "some",
        for_agents: agent,
        choices: open.map(choice).collect(),
        filter: answers.filter.clone(),
        error,
    })
}

/// Chooses all companies of the account that fit what the list is narrowed to, or none of them.
pub(super) async fn choose_companies(
    visit: &Creating,
    answers: &mut Answers,
    all: bool,
) -> Result<(), Refused> {
    let page = companies(visit, answers, None).await?;
    answers.company.retain(|chosen| !page.choices.iter().any(|choice| choice.value == *chosen));
    "some".clone_into(&mut answers.which);
    let fits = |choice: &Choice| crate::views::user::company_matches(choice, &answers.filter);
    let chosen = page.choices.iter().filter(|choice| all && fits(choice));
    answers.company.extend(chosen.map(|choice| choice.value.clone()).collect::<Vec<_>>());
    Ok(())
}
