//! Edit User (U-17, U-08).

use app::pass::{AccountPass, HasPlace};
use app::user::{self, UserPage};
use app::{Conflict, Refused};
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::FieldError;
use domain::user::{Names, UserStatus, may_manage, parse_companies, promotions};
use serde::Deserialize;

use super::{Managing, users_of};
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::pages::shown;
use crate::views::Choice;
use crate::views::capability::lines;
use crate::views::user::{Edit, EditForm};

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    go: String,
    filter: String,
    first_name: String,
    last_name: String,
    display_name: String,
    company: Vec<String>,
}

/// The form, the present type, and what it can become.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let (pass, page) = get(&visit).await?;
    let names = &page.user.names;
    let typed = Typed {
        first_name: names.first.clone(),
        last_name: names.last.clone(),
        display_name: names.display.clone(),
        company: page.companies.iter().map(ToString::to_string).collect(),
        ..Typed::default()
    };
    visit.page(view(&visit, &pass, &page, &typed, &Errors::default()))
}

/// Saves names and companies, or narrows and fills the list of companies.
pub async fn change(visit: Managing, mut typed: Typed) -> Answer {
    let (pass, page) = get(&visit).await?;
    match typed.go.as_str() {
        "all" => typed.company = page.offered().map(|company| company.id.to_string()).collect(),
        "none" => typed.company.clear(),
        "filter" => {}
        _ => return save(visit, pass, page, typed).await,
    }
    visit.page(view(&visit, &pass, &page, &typed, &Errors::default()))
}

async fn save(visit: Managing, pass: AccountPass<ManageUsers>, page: UserPage, typed: Typed) -> Answer {
    let user_type = page.user.user_type;
    let names = Names::parse(&typed.first_name, &typed.last_name, &typed.display_name, user_type);
    let companies = parse_companies(&typed.company, user_type)
        .map_err(|problem| vec![FieldError { field: "company", problem }]);
    let done = match (names, companies) {
        (Ok(names), Ok(companies)) => {
            let id = page.user.id.clone();
            visit.write(move |w, pass| user::change(w, pass, &id, &names, &companies)).await.map(|_| ())
        }
        (names, companies) => {
            Err(Refused::Invalid(names.err().into_iter().chain(companies.err()).flatten().collect()))
        }
    };
    match done {
        Ok(()) => visit.go_and_tell(&users_of(&pass), Toast::Saved),
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &pass, &page, &typed, &Errors(errors))),
        Err(refused) => Err(refused),
    }
}

async fn get(visit: &Managing) -> Result<(AccountPass<ManageUsers>, UserPage), Refused> {
    let id: UserId = visit.param("user")?;
    visit.read(move |r, pass| user::get(r, pass, &id)).await
}

fn view(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    page: &UserPage,
    typed: &Typed,
    errors: &Errors,
) -> Edit {
    let (t, user, place) = (visit.t, &page.user, pass.place());
    let choice = |company: &app::company::Company| {
        let chosen = typed.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    let may_give = |to: &domain::user::UserType| may_manage(&place.grants, *to, user.agent).is_ok();
    Edit {
        t,
        frame: visit.frame(pass),
        id: user.id.to_string(),
        name: user.names.full(),
        email: Some(user.email.clone()),
        user_type: user.user_type,
        agent: user.agent,
        allows: lines(t, user.user_type, user.agent).0,
        promotions: promotions(user.user_type, user.agent).into_iter().filter(may_give).collect(),
        form: EditForm {
            first_name: errors.field(t, "first_name", &typed.first_name),
            last_name: errors.field(t, "last_name", &typed.last_name),
            display_name: errors.field(t, "display_name", &typed.display_name),
            company_error: errors.sentence(t, "company"),
        },
        all_companies: user.user_type.has_all_companies(),
        companies: page.offered().map(choice).collect(),
        company_filter: typed.filter.clone(),
        invitation: shown::invitation(user.invitation, &place.time_zone, visit.app.store.now())
            .filter(|_| user.status == UserStatus::Pending),
        kept: page.is_last_administrator.then(|| sentence(visit, Conflict::LastAdministrator).to_owned()),
    }
}
