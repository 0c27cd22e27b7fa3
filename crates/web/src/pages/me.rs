//! My Profile: one's own names, password and sessions.

use app::pass::{AccountPass, HasPlace as _, Proven, SelfPass};
use app::session::SessionRecord;
use app::work::Reader;
use app::{Refused, me, session, single_sign_on, words};
use domain::capability::proof::AnyUser;
use domain::id::SessionId;
use domain::input::{FieldError, Problem};
use domain::user::{Names, UserType};
use http::header;
use serde::Deserialize;
use text::{Language, Text};

use super::form::Errors;
use super::shown;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::Choice;
use crate::views::me::{Own, Password, Profile, Row, Sessions, Shown, Waiting};

/// One's names, and the code of the language one reads; an empty one as the browser says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    first_name: String,
    last_name: String,
    language: String,
}

/// The names that an account shows of oneself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedOwn {
    first_name: String,
    last_name: String,
    display_name: String,
}

/// The present password and the new one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedPassword {
    password: String,
    new_password: String,
}

/// The sign-in: names, address, and what each account shows.
pub async fn page(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, profile) = visit.read(me::profile).await?;
    let person = pass.person();
    let typed = Typed {
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        language: person.language.clone(),
    };
    visit.page(view(&visit, &pass, profile, &typed, &Errors::default()))
}

/// Changes one's names and language. This browser keeps the language, too, for pages on which one is not signed in.
pub async fn change(visit: Visit<SelfPass>, typed: Typed) -> Answer {
    let names = Names::parse(&typed.first_name, &typed.last_name, "", UserType::Administrator);
    let (names, language) = match (names, language(&typed.language)) {
        (Ok(names), Ok(language)) => (names, language),
        (names, language) => {
            let errors = names.err().unwrap_or_default().into_iter().chain(language.err()).collect();
            let (pass, profile) = visit.read(me::profile).await?;
            return visit.mend(view(&visit, &pass, profile, &typed, &Errors(errors)));
        }
    };
    visit.write(move |w, pass| me::change(w, pass, (&names.first, &names.last), language)).await?;
    let mut response = visit.go_and_tell("/me", Toast::Saved)?;
    let cookie = match language {
        Some(language) => Cookie::Language.set(visit.secure, language.code()),
        None => Cookie::Language.clear(visit.secure),
    };
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The language of a code; `None` for the empty one, which follows the browser.
fn language(code: &str) -> Result<Option<Language>, FieldError> {
    match Language::of_code(code) {
        None if !code.is_empty() => Err(FieldError { field: "language", problem: Problem::NotAChoice }),
        found => Ok(found),
    }
}

/// What one can choose: to follow the browser, or a language by its own name.
fn languages(t: Text, chosen: &str) -> Vec<Choice> {
    let by_browser = Choice::new("", t.me_language_by_browser(), chosen.is_empty());
    let own = Language::ALL
        .map(|language| Choice::new(language.code(), language.own_name(), language.code() == chosen));
    std::iter::once(by_browser).chain(own).collect()
}

fn view(
    visit: &Visit<SelfPass>,
    pass: &SelfPass,
    profile: me::Profile,
    typed: &Typed,
    errors: &Errors,
) -> Profile {
    let (t, now, moments) = (visit.t(), visit.app.store.now(), visit.moments("UTC"));
    let shown = |user: me::OwnUser| Shown {
        account_id: user.account.to_string(),
        account: user.account_name,
        name: user.names.full(),
        display_name: user.names.display,
    };
    Profile {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        waiting: profile.email_change.filter(|_| visit.own_host().is_none()).map(|change| Waiting {
            email: change.email,
            until: (change.expires_at > now).then(|| moments.full(change.expires_at)),
            kept: visit.app.smtp.is_none(),
        }),
        first_name: errors.field(t, "first_name", &typed.first_name),
        last_name: errors.field(t, "last_name", &typed.last_name),
        languages: languages(t, &typed.language),
        language_error: errors.sentence(t, "language"),
        merges: profile
            .merges
            .into_iter()
            .map(|merge| (format!("/me/merge/undo/{}", merge.id), merge.gone, moments.short(merge.until)))
            .collect(),
        is_proven: profile.is_proven,
        app: profile.app_since.map_or(t.me_off().to_owned(), |since| t.me_on_since(moments.day(since))),
        passkeys: match i64::try_from(profile.passkeys) {
            Ok(n) if n > 0 => t.me_passkeys(n),
            _ => t.me_off().to_owned(),
        },
        accounts: profile
            .users
            .into_iter()
            // On an account's own host nothing of another is seen.
            .filter(|user| visit.own_host().is_none_or(|own| *own == user.account))
            .map(shown)
            .collect(),
    }
}

/// The names that an account shows of oneself.
pub async fn own_page(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Answer {
    let own = |r: &mut Reader, pass: &AccountPass<AnyUser>| match pass.place().user {
        Some(_) => Ok(Some((me::own_user(r, pass)?, single_sign_on::own(r, pass)?))),
        None => Ok(None),
    };
    let (pass, own) = visit.read(own).await?;
    // An executive administrator need not be among the users (C-10).
    let Some((user, linked)) = own else {
        return visit.with_cookie(visit.go("/me"), Cookie::CameFrom, pass.account().as_str());
    };
    let Names { first, last, display } = user.names;
    let typed = TypedOwn { first_name: first, last_name: last, display_name: display };
    let page = visit.page(own_view(&visit, &pass, &typed, &Errors::default(), linked));
    visit.with_cookie(page, Cookie::CameFrom, pass.account().as_str())
}

/// Changes them.
pub async fn change_own(visit: Visit<AccountPass<AnyUser>>, typed: TypedOwn) -> Answer {
    let names =
        Names::parse(&typed.first_name, &typed.last_name, &typed.display_name, UserType::Administrator);
    let names = match names {
        Ok(names) => names,
        Err(errors) => {
            let (pass, linked) = visit.read(single_sign_on::own).await?;
            return visit.mend(own_view(&visit, &pass, &typed, &Errors(errors), linked));
        }
    };
    visit.write(move |w, pass| me::change_own_user(w, pass, &names)).await?;
    visit.go_and_tell(&visit.path, Toast::Saved)
}

fn own_view(
    visit: &Visit<AccountPass<AnyUser>>,
    pass: &AccountPass<AnyUser>,
    typed: &TypedOwn,
    errors: &Errors,
    linked: Option<bool>,
) -> Own {
    let t = visit.t();
    Own {
        t,
        frame: visit.frame(pass),
        first_name: errors.field(t, "first_name", &typed.first_name),
        last_name: errors.field(t, "last_name", &typed.last_name),
        display_name: errors.field(t, "display_name", &typed.display_name),
        // It is set up on the server's own host alone.
        single_sign_on: linked
            .filter(|_| visit.own_host().is_none())
            .map(|is_linked| if is_linked { t.me_on() } else { t.me_off() }),
    }
}

/// Asks for the present password and a new one.
pub async fn password_page(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    visit.page(password_view(&visit, &pass, &Errors::default()))
}

/// Changes the password, and goes on with a fresh session.
pub async fn change_password(visit: Visit<Proven<SelfPass>>, typed: TypedPassword) -> Answer {
    match visit.app.change_password(&visit.ask, &typed.password, &typed.new_password).await {
        Ok(session) => visit.started(visit.go_and_tell("/me", Toast::PasswordChanged), &session),
        Err(Refused::Invalid(errors)) => {
            let pass = visit.pass().await?;
            visit.mend(password_view(&visit, &pass, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

fn password_view(visit: &Visit<Proven<SelfPass>>, pass: &SelfPass, errors: &Errors) -> Password {
    let t = visit.t();
    Password {
        t,
        frame: visit.person_frame(pass.person()),
        email: pass.person().email.clone(),
        password: errors.password(t),
        new_password: errors.field(t, "new_password", ""),
    }
}

/// Where one is signed in, this session first.
pub async fn sessions(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let (pass, mut sessions) = visit.read(me::sessions).await?;
    let own = pass.session();
    sessions.sort_by_key(|session| session.id != *own);
    let (t, moments) = (visit.t(), visit.moments("UTC"));
    let row = |session: SessionRecord| Row {
        handheld: shown::is_handheld(&session.device),
        this: session.id == *own,
        id: session.id.to_string(),
        device: words::device(t, &session.device),
        place: session.network,
        since: shown::when(session.created_at, &moments),
        last_use: shown::when(session.seen_at, &moments),
    };
    visit.page(Sessions {
        t,
        frame: visit.person_frame(pass.person()),
        rows: sessions.into_iter().map(row).collect(),
    })
}

/// Ends one session.
pub async fn end_session(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    let id: SessionId = visit.param("session")?;
    visit.write(move |w, pass| session::end(w, pass, &id)).await?;
    visit.go_and_tell("/me/sessions", Toast::SessionEnded)
}

/// Ends all sessions but this one.
pub async fn end_others(visit: Visit<Proven<SelfPass>>, _: Nothing) -> Answer {
    visit.write(session::end_others).await?;
    visit.go_and_tell("/me/sessions", Toast::SessionsEnded)
}
