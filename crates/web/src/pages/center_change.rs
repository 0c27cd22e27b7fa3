//! Changing what a person is in accounts of a center (C-08): choosing, what it does, and doing it. Until then nothing is
//! stored: what was chosen travels with the form, also from one page of accounts to the next.

use ::http::StatusCode;
use app::center_change::{self, Accounts, Choices, Outcome, Person, PersonPlace, Row, Told};
use app::pass::CenterPass;
use app::{Conflict, Refused};
use domain::access_change::Change;
use domain::account_center::proof::AllOfCenter;
use domain::center_change::{Choice, MOST, Wanted};
use domain::id::{AccountId, CenterPersonId};
use domain::user::UserType;
use serde::Deserialize;
use text::Text;

use crate::http::problem::sentence_of;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::access_change::shown;
use crate::views::center_change::{AccountRow, Changed, Choose, Offer, Preview};
use crate::views::user::{Described as _, role, status_label};
use crate::views::{AccountMark, isolated, refusal};

type Managing = Visit<CenterPass<AllOfCenter>>;

/// What was chosen so far, and where the form goes: another page of accounts, or on to what it does.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    go: String,
    q: String,
    next: String,
    choice: Vec<String>,
}

impl Typed {
    /// What was chosen, an account once: what stands last counts.
    fn choices(&self) -> Choices {
        let parsed = self.choice.iter().filter_map(|text| text.parse::<Choice>().ok());
        parsed.map(|choice| (choice.account.clone(), choice)).collect()
    }
}

/// The first page of accounts.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    visit.page(choose(&visit, &Typed::default(), &Choices::new(), None).await?)
}

/// Another page of accounts, or what the choices would do.
pub async fn step(visit: Managing, typed: Typed) -> Answer {
    let mut choices = typed.choices();
    match typed.go.as_str() {
        "preview" | "without" => {}
        _ => return visit.page(choose(&visit, &typed, &choices, None).await?),
    }
    if typed.go == "without"
        && let Ok((_, (_, rows))) = look(&visit, &choices).await
    {
        let refused = rows.into_iter().filter(|row| row.outcome.is_err());
        for row in refused {
            choices.remove(&row.account.id);
        }
        if choices.is_empty() {
            return visit.page(choose(&visit, &Typed::default(), &choices, None).await?);
        }
    }
    shown_or_mended(&visit, &typed, &choices, None).await
}

/// Does it, in all accounts or in none.
pub async fn make(visit: Managing, typed: Typed) -> Answer {
    let (id, choices): (CenterPersonId, _) = (visit.param("person")?, typed.choices());
    let (credentials, chosen) = (visit.ask.credentials.clone(), choices.clone());
    let done = visit.write(move |w, pass| center_change::make(w, pass, &credentials, &id, &chosen)).await;
    let refused = match done.and_then(|(pass, made)| Ok((pass, made?))) {
        Ok((pass, is_there)) => {
            let back = visit.path.trim_end_matches("/change/make");
            let users = format!("/account-centers/{}/users", pass.center());
            return visit.go_and_tell(if is_there { back } else { &users }, Toast::Saved);
        }
        Err(refused) => refused,
    };
    let Some(notice) = sentence(visit.t(), "", &refused) else { return Err(refused) };
    let mut response = shown_or_mended(&visit, &typed, &choices, Some(notice)).await?;
    if response.status().is_success() {
        *response.status_mut() = StatusCode::CONFLICT;
    }
    Ok(response)
}

/// What the choices would do; where there are none, or too many, choosing once more.
async fn shown_or_mended(
    visit: &Managing,
    typed: &Typed,
    choices: &Choices,
    notice: Option<String>,
) -> Answer {
    match draw(visit, choices, notice).await {
        Ok(preview) => visit.page(preview),
        Err(refused @ Refused::Invalid(_)) => {
            let problem = sentence(visit.t(), "", &refused);
            visit.mend(choose(visit, typed, choices, problem).await?)
        }
        Err(refused) => Err(refused),
    }
}

async fn look(
    visit: &Managing,
    choices: &Choices,
) -> Result<(CenterPass<AllOfCenter>, (Person, Vec<Row>)), Refused> {
    let id: CenterPersonId = visit.param("person")?;
    let (credentials, choices) = (visit.ask.credentials.clone(), choices.clone());
    visit.write(move |w, pass| center_change::preview(w, pass, &credentials, &id, &choices)).await
}

/// One page of accounts, with what was chosen for them and for others.
async fn choose(
    visit: &Managing,
    typed: &Typed,
    choices: &Choices,
    problem: Option<String>,
) -> Result<Choose, Refused> {
    let (id, search): (CenterPersonId, _) = (visit.param("person")?, typed.q.clone());
    let after: Option<AccountId> = if typed.go == "next" { typed.next.parse().ok() } else { None };
    let read =
        move |r: &mut app::work::Reader, pass: &_| center_change::list(r, pass, &id, &search, after.as_ref());
    let (pass, Accounts { person, accounts, places }) = visit.read(read).await?;
    let next = accounts.rows.last().filter(|_| accounts.has_more).map(|last| last.id.to_string());
    let rows: Vec<AccountRow> = accounts
        .rows
        .into_iter()
        .map(|account| {
            let place = places.iter().find(|place| place.account == account.id);
            row(visit.t(), account, place, choices)
        })
        .collect();
    let is_shown = |account: &AccountId| rows.iter().any(|row| row.account.id == account.as_str());
    let kept: Vec<String> =
        choices.values().filter(|choice| !is_shown(&choice.account)).map(Choice::to_string).collect();
    Ok(Choose {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        person: person.id.to_string(),
        executive: person.executive,
        name: person.name,
        q: typed.q.clone(),
        is_later: typed.go == "next",
        problem,
        rows,
        kept_count: kept.len() as i64,
        kept,
        next,
    })
}

fn row(
    t: Text,
    account: center_change::Account,
    place: Option<&PersonPlace>,
    choices: &Choices,
) -> AccountRow {
    let seen = place.map(|place| place.access_version);
    let chosen = choices.get(&account.id).map(|choice| choice.wanted);
    let option = |wanted: Wanted, label: String| {
        let value = Choice { account: account.id.clone(), seen, wanted }.to_string();
        Offer { value, label, chosen: chosen == Some(wanted) }
    };
    let is_now = |user_type: UserType| place.is_some_and(|place| place.user_type == user_type);
    let mut options: Vec<Offer> = UserType::ALL
        .iter()
        .filter(|user_type| !is_now(**user_type))
        .map(|user_type| option(Wanted::Of(*user_type), user_type.label(t).to_owned()))
        .collect();
    if place.is_some() {
        options.push(option(Wanted::Out, t.center_change_out().to_owned()));
    }
    AccountRow {
        now: place.map(|place| role(t, place.user_type, place.agent)),
        status: place.map(|place| status_label(t, place.status)),
        account: AccountMark::new(account.id.as_str(), account.name),
        options,
    }
}

/// What the choices would do.
async fn draw(visit: &Managing, choices: &Choices, notice: Option<String>) -> Result<Preview, Refused> {
    let (pass, (person, rows)) = look(visit, choices).await?;
    let t = visit.t();
    let rows: Vec<Changed> = rows.into_iter().map(|row| changed(t, &person, row)).collect();
    let is_own = person.login.as_ref() == Some(&pass.person().login);
    Ok(Preview {
        t,
        frame: visit.center_frame(&pass),
        person: person.id.to_string(),
        executive: person.executive,
        own: is_own,
        // What stands in the way below is reason enough.
        notice: notice.filter(|_| rows.iter().all(|row| row.refused.is_none())),
        refused: rows.iter().filter(|row| row.refused.is_some()).count() as i64,
        can_go_on: rows.iter().any(|row| row.refused.is_none()),
        name: person.name,
        rows,
        choices: choices.values().map(Choice::to_string).collect(),
    })
}

fn changed(t: Text, person: &Person, row: Row) -> Changed {
    let account = AccountMark::new(row.account.id.as_str(), row.account.name);
    let blank = Changed { account, what: String::new(), notes: Vec::new(), effects: None, refused: None };
    let outcome = match row.outcome {
        Ok(outcome) => outcome,
        Err(refused) => {
            let reason = sentence(t, &person.name, &refused);
            return Changed {
                refused: Some(reason.unwrap_or_else(|| t.problem_invalid().to_owned())),
                ..blank
            };
        }
    };
    match outcome {
        Outcome::Nothing => Changed { what: t.center_change_as_it_is().to_owned(), ..blank },
        Outcome::Added { user_type, companies, told } => {
            let reach = match user_type.has_all_companies() {
                true => t.access_change_gains_all().to_owned(),
                false => t.center_change_companies(companies as i64),
            };
            let mail = match told {
                Told::AtOnce => t.center_change_told_at_once(&person.email),
                Told::Invited => t.center_change_told_invited(&person.email),
                Told::Nothing => t.access_change_mail_none().to_owned(),
            };
            let what = t.center_change_added(user_type.label(t).to_lowercase());
            Changed { what, notes: vec![reach, mail], ..blank }
        }
        Outcome::Changed(change, preview) => Changed {
            what: match change {
                Change::Promote(to) | Change::Replace { to, .. } => {
                    t.center_change_type(preview.user.user_type.label(t), to.label(t))
                }
                _ => t.center_change_removed().to_owned(),
            },
            effects: preview.plan.as_ref().ok().map(|plan| shown(t, &preview, plan)),
            ..blank
        },
    }
}

/// Why something can't be done, beside the account; nothing for what is no matter of one.
fn sentence(t: Text, name: &str, refused: &Refused) -> Option<String> {
    let name = if name.is_empty() { t.problem_this_user().to_owned() } else { isolated(name).into_owned() };
    match refused {
        Refused::Conflict(Conflict::Changed) => Some(t.center_change_overtaken().to_owned()),
        Refused::Conflict(conflict) => Some(sentence_of(t, &name, *conflict)),
        Refused::Forbidden { refusal, .. } => Some(refusal::sentence(t, *refusal)),
        Refused::Invalid(errors) => Some(match errors.first().map(|error| (error.field, &error.problem)) {
            Some(("company", _)) => t.center_change_no_company().to_owned(),
            Some(("email", domain::input::Problem::Elsewhere)) => t.problem_elsewhere().to_owned(),
            Some(("email", _)) => t.problem_address_in_use().to_owned(),
            Some(("choice", domain::input::Problem::Missing)) => t.center_change_nothing().to_owned(),
            Some(("choice", _)) => t.center_change_too_many(MOST),
            _ => t.problem_invalid().to_owned(),
        }),
        Refused::TooMany(_) => Some(t.center_change_too_often().to_owned()),
        _ => None,
    }
}
