//! Every bound of a client, each with its reason.

use std::time::Duration;

/// How long making a connection may take, its handshake included: a server that is there answers in
/// milliseconds, and one that recovers a large folder does not listen yet.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(10);

/// How long one answer over HTTP may take: a busy sale answers in milliseconds, and the server itself
/// gives up after twice ten seconds.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// How long one write on the socket may wait for the server to take it: as long as the server waits
/// for a client.
pub const WRITE_TIME_MAX: Duration = Duration::from_secs(10);

/// Longest that [`Connection::wait`](crate::Connection::wait) waits for a certain frame: far above
/// what a loaded machine needs.
pub const FRAME_WAIT_MAX: Duration = Duration::from_secs(20);

/// Bytes of an answer over HTTP: the catalogue of ten thousand lots with long descriptions in both
/// languages fits.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of one message of the socket: the snapshot of ten thousand lots in JSON, several times.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes read from a socket at once: a frame has a few hundred, and load tests hold thousands of
/// connections in one process.
pub const READ_BYTES: usize = 4 * 1024;

/// Bytes that a connection holds unwritten: some commands of the largest size.
pub const WRITE_BYTES_MAX: usize = 256 * 1024;

/// Bytes of a frame that the server takes, until it has said its own figure.
pub const FRAME_BYTES_MAX: usize = 16 * 1024;

/// How often a request is sent because the server asks to come back: whoever keeps its pauses is let
/// in after one or two.
pub const TRIES_MAX: u32 = 60;

/// Longest pause that a server's `retryMs` is believed: it never asks for more than five seconds.
pub const RETRY_WAIT_MAX: Duration = Duration::from_secs(30);

/// How often a request that may be repeated is sent again because its connection broke. With
/// [`DOUBT_PAUSE`] doubled each time that is six seconds, in which a server restarts.
pub const DOUBTS_MAX: u32 = 5;

/// The pause before a request whose connection broke is sent again the first time.
pub const DOUBT_PAUSE: Duration = Duration::from_millis(200);

/// How long nobody may know where a server is whose address moves: a restart takes a second.
pub const WHEREABOUTS_TIME_MAX: Duration = Duration::from_secs(20);

/// Pause before the first return after a connection that ended without a word: no two clients come
/// back at the same moment.
pub const RETURN_SPREAD: Duration = Duration::from_millis(500);

/// Longest spread of the pause between returns that fail. It begins at [`RETURN_SPREAD`] and doubles:
/// a crowd that comes back in step would keep a server in trouble.
pub const RETURN_SPREAD_MAX: Duration = Duration::from_secs(15);

/// Returns that fail one after the other before a joined sale gives up: about four minutes. A server
/// that restarts is back sooner, and past it a person must look.
pub const RETURNS_MAX: u32 = 40;

/// Commands and lookups of a joined sale that wait for an answer: as many of one account as the server
/// takes at once.
pub const WAITING_MAX: usize = 8;

/// How long a command may be without an answer on a connection that lives before it is sent again.
pub const ANSWER_DOUBT: Duration = Duration::from_secs(5);

/// How often one command is sent, or asked about, before it is given up: with the pauses between far
/// more than any outage.
pub const OFFERS_MAX: u32 = 500;

/// How long a bid is sent again unasked: its amount is what its sender meant, whatever happened since.
pub const BID_FRESH: Duration = Duration::from_secs(30);

/// The same for every other act: a hammer was meant for the picture that its sender saw.
pub const ACT_FRESH: Duration = Duration::from_secs(3);

/// Commands that are remembered after their answer, to find out a server that answers twice in two
/// ways.
pub const ANSWERS_KEPT: usize = 256;

/// How often the server says something, until it has said its own figure.
pub const HEARTBEAT: Duration = Duration::from_secs(10);

/// Heartbeats without a word after which a picture is stale.
pub const STALE_HEARTBEATS: u32 = 2;

/// Heartbeats without a word after which a connection is taken for dead, as the server does.
pub const DEAD_HEARTBEATS: u32 = 3;

/// How long a measurement of the engine's clock is better than any later, worse one: clocks drift apart.
pub const CLOCK_GOOD_FOR: Duration = Duration::from_secs(60);
