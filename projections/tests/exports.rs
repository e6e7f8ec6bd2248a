//! Exports, word for word.
#![cfg(test)]

mod room;

use mazad_engine::domain::LotNo;
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_projections::bids::BidBook;
use mazad_projections::export::{EventExport, Format, bids, lots};
use mazad_projections::history::{What, history};
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use mazad_projections::results::Results;
use room::stored::{append, empty_store, evening};
use room::{Room, money, sale_id};

fn folded(room: &Room) -> (LiveSale, BidBook) {
    let (mut live, mut book) = (LiveSale::new(sale_id()), BidBook::default());
    for recorded in &room.log {
        live.apply(recorded);
        book.apply(recorded, &live);
    }
    (live, book)
}

#[test]
fn lots_and_bids_are_written_as_they_stand() {
    let (live, book) = folded(&evening());
    let mut out = Vec::new();
    lots(&mut out, Format::JsonLines, &live).unwrap();
    bids(&mut out, Format::Csv, &live, &book).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "");
}

#[tokio::test]
async fn events_are_written_for_everyone() {
    let store = empty_store();
    append(&store, sale_id(), &evening(), 0).await;
    let stream = StreamId::sale(sale_id().0);
    let events = store.read(&stream, Revision(0), 1000).await.unwrap();
    for format in [Format::JsonLines, Format::Csv] {
        let mut out = Vec::new();
        let mut export = EventExport::new(&mut out, format, sale_id(), Audience::Everyone);
        for event in &events {
            export.write(event).unwrap();
        }
        assert_eq!(export.finish().unwrap(), Some(events.len() as u64 - 1));
        let text = String::from_utf8(out).unwrap();
        println!("{text}");
    }
}

#[test]
fn results_count_and_add_up_by_unit() {
    let room = evening();
    let (live, _) = folded(&room);
    let results = Results::of(&live);
    println!("{results:#?}");
    let lines = history(sale_id(), LotNo(1), &room.log);
    println!("{lines:#?}");
    assert!(matches!(lines[2].what, What::Bid(line) if line.shown == money(10_000)));
}
