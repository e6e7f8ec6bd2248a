//! The saleroom's log in a store, as the engine writes it.

use std::sync::Arc;

use mazad_engine::codec::{Vault, encode};
use mazad_engine::domain::{Act, BidKind, BidNo, LotNo, Mode, Paddle, Running, SaleId, VoidCause};
use mazad_engine::store::{
    EventStore, Expected, MemoryStore, NewEvent, Revision, StoreId, StreamId,
};
use uuid::Uuid;

use super::{Room, lot_terms, money, sale_terms, with_reserve};

pub(crate) fn empty_store() -> Arc<MemoryStore> {
    let identity = StoreId {
        store: Uuid::from_u128(0x57),
        epoch: 1,
    };
    Arc::new(MemoryStore::with_identity(identity))
}

pub(crate) fn vault() -> Vault {
    Vault::from_key([3; 32])
}

/// Appends the appends of a room from one on; tells how many there are.
pub(crate) async fn append(store: &MemoryStore, sale: SaleId, room: &Room, from: usize) -> usize {
    let vault = vault();
    let ends = room.appends.iter().skip(1).copied().chain([room.log.len()]);
    let spans = room.appends.iter().copied().zip(ends);
    for (start, end) in spans.skip(from).filter(|(start, end)| start < end) {
        let events: Vec<NewEvent> = room.log[start..end]
            .iter()
            .enumerate()
            .map(|(ordinal, one)| encode(&one.meta, ordinal, &one.event, &vault))
            .collect();
        let expected = match start.checked_sub(1) {
            None => Expected::NoStream,
            Some(last) => Expected::Exact(Revision(last as u64)),
        };
        let stream = StreamId::sale(sale.0);
        store.append(&stream, expected, events).await.unwrap();
    }
    room.appends.len()
}

/// Something in a stream that no read model knows.
pub(crate) async fn append_foreign(store: &MemoryStore, stream: &str) {
    let stream = StreamId::parse(stream).unwrap();
    let head = store.head(&stream).await.unwrap();
    let event = NewEvent {
        id: Uuid::new_v4(),
        kind: "InviteIssued".into(),
        version: 1,
        metadata: b"who".to_vec().into(),
        data: b"what".to_vec().into(),
    };
    let expected = head.map_or(Expected::NoStream, Expected::Exact);
    store.append(&stream, expected, vec![event]).await.unwrap();
}

/// A short evening with a bit of everything, the same each time.
pub(crate) fn evening() -> Room {
    let iron = with_reserve(lot_terms(Running::Clerked, Mode::Additive), 11_000);
    let mut copper = lot_terms(Running::Clerked, Mode::Additive);
    copper.title.ar = "نُحاس قَديمة".to_owned();
    copper.title.en = "Old copper".to_owned();
    copper.unit = "tonne".to_owned();
    let mut room = Room::prepared(sale_terms(), vec![iron, copper]);
    let lot = LotNo(1);
    room.clerk(Act::OpenSale);
    room.clerk(Act::OpenLot { lot });
    bid(&mut room, 1, 12_000, BidKind::Maximum);
    bid(&mut room, 2, 10_200, BidKind::Flat);
    bid(&mut room, 2, 11_000, BidKind::Flat);
    bid(&mut room, 1, 23_456, BidKind::Maximum);
    bid(&mut room, 4, 91_234, BidKind::Maximum);
    let paddle = Paddle(9);
    let amount = money(13_000);
    room.clerk(Act::FloorBid {
        lot,
        paddle,
        amount,
    });
    room.clerk(Act::VoidBid {
        lot,
        bid: BidNo(3),
        cause: VoidCause::TypingError,
        note: "misheard".to_owned(),
    });
    room.clerk(Act::PauseSale {
        reason: "lights out".to_owned(),
    });
    room.clerk(Act::ResumeSale);
    room.clerk(Act::HammerLot { lot });
    room.clerk(Act::OpenLot { lot: LotNo(2) });
    room.clerk(Act::PassLot { lot: LotNo(2) });
    room
}

fn bid(room: &mut Room, paddle: u32, amount: i64, kind: BidKind) {
    let act = Act::PlaceBid {
        lot: LotNo(1),
        amount: money(amount),
        kind,
        confirms: None,
    };
    room.bidder(paddle, act);
}
