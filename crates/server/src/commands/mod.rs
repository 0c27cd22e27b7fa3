//! The command line. Each command does one thing and answers with one line of JSON.

mod account;
mod activity;
mod api_key;
mod brand;
mod company;
mod doctor;
mod explain;
mod metrics_token;
mod migrate;
mod operator_link;
mod second_factor;
mod secret;
mod session;
mod user;

use std::io::Write as _;
use std::process::ExitCode;

use app::App;
use app::password::Hasher;
use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::failure::Failure;
use crate::line::tame;
use crate::open;
use crate::sentence;
use crate::settings::Settings;

/// A self-hosted call-tracking and lead workspace.
#[derive(Parser)]
#[command(name = "rollcall", version)]
pub(crate) struct Line {
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What the program can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve until told to stop; the same as no command at all
    Serve,
    /// Bring the database to this version
    Migrate,
    /// Make an account and invite its first administrator
    #[command(subcommand)]
    Account(account::Command),
    /// Make and invite a user
    #[command(subcommand)]
    User(user::Command),
    /// Make a company
    #[command(subcommand)]
    Company(company::Command),
    /// Give an account a host name of its own
    #[command(subcommand)]
    Brand(brand::Command),
    /// Make, list and end keys for programs
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Sign somebody out everywhere
    #[command(subcommand)]
    Session(session::Command),
    /// Take a lost second factor away
    #[command(subcommand)]
    SecondFactor(second_factor::Command),
    /// Replace the key that links, codes and sealed secrets are made with
    #[command(subcommand)]
    Secret(secret::Command),
    /// Tell why a user may or may not do something
    Explain(explain::Args),
    /// Prove the activity whole
    #[command(subcommand)]
    Activity(activity::Command),
    /// Look for what is wrong with this installation
    Doctor,
    /// Tell the bearer token for /metrics
    MetricsToken,
    /// Tell the link to the mails and where they stand
    OperatorLink,
}

impl Command {
    /// Does it.
    pub(crate) async fn run(self, settings: &Settings) -> Result<Answer, Failure> {
        match self {
            Command::Serve => unreachable!("serving is no command with an answer"),
            Command::Migrate => migrate::run(settings).await,
            Command::Account(account::Command::Create(args)) => account::create(settings, args).await,
            Command::User(user::Command::Invite(args)) => user::invite(settings, args).await,
            Command::Company(company::Command::Create(args)) => company::create(settings, args).await,
            Command::Brand(brand::Command::Host(args)) => brand::host(settings, args).await,
            Command::ApiKey(api_key::Command::Create(args)) => api_key::create(settings, args).await,
            Command::ApiKey(api_key::Command::List(args)) => api_key::list(settings, args).await,
            Command::ApiKey(api_key::Command::Revoke(args)) => api_key::revoke(settings, args).await,
            Command::Session(session::Command::End(args)) => session::end(settings, args).await,
            Command::SecondFactor(second_factor::Command::Remove(args)) => {
                second_factor::remove(settings, args).await
            }
            Command::Secret(secret::Command::Replace(args)) => secret::replace(settings, args).await,
            Command::Secret(secret::Command::Forget(args)) => secret::forget(settings, args).await,
            Command::Explain(args) => explain::run(settings, args).await,
            Command::Activity(activity::Command::Verify(args)) => activity::verify(settings, args).await,
            Command::Doctor => doctor::run(settings).await,
            Command::MetricsToken => metrics_token::run(settings).await,
            Command::OperatorLink => operator_link::run(settings).await,
        }
    }
}

/// What a command answers.
pub(crate) struct Answer {
    line: String,
    /// Whether all is well: the exit code.
    well: bool,
}

impl Answer {
    /// All is well.
    fn of(content: &impl Serialize) -> Result<Answer, Failure> {
        Answer::judged(content, true)
    }

    /// All is well, or not.
    fn judged(content: &impl Serialize, well: bool) -> Result<Answer, Failure> {
        let line = serde_json::to_string(content);
        let line =
            line.map_err(|error| Failure::new(format!("The answer cannot be written as JSON: {error}.")))?;
        Ok(Answer { line: tame(&line), well })
    }

    /// Writes the answer on stdout.
    pub(crate) fn tell(self) -> Result<ExitCode, Failure> {
        let mut out = std::io::stdout().lock();
        let told = writeln!(out, "{}", self.line).and_then(|()| out.flush());
        told.map_err(|error| {
            Failure::new(format!("The command was done, but its answer cannot be told: {error}."))
        })?;
        Ok(if self.well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Runs a command with the product, and closes it whatever came out.
async fn with_app<T>(
    settings: &Settings,
    command: impl AsyncFnOnce(&App) -> Result<T, Failure>,
) -> Result<T, Failure> {
    // Commands check no passwords, so they need not wait for a careful hasher.
    let mut app = open::app(settings, 1, Hasher::cheap).await?;
    let done = match as_served(&mut app, settings).await {
        Ok(()) => command(&app).await,
        Err(failure) => Err(failure),
    };
    app.store.close().await;
    done
}

/// A command is often run without the server's environment: its links begin with the server's address all the same.
async fn as_served(app: &mut App, settings: &Settings) -> Result<(), Failure> {
    if settings.is_base_url_set {
        return Ok(());
    }
    let served_at = app.served_at().await;
    let served_at = served_at.map_err(|refused| sentence::refused(refused, sentence::plain_option))?;
    if let Some(served_at) = served_at {
        app.settings.base_url = served_at;
    }
    Ok(())
}
