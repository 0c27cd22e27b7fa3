//! Writes every page with sample data into a folder, to be looked at: `cargo run -p rollcall-web --example preview -- /tmp/preview`,
//! then serve that folder with any static server. An index lists the pages; `static/` holds the assets.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use askama::Template;
use axum::Router;
use axum::body::Body;
use domain::capability::Capability;
use domain::input::Problem;
use domain::user::UserType;
use http::Request;
use text::Text;
use tower::ServiceExt;
use web::assets;
use web::views::form::sentence;
use web::views::frame::initials;
use web::views::user::{Companies, InvitationState, NewForm, Step};
use web::views::*;

const LONG: &str = "Maximiliana-Theodora Featherstonehaugh-Cholmondeley van Dijk";
const LONG_COMPANY: &str = "Northern Counties Heating, Ventilation & Drainage Specialists";
const RTL: &str = "عبد الرحمن الفاروق";

fn main() {
    let folder = PathBuf::from(env::args().nth(1).expect("a folder to write to"));
    let mut gallery = Gallery { folder: folder.clone(), index: String::new() };
    fs::create_dir_all(folder.join("static")).expect("the folder can be written");
    signed_out(&mut gallery);
    users(&mut gallery);
    wizard(&mut gallery);
    companies(&mut gallery);
    others(&mut gallery);
    problems(&mut gallery);
    let index =
        format!("<!doctype html><meta charset=utf-8><title>Preview</title><ul>{}</ul>", gallery.index);
    fs::write(folder.join("index.html"), index).expect("the folder can be written");
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(static_files(&folder));
}

/// Writes the assets and says what they weigh on the wire.
async fn static_files(folder: &Path) {
    let router: Router = assets::router();
    for name in ["app.css", "app.js", "htmx.js", "icons.svg", "favicon.svg"] {
        let get = |coding: &'static str| {
            let request =
                Request::get(assets::url(name)).header("accept-encoding", coding).body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request"));
            async {
                axum::body::to_bytes(answer.await.expect("an answer").into_body(), usize::MAX)
                    .await
                    .expect("a body")
            }
        };
        let (plain, gzip, brotli) = (get("identity").await, get("gzip").await, get("br").await);
        println!("{name}: {} plain, {} gzip, {} brotli", plain.len(), gzip.len(), brotli.len());
        fs::write(folder.join(assets::url(name).trim_start_matches('/')), plain)
            .expect("the folder can be written");
    }
}

struct Gallery {
    folder: PathBuf,
    index: String,
}

impl Gallery {
    fn show(&mut self, name: &str, view: &impl Template) {
        let html = view.render().unwrap_or_else(|e| panic!("{name}: {e}"));
        println!("{name}: {} bytes", html.len());
        writeln!(self.index, "<li><a href='{name}.html'>{name}</a>").expect("a String takes all");
        fs::write(self.folder.join(format!("{name}.html")), html).expect("the folder can be written");
    }
}

fn t() -> Text {
    Text::default()
}

fn when(text: &str) -> When {
    When {
        text: text.into(),
        full: format!("Monday, {text}, 2025 (America/New_York)"),
        iso: "2025-11-03T14:05:00Z".into(),
    }
}

fn frame_of(account: &str, current: &str) -> Frame {
    let at = |path: &str| format!("/accounts/ACC0197/{path}");
    let item = |label: &str, path: &str, icon| NavItem::new(label, at(path), icon, label == current);
    Frame {
        account: Some(AccountMark::new("ACC0197", account)),
        person: Some(PersonMark::new("Dana Reyes", "dana@brightandsons.example")),
        nav: vec![
            NavItem::new("Home", "/accounts/ACC0197", Icon::House, current == "Home"),
            item("Lead Center", "lead-center", Icon::Headset),
            item("Companies", "companies", Icon::Building2),
            item("Settings", "settings", Icon::Settings),
        ],
        panel: vec![
            item("Users", "users", Icon::Users),
            item("Account settings", "settings", Icon::Settings),
            item("All companies", "companies", Icon::Building2),
            item("Activity", "activity", Icon::History),
            NavItem::new("Switch account", "/accounts", Icon::Repeat, false),
            NavItem::new("My Profile", "/me", Icon::CircleUserRound, current == "My Profile"),
        ],
        toast: None,
    }
}

fn frame(current: &str) -> Frame {
    frame_of("Bright & Sons Plumbing", current)
}

fn some_companies(n: usize) -> Vec<Choice> {
    let names =
        ["Bright Boston", "Bright Cambridge", LONG_COMPANY, "شركة النور للسباكة", "Somerville Drains"];
    (0..n)
        .map(|i| {
            let name = names[i % names.len()];
            let name = if i < names.len() { name.to_owned() } else { format!("{name} {}", i + 1) };
            Choice::new(format!("COM{i:032x}"), name, i % 3 == 0)
        })
        .collect()
}

fn two(more: i64) -> Companies {
    Companies { all: false, first: vec!["Bright Boston".into(), "Bright Cambridge".into()], more }
}

fn zones() -> Vec<String> {
    ["America/Chicago", "America/New_York", "Asia/Dubai", "Europe/Berlin", "Europe/London"]
        .map(str::to_owned)
        .to_vec()
}

fn wrong(name: &str, problem: Problem) -> String {
    sentence(t(), name, problem)
}

fn signed_out(gallery: &mut Gallery) {
    let frame = Frame::default;
    let sign_in = session::SignIn {
        t: t(),
        frame: frame(),
        email: Field::default(),
        password: Field::default(),
        next: "/accounts".into(),
        notice: None,
        error: None,
    };
    gallery.show("sign-in", &sign_in);
    gallery.show(
        "sign-in-wrong",
        &session::SignIn {
            email: Field::of("dana@brightandsons.example"),
            error: Some(
                "Address and password do not fit together. Check both, or ask for a new password.".into(),
            ),
            ..sign_in.clone()
        },
    );
    gallery.show(
        "sign-in-notice",
        &session::SignIn { notice: Some("You have been signed out.".into()), ..sign_in },
    );
    let reset = session::Reset { t: t(), frame: frame(), email: Field::default(), error: None };
    gallery.show("reset", &reset);
    let email = Field::of("dana@").wrong(wrong("email", Problem::NotAnEmail));
    gallery.show("reset-wrong", &session::Reset { email, ..reset });
    gallery.show(
        "reset-sent",
        &session::ResetSent { t: t(), frame: frame(), email: "dana@brightandsons.example".into() },
    );
    gallery.show(
        "reset-new",
        &session::ResetNew {
            t: t(),
            frame: frame(),
            email: "dana@brightandsons.example".into(),
            password: Field::default().wrong(wrong("password", Problem::TooShort { min: 12 })),
            error: None,
        },
    );
    gallery.show("reset-closed", &session::ResetClosed { t: t(), frame: frame() });
    let setup = setup::Setup {
        t: t(),
        frame: frame(),
        account_name: Field::default(),
        time_zone: Field::default(),
        first_name: Field::default(),
        last_name: Field::default(),
        email: Field::default(),
        password: Field::default(),
        zones: zones(),
        error: None,
    };
    gallery.show("setup", &setup);
    gallery.show(
        "setup-wrong",
        &setup::Setup {
            account_name: Field::default().wrong(wrong("account_name", Problem::Missing)),
            time_zone: Field::of("Boston").wrong(wrong("time_zone", Problem::NotAChoice)),
            password: Field::default().wrong(wrong("password", Problem::WeakPassword)),
            ..setup
        },
    );
    invitations(gallery);
}

fn invitations(gallery: &mut Gallery) {
    use web::views::invitation::{Accept, Closed, Reason, Way};
    let accept = Accept {
        t: t(),
        frame: Frame::default(),
        account: "Bright & Sons Plumbing".into(),
        inviter: "Dana Reyes".into(),
        user_type: UserType::Manager,
        agent: true,
        email: "natalie.ford@example.com".into(),
        message: Some("Hi Natalie,\nlooking forward to working with you!".into()),
        way: Way::NewPassword,
        password: Field::default(),
        error: None,
    };
    gallery.show("invitation-accept", &accept);
    gallery.show(
        "invitation-accept-wrong",
        &Accept {
            password: Field::default().wrong(wrong("password", Problem::TooShort { min: 12 })),
            account: LONG_COMPANY.into(),
            inviter: LONG.into(),
            ..accept.clone()
        },
    );
    gallery.show("invitation-known", &Accept { way: Way::Password, message: None, ..accept.clone() });
    gallery
        .show("invitation-signed-in", &Accept { way: Way::SignedIn, user_type: UserType::Agent, ..accept });
    let expired = Reason::Expired {
        account: "Bright & Sons Plumbing".into(),
        ask: "Dana Reyes (dana@brightandsons.example)".into(),
    };
    for (name, reason) in [("expired", expired), ("used", Reason::Used), ("unknown", Reason::Unknown)] {
        gallery.show(&format!("invitation-{name}"), &Closed { t: t(), frame: Frame::default(), reason });
    }
}

fn row(i: usize) -> user::Row {
    let names = ["Dana Reyes", "Natalie Ford", LONG, RTL, "Front desk", "Sam Ito", "Zoë O’Brien-Sánchez"];
    let name = names[i % names.len()];
    let types = [
        UserType::Administrator,
        UserType::Manager,
        UserType::Reporting,
        UserType::Agent,
        UserType::Notification,
    ];
    let user_type = types[i % types.len()];
    let companies = match i % 5 {
        0 => Companies { all: true, ..Companies::default() },
        1 => two(0),
        2 => {
            Companies {
                all: false, first: vec![LONG_COMPANY.into(), "شركة النور للسباكة".into()], more: 14
            }
        }
        3 => Companies { all: false, first: vec!["Bright Boston".into()], more: 0 },
        _ => two(3),
    };
    user::Row {
        id: format!("USR{i:032x}"),
        name: name.into(),
        display_name: (i % 3 == 1).then(|| "Natalie from Bright".to_owned()),
        agent: matches!(i % 5, 1 | 3),
        email: (i % 7 != 4).then(|| match i % 7 {
            2 => "maximiliana-theodora.featherstonehaugh-cholmondeley@northern-counties.example".to_owned(),
            _ => format!("person{i}@example.com"),
        }),
        user_type,
        companies,
        last_active: (i % 4 != 3).then(|| when("3 Nov, 14:05")),
        invitation: None,
        own: i == 0,
        may_manage: true,
    }
}

fn users(gallery: &mut Gallery) {
    use web::views::user::{List, Query, Sort, Tab};
    let list = List {
        t: t(),
        frame: frame("Users"),
        may_manage: true,
        active_count: 5000,
        pending_count: 3,
        query: Query::default(),
        companies: some_companies(4).into_iter().map(|company| Choice { chosen: false, ..company }).collect(),
        rows: (0..50).map(row).collect(),
        pager: Pager { previous: Some("?before=x".into()), next: Some("?after=y".into()) },
    };
    gallery.show("users-50", &list);
    gallery.show(
        "users-7",
        &List {
            rows: (0..7).map(row).collect(),
            active_count: 7,
            pager: Pager::default(),
            frame: frame("Users").with_toast("Natalie Ford has been deleted."),
            ..list.clone()
        },
    );
    gallery.show(
        "users-long-account",
        &List {
            rows: (0..7).map(row).collect(),
            frame: frame_of(LONG_COMPANY, "Users"),
            may_manage: false,
            query: Query {
                q: "ford".into(),
                user_type: Some(UserType::Manager),
                company: Some(("COM1".into(), LONG_COMPANY.into())),
                sort: Sort::NewestFirst,
                ..Query::default()
            },
            ..list.clone()
        },
    );
    gallery
        .show("users-none", &List { rows: vec![], active_count: 0, pager: Pager::default(), ..list.clone() });
    let query = Query { q: "nobody".into(), ..Query::default() };
    gallery.show("users-no-match", &List { rows: vec![], query, pager: Pager::default(), ..list.clone() });
    let states = [
        InvitationState::Sent { sent: when("3 Nov, 14:05"), expires: when("10 Nov, 14:05") },
        InvitationState::Expired { sent: when("3 Oct, 09:12"), expired: when("10 Oct, 09:12") },
        InvitationState::NotSent,
    ];
    let pending = states.iter().enumerate().map(|(i, state)| user::Row {
        own: false,
        last_active: None,
        invitation: Some(state.clone()),
        ..row(i + 1)
    });
    let query = Query { tab: Tab::Pending, ..Query::default() };
    let pending_list =
        List { rows: pending.collect(), query: query.clone(), pager: Pager::default(), ..list.clone() };
    gallery.show("users-pending", &pending_list);
    gallery.show("users-pending-none", &List { rows: vec![], pending_count: 0, ..pending_list });
    one_user(gallery, &states);
}

fn one_user(gallery: &mut Gallery, states: &[InvitationState]) {
    let lines = capability::lines(t(), UserType::Reporting, true);
    let edit = user::Edit {
        t: t(),
        frame: frame("Users"),
        id: "USR1".into(),
        name: "Natalie Ford".into(),
        email: Some("natalie.ford@example.com".into()),
        user_type: UserType::Reporting,
        agent: true,
        allows: lines.0,
        promotions: vec![UserType::Manager, UserType::Administrator],
        form: user::EditForm {
            first_name: Field::of("Natalie"),
            last_name: Field::of("Ford"),
            display_name: Field::of("Natalie from Bright"),
            company_error: None,
        },
        all_companies: false,
        companies: some_companies(5),
        company_filter: String::new(),
        invitation: None,
        kept: None,
        error: None,
    };
    gallery.show("user-edit", &edit);
    gallery.show(
        "user-edit-wrong",
        &user::Edit {
            name: LONG.into(),
            form: user::EditForm {
                first_name: Field::default().wrong(wrong("first_name", Problem::Missing)),
                company_error: Some(wrong("company", Problem::Missing)),
                ..edit.form.clone()
            },
            companies: some_companies(40),
            invitation: Some(states[1].clone()),
            ..edit.clone()
        },
    );
    gallery.show(
        "user-edit-administrator",
        &user::Edit {
            name: RTL.into(),
            user_type: UserType::Administrator,
            agent: false,
            allows: capability::lines(t(), UserType::Administrator, false).0,
            promotions: vec![],
            all_companies: true,
            kept: Some(
                "The last administrator of an account cannot be deleted. Promote someone else first.".into(),
            ),
            ..edit
        },
    );
    for (name, from, to) in [
        ("user-promote", UserType::Reporting, UserType::Manager),
        ("user-promote-administrator", UserType::Agent, UserType::Administrator),
        ("user-promote-notification", UserType::Notification, UserType::Reporting),
    ] {
        let (has, gains, still_not) = capability::promotion(t(), from, to, false);
        gallery.show(
            name,
            &user::Promote {
                t: t(),
                frame: frame("Users"),
                id: "USR1".into(),
                name: "Natalie Ford".into(),
                from,
                to,
                has,
                gains,
                still_not,
                gains_all_companies: to == UserType::Administrator,
                invitation: (from == UserType::Notification).then(Field::default),
                error: None,
            },
        );
    }
    let delete = user::Delete {
        t: t(),
        frame: frame("Users"),
        id: "USR1".into(),
        name: "Natalie Ford".into(),
        email: Some("natalie.ford@example.com".into()),
        user_type: UserType::Manager,
        companies: two(3),
        own: false,
        kept: None,
    };
    gallery.show("user-delete", &delete);
    gallery.show("user-delete-own", &user::Delete { name: LONG.into(), own: true, ..delete.clone() });
    let kept =
        Some("The last administrator of an account cannot be deleted. Promote someone else first.".into());
    gallery.show("user-delete-kept", &user::Delete { kept, ..delete });
    gallery.show(
        "user-revoke",
        &user::Revoke {
            t: t(),
            frame: frame("Users"),
            id: "USR1".into(),
            name: RTL.into(),
            email: "abd@example.com".into(),
            invitation: states[0].clone(),
        },
    );
}

fn wizard(gallery: &mut Gallery) {
    let form = NewForm {
        agent: Field::of("no"),
        user_type: Field::of("manager"),
        first_name: Field::of("Natalie"),
        last_name: Field::of("Ford"),
        email: Field::of("natalie.ford@example.com"),
        display_name: Field::of("Natalie from Bright"),
        ..NewForm::default()
    };
    let new = user::New {
        t: t(),
        frame: frame("Users"),
        step: Step::Agent,
        form: NewForm::default(),
        companies: some_companies(5),
        company_filter: String::new(),
        error: None,
    };
    gallery.show("new-1-agent", &new);
    let agent = Field::default().wrong(wrong("agent", Problem::Missing));
    gallery.show(
        "new-1-agent-wrong",
        &user::New { form: NewForm { agent, ..NewForm::default() }, ..new.clone() },
    );
    gallery.show("new-2-type", &user::New { step: Step::Type, form: form.clone(), ..new.clone() });
    let as_agent = NewForm { agent: Field::of("yes"), user_type: Field::of("agent"), ..form.clone() };
    gallery.show("new-2-type-agent", &user::New { step: Step::Type, form: as_agent.clone(), ..new.clone() });
    gallery.show("new-3-info", &user::New { step: Step::Info, form: form.clone(), ..new.clone() });
    gallery.show("new-3-info-wrong", &user::New {
        step: Step::Info,
        form: NewForm {
            first_name: Field::default().wrong(wrong("first_name", Problem::Missing)),
            email: Field::of("natalie").wrong(wrong("email", Problem::NotAnEmail)),
            ..form.clone()
        },
        error: Some("This address belongs to another account. Ask that account’s administrator to delete it there, or have the person request access here.".into()),
        ..new.clone()
    });
    let team = NewForm { user_type: Field::of("notification"), ..form.clone() };
    gallery.show("new-3-info-team", &user::New { step: Step::Info, form: team.clone(), ..new.clone() });
    gallery.show("new-4-companies", &user::New { step: Step::Companies, form: form.clone(), ..new.clone() });
    gallery.show(
        "new-4-companies-40",
        &user::New {
            step: Step::Companies,
            form: NewForm { company_error: Some(wrong("company", Problem::Missing)), ..team },
            companies: some_companies(40),
            company_filter: "bright".into(),
            ..new.clone()
        },
    );
    gallery.show(
        "new-4-companies-none",
        &user::New { step: Step::Companies, form: as_agent.clone(), companies: vec![], ..new.clone() },
    );
    gallery.show("new-5-message", &user::New { step: Step::Message, form: form.clone(), ..new.clone() });
    gallery.show("new-5-message-agent", &user::New { step: Step::Message, form: as_agent, ..new.clone() });
    let administrator = NewForm { user_type: Field::of("administrator"), send_later: true, ..form };
    gallery
        .show("new-5-message-administrator", &user::New { step: Step::Message, form: administrator, ..new });
    for (name, sent) in [
        ("sent", user::Sent::To("natalie.ford@example.com".into())),
        ("later", user::Sent::Later),
        ("notification", user::Sent::None),
    ] {
        gallery.show(
            &format!("created-{name}"),
            &user::Created {
                t: t(),
                frame: frame("Users"),
                id: "USR1".into(),
                name: "Natalie Ford".into(),
                user_type: UserType::Manager,
                sent,
            },
        );
    }
}

fn companies(gallery: &mut Gallery) {
    let rows = some_companies(5).into_iter().enumerate().map(|(i, company)| company::Row {
        id: company.value,
        name: company.label,
        time_zone: "America/New_York".into(),
        lead_center: i % 2 == 0,
    });
    let list = company::List {
        t: t(),
        frame: frame("All companies"),
        may_manage: true,
        disabled: false,
        active_count: 5,
        disabled_count: 0,
        rows: rows.collect(),
        pager: Pager::default(),
    };
    gallery.show("companies", &list);
    gallery.show("companies-disabled", &company::List { disabled: true, ..list.clone() });
    gallery.show("companies-none", &company::List { rows: vec![], active_count: 0, ..list });
    let edit = company::Edit {
        t: t(),
        frame: frame("All companies"),
        company: None,
        name: Field::default(),
        time_zone: Field::of("America/New_York"),
        lead_center: false,
        zones: zones(),
        error: None,
    };
    gallery.show(
        "company-new",
        &company::Edit { name: Field::default().wrong(wrong("name", Problem::Missing)), ..edit.clone() },
    );
    gallery.show(
        "company-edit",
        &company::Edit {
            company: Some(("COM1".into(), LONG_COMPANY.into())),
            name: Field::of(LONG_COMPANY),
            lead_center: true,
            ..edit
        },
    );
    gallery.show(
        "company-disable",
        &company::Disable {
            t: t(),
            frame: frame("All companies"),
            id: "COM1".into(),
            name: "Bright Boston".into(),
            users: 12,
        },
    );
}

fn others(gallery: &mut Gallery) {
    let (can, cannot) = capability::lines(t(), UserType::Manager, false);
    let home = account::Home {
        t: t(),
        frame: frame("Home"),
        first_name: "Dana".into(),
        role: user::role(t(), UserType::Manager, false),
        companies: two(3),
        can,
        cannot,
        who_can_give: Some("Sam Ito or Zoë O’Brien-Sánchez".into()),
        suggest_company: false,
        suggest_user: false,
    };
    gallery.show("home", &home);
    gallery.show(
        "home-first",
        &account::Home {
            role: user::role(t(), UserType::Administrator, false),
            companies: Companies { all: true, ..Companies::default() },
            can: capability::lines(t(), UserType::Administrator, true).0,
            cannot: vec![],
            suggest_company: true,
            suggest_user: true,
            ..home
        },
    );
    let place = |name: &str, user_type, agent| account::Place {
        account: AccountMark::new("ACC1", name),
        role: user::role(t(), user_type, agent),
    };
    let no_account = Frame { account: None, nav: vec![], panel: frame("").panel.split_off(5), ..frame("") };
    let accounts = vec![
        place("Bright & Sons Plumbing", UserType::Administrator, false),
        place(LONG_COMPANY, UserType::Manager, true),
        place("شركة النور للسباكة", UserType::Agent, false),
    ];
    gallery.show("accounts", &account::List { t: t(), frame: no_account.clone(), accounts });
    gallery.show("accounts-none", &account::List { t: t(), frame: no_account.clone(), accounts: vec![] });
    gallery.show(
        "settings",
        &account::Settings {
            t: t(),
            frame: frame("Account settings").with_toast("The settings have been saved."),
            name: Field::of("Bright & Sons Plumbing"),
            time_zone: Field::of("America/New_York"),
            invitation_days: Field::of("70")
                .wrong(wrong("invitation_days", Problem::NotInRange { min: 1, max: 30 })),
            zones: zones(),
            error: None,
        },
    );
    gallery.show(
        "lead-center",
        &lead_center::Home {
            t: t(),
            frame: frame("Lead Center"),
            name: "Natalie Ford".into(),
            display_name: Some("Natalie from Bright".into()),
            agent: true,
            role: user::role(t(), UserType::Agent, true),
            companies: two(0),
            can: capability::lines(t(), UserType::Agent, true).0,
        },
    );
    activity_and_me(gallery, no_account);
}

fn activity_and_me(gallery: &mut Gallery, no_account: Frame) {
    let change = |what: &str, before: Option<&str>, after: Option<&str>| activity::Change {
        what: what.into(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let rows = (0..12).map(|i| activity::Row {
        who: (i % 4 != 3).then(|| if i == 2 { LONG.into() } else { "Dana Reyes".into() }),
        what: ["promoted", "changed the company", "invited", "marked as expired the invitation of"][i % 4]
            .into(),
        whom: Some([RTL, LONG_COMPANY, "Natalie Ford", "Sam Ito"][i % 4].into()),
        when: when("3 Nov, 14:05"),
        place: (i % 4 != 3).then(|| {
            if i % 2 == 0 { "203.0.113.7".into() } else { "2001:db8:85a3:8d3:1319:8a2e:370:7348".into() }
        }),
        changes: match i % 4 {
            0 => vec![change("User type", Some("Reporting"), Some("Manager"))],
            1 => vec![
                change("Name", Some(LONG_COMPANY), Some("Bright Boston")),
                change("Time zone", None, Some("America/New_York")),
            ],
            _ => vec![],
        },
    });
    let pager = Pager { previous: None, next: Some("?after=x".into()) };
    gallery
        .show("activity", &activity::List { t: t(), frame: frame("Activity"), rows: rows.collect(), pager });
    gallery.show(
        "activity-none",
        &activity::List { t: t(), frame: frame("Activity"), rows: vec![], pager: Pager::default() },
    );
    gallery.show(
        "me",
        &me::Profile {
            t: t(),
            frame: no_account.clone(),
            email: "dana@brightandsons.example".into(),
            first_name: Field::of("Dana"),
            last_name: Field::of("Reyes"),
            error: None,
        },
    );
    let session = |device: &str, handheld, this| me::Row {
        id: format!("SES{device}").replace(' ', ""),
        device: device.into(),
        handheld,
        place: "203.0.113.0/24".into(),
        since: when("1 Nov, 08:00"),
        last_use: when("3 Nov, 14:05"),
        this,
    };
    let rows = vec![
        session("Firefox on Linux", false, true),
        session("Safari on iPhone", true, false),
        session("Unknown device", false, false),
    ];
    gallery.show("sessions", &me::Sessions { t: t(), frame: no_account.clone(), rows });
    mails(gallery, no_account);
}

fn mails(gallery: &mut Gallery, frame: Frame) {
    use web::views::operator::{Mail, MailRow, MailState, Mails};
    let mail = |state| MailRow {
        id: "MAI1".into(),
        to: "natalie.ford@example.com".into(),
        subject: "Dana Reyes invited you to Bright & Sons Plumbing".into(),
        state,
        when: when("3 Nov, 14:05"),
    };
    let failed =
        MailState::Failed("550 5.1.1 The email account that you tried to reach does not exist".into());
    let rows = vec![mail(MailState::Kept), mail(MailState::Waiting), mail(MailState::Sent), mail(failed)];
    let mails = Mails { t: t(), frame: frame.clone(), kept_only: true, rows, pager: Pager::default() };
    gallery.show("mails", &mails);
    gallery.show("mails-none", &Mails { rows: vec![], kept_only: false, ..mails });
    gallery.show("mail", &Mail {
        t: t(),
        frame,
        mail: mail(MailState::Kept),
        from: "Rollcall <calls@example.com>".into(),
        text_part: "Hello Natalie,\n\nDana Reyes has invited you to Bright & Sons Plumbing.\n\nhttps://example.com/invitation?token=0123456789abcdef0123456789abcdef0123456789abcdef\n".into(),
        has_html: true,
    });
}

fn problems(gallery: &mut Gallery) {
    use web::views::problem::{Kind, Problem};
    let kinds = [
        ("404", Kind::NotFound),
        (
            "403",
            Kind::Forbidden {
                capability: Some(capability::label(t(), Capability::ManageUsers).into()),
                who_can_give: Some("Sam Ito or Zoë O’Brien-Sánchez".into()),
            },
        ),
        ("400", Kind::BadRequest("The form was sent incomplete. Go back and try again.".into())),
        ("429", Kind::TooMany { minutes: Some(12) }),
        ("500", Kind::Internal("0197a3c2f1de7c0d8b6f0e4a5d3c2b1a".into())),
        ("503", Kind::Unavailable),
    ];
    for (name, kind) in kinds {
        let problem = Problem { t: t(), frame: frame(""), kind, home: None };
        gallery.show(&format!("problem-{name}"), &problem);
        gallery.show(&format!("problem-{name}-bare"), &Problem { frame: Frame::default(), ..problem });
    }
    assert_eq!(initials("Dana Reyes"), "DR");
}
