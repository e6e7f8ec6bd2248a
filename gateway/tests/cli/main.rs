//! The binary as a shell or a service manager meets it: arguments in, lines and a number out.

#[cfg(test)]
mod demo;
#[cfg(test)]
mod import;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tools;
