//! wrk, pinned to the second core.

use std::process::Command;

use super::Result;
use super::process::Server;

const CORE: &str = "1";
/// How many clients ask at once.
const CLIENTS: &str = "32";

/// What one round gave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Round {
    /// Requests a second.
    pub(super) rate: f64,
    /// Milliseconds in which half of the requests were answered.
    pub(super) p50: f64,
    /// Milliseconds in which 99 of 100 were.
    pub(super) p99: f64,
    /// Microseconds of CPU that the server took for one request.
    pub(super) cpu: f64,
    /// How many requests were answered.
    pub(super) requests: u64,
}

/// Asks for as long as told.
pub(super) fn run(server: &Server, seconds: u32, path: &str, more: &[&str]) -> Result<Round> {
    let before = server.cpu_seconds();
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", CORE, "wrk", "--threads", "1", "--connections", CLIENTS, "--latency"]);
    command.args(["--duration", &format!("{seconds}s")]);
    let split = more.iter().position(|arg| *arg == "--").unwrap_or(more.len());
    command.args(&more[..split]).arg(format!("http://{}{path}", server.address)).args(&more[split..]);
    let output = command.output().map_err(|error| format!("wrk cannot be run: {error}"))?;
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !wrong.trim().is_empty() || said.contains("Non-2xx") {
        return Err(format!("{path} was answered wrongly: {}{said}", wrong.trim()));
    }
    let round = read(&said).ok_or_else(|| format!("wrk said: {said}"))?;
    let cpu = (server.cpu_seconds() - before) * 1e6 / round.requests as f64;
    Ok(Round { cpu, ..round })
}

/// Reads wrk's own words.
fn read(said: &str) -> Option<Round> {
    let field = |start: &str| {
        said.lines().find_map(|line| line.trim().strip_prefix(start)).map(|rest| rest.trim().to_owned())
    };
    let requests = said.lines().find(|line| line.contains(" requests in "))?;
    Some(Round {
        rate: field("Requests/sec:")?.parse().ok()?,
        p50: milliseconds(&field("50%")?)?,
        p99: milliseconds(&field("99%")?)?,
        cpu: 0.0,
        requests: requests.split_whitespace().next()?.parse().ok()?,
    })
}

fn milliseconds(text: &str) -> Option<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1_000.0)];
    let (number, factor) =
        units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, factor)))?;
    number.parse::<f64>().ok().map(|number| number * factor)
}

#[cfg(test)]
mod tests {
    use super::{milliseconds, read};

    #[test]
    fn wrk_is_understood() {
        let said = "  Latency Distribution\n     50%  812.00us\n     75%    1.20ms\n     99%    1.01s\n  \
                    24967 requests in 5.02s, 158.10MB read\nRequests/sec:   4974.04\n";
        let round = read(said).unwrap();
        assert_eq!((round.rate, round.requests, round.p50, round.p99), (4974.04, 24967, 0.812, 1010.0));
        assert_eq!(milliseconds("5.00"), None);
    }
}
