//! Checking a sealed OFD file (验章) by itself: it opens the files it is given and nothing else.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use gm::x509::{Added, Trust};
use kernel::{Clock, Failure as _, Timestamp};
use ofd::{Finding, Layer, Limits, Report, SignatureKind, SignatureReport, State};
use serde_json::{Value, json};

use crate::commands::{complain, say};

/// Exit code for a valid document.
const VALID: u8 = 0;
/// Exit code for an invalid document and for one of which nobody can say.
const NOT_VALID: u8 = 1;
/// Exit code when nothing was checked.
const NOT_CHECKED: u8 = 2;

/// Which file to check, and whom to trust.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 valid; 1 invalid, or not checkable with what was given; 2 no OFD file, or a file that \
                        cannot be read.\n\n\
                        Revocation lists are needed as well as roots: a certificate that cannot be looked up is not \
                        checkable, which is never valid. Nothing is fetched from anywhere."
)]
pub(crate) struct Verify {
    /// The OFD file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whom to trust, once or more: root certificates, the authorities below them and revocation lists in one PEM file, in any
    /// order, or a single one of them in DER
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// Further revocation lists, PEM or DER, once or more
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// Write the report as JSON, with stable codes of layers, states and findings
    #[arg(long)]
    json: bool,
}

impl Verify {
    /// Checks, says what was found, and gives the exit code.
    pub(crate) fn run(self) -> u8 {
        match self.checked(Clock::system().now()) {
            Ok(code) => code,
            Err(why) => {
                complain(&why);
                NOT_CHECKED
            }
        }
    }

    fn checked(&self, now: Timestamp) -> Result<u8, String> {
        let (trust, added) = self.trust()?;
        let bytes = content(&self.file, Limits::default().unpacked)?;
        let report = ofd::validate(&bytes, &trust, now);
        if self.json {
            let report = in_json(&self.file, &report, &added, now);
            say(&serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?);
        } else {
            say(&in_words(&self.file, &report, &added, now));
        }
        Ok(match report.verdict() {
            _ if report.is_no_package() => NOT_CHECKED,
            State::Good => VALID,
            State::NotCheckable | State::Failed => NOT_VALID,
        })
    }

    fn trust(&self) -> Result<(Trust, Added), String> {
        let mut trust = Trust::new();
        let mut sum = Added::default();
        let most = u64::try_from(Trust::MAX_FILE).unwrap_or(u64::MAX);
        for (file, lists_only) in self.trust.iter().map(|file| (file, false)).chain(self.crl.iter().map(|f| (f, true)))
        {
            let shown = file.display();
            let bytes = content(file, most)?;
            let added = trust.add_file(&bytes).map_err(|error| format!("{shown}：{}", error.advice()))?;
            if lists_only && (added.roots > 0 || added.authorities > 0) {
                return Err(format!("{shown}：--crl 只接受吊销列表；证书请用 --trust 给出。"));
            }
            sum.roots += added.roots;
            sum.authorities += added.authorities;
            sum.lists += added.lists;
        }
        Ok((trust, sum))
    }
}

/// A file's bytes, at most so many.
fn content(file: &Path, most: u64) -> Result<Vec<u8>, String> {
    let shown = file.display();
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).and_then(|open| open.take(most.saturating_add(1)).read_to_end(&mut bytes));
    match opened {
        Err(error) => Err(format!("无法读取文件 {shown}：{error}")),
        Ok(read) if read as u64 > most => Err(format!("文件 {shown} 过大，未予核验。")),
        Ok(_) => Ok(bytes),
    }
}

fn conclusion(report: &Report) -> &'static str {
    match report.verdict() {
        _ if report.is_no_package() => "不是 OFD 文件",
        State::Good => "有效",
        State::NotCheckable => "无法核验",
        State::Failed => "无效",
    }
}

fn in_words(file: &Path, report: &Report, added: &Added, now: Timestamp) -> String {
    let mut lines = vec![
        format!("文件：{}", file.display()),
        format!("结论：{}", conclusion(report)),
        format!("核验时间：{}", kernel::show_time(now)),
    ];
    if report.is_no_package() {
        lines.extend(report.findings.iter().map(said));
        return lines.join("\n");
    }
    for signature in &report.signatures {
        lines.push(String::new());
        lines.push(heading(signature));
        if let Some(time) = signature.time {
            lines.push(format!("  签章时间：{}", kernel::show_time(time)));
        }
        lines.push(layers_in_words(|layer| signature.state(layer)));
        lines.extend(signature.findings.iter().map(said));
    }
    if report.signatures.is_empty() || !report.findings.is_empty() {
        lines.push(String::new());
        lines.push("文件整体".to_owned());
        lines.push(layers_in_words(|layer| report.state(layer)));
        lines.extend(report.findings.iter().map(said));
    }
    lines.push(String::new());
    if added.roots == 0 {
        lines.push("没有给出受信任的根证书，无法判断由谁签章。请用 --trust 指定根证书文件后再验。".to_owned());
    } else {
        lines.push(format!(
            "信任依据：根证书 {} 个，签发机构 {} 个，吊销列表 {} 个",
            added.roots, added.authorities, added.lists
        ));
        if added.lists == 0 {
            lines.push("没有给出吊销列表，无法判断证书是否被吊销。请用 --crl 指定吊销列表后再验。".to_owned());
        }
    }
    lines.join("\n")
}

fn heading(signature: &SignatureReport) -> String {
    match (&signature.seal, signature.kind) {
        (Some((name, number)), _) => format!("签章 {}：{name}（印章编号 {number}）", signature.id),
        (None, SignatureKind::Seal) => format!("签章 {}：印章无法识别", signature.id),
        (None, SignatureKind::Sign) => format!("数字签名 {}：不含印章", signature.id),
    }
}

fn layers_in_words(state: impl Fn(Layer) -> State) -> String {
    let lines = Layer::ALL.map(|layer| format!("  {}：{}", layer.name(), state(layer).name()));
    lines.join("\n")
}

fn said(finding: &Finding) -> String {
    format!("  [{}] {} {}", finding.code.weight().name(), finding.sentence(), finding.code.code())
}

fn in_json(file: &Path, report: &Report, added: &Added, now: Timestamp) -> Value {
    let signatures = report.signatures.iter().map(|signature| {
        json!({
            "id": signature.id,
            "kind": match signature.kind { SignatureKind::Seal => "seal", SignatureKind::Sign => "sign" },
            "seal": signature.seal.as_ref().map(|(name, number)| json!({ "name": name, "number": number })),
            "time": signature.time,
            "layers": layers_in_json(|layer| signature.state(layer)),
            "findings": findings_in_json(&signature.findings),
        })
    });
    json!({
        "file": file.display().to_string(),
        "checked_at": now,
        "verdict": match report.verdict() {
            _ if report.is_no_package() => "not_a_package",
            State::Good => "valid",
            State::NotCheckable => "not_checkable",
            State::Failed => "invalid",
        },
        "trust": { "roots": added.roots, "authorities": added.authorities, "lists": added.lists },
        "layers": layers_in_json(|layer| report.state(layer)),
        "findings": findings_in_json(&report.findings),
        "signatures": signatures.collect::<Vec<_>>(),
    })
}

fn layers_in_json(state: impl Fn(Layer) -> State) -> Value {
    Layer::ALL.into_iter().map(|layer| (layer.code().to_owned(), Value::from(state(layer).code()))).collect()
}

fn findings_in_json(findings: &[Finding]) -> Value {
    let one = |finding: &Finding| {
        json!({
            "code": finding.code.code(),
            "layer": finding.code.layer().code(),
            "weight": finding.code.weight().code(),
            "subject": finding.subject,
            "sentence": finding.sentence(),
        })
    };
    findings.iter().map(one).collect()
}
