//! R13: who may bid at all, and how far: the bidder's limit, whatever the method of sale.

use crate::domain::case::Case;
use crate::domain::{Admission, Code, Figure, Lot, Money, Paddle, Refusal};

/// The paddle is admitted and not barred.
pub(in crate::domain) fn admission<'a>(
    case: &Case<'a>,
    paddle: Paddle,
) -> Result<&'a Admission, Refusal> {
    let unknown = || Refusal::new(Code::PaddleUnknown);
    let admission = case.sale.admissions.get(&paddle).ok_or_else(unknown)?;
    if admission.barred {
        return Err(Refusal::new(Code::PaddleBarred));
    }
    Ok(admission)
}

/// What a bidder leads with and has bought never passes the limit. What this lot claims already does
/// not count twice.
pub(in crate::domain) fn within_limit(
    lot: &Lot,
    paddle: Paddle,
    amount: Money,
    admission: &Admission,
) -> Result<(), Refusal> {
    let here = lot.claim().filter(|(whose, _)| *whose == paddle);
    let elsewhere = admission
        .exposure
        .saturating_sub(here.map_or(Money::ZERO, |(_, claim)| claim));
    let Some(wanted) = elsewhere.checked_add(amount) else {
        return Err(Refusal::new(Code::Overflow)
            .with(Figure::Amount, amount.minor())
            .with(Figure::Exposure, elsewhere.minor()));
    };
    let Some(limit) = admission.limit.filter(|limit| wanted > *limit) else {
        return Ok(());
    };
    Err(Refusal::new(Code::OverLimit)
        .with(Figure::Amount, amount.minor())
        .with(Figure::Limit, limit.minor())
        .with(Figure::Exposure, elsewhere.minor())
        .with(Figure::Missing, wanted.saturating_sub(limit).minor()))
}
