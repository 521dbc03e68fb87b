//! Authenticated encryption of short texts: SM4-GCM (GB/T 32907—2016, RFC 8998) or AES-256-GCM.

use aes_gcm::{
    Aes256Gcm, AesGcm,
    aead::{Aead, KeyInit, Payload, consts::U12},
};
use zeroize::Zeroizing;

use crate::digest::random;

/// Bytes of a nonce: 96 random bits. One key must not seal more than 2³² values; rotate long before that.
pub(crate) const NONCE: usize = 12;

/// With what a data key encrypts. It belongs to the key's version, so that both kinds can stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Algorithm {
    /// SM4-GCM, the national algorithm. The default.
    #[default]
    #[serde(rename = "sm4-gcm")]
    Sm4Gcm,
    /// AES-256-GCM, where national algorithms are not asked for.
    #[serde(rename = "aes-256-gcm")]
    Aes256Gcm,
}

impl Algorithm {
    /// The word that stands in key files and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sm4Gcm => "sm4-gcm",
            Self::Aes256Gcm => "aes-256-gcm",
        }
    }
    /// The algorithm of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Sm4Gcm, Self::Aes256Gcm].into_iter().find(|a| a.as_str() == word)
    }
    /// Bytes of a key.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::Sm4Gcm => 16,
            Self::Aes256Gcm => 32,
        }
    }
    /// A new random key.
    pub(crate) fn fresh_key(self) -> Zeroizing<Vec<u8>> {
        let bytes = Zeroizing::new(random::<32>());
        Zeroizing::new(bytes[..self.key_len()].to_vec())
    }
    /// Encrypts under a fresh nonce and gives nonce, ciphertext and tag in one. None when the key has not the right
    /// length.
    pub(crate) fn seal(self, key: &[u8], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let nonce = random::<NONCE>();
        let sealed = self.seal_with(key, &nonce, aad, plain)?;
        Some([&nonce[..], &sealed].concat())
    }
    fn seal_with(self, key: &[u8], nonce: &[u8; NONCE], aad: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg: plain, aad };
        match self {
            Self::Sm4Gcm => Sm4Gcm::new_from_slice(key).ok()?.encrypt(&(*nonce).into(), payload).ok(),
            Self::Aes256Gcm => Aes256Gcm::new_from_slice(key).ok()?.encrypt(&(*nonce).into(), payload).ok(),
        }
    }
    /// Decrypts what [`Self::seal`] gave. None when key, associated data or a single bit is not the same.
    pub(crate) fn open(self, key: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: ciphertext, aad };
        let plain = match self {
            Self::Sm4Gcm => Sm4Gcm::new_from_slice(key).ok()?.decrypt(&(*nonce).into(), payload).ok()?,
            Self::Aes256Gcm => Aes256Gcm::new_from_slice(key).ok()?.decrypt(&(*nonce).into(), payload).ok()?,
        };
        Some(Zeroizing::new(plain))
    }
}

type Sm4Gcm = AesGcm<sm4::Sm4, U12>;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

    fn of(vector: &Value, name: &str) -> Vec<u8> {
        hex::decode(vector[name].as_str().unwrap()).unwrap()
    }

    #[test]
    fn sm4_gives_the_published_ciphertexts() {
        let vectors: Value = serde_json::from_str(include_str!("../../../data/test-vectors/gm_vectors.json")).unwrap();
        let (mut blocks, mut gcm) = (0, 0);
        for vector in vectors["sm4"].as_array().unwrap() {
            let key = of(vector, "key");
            let (plain, expected) = (of(vector, "plaintext"), of(vector, "ciphertext"));
            if vector["mode"] == "ECB" {
                let cipher = <sm4::Sm4 as sm4::cipher::KeyInit>::new_from_slice(&key).unwrap();
                for (plain, expected) in plain.chunks(16).zip(expected.chunks(16)) {
                    let mut block: [u8; 16] = plain.try_into().unwrap();
                    cipher.encrypt_block((&mut block).into());
                    assert_eq!(block, expected);
                    cipher.decrypt_block((&mut block).into());
                    assert_eq!(block, plain);
                    blocks += 1;
                }
            } else {
                let (nonce, aad) = (of(vector, "iv"), of(vector, "aad"));
                let nonce: [u8; NONCE] = nonce.try_into().unwrap();
                let sealed = Algorithm::Sm4Gcm.seal_with(&key, &nonce, &aad, &plain).unwrap();
                assert_eq!(sealed, [expected, of(vector, "tag")].concat(), "{}", vector["source"]);
                let stored = [&nonce[..], &sealed].concat();
                assert_eq!(*Algorithm::Sm4Gcm.open(&key, &aad, &stored).unwrap(), plain);
                gcm += 1;
            }
        }
        assert_eq!((blocks, gcm), (3, 2), "every vector of the file was tried");
    }

    #[test]
    fn a_wrong_key_length_is_refused() {
        assert_eq!(Algorithm::Sm4Gcm.seal(&[0; 15], b"", b"x"), None);
        assert_eq!(Algorithm::Aes256Gcm.seal(&[0; 16], b"", b"x"), None);
        assert!(Algorithm::Aes256Gcm.open(&[0; 16], b"", &[0; 40]).is_none());
        assert!(Algorithm::Sm4Gcm.open(&[0; 16], b"", &[0; 5]).is_none(), "shorter than a nonce");
    }

    #[test]
    fn algorithms_are_found_by_their_word() {
        for algorithm in [Algorithm::Sm4Gcm, Algorithm::Aes256Gcm] {
            assert_eq!(Algorithm::of_word(algorithm.as_str()), Some(algorithm));
            assert_eq!(serde_json::to_value(algorithm).unwrap(), algorithm.as_str());
        }
        assert_eq!(Algorithm::of_word("rot13"), None);
    }
}
