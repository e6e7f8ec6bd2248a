//! Every bound of the office, each with its reason.

use std::time::Duration;

use mazad_engine::domain::Span;

/// Random bytes of a secret, a token or a ticket: 256 bits cannot be guessed, at any rate of trying.
pub const SECRET_BYTES: usize = 32;

/// Characters of such a secret as text. Anything else is refused before it is hashed.
pub const SECRET_CHARS: usize = 43;

/// How long a bidder's link is good: it is handed out at the viewing and used on the day of the
/// sale, three days later. A new one is one command away, and ends the old one.
pub const INVITE_VALID_BIDDER: Span = Span::minutes(72 * 60);

/// How long a link for staff is good: made the evening before, used in the morning. It opens more
/// than a bidder's, and is handed over in person.
pub const INVITE_VALID_STAFF: Span = Span::minutes(24 * 60);

/// The longest that anybody may ask for: a printed catalogue is a month ahead of its sale.
pub const INVITE_VALID_MAX: Span = Span::minutes(30 * 24 * 60);

/// How long a bidder stays logged in: viewing, sale and settlement in one week, on an own device,
/// without being thrown out in the last minute of a lot.
pub const TOKEN_VALID_BIDDER: Span = Span::minutes(7 * 24 * 60);

/// How long staff stay logged in: one working day, since their desks are shared.
pub const TOKEN_VALID_STAFF: Span = Span::minutes(12 * 60);

/// How long a ticket for the socket is good: a page asks for it and connects at once; a slow phone
/// gets half a minute.
pub const TICKET_VALID: Span = Span::seconds(30);

/// Logins of one person at once: a phone, a laptop, a tablet and one that was forgotten somewhere. One
/// more ends the oldest.
pub const DEVICES_MAX: usize = 4;

/// How long a link for another device is good: it is scanned from the screen, by the one who made it.
pub const DEVICE_LINK_VALID: Span = Span::minutes(10);

/// Links for another device at once; one of each login, a new one ends the one before.
pub const DEVICE_LINKS_MAX: usize = 4_096;

/// Tickets of one token at once: a few tabs that reconnect together. One more ends the oldest.
pub const TICKETS_PER_TOKEN_MAX: usize = 4;

/// Tickets at once: after a restart every socket of a gateway (50,000) comes back within seconds.
/// One more ends the oldest, which is the first to expire anyway.
pub const TICKETS_MAX: usize = 65_536;

/// Accounts, as many as bidders that one installation is designed to know. An account is kept for
/// ever: a paddle that gets a new link must stay the same bidder, and a disabled one disabled.
pub const ACCOUNTS_MAX: usize = 1_000_000;

/// Links that nobody has used yet; used and expired ones are forgotten.
pub const INVITES_OPEN_MAX: usize = 200_000;

/// Tokens that live; four gateways full of sockets.
pub const TOKENS_MAX: usize = 200_000;

/// Bytes of the label of an invite: what a desk calls it.
pub const LABEL_BYTES_MAX: usize = 64;

/// How long an expired invite is still remembered, in case another process, with a slower clock,
/// has taken it in time.
pub const INVITE_GRACE: Span = Span::minutes(1);

/// Tries of one append: another process that writes the office does so at the speed of people.
pub const APPEND_TRIES_MAX: usize = 8;

/// Offers of the identical append whose outcome is not known, before the caller is told so: with their
/// pauses about six seconds, as long as a person waits.
pub const OFFERS_MAX: u32 = 12;

/// How long a change waits for the one before it: an append takes milliseconds, unless the store is
/// away, and then whoever asks is better told than kept waiting.
pub const TURN_WAIT: Duration = Duration::from_secs(2);

/// Ends written at once that hold already; the rest follows with the next look.
pub const OWED_AT_ONCE: usize = 64;

/// Events of the office read at once.
pub const READ_EVENTS_MAX: usize = 512;

/// Milliseconds between two looks at what has expired and what other processes have appended: a
/// session must end everywhere within 2 s.
pub const WATCH_PERIOD_MS: u64 = 1_000;

/// People listed at once: a page that a person can still read through.
pub const PEOPLE_LISTED_MAX: usize = 1_000;
