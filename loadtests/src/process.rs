//! The real `mazad` program as a child process.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail, ensure};
use mazad_client::{Client, ServerAddress};
use mazad_gateway::auth::LocalAccess;
use serde_json::Value;

use crate::output;
use crate::test_admin::TestAdmin;

/// A running `mazad serve`. It is killed when dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    /// Kept open: a server whose reader is gone would stop.
    _stdout: BufReader<std::process::ChildStdout>,
    url: String,
    address: ServerAddress,
    admin: Client,
}

impl Served {
    /// Starts to serve a folder on a free port, and waits until it listens. Blocks.
    ///
    /// # Errors
    /// It does not start; what it said is in `serve.log` beside the folder.
    pub fn start(program: &Path, data: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, data, &[])
    }

    /// The same with more words on its command line.
    ///
    /// # Errors
    /// As [`Served::start`].
    pub fn start_with(program: &Path, data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        Self::start_under(program, data, more, &[])
    }

    /// The same with more in its environment.
    ///
    /// # Errors
    /// As [`Served::start`].
    pub fn start_under(
        program: &Path,
        data: &Path,
        more: &[&str],
        environment: &[(&str, PathBuf)],
    ) -> anyhow::Result<Self> {
        let talk = log_beside(data)?;
        let mut child = Command::new(program)
            .args(["--json", "serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(talk)
            .spawn()
            .with_context(|| program.display().to_string())?;
        let stdout = child.stdout.take().context("stdout")?;
        let mut stdout = BufReader::new(stdout);
        let url = match first_url(&mut stdout) {
            Ok(url) => url,
            Err(error) => {
                let _gone_already = child.kill();
                let status = child.wait()?;
                return Err(error.context(format!("mazad serve ended with {status}")));
            }
        };
        let access = LocalAccess::read(data)?.context("server.json")?;
        ensure!(access.pid == child.id(), "server.json of another process");
        let address = ServerAddress::local(&url)?;
        let admin = Client::to(address.clone()).with_token(access.token);
        Ok(Self {
            child,
            _stdout: stdout,
            url,
            address,
            admin,
        })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    pub fn admin(&self) -> TestAdmin {
        TestAdmin::new(self.admin.clone())
    }

    /// Kills it as a crash would: nothing of it runs afterwards.
    ///
    /// # Errors
    /// It had ended by itself.
    pub fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the server ended by itself with {status}");
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

/// Sends a signal, by its name: `STOP`, `CONT`, `TERM`.
///
/// # Errors
/// There is no such process, or no `kill`.
pub fn signal(pid: u32, name: &str) -> anyhow::Result<()> {
    let sent = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status()?;
    ensure!(sent.success(), "kill -s {name} {pid} ended with {sent}");
    Ok(())
}

/// Leaves a process stopped for so long, as a paused machine would, and lets it go on.
///
/// # Errors
/// As [`signal`].
pub async fn goes_on_after(pid: u32, lasts: Duration) -> anyhow::Result<()> {
    tokio::time::sleep(lasts).await;
    signal(pid, "CONT")
}

fn log_beside(data: &Path) -> anyhow::Result<File> {
    let file = data.with_file_name("serve.log");
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(&file)
        .with_context(|| file.display().to_string())
}

/// The first line of the result says where it listens.
fn first_url(stdout: &mut impl BufRead) -> anyhow::Result<String> {
    let mut told = String::new();
    let value = loop {
        let mut line = String::new();
        ensure!(
            stdout.read_line(&mut line)? > 0,
            "it said {told:?} and ended"
        );
        told.push_str(&line);
        // Pretty-printed or not: the object is whole when it can be read.
        if let Ok(value) = serde_json::from_str::<Value>(&told) {
            break value;
        }
    };
    let url = value
        .get("url")
        .and_then(Value::as_str)
        .context("a url in the first line")?;
    Ok(url.to_owned())
}

/// The `mazad` program beside the running test or tool, built anew if it is missing or something that
/// it was built from has changed. `MAZAD_BIN` names another.
///
/// # Errors
/// It cannot be found or built.
pub fn program() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("MAZAD_BIN") {
        return Ok(PathBuf::from(named));
    }
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let program = folder.join(format!("mazad{}", std::env::consts::EXE_SUFFIX));
    if !is_fresh(&program) {
        build(&folder)?;
    }
    ensure!(program.is_file(), "{} was not built", program.display());
    Ok(program)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// By the list that cargo keeps beside a program of every file that went into it. To have cargo look
/// each time would build half the tree again under `cargo test`, for other features of some crates.
fn is_fresh(program: &Path) -> bool {
    let built = program.metadata().and_then(|meta| meta.modified());
    let (Ok(built), Ok(list)) = (built, std::fs::read_to_string(program.with_extension("d")))
    else {
        return false;
    };
    let Some((_, sources)) = list.split_once(": ") else {
        return false;
    };
    // A space within a name is escaped.
    let sources = sources.replace("\\ ", "\0");
    let sources = sources
        .split_whitespace()
        .map(|name| name.replace('\0', " "));
    let settings = [
        "Cargo.lock",
        "Cargo.toml",
        "proto/Cargo.toml",
        "engine/Cargo.toml",
        "projections/Cargo.toml",
        "gateway/Cargo.toml",
        "gateway/client/Cargo.toml",
        "gateway/program/Cargo.toml",
    ];
    let settings = settings.iter().map(|name| root().join(name));
    let mut files = sources.map(PathBuf::from).chain(settings);
    files.all(|file| newest(&file).is_some_and(|changed| changed <= built))
}

/// When a file, or something in a folder, changed last.
fn newest(path: &Path) -> Option<SystemTime> {
    let meta = path.metadata().ok()?;
    let own = meta.modified().ok()?;
    if !meta.is_dir() {
        return Some(own);
    }
    let entries = std::fs::read_dir(path).ok()?;
    let within = entries.filter_map(|entry| newest(&entry.ok()?.path()));
    Some(within.fold(own, SystemTime::max))
}

fn build(folder: &Path) -> anyhow::Result<()> {
    output::note("building the mazad program for this test");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "-p", "mazad-program", "--bin", "mazad"]);
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let target = folder.parent().context("a target folder")?;
    let built = command
        .arg("--target-dir")
        .arg(target)
        .current_dir(root())
        .status()?;
    ensure!(built.success(), "cargo build ended with {built}");
    Ok(())
}
