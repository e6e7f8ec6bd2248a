//! The engine's key: seals what only the engine may read (R2 maxima, R4 reserves, commands, states),
//! and keys the digests of commands. Whoever holds the log without it sees commitments only.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::domain::Money;

/// The engine's key. Its `Debug` form never shows it.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key: [u8; 32],
}

/// What is sealed for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seal {
    /// A value of the event itself: a maximum, a reserve, own figures of a refusal.
    Value,
    /// The act of the command from which the event follows.
    Command,
    /// The state after the event.
    State,
}

impl Seal {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Value => b"mazad seal value v1",
            Self::Command => b"mazad seal command v1",
            Self::State => b"mazad seal state v1",
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with a given key: for tests, and for stores that live in memory.
    pub fn from_key(key: [u8; 32]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&key.into()),
            key,
        }
    }

    /// Reads the key from a file.
    ///
    /// # Errors
    /// The file cannot be read, others may read it too, or it does not hold 64 hex digits.
    pub fn open(file: &Path) -> io::Result<Self> {
        if fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
            // Whoever has read it opens every maximum and every base.
            let told = "others may read it: keep it for its owner alone (chmod 600)";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, told));
        }
        let text = fs::read_to_string(file)?;
        let key = from_hex(text.trim())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not 64 hex digits"))?;
        Ok(Self::from_key(key))
    }

    /// Reads the key from a file, or makes one there, readable by its owner alone and synced.
    ///
    /// # Errors
    /// As [`Vault::open`]; or the file cannot be made.
    pub fn open_or_create(file: &Path) -> io::Result<Self> {
        match Self::open(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(file),
            opened => opened,
        }
    }

    /// Under another name until it is whole: a process that ends in between leaves no half a key, with
    /// which the folder would never start again.
    fn create(file: &Path) -> io::Result<Self> {
        let key: [u8; 32] = rand::random();
        let temporary = file.with_added_extension("tmp");
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        let mut made = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        made.write_all(to_hex(&key).as_bytes())?;
        made.sync_all()?;
        fs::rename(&temporary, file)?;
        let folder = file.parent().filter(|folder| *folder != Path::new(""));
        fs::File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
        Ok(Self::from_key(key))
    }

    /// Digest of a command, over the one spelling of it that the log keeps. Keyed, since an amount is
    /// easily guessed.
    pub fn digest(&self, bytes: &[u8]) -> [u8; 32] {
        self.keyed(b"mazad command digest v1", bytes)
    }

    /// What tells a command of a sale from every other: nobody without the key can make two of them
    /// alike, and by chance ten million have two alike once in 10^15 sales.
    pub(crate) fn fingerprint(&self, bytes: &[u8]) -> [u8; 12] {
        let mut fingerprint = [0; 12];
        let keyed = self.keyed(b"mazad command fingerprint v1", bytes);
        for (to, from) in fingerprint.iter_mut().zip(keyed) {
            *to = from;
        }
        fingerprint
    }

    /// The salt of what is sealed for an event, which nobody without the key can guess; the same for
    /// the same event. It is never published.
    pub(crate) fn salt(&self, event: Uuid) -> [u8; 32] {
        self.keyed(b"mazad salt v1", event.as_bytes())
    }

    /// R4: the salt of a base, the same for the same command of the same sale, and another for another
    /// amount: one that was published helps to guess no other base. It is made under a label of its own,
    /// since it must open nothing else.
    pub(crate) fn reserve_salt(
        &self,
        (sale, command): (Uuid, Uuid),
        lot: u32,
        amount: Money,
    ) -> [u8; 32] {
        let (lot, amount) = (lot.to_be_bytes(), amount.minor().to_be_bytes());
        let of_lot = [sale.as_bytes(), command.as_bytes(), &lot[..], &amount[..]].concat();
        self.keyed(b"mazad reserve salt v1", &of_lot)
    }

    /// Seals bytes that belong to one event in one context: the same bytes again for the same, so that
    /// a repeated append stays a repeat. The nonce follows from everything that is sealed and stands
    /// before the ciphertext: no two contents ever share one.
    pub(crate) fn seal(&self, what: Seal, event: Uuid, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let aad = [what.label(), event.as_bytes().as_slice(), context].concat();
        let whole = [aad.as_slice(), plain].concat();
        let mut sealed = self.keyed(b"mazad seal nonce v1", &whole).to_vec();
        sealed.truncate(NONCE_BYTES);
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        // The cipher fails only on messages of many gigabytes.
        let ciphertext = self.cipher.encrypt(&nonce_of(&sealed), payload);
        sealed.extend(ciphertext.unwrap_or_default());
        sealed
    }

    /// Opens bytes that were sealed for this event in this context; `None` if they were not, or with
    /// another key.
    pub(crate) fn unseal(
        &self,
        what: Seal,
        event: Uuid,
        context: &[u8],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_BYTES)?;
        let aad = [what.label(), event.as_bytes().as_slice(), context].concat();
        let payload = Payload {
            msg: ciphertext,
            aad: &aad,
        };
        self.cipher.decrypt(&nonce_of(nonce), payload).ok()
    }

    fn keyed(&self, label: &[u8], bytes: &[u8]) -> [u8; 32] {
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key) else {
            unreachable!("HMAC takes a key of any length");
        };
        mac.update(label);
        mac.update(&[0]);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

/// Bytes of a nonce, before the ciphertext.
const NONCE_BYTES: usize = 24;

/// What a seal adds to the bytes that it seals: the nonce before them, the tag behind.
pub(super) const SEAL_BYTES: usize = NONCE_BYTES + 16;

fn nonce_of(bytes: &[u8]) -> XNonce {
    let mut nonce = XNonce::default();
    for (to, from) in nonce.iter_mut().zip(bytes) {
        *to = *from;
    }
    nonce
}

fn to_hex(key: &[u8; 32]) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        let at = index.checked_mul(2)?;
        *byte = u8::from_str_radix(text.get(at..at.checked_add(2)?)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn key_that_others_may_read_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("engine.key");
        Vault::open_or_create(&file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let error = Vault::open(&file).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(
            Vault::open_or_create(&file).unwrap_err().kind(),
            error.kind()
        );
    }

    #[test]
    fn key_that_was_in_making_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("engine.key");
        fs::write(folder.path().join("engine.key.tmp"), "half").unwrap();
        let made = Vault::open_or_create(&file).unwrap();
        let again = Vault::open_or_create(&file).unwrap();
        assert!(made.digest(b"command") == again.digest(b"command"));
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
