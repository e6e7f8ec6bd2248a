//! Terms of sales and lots, to the schema and back. Also what the gateway and the import use.

use mazad_proto::v1;

use super::error::DecodeError;
use super::parts::{bilingual, present};
use super::words;
use crate::domain::{
    Band, Bilingual, Closes, Currency, EnglishTerms, Increments, JumpGuard, LotTerms, MethodTerms,
    Money, Opens, Place, Running, SaleTerms, SoftClose, Span, Time,
};

fn money(minor: i64, name: &'static str) -> Result<Money, DecodeError> {
    Money::new(minor).ok_or(DecodeError::Malformed(name))
}

/// An amount of which zero means none.
pub(super) fn some_money(minor: i64, name: &'static str) -> Result<Option<Money>, DecodeError> {
    Ok(Some(money(minor, name)?).filter(|amount| !amount.is_zero()))
}

pub(super) fn minor(amount: Option<Money>) -> i64 {
    amount.map_or(0, Money::minor)
}

fn some_time(micros: u64) -> Option<Time> {
    (micros != 0).then_some(Time(micros))
}

fn text(wire: Option<v1::Bilingual>) -> Bilingual {
    wire.map_or_else(Bilingual::default, |text| Bilingual {
        ar: text.ar,
        en: text.en,
    })
}

/// Terms of a sale in the schema.
pub fn sale_terms_to_proto(terms: &SaleTerms) -> v1::SaleTerms {
    v1::SaleTerms {
        title: Some(bilingual(&terms.title)),
        currency: terms.currency.code().to_owned(),
        time_zone: terms.time_zone.clone(),
        opens_at: terms.opens_at.map_or(0, |at| at.0),
        ends_itself: terms.ends_itself,
        timeliness_window: terms.timeliness_window.0,
        confirmation_window: terms.confirmation_window.0,
        resume_minimum: terms.resume_minimum.0,
        typing_error_window: terms.typing_error_window.0,
        reaffirm_window: terms.reaffirm_window.0,
        correction_minimum: terms.correction_minimum.0,
        void_effect: words::void_effect(terms.void_effect),
        void_needs_second: terms.void_needs_second,
        reserve_lift: terms.reserve_lift,
        maximum_may_fall: terms.maximum_may_fall,
        floor_second_steps: terms.floor_second_steps,
        floor_confirm_window: terms.floor_confirm_window.0,
        hammer_warnings: terms.hammer_warnings,
        warning_age: terms.warning_age.0,
        reopen_window: terms.reopen_window.0,
        limit_needed: terms.limit_needed,
        failed_attempt_opens_base: terms.failed_attempt_opens_base,
    }
}

/// Terms of a sale from the schema.
///
/// # Errors
/// [`DecodeError::Malformed`] names the field by its path in JSON.
pub fn sale_terms_from_proto(wire: &v1::SaleTerms) -> Result<SaleTerms, DecodeError> {
    let currency = Currency::parse(&wire.currency).ok_or(DecodeError::Malformed("currency"))?;
    Ok(SaleTerms {
        title: text(wire.title.clone()),
        currency,
        time_zone: wire.time_zone.clone(),
        opens_at: some_time(wire.opens_at),
        ends_itself: wire.ends_itself,
        timeliness_window: Span(wire.timeliness_window),
        confirmation_window: Span(wire.confirmation_window),
        resume_minimum: Span(wire.resume_minimum),
        typing_error_window: Span(wire.typing_error_window),
        reaffirm_window: Span(wire.reaffirm_window),
        correction_minimum: Span(wire.correction_minimum),
        void_effect: words::read_void_effect(wire.void_effect)
            .map_err(|_| DecodeError::Malformed("voidEffect"))?,
        void_needs_second: wire.void_needs_second,
        reserve_lift: wire.reserve_lift,
        maximum_may_fall: wire.maximum_may_fall,
        floor_second_steps: wire.floor_second_steps,
        floor_confirm_window: Span(wire.floor_confirm_window),
        hammer_warnings: wire.hammer_warnings,
        warning_age: Span(wire.warning_age),
        reopen_window: Span(wire.reopen_window),
        limit_needed: wire.limit_needed,
        failed_attempt_opens_base: wire.failed_attempt_opens_base,
    })
}

/// Terms of a lot in the schema. Of a reserve only the commitment is written: sealing the amount
/// is the business of the event that carries it.
pub fn lot_terms_to_proto(terms: &LotTerms) -> v1::LotTerms {
    let (low, high) = terms
        .estimate
        .map_or((0, 0), |(low, high)| (low.minor(), high.minor()));
    let place = terms.place.as_ref().map(|place| v1::Place {
        name: Some(bilingual(&place.name)),
        latitude_e6: place.latitude_e6,
        longitude_e6: place.longitude_e6,
    });
    v1::LotTerms {
        title: Some(bilingual(&terms.title)),
        description: Some(bilingual(&terms.description)),
        reference: terms.reference.clone(),
        kind: terms.kind.clone(),
        unit: terms.unit.clone(),
        quantity_milli: terms.quantity_milli,
        place,
        estimate_low: low,
        estimate_high: high,
        running: Some(running_to_proto(&terms.running)),
        method: Some(method_to_proto(&terms.method)),
        ceiling: terms.ceiling.minor(),
        label: terms.label.clone(),
    }
}

/// Terms of a lot from the schema, without a reserve: whoever can open it adds it.
///
/// # Errors
/// [`DecodeError::Malformed`] names the field by its path in JSON.
pub fn lot_terms_from_proto(wire: &v1::LotTerms) -> Result<LotTerms, DecodeError> {
    let place = wire.place.as_ref().map(|place| Place {
        name: text(place.name.clone()),
        latitude_e6: place.latitude_e6,
        longitude_e6: place.longitude_e6,
    });
    let low = some_money(wire.estimate_low, "estimateLow")?;
    let high = some_money(wire.estimate_high, "estimateHigh")?;
    let estimate = match (low, high) {
        (None, None) => None,
        (Some(low), Some(high)) => Some((low, high)),
        _ => return Err(DecodeError::Malformed("estimateHigh")),
    };
    let running = present(wire.running.as_ref(), "running")?;
    let method = method_from_proto(present(wire.method.as_ref(), "english")?)?;
    Ok(LotTerms {
        title: text(wire.title.clone()),
        description: text(wire.description.clone()),
        label: wire.label.clone(),
        reference: wire.reference.clone(),
        kind: wire.kind.clone(),
        unit: wire.unit.clone(),
        quantity_milli: wire.quantity_milli,
        place,
        estimate,
        running: running_from_proto(running)?,
        method,
        ceiling: money(wire.ceiling, "ceiling")?,
    })
}

fn method_to_proto(terms: &MethodTerms) -> v1::lot_terms::Method {
    match terms {
        MethodTerms::English(english) => v1::lot_terms::Method::English(english_to_proto(english)),
    }
}

fn method_from_proto(wire: &v1::lot_terms::Method) -> Result<MethodTerms, DecodeError> {
    match wire {
        v1::lot_terms::Method::English(english) => Ok(english_from_proto(english)?.into()),
    }
}

/// R4: the sealed base of a lot in the schema.
pub fn reserve_of(wire: &v1::LotTerms) -> Option<&v1::Sealed> {
    match wire.method.as_ref()? {
        v1::lot_terms::Method::English(english) => english.reserve.as_ref(),
    }
}

/// R4: puts a sealed base into the terms of a lot in the schema.
pub(super) fn set_reserve(wire: &mut v1::LotTerms, sealed: Option<v1::Sealed>) {
    match &mut wire.method {
        Some(v1::lot_terms::Method::English(english)) => english.reserve = sealed,
        None => {}
    }
}

/// How a lot runs, in the schema.
pub fn running_to_proto(running: &Running) -> v1::Running {
    use v1::timed::{Closes as WireCloses, Opens as WireOpens};
    let way = match running {
        Running::Clerked => v1::running::Way::Clerked(v1::Clerked {}),
        Running::Timed {
            opens,
            closes,
            soft_close,
            group,
        } => v1::running::Way::Timed(v1::Timed {
            soft_close: soft_close.as_ref().map(soft_to_proto),
            group: *group,
            opens: Some(match opens {
                Opens::At(at) => WireOpens::OpensAt(at.0),
                Opens::AfterPrevious(gap) => WireOpens::AfterPrevious(gap.0),
            }),
            closes: Some(match closes {
                Closes::At(at) => WireCloses::ClosesAt(at.0),
                Closes::After(span) => WireCloses::RunsFor(span.0),
            }),
        }),
    };
    v1::Running { way: Some(way) }
}

/// How a lot runs, from the schema.
///
/// # Errors
/// [`DecodeError::Malformed`] names the field by its path from the message that it is `running` of.
pub fn running_from_proto(wire: &v1::Running) -> Result<Running, DecodeError> {
    use v1::timed::{Closes as WireCloses, Opens as WireOpens};
    match present(wire.way.as_ref(), "running")? {
        v1::running::Way::Clerked(_) => Ok(Running::Clerked),
        v1::running::Way::Timed(timed) => Ok(Running::Timed {
            opens: match present(timed.opens.as_ref(), "running.timed.opensAt")? {
                WireOpens::OpensAt(at) => Opens::At(Time(*at)),
                WireOpens::AfterPrevious(gap) => Opens::AfterPrevious(Span(*gap)),
            },
            closes: match present(timed.closes.as_ref(), "running.timed.closesAt")? {
                WireCloses::ClosesAt(at) => Closes::At(Time(*at)),
                WireCloses::RunsFor(span) => Closes::After(Span(*span)),
            },
            soft_close: timed.soft_close.as_ref().map(soft_from_proto),
            group: timed.group,
        }),
    }
}

fn soft_to_proto(soft: &SoftClose) -> v1::SoftClose {
    v1::SoftClose {
        window: soft.window.0,
        extension: soft.extension.0,
        on_price_change: soft.on_price_change,
        extensions_max: soft.extensions_max.unwrap_or(0),
        hard_stop: soft.hard_stop.map_or(0, |at| at.0),
    }
}

fn soft_from_proto(wire: &v1::SoftClose) -> SoftClose {
    SoftClose {
        window: Span(wire.window),
        extension: Span(wire.extension),
        on_price_change: wire.on_price_change,
        extensions_max: (wire.extensions_max != 0).then_some(wire.extensions_max),
        hard_stop: some_time(wire.hard_stop),
    }
}

pub(super) fn english_to_proto(english: &EnglishTerms) -> v1::English {
    let bands = english.increments.bands().iter();
    v1::English {
        opening: english.opening.minor(),
        increments: Some(v1::Increments {
            mode: words::mode(english.increments.mode),
            bands: bands
                .map(|band| v1::Band {
                    from: band.from.minor(),
                    step: band.step.minor(),
                })
                .collect(),
        }),
        first_bid_above_opening: english.first_bid_above_opening,
        jump_guard: Some(v1::JumpGuard {
            times: english.jump_guard.times,
            steps: english.jump_guard.steps,
        }),
        reserve: english.reserve.as_ref().map(|reserve| v1::Sealed {
            ciphertext: bytes::Bytes::new(),
            commitment: bytes::Bytes::copy_from_slice(&reserve.commitment),
        }),
    }
}

pub(super) fn english_from_proto(wire: &v1::English) -> Result<EnglishTerms, DecodeError> {
    let increments = present(wire.increments.as_ref(), "english.increments")?;
    let bands: Result<Vec<Band>, DecodeError> = increments
        .bands
        .iter()
        .map(|band| {
            let (from, step) = (
                money(band.from, "english.increments.bands")?,
                money(band.step, "english.increments.bands")?,
            );
            Ok(Band { from, step })
        })
        .collect();
    let mode = words::read_mode(increments.mode);
    let mode = mode.map_err(|_| DecodeError::Malformed("english.increments.mode"))?;
    let guard = wire.jump_guard.unwrap_or_default();
    Ok(EnglishTerms {
        opening: money(wire.opening, "english.opening")?,
        increments: Increments::new(mode, bands?)
            .map_err(|_| DecodeError::Malformed("english.increments.bands"))?,
        first_bid_above_opening: wire.first_bid_above_opening,
        jump_guard: JumpGuard {
            times: guard.times,
            steps: guard.steps,
        },
        reserve: None,
    })
}
