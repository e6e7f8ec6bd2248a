//! The log as a later reader finds it: in the folder of a server that was killed, with its key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use mazad_engine::codec::{self, Vault};
use mazad_engine::domain::{
    Actor, BidEvent, BidKind, CommandId, Event, LotEvent, LotNo, Recorded, Refusal, SaleId, Secret,
};
use mazad_engine::store::log::EmbeddedStore;
use mazad_engine::store::{EventStore, RecordedEvent, Revision, StreamId};
use mazad_projections::live::{LiveSale, LotLive};
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use uuid::Uuid;

use super::traffic::Receipt;

/// Events read at once.
const PAGE: usize = 1_000;

/// Where the events of a command stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ReceiptPlace {
    first: u64,
    last: u64,
}

/// How a lot stands after an event, as answers and watchers are told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stand {
    price: i64,
    ask: i64,
    leader: u32,
    ends_at: u64,
}

/// Everything that has ever been in the log of one sale.
#[derive(Debug)]
pub(super) struct Ledger {
    stream: StreamId,
    events: Vec<RecordedEvent>,
    decoded: Vec<Recorded>,
    places: BTreeMap<(Actor, CommandId), ReceiptPlace>,
    live: LiveSale,
    /// By revision: how the event's lot stands after it.
    stands: Vec<Option<Stand>>,
    /// By public revision, from 1: the revision of its event.
    public: Vec<u64>,
}

impl Ledger {
    pub(super) fn new(sale: &str) -> anyhow::Result<Self> {
        let sale = Uuid::parse_str(sale)?;
        Ok(Self {
            stream: StreamId::sale(sale),
            events: Vec::new(),
            decoded: Vec::new(),
            places: BTreeMap::new(),
            live: LiveSale::new(SaleId(sale)),
            stands: Vec::new(),
            public: Vec::new(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Reads the folder of a stopped server. What was there before must be there still, unmoved and
    /// unchanged.
    pub(super) async fn read_on(&mut self, data: &Path) -> anyhow::Result<()> {
        let vault = Vault::open(&data.join("engine.key")).context("the engine's key")?;
        let store = EmbeddedStore::open_read_only(data)?;
        let mut index = 0;
        loop {
            let from = Revision(u64::try_from(index)?);
            let page = store.read(&self.stream, from, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for event in page {
                self.take(index, event, &vault)?;
                index += 1;
            }
        }
        let known = self.events.len();
        ensure!(index >= known, "{index} events, there were {known}");
        Ok(())
    }

    fn take(&mut self, index: usize, event: RecordedEvent, vault: &Vault) -> anyhow::Result<()> {
        if let Some(known) = self.events.get(index) {
            ensure!(*known == event, "event {index} has changed");
            return Ok(());
        }
        let recorded = codec::decode(&event, Some(vault))?;
        let revision = u64::try_from(index)?;
        let found = recorded.revision;
        ensure!(found == revision, "event {index} stands at {found}");
        let key = (recorded.meta.actor, recorded.meta.command);
        let place = self.places.entry(key).or_insert(ReceiptPlace {
            first: revision,
            last: revision,
        });
        let follows = place.last == revision || place.last + 1 == revision;
        ensure!(follows, "{:?} at {place:?} and again at {revision}", key.1);
        place.last = revision;
        self.live.apply(&recorded);
        let lot = recorded.event.lot().and_then(|lot| self.live.lot(lot));
        self.stands.push(lot.map(Stand::of));
        if recorded.event.is_public() {
            self.public.push(revision);
        }
        self.events.push(event);
        self.decoded.push(recorded);
        Ok(())
    }

    /// Every answer is in the log, at its place, with its content.
    pub(super) fn compare(&self, receipts: &[Receipt]) -> anyhow::Result<()> {
        for receipt in receipts {
            let id = &receipt.answer.id;
            self.compare_one(receipt)
                .with_context(|| format!("the answer to {id}"))?;
        }
        Ok(())
    }

    fn compare_one(&self, receipt: &Receipt) -> anyhow::Result<()> {
        let answer = &receipt.answer;
        let recorded = self.told_by(receipt)?;
        let meta = &recorded.meta;
        let same = meta.command.0.to_string() == answer.id;
        ensure!(same, "another command stands at its place");
        let is_bidder = matches!(meta.actor, Actor::Bidder(_));
        ensure!(is_bidder == (receipt.paddle > 0), "somebody else's");
        let place = self.places.get(&(meta.actor, meta.command));
        let claimed = ReceiptPlace {
            first: answer.first_revision,
            last: answer.last_revision,
        };
        ensure!(place == Some(&claimed), "at {place:?}, says {claimed:?}");
        ensure!(meta.at.0 == answer.at, "another time of decision");
        ensure!(meta.arrived.0 == answer.arrived, "another arrival");
        let after = self.stand_at(answer.last_revision)?;
        let told = Stand {
            price: answer.price,
            ask: answer.ask,
            leader: answer.leader,
            ends_at: answer.ends_at,
        };
        ensure!(after == Some(told), "says {told:?}, the log {after:?}");
        same_content(receipt, &recorded.event)
    }

    /// The first event that an answer tells of.
    fn told_by(&self, receipt: &Receipt) -> anyhow::Result<&Recorded> {
        let first = usize::try_from(receipt.answer.first_revision)?;
        self.decoded.get(first).context("is lost")
    }

    fn stand_at(&self, revision: u64) -> anyhow::Result<Option<Stand>> {
        let stand = self.stands.get(usize::try_from(revision)?);
        stand.copied().context("is lost")
    }

    fn stand_at_public(&self, public_revision: u64) -> anyhow::Result<Option<Stand>> {
        let index = public_revision
            .checked_sub(1)
            .context("before all events")?;
        let revision = self.public.get(usize::try_from(index)?);
        self.stand_at(*revision.context("is lost")?)
    }

    /// Whatever a watcher has heard of a lot is in the log, at the public revision that was named.
    pub(super) fn compare_heard(&self, heard: &[v1::LotView]) -> anyhow::Result<()> {
        for view in heard {
            let (lot, revision) = (view.lot, view.revision);
            let after = self.stand_at_public(revision);
            let after = after.with_context(|| format!("lot {lot} at {revision} was heard"))?;
            let told = Stand {
                price: view.price,
                ask: view.ask,
                leader: view.leader,
                ends_at: view.ends_at,
            };
            let same = after == Some(told);
            ensure!(same, "lot {lot}: {told:?} was heard, the log has {after:?}");
        }
        Ok(())
    }

    /// What was decided for those who hold answers is exactly what they were told.
    pub(super) fn compare_sets(&self, receipts: &[Receipt]) -> anyhow::Result<()> {
        let mut told: Vec<(Actor, CommandId)> = Vec::new();
        for receipt in receipts {
            let meta = &self.told_by(receipt)?.meta;
            told.push((meta.actor, meta.command));
        }
        told.sort_unstable();
        let actors: BTreeSet<Actor> = told.iter().map(|(actor, _)| *actor).collect();
        let keys = self.places.keys().copied();
        let decided: Vec<_> = keys.filter(|(actor, _)| actors.contains(actor)).collect();
        let (many, few) = (decided.len(), told.len());
        ensure!(decided == told, "{many} decided, {few} told");
        Ok(())
    }

    /// A timed lot has ended, once and not early.
    pub(super) fn ended_in_time(&self, lot: LotNo) -> anyhow::Result<()> {
        let ends = self.decoded.iter().filter(
            |recorded| matches!(&recorded.event, Event::Lot(closed, LotEvent::Closed { .. }) if *closed == lot),
        );
        let ends: Vec<&Recorded> = ends.collect();
        let [end] = ends.as_slice() else {
            bail!("{lot} ended {} times", ends.len())
        };
        let before = self.decoded.iter().take(usize::try_from(end.revision)?);
        let mut live = LiveSale::new(SaleId(Uuid::nil()));
        for recorded in before {
            live.apply(recorded);
        }
        let due = live.lot(lot).and_then(|lot| lot.ends_at);
        ensure!(due <= Some(end.meta.at), "{lot} ended before {due:?}");
        Ok(())
    }
}

impl Stand {
    fn of(lot: &LotLive) -> Self {
        Self {
            price: lot.price.map_or(0, mazad_engine::domain::Money::minor),
            ask: lot.ask.map_or(0, mazad_engine::domain::Money::minor),
            leader: lot.leader.map_or(0, |paddle| paddle.0),
            ends_at: lot.ends_at.map_or(0, |at| at.0),
        }
    }
}

fn same_content(receipt: &Receipt, event: &Event) -> anyhow::Result<()> {
    let (answer, paddle) = (&receipt.answer, receipt.paddle);
    let lot = event.lot().map_or(0, |lot| lot.0);
    ensure!(lot == answer.lot, "lot {} and lot {lot}", answer.lot);
    if let Event::Refused { refusal, .. } = event {
        ensure!(answer.verdict() == v1::Verdict::Refused, "was not refused");
        return same_refusal(answer, refusal);
    }
    ensure!(answer.verdict() == v1::Verdict::Accepted, "was accepted");
    let act = receipt.command.act.as_ref().context("an act")?;
    let result = match (act, event) {
        (Act::PlaceBid(place), Event::Lot(_, LotEvent::Bid(BidEvent::Accepted(bid)))) => {
            ensure!(bid.paddle.0 == paddle, "another paddle");
            let is_flat = bid.kind == BidKind::Flat;
            ensure!(is_flat == (place.kind() == v1::BidKind::Flat), "a kind");
            same_amount(bid.maximum, place.amount)?;
            match bid.leader == bid.paddle {
                true => v1::BidResult::Leading,
                false => v1::BidResult::Outbid,
            }
        }
        (
            Act::PlaceBid(place),
            Event::Lot(
                _,
                LotEvent::Bid(BidEvent::MaximumChanged {
                    paddle: by,
                    maximum,
                    ..
                }),
            ),
        ) => {
            ensure!(by.0 == paddle, "another paddle");
            same_amount(*maximum, place.amount)?;
            v1::BidResult::MaximumMoved
        }
        (Act::WarnLot(_), Event::Lot(_, LotEvent::Warned { .. })) => v1::BidResult::Unspecified,
        (Act::SetAsk(set), Event::Lot(_, LotEvent::Bid(BidEvent::AskSet { ask, .. }))) => {
            ensure!(ask.minor() == set.ask, "another ask");
            v1::BidResult::Unspecified
        }
        _ => bail!("asked {act:?}, the log says {event:?}"),
    };
    ensure!(
        answer.result() == result,
        "{:?} for {result:?}",
        answer.result()
    );
    Ok(())
}

/// What a bidder offered is what is sealed in the log.
fn same_amount(stored: Secret, offered: i64) -> anyhow::Result<()> {
    let stored = stored.open().context("the key opens it")?.minor();
    ensure!(stored == offered, "{offered} was bid, {stored} is stored");
    Ok(())
}

fn same_refusal(answer: &v1::Answer, refusal: &Refusal) -> anyhow::Result<()> {
    let figures = refusal.figures.iter().map(|(name, value)| v1::Figure {
        name: name.as_str().to_owned(),
        value: *value,
    });
    let figures: Vec<v1::Figure> = figures.collect();
    ensure!(answer.code == refusal.code.as_str(), "another code");
    ensure!(answer.rule == refusal.code.rule(), "another rule");
    ensure!(answer.figures == figures, "other figures");
    Ok(())
}
