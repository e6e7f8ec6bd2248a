//! The HTTP interface: what each route answers, to whom, and how it says no.

use mazad_engine::domain::{Act, SaleAct};
use mazad_gateway::{Limits, ServerOptions};
use mazad_office::Role;
use serde_json::json;

use crate::support::{ServedSale, get, post, request, serve, wire_sale_terms};

#[tokio::test]
async fn every_documented_route_is_there_and_says_what_it_is() {
    let limits = Limits::unhindered();
    let server = serve(ServerOptions {
        limits,
        ..ServerOptions::default()
    })
    .await;
    let document = get(&server, "/openapi.json", None).await.json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() >= 18, "{}", paths.len());
    let mut walked = 0;
    for (path, item) in paths {
        let address = path
            .replace("{sale}", "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f60")
            .replace("{lot}", "1")
            .replace("{id}", "0192a6b0-7c1e-7d3a-9f00-3b2c1d4e5f61");
        for method in ["get", "post", "delete", "put", "patch"] {
            let json = "content-type: application/json\r\n";
            let name = method.to_uppercase();
            let answered = request(&server, &name, &address, json, "").await;
            let is_documented = item.get(method).is_some();
            let is_there = answered.status != 405
                && !(answered.status == 404 && answered.code() == "not-found");
            assert_eq!(is_there, is_documented, "{method} {path}: {answered:?}");
            if is_documented {
                walked += 1;
                let status = answered.status.to_string();
                let is_known = item[method]["responses"].get(&status).is_some();
                let is_common = ["400", "401", "404", "415"].contains(&status.as_str());
                assert!(is_known || is_common, "{method} {path} answers {status}");
            }
        }
    }
    assert!(walked >= 20, "{walked}");
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(
            document["components"]["schemas"].get(name).is_some(),
            "{name} is not described"
        );
    }
    server.stop().await.unwrap();
}

#[tokio::test]
async fn anyone_reads_what_is_public() {
    let stage = ServedSale::open(2).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    stage.bid(&bidder, 1, 5000).await;
    stage.bid(&bidder, 1, 10).await;
    stage.hammer(1).await;
    let sale = stage.sale;
    let read = async |path: String| {
        let answered = get(&stage.server, &path, None).await;
        assert_eq!(answered.status, 200, "{path}: {answered:?}");
        answered.json()
    };
    // A hub is behind the answer by a moment: the list tells when it has come.
    let list = loop {
        let list = read("/api/sales".to_owned()).await;
        if list["sales"][0]["knockedDown"] == 1 {
            break list;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(list["sales"][0]["sale"], sale.to_string());
    assert_eq!(list["sales"][0]["phase"], "SALE_PHASE_OPEN");
    assert_eq!(list["sales"][0]["title"]["en"], "Sale");
    assert_eq!(list["sales"][0]["lots"], 2);

    let book = read(format!("/api/sales/{sale}")).await;
    assert_eq!(book["terms"]["currency"], "EGP");
    assert_eq!(book["lots"][0]["terms"]["english"]["opening"], "1000");
    let snapshot = read(format!("/api/sales/{sale}/snapshot")).await;
    assert_eq!(snapshot["sale"], sale.to_string());
    assert_eq!(snapshot["lots"][0]["outcome"], "LOT_OUTCOME_KNOCKED_DOWN");
    let lot = read(format!("/api/sales/{sale}/lots/1")).await;
    assert_eq!(lot["view"]["price"], "1000");
    let results = read(format!("/api/sales/{sale}/results")).await;
    assert_eq!(results["lots"][0]["buyer"], 7);
    let outright = json!([{ "unit": "", "lots": 1, "amount": "1000", "wholePrice": "0" }]);
    assert_eq!(results["totals"]["hammer"], outright);

    let history = read(format!("/api/sales/{sale}/lots/1/history")).await;
    let kinds: Vec<&str> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["LotAdded", "LotOpened", "BidAccepted", "LotClosed"]);
    let bid = &history["events"][2];
    assert_eq!(bid["data"]["shown"], "1000");
    assert!(bid["data"]["maximum"].get("ciphertext").is_none());
    assert!(
        bid.get("account").is_none(),
        "who it was is nobody's business"
    );
    let first = read(format!("/api/sales/{sale}/lots/1/history?limit=2")).await;
    let next = first["next"].as_str().unwrap();
    let rest = read(format!(
        "/api/sales/{sale}/lots/1/history?after={next}&limit=2"
    ))
    .await;
    assert_eq!(rest["events"][0]["kind"], "BidAccepted");
    assert!(rest.get("next").is_none());
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_history_tells_how_the_lot_stood_after_each_event() {
    let stage = ServedSale::open(1).await;
    let (_, bidder) = stage.person(Role::Bidder, 7).await;
    stage.bid(&bidder, 1, 5000).await;
    let reason = "lights out".to_owned();
    stage.act(Act::from(SaleAct::Pause { reason })).await;
    stage.act(Act::from(SaleAct::Resume)).await;
    stage.hammer(1).await;
    let path = format!("/api/sales/{}/lots/1/history", stage.sale);
    // A hub is behind the answer by a moment.
    let history = loop {
        let read = get(&stage.server, &path, None).await.json();
        if read["events"][5]["kind"] == "LotClosed" {
            break read;
        }
        tokio::task::yield_now().await;
    };
    let line = |at: usize| &history["events"][at];
    assert_eq!(line(2)["kind"], "BidAccepted");
    assert_eq!(line(2)["after"]["leader"], 7);
    assert_eq!(line(2)["after"]["price"], "1000");
    assert_eq!(line(2)["after"]["revision"], line(2)["revision"]);
    assert_eq!(line(3)["kind"], "SalePaused");
    assert_eq!(line(3)["paused"], true);
    assert_eq!(line(4)["kind"], "SaleResumed");
    assert!(line(4).get("paused").is_none());
    assert_eq!(line(5)["after"]["phase"], "LOT_PHASE_CLOSED");
    assert_eq!(line(5)["after"]["outcome"], "LOT_OUTCOME_KNOCKED_DOWN");
    assert_eq!(line(5)["after"]["price"], "1000");
    stage.server.stop().await.unwrap();
}

/// Who asks, where (`SALE` is the sale, `OTHER` none), and how it says no.
const REFUSED: [(&str, &str, u16, &str); 18] = [
    ("", "/api/sales/OTHER", 404, "sale-unknown"),
    ("", "/api/sales/x", 404, "sale-unknown"),
    ("", "/api/sales/SALE/lots/9", 404, "lot-unknown"),
    ("", "/api/sales/SALE/lots/0", 404, "lot-unknown"),
    ("", "/api/sales/SALE/lots/01", 404, "lot-unknown"),
    ("", "/api/sales/SALE/lots/x", 404, "lot-unknown"),
    (
        "",
        "/api/sales/SALE/lots/1/history?after=x",
        400,
        "malformed",
    ),
    (
        "",
        "/api/sales/SALE/lots/1/history?what=1",
        400,
        "malformed",
    ),
    ("", "/api/sales/SALE/mine", 401, "not-logged-in"),
    ("", "/api/sales/SALE/events", 401, "not-logged-in"),
    ("", "/api/nothing", 404, "not-found"),
    ("bidder", "/api/sales/SALE/events", 403, "not-permitted"),
    ("bidder", "/api/sales/OTHER/mine", 403, "not-permitted"),
    ("bidder", "/api/sales/SALE/answers/x", 400, "malformed"),
    ("clerk", "/api/sales/SALE/events", 403, "not-permitted"),
    ("clerk", "/api/people", 403, "not-permitted"),
    ("analyst", "/api/sales/SALE/mine", 403, "not-permitted"),
    ("forged", "/api/session", 401, "not-logged-in"),
];

#[tokio::test]
async fn a_route_says_no_with_a_fault_and_a_fitting_status() {
    let stage = ServedSale::open(1).await;
    let (bidder, _) = stage.person(Role::Bidder, 7).await;
    let (analyst, _) = stage.person(Role::Analyst, 0).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let sale = stage.sale.to_string();
    let other = uuid::Uuid::new_v4().to_string();
    for (who, path, status, code) in REFUSED {
        let token = match who {
            "bidder" => Some(bidder.as_str()),
            "clerk" => Some(clerk.as_str()),
            "analyst" => Some(analyst.as_str()),
            "forged" => Some("forged"),
            _ => None,
        };
        let path = path.replace("SALE", &sale).replace("OTHER", &other);
        let answered = get(&stage.server, &path, token).await;
        assert_eq!(
            (answered.status, answered.code().as_str()),
            (status, code),
            "{path}"
        );
        assert_eq!(answered.header("cache-control"), Some("no-store"), "{path}");
        let message = &answered.json()["message"];
        assert!(
            message["ar"].is_string() && message["en"].is_string(),
            "{path}"
        );
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_analyst_reads_every_event_page_by_page() {
    let stage = ServedSale::open(1).await;
    let (analyst, _) = stage.person(Role::Analyst, 0).await;
    let path = format!("/api/sales/{}/events?limit=3", stage.sale);
    let first = get(&stage.server, &path, Some(&analyst)).await.json();
    assert_eq!(first["events"].as_array().unwrap().len(), 3);
    assert_eq!(first["events"][0]["actor"], "engine");
    let next = first["next"].as_str().unwrap();
    let rest = get(
        &stage.server,
        &format!("{path}&after={next}"),
        Some(&analyst),
    )
    .await;
    assert_eq!(rest.json()["events"][0]["revision"], "3");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_bid_over_http_is_the_same_bid() {
    let stage = ServedSale::open(1).await;
    let (token, _) = stage.person(Role::Bidder, 7).await;
    let path = format!("/api/sales/{}/commands", stage.sale);
    let bid = serde_json::to_string(&stage.place(1, 2000)).unwrap();
    let answered = post(&stage.server, &path, Some(&token), &bid).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    assert_eq!(answered.json()["verdict"], "VERDICT_ACCEPTED");
    let again = post(&stage.server, &path, Some(&token), &bid).await;
    assert_eq!(again.body, answered.body);
    let mine = get(
        &stage.server,
        &format!("/api/sales/{}/mine", stage.sale),
        Some(&token),
    )
    .await;
    assert_eq!(mine.json()["maxima"][0]["maximum"], "2000");

    let hammer = stage.command(mazad_proto::v1::command::Act::HammerLot(Default::default()));
    let hammer = serde_json::to_string(&hammer).unwrap();
    let spaced = bid.replace("\"2000\"", "\"+2000\"");
    let elsewhere = format!("/api/sales/{}/commands", uuid::Uuid::new_v4());
    for (path, token, body, status, code, place) in [
        (&path, None, &bid, 401, "not-logged-in", None),
        (&path, Some(&token), &hammer, 403, "not-permitted", None),
        (
            &path,
            Some(&token),
            &spaced,
            400,
            "not-canonical",
            Some("placeBid.amount"),
        ),
        (
            &elsewhere,
            Some(&token),
            &bid,
            400,
            "malformed",
            Some("sale"),
        ),
    ] {
        let answered = post(&stage.server, path, token.map(String::as_str), body).await;
        assert_eq!(
            (answered.status, answered.code().as_str()),
            (status, code),
            "{body}"
        );
        assert_eq!(answered.json()["path"].as_str(), place, "{body}");
    }
    let plain = format!("authorization: Bearer {token}\r\n");
    let answered = request(&stage.server, "POST", &path, &plain, &bid).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (415, "wrong-encoding")
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn bodies_are_bounded_by_who_sends_them() {
    let stage = ServedSale::open(1).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let id = uuid::Uuid::new_v4();
    let mut terms = wire_sale_terms();
    terms.title.as_mut().unwrap().en = "x".repeat(20_000);
    let create = mazad_proto::v1::CreateSale { terms: Some(terms) };
    let act = Some(mazad_proto::v1::command::Act::CreateSale(create));
    let command = mazad_proto::v1::Command {
        id: id.to_string(),
        sale: id.to_string(),
        act,
    };
    let large = serde_json::to_string(&command).unwrap();
    let path = format!("/api/sales/{id}/commands");
    let answered = post(&stage.server, &path, Some(&clerk), &large).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (413, "too-large")
    );
    // Not too large for an admin's body, but for a title: the rules say so.
    let answered = post(&stage.server, &path, Some(&admin), &large).await;
    assert_ne!(answered.status, 413, "{answered:?}");
    let larger = large.replace(&"x".repeat(20_000), &"x".repeat(600_000));
    let answered = post(&stage.server, &path, Some(&admin), &larger).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (413, "too-large")
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_invite_becomes_a_login_once() {
    let stage = ServedSale::open(1).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let wanted = json!({ "role": "ROLE_BIDDER", "sale": stage.sale.to_string(), "paddle": 12,
        "limit": "500000", "label": "desk 1" });
    let invited = post(
        &stage.server,
        "/api/invites",
        Some(&clerk),
        &wanted.to_string(),
    )
    .await;
    assert_eq!(invited.status, 200, "{invited:?}");
    let invited = invited.json();
    let link = invited["link"].as_str().unwrap();
    let secret = link
        .strip_prefix(&format!("{}/enter#", stage.server.url()))
        .unwrap();
    assert!(invited["qrSvg"].as_str().unwrap().contains("<svg"));

    let redeem = json!({ "secret": secret }).to_string();
    let program = "content-type: application/json\r\nmazad-client: program\r\n";
    let entered = request(&stage.server, "POST", "/api/session", program, &redeem).await;
    assert_eq!(entered.status, 200, "{entered:?}");
    assert_eq!(entered.header("set-cookie"), None);
    let entered = entered.json();
    assert_eq!(entered["role"], "ROLE_BIDDER");
    assert_eq!(
        (entered["paddle"].as_u64(), &entered["account"]),
        (Some(12), &invited["account"])
    );
    let token = entered["token"].as_str().unwrap();
    let mine = get(
        &stage.server,
        &format!("/api/sales/{}/mine", stage.sale),
        Some(token),
    )
    .await;
    assert_eq!(
        (
            mine.json()["paddle"].as_u64(),
            mine.json()["limit"].as_str()
        ),
        (Some(12), Some("500000"))
    );
    let again = post(&stage.server, "/api/session", None, &redeem).await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (401, "invite-unknown")
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_invite_needs_the_right_and_a_paddle_that_is_free() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    // A paddle that somebody else has: the sale refuses it, and there is no link.
    let taken = json!({ "role": "ROLE_BIDDER", "sale": stage.sale.to_string(), "paddle": 7 });
    stage
        .act(Act::from(SaleAct::AdmitPaddle {
            paddle: mazad_engine::domain::Paddle(7),
            account: None,
            limit: None,
        }))
        .await;
    let refused = post(
        &stage.server,
        "/api/invites",
        Some(&clerk),
        &taken.to_string(),
    )
    .await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (409, "paddle-taken")
    );
    let staff = json!({ "role": "ROLE_CLERK", "label": "desk 2" }).to_string();
    assert_eq!(
        post(&stage.server, "/api/invites", Some(&clerk), &staff)
            .await
            .status,
        403
    );
    assert_eq!(
        post(&stage.server, "/api/invites", Some(&admin), &staff)
            .await
            .status,
        200
    );
    let people = get(&stage.server, "/api/people", Some(&admin)).await.json();
    assert!(people["people"].as_array().unwrap().len() >= 3);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_browser_logs_in_by_cookie_and_stays_on_its_own_site() {
    let stage = ServedSale::open(1).await;
    let office = stage.server.office();
    let invite = mazad_office::NewInvite {
        role: Role::Clerk,
        sale: None,
        paddle: None,
        account: None,
        label: String::new(),
        valid_for: None,
        logins: mazad_office::Logins::Keep,
    };
    let secret = office.invite(None, invite).await.unwrap().secret;
    let redeem = json!({ "secret": secret.as_str() }).to_string();
    let foreign = "content-type: application/json\r\norigin: https://evil.example\r\n";
    let answered = request(&stage.server, "POST", "/api/session", foreign, &redeem).await;
    assert_eq!(
        (answered.status, answered.code().as_str()),
        (403, "origin-foreign")
    );
    let own = format!(
        "content-type: application/json\r\norigin: {}\r\n",
        stage.server.url()
    );
    let entered = request(&stage.server, "POST", "/api/session", &own, &redeem).await;
    assert_eq!(entered.status, 200, "{entered:?}");
    assert!(
        entered.json().get("token").is_none(),
        "a page's scripts never see it"
    );
    let cookie = entered.header("set-cookie").unwrap();
    for part in ["mazad_session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Domain") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    let who = request(&stage.server, "GET", "/api/session", &cookie, "").await;
    assert_eq!(who.json()["role"], "ROLE_CLERK");
    let nobody = get(&stage.server, "/api/session", None).await;
    assert_eq!(nobody.json(), json!({ "role": "ROLE_WATCHER" }));
    let ticket = request(&stage.server, "POST", "/api/tickets", &cookie, "").await;
    assert!(ticket.json()["ticket"].is_string());
    let out = request(&stage.server, "DELETE", "/api/session", &cookie, "").await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    let who = request(&stage.server, "GET", "/api/session", &cookie, "").await;
    assert_eq!(who.json()["role"], "ROLE_WATCHER");
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let stage = ServedSale::open(1).await;
    for path in [
        "/",
        "/api/sales",
        "/healthz",
        "/api/nothing",
        "/nothing",
        "/openapi.json",
    ] {
        let answered = get(&stage.server, path, None).await;
        let policy = answered
            .header("content-security-policy")
            .unwrap_or_default();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(
            answered.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(
            answered.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn the_operator_sees_health_and_counters() {
    let stage = ServedSale::open(1).await;
    let (token, _) = stage.person(Role::Bidder, 7).await;
    let path = format!("/api/sales/{}/commands", stage.sale);
    let bid = serde_json::to_string(&stage.place(1, 10)).unwrap();
    post(&stage.server, &path, Some(&token), &bid).await;
    assert_eq!(get(&stage.server, "/healthz", None).await.status, 200);
    let ready = get(&stage.server, "/readyz", None).await;
    assert_eq!(
        (ready.status, ready.json()["sales"].as_u64()),
        (200, Some(1))
    );
    let (analyst, _) = stage.person(Role::Analyst, 0).await;
    let metrics = get(&stage.server, "/metrics", Some(&analyst)).await.body;
    for line in [
        r#"mazad_commands_total{outcome="refused",code="below-ask"} 1"#,
        "mazad_sales 1",
        "mazad_answer_seconds_count 1",
        "mazad_durable_events ",
        "# EOF",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    stage.server.stop().await.unwrap();
}
