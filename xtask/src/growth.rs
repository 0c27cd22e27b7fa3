//! What lists of users and people cost at different sizes: `cargo xtask growth [users|people]`.
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

/// Worlds whose lists are compared, and the pages of the lists.
struct Suite {
    sizes: &'static [Size],
    /// Which world each is compared with.
    compared: &'static [usize],
    /// What is asked for, by what stands behind the address of the list. `{company}` is one of the account's companies.
    pages: &'static [(&'static str, &'static str)],
}

/// An account that grows, and one that others stand beside.
const USERS: Suite = Suite {
    sizes: &[
        Size { name: "1,000", accounts: 1, users: 1_000, companies: 20, center: false },
        Size { name: "100,000", accounts: 1, users: 100_000, companies: 20, center: false },
        Size { name: "1,000,000", accounts: 1, users: 1_000_000, companies: 20, center: false },
        Size { name: "10, alone", accounts: 1, users: 10, companies: 3, center: false },
        Size {
            name: "10, among 100,000 accounts",
            accounts: 100_000,
            users: 10,
            companies: 3,
            center: false,
        },
    ],
    compared: &[0, 0, 0, 3, 3],
    pages: &[
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
    ],
};

/// The people of an account center.
const PEOPLE: Suite = Suite {
    sizes: &[
        Size { name: "1,000 in 50 accounts", accounts: 50, users: 20, companies: 3, center: true },
        Size { name: "100,000 in 5,000 accounts", accounts: 5_000, users: 20, companies: 3, center: true },
    ],
    compared: &[0, 0],
    pages: &[
        ("by name", ""),
        ("administrators", "?type=administrator"),
        ("notification users", "?type=notification"),
        ("search dana", "?q=dana"),
        ("search d", "?q=d"),
        ("search reyes dana", "?q=reyes+dana"),
        ("search localsync.example", "?q=localsync.example"),
        ("search zzz", "?q=zzz"),
        ("search dana, agents", "?q=dana&type=agent"),
        ("a page far behind", "{far}"),
    ],
};

/// How often each page is asked for.
const ROUNDS: usize = 200;
/// How many pages of fifty lie before the page far behind, or all there are.
const FAR: usize = 15;

/// Seeds, serves, asks and prints.
pub(crate) fn run(what: Option<&str>) -> ExitCode {
    let suites: &[&Suite] = match what {
        None => &[&USERS, &PEOPLE],
        Some("users") => &[&USERS],
        Some("people") => &[&PEOPLE],
        Some(_) => {
            eprintln!("usage: cargo xtask growth [users|people]");
            return ExitCode::FAILURE;
        }
    };
    match measure_all(suites) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("growth: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure_all(suites: &[&Suite]) -> io::Result<()> {
    world::build()?;
    for engine in Engine::all() {
        for suite in suites {
            let worlds = suite.sizes.iter().map(|size| World::open(&engine, size));
            let worlds = worlds.collect::<io::Result<Vec<World>>>()?;
            print_table(&engine, suite, &worlds)?;
        }
    }
    Ok(())
}

fn print_table(engine: &Engine, suite: &Suite, worlds: &[World]) -> io::Result<()> {
    let mut clients = worlds.iter().map(World::sign_in).collect::<io::Result<Vec<Client>>>()?;
    println!("\n### {}\n", engine.name());
    let heads: Vec<&str> = suite.sizes.iter().map(|size| size.name).collect();
    println!(
        "| p50 / p99 in ms (times the smallest), rows | {} |\n| --- |{}",
        heads.join(" | "),
        " ---: |".repeat(suite.sizes.len())
    );
    for (what, query) in suite.pages {
        let mut paths = Vec::new();
        for (world, client) in worlds.iter().zip(&mut clients) {
            paths.push(path(world, client, query)?);
        }
        let rows = clients.iter_mut().zip(&paths).map(|(client, path)| client.rows(path));
        let rows = rows.collect::<io::Result<Vec<usize>>>()?;
        let times = measure(&mut clients, &paths)?;
        println!("| {what} | {} |", cells(suite, &times, &rows).join(" | "));
    }
    Ok(())
}

/// The address of a page in one world.
fn path(world: &World, client: &mut Client, query: &str) -> io::Result<String> {
    let list = world.list();
    if query != "{far}" {
        let company = if query.contains("{company}") { client.company(&list)? } else { String::new() };
        return Ok(format!("{list}{}", query.replace("{company}", &company)));
    }
    let mut path = list;
    for _ in 0..FAR {
        match client.next_page(&path)? {
            Some(next) => path = next,
            None => break,
        }
    }
    Ok(path)
}

/// Asks every world in turn; the first rounds warm the caches and do not count. Something is committed before each question,
/// or the answer would be one that is kept.
fn measure(clients: &mut [Client], paths: &[String]) -> io::Result<Vec<Vec<Duration>>> {
    let mut times = vec![Vec::with_capacity(ROUNDS); clients.len()];
    for round in 0..ROUNDS + ROUNDS / 10 {
        for ((client, path), times) in clients.iter_mut().zip(paths).zip(&mut times) {
            client.commit(round)?;
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
fn cells(suite: &Suite, times: &[Vec<Duration>], rows: &[usize]) -> Vec<String> {
    let at = |times: &Vec<Duration>, share: f64| {
        times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
    };
    let cell = |((world, compared), rows): ((&Vec<Duration>, &usize), &usize)| {
        let (p50, p99) = (at(world, 0.5), at(world, 0.99));
        format!("{p50:.2} / {p99:.2} ({:.2}), {rows}", p50 / at(&times[*compared], 0.5))
    };
    times.iter().zip(suite.compared).zip(rows).map(cell).collect()
}
