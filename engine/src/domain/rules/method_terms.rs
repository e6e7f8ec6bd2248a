//! How a lot is sold, as the booklet says it: the terms of each method behind one dispatch.

use super::english::EnglishTerms;
use super::reserve::Reserve;
use crate::domain::{Money, TermsError};

/// How a lot is sold, as the booklet says it. Another method of sale is another variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MethodTerms {
    /// Ascending open bids with proxy maxima (R1, R2).
    English(EnglishTerms),
}

impl MethodTerms {
    /// Whether a lot can be sold so.
    ///
    /// # Errors
    /// The first [`TermsError`] found.
    pub fn check(&self) -> Result<(), TermsError> {
        match self {
            Self::English(terms) => terms.check(),
        }
    }

    /// R4: the base price, sealed or opened.
    pub const fn reserve(&self) -> Option<&Reserve> {
        match self {
            Self::English(terms) => terms.reserve.as_ref(),
        }
    }

    /// The same terms with another base price.
    #[must_use]
    pub fn with_reserve(mut self, reserve: Option<Reserve>) -> Self {
        match &mut self {
            Self::English(terms) => terms.reserve = reserve,
        }
        self
    }
}

impl MethodTerms {
    /// The amount at which bidding begins.
    pub const fn opening(&self) -> Money {
        match self {
            Self::English(terms) => terms.opening,
        }
    }

    /// L12: the same terms with another opening.
    #[must_use]
    pub fn with_opening(mut self, opening: Money) -> Self {
        match &mut self {
            Self::English(terms) => terms.opening = opening,
        }
        self
    }

    /// What everyone may read: the commitment to a base price, not the base price.
    #[must_use]
    pub fn public(self) -> Self {
        let reserve = self.reserve().map(|reserve| Reserve {
            opening: None,
            ..*reserve
        });
        self.with_reserve(reserve)
    }
}

impl From<EnglishTerms> for MethodTerms {
    fn from(terms: EnglishTerms) -> Self {
        Self::English(terms)
    }
}
