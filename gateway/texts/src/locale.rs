//! A language with its digits: what a text, a figure or a moment is written for.

use fluent_bundle::FluentValue;
use mazad_proto::v1::Bilingual;

use crate::bundles::Texts;
use crate::lang::{Digits, Lang};

/// How texts are written for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    /// The language to answer in.
    pub lang: Lang,
    /// The digits to write.
    pub digits: Digits,
}

impl Locale {
    /// A language with its own digits.
    pub const fn of(lang: Lang) -> Self {
        Self {
            lang,
            digits: Digits::of(lang),
        }
    }

    /// The text with a key, without figures.
    pub fn t(&self, key: &str) -> String {
        Texts::get().say(self.lang, key, &[])
    }

    /// A text with values.
    pub fn tv(&self, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        Texts::get().say(self.lang, key, values)
    }

    /// A sale's own text, in this language or, lacking it, in the other.
    pub fn said<'a>(&self, both: Option<&'a Bilingual>) -> &'a str {
        let Some(both) = both else {
            return "";
        };
        let (own, other) = match self.lang {
            Lang::Ar => (&both.ar, &both.en),
            Lang::En => (&both.en, &both.ar),
        };
        if own.is_empty() { other } else { own }
    }
}
