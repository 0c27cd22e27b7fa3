//! What lies in an account, but for its users and companies.

use domain::activity::Verb;

use crate::http::route::{Route, get, get_data, get_events, post, post_file};
use crate::pages::{
    access_review, account, activity, alert, api_key, brand, directory, events, lead_center, may, me,
    permission, second_factor_rule, single_sign_on,
};

/// All of them.
pub(super) fn all() -> Vec<Route> {
    [account(), account_ways()].into_iter().flatten().collect()
}

fn account() -> Vec<Route> {
    vec![
        get("/accounts/{account}", account::home),
        get("/accounts/{account}/me", me::own_page),
        post("/accounts/{account}/me", me::change_own).records(&[Verb::UserChanged]),
        get("/accounts/{account}/me/single-sign-on", single_sign_on::own_page),
        post("/accounts/{account}/me/single-sign-on", single_sign_on::link),
        post("/accounts/{account}/me/single-sign-on/end", single_sign_on::unlink)
            .records(&[Verb::SingleSignOnUnlinked]),
        get("/accounts/{account}/single-sign-on", single_sign_on::page),
        post("/accounts/{account}/single-sign-on", single_sign_on::connect)
            .records(&[Verb::SingleSignOnConnected]),
        post("/accounts/{account}/single-sign-on/require", single_sign_on::require)
            .records(&[Verb::SingleSignOnRequired]),
        post("/accounts/{account}/single-sign-on/end", single_sign_on::end)
            .records(&[Verb::SingleSignOnEnded]),
        get("/accounts/{account}/alerts", alert::page),
        post("/accounts/{account}/alerts", alert::create).records(&[Verb::NotificationCreated]),
        post("/accounts/{account}/alerts/{notification}", alert::change)
            .records(&[Verb::NotificationChanged]),
        post("/accounts/{account}/alerts/{notification}/remove", alert::remove)
            .records(&[Verb::NotificationRemoved]),
        post("/accounts/{account}/summaries", alert::summary::create).records(&[Verb::SummaryEmailCreated]),
        post("/accounts/{account}/summaries/{summary_email}", alert::summary::change)
            .records(&[Verb::SummaryEmailChanged]),
        post("/accounts/{account}/summaries/{summary_email}/remove", alert::summary::remove)
            .records(&[Verb::SummaryEmailRemoved]),
        get("/accounts/{account}/lead-center", lead_center::home),
        get("/accounts/{account}/settings", account::settings),
        post("/accounts/{account}/settings", account::change).records(&[Verb::AccountChanged]),
        get("/accounts/{account}/settings/second-factor", second_factor_rule::page),
        post("/accounts/{account}/settings/second-factor", second_factor_rule::set)
            .records(&[Verb::AccountChanged]),
        post("/accounts/{account}/settings/request-link", account::renew_request_link)
            .records(&[Verb::RequestLinkRenewed]),
    ]
}

fn account_ways() -> Vec<Route> {
    vec![
        get("/accounts/{account}/white-label", brand::page),
        post_file("/accounts/{account}/white-label", brand::FORM, brand::change)
            .records(&[Verb::BrandChanged]),
        post("/accounts/{account}/white-label/host", brand::change_host).records(&[Verb::BrandHostWanted]),
        post("/accounts/{account}/white-label/host/prove", brand::prove_host)
            .records(&[Verb::BrandHostGiven]),
        post("/accounts/{account}/white-label/on", brand::switch_on).records(&[Verb::BrandOn]),
        post("/accounts/{account}/white-label/off", brand::switch_off).records(&[Verb::BrandOff]),
        get("/accounts/{account}/white-label/preview", brand::preview::page_of_all),
        post("/accounts/{account}/white-label/preview", brand::preview::see_all)
            .records(&[Verb::BrandPreviewed]),
        get("/accounts/{account}/white-label/preview/{what}", brand::preview::page),
        post("/accounts/{account}/white-label/preview/{what}", brand::preview::see)
            .records(&[Verb::BrandPreviewed]),
        get("/accounts/{account}/white-label/preview/{what}/content", brand::preview::content),
        get("/accounts/{account}/directory", directory::page),
        post("/accounts/{account}/directory", directory::turn_on)
            .records(&[Verb::DirectoryOn, Verb::DirectoryTokenMade]),
        post("/accounts/{account}/directory/change", directory::change).records(&[Verb::DirectoryChanged]),
        get("/accounts/{account}/directory/off", directory::turn_off_page),
        post("/accounts/{account}/directory/off", directory::turn_off).records(&[Verb::DirectoryOff]),
        post("/accounts/{account}/directory/tokens", directory::make_token)
            .records(&[Verb::DirectoryTokenMade]),
        get("/accounts/{account}/directory/tokens/{directory_token}/end", directory::end_token_page),
        post("/accounts/{account}/directory/tokens/{directory_token}/end", directory::end_token)
            .records(&[Verb::DirectoryTokenEnded]),
        get("/accounts/{account}/directory/groups/{directory_group}", directory::group_page),
        post("/accounts/{account}/directory/groups/{directory_group}", directory::map)
            .records(&[Verb::DirectoryGroupMapped]),
        get("/accounts/{account}/activity", activity::list::list),
        get("/accounts/{account}/activity.csv", activity::export::table),
        get("/accounts/{account}/activity.jsonl", activity::export::lines),
        get("/accounts/{account}/api-keys", api_key::account::list),
        get("/accounts/{account}/api-keys/{api_key}/end", api_key::account::end_page),
        post("/accounts/{account}/api-keys/{api_key}/end", api_key::account::end)
            .records(&[Verb::ApiKeyEnded]),
        get("/accounts/{account}/permissions", permission::matrix),
        get("/accounts/{account}/access-reviews", access_review::list),
        post("/accounts/{account}/access-reviews", access_review::start)
            .records(&[Verb::AccessReviewStarted]),
        get("/accounts/{account}/access-reviews/{access_review}", access_review::show),
        get("/accounts/{account}/access-reviews/{access_review}/users/{user}", access_review::decide::page),
        post(
            "/accounts/{account}/access-reviews/{access_review}/users/{user}",
            access_review::decide::decide,
        )
        .records(&[Verb::AccessReviewDecided]),
        get("/accounts/{account}/access-reviews/{access_review}/finish", access_review::finish::page),
        post("/accounts/{account}/access-reviews/{access_review}/finish", access_review::finish::finish)
            .records(&[Verb::AccessReviewFinished]),
        get(
            "/accounts/{account}/access-reviews/{access_review}/outcome.csv",
            access_review::export::download,
        ),
        get_events("/accounts/{account}/events", events::stream),
        get_data("/accounts/{account}/may/{capability}", may::may),
    ]
}
