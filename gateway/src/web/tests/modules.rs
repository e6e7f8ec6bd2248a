//! The modules' own tests, where node is at hand. The product needs no node, so a machine without it
//! leaves them out and says so.

use std::{path::Path, process::Command};

#[test]
fn modules_keep_their_promises() {
    if Command::new("node").arg("--version").output().is_err() {
        println!("no node on this machine: the modules' tests are left out");
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/tests");
    let files = [
        "modules.test.mjs",
        "line.test.mjs",
        "words.test.mjs",
        "enter.test.mjs",
    ]
    .map(|file| folder.join(file));
    let run = Command::new("node")
        .arg("--test")
        .args(files)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}
