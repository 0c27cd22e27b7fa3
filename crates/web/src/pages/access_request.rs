//! Asking to be let into an account (U-16).

pub mod decide;

use ::http::header;
use app::access_request::{self, OwnRequest, State};
use app::moment::Moments;
use app::pass::{OpenPass, SelfPass};
use app::{Conflict, Refused};
use serde::Deserialize;

use super::form::Errors;
use super::invitation::plain;
use super::shown;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::access_request::{Own, OwnRow, ViaLink};

const HERE: &str = "/me/access-requests";

/// What is typed. `via` says that the account is the one whose link was followed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    account: String,
    message: String,
    via: String,
}

/// Exchanges a request link for a cookie. Nothing is looked up, and nothing asked.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token = plain(&visit.param::<String>("token")?)?;
    visit.go_with(HERE, Cookie::AccessRequest, &token)
}

/// What one has asked for, and the form to ask.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    visit.page(view(&visit, &Typed::default(), &Errors::default()).await?)
}

/// Asks. The answer is the same whether there is such an account or not.
pub async fn ask(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    let token = visit.ask.credentials.access_request.clone().filter(|_| typed.via == "link");
    let link = token.map(|token| format!("{}{token}", domain::access_request::LINK));
    let (account, message) = (link.unwrap_or_else(|| typed.account.clone()), typed.message.clone());
    let done = visit.write(move |w, pass| access_request::ask(w, pass, &account, &message)).await;
    match done {
        Ok(_) => {
            let mut response = visit.go_and_tell(HERE, Toast::AccessRequested)?;
            let clear = Cookie::AccessRequest.clear(visit.secure);
            response.headers_mut().append(header::SET_COOKIE, clear);
            Ok(response)
        }
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &typed, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// Gives a request up. Who was let in or declined before, is told that instead.
pub async fn withdraw(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let id = visit.param("access_request")?;
    let toast = match visit.write(move |w, pass| access_request::withdraw(w, pass, &id)).await {
        Ok((_, State::Declined)) => Toast::AccessDeclinedBefore,
        Ok(_) => Toast::AccessWithdrawn,
        Err(Refused::Conflict(Conflict::RequestApproved)) => Toast::AccessApprovedBefore,
        Err(refused) => return Err(refused),
    };
    visit.go_and_tell(HERE, toast)
}

async fn view(visit: &Visit<SelfPass>, typed: &Typed, errors: &Errors) -> Result<Own, Refused> {
    let token = visit.ask.credentials.access_request.clone();
    let look = move |r: &mut app::work::Reader, pass: &SelfPass| {
        let via = token.as_deref().map(|token| access_request::find_by_link(r, pass, token));
        Ok((access_request::list_own(r, pass)?, via.transpose()?))
    };
    let (pass, (own, via)) = visit.read(look).await?;
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    let row = |request: OwnRequest| OwnRow {
        id: request.id.to_string(),
        named: if request.named.is_empty() {
            t.access_request_named_by_link().to_owned()
        } else {
            request.named
        },
        declined: request.state == State::Declined,
        reason: request.reason,
        asked: moments.short(request.created_at),
        until: moments.day(request.expires_at),
    };
    Ok(Own {
        t,
        frame: visit.person_frame(pass.person()),
        via: via.map_or(ViaLink::None, |found| found.map_or(ViaLink::Dead, ViaLink::Of)),
        account: errors.field(t, "account", &typed.account),
        message: errors.field(t, "message", &typed.message),
        rows: own.into_iter().map(row).collect(),
    })
}

/// The moment of a request, in the account's time zone.
fn when(found: &access_request::Found, moments: &Moments) -> crate::views::When {
    shown::when(found.created_at, moments)
}
