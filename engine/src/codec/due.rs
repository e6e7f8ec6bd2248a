//! What the engine asks of itself, in the schema and back.

use mazad_proto::v1;
use v1::due::Due as WireDue;
use v1::engine_command::Act as Wire;

use crate::domain::{Due, EngineAct, LotNo, Span};

pub(super) fn engine_act_to_wire(act: EngineAct) -> v1::EngineCommand {
    let act = match act {
        EngineAct::Timer(due) => Wire::Timer(v1::Due {
            due: Some(match due {
                Due::OpenSale => WireDue::OpenSale(v1::OpenSale {}),
                Due::OpenLot(lot) => WireDue::OpenLot(lot.0),
                Due::LapseFloorBid(lot) => WireDue::LapseFloorBid(lot.0),
                Due::LapseOffer(lot) => WireDue::LapseOffer(lot.0),
                Due::CloseLot(lot) => WireDue::CloseLot(lot.0),
                Due::EndSale => WireDue::EndSale(v1::EndSale {}),
            }),
        }),
        EngineAct::StartWriter { epoch } => Wire::StartWriter(epoch),
        EngineAct::Outage => Wire::Outage(v1::Outage {}),
        EngineAct::StoodStill { gap } => Wire::StoodStill(gap.0),
        EngineAct::ClockStepped { offset } => Wire::ClockStepped(offset),
    };
    v1::EngineCommand { act: Some(act) }
}

pub(super) fn engine_act_from_wire(wire: &v1::EngineCommand) -> Option<EngineAct> {
    Some(match wire.act.as_ref()? {
        Wire::Timer(timer) => EngineAct::Timer(match timer.due? {
            WireDue::OpenSale(v1::OpenSale {}) => Due::OpenSale,
            WireDue::OpenLot(lot) => Due::OpenLot(LotNo(lot)),
            WireDue::LapseFloorBid(lot) => Due::LapseFloorBid(LotNo(lot)),
            WireDue::LapseOffer(lot) => Due::LapseOffer(LotNo(lot)),
            WireDue::CloseLot(lot) => Due::CloseLot(LotNo(lot)),
            WireDue::EndSale(v1::EndSale {}) => Due::EndSale,
        }),
        Wire::StartWriter(epoch) => EngineAct::StartWriter { epoch: *epoch },
        Wire::Outage(v1::Outage {}) => EngineAct::Outage,
        Wire::StoodStill(gap) => EngineAct::StoodStill { gap: Span(*gap) },
        Wire::ClockStepped(offset) => EngineAct::ClockStepped { offset: *offset },
    })
}
