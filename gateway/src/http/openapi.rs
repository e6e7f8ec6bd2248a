//! `/openapi.json`: what `openapi.json` beside this file says of the routes and their bodies, with
//! the schemas of the wire's messages read out of the compiled schema, so that they cannot drift.
//! Tests hold the file to the routes, to the bodies that are read and to the answers that are given.

use std::sync::LazyLock;

use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::respond::json;
use super::schemas;

const WRITTEN: &str = include_str!("openapi.json");

/// The whole document; nobody waits for it before it is asked for.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_string()));

pub(super) async fn document_itself() -> Response {
    json(DOCUMENT.clone())
}

fn document() -> Value {
    // Our own file: a test holds that it can be read.
    let mut document: Value = serde_json::from_str(WRITTEN).unwrap_or_default();
    if let Some(Value::Object(known)) = document.pointer_mut("/components/schemas") {
        known.extend(schemas::messages());
    }
    document
}

/// Method and path of every route that is described.
#[cfg(test)]
pub(crate) fn routes() -> Vec<String> {
    let document = document();
    let paths = document["paths"].as_object().into_iter().flatten();
    let routes = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
    });
    routes.collect()
}

/// Whether a value has the fields that are described under a name, and no others.
#[cfg(test)]
pub(super) fn is_described(name: &str, value: &impl serde::Serialize) -> bool {
    let value = serde_json::to_value(value).unwrap_or_default();
    let told = document();
    let told = &told["components"]["schemas"][name]["properties"];
    let keys = |value: &Value| -> Option<Vec<String>> {
        value
            .as_object()
            .map(|fields| fields.keys().cloned().collect())
    };
    keys(&value).is_some_and(|fields| keys(told).is_some_and(|told| told == fields))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::authenticated::COOKIE;
    use super::super::described::Described;
    use super::super::import::ImportQuery;
    use super::super::login::Redeem;
    use super::super::lots::PageQuery;
    use super::super::people::{Ending, PeoplePage};
    use super::super::search::SearchQuery;
    use super::*;
    use crate::auth::InviteRequest;

    #[test]
    fn what_is_written_here_is_said_nowhere_else() {
        let written: Value = serde_json::from_str(WRITTEN).unwrap();
        let messages = schemas::messages();
        let own = written["components"]["schemas"].as_object().unwrap();
        for name in own.keys() {
            assert!(!messages.contains_key(name), "{name} is a message");
        }
        assert_eq!(written["info"]["version"], env!("CARGO_PKG_VERSION"));
        let cookie = &written["components"]["securitySchemes"]["cookie"];
        assert_eq!(cookie["name"], COOKIE);
    }

    /// The names that a type reads: it says them when it refuses another.
    fn read_by<T: Described>() -> BTreeSet<String> {
        let refused = serde_json::from_str::<T>(r#"{ "?": 0 }"#).err().unwrap();
        let said = refused.to_string();
        let (_, expected) = said.split_once("expected ").unwrap();
        let names = expected.split('`').skip(1).step_by(2);
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        let explained = T::fields().into_iter().map(|field| field.key.to_owned());
        assert_eq!(explained.collect::<BTreeSet<_>>(), names);
        names
    }

    #[test]
    fn a_body_has_the_fields_that_are_read() {
        let document = document();
        for (name, read) in [
            ("Redeem", read_by::<Redeem>()),
            ("Ending", read_by::<Ending>()),
            ("InviteRequest", read_by::<InviteRequest>()),
        ] {
            let schema = &document["components"]["schemas"][name];
            let told = schema["properties"].as_object().unwrap();
            assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), read);
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }

    #[test]
    fn a_query_has_the_parameters_that_are_read() {
        let document = document();
        let mut read = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let methods = item.as_object().into_iter().flatten();
            let parameters = methods.filter_map(|(_, told)| told["parameters"].as_array());
            let queried = parameters
                .flatten()
                .filter(|parameter| parameter["in"] == "query");
            let names = queried.map(|parameter| parameter["name"].as_str().unwrap());
            read.extend(names.map(|name| format!("{path}?{name}")));
        }
        let mut expected = BTreeSet::new();
        for (path, names) in [
            ("/api/search", read_by::<SearchQuery>()),
            ("/api/people", read_by::<PeoplePage>()),
            ("/api/v1/import", read_by::<ImportQuery>()),
            ("/api/sales/{sale}/events", read_by::<PageQuery>()),
            (
                "/api/sales/{sale}/lots/{lot}/history",
                read_by::<PageQuery>(),
            ),
        ] {
            expected.extend(names.iter().map(|name| format!("{path}?{name}")));
        }
        assert_eq!(read, expected);
    }
}
