//! Pauses, outages and restarts on paper: R3.7.

use mazad_engine::domain::{
    BidEvent, Code, Event, ExtensionCause, LotEvent, LotNo, Opens, Paddle, PauseCause, Refusal,
    Running, SaleEvent, Time,
};

use crate::twin_paper::{LotStage, No, Offered, Paper, Stage, money};
use crate::twin_voids::no_reason;

impl Paper {
    pub(crate) fn pause_by_hand(&mut self, reason: &str, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_unless_running(&mut no);
        no_reason(reason, &mut no);
        no.first()?;
        self.pause = Some((at, true));
        self.say(SaleEvent::Paused {
            reason: reason.to_owned(),
            cause: PauseCause::Staff,
        });
        Ok(())
    }

    /// R3.7: a gateway fell silent at a close.
    pub(crate) fn outage(&mut self, at: Time) -> Vec<Event> {
        // Also while staff have paused it: what had ended before does not close any more.
        if self.stage == Stage::Open && self.pause.is_none_or(|(_, by_staff)| by_staff) {
            self.now = at.max(self.now);
            let since = self.counted_from(self.now);
            self.pause = Some((since, false));
            self.say(SaleEvent::Paused {
                reason: String::new(),
                cause: PauseCause::Outage,
            });
        }
        std::mem::take(&mut self.out)
    }

    /// R3.7: a process starts to write. Nothing closes silently, who was asked has the whole time again.
    pub(crate) fn restart(&mut self, epoch: u64, at: Time) -> Vec<Event> {
        let at = at.max(self.now);
        self.now = at;
        self.say(SaleEvent::WriterStarted { epoch });
        // The whole time is left to open the last lot again.
        self.rests_since = self.rests_since.map(|_| self.counted_from(at));
        if self.stage == Stage::Open && self.pause.is_none() {
            let least = at.after(self.terms().resume_minimum);
            let open = self.lots.values().filter(|lot| lot.is_open());
            let open: Vec<u32> = open.map(|lot| lot.no).collect();
            // A lot does not end over an offer, and linked lots end together.
            let window = self.terms().reaffirm_window;
            let until = |no: &u32| {
                let offer = self.lot(*no).offer;
                offer.map(|offer| offer.until.max(at.after(window)))
            };
            let leasts: Vec<Time> = open
                .iter()
                .map(|no| {
                    self.linked(*no)
                        .iter()
                        .filter_map(until)
                        .fold(least, Time::max)
                })
                .collect();
            for (no, least) in open.into_iter().zip(leasts) {
                self.give_back(no, at, least);
            }
        }
        std::mem::take(&mut self.out)
    }

    pub(crate) fn give_back(&mut self, no: u32, at: Time, least: Time) {
        let end = self.lot(no).runs().and_then(|runs| runs.ends_at);
        if end.is_some_and(|end| end < least) {
            self.move_end(no, least, ExtensionCause::Outage);
        }
        if let Some(offer) = self.lot(no).offer {
            let until = offer.until.max(at.after(self.terms().reaffirm_window));
            self.lot_mut(no).offer = Some(Offered { until, ..offer });
            let ask = money(self.lot(no).ask());
            self.say_bid(
                no,
                BidEvent::ReaffirmOffered {
                    paddle: Paddle(offer.paddle),
                    price: money(offer.price),
                    until,
                    ask,
                },
            );
        }
        // Whoever comes back is warned anew.
        let runs = self.lot_mut(no).runs_mut();
        if runs.warned > 0 {
            (runs.warned, runs.warned_at) = (0, None);
            self.say(LotEvent::Warned { warning: 0 }.of(LotNo(no)));
        }
    }

    /// R3.7: everything ahead moves by the length of the pause, an end to five minutes at least.
    pub(crate) fn resume(&mut self, at: Time) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        no.when(self.pause.is_none(), Code::SaleNotPaused);
        no.first()?;
        let (since, by_staff) = self.pause.take().expect("paused");
        let shift = at.since(since);
        let least = at.after(self.terms().resume_minimum);
        for lot in self.lots.values_mut() {
            if let Some(offer) = &mut lot.offer {
                offer.until = offer.until.after(shift);
            }
            if let Some(held) = &mut lot.held {
                held.until = held.until.after(shift);
            }
            match &mut lot.stage {
                LotStage::Upcoming(hour) => {
                    *hour = hour.map(|hour| hour.after(shift));
                    lot.running = later(lot.running, shift);
                }
                // What had ended before is not revived.
                LotStage::Open(runs)
                    if by_staff && runs.ends_at.is_some_and(|end| end <= since) => {}
                LotStage::Open(runs) => {
                    runs.ends_at = runs.ends_at.map(|end| end.after(shift).max(least));
                    runs.hard_stop = runs.hard_stop.map(|stop| stop.after(shift));
                    (runs.warned, runs.warned_at) = (0, None);
                }
                LotStage::Closed(_) => {}
            }
        }
        self.rests_since = self.rests_since.map(|since| since.after(shift));
        self.say(SaleEvent::Resumed { shift });
        Ok(())
    }
}

/// R3.7: the same hours, later.
fn later(running: Running, shift: mazad_engine::domain::Span) -> Running {
    use mazad_engine::domain::Closes;
    let Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    } = running
    else {
        return running;
    };
    Running::Timed {
        opens: match opens {
            Opens::At(at) => Opens::At(at.after(shift)),
            Opens::AfterPrevious(gap) => Opens::AfterPrevious(gap),
        },
        closes: match closes {
            Closes::At(at) => Closes::At(at.after(shift)),
            Closes::After(length) => Closes::After(length),
        },
        soft_close: soft_close.map(|mut soft| {
            soft.hard_stop = soft.hard_stop.map(|stop| stop.after(shift));
            soft
        }),
        group,
    }
}
