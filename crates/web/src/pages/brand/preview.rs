//! Looking at what a draft makes of pages and mails, one after the other.

use ::http::{HeaderValue, StatusCode, header};
use app::brand::{self, Settings};
use app::pass::{AccountPass, HasPlace as _};
use app::{Conflict, Refused};
use axum::response::{Html, IntoResponse as _, Response};
use domain::brand::preview::Preview as What;
use domain::brand::{Brand, Look};
use domain::capability::proof::ManageWhiteLabel;
use domain::mail::MailKind;
use domain::user::UserType;

use super::{Branding, Version, home, line};
use crate::http::route::Nothing;
use crate::http::visit::Answer;
use crate::views::brand::{Mail, Preview, PreviewOfAll};
use crate::views::invitation::{Accept, Way};
use crate::views::problem::{Kind, Problem};
use crate::views::session::SignIn;
use crate::views::{Field, Frame, Page};

/// A mail in its frame, as the operator's page has it, but with pictures: the draft's logo is at an address of ours.
const MAIL_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'";
/// A page in its frame: its forms go nowhere.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'none'; \
                           base-uri 'none'; frame-ancestors 'self'";

/// What is looked at, between a line that says what it is and the button that goes on.
pub async fn page(visit: Branding, _: Nothing) -> Answer {
    let what: What = visit.param("what")?;
    let (pass, found, draft) = draft(&visit).await?;
    let mail = match what {
        What::Mail(kind) => Some(mail(&visit, &pass, (&found, &draft), kind)?),
        _ => None,
    };
    let all = What::all();
    let at = all.iter().position(|other| *other == what).unwrap_or_default() + 1;
    visit.page(Preview {
        t: visit.t(),
        frame: visit.frame(&pass),
        version: found.version(),
        line: line(visit.t(), what, &found.seen),
        place: (at as i64, all.len() as i64),
        mail,
    })
}

/// The thing itself, for the frame in its page.
pub async fn content(visit: Branding, _: Nothing) -> Answer {
    let what: What = visit.param("what")?;
    let (pass, found, draft) = draft(&visit).await?;
    let frame = Frame { look: Look::of(pass.account(), &draft), ..Frame::default() };
    let account = &pass.place().account_name;
    Ok(match what {
        What::Mail(kind) => {
            let message = message(&visit, &pass, (&found, &draft), kind)?;
            under(Html(message.html).into_response(), MAIL_POLICY)
        }
        What::SignIn => under(Page(sign_in(&visit, frame)).into_response(), PAGE_POLICY),
        What::Invitation => under(Page(invitation(&visit, frame, account)).into_response(), PAGE_POLICY),
        What::Problem => {
            let (t, kind) = (visit.t(), Kind::NotFound);
            under(Page(Problem { t, frame, kind, sign_out_to: None }).into_response(), PAGE_POLICY)
        }
    })
}

/// Notes that it was looked at, and goes on with the next.
pub async fn see(visit: Branding, shown: Version) -> Answer {
    let what: What = visit.param("what")?;
    visit.write(move |w, pass| brand::see(w, pass, &[what], shown.version)).await?;
    let (pass, found) = visit.read(brand::settings).await?;
    let home = home(&pass);
    match What::next(&found.seen) {
        Some(next) => visit.go(&format!("{home}/preview/{}", next.word())),
        None => visit.go(&home),
    }
}

/// All of it on one page.
pub async fn page_of_all(visit: Branding, _: Nothing) -> Answer {
    let (pass, found, draft) = draft(&visit).await?;
    let t = visit.t();
    let one = |what: What| {
        let mail = match what {
            What::Mail(kind) => Some(mail(&visit, &pass, (&found, &draft), kind)?),
            _ => None,
        };
        Ok::<_, Refused>((line(t, what, &found.seen), mail))
    };
    let all = What::all().into_iter().map(one).collect::<Result<_, _>>()?;
    visit.page(PreviewOfAll { t, frame: visit.frame(&pass), version: found.version(), all })
}

/// Notes that all of it was looked at.
pub async fn see_all(visit: Branding, shown: Version) -> Answer {
    let (pass, ()) = visit.write(move |w, pass| brand::see(w, pass, &What::all(), shown.version)).await?;
    visit.go(&home(&pass))
}

async fn draft(visit: &Branding) -> Result<(AccountPass<ManageWhiteLabel>, Settings, Brand), Refused> {
    let (pass, found) = visit.read(brand::settings).await?;
    let draft = found.record.as_ref().map(|record| record.draft.clone());
    Ok((pass, found, draft.ok_or(Refused::Conflict(Conflict::Changed))?))
}

/// What of a mail stands beside its frame.
fn mail(
    visit: &Branding,
    pass: &AccountPass<ManageWhiteLabel>,
    brand: (&Settings, &Brand),
    kind: MailKind,
) -> Result<Mail, Refused> {
    let message = message(visit, pass, brand, kind)?;
    let from = format!("{} <{}>", message.from.name, message.from.email);
    Ok(Mail { from, subject: message.subject, text: message.text })
}

fn message(
    visit: &Branding,
    pass: &AccountPass<ManageWhiteLabel>,
    (found, draft): (&Settings, &Brand),
    kind: MailKind,
) -> Result<app::mail::compose::Message, Refused> {
    let host = found.host.as_ref().map(|host| host.host.as_str());
    let composed =
        visit.app.sample_mail(visit.t(), kind, (pass.account(), draft, host), &pass.place().account_name);
    composed.map_err(|error| {
        tracing::error!(%error, "a sample of a mail could not be written");
        Refused::NotFound
    })
}

fn sign_in(visit: &Branding, frame: Frame) -> SignIn {
    SignIn {
        t: visit.t(),
        frame,
        email: Field::default(),
        password: Field::default(),
        next: String::new(),
        kept: String::new(),
        error: None,
        is_set_up: true,
        passkey: None,
    }
}

fn invitation(visit: &Branding, frame: Frame, account: &str) -> Accept {
    Accept {
        t: visit.t(),
        frame,
        account: account.to_owned(),
        places: Vec::new(),
        more: 0,
        inviter: "Dana Reyes".to_owned(),
        executive: false,
        user_type: UserType::Manager,
        agent: false,
        email: "kim@example.com".to_owned(),
        message: Some(visit.t().brand_sample_message().to_owned()),
        way: Way::NewPassword,
        password: Field::default(),
    }
}

/// A page of an error is looked at like any other, and none is an error here.
fn under(mut response: Response, policy: &'static str) -> Response {
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
