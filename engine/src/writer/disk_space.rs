//! What is refused before entry when the store runs out of room: first what begins something, then
//! also bids on lots whose end is far. Whatever ends something always goes on.

use crate::domain::{Act, Command, FloorAct, LotAct, LotNo, Sale, SaleAct, StaffAct, Time};
use crate::limits::SPACE_LAST_MINUTES;
use crate::store::DiskSpace;

/// Whether a new command is refused for want of room. A repeat never is: it costs no room, and its
/// answer has been given.
pub(crate) fn refuses(space: DiskSpace, sale: &Sale, command: &Command, now: Time) -> bool {
    if space == DiskSpace::Plenty {
        return false;
    }
    match &command.act {
        Act::Engine(_) => false,
        Act::Bidder(lot, _) => space == DiskSpace::Out && !is_about_to_end(sale, *lot, now),
        Act::Staff(StaffAct::Sale(act)) => match act {
            SaleAct::Create { .. }
            | SaleAct::Amend { .. }
            | SaleAct::AddLots { .. }
            | SaleAct::AmendLots { .. }
            | SaleAct::ClearLots
            | SaleAct::Publish
            | SaleAct::Open => true,
            SaleAct::AdmitPaddle { .. }
            | SaleAct::BarPaddle { .. }
            | SaleAct::SetLimit { .. }
            | SaleAct::MarkPresence { .. }
            | SaleAct::Pause { .. }
            | SaleAct::Resume
            | SaleAct::End
            | SaleAct::ReorderLots { .. } => false,
        },
        Act::Staff(StaffAct::Floor(_, FloorAct::SetAsk { .. })) => false,
        Act::Staff(StaffAct::Floor(lot, FloorAct::Bid { .. } | FloorAct::ConfirmBid { .. })) => {
            space == DiskSpace::Out && !is_about_to_end(sale, *lot, now)
        }
        Act::Staff(StaffAct::Lot(_, act)) => match act {
            LotAct::Open | LotAct::Reoffer { .. } => true,
            LotAct::Warn
            | LotAct::Hammer { .. }
            | LotAct::Pass { .. }
            | LotAct::Withdraw { .. }
            | LotAct::Reopen { .. }
            | LotAct::VoidBid { .. }
            | LotAct::RaiseCeiling { .. } => false,
        },
    }
}

/// Open, and either under the hammer or with its end near: whoever bid is owed the rest of it.
fn is_about_to_end(sale: &Sale, lot: LotNo, now: Time) -> bool {
    let open = sale.lots.get(&lot).and_then(|lot| lot.open());
    open.is_some_and(|open| {
        open.ends_at
            .is_none_or(|end| end.since(now) <= SPACE_LAST_MINUTES)
    })
}
