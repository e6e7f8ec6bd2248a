//! The small words of a scenario: times, spans, amounts, lots, paddles, people.

use mazad_engine::domain::{
    AccountId, Actor, BidNo, CommandId, LotNo, Money, Paddle, Span, StaffId, Time,
};
use uuid::Uuid;

/// Midnight of the day on which every scenario plays: 1 March 2026, UTC.
const MIDNIGHT: u64 = 1_772_323_200_000_000;
const SECOND: u64 = 1_000_000;

/// Words that could not be read, with what was expected.
pub(crate) type Misread = String;

/// The words of one line, read from left to right. Quoted text is one word.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    words: Vec<String>,
    next: usize,
}

impl Words {
    pub(crate) fn of(line: &str) -> Self {
        let mut words = Vec::new();
        for (place, piece) in line.split('"').enumerate() {
            if place % 2 == 1 {
                words.push(piece.to_owned());
            } else {
                words.extend(piece.split_whitespace().map(str::to_owned));
            }
        }
        Self { words, next: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&str> {
        self.words.get(self.next).map(String::as_str)
    }

    pub(crate) fn take(&mut self) -> Option<String> {
        let word = self.words.get(self.next).cloned();
        self.next += usize::from(word.is_some());
        word
    }

    /// Takes the next word if it is this one.
    pub(crate) fn skip(&mut self, word: &str) -> bool {
        let is_next = self.peek() == Some(word);
        self.next += usize::from(is_next);
        is_next
    }

    /// Takes the next word and reads it.
    pub(crate) fn read<T>(
        &mut self,
        what: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Misread> {
        let word = self.take().ok_or_else(|| format!("{what} is missing"))?;
        read(&word).ok_or_else(|| format!("`{word}` is not {what}"))
    }

    /// Nothing may be left.
    pub(crate) fn end(&self) -> Result<(), Misread> {
        match self.peek() {
            None => Ok(()),
            Some(word) => Err(format!("`{word}` is left over")),
        }
    }
}

/// `12:00:01` or `12:00:01.500`.
pub(crate) fn time(word: &str) -> Option<Time> {
    let mut parts = word.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if parts.next().is_some() || fraction.len() > 6 {
        return None;
    }
    let micros: u64 = format!("{fraction:0<6}").parse().ok()?;
    let minutes = hours.parse::<u64>().ok()? * 60 + minutes.parse::<u64>().ok()?;
    let seconds = minutes * 60 + whole.parse::<u64>().ok()?;
    Some(Time(MIDNIGHT + seconds * SECOND + micros))
}

/// A time as a line has it.
pub(crate) fn clock(time: Time) -> String {
    let micros = time.since(Time(MIDNIGHT)).0;
    let (seconds, rest) = (micros / SECOND, micros % SECOND);
    let (minutes, hours) = (seconds / 60 % 60, seconds / 3600);
    let fraction = if rest == 0 {
        String::new()
    } else {
        format!(".{rest:06}").trim_end_matches('0').to_owned()
    };
    format!("{hours:02}:{minutes:02}:{:02}{fraction}", seconds % 60)
}

/// `500ms`, `30s`, `5m` or `2h`.
pub(crate) fn span(word: &str) -> Option<Span> {
    let unit = word.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = word.split_at(unit);
    let micros = match unit {
        "ms" => 1000,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3600 * SECOND,
        _ => return None,
    };
    Some(Span(count.parse::<u64>().ok()? * micros))
}

/// A span as a line has it.
pub(crate) fn length(span: Span) -> String {
    let units = [(3600 * SECOND, "h"), (60 * SECOND, "m"), (SECOND, "s")];
    let fits = |(micros, _): &&(u64, &str)| span.0 > 0 && span.0.is_multiple_of(*micros);
    match units.iter().find(fits) {
        Some((micros, unit)) => format!("{}{unit}", span.0 / micros),
        None => format!("{}ms", span.0 / 1000),
    }
}

pub(crate) fn money(word: &str) -> Option<Money> {
    Money::new(word.parse().ok()?)
}

pub(crate) fn number(word: &str) -> Option<u32> {
    word.parse().ok()
}

/// `lot3`.
pub(crate) fn lot(word: &str) -> Option<LotNo> {
    number(word.strip_prefix("lot")?).map(LotNo)
}

/// `p7`.
pub(crate) fn paddle(word: &str) -> Option<Paddle> {
    number(word.strip_prefix('p')?).map(Paddle)
}

pub(crate) fn bid(word: &str) -> Option<BidNo> {
    number(word).map(BidNo)
}

/// `3` or `1..200`.
pub(crate) fn range(word: &str) -> Option<std::ops::RangeInclusive<u32>> {
    match word.split_once("..") {
        None => number(word).map(|one| one..=one),
        Some((from, to)) => Some(number(from)?..=number(to)?),
    }
}

/// `lot3` or `lot1..200`.
pub(crate) fn lots(word: &str) -> Option<Vec<LotNo>> {
    let all = range(word.strip_prefix("lot")?)?;
    Some(all.map(LotNo).collect())
}

/// The name of a command, such as `#a`.
pub(crate) fn command_id(word: &str) -> Option<CommandId> {
    let name = word.strip_prefix('#')?;
    Some(CommandId(Uuid::new_v5(
        &Uuid::NAMESPACE_OID,
        name.as_bytes(),
    )))
}

/// The account behind a paddle of the web.
pub(crate) fn account(paddle: Paddle) -> AccountId {
    AccountId(Uuid::from_u128(u128::from(paddle.0)))
}

/// `p7` is a bidder; any other name is a member of staff.
pub(crate) fn actor(word: &str) -> Option<Actor> {
    match paddle(word) {
        Some(paddle) => Some(Actor::Bidder(account(paddle))),
        None => word
            .starts_with(|c: char| c.is_ascii_alphabetic())
            .then(|| Actor::Staff(staff(word))),
    }
}

/// A member of staff by name.
pub(crate) fn staff(name: &str) -> StaffId {
    StaffId(Uuid::new_v5(&Uuid::NAMESPACE_DNS, name.as_bytes()))
}
