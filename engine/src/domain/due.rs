//! What the clock brings about, as data.

use super::LotNo;

/// Something that the clock brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// The sale opens at the time of its terms.
    OpenSale,
    /// A timed lot opens.
    OpenLot(LotNo),
    /// R12a: a floor bid lapses for want of a second clerk.
    LapseFloorBid(LotNo),
    /// R12b: an offer to reaffirm lapses.
    LapseOffer(LotNo),
    /// A timed lot reaches its effective end.
    CloseLot(LotNo),
    /// R12a: no lot is left to run, and none was opened again.
    EndSale,
}

impl Due {
    /// R0: whether it waits for every frame stamped before its time, so that nothing in time is
    /// overtaken. What opens something waits for nobody, and goes before what is asked of it.
    pub const fn waits_for_arrivals(self) -> bool {
        match self {
            Self::OpenSale | Self::OpenLot(_) | Self::EndSale => false,
            Self::LapseFloorBid(_) | Self::LapseOffer(_) | Self::CloseLot(_) => true,
        }
    }
}
