//! A world: the product on a database of its own.

use std::cell::Cell;
use std::sync::Arc;

use app::account::FirstAccount;
use app::api_limit::ApiLimit;
use app::capability_use::Uses;
use app::mail::compose::Address;
use app::mail::outbox::Turns;
use app::operator::Mail;
use app::pass::{Reason, SystemPass, setup_token};
use app::password::Hasher;
use app::push::Push;
use app::session::Entered;
use app::work::{Origin, Store};
use app::{App, Ask, Refused, Settings, SharedApp};
use domain::account_center::CenterDetails;
use domain::time::{Span, Timestamp};
use domain::user::UserType;
use store::db::{Db, Engine};
use store::secret::Key;
use store::work::Tools;

use crate::PASSWORD;
use crate::asks;
use crate::luck::{CountedRandom, MovingClock, START};
use crate::mailbox::{self, Letter};
use crate::people::{Account, Center, Person, email, names, new_user};
use crate::place::Place;
use crate::provider;
use crate::records::Records;

/// How many requests of programs an account takes an hour.
const API_REQUESTS: i64 = 100_000;

/// The product on a database of its own, with a clock that the test moves.
pub struct World {
    /// The product.
    pub app: SharedApp,
    /// Its clock.
    pub clock: MovingClock,
    /// The TXT records there are.
    pub records: Records,
    // Last, so that the database goes when nobody uses it any more.
    place: Place,
}

impl World {
    /// A fresh world on a file.
    pub async fn sqlite() -> World {
        World::on(Engine::Sqlite).await
    }

    /// A fresh world on the PostgreSQL server for tests; panics if none is named.
    pub async fn postgres() -> World {
        World::on(Engine::Postgres).await
    }

    /// A fresh world on `engine`.
    pub async fn on(engine: Engine) -> World {
        World::asking(engine, None).await
    }

    /// A fresh world on `engine`, whose operator asks everybody for a second factor from then on.
    pub async fn asking(engine: Engine, second_factor_from: Option<Timestamp>) -> World {
        let place = Place::migrated(engine);
        let db = Db::open(&place.location).expect("a migrated database opens");
        let records = Records::default();
        let (clock, random) = (MovingClock::new(START), Box::new(CountedRandom::new(1)));
        let (key, told) = (Key::new([7; 32]), clock.clone());
        let tools = Tools { clock: Box::new(told), random, key, second_factor_from };
        let settings = Settings {
            base_url: "https://rollcall.example.test".to_owned(),
            mail_from: Address {
                name: "Rollcall".to_owned(),
                email: "hello@rollcall.example.test".to_owned(),
            },
            trusted_proxies: Vec::new(),
            strong_keys: false,
        };
        let app = App {
            store: Store::new(db, tools),
            settings,
            hasher: Hasher::cheap([9; 32]),
            smtp: None,
            turns: Turns::default(),
            uses: Uses::default(),
            api_limit: ApiLimit::new(API_REQUESTS),
            dns: Box::new(records.clone()),
            push: Push::new(Vec::new()),
            providers: provider::way(),
        };
        World { app: Arc::new(app), clock, records, place }
    }

    /// Starts the product again on the same database with other settings, as an operator would. Whoever holds the
    /// product from before goes on with the old ones.
    pub fn restart(&mut self, change: impl FnOnce(&mut App)) {
        let (store, settings) = (self.app.store.clone(), self.app.settings.clone());
        let (smtp, turns) = (self.app.smtp.clone(), Turns::default());
        let (hasher, uses) = (Hasher::cheap([9; 32]), Uses::default());
        let api_limit = ApiLimit::new(API_REQUESTS);
        let dns = Box::new(self.records.clone());
        let (push, providers) = (Push::new(Vec::new()), provider::way());
        let mut app = App { store, settings, hasher, smtp, turns, uses, api_limit, dns, push, providers };
        change(&mut app);
        self.app = Arc::new(app);
    }

    /// Starts the product again on the same database with these keys, as an operator would who has replaced the key.
    pub async fn restart_with_key(&mut self, key: Key) {
        self.app.store.close().await;
        let db = Db::open(&self.place.location).expect("a migrated database opens");
        let random = Box::new(CountedRandom::new(1 + key.number().unsigned_abs()));
        let tools = Tools { clock: Box::new(self.clock.clone()), random, key, second_factor_from: None };
        self.restart(|app| app.store = Store::new(db, tools));
    }

    /// Which engine it stands on.
    pub fn engine(&self) -> Engine {
        self.app.store.engine()
    }

    /// Moves the time on.
    pub fn advance(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Somebody who has not signed in.
    pub fn visitor(&self) -> Ask {
        asks::visitor(asks::NETWORK)
    }

    /// Somebody who has not signed in, from a network of their own.
    pub fn visitor_from(&self, network: &str) -> Ask {
        asks::visitor(network)
    }

    /// Whoever has the operator's link.
    pub fn operator(&self) -> Ask {
        asks::operator(&self.app)
    }

    /// Somebody who followed a link of the product.
    pub fn follow(&self, link: &str) -> Ask {
        asks::follow(&self.app, link)
    }

    /// The link that makes the first account.
    pub fn setup_link(&self) -> String {
        format!("{}/setup/{}", self.app.settings.base_url, setup_token(self.app.store.key()))
    }

    /// Makes the first account: Acme, of Ada Reyes, `ada@example.com`.
    pub async fn set_up(&self) -> Account {
        let first = FirstAccount {
            account_name: "Acme".to_owned(),
            time_zone: "UTC".to_owned(),
            names: names("ada@example.com"),
            email: email("ada@example.com"),
            password: PASSWORD.to_owned(),
        };
        let ask = self.follow(&self.setup_link());
        let (id, session) = self.app.set_up(&ask, first).await.expect("the first account is made");
        let admin = Person::signed_in("ada@example.com", session);
        Account { id, admin, app: Arc::clone(&self.app) }
    }

    /// Makes another account at the command line; its administrator accepts.
    pub async fn another_account(&self, name: &str, administrator: &str) -> Account {
        let new = new_user(administrator, UserType::Administrator, &[]);
        let name = name.to_owned();
        let create = move |w: app::work::Writer| {
            app::account::create(w, &SystemPass::new(Reason::CommandLine), &name, "UTC", &new)
        };
        let made = self.app.store.write(Origin::internal(), create).await.expect("an account is made");
        let admin = self.accept(self.letter_to(administrator).await.link(), PASSWORD).await;
        Account { id: made.account, admin, app: Arc::clone(&self.app) }
    }

    /// An account center of two new accounts of one person, who is not its executive administrator yet.
    pub async fn account_center(&self, name: &str, administrator: &str) -> Center {
        let first = self.another_account(&format!("{name} North"), administrator).await;
        let second = self.another_account(&format!("{name} South"), administrator).await;
        let accounts = [first.id.clone(), second.id.clone()].into();
        let details = CenterDetails { name: name.to_owned(), temporary_passwords: true };
        let made = self.app.create_center(&second.admin.ask, details, accounts).await;
        let app = Arc::clone(&self.app);
        Center {
            id: made.expect("the center is made"),
            admin: second.admin.clone(),
            accounts: [first, second],
            app,
        }
    }

    /// Accepts an invitation with the password of one's choice.
    pub async fn accept(&self, link: &str, password: &str) -> Person {
        asks::accept(&self.app, link, password).await
    }

    /// Signs in with [`PASSWORD`].
    pub async fn sign_in(&self, address: &str) -> Person {
        let entered = self.app.sign_in(&self.visitor(), address, PASSWORD).await.expect("the password fits");
        let Entered::Started(started) = entered else { panic!("{PASSWORD} is no temporary password") };
        Person::signed_in(address, started)
    }

    /// Types a temporary password at sign-in; what one asks with to choose one's own.
    pub async fn type_temporary(&self, address: &str, password: &str) -> Result<Ask, Refused> {
        asks::type_temporary(&self.app, address, password).await
    }

    /// All mails as they would be sent now, oldest first. Those whose link was overtaken are not among them.
    pub async fn mailbox(&self) -> Vec<Letter> {
        mailbox::all(&self.app).await
    }

    /// The newest mail to an address; panics if there is none.
    pub async fn letter_to(&self, address: &str) -> Letter {
        mailbox::newest(&self.app, address).await.unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// The outbox: every mail and where it stands, oldest first.
    pub async fn outbox(&self) -> Vec<Mail> {
        mailbox::rows(&self.app).await
    }

    /// Does what the server's worker does with the addresses that a new password was asked for, and with the accounts that
    /// access was asked for. Looking for a mail does
    /// it too.
    pub async fn answer_resets(&self) {
        mailbox::answer_resets(&self.app).await;
    }

    /// Does what the server's worker does with the outbox until no mail is due; how many times it took one.
    pub async fn send_mails(&self) -> usize {
        self.answer_resets().await;
        let mut taken = 0;
        loop {
            let now =
                self.app.send_due_mails(&SystemPass::new(Reason::Worker)).await.expect("the worker works");
            taken += now;
            if now == 0 {
                return taken;
            }
            assert!(taken < 10_000, "the same mails are due again and again");
        }
    }

    /// Runs one statement past the product, and gives its rows as texts, NULL as an empty one. For looking at what
    /// the product never shows, and for states that no operation makes.
    pub fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        self.place.sql(sql)
    }
}

impl Drop for World {
    /// A test that loops over worlds says in which of them it failed: that one is dropped first.
    fn drop(&mut self) {
        thread_local!(static SAID: Cell<bool> = const { Cell::new(false) });
        if std::thread::panicking() && !SAID.replace(true) {
            eprintln!("this happened on {:?}", self.engine());
        }
    }
}
