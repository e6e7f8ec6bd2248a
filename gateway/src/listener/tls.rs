//! The server's certificate: given in files, or made here for trying things out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::limits::PEM_BYTES_MAX;

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

/// The certificate that is served, which may be renewed under a running server.
#[derive(Debug)]
pub(crate) struct ServedCertificate {
    tls: Tls,
    chain: Mutex<Vec<CertificateDer<'static>>>,
    config: watch::Sender<Arc<ServerConfig>>,
}

impl ServedCertificate {
    /// What the next connection is accepted with.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.borrow()))
    }

    /// Reads the files again, and serves what they hold from the next connection on. Whether that is
    /// another certificate than before.
    ///
    /// # Errors
    /// They are of no use: what was served goes on being served.
    pub(crate) fn renew(&self) -> Result<bool, TlsError> {
        let Some((chain, config)) = self.tls.load()? else {
            return Ok(false);
        };
        let mut served = self.chain.lock();
        if *served == chain {
            return Ok(false);
        }
        *served = chain;
        self.config.send_replace(config);
        Ok(true)
    }
}

pub(crate) type Loaded = (Vec<CertificateDer<'static>>, Arc<ServerConfig>);

impl Tls {
    /// What the listener serves; `None` for plain text.
    pub(crate) fn serve(self) -> Result<Option<ServedCertificate>, TlsError> {
        let loaded = self.load()?;
        Ok(loaded.map(|(chain, config)| ServedCertificate {
            tls: self,
            chain: Mutex::new(chain),
            config: watch::channel(config).0,
        }))
    }

    /// The chain and what it is served with, read anew.
    pub(crate) fn load(&self) -> Result<Option<Loaded>, TlsError> {
        let (cert, key) = match self {
            Self::Off => return Ok(None),
            Self::Files { cert, key } => (cert.clone(), key.clone()),
            Self::Dev { folder, names } => make(folder, names)?,
        };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(&cert)?)
            .collect::<Result<_, _>>()
            .map_err(|error| pem(&cert, &error))?;
        let key = PrivateKeyDer::from_pem_slice(&read(&key)?).map_err(|error| pem(&key, &error))?;
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain.clone(), key)?;
        // The socket is an upgrade of HTTP/1.1, and nothing else is spoken here.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Some((chain, Arc::new(config))))
    }
}

/// A file that is one, and no longer than any chain: whoever puts a pipe or a device there keeps nobody
/// waiting.
fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |error| TlsError::File {
        file: file.to_owned(),
        error,
    };
    let unfit = |why: &str| TlsError::Pem {
        file: file.to_owned(),
        why: why.to_owned(),
    };
    let at_once = rustix::fs::OFlags::NONBLOCK.bits();
    let opened = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(at_once.cast_signed())
        .open(file)
        .map_err(failed)?;
    if !opened.metadata().map_err(failed)?.is_file() {
        return Err(unfit("not a regular file"));
    }
    let mut bytes = Vec::new();
    let mut bounded = opened.take(PEM_BYTES_MAX.saturating_add(1));
    let length = bounded.read_to_end(&mut bytes).map_err(failed)?;
    if length as u64 > PEM_BYTES_MAX {
        return Err(unfit("longer than any certificate chain"));
    }
    Ok(bytes)
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
        assert!(tls.load().unwrap().is_some());
        let first = std::fs::read(folder.path().join("dev-cert.pem")).unwrap();
        assert!(tls.load().unwrap().is_some());
        assert_eq!(
            std::fs::read(folder.path().join("dev-cert.pem")).unwrap(),
            first
        );
    }

    #[test]
    fn a_renewed_certificate_is_served_and_a_broken_one_is_not() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let names = vec!["localhost".to_owned()];
        let file = |folder: &tempfile::TempDir, name: &str| folder.path().join(name);
        for folder in [&first, &second] {
            make(folder.path(), &names).unwrap();
        }
        let (cert, key) = (file(&first, "dev-cert.pem"), file(&first, "dev-key.pem"));
        let served = Tls::Files {
            cert: cert.clone(),
            key: key.clone(),
        };
        let served = served.serve().unwrap().unwrap();
        let before = Arc::clone(&served.config.borrow());
        assert!(!served.renew().unwrap(), "the same one");
        // Renewed in two steps: between them the pair does not fit.
        std::fs::copy(file(&second, "dev-cert.pem"), &cert).unwrap();
        served.renew().unwrap_err();
        assert!(Arc::ptr_eq(&before, &served.config.borrow()));
        std::fs::copy(file(&second, "dev-key.pem"), &key).unwrap();
        assert!(served.renew().unwrap());
        assert!(!Arc::ptr_eq(&before, &served.config.borrow()));
        std::fs::remove_file(&cert).unwrap();
        served.renew().unwrap_err();
        served.acceptor();
    }

    #[test]
    fn a_pipe_a_folder_and_an_endless_file_keep_nobody_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, long) = (folder.path().join("pipe"), folder.path().join("long"));
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let made = std::fs::File::create(&long).unwrap();
        made.set_len(PEM_BYTES_MAX + 1).unwrap();
        for (cert, why) in [
            (pipe, "not a regular file"),
            (folder.path().to_owned(), "not a regular file"),
            ("/dev/zero".into(), "not a regular file"),
            (long, "longer than"),
        ] {
            let tls = Tls::Files {
                cert: cert.clone(),
                key: cert,
            };
            let told = tls.load().unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
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
        assert!(tls.load().unwrap().is_some());
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
        assert!(tls.load().unwrap_err().to_string().contains("cert.pem"));
        let missing = folder.path().join("none.pem");
        let tls = Tls::Files {
            cert: missing.clone(),
            key: missing,
        };
        assert!(tls.load().unwrap_err().to_string().contains("none.pem"));
        assert!(Tls::Off.load().unwrap().is_none());
    }
}
