//! R4: the commitments to secret bases, and which of them have been opened.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{LotNo, LotOutcome, Reserve, ReserveOpening, SaleId};
use mazad_engine::proof::reserve_commitment;

use super::public_facts::Wrong;
use crate::live::{LiveSale, LotLive};

/// The bases of a sale, each as of the last attempt to sell its lot.
#[derive(Debug)]
pub(super) struct Bases {
    sale: SaleId,
    commitments: BTreeMap<LotNo, [u8; 32]>,
    /// Lots whose present base everyone knows.
    known: BTreeSet<LotNo>,
    /// Lots of which a base was opened, to what was committed to.
    opened: BTreeSet<LotNo>,
}

impl Bases {
    pub(super) const fn new(sale: SaleId) -> Self {
        Self {
            sale,
            commitments: BTreeMap::new(),
            known: BTreeSet::new(),
            opened: BTreeSet::new(),
        }
    }

    /// Lots of which a base was opened.
    pub(super) fn opened(&self) -> u64 {
        self.opened.len() as u64
    }

    /// A lot comes in, with a base or without.
    pub(super) fn commit(&mut self, lot: LotNo, reserve: Option<&Reserve>, wrong: &mut Wrong) {
        self.known.remove(&lot);
        self.commitments.remove(&lot);
        if let Some(reserve) = reserve {
            self.commitments.insert(lot, reserve.commitment);
            let opening = reserve.opening;
            let fits = opening.is_none_or(|opening| self.is_committed(lot, opening));
            wrong.must(fits, NOT_COMMITTED);
        }
    }

    /// Another attempt: with a base of its own, or with the one that nobody knows yet.
    pub(super) fn offer_again(&mut self, lot: LotNo, reserve: Option<&Reserve>, wrong: &mut Wrong) {
        match reserve {
            Some(_) => self.commit(lot, reserve, wrong),
            None => wrong.must(
                !self.known.contains(&lot),
                "it is offered again over a base that everyone knows",
            ),
        }
    }

    /// A base is opened when its lot is knocked down, after a failed attempt only by the terms.
    pub(super) fn close(
        &mut self,
        live: &LiveSale,
        (lot, outcome): (LotNo, LotOutcome),
        opening: Option<ReserveOpening>,
        wrong: &mut Wrong,
    ) {
        let terms = live.board().terms.as_ref();
        let failed_opens = terms.is_some_and(|terms| terms.failed_attempt_opens_base);
        let (opens, price) = match outcome {
            LotOutcome::KnockedDown { price, .. } => (true, Some(price)),
            LotOutcome::NoBid
            | LotOutcome::BelowBase
            | LotOutcome::PassedByClerk
            | LotOutcome::Lapsed
            | LotOutcome::Withdrawn
            | LotOutcome::ForDecision(_) => (failed_opens, None),
        };
        let is_due = opens && self.commitments.contains_key(&lot);
        wrong.must(opening.is_some() == is_due, OUT_OF_TURN);
        let Some(opening) = opening else {
            return;
        };
        self.open(lot, opening, wrong);
        let reaches = price.is_none_or(|price| price >= opening.amount);
        wrong.must(reaches, "it is knocked down below its base");
        let before = live.lot(lot).and_then(|lot| lot.price);
        let misses = before.is_some_and(|price| price < opening.amount);
        let fails = outcome != LotOutcome::BelowBase || misses;
        wrong.must(fails, "it fails below a base that its price has reached");
    }

    /// A lot that is not offered again opens its base, if it has one.
    pub(super) fn withdraw(
        &mut self,
        (no, lot): (LotNo, &LotLive),
        opening: Option<ReserveOpening>,
        wrong: &mut Wrong,
    ) {
        let has_base = lot.terms.method.reserve().is_some();
        wrong.must(opening.is_some() == has_base, OUT_OF_TURN);
        if let Some(opening) = opening {
            self.open(no, opening, wrong);
        }
    }

    fn open(&mut self, lot: LotNo, opening: ReserveOpening, wrong: &mut Wrong) {
        let fits = self.is_committed(lot, opening);
        wrong.must(fits, NOT_COMMITTED);
        self.known.insert(lot);
        self.opened.extend(fits.then_some(lot));
    }

    fn is_committed(&self, lot: LotNo, opening: ReserveOpening) -> bool {
        let ReserveOpening { amount, salt } = opening;
        let commitment = reserve_commitment(self.sale, lot, amount, &salt);
        self.commitments.get(&lot) == Some(&commitment)
    }
}

const NOT_COMMITTED: &str = "the base is not the one committed to";
const OUT_OF_TURN: &str = "the base is opened out of turn, or is not opened when it should be";
