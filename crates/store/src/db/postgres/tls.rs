//! Encryption of the connection, and who we are.
//!
//! `sslmode=require` in the URL asks for it, and then the server's certificate is checked: against the public
//! authorities, or against those in the PEM file that `sslrootcert=/path` names. Any other mode goes unencrypted;
//! trying and falling back, as `prefer` does elsewhere, protects from nobody. `sslcert=/path` and `sslkey=/path` name
//! a certificate of our own, which the server may ask for in place of a password.

use std::error::Error;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::db::error::DbError;
use crate::strong_keys;

/// What the driver wraps a connection with.
pub(super) type Tls = tokio_postgres_rustls::MakeRustlsConnect;

/// The files that the URL names, under the names that `libpq` knows them by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

/// Takes the names of files out of the URL: the driver does not know them.
pub(super) fn split_files(url: &str) -> (String, Files) {
    let mut files = Files::default();
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), files);
    };
    let keep = |part: &&str| {
        let (name, path) = part.split_once('=').unwrap_or((part, ""));
        let file = match name {
            "sslrootcert" => &mut files.root,
            "sslcert" => &mut files.certificate,
            "sslkey" => &mut files.key,
            _ => return true,
        };
        *file = Some(path.to_owned());
        false
    };
    let kept: Vec<&str> = query.split('&').filter(keep).collect();
    (format!("{base}?{}", kept.join("&")), files)
}

/// The wrapper the URL asks for, `None` for a plain connection.
pub(super) fn for_config(config: &Config, files: &Files) -> Result<Option<Tls>, DbError> {
    if config.get_ssl_mode() != SslMode::Require {
        // Whoever names one means to be encrypted.
        return match files == &Files::default() {
            true => Ok(None),
            false => Err(unusable("sslrootcert, sslcert and sslkey need sslmode=require")),
        };
    }
    let roots = match &files.root {
        Some(path) => roots_in(path)?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let builder = ClientConfig::builder_with_provider(strong_keys::provider());
    let builder = builder.with_safe_default_protocol_versions().map_err(DbError::other)?;
    let builder = builder.with_root_certificates(roots);
    let client = match (&files.certificate, &files.key) {
        (None, None) => builder.with_no_client_auth(),
        (Some(certificate), Some(key)) => {
            let chain = certificates_in("sslcert", certificate)?;
            refuse_open(key)?;
            let key =
                PrivateKeyDer::from_pem_file(key).map_err(|error| cannot_read("sslkey", key, &error))?;
            let fit = builder.with_client_auth_cert(chain, key);
            fit.map_err(|error| unusable(&format!("sslcert and sslkey do not fit ({error})")))?
        }
        _ => return Err(unusable("sslcert and sslkey belong together")),
    };
    Ok(Some(Tls::new(client)))
}

fn roots_in(path: &str) -> Result<RootCertStore, DbError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates_in("sslrootcert", path)? {
        roots.add(certificate).map_err(|error| cannot_read("sslrootcert", path, &error))?;
    }
    Ok(roots)
}

fn certificates_in(name: &str, path: &str) -> Result<Vec<CertificateDer<'static>>, DbError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|error| cannot_read(name, path, &error))?;
    if certificates.is_empty() {
        return Err(unusable(&format!("{name}={path} holds no certificate")));
    }
    Ok(certificates)
}

/// Whoever has the key is us for PostgreSQL, as with a password.
fn refuse_open(key: &str) -> Result<(), DbError> {
    let about = fs::metadata(key).map_err(|error| cannot_read("sslkey", key, &error))?;
    match about.permissions().mode() & 0o006 {
        0 => Ok(()),
        _ => Err(unusable(&format!(
            "sslkey={key} can be read or changed by everybody: close it with chmod 600"
        ))),
    }
}

fn cannot_read(name: &str, path: &str, error: &dyn Error) -> DbError {
    unusable(&format!("{name}={path} cannot be read ({error})"))
}

/// The paths may be told: they are no secret.
fn unusable(why: &str) -> DbError {
    DbError::Unavailable(Arc::from(Box::<dyn Error + Send + Sync>::from(format!("a certificate: {why}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_taken_out_of_the_url() {
        let named =
            "postgres://a:b@c/d?sslmode=require&sslrootcert=/etc/ca.pem&x=1&sslcert=/c.pem&sslkey=/k.pem";
        let (url, files) = split_files(named);
        assert_eq!(url, "postgres://a:b@c/d?sslmode=require&x=1");
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(
            files,
            Files { root: some("/etc/ca.pem"), certificate: some("/c.pem"), key: some("/k.pem") }
        );
        assert_eq!(split_files("postgres://c/d"), ("postgres://c/d".to_owned(), Files::default()));
    }

    fn told(url: &str) -> Option<String> {
        let (url, files) = split_files(url);
        let error = for_config(&url.parse().unwrap(), &files).err()?;
        Some(error.source().map(ToString::to_string).unwrap_or_default())
    }

    /// I-05
    #[test]
    fn i05_a_certificate_that_is_named_is_not_passed_over() {
        for name in ["sslrootcert", "sslcert", "sslkey"] {
            for mode in ["", "sslmode=prefer&"] {
                let told = told(&format!("postgres://c/d?{mode}{name}=/x.pem")).unwrap_or_default();
                assert!(told.contains("need sslmode=require"), "{name} {mode}: {told}");
            }
        }
        assert_eq!(told("postgres://c/d"), None);
    }

    /// I-05
    #[test]
    fn i05_a_key_that_everybody_may_read_or_change_is_refused() {
        let file = std::env::temp_dir().join(format!("rollcall-sslkey-{}", std::process::id()));
        let file_name = file.to_str().unwrap();
        fs::write(&file, "key").unwrap();
        for (mode, is_refused) in [(0o604, true), (0o602, true), (0o640, false)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(refuse_open(file_name).is_err(), is_refused, "{mode:o}");
        }
        fs::remove_file(&file).unwrap();
        assert!(refuse_open(file_name).is_err());
    }
}
