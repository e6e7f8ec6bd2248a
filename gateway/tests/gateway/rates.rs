//! Readers that ask too often, and proxies that speak for many.

use std::net::Ipv4Addr;
use std::num::NonZeroU32;

use mazad_gateway::Limits;
use mazad_office::Role;
use mazad_proto::v1::server_frame::Body;
use serde_json::json;

use crate::raw_http::Answered;
use crate::support::{Client, ServedSale, get, request};

fn per_second(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

/// Asks until the answer is a no, or has come so often.
async fn until_refused(times: usize, ask: impl AsyncFn() -> Answered) -> Option<Answered> {
    for _ in 0..times {
        let answered = ask().await;
        if answered.status == 429 {
            return Some(answered);
        }
    }
    None
}

#[tokio::test]
async fn readers_have_a_rate_by_address_and_by_account() {
    let limits = Limits {
        requests_per_second: per_second(5),
        ..Limits::unhindered()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let path = format!("/api/sales/{}", stage.sale);
    let refused = until_refused(50, async || get(&stage.server, &path, None).await).await;
    let refused = refused.expect("a flood is refused");
    assert_eq!(refused.code(), "rate-limited");
    assert_eq!(refused.header("retry-after"), Some("1"));
    stage.server.stop().await.unwrap();

    let limits = Limits {
        reads_per_second: per_second(5),
        ..Limits::unhindered()
    };
    let stage = ServedSale::with_limits(limits, 1).await;
    let (token, _) = stage.person(Role::Bidder, 7).await;
    let path = format!("/api/sales/{}/mine", stage.sale);
    let own = async || get(&stage.server, &path, Some(&token)).await;
    assert_eq!(
        until_refused(50, own).await.expect("refused").code(),
        "rate-limited"
    );
    let other = get(&stage.server, "/api/sales", None).await;
    assert_eq!(other.status, 200, "nobody else is");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn limits_count_by_whom_a_proxy_speaks_for_and_by_nobody_elses_word() {
    let refused = async |proxies: Vec<std::net::IpAddr>, said: [&str; 2]| {
        let limits = Limits {
            logins_per_second: per_second(1),
            connections_per_address: 5,
            trusted_proxies: proxies,
            ..Limits::unhindered()
        };
        let stage = ServedSale::with_limits(limits, 1).await;
        let body = json!({ "secret": "x" }).to_string();
        let ask = async |whom: &str| {
            let more = format!("content-type: application/json\r\nx-forwarded-for: {whom}\r\n");
            request(&stage.server, "POST", "/api/session", &more, &body)
                .await
                .code()
        };
        let mut last = String::new();
        for _ in 0..20 {
            last = ask(said[0]).await;
            if last == "rate-limited" {
                break;
            }
        }
        assert_eq!(last, "rate-limited");
        let other = ask(said[1]).await == "rate-limited";
        // Sockets: five of one address may watch, one more is too many.
        let mut open = Vec::new();
        let mut is_full = false;
        for whom in [0, 0, 0, 0, 0, 1] {
            let mut watcher = Client::connect_for(&stage.server, said[whom]).await;
            watcher.say(stage.join(None)).await;
            is_full = matches!(watcher.next().await.unwrap(), Body::Fault(_));
            open.push(watcher);
        }
        drop(open);
        stage.server.stop().await.unwrap();
        (other, is_full)
    };
    let local = vec![Ipv4Addr::LOCALHOST.into()];
    let seen = ["10.0.0.9, 203.0.113.1", "10.0.0.9, 203.0.113.2"];
    assert_eq!(refused(local.clone(), seen).await, (false, false));
    let forged = ["203.0.113.1, 203.0.113.9", "203.0.113.2, 203.0.113.9"];
    assert_eq!(refused(local, forged).await, (true, true), "the last hop");
    let nobody = refused(Vec::new(), ["203.0.113.1", "203.0.113.2"]).await;
    assert_eq!(nobody, (true, true), "a peer that nobody listed");
}
