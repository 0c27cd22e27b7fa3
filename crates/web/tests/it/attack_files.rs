//! Files that people open in programs which take some texts for formulas: every route that answers one, in a world
//! where all that was typed looks like a formula.

use app::csv::plain;
use app::pass::{Reason, SystemPass};
use http::{Method, StatusCode};

use crate::site::{Reply, Site};

/// What a cell must not begin with, and with apostrophes before it what must come back as it was.
const SIGNS: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
const MARKS: [&str; 11] =
    ["=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}", "'=", "=\"", "=\n="];

/// Whether an answer is a file to be kept, and no page.
pub(crate) fn is_file(reply: &Reply) -> bool {
    let says = |name: &str, what: &str| {
        reply
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(what))
    };
    says("content-type", "csv") || says("content-disposition", "attachment")
}

/// Where a file is brought in again; nothing where that is not what it is for.
fn comes_back(pattern: &str) -> Option<&'static str> {
    match pattern {
        "/accounts/{account}/jobs/{job}/report.csv" => Some("/accounts/{account}/jobs"),
        "/account-centers/{account_center}/jobs/{job}/report.csv" => {
            Some("/account-centers/{account_center}/jobs")
        }
        "/accounts/{account}/jobs/new/template.csv"
        | "/account-centers/{account_center}/jobs/new/template.csv"
        | "/accounts/{account}/access-reviews/{access_review}/outcome.csv"
        | "/accounts/{account}/activity.csv"
        | "/accounts/{account}/activity.jsonl" => None,
        other => panic!("{other} answers a file: say here whether it can be brought in again"),
    }
}

/// The cells of a file.
fn cells(file: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut last) = (false, ' ');
    for letter in file.trim_start_matches('\u{feff}').chars() {
        match letter {
            '"' => {
                // Two within a cell are one of it.
                if !is_quoted && last == '"' {
                    cell.push('"');
                }
                is_quoted = !is_quoted;
            }
            ',' if !is_quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !is_quoted => {}
            other => cell.push(other),
        }
        last = letter;
    }
    assert!(cell.is_empty() && row.is_empty() && !is_quoted, "a file ends with a whole row: {file}");
    rows
}

/// What was written into each cell, without what the product says of it.
fn typed(file: &str) -> Vec<Vec<String>> {
    let rows = cells(file);
    let told = rows[0].iter().position(|name| name == "result").expect("a report");
    rows.iter().map(|row| row[..told].iter().map(|cell| plain(cell).to_owned()).collect()).collect()
}

/// A list in which every cell looks like a formula; one row of it can be done.
fn list(columns: &[&str], account: &str) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let mut rows = vec![columns.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    for (number, mark) in MARKS.iter().enumerate() {
        let cell = |name: &&str| match *name {
            "email" => format!("{mark}listed{number}@example.com"),
            name => format!("{mark}{name}"),
        };
        rows.push(columns.iter().map(cell).collect());
    }
    let good = |name: &&str| match *name {
        "email" => "+good@example.com",
        "type" => "administrator",
        "accounts" => account,
        "first_name" => "=Good",
        "last_name" => "@One",
        _ => "",
    };
    rows.push(columns.iter().map(|name| good(name).to_owned()).collect());
    let lines: Vec<String> =
        rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
    lines.join("\r\n")
}

/// Brings a list in; the job's id.
async fn bring_in(site: &Site, pattern: &str, text: &str) -> String {
    let path = site.path(pattern);
    let form = serde_html_form::to_string([("text", text)]).expect("a form");
    let reply = site.ask(&Method::POST, &path, site.master(&path), &form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}: {}", reply.body);
    reply.location().rsplit('/').next().expect("an id").to_owned()
}

/// All that was typed by whoever uses the site looks like a formula.
fn disguise(site: &Site) {
    let world = &site.world;
    world.sql("UPDATE account SET name = '=' || name");
    world.sql("UPDATE account_center SET name = '+' || name");
    world.sql("UPDATE company SET name = '@' || name");
    world.sql("UPDATE activity SET actor_name = '+' || actor_name, subject_name = '=' || subject_name");
    world.sql("UPDATE \"user\" SET first_name = '-' || first_name, last_name = '=' || last_name");
    for (number, row) in
        world.sql("SELECT user_id FROM access_review_user ORDER BY user_id").iter().enumerate()
    {
        let mark = MARKS[number % MARKS.len()].replace('\'', "''");
        world.sql(&format!(
            "UPDATE access_review_user SET name = '{mark}name', email = '{mark}email', reason = '{mark}reason',
             decision = 'keep', decided_by = '{mark}name' WHERE user_id = '{}'",
            row[0]
        ));
    }
}

/// Every GET is followed, before and after the worker has done the lists. A new route that answers a file
/// is found by it. Seen to fail: with cells written without the apostrophe, and with `plain` not asked
/// where a list is read.
#[tokio::test(flavor = "multi_thread")]
async fn x20_no_route_answers_a_file_with_a_formula_and_what_is_brought_in_again_is_the_same() {
    for site in Site::everywhere().await {
        let own = ["email", "first_name", "last_name", "type", "companies", "agent", "display_name"];
        let across = ["email", "first_name", "last_name", "type", "accounts", "companies", "agent"];
        let north = site.center.accounts[0].id.as_str();
        let job = bring_in(&site, "/accounts/{account}/jobs", &list(&own, "")).await;
        let center_job =
            bring_in(&site, "/account-centers/{account_center}/jobs", &list(&across, north)).await;
        disguise(&site);
        for is_done in [false, true] {
            let mut files = 0;
            for route in crate::site::pages() {
                // A link is exchanged for a cookie, and events have no end.
                if route.method != Method::GET || route.path.contains("{token}") {
                    continue;
                }
                let path = site.path(route.path);
                let path =
                    path.replace(site.job.as_str(), &job).replace(site.center_job.as_str(), &center_job);
                let reply = site.ask(&Method::GET, &path, site.master(route.path), "").await;
                if !is_file(&reply) {
                    continue;
                }
                files += 1;
                assert_eq!(reply.status, StatusCode::OK, "{path}");
                // Lines of JSON are for programs, and no spreadsheet reads a formula in them.
                if route.path.ends_with(".jsonl") {
                    let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
                    assert!(reply.body.lines().all(is_json), "{}", reply.body);
                    continue;
                }
                let rows = cells(&reply.body);
                for cell in rows.iter().flatten() {
                    assert!(!cell.starts_with(SIGNS), "{path} has the cell {cell:?}");
                }
                let guarded = rows.iter().flatten().filter(|cell| plain(cell) != cell.as_str()).count();
                let is_empty = route.path.ends_with("/template.csv");
                assert!(
                    is_empty || guarded > 6,
                    "{path} has nothing that looks like a formula: give it some"
                );
                let Some(import) = comes_back(route.path).filter(|_| !is_done) else { continue };
                let again = bring_in(&site, import, &reply.body).await;
                let path = site.path(&format!("{import}/{again}/report.csv"));
                let report = site.ask(&Method::GET, &path, site.master(route.path), "").await;
                assert_eq!(typed(&report.body), typed(&reply.body), "{path}");
                assert!(typed(&reply.body).len() > MARKS.len(), "{}", reply.body);
                let cancel = format!("{}/cancel", path.trim_end_matches("/report.csv"));
                let done = site.ask(&Method::POST, &cancel, site.master(route.path), "").await;
                assert_eq!(done.status, StatusCode::SEE_OTHER);
            }
            assert!(files > 4, "{files} files");
            let (worker, mut served) = (SystemPass::new(Reason::Worker), String::new());
            while site.world.app.work_on_jobs(&worker, &mut served).await.expect("the worker works") > 0 {}
        }
    }
}
