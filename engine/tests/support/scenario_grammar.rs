//! One line of a scenario as what happens: who asks what, when.

use mazad_engine::domain::{
    Act, Actor, BidKind, BidNo, BidderAct, CommandId, Due, EngineAct, FloorAct, LotAct, LotNo,
    Money, Paddle, SaleAct, Seen, Span, Time, VoidCause,
};

use crate::scenario_terms::{
    amendments, because, lots as lot_terms, paddles, reserve, running, sale,
};
use crate::scenario_words::{
    Misread, Words, actor, bid, command_id, lot, lots, money, number, paddle, span, time,
};

/// What a void leads to when the line is played, where it does not say what its sender was shown.
pub(crate) const AS_IT_LEADS: Option<(Paddle, Money)> = Some((Paddle(0), Money::ZERO));

/// The floor bid that waits when the line is played, where it does not name one.
pub(crate) const THE_ONE_THAT_WAITS: FloorAct = FloorAct::ConfirmBid {
    held: 0,
    paddle: Paddle(0),
    amount: Money::ZERO,
};

/// A line that is neither a title nor an answer.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// By the writer's clock; `None`: before the scenario begins.
    pub(crate) at: Option<Time>,
    /// The gateway's stamp; the same as the clock unless the line says `stamped`.
    pub(crate) stamped: Option<Time>,
    pub(crate) what: What,
}

/// What a line asks for.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// Nobody asks: the clock goes on.
    Clock,
    /// Somebody asks; more than one act for a range of lots or paddles.
    Ask {
        actor: Actor,
        acts: Vec<Act>,
        id: Option<CommandId>,
    },
    /// The engine feeds a timer, due or not.
    Timer(Due),
    /// The scenario is played without a sale made for it.
    NoSale,
    /// The sale of the scenario stays a draft until somebody publishes it.
    Draft,
    /// The sale of the scenario stays announced until somebody opens it.
    Announced,
    /// What everyone may see.
    Show(Shown),
    /// What an act would lead to.
    Preview { actor: Actor, act: Act },
}

/// What stands when the line is played, where it does not say what its sender saw.
pub(crate) const AS_IT_STANDS: Seen = Seen {
    bid: BidNo(u32::MAX),
    lead: None,
};

/// What a `show` line shows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shown {
    Sale,
    Lot(LotNo),
    Paddle(Paddle),
}

/// Who prepares a sale in the lines without a time.
pub(crate) const HOUSE: &str = "house";

pub(crate) fn step(line: &str) -> Result<Step, Misread> {
    let mut words = Words::of(line);
    let at = words.peek().and_then(time);
    if at.is_some() {
        words.take();
    }
    let stamped = if words.skip("stamped") {
        Some(words.read("a time", time)?)
    } else {
        None
    };
    let what = match at {
        None => before(&mut words)?,
        Some(_) => during(&mut words)?,
    };
    words.end()?;
    Ok(Step { at, stamped, what })
}

/// A line without a time: the house prepares the sale, or something is shown.
fn before(words: &mut Words) -> Result<What, Misread> {
    let first = words.take().ok_or("an empty line")?;
    let acts = match first.as_str() {
        "no" => {
            words.skip("sale");
            return Ok(What::NoSale);
        }
        "draft" => return Ok(What::Draft),
        "announced" => return Ok(What::Announced),
        "show" => return show(words),
        "sale" => vec![Act::from(SaleAct::Create {
            terms: sale(words)?,
        })],
        "lot" => lot_terms(words)?,
        "paddle" => paddles(words)?,
        other => return Err(format!("`{other}` does not begin a line")),
    };
    let actor = actor(HOUSE).ok_or("the house is staff")?;
    Ok(What::Ask {
        actor,
        acts,
        id: None,
    })
}

fn show(words: &mut Words) -> Result<What, Misread> {
    let shown = if words.skip("sale") {
        Shown::Sale
    } else if let Some(no) = words.peek().and_then(lot) {
        words.take();
        Shown::Lot(no)
    } else {
        Shown::Paddle(words.read("`sale`, a lot or a paddle", paddle)?)
    };
    Ok(What::Show(shown))
}

fn during(words: &mut Words) -> Result<What, Misread> {
    if words.skip("clock") {
        return Ok(What::Clock);
    }
    if words.skip("engine") {
        return by_engine(words);
    }
    let actor = words.read("a paddle or a name", actor)?;
    let previews = words.skip("previews");
    let verb = words.take().ok_or("a verb is missing")?;
    let mut acts = asked(&verb, words)?;
    if previews {
        let act = acts.pop().ok_or("an act is missing")?;
        return Ok(What::Preview { actor, act });
    }
    let id = words.peek().and_then(command_id);
    if id.is_some() {
        words.take();
    }
    Ok(What::Ask { actor, acts, id })
}

fn by_engine(words: &mut Words) -> Result<What, Misread> {
    let verb = words.take().ok_or("a verb is missing")?;
    if let "closes" | "opens" | "lapses" = verb.as_str() {
        if words.skip("sale") {
            let is_end = verb == "closes";
            return Ok(What::Timer(if is_end {
                Due::EndSale
            } else {
                Due::OpenSale
            }));
        }
        let no = words.read("a lot", lot)?;
        return Ok(What::Timer(match verb.as_str() {
            "closes" => Due::CloseLot(no),
            "opens" => Due::OpenLot(no),
            _ if words.skip("floor-bid") => Due::LapseFloorBid(no),
            _ => Due::LapseOffer(no),
        }));
    }
    let act = match verb.as_str() {
        "starts" => Act::from(EngineAct::StartWriter {
            epoch: words.read("an epoch", |word| word.parse().ok())?,
        }),
        "misses" => {
            words.skip("a");
            words.skip("gateway");
            Act::from(EngineAct::Outage)
        }
        "stands" => {
            words.skip("still");
            Act::from(EngineAct::StoodStill {
                gap: words.read("a span", span)?,
            })
        }
        "finds" => {
            for word in ["the", "clock", "off"] {
                words.skip(word);
            }
            let behind = words.skip("behind");
            let off: Span = words.read("a span", span)?;
            let off = i64::try_from(off.0).map_err(|e| e.to_string())?;
            let offset = if behind { -off } else { off };
            Act::from(EngineAct::ClockStepped { offset })
        }
        other => return Err(format!("the engine does not `{other}`")),
    };
    Ok(What::Ask {
        actor: Actor::Engine,
        acts: vec![act],
        id: None,
    })
}

fn asked(verb: &str, words: &mut Words) -> Result<Vec<Act>, Misread> {
    let one = match verb {
        "creates" => {
            words.skip("sale");
            Act::from(SaleAct::Create {
                terms: sale(words)?,
            })
        }
        "adds" => {
            words.skip("lot");
            return lot_terms(words);
        }
        "admits" => {
            words.skip("paddle");
            return paddles(words);
        }
        "bars" | "limits" | "marks" => on_paddle(verb, words)?,
        "amends" if words.skip("sale") => Act::from(SaleAct::Amend {
            terms: sale(words)?,
            reason: because(words),
        }),
        "amends" => Act::from(SaleAct::AmendLots {
            lots: amendments(words)?,
            reason: because(words),
        }),
        "clears" => {
            words.skip("lots");
            Act::from(SaleAct::ClearLots)
        }
        "publishes" => {
            words.skip("sale");
            Act::from(SaleAct::Publish)
        }
        "opens" if words.skip("sale") => Act::from(SaleAct::Open),
        "ends" if words.skip("sale") => Act::from(SaleAct::End),
        "resumes" if words.skip("sale") => Act::from(SaleAct::Resume),
        "pauses" if words.skip("sale") => Act::from(SaleAct::Pause {
            reason: reason(words),
        }),
        "orders" => {
            let mut order = Vec::new();
            while let Some(no) = words.peek().and_then(lot) {
                words.take();
                order.push(no);
            }
            Act::from(SaleAct::ReorderLots { order })
        }
        "enters" => {
            let paddle = words.read("a paddle", paddle)?;
            let lot = words.read("a lot", lot)?;
            let amount = words.read("an amount", money)?;
            let confirms = confirms(words)?;
            FloorAct::Bid {
                paddle,
                amount,
                confirms,
            }
            .of(lot)
        }
        _ => {
            let lots = words.read("a lot", lots)?;
            return on_lots(verb, &lots, words);
        }
    };
    Ok(vec![one])
}

/// Acts on a paddle.
fn on_paddle(verb: &str, words: &mut Words) -> Result<Act, Misread> {
    let paddle = words.read("a paddle", paddle)?;
    Ok(match verb {
        "bars" => Act::from(SaleAct::BarPaddle {
            paddle,
            reason: reason(words),
        }),
        "limits" => Act::from(SaleAct::SetLimit {
            paddle,
            limit: Some(words.read("an amount", money)?).filter(|limit| !limit.is_zero()),
        }),
        "marks" => Act::from(SaleAct::MarkPresence {
            paddle,
            present: !words.skip("absent") && words.skip("present"),
        }),
        other => return Err(format!("nobody can `{other}` a paddle")),
    })
}

/// Acts on a lot, or on each of a range of lots.
fn on_lots(verb: &str, lots: &[LotNo], words: &mut Words) -> Result<Vec<Act>, Misread> {
    let (first, others) = lots.split_first().ok_or("no lot")?;
    let rest = words.clone();
    let mut acts = vec![on_lot(verb, *first, words)?];
    for no in others {
        acts.push(on_lot(verb, *no, &mut rest.clone())?);
    }
    Ok(acts)
}

fn on_lot(verb: &str, lot: LotNo, words: &mut Words) -> Result<Act, Misread> {
    Ok(match verb {
        "bids" | "max" => {
            let amount = words.read("an amount", money)?;
            let kind = if verb == "max" {
                BidKind::Maximum
            } else {
                BidKind::Flat
            };
            let confirms = confirms(words)?;
            BidderAct::PlaceBid {
                amount,
                kind,
                confirms,
            }
            .of(lot)
        }
        "reaffirms" => BidderAct::Reaffirm.of(lot),
        "opens" => LotAct::Open.of(lot),
        "warns" => LotAct::Warn.of(lot),
        "asks" => FloorAct::SetAsk {
            ask: words.read("an amount", money)?,
        }
        .of(lot),
        "hammers" => LotAct::Hammer { seen: seen(words)? }.of(lot),
        "passes" => LotAct::Pass { seen: seen(words)? }.of(lot),
        "withdraws" => LotAct::Withdraw {
            reason: reason(words),
            seen: seen(words)?,
        }
        .of(lot),
        "raises" => LotAct::RaiseCeiling {
            ceiling: words.read("an amount", money)?,
            reason: reason(words),
        }
        .of(lot),
        "reopens" => LotAct::Reopen {
            reason: reason(words),
        }
        .of(lot),
        "reoffers" => LotAct::Reoffer {
            opening: opening(words)?,
            running: running(words)?,
            reserve: if words.skip("reserve") {
                Some(reserve(words.read("an amount", money)?))
            } else {
                None
            },
        }
        .of(lot),
        "confirms" => held(words)?.of(lot),
        "voids" => {
            words.skip("bid");
            LotAct::VoidBid {
                bid: words.read("a bid", bid)?,
                cause: words.read("a cause", cause)?,
                note: reason(words),
                leads_to: if words.skip("leads-to") {
                    lead(words)?
                } else {
                    AS_IT_LEADS
                },
            }
            .of(lot)
        }
        other => return Err(format!("nobody can `{other}`")),
    })
}

/// `seen bid 3 [p7 1000]`; left out: what stands.
fn seen(words: &mut Words) -> Result<Seen, Misread> {
    if !words.skip("seen") {
        return Ok(AS_IT_STANDS);
    }
    words.skip("bid");
    let bid = words.read("a bid", bid)?;
    let lead = lead(words)?;
    Ok(Seen { bid, lead })
}

/// `p7 1000`, or `nobody`, or nothing.
fn lead(words: &mut Words) -> Result<Option<(Paddle, Money)>, Misread> {
    if words.skip("nobody") {
        return Ok(None);
    }
    let Some(leader) = words.peek().and_then(paddle) else {
        return Ok(None);
    };
    words.take();
    Ok(Some((leader, words.read("an amount", money)?)))
}

/// `held 1 p30 5000`; left out: the one that waits.
fn held(words: &mut Words) -> Result<FloorAct, Misread> {
    if !words.skip("held") {
        return Ok(THE_ONE_THAT_WAITS);
    }
    Ok(FloorAct::ConfirmBid {
        held: words.read("a number", number)?,
        paddle: words.read("a paddle", paddle)?,
        amount: words.read("an amount", money)?,
    })
}

fn confirms(words: &mut Words) -> Result<Option<CommandId>, Misread> {
    if words.skip("confirms") {
        return words.read("the name of a command", command_id).map(Some);
    }
    Ok(None)
}

fn opening(words: &mut Words) -> Result<Option<Money>, Misread> {
    if words.skip("opening") {
        return words.read("an amount", money).map(Some);
    }
    Ok(None)
}

fn reason(words: &mut Words) -> String {
    words.take().unwrap_or_default()
}

fn cause(word: &str) -> Option<VoidCause> {
    Some(match word {
        "typing-error" => VoidCause::TypingError,
        "eligibility" => VoidCause::Eligibility,
        "proven-error" => VoidCause::ProvenError,
        "court-order" => VoidCause::CourtOrder,
        _ => return None,
    })
}
