//! How a request to the gateway is signed: the five lines that are signed, and the headers that carry it.

use kernel::Timestamp;

/// Whose account it is.
pub(crate) const APP: &str = "x-app-id";
/// When it was signed, seconds since 1970.
pub(crate) const TIME: &str = "x-timestamp";
/// Different in every request.
pub(crate) const NONCE: &str = "x-nonce";
/// The signature, hexadecimal.
pub(crate) const SIGNATURE: &str = "x-signature";
/// How far the clocks of the two sides may lie apart, seconds.
pub(crate) const SKEW_S: i64 = 300;

/// HMAC-SM3 (GB/T 15852.2) over method, path, time, nonce and the SM3 digest of the body, one to a line.
pub(crate) fn sign(secret: &str, path: &str, time: i64, nonce: &str, body: &[u8]) -> String {
    let signed = format!("POST\n{path}\n{time}\n{nonce}\n{}", gm::digest_hex(body));
    gm::hex(&gm::hmac_sm3(secret.as_bytes(), signed.as_bytes()))
}

/// Whether a signature is right and of now.
pub(crate) fn holds(
    secret: &str,
    path: &str,
    now: Timestamp,
    time: i64,
    nonce: &str,
    body: &[u8],
    given: &str,
) -> bool {
    let right = sign(secret, path, time, nonce, body);
    (now.as_second() - time).abs() <= SKEW_S && gm::equal(right.as_bytes(), given.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_covers_everything_and_grows_old() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let time = now.as_second();
        let good = sign("secret", "/v1/messages", time, "n", b"{}");
        assert!(holds("secret", "/v1/messages", now, time, "n", b"{}", &good));
        assert!(!holds("other", "/v1/messages", now, time, "n", b"{}", &good));
        assert!(!holds("secret", "/v1/receipts", now, time, "n", b"{}", &good));
        assert!(!holds("secret", "/v1/messages", now, time + 1, "n", b"{}", &good));
        assert!(!holds("secret", "/v1/messages", now, time, "m", b"{}", &good));
        assert!(!holds("secret", "/v1/messages", now, time, "n", b"{ }", &good));
        let later = Timestamp::from_second(time + SKEW_S + 1).unwrap();
        assert!(!holds("secret", "/v1/messages", later, time, "n", b"{}", &good));
    }
}
