//! Pages that change somebody's access: nothing is done unseen, and who is too late is told what is so by now.

use domain::user::UserType;
use http::{Method, StatusCode};

use crate::site::{Reply, Site};

/// Every change, with what its form carries beside the version.
fn changes(site: &Site) -> Vec<(String, String)> {
    let (user, company) = (format!("/accounts/{}/users/{}", site.account.id, site.user), &site.company);
    let given =
        format!("/accounts/{}/companies/{}/users/{}/give", site.account.id, site.other_company, site.user);
    let taken = format!("/accounts/{}/companies/{company}/users/{}/take", site.account.id, site.user);
    let pending = format!("/accounts/{}/users/{}/invitation/revoke", site.account.id, site.pending);
    vec![
        (format!("{user}/suspend"), String::new()),
        (format!("{user}/delete"), String::new()),
        (format!("{user}/end"), "ends_on=2099-12-31".into()),
        (format!("{user}/promote/manager"), String::new()),
        (format!("{user}/change/agent"), format!("company={company}")),
        (user, format!("go=confirm&first_name=Una&last_name=Ford&company={}", site.other_company)),
        (given, String::new()),
        (taken, String::new()),
        (pending, String::new()),
    ]
}

async fn post(site: &Site, path: &str, form: &str) -> Reply {
    site.ask(&Method::POST, path, site.admin(), form).await
}

/// U-17, U-14, U-06. Seen to fail: with another version taken where it is missing or garbled.
#[tokio::test(flavor = "multi_thread")]
async fn u17_what_was_not_seen_is_not_done_and_the_page_stands_there_again() {
    for site in Site::everywhere().await {
        let before = site.rows();
        // Giving takes a second company, so that one can be taken.
        for (path, rest) in changes(&site) {
            for version in ["", "&version=", "&version=x", "&version=-1", "&version=99", "&version=0.0"] {
                let reply = post(&site, &path, format!("{rest}{version}").trim_start_matches('&')).await;
                assert_eq!(reply.status, StatusCode::CONFLICT, "{path} {version}");
                if path.ends_with("/take") {
                    assert!(reply.body.contains("This is their only company."), "{path} {version}");
                    continue;
                }
                assert!(
                    reply.body.contains("This is how it stands now."),
                    "{path} {version}: {}",
                    reply.body
                );
                let id = if path.ends_with("revoke") { &site.pending } else { &site.user };
                let version = site.version(id.as_str()).replace("version=", "name=\"version\" value=\"");
                let again = [format!("{version}\""), format!("action=\"{path}\"")];
                assert!(again.iter().all(|part| reply.body.contains(part)), "{path}: {}", reply.body);
            }
        }
        assert!(before == site.rows(), "something was changed unseen");
        let edit = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let typed = format!("go=confirm&first_name=Una&last_name=Fjord&company={}", site.other_company);
        let again = post(&site, &edit, &typed).await.body;
        assert!(
            again.contains("value=\"Fjord\"") && again.contains(site.other_company.as_str()),
            "nothing is lost"
        );
    }
}

/// U-20, U-11, U-08, U-10. Seen to fail: with `problem_changed` for who is suspended already.
#[tokio::test(flavor = "multi_thread")]
async fn u20_who_is_too_late_is_told_that_it_is_done_already() {
    for site in Site::everywhere().await {
        let users = format!("/accounts/{}/users", site.account.id);
        let only = [site.company.clone()];
        let (id, _) = site.account.join("hugo@example.com", UserType::Reporting, &only).await;
        let twice = [
            ("suspend", "is already suspended."),
            ("restore", "is already active"),
            ("promote/manager", "has the type manager already."),
            ("change/reporting", "has the type reporting already."),
            ("delete", "has been deleted already."),
        ];
        for (what, told) in twice {
            let path = format!("{users}/{id}/{what}");
            let form = format!("{}&company={}", site.version(id.as_str()), site.company);
            let form = if what.starts_with("change") { form } else { site.version(id.as_str()) };
            let first = post(&site, &path, &form).await;
            assert_eq!(first.status, StatusCode::SEE_OTHER, "{what}: {}", first.body);
            let again = post(&site, &path, &form).await;
            assert_eq!(again.status, StatusCode::CONFLICT, "{what}");
            assert!(again.body.contains(&format!("Hugo Reyes {told}")), "{what}: {}", again.body);
        }
    }
}

/// U-11, U-22. Seen to fail: with `deleted` left out of `edit::page`.
#[tokio::test(flavor = "multi_thread")]
async fn u22_the_page_of_a_deleted_user_leads_to_undo_for_thirty_days() {
    for site in Site::everywhere().await {
        let page = format!("/accounts/{}/users/{}", site.account.id, site.deleted);
        let undo = format!("href=\"{page}/undo\"");
        for (standing, ask) in site.people() {
            let reply = site.ask(&Method::GET, &page, ask, "").await;
            let may = standing == crate::site::Standing::Member(UserType::Administrator);
            assert_eq!(reply.body.contains(&undo), may, "{standing:?}");
            assert_eq!(reply.body.contains("Deleted Reyes has been deleted already."), may, "{standing:?}");
            assert!(!may || reply.status == StatusCode::NOT_FOUND, "{standing:?}");
        }
        site.world.sql(&format!("UPDATE \"user\" SET deleted_at = 1 WHERE id = '{}'", site.deleted));
        let reply = site.ask(&Method::GET, &page, site.admin(), "").await;
        assert!(reply.status == StatusCode::NOT_FOUND && !reply.body.contains("Deleted Reyes"));
    }
}

/// U-11, U-08, U-17. Seen to fail: with the list as the place after an edit.
#[tokio::test(flavor = "multi_thread")]
async fn u08_every_change_leads_back_to_the_user_and_a_deletion_to_the_list() {
    for site in Site::everywhere().await {
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let names = format!("go=confirm&first_name=Una&last_name=Ford&company={}", site.company);
        for (what, form, to) in [
            ("/promote/manager", "", user.as_str()),
            ("/suspend", "", &user),
            ("/restore", "", &user),
            ("/end", "ends_on=2099-12-31", &user),
            ("", &names, &user),
            ("/undo", "", &user),
            ("/delete", "", user.strip_suffix(&format!("/{}", site.user)).expect("a page below the list")),
        ] {
            let form = format!("{form}&{}", site.version(site.user.as_str()));
            let reply = post(&site, &format!("{user}{what}"), form.trim_start_matches('&')).await;
            assert_eq!(
                (reply.status, reply.location()),
                (StatusCode::SEE_OTHER, to),
                "{what}: {}",
                reply.body
            );
        }
    }
}

/// U-05, U-20, U-21. What waits for somebody is shown. Seen to fail: with `Line::new` for what is lost.
#[tokio::test(flavor = "multi_thread")]
async fn u05_the_effects_page_says_what_waits_and_what_is_left() {
    for site in Site::everywhere().await {
        let users = format!("/accounts/{}/users", site.account.id);
        let look = async |id: &str, what: &str| {
            site.ask(&Method::GET, &format!("{users}/{id}/{what}"), site.admin(), "").await.body
        };
        let pending = look(site.pending.as_str(), "change/agent").await;
        assert!(pending.contains("What stands here holds once they do."), "{pending}");
        assert!(pending.contains("Listen to recordings") && !pending.contains(">Nothing</p><p"), "{pending}");
        assert!(look(site.pending.as_str(), "delete").await.contains("they never had"));
        let lower = look(site.user.as_str(), "change/agent").await;
        assert!(
            lower.contains("(except in Lead Center)") && !lower.contains("(Lead Center only)"),
            "{lower}"
        );
        let (id, _) = site.account.join("ann@example.com", UserType::Administrator, &[]).await;
        post(&site, &format!("{users}/{id}/suspend"), &site.version(id.as_str())).await;
        let page = site.ask(&Method::GET, &format!("{users}/{id}"), site.admin(), "").await.body;
        assert!(page.contains("Restoring switches") && !page.contains("Suspending switches"), "{page}");
        let undo = look(id.as_str(), "undo").await;
        assert!(undo.contains("go to ann@example.com from now on"), "{undo}");
        assert!(
            undo.contains("Nobody is told of this change by email.") && !undo.contains("No email is sent")
        );
    }
}

/// U-01. Seen to fail: with `has_address` not heeded.
#[tokio::test(flavor = "multi_thread")]
async fn u01_an_address_of_a_user_is_found_where_it_is_typed() {
    for site in Site::everywhere().await {
        let path = format!("/accounts/{}/users/new", site.account.id);
        let form = |email: &str| {
            format!("step=info&go=next&agent=no&user_type=reporting&first_name=A&last_name=B&email={email}")
        };
        let reply = post(&site, &path, &form("User%40Example.com")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reply.body.contains("id=\"email-error\"") && reply.body.contains("Who is it?"),
            "{}",
            reply.body
        );
        for free in ["deleted%40example.com", "nova%40example.com", "foreign%40example.com"] {
            assert_eq!(post(&site, &path, &form(free)).await.status, StatusCode::OK, "{free}");
        }
    }
}

/// U-18. Seen to fail: without the comparison in `change_password`.
#[tokio::test(flavor = "multi_thread")]
async fn u18_the_present_password_is_no_new_one() {
    for site in Site::everywhere().await {
        let password = testkit::PASSWORD.replace(' ', "+");
        let reply =
            post(&site, "/me/password", &format!("password={password}&new_password={password}")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("This is your present password. Choose another one."), "{}", reply.body);
        let wrong = post(&site, "/me/password", &format!("password=x&new_password={password}")).await;
        assert!(
            !wrong.body.contains("This is your present password."),
            "who does not know it learns nothing"
        );
    }
}

/// A-05, U-21. Seen to fail: with `status` left out of `shown_value`.
#[tokio::test(flavor = "multi_thread")]
async fn a05_the_activity_says_states_and_days_in_words() {
    for site in Site::everywhere().await {
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        for (what, form) in [("end", "ends_on=2099-12-31&"), ("suspend", "")] {
            post(&site, &format!("{user}/{what}"), &format!("{form}{}", site.version(site.user.as_str())))
                .await;
        }
        let path = format!("/accounts/{}/activity", site.account.id);
        let page = site.ask(&Method::GET, &path, site.admin(), "").await.body;
        assert!(page.contains("31 Dec 2099") && page.contains(">Suspended</ins>"), "{page}");
        assert!(!page.contains("T00:00:00Z") && !page.contains("suspended<"), "{page}");
    }
}

/// A-05, G-01. Seen to fail: with the names of companies in use alone.
#[tokio::test(flavor = "multi_thread")]
async fn a05_the_activity_names_companies_that_are_disabled_by_now() {
    for site in Site::everywhere().await {
        let companies = format!("/accounts/{}/companies", site.account.id);
        let give = format!("{companies}/{}/users/{}/give", site.other_company, site.user);
        post(&site, &give, &site.version(site.user.as_str())).await;
        site.account.company("Stays").await;
        for company in [&site.company, &site.other_company] {
            let reply = post(&site, &format!("{companies}/{company}/disable"), "").await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let path = format!("/accounts/{}/activity", site.account.id);
        let page = site.ask(&Method::GET, &path, site.admin(), "").await.body;
        assert!(page.contains(">Riverside, 1 as before</ins>"), "{page}");
        assert!(page.contains(">Downtown</ins>"), "{page}");
        assert!(!page.contains(">COM"), "{page}");
    }
}

fn ticked(company: &domain::id::CompanyId) -> String {
    format!("value=\"{company}\" checked")
}

/// U-17. Seen to fail: with a link to the user's page for Cancel.
#[tokio::test(flavor = "multi_thread")]
async fn u17_cancel_leads_back_to_the_form_with_what_was_typed() {
    for site in Site::everywhere().await {
        let before = site.rows();
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let typed = format!("first_name=Zoe&last_name=Fjord&display_name=Z&company={}", site.other_company);
        let typed = format!("{typed}&{}", site.version(site.user.as_str()));
        let review = post(&site, &user, &format!("go=save&{typed}")).await;
        assert_eq!(review.status, StatusCode::OK);
        assert!(review.body.contains("name=\"go\" value=\"back\">Cancel<"), "{}", review.body);
        let form = post(&site, &user, &format!("go=back&{typed}")).await;
        assert_eq!(form.status, StatusCode::OK);
        for kept in ["value=\"Zoe\"", "value=\"Fjord\"", "value=\"Z\"", &ticked(&site.other_company)] {
            assert!(form.body.contains(kept), "{kept}: {}", form.body);
        }
        assert!(!form.body.contains(&ticked(&site.company)) && before == site.rows());
    }
}

/// U-17, U-14. What somebody else has given meanwhile is shown, and not as lost. Seen to fail: with every form taken for
/// one of the present version.
#[tokio::test(flavor = "multi_thread")]
async fn u17_who_saves_an_old_form_is_shown_how_it_stands_now() {
    for site in Site::everywhere().await {
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let seen = site.version(site.user.as_str());
        let give = format!(
            "/accounts/{}/companies/{}/users/{}/give",
            site.account.id, site.other_company, site.user
        );
        assert_eq!(post(&site, &give, &seen).await.status, StatusCode::SEE_OTHER);
        let before = site.rows();
        let typed = format!("first_name=Zoe&last_name=Fjord&company={}", site.company);
        for go in ["save", "confirm"] {
            let reply = post(&site, &user, &format!("go={go}&{typed}&{seen}")).await;
            assert_eq!(reply.status, StatusCode::CONFLICT, "{go}");
            let now = site.version(site.user.as_str()).replace("version=", "name=\"version\" value=\"");
            let shown = ["Nothing was saved", "Latest change: companies changed by ", "value=\"Zoe\"", &now];
            for part in shown
                .into_iter()
                .chain([ticked(&site.company), ticked(&site.other_company)].iter().map(String::as_str))
            {
                assert!(reply.body.contains(part), "{go} {part}: {}", reply.body);
            }
            assert!(!reply.body.contains("Companies lost"), "{go}");
        }
        assert!(before == site.rows());
        let again = format!("go=save&{typed}&company={}", site.other_company);
        let again = format!("{again}&{}", site.version(site.user.as_str()));
        assert_eq!(
            post(&site, &user, &again).await.status,
            StatusCode::SEE_OTHER,
            "only names are left to save"
        );
    }
}

/// U-17. A name that somebody else has typed meanwhile is not taken back. Seen to fail: without
/// `shows_other`, and with an empty name taken for one that was not shown.
#[tokio::test(flavor = "multi_thread")]
async fn u17_an_old_form_takes_no_name_back() {
    for site in Site::everywhere().await {
        let user = format!("/accounts/{}/users/{}", site.account.id, site.user);
        let names = "SELECT first_name, last_name, display_name FROM \"user\" WHERE id = ";
        let names = || site.world.sql(&format!("{names}'{}'", site.user))[0].clone();
        let before = names();
        let seen = format!("company={}&{}", site.company, site.version(site.user.as_str()));
        let seen = format!("{seen}&was={}&was={}&was=", before[0], before[1]);
        let first = format!("go=save&{seen}&first_name=Zoe&last_name={}&display_name=Zed", before[1]);
        assert_eq!(post(&site, &user, &first).await.status, StatusCode::SEE_OTHER);
        for go in ["save", "confirm"] {
            let second = format!("go={go}&{seen}&first_name={}&last_name=Fjord", before[0]);
            let reply = post(&site, &user, &second).await;
            assert_eq!(reply.status, StatusCode::CONFLICT, "{go}");
            for part in [
                "id=\"first_name\" name=\"first_name\" type=\"text\" value=\"Zoe\"",
                "value=\"Fjord\"",
                "value=\"Zed\" autocomplete",
            ] {
                assert!(reply.body.contains(part), "{go} {part}: {}", reply.body);
            }
        }
        assert_eq!(names(), ["Zoe", before[1].as_str(), "Zed"]);
    }
}

/// G-01. Seen to fail: with the count of users alone.
#[tokio::test(flavor = "multi_thread")]
async fn g01_the_page_before_disabling_says_whom_it_concerns() {
    for site in Site::everywhere().await {
        let path = format!("/accounts/{}/companies/{}/disable", site.account.id, site.company);
        let page = site.ask(&Method::GET, &path, site.admin(), "").await.body;
        for told in [
            "5 users no longer see it.",
            "5 users have no other company in use",
            "1 user who has it has not accepted the invitation yet.",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
        let path = path.replace(site.company.as_str(), site.other_company.as_str());
        let page = site.ask(&Method::GET, &path, site.admin(), "").await.body;
        assert!(!page.contains("no longer see") && !page.contains("invitation"), "{page}");
    }
}

/// U-13, U-21. Whose access ends is told so where they create somebody and where they set a last day, and why they can do
/// no more. Seen to fail: without `own_last_day` on the page of a new user, and without `end_own` on that of a last day.
#[tokio::test(flavor = "multi_thread")]
async fn u13_u21_whose_access_ends_is_told_what_follows_for_others() {
    for site in Site::everywhere().await {
        let users = format!("/accounts/{}/users", site.account.id);
        let look =
            async |path: &str| site.ask(&Method::GET, &format!("{users}/{path}"), site.admin(), "").await;
        let (new, end) = ("new".to_owned(), format!("{}/end", site.user));
        let told = "Your own access";
        for path in [&new, &end] {
            assert!(!look(path).await.body.contains(told), "{path}");
        }
        let own = &site.account.admin.login;
        site.world.sql(&format!("UPDATE \"user\" SET ends_at = 4102444800000000 WHERE login_id = '{own}'"));
        for path in [&new, &end] {
            let page = look(path).await;
            assert!(page.body.contains(told) && page.body.contains("31 Dec 2099"), "{path}: {}", page.body);
        }
        assert!(!look(&end).await.body.contains("name=\"remove\""));
        let promote = look(&format!("{}/promote/manager", site.user)).await;
        assert_eq!(promote.status, StatusCode::FORBIDDEN);
        assert!(promote.body.contains(told), "{}", promote.body);
        let form =
            "agent=no&user_type=administrator&first_name=Kim&last_name=Lo&email=kim%40example.com&send=now";
        assert_eq!(post(&site, &users, form).await.status, StatusCode::SEE_OTHER);
        let made = site.world.sql("SELECT ends_at FROM \"user\" WHERE email = 'kim@example.com'");
        assert_eq!(made, [["4102444800000000"]]);
    }
}

/// U-01, L-01. That nobody can be an agent yet is said where the answer can be changed, and not after names and address are
/// typed.
#[tokio::test(flavor = "multi_thread")]
async fn u01_l01_that_no_company_uses_lead_center_is_said_before_the_rest_is_typed() {
    for site in Site::everywhere().await {
        let path = format!("/accounts/{}/users/new", site.account.id);
        let note = "until one does, only administrators can be agents";
        let first = async || site.ask(&Method::GET, &path, site.admin(), "").await.body;
        let form = |agent: &str, to: &str| format!("step=type&go=next&agent={agent}&user_type={to}");
        assert!(!first().await.contains(note));
        assert_eq!(post(&site, &path, &form("yes", "manager")).await.status, StatusCode::OK);
        site.world.sql("UPDATE company SET lead_center = 0");
        assert!(first().await.contains(note));
        let reply = post(&site, &path, &form("yes", "manager")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for shown in ["id=\"user_type-error\"", "No company uses Lead Center yet.", "What type of user"] {
            assert!(reply.body.contains(shown), "{shown}: {}", reply.body);
        }
        for (agent, to) in [("yes", "administrator"), ("no", "manager")] {
            assert_eq!(post(&site, &path, &form(agent, to)).await.status, StatusCode::OK, "{to}");
        }
        site.world.sql("UPDATE company SET disabled = 1");
        let reply = post(&site, &path, &form("no", "manager")).await;
        assert!(reply.body.contains("no active company yet"), "{}", reply.body);
    }
}

/// U-08, L-01. What a promotion gives is what Home then says that they can do.
#[tokio::test(flavor = "multi_thread")]
async fn u08_l01_a_promotion_gives_no_lead_center_where_no_company_uses_it() {
    for site in Site::everywhere().await {
        let path = format!("/accounts/{}/users/{}/promote/manager", site.account.id, site.user);
        let open = "Open and review Lead Center";
        let limit = "(none of their companies uses Lead Center)";
        let look = async || site.ask(&Method::GET, &path, site.admin(), "").await.body;
        let page = look().await;
        assert!(page.contains(open) && !page.contains(limit), "{page}");
        site.world.sql("UPDATE company SET lead_center = 0");
        let page = look().await;
        assert_eq!(page.matches(open).count(), 1, "{page}");
        assert!(page.contains(limit), "{page}");
    }
}
