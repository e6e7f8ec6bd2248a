//! Why a server closes a socket, and what its client does then: the table of `docs/PROTOCOL.md`.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::limits::RETURN_SPREAD;

/// The number with which a socket was closed; `None`: it ended without a word.
///
/// ```
/// use mazad_client::{AfterClose, CloseCode, Login};
///
/// let code = CloseCode(Some(4001));
/// assert_eq!(code.name(), "session-ended");
/// assert_eq!(code.after(Login::Known), AfterClose::LogIn);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CloseCode(pub Option<u16>);

/// Whether a connection said who it is.
///
/// ```
/// use std::time::Duration;
/// use mazad_client::{AfterClose, CloseCode, Login};
///
/// // A full house: whoever brings a ticket is let in at once.
/// let at_once = AfterClose::ComeBack(Duration::ZERO..=Duration::ZERO);
/// assert_eq!(CloseCode(Some(1013)).after(Login::Known), at_once);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Login {
    /// It brought a ticket.
    Known,
    /// It only watched.
    Anonymous,
}

/// What a client does after its socket was closed.
///
/// ```
/// use mazad_client::{AfterClose, CloseCode, Login};
///
/// let AfterClose::ComeBack(pause) = CloseCode(Some(1012)).after(Login::Known) else { unreachable!() };
/// assert_eq!((pause.start().as_secs(), pause.end().as_secs()), (1, 5));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterClose {
    /// Stops, and tells whoever runs it.
    Stop,
    /// Logs in again: the token is good for nothing any more.
    LogIn,
    /// Comes back after a pause in this range, at random, with its cursor, and asks for the answers to
    /// its commands.
    ComeBack(RangeInclusive<Duration>),
}

impl CloseCode {
    /// The word for it in the protocol's table; `lost` if there was none, `other` if the table has none.
    pub const fn name(self) -> &'static str {
        match self.0 {
            None | Some(1005 | 1006) => "lost",
            Some(1000) => "bye",
            Some(1002) => "protocol",
            Some(1007) => "not-utf8",
            Some(1008) => "policy",
            Some(1009) => "too-large",
            Some(1012) => "restart",
            Some(1013) => "full",
            Some(4000) => "malformed",
            Some(4001) => "session-ended",
            Some(4002) => "slow-reader",
            Some(4003) => "silent",
            Some(4004) => "overflow",
            Some(4005) => "sale-halted",
            Some(4006) => "too-many-devices",
            Some(_) => "other",
        }
    }

    /// What its client does then.
    pub fn after(self, login: Login) -> AfterClose {
        let seconds =
            |from, to| AfterClose::ComeBack(Duration::from_secs(from)..=Duration::from_secs(to));
        match (self.0, login) {
            (Some(1000 | 1002 | 1007 | 1008 | 1009 | 4000), _) => AfterClose::Stop,
            (Some(4001 | 4006), _) => AfterClose::LogIn,
            (Some(1012), _) => seconds(1, 5),
            (Some(1013), Login::Anonymous) => seconds(5, 30),
            (Some(1013), Login::Known) | (Some(4002..=4004), _) => seconds(0, 0),
            (Some(4005), _) => seconds(5, 5),
            (Some(_) | None, _) => AfterClose::ComeBack(Duration::ZERO..=RETURN_SPREAD),
        }
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(code) => write!(f, "{code} {}", self.name()),
            None => f.write_str(self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the table in `docs/PROTOCOL.md`, as they are written there.
    fn documented() -> Vec<(u16, String, String)> {
        let protocol = include_str!("../../../docs/PROTOCOL.md");
        let table = protocol.split("## Close codes").nth(1).unwrap();
        let rows = table.lines().skip_while(|line| !line.starts_with("|---"));
        let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
        let cells = |line: &str| -> Vec<String> {
            line.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        rows.map(cells)
            .map(|cells| {
                (
                    cells[1].parse().unwrap(),
                    cells[2].clone(),
                    cells[4].clone(),
                )
            })
            .collect()
    }

    #[test]
    fn every_code_of_the_protocol_has_its_name_and_its_step() {
        let rows = documented();
        assert_eq!(rows.len(), 14);
        for (code, name, told) in rows {
            let code = CloseCode(Some(code));
            assert_eq!(code.name(), name);
            let step = match code.after(Login::Anonymous) {
                AfterClose::Stop => "stop".to_owned(),
                AfterClose::LogIn => "log in again".to_owned(),
                AfterClose::ComeBack(pause) => {
                    let (from, to) = (pause.start().as_secs(), pause.end().as_secs());
                    match (from, to) {
                        (0, 0) => "come back".to_owned(),
                        (from, to) if from == to => format!("come back after {from} s"),
                        (from, to) => format!("come back after {from}-{to} s, at random"),
                    }
                }
            };
            assert!(told.starts_with(&step), "{code}: {step:?}, not {told:?}");
        }
    }

    #[test]
    fn whoever_has_a_ticket_comes_back_to_a_full_house_at_once() {
        let full = CloseCode(Some(1013));
        assert_eq!(
            full.after(Login::Known),
            AfterClose::ComeBack(Duration::ZERO..=Duration::ZERO)
        );
    }
}
