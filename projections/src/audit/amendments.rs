//! R14: terms are amended until their sale or their lot opens, each time from what stood to something
//! else, and with a reason once everyone could see them.

use mazad_engine::domain::{LotTerms, SaleTerms};

use super::public_facts::Wrong;
use crate::live::{BoardPhase, LotLive, LotPhase, SaleBoard};

/// The terms of the sale as a whole.
pub(super) fn check_sale(
    board: &SaleBoard,
    (terms, before): (&SaleTerms, &SaleTerms),
    reason: &str,
    wrong: &mut Wrong,
) {
    let is_early = matches!(board.phase, BoardPhase::Draft | BoardPhase::Announced);
    wrong.must(is_early, "a sale is amended after it has opened");
    wrong.must(board.terms.as_ref() == Some(before), NOT_AS_STOOD);
    wrong.must(terms != before, NOTHING);
    wrong.must(is_explained(board.phase, reason), NO_REASON);
    let keeps_currency = board.phase == BoardPhase::Draft || terms.currency == before.currency;
    wrong.must(
        keeps_currency,
        "the currency of a published sale is another one",
    );
}

/// The terms of one lot.
pub(super) fn check_lot(
    (sale, lot): (BoardPhase, &LotLive),
    (terms, before): (&LotTerms, &LotTerms),
    reason: &str,
    wrong: &mut Wrong,
) {
    let is_early = lot.phase == LotPhase::Upcoming && lot.attempt == 1;
    wrong.must(is_early, "it is amended after it has opened");
    wrong.must(lot.terms == *before, NOT_AS_STOOD);
    let public = LotTerms {
        method: terms.method.clone().public(),
        ..terms.clone()
    };
    wrong.must(public != *before, NOTHING);
    wrong.must(is_explained(sale, reason), NO_REASON);
}

fn is_explained(sale: BoardPhase, reason: &str) -> bool {
    sale == BoardPhase::Draft || !reason.trim().is_empty()
}

const NOT_AS_STOOD: &str = "the terms that it is amended from are not those that stood";
const NOTHING: &str = "an amendment changes nothing";
const NO_REASON: &str = "terms that everyone could see are amended without a reason";
