//! `tongban verify` as people and programs call it, on the corpus of documents of the crate `ofd`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

struct Done {
    code: i32,
    out: String,
    err: String,
}

fn corpus(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ofd/tests/data/corpus");
    folder.join(name).display().to_string()
}

/// Runs the command where there is no platform: its folder must not come to be, its database cannot be reached.
fn verify(arguments: &[&str]) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let data: PathBuf = folder.path().join("data");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tongban"));
    command.env("TONGBAN_DATA_DIR", &data).env("TONGBAN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let output = command.arg("verify").args(arguments).stdin(Stdio::null()).output().unwrap();
    assert!(!data.exists(), "nothing was made");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Done { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn says(done: &Done, code: i32, words: &[&str]) {
    assert_eq!(done.code, code, "{}{}", done.out, done.err);
    for words in words {
        assert!(done.out.contains(words), "{words} in:\n{}", done.out);
    }
}

fn complains(done: &Done, words: &str) {
    assert_eq!((done.code, done.out.as_str()), (2, ""), "{}", done.err);
    assert!(done.err.contains(words), "{words} in:\n{}", done.err);
}

#[test]
fn a_valid_document_ends_with_0() {
    let (good, trust) = (corpus("good.ofd"), corpus("trust/city.pem"));
    let done = verify(&[&good, "--trust", &trust]);
    says(
        &done,
        0,
        &["结论：有效", "签章 s001：筑城市市场监督管理局（印章编号 52010000000001）", "签章时间：2026年3月2日 09:30"],
    );
    says(&done, 0, &["  覆盖范围：通过", "根证书 1 个，签发机构 2 个，吊销列表 2 个"]);
    assert!(!done.out.contains("不通过") && !done.out.contains("无法核验"), "{}", done.out);
    assert_eq!(done.err, "");
    let later = verify(&[&corpus("good-signer-revoked-later.ofd"), "--trust", &trust]);
    says(&later, 0, &["结论：有效", "[提示] 证书在签章之后被吊销，不影响此前的签章。 ofd.revoked_later"]);
}

#[test]
fn an_invalid_document_ends_with_1_and_says_why() {
    let trust = corpus("trust/city.pem");
    let done = verify(&[&corpus("page-character-changed.ofd"), "--trust", &trust]);
    let found = "[不通过] 文件内容在签章后被改动（Doc_0/Pages/Page_0/Content.xml）。 ofd.file_changed";
    says(&done, 1, &["结论：无效", "内容摘要：不通过", found]);
    let unsealed = verify(&[&corpus("not-sealed.ofd"), "--trust", &trust]);
    says(&unsealed, 1, &["结论：无效", "文件整体", "文件上没有电子签章。", "签名：无法核验"]);
    let trick = verify(&[&corpus("zip-with-bytes-before.ofd"), "--trust", &trust]);
    says(&trick, 1, &["结论：无效", "ofd.bytes_before"]);
    let plain = verify(&[&corpus("unknown-plain-signature.ofd"), "--trust", &trust]);
    says(&plain, 1, &["结论：无法核验", "数字签名 s001：不含印章"]);
    let unreadable = verify(&[&corpus("value-cut-off.ofd"), "--trust", &trust]);
    says(&unreadable, 1, &["签章 s001：印章无法识别"]);
}

#[test]
fn without_roots_or_lists_nobody_can_say() {
    let good = corpus("good.ofd");
    let done = verify(&[&good]);
    says(&done, 1, &["结论：无法核验", "没有给出受信任的根证书", "--trust", "ofd.no_roots", "ofd.no_signer_roots"]);
    let certificates = corpus("trust/no-lists.pem");
    let done = verify(&[&good, "--trust", &certificates]);
    says(&done, 1, &["结论：无法核验", "没有给出吊销列表", "--crl", "ofd.no_revocation_data"]);
}

#[test]
fn lists_may_come_in_files_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let city = std::fs::read_to_string(corpus("trust/city.pem")).unwrap();
    let blocks: Vec<&str> = city.split_inclusive("-----END X509 CRL-----\n").collect();
    let mut arguments = vec![corpus("good.ofd"), "--trust".to_owned(), corpus("trust/no-lists.pem")];
    for (n, block) in blocks.iter().enumerate().filter(|(_, block)| block.contains("X509 CRL")) {
        let list = &block[block.find("-----BEGIN X509 CRL").unwrap()..];
        let file = folder.path().join(format!("{n}.crl"));
        std::fs::write(&file, list).unwrap();
        arguments.extend(["--crl".to_owned(), file.display().to_string()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(arguments.len(), 7, "two lists");
    says(&verify(&arguments), 0, &["结论：有效", "吊销列表 2 个"]);
    says(&verify(&arguments[..5]), 1, &["结论：无法核验"]);
}

#[test]
fn what_is_no_ofd_file_ends_with_2() {
    let trust = corpus("trust/city.pem");
    for name in ["a-pdf.ofd", "empty.ofd", "zip-cut-off.ofd", "root-taken-out.ofd"] {
        let done = verify(&[&corpus(name), "--trust", &trust]);
        says(&done, 2, &["结论：不是 OFD 文件"]);
        let done = verify(&[&corpus(name), "--trust", &trust, "--json"]);
        assert_eq!(done.code, 2);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        assert_eq!(report["verdict"], "not_a_package", "{name}");
    }
}

#[test]
fn what_cannot_be_read_ends_with_2_and_nothing_was_checked() {
    let (good, trust) = (corpus("good.ofd"), corpus("trust/city.pem"));
    complains(&verify(&[&corpus("no such file"), "--trust", &trust]), "无法读取文件");
    complains(&verify(&[&corpus("trust"), "--trust", &trust]), "无法读取文件");
    complains(&verify(&[&good, "--trust", &corpus("no such file")]), "无法读取文件");
    complains(&verify(&[&good, "--trust", &good]), "不是有效的数字证书或吊销列表");
    complains(&verify(&[&good, "--trust", &trust, "--crl", &trust]), "--crl 只接受吊销列表");
    complains(&verify(&[]), "Usage:");
    complains(&verify(&[&good, &good]), "unexpected argument");
    complains(&verify(&[&good, "--trust"]), "--trust");
}

#[test]
fn help_says_everything() {
    let done = verify(&["--help"]);
    says(
        &done,
        0,
        &["Usage: tongban verify", "<FILE>", "--trust <FILE>", "--crl <FILE>", "--json", "2 no OFD file", "PEM"],
    );
}

/// For programs: the same codes as the table of the corpus, with their layers.
#[test]
fn json_gives_stable_codes() {
    let table = std::fs::read_to_string(corpus("findings.tsv")).unwrap();
    let lines: Vec<Vec<&str>> =
        table.lines().filter(|l| !l.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    let mut tried = BTreeSet::new();
    for line in lines.iter().step_by(7) {
        let [name, trust, verdict, codes] = line.as_slice() else { panic!("{line:?}") };
        let file = corpus(&format!("{name}.ofd"));
        // A time of signing in the future is one today only.
        if !Path::new(&file).exists() || *name == "signed-in-the-future" {
            continue;
        }
        let trust = corpus(&format!("trust/{trust}.pem"));
        let mut arguments = vec![file.as_str(), "--json"];
        if std::fs::metadata(&trust).unwrap().len() > 0 {
            arguments.extend(["--trust", trust.as_str()]);
        }
        let done = verify(&arguments);
        let report: Value = serde_json::from_str(&done.out).unwrap();
        let of =
            |list: &Value| list.as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap().to_owned()).collect();
        let mut found: BTreeSet<String> = of(&report["findings"]);
        for signature in report["signatures"].as_array().unwrap() {
            found.extend::<BTreeSet<String>>(of(&signature["findings"]));
            assert_eq!(signature["layers"].as_object().unwrap().len(), 11);
        }
        let expected: BTreeSet<String> =
            codes.split(' ').filter(|code| *code != "-").map(|code| format!("ofd.{code}")).collect();
        assert_eq!(found, expected, "{name}");
        let verdicts = match *verdict {
            "valid" => &["valid"][..],
            "not checkable" => &["not_checkable"],
            _ => &["invalid", "not_a_package"],
        };
        let word = report["verdict"].as_str().unwrap();
        assert!(verdicts.contains(&word), "{name}: {word}");
        assert_eq!(
            done.code,
            match word {
                "valid" => 0,
                "not_a_package" => 2,
                _ => 1,
            },
            "{name}"
        );
        assert_eq!(report["layers"].as_object().unwrap().len(), 11);
        tried.insert(word.to_owned());
    }
    assert!(tried.len() >= 3, "{tried:?}");
}
