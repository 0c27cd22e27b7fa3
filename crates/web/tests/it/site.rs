//! A world behind its router, with one person for each way to stand to its account.

use std::collections::BTreeMap;

use app::Ask;
use app::access_change::Confirmed;
use app::pass::AccountPass;
use app::work::Writer;
use axum::Router;
use axum::body::Body;
use domain::access_change::Change;
use domain::account_center::Standing::{Everywhere, Executive, Somewhere};
use domain::capability::proof::{AnyUser, ManageUsers};
use domain::id::{AccessReviewId, CompanyId, JobId, UserId};
use domain::notification::AlertChange;
use domain::summary_email::{Frequency, SummaryChange};
use domain::tag::TypedTag;
use domain::user::UserType;
use http::{HeaderMap, Method, Request, StatusCode};
use testkit::{Account, Center, Engine, Person, Provider, World};
use tower::ServiceExt as _;
use web::http::route::{Route, Speaks};

/// How somebody stands to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Visitor,
    Stranger,
    Deleted,
    Suspended,
    Member(UserType),
    /// Of the account center, and a stranger to the account.
    Center(domain::account_center::Standing),
}

pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) router: Router,
    pub(crate) account: Account,
    pub(crate) other: Account,
    pub(crate) company: CompanyId,
    pub(crate) other_company: CompanyId,
    pub(crate) foreign_company: CompanyId,
    /// An active reporting user, to be managed.
    pub(crate) user: UserId,
    pub(crate) pending: UserId,
    pub(crate) deleted: UserId,
    pub(crate) foreign_user: UserId,
    /// An account center of other accounts.
    pub(crate) center: Center,
    /// A person of it.
    pub(crate) person: String,
    pub(crate) job: JobId,
    pub(crate) foreign_job: JobId,
    /// A job of the account center.
    pub(crate) center_job: JobId,
    /// An access review that goes on, and one of another account.
    pub(crate) review: AccessReviewId,
    pub(crate) foreign_review: AccessReviewId,
    /// A tag, a notification and a summary email of the account's administrator, and what is there of a directory, by what
    /// paths call them; and those of another account.
    pub(crate) numbered: BTreeMap<&'static str, String>,
    pub(crate) foreign_numbered: BTreeMap<&'static str, String>,
    /// The provider that the account's people sign in by.
    pub(crate) provider: Provider,
    people: Vec<(Standing, Option<Person>)>,
}

/// The routes of pages and their data; the API is walked in `api.rs`, what mail programs ask for in `unsubscribe.rs`,
/// and what directories ask for in `scim.rs`.
pub(crate) fn pages() -> Vec<Route> {
    let is_page = |route: &Route| {
        let is_other = matches!(route.speaks, Speaks::Mailboxes | Speaks::Scim);
        !route.path.starts_with("/v3/") && !is_other
    };
    web::routes::table().into_iter().filter(is_page).collect()
}

/// Whether a form of this path comes in parts, as a file may stand among its fields; `white_label.rs` tries the files.
pub(crate) fn comes_in_parts(path: &str) -> bool {
    path.ends_with("/white-label")
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The type and body of a form as a browser sends it to a path.
fn as_sent<'a>(path: &str, kind: &'a str, form: &str) -> (&'a str, String) {
    if kind != FORM || !comes_in_parts(path) {
        return (kind, form.to_owned());
    }
    let fields: Vec<(String, String)> = serde_html_form::from_str(form).expect("a form");
    let part = |(name, text): &(String, String)| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let parts: String = fields.iter().map(part).collect();
    ("multipart/form-data; boundary=x", format!("{parts}--x--\r\n"))
}

/// A list of new users: a good row, and a bad one.
const LIST: &str = "listed@example.com,Lee,Stead,administrator\nnobody,No,Body,owner";

/// A temporary password as an administrator would set one.
pub(crate) const TEMPORARY: &str = "kettle-thunder-umbrella";
/// The same for accounts of the center.
pub(crate) const ACROSS: &str =
    "listed@example.com,Lee,Stead,administrator,all\nnobody,No,Body,owner,Nowhere";

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default()
    }
}

impl Site {
    pub(crate) async fn new(world: World) -> Site {
        let account = world.set_up().await;
        let other = world.another_account("Other Dental", "olga@example.com").await;
        let company = account.lead_center_company("Downtown").await;
        let other_company = account.lead_center_company("Riverside").await;
        let foreign_company = other.company("Far away").await;
        let only = [company.clone()];
        let mut people = vec![
            (Standing::Visitor, None),
            (Standing::Stranger, Some(other.admin.clone())),
            (Standing::Member(UserType::Administrator), Some(account.admin.clone())),
        ];
        for user_type in [UserType::Manager, UserType::Reporting, UserType::Agent] {
            let (_, person) = account.join(&address(user_type.word()), user_type, &only).await;
            people.push((Standing::Member(user_type), Some(person)));
        }
        let (suspended, person) = account.join(&address("suspended"), UserType::Administrator, &[]).await;
        world.sql(&format!("UPDATE \"user\" SET status = 'suspended' WHERE id = '{suspended}'"));
        people.push((Standing::Suspended, Some(person)));
        let (deleted, person) = account.join(&address("deleted"), UserType::Administrator, &[]).await;
        delete(&world, &account, &deleted).await;
        people.push((Standing::Deleted, Some(person)));
        let (user, _) = account.join(&address("user"), UserType::Reporting, &only).await;
        let pending = account.invite(&address("pending"), UserType::Reporting, &only).await;
        let foreign_user = other
            .invite(&address("foreign"), UserType::Reporting, std::slice::from_ref(&foreign_company))
            .await;
        let center = world.account_center("Agency", "agency@example.com").await;
        center.make_first().await;
        people.push((Standing::Center(Executive), Some(center.admin.clone())));
        let [first, second] = &center.accounts;
        let (_, some) = first.join("north@example.com", UserType::Administrator, &[]).await;
        // Who administers some accounts sees no list but their own.
        let center_job = center.start_job(&some.ask, ACROSS).await;
        people.push((Standing::Center(Somewhere), Some(some)));
        let (_, all) = first.join("both@example.com", UserType::Administrator, &[]).await;
        second.join("both@example.com", UserType::Administrator, &[]).await;
        people.push((Standing::Center(Everywhere), Some(all)));
        let person = world.sql("SELECT id FROM center_person ORDER BY id LIMIT 1").remove(0).remove(0);
        let job = account.start_job(LIST).await;
        let foreign_job = other.start_job(LIST).await;
        let review = review(&world, &account).await;
        let foreign_review = self::review(&world, &other).await;
        let numbered = numbered(&world, &account).await;
        let foreign_numbered = self::numbered(&world, &other).await;
        let provider = Provider::new();
        let router = web::router(world.app.clone());
        let site = Site {
            world,
            router,
            account,
            other,
            company,
            other_company,
            foreign_company,
            user,
            pending,
            deleted,
            foreign_user,
            center,
            person,
            job,
            foreign_job,
            center_job,
            review,
            foreign_review,
            numbered,
            foreign_numbered,
            provider,
            people,
        };
        site.connect_provider().await;
        site
    }

    /// Has the account's people sign in by the provider, if it is not so already.
    pub(crate) async fn connect_provider(&self) {
        if !self.world.sql("SELECT id FROM single_sign_on").is_empty() {
            return;
        }
        self.world.sql("DELETE FROM attempt WHERE name LIKE 'providers of%'");
        let [issuer, client_id, secret] = self.provider.typed();
        let typed = (issuer.as_str(), client_id.as_str(), secret.as_str());
        let (app, account) = (&self.world.app, &self.account);
        app.connect_provider(&account.admin.ask, account.id.clone(), typed).await.expect("it answers");
    }

    /// A site on every engine there is.
    pub(crate) async fn everywhere() -> Vec<Site> {
        let mut sites = Vec::new();
        for world in testkit::worlds().await {
            sites.push(Site::new(world).await);
        }
        sites
    }

    pub(crate) fn people(&self) -> Vec<(Standing, Option<&Ask>)> {
        self.people
            .iter()
            .map(|(standing, person)| (*standing, person.as_ref().map(|person| &person.ask)))
            .collect()
    }

    pub(crate) fn admin(&self) -> Option<&Ask> {
        Some(&self.account.admin.ask)
    }

    /// Who may do everything at a path: the account's administrator, or whoever runs the center.
    pub(crate) fn master(&self, path: &str) -> Option<&Ask> {
        if path.starts_with("/account-centers/") { Some(&self.center.admin.ask) } else { self.admin() }
    }

    /// A route's path with ids of this site.
    pub(crate) fn path(&self, pattern: &str) -> String {
        let of_center = pattern.starts_with("/account-centers");
        let account = if of_center { &self.center.accounts[0].id } else { &self.account.id };
        let put_in = |path: String, (name, id): (&&str, &String)| path.replace(&format!("{{{name}}}"), id);
        let path = self.numbered.iter().fold(pattern.to_owned(), put_in);
        let path = path
            .replace("{account_center}", self.center.id.as_str())
            .replace("{login}", self.center.admin.login.as_str())
            .replace("{person}", &self.person)
            .replace("{account}", account.as_str())
            .replace("{company}", self.company.as_str())
            .replace("{user}", self.user.as_str())
            .replace("{access_review}", self.review.as_str())
            .replace("{type}", "manager")
            .replace("{capability}", "read_calls")
            .replace("{session}", &format!("SES{}", "0".repeat(32)))
            .replace("{push_device}", &format!("DEV{}", "0".repeat(32)))
            .replace("{passkey}", &format!("PKY{}", "0".repeat(32)))
            .replace("{api_key}", &format!("KEY{}", "0".repeat(32)))
            .replace("{login_merge}", &format!("MRG{}", "0".repeat(32)))
            .replace("{mail}", &format!("MAI{}", "0".repeat(32)))
            .replace("{job}", if of_center { self.center_job.as_str() } else { self.job.as_str() })
            .replace("{access_request}", &format!("ARQ{}", "0".repeat(32)))
            .replace("{scim_user}", self.user.as_str())
            .replace("{scim_group}", &format!("GRP{}", "0".repeat(32)))
            .replace("{scim_name}", "User")
            .replace("{what}", "reset")
            .replace("{number}", "1")
            .replace("{token}", "x");
        assert!(
            !path.contains('{'),
            "Site::path knows no value for a parameter of {path}: add one here, and strange ones in strangers.rs"
        );
        path
    }

    /// Somebody who is invited with this address; the same one when asked again.
    pub(crate) async fn invited(&self, address: &str) -> UserId {
        let there = format!("SELECT id FROM \"user\" WHERE email = '{address}' AND status = 'pending'");
        match self.world.sql(&there).first() {
            Some(row) => row[0].parse().expect("an id"),
            None => self.account.invite(address, UserType::Administrator, &[]).await,
        }
    }

    /// The same, with a temporary password.
    pub(crate) async fn given(&self, address: &str) -> UserId {
        let user = self.invited(address).await;
        let there = format!("SELECT user_id FROM temporary_password WHERE user_id = '{user}'");
        if self.world.sql(&there).is_empty() {
            self.account.set_temporary(&user, TEMPORARY).await.expect("it is set");
        }
        user
    }

    /// The field with which a form says which access of the user its page showed.
    pub(crate) fn version(&self, user: &str) -> String {
        let rows = self.world.sql(&format!("SELECT access_version FROM \"user\" WHERE id = '{user}'"));
        format!("version={}", rows[0][0])
    }

    /// A request as a browser on the same site sends it.
    pub(crate) async fn ask(&self, method: &Method, path: &str, ask: Option<&Ask>, form: &str) -> Reply {
        let headers = [("sec-fetch-site", "same-origin"), ("content-type", FORM)];
        self.send(method, path, ask, form, &headers).await
    }

    /// The host of the server's address.
    pub(crate) fn host(&self) -> String {
        domain::brand::host::host_of(&self.world.app.settings.base_url).to_owned()
    }

    /// The same under another host.
    pub(crate) async fn at(
        &self,
        host: &str,
        method: &Method,
        path: &str,
        ask: Option<&Ask>,
        form: &str,
    ) -> Reply {
        let (kind, body) = as_sent(path, FORM, form);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", kind);
        for (name, value) in ask.map(cookies).unwrap_or_default() {
            request = request.header("cookie", format!("__Host-{name}={value}"));
        }
        self.answer(request.body(Body::from(body)).expect("a request")).await
    }

    pub(crate) async fn send(
        &self,
        method: &Method,
        path: &str,
        ask: Option<&Ask>,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", self.host());
        let mut body = form.to_owned();
        for (name, value) in headers {
            let (value, as_sent) =
                if *name == "content-type" { as_sent(path, value, form) } else { (*value, body) };
            body = as_sent;
            request = request.header(*name, value);
        }
        for (name, value) in ask.map(cookies).unwrap_or_default() {
            request = request.header("cookie", format!("__Host-{name}={value}"));
        }
        self.answer(request.body(Body::from(body)).expect("a request")).await
    }

    /// A request with these headers and no others.
    pub(crate) async fn send_with(
        &self,
        method: &Method,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Reply {
        let request =
            headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.answer(request.body(Body::from(body.to_owned())).expect("a request")).await
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("routers always answer");
        let (parts, body) = response.into_parts();
        // An event stream has no end to wait for.
        let goes_on = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if goes_on { Body::empty() } else { body };
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        let body = String::from_utf8(body.to_vec()).expect("text");
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// A look at a path under other Host headers, or none.
    pub(crate) async fn send_to(&self, hosts: &[&str], path: &str) -> Reply {
        let mut request = Request::builder().uri(path);
        for host in hosts {
            request = request.header("host", *host);
        }
        self.answer(request.body(Body::empty()).expect("a request")).await
    }

    /// Every row of every table that a request must not change without right. `attempt` counts tries,
    /// `capability_use` notes in the background what was looked at, and anybody is asked for a passkey, which is kept for minutes in
    /// `passkey_challenge`: none of them is among them.
    pub(crate) fn rows(&self) -> Vec<Vec<Vec<String>>> {
        let catalogue = match self.world.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
            }
        };
        let tables =
            self.world.sql(catalogue).into_iter().flatten().filter(|table| {
                !["attempt", "capability_use", "passkey_challenge"].contains(&table.as_str())
            });
        let rows = |table: String| {
            let mut rows = self.world.sql(&format!("SELECT * FROM \"{table}\""));
            rows.sort_unstable();
            rows
        };
        let all: Vec<_> = tables.map(rows).collect();
        assert!(all.len() > 10, "the catalogue names {} tables only", all.len());
        all
    }
}

fn cookies(ask: &Ask) -> Vec<(&'static str, String)> {
    let credentials = &ask.credentials;
    [
        ("session", &credentials.session),
        ("setup", &credentials.setup),
        ("invitation", &credentials.invitation),
        ("invitation-block", &credentials.invitation_block),
        ("unsubscribe", &credentials.unsubscribe),
        ("access-request", &credentials.access_request),
        ("reset", &credentials.reset),
        ("email-change", &credentials.email_change),
        ("login-merge", &credentials.login_merge),
        ("temporary-password", &credentials.temporary_password),
        ("second-factor", &credentials.second_factor),
        ("passkey", &credentials.passkey),
        ("single-sign-on", &credentials.single_sign_on),
        ("device", &credentials.device),
        ("operator", &credentials.operator),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.clone()?)))
    .collect()
}

pub(crate) async fn delete(world: &World, account: &Account, user: &UserId) {
    let (account, user, ask) = (account.id.clone(), user.clone(), account.admin.ask.clone());
    let delete = move |mut w: Writer, pass: &AccountPass<ManageUsers>| {
        let seen = app::access_change::preview(&mut w, pass, &user, &Change::Delete)?.user.access_version;
        app::access_change::make(w, pass, &user, &Change::Delete, &Confirmed { seen, message: None })
    };
    let made = world.app.write(&ask, account, delete).await.expect("the user is deleted");
    made.1.expect("the user is deleted");
}

pub(crate) async fn review(world: &World, account: &Account) -> AccessReviewId {
    let start = |w: Writer, pass: &AccountPass<ManageUsers>| app::access_review::start(w, pass, None);
    world.app.write(&account.admin.ask, account.id.clone(), start).await.expect("a review begins").1
}

/// A tag of the account, an alert and a summary of its administrator, and what is there of a directory.
pub(crate) async fn numbered(world: &World, account: &Account) -> BTreeMap<&'static str, String> {
    let tag = TypedTag { name: "Hot".into(), tag_level: "account".into(), ..TypedTag::default() };
    let tag = tag.parse().expect("a tag");
    let daily = SummaryChange { frequency: Some(vec![Frequency::Daily]), ..SummaryChange::default() };
    let alert = AlertChange { sms_enabled: Some(true), send_push: Some(true), ..AlertChange::default() };
    let ask = &account.admin.ask;
    let tag = move |w: Writer, pass: &AccountPass<domain::capability::proof::AnyKey>| {
        app::tag::create(w, pass, &tag)
    };
    let tag = world.app.write(ask, account.id.clone(), tag).await.expect("a tag is made").1;
    let alert =
        move |w: Writer, pass: &AccountPass<AnyUser>| app::notification::create(w, pass, None, &alert);
    let alert = world.app.write(ask, account.id.clone(), alert).await.expect("an alert is set up").1;
    let daily =
        move |w: Writer, pass: &AccountPass<AnyUser>| app::summary_email::create(w, pass, None, &daily);
    let daily = world.app.write(ask, account.id.clone(), daily).await.expect("a summary is set up").1;
    let (token, group) = directory(world, account).await;
    BTreeMap::from([
        ("directory_token", token),
        ("directory_group", group),
        ("tag", tag.id.to_string()),
        ("notification", alert.id.to_string()),
        ("summary_email", daily.id.to_string()),
    ])
}

/// A directory of the account, which has told of a group; its token and the group, by their ids.
async fn directory(world: &World, account: &Account) -> (String, String) {
    world.directory(account).await;
    let one = |table: &str| {
        let of = format!("SELECT id FROM {table} WHERE account_id = '{}'", account.id);
        world.sql(&of).remove(0).remove(0)
    };
    (one("directory_token"), one("directory_group"))
}

fn address(name: &str) -> String {
    format!("{name}@example.com")
}
