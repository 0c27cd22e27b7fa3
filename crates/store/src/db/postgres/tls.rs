//! Encryption of the connection.
//!
//! `sslmode=require` in the URL asks for it, and then the server's certificate is checked: against the public
//! authorities, or against those in the PEM file that `sslrootcert=/path` names. Any other mode goes unencrypted;
//! trying and falling back, as `prefer` does elsewhere, protects from nobody.

use crate::db::error::DbError;
use postgres::Config;
use postgres::config::SslMode;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What the driver wraps a connection with.
pub(super) type Tls = tokio_postgres_rustls::MakeRustlsConnect;

/// Takes `sslrootcert` out of the URL: the driver does not know it.
pub(super) fn split_root_file(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), None);
    };
    let mut root = None;
    let keep = |part: &&str| match part.strip_prefix("sslrootcert=") {
        Some(path) => {
            root = Some(path.to_owned());
            false
        }
        None => true,
    };
    let kept: Vec<&str> = query.split('&').filter(keep).collect();
    (format!("{base}?{}", kept.join("&")), root)
}

/// The wrapper the URL asks for, `None` for a plain connection.
pub(super) fn for_config(config: &Config, root_file: Option<&str>) -> Result<Option<Tls>, DbError> {
    if config.get_ssl_mode() != SslMode::Require {
        return Ok(None);
    }
    let roots = match root_file {
        Some(path) => roots_in(path)?,
        None => RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() },
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(DbError::other)?;
    Ok(Some(Tls::new(builder.with_root_certificates(roots).with_no_client_auth())))
}

fn roots_in(path: &str) -> Result<RootCertStore, DbError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(DbError::other)? {
        roots.add(certificate.map_err(DbError::other)?).map_err(DbError::other)?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::split_root_file;

    #[test]
    fn the_root_file_is_taken_out_of_the_url() {
        let (url, root) = split_root_file("postgres://a:b@c/d?sslmode=require&sslrootcert=/etc/ca.pem&x=1");
        assert_eq!(url, "postgres://a:b@c/d?sslmode=require&x=1");
        assert_eq!(root.as_deref(), Some("/etc/ca.pem"));
        assert_eq!(split_root_file("postgres://c/d"), ("postgres://c/d".to_owned(), None));
    }
}
