//! The log of a sale in a store, as the engine writes it.

use std::sync::Arc;

use mazad_engine::codec::encode;
use mazad_engine::domain::{
    Act, BidKind, BidNo, BidderAct, EngineAct, FloorAct, JumpGuard, LotAct, LotNo, MethodTerms,
    Mode, Paddle, Recorded, Running, SaleAct, SaleId, VoidCause,
};
use mazad_engine::store::{
    EventStore, Expected, MemoryStore, NewEvent, Revision, StoreId, StreamId,
};
use mazad_engine::testing::{TestSale, money};
use uuid::Uuid;

use super::{hammer, lot_terms, pass, prepared, sale_terms, void, with_reserve};

pub(crate) fn empty_store() -> Arc<MemoryStore> {
    let identity = StoreId {
        store: Uuid::from_u128(0x57),
        epoch: 1,
    };
    Arc::new(MemoryStore::with_identity(identity))
}

/// The name of an event's stored type.
pub(crate) fn kind(recorded: &Recorded) -> String {
    let meta = &recorded.meta;
    let command = TestSale::command(meta.command, meta.actor, meta.arrived, EngineAct::Outage);
    let event = std::slice::from_ref(&recorded.event);
    encode(
        (TestSale::ID, 0),
        &command,
        meta.at,
        event,
        &TestSale::vault(),
    )[0]
    .kind
    .to_string()
}

/// Appends the appends of a sale from one on; tells how many there are.
pub(crate) async fn append(store: &MemoryStore, id: SaleId, sale: &TestSale, from: usize) -> usize {
    let (appends, stream) = (sale.appends(), StreamId::sale(id.0));
    let mut next: u64 = 0;
    for (number, events) in appends.iter().enumerate() {
        let expected = match next.checked_sub(1) {
            None => Expected::NoStream,
            Some(last) => Expected::Exact(Revision(last)),
        };
        next += events.len() as u64;
        if number >= from && !events.is_empty() {
            let appended = store.append(&stream, expected, events.clone()).await;
            appended.unwrap();
        }
    }
    appends.len()
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
pub(crate) fn evening() -> TestSale {
    let iron = with_reserve(lot_terms(Running::Clerked, Mode::Additive), 11_000);
    let mut copper = lot_terms(Running::Clerked, Mode::Additive);
    copper.title.ar = "نُحاس قَديمة".to_owned();
    copper.title.en = "Old copper".to_owned();
    copper.unit = "tonne".to_owned();
    let mut sale = prepared(sale_terms(), vec![iron, copper]);
    let lot = LotNo(1);
    sale.clerk(Act::from(SaleAct::Open));
    sale.clerk(LotAct::Open.of(lot));
    bid(&mut sale, 1, 12_000, BidKind::Maximum);
    bid(&mut sale, 2, 10_200, BidKind::Flat);
    bid(&mut sale, 2, 11_000, BidKind::Flat);
    bid(&mut sale, 1, 23_456, BidKind::Maximum);
    bid(&mut sale, 4, 91_234, BidKind::Maximum);
    let paddle = Paddle(9);
    let amount = money(13_000);
    let confirms = None;
    sale.clerk(
        FloorAct::Bid {
            paddle,
            amount,
            confirms,
        }
        .of(lot),
    );
    let misheard = void(&sale, lot, BidNo(3), VoidCause::TypingError, "misheard");
    sale.clerk(misheard);
    sale.clerk(Act::from(SaleAct::Pause {
        reason: "lights out".to_owned(),
    }));
    sale.clerk(Act::from(SaleAct::Resume));
    let down = hammer(&sale, lot);
    sale.clerk(down);
    sale.clerk(LotAct::Open.of(LotNo(2)));
    let passed = pass(&sale, LotNo(2));
    sale.clerk(passed);
    sale
}

/// Lots of several units, all sold: whole, by the tonne, by the year, and by a box without a count.
pub(crate) fn yard() -> TestSale {
    let lots = [
        ("", 0, 1_000_000),
        ("tonne", 18_500, 1_000_010),
        ("tonne", 5, 1_000_100),
        ("year", 3_000, 1_000_000),
        ("box", 0, 1_000_000),
    ];
    let terms = lots.map(|(unit, quantity_milli, _)| {
        let mut terms = lot_terms(Running::Clerked, Mode::Additive);
        terms.unit = unit.to_owned();
        terms.quantity_milli = quantity_milli;
        terms.ceiling = money(2_000_000);
        let MethodTerms::English(english) = &mut terms.method;
        english.jump_guard = JumpGuard::default();
        terms
    });
    let mut sale = prepared(sale_terms(), terms.into());
    sale.clerk(Act::from(SaleAct::Open));
    for (lot, (_, _, amount)) in (1..).map(LotNo).zip(lots) {
        sale.clerk(LotAct::Open.of(lot));
        let act = FloorAct::Bid {
            paddle: Paddle(9),
            amount: money(amount),
            confirms: None,
        };
        sale.clerk(act.of(lot));
        let down = hammer(&sale, lot);
        sale.clerk(down);
    }
    sale
}

fn bid(sale: &mut TestSale, paddle: u32, amount: i64, kind: BidKind) {
    let act = BidderAct::PlaceBid {
        amount: money(amount),
        kind,
        confirms: None,
    }
    .of(LotNo(1));
    sale.bidder(paddle, act);
}
