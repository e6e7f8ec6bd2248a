//! The store's promise as the engine's callers meet it: whatever was answered or heard is there after
//! the crash, on a disk that forgets what was not synced. A killed process cannot show this, since the
//! kernel keeps what the process has written.

use mazad_engine::clock::ManualClock;
use mazad_engine::codec::command::of_act;
use mazad_engine::codec::{Vault, meta_of};
use mazad_engine::domain::{Act, Actor, Answer, CommandId, Paddle, SaleAct, SaleId, StaffId, Time};
use mazad_engine::store::Subscription;
use mazad_engine::testing::sale_terms;
use mazad_engine::{Engine, SubmitError};
use parking_lot::Mutex;

use super::*;

const START: Time = Time(1_790_000_000_000_000);
const SALE: SaleId = SaleId(Uuid::from_u128(1));

/// What the engine let out.
#[derive(Debug, Default)]
struct Told {
    answers: Vec<(CommandId, Answer)>,
    heard: Vec<RecordedEvent>,
}

/// Makes a sale and admits paddles, some at once, until it is done or the disk is gone.
async fn run(dir: &Path, disk: &FaultyDisk) -> Told {
    let mut told = Told::default();
    let options = options().disk(Arc::new(disk.clone())).on_poison(|_| ());
    let Ok(store) = EmbeddedStore::open(dir, options) else {
        return told;
    };
    let store = Arc::new(store);
    let events: Arc<dyn EventStore> = Arc::<EmbeddedStore>::clone(&store);
    let heard: Arc<Mutex<Vec<RecordedEvent>>> = Arc::default();
    let hearing = tokio::spawn({
        let mut new = Subscription::all(Arc::clone(&events), Position(0));
        let heard = Arc::clone(&heard);
        async move {
            while let Ok(Some(batch)) = new.next_batch().await {
                heard.lock().extend(batch);
            }
        }
    });
    let vault = Arc::new(Vault::from_key([7; 32]));
    let clock = Arc::new(ManualClock::at(START));
    if let Ok(engine) = Engine::start(events, vault, clock).await {
        let terms = sale_terms();
        let made = submit(&engine, 0, Act::from(SaleAct::Create { terms })).await;
        told.answers.extend(made.ok());
        for round in 0..4 {
            let admitted = join_all((1..=3).map(|one| {
                let number = round * 3 + one;
                let act = Act::from(SaleAct::AdmitPaddle {
                    paddle: Paddle(number),
                    account: None,
                    limit: None,
                });
                submit(&engine, number, act)
            }));
            told.answers.extend(admitted.await.into_iter().flatten());
        }
        engine.stop().await;
    }
    let _failed_already = store.close();
    hearing.abort();
    told.heard.append(&mut heard.lock());
    told
}

async fn submit(
    engine: &Engine,
    number: u32,
    act: Act,
) -> Result<(CommandId, Answer), SubmitError> {
    let id = CommandId(Uuid::from_u128(number.into()));
    let clerk = Actor::Staff(StaffId(Uuid::from_u128(9)));
    let command = of_act((SALE, id), clerk, START, act, engine.vault());
    let answer = engine.submit(SALE, command, engine.arrive()).await?;
    Ok((id, answer))
}

async fn check(dir: &Path, told: &Told, what: &str) {
    let store = open(dir);
    let there = all(&store).await;
    for event in &told.heard {
        let index = usize::try_from(event.position.0).unwrap();
        assert_eq!(there.get(index), Some(event), "{what}: heard and lost");
    }
    let of_sale = StreamId::sale(SALE.0);
    let events = store.read(&of_sale, Revision(0), usize::MAX).await.unwrap();
    for (id, answer) in &told.answers {
        for revision in answer.first..=answer.last {
            let event = events.get(usize::try_from(revision).unwrap());
            let event = event.unwrap_or_else(|| panic!("{what}: {id} was answered and is lost"));
            assert_eq!(meta_of(event).unwrap().command, *id, "{what}");
        }
    }
}

#[test]
fn nothing_is_answered_or_heard_before_its_sync() {
    for n in 0.. {
        let (dir, disk) = (folder(), FaultyDisk::new());
        disk.fail_after(n, Fault::Errno(EIO), true);
        let what = format!("EIO from call {n} on");
        let told = runtime().block_on(async {
            let told = run(dir.path(), &disk).await;
            check(dir.path(), &told, &what).await;
            told
        });
        if disk.calls().len() <= n {
            assert_eq!(told.answers.len(), 13, "{what}: nothing failed");
            assert!(told.heard.len() > 13, "the writer's start was heard too");
            break;
        }
    }
}
