//! `rollcall-seed`: fills the database that `ROLLCALL_DATA_DIR` and `ROLLCALL_DATABASE_URL` name, and answers with one line of
//! JSON, as the commands of `rollcall` do.

use std::env;
use std::process::ExitCode;

use clap::{Parser, value_parser};
use seed::{Place, Size};

/// Fill an empty database with made-up people.
#[derive(Parser)]
#[command(name = "rollcall-seed", version)]
struct Line {
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

fn main() -> ExitCode {
    match answer(&Line::parse()) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{}", serde_json::json!({ "error": sentence }));
            ExitCode::FAILURE
        }
    }
}

fn answer(line: &Line) -> Result<String, String> {
    // Whoever has set it means an installation that is in use, with a key that is not in the data folder.
    if env::var_os("ROLLCALL_SECRET_KEY_FILE").is_some() {
        return Err(
            "ROLLCALL_SECRET_KEY_FILE is set, and this program makes a key of its own: take it away."
                .to_owned(),
        );
    }
    let place = Place {
        data_dir: env::var_os("ROLLCALL_DATA_DIR").unwrap_or_else(|| "./data".into()).into(),
        database_url: env::var("ROLLCALL_DATABASE_URL").ok(),
    };
    let size = Size {
        accounts: line.accounts,
        users: line.users_per_account,
        companies: line.companies_per_account,
        seed: line.seed,
        center: line.center,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("The program cannot start its threads: {error}."))?;
    let made = runtime.block_on(place.fill(size))?;
    serde_json::to_string(&made).map_err(|error| format!("The answer cannot be written as JSON: {error}."))
}
