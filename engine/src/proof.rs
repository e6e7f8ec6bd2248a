//! Commitments: made before a sale and opened with its result (R4).

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::{LotNo, Money, SaleId};

/// R4: the commitment to a reserve, published before the sale:
/// SHA-256 over `mazad reserve v1`, a zero byte, the sale's uuid (16 bytes), the lot (4 bytes), the
/// amount in minor units (8 bytes), all big-endian, and the salt (32 bytes).
pub fn reserve_commitment(sale: SaleId, lot: LotNo, amount: Money, salt: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"mazad reserve v1\0");
    hash.update(sale.0.as_bytes());
    hash.update(lot.0.to_be_bytes());
    hash.update(amount.minor().to_be_bytes());
    hash.update(salt);
    hash.finalize().into()
}

/// R2: the commitment to a maximum that stands in the log in place of it: SHA-256 over
/// `mazad maximum v1`, a zero byte, the event's uuid, the amount in minor units, and a salt.
pub fn maximum_commitment(event: Uuid, amount: Money, salt: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"mazad maximum v1\0");
    hash.update(event.as_bytes());
    hash.update(amount.minor().to_be_bytes());
    hash.update(salt);
    hash.finalize().into()
}

/// The commitment to the figures of a refusal that only its bidder may know: SHA-256 over
/// `mazad own figures v1`, a zero byte, the event's uuid, the salt, and the sealed bytes.
pub fn figures_commitment(event: Uuid, figures: &[u8], salt: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"mazad own figures v1\0");
    hash.update(event.as_bytes());
    hash.update(salt);
    hash.update(figures);
    hash.finalize().into()
}
