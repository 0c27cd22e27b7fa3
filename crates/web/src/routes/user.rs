//! The users and companies of an account, and its lists of users.

use domain::activity::Verb;

use crate::http::route::{Route, get, get_data, post, post_large};
use crate::pages::{
    access_map, access_request, alert, company, company_user, job, see_as, temporary_password, user,
};

/// All of them.
pub(super) fn all() -> Vec<Route> {
    [users(), jobs(), companies()].into_iter().flatten().collect()
}

fn users() -> Vec<Route> {
    vec![
        get("/accounts/{account}/users", user::list),
        get_data("/accounts/{account}/users.json", user::list_json::list),
        post("/accounts/{account}/users", user::create::create)
            .records(&[Verb::UserCreated, Verb::InvitationSent]),
        get("/accounts/{account}/users/new", user::create::page),
        post("/accounts/{account}/users/new", user::create::step),
        get("/accounts/{account}/users/map", access_map::account),
        post("/accounts/{account}/users/access-offer", user::create::offer).records(&[Verb::AccessOffered]),
        get("/accounts/{account}/users/access-requests", access_request::decide::list),
        get("/accounts/{account}/users/access-requests/{access_request}", access_request::decide::page),
        post(
            "/accounts/{account}/users/access-requests/{access_request}/approve",
            access_request::decide::approve,
        )
        .records(&[Verb::AccessApproved, Verb::UserCreated]),
        post(
            "/accounts/{account}/users/access-requests/{access_request}/decline",
            access_request::decide::decline,
        )
        .records(&[Verb::AccessDeclined]),
        get("/accounts/{account}/users/{user}", user::edit::page),
        post("/accounts/{account}/users/{user}", user::edit::change).records(&[Verb::UserChanged]),
        get("/accounts/{account}/users/{user}/access", user::access::page),
        get("/accounts/{account}/users/{user}/explain", user::explain::page),
        get_data("/accounts/{account}/users/{user}/explain.json", user::explain::data),
        get("/accounts/{account}/users/{user}/created", user::create::created),
        get("/accounts/{account}/users/{user}/promote/{type}", user::promote::page),
        post("/accounts/{account}/users/{user}/promote/{type}", user::promote::promote)
            .records(&[Verb::UserPromoted]),
        get("/accounts/{account}/users/{user}/change/{type}", user::replace::page),
        post("/accounts/{account}/users/{user}/change/{type}", user::replace::replace)
            .records(&[Verb::UserReplaced]),
        get("/accounts/{account}/users/{user}/suspend", user::change::suspend_page),
        post("/accounts/{account}/users/{user}/suspend", user::change::suspend)
            .records(&[Verb::UserSuspended]),
        get("/accounts/{account}/users/{user}/restore", user::change::restore_page),
        post("/accounts/{account}/users/{user}/restore", user::change::restore)
            .records(&[Verb::UserRestored]),
        get("/accounts/{account}/users/{user}/end", user::end::page),
        post("/accounts/{account}/users/{user}/end", user::end::set).records(&[Verb::UserEndSet]),
        get("/accounts/{account}/users/{user}/delete", user::change::delete_page),
        post("/accounts/{account}/users/{user}/delete", user::change::delete).records(&[Verb::UserDeleted]),
        get("/accounts/{account}/users/{user}/undo", user::undo::page),
        post("/accounts/{account}/users/{user}/undo", user::undo::undo).records(&[Verb::UserUndone]),
        post("/accounts/{account}/users/{user}/invitation", user::invitation::resend)
            .records(&[Verb::InvitationSent]),
        get("/accounts/{account}/users/{user}/invitation/address", user::mend::page),
        post("/accounts/{account}/users/{user}/invitation/address", user::mend::mend)
            .records(&[Verb::InvitationMended, Verb::InvitationSent]),
        get("/accounts/{account}/users/{user}/invitation/revoke", user::invitation::revoke_page),
        post("/accounts/{account}/users/{user}/invitation/revoke", user::invitation::revoke)
            .records(&[Verb::InvitationRevoked]),
        get("/accounts/{account}/users/{user}/see-as", see_as::page),
        post("/accounts/{account}/users/{user}/see-as", see_as::start).records(&[Verb::SeeAsStarted]),
        get("/accounts/{account}/users/{user}/temporary-password", temporary_password::set_page),
        post("/accounts/{account}/users/{user}/temporary-password", temporary_password::set)
            .records(&[Verb::TemporaryPasswordSet]),
        post("/accounts/{account}/users/{user}/temporary-password/end", temporary_password::end)
            .records(&[Verb::TemporaryPasswordEnded]),
    ]
}

fn jobs() -> Vec<Route> {
    vec![
        get("/accounts/{account}/jobs", job::list),
        post_large("/accounts/{account}/jobs", job::start).records(&[Verb::JobStarted]),
        get("/accounts/{account}/jobs/new", job::page),
        post_large("/accounts/{account}/jobs/new", job::check),
        get("/accounts/{account}/jobs/new/template.csv", job::template),
        get("/accounts/{account}/jobs/{job}", job::show),
        get("/accounts/{account}/jobs/{job}/report.csv", job::report),
        post("/accounts/{account}/jobs/{job}/cancel", job::cancel).records(&[Verb::JobCancelled]),
    ]
}

fn companies() -> Vec<Route> {
    vec![
        get("/accounts/{account}/companies", company::list),
        get("/accounts/{account}/companies/new", company::new_page),
        post("/accounts/{account}/companies/new", company::create).records(&[Verb::CompanyCreated]),
        get("/accounts/{account}/companies/{company}", company::page),
        post("/accounts/{account}/companies/{company}", company::change).records(&[Verb::CompanyChanged]),
        get("/accounts/{account}/companies/{company}/users", company_user::list),
        get("/accounts/{account}/companies/{company}/users/invite", company_user::invite),
        get("/accounts/{account}/companies/{company}/users/{user}/give", company_user::give_page),
        post("/accounts/{account}/companies/{company}/users/{user}/give", company_user::give)
            .records(&[Verb::UserChanged]),
        get("/accounts/{account}/companies/{company}/users/{user}/take", company_user::take_page),
        post("/accounts/{account}/companies/{company}/users/{user}/take", company_user::take)
            .records(&[Verb::UserChanged]),
        get("/accounts/{account}/companies/{company}/alerts", alert::test::page),
        post("/accounts/{account}/companies/{company}/alerts", alert::test::send)
            .records(&[Verb::AlertTested]),
        get("/accounts/{account}/companies/{company}/disable", company::disable_page),
        post("/accounts/{account}/companies/{company}/disable", company::disable)
            .records(&[Verb::CompanyDisabled]),
        post("/accounts/{account}/companies/{company}/enable", company::enable)
            .records(&[Verb::CompanyEnabled]),
    ]
}
