//! What the gateway counts, in the text form that Prometheus reads.

use std::time::Duration;

use mazad_engine::domain::{Answer, Verdict};
use mazad_proto::Encoding;
use parking_lot::Mutex;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Bounds of the answer histogram in seconds: from a memory store to a disk that stalls.
const ANSWER_SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// The counters, and the registry that spells them.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    frames_in: Family<ByEncoding, Counter>,
    frames_out: Family<ByEncoding, Counter>,
    faults: Family<ByCode, Counter>,
    closed: Family<ByReason, Counter>,
    handshakes_refused: Family<ByReason, Counter>,
    commands: Family<ByOutcome, Counter>,
    answer_seconds: Histogram,
    observed: Observed,
}

/// What is looked at when it is asked for.
#[derive(Debug, Default)]
struct Observed {
    connections: Gauge,
    sockets: Gauge,
    sales: Gauge,
    hubs: Gauge,
    queued: Gauge,
    durable: Gauge,
    read_model: Gauge,
}

/// How things stand at the moment of a scrape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gauges {
    pub(crate) connections: usize,
    pub(crate) sockets: usize,
    pub(crate) sales: usize,
    pub(crate) hubs: usize,
    pub(crate) queued: usize,
    pub(crate) durable: u64,
    pub(crate) read_model: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByEncoding {
    encoding: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCode {
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
    code: &'static str,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("mazad")),
            frames_in: Family::default(),
            frames_out: Family::default(),
            faults: Family::default(),
            closed: Family::default(),
            handshakes_refused: Family::default(),
            commands: Family::default(),
            answer_seconds: Histogram::new(ANSWER_SECONDS),
            observed: Observed::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut to = self.registry.lock();
        to.register(
            "frames_in",
            "Data frames from clients",
            self.frames_in.clone(),
        );
        to.register(
            "frames_out",
            "Frames to clients, counted as each socket ends",
            self.frames_out.clone(),
        );
        to.register("faults", "Faults sent on sockets", self.faults.clone());
        to.register("cuts", "Sockets ended, by reason", self.closed.clone());
        to.register(
            "handshakes_refused",
            "Connections and upgrades refused",
            self.handshakes_refused.clone(),
        );
        to.register(
            "commands",
            "Commands by what came of them",
            self.commands.clone(),
        );
        to.register_with_unit(
            "answer",
            "From the command's place in the queue to its durable answer",
            Unit::Seconds,
            self.answer_seconds.clone(),
        );
        to.register(
            "connections",
            "Open connections",
            self.observed.connections.clone(),
        );
        to.register("sockets", "Open sockets", self.observed.sockets.clone());
        to.register(
            "sales",
            "Sales that have a writer",
            self.observed.sales.clone(),
        );
        to.register(
            "hubs",
            "Sales that are followed",
            self.observed.hubs.clone(),
        );
        to.register(
            "commands_queued",
            "Commands that wait in the queues of all sales",
            self.observed.queued.clone(),
        );
        to.register(
            "durable_events",
            "Durable events in the store",
            self.observed.durable.clone(),
        );
        to.register(
            "read_model_position",
            "Events that the query model reflects; -1: nobody keeps one",
            self.observed.read_model.clone(),
        );
    }

    pub(crate) fn frame_in(&self, encoding: Encoding) {
        self.frames_in.get_or_create(&by_encoding(encoding)).inc();
    }

    pub(crate) fn frames_out(&self, encoding: Encoding, count: u64) {
        self.frames_out
            .get_or_create(&by_encoding(encoding))
            .inc_by(count);
    }

    pub(crate) fn fault(&self, code: &'static str) {
        self.faults.get_or_create(&ByCode { code }).inc();
    }

    pub(crate) fn closed(&self, reason: &'static str) {
        self.closed.get_or_create(&ByReason { reason }).inc();
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.handshakes_refused
            .get_or_create(&ByReason { reason })
            .inc();
    }

    pub(crate) fn answered(&self, answer: &Answer, after: Duration) {
        let by = match &answer.verdict {
            Verdict::Accepted(_) => ByOutcome {
                outcome: "accepted",
                code: "",
            },
            Verdict::Refused(refusal) => ByOutcome {
                outcome: "refused",
                code: refusal.code.as_str(),
            },
        };
        self.commands.get_or_create(&by).inc();
        self.answer_seconds.observe(after.as_secs_f64());
    }

    /// A command that got no answer: a full queue, a halted sale.
    pub(crate) fn undecided(&self, code: &'static str) {
        self.commands
            .get_or_create(&ByOutcome {
                outcome: "undecided",
                code,
            })
            .inc();
    }

    pub(crate) fn text(&self, now: Gauges) -> Result<String, std::fmt::Error> {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.observed.connections.set(count(now.connections));
        self.observed.sockets.set(count(now.sockets));
        self.observed.sales.set(count(now.sales));
        self.observed.hubs.set(count(now.hubs));
        self.observed.queued.set(count(now.queued));
        self.observed
            .durable
            .set(i64::try_from(now.durable).unwrap_or(i64::MAX));
        let read_model = now.read_model.map(i64::try_from);
        self.observed
            .read_model
            .set(read_model.map_or(-1, |next| next.unwrap_or(i64::MAX)));
        let mut text = String::new();
        encode(&mut text, &self.registry.lock())?;
        Ok(text)
    }
}

fn by_encoding(encoding: Encoding) -> ByEncoding {
    ByEncoding {
        encoding: encoding.subprotocol(),
    }
}
