//! For whoever runs the server: the mails (I-07).

use ::http::{HeaderValue, header};
use app::operator::{self, Mail as Stored};
use app::pass::{OpenPass, OperatorPass};
use app::work::Reader;
use axum::response::{Html, IntoResponse as _};
use domain::id::MailId;
use domain::mail::{MailKind, MailState as State};
use serde::Deserialize;
use text::Text;

use super::shown;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::Pager;
use crate::views::frame::address;
use crate::views::operator::{Mail, MailRow, MailState, Mails};

/// A mail is shown as a mail program would: its own styles, no script, nothing from elsewhere.
const MAIL_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/// Which page, of all mails or of those that did not reach their readers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    show: String,
    after: String,
}

/// The word for those that did not reach their readers.
const UNDELIVERED: &str = "undelivered";

/// Exchanges the printed link for a cookie.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let token: String = visit.param("token")?;
    visit.go_with("/operator/mails", Cookie::Operator, &super::invitation::plain(&token)?)
}

/// One page of mails, newest first.
pub async fn mails(visit: Visit<OperatorPass>, query: Query) -> Answer {
    let before: Option<MailId> = query.after.parse().ok();
    let undelivered = query.show == UNDELIVERED;
    let list = move |r: &mut Reader, pass: &_| operator::mails(r, pass, before.as_ref(), undelivered);
    let (_, page) = visit.read(list).await?;
    let show = if undelivered { UNDELIVERED } else { "" };
    let next = match page.rows.last() {
        Some(last) if page.has_more => {
            Some(address("/operator/mails", &[("show", show), ("after", last.id.as_str())]))
        }
        _ => None,
    };
    visit.page(Mails {
        t: visit.t(),
        frame: visit.operator_frame(),
        kept_only: visit.app.smtp.is_none(),
        undelivered,
        rows: page.rows.into_iter().map(|mail| row(&visit, mail, None)).collect(),
        pager: Pager { previous: None, next },
    })
}

/// Has a mail tried again that did not reach its reader.
pub async fn try_again(visit: Visit<OperatorPass>, _: Nothing) -> Answer {
    let id: MailId = visit.param("mail")?;
    visit.write(move |w, pass| operator::try_again(w, pass, &id)).await?;
    visit.go_and_tell(&format!("/operator/mails?show={UNDELIVERED}"), Toast::MailTriedAgain)
}

/// One mail. Where a mail server is set, mails are their readers' alone and are not shown.
pub async fn mail(visit: Visit<OperatorPass>, _: Nothing) -> Answer {
    let (mail, message) = show(&visit).await?;
    let subject = message.as_ref().map(|message| message.subject.clone());
    let from = message.as_ref().map(|message| message.from.email.clone());
    let has_html = message.is_some();
    let text_part = match message {
        Some(message) => message.text,
        None => why_over(&visit, &mail).await?,
    };
    visit.page(Mail {
        t: visit.t(),
        frame: visit.operator_frame(),
        mail: row(&visit, mail, subject),
        from: from.unwrap_or_else(|| visit.app.settings.mail_from.email.clone()),
        has_html,
        text_part,
    })
}

/// Why a mail has nothing to say any more.
async fn why_over(visit: &Visit<OperatorPass>, mail: &Stored) -> Result<String, app::Refused> {
    let (t, looked_at) = (visit.t(), mail.clone());
    let (_, accepted_at) =
        visit.read(move |r: &mut Reader, pass: &_| operator::find_accepted(r, pass, &looked_at)).await?;
    Ok(match accepted_at {
        Some(at) => t.operator_accepted(visit.moments("UTC").full(at)),
        None if mail.state == State::Dropped => t.operator_over().to_owned(),
        None => t.operator_over_since().to_owned(),
    })
}

/// The HTML part of a mail, for the frame in its page.
pub async fn mail_html(visit: Visit<OperatorPass>, _: Nothing) -> Answer {
    let (_, message) = show(&visit).await?;
    let message = message.ok_or(app::Refused::NotFound)?;
    let mut response = Html(message.html).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(MAIL_POLICY));
    Ok(response)
}

async fn show(
    visit: &Visit<OperatorPass>,
) -> Result<(Stored, Option<app::mail::compose::Message>), app::Refused> {
    let id: MailId = visit.param("mail")?;
    let pass = visit.pass().await?;
    if visit.app.smtp.is_some() {
        return Err(app::Refused::NotFound);
    }
    visit.app.show_mail(&pass, &id).await
}

fn row(visit: &Visit<OperatorPass>, mail: Stored, subject: Option<String>) -> MailRow {
    let t = visit.t();
    let kind = mail_kind(t, mail.kind);
    MailRow {
        id: mail.id.to_string(),
        to: mail.email,
        subject: subject.unwrap_or_else(|| kind.to_owned()),
        again: mail.state.is_undelivered(),
        state: match mail.state {
            State::Queued => MailState::Waiting(mail.answer),
            State::HandedOver => MailState::Sent,
            State::Kept => MailState::Kept,
            State::Refused => failed(t.operator_state_refused(), mail.answer),
            State::GivenUp => failed(t.operator_state_given_up(), mail.answer),
            State::Withheld => failed(t.operator_state_withheld(), mail.answer),
            State::Dropped => failed(t.operator_state_failed(), t.operator_over().to_owned()),
        },
        when: shown::when(mail.created_at, &visit.moments("UTC")),
    }
}

/// What a mail is, in a few words.
pub(super) fn mail_kind(t: Text, kind: MailKind) -> &'static str {
    match kind {
        MailKind::Invitation => t.operator_kind_invitation(),
        MailKind::Reset => t.operator_kind_reset(),
        MailKind::PasswordChanged => t.operator_kind_password_changed(),
        MailKind::SecondFactor => t.operator_kind_second_factor(),
        MailKind::ApiKeyCreated => t.operator_kind_api_key_created(),
        MailKind::ApiKeyEnded => t.operator_kind_api_key_ended(),
        MailKind::ApiKeyEnding => t.operator_kind_api_key_ending(),
        MailKind::EmailChange => t.operator_kind_email_change(),
        MailKind::EmailChanged => t.operator_kind_email_changed(),
        MailKind::LoginMerge => t.operator_kind_login_merge(),
        MailKind::LoginMerged => t.operator_kind_login_merged(),
        MailKind::LoginMergeUndone => t.operator_kind_login_merge_undone(),
        MailKind::EndNotice => t.operator_kind_end_notice(),
        MailKind::AccessRequest => t.operator_kind_access_request(),
        MailKind::AccessApproved => t.operator_kind_access_approved(),
        MailKind::AccessDeclined => t.operator_kind_access_declined(),
        MailKind::TemporaryPassword => t.operator_kind_temporary_password(),
        MailKind::EmailProof => t.operator_kind_email_proof(),
        MailKind::AccessOffer => t.operator_kind_access_offer(),
        MailKind::Bundle => t.operator_kind_bundle(),
        MailKind::AccessGiven => t.operator_kind_access_given(),
        MailKind::ExecutiveChanged => t.operator_kind_executive_changed(),
        MailKind::ExecutiveNotice => t.operator_kind_executive_notice(),
        MailKind::CenterAccount => t.operator_kind_center_account(),
        MailKind::BrandHost => t.operator_kind_brand_host(),
        MailKind::Alert => t.operator_kind_alert(),
        MailKind::AlertsMore => t.operator_kind_alerts_more(),
        MailKind::Summary => t.operator_kind_summary(),
    }
}

fn failed(what: &str, why: String) -> MailState {
    MailState::Failed(what.to_owned(), why)
}
