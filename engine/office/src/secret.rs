//! Random secrets and their digests. The secret goes to one person; only the digest is kept.

use std::fmt;
use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::limits::{SECRET_BYTES, SECRET_CHARS};

/// A secret as text for a link, a header or a frame: 256 random bits in base64url without padding.
///
/// Its `Debug` form never shows it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn random() -> Self {
        Self(base64url(&rand::random::<[u8; SECRET_BYTES]>()))
    }

    /// The text, for the one person that it is for.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// SHA-256 of a secret's text. Two digests are compared in constant time.
#[derive(Clone, Copy)]
pub(crate) struct Digest([u8; 32]);

impl Digest {
    /// The digest of what somebody says is a secret; `None` if it cannot be one.
    pub(crate) fn of(said: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let can_be = said.len() == SECRET_CHARS && said.bytes().all(plain);
        can_be.then(|| Self(Sha256::digest(said.as_bytes()).into()))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

/// Tables keyed by digests hash all of it with a key of their own (the standard library's), so the
/// time of a lookup does not tell how much of a digest was right.
impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest")
    }
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(SECRET_CHARS);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| {
            bits << 8 | u32::from(group.get(at).copied().unwrap_or(0))
        });
        // Three bytes make four characters, two make three, one makes two.
        for shift in [18, 12, 6, 0]
            .into_iter()
            .take(group.len().saturating_add(1))
        {
            let digit = usize::try_from(bits >> shift & 63).unwrap_or(0);
            text.extend(ALPHABET.get(digit).map(|byte| char::from(*byte)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_that_of_rfc_4648() {
        let cases = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, text) in cases {
            assert_eq!(base64url(plain.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn a_secret_is_43_characters_and_never_twice_the_same() {
        let (one, two) = (Secret::random(), Secret::random());
        assert_eq!(one.as_str().len(), SECRET_CHARS);
        assert_ne!(one, two);
        assert_eq!(Digest::of(one.as_str()), Some(one.digest()));
        assert_ne!(one.digest(), two.digest());
    }

    #[test]
    fn what_cannot_be_a_secret_is_not_hashed() {
        let secret = Secret::random();
        let short = secret.as_str().get(1..).unwrap();
        for said in [
            "",
            short,
            &format!("{short}="),
            &format!("{short} "),
            &format!("{short}aa"),
        ] {
            assert_eq!(Digest::of(said), None, "{said:?}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::random();
        let shown = format!("{secret:?} {:?}", secret.digest());
        assert_eq!(shown, "Secret Digest");
    }
}
