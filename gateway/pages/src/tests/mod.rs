//! The pages as a reader gets them, and the promises that their files keep.

mod decimals;
mod files;
mod modules;
mod pages;
mod sample;
