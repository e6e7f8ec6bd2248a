use mazad_proto::decode;
use uuid::Uuid;

use super::*;
use crate::domain::StaffId;

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

const GOOD: [&str; 7] = [
    r#""openLot":{"lot":1}"#,
    r#""floorBid":{"lot":1,"paddle":2}"#,
    r#""reofferLot":{"lot":1}"#,
    r#""admitPaddle":{"paddle":2}"#,
    r#""reorderLots":{"order":[2,1]}"#,
    r#""openSale":{}"#,
    r#""placeBid":{"lot":1,"amount":"1","kind":"BID_KIND_FLAT"}"#,
];

const BAD: [&str; 15] = [
    r#""openLot":{}"#,
    r#""floorBid":{"lot":1,"amount":"1"}"#,
    r#""floorBid":{"lot":1,"paddle":2,"amount":"-1"}"#,
    r#""reofferLot":{"lot":1,"running":{}}"#,
    r#""admitPaddle":{"paddle":2,"account":"x"}"#,
    r#""admitPaddle":{"paddle":2,"limit":"-1"}"#,
    r#""admitPaddle":{}"#,
    r#""barPaddle":{"reason":"x"}"#,
    r#""voidBid":{"lot":1,"bid":1}"#,
    r#""placeBid":{"lot":1,"amount":"1"}"#,
    r#""placeBid":{"lot":1,"amount":"1","kind":"BID_KIND_FLAT","confirms":"x"}"#,
    r#""reorderLots":{"order":[2,0]}"#,
    r#""createSale":{}"#,
    r#""createSale":{"terms":{"currency":"XXQ"}}"#,
    r#""addLot":{"lot":1}"#,
];

#[test]
fn acts_without_a_number_or_a_word_that_they_need_are_malformed() {
    let told = |act: &str| {
        let text = format!(r#"{{"id":"{ID}","sale":"{SALE}",{act}}}"#);
        read(&serde_json::from_str(&text).unwrap())
    };
    for act in GOOD {
        assert_ne!(told(act), Err(FaultCode::Malformed), "{act}");
    }
    for act in BAD {
        assert_eq!(told(act), Err(FaultCode::Malformed), "{act}");
    }
    let open = wire(Wire::OpenSale(v1::OpenSale {}));
    for spoiled in [
        v1::Command {
            act: None,
            ..open.clone()
        },
        v1::Command {
            id: String::new(),
            ..open.clone()
        },
        v1::Command {
            sale: SALE.to_uppercase(),
            ..open
        },
    ] {
        assert_eq!(read(&spoiled), Err(FaultCode::Malformed), "{spoiled:?}");
    }
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
