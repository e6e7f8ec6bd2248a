//! R3: soft close. Everything here reads and moves the one effective end.

use crate::domain::{Open, SoftClose, Time};

/// The end that a bid judged at `judged` calls for; `None` if it is not late, or if the count of
/// extensions binds (R3.4).
///
/// R3.1: measured from the bid, never added to the old end. Each lot that the bid moves (R3.6) goes
/// there as far as its own hard stop lets it.
pub fn extended_end(soft: &SoftClose, open: &Open, judged: Time) -> Option<Time> {
    let end = open.ends_at?;
    let is_late = end.since(judged) <= soft.window;
    let is_capped = soft
        .extensions_max
        .is_some_and(|most| open.extensions >= most);
    (is_late && !is_capped).then(|| judged.after(soft.extension))
}
