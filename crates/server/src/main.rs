//! The binary `rollcall`: reads the settings, then serves, or does one command and ends.

mod commands;
mod failure;
mod line;
mod logging;
mod open;
mod sentence;
mod serve;
mod settings;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::commands::{Command, Line};
use crate::failure::Failure;
use crate::settings::Settings;

/// A request takes and gives back hundreds of small pieces of memory, of which the system's allocator makes a tenth of
/// its price; see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let command = match Line::try_parse() {
        Ok(line) => line.command.unwrap_or(Command::Serve),
        Err(error) if error.use_stderr() => return Failure::usage(&error).tell(false),
        Err(help) => {
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    // Commands are for programs as much as for people: their errors have one form. Whoever starts the server by
    // hand reads sentences.
    let by_hand = matches!(command, Command::Serve) && std::io::stderr().is_terminal();
    match start(command) {
        Ok(code) => code,
        Err(failure) => failure.tell(by_hand),
    }
}

fn start(command: Command) -> Result<ExitCode, Failure> {
    let settings = Settings::load()?;
    let logging = logging::start(&settings.log);
    let _logging = logging.map_err(|error| Failure::new(format!("The log cannot be started: {error}.")))?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let mut threads = match command {
        Command::Serve => tokio::runtime::Builder::new_multi_thread(),
        _ => tokio::runtime::Builder::new_current_thread(),
    };
    let runtime = threads.enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(format!("The program cannot start its threads: {error}.")))?;
    runtime.block_on(async {
        match command {
            Command::Serve => serve::run(settings).await.map(|()| ExitCode::SUCCESS),
            command => command.run(&settings).await?.tell(),
        }
    })
}
