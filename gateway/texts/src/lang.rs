//! The two languages, equals, and the digits that each is read with.

use std::fmt;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Arabic, right to left: the default.
    Ar,
    /// English, left to right.
    En,
}

impl Lang {
    /// The code that addresses, cookies and pages have.
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
    /// Arabic-Indic: U+0660 to U+0669.
    Arab,
    /// As in English: 0 to 9.
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
