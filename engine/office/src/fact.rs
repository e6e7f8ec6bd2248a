//! What happened in the office, and its stored form (`proto/mazad/v1/office.proto`).

use bytes::Bytes;
use mazad_engine::domain::{AccountId, Actor, Paddle, SaleId, StaffId, Time};
use mazad_engine::store::{NewEvent, RecordedEvent};
use mazad_proto::{Encoding, Expected, Unreadable, v1};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::login::LoginEnd;
use crate::secret::Digest;
use crate::{OfficeError, Role};

/// Version of the schema of every fact.
const VERSION: u16 = 1;

/// An event of the `office` stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fact {
    InviteIssued(InviteIssued),
    InviteRedeemed {
        invite: Uuid,
        token: Uuid,
        digest: Digest,
        expires_at: Time,
    },
    TokenRevoked {
        token: Uuid,
        why: LoginEnd,
    },
    DeviceAdded {
        token: Uuid,
        digest: Digest,
        expires_at: Time,
        /// The login whose link was taken.
        by: Uuid,
    },
    InviteRevoked {
        invite: Uuid,
    },
    AccountDisabled {
        account: Uuid,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InviteIssued {
    pub(crate) invite: Uuid,
    pub(crate) secret: Digest,
    pub(crate) role: Role,
    pub(crate) account: Uuid,
    pub(crate) sale: Option<SaleId>,
    pub(crate) paddle: Option<Paddle>,
    pub(crate) expires_at: Time,
    pub(crate) label: String,
}

impl Fact {
    /// The fact as an event on its way into the store.
    pub(crate) fn to_event(&self, at: Time, actor: Actor) -> Result<NewEvent, OfficeError> {
        let (kind, data) = match self {
            Self::InviteIssued(issued) => ("InviteIssued", encode(&issued.to_proto())),
            Self::InviteRedeemed {
                invite,
                token,
                digest,
                expires_at,
            } => {
                let redeemed = v1::InviteRedeemed {
                    invite: bytes_of(*invite),
                    token: bytes_of(*token),
                    token_digest: Bytes::copy_from_slice(digest.as_bytes()),
                    expires_at: expires_at.0,
                };
                ("InviteRedeemed", encode(&redeemed))
            }
            Self::TokenRevoked { token, why } => (
                "TokenRevoked",
                encode(&v1::TokenRevoked {
                    token: bytes_of(*token),
                    why: why.to_proto().into(),
                }),
            ),
            Self::DeviceAdded {
                token,
                digest,
                expires_at,
                by,
            } => {
                let added = v1::DeviceAdded {
                    token: bytes_of(*token),
                    token_digest: Bytes::copy_from_slice(digest.as_bytes()),
                    expires_at: expires_at.0,
                    by: bytes_of(*by),
                };
                ("DeviceAdded", encode(&added))
            }
            Self::InviteRevoked { invite } => (
                "InviteRevoked",
                encode(&v1::InviteRevoked {
                    invite: bytes_of(*invite),
                }),
            ),
            Self::AccountDisabled { account } => (
                "AccountDisabled",
                encode(&v1::AccountDisabled {
                    account: bytes_of(*account),
                }),
            ),
        };
        Ok(NewEvent {
            id: Uuid::new_v4(),
            kind: kind.into(),
            version: VERSION,
            metadata: encode(&meta(at, actor))?,
            data: data?,
        })
    }

    /// The fact of a stored event, and when it happened.
    pub(crate) fn of_event(event: &RecordedEvent) -> Result<(Self, Time), OfficeError> {
        let data = to_current(event)?;
        let meta: v1::EventMeta = decode(event, &event.metadata)?;
        let fact = match event.kind.as_ref() {
            "InviteIssued" => Self::InviteIssued(InviteIssued::of_event(event, &data)?),
            "InviteRedeemed" => {
                let wire: v1::InviteRedeemed = decode(event, &data)?;
                let digest = Digest::from_bytes(&wire.token_digest);
                Self::InviteRedeemed {
                    invite: uuid_of(event, &wire.invite)?,
                    token: uuid_of(event, &wire.token)?,
                    digest: digest.ok_or_else(|| damaged(event))?,
                    expires_at: Time(wire.expires_at),
                }
            }
            "TokenRevoked" => {
                let wire: v1::TokenRevoked = decode(event, &data)?;
                let why = v1::LoginEnd::try_from(wire.why).map(LoginEnd::from_proto);
                Self::TokenRevoked {
                    token: uuid_of(event, &wire.token)?,
                    why: why.map_err(|_| damaged(event))?,
                }
            }
            "DeviceAdded" => {
                let wire: v1::DeviceAdded = decode(event, &data)?;
                let digest = Digest::from_bytes(&wire.token_digest);
                Self::DeviceAdded {
                    token: uuid_of(event, &wire.token)?,
                    digest: digest.ok_or_else(|| damaged(event))?,
                    expires_at: Time(wire.expires_at),
                    by: uuid_of(event, &wire.by)?,
                }
            }
            "InviteRevoked" => {
                let wire: v1::InviteRevoked = decode(event, &data)?;
                Self::InviteRevoked {
                    invite: uuid_of(event, &wire.invite)?,
                }
            }
            "AccountDisabled" => {
                let wire: v1::AccountDisabled = decode(event, &data)?;
                Self::AccountDisabled {
                    account: uuid_of(event, &wire.account)?,
                }
            }
            _ => return Err(damaged(event)),
        };
        Ok((fact, Time(meta.at)))
    }
}

impl InviteIssued {
    fn to_proto(&self) -> v1::InviteIssued {
        v1::InviteIssued {
            invite: bytes_of(self.invite),
            secret_digest: Bytes::copy_from_slice(self.secret.as_bytes()),
            role: self.role.to_proto().into(),
            account: bytes_of(self.account),
            sale: self.sale.map(|sale| bytes_of(sale.0)).unwrap_or_default(),
            paddle: self.paddle.map_or(0, |paddle| paddle.0),
            expires_at: self.expires_at.0,
            label: self.label.clone(),
        }
    }

    fn of_event(event: &RecordedEvent, data: &[u8]) -> Result<Self, OfficeError> {
        let wire: v1::InviteIssued = decode(event, data)?;
        let role = v1::Role::try_from(wire.role)
            .ok()
            .and_then(Role::from_proto);
        let sale = match wire.sale.as_ref() {
            [] => None,
            bytes => Some(SaleId(uuid_of(event, bytes)?)),
        };
        Ok(Self {
            invite: uuid_of(event, &wire.invite)?,
            secret: Digest::from_bytes(&wire.secret_digest).ok_or_else(|| damaged(event))?,
            role: role.ok_or_else(|| damaged(event))?,
            account: uuid_of(event, &wire.account)?,
            sale,
            paddle: (wire.paddle != 0).then_some(Paddle(wire.paddle)),
            expires_at: Time(wire.expires_at),
            label: wire.label,
        })
    }
}

/// The bytes of a fact as the current version would have written them. There is one version so far; a
/// new one adds an arm that turns the bytes of the old one into its own, and `golden/` holds it to
/// that.
fn to_current(event: &RecordedEvent) -> Result<Bytes, OfficeError> {
    match event.version {
        VERSION => Ok(event.data.clone()),
        _ => Err(damaged(event)),
    }
}

fn meta(at: Time, actor: Actor) -> v1::EventMeta {
    use v1::event_meta::Actor as Wire;
    let actor = match actor {
        Actor::Engine => Wire::Engine(v1::event_meta::Engine {}),
        Actor::Staff(StaffId(id)) => Wire::Staff(bytes_of(id)),
        Actor::Bidder(AccountId(id)) => Wire::Bidder(bytes_of(id)),
    };
    v1::EventMeta {
        at: at.0,
        actor: Some(actor),
        ..v1::EventMeta::default()
    }
}

fn bytes_of(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

fn uuid_of(event: &RecordedEvent, bytes: &[u8]) -> Result<Uuid, OfficeError> {
    Uuid::from_slice(bytes).map_err(|_| damaged(event))
}

fn encode<M: prost::Message + Serialize>(message: &M) -> Result<Bytes, OfficeError> {
    mazad_proto::encode(message, Encoding::Proto)
        .map_err(|_| OfficeError::Malformed(Unreadable::new("event", Expected::Message)))
}

fn decode<M>(event: &RecordedEvent, bytes: &[u8]) -> Result<M, OfficeError>
where
    M: prost::Message + prost::Name + Default + Serialize + DeserializeOwned,
{
    mazad_proto::decode(bytes, Encoding::Proto).map_err(|_| damaged(event))
}

fn damaged(event: &RecordedEvent) -> OfficeError {
    OfficeError::Damaged {
        kind: event.kind.clone(),
        revision: event.revision.0,
    }
}

#[cfg(test)]
#[path = "fact_tests.rs"]
mod tests;
