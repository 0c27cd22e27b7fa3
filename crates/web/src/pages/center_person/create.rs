//! Create Users at an account center: the wizard, from the type to what becomes of each person in each account (C-06).

use std::collections::BTreeSet;
use std::sync::Arc;

use app::job::{self, Checked, Table};
use app::pass::CenterPass;
use app::{Refused, center_person};
use domain::account_center::Standing;
use domain::account_center::proof::InCenter;
use domain::email::EmailAddress;
use domain::id::AccountId;
use domain::input::{FieldError, Problem};
use domain::job::MAX_ACCOUNTS;
use domain::user::UserType;

use super::super::form::Errors;
use super::super::job::across::{look_through, tally};
use super::answers::Answers;
use super::{accounts, passwords, review};
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::pages::session;
use crate::pages::user::create::kept_for_back;
use crate::views::center_person::new::{AccountsPage, CompaniesPage, New, PersonFields, Step};

pub(super) type Creating = Visit<CenterPass<InCenter>>;

/// The type that stands for executive administrators, who have a form of their own.
const EXECUTIVE: &str = "executive_administrator";

/// What is wrong with a step.
#[derive(Default)]
pub(super) struct Wrong {
    user_type: Errors,
    people: Vec<Errors>,
    pub(super) temporary: Vec<Errors>,
    pub(super) accounts: Option<String>,
    pub(super) companies: Option<String>,
}

impl Wrong {
    fn is_nothing(&self) -> bool {
        self.user_type.0.is_empty()
            && self.people.iter().all(|errors| errors.0.is_empty())
            && self.accounts.is_none()
            && self.companies.is_none()
    }
}

/// The first question.
pub async fn page(visit: Creating, _: Nothing) -> Answer {
    visit.read(center_person::check_open).await?;
    let view = view(&visit, Step::Type, &Answers::default(), Wrong::default()).await?;
    visit.page(view)
}

/// From one question to the next, or back. Nothing is stored: all answers travel with the form.
pub async fn step(visit: Creating, mut answers: Answers) -> Answer {
    match visit.read(center_person::check_open).await {
        Err(Refused::SignedOut) => return signed_out(&visit, answers),
        found => found?,
    };
    let present = Step::of_code(&answers.step).unwrap_or(Step::Type);
    let go = std::mem::take(&mut answers.go);
    if present == Step::Type && go == "next" && answers.user_type == EXECUTIVE {
        return visit.go(&visit.path.replace("/users/new", "/executives/new"));
    }
    let to = match go.as_str() {
        "next" => {
            let wrong = wrong_at(&visit, present, &mut answers).await?;
            if !wrong.is_nothing() {
                return mended(&visit, view(&visit, present, &answers, wrong).await?);
            }
            if present == Step::Companies { Step::Accounts } else { present.next().unwrap_or(present) }
        }
        "back" if present == Step::Companies => Step::Accounts,
        "back" => present.previous().unwrap_or(Step::Type),
        other => moved(&visit, present, other, &mut answers).await?,
    };
    let view = New { focus: focus(&go, &answers), ..view(&visit, to, &answers, Wrong::default()).await? };
    let is_secret = view.has_passwords();
    kept_unless(is_secret, visit.page(view))
}

/// Where one goes on after the button of a person: at the new one, or at who stands where the other stood.
fn focus(go: &str, answers: &Answers) -> Option<usize> {
    let count = answers.people().len().max(1);
    match go.strip_prefix("remove-") {
        Some(number) => Some(number.parse::<usize>().ok()?.clamp(1, count)),
        None => (go == "add").then_some(count),
    }
}

/// A step with what is wrong with it.
fn mended(visit: &Creating, view: New) -> Answer {
    let is_secret = view.has_passwords();
    kept_unless(is_secret, visit.mend(view))
}

/// A page with passwords is kept nowhere; a browser's Back shows every other again.
fn kept_unless(is_secret: bool, answer: Answer) -> Answer {
    if is_secret { answer } else { kept_for_back(answer) }
}

/// What the other buttons of a step do, and where one is then.
async fn moved(visit: &Creating, present: Step, go: &str, answers: &mut Answers) -> Result<Step, Refused> {
    if let Some(account) = go.strip_prefix("companies-") {
        answers.at = account.to_owned();
        answers.which = if answers.some.contains(&answers.at) { "some" } else { "all" }.to_owned();
        if !answers.account.contains(&answers.at) {
            answers.account.push(answers.at.clone());
        }
        return Ok(Step::Companies);
    }
    if let Some(number) = go.strip_prefix("remove-").and_then(|number| number.parse::<usize>().ok()) {
        answers.remove_person(number);
        return Ok(present);
    }
    match (present, go) {
        (Step::People, "add") => answers.add_person(),
        (Step::Accounts, "search" | "first") => (answers.name, answers.after) = Default::default(),
        (Step::Accounts, "more") => {
            answers.name = std::mem::take(&mut answers.next_name);
            answers.after = std::mem::take(&mut answers.next_after);
        }
        (Step::Accounts, "all") => accounts::choose_all(visit, answers).await?,
        (Step::Accounts, "none") => answers.account.clear(),
        (Step::Companies, "all" | "none") => accounts::choose_companies(visit, answers, go == "all").await?,
        (Step::Companies, "filter") => {}
        (_, code) => return Ok(Step::of_code(code).unwrap_or(present)),
    }
    Ok(present)
}

/// Whoever was signed out in the middle signs in at once, and the answers wait in that form.
fn signed_out(visit: &Creating, answers: Answers) -> Answer {
    if answers == Answers::default() {
        return Err(Refused::SignedOut);
    }
    let answers = Answers { go: answers.step.clone(), temporary: Vec::new(), ..answers };
    let kept = serde_html_form::to_string(answers);
    let kept = kept.map_err(|_| Refused::SignedOut)?;
    // The last button posts beside the wizard.
    let begin = visit.path.strip_suffix("/create").map(|users| format!("{users}/new"));
    kept_for_back(session::sign_in_again(visit, begin.as_ref().unwrap_or(&visit.path), kept))
}

/// The answers that waited, as fields of the wizard's form; `None` where they are no such answers.
pub(in crate::pages) fn resumed(next: &str, kept: &str) -> Option<Vec<(String, String)>> {
    let answers: Answers = serde_html_form::from_str(kept).ok()?;
    let is_wizard = next.starts_with("/account-centers/") && next.ends_with("/users/new");
    if is_wizard && answers != Answers::default() { serde_html_form::from_str(kept).ok() } else { None }
}

/// Begins to create the users; where that cannot be, the last step says why.
pub async fn create(visit: Creating, mut answers: Answers) -> Answer {
    // A list takes types as people write them; a form has its own words.
    let wrong = wrong_at(&visit, Step::Type, &mut answers).await?;
    if !wrong.is_nothing() {
        return mended(&visit, view(&visit, Step::Type, &answers, wrong).await?);
    }
    if !answers.says_companies() {
        visit.pass().await?;
        let accounts = Some(visit.t().form_missing_company().to_owned());
        let wrong = Wrong { accounts, ..Wrong::default() };
        return mended(&visit, view(&visit, Step::Accounts, &answers, wrong).await?);
    }
    let (table, checked) = match checked(&visit, &answers).await {
        Err(Refused::SignedOut) => return signed_out(&visit, answers),
        found => found?,
    };
    if !checked.may_start() {
        return mended(&visit, view(&visit, Step::Preview, &answers, Wrong::default()).await?);
    }
    let passwords = match passwords::take(&visit, &answers, &checked).await? {
        Ok(passwords) => passwords,
        Err(temporary) => {
            let wrong = Wrong { temporary, ..Wrong::default() };
            return mended(&visit, view(&visit, Step::Preview, &answers, wrong).await?);
        }
    };
    match visit.write(move |w, pass| job::start_across(w, pass, &table.rows, &checked, &passwords)).await {
        Ok((pass, id)) => visit.go(&format!("/account-centers/{}/jobs/{id}", pass.center())),
        Err(Refused::SignedOut) => signed_out(&visit, answers),
        Err(refused) => Err(refused),
    }
}

/// The answers as a list, and what becomes of it. Whoever may not ask has no list made: each place has a row of its own.
async fn checked(visit: &Creating, answers: &Answers) -> Result<(Arc<Table>, Checked), Refused> {
    visit.pass().await?;
    let Some(rows) = answers.rows() else { return Ok((Arc::default(), Checked::too_long())) };
    let table = Arc::new(Table { rows, unused: Vec::new() });
    let (_, checked) = look_through(visit, &table, answers.is_temporary()).await?;
    Ok((table, checked))
}

/// What is wrong with a step, and whether an address that is typed there has a place outside the center (U-15).
async fn wrong_at(visit: &Creating, step: Step, answers: &mut Answers) -> Result<Wrong, Refused> {
    let t = visit.t();
    let mut wrong = Wrong::default();
    match step {
        Step::Type if answers.kind().is_none() => {
            let problem = if answers.user_type.is_empty() { Problem::Missing } else { Problem::NotAChoice };
            wrong.user_type = Errors(vec![FieldError { field: "user_type", problem }]);
        }
        Step::People => {
            answers.leave_out_empty();
            wrong.people = answers.wrong_people();
            if wrong.is_nothing() {
                mark_elsewhere(visit, answers, &mut wrong).await?;
            }
        }
        Step::Accounts => match answers.account.iter().collect::<BTreeSet<_>>().len() {
            0 => wrong.accounts = Some(t.center_person_missing_account().to_owned()),
            many if many > MAX_ACCOUNTS => wrong.accounts = Some(t.job_why_too_many_accounts().to_owned()),
            _ => {}
        },
        Step::Companies => answers.keep_companies(t, &mut wrong),
        _ => {}
    }
    Ok(wrong)
}

async fn mark_elsewhere(visit: &Creating, answers: &Answers, wrong: &mut Wrong) -> Result<(), Refused> {
    let emails: Vec<EmailAddress> =
        answers.email.iter().filter_map(|typed| EmailAddress::parse(typed).ok()).collect();
    let (_, elsewhere) = visit.write(move |w, pass| job::check_addresses(w, pass, &emails)).await?;
    for at in elsewhere? {
        if let Some(errors) = wrong.people.get_mut(at) {
            errors.0.push(FieldError { field: "email", problem: Problem::Elsewhere });
        }
    }
    Ok(())
}

pub(super) async fn view(
    visit: &Creating,
    step: Step,
    answers: &Answers,
    wrong: Wrong,
) -> Result<New, Refused> {
    let (pass, may_temporary) = visit.read(center_person::allows_temporary_passwords).await?;
    let t = visit.t();
    let (tally, passwords, review) = match step {
        Step::Preview => {
            let checked = checked(visit, answers).await?.1;
            let passwords = passwords::fields(visit, answers, &checked, &wrong);
            (tally(t, &checked, &answers.from), passwords, review::review(visit, answers, &checked).await?)
        }
        _ => Default::default(),
    };
    let accounts = match step {
        Step::Accounts => accounts::page(visit, answers, wrong.accounts).await?,
        _ => AccountsPage::default(),
    };
    let companies = match step {
        Step::Companies => accounts::companies(visit, answers, wrong.companies).await?,
        _ => CompaniesPage::default(),
    };
    let mut people = answers.people();
    people.resize(people.len().max(1), Default::default());
    let none = Errors::default();
    let person = |(at, [first, last, email]): (usize, &[String; 3])| {
        let errors = wrong.people.get(at).unwrap_or(&none);
        PersonFields {
            first_name: errors.field(t, "first_name", first),
            last_name: errors.field(t, "last_name", last),
            email: errors.field(t, "email", email),
        }
    };
    Ok(New {
        t,
        frame: visit.center_frame(&pass),
        step,
        kept: kept(step, answers, &accounts, &companies),
        problem: tally.problem.clone(),
        user_type: wrong.user_type.field(t, "user_type", &answers.user_type),
        agent: answers.agent.is_some(),
        may_executive: pass.standing() == Standing::Executive,
        people: people.iter().enumerate().map(person).collect(),
        focus: None,
        accounts,
        there: companies,
        may_temporary: may_temporary && answers.kind().is_some_and(UserType::has_login),
        is_temporary: answers.is_temporary(),
        passwords,
        review,
        tally,
    })
}

/// All answers that a step does not ask for itself.
fn kept(
    step: Step,
    answers: &Answers,
    accounts: &AccountsPage,
    companies: &CompaniesPage,
) -> Vec<(&'static str, String)> {
    let mut kept = Vec::new();
    if step != Step::Type {
        kept.push(("user_type", answers.user_type.clone()));
        kept.extend(answers.agent.iter().map(|agent| ("agent", agent.clone())));
    }
    if step != Step::People {
        for [first, last, email] in answers.people() {
            kept.extend([("first_name", first), ("last_name", last), ("email", email)]);
        }
    }
    let is_shown = |id: &String| accounts.rows.iter().any(|(choice, _)| choice.value == *id);
    let chosen: BTreeSet<&String> = answers.account.iter().filter(|id| !is_shown(id)).collect();
    kept.extend(chosen.into_iter().map(|id| ("account", id.clone())));
    if step != Step::Accounts {
        kept.push(("q", answers.q.clone()));
    }
    kept.extend([("name", answers.name.clone()), ("after", answers.after.clone())]);
    let is_offered = |id: &String| companies.choices.iter().any(|choice| choice.value == *id);
    let chosen: BTreeSet<&String> = answers.company.iter().filter(|id| !is_offered(id)).collect();
    kept.extend(chosen.into_iter().map(|id| ("company", id.clone())));
    kept.extend(answers.some.iter().map(|id| ("some", id.clone())));
    if step == Step::Companies {
        kept.push(("at", answers.at.clone()));
    }
    if step != Step::Password {
        kept.push(("password", answers.password.clone()));
    }
    kept.retain(|(name, value)| !value.is_empty() || ["first_name", "last_name", "email"].contains(name));
    kept
}

/// An account's number as it was chosen.
pub(super) fn account_of(id: &str) -> Result<AccountId, Refused> {
    id.parse().map_err(|_| Refused::NotFound)
}
