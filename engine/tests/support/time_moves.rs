//! What befalls a simulated house: people who bid, disks and machines that stand still, clocks that
//! are set.

use mazad_engine::domain::{Closes, LotNo, LotTerms, Opens, Running, SaleTerms, SoftClose, Span};
use mazad_engine::testing::{NOON, lot_terms, sale_terms};
use proptest::prelude::*;

/// Lots 1 to 3 run by the clock.
pub(crate) const LOTS: u32 = 3;
pub(crate) const PADDLES: u32 = 3;

/// What the house sells, and how.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// R3.7: the least remainder, in seconds.
    least: u64,
    /// Seconds that each lot runs, and whether late bids extend it.
    lots: Vec<(u64, bool)>,
    /// Whether the second and the third end together.
    linked: bool,
}

impl Setup {
    pub(crate) fn terms(&self) -> SaleTerms {
        SaleTerms {
            resume_minimum: Span::seconds(self.least),
            ..sale_terms()
        }
    }

    pub(crate) fn lots(&self) -> impl Iterator<Item = (LotNo, LotTerms)> {
        let own = |no: u32| match no {
            3 if self.linked => self.lots[1],
            _ => self.lots[no as usize - 1],
        };
        (1..=LOTS).map(move |no| {
            let (seconds, soft) = own(no);
            let is_linked = self.linked && no > 1;
            let running = timed(seconds, soft || is_linked, u32::from(is_linked));
            (LotNo(no), lot_terms(running))
        })
    }
}

/// Somebody sends something while time passes: after so many thousandths of it.
pub(crate) type Sent = (u16, Said);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Bid { paddle: u32, lot: LotNo },
    Pause,
    Resume,
}

/// Whether the listeners read before the writer turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Listener,
    Writer,
}

#[derive(Debug, Clone)]
pub(crate) enum Move {
    /// Everybody works, for so many milliseconds.
    Runs(u64, First, Vec<Sent>),
    /// The process is stopped, or the machine sleeps.
    Stops(u64, Vec<Sent>),
    /// The process is stopped between two readings of its clocks.
    StopsAtReading(u32, u64),
    /// The next append takes so long; listeners go on reading.
    Stalls(u64, Vec<Sent>),
    /// A listener reads one frame and does not get it into the queue.
    Holds(Said),
    /// It gets there.
    Releases,
    /// The machine's clock is set off from the true time by so many milliseconds.
    Steps(i64),
    /// The disk is full: the next append is refused.
    Fills,
    /// The process dies and is started again after so long; its first append takes so long.
    Restarts(u64, u64),
}

pub(crate) fn setups() -> impl Strategy<Value = Setup> {
    let lots = prop::collection::vec((4_u64..40, any::<bool>()), LOTS as usize);
    (1_u64..20, lots, any::<bool>()).prop_map(|(least, lots, linked)| Setup {
        least,
        lots,
        linked,
    })
}

fn timed(seconds: u64, soft: bool, group: u32) -> Running {
    let soft_close = soft.then(|| SoftClose {
        window: Span::seconds(5),
        extension: Span::seconds(4),
        on_price_change: false,
        extensions_max: Some(5),
        hard_stop: None,
    });
    Running::Timed {
        opens: Opens::At(NOON),
        closes: Closes::After(Span::seconds(seconds)),
        soft_close,
        group,
    }
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        18 => (1..=PADDLES, 1..=LOTS).prop_map(|(paddle, lot)| Said::Bid { paddle, lot: LotNo(lot) }),
        1 => Just(Said::Pause),
        3 => Just(Said::Resume),
    ]
}

fn sent() -> impl Strategy<Value = Vec<Sent>> {
    prop::collection::vec((0_u16..1_000, said()), 0..4)
}

/// As long as a hiccup, or as an outage.
fn silence() -> impl Strategy<Value = u64> {
    prop_oneof![50_u64..1_990, 2_010_u64..40_000]
}

fn step() -> impl Strategy<Value = i64> {
    let hours = (-30_i64..30).prop_map(|hours| hours * 3_600_000);
    prop_oneof![4 => Just(0), 2 => -15_000_i64..15_000, 1 => hours]
}

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let first = prop_oneof![Just(First::Listener), Just(First::Writer)];
    let one = prop_oneof![
        8 => (1_u64..6_000, first, sent()).prop_map(|(ms, first, sent)| Move::Runs(ms, first, sent)),
        3 => (silence(), sent()).prop_map(|(ms, sent)| Move::Stops(ms, sent)),
        1 => (0_u32..12, silence()).prop_map(|(nth, ms)| Move::StopsAtReading(nth, ms)),
        2 => (silence(), sent()).prop_map(|(ms, sent)| Move::Stalls(ms, sent)),
        1 => said().prop_map(Move::Holds),
        1 => Just(Move::Releases),
        3 => step().prop_map(Move::Steps),
        1 => Just(Move::Fills),
        1 => (0_u64..20_000, prop_oneof![Just(0), silence()])
            .prop_map(|(off, stall)| Move::Restarts(off, stall)),
    ];
    prop::collection::vec(one, 1..16)
}
