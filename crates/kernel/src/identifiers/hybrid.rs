//! The hybrid check systems of ISO 7064: MOD 11,10 for digits, MOD 37,36 for digits and capital letters.

/// Check value over `values`, each below `m`, for MOD m+1,m.
pub(super) fn check(values: impl Iterator<Item = u32>, m: u32) -> u32 {
    let p = values.fold(m, |p, value| {
        let sum = (p + value) % m;
        (if sum == 0 { m } else { sum }) * 2 % (m + 1)
    });
    (m + 1 - p) % m
}

/// Value of a digit (0–9) or capital letter (10–35).
pub(super) fn value(c: char) -> Option<u32> {
    c.to_digit(36).filter(|_| !c.is_ascii_lowercase())
}

/// Digit or capital letter of a value below 36.
pub(super) fn character(value: u32) -> char {
    char::from_digit(value, 36).unwrap_or('0').to_ascii_uppercase()
}
