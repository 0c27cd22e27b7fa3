//! `ROLLCALL_STRONG_KEYS=on`: what the program says where a certificate has a weak key (I-05).

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::support::Installation;

const WEAK: &[&str] = &["rsa:2048"];
const STRONG: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// A certificate for localhost and its key, as `own.pem` and `own.key`.
fn certify(folder: &Path, key: &[&str]) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-newkey"])
        .args(key)
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "own.key", "-out", "own.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl is missing: install it with `apt install openssl`");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// What answers as PostgreSQL does until the connection is encrypted, and hangs up behind it; its port.
fn postgres(folder: &Path) -> u16 {
    let chain = vec![CertificateDer::from_pem_file(folder.join("own.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(folder.join("own.key")).unwrap();
    let usual = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(usual).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut line in listener.incoming().flatten() {
            let mut asks_for_tls = [0; 8];
            line.read_exact(&mut asks_for_tls).unwrap();
            line.write_all(b"S").unwrap();
            // Whoever is not content with the certificate hangs up.
            let mut line = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), line);
            let _ = line.read(&mut [0; 1_024]);
        }
    });
    port
}

/// I-05
#[test]
fn i05_postgres_is_told_to_have_a_weak_key_where_strong_ones_are_asked_for() {
    for (key, strong_keys, is_refused) in [(WEAK, "off", false), (STRONG, "on", false), (WEAK, "on", true)] {
        let installation = Installation::new();
        certify(&installation.folder, key);
        let port = postgres(&installation.folder);
        let url = format!("postgres://app@localhost:{port}/calls?sslmode=require&sslrootcert=own.pem");
        let installation =
            installation.set("ROLLCALL_DATABASE_URL", &url).set("ROLLCALL_STRONG_KEYS", strong_keys);
        let told = installation.refusal(1, &["migrate"]);
        assert_eq!(
            told.contains("has a key that ROLLCALL_STRONG_KEYS=on does not take"),
            is_refused,
            "{told}"
        );
    }
}

/// I-05. A weak key of our own is a wrong setting, told at the start.
#[test]
fn i05_a_weak_key_of_our_own_is_told_at_the_start_where_strong_ones_are_asked_for() {
    for (key, strong_keys, is_refused) in [(WEAK, "off", false), (STRONG, "on", false), (WEAK, "on", true)] {
        let installation = Installation::new();
        certify(&installation.folder, key);
        let installation = installation
            .set("ROLLCALL_SMTP_URL", "smtps://mail.example.com?cert=own.pem&key=own.key")
            .set("ROLLCALL_MAIL_FROM", "rollcall@example.com")
            .set("ROLLCALL_STRONG_KEYS", strong_keys);
        if is_refused {
            let told = installation.refusal(2, &["migrate"]);
            assert!(told.contains("the key is too weak for ROLLCALL_STRONG_KEYS=on"), "{told}");
        } else {
            installation.answer(&["migrate"]);
        }
    }
}
