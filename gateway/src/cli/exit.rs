//! Every way the program ends: one number for each different reaction of whoever called it.

use std::fmt;
use std::process::ExitCode;

/// How a command ended. The numbers are a contract with scripts (`docs/COMMANDS.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Ok = 0,
    /// Failed for a reason that has no number of its own.
    General = 1,
    /// The command line was not understood (clap's number).
    Usage = 2,
    /// `verify` found something that is not as it must be.
    VerifyFailed = 3,
    /// `import` found mistakes in the table: nothing was imported.
    ImportHasErrors = 4,
    /// `doctor` would not put a log on this machine.
    Unfit = 5,
    /// `demo --until-end` ended with something that is not good.
    DemoFailed = 6,
    /// The log is damaged: bytes that were durable have changed or are missing.
    Damaged = 65,
    /// The folder holds no store, or the store holds no such sale.
    NotFound = 66,
    /// Another process writes this store.
    Locked = 69,
    /// A bug of this program.
    Internal = 70,
    /// A write or sync of the log failed: nothing may be built on it. Never tried again.
    SyncFailed = 74,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not go on, and the number that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The number.
    pub(crate) exit: Exit,
    /// What happened, outermost first.
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// A failure with a number of its own.
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
        }
    }

    /// A failure told in words.
    pub(crate) fn told(exit: Exit, words: impl fmt::Display) -> Self {
        Self::new(exit, anyhow::anyhow!("{words}"))
    }

    /// Whether whoever read our output has gone: not worth a word (`replay | head`).
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.error.chain().any(|cause| {
            cause
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
        })
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(Exit::General, error)
    }
}

/// What a command gives back.
pub(crate) type Outcome = Result<Exit, Failure>;
