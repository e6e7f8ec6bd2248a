//! The read model beside a real server: searched by anybody, made anew when its file is of no use, and
//! never in the way of the sale.
#![cfg(test)]

use std::time::Duration;

use mazad_client::Client;
use mazad_engine::domain::{Bilingual, Mode, Running};
use mazad_loadtests::PATIENCE;
use mazad_loadtests::process::{Served, program};
use mazad_loadtests::scene;
use serde_json::Value;
use tokio::time::{interval, timeout};

/// Asks again until the answer is as wanted: the model follows the sale at its own pace.
async fn until(anybody: &Client, path: &str, wanted: impl Fn(u16, &str) -> bool) -> String {
    let asked = async {
        let mut again = interval(Duration::from_millis(20));
        loop {
            again.tick().await;
            let reply = anybody.get(path).await.unwrap();
            let text = String::from_utf8(reply.body.to_vec()).unwrap();
            if wanted(reply.status, &text) {
                return text;
            }
        }
    };
    timeout(PATIENCE, asked)
        .await
        .unwrap_or_else(|_| panic!("{path}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lots_are_found_however_their_words_are_typed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    // Whatever lies where the model belongs keeps no server from starting.
    std::fs::write(data.join("queries.sqlite"), "no database ".repeat(999)).unwrap();
    let program = program().unwrap();
    let served = {
        let data = data.clone();
        tokio::task::spawn_blocking(move || Served::start(&program, &data))
    };
    let served = served.await.unwrap().unwrap();
    let admin = served.admin();
    let mut sale = admin
        .sale(&scene::sale_terms("sale", "EGP").unwrap())
        .await
        .unwrap();
    for (ar, en) in [("نُحاس قديم", "Old copper"), ("حديد", "Iron <b>")] {
        let table = scene::increments(Mode::Additive, &[(0, 100)]).unwrap();
        let opening = scene::money(1_000).unwrap();
        let mut terms = scene::lot_terms("", opening, table, Running::Clerked);
        terms.title = Bilingual {
            ar: ar.to_owned(),
            en: en.to_owned(),
        };
        sale.lot(&terms).await.unwrap();
    }
    sale.publish().await.unwrap();
    let anybody = Client::new(served.url()).unwrap();
    // نحاس, in an address.
    let copper = "/api/search?q=%D9%86%D8%AD%D8%A7%D8%B3";
    let told = until(&anybody, copper, |status, text| {
        status == 200 && text.contains("copper")
    })
    .await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let lots = told["lots"].as_array().unwrap();
    assert_eq!(lots.len(), 1, "{told}");
    assert_eq!(
        (&lots[0]["sale"], &lots[0]["lot"]),
        (&Value::from(sale.id.clone()), &Value::from(1))
    );
    let both = until(&anybody, "/api/search?q=sale+iron", |_, _| true).await;
    assert_eq!(both, r#"{"lots":[]}"#, "every word must be there");
    let unsaid = anybody.get("/api/search").await.unwrap();
    assert_eq!(unsaid.status, 400);

    // The page of the same, without a script.
    let page = until(&anybody, "/?q=IRON&lang=en", |_, text| {
        text.contains("Iron")
    })
    .await;
    assert!(page.contains("Iron &lt;b&gt;") && !page.contains("copper"));
    assert!(page.contains(&format!("/sales/{}/lots/2", sale.id)));
    let page = until(&anybody, "/?q=gold&lang=ar", |_, _| true).await;
    assert!(page.contains("لا لوط فيه كل هذه الكلمات."), "{page}");

    let metrics = until(admin.client(), "/metrics", |_, _| true).await;
    let position = metrics
        .lines()
        .find_map(|line| line.strip_prefix("mazad_read_model_position "));
    assert!(position.unwrap().parse::<u64>().unwrap() > 3, "{metrics}");
}
