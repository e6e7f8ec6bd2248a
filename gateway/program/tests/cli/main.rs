//! The binary as a shell or a service manager meets it: arguments in, lines and a number out.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod before_release;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod disks;
#[cfg(test)]
mod import;
#[cfg(test)]
mod import_running;
#[cfg(test)]
mod open_files;
#[cfg(test)]
mod private;
#[cfg(test)]
#[path = "../../../tests/gateway/raw_http.rs"]
#[expect(dead_code, reason = "shared with the tests of the server")]
mod raw_http;
#[cfg(test)]
mod running;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod starts;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod tools;
