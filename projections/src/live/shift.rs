//! R3.7: a schedule that moves with a pause, as the engine's `evolve` moves its own.

use mazad_engine::domain::{Closes, Opens, Running, Span};

/// The same schedule, later.
pub(super) fn later(running: Running, by: Span) -> Running {
    let Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    } = running
    else {
        return running;
    };
    let opens = match opens {
        Opens::At(at) => Opens::At(at.after(by)),
        Opens::AfterPrevious(gap) => Opens::AfterPrevious(gap),
    };
    let closes = match closes {
        Closes::At(at) => Closes::At(at.after(by)),
        Closes::After(span) => Closes::After(span),
    };
    let soft_close = soft_close.map(|mut soft| {
        soft.hard_stop = soft.hard_stop.map(|stop| stop.after(by));
        soft
    });
    Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    }
}
