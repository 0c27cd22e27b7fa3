//! What is measured.

use std::ops::RangeInclusive;

use super::process::Server;
use super::record::record;
use super::world::World;
use super::wrk::{self, Round};
use super::{ROUNDS, Result};

const SECONDS: u32 = 5;
/// Rounds of accepting are shorter, and each begins behind the invitations that the round before may have used.
const SECONDS_OF_ACCEPTING: u32 = 2;
const ACCEPTED_AT_MOST: u64 = 17_500;

/// One scenario with all its rounds.
pub(super) struct Measured {
    /// What was asked for.
    pub(super) name: &'static str,
    /// The server's rounds.
    pub(super) ours: Vec<Round>,
    /// The bare server's, where there is one to compare with.
    pub(super) bare: Vec<Round>,
}

/// Everything, and what the servers used.
pub(super) struct All {
    /// The scenarios.
    pub(super) scenarios: Vec<Measured>,
    /// Milliseconds from start to first answer, one for each start.
    pub(super) starts: Vec<f64>,
    /// Megabytes after everything, and at the highest.
    pub(super) memory: (f64, f64),
}

/// Measures all scenarios.
pub(super) fn run_all(world: &World) -> Result<All> {
    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        starts.push(world.server()?.started_in.as_secs_f64() * 1_000.0);
    }
    let server = world.server()?;
    server.rest()?;
    let mut scenarios = reads(world, &server)?;
    scenarios.push(creates(world, &server, "create a user, in 16 accounts", 1..=16)?);
    scenarios.push(creates(world, &server, "create a user, in 56 accounts", 17..=72)?);
    scenarios.push(accepts(world, &server, "accept an invitation, signed in", "returning")?);
    let memory = server.memory();
    drop(server);
    let without_hash = "accept an invitation, somebody new, without the hash";
    scenarios.push(accepts(world, &world.hasty()?, without_hash, "invitations")?);
    Ok(All { scenarios, starts, memory })
}

fn reads(world: &World, server: &Server) -> Result<Vec<Measured>> {
    let of = |rest: &str| format!("/accounts/{}/{rest}", world.account);
    let api = |rest: &str| format!("/v3/a/{}/users.json?{rest}", world.account);
    let (cookie, key) =
        (format!("Cookie: {}", world.cookie), format!("Authorization: Token token={}", world.key));
    let asked = [
        ("permission answer", of("may/manage_users"), &cookie),
        ("50 of 10,000 users, JSON", of("users.json"), &cookie),
        ("50 of 10,000 users, HTML", of("users"), &cookie),
        ("250 of 10,000 users, API", api("per_page=250"), &key),
        ("the last 250 of them, API", api("per_page=250&page=40"), &key),
        ("250 of them behind each other, API", api("per_page=250&relative_pagination=true"), &key),
    ];
    let bare =
        world.bare(&record(server, &asked.clone().map(|(_, path, with)| (path, with)), &world.folder)?)?;
    let new = |(name, _, _): &(&'static str, String, &String)| Measured {
        name,
        ours: Vec::new(),
        bare: Vec::new(),
    };
    let mut measured: Vec<Measured> = asked.iter().map(new).collect();
    for _ in 0..ROUNDS {
        for (number, scenario) in measured.iter_mut().enumerate() {
            let (_, path, with) = &asked[number];
            scenario.ours.push(wrk::run(server, SECONDS, path, &["--header", with])?);
            scenario.bare.push(wrk::run(&bare, SECONDS, &format!("/{number}"), &["--header", with])?);
        }
    }
    Ok(measured)
}

/// Whoever writes in the same account writes on the same pages: with few accounts, two of the 32 clients are at work in each; with
/// many, nearly each is alone.
fn creates(
    world: &World,
    server: &Server,
    name: &'static str,
    accounts: RangeInclusive<u32>,
) -> Result<Measured> {
    let mut ours = Vec::new();
    for round in 0..ROUNDS {
        server.rest()?;
        let [from, to] = [accounts.start(), accounts.end()].map(u32::to_string);
        let run = format!("{from}x{round}");
        let args = ["--script", "benches/http/create.lua", "--", &world.folder, &run, &from, &to];
        ours.push(wrk::run(server, SECONDS, "/", &args)?);
    }
    Ok(Measured { name, ours, bare: Vec::new() })
}

fn accepts(world: &World, server: &Server, name: &'static str, file: &str) -> Result<Measured> {
    let mut ours = Vec::new();
    for round in 0..ROUNDS as u64 {
        server.rest()?;
        let begin = (round * ACCEPTED_AT_MOST).to_string();
        let args = ["--script", "benches/http/accept.lua", "--", &world.folder, file, &begin];
        ours.push(wrk::run(server, SECONDS_OF_ACCEPTING, "/", &args)?);
    }
    Ok(Measured { name, ours, bare: Vec::new() })
}
