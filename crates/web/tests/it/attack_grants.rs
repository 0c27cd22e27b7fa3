//! More than one may give: every action whose form gives something, with odd spellings of what it gives, by people
//! who may not give it, and by somebody whose own access ends.

use std::collections::BTreeMap;

use app::Ask;
use app::access_change::Confirmed;
use app::pass::{AccountPass, Reason, SystemPass};
use app::work::Writer;
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::user::{UserType, is_promotion};
use http::{Method, StatusCode};

use crate::attack_forms::{actions, fields, honest};
use crate::doors::is_let_in;
use crate::site::{Site, Standing};

/// Fields that give something: words and ids, of which a form says one or several.
const CHOICES: [&str; 10] = [
    "keeper",
    "user_type",
    "company",
    "account",
    "some",
    "choice",
    "afterwards",
    "keep",
    "decision",
    "ends_on",
];
/// Boxes that are ticked or not.
const TICKS: [&str; 8] = [
    "required",
    "all_companies",
    "agent",
    "invoice_emails",
    "free_types",
    "takes_requests",
    "temporary_passwords",
    "lead_center",
];
/// Those of which a form may have several.
const SEVERAL: [&str; 5] = ["keeper", "company", "account", "choice", "some"];

/// A form that succeeds and says as much as it can; with a place for each field that gives something.
async fn whole(site: &Site, pattern: &str) -> (String, Option<Ask>, String) {
    let (path, ask, form) = honest(site, pattern).await;
    let person = "first_name=Nova&last_name=Bell&email=nova%40example.com";
    let form = match pattern {
        "/accounts/{account}/users" => {
            format!("agent=yes&user_type=manager&{person}&company={}&send=later", site.company)
        }
        "/accounts/{account}/users/access-requests/{access_request}/approve" => format!("{form}&agent=yes"),
        "/account-centers/{account_center}/users/create" => {
            let north = &site.center.accounts[0];
            let company = north.lead_center_company("North Branch").await;
            format!(
                "user_type=manager&agent=yes&{person}&account={0}&some={0}&company={0}.{company}&password=own",
                north.id
            )
        }
        _ => form,
    };
    (path, ask, form)
}

/// Spellings of a value that are not the value. A list of a form's own is another matter.
fn odd(name: &str, value: &str) -> Vec<String> {
    let mut letters = value.chars();
    let first = letters.next().unwrap_or('x');
    let rest = letters.as_str();
    let looks_alike = value.replacen('a', "%D0%B0", 1).replacen('e', "%D0%B5", 1).replacen('A', "%CE%91", 1);
    let wide = char::from_u32(u32::from(first) + 0xfee0).map(String::from).unwrap_or_default();
    let mut all = vec![
        format!("{value}+"),
        format!("%09{value}"),
        format!("{value}%00"),
        format!("{value}%0A"),
        format!("{value}%E2%80%8B"),
        format!("%EF%BB%BF{value}"),
        format!("{wide}{rest}"),
        looks_alike,
        format!("{}{rest}", first.to_ascii_uppercase()),
        format!("{}{rest}", first.to_ascii_lowercase()),
        value.to_ascii_uppercase(),
        value.to_ascii_lowercase(),
        format!("{value}%2C{value}"),
        format!("{value}%3B{value}"),
        format!("{value}+owner"),
        format!("%5B%22{value}%22%5D"),
        format!("%22{value}%22"),
        "owner".to_owned(),
        "*".to_owned(),
        "0".to_owned(),
        "null".to_owned(),
    ];
    if TICKS.contains(&name) {
        all.extend(["true", "on", "1", "-1"].map(str::to_owned));
    } else {
        all.push(String::new());
    }
    // A day is read with what stands around it.
    let is_around = |other: &String| ["+", "%09", "%0A"].iter().any(|mark| other.replace(mark, "") == value);
    all.retain(|other| other != value && !(name == "ends_on" && is_around(other)));
    all
}

/// The forms that are like this one but for how a field is said.
fn oddly(form: &str, name: &str) -> Vec<String> {
    let (said, rest): (Vec<&str>, Vec<&str>) = form
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.split('=').next() == Some(name));
    let rest = rest.join("&");
    let value = said.first().and_then(|pair| pair.split_once('=')).map_or("yes", |(_, value)| value);
    let mut forms: Vec<String> =
        odd(name, value).into_iter().map(|other| format!("{rest}&{name}={other}")).collect();
    let said = format!("{name}={value}");
    for key in [
        format!("{name}%5B%5D={value}"),
        format!("{name}%5B0%5D={value}"),
        format!("{said}&{name}%5B%5D={value}"),
        format!("{said}&{}={value}", name.to_uppercase()),
        format!("{said}&{name}%00={value}"),
    ] {
        forms.push(format!("{rest}&{key}"));
    }
    if !SEVERAL.contains(&name) {
        forms.push(format!("{rest}&{said}&{said}"));
        forms.push(format!("{rest}&{said}&{name}=owner"));
    }
    forms
}

/// Whether a form has something around an account or a company, or two of them in one.
fn is_spaced(form: &str, name: &str) -> bool {
    let said = form.split('&').find(|pair| pair.split('=').next() == Some(name)).unwrap_or_default();
    let is_listed = ["account", "company"].contains(&name);
    is_listed && ["+", "%09", "%0A", "%3B"].iter().any(|mark| said.contains(mark))
}

/// Seen to fail: with a box taken for ticked whatever it says, with types folded when they are read, with a
/// flag that is neither yes nor no taken for no; and as the product was, where an executive administrator
/// was unmade by an odd word, and where companies were chosen in some accounts of a center.
#[tokio::test(flavor = "multi_thread")]
async fn x07_no_form_gives_anything_by_an_odd_word() {
    for site in Site::everywhere().await {
        let (mut tried, mut given) = (BTreeMap::new(), 0);
        let mut routes = actions();
        // Asking gives nothing, and names an account as it was typed; so does telling how to ask, with all of a wizard's
        // answers.
        let asking = ["/me/access-requests", "/accounts/{account}/users/access-offer"];
        routes.retain(|route| !route.records.is_empty() && !asking.contains(&route.path));
        for route in routes {
            // Its accounts and companies are read as those of a list, with what stands around and between them.
            let is_list = route.path.ends_with("/users/create");
            let takes = |form: &str, name: &str| {
                let is_said = form.split('&').any(|pair| pair.split('=').next() == Some(name));
                is_said || TICKS.contains(&name) && fields(route.path).contains(&name)
            };
            let (path, ask, form) = whole(&site, route.path).await;
            let before = site.rows();
            for name in CHOICES.iter().chain(&TICKS).filter(|name| takes(&form, name)) {
                *tried.entry(*name).or_insert(0) += 1;
                for form in oddly(&form, name) {
                    if is_list && is_spaced(&form, name) {
                        continue;
                    }
                    let reply = site.ask(&Method::POST, &path, ask.as_ref(), &form).await;
                    // Which of two addresses stays is asked for again.
                    let is_asked = *name == "keep" && reply.status == StatusCode::OK;
                    assert!(reply.status.is_client_error() || is_asked, "{path} {form}: {}", reply.status);
                }
            }
            assert!(before == site.rows(), "{path} gave something by an odd word");
            if CHOICES.iter().chain(&TICKS).any(|name| takes(&form, name)) {
                given += 1;
                let reply = site.ask(&Method::POST, &path, ask.as_ref(), &form).await;
                assert!(reply.status.is_redirection(), "{path} {form}: {}, without any", reply.status);
            }
        }
        assert!(given > 12, "{given} actions give something");
        assert_eq!(tried.len(), CHOICES.len() + TICKS.len(), "{tried:?}");
    }
}

/// What each user of all accounts may do, by their id.
fn access(site: &Site) -> BTreeMap<String, Vec<String>> {
    let users = site.world.sql(
        "SELECT u.id, u.account_id, u.user_type, u.agent, u.status, u.ends_at, u.login_id, u.invoice_emails,
                (SELECT COUNT(*) FROM user_company c WHERE c.account_id = u.account_id AND c.user_id = u.id)
         FROM \"user\" u",
    );
    let others = site.world.sql(
        "SELECT login_id, center_id, 'executive' FROM executive_administrator
         UNION ALL SELECT id, id, 'company' FROM company WHERE lead_center = 1
         UNION ALL SELECT id, COALESCE(center_id, ''), 'account' FROM account",
    );
    users.into_iter().chain(others).map(|mut row| (row.remove(0), row)).collect()
}

async fn work(site: &Site) {
    let (worker, mut served) = (SystemPass::new(Reason::Worker), String::new());
    while site.world.app.work_on_jobs(&worker, &mut served).await.expect("the worker works") > 0 {}
    site.world.answer_resets().await;
}

/// Every action with a form that would succeed, as everybody who has no door there. Seen to fail: with
/// managers taken for people who manage users.
#[tokio::test(flavor = "multi_thread")]
async fn x07_nobody_gives_by_a_door_that_is_not_theirs() {
    for site in Site::everywhere().await {
        let mut tried = 0;
        for route in actions() {
            let (path, _, form) = honest(&site, route.path).await;
            work(&site).await;
            let before = access(&site);
            for (standing, ask) in site.people() {
                if is_let_in(route.path, standing) {
                    continue;
                }
                tried += 1;
                let reply = site.ask(&Method::POST, &path, ask, &form).await;
                let is_led_away = reply.location().starts_with("/sign-in");
                assert!(
                    reply.status.is_client_error() || is_led_away,
                    "{standing:?} at {path}: {}",
                    reply.status
                );
            }
            work(&site).await;
            assert!(before == access(&site), "POST {path} gave something to who may not");
        }
        assert!(tried > 400, "{tried}");
    }
}

/// Who administers some accounts of a center gives nothing in the others, by whatever form they have a door to; nor does who
/// administers all make executive administrators, or reach an account outside. Seen to fail: with whoever comes to a center
/// taken for who runs it.
#[tokio::test(flavor = "multi_thread")]
async fn x07_nobody_gives_in_an_account_of_their_center_that_is_not_theirs() {
    for site in Site::everywhere().await {
        let [north, south] = [&site.center.accounts[0].id, &site.center.accounts[1].id];
        let (mut tried, outside) = (0, &site.account.id);
        for (standing, ask) in site.people() {
            let (theirs, foreign) = match standing {
                Standing::Center(domain::account_center::Standing::Somewhere) => (north, [south, outside]),
                Standing::Center(domain::account_center::Standing::Everywhere) => (north, [outside, outside]),
                _ => continue,
            };
            for route in actions().iter().filter(|route| is_let_in(route.path, standing)) {
                let Some(_) = route.path.strip_prefix("/account-centers/{account_center}") else { continue };
                for foreign in foreign {
                    let (path, _, form) = match route.path.ends_with("/accounts/link") {
                        true => (site.path(route.path), None, format!("account={theirs}")),
                        false => honest(&site, route.path).await,
                    };
                    let form = form.replace(theirs.as_str(), foreign.as_str());
                    let form = form.replace(south.as_str(), foreign.as_str());
                    let form = form.replace("%2Call", &format!("%2C{foreign}"));
                    work(&site).await;
                    let before = access(&site);
                    site.ask(&Method::POST, &path, ask, &form).await;
                    work(&site).await;
                    let after = access(&site);
                    let changed = after.iter().filter(|(id, now)| before.get(*id) != Some(now));
                    for (id, now) in changed {
                        assert_ne!(now[0], foreign.as_str(), "{standing:?} changed {id} by {path} {form}");
                        assert!(!now.contains(&"executive".to_owned()), "{standing:?} made one by {path}");
                    }
                    tried += 1;
                }
            }
        }
        assert!(tried > 10, "{tried}");
    }
}

/// Makes an administrator whose access ends in a month.
async fn brief(site: &Site) -> (Ask, i64) {
    let (user, person) = site.account.join("brief@example.com", UserType::Administrator, &[]).await;
    let end = site.world.app.store.now() + domain::time::Span::days(30);
    let id = user.clone();
    let set = move |mut w: Writer, pass: &AccountPass<ManageUsers>| {
        let change = Change::EndAt(Some(end));
        let seen = app::access_change::preview(&mut w, pass, &id, &change)?.user.access_version;
        app::access_change::make(w, pass, &id, &change, &Confirmed { seen, message: None })
    };
    let made = site.world.app.write(&site.account.admin.ask, site.account.id.clone(), set).await;
    made.expect("it is set").1.expect("it is set");
    (person.ask, end.micros())
}

/// Whether somebody has more than before: a place, a greater type, a flag, a company, or more time.
fn has_more(before: Option<&Vec<String>>, now: &[String]) -> bool {
    let rank =
        |row: &[String]| ["deleted", "suspended", "pending", "active"].iter().position(|it| row[3] == *it);
    let number = |text: &str| text.parse::<i64>().unwrap_or(i64::MAX);
    let kind = |row: &[String]| (row[1].parse::<UserType>().expect("a type"), row[2] == "1");
    let Some(before) = before else { return rank(now) > Some(0) };
    let ((was, agent), (is, now_agent)) = (kind(before), kind(now));
    rank(now) > rank(before)
        || is_promotion(was, agent, is)
        || now_agent && !agent
        || number(&now[4]) > number(&before[4])
        || rank(now) > Some(0) && number(&now[7]) > number(&before[7]) && was == is
}

/// Whoever has access for a while gives none for longer, by whatever action. Seen to fail: with `outlasts`
/// always false.
#[tokio::test(flavor = "multi_thread")]
async fn x07_u13_u21_nobody_gives_for_longer_than_they_have() {
    for site in Site::everywhere().await {
        let (ask, end) = brief(&site).await;
        let (mut tried, mut given) = (0, 0);
        for route in actions() {
            if !route.path.starts_with("/accounts/{account}/") || route.path.ends_with("/leave-center") {
                continue;
            }
            let (path, _, form) = honest(&site, route.path).await;
            work(&site).await;
            let before = access(&site);
            let reply = site.ask(&Method::POST, &path, Some(&ask), &form).await;
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.status);
            work(&site).await;
            for (id, now) in access(&site) {
                if !id.starts_with("USR") || before.get(&id) == Some(&now) || !has_more(before.get(&id), &now)
                {
                    continue;
                }
                given += 1;
                let ends_at: i64 = now[4].parse().unwrap_or(i64::MAX);
                assert!(ends_at <= end, "POST {path} gave {id} more, and for longer: {now:?}");
            }
            tried += 1;
        }
        assert!(tried > 30 && given > 1, "{tried} actions, {given} gave something");
    }
}
