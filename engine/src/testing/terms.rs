//! Terms that are good enough: a test writes down what it is about and leaves the rest.

use crate::domain::{
    Band, Bilingual, Closes, Currency, EnglishTerms, Increments, JumpGuard, LotNo, LotTerms,
    MethodTerms, Mode, Money, Opens, Reserve, ReserveOpening, Running, SaleAct, SaleTerms,
    SoftClose, Span,
};

/// An amount of minor units.
///
/// # Panics
/// It is negative.
pub fn money(minor: i64) -> Money {
    Money::new(minor).unwrap()
}

/// A sale in Egyptian pounds by the presets of `docs/RULES.md`, but for what guards against slips: it
/// asks for no limits, no warnings and no second person.
pub fn sale_terms() -> SaleTerms {
    SaleTerms {
        void_needs_second: false,
        floor_second_steps: 0,
        hammer_warnings: 0,
        limit_needed: false,
        ..SaleTerms::preset(Bilingual::both("sale"), Currency::parse("EGP").unwrap())
    }
}

/// The act that adds one lot.
pub fn add_lot(lot: LotNo, terms: LotTerms) -> SaleAct {
    let lots = vec![(lot, terms)];
    SaleAct::AddLots { lots }
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

/// A lot with a title and nothing else, sold by these terms, without a ceiling that would bind.
pub fn english_lot(running: Running, english: EnglishTerms) -> LotTerms {
    LotTerms {
        title: Bilingual::both("lot"),
        description: Bilingual::default(),
        label: String::new(),
        reference: String::new(),
        kind: String::new(),
        unit: String::new(),
        quantity_milli: 0,
        place: None,
        estimate: None,
        running,
        method: MethodTerms::English(english),
        ceiling: Money::MAX_BID,
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
