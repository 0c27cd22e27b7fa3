//! Makes, in a world that `rollcall-seed` has made, what the measured requests need, and writes it for wrk's scripts:
//! 10,000 more users in the first account, accounts to create users in with a signed-in administrator each, and
//! invitations to accept: of people who are new, and of people who are signed in.
//!
//! `prepare DATA-FOLDER OUT-FOLDER ACCOUNT LOGIN PASSWORD [POSTGRES-URL]`

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use app::pass::{AccountPass, Credentials, Reason, SystemPass};
use app::session::{Entered, SignedIn, Started};
use app::work::{Origin, Writer};
use app::{Ask, SharedApp};
use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountId, CompanyId, InvitationId, UserId};
use domain::user::{Names, NewUser, UserStatus, UserType};
use store::pass::Acting as _;

/// Users more in the first account.
const CROWD: u64 = 10_000;
/// Accounts to create users in: the daily limit of invitations holds for each of them.
const OFFICES: u64 = 72;
/// Invitations to be accepted, in each of these accounts; in the first they are.
const INVITATIONS: u64 = 1_500;
/// The accounts from this one on invite the guests of the first.
const RETURN: u64 = 36;
const PASSWORD: &str = "correct horse battery staple";

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let mut next = || args.next();
    let (data, out) = (next().expect("a data folder"), next().expect("a folder to write to"));
    let account: AccountId = next().expect("an account").parse().expect("an account's id");
    let (login, password) = (next().expect("a login"), next().expect("a password"));
    let postgres = next();
    let app = Arc::new(rollcall_bench::open(&data, postgres.clone(), "localhost", 0).await);
    let earlier = Arc::new(rollcall_bench::open(&data, postgres, "localhost", 60).await);
    let signed_in = sign_in(&app, &visitor(), &login, &password).await;
    let admin = asking(Credentials { session: Some(signed_in.token.clone()), ..Credentials::default() });
    crowd(&app, &admin, &account).await;
    let (mut creators, links) = office(Arc::clone(&app), Arc::clone(&earlier), 0).await;
    for link in links {
        accept(&app, link).await;
    }
    let offices: Vec<_> = (1..OFFICES)
        .map(|number| tokio::spawn(office(Arc::clone(&app), Arc::clone(&earlier), number)))
        .collect();
    let (mut invitations, mut returning) = (String::new(), String::new());
    for (number, office) in (1..).zip(offices) {
        let (creator, links) = office.await.expect("an office");
        creators += &creator;
        for (guest, link) in links.iter().enumerate() {
            if number < RETURN {
                invitations += &format!("{link}\n");
                continue;
            }
            // Accepting replaces the session it is asked with: each can be used once.
            let asks = from(format!("10.{number}.{}.{}", guest / 250, guest % 250), Credentials::default());
            let session = sign_in(&app, &asks, &format!("guest0x{guest}@bench.test"), PASSWORD).await;
            returning += &format!("{link} {}\n", session.token);
        }
    }
    let write = |name: &str, text: &str| std::fs::write(Path::new(&out).join(name), text).expect("written");
    write("session", &signed_in.token);
    write("creators", &creators);
    write("invitations", &invitations);
    write("returning", &returning);
    app.store.close().await;
    earlier.store.close().await;
}

async fn sign_in(app: &SharedApp, asks: &Ask, address: &str, password: &str) -> SignedIn {
    match app.sign_in(asks, address, password).await.expect("signed in") {
        Entered::Started(Started::Session(session)) => session,
        _ => panic!("{address} has a password of their own, and no second factor"),
    }
}

fn visitor() -> Ask {
    asking(Credentials::default())
}

fn asking(credentials: Credentials) -> Ask {
    from("192.0.2.1".to_owned(), credentials)
}

fn from(network: String, credentials: Credentials) -> Ask {
    let origin = Origin { network, request_id: "bench".to_owned(), ..Origin::internal() };
    Ask { credentials, origin, device: String::new(), spoken: app::Spoken::default() }
}

fn names(number: u64) -> Names {
    Names { first: format!("First{number}"), last: format!("Last{}", number % 997), display: String::new() }
}

fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

async fn crowd(app: &SharedApp, admin: &Ask, account: &AccountId) {
    let choices =
        |r: &mut app::work::Reader, pass: &AccountPass<ManageUsers>| app::user::company_choices(r, pass);
    let (_, companies) = app.read(admin, account.clone(), choices).await.expect("the companies");
    let companies: Vec<CompanyId> = companies.into_iter().map(|company| company.id).collect();
    for thousand in 0..CROWD / 1_000 {
        let (account, companies) = (account.clone(), companies.clone());
        let unit = move |mut w: Writer| {
            let pass = SystemPass::new(Reason::Seed);
            for number in thousand * 1_000..(thousand + 1) * 1_000 {
                let id: UserId = w.new_id();
                let row = store::user::NewUserRow {
                    id: &id,
                    login: None,
                    email: &email(&format!("crowd{number}@bench.test")),
                    names: &names(number),
                    user_type: UserType::Reporting,
                    agent: false,
                    status: UserStatus::Active,
                    invoice_emails: false,
                    is_here: true,
                    ends_at: None,
                };
                store::user::insert(&mut w, &pass, &account, &row)?;
                let company = BTreeSet::from([companies[number as usize % companies.len()].clone()]);
                store::user::insert_companies(&mut w, &pass, &account, &id, &company)?;
            }
            let entry = Entry::of(&account, Verb::UserCreated, &account, "");
            w.commit::<_, app::Refused>(&pass.actor(), entry, ())
        };
        app.store.write(Origin::internal(), unit).await.expect("the crowd");
    }
}

/// Follows a link as somebody new.
async fn accept(app: &SharedApp, link: String) {
    let invited = asking(Credentials { invitation: Some(link), ..Credentials::default() });
    loop {
        // Two dozen at once hash their passwords.
        match app.accept(&invited, PASSWORD).await {
            Ok(_) => return,
            Err(refused) => assert!(matches!(refused, app::Refused::Busy), "{refused:?}"),
        }
    }
}

/// An account that was made a while ago, with its administrator signed in, and people invited by them: a line for the
/// script that creates users, and the links.
async fn office(app: SharedApp, earlier: SharedApp, number: u64) -> (String, Vec<String>) {
    let new = move |name: String, user_type| NewUser {
        user_type,
        email: email(&name),
        names: names(number),
        ..nobody()
    };
    let first = new(format!("office{number}@bench.test"), UserType::Administrator);
    let create = move |w: Writer| {
        app::account::create(
            w,
            &SystemPass::new(Reason::CommandLine),
            &format!("Office {number}"),
            "UTC",
            &first,
        )
    };
    let made = earlier.store.write(Origin::internal(), create).await.expect("an account");
    let link = |id: &InvitationId, generation: i64| {
        let of = (&made.account, id, generation);
        cookie(&app.invitation_link(app.store.key(), of, &app.settings.base_url))
    };
    let own = link(&made.invitation.id, made.invitation.generation);
    accept(&earlier, own).await;
    let address = format!("office{number}@bench.test");
    let token = sign_in(&app, &visitor(), &address, PASSWORD).await.token;
    let admin = asking(Credentials { session: Some(token.clone()), ..Credentials::default() });
    let mut links = Vec::new();
    let home = if number < RETURN { number } else { 0 };
    for guest in 0..INVITATIONS {
        let guest = new(format!("guest{home}x{guest}@bench.test"), UserType::Administrator);
        let user = if number < RETURN {
            let create = move |w: Writer, pass: &AccountPass<ManageUsers>| app::user::create(w, pass, &guest);
            app.write(&admin, made.account.clone(), create).await.and_then(|(_, created)| created)
        } else {
            // They have a place in the first office, so that no other may invite them by itself (U-15).
            let account = made.account.clone();
            let create = move |mut w: Writer| {
                let system = SystemPass::new(Reason::CommandLine);
                let pass = AccountPass::<ManageUsers>::for_operator(&mut w, &system, &account)?;
                app::user::create(w, &pass, &guest)
            };
            app.store.write(Origin::internal(), create).await.and_then(|created| created)
        };
        let user = user.expect("invited");
        let find = move |r: &mut app::work::Reader, pass: &AccountPass<ManageUsers>| {
            Ok(store::invitation::find_open(r, pass, &user)?)
        };
        let (_, found) = app.read(&admin, made.account.clone(), find).await.expect("read");
        let found = found.expect("an invitation");
        links.push(link(&found.id, found.generation));
    }
    (format!("{} {token}\n", made.account), links)
}

fn nobody() -> NewUser {
    NewUser {
        user_type: UserType::Administrator,
        agent: false,
        names: names(0),
        email: email("nobody@bench.test"),
        companies: BTreeSet::new(),
        message: None,
        invoice_emails: false,
        send_now: true,
    }
}

/// What the browser holds after following a link: `ACC….token`.
fn cookie(link: &str) -> String {
    let mut parts = link.rsplit('/');
    let token = parts.next().unwrap_or_default();
    format!("{}.{token}", parts.next().unwrap_or_default())
}
