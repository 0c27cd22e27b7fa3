//! Executive administrators have no row in accounts (C-10): the pages that say who has what name them all the same.

use domain::user::UserType;
use http::{Method, StatusCode};
use testkit::Person;

use crate::site::{Reply, Site};

/// A user of the center's first account, who runs the center; with their user's id.
async fn executive(site: &Site) -> (String, Person) {
    let first = &site.center.accounts[0];
    let company = first.company("Downtown").await;
    let (user, eve) = first.join("eve@example.com", UserType::Manager, &[company]).await;
    site.center.make(&eve.login).await.expect("she is one");
    (user.to_string(), eve)
}

async fn get(site: &Site, path: &str) -> String {
    site.ask(&Method::GET, path, Some(&site.center.admin.ask), "").await.body
}

/// C-10, C-02: one's own map has the accounts of one's center, however many, and names some. Seen to fail: with `list_run`
/// left out of `access_map::own`.
#[tokio::test(flavor = "multi_thread")]
async fn c10_ones_own_map_names_what_one_has_as_an_executive() {
    for site in Site::everywhere().await {
        let (_, eve) = executive(&site).await;
        let row = |n| {
            format!("('ACC{n:032x}', 'Client {n}', 'client {n}', 'UTC', 7, 0, '{}', {n} + 1)", site.center.id)
        };
        let rows: Vec<String> = (1..=1_200).map(row).collect();
        let columns = "id, name, sort_name, time_zone, invitation_days, created_at, center_id, number";
        site.world.sql(&format!("INSERT INTO account ({columns}) VALUES {}", rows.join(", ")));
        let page = site.ask(&Method::GET, "/me/access", Some(&eve.ask), "").await.body;
        for told in
            ["All accounts of Agency", "Agency South", "As executive administrator", "more than 990 more"]
        {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert_eq!(page.matches("<bdi>Client").count(), 8, "ten at most, with the two others: {page}");
        assert!(page.len() < 60_000, "{}", page.len());
        assert!(!page.contains("Manager"), "her user's type says nothing there");
        let stranger = site.ask(&Method::GET, "/me/access", site.admin(), "").await.body;
        assert!(!stranger.contains("As executive administrator"));
    }
}

/// C-10, U-18: where an executive administrator has no user, My Profile is that of their sign-in. Seen to fail: with the account's
/// own page for whoever is in it.
#[tokio::test(flavor = "multi_thread")]
async fn c10_u18_my_profile_is_there_without_a_user_in_the_account() {
    for site in Site::everywhere().await {
        let (_, eve) = executive(&site).await;
        let profile = async |number: usize| {
            let path = format!("/accounts/{}/me", site.center.accounts[number].id);
            let reply = site.ask(&Method::GET, &path, Some(&eve.ask), "").await;
            (reply.status, reply.location().to_owned())
        };
        assert_eq!(profile(0).await, (StatusCode::OK, String::new()));
        assert_eq!(profile(1).await, (StatusCode::SEE_OTHER, "/me".to_owned()));
    }
}

/// C-10: an account's map names the executive administrators of its center, with all companies. Seen to fail: with
/// `executives` left empty, and with those who have a user named twice.
#[tokio::test(flavor = "multi_thread")]
async fn c10_an_accounts_map_names_the_executives_of_its_center() {
    for site in Site::everywhere().await {
        let (_, eve) = executive(&site).await;
        site.center.accounts[1].company("Uptown").await;
        let [first, second] = &site.center.accounts;
        for (account, company) in [(first, "Downtown"), (second, "Uptown")] {
            let page = get(&site, &format!("/accounts/{}/users/map", account.id)).await;
            assert!(page.contains(company), "{page}");
            let (_, table) = page.split_once("<tbody>").expect("a table");
            assert_eq!(table.matches("Eve Reyes").count(), 1, "{table}");
            let row = table.split("Eve Reyes").nth(1).expect("a row").split("</tr>").next().expect("its end");
            assert!(row.contains("As executive administrator") && row.contains("All companies"), "{row}");
        }
        let map = format!("/accounts/{}/users/map", site.account.id);
        let other = site.ask(&Method::GET, &map, site.admin(), "").await.body;
        assert!(!other.contains("executive"), "no center, no executives");
        drop(eve);
    }
}

/// C-05, C-10: a person's page says that they have all accounts. Seen to fail: with `through_center` always empty.
#[tokio::test(flavor = "multi_thread")]
async fn c05_c10_a_persons_page_says_what_they_have_as_an_executive() {
    for site in Site::everywhere().await {
        let (_, eve) = executive(&site).await;
        let row = site.world.sql(&format!("SELECT id FROM center_person WHERE login_id = '{}'", eve.login));
        let page = get(&site, &format!("/account-centers/{}/users/{}", site.center.id, row[0][0])).await;
        for told in ["administrator of all accounts of this center", "Agency North", "Agency South"] {
            assert!(page.contains(told), "{told}: {page}");
        }
    }
}

/// C-10, U-10, U-11, U-20, U-21: what is taken from the user of an executive administrator ends nothing, and the page says so
/// before, and after. Seen to fail: with the effects and the toast of everybody else.
#[tokio::test(flavor = "multi_thread")]
async fn c10_taking_from_the_user_of_an_executive_says_that_access_stays() {
    for site in Site::everywhere().await {
        let (user, eve) = executive(&site).await;
        let account = &site.center.accounts[0];
        let home = format!("/accounts/{}", account.id);
        let company = site.world.sql(&format!("SELECT id FROM company WHERE account_id = '{}'", account.id));
        let changes = [
            ("end", "&ends_on=2099-12-31".to_owned(), "EndSetYetExecutive"),
            ("change/reporting", format!("&company={}", company[0][0]), "ReplacedYetExecutive"),
            ("suspend", String::new(), "SuspendedYetExecutive"),
            ("delete", String::new(), "DeletedYetExecutive"),
        ];
        for (change, rest, toast) in changes {
            let path = format!("{home}/users/{user}/{change}");
            let page = get(&site, &path).await;
            let still =
                "They still have full access to this account, as an executive administrator of Agency";
            assert!(page.contains(still), "{path}: {page}");
            assert!(!page.contains("sign in to this account any more"), "{path}: {page}");
            let form = format!("{}{rest}", site.version(&user));
            let done = site.ask(&Method::POST, &path, Some(&site.center.admin.ask), &form).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.body);
            assert!(told(&done, toast), "{path}: {:?}", done.headers);
            assert!(site.ask(&Method::GET, &home, Some(&eve.ask), "").await.status.is_success(), "{path}");
        }
        // Of everybody else it is said as ever.
        let kim = account.join("kim@example.com", UserType::Administrator, &[]).await.0.to_string();
        let path = format!("{home}/users/{kim}/suspend");
        assert!(!get(&site, &path).await.contains("executive administrator of Agency"));
        let done = site.ask(&Method::POST, &path, Some(&site.center.admin.ask), &site.version(&kim)).await;
        assert!(told(&done, "UserSuspended"), "{:?}", done.headers);
    }
}

/// Whether the answer brings this toast along.
fn told(reply: &Reply, toast: &str) -> bool {
    reply
        .headers
        .get_all("set-cookie")
        .iter()
        .any(|cookie| cookie.to_str().is_ok_and(|cookie| cookie.contains(&format!("={toast};"))))
}

/// U-23, C-10: a review names them without a decision, and where they are ended to who may end them; one of nobody can be
/// finished. Seen to fail: with the button for `counts.all > 0`.
#[tokio::test(flavor = "multi_thread")]
async fn u23_c10_a_review_names_executives_and_one_of_nobody_can_be_finished() {
    for site in Site::everywhere().await {
        let (_, eve) = executive(&site).await;
        let second = &site.center.accounts[1];
        let reviews = format!("/accounts/{}/access-reviews", second.id);
        let by = Some(&site.center.admin.ask);
        let begun = site.ask(&Method::POST, &reviews, by, "who=idle&idle_days=400").await;
        let review = begun.location().to_owned();
        let page = get(&site, &review).await;
        assert!(page.contains("This review concerns nobody") && page.contains("Eve Reyes"), "{page}");
        let end = format!("/account-centers/{}/executives", site.center.id);
        assert!(page.contains(&format!("href=\"{end}\"")), "{page}");
        assert!(page.contains(&format!("href=\"{review}/finish\"")), "{page}");
        // An administrator of the account alone is told where, and led nowhere they may not go.
        let (_, both) = second.join("only@example.com", UserType::Administrator, &[]).await;
        let theirs = site.ask(&Method::GET, &review, Some(&both.ask), "").await.body;
        assert!(theirs.contains("Eve Reyes") && !theirs.contains(&end), "{theirs}");
        let csv = get(&site, &format!("{review}/outcome.csv")).await;
        assert!(csv.contains("\"Eve Reyes\",\"eve@example.com\",\"executive_administrator\""), "{csv}");
        let done = site.ask(&Method::POST, &format!("{review}/finish"), by, "version=0").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        assert!(get(&site, &review).await.contains("This review is finished"));
        drop(eve);
    }
}

/// C-10: who is invited to run a center reads of the center, and of all its accounts. Seen to fail: with the page of one
/// account.
#[tokio::test(flavor = "multi_thread")]
async fn c10_the_page_of_an_executives_invitation_speaks_of_the_center() {
    for site in Site::everywhere().await {
        let path = format!("/account-centers/{}/executives/new", site.center.id);
        let form = "first_name=Kim&last_name=Ode&email=kim%40example.com";
        let done = site.ask(&Method::POST, &path, Some(&site.center.admin.ask), form).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let ask = site.world.follow(site.world.letter_to("kim@example.com").await.link());
        let page = site.ask(&Method::GET, "/invitation", Some(&ask), "").await.body;
        for told in ["Join Agency<", "Executive administrator", "Administrator of all accounts of Agency"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(!page.contains("Agency North"), "{page}");
    }
}

/// C-04, C-12. It is shown before it is done, and looking does nothing. Seen to fail: with the banner posting at once.
#[tokio::test(flavor = "multi_thread")]
async fn c04_making_oneself_the_first_is_shown_before() {
    for site in Site::everywhere().await {
        let center = site.world.account_center("Solo", "solo@example.com").await;
        let (home, ask) = (format!("/account-centers/{}", center.id), Some(&center.admin.ask));
        let first = format!("{home}/executives/first");
        let page = site.ask(&Method::GET, &home, ask, "").await.body;
        assert!(
            page.contains(&format!("href=\"{first}\"")) && !page.contains(&format!("action=\"{first}\""))
        );
        let before = site.rows();
        let shown = site.ask(&Method::GET, &first, ask, "").await;
        assert_eq!(shown.status, StatusCode::OK);
        for told in ["Make yourself executive administrator?", "joins Solo later", "is opened, too"] {
            assert!(shown.body.contains(told), "{told}: {}", shown.body);
        }
        assert!(before == site.rows(), "looking did something");
        let opened = site.ask(&Method::POST, &format!("{home}/users-open"), ask, "").await;
        assert_eq!(opened.location(), format!("{home}/users"), "on to the users");
        let shown = site.ask(&Method::GET, &first, ask, "").await.body;
        assert!(!shown.contains("is opened, too"), "it is already");
        assert_eq!(site.ask(&Method::POST, &first, ask, "").await.location(), home);
        assert_eq!(site.ask(&Method::GET, &first, ask, "").await.status, StatusCode::CONFLICT);
    }
}

/// C-02, C-03. Whoever has no second account is told how to get one. Commands are for whoever runs the
/// server, in their docs. Seen to fail: with the sentence left out of either.
#[tokio::test(flavor = "multi_thread")]
async fn c03_how_to_get_another_account_is_told() {
    for site in Site::everywhere().await {
        let several = Some(&site.center.admin.ask);
        for (path, ask) in [
            ("/accounts", several),
            ("/account-centers", site.admin()),
            ("/account-centers/new", site.admin()),
        ] {
            let page = site.ask(&Method::GET, path, ask, "").await.body;
            assert!(page.contains("Ask whoever runs this server for another account"), "{path}: {page}");
            assert!(!page.contains("account create"), "{path}: {page}");
        }
    }
}
