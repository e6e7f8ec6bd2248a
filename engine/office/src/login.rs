//! A login: as told to the one who has just come in, while it lives, and why it ended.

use std::sync::{Arc, OnceLock};

use mazad_engine::domain::Time;
use mazad_proto::v1;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use crate::caller::Caller;
use crate::secret::Secret;

/// A login. Its token is told once and kept nowhere.
#[derive(Debug, Clone)]
pub struct Login {
    /// What the client shows from now on; only its digest is kept.
    pub token: Secret,
    pub caller: Caller,
    pub expires_at: Time,
}

/// A link with which a person who is logged in comes in on another device too.
#[derive(Debug, Clone)]
pub struct DeviceLink {
    /// What the link carries: good once. Shown once, kept nowhere.
    pub secret: Secret,
    /// Until when it can be taken.
    pub expires_at: Time,
}

/// Why a login ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginEnd {
    /// Logged out, ended by staff, shut out.
    Ended,
    /// Another invite of the same account was redeemed.
    Replaced,
    /// The person came in on one device more than there may be, and this login was the oldest.
    TooManyDevices,
}

impl LoginEnd {
    pub(crate) const fn to_proto(self) -> v1::LoginEnd {
        match self {
            Self::Ended => v1::LoginEnd::Unspecified,
            Self::Replaced => v1::LoginEnd::Replaced,
            Self::TooManyDevices => v1::LoginEnd::TooManyDevices,
        }
    }

    pub(crate) const fn from_proto(why: v1::LoginEnd) -> Self {
        match why {
            v1::LoginEnd::Unspecified => Self::Ended,
            v1::LoginEnd::Replaced => Self::Replaced,
            v1::LoginEnd::TooManyDevices => Self::TooManyDevices,
        }
    }
}

/// Whether a login still lives, for whoever acts on its end.
#[derive(Debug, Clone, Default)]
pub struct Life {
    over: CancellationToken,
    why: Arc<OnceLock<LoginEnd>>,
}

impl Life {
    pub fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Waits for its end. May be dropped at any moment.
    pub fn ended(&self) -> WaitForCancellationFuture<'_> {
        self.over.cancelled()
    }

    /// Why it ended; [`LoginEnd::Ended`] also where its time was up.
    pub fn why(&self) -> LoginEnd {
        self.why.get().copied().unwrap_or(LoginEnd::Ended)
    }

    pub(crate) fn end(&self, why: LoginEnd) {
        // The first reason is the one that was acted on.
        let _known = self.why.set(why);
        self.over.cancel();
    }

    /// One that has ended before anybody asked.
    pub(crate) fn over() -> Self {
        let life = Self::default();
        life.end(LoginEnd::Ended);
        life
    }
}
