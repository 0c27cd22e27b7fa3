//! A push service in this process, in whatever mood the test wants, and browsers that read what it was given.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use app::push::Way;
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::Sha256;

#[derive(Clone, Debug)]
pub(crate) enum Mood {
    /// Answers with this status and these lines.
    Says(u16, &'static str),
    /// Takes what it is given, and says nothing for so long.
    Sleeps(Duration),
    /// Sends a byte of its answer now and then, and never its end.
    Drips,
    /// Sends an answer whose head has no end.
    Floods,
    /// Says for ever that its answer is to come.
    Continues,
    /// Hangs up in place of an answer.
    HangsUp,
}

impl Mood {
    pub(crate) const TAKES: Mood = Mood::Says(201, "");
}

/// What was asked of it.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Taken {
    /// The value of a header; panics if there is none, or several.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} stands there twice");
        value
    }
}

/// Listens until the program ends. Paths have moods of their own.
#[derive(Clone)]
pub(crate) struct PushService {
    pub(crate) address: SocketAddr,
    moods: Arc<Mutex<Vec<(String, Mood)>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    met: Arc<Mutex<usize>>,
}

impl PushService {
    pub(crate) fn open() -> PushService {
        PushService::serve(None)
    }

    /// The same behind TLS, with a certificate in PEM form and its key.
    pub(crate) fn open_with_tls(certificate: &[u8], key: &[u8]) -> PushService {
        let chain = CertificateDer::pem_slice_iter(certificate).map(|one| one.unwrap()).collect();
        let key = PrivateKeyDer::from_pem_slice(key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.unwrap().with_no_client_auth().with_single_cert(chain, key).unwrap();
        PushService::serve(Some(Arc::new(config)))
    }

    fn serve(tls: Option<Arc<ServerConfig>>) -> PushService {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let service =
            PushService { address, moods: Arc::default(), taken: Arc::default(), met: Arc::default() };
        let clerk = service.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (clerk, tls) = (clerk.clone(), tls.clone());
                *clerk.met.lock().unwrap() += 1;
                // The client may hang up at any time; that ends the talk.
                thread::spawn(move || match tls {
                    None => clerk.talk(stream),
                    Some(tls) => clerk.talk(StreamOwned::new(ServerConnection::new(tls).unwrap(), stream)),
                });
            }
        });
        service
    }

    /// The way there alone.
    pub(crate) fn way(&self) -> Way {
        Way::new(vec![self.address]).patient(Duration::from_secs(2))
    }

    pub(crate) fn set_mood(&self, path: &str, mood: Mood) {
        self.moods.lock().unwrap().insert(0, (path.to_owned(), mood));
    }

    /// What it was asked, in its order, whatever it answered.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How often somebody came, whatever they said.
    pub(crate) fn met(&self) -> usize {
        *self.met.lock().unwrap()
    }

    fn mood(&self, path: &str) -> Mood {
        let moods = self.moods.lock().unwrap();
        moods.iter().find(|(known, _)| known == path).map_or(Mood::TAKES, |(_, mood)| mood.clone())
    }

    fn talk(&self, stream: impl Read + Write) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            Some(line.trim_end().to_owned())
        };
        let first = line()?;
        let path = first.strip_prefix("POST ")?.strip_suffix(" HTTP/1.1")?.to_owned();
        let mut headers = Vec::new();
        loop {
            let line = line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mood = self.mood(&path);
        self.taken.lock().unwrap().push(Taken { path, headers, body });
        answer(reader.into_inner(), mood).ok()
    }
}

fn answer(mut stream: impl Write, mood: Mood) -> std::io::Result<()> {
    match mood {
        Mood::Says(status, lines) => {
            let head =
                format!("HTTP/1.1 {status} It\r\n{lines}content-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes())?;
        }
        Mood::Sleeps(time) => thread::sleep(time),
        Mood::Drips => {
            for byte in b"HTTP/1.1 201 Created\r\nx: ".iter().chain(std::iter::repeat_n(&b'x', 500)) {
                stream.write_all(&[*byte])?;
                stream.flush()?;
                thread::sleep(Duration::from_millis(50));
            }
        }
        Mood::Floods => {
            stream.write_all(b"HTTP/1.1 201 Created\r\nx: ")?;
            loop {
                stream.write_all(&[b'x'; 4_096])?;
            }
        }
        Mood::Continues => loop {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        },
        Mood::HangsUp => {}
    }
    stream.flush()
}

/// A browser that push messages can be sent to.
pub(crate) struct Browser {
    own: SecretKey,
    secret: [u8; 16],
    pub(crate) endpoint: String,
}

impl Browser {
    /// One of the service, at a path of its own; `number` is from 1 on.
    pub(crate) fn new(endpoint: String, number: u8) -> Browser {
        Browser { own: SecretKey::from_slice(&[number; 32]).unwrap(), secret: [number; 16], endpoint }
    }

    pub(crate) fn at(service: &PushService, path: &str, number: u8) -> Browser {
        Browser::new(format!("http://{}{path}", service.address), number)
    }

    /// What it says of itself: `p256dh`, `auth`.
    pub(crate) fn keys(&self) -> [String; 2] {
        let public = self.own.public_key().to_sec1_bytes();
        [BASE64URL_NOPAD.encode(&public), BASE64URL_NOPAD.encode(&self.secret)]
    }

    /// Reads a message as RFC 8291 says; `None` if it is not for this browser.
    pub(crate) fn read(&self, message: &[u8]) -> Option<serde_json::Value> {
        let (salt, rest) = message.split_at(16);
        let (size, rest) = rest.split_at(4);
        assert_eq!((size, rest[0]), (&4_096_u32.to_be_bytes()[..], 65));
        let (sender, sealed) = rest[1..].split_at(65);
        let shared = self.own.diffie_hellman(&PublicKey::from_sec1_bytes(sender).unwrap());
        let own = self.own.public_key().to_sec1_bytes();
        let info = [b"WebPush: info\0", &own[..], sender].concat();
        let secret = derive(&self.secret, shared.raw_secret_bytes(), &info);
        let key = derive(salt, &secret, b"Content-Encoding: aes128gcm\0");
        let nonce = derive(salt, &secret, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let mut sealed = sealed.to_vec();
        let text = key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        serde_json::from_slice(text.strip_suffix(&[2])?).ok()
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[u8]) -> Vec<u8> {
    let code = |key: &[u8], text: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    };
    code(&code(salt, secret), &[info, &[1]].concat())
}
