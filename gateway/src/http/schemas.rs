//! JSON schemas of the wire's messages, read out of the compiled schema.

use std::collections::BTreeMap;

use prost::Message;
use serde_json::{Map, Value, json};

/// The part of `google.protobuf.FileDescriptorSet` that a schema needs.
#[derive(Message)]
struct FileSet {
    #[prost(message, repeated, tag = "1")]
    file: Vec<File>,
}

#[derive(Message)]
struct File {
    #[prost(message, repeated, tag = "4")]
    message_type: Vec<Descriptor>,
    #[prost(message, repeated, tag = "5")]
    enum_type: Vec<EnumDescriptor>,
}

#[derive(Message)]
struct Descriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    field: Vec<Field>,
    #[prost(message, repeated, tag = "3")]
    nested_type: Vec<Descriptor>,
}

#[derive(Message)]
struct Field {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "4")]
    label: i32,
    #[prost(int32, tag = "5")]
    kind: i32,
    #[prost(string, tag = "6")]
    type_name: String,
}

#[derive(Message)]
struct EnumDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    value: Vec<EnumValue>,
}

#[derive(Message)]
struct EnumValue {
    #[prost(string, tag = "1")]
    name: String,
}

const REPEATED: i32 = 3;

/// A schema for each message and enum, by its name in the package.
pub(super) fn messages() -> Map<String, Value> {
    // Our own bytes: a test holds that they can be read.
    let files = FileSet::decode(mazad_proto::DESCRIPTORS).unwrap_or_default();
    let mut schemas = BTreeMap::new();
    for file in &files.file {
        for words in &file.enum_type {
            let names: Vec<&str> = words
                .value
                .iter()
                .map(|value| value.name.as_str())
                .collect();
            schemas.insert(
                words.name.clone(),
                json!({ "type": "string", "enum": names }),
            );
        }
        for message in &file.message_type {
            describe("", message, &mut schemas);
        }
    }
    let either = ["Answer", "NotSeen"].map(reference);
    schemas.insert("AnswerOrNotSeen".to_owned(), json!({ "oneOf": either }));
    schemas.into_iter().collect()
}

fn describe(within: &str, message: &Descriptor, schemas: &mut BTreeMap<String, Value>) {
    let name = format!("{within}{}", message.name);
    let fields = message
        .field
        .iter()
        .map(|field| (camel_case(&field.name), schema(field)));
    let properties: Map<String, Value> = fields.collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    for nested in &message.nested_type {
        describe(&format!("{name}."), nested, schemas);
    }
    schemas.insert(name, schema);
}

fn schema(field: &Field) -> Value {
    // The numbers of `FieldDescriptorProto.Type`.
    let one = match field.kind {
        3 | 16 | 18 => json!({ "type": "string", "pattern": "^(0|-?[1-9][0-9]{0,18})$" }),
        4 | 6 => json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,19})$" }),
        5 | 15 | 17 => json!({ "type": "integer", "format": "int32" }),
        13 | 7 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        8 => json!({ "type": "boolean" }),
        12 => json!({ "type": "string", "contentEncoding": "base64" }),
        11 | 14 => reference(field.type_name.trim_start_matches(".mazad.v1.")),
        _ => json!({ "type": "string" }),
    };
    if field.label == REPEATED {
        json!({ "type": "array", "items": one })
    } else {
        one
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The key of a field in JSON.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let mut key = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (first, rest) = part.split_at(part.len().min(1));
        key.push_str(&first.to_ascii_uppercase());
        key.push_str(rest);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_wire_has_a_schema_and_every_reference_is_kept() {
        let schemas = messages();
        for name in [
            "Command", "Answer", "Snapshot", "Fault", "Mine", "LotView", "Verdict",
        ] {
            assert!(schemas.contains_key(name), "{name}");
        }
        let text = serde_json::to_string(&schemas).unwrap();
        for part in text.split("#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
        assert_eq!(
            schemas["PlaceBid"]["properties"]["amount"]["type"],
            "string"
        );
        assert_eq!(schemas["LotView"]["properties"]["endsAt"]["type"], "string");
        assert_eq!(schemas["SaleView"]["properties"]["order"]["type"], "array");
    }
}
