//! What an invited person meets.

use app::invitation::Accepted;
use app::pass::{InvitationPass, OpenPass};
use app::{Conflict, Refused};
use domain::brand::Look;
use serde::Deserialize;

use super::form::Errors;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::invitation::{Accept, Place, Way};

/// The password they choose, or the one they have.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    password: String,
}

/// Exchanges the mailed link for a cookie. Nothing is looked up and nothing used up, so a mail scanner that follows
/// it does no harm, and the address that stays in the browser has no secret in it.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let (account, token): (String, String) = (visit.param("account")?, visit.param("token")?);
    visit.go_with("/invitation", Cookie::Invitation, &format!("{}.{}", plain(&account)?, plain(&token)?))
}

/// A token as it may stand in a cookie: what is no token of ours leads nowhere.
pub(super) fn plain(token: &str) -> Result<String, Refused> {
    let fits =
        token.len() <= 64 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if fits { Ok(token.to_owned()) } else { Err(Refused::NotFound) }
}

/// Who invited, to what, as what; and the password.
pub async fn page(visit: Visit<InvitationPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    if pass.is_of_another() {
        return Err(Refused::Conflict(Conflict::OtherAddress));
    }
    visit.page(view(&visit, &pass, &Errors::default()))
}

/// Accepts; agents land in Lead Center (L-02).
pub async fn accept(visit: Visit<InvitationPass>, typed: Typed) -> Answer {
    let pass = visit.pass().await?;
    match visit.app.accept(&visit.ask, &typed.password).await {
        Ok(accepted) => {
            let mut response = visit.started(visit.go(&home_of(&accepted, &pass)), &accepted.session)?;
            response.headers_mut().append(http::header::SET_COOKIE, Cookie::Invitation.clear(visit.secure));
            Ok(response)
        }
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, &pass, &Errors(errors))),
        Err(refused) => Err(refused),
    }
}

/// Where whoever has accepted goes: agents to Lead Center (L-02), who has joined several accounts to their list.
pub(super) fn home_of(accepted: &Accepted, pass: &InvitationPass) -> String {
    let home = format!("/accounts/{}", accepted.account);
    match (pass.agent, pass.others.is_empty()) {
        (true, _) => format!("{home}/lead-center"),
        (false, true) => home,
        (false, false) => "/accounts".to_owned(),
    }
}

/// What an invitation shows of whom: its account; nobody, where it opens more than that, and one that it opens has a brand;
/// `None`: the product.
pub(super) fn look_of(pass: &InvitationPass) -> Option<Look> {
    let look = |one: &InvitationPass| Some(Look::of(&one.account, one.brand.as_ref()?));
    let look = std::iter::once(pass).chain(&pass.others).find_map(look)?;
    Some(if pass.others.is_empty() && !pass.as_executive { look } else { Look::of_nobody() })
}

fn view(visit: &Visit<InvitationPass>, pass: &InvitationPass, errors: &Errors) -> Accept {
    let inviter = pass.inviter.trim();
    Accept {
        t: visit.t(),
        frame: visit.link_frame(look_of(pass)),
        account: match &pass.center_name {
            Some(center) if !pass.others.is_empty() || pass.as_executive => center.clone(),
            _ => pass.account_name.clone(),
        },
        places: places(pass),
        more: more(pass),
        inviter: if inviter.is_empty() { pass.account_name.clone() } else { inviter.to_owned() },
        executive: pass.as_executive,
        user_type: pass.user_type,
        agent: pass.agent,
        email: pass.email.clone(),
        message: pass.message.clone(),
        way: match &pass.login {
            None => Way::NewPassword,
            Some(_) if !pass.is_proven => Way::NewPassword,
            Some(_) if pass.is_signed_in() => Way::SignedIn,
            Some(_) => Way::Password,
        },
        password: errors.password(visit.t()),
    }
}

/// How many accounts of a bundle are named.
const NAMED: usize = app::bundle::NAMED as usize;

/// How many accounts are not.
pub(super) fn more(pass: &InvitationPass) -> i64 {
    (pass.others.len() + 1).saturating_sub(NAMED) as i64
}

/// What a bundle's link opens; nothing where it is one account.
pub(super) fn places(pass: &InvitationPass) -> Vec<Place> {
    if pass.others.is_empty() {
        return Vec::new();
    }
    let all = std::iter::once(pass).chain(&pass.others).take(NAMED);
    all.map(|one| Place { account: one.account_name.clone(), user_type: one.user_type, agent: one.agent })
        .collect()
}
