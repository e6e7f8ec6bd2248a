//! Public pages: a page of a catalogue at a time, as the sale stands, in the words of whoever asks; and the
//! way in by a press.

use mazad_gateway::Limits;
use mazad_office::Role;

use crate::raw_http::Answered;
use crate::support::{ServedSale, get, request};

#[tokio::test]
async fn a_catalogue_comes_in_pages() {
    let stage = ServedSale::with_limits(Limits::unhindered(), 101).await;
    let page = async |query: &str| {
        let path = format!("/sales/{}?lang=en{query}", stage.sale);
        get(&stage.server, &path, None).await.body
    };
    let shows = |page: &str, lot: u32| page.contains(&format!("lots/{lot}\""));
    let first = page("").await;
    assert!(shows(&first, 1) && shows(&first, 100) && !shows(&first, 101));
    assert!(first.contains("page=2#lots"));
    for query in ["&page=2", "&page=999"] {
        let last = page(query).await;
        assert!(shows(&last, 101) && !shows(&last, 100), "{query}");
        assert!(last.contains("page=1#lots"), "{query}");
    }
    for query in ["&page=0", "&page=x", "&page=", "&page=-1"] {
        assert!(shows(&page(query).await, 1), "{query}");
    }
    stage.server.stop().await.unwrap();
}

/// The kept page is the one that would be rendered.
#[tokio::test]
async fn a_page_follows_the_sale_and_is_of_its_reader() {
    let stage = ServedSale::with_limits(Limits::unhindered(), 1).await;
    let (token, bidder) = stage.person(Role::Bidder, 7).await;
    let (_, rival) = stage.person(Role::Bidder, 8).await;
    let page = async |more: &str| {
        let path = format!("/sales/{}", stage.sale);
        request(&stage.server, "GET", &path, more, "").await
    };
    let plain = |answered: Answered| answered.body.replace(['\u{2068}', '\u{2069}'], "");
    let english = "accept-language: en\r\n";
    assert!(plain(page(english).await).contains("EGP 10"));
    assert!(!plain(page("accept-language: ar\r\n").await).contains("EGP 10"));
    stage.bid(&bidder, 1, 5000).await;
    stage.bid(&rival, 1, 3000).await;
    let known = format!("{english}authorization: Bearer {token}\r\n");
    for reader in [english, &known] {
        // The pages are behind what was decided by a moment.
        while !plain(page(reader).await).contains("EGP 31") {
            tokio::task::yield_now().await;
        }
        assert_eq!(page(reader).await.body, page(english).await.body);
    }
    let packed = page(&format!("{english}accept-encoding: deflate, gzip;q=0\r\n")).await;
    assert_eq!(packed.header("content-encoding"), None);
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn an_invitation_is_taken_by_a_press_without_a_script_too() {
    let stage = ServedSale::open(1).await;
    let (clerk, _) = stage.person(Role::Clerk, 0).await;
    let invite = format!(r#"{{"role":"bidder","sale":"{}","paddle":7}}"#, stage.sale);
    let more = format!("content-type: application/json\r\nauthorization: Bearer {clerk}\r\n");
    let invited = request(&stage.server, "POST", "/api/invites", &more, &invite).await;
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    let page = get(&stage.server, "/enter?lang=en", None).await;
    assert_eq!(
        page.header("referrer-policy"),
        Some("same-origin"),
        "for the form's origin"
    );
    assert!(page.body.contains(r#"method="post" action="/enter""#));
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let press = async |more: &str, secret: &str| {
        let body = format!("secret={}", secret.replace('#', "%23").replace('/', "%2F"));
        request(
            &stage.server,
            "POST",
            "/enter",
            &format!("{form}{more}"),
            &body,
        )
        .await
    };
    let foreign = press("origin: https://evil.example\r\n", &link).await;
    assert_eq!(foreign.code(), "origin-foreign");
    let entered = press("", &link).await;
    assert_eq!(entered.status, 303, "{entered:?}");
    let room = format!("/bid/{}", stage.sale);
    assert_eq!(entered.header("location"), Some(room.as_str()));
    assert!(entered.header("set-cookie").unwrap().contains("HttpOnly"));
    assert_eq!(press("", &link).await.code(), "invite-unknown", "once");
    stage.server.stop().await.unwrap();
}
