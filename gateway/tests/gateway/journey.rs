//! A bidder's way from the link to the hammer, in both encodings.

use mazad_engine::domain::{Paddle, SaleAct};
use mazad_engine::testing;
use mazad_office::Role;
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};

use crate::support::{Client, ServedSale, hall_paddle};

async fn journey(encoding: Encoding) {
    let stage = ServedSale::open(2).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    let mut watcher = Client::connect(&stage.server, encoding).await;
    watcher.say(stage.join(None)).await;
    let all = watcher.snapshot().await;
    assert_eq!(all.lots.len(), 2);
    assert_eq!(all.board.as_ref().unwrap().phase(), v1::SalePhase::Open);
    assert_eq!(all.lots[0].ask, 1000);

    let mut client = stage.socket_of(&bidder, encoding).await;
    client.say(stage.join(None)).await;
    client.snapshot().await;
    let mine = client.mine().await;
    assert_eq!((mine.paddle, mine.exposure, mine.maxima.len()), (7, 0, 0));

    let bid = stage.place(1, 5000);
    client.say(Said::Command(bid.clone())).await;
    let answer = client.answer().await;
    assert_eq!(answer.id, bid.id);
    assert_eq!(answer.verdict(), v1::Verdict::Accepted);
    assert_eq!(answer.result(), v1::BidResult::Leading);
    assert_eq!((answer.price, answer.ask, answer.leader), (1000, 1100, 7));

    let update = watcher.update().await;
    let lot = &update.lots[0];
    assert_eq!((lot.lot, lot.price, lot.leader, lot.bids), (1, 1000, 7, 1));
    let last = lot.last.as_ref().unwrap();
    assert_eq!((last.paddle, last.shown), (7, 1000), "never the maximum");

    let mine = client.mine().await;
    assert_eq!((mine.exposure, mine.maxima[0].maximum), (5000, 5000));

    // A rival below the maximum: the price moves, the own figures do not.
    stage.bid(&rival, 1, 3000).await;
    let update = watcher.update().await;
    assert_eq!((update.lots[0].price, update.lots[0].leader), (3100, 7));
    // Above it: the lead goes, and with it the exposure.
    stage.bid(&rival, 1, 9000).await;
    let mine = loop {
        let mine = client.mine().await;
        if mine.exposure == 0 {
            break mine;
        }
    };
    assert_eq!(mine.maxima[0].maximum, 5000);

    stage.hammer(1).await;
    let hammered = loop {
        let update = watcher.update().await;
        if update.lots[0].phase() == v1::LotPhase::Closed {
            break update;
        }
    };
    assert_eq!(hammered.lots[0].outcome(), v1::LotOutcome::KnockedDown);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_bidder_joins_bids_and_is_outbid_in_json() {
    journey(Encoding::Json).await;
}

#[tokio::test]
async fn a_bidder_joins_bids_and_is_outbid_in_protobuf() {
    journey(Encoding::Proto).await;
}

#[tokio::test]
async fn a_refusal_carries_its_rule_its_figures_and_a_sentence_in_each_language() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    client.say(Said::Command(stage.place(1, 10))).await;
    let answer = client.answer().await;
    assert_eq!(answer.verdict(), v1::Verdict::Refused);
    assert_eq!(
        (answer.code.as_str(), answer.rule.as_str()),
        ("below-ask", "R1")
    );
    let ask = answer
        .figures
        .iter()
        .find(|figure| figure.name == "ask")
        .unwrap();
    assert_eq!(ask.value, 1000);
    let message = answer.message.unwrap();
    let plain = message.en.replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(
        plain,
        "The bid is too low. The least amount taken now is EGP 10."
    );
    assert!(message.ar.contains("١٠"), "{}", message.ar);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_repeat_and_a_lookup_have_the_bytes_of_the_first_answer() {
    let stage = ServedSale::open(1).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    for amount in [10, 2000] {
        let bid = stage.place(1, amount);
        let mut json = stage.socket_of(&bidder, Encoding::Json).await;
        json.say(Said::Command(bid.clone())).await;
        let (first, Body::Answer(answer)) = json.next_bytes().await.unwrap() else {
            panic!()
        };
        // Later, on another connection, in the other encoding: the same command, not a new one.
        let mut proto = stage.socket_of(&bidder, Encoding::Proto).await;
        proto.say(Said::Command(bid.clone())).await;
        assert_eq!(proto.answer().await, answer);
        json.say(Said::Command(bid.clone())).await;
        assert_eq!(json.next_bytes().await.unwrap().0, first);
        let lookup = v1::Lookup {
            sale: bid.sale.clone(),
            id: bid.id.clone(),
        };
        json.say(Said::Lookup(lookup)).await;
        assert_eq!(json.next_bytes().await.unwrap().0, first);
        let path = format!("/api/sales/{}/answers/{}", stage.sale, bid.id);
        let asked = crate::support::get(&stage.server, &path, Some(&token)).await;
        assert_eq!(format!(r#"{{"answer":{}}}"#, asked.body).as_bytes(), first);
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_id_is_not_used_twice_and_an_unknown_one_is_not_seen() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    let bid = stage.place(1, 2000);
    client.say(Said::Command(bid.clone())).await;
    client.answer().await;
    let other = v1::Command {
        id: bid.id.clone(),
        ..stage.place(1, 3000)
    };
    client.say(Said::Command(other)).await;
    let fault = client.fault().await;
    assert_eq!(
        (fault.code.as_str(), fault.id),
        ("command-id-reused", bid.id)
    );
    let unknown = v1::Lookup {
        sale: bid.sale,
        id: uuid::Uuid::new_v4().to_string(),
    };
    client.say(Said::Lookup(unknown.clone())).await;
    let Body::NotSeen(not_seen) = client.next().await.unwrap() else {
        panic!()
    };
    assert_eq!(not_seen.id, unknown.id);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn everyone_gets_the_same_update() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut watchers = Vec::new();
    for _ in 0..5 {
        let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
        watcher.say(stage.join(None)).await;
        watcher.snapshot().await;
        watchers.push(watcher);
    }
    stage.bid(&bidder, 1, 2000).await;
    let mut bytes = Vec::new();
    for watcher in &mut watchers {
        bytes.push(watcher.next_bytes().await.unwrap().0);
    }
    bytes.dedup();
    assert_eq!(bytes.len(), 1);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn refusals_are_not_passed_on_to_anybody() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    watcher.say(stage.join(None)).await;
    watcher.snapshot().await;
    for _ in 0..50 {
        stage.bid(&bidder, 1, 10).await;
    }
    let answer = stage.bid(&bidder, 1, 2000).await;
    let update = watcher.update().await;
    assert_eq!(
        update.to, answer.public_revision,
        "the first frame after the snapshot is the bid's"
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn rights_are_asked_on_the_socket() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let hammer = || {
        let hammer = v1::HammerLot { lot: 1, seen: None };
        stage.command(v1::command::Act::HammerLot(hammer))
    };
    let mut watcher = Client::connect(&stage.server, Encoding::Json).await;
    let command = hammer();
    watcher.say(Said::Command(command.clone())).await;
    let fault = watcher.fault().await;
    assert_eq!(
        (fault.code.as_str(), fault.id),
        ("not-logged-in", command.id)
    );
    let mut client = stage.socket_of(&bidder, Encoding::Json).await;
    client.say(Said::Command(hammer())).await;
    assert_eq!(client.fault().await.code, "not-permitted");
    let other_sale = v1::Command {
        sale: uuid::Uuid::new_v4().to_string(),
        ..stage.place(1, 2000)
    };
    client.say(Said::Command(other_sale)).await;
    assert_eq!(client.fault().await.code, "not-permitted");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_clerk_runs_a_lot_over_the_socket() {
    let stage = ServedSale::open(1).await;
    let (_, clerk) = stage.person(Role::Clerk, 0).await;
    stage.act(hall_paddle(7).into()).await;
    let mut desk = stage.socket_of(&clerk, Encoding::Proto).await;
    desk.say(stage.join(None)).await;
    desk.snapshot().await;
    let floor = v1::FloorBid {
        lot: 1,
        paddle: 7,
        amount: 1500,
        ..v1::FloorBid::default()
    };
    desk.say(Said::Command(
        stage.command(v1::command::Act::FloorBid(floor)),
    ))
    .await;
    let answer = desk.answer().await;
    assert_eq!(answer.price, 1500, "{answer:?}");
    desk.reach(answer.public_revision).await;
    let hammer = desk.lot(&stage, 1).hammer();
    desk.say(Said::Command(stage.command(hammer))).await;
    assert_eq!(desk.answer().await.verdict(), v1::Verdict::Accepted);
    stage.server.stop().await.unwrap();
}

/// R0: what the clerk knocks down is what the clerk saw.
#[tokio::test]
async fn a_hammer_never_falls_on_a_bid_that_its_clerk_has_not_seen() {
    let stage = ServedSale::open(1).await;
    let (_, clerk) = stage.person(Role::Clerk, 0).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    stage.bid(&bidder, 1, 2000).await;
    let mut desk = stage.socket_of(&clerk, Encoding::Json).await;
    desk.say(stage.join(None)).await;
    desk.snapshot().await;
    let lot = desk.lot(&stage, 1);
    let acts = [lot.hammer(), lot.pass(), lot.withdraw("slip")];
    stage.bid(&rival, 1, 3000).await;
    for act in acts {
        desk.say(Said::Command(stage.command(act))).await;
        let answer = desk.answer().await;
        assert_eq!(
            (answer.code.as_str(), answer.rule.as_str()),
            ("bid-has-come", "R0")
        );
        let figure = |name: &str| {
            let found = answer.figures.iter().find(|figure| figure.name == name);
            found.map(|figure| figure.value)
        };
        let told = ["bid", "paddle", "price"].map(figure);
        assert_eq!(told, [Some(2), Some(8), Some(2100)]);
        let said = answer.message.unwrap().en;
        let plain = said.replace(['\u{2068}', '\u{2069}'], "");
        assert!(plain.contains("paddle 8, price EGP 21, bid 2"), "{plain}");
    }
    // Having seen it, the same clerk knocks it down.
    while desk.lot(&stage, 1).seen().bid < 2 {
        desk.update().await;
    }
    let hammer = desk.lot(&stage, 1).hammer();
    desk.say(Said::Command(stage.command(hammer))).await;
    let answer = desk.answer().await;
    assert_eq!(answer.verdict(), v1::Verdict::Accepted, "{answer:?}");
    assert_eq!((answer.leader, answer.price), (8, 2100));
    stage.server.stop().await.unwrap();
}

/// R12a, R13: what is changed for a bidder is told to that bidder, and to nobody else.
#[tokio::test]
async fn a_presence_and_a_limit_are_told_to_their_owner_at_once() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, other) = stage.person(Role::Bidder, 8).await;
    let mut owner = stage.socket_of(&bidder, Encoding::Json).await;
    let mut neighbour = stage.socket_of(&other, Encoding::Json).await;
    for client in [&mut owner, &mut neighbour] {
        client.say(stage.join(None)).await;
        client.snapshot().await;
        assert!(!client.mine().await.present);
    }
    let (paddle, limit) = (Paddle(7), Some(testing::money(9000)));
    for present in [true, false] {
        let marked = SaleAct::MarkPresence { paddle, present };
        let marked = stage.act(marked.into()).await;
        let mine = owner.mine().await;
        assert_eq!(mine.present, present);
        assert!(mine.revision >= marked.public_revision);
    }
    stage.act(SaleAct::SetLimit { paddle, limit }.into()).await;
    assert_eq!(owner.mine().await.limit, 9000);
    // The neighbour's next own view is of the neighbour's own bid.
    stage.bid(&other, 1, 2000).await;
    let mine = neighbour.mine().await;
    assert_eq!((mine.exposure, mine.limit, mine.present), (2000, 0, false));
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_ping_is_answered_with_the_engines_time() {
    let stage = ServedSale::open(1).await;
    let mut client = Client::connect(&stage.server, Encoding::Json).await;
    client.say(Said::Ping(v1::Ping { echo: 42 })).await;
    let Body::Pong(pong) = client.next().await.unwrap() else {
        panic!()
    };
    assert_eq!(pong.echo, 42);
    assert!(pong.time > 1_500_000_000_000_000);
    stage.server.stop().await.unwrap();
}
