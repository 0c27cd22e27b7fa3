//! Where settings come from, and what of it is none.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use super::secret_file;

/// The file in the working directory.
pub(super) const FILE: &str = "rollcall.toml";

const PREFIX: &str = "ROLLCALL_";
/// Variables of tests; not the program's.
const TEST_PREFIX: &str = "ROLLCALL_TEST_";

/// All settings there are, as the file names them. In the environment they are in capitals behind `ROLLCALL_`.
const KEYS: [&str; 17] = [
    "listen",
    "base_url",
    "data_dir",
    "database_url",
    "database_url_file",
    "secret_key_file",
    "smtp_url",
    "smtp_url_file",
    "mail_from",
    "log",
    "trusted_proxies",
    "api_requests_per_hour",
    "push_addresses",
    "provider_addresses",
    "outgoing_hosts",
    "second_factor_from",
    "strong_keys",
];

/// A setting as somebody gave it.
#[derive(Clone)]
pub(super) struct Given {
    /// How it is called where it was given.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
}

/// The settings of the environment over those of the file.
#[derive(Default)]
pub(super) struct Sources {
    given: BTreeMap<String, Given>,
    /// Sentences about what is wrong.
    pub(super) wrong: Vec<String>,
    /// Sentences about what looks like a mistake.
    pub(super) warnings: Vec<String>,
}

impl Sources {
    /// Reads the environment and, if it is there, the file.
    pub(super) fn new(environment: impl Iterator<Item = (OsString, OsString)>, file: &Path) -> Sources {
        let mut sources = Sources::default();
        match fs::read_to_string(file) {
            Ok(text) => sources.read_file(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => sources.wrong.push(format!("{FILE} is there and cannot be read: {error}.")),
        }
        for (name, value) in environment {
            sources.read_variable(&name.to_string_lossy(), value);
        }
        sources
    }

    /// The setting of a key, if it was given.
    pub(super) fn find(&self, key: &str) -> Option<Given> {
        self.given.get(key).cloned()
    }

    /// The setting of a key that holds a secret: itself, or what stands in the file that is named in its place. That is how
    /// systemd, Kubernetes, Docker and the agents of vaults hand secrets out.
    pub(super) fn find_secret(&self, key: &str) -> Result<Option<Given>, String> {
        match (self.find(key), self.find(&format!("{key}_file"))) {
            (Some(given), Some(named)) => {
                let (name, file) = (given.name, named.name);
                Err(format!("Both {name} and {file} are set: take one of them away."))
            }
            (given, None) => Ok(given),
            (None, Some(named)) => secret_file::read(&named).map(Some),
        }
    }

    fn read_file(&mut self, text: &str) {
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => return self.wrong.push(no_toml(text, &error)),
        };
        for (key, value) in table {
            if !KEYS.contains(&key.as_str()) {
                let sentence = format!("{FILE} has the unknown key {key}; did you mean {}?", nearest(&key));
                self.wrong.push(sentence);
            } else if let toml::Value::String(text) = value {
                self.add(key.clone(), format!("{key} in {FILE}"), text);
            } else {
                self.wrong.push(format!("{key} in {FILE} must be a text in quotes, such as {key} = \"…\"."));
            }
        }
    }

    fn read_variable(&mut self, name: &str, value: OsString) {
        let Some(key) = name.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { return };
        if name.starts_with(TEST_PREFIX) {
            return;
        }
        if !KEYS.contains(&key.as_str()) || key.to_ascii_uppercase() != name[PREFIX.len()..] {
            let meant = nearest(&key).to_ascii_uppercase();
            return self.warnings.push(format!("{name} sets nothing; did you mean {PREFIX}{meant}?"));
        }
        match value.into_string() {
            Ok(text) => self.add(key, name.to_owned(), text),
            Err(_) => self.wrong.push(format!("{name} must be text in UTF-8.")),
        }
    }

    /// An empty setting is refused: it is more often a lost secret than a wish for the default.
    fn add(&mut self, key: String, name: String, text: String) {
        if text.trim().is_empty() {
            self.wrong.push(format!("{name} is empty: give it a value, or take it away."));
        }
        self.given.insert(key, Given { name, text });
    }
}

/// Names the line and nothing of its content, which may be a password.
fn no_toml(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    format!(
        "Line {line} of {FILE} cannot be read: a setting is written as listen = \"127.0.0.1:8080\", and once."
    )
}

/// The known key that takes the fewest changes of letters.
fn nearest(key: &str) -> &'static str {
    KEYS.into_iter().min_by_key(|known| distance(key, known)).unwrap_or("listen")
}

/// How many letters must be put in, left out or replaced to come from one to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (n, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = n + 1;
        for (m, wanted) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *wanted);
            diagonal = row[m + 1];
            row[m + 1] = replaced.min(row[m] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_meant() {
        for (typed, meant) in
            [("lisen", "listen"), ("data", "data_dir"), ("smtp", "smtp_url"), ("Log", "log")]
        {
            assert_eq!(nearest(typed), meant, "{typed}");
        }
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
