//! The terms of sales and lots as scenarios write them.

use mazad_engine::domain::{
    Act, Band, BaseAmendment, Bilingual, Closes, Currency, EnglishTerms, Increments, JumpGuard,
    LotAmendment, LotNo, LotTerms, Mode, Money, Opens, Paddle, Reserve, ReserveOpening, Running,
    SaleAct, SaleTerms, SoftClose, Span, VoidEffect, preset_ceiling,
};

use mazad_engine::testing::{english_lot, sale_terms};

use crate::scenario_words::{
    Misread, Words, account, lots as named, money, number, range, span, time,
};

/// What ends a list of terms: another lot, or the reason.
const ENDS_TERMS: [&str; 2] = ["and", "because"];

/// The next term, unless the list of them ends here.
fn next_term(words: &mut Words) -> Option<String> {
    let ends = words.peek().is_some_and(|word| ENDS_TERMS.contains(&word));
    if ends { None } else { words.take() }
}

/// `because "why"`; left out: no reason.
pub(crate) fn because(words: &mut Words) -> String {
    let has_reason = words.skip("because");
    words.take().filter(|_| has_reason).unwrap_or_default()
}

/// `lot1 [TERM ...] [no-reserve]`, another one after each `and`.
pub(crate) fn amendments(words: &mut Words) -> Result<Vec<LotAmendment>, Misread> {
    let mut amendments = Vec::new();
    loop {
        let named = words.read("a lot", named)?;
        let (terms, base) = amended(words)?;
        let amends = |lot| LotAmendment {
            lot,
            terms: terms.clone(),
            base,
        };
        amendments.extend(named.into_iter().map(amends));
        if !words.skip("and") {
            return Ok(amendments);
        }
    }
}

fn amended(words: &mut Words) -> Result<(LotTerms, BaseAmendment), Misread> {
    let removes = words.skip("no-reserve");
    let mut terms = lot(words)?;
    let base = match (terms.method.reserve().copied(), removes) {
        (Some(reserve), _) => BaseAmendment::Set(reserve),
        (None, true) => BaseAmendment::Remove,
        (None, false) => BaseAmendment::Keep,
    };
    terms.method = terms.method.with_reserve(None);
    Ok((terms, base))
}

/// `sale` and its options.
pub(crate) fn sale(words: &mut Words) -> Result<SaleTerms, Misread> {
    let mut terms = sale_terms();
    while let Some(word) = next_term(words) {
        match word.as_str() {
            "titled" => terms.title = Bilingual::both(&words.take().unwrap_or_default()),
            "untitled" => terms.title = Bilingual::default(),
            "opens" => terms.opens_at = Some(words.read("a time", time)?),
            "ends-itself" => terms.ends_itself = true,
            "timeliness" => terms.timeliness_window = words.read("a span", span)?,
            "confirmation" => terms.confirmation_window = words.read("a span", span)?,
            "resume-minimum" => terms.resume_minimum = words.read("a span", span)?,
            "typing-error" => terms.typing_error_window = words.read("a span", span)?,
            "reaffirm" => terms.reaffirm_window = words.read("a span", span)?,
            "correction" => terms.correction_minimum = words.read("a span", span)?,
            "strict" => terms.void_effect = VoidEffect::Strict,
            "booklet" => terms.void_effect = VoidEffect::Booklet,
            "second-officer" => terms.void_needs_second = true,
            "reserve-lift" => terms.reserve_lift = true,
            "maximum-may-fall" => terms.maximum_may_fall = true,
            "second-clerk" => terms.floor_second_steps = words.read("steps", number)?,
            "warnings" => {
                terms.hammer_warnings = words.read("a number", number)?;
                terms.warning_age = words.read("a span", span)?;
            }
            "reopen" => terms.reopen_window = words.read("a span", span)?,
            "limits-needed" => terms.limit_needed = true,
            "failure-opens-base" => terms.failed_attempt_opens_base = true,
            "presets" => {
                let egp = Currency::parse("EGP").expect("ISO 4217 knows EGP");
                terms = SaleTerms::preset(Bilingual::both("a sale"), egp);
            }
            "in" => terms.currency = words.read("a currency", Currency::parse)?,
            "floor-window" => terms.floor_confirm_window = words.read("a span", span)?,
            other => return Err(format!("`{other}` is not a term of a sale")),
        }
    }
    Ok(terms)
}

/// `lot 1` or `lot 1..9` and its options.
pub(crate) fn lots(words: &mut Words) -> Result<Vec<Act>, Misread> {
    let numbers = words.read("a lot or a range of lots", range)?;
    let terms = lot(words)?;
    let add = |no| {
        let no = LotNo(no);
        (no, terms.clone())
    };
    let lots: Vec<(LotNo, LotTerms)> = numbers.map(add).collect();
    let acts = lots.chunks(100).map(|lots| {
        let lots = lots.to_vec();
        Act::from(SaleAct::AddLots { lots })
    });
    Ok(acts.collect())
}

#[expect(clippy::too_many_lines, reason = "one arm for each term")]
fn lot(words: &mut Words) -> Result<LotTerms, Misread> {
    let (mut mode, mut bands) = (Mode::Additive, vec![band("0:100").ok_or("a band")?]);
    let mut english = EnglishTerms {
        opening: money("1000").ok_or("an opening")?,
        increments: Increments::new(mode, bands.clone()).map_err(|e| e.to_string())?,
        first_bid_above_opening: false,
        jump_guard: JumpGuard::default(),
        reserve: None,
    };
    let (mut opens, mut closes) = (words_time("12:00:00"), words_end("12:10:00"));
    let (mut estimate, mut ceiling, mut preset) = (None, None, false);
    let (mut measure, mut title) = (0, None);
    let (mut soft, mut group, mut by_hand) = (None::<SoftClose>, 0, false);
    while let Some(word) = next_term(words) {
        match word.as_str() {
            "opening" => english.opening = words.read("an amount", money)?,
            "additive" => (mode, bands) = (Mode::Additive, read_bands(words)?),
            "grid" => (mode, bands) = (Mode::Grid, read_bands(words)?),
            "clerk-asks" => (mode, bands) = (Mode::Clerk, read_bands(words)?),
            "above-opening" => english.first_bid_above_opening = true,
            "jump" => {
                english.jump_guard = JumpGuard {
                    times: words.read("how many times the ask", number)?,
                    steps: words.read("how many steps", number)?,
                };
            }
            "reserve" => english.reserve = Some(reserve(words.read("an amount", money)?)),
            "clerked" => by_hand = true,
            "timed" => {
                opens = Opens::At(words.read("a time", time)?);
                closes = Closes::At(words.read("a time", time)?);
            }
            "after" => opens = Opens::AfterPrevious(words.read("a span", span)?),
            "for" => closes = Closes::After(words.read("a span", span)?),
            "until" => closes = Closes::At(words.read("a time", time)?),
            "soft-close" => soft = Some(soft_close(words)?),
            "group" => group = words.read("a number", number)?,
            "estimate" => {
                let low = words.read("an amount", money)?;
                estimate = Some((low, words.read("an amount", money)?));
            }
            "measure" => {
                let thousandths = words.read("thousandths", number)?;
                measure = i64::from(thousandths);
            }
            "titled" => title = words.take(),
            "ceiling" if words.skip("preset") => preset = true,
            "ceiling" => ceiling = Some(words.read("an amount", money)?),
            other => return Err(format!("`{other}` is not a term of a lot")),
        }
    }
    english.increments = Increments::new(mode, bands).map_err(|e| e.to_string())?;
    let timed = Running::Timed {
        opens,
        closes,
        soft_close: soft,
        group,
    };
    let running = if by_hand { Running::Clerked } else { timed };
    let mut terms = english_lot(running, english);
    terms.estimate = estimate;
    if let Some(title) = title {
        terms.title = Bilingual::both(&title);
    }
    if measure > 0 {
        (terms.unit, terms.quantity_milli) = ("tonne".to_owned(), measure);
    }
    if preset {
        let high = estimate.map(|(_, high)| high);
        ceiling = Some(preset_ceiling(terms.method.opening(), high));
    }
    terms.ceiling = ceiling.unwrap_or(terms.ceiling);
    Ok(terms)
}

fn words_time(word: &str) -> Opens {
    Opens::At(time(word).expect("a time"))
}

fn words_end(word: &str) -> Closes {
    Closes::At(time(word).expect("a time"))
}

/// `soft-close WINDOW EXTENSION [on-price] [most N] [hard-stop TIME]`.
fn soft_close(words: &mut Words) -> Result<SoftClose, Misread> {
    let mut soft = SoftClose {
        window: words.read("a window", span)?,
        extension: words.read("an extension", span)?,
        on_price_change: false,
        extensions_max: None,
        hard_stop: None,
    };
    soft.on_price_change = words.skip("on-price");
    if words.skip("most") {
        soft.extensions_max = Some(words.read("a number", number)?);
    }
    if words.skip("hard-stop") {
        soft.hard_stop = Some(words.read("a time", time)?);
    }
    Ok(soft)
}

fn read_bands(words: &mut Words) -> Result<Vec<Band>, Misread> {
    let mut bands = Vec::new();
    while let Some(next) = words.peek().and_then(band) {
        words.take();
        bands.push(next);
    }
    if bands.is_empty() {
        return Err("a band such as 0:100 is missing".to_owned());
    }
    Ok(bands)
}

/// `1000:250`: from 1000 on the step is 250.
fn band(word: &str) -> Option<Band> {
    let (from, step) = word.split_once(':')?;
    Some(Band {
        from: money(from)?,
        step: money(step)?,
    })
}

pub(crate) fn reserve(amount: Money) -> Reserve {
    let opening = ReserveOpening {
        amount,
        salt: [7; 32],
    };
    let mut commitment = [9; 32];
    commitment[..8].copy_from_slice(&amount.minor().to_be_bytes());
    Reserve {
        commitment,
        opening: Some(opening),
    }
}

/// `paddle 7 [limit 5000] [hall]`, also for a range of paddles.
pub(crate) fn paddles(words: &mut Words) -> Result<Vec<Act>, Misread> {
    let numbers = words.read("a paddle or a range of paddles", range)?;
    let limit = if words.skip("limit") {
        Some(words.read("an amount", money)?)
    } else {
        None
    };
    let in_hall = words.skip("hall");
    words.end()?;
    let admit = |no| {
        Act::from(SaleAct::AdmitPaddle {
            paddle: Paddle(no),
            account: (!in_hall).then(|| account(Paddle(no))),
            limit,
        })
    };
    Ok(numbers.map(admit).collect())
}

/// How a lot runs in a new attempt: `clerked`, `timed FROM TO` or `after SPAN for SPAN`.
pub(crate) fn running(words: &mut Words) -> Result<Running, Misread> {
    if words.skip("clerked") {
        return Ok(Running::Clerked);
    }
    let (opens, closes) = if words.skip("after") {
        let gap: Span = words.read("a span", span)?;
        words.skip("for");
        let length = words.read("a span", span)?;
        (Opens::AfterPrevious(gap), Closes::After(length))
    } else {
        words.skip("timed");
        let opens = words.read("a time", time)?;
        (Opens::At(opens), Closes::At(words.read("a time", time)?))
    };
    let soft_close = if words.skip("soft-close") {
        Some(soft_close(words)?)
    } else {
        None
    };
    let group = if words.skip("group") {
        words.read("a number", number)?
    } else {
        0
    };
    Ok(Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    })
}
