//! What a key file is encrypted under.

use zeroize::Zeroizing;

use super::Sm2Error;

/// A password for new key files. Overwritten when it is dropped; `Debug` prints nothing of it.
#[derive(Clone)]
pub struct Password {
    text: Zeroizing<String>,
    rounds: u32,
}

impl Password {
    /// Fewest characters of a password that a person chose.
    pub const SHORTEST: usize = 8;

    /// A password that a person chose: guessing is made slow, so that opening the file takes some tenths of a second.
    ///
    /// # Errors
    /// [`Sm2Error::PasswordTooShort`] below [`Password::SHORTEST`] characters.
    pub fn chosen(text: &str) -> Result<Self, Sm2Error> {
        if text.chars().count() < Self::SHORTEST {
            return Err(Sm2Error::PasswordTooShort);
        }
        Ok(Self { text: Zeroizing::new(text.to_owned()), rounds: 600_000 })
    }
    /// A new password of 256 random bits: nobody guesses it, so that opening the file is fast.
    ///
    /// # Panics
    /// When the operating system has no random numbers.
    #[must_use]
    pub fn random() -> Self {
        Self { text: Zeroizing::new(crate::token()), rounds: 2_048 }
    }
    /// The password, to be kept apart from the files it opens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// How many rounds of PBKDF2 stand between the password and the key.
    pub(super) const fn rounds(&self) -> u32 {
        self.rounds
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Password").finish_non_exhaustive()
    }
}
