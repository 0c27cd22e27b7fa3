//! Installations to try the program in.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use seed::{Made, Place as SeedPlace, Size};
use serde_json::Value;

/// A number no other test of this run has.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rollcall_server_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A folder to run the program in, with the settings it gets. All of it is gone at the end.
pub(crate) struct Installation {
    pub(crate) folder: PathBuf,
    settings: Vec<(String, String)>,
    place: Place,
    /// Where PostgreSQL is told to forget the database.
    admin: Option<(String, String)>,
}

/// Where its data is.
enum Place {
    File(PathBuf),
    Server(String),
}

/// What a run of the program said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Installation {
    /// On SQLite.
    pub(crate) fn new() -> Installation {
        let folder = std::env::temp_dir().join(unique());
        // A run that was killed may have left one of the same name.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place::File(folder.join("data/rollcall.db"));
        Installation { folder, settings: Vec::new(), place, admin: None }
    }

    /// On PostgreSQL, where the tests have one.
    pub(crate) fn on_postgres() -> Option<Installation> {
        let admin = std::env::var("ROLLCALL_TEST_POSTGRES").ok()?;
        let name = unique();
        sql(&Place::Server(admin.clone()), &format!("CREATE DATABASE {name}"));
        let url = format!("{}/{name}", admin.rsplit_once('/').unwrap().0);
        let mut installation = Installation::new().set("ROLLCALL_DATABASE_URL", &url);
        installation.place = Place::Server(url);
        installation.admin = Some((admin, name));
        Some(installation)
    }

    /// One of each engine there is.
    pub(crate) fn each() -> impl Iterator<Item = Installation> {
        [Some(Installation::new()), Installation::on_postgres()].into_iter().flatten()
    }

    /// The same with one more variable.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Installation {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a variable is set to.
    pub(crate) fn setting(&self, name: &str) -> String {
        self.settings.iter().find(|(known, _)| known == name).unwrap().1.clone()
    }

    /// Whether its data is on PostgreSQL.
    pub(crate) fn is_postgres(&self) -> bool {
        self.admin.is_some()
    }

    /// Puts a file into the working directory.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let file = self.folder.join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, content).unwrap();
    }

    /// The program with nothing in its environment but these settings.
    pub(crate) fn program(&self, args: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        program.env_clear().envs(self.settings.iter().cloned()).current_dir(&self.folder).args(args);
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let output = self.program(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must do well; its answer.
    pub(crate) fn answer(&self, args: &[&str]) -> Value {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{args:?}: {ran:?}");
        ran.answer()
    }

    /// Runs a command that must fail with this code; its sentence.
    pub(crate) fn refusal(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{args:?}: {ran:?}");
        assert_eq!(ran.err.lines().count(), 1, "{args:?}: {ran:?}");
        let error: Value = serde_json::from_str(&ran.err).unwrap();
        error["error"].as_str().unwrap().to_owned()
    }

    /// Makes an account; its id.
    pub(crate) fn account(&self, name: &str, email: &str) -> String {
        let names = ["--admin-first-name", "Ada", "--admin-last-name", "Bell"];
        let made = self
            .answer(&[&["account", "create", "--name", name, "--admin-email", email], &names[..]].concat());
        text(&made["account"])
    }

    /// Fills it with made-up people, as `rollcall-seed` does.
    pub(crate) fn seed(&self, accounts: u64, users: u64) -> Made {
        let database_url = match &self.place {
            Place::File(_) => None,
            Place::Server(url) => Some(url.clone()),
        };
        let place = SeedPlace { data_dir: self.folder.join("data"), database_url };
        let size = Size { accounts, users, companies: 2, seed: 7, center: false };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(place.fill(size)).unwrap()
    }

    /// Makes a company; its id.
    pub(crate) fn company(&self, account: &str, name: &str) -> String {
        text(&self.answer(&["company", "create", "--account", account, "--name", name])["company"])
    }

    /// What somebody sees and does who reaches past the program into its database.
    pub(crate) fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        self::sql(&self.place, sql)
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some((admin, name)) = &self.admin {
            sql(&Place::Server(admin.clone()), &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

impl Ran {
    /// The one line of JSON that a command answers.
    pub(crate) fn answer(&self) -> Value {
        assert!(self.out.ends_with('\n') && self.out.lines().count() == 1, "{self:?}");
        serde_json::from_str(&self.out).unwrap()
    }
}

/// The text of an answer's field.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The permissions of a file or folder.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Stands between the columns of a row; no text of the product holds it.
const BETWEEN: &str = "\u{1f}";

/// Runs one statement with the engine's own program, as somebody would who has the server's machine.
fn sql(place: &Place, sql: &str) -> Vec<Vec<String>> {
    let mut program = match place {
        Place::File(file) => {
            let mut program = Command::new("sqlite3");
            program.args(["-batch", "-noheader", "-separator", BETWEEN, "-cmd", ".timeout 10000"]).arg(file);
            program
        }
        Place::Server(url) => {
            let mut program = Command::new("psql");
            program.args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-F", BETWEEN, "-d", url, "-c"]);
            program
        }
    };
    let output = program.arg(sql).output().expect("the tests need the programs sqlite3 and psql");
    assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    let rows = String::from_utf8(output.stdout).unwrap();
    rows.lines().map(|row| row.split(BETWEEN).map(str::to_owned).collect()).collect()
}
