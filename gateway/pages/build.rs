//! Lists the pages' files for the binary: packed and embedded in release, so that a start packs
//! nothing, and read from the disk while developing, so that a page shows its edit when reloaded.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

#[path = "src/bundle/mod.rs"]
mod bundle;

use bundle::{LATER, STARTS, STYLES, bundle, later, script, style, texts, texts_of};

/// The pages' own files, and the texts that the browser reads as the server does.
const FOLDERS: [(&str, &str); 2] = [("../web", ""), ("../locales", "locales/")];

type BuildFailure = Box<dyn Error>;

fn main() -> Result<(), BuildFailure> {
    let embed = env::var("PROFILE")? == "release";
    let here = fs::canonicalize(env::var("CARGO_MANIFEST_DIR")?)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/bundle");
    let files = files(&here)?;
    let mut build = DefaultHasher::new();
    let mut code = String::from("&[\n");
    for (name, (path, made)) in &files {
        let bytes = match made {
            Some(text) => text.as_bytes().to_vec(),
            None => fs::read(path)?,
        };
        (name, &bytes).hash(&mut build);
        let (kind, is_text) = content_type(Path::new(name))?;
        let embedded = if embed {
            let plain = out.join(name.replace('/', "-"));
            fs::write(&plain, &bytes)?;
            let packed = if is_text {
                pack(&bytes, &out, name)?
            } else {
                Vec::new()
            };
            embedded(&plain.to_string_lossy(), &bytes, &packed)
        } else {
            "None".to_owned()
        };
        let path = path.to_string_lossy();
        writeln!(
            code,
            "File {{ name: r\"{name}\", path: r\"{path}\", content_type: \"{kind}\", \
             embedded: {embedded} }},"
        )?;
    }
    code.push_str("]\n");
    fs::write(out.join("files.rs"), code)?;
    // Short: it only has to differ when a file does.
    let build = build.finish() >> 16;
    println!("cargo:rustc-env=PAGE_FILES={build:012x}");
    println!("cargo:rustc-env=PAGE_SOURCES={}", here.join("..").display());
    Ok(())
}

/// Where a file is on the disk, and what is in it if it was put together.
type Source = (PathBuf, Option<String>);

/// Every file by its name: those of the folders, what each page starts in one piece, and the texts that
/// it says.
fn files(here: &Path) -> Result<BTreeMap<String, Source>, BuildFailure> {
    let mut files = BTreeMap::new();
    for (folder, prefix) in FOLDERS {
        println!("cargo:rerun-if-changed={folder}");
        let folder = fs::canonicalize(here.join(folder))?;
        let mut found = Vec::new();
        walk(&folder, &mut found)?;
        for file in found {
            let inside = file.strip_prefix(&folder)?.to_string_lossy();
            let name = format!("{prefix}{}", inside.replace('\\', "/"));
            files.insert(name, (file, None));
        }
    }
    let read = |name: &str| -> io::Result<String> {
        let known = files.get(name).ok_or(io::ErrorKind::NotFound)?;
        fs::read_to_string(&known.0)
    };
    let mut made: Vec<(String, Source)> = Vec::new();
    let starts = STARTS
        .into_iter()
        .map(|start| (start, bundle(start, &read)));
    let rests = LATER.into_iter();
    let rests = rests.map(|(start, rest)| (rest, later(start, &read)));
    for (name, code) in starts.chain(rests) {
        let code = code?;
        for lang in ["ar", "en"] {
            let said = texts(&code, &read(&format!("locales/{lang}.ftl"))?);
            made.push((texts_of(name, lang), (PathBuf::new(), Some(said))));
        }
        made.push((script(name), (PathBuf::new(), Some(code))));
    }
    for name in STYLES {
        let sheet = style(name, &read)?;
        made.push((name.to_owned(), (PathBuf::new(), Some(sheet))));
    }
    files.extend(made);
    Ok(files)
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

/// What a file is, and whether it is worth packing. An unknown ending fails the build, so that no
/// file is left out unnoticed.
fn content_type(file: &Path) -> Result<(&'static str, bool), String> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("css") => Ok(("text/css", true)),
        Some("ftl") => Ok(("text/plain; charset=utf-8", true)),
        Some("js") => Ok(("text/javascript", true)),
        Some("json") => Ok(("application/json", true)),
        Some("svg") => Ok(("image/svg+xml", true)),
        Some("txt") => Ok(("text/plain", true)),
        Some("woff2") => Ok(("font/woff2", false)),
        _ => Err(format!("{}: what is this?", file.display())),
    }
}

/// The code of a file with its packed copies, the better one first.
fn embedded(path: &str, bytes: &[u8], packed: &[(&str, PathBuf)]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let digest = hasher.finish();
    let packed = packed.iter().map(|(coding, path)| {
        let path = path.display();
        format!("Packed {{ coding: \"{coding}\", bytes: include_bytes!(r\"{path}\") }}, ")
    });
    format!(
        "Some(Embedded {{ digest: {digest}, plain: include_bytes!(r\"{path}\"), packed: &[{}] }})",
        packed.collect::<String>()
    )
}

/// Writes packed copies, each if it is smaller than what is packed.
fn pack(
    bytes: &[u8],
    out: &Path,
    name: &str,
) -> Result<Vec<(&'static str, PathBuf)>, BuildFailure> {
    let mut kept = Vec::new();
    for (coding, packed) in [("br", brotli(bytes)?), ("gzip", gzip(bytes)?)] {
        if packed.len() < bytes.len() {
            let path = out.join(format!("{}.{coding}", name.replace('/', "-")));
            fs::write(&path, packed)?;
            kept.push((coding, path));
        }
    }
    Ok(kept)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    let packed = encoder.finish()?;
    let mut again = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut again)?;
    assert_eq!(again, bytes, "it unpacks to itself");
    Ok(packed)
}

/// As small as it can be in a `dist` build; that takes ten seconds, which a first trial saves.
fn brotli(bytes: &[u8]) -> Result<Vec<u8>, BuildFailure> {
    let is_dist = env::var("OPT_LEVEL")? == "3";
    let quality = if is_dist { 11 } else { 5 };
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, quality, 22);
    encoder.write_all(bytes)?;
    let packed = encoder.into_inner();
    let mut again = Vec::new();
    brotli::Decompressor::new(&packed[..], 4096).read_to_end(&mut again)?;
    assert_eq!(again, bytes, "it unpacks to itself");
    Ok(packed)
}
