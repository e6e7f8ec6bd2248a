//! A catalogue that is sent as a spreadsheet: shown first, imported once it is named as it was shown.

use mazad_engine::domain::SaleId;
use mazad_gateway::limits::IMPORT_BODY_BYTES_MAX;
use mazad_office::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::raw_http::Answered;
use crate::support::{ServedSale, get, request};

const PATH: &str = "/api/v1/import";
const TABLE: &str = "lot,title_en,opening,reserve\n1,Land,1000.50,7531\n2,Shop,2000,\n";

async fn send(stage: &ServedSale, token: &str, query: &str, table: &str) -> Answered {
    let head =
        format!("content-type: application/octet-stream\r\nauthorization: Bearer {token}\r\n");
    let address = format!("{PATH}?{query}");
    request(&stage.server, "POST", &address, &head, table).await
}

async fn lots_of(stage: &ServedSale, token: &str, sale: &str) -> Option<usize> {
    let answered = get(&stage.server, &format!("/api/sales/{sale}"), Some(token)).await;
    let told = (answered.status == 200).then(|| answered.json())?;
    Some(told["lots"].as_array().map_or(0, Vec::len))
}

#[tokio::test]
async fn a_table_is_shown_first_and_imported_once_it_is_named() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let shown = send(&stage, &admin, "titleEn=New", TABLE).await.json();
    assert_eq!(
        (&shown["done"], &shown["wrong"]),
        (&json!(false), &json!(0))
    );
    let understood = &shown["understood"];
    assert_eq!(
        (&understood["adds"], &understood["createsSale"]),
        (&json!(2), &json!(true))
    );
    let lot = &understood["lots"][0];
    assert_eq!(lot["opening"]["minor"], "100050");
    assert_eq!(lot["opening"]["currency"], "EGP");
    // R4: that there is a base is told, how much it is nowhere.
    assert_eq!(lot["hasReserve"], true);
    assert!(!shown.to_string().contains("7531"), "{shown}");
    let sale = understood["sale"].as_str().unwrap().to_owned();
    assert_eq!(
        lots_of(&stage, &admin, &sale).await,
        None,
        "nothing was done"
    );

    let plan = shown["plan"].as_str().unwrap();
    let named = format!("titleEn=New&plan={plan}");
    // Another file under the same name is shown, and not imported.
    let other = send(&stage, &admin, &named, &TABLE.replace("7531", "7532")).await;
    assert_eq!(other.json()["done"], false, "{other:?}");
    assert_eq!(lots_of(&stage, &admin, &sale).await, None);
    let done = send(&stage, &admin, &named, TABLE).await;
    assert_eq!(done.json()["done"], true, "{done:?}");
    while lots_of(&stage, &admin, &sale).await != Some(2) {
        tokio::task::yield_now().await;
    }
    // What was shown before is not what would be done now: it is shown again.
    let again = send(&stage, &admin, &named, TABLE).await.json();
    assert_eq!(
        (&again["done"], &again["understood"]["alreadyThere"]),
        (&json!(false), &json!(2))
    );
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_table_with_mistakes_says_each_cell_and_does_nothing() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let table = "lot,title_en,opening\n1,Land,dear\n2,Shop,cheap\n";
    let wrong: Value = send(&stage, &admin, "titleEn=New&name=a.csv", table)
        .await
        .json();
    assert_eq!((&wrong["wrong"], &wrong["plan"]), (&json!(2), &json!("")));
    let problem = &wrong["problems"][0];
    assert_eq!(
        (&problem["cell"], &problem["sheet"]),
        (&json!("C2"), &json!("a.csv"))
    );
    for hostile in ["PK\u{3}\u{4}nothing", "\u{0}\u{1}\u{2}", ""] {
        let answered = send(&stage, &admin, "titleEn=New", hostile).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        assert_ne!(answered.json()["wrong"], json!(0), "{answered:?}");
    }
    stage.server.stop().await.unwrap();
}

#[tokio::test]
async fn a_table_is_for_admins_within_its_bounds() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    for role in [Role::Clerk, Role::Auctioneer, Role::Analyst, Role::Bidder] {
        let (token, _) = stage.person(role, 9).await;
        let denied = send(&stage, &token, "titleEn=New", TABLE).await;
        assert_eq!(denied.code(), "not-permitted", "{role}");
        let denied = get(&stage.server, "/api/v1/backup", Some(&token)).await;
        assert_eq!(denied.code(), "not-permitted", "{role}");
    }
    for (query, path) in [
        ("titleEn=New&currency=XYZZY", "currency"),
        ("titleEn=New&timeZone=Nowhere/At", "timeZone"),
        ("titleEn=New&opensAt=soon", "opensAt"),
        ("titleEn=New&opensAt=2001-01-01T10:00", "opensAt"),
        ("titleEn=New&increments=many", "increments"),
        ("titleEn=New&hidden=some", "hidden"),
        ("titleEn=New&plan=this", "plan"),
        ("", "titleAr"),
    ] {
        let refused = send(&stage, &admin, query, TABLE).await;
        assert_eq!(refused.code(), "malformed", "{query}");
        assert_eq!(refused.json()["path"], path, "{query}");
    }
    let nowhere = SaleId(uuid::Uuid::new_v4());
    let unknown = send(&stage, &admin, &format!("sale={nowhere}"), TABLE).await;
    assert_eq!(unknown.code(), "sale-unknown");
    let head = format!("content-type: text/csv\r\nauthorization: Bearer {admin}\r\n");
    let other = request(
        &stage.server,
        "POST",
        &format!("{PATH}?titleEn=New"),
        &head,
        TABLE,
    )
    .await;
    assert_eq!(other.code(), "wrong-encoding");
    assert!(says_too_large(&stage, &admin).await);
    stage.server.stop().await.unwrap();
}

/// Whether more than 4 MiB are refused before they have come.
async fn says_too_large(stage: &ServedSale, token: &str) -> bool {
    let mut stream = TcpStream::connect(stage.server.address()).await.unwrap();
    let head = format!(
        "POST {PATH}?titleEn=New HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         content-type: application/octet-stream\r\ncontent-length: {}\r\n\r\n",
        IMPORT_BODY_BYTES_MAX + 1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.starts_with("HTTP/1.1 413") && answer.contains("too-large")
}

/// A sale that is published keeps its lots; new ones come to it.
#[tokio::test]
async fn a_published_sale_gets_what_is_new() {
    let stage = ServedSale::open(1).await;
    let (admin, _) = stage.person(Role::Admin, 0).await;
    let sale = stage.sale.to_string();
    let table = "lot,title_en,opening,increments\n7,Land,1000,0:100\n";
    let shown = send(&stage, &admin, &format!("sale={sale}"), table)
        .await
        .json();
    let understood = &shown["understood"];
    assert_eq!(
        (&understood["draft"], &understood["adds"]),
        (&json!(false), &json!(1)),
        "{shown}"
    );
    let named = format!("sale={sale}&plan={}", shown["plan"].as_str().unwrap());
    assert_eq!(
        send(&stage, &admin, &named, table).await.json()["done"],
        true
    );
    while lots_of(&stage, &admin, &sale).await != Some(2) {
        tokio::task::yield_now().await;
    }
    stage.server.stop().await.unwrap();
}
