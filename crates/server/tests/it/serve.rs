//! The server from its first line to its last (I-05).

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::support::Installation;

/// A running server.
pub(crate) struct Server {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    address: String,
}

/// An address that nobody listens on.
pub(crate) fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// An installation that listens on a port of its own.
pub(crate) fn listening(installation: Installation) -> (Installation, String) {
    let address = free_address();
    (installation.set("ROLLCALL_LISTEN", &address), address)
}

impl Server {
    /// The server at this address; several may run in one installation.
    pub(crate) fn start(installation: &Installation, address: &str) -> Server {
        let mut child = installation.program(&[]).env("ROLLCALL_LISTEN", address).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Server { child, out, address: address.to_owned() }
    }

    /// The next lines of its output.
    fn lines(&mut self, count: usize) -> Vec<String> {
        let line = |_| {
            let mut line = String::new();
            self.out.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        (0..count).map(line).collect()
    }

    /// Waits until it says that it is ready.
    pub(crate) fn ready(mut self) -> Server {
        let first = self.lines(1).remove(0);
        assert!(first.starts_with("Rollcall is ready at "), "{first:?} {:?}", self.errors());
        self
    }

    /// The first line of its answer to a request.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        errors
    }

    /// Sends the signal and waits for the end: its exit code and what it logged.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let errors = self.errors();
        (self.child.wait().unwrap().code(), errors)
    }
}

impl Server {
    /// As by `kill -9`, and gone.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() && self.child.stderr.is_some() {
            let logged = self.errors();
            eprintln!("The server at {} has logged:\n{logged}", self.address);
        }
    }
}

#[test]
fn i05_the_first_lines_say_where_it_is_and_what_comes_next() {
    for installation in Installation::each() {
        let (installation, address) = listening(installation);
        let port = address.rsplit(':').next().unwrap();
        let mut server = Server::start(&installation, &address);
        let lines = server.lines(5);
        let base = format!("http://localhost:{port}");
        assert_eq!(lines[0], format!("Rollcall is ready at {base}"));
        assert!(lines[1].contains("no account yet"), "{lines:?}");
        assert!(lines[2].starts_with(&format!("set-up link: {base}/setup/")), "{lines:?}");
        assert!(lines[3].contains("No mail server"), "{lines:?}");
        assert!(lines[4].starts_with(&format!("operator link: {base}/operator/")), "{lines:?}");
        assert!(server.get("/").starts_with("HTTP/1.1 "));
        assert_eq!(server.stop("-TERM").0, Some(0));

        // With an account and a mail server there is nothing to hand out.
        installation.account("Acme", "ada@example.com");
        let installation = installation
            .set("ROLLCALL_SMTP_URL", "smtp://127.0.0.1:9")
            .set("ROLLCALL_MAIL_FROM", "calls@example.com")
            .set("ROLLCALL_BASE_URL", "https://calls.example.com/");
        let mut server = Server::start(&installation, &address);
        assert_eq!(server.lines(1), ["Rollcall is ready at https://calls.example.com"]);
        let (code, logs) = server.stop("-INT");
        assert_eq!(code, Some(0), "{logs}");
        assert!(logs.lines().all(|line| line.starts_with('{')), "JSON lines: {logs}");
        assert!(logs.contains("stopped"), "{logs}");
    }
}

#[test]
fn i05_a_stopped_server_leaves_one_whole_file() {
    let (installation, address) = listening(Installation::new());
    let server = Server::start(&installation, &address).ready();
    assert_eq!(server.stop("-TERM").0, Some(0));
    let mut left: Vec<String> = std::fs::read_dir(installation.folder.join("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["rollcall.db", "secret.key"]);
}

#[test]
fn i05_a_request_that_does_not_end_does_not_keep_the_server() {
    let (installation, address) = listening(Installation::new());
    let server = Server::start(&installation, &address).ready();
    let mut stream = TcpStream::connect(&address).unwrap();
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100";
    let host = address.replace("127.0.0.1", "localhost");
    let own = format!("Host: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin");
    write!(stream, "POST /sign-in HTTP/1.1\r\n{own}\r\n{form}\r\n\r\nhalf").unwrap();
    // Served, so that the signal comes when the other request is under way.
    server.get("/");
    let start = Instant::now();
    let (code, logs) = server.stop("-TERM");
    assert_eq!(code, Some(0), "{logs}");
    assert!(logs.contains("requests did not end within 10 seconds and are cut off"), "{logs}");
    assert!(start.elapsed() < Duration::from_secs(15), "{logs}");
}

#[test]
fn i05_a_port_in_use_is_told_before_anything_is_touched() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let installation = Installation::new().set("ROLLCALL_LISTEN", &address);
    let told = installation.refusal(1, &["serve"]);
    let expected = "is in use by another program: stop that one, or set ROLLCALL_LISTEN to another port.";
    assert_eq!(told, format!("{address} {expected}"));
    assert!(!installation.folder.join("data/rollcall.db").exists());
    // An address for documentation, which no machine has.
    let told = Installation::new().set("ROLLCALL_LISTEN", "192.0.2.1:8080").refusal(1, &["serve"]);
    assert!(told.starts_with("This machine has no address 192.0.2.1"), "{told}");
}

#[test]
fn i03_commands_work_beside_a_running_server() {
    for installation in Installation::each() {
        let (installation, address) = listening(installation);
        let server = Server::start(&installation, &address).ready();
        let account = installation.account("Acme", "ada@example.com");
        installation.company(&account, "North");
        for _ in 0..5 {
            assert_eq!(installation.answer(&["activity", "verify"])["whole"], true);
            installation.account("Acme", "ada@example.com");
        }
        let (code, logs) = server.stop("-TERM");
        assert_eq!(code, Some(0), "{logs}");
        assert!(!logs.contains("ERROR"), "{logs}");
    }
}

/// As many connections as one network may hold.
const OF_ONE_NETWORK: usize = 512;

/// A connection from one of this machine's own addresses.
fn connected(from: &str, to: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
        socket.connect(to.parse().unwrap()).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// Whether a request on this connection is answered, or the server has closed it.
fn is_served(stream: &mut TcpStream) -> bool {
    let asked = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut answer = [0; 12];
    asked.and_then(|()| stream.read_exact(&mut answer)).is_ok_and(|()| &answer == b"HTTP/1.1 200")
}

/// Whoever holds as many connections as they can get takes them from nobody else; a trusted proxy, through
/// which everybody comes, may have more. Seen to fail: with every connection given a seat, with a seat that is not given
/// back, and with no proxy exempt.
#[test]
fn x25_one_network_does_not_take_all_connections() {
    let (installation, address) = listening(Installation::new());
    let server = Server::start(&installation, &address).ready();
    let mut held: Vec<TcpStream> = (0..OF_ONE_NETWORK).map(|_| connected("127.0.0.2", &address)).collect();
    // They are accepted in their order.
    assert!(held.last_mut().is_some_and(is_served));
    assert!(!is_served(&mut connected("127.0.0.2", &address)), "one more");
    assert!(is_served(&mut connected("127.0.0.3", &address)), "somebody else");
    held.truncate(OF_ONE_NETWORK / 2);
    let until = Instant::now() + Duration::from_secs(30);
    while !is_served(&mut connected("127.0.0.2", &address)) {
        assert!(Instant::now() < until, "those that were closed count no more");
    }
    drop(held);
    server.stop("-TERM");

    let installation = installation.set("ROLLCALL_TRUSTED_PROXIES", "127.0.0.2");
    let server = Server::start(&installation, &address).ready();
    let mut held: Vec<TcpStream> = (0..=OF_ONE_NETWORK).map(|_| connected("127.0.0.2", &address)).collect();
    assert!(held.last_mut().is_some_and(is_served), "a proxy");
    server.stop("-TERM");
}
