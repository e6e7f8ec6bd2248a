//! A language with its digits: what a text, a figure or a moment is written for.

use std::fmt;

use fluent_bundle::FluentValue;
use mazad_proto::v1::Bilingual;

use crate::bundles::Texts;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Arabic, right to left: the default.
    Ar,
    /// English.
    En,
}

impl Lang {
    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::En => "en",
        }
    }

    /// The direction it is written in.
    pub const fn dir(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::En => "ltr",
        }
    }

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Ar => Self::En,
            Self::En => Self::Ar,
        }
    }

    /// The language with a code.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "ar" => Some(Self::Ar),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Which digits are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Arabic-Indic.
    Arab,
    /// 0 to 9.
    Latn,
}

impl Digits {
    /// Those of a language.
    pub const fn of(lang: Lang) -> Self {
        match lang {
            Lang::Ar => Self::Arab,
            Lang::En => Self::Latn,
        }
    }
}

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

    /// A text.
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
