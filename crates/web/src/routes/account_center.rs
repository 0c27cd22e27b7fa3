//! What lies in an account center.

use domain::activity::Verb;

use crate::http::route::{Route, get, post, post_large};
use crate::pages::{
    account_center, center_change, center_person, executive_administrator, job, second_factor_rule,
};

/// All of them.
pub(super) fn all() -> Vec<Route> {
    [account_centers(), center_users()].into_iter().flatten().collect()
}

fn account_centers() -> Vec<Route> {
    vec![
        get("/account-centers", account_center::choose),
        get("/account-centers/new", account_center::new_page),
        post("/account-centers/new", account_center::create).records(&[
            Verb::CenterCreated,
            Verb::CenterAccountLinked,
            Verb::CenterAccountLinked,
            Verb::CenterAccountLinked,
            Verb::CenterAccountLinked,
        ]),
        get("/account-centers/{account_center}", account_center::dashboard),
        get("/account-centers/{account_center}/activity", account_center::activity),
        get("/account-centers/{account_center}/accounts/link", account_center::accounts::link_page),
        post("/account-centers/{account_center}/accounts/link", account_center::accounts::link)
            .records(&[Verb::CenterAccountLinked, Verb::CenterAccountLinked]),
        get("/account-centers/{account_center}/accounts/new", account_center::accounts::new_page),
        post("/account-centers/{account_center}/accounts/new", account_center::accounts::create).records(&[
            Verb::AccountCreated,
            Verb::UserCreated,
            Verb::CenterAccountLinked,
            Verb::CenterAccountLinked,
        ]),
        get(
            "/account-centers/{account_center}/accounts/{account}/unlink",
            account_center::accounts::unlink_page,
        ),
        post("/account-centers/{account_center}/accounts/{account}/unlink", account_center::accounts::unlink)
            .records(&[Verb::CenterAccountUnlinked, Verb::CenterAccountUnlinked]),
        get("/accounts/{account}/settings/leave-center", account_center::accounts::leave_page),
        post("/accounts/{account}/settings/leave-center", account_center::accounts::leave)
            .records(&[Verb::CenterAccountUnlinked, Verb::CenterAccountUnlinked]),
        get("/account-centers/{account_center}/settings", account_center::settings::page),
        post("/account-centers/{account_center}/settings", account_center::settings::change)
            .records(&[Verb::CenterChanged]),
        get("/account-centers/{account_center}/settings/second-factor", second_factor_rule::center_page),
        post("/account-centers/{account_center}/settings/second-factor", second_factor_rule::set_of_center)
            .records(&[Verb::CenterChanged]),
        get("/account-centers/{account_center}/dissolve", account_center::settings::dissolve_page),
        post("/account-centers/{account_center}/dissolve", account_center::settings::dissolve).records(&[
            Verb::CenterAccountUnlinked,
            Verb::CenterAccountUnlinked,
            Verb::CenterDissolved,
        ]),
        get("/account-centers/{account_center}/users", center_person::list),
        get("/account-centers/{account_center}/users/{person}", center_person::page),
        get("/account-centers/{account_center}/users/{person}/change", center_change::page),
        post("/account-centers/{account_center}/users/{person}/change", center_change::step),
        post("/account-centers/{account_center}/users/{person}/change/make", center_change::make)
            .records(&[Verb::UserCreated, Verb::UserDeleted]),
        post("/account-centers/{account_center}/users-open", account_center::open_users)
            .records(&[Verb::CenterUsersOpened]),
        get("/account-centers/{account_center}/executives", executive_administrator::list),
        get("/account-centers/{account_center}/executives/first", executive_administrator::first_page),
        post("/account-centers/{account_center}/executives/first", executive_administrator::make_first)
            .records(&[Verb::ExecutiveMade]),
        get("/account-centers/{account_center}/executives/new", executive_administrator::new_page),
        post("/account-centers/{account_center}/executives/new", executive_administrator::invite).records(&[
            Verb::UserCreated,
            Verb::InvitationSent,
            Verb::ExecutiveInvited,
        ]),
        get("/account-centers/{account_center}/executives/{login}/make", executive_administrator::make_page),
        post("/account-centers/{account_center}/executives/{login}/make", executive_administrator::make)
            .records(&[Verb::ExecutiveMade]),
        get("/account-centers/{account_center}/executives/{login}/end", executive_administrator::end_page),
        post("/account-centers/{account_center}/executives/{login}/end", executive_administrator::end)
            .records(&[Verb::ExecutiveUnmade]),
    ]
}

fn center_users() -> Vec<Route> {
    vec![
        get("/account-centers/{account_center}/users/new", center_person::create::page),
        post_large("/account-centers/{account_center}/users/new", center_person::create::step),
        post_large("/account-centers/{account_center}/users/create", center_person::create::create)
            .records(&[Verb::JobStarted]),
        get("/account-centers/{account_center}/jobs", job::across::list),
        post_large("/account-centers/{account_center}/jobs", job::across::start).records(&[Verb::JobStarted]),
        get("/account-centers/{account_center}/jobs/new", job::across::page),
        post_large("/account-centers/{account_center}/jobs/new", job::across::check),
        get("/account-centers/{account_center}/jobs/new/template.csv", job::across::template),
        get("/account-centers/{account_center}/jobs/{job}", job::across::show),
        get("/account-centers/{account_center}/jobs/{job}/report.csv", job::across::report),
        post("/account-centers/{account_center}/jobs/{job}/cancel", job::across::cancel)
            .records(&[Verb::JobCancelled]),
    ]
}
