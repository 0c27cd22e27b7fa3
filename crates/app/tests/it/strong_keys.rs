//! Who is connected to by TLS where the operator takes strong keys alone: a mail server and a provider with certificates of all kinds.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

use app::Refused;
use app::mail::smtp::{Delivery, Smtp};
use app::push::{Addresses, FindsAddresses, Way};
use domain::brand::HostName;
use domain::input::Problem;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use testkit::{Account, World};

use crate::smtp::server::Server;
use crate::smtp::{AT, message};

const ISSUER: &str = "https://login.example";
const LOGIN: &str = "kim:p%40ss%3A%20%2F%25@";

/// The key of a certificate, that of who has signed it, and whether both are strong.
const CASES: [(&str, &str, bool); 7] = [
    ("rsa:2048", "rsa:2048", false),
    ("rsa:2048", "ec", false),
    ("ec", "rsa:2048", false),
    ("rsa:2048", "rsa:3072", false),
    ("ec", "ec", true),
    ("rsa:3072", "rsa:3072", true),
    ("ec", "rsa:4096", true),
];

/// A name that leads to this address.
struct Leads(SocketAddr);

impl FindsAddresses for Leads {
    fn find<'a>(&'a self, _name: &'a HostName) -> Addresses<'a> {
        let found = Ok(vec![self.0]);
        Box::pin(async move { found })
    }
}

/// A server's certificate with its key, and that of who has signed it, as files in PEM form.
struct Certified {
    chain: [PathBuf; 2],
    authority: PathBuf,
}

impl Certified {
    fn make(number: usize, key: &str, authority: &str) -> Certified {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("strong-keys-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| folder.join(name);
        let [authority_key, authority_file] = ["authority.key", "authority.pem"].map(file);
        let own = ["server.pem", "server.key"].map(file);
        let mut first = request(authority, "/CN=authority", [&authority_key, &authority_file]);
        run(first.args(["-addext", "keyUsage=critical,keyCertSign"]));
        let mut second = request(key, "/CN=localhost", [&own[1], &own[0]]);
        second.arg("-CA").arg(&authority_file).arg("-CAkey").arg(&authority_key);
        second.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        run(second.args(["-addext", "subjectAltName=DNS:localhost,DNS:login.example"]));
        Certified { chain: own, authority: authority_file }
    }
}

fn request(key: &str, subject: &str, [key_file, file]: [&Path; 2]) -> Command {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-nodes", "-days", "2", "-subj", subject, "-newkey", key]);
    if key == "ec" {
        openssl.args(["-pkeyopt", "ec_paramgen_curve:P-256"]);
    }
    openssl.arg("-keyout").arg(key_file).arg("-out").arg(file);
    openssl
}

fn run(openssl: &mut Command) {
    let made = openssl.output().expect("openssl is missing: install it with `apt install openssl`");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What becomes of a mail to a server with this certificate, by STARTTLS and by TLS from the first byte.
async fn mailed(certified: &Certified) -> [Delivery; 2] {
    let root = fs::read(&certified.authority).unwrap();
    let [certificate, key] = &certified.chain;
    let send = async |mode: &str, scheme: &str, options: &str| {
        let server = Server::start_with(mode, [certificate, key]);
        let url = format!("{scheme}://{LOGIN}localhost:{}{options}", server.port);
        Smtp::from_url_trusting(&url, &root).unwrap().send(&message(), AT).await
    };
    [send("starttls", "smtp", "?tls=required").await, send("smtps", "smtps", "").await]
}

/// A provider with this certificate, which answers whoever is content with it once. It knows how it is used, and no more.
fn provider(certified: &Certified) -> SocketAddr {
    let [certificate, key] = &certified.chain;
    let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(|one| one.unwrap()).collect();
    let usual = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(usual).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (line, _) = listener.accept().unwrap();
        let mut line = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), line);
        let body = format!(
            r#"{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/a","token_endpoint":"{ISSUER}/t","jwks_uri":"{ISSUER}/k"}}"#
        );
        // Whoever is not content hangs up.
        if line.read(&mut [0; 4_096]).is_ok() {
            write!(line, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    address
}

/// What is wrong with a provider that has this certificate.
async fn connected(world: &mut World, account: &Account, certified: &Certified) -> Option<Problem> {
    let address = provider(certified);
    let root = CertificateDer::from_pem_file(&certified.authority).unwrap().to_vec();
    world.restart(|app| app.providers = Way::with(Box::new(Leads(address)), vec![address], &[root]));
    let typed = (ISSUER, "client-1", "secret");
    match world.app.connect_provider(&account.admin.ask, account.id.clone(), typed).await {
        Ok(()) => None,
        Err(Refused::Invalid(errors)) => Some(errors[0].problem),
        Err(other) => panic!("{other:?}"),
    }
}

/// I-05, A-08. Once strong keys are demanded, nobody is connected to whose certificate has a weak one, or is signed by one; and it is told
/// that this is why. Until then they are. Seen to fail: with the size looked at in handshakes alone, and with all of RSA refused.
#[tokio::test]
async fn i05_a08_tls_takes_no_weak_key_once_strong_ones_are_demanded() {
    let mut world = World::on(testkit::Engine::Sqlite).await;
    let account = world.set_up().await;
    let made = CASES.iter().enumerate().map(|(number, (key, by, _))| Certified::make(number, key, by));
    let all: Vec<Certified> = made.collect();
    for certified in &all {
        assert!(mailed(certified).await.iter().all(|mail| matches!(mail, Delivery::HandedOver { .. })));
        assert_eq!(connected(&mut world, &account, certified).await, None);
    }
    // From here on it holds for the whole program, and so for all tests that share it: none of them needs a weak key.
    store::strong_keys::demand();
    for (certified, (key, authority, strong)) in all.iter().zip(CASES) {
        for mail in mailed(certified).await {
            let told = match &mail {
                Delivery::HandedOver { .. } => "",
                Delivery::TryLater { sentence } => sentence,
                other => panic!("{key} by {authority}: {other:?}"),
            };
            let is_told = told.contains("its certificate has a key that is too weak for this server");
            assert_eq!((told.is_empty(), is_told), (strong, !strong), "{key} by {authority}: {told}");
        }
        let expected = (!strong).then_some(Problem::ProviderTooWeak);
        assert_eq!(connected(&mut world, &account, certified).await, expected, "{key} by {authority}");
    }
    // Nor do we show a weak key of our own.
    let own = |certified: &Certified| {
        let [certificate, key] = certified.chain.each_ref().map(|file| file.display());
        Smtp::from_url(&format!("smtps://localhost?cert={certificate}&key={key}"))
    };
    let told = own(&all[0]).unwrap_err().to_string();
    assert!(told.contains("the key is too weak for ROLLCALL_STRONG_KEYS=on"), "{told}");
    own(&all[4]).unwrap();
    own(&all[5]).unwrap();
}
