//! Passkeys: one's own, and signing in with one (A-02, U-18).

use ::http::header::SET_COOKIE;
use app::pass::{OpenPass, Proven, SecondFactorPass, SelfPass};
use app::passkey::{self, Asked, First};
use app::{Conflict, Refused, words};
use axum::response::IntoResponse;
use domain::id::PasskeyId;
use domain::passkey::{MOST, host};
use serde::Deserialize;

use super::form::Errors;
use super::{second_factor, session, shown};
use crate::http::cookies::Cookie;
use crate::http::problem::sentence;
use crate::http::refusals;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::http::visitor::Visitor;
use crate::views::Field;
use crate::views::passkey::{Edit, New, Own, Row};

/// What a passkey has signed, and what waits meanwhile.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Signed {
    credential: String,
    next: String,
    kept: String,
}

/// The present password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedPassword {
    password: String,
}

/// A new passkey, and what it is to be called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Made {
    name: String,
    credential: String,
}

/// Another name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedName {
    name: String,
}

/// The present password and a code.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Proof {
    password: String,
    code: String,
}

/// What any passkey is asked, to sign in with.
pub async fn ask(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    asked(&visit, visit.app.ask_passkey(&visit.ask).await?)
}

/// What one of whoever has typed the password is asked.
pub async fn ask_second(visit: Visit<SecondFactorPass>, _: Nothing) -> Answer {
    asked(&visit, visit.app.ask_second_passkey(&visit.ask).await?)
}

fn asked(visitor: &Visitor, asked: Asked) -> Answer {
    let headers = [
        (SET_COOKIE, Cookie::Passkey.set(visitor.secure, &asked.token)),
        (::http::header::CONTENT_TYPE, ::http::HeaderValue::from_static("application/json")),
    ];
    Ok((headers, asked.options).into_response())
}

/// Signs in with it.
pub async fn sign_in(visit: Visit<OpenPass>, signed: Signed) -> Answer {
    match visit.app.sign_in_by_passkey(&visit.ask, &signed.credential).await {
        Ok(signed_in) => {
            let answer = session::go_on(&visit, &signed.next, &signed.kept);
            without(visit.signed_in(answer, &signed_in), &visit, Cookie::Passkey)
        }
        Err(Refused::Conflict(conflict @ (Conflict::PasskeyRefused | Conflict::PasskeyWeak))) => {
            refusals::note(&visit.ask.origin, &Refused::Conflict(conflict));
            let error = sentence(&visit, conflict);
            session::refuse_passkey(&visit, signed.next, signed.kept, error).await
        }
        Err(refused) => Err(refused),
    }
}

/// Signs whoever has typed the password in with it.
pub async fn prove(visit: Visit<SecondFactorPass>, signed: Signed) -> Answer {
    match visit.app.prove_passkey(&visit.ask, &signed.credential).await {
        Ok(signed_in) => {
            let answer = session::go_on(&visit, &signed.next, &signed.kept);
            let answer = without(visit.signed_in(answer, &signed_in), &visit, Cookie::Passkey);
            without(answer, &visit, Cookie::SecondFactor)
        }
        Err(Refused::Conflict(conflict @ (Conflict::PasskeyRefused | Conflict::PasskeyWeak))) => {
            refusals::note(&visit.ask.origin, &Refused::Conflict(conflict));
            let error = sentence(&visit, conflict);
            second_factor::refuse_passkey(&visit, signed.next, signed.kept, error).await
        }
        Err(Refused::Link(_) | Refused::Conflict(Conflict::Changed)) => second_factor::closed(&visit),
        Err(refused) => Err(refused),
    }
}

fn without(answer: Answer, visitor: &Visitor, cookie: Cookie) -> Answer {
    let mut response = answer?;
    response.headers_mut().append(SET_COOKIE, cookie.clear(visitor.secure));
    Ok(response)
}

/// One's own.
pub async fn page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.page(own_view(&visit, &Errors::default(), None).await?)
}

/// Asks one's device for a new one, once the password fits.
pub async fn begin(visit: Visit<Proven<SelfPass>>, typed: TypedPassword) -> Answer {
    let asked = match visit.app.ask_new_passkey(&visit.ask, &typed.password).await {
        Ok(asked) => asked,
        Err(Refused::Invalid(errors)) => {
            return visit.mend(own_view(&visit, &Errors(errors), None).await?);
        }
        // There they send themselves the link.
        Err(Refused::Conflict(Conflict::AddressUnproven)) => {
            return visit.go_and_tell("/me", Toast::AddressUnproven);
        }
        Err(refused) => return Err(refused),
    };
    let pass = visit.pass().await?;
    let t = visit.t();
    let name = Field::of(words::device(t, &visit.ask.device));
    let view = New { t, frame: visit.person_frame(pass.person()), options: asked.options, name };
    let mut response = visit.page(view)?;
    response.headers_mut().append(SET_COOKIE, Cookie::Passkey.set(visit.secure, &asked.token));
    Ok(response)
}

/// Adds it; with the first one the recovery codes are shown, this once.
pub async fn add(visit: Visit<Proven<SelfPass>>, made: Made) -> Answer {
    let pass = visit.pass().await?;
    let name = match made.name.trim() {
        "" => words::device(visit.t(), &visit.ask.device),
        name => name.to_owned(),
    };
    let answer = match visit.app.add_passkey(&visit.ask, &name, &made.credential).await {
        Ok(None) => visit.go_and_tell("/me/passkeys", Toast::PasskeyAdded),
        Ok(Some(First { codes, started })) => {
            visit.started(second_factor::show(&visit, &pass, codes, true), &started)
        }
        Err(Refused::Invalid(errors)) => {
            let error = Errors(errors).sentence(visit.t(), "name");
            return visit.mend(own_view(&visit, &Errors::default(), error).await?);
        }
        Err(Refused::Conflict(conflict @ (Conflict::PasskeyRefused | Conflict::PasskeyWeak))) => {
            refusals::note(&visit.ask.origin, &Refused::Conflict(conflict));
            let error = match conflict {
                Conflict::PasskeyWeak => visit.t().passkey_made_weak(),
                _ => visit.t().passkey_not_added(),
            };
            let error = Some(error.to_owned());
            return visit.mend(own_view(&visit, &Errors::default(), error).await?);
        }
        Err(refused) => Err(refused),
    };
    without(answer, &visit, Cookie::Passkey)
}

async fn own_view(
    visit: &Visit<Proven<SelfPass>>,
    errors: &Errors,
    error: Option<String>,
) -> Result<Own, Refused> {
    let (pass, list) = visit.read(|r, pass| passkey::list(r, pass)).await?;
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    let has_room = list.len() < MOST;
    let row = |one: passkey::Passkey| Row {
        id: one.id.to_string(),
        name: one.name,
        since: shown::when(one.created_at, &moments),
        last_use: one.used_at.map(|at| shown::when(at, &moments)),
    };
    Ok(Own {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        host: host(&visit.app.settings.base_url).map(str::to_owned),
        rows: list.into_iter().map(row).collect(),
        has_room,
        password: errors.password(t),
        error,
    })
}

/// One of one's own.
pub async fn edit_page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.page(edit_view(&visit, None, &Errors::default()).await?)
}

/// Gives it another name.
pub async fn rename(visit: Visit<Proven<SelfPass>>, typed: TypedName) -> Answer {
    let id: PasskeyId = visit.param("passkey")?;
    let name = typed.name.clone();
    match visit.write(move |w, pass| passkey::rename(w, pass, &id, &name)).await {
        Ok(_) => visit.go_and_tell("/me/passkeys", Toast::PasskeyRenamed),
        Err(Refused::Invalid(errors)) => {
            visit.mend(edit_view(&visit, Some(&typed.name), &Errors(errors)).await?)
        }
        Err(refused) => Err(refused),
    }
}

/// Takes it away.
pub async fn remove(visit: Visit<Proven<SelfPass>>, proof: Proof) -> Answer {
    let id: PasskeyId = visit.param("passkey")?;
    match visit.app.remove_passkey(&visit.ask, &id, &proof.password, &proof.code).await {
        Ok(()) => visit.go_and_tell("/me/passkeys", Toast::PasskeyRemoved),
        Err(Refused::Invalid(errors)) => visit.mend(edit_view(&visit, None, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

async fn edit_view(
    visit: &Visit<Proven<SelfPass>>,
    name: Option<&str>,
    errors: &Errors,
) -> Result<Edit, Refused> {
    let id: PasskeyId = visit.param("passkey")?;
    let (pass, found) = visit.read(move |r, pass| passkey::get(r, pass, &id)).await?;
    let t = visit.t();
    Ok(Edit {
        t,
        frame: visit.person_frame(pass.person()),
        id: found.id.to_string(),
        email: pass.person().email.clone(),
        name: errors.field(t, "name", name.unwrap_or(&found.name)),
        title: found.name,
        code: errors.field(t, "code", ""),
        password: errors.password(t),
    })
}
