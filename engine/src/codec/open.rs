//! Sealed values of one event: written, and opened by whoever has the key.

use bytes::Bytes;
use mazad_proto::v1;
use prost::Message;
use uuid::Uuid;

use super::error::DecodeError;
use super::parts::{canonical, padded, present, unpadded};
use super::vault::Seal;
use super::vault::Vault;
use crate::domain::{LotNo, Money, Reserve, ReserveOpening, SaleId, Secret};
use crate::proof::{figures_commitment, maximum_commitment, reserve_commitment};

/// Sealed figures fill blocks of this size, more than the most that a refusal tells: the length must
/// not tell how large an amount is.
const FIGURES_BLOCK: usize = 128;

/// What is needed to open the sealed value of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opener<'a> {
    pub(super) sale: SaleId,
    pub(super) event: Uuid,
    pub(super) vault: Option<&'a Vault>,
}

pub(super) fn seal_maximum(event: Uuid, maximum: Secret, vault: &Vault) -> v1::Sealed {
    let Some(amount) = maximum.open() else {
        unreachable!("the writer seals its own secrets");
    };
    let salt = vault.salt(event);
    v1::Sealed {
        ciphertext: vault
            .seal(Seal::Value, event, b"", &amount.minor().to_be_bytes())
            .into(),
        commitment: Bytes::copy_from_slice(&maximum_commitment(event, amount, &salt)),
    }
}

pub(super) fn seal_reserve(event: Uuid, reserve: &Reserve, vault: &Vault) -> v1::Sealed {
    let Some(opening) = reserve.opening else {
        unreachable!("the writer seals its own secrets");
    };
    let mut plain = opening.amount.minor().to_be_bytes().to_vec();
    plain.extend_from_slice(&opening.salt);
    v1::Sealed {
        ciphertext: vault.seal(Seal::Value, event, b"", &plain).into(),
        commitment: Bytes::copy_from_slice(&reserve.commitment),
    }
}

pub(super) fn seal_figures(
    event: Uuid,
    figures: Vec<v1::Figure>,
    vault: &Vault,
) -> Option<v1::Sealed> {
    if figures.is_empty() {
        return None;
    }
    let plain = v1::OwnFigures { figures }.encode_to_vec();
    let commitment = figures_commitment(event, &plain, &vault.salt(event));
    let padded = padded(plain, FIGURES_BLOCK);
    Some(v1::Sealed {
        ciphertext: vault.seal(Seal::Value, event, b"", &padded).into(),
        commitment: Bytes::copy_from_slice(&commitment),
    })
}

impl Opener<'_> {
    /// The own figures of a refusal; none for readers without the key.
    pub(super) fn figures(
        self,
        sealed: Option<&v1::Sealed>,
    ) -> Result<Vec<v1::Figure>, DecodeError> {
        let (Some(sealed), Some(vault)) = (sealed, self.vault) else {
            return Ok(Vec::new());
        };
        let plain = vault
            .unseal(Seal::Value, self.event, b"", &sealed.ciphertext)
            .ok_or(DecodeError::Seal)?;
        let plain = unpadded(&plain, FIGURES_BLOCK).ok_or(DecodeError::Seal)?;
        let salt = vault.salt(self.event);
        if figures_commitment(self.event, plain, &salt) != sealed.commitment.as_ref() {
            return Err(DecodeError::Seal);
        }
        let own: v1::OwnFigures = canonical(plain, "OwnFigures")?;
        Ok(own.figures)
    }

    pub(super) fn maximum(self, sealed: Option<&v1::Sealed>) -> Result<Secret, DecodeError> {
        let sealed = present(sealed, "maximum")?;
        let Some(vault) = self.vault else {
            return Ok(Secret::sealed());
        };
        let plain = vault
            .unseal(Seal::Value, self.event, b"", &sealed.ciphertext)
            .ok_or(DecodeError::Seal)?;
        let amount = amount_of(&plain)?;
        let salt = vault.salt(self.event);
        if maximum_commitment(self.event, amount, &salt) != sealed.commitment.as_ref() {
            return Err(DecodeError::Seal);
        }
        Ok(Secret::known(amount))
    }

    pub(super) fn reserve(self, lot: LotNo, sealed: &v1::Sealed) -> Result<Reserve, DecodeError> {
        let committed = sealed.commitment.as_ref().try_into();
        let commitment = committed.map_err(|_| DecodeError::Malformed("reserve.commitment"))?;
        let Some(vault) = self.vault else {
            return Ok(Reserve {
                commitment,
                opening: None,
            });
        };
        let plain = vault
            .unseal(Seal::Value, self.event, b"", &sealed.ciphertext)
            .ok_or(DecodeError::Seal)?;
        let (amount, salt) = plain.split_at_checked(8).ok_or(DecodeError::Seal)?;
        let amount = amount_of(amount)?;
        let salt = salt.try_into().map_err(|_| DecodeError::Seal)?;
        if reserve_commitment(self.sale, lot, amount, &salt) != commitment {
            return Err(DecodeError::Seal);
        }
        Ok(Reserve {
            commitment,
            opening: Some(ReserveOpening { amount, salt }),
        })
    }
}

fn amount_of(plain: &[u8]) -> Result<Money, DecodeError> {
    let bytes = plain.try_into().map_err(|_| DecodeError::Seal)?;
    Money::new(i64::from_be_bytes(bytes)).ok_or(DecodeError::Seal)
}
