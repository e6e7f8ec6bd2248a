//! What the paper says to amendments: R14.

use mazad_engine::domain::{
    BaseAmendment, Code, Figure, LotAmendment, LotEvent, LotTerms, MethodTerms, Opens, Refusal,
    Running, SaleEvent, SaleTerms, Time,
};

use crate::twin_house::ends;
use crate::twin_paper::{LotPaper, LotStage, No, Paper, Stage, figure};
use crate::twin_voids::no_reason;

impl Paper {
    pub(crate) fn amend_sale(&mut self, terms: &SaleTerms, reason: &str) -> Result<(), Refusal> {
        let mut no = No::default();
        no.when(self.stage == Stage::Open, Code::SaleOpen);
        self.no_if_ended(&mut no);
        no.when(terms.check().is_err(), Code::TermsInvalid);
        let stands = self.terms().clone();
        let other_currency = terms.currency != stands.currency;
        no.when(
            other_currency && self.stage != Stage::Draft,
            Code::TermsInvalid,
        );
        no.when(*terms == stands, Code::NothingToAmend);
        // R13: who was let in without a limit needs one first.
        let mut people = self.people.values();
        let lacks = people.any(|person| person.account.is_some() && person.limit.is_none());
        no.when(terms.limit_needed && lacks, Code::LimitNeeded);
        self.no_amendment_without_reason(reason, &mut no);
        no.first()?;
        self.terms = Some(terms.clone());
        self.say(SaleEvent::Amended {
            terms: terms.clone(),
            before: Box::new(stands),
            reason: reason.to_owned(),
        });
        Ok(())
    }

    /// What nobody has seen may be amended without a word.
    fn no_amendment_without_reason(&self, reason: &str, no: &mut No) {
        if self.stage != Stage::Draft || !reason.is_empty() {
            no_reason(reason, no);
        }
    }

    /// All of them or none; of what is wrong with the first lot that has something wrong, the first of
    /// the table is told.
    pub(crate) fn amend_lots(
        &mut self,
        lots: &[LotAmendment],
        reason: &str,
        at: Time,
    ) -> Result<(), Refusal> {
        let mut no = No::default();
        self.no_if_ended(&mut no);
        no.first()?;
        for (place, amendment) in lots.iter().enumerate() {
            let twice = lots[..place].iter().any(|other| other.lot == amendment.lot);
            self.may_be_amended(amendment, twice)?;
        }
        for amendment in lots {
            self.fits_its_group(amendment, lots)?;
        }
        let mut no = No::default();
        self.no_amendment_without_reason(reason, &mut no);
        no.first()?;
        for amendment in lots {
            let lot = self.lot_mut(amendment.lot.0);
            let before = lot.terms();
            let terms = amended(lot, amendment);
            let hour = hour_of(lot);
            let keeps_hour = opens(&before.running) == opens(&terms.running);
            *lot = LotPaper::new(lot.no, &terms);
            if keeps_hour {
                lot.stage = LotStage::Upcoming(hour);
            }
            let public = before.method.clone().public();
            let amended = LotEvent::Amended {
                terms: Box::new(terms),
                before: Box::new(LotTerms {
                    method: public,
                    ..before
                }),
                reason: reason.to_owned(),
            };
            self.say(amended.of(amendment.lot));
        }
        for amendment in lots {
            self.schedule(at, |no| no == amendment.lot.0);
        }
        Ok(())
    }

    fn may_be_amended(&self, amendment: &LotAmendment, twice: bool) -> Result<(), Refusal> {
        let mut no = No::default();
        let named = [(Figure::Lot, i64::from(amendment.lot.0))];
        let Some(lot) = self.lots.get(&amendment.lot.0) else {
            no.with(true, Code::LotUnknown, &named);
            return no.first();
        };
        no.with(lot.is_open(), Code::LotOpen, &named);
        let over = matches!(lot.stage, LotStage::Closed(_)) || lot.attempt > 1;
        no.with(over, Code::LotClosed, &named);
        let terms = amended(lot, amendment);
        let bad = twice || terms.check().is_err();
        no.with(bad, Code::TermsInvalid, &named);
        no.with(terms == lot.terms(), Code::NothingToAmend, &named);
        no.first()
    }

    /// R3.6, by what all lots of the act are to be.
    fn fits_its_group(
        &self,
        amendment: &LotAmendment,
        all: &[LotAmendment],
    ) -> Result<(), Refusal> {
        let running = &amendment.terms.running;
        let named = |lot: u32| all.iter().find(|other| other.lot.0 == lot);
        let mut differs = false;
        for lot in self.lots.values().filter(|lot| lot.no != amendment.lot.0) {
            let theirs = named(lot.no).map_or(lot.running, |other| other.terms.running);
            let counts = named(lot.no).is_some() || !matches!(lot.stage, LotStage::Closed(_));
            let linked = running.group() != 0 && theirs.group() == running.group();
            differs |= counts && linked && ends(&theirs) != ends(running);
        }
        let end = running.planned_end().map_or(0, figure);
        let figures = [
            (Figure::Lot, i64::from(amendment.lot.0)),
            (Figure::EndsAt, end),
        ];
        let mut no = No::default();
        no.with(differs, Code::GroupDiffers, &figures);
        no.first()
    }
}

/// The terms that a lot is to have.
fn amended(lot: &LotPaper, amendment: &LotAmendment) -> LotTerms {
    let base = match amendment.base {
        BaseAmendment::Keep => lot.english.reserve,
        BaseAmendment::Set(reserve) => Some(reserve),
        BaseAmendment::Remove => None,
    };
    let mut terms = amendment.terms.clone();
    let MethodTerms::English(english) = &mut terms.method;
    english.reserve = base;
    terms
}

fn hour_of(lot: &LotPaper) -> Option<Time> {
    match lot.stage {
        LotStage::Upcoming(hour) => hour,
        LotStage::Open(_) | LotStage::Closed(_) => None,
    }
}

fn opens(running: &Running) -> Option<Opens> {
    match running {
        Running::Timed { opens, .. } => Some(*opens),
        Running::Clerked => None,
    }
}
