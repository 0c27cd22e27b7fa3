//! A seeded world and its server.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::client::Client;
use crate::cargo::cargo;

const PROGRAM: &str = "target/release/rollcall";
const SEED: &str = "target/release/rollcall-seed";

/// How large a world is.
pub(crate) struct Size {
    pub(crate) name: &'static str,
    pub(crate) accounts: u64,
    pub(crate) users: u64,
    pub(crate) companies: u64,
    /// Whether the accounts stand in one account center.
    pub(crate) center: bool,
}

/// Where worlds are kept.
pub(crate) enum Engine {
    Sqlite,
    /// A server on which databases may be made.
    Postgres(String),
}

impl Engine {
    /// The engines there are here.
    pub(crate) fn all() -> Vec<Engine> {
        let server = std::env::var("ROLLCALL_TEST_POSTGRES").ok().map(Engine::Postgres);
        [Some(Engine::Sqlite), server].into_iter().flatten().collect()
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }
}

/// Builds the program as it is released, and what fills its database.
pub(crate) fn build() -> io::Result<()> {
    cargo(&["build", "--release", "--locked", "-p", "rollcall", "-p", "rollcall-seed"])
        .map_err(io::Error::other)
}

/// A world with a server of its own, which ends with it.
pub(crate) struct World {
    list: String,
    email: String,
    password: String,
    port: u16,
    server: Child,
}

impl World {
    /// Makes the world, unless it is there from an earlier run, and serves it.
    pub(crate) fn open(engine: &Engine, size: &Size) -> io::Result<World> {
        let center = if size.center { "_center" } else { "" };
        let name = format!("growth_{}_{}{center}", size.accounts, size.users);
        let folder = PathBuf::from("target/growth").join(engine.name()).join(&name);
        let note = folder.join("seed.json");
        if !note.exists() {
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)?;
            let made = seed(engine, size, &name, &folder)?;
            println!("{}, {}: {}", engine.name(), size.name, made.trim());
            fs::write(&note, made)?;
        }
        let made = fs::read_to_string(&note)?;
        let said = |key: &str| {
            let rest = made.split(&format!("\"{key}\":\"")).nth(1).unwrap_or_default();
            rest.split('"').next().unwrap_or_default().to_owned()
        };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut serve = program(PROGRAM, engine, &name, &folder);
        serve.env("ROLLCALL_LISTEN", format!("127.0.0.1:{port}"));
        serve.env("ROLLCALL_BASE_URL", format!("http://localhost:{port}"));
        let server = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let list = match size.center {
            true => format!("/account-centers/{}/users", said("account_center")),
            false => format!("/accounts/{}/users", said("account")),
        };
        Ok(World { list, email: said("login"), password: said("password"), port, server })
    }

    /// The address of the list: of the first account's users, or of the center's people.
    pub(crate) fn list(&self) -> String {
        self.list.clone()
    }

    /// Signs the first administrator in, as soon as the server answers.
    pub(crate) fn sign_in(&self) -> io::Result<Client> {
        for _ in 0..100 {
            match Client::sign_in(self.port, &self.email, &self.password) {
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    sleep(Duration::from_millis(100));
                }
                answer => return answer,
            }
        }
        Err(io::Error::other("the server does not start"))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Fills a database of that name; what the program said of it.
fn seed(engine: &Engine, size: &Size, name: &str, folder: &Path) -> io::Result<String> {
    if let Engine::Postgres(server) = engine {
        for statement in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            run(Command::new("psql").args([server, "-qc", &statement]))?;
        }
    }
    let mut seed = program(SEED, engine, name, folder);
    for (option, number) in [
        ("--accounts", size.accounts),
        ("--users-per-account", size.users),
        ("--companies-per-account", size.companies),
    ] {
        seed.args([option, &number.to_string()]);
    }
    if size.center {
        seed.arg("--center");
    }
    let made = run(&mut seed)?;
    if let Engine::Postgres(server) = engine {
        run(Command::new("psql").args([&database(server, name), "-qc", "VACUUM ANALYZE"]))?;
    }
    Ok(made)
}

fn program(path: &str, engine: &Engine, name: &str, folder: &Path) -> Command {
    let mut program = Command::new(path);
    program.env("ROLLCALL_DATA_DIR", folder);
    if let Engine::Postgres(server) = engine {
        program.env("ROLLCALL_DATABASE_URL", database(server, name));
    }
    program
}

fn database(server: &str, name: &str) -> String {
    format!("{}/{name}", server.rsplit_once('/').map_or(server, |(before, _)| before))
}

/// Runs a command to its end; what it printed.
fn run(command: &mut Command) -> io::Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() { Ok(said) } else { Err(io::Error::other(said)) }
}
