//! Puts the pages' files into the binary: embedded and compressed in release, read from the disk
//! while developing.

use std::{env, fs, path::Path};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let embed = env::var("PROFILE")? == "release";
    let folder = fs::canonicalize(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("web"))?;
    let out = env::var("OUT_DIR")?;
    println!("cargo:rerun-if-changed=web");
    let code = memory_serve::assets_to_code("web", &folder, Path::new(&out), embed, |_| {});
    fs::write(
        Path::new(&out).join("memory_serve_assets.rs"),
        format!("&[(\"web\", {code})]"),
    )?;
    Ok(())
}
