//! Single sign-on: an account's provider, signing in by it, and one's own link to it.

use app::pass::{AccountPass, Gate, HasPlace as _, OpenPass, OwnLinkPass, Proven, SingleSignOnPass};
use app::single_sign_on::{self, Arrived, Leaving, Returned};
use app::{Conflict, Refused};
use domain::brand::Look;
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, UserId};
use domain::input::{FieldError, Problem};
use http::HeaderValue;
use http::header::{REFRESH, SET_COOKIE};
use serde::Deserialize;

use super::form::{Errors, ticked};
use crate::http::cookies::Cookie;
use crate::http::problem::sentence;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::routes;
use crate::views::form::sentence_for;
use crate::views::single_sign_on::{Connected, Ended, Keeper, Leave, Own, Return, Settings, SignIn};

type AtAccount = Visit<Proven<AccountPass<ManageUsers>>>;

/// A provider as it is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    issuer: String,
    client_id: String,
    client_secret: String,
}

/// Who must come by the provider.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Required {
    #[serde(deserialize_with = "ticked")]
    required: Option<String>,
    keeper: Vec<String>,
}

/// The account that somebody wants to sign in to, and the page there that they go on to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Which {
    account: String,
    next: String,
}

/// The present password.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedPassword {
    password: String,
}

/// What a provider sends somebody back with. Each adds what it likes besides.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Brought {
    code: String,
    state: String,
    iss: String,
}

/// The same, sent on by our own page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SentOn {
    code: String,
    state: String,
    iss: String,
}

/// The account's provider.
pub async fn page(visit: AtAccount, _: Nothing) -> Answer {
    let (pass, settings) = visit.read(single_sign_on::settings).await?;
    let typed = as_kept(&settings);
    visit.page(settings_view(&visit, &pass, &settings, (&typed, &Errors::default())))
}

fn as_kept(settings: &single_sign_on::Settings) -> Typed {
    settings.provider.as_ref().map_or_else(Typed::default, |provider| Typed {
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        client_secret: String::new(),
    })
}

/// Connects the account to a provider.
pub async fn connect(visit: AtAccount, typed: Typed) -> Answer {
    let fields = (typed.issuer.as_str(), typed.client_id.as_str(), typed.client_secret.as_str());
    match visit.app.connect_provider(&visit.ask, visit.param("account")?, fields).await {
        Ok(()) => visit.go_and_tell(&visit.path, Toast::SingleSignOnConnected),
        Err(Refused::Invalid(errors)) => {
            let (pass, settings) = visit.read(single_sign_on::settings).await?;
            visit.mend(settings_view(&visit, &pass, &settings, (&typed, &Errors(errors))))
        }
        Err(refused) => Err(refused),
    }
}

/// Says who must come by it.
pub async fn require(visit: AtAccount, typed: Required) -> Answer {
    let required = typed.required.is_some();
    let keep: Vec<UserId> = typed.keeper.iter().filter_map(|id| id.parse().ok()).collect();
    let chosen = keep.clone();
    let done = match keep.len() == typed.keeper.len() {
        true => visit.write(move |w, pass| single_sign_on::require(w, pass, required, &keep)).await,
        false => Err(Refused::Invalid(vec![FieldError { field: "keeper", problem: Problem::NotAChoice }])),
    };
    match done {
        Ok((pass, ())) => {
            let toast = if required { Toast::SingleSignOnRequired } else { Toast::SingleSignOnFreed };
            visit.go_and_tell(&format!("/accounts/{}/single-sign-on", pass.account()), toast)
        }
        Err(Refused::Invalid(errors)) => {
            let (pass, mut settings) = visit.read(single_sign_on::settings).await?;
            settings.required = required;
            for keeper in &mut settings.keepers {
                keeper.keeps = chosen.contains(&keeper.id);
            }
            visit.mend(settings_view(&visit, &pass, &settings, (&as_kept(&settings), &Errors(errors))))
        }
        Err(refused) => Err(refused),
    }
}

/// Disconnects it.
pub async fn end(visit: AtAccount, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(single_sign_on::end).await?;
    visit.go_and_tell(&format!("/accounts/{}/single-sign-on", pass.account()), Toast::SingleSignOnEnded)
}

fn settings_view(
    visit: &AtAccount,
    pass: &AccountPass<ManageUsers>,
    settings: &single_sign_on::Settings,
    (typed, errors): (&Typed, &Errors),
) -> Settings {
    let (t, base_url) = (visit.t(), &visit.app.settings.base_url);
    Settings {
        t,
        frame: visit.frame(pass),
        connected: settings.provider.as_ref().map(|provider| Connected {
            issuer: provider.issuer.clone(),
            address: format!("{base_url}{}", sign_in_path(pass.account())),
            known: settings.known,
            required: settings.required,
            keepers: settings.keepers.iter().map(keeper).collect(),
            keep_error: sentence_for(t, "keeper", &errors.0),
        }),
        return_to: format!("{base_url}{}", single_sign_on::return_path(pass.account())),
        issuer: errors.field(t, "issuer", &typed.issuer),
        client_id: errors.field(t, "client_id", &typed.client_id),
        client_secret: errors.field(t, "client_secret", ""),
    }
}

fn keeper(one: &app::single_sign_on::Keeper) -> Keeper {
    Keeper { id: one.id.to_string(), name: one.name.clone(), keeps: one.keeps }
}

/// One's own link to the account's provider.
pub async fn own_page(visit: Visit<OwnLinkPass>, _: Nothing) -> Answer {
    own_view(&visit, &Errors::default()).await.and_then(|view| visit.page(view))
}

/// Sends somebody to the provider to be linked.
pub async fn link(visit: Visit<Proven<OwnLinkPass>>, typed: TypedPassword) -> Answer {
    match visit.app.leave_to_link(&visit.ask, visit.param("account")?, &typed.password).await {
        Ok(leaving) => leave(&visit, &leaving),
        Err(Refused::Invalid(errors)) => visit.mend(own_view(&visit, &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// Ends the link.
pub async fn unlink(visit: Visit<OwnLinkPass>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(single_sign_on::unlink).await?;
    visit.go_and_tell(&own_path(pass.account()), Toast::SingleSignOnUnlinked)
}

async fn own_view<P: Gate>(visit: &Visit<P>, errors: &Errors) -> Result<Own, Refused> {
    let account = visit.param("account")?;
    let (pass, own) = visit.app.read::<OwnLinkPass, _>(&visit.ask, account, single_sign_on::own).await?;
    let t = visit.t();
    let place = pass.place();
    let shut = (place.needs_provider && own.is_some()).then(|| sign_in_path(pass.account()));
    // To whom the account is shut its menus lead nowhere.
    let frame = match &place.person {
        Some(person) if place.needs_provider => visit.person_frame(person),
        _ => visit.frame(&pass),
    };
    Ok(Own { t, frame, action: own_path(pass.account()), shut, is_linked: own, password: errors.password(t) })
}

/// Asks which account. A link to this page names it.
pub async fn sign_in_page(visit: Visit<OpenPass>, which: Which) -> Answer {
    visit.page(sign_in_view(&visit, &which, &Errors::default()))
}

/// Sends somebody to the account's provider.
pub async fn sign_in(visit: Visit<OpenPass>, which: Which) -> Answer {
    match visit.app.leave_to_sign_in(&visit.ask, &which.account, &which.next).await {
        Ok(leaving) => leave(&visit, &leaving),
        Err(Refused::Invalid(errors)) => visit.mend(sign_in_view(&visit, &which, &Errors(errors))),
        Err(refused) => Err(refused),
    }
}

fn sign_in_view(visit: &Visit<OpenPass>, which: &Which, errors: &Errors) -> SignIn {
    let t = visit.t();
    SignIn {
        t,
        frame: visit.open_frame(),
        account: errors.field(t, "account", &which.account),
        next: which.next.clone(),
    }
}

/// A page that leads on by itself: no form of ours may end at another site.
fn leave<P: Gate>(visit: &Visit<P>, leaving: &Leaving) -> Answer {
    let host = leaving.url.split('/').nth(2).unwrap_or_default().to_owned();
    let view = Leave { t: visit.t(), frame: visit.bare_frame(), url: leaving.url.clone(), host };
    let mut response = visit.page(view)?;
    let on = HeaderValue::from_str(&format!("0; url={}", leaving.url)).expect("addresses are visible ASCII");
    response.headers_mut().insert(REFRESH, on);
    response.headers_mut().append(SET_COOKIE, Cookie::SingleSignOn.set(visit.secure, &leaving.kept));
    Ok(response)
}

/// Who comes back, and a button: looking at an address uses nothing up.
pub async fn return_page(visit: Visit<SingleSignOnPass>, brought: Brought) -> Answer {
    let pass = visit.pass().await?;
    let Brought { code, state, iss } = brought;
    visit.page(Return {
        t: visit.t(),
        // The address holds what the provider has sent, so that nothing leads back to it.
        frame: crate::views::Frame { language_next: None, ..visit.link_frame(look(&pass)) },
        action: single_sign_on::return_path(&pass.account),
        account: pass.account_name.clone(),
        is_link: pass.link.is_some(),
        fields: vec![("code", code), ("state", state), ("iss", iss)],
    })
}

/// Signs in, or links.
pub async fn arrive(visit: Visit<SingleSignOnPass>, sent: SentOn) -> Answer {
    let pass = visit.pass().await?;
    let SentOn { code, state, iss: issuer } = sent;
    let returned = Returned { code, state, issuer };
    let answer = match visit.app.arrive(&visit.ask, pass.account.clone(), returned).await {
        Ok(Arrived::SignedIn(account, session)) => {
            let home = format!("/accounts/{account}");
            let next = if routes::leads_to_a_page(&pass.next) { &pass.next } else { &home };
            visit.signed_in(visit.go(next), &session)
        }
        Ok(Arrived::Linked(account)) => visit.go_and_tell(&own_path(&account), Toast::SingleSignOnLinked),
        Err(Refused::Conflict(conflict)) => ended(&visit, &pass, conflict),
        Err(refused) => Err(refused),
    };
    let mut response = answer?;
    response.headers_mut().append(SET_COOKIE, Cookie::SingleSignOn.clear(visit.secure));
    Ok(response)
}

fn ended(visit: &Visit<SingleSignOnPass>, pass: &SingleSignOnPass, conflict: Conflict) -> Answer {
    let again = match &pass.link {
        Some(_) => own_path(&pass.account),
        None => sign_in_path(&pass.account),
    };
    visit.mend(Ended {
        t: visit.t(),
        frame: visit.link_frame(look(pass)),
        sentence: sentence(visit, conflict),
        again,
    })
}

fn own_path(account: &AccountId) -> String {
    format!("/accounts/{account}/me/single-sign-on")
}

/// Where somebody signs in to an account by its provider.
pub(crate) fn sign_in_path(account: &AccountId) -> String {
    format!("/sign-in/single-sign-on?account={account}")
}

/// The same, and back to a page of it.
pub(crate) fn sign_in_again_path(account: &AccountId, next: &str) -> String {
    format!("{}&next={next}", sign_in_path(account))
}

fn look(pass: &SingleSignOnPass) -> Option<Look> {
    pass.brand.as_ref().map(|brand| Look::of(&pass.account, brand))
}
