//! JSON schemas of the wire's messages, read out of the compiled schema.

use mazad_proto::schema::{Field, Kind, Schema};
use serde_json::{Map, Value, json};

/// A schema for each message and enum, by its name in the package.
pub(super) fn messages() -> Map<String, Value> {
    let Schema { messages, enums } = Schema::get();
    let words = enums.iter().map(|(name, values)| {
        let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
        (name.clone(), json!({ "type": "string", "enum": names }))
    });
    let told = messages.iter().map(|(name, fields)| {
        let fields = fields
            .iter()
            .map(|field| (field.key.clone(), schema(field)));
        let properties: Map<String, Value> = fields.collect();
        let schema = json!({
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        (name.clone(), schema)
    });
    let mut schemas: Map<String, Value> = words.chain(told).collect();
    let either = ["Answer", "NotSeen"].map(reference);
    schemas.insert("AnswerOrNotSeen".to_owned(), json!({ "oneOf": either }));
    schemas
}

fn schema(field: &Field) -> Value {
    let one = match &field.kind {
        Kind::Int64 => json!({ "type": "string", "pattern": "^(0|-?[1-9][0-9]{0,18})$" }),
        Kind::Uint64 => json!({ "type": "string", "pattern": "^(0|[1-9][0-9]{0,19})$" }),
        Kind::Int32 => json!({ "type": "integer", "format": "int32" }),
        Kind::Uint32 => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        Kind::Message(name) | Kind::Enum(name) => reference(name),
        Kind::Text => json!({ "type": "string" }),
    };
    if field.is_repeated {
        json!({ "type": "array", "items": one })
    } else {
        one
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
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
