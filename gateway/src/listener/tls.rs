//! The server's certificate: given in files, or made here for trying things out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Tls {
    /// Plain text: for this machine alone, or behind a proxy that speaks TLS.
    #[default]
    Off,
    /// Files in PEM, as any authority hands them out.
    Files {
        /// The chain, the server's own certificate first.
        cert: PathBuf,
        key: PathBuf,
    },
    /// A certificate made by ourselves and kept in a folder: browsers will warn of it.
    Dev {
        folder: PathBuf,
        /// Names and addresses that it is for.
        names: Vec<String>,
    },
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    File { file: PathBuf, error: io::Error },
    /// A file is not PEM, or holds nothing of use.
    #[error("{}: {why}", file.display())]
    Pem { file: PathBuf, why: String },
    /// Certificate and key do not fit.
    #[error("certificate and key: {0}")]
    Rustls(#[from] rustls::Error),
    /// No certificate can be made for these names.
    #[error("making a certificate: {0}")]
    Making(#[from] rcgen::Error),
}

impl Tls {
    /// What the listener needs; `None` for plain text.
    pub(crate) fn config(&self) -> Result<Option<Arc<ServerConfig>>, TlsError> {
        let (cert, key) = match self {
            Self::Off => return Ok(None),
            Self::Files { cert, key } => (cert.clone(), key.clone()),
            Self::Dev { folder, names } => make(folder, names)?,
        };
        let chain = CertificateDer::pem_file_iter(&cert)
            .and_then(Iterator::collect)
            .map_err(|error| pem(&cert, &error))?;
        let key = PrivateKeyDer::from_pem_file(&key).map_err(|error| pem(&key, &error))?;
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        // The socket is an upgrade of HTTP/1.1, and nothing else is spoken here.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some(Arc::new(config)))
    }
}

/// The certificate of the folder, made if it is not there yet: the same one again after a restart,
/// so that a browser is asked once.
fn make(folder: &Path, names: &[String]) -> Result<(PathBuf, PathBuf), TlsError> {
    let (cert, key) = (folder.join("dev-cert.pem"), folder.join("dev-key.pem"));
    if cert.is_file() && key.is_file() {
        return Ok((cert, key));
    }
    let made = rcgen::generate_simple_self_signed(names.to_vec())?;
    // The key first: a certificate without its key would not be made again.
    write_secret(&key, made.signing_key.serialize_pem().as_bytes())?;
    let written = std::fs::write(&cert, made.cert.pem());
    written.map_err(|error| TlsError::File {
        file: cert.clone(),
        error,
    })?;
    Ok((cert, key))
}

/// Readable by its owner alone.
fn write_secret(file: &Path, bytes: &[u8]) -> Result<(), TlsError> {
    use std::io::Write;
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(file);
    // The mode is for a new file only: one that was there gets it before anything is in it.
    let written = opened.and_then(|mut opened| {
        opened.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        opened.write_all(bytes)
    });
    written.map_err(|error| TlsError::File {
        file: file.to_owned(),
        error,
    })
}

fn pem(file: &Path, error: &rustls::pki_types::pem::Error) -> TlsError {
    TlsError::Pem {
        file: file.to_owned(),
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_certificate_is_made_once_and_serves() {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let tls = Tls::Dev {
            folder: folder.path().to_owned(),
            names,
        };
        assert!(tls.config().unwrap().is_some());
        let first = std::fs::read(folder.path().join("dev-cert.pem")).unwrap();
        assert!(tls.config().unwrap().is_some());
        assert_eq!(
            std::fs::read(folder.path().join("dev-cert.pem")).unwrap(),
            first
        );
    }

    #[test]
    fn a_key_is_for_its_owner_also_where_a_file_was_before() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("dev-key.pem");
        std::fs::write(&key, "").unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let tls = Tls::Dev {
            folder: folder.path().to_owned(),
            names: vec!["localhost".to_owned()],
        };
        assert!(tls.config().unwrap().is_some());
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_wrong_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cert.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let tls = Tls::Files {
            cert: file.clone(),
            key: file,
        };
        assert!(tls.config().unwrap_err().to_string().contains("cert.pem"));
        assert!(Tls::Off.config().unwrap().is_none());
    }
}
