//! Who, when, by which command: the metadata beside each event.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use v1::event_meta::Actor as Wire;

use super::error::DecodeError;
use super::parts::{bytes_of, canonical, present, uuid_of};
use crate::domain::{
    AccountId, Actor, CommandId, Meta, Money, Paddle, StaffId, Standing, Time, Told,
};
use crate::store::{NewEvent, RecordedEvent};
use uuid::Uuid;

pub(super) fn to_proto(meta: &Meta) -> v1::EventMeta {
    let actor = match meta.actor {
        Actor::Engine => Wire::Engine(v1::event_meta::Engine {}),
        Actor::Staff(staff) => Wire::Staff(bytes_of(staff.0)),
        Actor::Bidder(account) => Wire::Bidder(bytes_of(account.0)),
    };
    v1::EventMeta {
        at: meta.at.0,
        arrived: meta.arrived.0,
        command_id: bytes_of(meta.command.0),
        command_digest: Bytes::copy_from_slice(&meta.digest),
        actor: Some(actor),
        command: Bytes::new(),
        standing: None,
        public_revision: 0,
    }
}

/// The metadata of an event; of the first of a command with its sealed act.
pub(super) fn to_bytes(meta: &Meta, act: Option<Vec<u8>>) -> Vec<u8> {
    let mut wire = to_proto(meta);
    wire.command = act.unwrap_or_default().into();
    wire.encode_to_vec()
}

/// Reads the metadata of a stored event.
///
/// # Errors
/// [`DecodeError::Malformed`].
pub fn meta_of(event: &RecordedEvent) -> Result<Meta, DecodeError> {
    read(event).map(|(meta, _)| meta)
}

/// The metadata of a stored event, and the sealed act beside it.
pub(super) fn read(event: &RecordedEvent) -> Result<(Meta, Bytes), DecodeError> {
    let mut wire: v1::EventMeta = canonical(&event.metadata, "metadata")?;
    let kept = std::mem::take(&mut wire.command);
    Ok((from_proto(wire)?, kept))
}

/// Writes beside the last event of a person's command how things stand after it, which is what its
/// author is told (R0). A lot that has no bid, end or ask has no standing, and so has no lot at all.
pub fn tell(events: &mut [NewEvent], told: Told) {
    let Some(last) = events.last_mut() else {
        return;
    };
    let standing = Some(told.standing).filter(|standing| *standing != Standing::default());
    let told = v1::EventMeta {
        standing: standing.map(|standing| v1::Standing {
            price: standing.price.map(Money::minor),
            leader: standing.leader.map(|leader| leader.0),
            ask: standing.ask.map(Money::minor),
            ends_at: standing.ends_at.map(|at| at.0),
        }),
        public_revision: told.public_revision,
        ..v1::EventMeta::default()
    };
    // Their numbers are the highest of the message, so that behind the others they stand in order.
    let mut metadata = last.metadata.to_vec();
    metadata.extend(told.encode_to_vec());
    last.metadata = metadata.into();
}

/// How its author was told that things stand after a command, from its last event.
///
/// # Errors
/// [`DecodeError::Malformed`].
pub fn told(last: &RecordedEvent) -> Result<Told, DecodeError> {
    let wire: v1::EventMeta = canonical(&last.metadata, "metadata")?;
    if wire.standing == Some(v1::Standing::default()) {
        return Err(DecodeError::Malformed("metadata.standing"));
    }
    let standing = wire.standing.unwrap_or_default();
    let money = |minor: Option<i64>| {
        let money = minor.map(|minor| Money::new(minor).ok_or(()));
        money
            .transpose()
            .map_err(|()| DecodeError::Malformed("metadata.standing"))
    };
    Ok(Told {
        standing: Standing {
            price: money(standing.price)?,
            leader: standing.leader.map(Paddle),
            ask: money(standing.ask)?,
            ends_at: standing.ends_at.map(Time),
        },
        public_revision: wire.public_revision,
    })
}

pub(super) fn from_proto(wire: v1::EventMeta) -> Result<Meta, DecodeError> {
    let actor = match present(wire.actor, "metadata.actor")? {
        Wire::Engine(_) => Actor::Engine,
        Wire::Staff(id) => Actor::Staff(StaffId(uuid_of(&id, "metadata.staff")?)),
        Wire::Bidder(id) => Actor::Bidder(AccountId(uuid_of(&id, "metadata.bidder")?)),
    };
    let digest = wire.command_digest.as_ref().try_into();
    Ok(Meta {
        at: Time(wire.at),
        arrived: Time(wire.arrived),
        actor,
        command: CommandId(uuid_of(&wire.command_id, "metadata.command_id")?),
        digest: digest.map_err(|_| DecodeError::Malformed("metadata.command_digest"))?,
    })
}

/// The id of a command's event: from its author, its command and its place among the command's
/// events, so that the same decision has the same ids again.
pub fn event_id(actor: Actor, command: CommandId, ordinal: usize) -> Uuid {
    let mut name = Vec::with_capacity(32);
    match actor {
        Actor::Engine => name.push(0),
        Actor::Staff(staff) => {
            name.push(1);
            name.extend_from_slice(staff.0.as_bytes());
        }
        Actor::Bidder(account) => {
            name.push(2);
            name.extend_from_slice(account.0.as_bytes());
        }
    }
    name.extend_from_slice(&u64::try_from(ordinal).unwrap_or(u64::MAX).to_be_bytes());
    Uuid::new_v5(&command.0, &name)
}
