//! `mazad doctor`: is this machine fit to keep a log that people rely on? Measured, not guessed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use mazad_engine::clock::is_synchronised;
use mazad_engine::store::log::{FolderReport, OpenError, examine};
use serde_json::{Value, json};

use super::exit::{Exit, ExitResult, Failure};
use super::folder::open_failure;
use super::output::Output;

/// What `doctor` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// The data folder; it is made if there is none.
    dir: PathBuf,
}

/// Free space below which a sale should not begin: a few segments and the read models.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;

/// Files that may be open: a socket each, and the store's own.
const OPEN_FILES_MIN: u64 = 4096;

/// Median time of a sync under which somebody between here and the disk does not sync.
const SYNC_US_HONEST: u64 = 20;

/// Median time of a sync above which bidders feel it.
const SYNC_US_SLOW: u64 = 50_000;

/// The first second of 2026: a clock before it has never been set.
const CLOCK_SET_S: u64 = 1_767_225_600;

/// What follows of a clock that nobody keeps right.
pub(crate) const CLOCK_ALONE: &str = "nobody keeps the clock of this machine right: lots keep their \
     length, but open and end at another time than announced; run NTP (timedatectl set-ntp true)";

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Good,
    Warn,
    Unfit,
}

/// One thing that was looked at.
#[derive(Debug)]
struct Check {
    name: &'static str,
    grade: Grade,
    found: String,
    advice: &'static str,
}

/// Runs `mazad doctor`.
///
/// # Errors
/// The folder cannot be made, or a call failed.
pub(crate) async fn run(args: DoctorArgs, output: Output) -> ExitResult {
    let made = fs::create_dir_all(&args.dir);
    made.map_err(|error| Failure::new(Exit::of_io(&error), error))?;
    let mut checks = Vec::new();
    match examine(&args.dir) {
        Ok(report) => checks.extend(of_folder(&report)),
        Err(OpenError::Unfit(why)) => checks.push(Check {
            name: "folder",
            grade: Grade::Unfit,
            found: why,
            advice: "a server does not start here",
        }),
        Err(error) => return Err(open_failure(&args.dir, error)),
    }
    checks.push(free_space(&args.dir)?);
    checks.push(clock());
    checks.push(synchronised(is_synchronised()));
    checks.extend(open_files());
    checks.push(cores());
    tell(&checks, output)
}

fn of_folder(report: &FolderReport) -> [Check; 2] {
    let follows = report.file_system.kind.follows();
    let file_system = Check {
        name: "file system",
        grade: follows.map_or(Grade::Good, |_| Grade::Warn),
        found: report.file_system.name.clone(),
        advice: follows.unwrap_or_default(),
    };
    let FolderReport {
        sync_us_p50,
        sync_us_max,
        syncs,
        ..
    } = *report;
    let (grade, advice) = match sync_us_p50 {
        0..SYNC_US_HONEST => (
            Grade::Warn,
            "too fast for a disk: a cache or a hypervisor may answer before the bytes are safe",
        ),
        SYNC_US_HONEST..=SYNC_US_SLOW => (Grade::Good, ""),
        _ => (Grade::Warn, "bidders wait for each sync: use a faster disk"),
    };
    let sync = Check {
        name: "sync",
        grade,
        found: format!("median {sync_us_p50} us, longest {sync_us_max} us of {syncs}"),
        advice,
    };
    [file_system, sync]
}

fn free_space(dir: &Path) -> std::io::Result<Check> {
    let space = rustix::fs::statvfs(dir)?;
    let free = space.f_bavail.saturating_mul(space.f_frsize);
    let is_enough = free >= FREE_BYTES_MIN;
    Ok(Check {
        name: "free space",
        grade: if is_enough { Grade::Good } else { Grade::Unfit },
        found: format!("{} MiB", free / (1024 * 1024)),
        advice: if is_enough { "" } else { "free at least 1 GiB" },
    })
}

/// The wall clock is set, and goes on as fast as the steady one.
fn clock() -> Check {
    let wall = || {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    };
    let (steady, before) = (Instant::now(), wall());
    let mut last = before;
    let mut fell = false;
    while steady.elapsed().as_millis() < 50 {
        let now = wall();
        fell |= now < last;
        last = now;
    }
    let drift = last.saturating_sub(before).abs_diff(steady.elapsed());
    let (grade, advice) = if before.as_secs() < CLOCK_SET_S {
        (Grade::Unfit, "set the clock")
    } else if fell || drift.as_millis() > 10 {
        (
            Grade::Warn,
            "the clock jumps: keep it with NTP, slewing only",
        )
    } else {
        (Grade::Good, "")
    };
    let micros = u64::try_from(before.as_micros()).unwrap_or(0);
    Check {
        name: "clock",
        grade,
        found: mazad_projections::export_text::rfc3339(mazad_engine::domain::Time(micros)),
        advice,
    }
}

/// Whether somebody keeps the clock right.
fn synchronised(found: Option<bool>) -> Check {
    let (grade, found, advice) = match found {
        Some(true) => (Grade::Good, "synchronised", ""),
        Some(false) => (Grade::Warn, "not synchronised", CLOCK_ALONE),
        None => (
            Grade::Warn,
            "not told by the system",
            "see that something keeps the clock right (NTP)",
        ),
    };
    Check {
        name: "clock sync",
        grade,
        found: found.to_owned(),
        advice,
    }
}

/// The soft limit of open files, from the kernel's own table; nothing where there is none.
fn open_files() -> Option<Check> {
    let table = fs::read_to_string("/proc/self/limits").ok()?;
    let line = table
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    let soft = line.split_whitespace().nth(3)?;
    let limit = soft.parse().unwrap_or(u64::MAX);
    let is_enough = limit >= OPEN_FILES_MIN;
    Some(Check {
        name: "open files",
        grade: if is_enough { Grade::Good } else { Grade::Warn },
        found: soft.to_owned(),
        advice: if is_enough {
            ""
        } else {
            "each watcher takes one: raise it (ulimit -n)"
        },
    })
}

fn cores() -> Check {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Check {
        name: "cores",
        grade: if cores >= 2 { Grade::Good } else { Grade::Warn },
        found: cores.to_string(),
        advice: if cores >= 2 {
            ""
        } else {
            "bids and watchers share one core"
        },
    }
}

fn tell(checks: &[Check], output: Output) -> ExitResult {
    let worst = checks
        .iter()
        .map(|check| check.grade)
        .max()
        .unwrap_or(Grade::Good);
    let exit = if worst == Grade::Unfit {
        Exit::Unfit
    } else {
        Exit::Ok
    };
    if output.is_json() {
        let checks: Vec<Value> = checks.iter().map(Check::to_json).collect();
        output.json(&json!({ "fit": exit == Exit::Ok, "checks": checks }))?;
        return Ok(exit);
    }
    for check in checks {
        let Check {
            name,
            grade,
            found,
            advice,
        } = check;
        let grade = grade.word();
        output.line(format!("{grade:<6} {name:<12} {found}"))?;
        if !advice.is_empty() {
            output.line(format!("{:<20}{advice}", ""))?;
        }
    }
    output.line(if exit == Exit::Ok { "fit" } else { "unfit" })?;
    Ok(exit)
}

impl Check {
    fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "grade": self.grade.word(),
            "found": self.found,
            "advice": self.advice,
        })
    }
}

impl Grade {
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Unfit => "unfit",
        }
    }
}
