//! Who may bid: the paddles of a sale, as staff know them.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::domain::{AccountId, Money, Paddle, SaleEvent, SaleTerms};

use super::public_facts::Wrong;

/// The paddles of a sale.
#[derive(Debug, Default)]
pub(super) struct Roll {
    pub(super) admitted: BTreeSet<Paddle>,
    pub(super) barred: BTreeSet<Paddle>,
    pub(super) of_account: BTreeMap<AccountId, Paddle>,
    /// Those that have an account: the others are of the hall.
    web: BTreeSet<Paddle>,
    /// R12a: web paddles whose owner was marked present.
    present: BTreeSet<Paddle>,
}

impl Roll {
    /// R12a: whether a clerk may bid for a paddle: one of the hall, or one whose owner is there.
    pub(super) fn is_in_hall(&self, paddle: Paddle) -> bool {
        !self.web.contains(&paddle) || self.present.contains(&paddle)
    }

    /// Whether that holds for every paddle.
    pub(super) fn is_all_in_hall(&self) -> bool {
        self.web.is_subset(&self.present)
    }

    /// Whether a paddle may bid at all.
    pub(super) fn may_bid(&self, paddle: Paddle) -> bool {
        self.admitted.contains(&paddle) && !self.barred.contains(&paddle)
    }

    /// R13, R12a: what is said of a paddle fits what is known of it.
    pub(super) fn check(&self, terms: Option<&SaleTerms>, event: &SaleEvent, wrong: &mut Wrong) {
        let limit_needed = terms.is_some_and(|terms| terms.limit_needed);
        let has_limit =
            |is_web: bool, limit: Option<Money>| !is_web || !limit_needed || limit.is_some();
        match event {
            SaleEvent::PaddleAdmitted {
                paddle,
                account,
                limit,
            } => {
                let of_other =
                    account.is_some_and(|account| self.of_account.contains_key(&account));
                let is_new = !self.admitted.contains(paddle) && !of_other;
                wrong.must(is_new, "a paddle is admitted twice");
                let has_limit = has_limit(account.is_some(), *limit);
                wrong.must(has_limit, "a web paddle has no limit");
            }
            SaleEvent::PaddleBarred { paddle, .. } => {
                let is_known = self.admitted.contains(paddle);
                wrong.must(is_known, "a paddle is barred that was not admitted");
            }
            SaleEvent::LimitSet { paddle, limit } => {
                let is_known = self.admitted.contains(paddle);
                wrong.must(is_known, "a limit is of a paddle that was not admitted");
                let has_limit = has_limit(self.web.contains(paddle), *limit);
                wrong.must(has_limit, "a web paddle loses its limit");
            }
            SaleEvent::PresenceMarked { paddle, .. } => {
                let is_web = self.web.contains(paddle);
                wrong.must(is_web, "a paddle is marked present that is no web paddle");
            }
            SaleEvent::Created { .. }
            | SaleEvent::Amended { .. }
            | SaleEvent::LotsCleared
            | SaleEvent::Published
            | SaleEvent::WriterStarted { .. }
            | SaleEvent::Opened
            | SaleEvent::Ended
            | SaleEvent::StoodStill { .. }
            | SaleEvent::Paused { .. }
            | SaleEvent::Resumed { .. }
            | SaleEvent::LotsReordered { .. } => {}
        }
    }

    /// Takes in what is said of a paddle.
    pub(super) fn take(&mut self, event: &SaleEvent) {
        match event {
            SaleEvent::PaddleAdmitted {
                paddle, account, ..
            } => {
                self.admitted.insert(*paddle);
                if let Some(account) = account {
                    self.of_account.insert(*account, *paddle);
                    self.web.insert(*paddle);
                }
            }
            SaleEvent::PaddleBarred { paddle, .. } => {
                self.barred.insert(*paddle);
            }
            SaleEvent::PresenceMarked {
                paddle,
                present: true,
            } => {
                self.present.insert(*paddle);
            }
            SaleEvent::PresenceMarked {
                paddle,
                present: false,
            } => {
                self.present.remove(paddle);
            }
            SaleEvent::LimitSet { .. }
            | SaleEvent::Created { .. }
            | SaleEvent::Amended { .. }
            | SaleEvent::LotsCleared
            | SaleEvent::Published
            | SaleEvent::WriterStarted { .. }
            | SaleEvent::Opened
            | SaleEvent::Ended
            | SaleEvent::StoodStill { .. }
            | SaleEvent::Paused { .. }
            | SaleEvent::Resumed { .. }
            | SaleEvent::LotsReordered { .. } => {}
        }
    }
}
