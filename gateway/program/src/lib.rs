//! The program `mazad`: its commands, one file for each in `cli`, and a demo sale of scripted people.

mod cli;
mod demo;

pub use cli::main;
