//! What the log has told of seals, read from where it was kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use serde::Deserialize;

/// What was told of each chain, by account.
#[derive(Default)]
pub(super) struct Told {
    pub(super) chains: BTreeMap<String, Chain>,
    /// How many lines tell that a chain was sealed anew.
    pub(super) sealed_anew: u64,
}

/// What was told of one chain since it was last sealed anew.
#[derive(Default)]
pub(super) struct Chain {
    /// The hash of each entry, by its number.
    pub(super) hashes: BTreeMap<i64, String>,
    /// The first number that has two of them.
    pub(super) twice: Option<i64>,
}

#[derive(Deserialize)]
struct Line {
    target: String,
    message: String,
    account: String,
    number: i64,
    hash: String,
}

/// Reads the lines of a file. What is no line of a seal is passed over: the log has others too.
pub(super) fn read(file: &Path) -> io::Result<Told> {
    let mut told = Told::default();
    for line in BufReader::new(File::open(file)?).split(b'\n') {
        if let Some(line) = seal_in(&line?) {
            told.add(line);
        }
    }
    Ok(told)
}

/// The seal that a line tells of, if it does. What collects lines often puts its own words before each.
fn seal_in(line: &[u8]) -> Option<Line> {
    let begin = line.iter().position(|byte| *byte == b'{')?;
    let line: Line = serde_json::from_slice(line[begin..].trim_ascii_end()).ok()?;
    (line.target == "activity" && line.number > 0).then_some(line)
}

impl Told {
    fn add(&mut self, line: Line) {
        match line.message.as_str() {
            "sealed" => self.chains.entry(line.account).or_default().add(line.number, line.hash),
            // With the newest key every hash is another one, so the chain begins afresh. Nothing else lets it.
            "sealed anew" => {
                self.sealed_anew += 1;
                let mut chain = Chain::default();
                chain.add(line.number, line.hash);
                self.chains.insert(line.account, chain);
            }
            _ => {}
        }
    }
}

impl Chain {
    fn add(&mut self, number: i64, hash: String) {
        let known = self.hashes.entry(number).or_insert_with(|| hash.clone());
        if *known != hash {
            self.twice = self.twice.or(Some(number));
        }
    }
}
