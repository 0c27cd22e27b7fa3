//! Connections to the server: dialling, and keeping one open between mails.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use store::strong_keys;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::setting::{Protection, Server, SettingError};

/// An idle connection is closed after this; servers drop theirs after a few minutes.
const IDLE: Duration = Duration::from_secs(30);
/// How long an idle connection may take to show that it still lives.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);
/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);
/// More idle connections than this are not kept.
const KEPT: usize = 4;

pub(super) struct Line {
    host: String,
    port: u16,
    hello: ClientId,
    protection: Protection,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    patience: Duration,
    idle: Mutex<Idle>,
}

#[derive(Default)]
struct Idle {
    parked: Vec<(u64, AsyncSmtpConnection)>,
    next: u64,
}

impl Line {
    pub(super) fn new(server: &Server) -> Result<Line, SettingError> {
        Ok(Line {
            host: server.host.clone(),
            port: server.port,
            hello: server.hello.clone().map_or_else(machine_name, ClientId::Domain),
            protection: server.protection,
            tls: server.tls_parameters()?,
            credentials: server.login.clone().map(|(user, password)| Credentials::new(user, password)),
            patience: server.patience,
            idle: Mutex::default(),
        })
    }

    /// A new connection, signed in. The error continues "The mail server …".
    pub(super) async fn dial(&self) -> Result<AsyncSmtpConnection, String> {
        let mut connection = self.connect().await.map_err(|error| format!("cannot be reached: {error}."))?;
        let upgrades = match self.protection {
            Protection::Required if !connection.can_starttls() => {
                hang_up(connection);
                return Err("does not offer STARTTLS, and nothing was sent without it.".to_owned());
            }
            Protection::Required => true,
            Protection::Opportunistic => connection.can_starttls(),
            Protection::Implicit | Protection::None => false,
        };
        if upgrades {
            let started = connection.starttls(self.tls.clone(), &self.hello).await;
            started.map_err(|error| format!("could not start TLS: {}.", words(&error)))?;
        }
        if let Some(credentials) = &self.credentials {
            // The wrong password is a fault of the settings, so even a permanent refusal condemns no mail.
            let signed_in = connection.auth(DEFAULT_MECHANISMS, credentials).await;
            signed_in.map_err(|error| format!("does not let us sign in: {}", words(&error)))?;
        }
        Ok(connection)
    }

    /// lettre writes the end of a mail by itself, and with a socket as it comes from the system that write waits for
    /// the other side's acknowledgement: 40 ms a mail. Where TLS comes first lettre opens the socket, and it stays so.
    async fn connect(&self) -> Result<AsyncSmtpConnection, String> {
        let address = (self.host.as_str(), self.port);
        let connected = if self.protection == Protection::Implicit {
            let (patience, tls) = (Some(self.patience), Some(self.tls.clone()));
            AsyncSmtpConnection::connect_tokio1(address, patience, &self.hello, tls, None).await
        } else {
            let stream = TcpStream::connect(address).await;
            let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
            let stream = stream.map_err(|error| error.to_string())?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
        };
        connected.map_err(|error| words(&error))
    }

    /// An idle connection that still answers.
    pub(super) async fn take(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (_, mut connection) = self.idle().parked.pop()?;
            if timeout(SIGN_OF_LIFE.min(self.patience / 4), connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for the next mail, for a while.
    pub(super) fn put_back(self: &Arc<Line>, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        if idle.parked.len() >= KEPT {
            drop(idle);
            return hang_up(connection);
        }
        let number = idle.next;
        idle.next += 1;
        idle.parked.push((number, connection));
        drop(idle);
        let line = Arc::downgrade(self);
        tokio::spawn(async move {
            sleep(IDLE).await;
            let Some(line) = line.upgrade() else { return };
            let mut idle = line.idle();
            if let Some(at) = idle.parked.iter().position(|(parked, _)| *parked == number) {
                hang_up(idle.parked.remove(at).1);
            }
        });
    }

    pub(super) async fn close(&self) {
        let parked = std::mem::take(&mut self.idle().parked);
        for (_, connection) in parked {
            goodbye(connection).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle> {
        // A panic elsewhere leaves a list that is still a list.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says goodbye without making anybody wait.
pub(super) fn hang_up(connection: AsyncSmtpConnection) {
    tokio::spawn(goodbye(connection));
}

async fn goodbye(mut connection: AsyncSmtpConnection) {
    // Dropping it closes it in any case; a server that does not answer is no fault worth a word.
    let _ = timeout(GOODBYE, connection.quit()).await;
}

/// This machine's name, if it is one that a greeting can carry.
fn machine_name() -> ClientId {
    match ClientId::default() {
        ClientId::Domain(name) if !super::setting::is_host_name(&name) => {
            ClientId::Domain("localhost".to_owned())
        }
        name => name,
    }
}

/// What an error says, for people: the server's code and words, or the innermost cause.
pub(super) fn words(error: &Error) -> String {
    if let Some(code) = error.status() {
        return format!("{code} {}", said(error));
    }
    if strong_keys::is_too_weak(error) {
        return "its certificate has a key that is too weak for this server".to_owned();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    match innermost.to_string().as_str() {
        "incomplete response" => "the connection was closed".to_owned(),
        words => words.trim_end_matches('.').to_owned(),
    }
}

/// What the server said beside the code of its reply.
pub(super) fn said(error: &Error) -> String {
    error.source().map(ToString::to_string).unwrap_or_default()
}
