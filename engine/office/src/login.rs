//! A login, as told to the one who has just come in.

use mazad_engine::domain::Time;

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
