use mazad_engine::domain::StaffId;
use mazad_proto::decode;
use uuid::Uuid;

use super::*;

const SALE: &str = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60";
const ID: &str = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f61";

fn wire(act: Wire) -> v1::Command {
    v1::Command {
        id: ID.to_owned(),
        sale: SALE.to_owned(),
        act: Some(act),
    }
}

fn read(wire: &v1::Command) -> Result<Act, FaultCode> {
    let actor = Actor::Staff(StaffId(Uuid::from_u128(1)));
    command(wire, actor, Time(5), &Vault::from_key([1; 32])).map(|(_, command)| command.act)
}

fn lot_terms_on_wire() -> v1::LotTerms {
    let band = v1::Band { from: 0, step: 100 };
    let increments = v1::Increments {
        mode: v1::IncrementMode::Additive.into(),
        bands: vec![band],
    };
    let english = v1::English {
        opening: 1000,
        increments: Some(increments),
        ..v1::English::default()
    };
    let way = v1::running::Way::Clerked(v1::Clerked {});
    v1::LotTerms {
        title: Some(v1::Bilingual {
            ar: "أرض".to_owned(),
            en: "Land".to_owned(),
        }),
        running: Some(v1::Running { way: Some(way) }),
        method: Some(v1::lot_terms::Method::English(english)),
        ..v1::LotTerms::default()
    }
}

#[test]
fn a_command_is_the_same_in_both_encodings() {
    let command = wire(Wire::PlaceBid(v1::PlaceBid {
        lot: 1,
        amount: 2000,
        kind: v1::BidKind::Flat.into(),
        confirms: String::new(),
    }));
    let vault = Vault::from_key([1; 32]);
    let digests = [Encoding::Json, Encoding::Proto].map(|encoding| {
        let bytes = encode(&command, encoding).unwrap();
        digest(&decode(&bytes, encoding).unwrap(), &vault).unwrap()
    });
    assert_eq!(digests[0], digests[1]);
    let other = digest(&command, &Vault::from_key([2; 32])).unwrap();
    assert_ne!(
        digests[0], other,
        "nobody without the key can guess an amount from it"
    );
}

#[test]
fn acts_without_a_number_or_a_word_that_they_need_are_malformed() {
    let good = [
        Wire::OpenLot(v1::OpenLot { lot: 1 }),
        Wire::FloorBid(v1::FloorBid {
            lot: 1,
            paddle: 2,
            amount: 0,
        }),
        Wire::ReofferLot(v1::ReofferLot {
            lot: 1,
            opening: 0,
            running: None,
        }),
        Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle: 2,
            ..Default::default()
        }),
        Wire::ReorderLots(v1::ReorderLots { order: vec![2, 1] }),
        Wire::OpenSale(v1::OpenSale {}),
    ];
    for act in good {
        assert!(read(&wire(act.clone())).is_ok(), "{act:?}");
    }
    let bad_running = v1::Running { way: None };
    let bad = [
        Wire::OpenLot(v1::OpenLot { lot: 0 }),
        Wire::FloorBid(v1::FloorBid {
            lot: 1,
            paddle: 0,
            amount: 1,
        }),
        Wire::FloorBid(v1::FloorBid {
            lot: 1,
            paddle: 2,
            amount: -1,
        }),
        Wire::ReofferLot(v1::ReofferLot {
            lot: 1,
            opening: 0,
            running: Some(bad_running),
        }),
        Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle: 2,
            account: "x".to_owned(),
            limit: 0,
        }),
        Wire::AdmitPaddle(v1::AdmitPaddle {
            paddle: 2,
            limit: -1,
            ..Default::default()
        }),
        Wire::VoidBid(v1::VoidBid {
            lot: 1,
            bid: 1,
            cause: 99,
            note: String::new(),
        }),
        Wire::PlaceBid(v1::PlaceBid {
            lot: 1,
            amount: 1,
            kind: 77,
            confirms: String::new(),
        }),
        Wire::CreateSale(v1::CreateSale { terms: None }),
    ];
    for act in bad {
        assert_eq!(
            read(&wire(act.clone())),
            Err(FaultCode::Malformed),
            "{act:?}"
        );
    }
    let nothing = v1::Command {
        act: None,
        ..wire(Wire::OpenSale(v1::OpenSale {}))
    };
    assert_eq!(read(&nothing), Err(FaultCode::Malformed));
    let no_id = v1::Command {
        id: String::new(),
        ..wire(Wire::OpenSale(v1::OpenSale {}))
    };
    assert_eq!(read(&no_id), Err(FaultCode::Malformed));
}

#[test]
fn a_reserve_is_committed_to_with_a_salt_that_a_repeat_finds_again() {
    let add = |reserve| {
        let terms = Some(lot_terms_on_wire());
        wire(Wire::AddLot(v1::AddLot {
            lot: 3,
            terms,
            reserve,
        }))
    };
    let reserve_of = |wire: &v1::Command| {
        let Ok(Act::AddLot { terms, .. }) = read(wire) else {
            panic!("{wire:?}")
        };
        let Method::English(english) = terms.method;
        english.reserve
    };
    assert_eq!(reserve_of(&add(0)), None);
    let reserve = reserve_of(&add(5000)).unwrap();
    let opening = reserve.opening.unwrap();
    assert_eq!(opening.amount.minor(), 5000);
    let sale = sale_id(SALE).unwrap();
    let committed = reserve_commitment(sale, LotNo(3), opening.amount, &opening.salt);
    assert_eq!(reserve.commitment, committed);
    assert_eq!(reserve_of(&add(5000)), Some(reserve));
}

#[test]
fn a_reserve_inside_the_terms_is_refused() {
    let mut terms = lot_terms_on_wire();
    if let Some(v1::lot_terms::Method::English(english)) = &mut terms.method {
        english.reserve = Some(v1::Sealed::default());
    }
    let add = v1::AddLot {
        lot: 3,
        terms: Some(terms),
        reserve: 0,
    };
    assert_eq!(read(&wire(Wire::AddLot(add))), Err(FaultCode::Malformed));
}
