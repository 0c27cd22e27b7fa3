//! `rollcall seed`.

use std::time::Instant;

use app::password::Hasher;
use app::seed::{Size, World};
use clap::value_parser;
use serde::Serialize;
use store::secret::random_token;

use super::Answer;
use crate::failure::Failure;
use crate::open;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// How large a world is made.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many accounts
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=1_000_000))]
    accounts: u64,
    /// How many users each account has
    #[arg(long, default_value_t = 10, value_parser = value_parser!(u64).range(1..=1_000_000))]
    users_per_account: u64,
    /// How many companies each account has
    #[arg(long, default_value_t = 3, value_parser = value_parser!(u64).range(0..=10_000))]
    companies_per_account: u64,
    /// Put all accounts into one account center, with the first administrator as its executive administrator
    #[arg(long)]
    center: bool,
    /// The same seed gives the same names
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

#[derive(Serialize)]
struct Made {
    login: String,
    password: String,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_center: Option<String>,
    users: u64,
    seconds: f64,
    users_per_minute: u64,
}

/// Makes the world. Its first administrator's password is random and shown this once.
pub(crate) async fn run(settings: &Settings, args: Args) -> Result<Answer, Failure> {
    let app = open::app(settings, 1, Hasher::new).await?;
    let is_empty = app.is_empty().await;
    if !is_empty.map_err(|refused| sentence::refused(refused, plain_option))? {
        app.store.close().await;
        return Err(Failure::new(
            "There are accounts in this database already, and made-up people among real ones could not be told apart: \
             name a fresh data folder in ROLLCALL_DATA_DIR.",
        ));
    }
    let password = random_token(app.store.random_bytes())[..20].to_owned();
    let size = Size {
        accounts: args.accounts,
        users: args.users_per_account,
        companies: args.companies_per_account,
        seed: args.seed,
        center: args.center,
    };
    let start = Instant::now();
    let world = app.seed(size, password.clone()).await;
    let seconds = start.elapsed().as_secs_f64();
    app.store.close().await;
    let World { account, center, email, users } =
        world.map_err(|refused| sentence::refused(refused, plain_option))?;
    let users_per_minute = (users as f64 * 60.0 / seconds) as u64;
    let seconds = (seconds * 1_000.0).round() / 1_000.0;
    Answer::of(&Made {
        login: email,
        password,
        account: account.to_string(),
        account_center: center.map(|center| center.to_string()),
        users,
        seconds,
        users_per_minute,
    })
}
