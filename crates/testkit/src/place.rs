//! Databases for one test each. This is the one file of the kit that names drivers: making and dropping databases,
//! and looking past the product, are no business of the product's.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use postgres::{Client, NoTls, SimpleQueryMessage};
use rusqlite::types::ValueRef;
use store::db::{Db, Engine, Location, MIGRATIONS};

use crate::luck::START;

/// As many as let units of one world collide.
const CONNECTIONS: usize = 8;

/// Any number that nobody else takes; held while the template is made.
const TEMPLATE_LOCK: i64 = 7_263_115;

/// The server for tests, if one is named.
pub(crate) fn postgres_server() -> Option<String> {
    std::env::var("ROLLCALL_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// A migrated database, cleared away when dropped.
pub(crate) struct Place {
    pub(crate) location: Location,
    clear: Clear,
    /// The way past the product, once it was taken. PostgreSQL makes a process for each, which takes longer than most statements.
    past: Mutex<Option<Client>>,
}

enum Clear {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl Place {
    pub(crate) fn migrated(engine: Engine) -> Place {
        match engine {
            Engine::Sqlite => on_thread(sqlite),
            Engine::Postgres => on_thread(postgres),
        }
    }

    /// Runs one statement past the product; the rows as texts, NULL as an empty one.
    pub(crate) fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.location {
            Location::Sqlite(file) => {
                let connection = rusqlite::Connection::open(file).expect("the file opens");
                connection.busy_timeout(std::time::Duration::from_secs(10)).expect("set");
                let mut statement = connection.prepare(sql).expect("valid SQL");
                let columns = statement.column_count();
                let row = |row: &rusqlite::Row| (0..columns).map(|at| Ok(text(row.get_ref(at)?))).collect();
                let rows = statement.query_map([], row).expect("the statement runs");
                rows.map(|row| row.expect("a row")).collect()
            }
            Location::Postgres { url, .. } => on_thread(|| {
                let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
                let client = past.get_or_insert_with(|| connect(url));
                let messages = client.simple_query(sql).expect("the statement runs");
                messages.iter().filter_map(texts).collect()
            }),
        }
    }
}

impl Drop for Place {
    /// Failing here would hide why a test failed.
    fn drop(&mut self) {
        match &self.clear {
            Clear::Folder(folder) => drop(std::fs::remove_dir_all(folder)),
            Clear::Database { server, name } => on_thread(|| {
                drop(self.past.lock().unwrap_or_else(PoisonError::into_inner).take());
                if let Ok(mut client) = Client::connect(server, NoTls) {
                    let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
                }
            }),
        }
    }
}

/// A name that no other world of this machine has.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rollcall_world_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn sqlite() -> Place {
    let folder = std::env::temp_dir().join(unique());
    // A run that was killed may have left one of the same name.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
    let file = folder.join("world.db");
    std::fs::copy(file_template(), &file).expect("copied");
    Place { location: Location::Sqlite(file), clear: Clear::Folder(folder), past: Mutex::default() }
}

/// The migrated file that worlds are copied from, beside the tests that made it.
fn file_template() -> PathBuf {
    let tests = std::env::current_exe().expect("a test is a program");
    let file = tests.with_file_name(format!("{}.db", template_name(Engine::Sqlite)));
    if !file.exists() {
        // It gets its name when it is whole.
        let draft = tests.with_file_name(format!("{}.draft", unique()));
        migrate(&Location::Sqlite(draft.clone()));
        std::fs::rename(&draft, &file).expect("renamed");
    }
    file
}

fn postgres() -> Place {
    let server = postgres_server().expect("ROLLCALL_TEST_POSTGRES names a server");
    // Once per process; the next process finds it made.
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| template(&server));
    let name = unique();
    let mut client = connect(&server);
    // A run that was killed may have left one of the same name.
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).expect("dropped");
    // Files are copied faster than pages are logged.
    let clone = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
    client.batch_execute(&clone).expect("cloned");
    let location = Location::Postgres { url: database_url(&server, &name), connections: CONNECTIONS };
    Place { location, clear: Clear::Database { server, name }, past: Mutex::default() }
}

/// What the migrated databases are called that worlds are made from: it follows from the migrations, so that each process of
/// tests finds what another one has made of the same.
fn template_name(engine: Engine) -> String {
    let mut hasher = DefaultHasher::new();
    MIGRATIONS.iter().for_each(|migration| (migration.name, migration.translated(engine)).hash(&mut hasher));
    format!("rollcall_template_{:016x}", hasher.finish())
}

/// The migrated database that worlds are cloned from. It stays on the server.
fn template(server: &str) -> String {
    let name = template_name(Engine::Postgres);
    let mut client = connect(server);
    client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK]).expect("the lock is given");
    let found = client.query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).expect("asked");
    if found.is_empty() {
        // It gets its name when it is whole.
        let draft = format!("{name}_draft");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)")).expect("dropped");
        client.batch_execute(&format!("CREATE DATABASE {draft}")).expect("made");
        migrate(&Location::Postgres { url: database_url(server, &draft), connections: 1 });
        client.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {name}")).expect("renamed");
    }
    name
}

/// On a thread without a runtime.
fn migrate(location: &Location) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let db = Db::open(location).expect("a new database opens");
        db.migrate(START.micros()).await.expect("the migrations run");
        db.close().await;
    });
}

fn database_url(server: &str, name: &str) -> String {
    let (server, _) = server.rsplit_once('/').expect("a URL that ends with a database");
    format!("{server}/{name}")
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).expect("the PostgreSQL server of ROLLCALL_TEST_POSTGRES answers")
}

/// The blocking client may not run inside a task. A panic there is the caller's.
fn on_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

fn text(value: ValueRef) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        other => panic!("the product stores no {}", other.data_type()),
    }
}

fn texts(message: &SimpleQueryMessage) -> Option<Vec<String>> {
    let SimpleQueryMessage::Row(row) = message else { return None };
    Some((0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect())
}
