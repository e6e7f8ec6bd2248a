//! The walk through protobuf.

use crate::limits::DEPTH_MAX;
use crate::schema::{Field, Kind, Schema};
use crate::unreadable::{Expected, Unreadable, join};

const VARINT: u64 = 0;
const LEN: u64 = 2;

pub(super) fn walk(bytes: &[u8], message: &str) -> Result<(), Unreadable> {
    fields(&mut Part { bytes, at: 0 }, message, "", DEPTH_MAX)
}

/// What is left of a part of the frame, and where that begins in the frame.
struct Part<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Part<'a> {
    /// The next bytes.
    fn take(&mut self, count: u64) -> Option<Part<'a>> {
        let count = usize::try_from(count).ok()?;
        let (bytes, rest) = self.bytes.split_at_checked(count)?;
        let part = Part { bytes, at: self.at };
        self.bytes = rest;
        self.at = self.at.saturating_add(count);
        Some(part)
    }

    /// The next number, and whether it is as short as can be.
    fn varint(&mut self) -> Option<(u64, bool)> {
        let mut number: u64 = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *self.take(1)?.bytes.first()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some((number, shift == 0 || byte != 0));
            }
        }
        None
    }

    fn broken(&self, path: &str) -> Unreadable {
        Unreadable::new(path, Expected::Protobuf(self.at.saturating_add(1)))
    }
}

fn fields(part: &mut Part<'_>, message: &str, path: &str, depth: u32) -> Result<(), Unreadable> {
    let depth = depth.checked_sub(1).ok_or_else(|| part.broken(path))?;
    let known = Schema::get().fields(message);
    let mut last: Option<&Field> = None;
    let mut choices = Vec::new();
    while !part.bytes.is_empty() {
        let (tag, is_short) = part.varint().ok_or_else(|| part.broken(path))?;
        let of_number = |field: &&Field| u64::from(field.number) == tag >> 3;
        let field = known.iter().find(of_number).filter(|_| is_short);
        let field = field.ok_or_else(|| Unreadable::new(path, Expected::KnownFields))?;
        let place = join(path, &field.key);
        let is_packed = field.is_repeated && is_varint(&field.kind);
        match last {
            Some(last) if last.number > field.number => {
                return Err(Unreadable::new(place, Expected::Order));
            }
            Some(last) if last.number == field.number && (is_packed || !field.is_repeated) => {
                return Err(Unreadable::new(place, Expected::Once));
            }
            Some(_) | None => last = Some(field),
        }
        if let Some(choice) = field.choice {
            if choices.contains(&choice) {
                return Err(Unreadable::choice(message, path, choice));
            }
            choices.push(choice);
        }
        let wire_type = if is_varint(&field.kind) && !is_packed {
            VARINT
        } else {
            LEN
        };
        if tag & 7 != wire_type {
            return Err(Unreadable::new(place, Expected::of(field)));
        }
        if wire_type == VARINT {
            let number = number(part, field, &place)?;
            if number == 0 && field.choice.is_none() {
                return Err(Unreadable::new(place, Expected::LeftOut));
            }
            continue;
        }
        let (len, is_short) = part.varint().ok_or_else(|| part.broken(&place))?;
        let Some(mut value) = part.take(len).filter(|_| is_short) else {
            return Err(part.broken(&place));
        };
        match &field.kind {
            Kind::Message(name) => fields(&mut value, name, &place, depth)?,
            Kind::Text if std::str::from_utf8(value.bytes).is_err() => {
                return Err(Unreadable::new(place, Expected::Text));
            }
            _ if is_packed => {
                while !value.bytes.is_empty() {
                    number(&mut value, field, &place)?;
                }
            }
            _ if len == 0 && field.choice.is_none() && !field.is_repeated => {
                return Err(Unreadable::new(place, Expected::LeftOut));
            }
            _ => {}
        }
    }
    Ok(())
}

fn number(part: &mut Part<'_>, field: &Field, path: &str) -> Result<u64, Unreadable> {
    let (number, is_short) = part.varint().ok_or_else(|| part.broken(path))?;
    let is_good = match &field.kind {
        Kind::Uint32 if number > u32::MAX.into() => {
            return Err(Unreadable::new(path, Expected::AtMost(u32::MAX.into())));
        }
        Kind::Bool => number <= 1,
        Kind::Enum(name) => {
            let mut known = Schema::get().enums.get(name).into_iter().flatten();
            known.any(|(_, value)| u64::try_from(*value) == Ok(number))
        }
        _ => true,
    };
    if is_good && is_short {
        Ok(number)
    } else {
        Err(Unreadable::new(path, Expected::one_of(field)))
    }
}

const fn is_varint(kind: &Kind) -> bool {
    !matches!(kind, Kind::Message(_) | Kind::Text | Kind::Bytes)
}
