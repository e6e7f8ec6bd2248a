//! Money: an integer of minor units (R0). No floats, no silent overflow.

use std::fmt;

use iso_currency::Currency as Iso;

/// An amount in minor units (piastres, cents) of the sale's currency; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// No money at all: where bands begin, and a sum of nothing.
    pub const ZERO: Self = Self(0);

    /// The largest amount that a bid may name: a thousandth of the range, so that no sum or step of
    /// a sale comes near an overflow.
    pub const MAX_BID: Self = Self(i64::MAX / 1000);

    /// The largest amount there is: what no limit covers.
    pub(super) const MAX: Self = Self(i64::MAX);

    /// An amount of minor units; `None` if negative.
    pub const fn new(minor: i64) -> Option<Self> {
        if minor < 0 { None } else { Some(Self(minor)) }
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum; `None` past the range.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(minor) => Some(Self(minor)),
            None => None,
        }
    }

    /// The difference; `None` below zero.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(minor) => Self::new(minor),
            None => None,
        }
    }

    /// The sum, held at the end of the range. For comparisons only, where "too much" is enough.
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, held at zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        match self.checked_sub(other) {
            Some(rest) => rest,
            None => Self::ZERO,
        }
    }

    /// So many times the amount, held at the end of the range.
    pub fn saturating_times(self, times: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(times)))
    }

    /// The smallest multiple of `step` that is above this amount; `None` for a step of zero or past
    /// the range.
    pub const fn next_multiple(self, step: Self) -> Option<Self> {
        let Some(whole) = self.0.checked_div(step.0) else {
            return None;
        };
        let Some(count) = whole.checked_add(1) else {
            return None;
        };
        match count.checked_mul(step.0) {
            Some(minor) => Some(Self(minor)),
            None => None,
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The currency with a code such as `EGP`; `None` for a code that ISO 4217 does not know.
    pub fn parse(code: &str) -> Option<Self> {
        Iso::from_code(code)?;
        code.as_bytes().try_into().ok().map(Self)
    }

    /// The code of ISO 4217: three capital letters, such as `EGP`.
    pub fn code(&self) -> &str {
        // Only ASCII letters get in through `parse`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits of the minor unit: 2 for EGP, 3 for KWD, 0 for JPY.
    pub fn exponent(self) -> u32 {
        Iso::from_code(self.code())
            .and_then(Iso::exponent)
            .map_or(0, u32::from)
    }
}
