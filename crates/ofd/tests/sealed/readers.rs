//! Readers that others wrote open a sealed certificate and show its text and its seal at their places.
//!
//! Each is named by an environment variable, which `scripts/test.sh` sets: `TONGBAN_OFD_JS` is the path of ofd.js's
//! `ofd.umd.min.js`, which runs in Chromium; `TONGBAN_EASYOFD` that of a Python that has easyofd. Without its variable a test
//! is passed over and says so.

use std::path::PathBuf;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ofd::seal::picture::{Diameter, Face, draw};
use ofd::seal::{Order, Provider, Seal, SealInfo, stamp};
use ofd::{Fonts, Limits, Stamp, read, write_ofd};
use serde_json::Value;

use crate::forge::info;
use crate::sample::certificate;
use crate::town::{Town, at, trust_of};

/// Where the seal stands.
const SEAL: (f64, f64, f64, f64) = (124.0, 206.0, 42.0, 42.0);

fn sealed() -> Vec<u8> {
    let town = Town::new();
    let bytes = write_ofd(&certificate()).unwrap().to_bytes().unwrap();
    let page = read(&bytes, &Limits::default()).unwrap().pages[0].id.clone();
    let face = Face {
        name: "筑城市市场监督管理局",
        purpose: Some("行政审批专用章"),
        note: Some("演示专用"),
        diameter: Diameter::Mm42,
    };
    let picture = draw(&face, &Fonts::built_in().unwrap()).unwrap();
    let seal = Seal::make(SealInfo { picture, ..info(&[&town.signer]) }, &town.maker).unwrap();
    let stamps = vec![Stamp { page, boundary: SEAL, clip: None }];
    let order = Order { seal: &seal, stamps, at: at("2026-03-02T01:30:00Z"), provider: Provider::default() };
    stamp(&bytes, &order, &town.signer, &trust_of(&town.trust_file("city"))).unwrap().to_bytes().unwrap()
}

fn named(variable: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    if named.is_none() {
        eprintln!("passed over: {variable} is not set");
    }
    named
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn near(found: &[f64], expected: &[f64], by: f64) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= by)
}

#[test]
fn a_sealed_certificate_is_small() {
    let size = sealed().len();
    assert!(size <= 60 * 1024, "{size} bytes");
}

#[test]
fn ofd_js_shows_text_and_seal() {
    let Some(library) = named("TONGBAN_OFD_JS") else { return };
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let file = sealed();
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><body><script type=\"text/plain\" id=\"file\">{}</script>\
         <script src=\"file://{}\"></script><script>{}</script></body>",
        STANDARD.encode(&file),
        library.display(),
        include_str!("reader.js"),
    );
    std::fs::write(&page, html).unwrap();
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=60000", "--dump-dom"]);
    let profile = folder.path().join("profile");
    chromium.arg(format!("--user-data-dir={}", profile.display())).arg(format!("file://{}", page.display()));
    let out = chromium.output().expect("this test needs the program chromium");
    let dom = String::from_utf8(out.stdout).unwrap();
    let said = dom.split("<pre id=\"said\">").nth(1).and_then(|rest| rest.split("</pre>").next());
    let said = said.unwrap_or_else(|| panic!("nothing was drawn: {}", String::from_utf8_lossy(&out.stderr)));
    let seen: Value = serde_json::from_str(&said.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">"))
        .unwrap_or_else(|_| panic!("{said}"));
    assert_eq!(seen["pages"], 1);
    assert!(near(&numbers(&seen["size"]), &[210.0, 297.0], 0.5), "{}", seen["size"]);
    let pieces = seen["text"].as_array().unwrap();
    let all: String = pieces.iter().map(|piece| piece[0].as_str().unwrap()).collect();
    for words in ["食品经营许可证", "经营者名称", "贵阳市市场监督管理局", "2026年3月2日"] {
        assert!(all.contains(words), "{words} in {all}");
    }
    // Every character of the title stands beside the one before, on one line.
    let title = all.chars().collect::<Vec<_>>();
    let start = title.windows(2).position(|pair| pair == ['食', '品']).unwrap();
    let places: Vec<Vec<f64>> =
        pieces[start..start + 7].iter().map(|piece| numbers(&piece.as_array().unwrap()[1..].into())).collect();
    for pair in places.windows(2) {
        assert!((pair[1][0] - pair[0][0] - 15.0).abs() < 0.1 && (pair[1][1] - pair[0][1]).abs() < 0.1, "{places:?}");
    }
    let [seal] = seen["seals"].as_array().unwrap().as_slice() else { panic!("{}", seen["seals"]) };
    assert!(near(&numbers(&seal["place"]), &[SEAL.0, SEAL.1, SEAL.2, SEAL.3], 0.1), "{seal}");
    assert!(seal["picture"].as_str().unwrap().starts_with("data:image/png;base64,iVBOR"), "{seal}");
    assert_eq!(seal["name"], true, "{seal}");
    assert!(seal["info"].as_str().unwrap().contains("\"VerifyRet\":true"), "it finds the signature good: {seal}");
}

#[test]
fn easyofd_reads_text_and_draws_the_seal() {
    let Some(python) = named("TONGBAN_EASYOFD") else { return };
    // Its own folder must have no dot anywhere in its path: see `reader.py`, which refuses to run in any other.
    let folder = tempfile::Builder::new().prefix("easyofd-").tempdir().unwrap();
    std::fs::write(folder.path().join("sealed.ofd"), sealed()).unwrap();
    std::fs::write(folder.path().join("reader.py"), include_str!("reader.py")).unwrap();
    // It writes what it unpacks into the folder in which it runs.
    let out = Command::new(python).args(["reader.py", "sealed.ofd"]).current_dir(folder.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8(out.stdout).unwrap();
    let seen: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    let pieces = seen["text"].as_array().unwrap();
    let title = pieces.iter().find(|piece| piece[0] == "食品经营许可证").unwrap_or_else(|| panic!("{}", seen["text"]));
    let place = numbers(&title.as_array().unwrap()[1..].into());
    assert!(place[0] > 20.0 && place[0] + place[2] < 190.0 && (30.0..50.0).contains(&place[1]), "{place:?}");
    let all: String = pieces.iter().map(|piece| piece[0].as_str().unwrap()).collect();
    for words in ["贵阳市云岩区小𬭎餐饮服务部", "贵阳市市场监督管理局", "2026年3月2日"] {
        assert!(all.contains(words), "{words} in {all}");
    }
    assert_eq!(numbers(&seen["seals"][0]), [SEAL.0, SEAL.1, SEAL.2, SEAL.3]);
    let (inside, beside) = (seen["red"][0].as_u64().unwrap(), seen["red_beside"].as_u64().unwrap());
    assert!(inside > 1000 && beside * 20 < inside, "red dots: {inside} in the seal, {beside} beside it");
}
