//! The configuration file of `serve`: what its flags say, in TOML, for those who would rather write it
//! down. A flag or the environment goes before it.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use super::exit::{Exit, Failure};

/// The file, as it is written: each key is a flag of `serve`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ConfigFile {
    pub(crate) data: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) public_url: Option<String>,
    #[serde(default)]
    pub(crate) origin: Vec<String>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) per_address: Option<u32>,
    #[serde(default)]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    pub(crate) query_model: Option<PathBuf>,
    /// As `--log`; the one key that a running server reads again.
    pub(crate) log: Option<String>,
}

impl ConfigFile {
    /// Reads the file; no file is an empty one. Relative paths in it begin at its own folder, so that
    /// it means the same whoever starts the server from where.
    ///
    /// # Errors
    /// It cannot be read, or holds a key or a value that is none of `serve`.
    pub(crate) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let named = || format!("configuration file {}", file.display());
        let text = fs::read_to_string(file).with_context(named)?;
        let mut read: Self = toml::from_str(&text).map_err(|error| {
            Failure::new(Exit::Usage, anyhow::Error::new(error).context(named()))
        })?;
        let folder = file.parent().unwrap_or_else(|| Path::new(""));
        let paths = [
            &mut read.data,
            &mut read.tls_cert,
            &mut read.tls_key,
            &mut read.query_model,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ConfigFile, Failure> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("mazad.toml");
        fs::write(&file, text).unwrap();
        ConfigFile::read(Some(&file)).map(|read| ConfigFile {
            data: read
                .data
                .map(|data| data.strip_prefix(dir.path()).unwrap().to_owned()),
            ..read
        })
    }

    #[test]
    fn every_key_is_a_flag_and_no_other_is_taken() {
        let text = r#"
            data = "house"
            listen = "0.0.0.0:443"
            public-url = "https://mazad.example"
            origin = ["https://sale.example"]
            tls-cert = "/etc/mazad/cert.pem"
            tls-key = "/etc/mazad/key.pem"
            per-address = 500
            trusted-proxy = ["10.0.0.1"]
            query-model = "/var/cache/mazad/queries.sqlite"
            log = "warn"
        "#;
        let all = read(text).unwrap();
        assert_eq!(all.data.as_deref(), Some(Path::new("house")));
        assert_eq!(
            all.tls_key.as_deref(),
            Some(Path::new("/etc/mazad/key.pem"))
        );
        assert_eq!((all.per_address, all.trusted_proxy.len()), (Some(500), 1));
        assert_eq!(read("").unwrap(), ConfigFile::default());
        for (wrong, named) in [
            ("listne = \"0.0.0.0:80\"", "listne"),
            ("listen = \"everywhere\"", "listen"),
            ("per-address = -1", "per-address"),
            ("data = ", "data"),
        ] {
            let failure = read(wrong).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.to_string().contains(named), "{failure}");
        }
    }
}
