//! From what was refused to a page: one place, so that nobody is told more than they may know.

use ::http::{StatusCode, header};
use app::pass::{AccountPass, Helper, LeavePass, LinkState, Seeing, SelfPass};
use app::{Conflict, Refused};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::Refusal;
use domain::access_change::Already;
use domain::capability::Capability;
use domain::capability::proof::AnyUser;
use domain::id::AccountId;
use domain::user::UserStatus;
use text::Text;

use super::refusals;
use super::visitor::Visitor;
use crate::pages::single_sign_on::{sign_in_again_path, sign_in_path};
use crate::routes;
use crate::views::access_change::part_name;
use crate::views::problem::{Kind, Problem, Ways};
use crate::views::user::Described as _;
use crate::views::{Frame, Page, invitation, isolated};

/// The answer to whatever was refused.
pub(super) async fn answer(visitor: &Visitor, refused: Refused) -> Response {
    match refused {
        Refused::SignedOut => sign_in_first(visitor),
        Refused::NotFound => page(visitor, |_| Kind::NotFound).await,
        Refused::Forbidden { refusal: Refusal::NeedsProvider, .. } => needs_provider(visitor).await,
        Refused::Forbidden { refusal, ask } => {
            let of_administrators = is_of_administrators(&visitor.path, refusal);
            let who_can_give = names(visitor, &ask);
            let reached = |helper: Helper| helper.email.map(|email| (mail_link(&email), helper.name, email));
            let helpers = ask.into_iter().filter_map(reached).collect();
            page(visitor, |_| Kind::Forbidden { refusal, of_administrators, who_can_give, helpers }).await
        }
        Refused::Link(state) => closed_link(visitor, state),
        Refused::SeeingAs(seeing) => {
            let mut frame = frame(visitor).await;
            if seeing.is_over {
                frame.seeing = None;
            }
            let Seeing { name, is_over, account, .. } = *seeing;
            shown(visitor, frame, Kind::SeeingAs { name, is_over, account: account.to_string() }, None)
        }
        Refused::Unproven => prove_first(visitor).await,
        Refused::Invalid(_) => page(visitor, |t| Kind::BadRequest(t.problem_invalid().to_owned())).await,
        Refused::Conflict(conflict) => conflicting(visitor, conflict).await,
        Refused::TooMany(exceeded) => {
            let span = exceeded.until.since(visitor.app.store.now());
            let mut response =
                page(visitor, |_| Kind::TooMany { minutes: Some(span.as_minutes() + 1) }).await;
            response.headers_mut().insert(header::RETRY_AFTER, span.as_seconds_up().max(1).into());
            response
        }
        Refused::Busy => {
            let mut response = bare_page(visitor, Kind::Unavailable);
            response.headers_mut().insert(header::RETRY_AFTER, 1.into());
            response
        }
        Refused::Failed(error) => {
            let request = &visitor.ask.origin.request_id;
            tracing::error!(%request, error = %Chain(&error), "a request failed");
            bare_page(visitor, Kind::Internal(request.clone()))
        }
    }
}

/// A request whose form, size or type is wrong.
pub(super) async fn bad_request(visitor: &Visitor, status: StatusCode) -> Response {
    let sentence = |t: Text| match status {
        StatusCode::PAYLOAD_TOO_LARGE => t.problem_too_large().to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => t.problem_only_sent().to_owned(),
        _ => t.problem_unreadable().to_owned(),
    };
    let mut response = page(visitor, |t| Kind::BadRequest(sentence(t))).await;
    *response.status_mut() = status;
    response
}

/// A form that did not come from a page of ours.
pub(super) async fn cross_site(visitor: &Visitor) -> Response {
    refusals::note_other_site(&visitor.ask.origin);
    let mut response = page(visitor, |t| Kind::BadRequest(t.problem_cross_site().to_owned())).await;
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

/// Whether a page has the capability to manage users as its gate and is about something else: then its name would tell nothing.
fn is_of_administrators(path: &str, refusal: Refusal) -> bool {
    let section = path.strip_prefix("/accounts/").and_then(|rest| rest.split('/').nth(1));
    refusal == Refusal::Lacks(Capability::ManageUsers)
        && matches!(section, Some("activity" | "settings" | "api-keys" | "white-label" | "directory"))
}

/// What opens a mail to somebody. Signs that an address may have and a link reads otherwise are written out.
fn mail_link(email: &str) -> String {
    let mut link = "mailto:".to_owned();
    for byte in email.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'.' | b'-' | b'_' => link.push(byte.into()),
            other => link.push_str(&format!("%{other:02X}")),
        }
    }
    link
}

/// "Dana Reyes or Sam Ito"; `None` without names.
pub(crate) fn names(visitor: &Visitor, helpers: &[Helper]) -> Option<String> {
    let mut names: Vec<String> = helpers.iter().map(|helper| helper.name.clone()).collect();
    let last = names.pop()?;
    if names.is_empty() {
        return Some(last);
    }
    Some(visitor.t().common_or(names.join(", "), last))
}

/// An error with its causes, for the log.
pub(crate) struct Chain<'a>(pub(crate) &'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Whoever is signed in keeps their rail: the account's where the address is one of an account that they are in.
/// With them the person's language is known, so what is said is put into words after.
async fn page(visitor: &Visitor, kind: impl FnOnce(Text) -> Kind) -> Response {
    let frame = frame(visitor).await;
    shown(visitor, frame, kind(visitor.t()), None)
}

/// A page that asks nothing of a server which has just failed.
fn bare_page(visitor: &Visitor, kind: Kind) -> Response {
    shown(visitor, visitor.bare_frame(), kind, None)
}

async fn frame(visitor: &Visitor) -> Frame {
    if !visitor.has_session() {
        return visitor.bare_frame();
    }
    if let Some(account) = account_of(&visitor.path) {
        let place = visitor.app.read::<AccountPass<AnyUser>, ()>(&visitor.ask, account, |_, _| Ok(()));
        if let Ok((pass, ())) = place.await {
            return visitor.frame(&pass);
        }
    }
    match visitor.app.read::<SelfPass, ()>(&visitor.ask, (), |_, _| Ok(())).await {
        Ok((pass, ())) => visitor.person_frame(pass.person()),
        Err(_) => {
            // Who sees an account as somebody else is told in their own language.
            drop(visitor.app.read::<LeavePass, ()>(&visitor.ask, (), |_, _| Ok(())).await);
            visitor.bare_frame()
        }
    }
}

/// Who came to an account by their password that requires its provider. Providers send people back to the server's own host.
async fn needs_provider(visitor: &Visitor) -> Response {
    let base = visitor.own_host().map_or("", |_| visitor.app.settings.base_url.as_str());
    let ways = account_of(&visitor.path).map(|account| Ways {
        sign_in: format!("{base}{}", sign_in_path(&account)),
        link: format!("{base}/accounts/{account}/me/single-sign-on"),
    });
    page(visitor, |_| Kind::NeedsProvider(ways)).await
}

/// The account that an address is in. Whether the person has a place there is for the pass to say.
fn account_of(path: &str) -> Option<AccountId> {
    path.strip_prefix("/accounts/")?.split('/').next()?.parse().ok()
}

fn shown(visitor: &Visitor, frame: Frame, kind: Kind, sign_out_to: Option<&'static str>) -> Response {
    let status = kind.status();
    (status, Page(Problem { t: visitor.t(), frame, kind, sign_out_to })).into_response()
}

/// To the sign-in page, and from there back to where they wanted to go.
fn sign_in_first(visitor: &Visitor) -> Response {
    let wanted = if visitor.is_get() && visitor.path != "/" { visitor.path.as_str() } else { "" };
    let to = if wanted.is_empty() { "/sign-in".to_owned() } else { format!("/sign-in?next={wanted}") };
    Redirect::to(&to).into_response()
}

/// To the page where they show again that it is them, and from there back. What was sent too late was not done, and says so.
async fn prove_first(visitor: &Visitor) -> Response {
    // Who came by an account's provider has no password here, and shows it by signing in there once more.
    let bound = visitor.bound_account();
    let place = |path: &str| match &bound {
        Some(account) => sign_in_again_path(account, path),
        None => format!("/me/proof?next={path}"),
    };
    if visitor.is_get() {
        return Redirect::to(&place(&visitor.path)).into_response();
    }
    // What was sent may come from a page of this address, or from one above it.
    let mut from = visitor.path.as_str();
    while !from.is_empty() && !routes::leads_to_a_page(from) {
        from = from.rsplit_once('/').map_or("", |(above, _)| above);
    }
    page(visitor, |_| Kind::Unproven { to: place(from) }).await
}

fn closed_link(visitor: &Visitor, state: LinkState) -> Response {
    let reason = match state {
        LinkState::Unknown => invitation::Reason::Unknown,
        LinkState::Used => invitation::Reason::Used,
        LinkState::NeedsApproval { account_name } => {
            invitation::Reason::NeedsApproval { account: account_name }
        }
        LinkState::Expired { account_name, inviter } => {
            let ask = if inviter.trim().is_empty() { account_name.clone() } else { inviter };
            invitation::Reason::Expired { account: account_name, ask }
        }
    };
    let view = invitation::Closed { t: visitor.t(), frame: visitor.dead_link_frame(), reason };
    (StatusCode::GONE, Page(view)).into_response()
}

/// Conflicts that no form of their own tells. Who is signed in as somebody else than the invited can sign out at once.
async fn conflicting(visitor: &Visitor, conflict: Conflict) -> Response {
    let frame = frame(visitor).await;
    let kind = Kind::BadRequest(sentence(visitor, conflict));
    let (status, sign_out_to) = match conflict {
        Conflict::OtherAddress => (StatusCode::FORBIDDEN, Some("/invitation")),
        Conflict::NotTheAsker => (StatusCode::FORBIDDEN, Some("/login-merge")),
        _ => (StatusCode::CONFLICT, None),
    };
    let mut response = shown(visitor, frame, kind, sign_out_to);
    *response.status_mut() = status;
    response
}

/// A conflict in one sentence.
pub(crate) fn sentence(visitor: &Visitor, conflict: Conflict) -> String {
    sentence_of(visitor.t(), visitor.t().problem_this_user(), conflict)
}

/// A conflict over the user of this name, in one sentence.
pub(crate) fn sentence_of(t: Text, name: &str, conflict: Conflict) -> String {
    let name = &isolated(name);
    match conflict {
        Conflict::LastAdministrator => t.problem_last_administrator(),
        Conflict::Changed => t.problem_changed(),
        Conflict::Already(already) => return already_so(t, name, already),
        Conflict::NotNow(status) => return not_now(t, name, status),
        Conflict::NoPromotion => t.problem_no_promotion(),
        Conflict::IsPromotion => t.problem_is_promotion(),
        Conflict::WrongPassword => t.problem_wrong_password(),
        Conflict::AlreadyHere => t.problem_already_here(),
        Conflict::OtherAddress => t.problem_other_address(),
        Conflict::Unwanted => t.problem_unwanted(),
        Conflict::Elsewhere => t.problem_elsewhere(),
        Conflict::RequestsOff => t.access_request_off(),
        Conflict::TooManyCalled => t.activity_too_many_called(),
        Conflict::AddressInUse => t.problem_address_in_use(),
        Conflict::NothingToUndo => t.problem_nothing_to_undo(),
        Conflict::ChangedSince(part) => return t.problem_changed_since(part_name(t, part)),
        Conflict::OnlyCompany => t.access_change_take_last(),
        Conflict::NoLeadCenter => t.access_change_give_no_lead_center(),
        Conflict::MergeUnderWay => t.problem_merge_under_way(),
        Conflict::MergeStopped => t.problem_merge_stopped(),
        Conflict::NotTheAsker => t.problem_not_the_asker(),
        Conflict::AddressTakenSince => t.problem_address_taken_since(),
        Conflict::InACenter => t.problem_in_a_center(),
        Conflict::LastExecutive => t.problem_last_executive(),
        Conflict::TooMuchToKeep => {
            return t.problem_too_much_to_keep(app::executive_administrator::KEPT_AT_ONCE);
        }
        Conflict::OtherExecutives => t.account_center_dissolve_others(),
        Conflict::NoAdministratorOfItsOwn => t.problem_no_administrator_of_its_own(),
        Conflict::UsersNotOpen => t.problem_users_not_open(),
        Conflict::HasExecutive => t.problem_has_executive(),
        Conflict::TemporaryPasswordsOff => t.temporary_password_off(),
        Conflict::HasLogin => t.temporary_password_has_login(),
        Conflict::InvitedAsExecutive => t.temporary_password_as_executive(),
        Conflict::AddressUnproven => t.temporary_password_unproven(),
        Conflict::LastCompany => t.problem_last_company(),
        Conflict::NotAccepted => t.problem_not_accepted(),
        Conflict::OnlyOneself => t.problem_only_oneself(),
        Conflict::NotOfTheDirectory => t.problem_not_of_the_directory(),
        Conflict::BrandIncomplete => t.problem_brand_incomplete(),
        Conflict::Full => t.problem_full(),
        Conflict::NoPush => t.problem_no_push(),
        Conflict::PushNotListed => t.problem_push_not_listed(),
        Conflict::SingleSignOnFailed => t.problem_single_sign_on_failed(),
        Conflict::SingleSignOnWeak => t.problem_single_sign_on_weak(),
        Conflict::SingleSignOnUnknown => t.problem_single_sign_on_unknown(),
        Conflict::SingleSignOnTaken => t.problem_single_sign_on_taken(),
        Conflict::FullForOne => t.problem_full_for_one(),
        Conflict::PasskeyRefused => t.passkey_refused(),
        Conflict::PasskeyWeak => t.passkey_weak(),
        Conflict::SeeAsOff => t.see_as_off(),
        Conflict::SeeAsOneself => t.see_as_oneself(),
        Conflict::RequestApproved => t.toast_access_approved_before(),
    }
    .to_owned()
}

fn already_so(t: Text, name: &str, already: Already) -> String {
    match already {
        Already::Deleted => t.problem_already_deleted(name),
        Already::Suspended => t.problem_already_suspended(name),
        Already::Active => t.problem_already_active(name),
        Already::OfType(user_type) => t.problem_already_of_type(name, user_type.label(t).to_lowercase()),
        Already::HasCompany => t.problem_already_has_company(name),
        Already::HasAllCompanies => t.problem_already_has_all(name),
        Already::LacksCompany => t.problem_already_lacks_company(name),
        Already::NotInvited => t.problem_already_not_invited(name),
    }
}

fn not_now(t: Text, name: &str, status: UserStatus) -> String {
    match status {
        UserStatus::Active => t.problem_already_active(name),
        UserStatus::Pending => t.problem_not_now_pending(name),
        UserStatus::Suspended => t.problem_not_now_suspended(name),
        UserStatus::Deleted => t.problem_already_deleted(name),
    }
}
