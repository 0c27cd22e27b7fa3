//! Keys for programs, of one's own.

use app::pass::SelfPass;
use app::{Refused, api_key};
use domain::id::ApiKeyId;
use serde::Deserialize;

use super::form::Errors;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::api_key::{MadeKey, NewKey};

/// A key as it is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedKey {
    name: String,
    password: String,
}

/// Asks what the key is for, and for the password: who has it can do what one can.
pub async fn new_page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    visit.page(view(&visit, &pass, "", &Errors::default()))
}

/// Makes a key, and shows it this once.
pub async fn create(visit: Visit<SelfPass>, typed: TypedKey) -> Answer {
    match visit.app.create_api_key(&visit.ask, &typed.name, &typed.password).await {
        Ok((name, key)) => {
            let pass = visit.pass().await?;
            let frame = visit.person_frame(pass.person());
            let base = visit.app.settings.base_url.clone();
            visit.page(MadeKey { t: visit.t(), frame, name, key, base })
        }
        Err(Refused::Invalid(errors)) => {
            let pass = visit.pass().await?;
            visit.mend(view(&visit, &pass, &typed.name, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

/// Ends one of one's keys.
pub async fn end(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id: ApiKeyId = visit.param("api_key")?;
    visit.write(move |w, pass| api_key::end(w, pass, &id)).await?;
    visit.go_and_tell("/me/sessions", Toast::ApiKeyEnded)
}

fn view(visit: &Visit<SelfPass>, pass: &SelfPass, name: &str, errors: &Errors) -> NewKey {
    let t = visit.t();
    NewKey {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        name: errors.field(t, "name", name),
        password: errors.password(t),
    }
}
