//! One changed byte, anywhere that counts, is always found.

use std::sync::LazyLock;

use gm::x509::Trust;
use ofd::{Limits, State, read, validate};
use proptest::prelude::*;

use crate::cases::base;
use crate::forge::{Files, LIST, Sealing};
use crate::town::{Town, today, trust_of};

struct Sealed {
    files: Files,
    bytes: Vec<u8>,
    trust: Trust,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let town = Town::new();
    let files = Sealing::new(&town).put(&base(1));
    Sealed { bytes: files.zip(), files, trust: trust_of(&town.trust_file("city")) }
});

/// The verdict when one byte of one file of the package is another.
fn verdict(name: &str, place: usize, change: u8) -> State {
    let mut content = SEALED.files.get(name).to_vec();
    content[place] ^= change;
    validate(&SEALED.files.clone().with(name, content).zip(), &SEALED.trust, today()).verdict()
}

/// Everything but the list of signatures, which stays open for further ones.
fn names() -> Vec<&'static str> {
    SEALED.files.names().filter(|name| *name != LIST).collect()
}

/// The page, the seal, the digests and the signed value, byte for byte. A run takes every 97th, begun anywhere; with
/// TONGBAN_ALL_FLIPS set it takes all.
#[test]
fn a_flipped_bit_of_page_seal_digests_or_value_is_found() {
    let step = if std::env::var_os("TONGBAN_ALL_FLIPS").is_some() { 1 } else { 97 };
    let [start] = gm::random::<1>();
    let mut tried = 0;
    for name in ["Content.xml", "Seal.esl", "Signature.xml", "SignedValue.dat"] {
        let name = *names().iter().find(|known| known.ends_with(name)).unwrap();
        for place in (usize::from(start) % step..SEALED.files.get(name).len()).step_by(step) {
            for change in [0x01, 0x20, 0x80] {
                assert_eq!(verdict(name, place, change), State::Failed, "{name}, byte {place} ^ {change:#x}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 150, "{tried}");
}

proptest! {
    #[test]
    fn any_other_byte_in_any_file_is_found(
        file in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let name = *file.get(&names());
        let place = place.index(SEALED.files.get(name).len());
        prop_assert_eq!(verdict(name, place, change), State::Failed, "{}, byte {}", name, place);
    }

    /// In the packed file a changed byte may be a time or a right that nobody reads. Then nothing else has changed.
    #[test]
    fn any_other_byte_of_the_packed_file_is_found_or_without_effect(place in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut bytes = SEALED.bytes.clone();
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        if validate(&bytes, &SEALED.trust, today()).is_valid() {
            let reading = read(&bytes, &Limits::default()).unwrap();
            let names: Vec<&str> = reading.names().collect();
            let mut expected: Vec<&str> = SEALED.files.names().collect();
            expected.sort_unstable();
            prop_assert_eq!(&names, &expected);
            for name in names.into_iter().filter(|name| *name != LIST) {
                prop_assert!(reading.file(name) == Some(SEALED.files.get(name)), "{} differs", name);
            }
        }
    }
}
