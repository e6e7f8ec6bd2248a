//! The walk through JSON.

use super::tree::Tree;
use crate::schema::{Field, Kind, Schema};
use crate::unreadable::{Expected, Unreadable, join};

pub(super) fn walk(bytes: &[u8], message: &str) -> Result<(), Unreadable> {
    object(&Tree::read(bytes)?, message, "")
}

fn object(value: &Tree, message: &str, path: &str) -> Result<(), Unreadable> {
    let Tree::Object(entries) = value else {
        return Err(Unreadable::new(path, Expected::Object));
    };
    let fields = Schema::get().fields(message);
    let mut seen: Vec<&Field> = Vec::new();
    for (key, value) in entries {
        let known = fields
            .iter()
            .find(|field| field.key == *key || field.name == *key);
        let Some(field) = known else {
            return Err(Unreadable::new(path, Expected::KnownFields));
        };
        let place = join(path, &field.key);
        if field.key != *key {
            return Err(Unreadable::new(place, Expected::Key));
        }
        if seen.contains(&field) {
            return Err(Unreadable::new(place, Expected::Once));
        }
        if let Some(choice) = field.choice
            && seen.iter().any(|other| other.choice == Some(choice))
        {
            return Err(Unreadable::choice(message, path, choice));
        }
        seen.push(field);
        values(value, field, &place)?;
    }
    Ok(())
}

fn values(value: &Tree, field: &Field, path: &str) -> Result<(), Unreadable> {
    if !field.is_repeated {
        return one(value, field, path);
    }
    let Tree::List(items) = value else {
        return Err(Unreadable::new(path, Expected::List));
    };
    let mut items = items.iter().enumerate();
    items.try_for_each(|(at, item)| one(item, field, &format!("{path}[{at}]")))
}

fn one(value: &Tree, field: &Field, path: &str) -> Result<(), Unreadable> {
    let is_good = match (&field.kind, value) {
        (Kind::Message(name), value) => return object(value, name, path),
        // A default may be left out, and may be written as any spelling of nothing.
        (Kind::Int64 | Kind::Uint64, Tree::Whole(0)) => true,
        (Kind::Int64, Tree::Text(text)) => {
            is_in_range(text, i64::MAX.unsigned_abs(), path)?;
            text.parse().is_ok_and(|it: i64| it.to_string() == *text)
        }
        (Kind::Uint64, Tree::Text(text)) => {
            is_in_range(text, u64::MAX, path)?;
            text.parse().is_ok_and(|it: u64| it.to_string() == *text)
        }
        (Kind::Uint32, Tree::Whole(number)) if *number > u64::from(u32::MAX) => {
            return Err(Unreadable::new(path, Expected::AtMost(u32::MAX.into())));
        }
        (Kind::Int32, Tree::Whole(number)) if *number > i32::MAX.unsigned_abs().into() => {
            let most = i32::MAX.unsigned_abs().into();
            return Err(Unreadable::new(path, Expected::AtMost(most)));
        }
        (Kind::Uint32, Tree::Whole(_))
        | (Kind::Int32, Tree::Whole(_) | Tree::Number)
        | (Kind::Bool, Tree::Bool(_))
        | (Kind::Text | Kind::Bytes, Tree::Text(_))
        | (Kind::Enum(_), Tree::Whole(0)) => true,
        (Kind::Enum(name), Tree::Text(text)) => {
            let known = Schema::get().enums.get(name).into_iter().flatten();
            known.into_iter().any(|(word, _)| word == text)
        }
        _ => false,
    };
    if is_good {
        Ok(())
    } else {
        Err(Unreadable::new(path, Expected::one_of(field)))
    }
}

/// Digits alone, but too many of them.
fn is_in_range(text: &str, most: u64, path: &str) -> Result<(), Unreadable> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_more = is_digits && text.parse().map_or(true, |number: u64| number > most);
    if is_more {
        Err(Unreadable::new(path, Expected::AtMost(most)))
    } else {
        Ok(())
    }
}
