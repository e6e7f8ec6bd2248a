//! Terms that are good enough: a test writes down what it is about and leaves the rest.

use crate::domain::{
    Band, Bilingual, Closes, Currency, EnglishTerms, Increments, JumpGuard, LotTerms, MethodTerms,
    Mode, Money, Opens, Reserve, ReserveOpening, Running, SaleTerms, SoftClose, Span,
};

/// An amount of minor units.
///
/// # Panics
/// It is negative.
pub fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

/// The presets of `docs/RULES.md` for a sale in Egyptian pounds.
pub fn sale_terms() -> SaleTerms {
    SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap())
}

/// An increment table from rows of (from, step) in minor units.
///
/// # Panics
/// The table breaks R1.
pub fn increments(mode: Mode, rows: &[(i64, i64)]) -> Increments {
    let band = |&(from, step): &(i64, i64)| Band {
        from: money(from),
        step: money(step),
    };
    Increments::new(mode, rows.iter().map(band).collect()).unwrap()
}

/// An English sale that opens at 1,000 and rises by 100, with neither guard nor reserve.
pub fn english_terms() -> EnglishTerms {
    EnglishTerms {
        opening: money(1_000),
        increments: increments(Mode::Additive, &[(0, 100)]),
        first_bid_above_opening: false,
        jump_guard: JumpGuard::default(),
        reserve: None,
    }
}

/// A lot with a title and nothing else, sold by [`english_terms`].
///
/// ```
/// use mazad_engine::domain::{LotTerms, Running};
/// use mazad_engine::testing::lot_terms;
///
/// let scrap = LotTerms {
///     kind: "scrap".to_owned(),
///     ..lot_terms(Running::Clerked)
/// };
/// assert!(scrap.check().is_ok());
/// ```
pub fn lot_terms(running: Running) -> LotTerms {
    english_lot(running, english_terms())
}

/// A lot with a title and nothing else, sold by these terms.
pub fn english_lot(running: Running, english: EnglishTerms) -> LotTerms {
    LotTerms {
        title: Bilingual::both("lot"),
        description: Bilingual::default(),
        reference: String::new(),
        kind: String::new(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: MethodTerms::English(english),
    }
}

/// By the clock, in no group; with no soft close its end never moves.
pub fn timed(opens: Opens, closes: Closes, soft_close: Option<SoftClose>) -> Running {
    Running::Timed {
        opens,
        closes,
        soft_close,
        group: 0,
    }
}

/// A late bid leaves this many minutes, which is also what counts as late; without a cap.
pub fn soft_close(minutes: u32) -> SoftClose {
    SoftClose {
        window: Span::minutes(minutes.into()),
        extension: Span::minutes(minutes.into()),
        on_price_change: false,
        extensions_max: None,
        hard_stop: None,
    }
}

/// A reserve of this amount with a commitment that nobody checks.
pub fn reserve(amount: i64) -> Option<Reserve> {
    let opening = Some(ReserveOpening {
        amount: money(amount),
        salt: [7; 32],
    });
    Some(Reserve {
        commitment: [9; 32],
        opening,
    })
}
