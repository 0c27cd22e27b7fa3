//! Mending the address of somebody who has not accepted their invitation yet (U-06, U-15).

use app::invitation::{self, ToBeMended};
use app::pass::AccountPass;
use app::work::Writer;
use app::{Conflict, Refused};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::UserId;
use domain::input::Problem;
use serde::Deserialize;

use super::{Managing, users_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::views::Field;
use crate::views::user::Mend;

/// The new address, and the one that the page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    was: String,
    email: String,
}

/// Asks for the address.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let (pass, of) = preview(&visit).await?;
    let email = Field::of(of.email.clone());
    visit.page(view(&visit, &pass, of, email, false))
}

/// Mends it.
pub async fn mend(visit: Managing, typed: Typed) -> Answer {
    let done = match EmailAddress::parse(&typed.email) {
        Ok(email) => make(&visit, typed.was.clone(), email).await,
        Err(problem) => Err(Refused::field("email", problem)),
    };
    let errors = match done {
        Err(Refused::Invalid(errors)) => Errors(errors),
        // The wizard's words for it offer what there is not here.
        Err(Refused::Conflict(Conflict::Unwanted)) => {
            let (pass, of) = preview(&visit).await?;
            let unwanted = Some(visit.t().problem_unwanted().to_owned());
            let email = Field { error: unwanted, ..Field::of(typed.email) };
            return visit.mend(view(&visit, &pass, of, email, false));
        }
        done => return done,
    };
    let (pass, of) = preview(&visit).await?;
    let elsewhere = errors.0.iter().any(|error| error.problem == Problem::Elsewhere);
    visit.mend(view(&visit, &pass, of, errors.field(visit.t(), "email", &typed.email), elsewhere))
}

async fn make(visit: &Managing, was: String, email: EmailAddress) -> Answer {
    let id: UserId = visit.param("user")?;
    let wanted = id.clone();
    let done = move |w: Writer, pass: &_| invitation::mend(w, pass, &wanted, &was, &email);
    let (pass, is_sent) = visit.write(done).await?;
    let toast = match (is_sent?, visit.app.smtp.is_some()) {
        (true, true) => Toast::AddressMended,
        (true, false) => Toast::AddressMendedKept,
        (false, _) => Toast::AddressMendedUnsent,
    };
    visit.go_and_tell(&format!("{}/{id}", users_of(&pass)), toast)
}

async fn preview(visit: &Managing) -> Result<(AccountPass<ManageUsers>, ToBeMended), Refused> {
    let id: UserId = visit.param("user")?;
    visit.read(move |r, pass| invitation::preview(r, pass, &id)).await
}

fn view(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    of: ToBeMended,
    email: Field,
    elsewhere: bool,
) -> Mend {
    Mend {
        t: visit.t(),
        frame: visit.frame(pass),
        id: visit.param("user").unwrap_or_default(),
        name: of.name,
        was: of.email,
        elsewhere: elsewhere.then(|| email.value.clone()),
        email,
        is_sent: of.is_sent,
        is_in_bundle: of.is_in_bundle,
        has_temporary_password: of.has_temporary_password,
    }
}
