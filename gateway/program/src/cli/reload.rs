//! What a running server takes up again without a stop: its certificate, and the filter of its log.

use std::io;
use std::path::PathBuf;
use std::thread;

use mazad_gateway::CertificateRenewal;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval};

use super::config::ConfigFile;
use super::limits::CERTIFICATE_LOOK;
use super::logging;

/// The hang-up signal, heard from now on: a terminal that closes ends no sale.
pub(crate) struct HangUp(Signal);

impl HangUp {
    /// Hears it, and those that would end the process for nothing.
    ///
    /// # Errors
    /// The operating system refuses.
    pub(crate) fn hear() -> io::Result<Self> {
        ignore("SIGUSR1", SignalKind::user_defined1())?;
        ignore("SIGUSR2", SignalKind::user_defined2())?;
        ignore("SIGALRM", SignalKind::alarm())?;
        signal(SignalKind::hangup()).map(Self)
    }

    /// Reads certificate and filter again at each one, until the process ends. The certificate is also
    /// looked at now and then, for whoever renews it and tells nobody.
    pub(crate) fn reload(mut self, certificate: Option<CertificateRenewal>, log: LogSource) {
        tokio::spawn(async move {
            let mut looks = interval(CERTIFICATE_LOOK);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let is_asked = tokio::select! {
                    // Safe to drop either: a signal stays one, and a look that is lost comes again.
                    heard = self.0.recv() => heard.is_some(),
                    _ = looks.tick() => false,
                };
                if is_asked {
                    log.read_again();
                }
                if let Some(certificate) = certificate.clone() {
                    renew(certificate, is_asked).await;
                }
            }
        });
    }
}

/// A signal that is none of ours ends no sale either: those who turn logs over send such to whatever
/// writes one.
fn ignore(name: &'static str, kind: SignalKind) -> io::Result<()> {
    let mut heard = signal(kind)?;
    // Ends with the process: a signal is for the whole of it.
    tokio::spawn(async move {
        while heard.recv().await.is_some() {
            tracing::info!(signal = name, "nothing is done at this signal");
        }
    });
    Ok(())
}

/// Where the filter of the log comes from.
#[derive(Debug)]
pub(crate) enum LogSource {
    /// A flag or the environment: it stays.
    Given,
    /// The configuration file, if there is one.
    File(Option<PathBuf>),
}

impl LogSource {
    fn read_again(&self) {
        match self {
            Self::Given => {
                tracing::info!("asked to reload: the filter of the log was given at the start");
            }
            Self::File(file) => match ConfigFile::read(file.as_deref()) {
                Ok(read) => {
                    logging::filter_by(read.log.as_deref());
                    tracing::info!("asked to reload: the filter of the log was read again");
                }
                Err(failure) => tracing::error!(%failure, "the filter of the log stays"),
            },
        }
    }
}

async fn renew(certificate: CertificateRenewal, is_asked: bool) {
    let (say, renewed) = oneshot::channel();
    // A thread of its own, which a stop does not wait for: a disk elsewhere may not answer for long.
    let thread = thread::Builder::new().name("certificate".to_owned());
    let begun = thread.spawn(move || {
        let _ended = say.send(certificate.renew());
    });
    if let Err(error) = begun {
        tracing::error!(%error, "the certificate was not looked at");
        return;
    }
    match renewed.await {
        Ok(Ok(true)) => tracing::info!("the certificate has been renewed"),
        Ok(Ok(false)) if is_asked => tracing::info!("the certificate is the same as before"),
        Ok(Ok(false)) => {}
        // Between two looks certificate and key may be replaced one after the other.
        Ok(Err(error)) => {
            tracing::error!(%error, "the certificate cannot be renewed: the old one is served on");
        }
        Err(error) => tracing::error!(%error, "the renewal of the certificate died"),
    }
}
