//! View models: what a page shows, ready to be shown, and nothing else.
//!
//! Each page is one struct with its template in `templates/<noun>/<page>.html`. A handler fills the struct and
//! answers with [`Page`]; texts come from the catalogue `t`, what surrounds the page from its [`Frame`].
//! Every form posts to the address it is shown at, unless its view says otherwise.

pub mod access_change;
pub mod access_map;
pub mod access_request;
pub mod access_review;
pub mod account;
pub mod account_center;
pub mod activity;
pub mod alert;
pub mod api;
pub mod api_key;
pub mod brand;
pub mod capability;
pub mod center_change;
pub mod center_person;
pub mod company;
pub mod company_user;
pub mod directory;
pub mod email_change;
pub mod ending;
pub mod executive_administrator;
pub mod form;
pub mod frame;
pub mod invitation;
pub mod invitation_block;
pub mod job;
pub mod lead_center;
pub mod login_merge;
pub mod me;
pub mod operator;
pub mod passkey;
pub mod permission;
pub mod problem;
pub mod proof;
pub mod push;
pub mod refusal;
pub mod second_factor;
pub mod second_factor_rule;
pub mod see_as;
pub mod session;
pub mod setup;
pub mod single_sign_on;
pub mod temporary_password;
pub mod unsubscribe;
pub mod user;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

pub use form::{Field, SummaryLine};
pub use frame::{
    AccountMark, Choice, Frame, Icon, NavItem, Pager, PersonMark, SeeingMark, Toast, When, isolated,
};

/// A view as an answer: `Page(view)` is 200, `(StatusCode::UNPROCESSABLE_ENTITY, Page(view))` a form with errors.
#[derive(Clone, Debug)]
pub struct Page<V>(pub V);

impl<V: Template> IntoResponse for Page<V> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(%error, view = std::any::type_name::<V>(), "a template failed");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
