use std::sync::Arc;

use mazad_engine::Engine;
use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::domain::{Bilingual, Currency, SaleId, SaleTerms};
use mazad_engine::store::MemoryStore;
use mazad_import::{Pick, Setting, Sheet, read_table};
use uuid::Uuid;

use super::*;

#[tokio::test]
async fn a_failure_midway_tells_how_far_it_came() {
    let vault = Arc::new(Vault::from_key([1; 32]));
    let store = Arc::new(MemoryStore::new());
    let engine = Engine::start(store, vault, Arc::new(SystemClock::new()))
        .await
        .unwrap();
    let title = Bilingual::both("Sale");
    let terms = SaleTerms::preset(title, Currency::parse("EGP").unwrap());
    let rows: String = (1..=150).map(|lot| format!("{lot},x,5\n")).collect();
    let table = format!("lot,title_en,opening\n{rows}");
    let sheet = Sheet::read(table.as_bytes(), "lots.csv", Pick::default()).unwrap();
    let setting = Setting::of(&terms).unwrap();
    let mut lots = read_table(&sheet, &setting).unwrap().lots;
    lots[149].lot = lots[0].lot;
    let plan = Plan::whole(SaleId(Uuid::from_u128(7)), terms, lots);
    let mut target = CommandTarget::Engine(engine.clone());
    let failed = carry_out(&plan, &mut target, Output::new(true)).await;
    let told = format!("{:#}", failed.unwrap_err().error);
    assert!(told.starts_with("100 of 150 lots are in"), "{told}");
    assert!(told.contains("lot-exists"), "{told}");
    engine.stop().await;
}
