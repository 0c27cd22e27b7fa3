//! A stage for what happens at the same moment: a server, many accounts, and the same few people in each of them.
//!
//! The accounts are made by `rollcall-seed`, people and their sessions straight in the database: that is quick, and
//! nothing of it is what the tests are about.

use std::ops::Range;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;
use store::secret;

use crate::http::{Answer, Ask, Hand, at_once};
use crate::serve::{Server, listening};
use crate::support::Installation;

/// Set by `cargo xtask endure`: all the rounds there are, which take long.
const ENDURE: &str = "ROLLCALL_TEST_ENDURE";

/// How often something is tried: `modest` times in an ordinary run.
pub(crate) fn rounds(modest: usize, all: usize) -> usize {
    if std::env::var_os(ENDURE).is_some() { all } else { modest }
}

/// The people who are administrators of each account.
pub(crate) const ADMINISTRATORS: usize = 4;

/// A server with its accounts and people.
pub(crate) struct Stage {
    pub(crate) installation: Installation,
    pub(crate) address: String,
    pub(crate) server: Server,
    /// One for each round.
    pub(crate) accounts: Vec<String>,
    hands: Vec<Hand>,
    began: Instant,
}

/// The session of the person with this number, in the browser with this number.
pub(crate) fn token(person: usize, browser: usize) -> String {
    format!("{:0>43}", format!("person-{person}-browser-{browser}"))
}

/// The address of the person with this number.
pub(crate) fn address_of(person: usize) -> String {
    format!("person{person}@example.com")
}

/// The user of the person with this number in an account.
pub(crate) fn user_of(account: &str, person: usize) -> String {
    format!("USR{}{person:x}", &account[3..34])
}

/// The engine's name, for what a test prints.
pub(crate) fn engine(installation: &Installation) -> &'static str {
    if installation.is_postgres() { "PostgreSQL" } else { "SQLite" }
}

impl Stage {
    /// As many accounts as there are rounds, each with [`ADMINISTRATORS`] administrators. Everything is logged but
    /// what went well.
    pub(crate) fn new(installation: Installation, rounds: usize) -> Stage {
        let installation =
            installation.set("ROLLCALL_LOG", "error").set("ROLLCALL_TRUSTED_PROXIES", "127.0.0.1");
        let (installation, address) = listening(installation);
        let made = installation.seed(rounds as u64, 1);
        let accounts = installation.sql("SELECT id FROM account ORDER BY id").into_iter().flatten().collect();
        // Young accounts may invite only a few.
        installation.sql("UPDATE account SET created_at = created_at - 172800000000");
        // The seed's own administrators would always be left.
        installation.sql("UPDATE \"user\" SET user_type = 'manager'");
        for person in 0..ADMINISTRATORS {
            add_person(&installation, person, &made.login);
            add_sessions(&installation, person, 0..1);
            installation.sql(&format!(
                "INSERT INTO \"user\" (account_id, id, login_id, email, email_canonical, first_name, last_name,
                     display_name, sort_name, user_type, agent, status, invoice_emails, created_at, activated_at,
                     last_active_at, listed)
                 SELECT id, 'USR' || substr(id, 4, 31) || '{person:x}', '{}', '{1}', '{1}', 'Person', '{person}',
                     '', 'person {person}', 'administrator', 0, 'active', 0, created_at, created_at, 0, 'active' FROM account",
                login_of(person),
                address_of(person),
            ));
        }
        let server = Server::start(&installation, &address).ready();
        Stage { installation, address, server, accounts, hands: Vec::new(), began: Instant::now() }
    }

    /// Asks all of it at the same moment.
    pub(crate) fn at_once(&mut self, asks: &[Ask]) -> Vec<Answer> {
        self.with_head_start(asks, Duration::ZERO)
    }

    /// The same, and the first of them a little earlier.
    pub(crate) fn with_head_start(&mut self, asks: &[Ask], head_start: Duration) -> Vec<Answer> {
        at_once(&mut self.hands, &self.address, asks, head_start)
    }

    /// Asks one after the other.
    pub(crate) fn told(&mut self, ask: &Ask) -> Answer {
        if self.hands.is_empty() {
            self.hands.push(Hand::new(&self.address));
        }
        self.hands[0].told(ask)
    }

    /// A company of an account.
    pub(crate) fn company(&self, account: &str) -> String {
        let found = format!("SELECT MIN(id) FROM company WHERE account_id = '{account}'");
        self.installation.sql(&found).remove(0).remove(0)
    }

    /// The number that a statement counts.
    pub(crate) fn count(&self, sql: &str) -> usize {
        self.installation.sql(sql).remove(0).remove(0).parse().unwrap()
    }

    /// Ends the server, which must have logged no error, and looks at the whole installation. Says what was tried.
    pub(crate) fn end(self, what: &str, rounds: usize) {
        let Stage { installation, server, began, .. } = self;
        let took = began.elapsed();
        let (code, logs) = server.stop("-TERM");
        assert_eq!((code, logs.as_str()), (Some(0), ""), "{what}");
        is_whole(&installation);
        println!("{}: {what}: {rounds} rounds in {:.1} s", engine(&installation), took.as_secs_f64());
    }
}

/// The activity is whole, and nothing is wrong with the installation.
pub(crate) fn is_whole(installation: &Installation) {
    assert_eq!(installation.answer(&["activity", "verify"])["whole"], true);
    assert_eq!(installation.answer(&["doctor"])["problems"], json!([]));
}

/// The login of the person with this number.
pub(crate) fn login_of(person: usize) -> String {
    format!("LOG{person:032x}")
}

/// Makes a login with the password of another.
pub(crate) fn add_person(installation: &Installation, person: usize, like: &str) {
    installation.sql(&format!(
        "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash, password_changed_at,
             language, created_at, email_proven_at)
         SELECT '{}', '{1}', '{1}', 'Person', '{person}', password_hash, password_changed_at, language, created_at,
             created_at
         FROM login WHERE email = '{like}'",
        login_of(person),
        address_of(person),
    ));
}

/// Signs a person in with these browsers, a moment ago.
pub(crate) fn add_sessions(installation: &Installation, person: usize, browsers: Range<usize>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let (now, ends) = (now.as_micros(), (now + Duration::from_secs(24 * 3_600)).as_micros());
    let row = |browser: usize| {
        let (id, hash) = (person * 1_000 + browser, secret::hash(&token(person, browser)));
        let login = login_of(person);
        format!("('SES{id:032x}', '{hash}', '{login}', '192.0.2.1', 'Firefox', {now}, {now}, {now}, {ends})")
    };
    let rows: Vec<String> = browsers.map(row).collect();
    let columns = "(id, token_hash, login_id, network, device, created_at, seen_at, proven_at, expires_at)";
    installation.sql(&format!("INSERT INTO session {columns} VALUES {}", rows.join(", ")));
}
