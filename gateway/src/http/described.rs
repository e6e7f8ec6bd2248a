//! Bodies and queries that are no messages of the schema: what each field of them must be, to tell the
//! place at which one cannot be read.

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use mazad_proto::{Expected, Tree, Unreadable};
use serde::de::DeserializeOwned;

use crate::faults::Fault;

/// A body or a query whose fields are known.
pub(super) trait Described: DeserializeOwned {
    /// Each field that is read.
    fn fields() -> Vec<Field>;
}

/// A field of a body or a query.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    need: Need,
    expected: Expected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

impl Field {
    pub(super) const fn required(key: &'static str, expected: Expected) -> Self {
        let need = Need::Required;
        Self {
            key,
            need,
            expected,
        }
    }

    pub(super) const fn optional(key: &'static str, expected: Expected) -> Self {
        let need = Need::Optional;
        Self {
            key,
            need,
            expected,
        }
    }

    const fn is_number(&self) -> bool {
        matches!(
            self.expected,
            Expected::Number | Expected::NumberFromOne | Expected::AtMost(_)
        )
    }

    const fn is_boolean(&self) -> bool {
        matches!(self.expected, Expected::Boolean)
    }

    fn missed(self) -> Unreadable {
        Unreadable::new(self.key, self.expected)
    }
}

/// Why JSON is not such a body.
pub(super) fn explain_body<T: Described>(bytes: &[u8]) -> Unreadable {
    let entries = match Tree::read(bytes) {
        Ok(Tree::Object(entries)) => entries,
        Ok(_) => return Unreadable::new("", Expected::Object),
        Err(place) => return place,
    };
    explain::<T, Tree>(&entries, |field, value| match value {
        Tree::Null => field.need == Need::Optional,
        Tree::Whole(number) => field.is_number() && u32::try_from(*number).is_ok(),
        Tree::Text(_) => !field.is_number() && !field.is_boolean(),
        Tree::Bool(_) => field.is_boolean(),
        Tree::Number | Tree::List(_) | Tree::Object(_) => false,
    })
}

fn explain<T: Described, V>(
    entries: &[(String, V)],
    is_good: impl Fn(&Field, &V) -> bool,
) -> Unreadable {
    let mut missing = T::fields();
    for (key, value) in entries {
        let Some(at) = missing.iter().position(|field| field.key == key) else {
            let known = T::fields().into_iter().find(|field| field.key == key);
            return match known {
                Some(field) => Unreadable::new(field.key, Expected::Once),
                None => Unreadable::new("", Expected::KnownFields),
            };
        };
        let field = missing.swap_remove(at);
        if !is_good(&field, value) {
            return field.missed();
        }
    }
    let mut missing = missing.into_iter();
    let missed = missing.find(|field| field.need == Need::Required);
    missed.map_or_else(|| Unreadable::new("", Expected::Message), Field::missed)
}

/// What the query of an address asks.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: Described, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let asked = Query::try_from_uri(&parts.uri);
        asked
            .map(|Query(asked)| Self(asked))
            .map_err(|_| explain_query::<T>(&parts.uri).into())
    }
}

fn explain_query<T: Described>(uri: &Uri) -> Unreadable {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    explain::<T, String>(&pairs, |field, value| {
        !field.is_number() || value.parse::<u64>().is_ok()
    })
}
