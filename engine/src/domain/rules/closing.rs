//! R3: soft close. Everything here reads and moves the one effective end.

use crate::domain::{Open, SoftClose, Time};

/// Where the end moves for a late bid judged at `judged`; `None` if it stays.
///
/// R3.1: measured from the bid, never added to the old end. R3.4: a cap that binds leaves the end
/// where it is (count), or stops it there (hard stop).
pub fn extended_end(soft: &SoftClose, open: &Open, judged: Time) -> Option<Time> {
    let end = open.ends_at?;
    let is_late = end.since(judged) <= soft.window;
    let is_capped = soft
        .extensions_max
        .is_some_and(|most| open.extensions >= most);
    if !is_late || is_capped {
        return None;
    }
    let wanted = judged.after(soft.extension);
    let allowed = open.hard_stop.map_or(wanted, |stop| wanted.min(stop));
    (allowed > end).then_some(allowed)
}
