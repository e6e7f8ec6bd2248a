//! The log as a stranger reads it: from the folder of a server that was killed, without the key.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use mazad_engine::codec;
use mazad_engine::domain::{Actor, CommandId, Event, Recorded};
use mazad_engine::store::embedded::EmbeddedStore;
use mazad_engine::store::{EventStore, RecordedEvent, Revision, StreamId};
use mazad_proto::v1;
use uuid::Uuid;

use super::traffic::Receipt;

/// Events read at once.
const PAGE: usize = 1_000;

/// Where the events of a command stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    first: u64,
    last: u64,
}

/// Everything that has ever been in the log of one sale.
#[derive(Debug)]
pub(super) struct Ledger {
    stream: StreamId,
    events: Vec<RecordedEvent>,
    decoded: Vec<Recorded>,
    places: BTreeMap<(Actor, CommandId), Place>,
}

impl Ledger {
    pub(super) fn new(sale: &str) -> anyhow::Result<Self> {
        let stream = StreamId::sale(Uuid::parse_str(sale)?);
        Ok(Self {
            stream,
            events: Vec::new(),
            decoded: Vec::new(),
            places: BTreeMap::new(),
        })
    }

    /// How many events.
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// Reads the folder of a stopped server. What was there before must be there still, unmoved and
    /// unchanged.
    pub(super) async fn read_on(&mut self, data: &Path) -> anyhow::Result<()> {
        let store = EmbeddedStore::open_read_only(data)?;
        let mut index = 0;
        loop {
            let from = Revision(u64::try_from(index)?);
            let page = store.read(&self.stream, from, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for event in page {
                self.take(index, event)?;
                index += 1;
            }
        }
        ensure!(
            index >= self.events.len(),
            "{} events, there were {}",
            index,
            self.events.len()
        );
        Ok(())
    }

    fn take(&mut self, index: usize, event: RecordedEvent) -> anyhow::Result<()> {
        if let Some(known) = self.events.get(index) {
            ensure!(*known == event, "event {index} has changed");
            return Ok(());
        }
        let recorded = codec::decode(&event, None)?;
        let revision = u64::try_from(index)?;
        ensure!(
            recorded.revision == revision,
            "event {index} stands at {}",
            recorded.revision
        );
        let key = (recorded.meta.actor, recorded.meta.command);
        match self.places.get_mut(&key) {
            None => {
                self.places.insert(
                    key,
                    Place {
                        first: revision,
                        last: revision,
                    },
                );
            }
            Some(place) if place.last + 1 == revision => place.last = revision,
            Some(place) => bail!("command {:?} at {place:?} and again at {revision}", key.1),
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
        let first = usize::try_from(answer.first_revision)?;
        let recorded = self.decoded.get(first).context("is lost")?;
        let command = recorded.meta.command;
        ensure!(
            command.0.to_string() == answer.id,
            "another command stands at its place"
        );
        ensure!(
            matches!(recorded.meta.actor, Actor::Bidder(_)),
            "somebody else's"
        );
        let place = self
            .places
            .get(&(recorded.meta.actor, command))
            .context("is lost")?;
        let claimed = Place {
            first: answer.first_revision,
            last: answer.last_revision,
        };
        ensure!(*place == claimed, "stands at {place:?}, says {claimed:?}");
        ensure!(recorded.meta.at.0 == answer.at, "another time of decision");
        ensure!(
            recorded.meta.arrived.0 == answer.arrived,
            "another time of arrival"
        );
        same_content(receipt, &recorded.event)
    }

    /// What was decided for bidders is exactly what they were told.
    pub(super) fn compare_sets(&self, receipts: &[Receipt]) -> anyhow::Result<()> {
        let decided = self
            .places
            .keys()
            .filter(|(actor, _)| matches!(actor, Actor::Bidder(_)));
        let mut decided: Vec<String> = decided.map(|(_, command)| command.0.to_string()).collect();
        let mut told: Vec<String> = receipts
            .iter()
            .map(|receipt| receipt.answer.id.clone())
            .collect();
        decided.sort();
        told.sort();
        ensure!(
            decided == told,
            "{} decided, {} told",
            decided.len(),
            told.len()
        );
        Ok(())
    }
}

fn same_content(receipt: &Receipt, event: &Event) -> anyhow::Result<()> {
    let (answer, asked) = (&receipt.answer, &receipt.command.act);
    let Some(v1::command::Act::PlaceBid(place)) = asked else {
        bail!("not a bid")
    };
    match (answer.verdict(), event) {
        (v1::Verdict::Accepted, Event::BidAccepted(bid)) => {
            ensure!(bid.lot.0 == place.lot, "another lot");
            ensure!(bid.paddle.0 == receipt.paddle, "another paddle");
            ensure!(bid.price.minor() == answer.price, "another price");
            ensure!(bid.leader.0 == answer.leader, "another leader");
            ensure!(bid.ask.minor() == answer.ask, "another ask");
        }
        (v1::Verdict::Accepted, Event::MaximumChanged { lot, paddle, .. }) => {
            ensure!(
                (lot.0, paddle.0) == (place.lot, receipt.paddle),
                "another bid"
            );
        }
        (v1::Verdict::Refused, Event::CommandRefused { lot, refusal }) => {
            ensure!(lot.map(|lot| lot.0) == Some(place.lot), "another lot");
            ensure!(refusal.code.as_str() == answer.code, "another code");
        }
        _ => bail!("says {:?}, the log says {event:?}", answer.verdict()),
    }
    Ok(())
}
