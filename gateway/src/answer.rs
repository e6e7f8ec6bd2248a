//! Answers and private views, outwards.

use mazad_engine::Mine;
use mazad_engine::codec::wire_id::micros;
use mazad_engine::domain::{
    Answer, BidResult, CommandId, Currency, Money, Refusal, SaleId, Verdict,
};
use mazad_proto::v1;

/// An answer with its refusal spelled out. It depends on nothing but its arguments, all of which
/// last as long as the sale: asked for again, it has the same bytes.
pub(crate) fn answer(
    sale: SaleId,
    id: CommandId,
    answer: &Answer,
    currency: Option<Currency>,
) -> v1::Answer {
    let mut wire = v1::Answer {
        id: id.to_string(),
        sale: sale.to_string(),
        lot: answer.lot.map_or(0, |lot| lot.0),
        first_revision: answer.first,
        last_revision: answer.last,
        public_revision: answer.public_revision,
        arrived: answer.arrived.0,
        at: answer.at.0,
        price: minor(answer.standing.price),
        ask: minor(answer.standing.ask),
        leader: answer.standing.leader.map_or(0, |paddle| paddle.0),
        ends_at: micros(answer.standing.ends_at),
        ..v1::Answer::default()
    };
    match &answer.verdict {
        Verdict::Accepted(result) => {
            wire.verdict = v1::Verdict::Accepted.into();
            wire.result = bid_result(*result).into();
        }
        Verdict::Refused(refusal) => {
            wire.verdict = v1::Verdict::Refused.into();
            wire.code = refusal.code.as_str().to_owned();
            wire.rule = refusal.code.rule().to_owned();
            wire.figures = figures(refusal);
            wire.message = Some(mazad_texts::refusal(refusal, currency));
        }
    }
    wire
}

/// What an act would not lead to: it would be refused.
pub(crate) fn refused(refusal: &Refusal, currency: Option<Currency>) -> v1::Preview {
    v1::Preview {
        code: refusal.code.as_str().to_owned(),
        rule: refusal.code.rule().to_owned(),
        figures: figures(refusal),
        message: Some(mazad_texts::refusal(refusal, currency)),
        lots: Vec::new(),
    }
}

fn figures(refusal: &Refusal) -> Vec<v1::Figure> {
    let figures = refusal.figures.iter().map(|(name, value)| v1::Figure {
        name: name.as_str().to_owned(),
        value: *value,
    });
    figures.collect()
}

const fn bid_result(result: Option<BidResult>) -> v1::BidResult {
    match result {
        None => v1::BidResult::Unspecified,
        Some(BidResult::Leading) => v1::BidResult::Leading,
        Some(BidResult::Outbid) => v1::BidResult::Outbid,
        Some(BidResult::MaximumMoved) => v1::BidResult::MaximumMoved,
        Some(BidResult::Held) => v1::BidResult::Held,
    }
}

/// No answer is known, as of this public revision.
pub(crate) fn not_seen(sale: SaleId, id: CommandId, public_revision: u64) -> v1::NotSeen {
    v1::NotSeen {
        sale: sale.to_string(),
        id: id.to_string(),
        revision: public_revision,
    }
}

/// What only this bidder may know.
pub(crate) fn mine(sale: SaleId, mine: &Mine) -> v1::Mine {
    v1::Mine {
        sale: sale.to_string(),
        revision: mine.public_revision,
        paddle: mine.paddle.map_or(0, |paddle| paddle.0),
        limit: minor(mine.limit),
        exposure: mine.exposure.minor(),
        present: mine.present,
        maxima: mine
            .maxima
            .iter()
            .map(|(lot, maximum)| v1::OwnMaximum {
                lot: lot.0,
                maximum: maximum.minor(),
            })
            .collect(),
    }
}

fn minor(amount: Option<Money>) -> i64 {
    amount.map_or(0, Money::minor)
}
