//! Hands messages to push services, by HTTPS. Where to is what somebody's browser says, or whoever plays one: the name is looked
//! up once, each address that comes of it is checked, and one of these is connected to; no redirect is followed, and of
//! an answer no more is read than its head.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use domain::network::is_public;
use domain::push::{Endpoint, Service};
use domain::time::Span;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::names::{FindsAddresses, System};

/// How long all of one message may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// The largest head of an answer that is read, in bytes.
const HEAD: usize = 16 * 1024;
/// How many addresses of a name are tried.
const ADDRESSES: usize = 4;
/// The longest wait that a service may ask for.
const LONGEST_WAIT: i64 = 24 * 3_600;

/// A message for one browser.
pub(super) struct Letter {
    pub(super) endpoint: Endpoint,
    /// Locked.
    pub(super) body: Vec<u8>,
    /// Who sends.
    pub(super) authorization: String,
    /// How long the service keeps it for a browser that is not there, in seconds.
    pub(super) keep: i64,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The service has taken it over.
    Taken,
    /// The service knows the browser no more.
    Gone,
    /// It will never be taken.
    Refused(String),
    /// Nothing was decided; `wait` is how long the service asks to be left alone.
    Later { sentence: String, wait: Option<Span> },
}

/// The way to push services.
pub struct Way {
    names: Box<dyn FindsAddresses>,
    /// Addresses that may be inside.
    allowed: Vec<SocketAddr>,
    tls: TlsConnector,
    patience: Duration,
}

/// Why no answer came.
enum Fault {
    /// It leads inside.
    Inside,
    /// This time.
    Io(&'static str),
}

impl Way {
    /// By this machine's resolver, to the open internet and to addresses of the operator's own.
    pub fn new(allowed: Vec<SocketAddr>) -> Way {
        Way::with(Box::new(System), allowed, &[])
    }

    /// With another resolver, and besides the public ones with authorities of one's own, in DER form.
    pub fn with(names: Box<dyn FindsAddresses>, allowed: Vec<SocketAddr>, roots: &[Vec<u8>]) -> Way {
        let mut trusted: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        trusted.add_parsable_certificates(roots.iter().map(|root| CertificateDer::from(root.clone())));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows the versions")
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Way { names, allowed, tls: TlsConnector::from(Arc::new(config)), patience: PATIENCE }
    }

    /// With another time for all of one message.
    pub fn patient(self, patience: Duration) -> Way {
        Way { patience, ..self }
    }

    /// Addresses that may be inside.
    pub(super) fn allowed(&self) -> &[SocketAddr] {
        &self.allowed
    }

    /// Hands a message over. Safe to drop half-way.
    pub(super) async fn post(&self, letter: Letter) -> Answer {
        let later = |sentence: &str| Answer::Later { sentence: sentence.to_owned(), wait: None };
        match timeout(self.patience, self.try_post(letter)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Fault::Inside)) => {
                Answer::Refused("The push service's name leads into a network that is not public.".to_owned())
            }
            Ok(Err(Fault::Io(sentence))) => later(sentence),
            Err(_) => later("The push service did not answer in time."),
        }
    }

    async fn try_post(&self, letter: Letter) -> Result<Answer, Fault> {
        match letter.endpoint.service().clone() {
            Service::Allowed(address) => {
                let line = TcpStream::connect(address).await.map_err(|_| UNREACHED)?;
                talk(line, letter).await
            }
            Service::Named(name) => {
                let found =
                    self.names.find(&name).await.map_err(|_| Fault::Io("The push service was not found."))?;
                let line = self.dial(&found).await?;
                let server = ServerName::try_from(name.as_str().to_owned()).map_err(|_| UNREACHED)?;
                let secured = self.tls.connect(server, line).await;
                talk(secured.map_err(|_| Fault::Io("The push service could not show who it is."))?, letter)
                    .await
            }
        }
    }

    /// One address that is inside refuses all of them: whoever has such a name means no good.
    async fn dial(&self, found: &[SocketAddr]) -> Result<TcpStream, Fault> {
        let reach = |address: &SocketAddr| is_public(address.ip()) || self.allowed.contains(address);
        if !found.iter().all(reach) {
            return Err(Fault::Inside);
        }
        for address in found.iter().take(ADDRESSES) {
            if let Ok(line) = TcpStream::connect(address).await {
                return Ok(line);
            }
        }
        Err(UNREACHED)
    }
}

const UNREACHED: Fault = Fault::Io("The push service could not be reached.");
const BROKE_OFF: Fault = Fault::Io("The push service broke off.");

/// One question and its answer; the line is closed afterwards, whatever else comes.
async fn talk<L>(line: L, letter: Letter) -> Result<Answer, Fault>
where
    L: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let request = request(letter).ok_or(BROKE_OFF)?;
    let mut client = http1::Builder::new();
    client.max_buf_size(HEAD);
    let line = Bounded { line, left: HEAD };
    let (mut sender, connection) = client.handshake(TokioIo::new(line)).await.map_err(|_| BROKE_OFF)?;
    let answer = sender.send_request(request);
    tokio::pin!(answer);
    let answer = tokio::select! {
        answer = &mut answer => answer,
        // The line may be closed right behind the answer.
        _ = connection => answer.await,
    };
    let (head, _) = answer.map_err(|_| BROKE_OFF)?.into_parts();
    Ok(judge(head.status, &head.headers))
}

/// A line on which no more than so much is read: answers that are none yet have no number of their own.
struct Bounded<L> {
    line: L,
    left: usize,
}

impl<L: AsyncRead + Unpin> AsyncRead for Bounded<L> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.line).poll_read(context, buffer);
        self.left = self.left.saturating_sub(buffer.filled().len() - before);
        read
    }
}

impl<L: AsyncWrite + Unpin> AsyncWrite for Bounded<L> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.line).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(context)
    }
}

fn request(letter: Letter) -> Option<Request<Full<Bytes>>> {
    let host = letter.endpoint.origin().split_once("://")?.1.to_owned();
    Request::post(letter.endpoint.path())
        .header("host", host)
        .header("authorization", letter.authorization)
        .header("content-encoding", "aes128gcm")
        .header("content-type", "application/octet-stream")
        .header("ttl", letter.keep)
        .header("urgency", "high")
        .header("connection", "close")
        .body(Full::new(Bytes::from(letter.body)))
        .ok()
}

/// What an answer means. A redirect is none that is followed.
fn judge(status: StatusCode, headers: &HeaderMap) -> Answer {
    let sentence = format!("The push service answered with {}.", status.as_u16());
    match status.as_u16() {
        200..=299 => Answer::Taken,
        404 | 410 => Answer::Gone,
        408 | 425 | 429 | 500..=599 => Answer::Later { sentence, wait: wait(headers) },
        _ => Answer::Refused(sentence),
    }
}

/// How long it asks to be left alone, where it says so in seconds.
fn wait(headers: &HeaderMap) -> Option<Span> {
    let seconds: i64 = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Span::seconds(seconds.clamp(0, LONGEST_WAIT)))
}
