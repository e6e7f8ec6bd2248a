//! What must hold at every event by what everyone may know of the sale: no key is needed.

use mazad_engine::domain::{
    Code, Event, LotEvent, LotNo, Meta, Recorded, SaleEvent, SaleId, Time, judged_time,
};

use super::amendments;
use super::bases::Bases;
use super::bids::BidFacts;
use super::ends;
use super::refusals;
use super::roll::Roll;
use super::whole_act::WholeAct;
use crate::bids::BidBook;
use crate::live::{BoardPhase, LiveSale, LotPhase};

/// What is known of a sale from its public facts, before the next event.
#[derive(Debug)]
pub(super) struct PublicFacts {
    /// The sale as everyone may see it.
    pub(super) live: LiveSale,
    roll: Roll,
    book: BidBook,
    bases: Bases,
    act: Option<WholeAct>,
}

/// What is wrong with an event, of one lot or of the sale as a whole.
#[derive(Debug)]
pub(super) struct Wrong {
    lot: Option<LotNo>,
    what: Vec<String>,
}

impl Wrong {
    pub(super) const fn with(lot: Option<LotNo>) -> Self {
        let what = Vec::new();
        Self { lot, what }
    }

    /// Notes what is wrong unless the fact holds.
    pub(super) fn must(&mut self, holds: bool, what: &str) {
        if !holds {
            self.what.push(match self.lot {
                Some(lot) => format!("lot {lot}: {what}"),
                None => what.to_owned(),
            });
        }
    }

    pub(super) fn found(self) -> Vec<String> {
        self.what
    }
}

impl PublicFacts {
    pub(super) fn new(sale: SaleId) -> Self {
        Self {
            live: LiveSale::new(sale),
            roll: Roll::default(),
            book: BidBook::default(),
            bases: Bases::new(sale),
            act: None,
        }
    }

    /// Lots whose base was opened to what was committed to.
    pub(super) fn reserves_opened(&self) -> u64 {
        self.bases.opened()
    }

    /// Checks the next event against everything before it; says what is wrong.
    pub(super) fn check(&mut self, recorded: &Recorded) -> Vec<String> {
        let mut found = Vec::new();
        if self.act.as_ref().is_none_or(|act| !act.goes_on(recorded)) {
            found.extend(self.end_act());
        }
        let act = self
            .act
            .get_or_insert_with(|| WholeAct::new(&recorded.meta));
        act.note(&self.live, recorded);
        let mut wrong = Wrong::with(recorded.event.lot());
        match &recorded.event {
            Event::Sale(event) => {
                self.check_sale(recorded, event, &mut wrong);
                self.roll.take(event);
            }
            Event::Lot(no, event) => self.check_lot(recorded, *no, event, &mut wrong),
            Event::Refused { lot, refusal } => {
                let fits = refusals::can_be(&self.live, &self.roll, &recorded.meta, *lot, refusal);
                wrong.must(fits, &refused(refusal.code));
            }
        }
        found.extend(wrong.found());
        found
    }

    /// Takes the event in.
    pub(super) fn apply(&mut self, recorded: &Recorded) {
        self.live.apply(recorded);
        self.book.apply(recorded, &self.live);
    }

    /// What is wrong with the last act, now that all of it has been taken in.
    pub(super) fn end_act(&mut self) -> Vec<String> {
        let act = self.act.take();
        act.map_or_else(Vec::new, |act| act.check(&self.live))
    }

    /// A sale is drafted, published, opened and ended, in this order.
    fn check_sale(&self, recorded: &Recorded, event: &SaleEvent, wrong: &mut Wrong) {
        let board = self.live.board();
        let is_draft = board.phase == BoardPhase::Draft;
        match event {
            SaleEvent::Created { .. } => {
                wrong.must(board.terms.is_none(), "the sale is created twice");
            }
            SaleEvent::Amended {
                terms,
                before,
                reason,
            } => amendments::check_sale(board, (terms, before), reason, wrong),
            SaleEvent::LotsCleared => {
                wrong.must(is_draft, "a sale is changed that is a draft no more");
            }
            SaleEvent::Published => wrong.must(is_draft, "the sale is published twice"),
            SaleEvent::WriterStarted { epoch } => {
                wrong.must(*epoch > self.live.epoch(), "an epoch does not rise");
            }
            SaleEvent::Opened => {
                let is_published = board.phase == BoardPhase::Announced;
                wrong.must(is_published, "a sale opens that was not published");
            }
            SaleEvent::Ended => {
                let mut lots = self.live.lots();
                let runs = lots.any(|(_, lot)| lot.phase == LotPhase::Open);
                wrong.must(!is_draft && !runs, "the sale ends over open lots");
            }
            SaleEvent::StoodStill { .. } => {
                let runs = matches!(board.phase, BoardPhase::Open | BoardPhase::Paused);
                wrong.must(
                    runs,
                    "the process stood still over a sale that does not run",
                );
            }
            SaleEvent::Paused { .. } => {
                let runs = matches!(board.phase, BoardPhase::Open | BoardPhase::Paused);
                wrong.must(runs, "a sale is paused that does not run");
            }
            SaleEvent::Resumed { shift } => {
                let since = board.pause.as_ref().map(|pause| pause.since);
                let lasted = since.map(|since| recorded.meta.at.since(since));
                wrong.must(lasted == Some(*shift), "a pause is not as long as it was");
            }
            SaleEvent::PaddleAdmitted { .. }
            | SaleEvent::PaddleBarred { .. }
            | SaleEvent::LimitSet { .. }
            | SaleEvent::PresenceMarked { .. } => {
                self.roll.check(board.terms.as_ref(), event, wrong);
            }
            SaleEvent::LotsReordered { order } => {
                let sorted = |order: &[LotNo]| {
                    let mut order = order.to_vec();
                    order.sort_unstable();
                    order
                };
                let is_same = sorted(order) == sorted(&board.order);
                wrong.must(is_same, "the order has other lots than the sale");
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each event")]
    fn check_lot(&mut self, recorded: &Recorded, no: LotNo, event: &LotEvent, wrong: &mut Wrong) {
        let meta = &recorded.meta;
        if let LotEvent::Added { terms } = event {
            wrong.must(self.live.lot(no).is_none(), "it is added twice");
            return self.bases.commit(no, terms.method.reserve(), wrong);
        }
        let Some(lot) = self.live.lot(no) else {
            return wrong.must(false, "it is not in the catalogue");
        };
        let facts = BidFacts {
            live: &self.live,
            roll: &self.roll,
            book: &self.book,
            meta,
            no,
            lot,
        };
        match event {
            LotEvent::Added { .. } => {}
            LotEvent::Amended {
                terms,
                before,
                reason,
            } => {
                let sale = self.live.board().phase;
                amendments::check_lot((sale, lot), (terms, before), reason, wrong);
                self.bases.commit(no, terms.method.reserve(), wrong);
            }
            LotEvent::Scheduled { .. } => {
                wrong.must(lot.phase == LotPhase::Upcoming, "it has had its hour");
            }
            LotEvent::Opened { attempt, .. } => {
                ends::check_opening(self.live.board().phase, lot, *attempt, wrong);
            }
            LotEvent::Warned { warning } => ends::check_warning(lot, *warning, meta.actor, wrong),
            LotEvent::Extended { ends_at, cause } => {
                if let Some(act) = &self.act {
                    act.check_extension(&self.live, (no, lot), *ends_at, *cause, wrong);
                }
            }
            LotEvent::Closed {
                outcome,
                bidders,
                reserve,
            } => {
                let lifted = self.act.as_ref().and_then(|act| act.lifted(no));
                facts.check_close(*outcome, (*bidders, lifted), wrong);
                self.bases
                    .close(&self.live, (no, *outcome), *reserve, wrong);
            }
            LotEvent::CeilingRaised { ceiling, .. } => {
                let rises = *ceiling > lot.terms.ceiling && lot.phase != LotPhase::Closed;
                wrong.must(rises, "its ceiling does not rise");
            }
            LotEvent::Withdrawn { reserve, .. } => {
                ends::check_withdrawal(self.live.board().phase, lot, wrong);
                self.bases.withdraw((no, lot), *reserve, wrong);
            }
            LotEvent::Reoffered {
                attempt,
                reserve,
                ceiling,
                ..
            } => {
                ends::check_new_attempt(lot, (*attempt, *ceiling), wrong);
                self.bases.offer_again(no, reserve.as_ref(), wrong);
            }
            LotEvent::Reopened { .. } => ends::check_reopening(lot, wrong),
            LotEvent::VoidRequested { bid, .. } => {
                wrong.must(lot.is_void(*bid) == Some(false), "no such bid stands");
            }
            LotEvent::BidVoided(void) => facts.check_void(void, wrong),
            LotEvent::Bid(event) => {
                wrong.must(
                    lot.phase == LotPhase::Open,
                    "a bid on a lot that is not open",
                );
                facts.check(event, wrong);
            }
        }
    }
}

fn refused(code: Code) -> String {
    let code = code.as_str();
    format!("refused as {code}, which cannot have been")
}

/// R0: the time by which something was judged.
pub(super) fn judged(live: &LiveSale, meta: &Meta) -> Time {
    let terms = live.board().terms.as_ref();
    terms.map_or(meta.at, |terms| judged_time(terms, meta.arrived, meta.at))
}
