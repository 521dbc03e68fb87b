//! What a report says beyond its codes, and the doors that stamping goes through.

use gm::x509::Trust;
use ofd::seal::{Order, Provider, Seal, StampError, stamp};
use ofd::{Code, Layer, Limits, SignatureKind, Stamp, State, check_seal, read, validate};

use crate::cases::base;
use crate::forge::{SealPlan, Sealing, info, plain};
use crate::town::{Town, at, today, trust_of};

fn trust(town: &Town) -> Trust {
    trust_of(&town.trust_file("city"))
}

#[test]
fn a_good_document_is_good_in_every_layer() {
    let town = Town::new();
    let bytes = Sealing::new(&town).put(&base(1)).zip();
    let report = validate(&bytes, &trust(&town), today());
    assert!(report.is_valid() && report.codes().is_empty());
    let [signature] = report.signatures.as_slice() else { panic!("one signature") };
    for layer in Layer::ALL {
        assert_eq!((report.state(layer), signature.state(layer)), (State::Good, State::Good), "{layer:?}");
    }
    assert_eq!((signature.id.as_str(), signature.kind), ("s001", SignatureKind::Seal));
    assert_eq!(signature.seal, Some(("筑城市市场监督管理局".to_owned(), "52010000000001".to_owned())));
    assert_eq!(signature.time, Some(at("2026-03-02T01:30:00Z")));
}

#[test]
fn what_was_not_checked_is_not_good() {
    let town = Town::new();
    let unreadable = validate(b"x", &trust(&town), today());
    for layer in Layer::ALL {
        let expected = if layer == Layer::Package { State::Failed } else { State::NotCheckable };
        assert_eq!(unreadable.state(layer), expected, "{layer:?}");
    }
    let unsealed = validate(&base(1).zip(), &trust(&town), today());
    assert_eq!(unsealed.state(Layer::Package), State::Good);
    assert_eq!(unsealed.state(Layer::Structure), State::Failed);
    assert_eq!(unsealed.state(Layer::Signature), State::NotCheckable);
    assert_eq!(unsealed.verdict(), State::Failed);
    let plain = validate(&plain(&base(1), &town.signer).zip(), &trust(&town), today());
    for layer in [Layer::Signature, Layer::Signer, Layer::Revocation, Layer::Times] {
        assert_eq!(plain.state(layer), State::NotCheckable, "{layer:?}");
    }
    assert_eq!((plain.verdict(), plain.signatures[0].seal.as_ref()), (State::NotCheckable, None));
    let value = b"no value".to_vec();
    let broken = Sealing::new(&town).put(&base(1)).with("Doc_0/Signs/Sign_0/SignedValue.dat", value).zip();
    let broken = validate(&broken, &trust(&town), today());
    for layer in [Layer::Maker, Layer::Permitted, Layer::Signature, Layer::Signer, Layer::Revocation, Layer::Place] {
        assert_eq!(broken.state(layer), State::NotCheckable, "{layer:?}");
    }
}

#[test]
fn the_worst_of_two_signatures_counts() {
    let town = Town::new();
    let once = Sealing::new(&town).put(&base(1));
    let wrong = Sealing { by: &town.other, ..Sealing::new(&town) };
    let report = validate(&wrong.put(&once).zip(), &trust(&town), today());
    let states: Vec<State> = report.signatures.iter().map(|signature| signature.state(Layer::Signature)).collect();
    assert_eq!(states, [State::Good, State::Failed]);
    assert_eq!(report.state(Layer::Signature), State::Failed);
    let where_: Vec<_> = report.all_findings().map(|finding| finding.code).collect();
    assert_eq!(where_, [Code::SignatureWrong]);
}

/// A check reads no clock: the same bytes as of an earlier day.
#[test]
fn the_day_of_the_check_is_given() {
    let town = Town::new();
    let bytes = Sealing::new(&town).put(&base(1)).zip();
    let early = validate(&bytes, &trust(&town), at("2026-03-02T01:29:59Z"));
    assert_eq!(early.codes().into_iter().collect::<Vec<_>>(), [Code::SignedInFuture]);
    assert!(validate(&bytes, &trust(&town), at("2026-03-02T01:30:00Z")).is_valid());
    assert!(validate(&bytes, &trust(&town), at("2099-01-01T00:00:00Z")).is_valid(), "a seal outlives its certificates");
}

#[test]
fn a_seal_is_checked_for_the_instant_of_its_use() {
    let town = Town::new();
    let seal = Seal::make(info(&[&town.signer]), &town.maker).unwrap();
    let codes = |seal: &Seal, instant: &str| {
        check_seal(seal, &trust(&town), at(instant)).iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(Seal::from_der(seal.to_der()).unwrap(), seal);
    assert_eq!(codes(&seal, "2026-03-02T00:00:00Z"), []);
    assert_eq!(codes(&seal, "2025-12-31T23:59:59Z"), [Code::SealNotValid, Code::SealMadeLater]);
    assert_eq!(codes(&seal, "2031-01-01T00:00:01Z"), [Code::SealNotValid]);
    let forged = SealPlan { by: &town.other, ..SealPlan::new(&info(&[&town.signer]), &town.maker) }.make();
    assert_eq!(codes(&Seal::from_der(&forged).unwrap(), "2026-03-02T00:00:00Z"), [Code::SealForged]);
}

#[test]
fn nothing_is_stamped_that_would_not_be_valid() {
    let town = Town::new();
    let bytes = base(1).zip();
    let page = read(&bytes, &Limits::default()).unwrap().pages[0].id.clone();
    let seal = Seal::make(info(&[&town.signer, &town.gone, &town.leaving]), &town.maker).unwrap();
    let stamped = |signer, seal: &Seal, trust: &Trust, instant| {
        let stamps = vec![Stamp { page: page.clone(), boundary: (120.0, 210.0, 42.0, 42.0), clip: None }];
        let order = Order { seal, stamps, at: at(instant), provider: Provider::default() };
        match stamp(&bytes, &order, signer, trust) {
            Ok(package) => Ok(package.to_bytes().unwrap()),
            Err(StampError::Refused(findings)) => Err(findings.iter().map(|finding| finding.code).collect::<Vec<_>>()),
            Err(other) => panic!("{other}"),
        }
    };
    let day = "2026-03-02T01:30:00Z";
    let city = trust(&town);
    let done = stamped(&town.signer, &seal, &city, day).unwrap();
    assert!(validate(&done, &city, today()).is_valid());
    assert!(stamped(&town.leaving, &seal, &city, day).is_ok(), "revoked later only");
    assert_eq!(stamped(&town.gone, &seal, &city, day).unwrap_err(), [Code::SignerRevoked]);
    assert_eq!(stamped(&town.other, &seal, &city, day).unwrap_err(), [Code::SignerNotPermitted]);
    assert_eq!(stamped(&town.signer, &seal, &city, "2032-01-01T00:00:00Z").unwrap_err(), [Code::SealNotValid]);
    let nobody = stamped(&town.signer, &seal, &Trust::new(), day).unwrap_err();
    assert!(nobody.contains(&Code::NoRoots) && nobody.contains(&Code::NoSignerRoots), "{nobody:?}");
    let unlisted = stamped(&town.signer, &seal, &trust_of(&town.trust_file("no-lists")), day).unwrap_err();
    assert_eq!(unlisted, [Code::NoRevocationData, Code::NoRevocationData], "not checkable is refused too");
}

/// Made elsewhere: right in every byte, but its certificate is an authority's and begins after the signing.
#[test]
fn a_document_sealed_elsewhere_is_told_what_is_wrong_with_it() {
    let text: String = include_str!("../data/sealed-elsewhere.base64").split_whitespace().collect();
    let file = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
    let report = validate(&file, &trust(&Town::new()), at("2026-12-01T00:00:00Z"));
    assert_eq!(
        report.codes().into_iter().collect::<Vec<_>>(),
        [
            Code::MakerCertificate,
            Code::MakerUntrusted,
            Code::SignerCertificate,
            Code::SignerUntrusted,
            Code::NoRevocationData,
            Code::SignerNotValid,
            Code::MakerNotValid,
        ]
    );
    for layer in [Layer::Package, Layer::Digests, Layer::Structure, Layer::Permitted, Layer::Signature, Layer::Place] {
        assert_eq!(report.state(layer), State::Good, "{layer:?}");
    }
    assert_eq!(report.state(Layer::Coverage), State::Good);
}
