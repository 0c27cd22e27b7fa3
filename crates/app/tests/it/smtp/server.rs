//! The server program and the mail reader, run from a test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// Debian's own: the one that `python3-aiosmtpd` belongs to.
const PYTHON: &str = "/usr/bin/python3";

pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    folder: PathBuf,
}

impl Server {
    pub(super) fn start(mode: &str) -> Server {
        Server::with(folder(), mode, &[])
    }

    /// With a certificate for localhost that nobody signed but itself; its PEM text is the second part.
    pub(super) fn start_with_tls(mode: &str) -> (Server, Vec<u8>) {
        let folder = folder();
        let [cert, key] = certificate(&folder, "server");
        (Server::start_with(mode, [&cert, &key]), fs::read(&cert).unwrap())
    }

    /// With this certificate and its key.
    pub(crate) fn start_with(mode: &str, [cert, key]: [&Path; 2]) -> Server {
        Server::with(folder(), mode, &["--cert", cert.to_str().unwrap(), "--key", key.to_str().unwrap()])
    }

    /// One that asks for a certificate and no password. Its own is the second part; then come the one that it lets in and
    /// one that it does not, each as the options of an address.
    pub(super) fn start_certified() -> (Server, String, [String; 2]) {
        let folder = folder();
        let [[cert, key], known, stranger] =
            ["server", "known", "stranger"].map(|name| certificate(&folder, name).map(|file| text(&file)));
        let options = ["--cert", &cert, "--key", &key, "--client", &known[0]];
        let server = Server::with(folder.clone(), "certified", &options);
        let clients = [known, stranger].map(|[cert, key]| format!("&cert={cert}&key={key}"));
        (server, cert, clients)
    }

    fn with(folder: PathBuf, mode: &str, options: &[&str]) -> Server {
        let mut child = Command::new(PYTHON)
            .arg(script("server.py"))
            .arg(mode)
            .arg(&folder)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| {
                panic!("{PYTHON} does not run ({e}): install it with `apt install python3-aiosmtpd`")
            });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(port) = line.trim().parse() else {
            let _ = child.kill();
            panic!(
                "The mail server did not start; is it there? Install it with `apt install python3-aiosmtpd`."
            );
        };
        Server { child, port, folder }
    }

    pub(super) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The nth mail as Python reads it.
    pub(super) fn mail(&self, n: usize) -> Value {
        let file = self.folder.join(format!("{n}.eml"));
        let read = Command::new(PYTHON).arg(script("parse.py")).arg(&file).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        serde_json::from_slice(&read.stdout).unwrap()
    }

    pub(super) fn raw_mail(&self, n: usize) -> String {
        fs::read_to_string(self.folder.join(format!("{n}.eml"))).unwrap()
    }

    pub(crate) fn mails(&self) -> usize {
        self.files("eml")
    }

    pub(super) fn connections(&self) -> usize {
        self.files("dialogue")
    }

    /// What the client said on the nth connection.
    pub(super) fn dialogue(&self, n: usize) -> String {
        fs::read_to_string(self.folder.join(format!("{n}.dialogue"))).unwrap_or_default()
    }

    /// Every recipient that was named, whatever became of it.
    pub(super) fn recipients(&self) -> Vec<String> {
        let all = fs::read_to_string(self.folder.join("recipients")).unwrap_or_default();
        all.lines().map(str::to_owned).collect()
    }

    fn files(&self, ending: &str) -> usize {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|e| e == ending)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // After a failure the mails are worth a look.
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn text(file: &Path) -> String {
    file.to_str().unwrap().to_owned()
}

/// A certificate for localhost that nobody signed but itself, and its key.
fn certificate(folder: &Path, name: &str) -> [PathBuf; 2] {
    let files = ["pem", "key"].map(|ending| folder.join(format!("{name}.{ending}")));
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&files[1])
        .arg("-out")
        .arg(&files[0])
        .output()
        .expect("openssl is missing: install it with `apt install openssl`");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    for file in &files {
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    files
}

fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("smtp-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/smtp").join(name)
}
