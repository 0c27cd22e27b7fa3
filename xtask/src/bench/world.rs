//! The data that is measured on, and the servers over it.

use std::fs;
use std::process::Command;

use super::Result;
use super::process::Server;

const FOLDER: &str = "target/bench/world";
const ADDRESS: &str = "localhost:18480";
const LISTEN: &str = "127.0.0.1:18480";
const BARE: &str = "127.0.0.1:18481";
const HASTY: &str = "localhost:18482";
const TOOLS: &str = "target/release";

/// A seeded installation.
pub(super) struct World {
    /// Its folder.
    pub(super) folder: String,
    /// The account with 10,000 users more.
    pub(super) account: String,
    /// The cookie of its first administrator.
    pub(super) cookie: String,
    /// A key of theirs.
    pub(super) key: String,
    postgres: Option<String>,
}

impl World {
    /// 1,000 accounts of 10 users, 10,000 more users in the first, accounts to create users in, invitations to accept.
    pub(super) fn make(postgres: Option<String>) -> Result<World> {
        let _ = fs::remove_dir_all(FOLDER);
        fs::create_dir_all(FOLDER).map_err(|error| format!("{FOLDER} cannot be made: {error}"))?;
        let (account, cookie, key) = Default::default();
        let mut world = World { folder: FOLDER.to_owned(), account, cookie, key, postgres };
        let mut seed = Command::new(format!("{TOOLS}/rollcall-seed"));
        seed.args(["--accounts", "1000", "--users-per-account", "10"]).envs(world.settings());
        let seeded = said(seed)?;
        println!("seeded: {}", seeded.trim());
        let [account, login, password] =
            ["account", "login", "password"].map(|key| json_text(&seeded, key).unwrap_or_default());
        let mut prepare = Command::new(format!("{TOOLS}/prepare"));
        prepare.args([FOLDER, FOLDER, &account, &login, &password]).args(&world.postgres);
        said(prepare)?;
        let session = fs::read_to_string(format!("{FOLDER}/session")).map_err(|error| error.to_string())?;
        world.cookie = format!("session={session}");
        world.account = account;
        let mut create = Command::new("target/release/rollcall");
        create.args(["api-key", "create", "--login", &login, "--name", "bench"]).envs(world.settings());
        world.key = json_text(&said(create)?, "api_key").unwrap_or_default();
        Ok(world)
    }

    fn settings(&self) -> Vec<(&str, &str)> {
        let mut settings = vec![
            ("ROLLCALL_DATA_DIR", FOLDER),
            ("ROLLCALL_LISTEN", LISTEN),
            ("ROLLCALL_API_REQUESTS_PER_HOUR", "1000000000"),
        ];
        settings.extend(self.postgres.as_ref().map(|url| ("ROLLCALL_DATABASE_URL", url.as_str())));
        settings
    }

    /// The server as it is released, with its own settings.
    pub(super) fn server(&self) -> Result<Server> {
        let log = format!("{FOLDER}/server.log");
        Server::start("target/release/rollcall", &["serve"], &self.settings(), ADDRESS, &log)
    }

    /// The server whose password hashes cost nothing.
    pub(super) fn hasty(&self) -> Result<Server> {
        let mut args = vec![HASTY, FOLDER];
        args.extend(self.postgres.as_deref());
        Server::start(&format!("{TOOLS}/hasty"), &args, &[], HASTY, &format!("{FOLDER}/hasty.log"))
    }

    /// The server that gives recorded answers.
    pub(super) fn bare(&self, answers: &[String]) -> Result<Server> {
        let mut args = vec![BARE];
        args.extend(answers.iter().map(String::as_str));
        Server::start(&format!("{TOOLS}/bare"), &args, &[], BARE, &format!("{FOLDER}/bare.log"))
    }
}

fn said(mut command: Command) -> Result<String> {
    let output = command.output().map_err(|error| format!("{command:?} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{} failed: {}",
        command.get_program().display(),
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}

/// A text of a flat JSON object whose texts need no escapes.
fn json_text(json: &str, key: &str) -> Option<String> {
    let (_, rest) = json.split_once(&format!("\"{key}\":\""))?;
    rest.split_once('"').map(|(text, _)| text.to_owned())
}
