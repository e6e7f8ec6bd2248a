use std::sync::Arc;

use mazad_engine::clock::SystemClock;
use mazad_engine::codec::Vault;
use mazad_engine::domain::{Bilingual, Currency, SaleId, SaleTerms};
use mazad_engine::store::MemoryStore;
use mazad_import::{Setting, Sheet, read_table};
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
    let table = b"lot,title_en,opening\n1,x,5\n2,y,5\n3,z,5\n";
    let sheet = Sheet::read(table, "lots.csv", None).unwrap();
    let mut lots = read_table(&sheet, &Setting::of(&terms).unwrap()).unwrap();
    lots[2].lot = lots[0].lot;
    let plan = Plan::whole(SaleId(Uuid::from_u128(7)), terms, lots);
    let mut target = ImportTarget::Engine(engine.clone());
    let failed = carry_out(&plan, &mut target, Output::new(true)).await;
    let told = format!("{:#}", failed.unwrap_err().error);
    assert!(told.starts_with("2 of 3 lots are in"), "{told}");
    assert!(told.contains("lot-exists"), "{told}");
    engine.stop().await;
}
