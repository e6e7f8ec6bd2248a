//! Compiles the schema with a compiler written in Rust: no `protoc` is needed.

use std::path::PathBuf;

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files = [
        "mazad/v1/commands.proto",
        "mazad/v1/events.proto",
        "mazad/v1/office.proto",
        "mazad/v1/socket.proto",
        "mazad/v1/state.proto",
    ];
    for file in files {
        println!("cargo:rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, ["."])?;
    let encoded = descriptors.encode_to_vec();

    prost_build::Config::new()
        .bytes(["."])
        // A frame that cannot be read is explained by the schema of its message.
        .enable_type_names()
        // Ordered maps and canonical bytes: the schema has no maps, and must not get any.
        .compile_fds(descriptors)?;

    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), &encoded)?;
    pbjson_build::Builder::new()
        .register_descriptors(&encoded)?
        .build(&[".mazad.v1"])?;
    Ok(())
}
