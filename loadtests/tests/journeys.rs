//! What a bidder, a clerk and a watcher go through, over real sockets, in both encodings.
#![cfg(test)]

use mazad_client::v1::{BidResult, LotOutcome, LotPhase, SalePhase, Verdict};
use mazad_client::{
    Act, Body, Client, ClientError, CloseCode, CommandReply, Connection, Encoding, bid, command,
    flat_bid, v1,
};
use mazad_engine::domain::{JumpGuard, MethodTerms as SaleMethod, Mode, Running};
use mazad_loadtests::scene;
use mazad_loadtests::stage::{Stage, open_sale};
use mazad_loadtests::test_admin::{AdminSale, connect};

const BOTH: [Encoding; 2] = [Encoding::Json, Encoding::Proto];

/// A sale of two open lots with two bidders, a clerk and somebody who watches.
struct Hall {
    stage: Stage,
    sale: AdminSale,
    clerk: Person,
    seven: Person,
    eight: Person,
    watcher: Connection,
}

/// Somebody with a connection.
struct Person {
    client: Client,
    connection: Connection,
    sale: String,
}

impl Person {
    async fn enter(client: Client, sale: &AdminSale, encoding: Encoding) -> Self {
        let connection = connect(&client, encoding).await.unwrap();
        Self {
            client,
            connection,
            sale: sale.id.clone(),
        }
    }

    async fn ask(&mut self, act: Act) -> v1::Answer {
        self.settle(&command(&self.sale, act)).await.0
    }

    /// Its answer, and the bytes it came in.
    async fn settle(&mut self, sent: &v1::Command) -> (v1::Answer, bytes::Bytes) {
        let reply = self.connection.ask(sent.clone()).await.unwrap();
        reply.answer().unwrap()
    }

    async fn done(&mut self, act: Act) -> v1::Answer {
        let answer = self.ask(act).await;
        assert_eq!(answer.verdict(), Verdict::Accepted, "{answer:?}");
        answer
    }

    async fn refused(&mut self, act: Act) -> v1::Answer {
        let answer = self.ask(act).await;
        assert_eq!(answer.verdict(), Verdict::Refused, "{answer:?}");
        let message = answer.message.as_ref().unwrap();
        assert!(!message.ar.is_empty(), "{answer:?}");
        assert!(!message.en.is_empty(), "{answer:?}");
        answer
    }
}

impl Hall {
    async fn open(encoding: Encoding) -> Self {
        let stage = Stage::in_memory().await.unwrap();
        let sale = open_sale(stage.admin(), 2).await.unwrap();
        let clerk = stage.admin().staff("clerk").await.unwrap();
        let clerk = Person::enter(clerk, &sale, encoding).await;
        let seven = Person::enter(sale.bidder(7).await.unwrap(), &sale, encoding).await;
        let eight = Person::enter(sale.bidder(8).await.unwrap(), &sale, encoding).await;
        let mut watcher = Connection::open(stage.address(), encoding).await.unwrap();
        watcher.join_from_nothing(&sale.id).await.unwrap();
        Self {
            stage,
            sale,
            clerk,
            seven,
            eight,
            watcher,
        }
    }

    /// Waits until the watcher sees a lot in a state.
    async fn sees_lot(&mut self, lot: u32, wanted: impl Fn(&v1::LotView) -> bool) -> v1::LotView {
        let shows = |view: &v1::LotView| view.lot == lot && wanted(view);
        let update = |body: &Body| match body {
            Body::Update(update) => update.lots.iter().any(shows),
            _ => false,
        };
        let heard = self.watcher.wait(update).await;
        let heard = heard.unwrap_or_else(|error| panic!("lot {lot}: {error}"));
        let Body::Update(update) = heard.body else {
            unreachable!("only updates are waited for");
        };
        update.lots.into_iter().find(shows).unwrap()
    }

    async fn sees_phase(&mut self, phase: SalePhase) {
        let update = |body: &Body| match body {
            Body::Update(update) => update
                .board
                .as_ref()
                .is_some_and(|board| board.phase() == phase),
            _ => false,
        };
        self.watcher.wait(update).await.unwrap();
    }

    async fn close(self) {
        self.stage.stop().await.unwrap();
    }
}

fn figure(answer: &v1::Answer, name: &str) -> i64 {
    answer
        .figures
        .iter()
        .find(|figure| figure.name == name)
        .unwrap()
        .value
}

#[tokio::test]
async fn bidder_leads_is_outbid_and_is_refused_below_the_ask() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let first = hall.seven.done(bid(1, 5_000)).await;
        assert_eq!(first.result(), BidResult::Leading);
        assert_eq!((first.price, first.ask, first.leader), (1_000, 1_100, 7));
        hall.sees_lot(1, |lot| lot.leader == 7 && lot.price == 1_000)
            .await;
        // R2.4: the earlier maximum holds.
        let second = hall.eight.done(bid(1, 3_000)).await;
        assert_eq!(second.result(), BidResult::Outbid);
        assert_eq!((second.price, second.ask, second.leader), (3_100, 3_200, 7));
        // R1: below the ask, with the figures.
        let third = hall.eight.refused(bid(1, 3_150)).await;
        assert_eq!(
            (third.code.as_str(), third.rule.as_str()),
            ("below-ask", "R1")
        );
        assert_eq!(
            (figure(&third, "amount"), figure(&third, "ask")),
            (3_150, 3_200)
        );
        // R2.5: a short step at the ceiling.
        let fourth = hall.eight.done(bid(1, 5_050)).await;
        assert_eq!(fourth.result(), BidResult::Leading);
        assert_eq!((fourth.price, fourth.leader), (5_050, 8));
        let lot = hall.sees_lot(1, |lot| lot.leader == 8).await;
        assert_eq!((lot.price, lot.ask, lot.bids), (5_050, 5_150, 3));
        hall.close().await;
    }
}

#[tokio::test]
async fn leader_moves_own_maximum_in_private() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        hall.seven.done(bid(1, 5_000)).await;
        let sale = hall.sale.id.clone();
        hall.seven.connection.join(&sale, None).await.unwrap();
        // R2.2: price, leader and clock stand.
        let moved = hall.seven.done(bid(1, 9_000)).await;
        assert_eq!(moved.result(), BidResult::MaximumMoved);
        assert_eq!((moved.price, moved.leader), (1_000, 7));
        let nine = |body: &Body| match body {
            Body::Mine(mine) => mine.maxima.iter().any(|own| own.maximum == 9_000),
            _ => false,
        };
        hall.seven.connection.join(&sale, None).await.unwrap();
        hall.seven.connection.wait(nine).await.unwrap();
        // A flat bid against oneself is refused, never charged.
        let own = hall.seven.refused(flat_bid(1, 9_500)).await;
        assert_eq!((own.code.as_str(), own.rule.as_str()), ("own-lead", "R2"));
        hall.close().await;
    }
}

#[tokio::test]
async fn improbable_jump_is_confirmed_first() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let table = scene::increments(Mode::Additive, &[(0, 100)]).unwrap();
        let opening = scene::money(1_000).unwrap();
        let mut terms = scene::lot_terms("guarded", opening, table, Running::Clerked);
        let SaleMethod::English(english) = &mut terms.method;
        english.jump_guard = JumpGuard {
            times: 3,
            steps: 20,
        };
        let lot = hall.sale.lot(&terms).await.unwrap();
        hall.sale.open_lot(lot).await.unwrap();
        let asked = hall.seven.refused(bid(lot, 100_000)).await;
        assert_eq!(
            (asked.code.as_str(), asked.rule.as_str()),
            ("needs-confirmation", "R1")
        );
        let Act::PlaceBid(mut place) = bid(lot, 100_000) else {
            unreachable!("a bid")
        };
        place.confirms = asked.id;
        let taken = hall.seven.done(Act::PlaceBid(place)).await;
        assert_eq!((taken.result(), taken.price), (BidResult::Leading, 1_000));
        hall.close().await;
    }
}

/// R0: how a lot stands, for an act that has to name it.
fn standing(bid: u32, leader: u32, price: i64) -> Option<v1::Seen> {
    Some(v1::Seen { bid, leader, price })
}

#[tokio::test]
async fn clerk_warns_and_hammers_and_the_lot_takes_no_more() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        hall.seven.done(bid(1, 5_000)).await;
        let seen = standing(1, 7, 1_000);
        hall.clerk.done(Act::WarnLot(v1::WarnLot { lot: 1 })).await;
        hall.sees_lot(1, |lot| lot.warnings == 1).await;
        hall.clerk
            .done(Act::HammerLot(v1::HammerLot { lot: 1, seen }))
            .await;
        let lot = hall
            .sees_lot(1, |lot| lot.phase() == LotPhase::Closed)
            .await;
        assert_eq!(
            (lot.outcome(), lot.price, lot.leader),
            (LotOutcome::KnockedDown, 1_000, 7)
        );
        let late = hall.eight.refused(bid(1, 9_000)).await;
        assert_eq!(late.code, "lot-closed");
        let empty = hall
            .clerk
            .refused(Act::HammerLot(v1::HammerLot {
                lot: 2,
                seen: standing(0, 0, 0),
            }))
            .await;
        assert_eq!(
            (empty.code.as_str(), empty.rule.as_str()),
            ("no-bids", "R4")
        );
        hall.close().await;
    }
}

#[tokio::test]
async fn void_bid_offers_the_lead_to_the_former_leader() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        hall.seven.done(flat_bid(1, 1_000)).await;
        hall.eight.done(flat_bid(1, 20_000)).await;
        let void = v1::VoidBid {
            lot: 1,
            bid: 2,
            cause: v1::VoidCause::TypingError.into(),
            note: "خطأ كتابي / typing error".to_owned(),
            leads_to: Some(v1::LeadsTo {
                leader: 7,
                price: 1_000,
            }),
        };
        // R12b, strict: nobody leads, the former leader is asked first.
        hall.clerk.done(Act::VoidBid(void)).await;
        let lot = hall.sees_lot(1, |lot| lot.offer.is_some()).await;
        let offer = lot.offer.unwrap();
        assert_eq!((offer.paddle, offer.price, lot.leader), (7, 1_000, 0));
        let other = hall
            .eight
            .refused(Act::Reaffirm(v1::Reaffirm { lot: 1 }))
            .await;
        assert_eq!(other.code, "nothing-to-reaffirm");
        hall.seven
            .done(Act::Reaffirm(v1::Reaffirm { lot: 1 }))
            .await;
        hall.sees_lot(1, |lot| lot.leader == 7 && lot.price == 1_000)
            .await;
        hall.close().await;
    }
}

#[tokio::test]
async fn sale_at_rest_takes_no_bid_until_it_goes_on() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let reason = "استراحة / break".to_owned();
        hall.clerk
            .done(Act::PauseSale(v1::PauseSale { reason }))
            .await;
        hall.sees_phase(SalePhase::Paused).await;
        let refused = hall.seven.refused(bid(1, 5_000)).await;
        assert_eq!(
            (refused.code.as_str(), refused.rule.as_str()),
            ("sale-paused", "R3.7")
        );
        hall.clerk.done(Act::ResumeSale(v1::ResumeSale {})).await;
        hall.sees_phase(SalePhase::Open).await;
        hall.seven.done(bid(1, 5_000)).await;
        hall.close().await;
    }
}

#[tokio::test]
async fn same_command_has_the_same_answer_to_the_byte() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let accepted = command(&hall.sale.id, bid(1, 5_000));
        let refused = command(&hall.sale.id, bid(2, 10));
        for sent in [accepted, refused] {
            let (answer, bytes) = hall.seven.settle(&sent).await;
            // R0: repeated, looked up, on another line, after the lot has ended.
            let (_, repeated) = hall.seven.settle(&sent).await;
            assert_eq!(repeated, bytes);
            let known = hall.seven.connection.look_up(&sent.sale, &sent.id).await;
            assert_eq!(known.unwrap().answer().unwrap().1, bytes);
            let mut other = connect(&hall.seven.client, encoding).await.unwrap();
            let elsewhere = other.ask(sent.clone()).await.unwrap();
            assert_eq!(elsewhere.answer().unwrap().1, bytes);
            let over_http = hall.seven.client.command(&sent).await.unwrap();
            assert_eq!(over_http, answer);
            let asked = hall.seven.client.answer(&sent.sale, &sent.id).await;
            assert_eq!(asked.unwrap(), Some(answer.clone()));
            hall.clerk
                .done(Act::PassLot(v1::PassLot {
                    lot: answer.lot,
                    seen: standing(u32::from(answer.leader != 0), answer.leader, answer.price),
                }))
                .await;
            let (_, afterwards) = hall.seven.settle(&sent).await;
            assert_eq!(afterwards, bytes);
        }
        hall.close().await;
    }
}

#[tokio::test]
async fn id_of_another_command_is_no_command() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let first = command(&hall.sale.id, bid(1, 5_000));
        let other = v1::Command {
            act: Some(bid(1, 6_000)),
            ..first.clone()
        };
        let (_, bytes) = hall.seven.settle(&first).await;
        let told = hall.seven.connection.ask(other.clone()).await.unwrap();
        let CommandReply::Fault(fault) = told else {
            panic!("{told:?}")
        };
        assert_eq!(
            (fault.code.as_str(), fault.retry),
            ("command-id-reused", None)
        );
        // Ids belong to whoever made them: another bidder's is another command.
        assert_eq!(
            hall.eight.settle(&other).await.0.verdict(),
            Verdict::Accepted
        );
        assert_eq!(hall.seven.settle(&first).await.1, bytes);
        hall.close().await;
    }
}

#[tokio::test]
async fn unknown_command_is_told_as_not_seen() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let never = command(&hall.sale.id, bid(1, 5_000));
        let told = hall.seven.connection.look_up(&never.sale, &never.id).await;
        let told = told.unwrap();
        assert!(
            matches!(&told, CommandReply::NotSeen(not_seen) if not_seen.id == never.id),
            "{told:?}"
        );
        hall.close().await;
    }
}

#[tokio::test]
async fn nobody_does_what_is_not_theirs() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let hammer = Act::HammerLot(v1::HammerLot {
            lot: 1,
            seen: standing(0, 0, 0),
        });
        let by_bidder = command(&hall.sale.id, hammer);
        let by_clerk = command(&hall.sale.id, bid(1, 5_000));
        let by_watcher = command(&hall.sale.id, bid(1, 5_000));
        for (connection, sent) in [
            (&mut hall.seven.connection, by_bidder),
            (&mut hall.clerk.connection, by_clerk),
            (&mut hall.watcher, by_watcher),
        ] {
            let told = connection.ask(sent).await.unwrap();
            assert!(matches!(told, CommandReply::Fault(_)), "{told:?}");
        }
        hall.close().await;
    }
}

#[tokio::test]
async fn logging_out_closes_the_connection() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        hall.seven.client.log_out().await.unwrap();
        let code = hall.seven.connection.closed().await.unwrap();
        assert_eq!(code, CloseCode(Some(4001)));
        hall.seven.client.ticket().await.unwrap_err();
        // The others stay.
        hall.eight.done(bid(1, 5_000)).await;
        hall.close().await;
    }
}

#[tokio::test]
async fn server_that_stops_says_so() {
    for encoding in BOTH {
        let Hall {
            stage,
            mut seven,
            mut watcher,
            ..
        } = Hall::open(encoding).await;
        seven.done(bid(1, 5_000)).await;
        let stopped = tokio::spawn(stage.stop());
        let restart = CloseCode(Some(1012));
        assert_eq!(seven.connection.closed().await.unwrap(), restart);
        assert_eq!(watcher.closed().await.unwrap(), restart);
        stopped.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn unreadable_frames_are_told_and_then_closed() {
    for encoding in BOTH {
        let mut hall = Hall::open(encoding).await;
        let mut faults = 0;
        loop {
            let bytes: &'static [u8] = match encoding {
                Encoding::Json => br#"{"bidEverything":true}"#,
                Encoding::Proto => &[0xff, 0xff],
            };
            if hall.watcher.say_bytes(bytes.into()).await.is_err() {
                break;
            }
            match hall.watcher.hear().await {
                Ok(frame) => {
                    assert!(matches!(frame.body, Body::Fault(_)), "{frame:?}");
                    faults += 1;
                }
                Err(ClientError::Closed(code)) => {
                    assert_eq!(code, CloseCode(Some(4000)));
                    break;
                }
                Err(error) => panic!("{error}"),
            }
            assert!(faults < 1_000, "it is closed in the end");
        }
        assert!(faults > 0, "it is told first");
        hall.seven.done(bid(1, 5_000)).await;
        hall.close().await;
    }
}
