//! One bidder on several devices: each follows the sale and hears what is the bidder's own, and one too
//! many ends the oldest by a name of its own.

use mazad_office::{Caller, Role, limits::DEVICES_MAX};
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, v1};
use serde_json::json;

use crate::support::{Client, ServedSale, get, post};

/// Takes a link for another device of whoever holds the token: the new device's token.
async fn another(stage: &ServedSale, token: &str) -> (String, Caller) {
    let made = post(&stage.server, "/api/v1/device", Some(token), "{}").await;
    let link = made.json()["link"].as_str().unwrap().to_owned();
    let (_, secret) = link.split_once("/enter#").unwrap();
    assert!(made.json()["qrSvg"].as_str().unwrap().contains("<svg"));
    let secret_of = json!({ "secret": secret }).to_string();
    let looked = post(&stage.server, "/api/v1/invitation", None, &secret_of).await;
    assert_eq!(looked.json()["role"], "ROLE_BIDDER", "{looked:?}");
    let login = stage.server.office().redeem(secret).await.unwrap();
    let used = post(&stage.server, "/api/session", None, &secret_of).await;
    assert_eq!(used.code(), "invite-unknown", "good once");
    (login.token.as_str().to_owned(), login.caller)
}

async fn joined(stage: &ServedSale, caller: &Caller) -> Client {
    let mut client = stage.socket_of(caller, Encoding::Json).await;
    client.say(stage.join(None)).await;
    client
}

/// What the bidder may know, once it tells of a bid on the first lot.
async fn own_bid(client: &mut Client) -> v1::Mine {
    loop {
        if let Body::Mine(mine) = client.next().await.unwrap()
            && !mine.maxima.is_empty()
        {
            return mine;
        }
    }
}

#[tokio::test]
async fn a_bidder_bids_on_a_phone_and_sees_it_on_a_laptop() {
    let stage = ServedSale::open(1).await;
    let (token, laptop) = stage.person(Role::Bidder, 7).await;
    let (phone_token, phone) = another(&stage, &token).await;
    assert_eq!(laptop.account, phone.account);
    let (mut on_laptop, mut on_phone) =
        (joined(&stage, &laptop).await, joined(&stage, &phone).await);
    let bid = stage.place(1, 2000);
    let id = bid.id.clone();
    on_phone.say(Said::Command(bid)).await;
    let (here, there) = (own_bid(&mut on_laptop).await, own_bid(&mut on_phone).await);
    assert_eq!((here.maxima, here.paddle), (there.maxima, 7));
    // The answer is the bidder's, on whichever device it is asked for.
    let address = format!("/api/sales/{}/answers/{id}", stage.sale);
    for token in [&token, &phone_token] {
        let answer = get(&stage.server, &address, Some(token)).await;
        assert_eq!(answer.json()["verdict"], "VERDICT_ACCEPTED", "{answer:?}");
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn one_device_too_many_closes_the_oldest_by_name() {
    let stage = ServedSale::open(1).await;
    let (token, _) = stage.person(Role::Bidder, 7).await;
    let (_, oldest) = another(&stage, &token).await;
    let mut closes = joined(&stage, &oldest).await;
    for _ in 2..DEVICES_MAX {
        another(&stage, &token).await;
    }
    closes.say(Said::Ping(v1::Ping { echo: 1 })).await;
    another(&stage, &token).await;
    assert_eq!(closes.closed().await, 4006);
    let still = get(&stage.server, "/api/session", Some(&token)).await;
    assert_eq!(still.json()["paddle"], 7, "the device in hand stays in");
    stage.server.stop().await.unwrap();
}
