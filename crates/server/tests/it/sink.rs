//! A mail server that takes everything, and what it was given.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Debian's own: the one that `python3-aiosmtpd` belongs to.
const PYTHON: &str = "/usr/bin/python3";

pub(crate) struct Sink {
    child: Child,
    port: u16,
    folder: PathBuf,
    read: usize,
    /// How many mails came in all.
    pub(crate) mails: usize,
}

impl Sink {
    pub(crate) fn start(folder: PathBuf) -> Sink {
        fs::create_dir_all(&folder).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/smtp/server.py");
        let mut child = Command::new(PYTHON)
            .arg(script)
            .arg("normal")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port =
            line.trim().parse().expect("a mail server: install it with `apt install python3-aiosmtpd`");
        Sink { child, port, folder, read: 0, mails: 0 }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The mails that came since the last time: the Message-IDs by recipient.
    pub(crate) fn new_mails(&mut self) -> BTreeMap<String, BTreeSet<String>> {
        let mut mails: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        while let Ok(mail) = fs::read_to_string(self.folder.join(format!("{}.eml", self.read + 1))) {
            self.read += 1;
            self.mails += 1;
            let to = header(&mail, "To").rsplit(['<', ' ']).next().unwrap().trim_end_matches('>').to_owned();
            mails.entry(to).or_default().insert(header(&mail, "Message-ID"));
        }
        mails
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A header, its lines put together.
fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
    let value = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
    value.unwrap_or_else(|| panic!("no {name} in {mail}")).to_owned()
}
