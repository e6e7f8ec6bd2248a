//! Lists the pages' files for the binary: embedded in release, read from the disk while developing.
//!
//! The crate that serves them can make this list too, but as a build dependency it has the whole
//! HTTP stack built a second time.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=web");
    let embed = env::var("PROFILE")? == "release";
    let folder = fs::canonicalize(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("web"))?;
    let mut files = Vec::new();
    walk(&folder, &mut files)?;
    files.sort();

    let mut code = String::from("&[(\"web\", &[\n");
    for file in &files {
        let (kind, is_text) = content_type(file)?;
        let route = file
            .strip_prefix(&folder)?
            .to_string_lossy()
            .replace('\\', "/");
        let path = file.to_string_lossy();
        let (etag, bytes) = if embed {
            (
                digest(&fs::read(file)?),
                format!("Some(include_bytes!(r\"{path}\"))"),
            )
        } else {
            (String::new(), "None".to_owned())
        };
        writeln!(
            code,
            "memory_serve::Asset {{ route: r\"/{route}\", path: r\"{path}\", etag: \"{etag}\", \
             content_type: \"{kind}\", bytes: {bytes}, is_compressed: false, \
             should_compress: {is_text} }},"
        )?;
    }
    code.push_str("])]\n");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("memory_serve_assets.rs"), code)?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// What a file is, and whether it is worth compressing. An unknown ending fails the build, so that
/// no file is left out unnoticed.
fn content_type(file: &Path) -> Result<(&'static str, bool), String> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("css") => Ok(("text/css", true)),
        Some("js") => Ok(("text/javascript", true)),
        Some("json") => Ok(("application/json", true)),
        Some("svg") => Ok(("image/svg+xml", true)),
        Some("txt") => Ok(("text/plain", true)),
        Some("woff2") => Ok(("font/woff2", false)),
        _ => Err(format!("{}: what is this?", file.display())),
    }
}

/// It only has to differ when the content does.
fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
