//! Figures that can be trusted: where they were taken, under which load, by which command.

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use anyhow::Context;
use hdrhistogram::Histogram;

/// Longest latency that is told apart from others, in nanoseconds: a minute.
const LATENCY_NANOS_MAX: u64 = 60_000_000_000;

/// The machine, its load, the build and the command line, in a few lines.
pub fn circumstances() -> String {
    let mut text = String::new();
    let line = without_secrets(std::env::args().skip(1)).join(" ");
    let build = if cfg!(debug_assertions) {
        "DEBUG BUILD: no figure to quote"
    } else {
        "release build"
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = field_of("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let memory = field_of("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    let kernel = read_line("/proc/sys/kernel/osrelease");
    let load = read_line("/proc/loadavg");
    let _infallible = writeln!(text, "command  mazad-loadtests {line}");
    let _infallible = writeln!(
        text,
        "machine  {cores} cores, {model}, {memory}, Linux {kernel}"
    );
    let _infallible = write!(text, "load     {load} before the run; {build}");
    text
}

/// The words of a command line as they may be shown: figures are pasted into reports.
fn without_secrets(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut follows_token = false;
    let shown = |word: String| {
        if std::mem::replace(&mut follows_token, word == "--token") {
            "...".to_owned()
        } else if word.starts_with("--token=") {
            "--token=...".to_owned()
        } else {
            word
        }
    };
    words.map(shown).collect()
}

fn read_line(file: &str) -> String {
    fs::read_to_string(file).map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn field_of(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.split_once(':')
        .map(|(_, value)| value.trim().to_owned())
}

/// Latencies, kept as nanoseconds up to a minute.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

impl Latencies {
    /// None yet.
    ///
    /// # Errors
    /// None: the bounds are valid.
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self(Histogram::new_with_bounds(1, LATENCY_NANOS_MAX, 3)?))
    }

    pub fn record(&mut self, latency: Duration) {
        let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.0.saturating_record(nanos.max(1));
    }

    /// Takes in the latencies of another.
    ///
    /// # Errors
    /// None: all have the same bounds.
    pub fn add(&mut self, other: &Self) -> anyhow::Result<()> {
        self.0.add(&other.0).context("histograms of one shape")
    }

    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// One line of percentiles, in microseconds.
    pub fn summary(&self) -> String {
        let at = |quantile: f64| micros(self.0.value_at_quantile(quantile));
        let (p50, p99, p999) = (at(0.50), at(0.99), at(0.999));
        let max = micros(self.0.max());
        format!("p50 {p50} us, p99 {p99} us, p99.9 {p999} us, max {max} us")
    }
}

fn micros(nanos: u64) -> String {
    format!("{}.{}", nanos / 1_000, nanos % 1_000 / 100)
}

/// So many in so long, by the second.
pub fn per_second(count: u64, took: Duration) -> u64 {
    let nanos = took.as_nanos().max(1);
    u64::try_from(u128::from(count) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

/// Memory that this process has in use, in KiB, by `/proc`.
///
/// # Errors
/// There is no `/proc`.
pub fn resident_kilobytes() -> anyhow::Result<u64> {
    let field = field_of("/proc/self/status", "VmRSS").context("VmRSS")?;
    Ok(field.trim_end_matches(" kB").trim().parse()?)
}

/// What a process has used of the processors, by `/proc`.
///
/// # Errors
/// There is no such process.
pub fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may hold spaces; the times are fields 14 and 15.
    let (_, rest) = text.rsplit_once(')').context("stat")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut ticks = || -> anyhow::Result<u64> { Ok(fields.next().context("stat")?.parse()?) };
    let (user, system) = (ticks()?, ticks()?);
    // Linux reports in hundredths of a second on every machine that runs this.
    Ok(Duration::from_millis((user + system) * 10))
}

/// Calls until a span has passed, and how long it took in the end.
#[derive(Debug)]
pub struct Stopwatch {
    started: Instant,
    span: Duration,
}

impl Stopwatch {
    pub fn start(span: Duration) -> Self {
        Self {
            started: Instant::now(),
            span,
        }
    }

    /// Whether the span has not passed.
    pub fn runs(&self) -> bool {
        self.started.elapsed() < self.span
    }

    pub fn took(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn command_line_is_told_without_its_token() {
        for (typed, told) in [
            ("bids --token abc --url x", "bids --token ... --url x"),
            ("bids --token=abc --rate 5", "bids --token=... --rate 5"),
            ("bids --token", "bids --token"),
            ("fanout --json", "fanout --json"),
        ] {
            let words = typed.split(' ').map(str::to_owned);
            assert_eq!(without_secrets(words).join(" "), told);
        }
    }
}
