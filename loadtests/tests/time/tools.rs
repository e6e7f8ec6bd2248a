//! What these tests need beside Rust, and what they do with it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use mazad_loadtests::output;
use mazad_loadtests::process::signal;

/// A tool that may be missing: `None` after it was said that the test is skipped.
pub(crate) fn found<T>(tool: Option<T>, name: &str) -> Option<T> {
    if tool.is_none() {
        let is_required = std::env::var("MAZAD_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
        assert!(
            !is_required,
            "the tests of time are required: {name} is not installed"
        );
        output::note(format!("SKIPPED: tests of time: {name} is not installed"));
    }
    tool
}

/// The library that shows a program another time.
pub(crate) fn faketime() -> Option<PathBuf> {
    let name = "faketime/libfaketimeMT.so.1";
    let folders = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    let folders = folders.map(|folder| folder.path());
    let mut files = folders.map(|folder| folder.join(name));
    found(files.find(|file| file.is_file()), "libfaketime")
}

pub(crate) fn strace() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&folders).map(|folder| folder.join("strace"));
    found(files.find(|file| file.is_file()), "strace")
}

/// The clock that a program is shown.
pub(crate) struct FakeClock {
    library: PathBuf,
    file: PathBuf,
}

impl FakeClock {
    /// That of the machine, until it is set.
    pub(crate) fn true_one(library: &Path, folder: &Path) -> Self {
        let clock = Self {
            library: library.to_owned(),
            file: folder.join("clock"),
        };
        clock.set("+0");
        clock
    }

    /// Sets it off from the machine's by so much: `+3`, `-10`, `+1h`, `-1d`.
    pub(crate) fn set(&self, off: &str) {
        let new = self.file.with_extension("new");
        std::fs::write(&new, off).unwrap();
        std::fs::rename(&new, &self.file).unwrap();
    }

    /// What tells a program to go by it.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        vec![
            ("LD_PRELOAD", self.library.clone()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("DONT_FAKE_MONOTONIC", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
        ]
    }
}

/// A disk on which every sync takes so long, until it is dropped.
pub(crate) struct SlowDisk(Child);

impl SlowDisk {
    pub(crate) fn under(strace: &Path, pid: u32, seconds: u64) -> Self {
        let delay = format!("inject=fdatasync:delay_enter={}", seconds * 1_000_000);
        let mut traced = Command::new(strace)
            .args([
                "-f",
                "-o",
                "/dev/null",
                "-e",
                "trace=fdatasync",
                "-e",
                &delay,
            ])
            .args(["-p", &pid.to_string()])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It says so when it has attached, and goes on saying that it attaches to more threads.
        let said = traced.stderr.take().unwrap();
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(said));
        let first = lines.next().unwrap().unwrap();
        assert!(first.contains("attached"), "{first}");
        std::thread::spawn(move || lines.for_each(drop));
        Self(traced)
    }
}

impl Drop for SlowDisk {
    fn drop(&mut self) {
        // It lets go of the process on TERM; killed, it would take it along.
        let _gone = signal(self.0.id(), "TERM");
        let _gone = self.0.wait();
    }
}
