//! What the log has told of seals, read from where it was kept.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use serde::Deserialize;

/// Of each chain that was told of, the highest number and the hash of its entry, which covers all before it: the last that was told,
/// as a chain is sealed anew when older keys are forgotten.
pub(super) type Told = BTreeMap<String, (i64, String)>;

#[derive(Deserialize)]
struct Line {
    target: String,
    account: String,
    number: i64,
    hash: String,
}

/// Reads the lines of a file. What is no line of a seal is passed over: the log has others too.
pub(super) fn read(file: &Path) -> io::Result<Told> {
    let mut told = Told::new();
    for line in BufReader::new(File::open(file)?).split(b'\n') {
        if let Some(Line { account, number, hash, .. }) = seal_in(&line?) {
            let newest = told.entry(account).or_default();
            if number >= newest.0 {
                *newest = (number, hash);
            }
        }
    }
    Ok(told)
}

/// The seal that a line tells of, if it does. What collects lines often puts its own words before each.
fn seal_in(line: &[u8]) -> Option<Line> {
    let begin = line.iter().position(|byte| *byte == b'{')?;
    let line: Line = serde_json::from_slice(line[begin..].trim_ascii_end()).ok()?;
    (line.target == "activity").then_some(line)
}
