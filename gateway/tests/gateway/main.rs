//! The gateway as its clients see it: real sockets on port 0, a store in memory.

#[cfg(test)]
mod amendments;
#[cfg(test)]
mod browsers;
#[cfg(test)]
mod close_reasons;
#[cfg(test)]
mod described;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod drafts;
#[cfg(test)]
mod handshake;
#[cfg(test)]
mod http;
#[cfg(test)]
mod import;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod malformed;
#[cfg(test)]
mod one_address;
#[cfg(test)]
mod preview;
#[cfg(test)]
mod private_acts;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod raw_http;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod site;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod trouble;
