use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// One less than the order of the curve.
const N_LESS_ONE: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122";

fn bytes(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

#[test]
fn signatures_are_the_published_ones() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../../../data/test-vectors/gm_vectors.json")).unwrap();
    let list = vectors["sm2_sign"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    for vector in list {
        let of = |name: &str| bytes(vector[name].as_str().unwrap());
        let key = SecretKey::from_bytes(&of("private_key")).unwrap();
        let point = [&[4][..], &of("public_x"), &of("public_y")].concat();
        assert_eq!(key.public_key().to_sec1().to_vec(), point);
        let id = SignerId::new(vector["id"].as_str().unwrap()).unwrap();
        assert_eq!(key.public_key().z(&id), of("z"));
        let message = hex::decode(vector["message"].as_str().unwrap()).unwrap();
        let e = key.public_key().e(&id, &message);
        assert_eq!(<[u8; 32]>::from(e.to_bytes()), of("e"), "{}", vector["source"]);
        let k = Scalar::from_repr(FieldBytes::from(of("k"))).unwrap();
        let signature = key.sign_with(&e, &k).unwrap();
        assert_eq!(signature.to_raw().to_vec(), [of("r"), of("s")].concat());
        assert!(key.public_key().verify_as(&id, &message, &signature));
    }
}

#[test]
fn only_numbers_from_one_to_n_less_two_are_keys() {
    let mut largest = bytes(N_LESS_ONE);
    assert_eq!(SecretKey::from_bytes(&largest).unwrap_err(), Sm2Error::SecretOutOfRange, "n − 1");
    largest[31] -= 1;
    let key = SecretKey::from_bytes(&largest).unwrap();
    assert!(key.public_key().verify(b"x", &key.sign(b"x")));
    largest[31] += 2;
    assert_eq!(SecretKey::from_bytes(&largest).unwrap_err(), Sm2Error::SecretOutOfRange, "n");
    assert_eq!(SecretKey::from_bytes(&[0; 32]).unwrap_err(), Sm2Error::SecretOutOfRange);
    assert_eq!(SecretKey::from_bytes(&[0xff; 32]).unwrap_err(), Sm2Error::SecretOutOfRange);
}

#[test]
fn nonces_differ_although_the_message_is_the_same() {
    let key = SecretKey::generate();
    let e = key.public_key().e(&SignerId::default(), b"x");
    assert_ne!(*key.nonce(&e), *key.nonce(&e));
    assert_ne!(key.sign(b"x"), key.sign(b"x"));
}

#[test]
fn a_nonce_that_does_not_serve_is_told() {
    // With r + k = n the signature would be worthless: choose e so that r = −k.
    let key = SecretKey::generate();
    let k = Scalar::from(7_u64);
    let x = Scalar::reduce(&ProjectivePoint::mul_by_generator(&k).to_affine().x());
    assert!(key.sign_with(&(-k - x), &k).is_none());
    assert!(key.sign_with(&-x, &k).is_none(), "r = 0");
}

#[test]
fn debug_shows_no_secret() {
    let key = SecretKey::from_bytes(&[7; 32]).unwrap();
    let shown = format!("{key:?}");
    assert!(shown.contains("PublicKey(04"), "{shown}");
    assert!(!shown.contains("07070707"), "{shown}");
}

#[test]
fn an_encrypted_key_opens_with_its_password_alone() {
    let key = SecretKey::generate();
    for password in [Password::chosen("八个字符的密码呀").unwrap(), Password::random()] {
        let pem = key.to_encrypted_pem(&password);
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        let again = SecretKey::from_encrypted_pem(&pem, password.as_str()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(SecretKey::from_encrypted_pem(&pem, "").unwrap_err(), Sm2Error::WrongPassword);
        assert_ne!(pem, key.to_encrypted_pem(&password), "salt and vector are fresh");
        assert_eq!(format!("{password:?}"), "Password { .. }");
    }
    assert_eq!(Password::chosen("七个字符的密码").unwrap_err(), Sm2Error::PasswordTooShort);
    assert_ne!(Password::random().as_str(), Password::random().as_str());
}

#[test]
fn a_text_that_is_no_encrypted_key_is_refused() {
    let key = SecretKey::generate();
    for text in ["", "-----BEGIN ENCRYPTED PRIVATE KEY-----", &key.public_key().to_spki_pem()] {
        assert_eq!(SecretKey::from_encrypted_pem(text, "12345678").unwrap_err(), Sm2Error::MalformedKey, "{text}");
    }
    assert_eq!(SecretKey::from_encrypted_der(&[0x30, 0], "12345678").unwrap_err(), Sm2Error::MalformedKey);
}

/// An encrypted key whose scheme is the given one.
fn with_scheme(scheme: &str) -> Vec<u8> {
    let body = [hex::decode(scheme).unwrap(), vec![4, 2, 0, 0]].concat();
    [vec![0x30, u8::try_from(body.len()).unwrap()], body].concat()
}

#[test]
fn schemes_that_are_not_ours_or_cost_too_much_are_refused() {
    // PBES2 with the given derivation and AES-256-CBC.
    let pbes2 = |kdf: &str| {
        let aes = "301d060960864801650304012a041000000000000000000000000000000000";
        let part = |body: String| format!("30{:02x}{body}", body.len() / 2);
        part(format!("06092a864886f70d01050d{}", part(format!("{kdf}{aes}"))))
    };
    let pbkdf2 = |rounds: &str, prf: &str| {
        let part = |body: String| format!("30{:02x}{body}", body.len() / 2);
        part(format!("06092a864886f70d01050c{}", part(format!("040801020304050607 08{rounds}{prf}").replace(' ', ""))))
    };
    let scrypt = |cost: &str| {
        let part = |body: String| format!("30{:02x}{body}", body.len() / 2);
        part(format!("06092b06010401da47040b{}", part(format!("04080102030405060708{cost}020108020101"))))
    };
    let sha256 = "300c06082a864886f70d02090500";
    let opened = |scheme: String| SecretKey::from_encrypted_der(&with_scheme(&scheme), "12345678").unwrap_err();
    // The good ones get as far as the password.
    assert_eq!(opened(pbes2(&pbkdf2("02020800", sha256))), Sm2Error::WrongPassword);
    assert_eq!(opened(pbes2(&scrypt("02020400"))), Sm2Error::WrongPassword);
    for (why, scheme) in [
        ("ten million and one rounds", pbes2(&pbkdf2("0204009896 81".replace(' ', "").as_str(), sha256))),
        ("HMAC-SHA-1", pbes2(&pbkdf2("02020800", ""))),
        ("scrypt of 512 MiB", pbes2(&scrypt("020308 0000".replace(' ', "").as_str()))),
        ("scrypt with a cost of 0", pbes2(&scrypt("020100"))),
        ("scrypt with a cost that is no power of two", pbes2(&scrypt("020103"))),
        ("PBES1", "301b06092a864886f70d010503300e0408010203040506070802020800".to_owned()),
        ("an unknown scheme", "300506032a0304".to_owned()),
    ] {
        assert_eq!(opened(scheme), Sm2Error::UnsupportedEncryption, "{why}");
    }
}

#[test]
fn another_kind_of_key_inside_is_told() {
    // An Ed25519 key of the shape of RFC 8410, encrypted as we encrypt.
    let plain = hex::decode(format!("302e020100300506032b657004220420{}", "11".repeat(32))).unwrap();
    let how = Parameters::generate_pbkdf2_sha256_aes256cbc(1, &[1; 16], [2; 16]).unwrap();
    let encrypted = PrivateKeyInfoRef::from_der(&plain).unwrap().encrypt_with_params(how, "12345678").unwrap();
    let error = SecretKey::from_encrypted_der(encrypted.as_bytes(), "12345678").unwrap_err();
    assert_eq!(error, Sm2Error::OtherAlgorithm);
}

#[test]
fn every_refusal_has_a_code_and_advice() {
    use kernel::Failure;
    let all = [
        Sm2Error::SecretOutOfRange,
        Sm2Error::NotAPoint,
        Sm2Error::OtherAlgorithm,
        Sm2Error::MalformedKey,
        Sm2Error::MalformedSignature,
        Sm2Error::IdTooLong,
        Sm2Error::WrongPassword,
        Sm2Error::UnsupportedEncryption,
        Sm2Error::PasswordTooShort,
    ];
    for error in all {
        assert!(error.code().starts_with("sm2."), "{error:?}");
        assert!(error.advice().contains('请') && error.advice().ends_with('。'), "{error:?}");
    }
    assert_eq!(Sm2Error::OtherAlgorithm.kind(), kernel::Kind::Unsupported);
    assert_eq!(Sm2Error::WrongPassword.kind(), kernel::Kind::Invalid);
}

#[test]
fn an_identifier_has_a_limit() {
    assert!(SignerId::new(vec![b'a'; SignerId::MAX_LEN]).is_ok());
    assert_eq!(SignerId::new(vec![b'a'; SignerId::MAX_LEN + 1]), Err(Sm2Error::IdTooLong));
    assert_eq!(SignerId::default(), SignerId::new(crate::sm2::DEFAULT_ID).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_signed_verifies_and_nothing_else(
        secret in any::<[u8; 32]>(),
        message in proptest::collection::vec(any::<u8>(), 0..200),
        id in ".{0,20}",
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let Ok(key) = SecretKey::from_bytes(&secret) else { return Ok(()) };
        let id = SignerId::new(&id).unwrap();
        let signature = key.sign_as(&id, &message);
        let public = key.public_key();
        prop_assert!(public.verify_as(&id, &message, &signature));
        // Another message, another signer, another key, another signature.
        let mut longer = message.clone();
        longer.push(0);
        prop_assert!(!public.verify_as(&id, &longer, &signature));
        prop_assert!(!public.verify_as(&SignerId::new([id.as_bytes(), b"x"].concat()).unwrap(), &message, &signature));
        prop_assert!(!SecretKey::generate().public_key().verify_as(&id, &message, &signature));
        let mut raw = signature.to_raw();
        raw[at.index(64)] ^= 1 << bit;
        if let Ok(changed) = Signature::from_raw(&raw) {
            prop_assert!(!public.verify_as(&id, &message, &changed));
        }
    }

    /// The formulas of signing and checking here against those of the library below.
    #[test]
    fn the_library_below_agrees(secret in any::<[u8; 32]>(), message in proptest::collection::vec(any::<u8>(), 0..99)) {
        use ::sm2::dsa::{SigningKey, VerifyingKey, signature::{Signer, Verifier}};
        let Ok(key) = SecretKey::from_bytes(&secret) else { return Ok(()) };
        let theirs = SigningKey::from_slice(crate::sm2::DEFAULT_ID, &secret).unwrap();
        let signature: ::sm2::dsa::Signature = theirs.sign(&message);
        let ours = Signature::from_raw(&signature.to_bytes()).unwrap();
        prop_assert!(key.public_key().verify(&message, &ours));
        let back = ::sm2::dsa::Signature::from_slice(&key.sign(&message).to_raw()).unwrap();
        let public = VerifyingKey::from_sec1_bytes(crate::sm2::DEFAULT_ID, &key.public_key().to_sec1()).unwrap();
        prop_assert!(public.verify(&message, &back).is_ok());
    }

    #[test]
    fn hostile_keys_are_refused_in_peace(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".*") {
        prop_assert!(SecretKey::from_encrypted_der(&bytes, "12345678").is_err());
        prop_assert!(SecretKey::from_encrypted_pem(&text, "12345678").is_err());
    }
}
