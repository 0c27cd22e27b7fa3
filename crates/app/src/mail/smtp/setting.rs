//! The server's address as the operator writes it.

use std::error::Error as _;
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, Identity, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

const PATIENCE: Duration = Duration::from_secs(60);

/// Why the address of a mail server cannot be used: one sentence, which never repeats the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError(String);

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingError {}

fn wrong<T>(sentence: impl Into<String>) -> Result<T, SettingError> {
    Err(SettingError(sentence.into()))
}

/// How the connection is kept from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, or nothing is sent.
    Required,
    /// STARTTLS if the server offers it.
    Opportunistic,
    /// No TLS.
    None,
}

pub(super) struct Server {
    /// Without brackets if it is an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<(String, String)>,
    pub(super) protection: Protection,
    pub(super) patience: Duration,
    pub(super) hello: Option<String>,
    roots: Vec<Certificate>,
    /// The files of a certificate of our own, and its key.
    own: [Option<String>; 2],
}

impl Server {
    pub(super) fn from_url(url: &str) -> Result<Server, SettingError> {
        let url = url.trim();
        let (implicit, rest) = match url.split_once("://") {
            Some(("smtps", rest)) => (true, rest),
            Some(("smtp", rest)) => (false, rest),
            _ => return wrong("The mail server's address must start with smtp:// or smtps://."),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        if rest.contains('#') || query.contains('#') {
            return wrong("A # in the mail server's address must be written as %23.");
        }
        // The last @ ends the password, so that one in it that was not encoded is named below, not mistaken.
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let login = login.map(login_of).transpose()?;
        let place = place.strip_suffix('/').unwrap_or(place);
        if place.contains('/') {
            return wrong(
                "The mail server's address must end after the host and port; a / in the password is written as %2F.",
            );
        }
        let (host, port) = host_and_port(place, if implicit { 465 } else { 587 })?;
        let mut server = Server {
            protection: match (implicit, is_loopback(&host)) {
                (true, _) => Protection::Implicit,
                (false, true) => Protection::None,
                (false, false) => Protection::Required,
            },
            host,
            port,
            login,
            patience: PATIENCE,
            hello: None,
            roots: Vec::new(),
            own: [None, None],
        };
        for option in query.split('&').filter(|option| !option.is_empty()) {
            server.set(option, implicit)?;
        }
        let exposed = matches!(server.protection, Protection::Opportunistic | Protection::None);
        if exposed && server.login.is_some() && !is_loopback(&server.host) {
            return wrong(
                "The mail server's password would cross the network unprotected: use smtps://, or leave out tls=none \
                 and tls=opportunistic.",
            );
        }
        if server.protection == Protection::None && (server.own != [None, None] || !server.roots.is_empty()) {
            return wrong(
                "A certificate for the mail server, root=, cert= or key=, needs TLS: use smtps:// or tls=required.",
            );
        }
        Ok(server)
    }

    fn set(&mut self, option: &str, implicit: bool) -> Result<(), SettingError> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match name {
            "tls" if implicit => return wrong("smtps:// always speaks TLS, so tls= does not go with it."),
            "tls" => {
                self.protection = match value {
                    "required" => Protection::Required,
                    "opportunistic" => Protection::Opportunistic,
                    "none" => Protection::None,
                    _ => return wrong("tls= of the mail server must be required, opportunistic or none."),
                }
            }
            "timeout" => match value.parse() {
                Ok(seconds @ 1..=60) => self.patience = Duration::from_secs(seconds),
                _ => return wrong("timeout= of the mail server must be a number of seconds from 1 to 60."),
            },
            "hello" if is_host_name(value) => self.hello = Some(value.to_owned()),
            "hello" => {
                return wrong("hello= of the mail server must be a host name, such as mail.example.com.");
            }
            "cert" => self.own[0] = Some(path_of(name, value)?),
            "key" => self.own[1] = Some(path_of(name, value)?),
            "root" => {
                let file = path_of(name, value)?;
                self.trust(&read(name, &file)?)?;
            }
            _ => {
                return wrong(
                    "The mail server's address knows only the options tls=, timeout=, hello=, root=, cert= and key=.",
                );
            }
        }
        Ok(())
    }

    /// The same server, trusted if one of these certificates in PEM form vouches for it.
    pub(super) fn trusting(mut self, roots: &[u8]) -> Result<Server, SettingError> {
        self.trust(roots)?;
        Ok(self)
    }

    fn trust(&mut self, roots: &[u8]) -> Result<(), SettingError> {
        // A file without any certificate parses as well, and would trust nobody more.
        if !roots.windows(11).any(|window| window == b"-----BEGIN ") {
            return wrong("The file with the mail server's root certificate holds no PEM certificate.");
        }
        match Certificate::from_pem(roots) {
            Ok(certificate) => self.roots.push(certificate),
            Err(_) => return wrong("The mail server's root certificate cannot be read as PEM."),
        }
        Ok(())
    }

    /// The certificate that we show, where there is one.
    fn identity(&self) -> Result<Option<Identity>, SettingError> {
        match &self.own {
            [None, None] => Ok(None),
            [Some(certificate), Some(key)] => {
                refuse_open(key)?;
                let (certificate, key) = (read("cert", certificate)?, read("key", key)?);
                let no_pem =
                    || SettingError("cert= and key= of the mail server must be PEM files.".to_owned());
                let certificate = CertificateDer::from_pem_slice(&certificate).map_err(|_| no_pem())?;
                // Whatever its name says, lettre takes the certificate as it is in DER form, and one alone.
                Identity::from_pem(&certificate, &key).map(Some).map_err(|_| no_pem())
            }
            _ => wrong("cert= and key= of the mail server belong together."),
        }
    }

    pub(super) fn tls_parameters(&self) -> Result<TlsParameters, SettingError> {
        let builder = TlsParameters::builder(self.host.clone());
        let builder =
            self.roots.iter().cloned().fold(builder, |builder, root| builder.add_root_certificate(root));
        let builder = match self.identity()? {
            Some(identity) => builder.identify_with(identity),
            None => builder,
        };
        builder.build().or_else(|error| {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            wrong(format!(
                "The certificates for the mail server, root=, cert= or key=, cannot be used ({why})."
            ))
        })
    }
}

fn path_of(name: &str, value: &str) -> Result<String, SettingError> {
    match value {
        "" => wrong(format!("{name}= of the mail server must name a file.")),
        _ => Ok(value.to_owned()),
    }
}

fn read(name: &str, file: &str) -> Result<Vec<u8>, SettingError> {
    fs::read(file)
        .or_else(|error| wrong(format!("{name}= of the mail server: {file} cannot be read ({error}).")))
}

/// Whoever has the key is us for the mail server, as with a password.
fn refuse_open(key: &str) -> Result<(), SettingError> {
    // What is not there is told where it is read.
    match fs::metadata(key).map_or(0, |about| about.permissions().mode() & 0o006) {
        0 => Ok(()),
        _ => wrong(format!(
            "key= of the mail server: {key} can be read or changed by everybody: close it with chmod 600."
        )),
    }
}

fn login_of(written: &str) -> Result<(String, String), SettingError> {
    let Some((user, password)) = written.split_once(':') else {
        return wrong("The mail server's address names a user without a password; write user:password@host.");
    };
    if password.contains([':', '@', '/']) {
        return wrong("In the mail server's password : is written as %3A, @ as %40 and / as %2F.");
    }
    let (Some(user), Some(password)) = (decoded(user), decoded(password)) else {
        return wrong("A % in the mail server's user or password must be written as %25.");
    };
    if user.is_empty() || password.is_empty() {
        return wrong(
            "The mail server's user and password must not be empty; leave out both if there are none.",
        );
    }
    if user.chars().chain(password.chars()).any(char::is_control) {
        return wrong("The mail server's user and password must not contain control characters.");
    }
    Ok((user, password))
}

/// Percent-encoding undone; none if there is a lone % or the bytes are no UTF-8.
fn decoded(written: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                let (high, low) = (digit(rest.next()?)?, digit(rest.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn host_and_port(place: &str, usual: u16) -> Result<(String, u16), SettingError> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) if host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6()) => (host, port),
        Some(_) => return wrong("The mail server's address in [ ] must be an IPv6 address."),
        None => match place.split_once(':') {
            Some((host, _)) => (host, &place[host.len()..]),
            None => (place, ""),
        },
    };
    if host.parse::<IpAddr>().is_err() && !is_host_name(host) {
        return wrong("The mail server's address needs a host name, such as smtp://mail.example.com:587.");
    }
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.parse().ok().filter(|port| *port > 0 && !digits.starts_with('+')),
        None if port.is_empty() => Some(usual),
        None => None,
    };
    match port {
        Some(port) => Ok((host.to_owned(), port)),
        None => wrong("The mail server's port must be a number from 1 to 65535."),
    }
}

pub(super) fn is_host_name(name: &str) -> bool {
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
        })
}

fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.to_canonical().is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        Server::from_url(url).unwrap_or_else(|error| panic!("{url}: {error}"))
    }

    #[test]
    fn protection_follows_the_address() {
        for (url, port, protection) in [
            ("smtps://mail.example.com", 465, Protection::Implicit),
            ("smtp://mail.example.com", 587, Protection::Required),
            ("smtp://mail.example.com:25/", 25, Protection::Required),
            ("smtp://localhost:1025", 1025, Protection::None),
            ("smtp://127.0.0.9", 587, Protection::None),
            ("smtp://[::1]:25", 25, Protection::None),
            ("smtp://[2001:db8::1]:25", 25, Protection::Required),
            ("smtp://localhost?tls=required", 587, Protection::Required),
            ("smtp://mail.example.com?tls=none", 587, Protection::None),
            ("smtp://mail.example.com?tls=opportunistic&timeout=5", 587, Protection::Opportunistic),
            // No loopback address, whatever it looks like.
            ("smtp://127.0.0.1.example.com", 587, Protection::Required),
        ] {
            let server = server(url);
            assert_eq!((server.port, server.protection), (port, protection), "{url}");
        }
    }

    #[test]
    fn the_login_is_decoded() {
        let login = server("smtps://kim%40example.com:p%3A%2f%25%C3%A9+@mail.example.com").login;
        assert_eq!(login, Some(("kim@example.com".to_owned(), "p:/%é+".to_owned())));
    }

    #[test]
    fn every_wrong_setting_has_its_sentence() {
        for (url, part) in [
            ("", "start with smtp://"),
            ("mail.example.com:587", "start with smtp://"),
            ("http://mail.example.com", "start with smtp://"),
            ("smtp://", "needs a host name"),
            ("smtp://:25", "needs a host name"),
            ("smtp://mail example", "needs a host name"),
            ("smtp://mail.example.com\r\nX", "needs a host name"),
            ("smtp://[mail]", "IPv6"),
            ("smtp://mail.example.com:0", "port"),
            ("smtp://mail.example.com:70000", "port"),
            ("smtp://mail.example.com:+25", "port"),
            ("smtp://[::1]25", "port"),
            ("smtp://mail.example.com:", "port"),
            ("smtp://mail.example.com/inbox", "end after the host"),
            ("smtp://kim@mail.example.com", "without a password"),
            ("smtp://kim:secret@word@mail.example.com", "%40"),
            ("smtp://kim:secret:word@mail.example.com", "%3A"),
            ("smtp://kim:secret/word@mail.example.com", "%2F"),
            ("smtp://kim:secret#word@mail.example.com", "%23"),
            ("smtp://kim:100%@mail.example.com", "%25"),
            ("smtp://kim:%FF@mail.example.com", "%25"),
            ("smtp://kim:@mail.example.com", "empty"),
            ("smtp://kim:a%0Ab@mail.example.com", "control characters"),
            ("smtps://mail.example.com?tls=none", "always speaks TLS"),
            ("smtp://mail.example.com?tls=maybe", "required, opportunistic or none"),
            ("smtp://mail.example.com?timeout=0", "timeout="),
            ("smtp://mail.example.com?hello=a%20b", "hello="),
            ("smtp://mail.example.com?ssl=yes", "only the options"),
            ("smtps://mail.example.com?root=/none/ca.pem", "/none/ca.pem cannot be read"),
            ("smtps://mail.example.com?cert=", "must name a file"),
            ("smtp://localhost?cert=/c.pem&key=/k.pem", "needs TLS"),
            ("smtp://kim:secret@mail.example.com?tls=none", "unprotected"),
            ("smtp://kim:secret@mail.example.com?tls=opportunistic", "unprotected"),
        ] {
            let Err(error) = Server::from_url(url) else { panic!("{url} was taken") };
            let sentence = error.to_string();
            assert!(sentence.contains(part), "{url}: {sentence}");
            assert!(sentence.ends_with('.') && !sentence.contains("secret"), "{url}: {sentence}");
        }
    }
}
