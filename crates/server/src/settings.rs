//! Settings: from the environment or `rollcall.toml` in the working directory, all checked at the start.
//!
//! The environment wins. Every wrong setting has one sentence, and all are told at once. No sentence repeats a URL:
//! it may hold a password.

mod base_url;
mod secret_file;
mod sender;
mod sources;

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use app::mail::compose::Address;
use app::mail::smtp::Smtp;
use domain::network::OutgoingHosts;
use domain::time::Timestamp;

use self::sources::{Given, Sources};
use crate::failure::Failure;
use crate::logging::Filter;

/// Where the data is kept.
#[derive(Clone)]
pub(crate) enum Place {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by its URL.
    Postgres(String),
}

/// What the operator has set. Not for printing: URLs hold passwords.
pub(crate) struct Settings {
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// The address people reach it under, without a slash at the end.
    pub(crate) base_url: String,
    /// Whether that was set, and is no guess.
    pub(crate) is_base_url_set: bool,
    /// The folder of the key and, on SQLite, of the database.
    pub(crate) data_dir: PathBuf,
    /// The file of the keys.
    pub(crate) secret_key: PathBuf,
    /// Whether that was set: then it is there already, as somebody else keeps it.
    pub(crate) is_secret_key_set: bool,
    /// Where the data is kept.
    pub(crate) database: Place,
    /// The mail server, if one is set.
    pub(crate) smtp: Option<Smtp>,
    /// Who mails come from.
    pub(crate) mail_from: Address,
    /// What is logged.
    pub(crate) log: Filter,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Addresses of push services of one's own, which may be inside.
    pub(crate) push_addresses: Vec<SocketAddr>,
    /// Addresses of providers of single sign-on, which may be inside.
    pub(crate) provider_addresses: Vec<SocketAddr>,
    /// The hosts that are gone to where somebody of an account says so.
    pub(crate) outgoing_hosts: OutgoingHosts,
    /// How many requests of programs an account takes an hour, and a tenth of those of a day.
    pub(crate) api_requests_per_hour: i64,
    /// From when everybody needs a second factor, if ever.
    pub(crate) second_factor_from: Option<Timestamp>,
    /// Whether keys of others that are weaker than 128 bits are refused.
    pub(crate) strong_keys: bool,
    /// What looks like a mistake without being wrong, for the log.
    pub(crate) warnings: Vec<String>,
}

const LISTEN: &str = "127.0.0.1:8080";
const DATA_DIR: &str = "./data";
const API_REQUESTS: &str = "1000";
const STRONG_KEYS: &str = "off";
const LOG: &str = "info,memory_serve=warn";

impl Settings {
    /// Reads the environment and the file, and makes the data folder if it is missing.
    pub(crate) fn load() -> Result<Settings, Failure> {
        Settings::read(Sources::new(std::env::vars_os(), Path::new(sources::FILE))).map_err(Failure::settings)
    }

    fn read(sources: Sources) -> Result<Settings, Vec<String>> {
        let mut reading = Reading { wrong: sources.wrong.clone(), sources };
        let strong_keys = reading.get("strong_keys", STRONG_KEYS, strong_keys);
        // The mail server's certificates are read below, and a weak one is wrong as any other setting is.
        if strong_keys == Some(true) {
            store::strong_keys::demand();
        }
        let listen = reading.get("listen", LISTEN, listen);
        let localhost = format!("http://localhost:{}", listen.map_or(1, |listen| listen.port()));
        let is_base_url_set = reading.sources.find("base_url").is_some();
        let base_url = reading.get("base_url", &localhost, base_url::parse);
        let data_dir = reading.get("data_dir", DATA_DIR, data_dir);
        let secret_key = reading.find("secret_key_file", secret_file::check);
        let database = reading.find_secret("database_url", database_url);
        let smtp = reading.find_secret("smtp_url", smtp);
        let mail_from = reading.find("mail_from", sender::parse);
        let log = reading.get("log", LOG, log);
        let trusted_proxies = reading.find("trusted_proxies", trusted_proxies);
        let push_addresses = reading.find("push_addresses", addresses);
        let provider_addresses = reading.find("provider_addresses", addresses);
        let outgoing_hosts = reading.find("outgoing_hosts", outgoing_hosts);
        let api_requests_per_hour = reading.get("api_requests_per_hour", API_REQUESTS, api_requests);
        let second_factor_from = reading.find("second_factor_from", second_factor_from);
        if matches!((&smtp, &mail_from), (Some(Some(_)), Some(None))) {
            reading.wrong.push(
                "Mails cannot be sent without a sender: ROLLCALL_SMTP_URL is set, so set ROLLCALL_MAIL_FROM too, such \
                 as Rollcall <rollcall@example.com>."
                    .to_owned(),
            );
        }
        let Reading { sources, wrong } = reading;
        let settings = (|| {
            let (data_dir, base_url, secret_key) = (data_dir?, base_url?, secret_key?);
            Some(Settings {
                listen: listen?,
                database: database?.unwrap_or_else(|| Place::Sqlite(data_dir.join("rollcall.db"))),
                smtp: smtp?,
                mail_from: mail_from?.unwrap_or_else(|| sender::at(&base_url)),
                log: log?,
                trusted_proxies: trusted_proxies?.unwrap_or_default(),
                push_addresses: push_addresses?.unwrap_or_default(),
                provider_addresses: provider_addresses?.unwrap_or_default(),
                outgoing_hosts: outgoing_hosts?.unwrap_or_default(),
                api_requests_per_hour: api_requests_per_hour?,
                second_factor_from: second_factor_from?,
                strong_keys: strong_keys?,
                is_secret_key_set: secret_key.is_some(),
                secret_key: secret_key.unwrap_or_else(|| data_dir.join("secret.key")),
                warnings: sources.warnings,
                data_dir,
                base_url,
                is_base_url_set,
            })
        })();
        settings.filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

/// Settings under way, with the sentences about those that are wrong.
struct Reading {
    sources: Sources,
    wrong: Vec<String>,
}

impl Reading {
    /// The setting, or what it is otherwise; `None` if it is wrong.
    fn get<T>(&mut self, key: &str, otherwise: &str, check: fn(&Given) -> Result<T, String>) -> Option<T> {
        let given = self.sources.find(key);
        let given = given.unwrap_or_else(|| Given { name: key.to_owned(), text: otherwise.to_owned() });
        check(&given).map_err(|sentence| self.wrong.push(sentence)).ok()
    }

    /// The same of a setting that holds a secret, or names the file that does.
    fn find_secret<T>(&mut self, key: &str, check: fn(&Given) -> Result<T, String>) -> Option<Option<T>> {
        let found = self.sources.find_secret(key);
        let checked = found.and_then(|given| given.map(|given| check(&given)).transpose());
        checked.map_err(|sentence| self.wrong.push(sentence)).ok()
    }

    /// The setting, if it is set; `None` if it is wrong.
    fn find<T>(&mut self, key: &str, check: fn(&Given) -> Result<T, String>) -> Option<Option<T>> {
        let checked = self.sources.find(key).map(|given| check(&given)).transpose();
        checked.map_err(|sentence| self.wrong.push(sentence)).ok()
    }
}

fn listen(given: &Given) -> Result<SocketAddr, String> {
    let address: Option<SocketAddr> = given.text.trim().parse().ok();
    address.filter(|address| address.port() != 0).ok_or_else(|| {
        let Given { name, text } = given;
        format!(
            "{name} must be an IP address and a port, such as 127.0.0.1:8080 or [::]:8080, and is {text:?}."
        )
    })
}

/// Made for its owner alone: key and database lie in it.
fn data_dir(given: &Given) -> Result<PathBuf, String> {
    let folder = PathBuf::from(&given.text);
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map(|()| folder).map_err(|error| {
        let Given { name, text } = given;
        format!("{name}: the folder {text:?} cannot be made ({error}): name one that rollcall may write to.")
    })
}

fn database_url(given: &Given) -> Result<Place, String> {
    let url = given.text.trim();
    let named = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    match named {
        Some(rest) if !rest.is_empty() => Ok(Place::Postgres(url.to_owned())),
        _ => Err(format!(
            "{} must begin with postgres://, such as postgres://user:password@localhost:5432/rollcall; without it the \
             data is kept in SQLite.",
            given.name
        )),
    }
}

/// The sentence about a PostgreSQL URL that the driver cannot read.
pub(crate) fn unreadable_url() -> String {
    "ROLLCALL_DATABASE_URL cannot be read: write postgres://user:password@host:5432/database, and in the password : as \
     %3A, @ as %40, / as %2F, ? as %3F, # as %23 and % as %25."
        .to_owned()
}

/// The mail server's own sentences name what is wrong and never the password.
fn smtp(given: &Given) -> Result<Smtp, String> {
    Smtp::from_url(&given.text).map_err(|error| format!("{}: {error}", given.name))
}

fn trusted_proxies(given: &Given) -> Result<Vec<IpAddr>, String> {
    let addresses =
        given.text.split(',').map(|address| address.trim().parse().map(|ip: IpAddr| ip.to_canonical()));
    addresses.collect::<Result<_, _>>().map_err(|_| {
        let Given { name, text } = given;
        format!("{name} must be the IP addresses of your proxies with commas between, such as 127.0.0.1,::1, and is {text:?}.")
    })
}

fn addresses(given: &Given) -> Result<Vec<SocketAddr>, String> {
    let addresses = given.text.split(',').map(|address| address.trim().parse());
    addresses.collect::<Result<_, _>>().map_err(|_| {
        let Given { name, text } = given;
        format!(
            "{name} must be IP addresses with their ports and commas between, such as 10.0.0.5:8090, and is {text:?}."
        )
    })
}

fn outgoing_hosts(given: &Given) -> Result<OutgoingHosts, String> {
    OutgoingHosts::parse(&given.text).map_err(|wrong| {
        format!(
            "{} must be names of hosts with commas between, such as login.example.com,*.push.example.com, in ASCII and \
             without scheme, port or path, and has {wrong:?}.",
            given.name
        )
    })
}

fn api_requests(given: &Given) -> Result<i64, String> {
    let number: Option<i64> = given.text.trim().parse().ok();
    number.filter(|number| (1..=1_000_000_000).contains(number)).ok_or_else(|| {
        let Given { name, text } = given;
        format!("{name} must be a number from 1 on, such as 1000, and is {text:?}.")
    })
}

/// The server has no zone of its own, as an account has: the day begins in UTC, as a center's does.
fn second_factor_from(given: &Given) -> Result<Timestamp, String> {
    let day = given.text.trim();
    let from = Timestamp::start_of_day(day, "UTC").filter(|from| from.day("UTC") == day);
    from.ok_or_else(|| {
        let Given { name, text } = given;
        format!("{name} must be a day such as 2026-12-01, and is {text:?}.")
    })
}

fn strong_keys(given: &Given) -> Result<bool, String> {
    match given.text.trim() {
        "on" => Ok(true),
        "off" => Ok(false),
        text => Err(format!("{} must be on or off, and is {text:?}.", given.name)),
    }
}

fn log(given: &Given) -> Result<Filter, String> {
    Filter::parse(given.text.trim()).ok_or_else(|| {
        let Given { name, text } = given;
        format!(
            "{name} must be off, error, warn, info, debug or trace, or a list such as info,store=debug, and is {text:?}."
        )
    })
}
