//! What is refused before entry when the store runs out of space: first what begins something, then
//! also bids on lots whose end is far. Whatever ends something always goes on.

use crate::domain::{Act, Command, LotNo, Prior, Sale, Time};
use crate::limits::SPACE_LAST_MINUTES;
use crate::store::DiskSpace;

/// Whether a command is refused for want of space. A repeat never is: it costs no space, and its answer
/// has been given.
pub(crate) fn refuses(space: DiskSpace, sale: &Sale, command: &Command, now: Time) -> bool {
    if space == DiskSpace::Plenty || sale.prior(command) != Prior::New {
        return false;
    }
    match &command.act {
        Act::CreateSale { .. }
        | Act::AddLot { .. }
        | Act::OpenSale
        | Act::OpenLot { .. }
        | Act::ReofferLot { .. } => true,
        Act::PlaceBid { lot, .. }
        | Act::Reaffirm { lot }
        | Act::FloorBid { lot, .. }
        | Act::ConfirmFloorBid { lot } => {
            space == DiskSpace::Out && !is_about_to_end(sale, *lot, now)
        }
        Act::AdmitPaddle { .. }
        | Act::BarPaddle { .. }
        | Act::PauseSale { .. }
        | Act::ResumeSale
        | Act::EndSale
        | Act::ReorderLots { .. }
        | Act::WarnLot { .. }
        | Act::SetAsk { .. }
        | Act::HammerLot { .. }
        | Act::PassLot { .. }
        | Act::WithdrawLot { .. }
        | Act::ReopenLot { .. }
        | Act::VoidBid { .. }
        | Act::Timer(_)
        | Act::StartWriter { .. }
        | Act::Outage => false,
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
