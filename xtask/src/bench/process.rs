//! A server under measurement, pinned to the first core, with what it has used so far.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Result;

const CORE: &str = "0";
/// How long a server may take to its first answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many seconds it may take to come to rest.
const RESTED_AFTER: u32 = 300;
/// Seconds of CPU that it takes in one second when nobody asks.
const IDLE: f64 = 0.05;

/// A running server. It ends with this.
pub(super) struct Server {
    child: Child,
    /// Where it listens.
    pub(super) address: String,
    /// From its start to its first answer.
    pub(super) started_in: Duration,
}

impl Server {
    /// Starts it and waits for the first answer. Its log goes to a file, as a service's does.
    pub(super) fn start(
        program: &str,
        args: &[&str],
        variables: &[(&str, &str)],
        address: &str,
        log: &str,
    ) -> Result<Server> {
        let log = File::create(log).map_err(|error| format!("{log} cannot be written: {error}"))?;
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", CORE, program]).args(args).envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let start = Instant::now();
        let child = command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
        let mut server = Server { child, address: address.to_owned(), started_in: Duration::ZERO };
        while server.get("/healthz", "").is_err() {
            if start.elapsed() > PATIENCE {
                return Err(format!("{program} gives no answer at {address}"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        server.started_in = start.elapsed();
        Ok(server)
    }

    /// Waits until the server has done what was left to do: the mails and entries of what was measured before.
    pub(super) fn rest(&self) -> Result<()> {
        for _ in 0..RESTED_AFTER {
            let before = self.cpu_seconds();
            thread::sleep(Duration::from_secs(1));
            if self.cpu_seconds() - before < IDLE {
                return Ok(());
            }
        }
        Err(format!("the server at {} is still at work after {RESTED_AFTER} s", self.address))
    }

    /// One answer, head and body as they came.
    pub(super) fn get(&self, path: &str, with: &str) -> Result<Vec<u8>> {
        let ask = || {
            let mut stream = TcpStream::connect(&self.address)?;
            let host = &self.address;
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{with}\r\nConnection: close\r\n\r\n")?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(answer)
        };
        ask().map_err(|error: std::io::Error| format!("{}{path} cannot be read: {error}", self.address))
    }

    /// Seconds of CPU, its own and the system's for it.
    pub(super) fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // The name in parentheses may hold spaces. Behind it, the 12th and 13th are user and system ticks.
        let rest = stat.rsplit(") ").next().unwrap_or_default();
        let ticks: f64 = rest.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        ticks / 100.0
    }

    /// Resident memory in MB: now, and at its highest.
    pub(super) fn memory(&self) -> (f64, f64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
        };
        (of("VmRSS:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        if told.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
