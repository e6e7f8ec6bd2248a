//! Runs the binary.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

pub(crate) const LOTS: &str = "\
رقم اللوط;العنوان;title_en;سعر الافتتاح;الثمن الأساسي
١;كشك;Kiosk;٢٤٬٠٠٠;٣٠٬٥٠٠
٢;سيارة;Pick-up;85,000.50;
";

/// So many lots as a governorate would offer them: those of the demo, over and over.
pub(crate) fn catalogue(lots: u32) -> String {
    let mut lines = include_str!("../../../demo/catalogue.csv").lines();
    let head = lines.next().unwrap();
    let rows = lines.filter_map(|line| line.split_once(',')).cycle();
    let rows = (1..=lots)
        .zip(rows)
        .map(|(lot, (_, rest))| format!("{lot},{rest}\n"));
    format!("{head}\n{}", rows.collect::<String>())
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The result as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mazad"));
    command
        .args(args)
        .env_remove("MAZAD_DATA")
        .env_remove("MAZAD_LOG");
    command
}

/// Runs the binary to its end.
pub(crate) fn mazad(args: &[&str]) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command(args).output().unwrap();
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// A program that runs on; killed if the test forgets it.
#[derive(Debug)]
pub(crate) struct Runs(Child);

impl Runs {
    /// Starts it, and gives the first line that it prints, as JSON.
    pub(crate) fn start(args: &[&str]) -> (Self, Value) {
        Self::spawn(command(args).stderr(Stdio::null()))
    }

    /// The same with a command that has its standard error already.
    pub(crate) fn spawn(command: &mut Command) -> (Self, Value) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let told = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        (Self(child), told)
    }

    /// Asks it to stop, as a service manager does; gives its number.
    pub(crate) fn terminate(mut self) -> i32 {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.0.wait().unwrap().code().unwrap_or(-1)
    }

    /// Sends it a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it ends by itself; gives its number.
    pub(crate) fn ended(mut self) -> i32 {
        self.0.wait().unwrap().code().unwrap_or(-1)
    }

    /// Ends it without a word, as a power cut does.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a command that needs root and a tool worked; if it did not, the test says that it is
/// skipped, and why.
pub(crate) fn can(what: &str, command: &mut Command) -> bool {
    let done = command.output();
    let is_done = done.as_ref().is_ok_and(|done| done.status.success());
    if !is_done {
        let told = format!("SKIPPED: {what}: {done:?}\n");
        std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()).unwrap();
    }
    is_done
}

/// A small file system in memory, taken down when the test ends.
#[derive(Debug)]
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Needs root; `None`, loudly, where that cannot be had.
    pub(crate) fn mount(size: &str) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        let size = format!("size={size}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]);
        can("a small disk", mount.arg(disk.0.path())).then_some(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn remount(&self, how: &str) {
        let remount = format!("remount,{how}");
        let done = Command::new("mount")
            .args(["-o", &remount])
            .arg(self.path())
            .status();
        assert!(done.unwrap().success());
    }

    /// Takes every byte that is left.
    pub(crate) fn fill(&self) {
        let mut file = std::fs::File::create(self.path().join("fill")).unwrap();
        let bytes = [0; 4096];
        while std::io::Write::write_all(&mut file, &bytes).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

/// A folder with the sale of [`LOTS`]; gives the sale's id.
pub(crate) fn imported(dir: &Path) -> String {
    let file = dir.join("lots.csv");
    std::fs::write(&file, LOTS).unwrap();
    let (file, data) = (file.to_str().unwrap(), dir.join("data"));
    let data = data.to_str().unwrap();
    let ran = mazad(&[
        "--json",
        "import",
        file,
        "--data",
        data,
        "--sale-title-en",
        "Sale",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.json()["sale"].as_str().unwrap().to_owned()
}
