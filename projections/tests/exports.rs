//! Exports, word for word.
#![cfg(test)]

mod support;

use mazad_engine::domain::{LotOutcome, Paddle};
use mazad_engine::store::{EventStore, Revision, StreamId};
use mazad_engine::testing::{TestSale, money};
use mazad_projections::bids::BidBook;
use mazad_projections::export::{EventExport, Format, bids, lots};
use mazad_projections::live::LiveSale;
use mazad_projections::public::Audience;
use mazad_projections::results::{Results, UnitTotal};
use support::stored::{append, empty_store, evening, yard};

fn folded(sale: &TestSale) -> (LiveSale, BidBook) {
    let (mut live, mut book) = (LiveSale::new(TestSale::ID), BidBook::default());
    for recorded in &sale.log {
        live.apply(recorded);
        book.apply(recorded, &live);
    }
    (live, book)
}

const LOTS: &str = r#"{"as_of_revision":23,"sale":"00000000-0000-0000-0000-000000005a1e","currency":"EGP","lot":1,"label":"","reference":"A-1","kind":"scrap","unit":"","quantity":null,"title_ar":"حديد","title_en":"Iron","opening":"100.00","opening_minor":10000,"estimate_low":null,"estimate_low_minor":null,"estimate_high":null,"estimate_high_minor":null,"phase":"closed","attempt":1,"outcome":"knocked-down","decision":null,"price":"115.00","price_minor":11500,"whole_price":null,"whole_price_minor":null,"leader":1,"buyer":1,"reckoned":null,"reckoned_minor":null,"reckoned_leader":null,"bids":2,"bidders":2,"reserve":"110.00","reserve_minor":11000,"ceiling":"10000.00","ceiling_minor":1000000,"opens_at":"2026-09-21T14:13:31.000000Z","ends_at":null,"closed_at":"2026-09-21T14:13:41.000000Z","extensions":0,"note":"misheard"}
{"as_of_revision":23,"sale":"00000000-0000-0000-0000-000000005a1e","currency":"EGP","lot":2,"label":"","reference":"A-1","kind":"scrap","unit":"tonne","quantity":null,"title_ar":"نُحاس قَديمة","title_en":"Old copper","opening":"100.00","opening_minor":10000,"estimate_low":null,"estimate_low_minor":null,"estimate_high":null,"estimate_high_minor":null,"phase":"closed","attempt":1,"outcome":"no-bid","decision":null,"price":null,"price_minor":null,"whole_price":null,"whole_price_minor":null,"leader":null,"buyer":null,"reckoned":null,"reckoned_minor":null,"reckoned_leader":null,"bids":0,"bidders":0,"reserve":null,"reserve_minor":null,"ceiling":"10000.00","ceiling_minor":1000000,"opens_at":"2026-09-21T14:13:42.000000Z","ends_at":null,"closed_at":"2026-09-21T14:13:43.000000Z","extensions":0,"note":""}
"#;

const BIDS: &str = "\
\u{feff}as_of_revision,sale,currency,lot,bid,attempt,revision,at,paddle,origin,shown,shown_minor,price,price_minor,leader,void_at,void_cause,void_effect,void_note
23,00000000-0000-0000-0000-000000005a1e,EGP,1,1,1,12,2026-09-21T14:13:32.000000Z,1,web,100.00,10000,100.00,10000,1,,,,
23,00000000-0000-0000-0000-000000005a1e,EGP,1,2,1,14,2026-09-21T14:13:34.000000Z,2,web,110.00,11000,115.00,11500,1,,,,
23,00000000-0000-0000-0000-000000005a1e,EGP,1,3,1,17,2026-09-21T14:13:37.000000Z,9,floor,130.00,13000,135.00,13500,1,2026-09-21T14:13:38.000000Z,typing-error,repriced,misheard
";

#[test]
fn lots_and_bids_are_written_as_they_stand() {
    let (live, book) = folded(&evening());
    let mut out = Vec::new();
    lots(&mut out, Format::JsonLines, &live).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), LOTS);
    let mut out = Vec::new();
    bids(&mut out, Format::Csv, &live, &book).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), BIDS);
}

async fn exported(format: Format, audience: Audience) -> Vec<String> {
    let store = empty_store();
    append(&store, TestSale::ID, &evening(), 0).await;
    let stream = StreamId::sale(TestSale::ID.0);
    let events = store.read(&stream, Revision(0), 1000).await.unwrap();
    let mut out = Vec::new();
    let mut export = EventExport::new(&mut out, format, TestSale::ID, audience);
    for event in &events {
        export.write(event).unwrap();
    }
    assert_eq!(export.finish().unwrap(), Some(23));
    let text = String::from_utf8(out).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn events_are_written_for_everyone() {
    let lines = exported(Format::JsonLines, Audience::Everyone).await;
    let withheld = r#"{"sale":"00000000-0000-0000-0000-000000005a1e","revision":4,"at":"2026-09-21T14:13:24.000000Z","kind":"Withheld","lot":null,"actor":null,"code":null,"price":null,"price_minor":null,"leader":null,"ask":null,"ask_minor":null,"ends_at":null,"body":null}"#;
    let opened = r#"{"sale":"00000000-0000-0000-0000-000000005a1e","revision":11,"at":"2026-09-21T14:13:31.000000Z","kind":"LotOpened","lot":1,"actor":"staff","code":null,"price":null,"price_minor":null,"leader":null,"ask":"100.00","ask_minor":10000,"ends_at":null,"body":{"ask":"10000","attempt":1,"lot":1}}"#;
    let refused = r#"{"sale":"00000000-0000-0000-0000-000000005a1e","revision":13,"at":"2026-09-21T14:13:33.000000Z","kind":"CommandRefused","lot":1,"actor":"bidder","code":"below-ask","price":null,"price_minor":null,"leader":null,"ask":null,"ask_minor":null,"ends_at":null,"body":{"code":"below-ask","figures":[{"name":"ask","value":"10500"}],"lot":1,"rule":"R1"}}"#;
    assert_eq!(lines.len(), 24);
    assert_eq!((&*lines[4], &*lines[11]), (withheld, opened));
    assert_eq!(&*lines[13], refused);
    assert!(lines[12].contains(r#""price":"100.00","price_minor":10000,"leader":1"#));
    // A ceiling that was raised or refused, a limit, an account.
    for secret in [
        "23456", "91234", "60000\"", "BID_KIND", "limit\":", "account",
    ] {
        let leak = lines.iter().find(|line| line.contains(secret));
        assert_eq!(leak, None, "{secret}");
    }

    let rows = exported(Format::Csv, Audience::Everyone).await;
    let names = "\u{feff}sale,revision,at,kind,lot,actor,code,price,price_minor,leader,ask,ask_minor,ends_at,body";
    let withheld =
        "00000000-0000-0000-0000-000000005a1e,4,2026-09-21T14:13:24.000000Z,Withheld,,,,,,,,,,";
    let opened = r#"00000000-0000-0000-0000-000000005a1e,11,2026-09-21T14:13:31.000000Z,LotOpened,1,staff,,,,,100.00,10000,,"{""ask"":""10000"",""attempt"":1,""lot"":1}"#;
    assert_eq!((&*rows[0], &*rows[5]), (names, withheld));
    assert_eq!(rows[12], format!("{opened}\""));
}

#[tokio::test]
async fn staff_see_everything_but_what_is_a_bidders_own() {
    let lines = exported(Format::JsonLines, Audience::Staff).await;
    assert!(lines.iter().all(|line| !line.contains("Withheld")));
    assert!(lines[8].contains(r#""kind":"PaddleAdmitted""#));
    assert!(lines[15].contains(r#""kind":"MaximumChanged""#));
    for secret in ["23456", "91234", "ciphertext"] {
        let leak = lines.iter().find(|line| line.contains(secret));
        assert_eq!(leak, None, "{secret}");
    }
}

#[test]
fn results_count_and_add_up_by_unit() {
    let (live, _) = folded(&evening());
    let results = Results::of(&live);
    assert_eq!(results.revision, 15);
    assert_eq!(results.lots.len(), 2);
    let (iron, copper) = (&results.lots[0], &results.lots[1]);
    let price = money(11_500);
    let buyer = Paddle(1);
    let paddle = buyer;
    assert_eq!(iron.outcome, LotOutcome::KnockedDown { paddle, price });
    assert_eq!(
        (iron.price, iron.buyer, iron.bidders),
        (Some(price), Some(buyer), 2)
    );
    assert_eq!(
        iron.reserve.map(|reserve| reserve.amount),
        Some(money(11_000))
    );
    assert_eq!((copper.outcome, copper.price), (LotOutcome::NoBid, None));
    let totals = &results.totals;
    assert_eq!(
        (totals.knocked_down, totals.passed, totals.ahead),
        (1, 1, 0)
    );
    let outright = UnitTotal {
        lots: 1,
        price: 11_500,
        whole: None,
    };
    assert_eq!(totals.hammer, [(String::new(), outright)].into());
}

#[test]
fn what_is_sold_by_measure_has_its_whole_price_and_no_unit_is_added_to_another() {
    let (live, _) = folded(&yard());
    let results = Results::of(&live);
    let wholes: Vec<_> = results.lots.iter().map(|lot| lot.whole).collect();
    let of = |minor| Some(money(minor));
    // 10,000.10 for each of 18.5 tonnes is 185,001.85; 10,001.00 for 5 kilograms of one is 50.005.
    let expected = [None, of(18_500_185), of(5_001), of(3_000_000), None];
    assert_eq!(wholes, expected);
    let total = |lots, price, whole| UnitTotal { lots, price, whole };
    let expected = [
        ("", total(1, 1_000_000, None)),
        // Of one lot nobody said how many boxes there are.
        ("box", total(1, 1_000_000, None)),
        ("tonne", total(2, 2_000_110, Some(18_505_186))),
        ("year", total(1, 1_000_000, Some(3_000_000))),
    ];
    let expected = expected.map(|(unit, total)| (unit.to_owned(), total));
    assert_eq!(results.totals.hammer, expected.into());

    let mut out = Vec::new();
    lots(&mut out, Format::Csv, &live).unwrap();
    let text = String::from_utf8(out).unwrap();
    let columns = |line: &str| -> Vec<String> {
        let cells = line.trim_start_matches('\u{feff}').split(',');
        let wanted = [7, 8, 21, 22, 23, 24];
        let cells: Vec<&str> = cells.collect();
        wanted.map(|at| cells[at].to_owned()).into()
    };
    let rows: Vec<_> = text.lines().map(columns).collect();
    assert_eq!(
        rows[0],
        [
            "unit",
            "quantity",
            "price",
            "price_minor",
            "whole_price",
            "whole_price_minor"
        ]
    );
    assert_eq!(rows[1], ["", "", "10000.00", "1000000", "", ""]);
    assert_eq!(
        rows[2],
        [
            "tonne",
            "18.5",
            "10000.10",
            "1000010",
            "185001.85",
            "18500185"
        ]
    );
    assert_eq!(rows[5], ["box", "", "10000.00", "1000000", "", ""]);
}
