//! What cannot be read in a message: where, and what was expected there. Nothing of what was sent is
//! in it, only names of the schema and our own words.

use std::fmt;

use crate::schema::{Field, Kind, Schema};

/// A place in a message that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Keys in JSON from the message on, such as `placeBid.amount` or `reorderLots.order[2]`; empty: the
    /// message itself. Of a field that is not known, only the message that it stands in.
    pub path: String,
    /// What is expected there.
    pub expected: Expected,
}

/// What is expected somewhere in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// JSON: up to this byte, counted from 1, it is some.
    Json(usize),
    /// Protobuf: up to this byte, counted from 1, it is some.
    Protobuf(usize),
    /// A message of the schema; nothing more exact is known.
    Message,
    /// An object with fields.
    Object,
    /// No field that the schema does not have.
    KnownFields,
    /// The key of the field as the path has it.
    Key,
    /// Each field once.
    Once,
    /// In protobuf: fields by rising numbers.
    Order,
    /// Nothing: a default or a field that does not belong here is left out.
    LeftOut,
    /// One of these fields, and only one.
    OneField(Vec<String>),
    /// One of these words.
    OneWord(Vec<String>),
    /// A list.
    List,
    /// Text.
    Text,
    /// Text of at most so many bytes, without control characters.
    TextAtMost(u64),
    /// The code of a currency.
    Currency,
    /// Bytes as base64.
    Bytes,
    /// `true` or `false`.
    Boolean,
    /// Money: a whole number of minor units, as text.
    Money,
    /// A whole number, as text.
    NumberText,
    /// A whole number.
    Number,
    /// A whole number from 1: of a lot, of a paddle.
    NumberFromOne,
    /// A whole number up to this one.
    AtMost(u64),
    /// A uuid in its one spelling.
    Uuid,
    /// Bands of increments as R1 has them.
    Bands,
    /// A link's key, as it was given out.
    Secret,
    /// What the address of the request says.
    AsInAddress,
    /// At most so many bytes in all.
    BytesAtMost(u64),
}

impl Unreadable {
    /// Something else was expected at a path.
    pub fn new(path: impl Into<String>, expected: Expected) -> Self {
        Self {
            path: path.into(),
            expected,
        }
    }

    /// What the schema expects at a path from a message on.
    pub fn at(message: &str, path: &str) -> Self {
        let schema = Schema::get();
        let expected = match schema.field_at(message, path) {
            Some(field) if path.ends_with(']') => Expected::one_of(field),
            Some(field) => Expected::of(field),
            None => Expected::Message,
        };
        Self::new(path, expected)
    }

    /// The same, of a message that is a field of another one.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        Self::new(join(outer, &self.path), self.expected)
    }

    /// That one of the fields of a choice is missing, or one too many. A message numbers its choices
    /// from 0.
    pub fn choice(message: &str, path: &str, choice: i32) -> Self {
        let fields = Schema::get().fields(message).iter();
        let of_choice = fields.filter(|field| field.choice == Some(choice));
        let keys = of_choice.map(|field| field.key.clone()).collect();
        Self::new(path, Expected::OneField(keys))
    }
}

/// A path and what comes after it.
pub(crate) fn join(outer: &str, path: &str) -> String {
    match (outer, path) {
        (outer, "") => outer.to_owned(),
        ("", path) => path.to_owned(),
        (outer, path) => format!("{outer}.{path}"),
    }
}

impl Expected {
    /// What the schema expects as the value of a field.
    pub(crate) fn of(field: &Field) -> Self {
        if field.is_repeated {
            Self::List
        } else {
            Self::one_of(field)
        }
    }

    /// What the schema expects as one value of a field that may be a list.
    pub(crate) fn one_of(field: &Field) -> Self {
        match &field.kind {
            // Thousandths of a unit: the one signed number that is no money.
            Kind::Int64 if field.name.ends_with("_milli") => Self::NumberText,
            Kind::Int64 => Self::Money,
            Kind::Uint64 => Self::NumberText,
            Kind::Int32 | Kind::Uint32 => Self::Number,
            Kind::Bool => Self::Boolean,
            Kind::Text => Self::Text,
            Kind::Bytes => Self::Bytes,
            Kind::Message(_) => Self::Object,
            Kind::Enum(name) => {
                let words = Schema::get().words(name).into_iter();
                Self::OneWord(words.map(str::to_owned).collect())
            }
        }
    }

    /// A word for it, for ever the same: the texts of both languages have a sentence for each.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Json(_) => "json",
            Self::Protobuf(_) => "protobuf",
            Self::Message => "message",
            Self::Object => "object",
            Self::KnownFields => "known-fields",
            Self::Key => "key",
            Self::Once => "once",
            Self::Order => "order",
            Self::LeftOut => "left-out",
            Self::OneField(_) => "one-field",
            Self::OneWord(_) => "one-word",
            Self::List => "list",
            Self::Text => "text",
            Self::TextAtMost(_) => "text-at-most",
            Self::Currency => "currency",
            Self::Bytes => "bytes",
            Self::Boolean => "boolean",
            Self::Money => "money",
            Self::NumberText => "number-text",
            Self::Number => "number",
            Self::NumberFromOne => "number-from-one",
            Self::AtMost(_) => "at-most",
            Self::Uuid => "uuid",
            Self::Bands => "bands",
            Self::Secret => "secret",
            Self::AsInAddress => "as-in-address",
            Self::BytesAtMost(_) => "bytes-at-most",
        }
    }

    /// The figure or the names that go with the word; empty if there are none.
    pub fn detail(&self) -> String {
        match self {
            Self::Json(byte) | Self::Protobuf(byte) => byte.to_string(),
            Self::TextAtMost(most) | Self::AtMost(most) | Self::BytesAtMost(most) => {
                most.to_string()
            }
            Self::OneField(names) | Self::OneWord(names) => names.join(", "),
            _ => String::new(),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "expected {}", self.expected.word())?;
        match self.expected.detail() {
            detail if detail.is_empty() => Ok(()),
            detail => write!(f, " {detail}"),
        }
    }
}
