//! The compiled schema, as far as somebody who reads or describes messages needs it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use prost::Message as _;

/// The part of `google.protobuf.FileDescriptorSet` that is read.
#[derive(prost::Message)]
struct FileSet {
    #[prost(message, repeated, tag = "1")]
    file: Vec<File>,
}

#[derive(prost::Message)]
struct File {
    #[prost(message, repeated, tag = "4")]
    message_type: Vec<Descriptor>,
    #[prost(message, repeated, tag = "5")]
    enum_type: Vec<EnumDescriptor>,
}

#[derive(prost::Message)]
struct Descriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    field: Vec<FieldDescriptor>,
    #[prost(message, repeated, tag = "3")]
    nested_type: Vec<Descriptor>,
}

#[derive(prost::Message)]
struct FieldDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "3")]
    number: i32,
    #[prost(int32, tag = "4")]
    label: i32,
    #[prost(int32, tag = "5")]
    kind: i32,
    #[prost(string, tag = "6")]
    type_name: String,
    #[prost(int32, optional, tag = "9")]
    oneof_index: Option<i32>,
}

#[derive(prost::Message)]
struct EnumDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    value: Vec<EnumValue>,
}

#[derive(prost::Message)]
struct EnumValue {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "2")]
    number: i32,
}

/// The messages and enums of the schema by their names in the package.
#[derive(Debug, Default)]
pub struct Schema {
    /// The fields of each message, in the order of the schema.
    pub messages: BTreeMap<String, Vec<Field>>,
    /// Names and numbers of each enum.
    pub enums: BTreeMap<String, Vec<(String, i32)>>,
}

/// A field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its key in JSON.
    pub key: String,
    /// Its name in the schema.
    pub name: String,
    /// Its number in protobuf.
    pub number: u32,
    /// What one value of it is.
    pub kind: Kind,
    /// Whether it is a list.
    pub is_repeated: bool,
    /// The choice that it is part of: one field of each may stand.
    pub choice: Option<i32>,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A signed number of 64 bits: money, or a measure.
    Int64,
    /// A number of 64 bits: a time, a span, a revision.
    Uint64,
    /// A signed number of 32 bits.
    Int32,
    /// A number of 32 bits.
    Uint32,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// Bytes: base64 in JSON.
    Bytes,
    /// A message, by its name.
    Message(String),
    /// An enum, by its name.
    Enum(String),
}

impl Schema {
    /// The schema of this program, read when it is first asked for.
    pub fn get() -> &'static Self {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(Schema::read);
        &SCHEMA
    }

    /// The fields of a message; none if there is no such message.
    pub fn fields(&self, message: &str) -> &[Field] {
        self.messages.get(message).map_or(&[], Vec::as_slice)
    }

    /// The field at a path of keys in JSON, such as `placeBid.amount`, from a message on.
    pub fn field_at(&self, message: &str, path: &str) -> Option<&Field> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let key = first.split('[').next()?;
        let field = self.fields(message).iter().find(|field| field.key == key)?;
        match (rest, &field.kind) {
            (None, _) => Some(field),
            (Some(rest), Kind::Message(inner)) => self.field_at(inner, rest),
            (Some(_), _) => None,
        }
    }

    /// The names of an enum that mean something: not the one that says nothing.
    pub fn words(&self, name: &str) -> Vec<&str> {
        let values = self.enums.get(name).map_or(&[][..], Vec::as_slice);
        let told = values.iter().filter(|(_, number)| *number != 0);
        told.map(|(name, _)| name.as_str()).collect()
    }

    fn read() -> Self {
        // Our own bytes: a test holds that they can be read.
        let files = FileSet::decode(crate::DESCRIPTORS).unwrap_or_default();
        let mut schema = Self::default();
        for file in files.file {
            for words in file.enum_type {
                let values = words.value.into_iter();
                let values = values.map(|value| (value.name, value.number)).collect();
                schema.enums.insert(words.name, values);
            }
            for message in file.message_type {
                schema.add("", message);
            }
        }
        schema
    }

    fn add(&mut self, within: &str, message: Descriptor) {
        let name = format!("{within}{}", message.name);
        for nested in message.nested_type {
            self.add(&format!("{name}."), nested);
        }
        let fields = message.field.into_iter().map(Field::read).collect();
        self.messages.insert(name, fields);
    }
}

impl Field {
    fn read(field: FieldDescriptor) -> Self {
        const REPEATED: i32 = 3;
        let of_type = field.type_name.trim_start_matches(".mazad.v1.").to_owned();
        Self {
            key: camel_case(&field.name),
            number: field.number.unsigned_abs(),
            // The numbers of `FieldDescriptorProto.Type`.
            kind: match field.kind {
                3 | 16 | 18 => Kind::Int64,
                4 | 6 => Kind::Uint64,
                5 | 15 | 17 => Kind::Int32,
                7 | 13 => Kind::Uint32,
                8 => Kind::Bool,
                11 => Kind::Message(of_type),
                12 => Kind::Bytes,
                14 => Kind::Enum(of_type),
                _ => Kind::Text,
            },
            is_repeated: field.label == REPEATED,
            choice: field.oneof_index,
            name: field.name,
        }
    }
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
    fn a_path_leads_to_its_field() {
        let schema = Schema::get();
        let amount = schema.field_at("ClientFrame", "command.placeBid.amount");
        assert_eq!(amount.map(|field| &field.kind), Some(&Kind::Int64));
        let step = schema.field_at("LotTerms", "english.increments.bands[2].step");
        assert_eq!(step.map(|field| field.number), Some(2));
        assert_eq!(schema.field_at("Command", "placeBid.tip"), None);
        assert_eq!(schema.field_at("Command", "id.text"), None);
        assert_eq!(
            schema.words("BidKind"),
            ["BID_KIND_FLAT", "BID_KIND_MAXIMUM"]
        );
        for fields in schema.messages.values().flatten() {
            match &fields.kind {
                Kind::Message(name) => assert!(schema.messages.contains_key(name), "{name}"),
                Kind::Enum(name) => assert!(schema.enums.contains_key(name), "{name}"),
                _ => {}
            }
        }
    }
}
