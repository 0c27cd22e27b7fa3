//! The list of the activity and its files.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::site::{Reply, Site};

async fn get(site: &Site, rest: &str) -> Reply {
    let path = format!("/accounts/{}/activity{rest}", site.account.id);
    site.ask(&Method::GET, &path, site.admin(), "").await
}

/// What is asked for stands in the form and as a chip that takes it away, and the files give the same. What can't be read asks
/// for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a05_the_address_says_what_is_asked_for_and_files_give_the_same() {
    for site in Site::everywhere().await {
        let path = format!("/accounts/{}/activity", site.account.id);
        let all = get(&site, "").await.body;
        assert!(!all.contains("class=\"chip\""), "{all}");
        let query = format!("?of={}&about=users&from=2001-02-03", site.user);
        let page = get(&site, &query).await.body;
        for shown in ["Of ", "About: Users and their access", "From 3 Feb 2001", "value=\"2001-02-03\""] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let without = format!("href=\"{path}?about=users&#38;from=2001-02-03\"");
        assert!(page.contains(&without), "{without}: {page}");
        let file = format!("href=\"{path}.csv?of={}&#38;about=users&#38;from=2001-02-03\"", site.user);
        assert!(page.contains(&file), "{file}: {page}");
        assert!(!page.contains("created the company"), "{page}");

        let csv = get(&site, &format!(".csv{query}")).await;
        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
        let lines = get(&site, &format!(".jsonl{query}")).await;
        assert_eq!(lines.headers["content-type"], "application/x-ndjson");
        assert_eq!(lines.headers["content-disposition"], "attachment; filename=\"activity.jsonl\"");
        let entries: Vec<Value> =
            lines.body.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
        assert!(entries.iter().any(|entry| entry["verb"] == "user.created"), "{entries:?}");
        // Whoever has signed in has the same login in other accounts.
        let ids =
            ["actor_id", "subject_id"].map(|name| entries.iter().map(move |entry| entry[name].to_string()));
        assert!(ids.into_iter().flatten().all(|id| !id.contains("LOG")), "{entries:?}");
        assert!(entries.iter().all(|entry| {
            let is_theirs = |name| entry[name] == site.user.as_str();
            is_theirs("actor_id") || is_theirs("subject_id")
        }));
        assert_eq!(csv.body.lines().count(), 1 + entries.len(), "{}", csv.body);

        let odd = get(&site, "?of=USR1&about=nothing&company=x&from=never&until=2026-02-31&after=x").await;
        assert_eq!(odd.status, StatusCode::OK, "{}", odd.body);
        assert!(!odd.body.contains("class=\"chip\""), "{}", odd.body);
        assert!(odd.body.contains(&format!("href=\"{path}.csv\"")), "{}", odd.body);
        let nobody = get(&site, &format!("?of=USR{}", "7".repeat(32))).await;
        assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    }
}

/// Where nothing is found, the page says what is to be done about it; who accepts is named once.
#[tokio::test(flavor = "multi_thread")]
async fn a05_where_nothing_is_found_the_page_says_why() {
    for site in Site::everywhere().await {
        let crossed = get(&site, "?from=2026-02-03&until=2026-02-01").await.body;
        assert!(crossed.contains("“From” is after “Until”"), "{crossed}");
        let one_day = get(&site, "?from=2001-02-03&until=2001-02-03").await.body;
        assert!(one_day.contains("Nothing matches") && !one_day.contains("is after"), "{one_day}");
        let sign_in = get(&site, "?about=sign-in&from=2001-02-03&until=2001-02-03").await.body;
        assert!(sign_in.contains("How people sign in is a matter of their own"), "{sign_in}");

        let (mona, _) =
            site.account.join("mona@example.com", domain::user::UserType::Administrator, &[]).await;
        let hers = get(&site, &format!("?of={mona}")).await.body;
        assert!(hers.contains("sent an invitation to <strong dir=\"auto\">mona@example.com"), "{hers}");
        assert!(hers.contains("accepted the invitation\n"), "{hers}");
        let all = get(&site, "").await.body;
        assert!(!all.contains("The operator"), "the account was created by who set it up: {all}");
    }
}

/// What can't be read would give more than was asked for, and a file is kept. Seen to fail: with what can't be read asking for
/// nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a05_a_file_of_what_cannot_be_read_is_refused() {
    for site in Site::everywhere().await {
        let odd = [
            "of=USR1",
            "about=nothing",
            "company=x",
            "from=2026-13-99",
            "until=2026-02-31",
            "from=2026-01-01&from=2026-01-02",
            "form=2026-01-01",
        ];
        for query in odd {
            for file in [".csv", ".jsonl"] {
                let reply = get(&site, &format!("{file}?{query}")).await;
                assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{query}: {}", reply.body);
            }
        }
        let empty = get(&site, ".csv?q=&of=&about=&company=&from=&until=").await;
        assert_eq!(empty.status, StatusCode::OK, "{}", empty.body);
    }
}

/// A file has 16 MB at most, whole entries, and its name says that there are more; and it does not name whoever signs in as
/// other accounts know them. Seen to fail: with the actor's id as it is kept.
#[tokio::test(flavor = "multi_thread")]
async fn a05_a_file_has_a_size_that_memory_has_room_for() {
    for site in Site::everywhere().await {
        let large = format!("[[\"name\",null,\"{}\"]]", "x".repeat(5_000_000));
        site.world
            .sql(&format!("UPDATE activity SET actor_kind = 'login', actor_id = 'LOG{}'", "7".repeat(32)));
        for number in 0..4 {
            let newest = format!(
                "(SELECT id FROM activity WHERE account_id = '{}' ORDER BY id DESC LIMIT 1 OFFSET {number})",
                site.account.id
            );
            site.world.sql(&format!("UPDATE activity SET changes = '{large}' WHERE id = {newest}"));
        }
        for file in ["csv", "jsonl"] {
            let reply = get(&site, &format!(".{file}")).await;
            let name = format!("attachment; filename=\"activity-not-all.{file}\"");
            assert_eq!(reply.headers["content-disposition"], name.as_str());
            assert!((15_000_000..16_777_220).contains(&reply.body.len()), "{}", reply.body.len());
            assert!(reply.body.ends_with('\n') && !reply.body.contains("LOG777"));
        }
    }
}
