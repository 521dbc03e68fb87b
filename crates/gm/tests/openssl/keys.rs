//! Keys and signatures.

use gm::sm2::{DEFAULT_ID, Password, PublicKey, SecretKey, Signature, SignerId, Sm2Error};

use crate::program::{Openssl, beside};

const MESSAGE: &[u8] = "统一受理通知书".as_bytes();
const PASSWORD: &str = "correct-horse";

#[test]
fn openssl_accepts_our_signature_under_the_same_identifier_alone() {
    let (openssl, key) = (Openssl::new(), SecretKey::generate());
    openssl.write("key.pub", key.public_key().to_spki_pem());
    openssl.write("message", MESSAGE);
    for id in [DEFAULT_ID, "ALICE123@YAHOO.COM"] {
        let signature = key.sign_as(&SignerId::new(id).unwrap(), MESSAGE);
        openssl.write("signature", signature.to_der());
        let verify = |id: &str| {
            openssl.run(&format!(
                "pkeyutl -verify -rawin -digest sm3 -pubin -inkey key.pub -in message -sigfile signature \
                 -pkeyopt distid:{id}"
            ))
        };
        assert!(verify(id).ok, "{:?}", verify(id));
        assert!(!verify("somebody").ok, "another identifier");
    }
}

#[test]
fn we_accept_openssls_signature_under_the_same_identifier_alone() {
    let openssl = Openssl::new();
    openssl.must("genpkey -algorithm SM2 -out key.pem");
    openssl.must("pkey -in key.pem -pubout -out key.pub");
    openssl.write("message", MESSAGE);
    let public = PublicKey::from_spki_pem(&openssl.text("key.pub")).unwrap();
    for id in [DEFAULT_ID, "ALICE123@YAHOO.COM"] {
        openssl.must(&format!(
            "pkeyutl -sign -rawin -digest sm3 -inkey key.pem -in message -out signature -pkeyopt distid:{id}"
        ));
        let signature = Signature::from_der(&openssl.read("signature")).unwrap();
        assert!(public.verify_as(&SignerId::new(id).unwrap(), MESSAGE, &signature));
        assert!(!public.verify_as(&SignerId::new("").unwrap(), MESSAGE, &signature));
        assert!(!public.verify_as(&SignerId::new(id).unwrap(), b"other", &signature));
    }
}

#[test]
fn openssl_opens_our_encrypted_key() {
    let (openssl, key) = (Openssl::new(), SecretKey::generate());
    openssl.write("key.pem", &*key.to_encrypted_pem(&Password::chosen(PASSWORD).unwrap()));
    let public = openssl.must(&format!("pkey -in key.pem -passin pass:{PASSWORD} -pubout"));
    assert_eq!(PublicKey::from_spki_pem(&public).unwrap(), *key.public_key());
    assert!(!openssl.run("pkey -in key.pem -passin pass:wrong-password -pubout").ok);
    let dump = openssl.must("asn1parse -in key.pem");
    for part in ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc", "0927C0"] {
        assert!(dump.contains(part), "{part} in {dump}");
    }
}

#[test]
fn we_open_openssls_encrypted_keys() {
    let openssl = Openssl::new();
    openssl.must("genpkey -algorithm SM2 -out key.pem");
    let public = PublicKey::from_spki_pem(&openssl.must("pkey -in key.pem -pubout")).unwrap();
    for how in ["-v2 aes-256-cbc", "-v2 aes-128-cbc -v2prf hmacWithSHA512", "-scrypt"] {
        openssl.must(&format!("pkcs8 -topk8 -in key.pem -out encrypted.pem -passout pass:{PASSWORD} {how}"));
        let pem = openssl.text("encrypted.pem");
        assert_eq!(*SecretKey::from_encrypted_pem(&pem, PASSWORD).unwrap().public_key(), public, "{how}");
        let crlf = pem.replace('\n', "\r\n");
        assert_eq!(*SecretKey::from_encrypted_pem(&crlf, PASSWORD).unwrap().public_key(), public, "{how}");
        assert_eq!(SecretKey::from_encrypted_pem(&pem, "wrong-password").unwrap_err(), Sm2Error::WrongPassword);
    }
}

#[test]
fn keys_in_clear_of_other_algorithms_and_of_old_schemes_are_refused() {
    let openssl = Openssl::new();
    openssl.must("genpkey -algorithm SM2 -out key.pem");
    assert_eq!(SecretKey::from_encrypted_pem(&openssl.text("key.pem"), PASSWORD).unwrap_err(), Sm2Error::MalformedKey);
    for (how, expected) in [
        ("-v2 des3", Sm2Error::UnsupportedEncryption),
        ("-v2 aes-256-cbc -v2prf hmacWithSHA1", Sm2Error::UnsupportedEncryption),
    ] {
        openssl.must(&format!("pkcs8 -topk8 -in key.pem -out encrypted.pem -passout pass:{PASSWORD} {how}"));
        let error = SecretKey::from_encrypted_pem(&openssl.text("encrypted.pem"), PASSWORD).unwrap_err();
        assert_eq!(error, expected, "{how}");
    }
    for algorithm in ["EC -pkeyopt ec_paramgen_curve:P-256", "ED25519"] {
        openssl.must(&format!("genpkey -algorithm {algorithm} -out other.pem -aes-256-cbc -pass pass:{PASSWORD}"));
        let error = SecretKey::from_encrypted_pem(&openssl.text("other.pem"), PASSWORD).unwrap_err();
        assert_eq!(error, Sm2Error::OtherAlgorithm, "{algorithm}");
        let public = openssl.must(&format!("pkey -in other.pem -passin pass:{PASSWORD} -pubout"));
        assert_eq!(PublicKey::from_spki_pem(&public).unwrap_err(), Sm2Error::OtherAlgorithm, "{algorithm}");
    }
}

#[test]
fn the_vectors_of_the_data_folder_hold() {
    let Some(vectors) = beside("gm_vectors.json") else { return };
    let list = vectors["sm2_verify"].as_array().unwrap();
    assert!(list.len() >= 12);
    let (mut good, mut bad) = (0, 0);
    for vector in list {
        let of = |name: &str| hex::decode(vector[name].as_str().unwrap()).unwrap();
        let public = PublicKey::from_sec1(&[vec![4], of("public_x"), of("public_y")].concat()).unwrap();
        let id = SignerId::new(vector["id_utf8"].as_str().unwrap()).unwrap();
        let raw = [of("r"), of("s")].concat();
        let verified = Signature::from_raw(&raw).is_ok_and(|s| public.verify_as(&id, &of("msg_hex"), &s));
        assert_eq!(verified, vector["valid"].as_bool().unwrap(), "{}", vector["why"]);
        if verified {
            good += 1;
            let der = Signature::from_raw(&raw).unwrap().to_der();
            assert_eq!(der, of("der"));
        } else {
            bad += 1;
        }
    }
    assert!(good > 0 && bad > 0, "{good} {bad}");
}
