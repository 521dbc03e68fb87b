//! Who signs: the identifier that goes into Z.

use std::borrow::Cow;

use super::Sm2Error;

/// The identifier that certificates, seals and most interfaces use (GM/T 0009—2012, 10).
pub const DEFAULT_ID: &str = "1234567812345678";

/// The distinguishing identifier of a signer (GB/T 32918.2—2016, 5.5). Both sides must use the same: with another one,
/// or with none, a good signature does not verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerId(Cow<'static, [u8]>);

impl SignerId {
    /// Most bytes of an identifier: its length in bits is written in 16 bits.
    pub const MAX_LEN: usize = 8191;

    /// An identifier of these bytes; it may be empty.
    ///
    /// # Errors
    /// [`Sm2Error::IdTooLong`] past [`SignerId::MAX_LEN`] bytes.
    pub fn new(id: impl AsRef<[u8]>) -> Result<Self, Sm2Error> {
        let id = id.as_ref();
        if id.len() > Self::MAX_LEN {
            return Err(Sm2Error::IdTooLong);
        }
        Ok(Self(Cow::Owned(id.to_vec())))
    }
    /// The bytes of the identifier.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
    /// Length in bits, as it stands before the identifier in Z.
    pub(super) fn bits(&self) -> [u8; 2] {
        // At most 8191 bytes: the number of bits fits.
        u16::try_from(self.0.len() * 8).unwrap_or(u16::MAX).to_be_bytes()
    }
}

impl Default for SignerId {
    fn default() -> Self {
        Self(Cow::Borrowed(DEFAULT_ID.as_bytes()))
    }
}
