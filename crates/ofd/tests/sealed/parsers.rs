//! Every reader of foreign bytes, fed with the corpus cut, mixed and changed: it answers or refuses, never panics, and keeps
//! its limits. `PROPTEST_CASES` says how often; a night's run takes a million.

use std::sync::LazyLock;

use gm::x509::{Certificate, Crl, Trust};
use ofd::seal::{Seal, SealedValue};
use ofd::{Limits, read, validate};
use proptest::prelude::*;

use crate::cases;
use crate::forge::Files;
use crate::town::{Town, today, trust_of};

/// What grows into hostile input.
struct Seeds {
    packages: Vec<Vec<u8>>,
    files: Vec<Files>,
    values: Vec<Vec<u8>>,
    seals: Vec<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
    lists: Vec<Vec<u8>>,
    trust: String,
}

static SEEDS: LazyLock<Seeds> = LazyLock::new(|| {
    let town = Town::new();
    let packages: Vec<Vec<u8>> = cases::all().map(|(_, recipe)| recipe(&town)).collect();
    let readings: Vec<_> = packages.iter().filter_map(|bytes| read(bytes, &Limits::default()).ok()).collect();
    let files = readings
        .iter()
        .map(|reading| Files::of(reading.names().filter_map(|name| Some((name, reading.file(name)?)))))
        .collect::<Vec<_>>();
    let ending = |ending: &str| -> Vec<Vec<u8>> {
        let of_one = |files: &Files| {
            files.names().filter(|name| name.ends_with(ending)).map(|name| files.get(name).to_vec()).collect::<Vec<_>>()
        };
        files.iter().flat_map(of_one).collect()
    };
    let (values, seals) = (ending("SignedValue.dat"), ending("Seal.esl"));
    let trust = town.trust_file("city");
    let certificates = [&town.maker, &town.signer, &town.issuing];
    Seeds {
        certificates: certificates.map(|member| gm::Signer::certificate(member).to_der().to_vec()).to_vec(),
        lists: town.lists().iter().map(|list| list.to_der().to_vec()).collect(),
        packages,
        files,
        values,
        seals,
        trust,
    }
});

/// One change to bytes.
#[derive(Debug, Clone)]
enum Change {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index, u16),
    Repeat(prop::sample::Index, u16),
    Insert(prop::sample::Index, Vec<u8>),
    End(prop::sample::Index),
    /// A piece of another seed.
    Graft(prop::sample::Index, prop::sample::Index, prop::sample::Index, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    // Lengths, tags and marks are worth more than other values.
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(vec![0, 1, 0x30, 0x7F, 0x80, 0x82, 0x84, 0xFF, b'<', b'&', b'/'])
    ];
    prop_oneof![
        4 => (index(), byte.clone()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => (index(), 1_u16..200).prop_map(|(at, many)| Change::Cut(at, many)),
        1 => (index(), 1_u16..200).prop_map(|(at, many)| Change::Repeat(at, many)),
        1 => (index(), prop::collection::vec(byte, 1..20)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => index().prop_map(Change::End),
        1 => (index(), index(), index(), 1_u16..400).prop_map(|(at, seed, from, many)| Change::Graft(at, seed, from, many)),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(), 1..6)
}

fn changed(seeds: &[Vec<u8>], seed: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for change in changes {
        let at =
            |index: &prop::sample::Index, bytes: &[u8]| if bytes.is_empty() { 0 } else { index.index(bytes.len()) };
        match change {
            Change::Set(index, byte) => {
                let place = at(index, &bytes);
                if let Some(known) = bytes.get_mut(place) {
                    *known = *byte;
                }
            }
            Change::Cut(index, many) => {
                let start = at(index, &bytes);
                let end = bytes.len().min(start + usize::from(*many));
                bytes.drain(start..end);
            }
            Change::Repeat(index, many) => {
                let start = at(index, &bytes);
                let piece = bytes[start..bytes.len().min(start + usize::from(*many))].to_vec();
                bytes.splice(start..start, piece);
            }
            Change::Insert(index, new) => {
                let start = at(index, &bytes);
                bytes.splice(start..start, new.iter().copied());
            }
            Change::End(index) => bytes.truncate(at(index, &bytes)),
            Change::Graft(index, seed, from, many) => {
                let other = seed.get(seeds);
                let from = at(from, other);
                let piece = other[from..other.len().min(from + usize::from(*many))].to_vec();
                let start = at(index, &bytes);
                bytes.splice(start..start, piece);
            }
        }
    }
    bytes
}

fn total(bytes: &[u8], limits: &Limits) -> Option<(usize, u64)> {
    let reading = read(bytes, limits).ok()?;
    let sizes = reading.names().filter_map(|name| reading.file(name)).map(|content| content.len() as u64);
    Some((reading.names().count(), sizes.sum()))
}

proptest! {
    #[test]
    fn packages(seed in any::<prop::sample::Index>(), changes in changes(), entries in 5_usize..20, unpacked in 1_000_u64..30_000) {
        let bytes = changed(&SEEDS.packages, seed.get(&SEEDS.packages).as_slice(), &changes);
        let limits = Limits { entries, unpacked, ratio: 20 };
        if let Some((found, size)) = total(&bytes, &limits) {
            prop_assert!(found <= entries && size <= unpacked, "{} files of {} bytes", found, size);
        }
    }

    /// XML of every kind, documents, lists and descriptions of signatures: changed inside and packed again, checked to the end.
    #[test]
    fn files_in_packages(
        seed in any::<prop::sample::Index>(),
        file in any::<prop::sample::Index>(),
        changes in changes(),
    ) {
        let files = seed.get(&SEEDS.files);
        let names: Vec<&str> = files.names().collect();
        let name = *file.get(&names);
        let others: Vec<Vec<u8>> = names.iter().map(|name| files.get(name).to_vec()).collect();
        let content = changed(&others, files.get(name), &changes);
        let same = content == files.get(name);
        let report = validate(&files.clone().with(name, content).zip(), &trust_of(&SEEDS.trust), today());
        prop_assert!(same || name.ends_with("Signatures.xml") || !report.is_valid(), "{} was changed", name);
    }

    #[test]
    fn seals(seed in any::<prop::sample::Index>(), changes in changes()) {
        let bytes = changed(&SEEDS.seals, seed.get(&SEEDS.seals).as_slice(), &changes);
        if let Ok(seal) = Seal::from_der(&bytes) {
            prop_assert_eq!(seal.to_der(), bytes.as_slice());
        }
    }

    #[test]
    fn signed_values(seed in any::<prop::sample::Index>(), changes in changes()) {
        let bytes = changed(&SEEDS.values, seed.get(&SEEDS.values).as_slice(), &changes);
        if let Ok(value) = SealedValue::from_der(&bytes) {
            prop_assert!(bytes.windows(value.signed.len()).any(|window| window == value.signed), "signed is what is stored");
        }
    }

    #[test]
    fn certificates(seed in any::<prop::sample::Index>(), changes in changes()) {
        let bytes = changed(&SEEDS.certificates, seed.get(&SEEDS.certificates).as_slice(), &changes);
        if let Ok(certificate) = Certificate::from_der(&bytes) {
            prop_assert_eq!(certificate.to_der(), bytes.as_slice());
            let _ = trust_of(&SEEDS.trust).check(&certificate, gm::x509::Usage::DigitalSignature, today());
        }
    }

    #[test]
    fn revocation_lists(seed in any::<prop::sample::Index>(), changes in changes()) {
        let bytes = changed(&SEEDS.lists, seed.get(&SEEDS.lists).as_slice(), &changes);
        if let Ok(list) = Crl::from_der(&bytes) {
            prop_assert_eq!(list.to_der(), bytes.as_slice());
        }
    }

    #[test]
    fn files_of_trust(changes in changes()) {
        let seeds = [SEEDS.trust.clone().into_bytes()];
        let mut trust = Trust::new();
        let _ = trust.add_file(&changed(&seeds, &seeds[0], &changes));
    }
}
