//! The verifier that `docs/FORMAT.md` gives to a stranger, run where there is a Python.

use std::io::{self, Write as _};
use std::process::Output;

use sha2::{Digest, Sha256};

use super::damage::crashed_store;
use super::*;

fn code() -> String {
    let page = fs::read_to_string("../docs/FORMAT.md").unwrap();
    let code = page.split("```python\n").nth(1).unwrap();
    code.split("```").next().unwrap().to_owned()
}

fn run(code: &str, dir: &Path) -> io::Result<Output> {
    Command::new("python3").args(["-c", code]).arg(dir).output()
}

/// What it says of a folder; `None` where there is no Python.
fn first_run(code: &str, dir: &Path) -> Option<Output> {
    let output = run(code, dir).ok();
    if output.is_none() {
        let is_required = std::env::var("MAZAD_REQUIRE_TOOLS").is_ok_and(|value| value == "1");
        assert!(!is_required, "python3 is required");
        // Not by `eprintln!`, which the harness keeps from whoever looks.
        let told = b"SKIPPED: no python3 for the documented verifier\n";
        io::stderr().write_all(told).unwrap();
    }
    output
}

#[test]
fn documented_verifier_agrees() {
    let (code, dir) = (code(), small_store());
    let Some(output) = first_run(&code, dir.path()) else {
        return;
    };
    let report = verify(dir.path()).unwrap();
    let expected = format!(
        "whole: {} segments, {} batches, {} events, {} streams, chain {}\n",
        report.segments, report.batches, report.events, report.streams, report.chain
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        expected,
        "{errors}"
    );
    for (path, content) in contents(dir.path()) {
        for byte in (0..content.len()).step_by(9973) {
            let mut changed = content.clone();
            changed[byte] ^= 4;
            fs::write(&path, &changed).unwrap();
            let output = run(&code, dir.path()).unwrap();
            // One broken slot of the watermark is what a cut write leaves: told, but no damage.
            let words = String::from_utf8(output.stdout).unwrap();
            let told = !output.status.success() || words.contains("broken");
            assert!(told, "byte {byte} of {}", path.display());
        }
        fs::write(&path, &content).unwrap();
    }
}

/// Puts another body into the batch at an offset, with right checksums and hashes.
fn forge(log: &mut [u8], offset: usize, change: impl FnOnce(&mut Vec<u8>)) {
    let length = u32::from_le_bytes(log[offset + 68..offset + 72].try_into().unwrap()) as usize;
    let mut body = log[offset + 160..][..length].to_vec();
    change(&mut body);
    log[offset + 68..offset + 72].copy_from_slice(&(body.len() as u32).to_le_bytes());
    log[offset + 112..offset + 144].copy_from_slice(&Sha256::digest(&body));
    let checksum = crc32c::crc32c(&log[offset..offset + 156]);
    log[offset + 156..offset + 160].copy_from_slice(&checksum.to_le_bytes());
    let checksum = crc32c::crc32c(&body);
    body.extend_from_slice(&checksum.to_le_bytes());
    log[offset + 160..offset + PAGE].fill(0);
    log[offset + 160..][..body.len()].copy_from_slice(&body);
}

/// Where the name of the type lies: a body begins with the length of its record and the name of the
/// stream, here of one letter, then revision and id.
const KIND: usize = 4 + 2 + 8 + 16;

type Change = dyn Fn(&mut Vec<u8>);

#[test]
fn documented_verifier_refuses_what_the_program_refuses() {
    let code = code();
    // The last batch: no watermark names its hash.
    let (dir, number, start, _) = crashed_store();
    if first_run(&code, dir.path()).is_none() {
        return;
    }
    let path = segment(dir.path(), number);
    let whole = fs::read(&path).unwrap();
    let check = |what: &str| {
        let refused = verify(dir.path());
        assert!(refused.is_err(), "{what}: {refused:?}");
        let output = run(&code, dir.path()).unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.starts_with("DAMAGED"), "{what}: {told}");
    };
    let bodies: [(&str, &Change); 5] = [
        ("name of a stream", &|body| body[5] = b'A'),
        ("name of a stream that is no text", &|body| body[5] = 0xFF),
        ("name of a type that is no text", &|body| {
            body[KIND + 1] = 0xFF
        }),
        ("no name of a type", &|body| {
            let length = usize::from(body[KIND]);
            body[KIND] = 0;
            body.drain(KIND + 1..=KIND + length);
            body[0] -= length as u8;
        }),
        ("bytes after the records", &|body| body.push(1)),
    ];
    for (what, change) in bodies {
        let mut log = whole.clone();
        forge(&mut log, start, change);
        fs::write(&path, &log).unwrap();
        check(what);
    }
    // The batch before it starts an epoch, so nothing but the last batch must be without it.
    let notes: [(&str, &[u8]); 4] = [
        ("unknown note", &[3, 0, 0, 0, 0, 0]),
        ("cut note", &[1, 0]),
        ("short note", &[1, 0, 1, 0, 0, 0, 7]),
        ("long note", &[&[1, 0, 57, 0, 0, 0][..], &[7; 57]].concat()),
    ];
    for (what, note) in notes {
        let mut log = whole.clone();
        log[start..start + PAGE].fill(0);
        forge(&mut log, start - PAGE, |body| body.extend_from_slice(note));
        fs::write(&path, &log).unwrap();
        check(what);
    }
    fs::write(&path, &whole).unwrap();
    let marks = fs::read(dir.path().join("watermark")).unwrap();
    let write_marks = |marks: &[u8]| fs::write(dir.path().join("watermark"), marks).unwrap();
    write_marks(&[&marks[PAGE..], &marks[..PAGE]].concat());
    check("marks in the wrong slots");
    write_marks(&[0; 2 * PAGE]);
    check("no marks");
    write_marks(&marks);
    let mut last = number;
    while segment(dir.path(), last).exists() {
        last += 1;
    }
    for number in last..last + 2 {
        fs::write(segment(dir.path(), number), vec![0; SEGMENT as usize]).unwrap();
    }
    check("empty segments after an empty one");
}
