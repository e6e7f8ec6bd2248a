//! What is refused before entry when the store runs out of room: first what begins something, then
//! also bids on lots whose end is far. Whatever ends something always goes on.

use crate::domain::{Act, Command, LotNo, Prior, Sale, Time};
use crate::limits::ROOM_LAST_MINUTES;
use crate::store::Room;

/// Whether a command is refused for want of room. A repeat never is: it costs no room, and its answer
/// has been given.
pub(crate) fn refuses(room: Room, sale: &Sale, command: &Command, now: Time) -> bool {
    if room == Room::Plenty || sale.prior(command) != Prior::New {
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
        | Act::ConfirmFloorBid { lot } => room == Room::Out && !is_about_to_end(sale, *lot, now),
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
            .is_none_or(|end| end.since(now) <= ROOM_LAST_MINUTES)
    })
}
