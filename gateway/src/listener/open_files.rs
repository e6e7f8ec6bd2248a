//! Open files: sockets and the log share what the system allows this process. Sockets must never use
//! the last one, since a log that cannot open its next segment ends the process.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::limits::{CONNECTIONS_MIN, FILES_RESERVED};

/// The system allows too few open files to serve a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the system allows {allowed} open files, and at least {} are needed: raise the limit \
     (ulimit -n, or LimitNOFILE= of the service)",
    CONNECTIONS_MIN.saturating_add(FILES_RESERVED)
)]
pub struct TooFewFiles {
    pub allowed: usize,
}

/// How many of the wanted connections fit beside the files that are not sockets. Asks for as many
/// open files as the system lets this process have.
pub(crate) fn connections(wanted: usize) -> Result<usize, TooFewFiles> {
    let allowed = raise();
    let fitting = allowed.saturating_sub(FILES_RESERVED);
    if fitting < CONNECTIONS_MIN {
        return Err(TooFewFiles { allowed });
    }
    Ok(wanted.min(fitting))
}

/// Raises the soft limit to the hard one; answers what holds then.
fn raise() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let soft = limit.current;
    limit.current = limit.maximum;
    // Refused only where somebody forbids it: then the soft limit holds.
    let now = match setrlimit(Resource::Nofile, limit) {
        Ok(()) => limit.current,
        Err(_) => soft,
    };
    now.and_then(|now| usize::try_from(now).ok())
        .unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_connections_than_files() {
        assert_eq!(connections(10).unwrap(), 10);
        let fitting = connections(usize::MAX).unwrap();
        assert!(fitting <= raise() - FILES_RESERVED, "{fitting}");
    }
}
