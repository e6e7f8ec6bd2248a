//! R13: who may bid at all, and how far: the bidder's limit, whatever the method of sale; and what may
//! be bid for a lot at all (R1).

use crate::domain::case::Case;
use crate::domain::{AccountId, Admission, Code, Figure, Lot, Money, Paddle, Refusal, SaleTerms};

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

/// R12a: a clerk bids only for who is there: paddles of the hall, and web paddles whose owner was
/// marked present.
pub(in crate::domain) fn is_in_hall(admission: &Admission) -> Result<(), Refusal> {
    if admission.account.is_none() || admission.present {
        Ok(())
    } else {
        Err(Refusal::new(Code::NotInHall))
    }
}

/// R13: a web paddle has a limit, unless the terms ask for none.
pub(in crate::domain) fn has_limit(
    terms: &SaleTerms,
    account: Option<AccountId>,
    limit: Option<Money>,
) -> Result<(), Refusal> {
    if limit == Some(Money::ZERO) {
        return Err(Refusal::new(Code::TermsInvalid));
    }
    if terms.limit_needed && account.is_some() && limit.is_none() {
        return Err(Refusal::new(Code::LimitNeeded));
    }
    Ok(())
}

/// R13: a limit never falls below what the bidder leads with and has bought. That holds a sealed maximum,
/// so the refusal does not say how much it is.
pub(in crate::domain) fn covers_exposure(
    admission: &Admission,
    limit: Option<Money>,
) -> Result<(), Refusal> {
    let too_low = limit.filter(|limit| *limit < admission.exposure);
    too_low.map_or(Ok(()), |limit| {
        Err(Refusal::new(Code::LimitBelowExposure).with(Figure::Limit, limit.minor()))
    })
}

/// R1: what may be bid for the lot at all.
pub(in crate::domain) fn within_ceiling(lot: &Lot, amount: Money) -> Result<(), Refusal> {
    if amount <= lot.ceiling {
        return Ok(());
    }
    Err(Refusal::new(Code::AboveCeiling)
        .with(Figure::Amount, amount.minor())
        .with(Figure::Ceiling, lot.ceiling.minor()))
}

/// What a bidder leads with and has bought never passes the limit; a lot that is sold by measure counts
/// what it comes to. What this lot claims already does not count twice.
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
    let Some(wanted) = elsewhere.checked_add(lot.whole(amount)) else {
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
