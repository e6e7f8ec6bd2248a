//! The modules' own tests, where node is at hand. The product needs no node, so a machine without it
//! leaves them out and says so.

use std::{path::Path, process::Command};

#[test]
fn modules_keep_their_promises() {
    if Command::new("node").arg("--version").output().is_err() {
        let is_required = std::env::var("MAZAD_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
        assert!(!is_required, "node is required");
        // Not by `println!`, which the harness keeps from whoever looks.
        let mut talk = std::io::stderr();
        std::io::Write::write_all(&mut talk, b"SKIPPED: no node for the modules' tests\n").unwrap();
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests");
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
