//! Every bound of the gateway, each with its reason.
//!
//! The constants shape memory and wire and never change while running. [`Limits`] has the ones that
//! a test, a load run or an operator behind one shared address may set otherwise.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::turns::TurnLimits;

/// R0: how long this process may be away before what it missed is no fault of its peers: twice what lies
/// between two looks at a quiet one.
pub const STOOD_STILL: Duration = Duration::from_secs(2);

/// How often a quiet peer is looked at during its last heartbeat.
pub const SILENCE_LOOK: Duration = Duration::from_secs(1);

/// How late a timer may run out before it was this process that was away or busy, and not a peer that was
/// slow. A runtime that has work to do is late by some milliseconds.
pub const TIMER_LATE_MAX: Duration = Duration::from_millis(100);

/// How long a peer is waited for once more after that: long enough to read all that lies in the buffers of
/// thousands of connections.
pub const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Bytes of a frame or message from a client: the largest command of a bidder or clerk is under a
/// kilobyte, a lot's terms in both languages under ten.
pub const CLIENT_FRAME_BYTES_MAX: usize = 16 * 1024;

/// Bytes of an HTTP body, for the same reason.
pub const BODY_BYTES_MAX: usize = 16 * 1024;

/// Bytes of an HTTP body from an administrator: a hundred lots at once with the longest texts that one
/// act may have, and their terms in JSON around them.
pub const ADMIN_BODY_BYTES_MAX: usize = 512 * 1024;

/// Bytes of a catalogue that is sent as a spreadsheet. Ten thousand lots with long titles in both
/// languages pack into less; what is larger, or has pictures in it, is for `mazad import`.
pub const IMPORT_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Tables that are read at once, each by a thread of its own with up to 64 MiB of cells; whoever sends
/// another one while the own waits is told `busy`.
pub(crate) const IMPORTS_LANE: TurnLimits = TurnLimits {
    at_once: 1,
    waiting_per_key: 1,
    waiting: 8,
};

/// Events of a sale that are read at once before a table is compared with it.
pub const IMPORT_READ_EVENTS: usize = 512;

/// Bytes of the note that a backup leaves.
pub const BACKUP_NOTE_BYTES_MAX: u64 = 4 * 1024;

/// Bytes read from a socket at once. Allocated for each connection: 50,000 of them are 400 MB.
pub const SOCKET_READ_BYTES: usize = 8 * 1024;

/// Bytes gathered before they are written: an answer, a private view and an update in one packet.
pub const SOCKET_WRITE_BYTES: usize = 16 * 1024;

/// Bytes that a connection may hold unwritten in the end. In practice it holds two pieces.
pub const SOCKET_WRITE_BYTES_MAX: usize = 256 * 1024;

/// Larger frames leave in pieces of this size (WebSocket fragments of the shared bytes), so that a
/// snapshot of ten thousand lots never stands in one connection's buffer.
pub const PIECE_BYTES: usize = 16 * 1024;

/// The kernel's send buffer for each connection. The default grows to megabytes, in which a slow
/// reader would hide minutes of old prices; this also bounds the kernel's memory.
pub const KERNEL_SEND_BYTES: u32 = 128 * 1024;

/// Connections that wait to be accepted: a hall that comes back after a restart.
pub const ACCEPT_BACKLOG: u32 = 4096;

/// How long accepting rests after it has failed, so that it does not spin while others finish.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// How often those who have been idle are forgotten.
pub const FORGET_PERIOD: Duration = Duration::from_secs(1);

/// Bytes still read from a peer after the farewell, so that it is not lost to a reset.
pub const LINGER_BYTES_MAX: usize = 1024 * 1024;

/// How long the sentence of an answer waits for the currency of a sale that has just been made.
pub const CURRENCY_WAIT: Duration = Duration::from_secs(1);

/// Bytes of a request's head.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Published updates kept for each sale: a socket that is late by no more gets the shared bytes.
pub const RING_UPDATES: usize = 64;

/// Bytes of shared updates kept for each sale, whatever their number: one outage can touch ten
/// thousand lots at once.
pub const RING_LOTS_MAX: usize = 4096;

/// Shared updates that a late socket is given before one update of its own is shorter.
pub const RING_STEPS_MAX: usize = 16;

/// Age up to which a snapshot is given to the next who joins: a storm of joins costs ten encodings
/// a second, and the time in it is no older than a network delay.
pub const SNAPSHOT_AGE_MAX: Duration = Duration::from_millis(100);

/// Pages rendered at once for people who are not known, and waiting for it: a page keeps a core busy for
/// some milliseconds, and one core is left to the bids. An address that opens a page in each of its
/// connections waits behind itself.
pub(crate) const PAGES_LANE: TurnLimits = TurnLimits {
    at_once: 1,
    waiting_per_key: 32,
    waiting: 4096,
};

/// Reads of the interface at once for people who are not known: they wait for the disk or for a thread of
/// their own for the greater part.
pub(crate) const READS_LANE: TurnLimits = TurnLimits {
    at_once: 2,
    ..PAGES_LANE
};

/// Bytes of an answer to a read: ten thousand lots with the longest texts that an act may have come to
/// less.
pub const READ_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Pages and reads at once for people who are known, among whom a hall comes back at once after a
/// restart; those of one person are the tabs of two devices.
pub(crate) const KNOWN_LANE: TurnLimits = TurnLimits {
    at_once: 8,
    waiting_per_key: 32,
    waiting: 16_384,
};

/// Bytes of a page as it is kept. A page of lots has some hundred kilobytes at the most.
pub const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Pages that are kept: a thousand lots in both languages and two themes.
pub const PAGES_KEPT_MAX: usize = 4_096;

/// Bytes of all pages that are kept: as many as they are sent, packed.
pub const PAGES_KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Age up to which a page whose prices have moved since is given to those for whom no turn is free. With
/// scripts it is live within a moment anyway.
pub const PAGE_AGE_MAX: Duration = Duration::from_secs(1);

/// Lots on one page of a catalogue: a few screens of a phone, and rendered within a few milliseconds.
pub const LOTS_OF_A_PAGE: usize = 100;

/// Connections that are told at once, in words, that there is no room: a part of the
/// files that are kept free. Further ones are closed.
pub const REFUSALS_AT_ONCE: usize = 32;

/// Connections of one person, over HTTP and as sockets: two browsers with six each and a socket, and as
/// many again that have just been left. Further ones count for their address.
pub const CONNECTIONS_OF_A_PERSON: u32 = 32;

/// Requests over HTTP that opening a page comes to, besides its files.
const REQUESTS_OF_A_PAGE: u32 = 5;

/// Answers that wait for one connection. They are never dropped: past this it is closed and the
/// answers stay queryable.
pub const REPLIES_MAX: usize = 64;

/// Requests of one connection that wait for their answers. A person has one; a page that comes back
/// joins its sale and asks for the answers to what it had sent, all at once.
pub const IN_FLIGHT_MAX: usize = 8;

/// Files that are not sockets: the log and its neighbours, the query model, the office, the listener,
/// the runtime, what an operator's tool holds for a moment, and connections that are being refused.
pub const FILES_RESERVED: usize = 128;

/// Connections below which there is no serving a sale: a desk, a hall screen and some bidders.
pub const CONNECTIONS_MIN: usize = 64;

/// Of so many connections, those that only people who say who they are may keep: an eighth, in which
/// a hall that comes back finds a door while watchers have filled the house.
pub const fn reserve(connections: usize) -> usize {
    connections / 8 + 2
}

/// Sales that one connection follows: an analyst's wall of screens.
pub const JOINED_MAX: usize = 16;

/// A connection that has had something to take for so many times the patience of one write is slow,
/// even if it took a little now and then: a socket its frames, a reader over HTTP its answer.
pub const BUSY_PATIENCE: u32 = 6;

/// Rows of one page of history.
pub const PAGE_ROWS_MAX: usize = 500;

/// Events read at once for a page of one lot's history: what other lots did in between comes along.
pub const PAGE_READ_EVENTS: usize = 64;

/// Searches at once: each scans the catalogues, on a thread of its own. Whoever comes on top is told to
/// come back in half a second.
pub const SEARCHES_MAX: usize = 4;

/// Lots that a search finds: past it a person types another word.
pub const SEARCH_LOTS_MAX: usize = 50;

/// Bytes of a token, ticket, invite secret or cookie value as text: ours are 43 characters long.
pub const SECRET_BYTES_MAX: usize = 256;

/// Addresses or accounts whose rates are kept in mind; above it the idle ones are forgotten, once a
/// second. Those who are not idle are bounded by the connections.
pub const FORGET_ABOVE: usize = 2_000;

/// Bytes of a file of certificates or of a key: a chain of ten with long names has a tenth of it.
pub const PEM_BYTES_MAX: u64 = 256 * 1024;

/// Bytes of the file that tells local tools where the server is.
pub const LOCAL_FILE_BYTES_MAX: u64 = 4 * 1024;

/// What a running gateway allows. [`Limits::default`] has the product's numbers and their reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Open connections in all: the design size of one gateway. Fewer, if the system allows this
    /// process fewer open files.
    pub connections: usize,
    /// Open connections of one address (/32 or /64) of people who are not known: a family, a small hall
    /// behind one router. A large hall of watchers needs more.
    pub connections_per_address: u32,
    /// Open connections of one address that have not shown yet whom they are for: a carrier has
    /// thousands of phones behind one address, and a message with their links makes hundreds come within
    /// seconds. Never more than a quarter of all connections.
    pub newcomers_per_address: u32,
    /// New connections of one address in a second; further ones wait their turn. Each costs a TLS
    /// handshake before it can say whom it is for: two hundred keep a small part of a core busy.
    pub handshakes_per_second: NonZeroU32,
    /// Open sockets of one account: a phone, a laptop and some forgotten tabs.
    pub connections_per_account: u32,
    /// Frames a second from one connection. Twice as many may come at once.
    pub frames_per_second: NonZeroU32,
    /// Commands of one account that are being decided, over all its sockets and requests: enough for
    /// any hand and a script of an own, too few to fill a sale's queue of thousands.
    pub commands_per_account: u32,
    /// Requests a second over HTTP of people of one address who are not known: a small hall behind one
    /// router that opens its pages at once, at five requests each. Twice as many may come at once.
    pub requests_per_second: NonZeroU32,
    /// Requests a second of one account over HTTP: an analyst's page reads one after the other.
    pub reads_per_second: NonZeroU32,
    /// Commands a second of one account. Faster than any hand; a script that follows every ask of
    /// a busy hall still fits. Twice as many may come at once.
    pub commands_per_second: NonZeroU32,
    /// Refused commands a second of one account: they are kept for ever as accepted ones are, and move no
    /// sale. A hand is refused less often.
    pub refusals_per_second: NonZeroU32,
    /// Wrong secrets a second from one address: guessing is hopeless anyway. A right one is never one too
    /// many.
    pub logins_per_second: NonZeroU32,
    /// Frames that cannot be read before the connection is closed: a client with a bug should hear
    /// of it, a fuzzer should not be answered for ever.
    pub malformed_frames: NonZeroU32,
    /// Frames over the rate that are answered before the connection is closed.
    pub frames_over_rate: NonZeroU32,
    /// Reading a request's head, or the TLS handshake: slow peers hold a connection no longer.
    pub handshake: Duration,
    /// Sending a request's body, and being answered.
    pub request: Duration,
    /// The server pings so often: below the idle limits of common proxies (30 to 60 s).
    pub heartbeat: Duration,
    /// A connection silent for so long is cut: three heartbeats. Also how long an answer over plain
    /// HTTP waits for its reader.
    pub silence: Duration,
    /// A write that the peer has not taken for so long cuts the connection.
    pub write: Duration,
    /// Waiting for the peer's half of a closing handshake.
    pub closing: Duration,
    /// Everything that a stop waits for.
    pub stop: Duration,
    /// Peers that are proxies of ours: whom they speak for is what they say last in
    /// `X-Forwarded-For`. Nobody else is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 50_000,
            connections_per_address: 64,
            newcomers_per_address: 1024,
            handshakes_per_second: per_second(200),
            connections_per_account: 8,
            commands_per_account: 8,
            requests_per_second: per_second(200),
            reads_per_second: per_second(100),
            frames_per_second: per_second(50),
            commands_per_second: per_second(20),
            refusals_per_second: per_second(5),
            logins_per_second: per_second(5),
            malformed_frames: per_second(8),
            frames_over_rate: per_second(50),
            handshake: Duration::from_secs(5),
            request: Duration::from_secs(10),
            heartbeat: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            write: Duration::from_secs(10),
            closing: Duration::from_secs(2),
            stop: Duration::from_secs(10),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Limits {
    /// For one address that so many people share: as many connections, and rates at which all of them
    /// can come back at once.
    #[must_use]
    pub fn shared_by(people: u32) -> Self {
        let usual = Self::default();
        let at_least = |rate: NonZeroU32, people: u32| rate.max(per_second(people));
        Self {
            connections_per_address: people,
            newcomers_per_address: usual.newcomers_per_address.max(people),
            handshakes_per_second: at_least(usual.handshakes_per_second, people),
            requests_per_second: at_least(
                usual.requests_per_second,
                people.saturating_mul(REQUESTS_OF_A_PAGE),
            ),
            logins_per_second: at_least(usual.logins_per_second, people / 10),
            ..usual
        }
    }

    /// For load runs, where ten thousand sockets come from one address and push without pause.
    #[must_use]
    pub fn unhindered() -> Self {
        let many = per_second(1_000_000);
        Self {
            connections: 1_000_000,
            connections_per_address: u32::MAX,
            newcomers_per_address: u32::MAX,
            handshakes_per_second: many,
            connections_per_account: u32::MAX,
            commands_per_account: u32::MAX,
            requests_per_second: many,
            reads_per_second: many,
            frames_per_second: many,
            commands_per_second: many,
            refusals_per_second: many,
            logins_per_second: many,
            ..Self::default()
        }
    }
}

/// A rate from a number written in the source.
pub const fn per_second(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}
