//! Style that a machine can hold: sizes, arrows between crates, purity of the domain, citations,
//! and words that do not belong in the project.
#![cfg(test)]

mod bounds;
mod citations;
mod contracts;
mod crates;
mod documents;
mod source;
mod style;
