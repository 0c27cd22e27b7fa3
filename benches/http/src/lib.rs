//! The product opened for benchmarks: with real clock, randomness and key, and with cheap password hashes.

use std::path::Path;

use app::App;
use app::key_file::KeyFile;
use app::password::Hasher;
use app::real::{RealClock, RealRandom};
use domain::time::{Clock, Random as _, Timestamp};
use store::db::{Db, Location};
use store::work::{Store, Tools};

/// A clock that is so many days behind: for accounts that are to be old enough for many invitations.
struct Behind(i64);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(RealClock.now().micros() - self.0 * 86_400_000_000)
    }
}

/// Opens the product on a data folder, or on PostgreSQL with the folder's key.
pub async fn open(folder: &str, postgres: Option<String>, address: &str, days_behind: i64) -> App {
    let folder = Path::new(folder);
    let location = match postgres {
        Some(url) => Location::Postgres { url, connections: 16 },
        None => Location::Sqlite(folder.join("rollcall.db")),
    };
    let db = Db::open(&location).expect("a database");
    let keys = KeyFile::read_or_make(&folder.join("secret.key"), || RealRandom.bytes()).expect("a key");
    let (clock, random) = (Box::new(Behind(days_behind)), Box::new(RealRandom));
    let tools = Tools { clock, random, key: keys.key(), second_factor_from: None };
    let store = Store::new(db, tools);
    store.migrate().await.expect("migrated");
    let base_url = format!("http://{address}");
    let mail_from =
        app::mail::compose::Address { name: "Rollcall".to_owned(), email: "rollcall@bench.test".to_owned() };
    App {
        store,
        settings: app::Settings { base_url, mail_from, trusted_proxies: Vec::new(), strong_keys: false },
        hasher: Hasher::cheap(RealRandom.bytes()),
        smtp: None,
        turns: app::mail::outbox::Turns::default(),
        api_limit: app::api_limit::ApiLimit::new(1_000_000_000),
        dns: Box::new(app::brand::dns::System),
        push: app::push::Push::new(Vec::new()),
        providers: app::push::Way::new(Vec::new()),
        uses: app::capability_use::Uses::default(),
    }
}
