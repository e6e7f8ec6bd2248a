use mazad_proto::{Encoding, decode, encode};
use v1::command::Act as Wire;

use super::*;
use crate::codec;
use crate::domain::EngineAct;
use crate::domain::{LotNo, Money, SaleAct, StaffAct, StaffId};
use crate::proof::reserve_commitment;
use crate::store::{NewEvent, Position, Revision, StreamId};

const SALE: &str = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60";
const ID: &str = "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f61";

fn wire(act: Wire) -> v1::Command {
    v1::Command {
        id: ID.to_owned(),
        sale: SALE.to_owned(),
        act: Some(act),
    }
}

fn read(wire: &v1::Command) -> Result<Act, String> {
    let actor = Actor::Staff(StaffId(Uuid::from_u128(1)));
    let read = command(wire, actor, Time(5), &Vault::from_key([1; 32]));
    let act = read.map(|(_, command)| command.act);
    act.map_err(|place| place.to_string())
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
    let actor = Actor::Staff(StaffId(Uuid::from_u128(1)));
    let digest = |wire: &v1::Command, key| {
        let vault = Vault::from_key([key; 32]);
        super::command(wire, actor, Time(5), &vault)
            .unwrap()
            .1
            .digest
    };
    let digests = [Encoding::Json, Encoding::Proto].map(|encoding| {
        let bytes = encode(&command, encoding).unwrap();
        digest(&decode(&bytes, encoding).unwrap(), 1)
    });
    assert_eq!(digests[0], digests[1]);
    assert_ne!(
        digests[0],
        digest(&command, 2),
        "nobody without the key can guess an amount from it"
    );
    let again = v1::Command {
        id: SALE.to_owned(),
        ..command
    };
    assert_ne!(
        digests[0],
        digest(&again, 1),
        "equal amounts do not look equal"
    );
}

const GOOD: [&str; 19] = [
    r#""openLot":{"lot":1}"#,
    r#""floorBid":{"lot":1,"paddle":2}"#,
    r#""reofferLot":{"lot":1}"#,
    r#""admitPaddle":{"paddle":2}"#,
    r#""reorderLots":{"order":[2,1]}"#,
    r#""openSale":{}"#,
    r#""placeBid":{"lot":1,"amount":"1","kind":"BID_KIND_FLAT"}"#,
    r#""hammerLot":{"lot":1,"seen":{}}"#,
    r#""passLot":{"lot":1,"seen":{"bid":3,"leader":7,"price":"1000"}}"#,
    r#""withdrawLot":{"lot":1,"reason":"x","seen":{"bid":3}}"#,
    r#""confirmFloorBid":{"lot":1,"held":1,"paddle":2,"amount":"5"}"#,
    r#""voidBid":{"lot":1,"bid":1,"cause":"VOID_CAUSE_COURT_ORDER","leadsTo":{}}"#,
    r#""raiseCeiling":{"lot":1,"ceiling":"5","reason":"x"}"#,
    r#""setLimit":{"paddle":2,"limit":"5"}"#,
    r#""markPresence":{"paddle":2,"present":true}"#,
    r#""addLots":{}"#,
    r#""amendLots":{"reason":"x"}"#,
    r#""clearLots":{}"#,
    r#""publishSale":{}"#,
];

/// Acts that lack something, and what is said of each: where, and what was expected there.
const BAD: [(&str, &str); 37] = [
    (r#""openLot":{}"#, "openLot.lot: expected number-from-one"),
    (
        r#""floorBid":{"lot":1,"amount":"1"}"#,
        "floorBid.paddle: expected number-from-one",
    ),
    (
        r#""floorBid":{"lot":1,"paddle":2,"amount":"-1"}"#,
        "floorBid.amount: expected money",
    ),
    (
        r#""reofferLot":{"lot":1,"running":{}}"#,
        "reofferLot.running: expected one-field timed, clerked",
    ),
    (
        r#""reofferLot":{"lot":1,"running":{"timed":{"opensAt":"7"}}}"#,
        "reofferLot.running.timed.closesAt: expected number-text",
    ),
    (
        r#""admitPaddle":{"paddle":2,"account":"x"}"#,
        "admitPaddle.account: expected uuid",
    ),
    (
        r#""admitPaddle":{"paddle":2,"limit":"-1"}"#,
        "admitPaddle.limit: expected money",
    ),
    (
        r#""admitPaddle":{}"#,
        "admitPaddle.paddle: expected number-from-one",
    ),
    (
        r#""barPaddle":{"reason":"x"}"#,
        "barPaddle.paddle: expected number-from-one",
    ),
    (
        r#""voidBid":{"lot":1,"bid":1}"#,
        "voidBid.cause: expected one-word VOID_CAUSE_TYPING_ERROR, VOID_CAUSE_ELIGIBILITY, \
         VOID_CAUSE_PROVEN_ERROR, VOID_CAUSE_COURT_ORDER",
    ),
    (
        r#""placeBid":{"lot":1,"amount":"1"}"#,
        "placeBid.kind: expected one-word BID_KIND_FLAT, BID_KIND_MAXIMUM",
    ),
    (
        r#""placeBid":{"lot":1,"amount":"1","kind":"BID_KIND_FLAT","confirms":"x"}"#,
        "placeBid.confirms: expected uuid",
    ),
    (
        r#""reorderLots":{"order":[2,0]}"#,
        "reorderLots.order[1]: expected number-from-one",
    ),
    (r#""createSale":{}"#, "createSale.terms: expected object"),
    (
        r#""createSale":{"terms":{"currency":"XXQ"}}"#,
        "createSale.terms.currency: expected currency",
    ),
    (
        r#""createSale":{"terms":{"currency":"EGP"}}"#,
        "createSale.terms.voidEffect: expected one-word VOID_EFFECT_STRICT, VOID_EFFECT_BOOKLET",
    ),
    (
        r#""addLots":{"lots":[{"lot":1}]}"#,
        "addLots.lots[0].terms: expected object",
    ),
    (
        r#""addLots":{"lots":[{}]}"#,
        "addLots.lots[0].lot: expected number-from-one",
    ),
    (
        r#""addLots":{"lots":[{"lot":1,"terms":{}}]}"#,
        "addLots.lots[0].terms.running: expected one-field timed, clerked",
    ),
    (
        r#""addLots":{"lots":[{"lot":1,"terms":{"running":{"clerked":{}},"english":{"increments":{"mode":"INCREMENT_MODE_GRID"}}}}]}"#,
        "addLots.lots[0].terms.english.increments.bands: expected bands",
    ),
    (
        r#""voidBid":{"lot":1,"bid":1,"cause":"VOID_CAUSE_COURT_ORDER"}"#,
        "voidBid.leadsTo: expected object",
    ),
    (
        r#""voidBid":{"lot":1,"bid":1,"cause":"VOID_CAUSE_COURT_ORDER","leadsTo":{"leader":2}}"#,
        "voidBid.leadsTo.price: expected money",
    ),
    (
        r#""hammerLot":{"lot":1}"#,
        "hammerLot.seen: expected object",
    ),
    (
        r#""passLot":{"lot":1,"seen":{"bid":3,"leader":7}}"#,
        "passLot.seen.price: expected money",
    ),
    (
        r#""withdrawLot":{"lot":1,"seen":{"bid":3,"price":"5"}}"#,
        "withdrawLot.seen.leader: expected number-from-one",
    ),
    (
        r#""confirmFloorBid":{"lot":1,"held":1,"amount":"5"}"#,
        "confirmFloorBid.paddle: expected number-from-one",
    ),
    (
        r#""floorBid":{"lot":1,"paddle":2,"amount":"1","confirms":"x"}"#,
        "floorBid.confirms: expected uuid",
    ),
    (
        r#""reofferLot":{"lot":1,"reserve":"-1"}"#,
        "reofferLot.reserve: expected money",
    ),
    (
        r#""raiseCeiling":{"lot":1,"ceiling":"-1"}"#,
        "raiseCeiling.ceiling: expected money",
    ),
    (
        r#""setLimit":{"limit":"5"}"#,
        "setLimit.paddle: expected number-from-one",
    ),
    (
        r#""setLimit":{"paddle":1,"limit":"-1"}"#,
        "setLimit.limit: expected money",
    ),
    (
        r#""markPresence":{"present":true}"#,
        "markPresence.paddle: expected number-from-one",
    ),
    (
        r#""amendLots":{"lots":[{"lot":1}]}"#,
        "amendLots.lots[0].terms: expected object",
    ),
    (
        r#""amendLots":{"lots":[{"lot":1,"reserve":"5","noReserve":true}]}"#,
        "amendLots.lots[0].noReserve: expected left-out",
    ),
    (
        r#""amendLots":{"lots":[{"lot":1,"reserve":"-5"}]}"#,
        "amendLots.lots[0].reserve: expected money",
    ),
    (r#""amendSale":{}"#, "amendSale.terms: expected object"),
    (
        r#""amendSale":{"terms":{"currency":"EGP"}}"#,
        "amendSale.terms.voidEffect: expected one-word VOID_EFFECT_STRICT, VOID_EFFECT_BOOKLET",
    ),
];

#[test]
fn acts_without_a_number_or_a_word_that_they_need_are_told_where() {
    let told = |act: &str| {
        let text = format!(r#"{{"id":"{ID}","sale":"{SALE}",{act}}}"#);
        read(&serde_json::from_str(&text).unwrap())
    };
    for act in GOOD {
        assert_eq!(told(act).err(), None, "{act}");
    }
    for (act, place) in BAD {
        assert_eq!(told(act), Err(place.to_owned()), "{act}");
    }
    let open = wire(Wire::OpenSale(v1::OpenSale {}));
    for (spoiled, place) in [
        (
            v1::Command {
                act: None,
                ..open.clone()
            },
            "expected one-field placeBid, reaffirm, ",
        ),
        (
            v1::Command {
                id: String::new(),
                ..open.clone()
            },
            "id: expected uuid",
        ),
        (
            v1::Command {
                sale: SALE.to_uppercase(),
                ..open
            },
            "sale: expected uuid",
        ),
    ] {
        let said = read(&spoiled).unwrap_err();
        assert!(said.starts_with(place), "{said}");
    }
}

#[test]
fn a_reserve_is_committed_to_with_a_salt_that_a_repeat_finds_again() {
    let add = |reserve| wire(adds(lot_terms_on_wire(), reserve));
    let reserve_of = |wire: &v1::Command| {
        let Ok(Act::Staff(StaffAct::Sale(SaleAct::AddLots { lots }))) = read(wire) else {
            panic!("{wire:?}")
        };
        lots[0].1.method.reserve().copied()
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
    let told = "addLots.lots[0].terms.english.reserve: expected left-out";
    assert_eq!(read(&wire(adds(terms, 0))), Err(told.to_owned()));
}

/// A lot that is added with a base.
fn adds(terms: v1::LotTerms, reserve: i64) -> Wire {
    let terms = Some(terms);
    let new = v1::NewLot {
        lot: 3,
        terms,
        reserve,
    };
    Wire::AddLots(v1::AddLots { lots: vec![new] })
}

/// Lots of one act with the same base have salts of their own: equal bases do not look equal. Nor does
/// a salt that was published serve for another sale or amount.
#[test]
fn lots_of_one_act_are_committed_to_with_salts_of_their_own() {
    let vault = Vault::from_key([1; 32]);
    let salt = |sale, lot, amount| {
        let of = (Uuid::from_u128(sale), Uuid::from_u128(1));
        vault.reserve_salt(of, lot, Money::new(amount).unwrap())
    };
    assert_eq!(salt(1, 1, 500), salt(1, 1, 500));
    assert_ne!(salt(1, 1, 500), salt(1, 2, 500));
    assert_ne!(salt(1, 1, 500), salt(2, 1, 500));
    assert_ne!(salt(1, 1, 500), salt(1, 1, 501));
}

const PEOPLE: Actor = Actor::Staff(StaffId(Uuid::from_u128(1)));

fn sale() -> SaleId {
    sale_id(SALE).unwrap()
}

/// What follows from a command, as the store would give it back; the first event keeps the command.
fn stored(command: &Command, vault: &Vault) -> Vec<RecordedEvent> {
    let happened = [
        crate::domain::SaleEvent::Opened.into(),
        crate::domain::SaleEvent::Ended.into(),
    ];
    let recorded = |(index, new): (usize, NewEvent)| RecordedEvent {
        stream: StreamId::sale(sale().0),
        revision: Revision(index as u64),
        position: Position(index as u64),
        id: new.id,
        kind: new.kind,
        version: new.version,
        metadata: new.metadata,
        data: new.data,
    };
    let events = codec::encode((sale(), 0), command, Time(9), &happened, vault);
    events.into_iter().enumerate().map(recorded).collect()
}

/// Every act that can be asked, as a command whose log is given back.
fn every_command(vault: &Vault) -> Vec<Command> {
    let add = wire(adds(lot_terms_on_wire(), 5_000));
    let told = |act: &&str| {
        let text = format!(r#"{{"id":"{ID}","sale":"{SALE}",{act}}}"#);
        serde_json::from_str(&text).unwrap()
    };
    let people = GOOD.iter().map(told).chain([add]);
    let lot = LotNo(4);
    let engine = [
        EngineAct::StartWriter { epoch: 7 },
        EngineAct::Outage,
        EngineAct::Timer(crate::domain::Due::OpenSale),
        EngineAct::Timer(crate::domain::Due::OpenLot(lot)),
        EngineAct::Timer(crate::domain::Due::LapseFloorBid(lot)),
        EngineAct::Timer(crate::domain::Due::LapseOffer(lot)),
        EngineAct::Timer(crate::domain::Due::CloseLot(lot)),
        EngineAct::Timer(crate::domain::Due::EndSale),
    ];
    people
        .map(|wire: v1::Command| command(&wire, PEOPLE, Time(5), vault).unwrap().1)
        .chain(engine.map(|act| {
            let id = engine_command_id(start_id(sale(), Uuid::nil()), 12);
            of_act((sale(), id), Actor::Engine, Time(5), act.into(), vault)
        }))
        .collect()
}

#[test]
fn the_log_gives_every_command_back() {
    let vault = Vault::from_key([1; 32]);
    for command in every_command(&vault) {
        let events = stored(&command, &vault);
        assert_eq!(asked(&events[0], &vault), Ok(Some(command)));
        assert_eq!(asked(&events[1], &vault), Ok(None));
    }
}

/// The length of what is sealed does not tell how large an amount is.
#[test]
fn a_small_amount_and_a_large_one_are_kept_in_the_same_length() {
    let vault = Vault::from_key([1; 32]);
    let length = |amount| {
        let bid = v1::PlaceBid {
            lot: 1,
            amount,
            kind: v1::BidKind::Maximum.into(),
            confirms: String::new(),
        };
        let (_, bid) = command(&wire(Wire::PlaceBid(bid)), PEOPLE, Time(5), &vault).unwrap();
        stored(&bid, &vault)[0].metadata.len()
    };
    assert_eq!(length(1), length(i64::MAX / 1000));
}

/// What is public of a lot does not tell by its length how much is asked for it at least.
#[test]
fn a_lot_is_kept_in_the_same_length_whatever_its_reserve() {
    let vault = Vault::from_key([1; 32]);
    let length = |reserve| {
        let reoffer = Wire::ReofferLot(v1::ReofferLot {
            lot: 3,
            reserve,
            ..v1::ReofferLot::default()
        });
        [adds(lot_terms_on_wire(), reserve), reoffer].map(|act| {
            let (_, command) = command(&wire(act), PEOPLE, Time(5), &vault).unwrap();
            stored(&command, &vault)[0].metadata.len()
        })
    };
    for power in 0..15 {
        assert_eq!(
            length(10_i64.pow(power)),
            length(i64::MAX / 1000),
            "{power}"
        );
    }
}

/// What a refusal tells its bidder alone does not tell others, by its length, how large it is.
#[test]
fn own_figures_are_sealed_in_the_same_length_whatever_they_are() {
    use crate::domain::{Code, Event, Figure, Refusal};
    let vault = Vault::from_key([1; 32]);
    let id = (sale(), CommandId(Uuid::from_u128(1)));
    let asked = of_act(id, PEOPLE, Time(5), SaleAct::Open.into(), &vault);
    let length = |amount| {
        let refusal = Refusal::new(Code::OverLimit)
            .with(Figure::Amount, amount)
            .with(Figure::Limit, amount)
            .with(Figure::Exposure, amount)
            .with(Figure::Missing, amount);
        let refused = Event::Refused { lot: None, refusal };
        let stored = codec::encode((sale(), 0), &asked, Time(9), &[refused], &vault);
        stored[0].data.len()
    };
    assert_eq!(length(1), length(i64::MAX));
}

/// One command id may be used in two sales, and what follows may be decided anew after a batch that
/// was given up: no two contents are sealed under one nonce, and the same content is sealed again alike.
#[test]
fn nonces_follow_from_what_is_sealed() {
    let (vault, id) = (Vault::from_key([1; 32]), Uuid::from_u128(5));
    let seal = |context: &[u8], plain: &[u8]| vault.seal(Seal::Value, id, context, plain);
    assert_eq!(seal(b"here", b"one"), seal(b"here", b"one"));
    assert_ne!(seal(b"here", b"one")[..24], seal(b"here", b"two")[..24]);
    assert_ne!(seal(b"here", b"one")[..24], seal(b"there", b"one")[..24]);
    assert_eq!(
        vault.unseal(Seal::Command, id, b"here", &seal(b"here", b"one")),
        None
    );
}

/// The salt of a reserve is published: it must open nothing that is sealed for an event.
#[test]
fn a_salt_that_is_published_is_no_salt_of_an_event() {
    let (vault, id) = (Vault::from_key([1; 32]), Uuid::from_u128(5));
    assert_ne!(vault.reserve_salt((id, id), 1, Money::ZERO), vault.salt(id));
}

/// The kinds of forgery that whoever can write to the disk, but lacks the key, can try.
#[test]
#[expect(clippy::too_many_lines, reason = "one row for each forgery")]
fn a_forged_act_is_told_by_its_kind() {
    let vault = Vault::from_key([1; 32]);
    let open = |id: u128| {
        let id = CommandId(Uuid::from_u128(id));
        of_act((sale(), id), PEOPLE, Time(5), SaleAct::Open.into(), &vault)
    };
    let [first, second] = [open(1), open(2)].map(|command| stored(&command, &vault));
    let with = |event: &RecordedEvent, change: &dyn Fn(&mut v1::EventMeta)| {
        let mut meta = v1::EventMeta::decode(&*event.metadata).unwrap();
        change(&mut meta);
        RecordedEvent {
            metadata: meta.encode_to_vec().into(),
            ..event.clone()
        }
    };
    let kept = |event: &RecordedEvent| v1::EventMeta::decode(&*event.metadata).unwrap().command;
    let place = DecisionPlace {
        sale: sale(),
        revision: 0,
        at: Time(9),
        arrived: Time(5),
    };
    let sealed = |plain: &[u8]| vault.seal(Seal::Command, first[0].id, &place.bytes(), plain);
    let elsewhere = |change: &dyn Fn(&mut RecordedEvent)| {
        let mut event = first[0].clone();
        change(&mut event);
        event
    };
    let table = [
        (
            "left out",
            CommandError::Missing,
            with(&first[0], &|meta| meta.command.clear()),
        ),
        (
            "kept with a later event too",
            CommandError::Twice,
            with(&first[1], &|meta| meta.command = kept(&first[0])),
        ),
        (
            "of another command",
            CommandError::Seal,
            with(&first[0], &|meta| meta.command = kept(&second[0])),
        ),
        (
            "cut short",
            CommandError::Seal,
            with(&first[0], &|meta| meta.command.truncate(20)),
        ),
        (
            "at another place",
            CommandError::Seal,
            elsewhere(&|event| event.revision = Revision(7)),
        ),
        (
            "decided at another time",
            CommandError::Seal,
            with(&first[0], &|meta| meta.at = 12),
        ),
        (
            "arrived at another time",
            CommandError::Seal,
            with(&first[0], &|meta| meta.arrived = 6),
        ),
        (
            "an act of the engine under a clerk's name",
            CommandError::Malformed,
            with(&first[0], &|meta| {
                meta.command = sealed(&widened(&EngineAct::Outage.into())).into();
            }),
        ),
        (
            "no message at all",
            CommandError::Malformed,
            with(&first[0], &|meta| {
                meta.command = sealed(&padded(vec![7], BLOCK)).into()
            }),
        ),
        (
            "not padded",
            CommandError::Malformed,
            with(&first[0], &|meta| meta.command = sealed(&[1; 32]).into()),
        ),
        (
            "another act under the same digest",
            CommandError::Digest,
            with(&first[0], &|meta| {
                meta.command = sealed(&widened(&SaleAct::End.into())).into();
            }),
        ),
    ];
    for (what, error, event) in table {
        assert_eq!(asked(&event, &vault), Err(error), "{what}");
    }
    let other_key = Vault::from_key([2; 32]);
    assert_eq!(asked(&first[0], &other_key), Err(CommandError::Seal));
}

/// What was written before commands were kept is refused by name.
#[test]
fn a_log_without_commands_is_from_before_the_release() {
    let vault = Vault::from_key([1; 32]);
    let open = of_act(
        (sale(), CommandId(Uuid::from_u128(1))),
        PEOPLE,
        Time(5),
        SaleAct::Open.into(),
        &vault,
    );
    let mut events = stored(&open, &vault);
    let mut meta = v1::EventMeta::decode(&*events[0].metadata).unwrap();
    meta.command.clear();
    events[0].metadata = meta.encode_to_vec().into();
    for vault in [None, Some(&vault)] {
        let read = codec::decode(&events[0], vault);
        assert_eq!(read, Err(codec::DecodeError::BeforeRelease));
        codec::decode(&events[1], vault).unwrap();
    }
}
