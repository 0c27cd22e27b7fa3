//! The way out by HTTPS, to where somebody's word leads: the name is looked up once, each address that comes of it is checked,
//! and one of these is connected to; no redirect is followed, and of an answer no more is read than was asked for.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use domain::network::{OutgoingHosts, is_public};
use domain::push::{Endpoint, Service};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::RETRY_AFTER;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use store::strong_keys;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) mod names;

use names::{FindsAddresses, System};

/// How long all of one request may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// The largest head of an answer that is read, in bytes.
const HEAD: usize = 16 * 1024;
/// How many addresses of a name are tried.
const ADDRESSES: usize = 4;

/// What is asked.
pub(crate) struct Request<'a> {
    pub(crate) to: &'a Endpoint,
    /// What is sent along; without it the request only gets.
    pub(crate) post: Option<Vec<u8>>,
    /// Beside those that every request has.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    /// Empty, if none was asked for.
    pub(crate) body: Vec<u8>,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The operator has not listed its name.
    NotListed,
    /// It leads inside.
    Inside,
    /// Its name has no address.
    NotFound,
    /// Nobody is there.
    Unreached,
    /// It has no certificate for its name.
    Unproven,
    /// It has one of a key that is too weak for the operator.
    Weak,
    /// It hung up, said what is no HTTP, or more than was asked for.
    BrokeOff,
    /// It took too long.
    Late,
}

/// The way out.
pub struct Way {
    names: Box<dyn FindsAddresses>,
    /// Addresses that may be inside.
    allowed: Vec<SocketAddr>,
    /// The names that may be gone to.
    hosts: OutgoingHosts,
    tls: TlsConnector,
    patience: Duration,
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
        let config = ClientConfig::builder_with_provider(strong_keys::provider())
            .with_safe_default_protocol_versions()
            .expect("ring knows the versions")
            .with_root_certificates(trusted)
            .with_no_client_auth();
        let (hosts, tls) = (OutgoingHosts::default(), TlsConnector::from(Arc::new(config)));
        Way { names, allowed, hosts, tls, patience: PATIENCE }
    }

    /// To these names alone, and to the operator's own addresses.
    pub fn only(self, hosts: OutgoingHosts) -> Way {
        Way { hosts, ..self }
    }

    /// With another time for all of one request.
    pub fn patient(self, patience: Duration) -> Way {
        Way { patience, ..self }
    }

    /// Addresses that may be inside.
    pub(crate) fn allowed(&self) -> &[SocketAddr] {
        &self.allowed
    }

    /// Whether the operator lets it be gone to, as far as its name says.
    pub(crate) fn is_listed(&self, service: &Service) -> bool {
        match service {
            Service::Named(name) => self.hosts.have(name),
            Service::Allowed(_) => true,
        }
    }

    /// Asks, and reads an answer of at most `most` bytes; with 0 its head alone. Safe to drop half-way.
    pub(crate) async fn ask(&self, request: Request<'_>, most: usize) -> Result<Reply, Fault> {
        timeout(self.patience, self.try_ask(request, most)).await.unwrap_or(Err(Fault::Late))
    }

    async fn try_ask(&self, request: Request<'_>, most: usize) -> Result<Reply, Fault> {
        if !self.is_listed(request.to.service()) {
            return Err(Fault::NotListed);
        }
        match request.to.service() {
            Service::Allowed(address) => {
                let line = TcpStream::connect(address).await.map_err(|_| Fault::Unreached)?;
                talk(line, request, most).await
            }
            Service::Named(name) => {
                let found = self.names.find(name).await.map_err(|_| Fault::NotFound)?;
                let line = self.dial(&found).await?;
                let server = ServerName::try_from(name.as_str().to_owned()).map_err(|_| Fault::Unreached)?;
                let secured = self.tls.connect(server, line).await.map_err(|error| unproven(&error))?;
                talk(secured, request, most).await
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
        Err(Fault::Unreached)
    }
}

fn unproven(error: &io::Error) -> Fault {
    if strong_keys::is_too_weak(error) { Fault::Weak } else { Fault::Unproven }
}

/// One question and its answer; the line is closed afterwards, whatever else comes.
async fn talk<L>(line: L, request: Request<'_>, most: usize) -> Result<Reply, Fault>
where
    L: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let request = written(request).ok_or(Fault::BrokeOff)?;
    let mut client = http1::Builder::new();
    client.max_buf_size(HEAD);
    let line = Bounded { line, left: HEAD + most };
    let (mut sender, connection) = client.handshake(TokioIo::new(line)).await.map_err(|_| Fault::BrokeOff)?;
    let answer = async move {
        let (head, body) = sender.send_request(request).await.map_err(|_| Fault::BrokeOff)?.into_parts();
        let body = match most {
            0 => Bytes::new(),
            _ => Limited::new(body, most).collect().await.map_err(|_| Fault::BrokeOff)?.to_bytes(),
        };
        let retry_after =
            head.headers.get(RETRY_AFTER).and_then(|text| text.to_str().ok()).map(str::to_owned);
        Ok(Reply { status: head.status.as_u16(), retry_after, body: body.to_vec() })
    };
    tokio::pin!(answer);
    tokio::select! {
        answer = &mut answer => answer,
        // The line may be closed right behind the answer.
        _ = connection => answer.await,
    }
}

fn written(request: Request<'_>) -> Option<hyper::Request<Full<Bytes>>> {
    let Request { to, post, headers } = request;
    let host = to.origin().split_once("://")?.1;
    let method = if post.is_some() { "POST" } else { "GET" };
    let mut built = hyper::Request::builder().method(method).uri(to.path()).header("host", host);
    for (name, value) in headers {
        built = built.header(name, value);
    }
    built.header("connection", "close").body(Full::new(Bytes::from(post.unwrap_or_default()))).ok()
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
