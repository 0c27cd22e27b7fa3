//! What lists of users cost at different sizes: `cargo xtask growth`.
//!
//! Seeds a world for each size, on SQLite and, where `ROLLCALL_TEST_POSTGRES` names a server, on PostgreSQL; serves
//! them side by side; and asks each in turn for the same pages, so that whatever else the machine does hits all alike.
//! Worlds are kept in `target/growth`, because a million users take minutes to make.

mod client;
mod world;

use std::io;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::Client;
use world::{Engine, Size, World};

/// The sizes: an account that grows, and one that others stand beside.
const SIZES: [Size; 5] = [
    Size { name: "1,000", accounts: 1, users: 1_000, companies: 20 },
    Size { name: "100,000", accounts: 1, users: 100_000, companies: 20 },
    Size { name: "1,000,000", accounts: 1, users: 1_000_000, companies: 20 },
    Size { name: "10, alone", accounts: 1, users: 10, companies: 3 },
    Size { name: "10, among 100,000 accounts", accounts: 100_000, users: 10, companies: 3 },
];

/// Which world each is compared with.
const COMPARED: [usize; 5] = [0, 0, 0, 3, 3];

/// The pages, by what stands behind the address of the list. `{company}` is one of the account's companies.
const PAGES: [(&str, &str); 19] = [
    ("by name", ""),
    ("by name, Z first", "?sort=-name"),
    ("last active first", "?sort=-active"),
    ("administrators", "?type=administrator"),
    ("agents, last active first", "?type=agent&sort=-active"),
    ("pending", "?tab=pending"),
    ("suspended", "?tab=suspended"),
    ("a company", "?company={company}"),
    ("a company's managers", "?company={company}&type=manager"),
    ("search dana", "?q=dana"),
    ("search d", "?q=d"),
    ("search reyes", "?q=reyes"),
    ("search dana rey", "?q=dana+rey"),
    ("search reyes dana", "?q=reyes+dana"),
    ("search localsync.example", "?q=localsync.example"),
    ("search zzz", "?q=zzz"),
    ("search dana, agents", "?q=dana&type=agent"),
    ("search dana in a company", "?q=dana&company={company}"),
    ("a page far behind", "{far}"),
];

/// How often each page is asked for.
const ROUNDS: usize = 200;
/// How many pages of fifty lie before the page far behind, or all there are.
const FAR: usize = 15;

/// Seeds, serves, asks and prints.
pub(crate) fn run() -> ExitCode {
    match measure_all() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("growth: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all() -> io::Result<()> {
    world::build()?;
    for engine in Engine::all() {
        let mut worlds = Vec::new();
        for size in &SIZES {
            worlds.push(World::open(&engine, size)?);
        }
        print_table(&engine, &worlds)?;
    }
    Ok(())
}

fn print_table(engine: &Engine, worlds: &[World]) -> io::Result<()> {
    let mut clients = worlds.iter().map(World::sign_in).collect::<io::Result<Vec<Client>>>()?;
    println!("\n### {}\n", engine.name());
    let heads: Vec<&str> = SIZES.iter().map(|size| size.name).collect();
    println!(
        "| p50 / p99 in ms (times the smallest), rows | {} |\n| --- |{}",
        heads.join(" | "),
        " ---: |".repeat(SIZES.len())
    );
    for (what, query) in PAGES {
        let mut paths = Vec::new();
        for (world, client) in worlds.iter().zip(&mut clients) {
            paths.push(path(world, client, query)?);
        }
        let rows = clients.iter_mut().zip(&paths).map(|(client, path)| client.rows(path));
        let rows = rows.collect::<io::Result<Vec<usize>>>()?;
        let times = measure(&mut clients, &paths)?;
        println!("| {what} | {} |", cells(&times, &rows).join(" | "));
    }
    Ok(())
}

/// The address of a page in one world.
fn path(world: &World, client: &mut Client, query: &str) -> io::Result<String> {
    let users = format!("/accounts/{}/users", world.account);
    if query != "{far}" {
        let company = if query.contains("{company}") { client.company(&users)? } else { String::new() };
        return Ok(format!("{users}{}", query.replace("{company}", &company)));
    }
    let mut path = users;
    for _ in 0..FAR {
        match client.next_page(&path)? {
            Some(next) => path = next,
            None => break,
        }
    }
    Ok(path)
}

/// Asks every world in turn; the first rounds warm the caches and do not count.
fn measure(clients: &mut [Client], paths: &[String]) -> io::Result<Vec<Vec<Duration>>> {
    let mut times = vec![Vec::with_capacity(ROUNDS); clients.len()];
    for round in 0..ROUNDS + ROUNDS / 10 {
        for ((client, path), times) in clients.iter_mut().zip(paths).zip(&mut times) {
            let start = Instant::now();
            client.get(path)?;
            if round >= ROUNDS / 10 {
                times.push(start.elapsed());
            }
        }
    }
    times.iter_mut().for_each(|times| times.sort());
    Ok(times)
}

/// What is printed for each world: p50, p99, how many times the p50 of the world it is compared with that is, and how many
/// users the page shows: a page of few is cheaper than a full one, however many users there are.
fn cells(times: &[Vec<Duration>], rows: &[usize]) -> Vec<String> {
    let at = |times: &Vec<Duration>, share: f64| {
        times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
    };
    let cell = |((world, compared), rows): ((&Vec<Duration>, usize), &usize)| {
        let (p50, p99) = (at(world, 0.5), at(world, 0.99));
        format!("{p50:.2} / {p99:.2} ({:.2}), {rows}", p50 / at(&times[compared], 0.5))
    };
    times.iter().zip(COMPARED).zip(rows).map(cell).collect()
}
