//! The `mazad` binary: see `mazad_program`.

use std::process::ExitCode;

/// Ten thousand sockets and their small messages: noticeably faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mazad_program::main()
}
