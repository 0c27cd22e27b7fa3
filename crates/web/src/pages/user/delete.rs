//! Delete (U-11, U-12).

use app::pass::HasPlace;
use app::{Conflict, user};
use domain::id::UserId;

use super::{Managing, users_of};
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::shown;
use crate::views::user::Delete;

/// What is lost, before it is done.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let (pass, page) = visit.read(move |r, pass| user::get(r, pass, &id)).await?;
    let user = &page.user;
    let has = |company: &&app::company::Company| page.companies.contains(&company.id);
    let names: Vec<String> =
        page.choices.iter().filter(has).map(|company| company.details.name.clone()).collect();
    visit.page(Delete {
        t: visit.t,
        frame: visit.frame(&pass),
        id: user.id.to_string(),
        name: user.names.full(),
        email: Some(user.email.clone()),
        user_type: user.user_type,
        companies: shown::companies(user.user_type.has_all_companies(), &names),
        own: pass.place().user.as_ref() == Some(&user.id),
        kept: page.is_last_administrator.then(|| sentence(&visit, Conflict::LastAdministrator).to_owned()),
    })
}

/// Deletes.
pub async fn delete(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let own = id.clone();
    let (pass, ()) = visit.write(move |w, pass| user::delete(w, pass, &id)).await?;
    // Who deleted themselves has no list to return to.
    let to = if pass.place().user.as_ref() == Some(&own) { "/accounts".to_owned() } else { users_of(&pass) };
    visit.go_and_tell(&to, Toast::UserDeleted)
}
