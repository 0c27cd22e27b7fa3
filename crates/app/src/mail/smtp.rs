//! Hands mails to an SMTP server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{Extension, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use self::line::Line;
use self::setting::Server;
use self::wire::{Unsendable, Wire};
use super::compose::{Message, plain};

mod line;
mod setting;
mod wire;

pub use self::setting::SettingError;

/// What the server says is kept and shown; a longer text helps nobody.
const SENTENCE_LENGTH: usize = 500;

/// Permanent in number, yet about TLS and signing in: a fault of the settings, which condemns no mail.
const SIGN_IN_FIRST: [u16; 4] = [530, 534, 535, 538];

/// A mail as it goes over the wire, with whom it goes to.
#[cfg(fuzzing)]
pub(crate) fn wire(message: &Message) -> Option<(String, Vec<u8>)> {
    Wire::of(message, 0).ok().map(|wire| (wire.to.to_string(), wire.data))
}

/// What became of a mail that was given to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The server took the mail over.
    HandedOver {
        /// What it said, often with the number under which it queues the mail.
        reply: String,
    },
    /// The server will never take this mail; trying again is no use.
    Refused {
        /// Who refused what, and the server's words.
        sentence: String,
    },
    /// The server will take no mail for this address.
    Bounced {
        /// Who refused it, and the server's words.
        sentence: String,
    },
    /// Nothing was decided: the same mail may pass later.
    TryLater {
        /// What went wrong.
        sentence: String,
    },
}

/// A configured SMTP server. Cheap to clone; clones share the open connections.
#[derive(Clone)]
pub struct Smtp {
    inner: Arc<Inner>,
}

struct Inner {
    server: Server,
    line: Arc<Line>,
}

impl fmt::Debug for Smtp {
    // The password stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{})", self.inner.server.host, self.inner.server.port)
    }
}

impl Smtp {
    /// A server from its address.
    ///
    /// `smtps://[user:password@]host[:465]` speaks TLS from the first byte. `smtp://[user:password@]host[:587]`
    /// demands STARTTLS, except on a loopback address, where it speaks plainly. User and password are
    /// percent-encoded. Options after `?`, joined with `&`:
    ///
    /// - `tls=required|opportunistic|none` instead of the rule above, for `smtp://` only; a password is never sent
    ///   to another machine without TLS, so neither `opportunistic` nor `none` go with one there;
    /// - `timeout=SECONDS` for one mail as a whole, 60 if not given;
    /// - `hello=NAME` instead of this machine's name in the greeting;
    /// - `root=FILE` for a certificate in PEM form that vouches for the server besides the public authorities';
    /// - `cert=FILE` and `key=FILE` for a certificate of our own, which the server may ask for.
    pub fn from_url(url: &str) -> Result<Smtp, SettingError> {
        Smtp::of(Server::from_url(url)?)
    }

    /// Like [`Smtp::from_url`], for a server whose certificate is signed by one of `roots`, certificates in PEM
    /// form, rather than by a public authority.
    pub fn from_url_trusting(url: &str, roots: &[u8]) -> Result<Smtp, SettingError> {
        Smtp::of(Server::from_url(url)?.trusting(roots)?)
    }

    fn of(server: Server) -> Result<Smtp, SettingError> {
        let line = Arc::new(Line::new(&server)?);
        Ok(Smtp { inner: Arc::new(Inner { server, line }) })
    }

    /// The longest that [`Smtp::send`] takes. A claim on a mail must last longer.
    pub fn patience(&self) -> Duration {
        self.inner.server.patience
    }

    /// Gives `message` to the server, dated `at_micros` (microseconds since 1970). Safe to drop half-way: the
    /// connection is then closed, never used for another mail.
    pub async fn send(&self, message: &Message, at_micros: i64) -> Delivery {
        let wire = match Wire::of(message, at_micros) {
            Ok(wire) => wire,
            Err(Unsendable::ForNow(sentence)) => return Delivery::TryLater { sentence },
            Err(Unsendable::Forever(sentence)) => return Delivery::Refused { sentence },
        };
        let inner = &self.inner;
        match timeout(inner.server.patience, inner.deliver(&wire)).await {
            Ok(Ok(reply)) => Delivery::HandedOver { reply },
            Ok(Err(delivery)) => delivery,
            Err(_) => {
                inner.later(format!("did not finish within {} seconds.", inner.server.patience.as_secs()))
            }
        }
    }

    /// Closes idle connections, for a clean end of the program. Sending afterwards opens new ones.
    pub async fn close(&self) {
        self.inner.line.close().await;
    }
}

impl Inner {
    /// One mail over one connection. The connection goes back only after a complete dialogue: lettre's own pool
    /// takes a connection back whose answer was not read yet, and the next mail then reads that answer as its own.
    async fn deliver(&self, wire: &Wire) -> Result<String, Delivery> {
        let mut connection = match self.line.take().await {
            Some(connection) => connection,
            None => self.line.dial().await.map_err(|fault| self.later(fault))?,
        };
        let result = self.dialogue(&mut connection, wire).await;
        match &result {
            Ok(_) => self.line.put_back(connection),
            // The verdict stands; saying goodbye must not hold it up.
            Err(_) => line::hang_up(connection),
        }
        result
    }

    async fn dialogue(&self, connection: &mut AsyncSmtpConnection, wire: &Wire) -> Result<String, Delivery> {
        let mut parameters = Vec::new();
        if wire.needs_utf8 {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(self.refused("takes no addresses with letters beyond ASCII."));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let mail = Mail::new(Some(wire.from.clone()), parameters);
        let answer = connection.command(mail).await;
        self.expect("the sender", Severity::PositiveCompletion, answer)?;
        let answer = connection.command(Rcpt::new(wire.to.clone(), Vec::new())).await;
        let bounces = answer.as_ref().err().is_some_and(is_bounce);
        self.expect("the recipient", Severity::PositiveCompletion, answer).map_err(
            |refused| match refused {
                Delivery::Refused { sentence } if bounces => Delivery::Bounced { sentence },
                other => other,
            },
        )?;
        let answer = connection.command(Data).await;
        self.expect("the mail", Severity::PositiveIntermediate, answer)?;
        let answer = connection.message(&wire.data).await;
        let response = self.expect("the mail", Severity::PositiveCompletion, answer)?;
        Ok(said(response.code(), response.message().collect::<Vec<_>>().join(" ")))
    }

    /// The answer if it is of the expected kind. Any other positive one means that both sides are out of step.
    fn expect(
        &self,
        what: &str,
        expected: Severity,
        answer: Result<Response, lettre::transport::smtp::Error>,
    ) -> Result<Response, Delivery> {
        match answer {
            Ok(response) if response.code().severity == expected => Ok(response),
            Ok(response) => {
                Err(self.later(format!("gave an answer out of turn to {what}: {}.", response.code())))
            }
            Err(error) if error.status().is_some_and(|code| SIGN_IN_FIRST.contains(&code.into())) => {
                Err(self.later(format!("wants another way to sign in: {}", line::words(&error))))
            }
            Err(error) if error.is_permanent() => {
                Err(self.refused(&format!("refused {what}: {}", line::words(&error))))
            }
            Err(error) if error.is_transient() => {
                Err(self.later(format!("does not take {what} now: {}", line::words(&error))))
            }
            Err(error) => Err(self.later(format!("broke off at {what}: {}.", line::words(&error)))),
        }
    }

    fn later(&self, fault: String) -> Delivery {
        Delivery::TryLater { sentence: self.sentence(&fault) }
    }

    fn refused(&self, fault: &str) -> Delivery {
        Delivery::Refused { sentence: self.sentence(fault) }
    }

    fn sentence(&self, fault: &str) -> String {
        // Which server it is stands in the settings, and accounts read this.
        plain::line(&format!("The mail server {fault}"), SENTENCE_LENGTH)
    }
}

/// Whether what was answered to the recipient is said of the address.
fn is_bounce(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| domain::mail::is_bounce(code.into(), &line::said(error)))
}

/// A reply as one line.
fn said(code: impl fmt::Display, words: String) -> String {
    plain::line(&format!("{code} {words}"), SENTENCE_LENGTH)
}
