//! A login, as told to the one who has just come in.

use mazad_engine::domain::Time;

use crate::caller::Caller;
use crate::secret::Secret;

/// A login. Its token is told once and kept nowhere.
#[derive(Debug, Clone)]
pub struct Login {
    /// The bearer token.
    pub token: Secret,
    /// Whose.
    pub caller: Caller,
    /// Until when.
    pub expires_at: Time,
}
