//! Sealed certificates: SM2 beside OpenSSL's in the same run, how many are made a second, how long the check of one takes.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use gm::{
    Signer, SoftSigner,
    pki::{CityPki, Organisation, Plan},
    sm2::{Password, SecretKey},
    x509::Trust,
};
use kernel::{Date, Timestamp};
use ofd::{
    Attachment, Colour, Document, Fonts, Info, Page, Stamp,
    layout::{Align, Fit, Placer, Style},
    seal::{Order, Permitted, Provider, Seal, SealInfo, picture, prepare, stamp},
    validate, write_ofd,
};
use serde::Serialize;

use crate::{
    BenchError,
    error::While as _,
    figures::{Latency, Spread, table},
};

/// What to measure.
#[derive(Debug, Clone)]
pub struct Options {
    /// Rounds of each measurement.
    pub rounds: usize,
    /// How long one round of one measurement takes.
    pub round: Duration,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Processors that are used when all are.
    pub cores: usize,
    /// SM2 on one processor: ours and, where the program is there, that of `openssl speed`.
    pub sm2: Vec<Sm2>,
    /// The steps of making and checking one certificate on one processor, in milliseconds.
    pub steps: Vec<Step>,
    /// Certificates laid out, written and sealed a second, on all processors.
    pub sealed_per_second: Spread,
    /// Bytes of a sealed certificate of one page, with the part of the font that it uses and the picture of the seal.
    pub bytes: usize,
    /// One check in units of one SM2 check of the same run.
    pub check_in_verifications: f64,
}

/// Signatures and checks a second.
#[derive(Debug, Clone, Serialize)]
pub struct Sm2 {
    /// Whose.
    pub who: &'static str,
    /// Signatures a second.
    pub signs: Spread,
    /// Checks a second.
    pub verifies: Spread,
}

/// One step.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// Which.
    pub name: &'static str,
    /// How long it takes.
    pub time: Latency,
}

impl Report {
    /// The report as a table for people.
    #[must_use]
    pub fn table(&self) -> String {
        let mut rows = vec![["SM2, one processor", "signs/s", "checks/s"].map(str::to_owned).to_vec()];
        rows.extend(self.sm2.iter().map(|one| vec![one.who.to_owned(), one.signs.show(0), one.verifies.show(0)]));
        let mut steps = vec![["one certificate, one processor", "p50 ms", "p99 ms"].map(str::to_owned).to_vec()];
        let shown = |step: &Step| {
            vec![step.name.to_owned(), format!("{:.2}", step.time.p50_ms), format!("{:.2}", step.time.p99_ms)]
        };
        steps.extend(self.steps.iter().map(shown));
        format!(
            "{}\n{}\nsealed certificates a second on {} processors: {}\nbytes of one: {}\none check costs as much as {:.1} SM2 checks\n",
            table(&rows),
            table(&steps),
            self.cores,
            self.sealed_per_second.show(0),
            self.bytes,
            self.check_in_verifications,
        )
    }
}

/// Measures. `tell` hears what is under way.
///
/// # Errors
/// [`BenchError`] when the demonstration's certificates cannot be made or a certificate cannot be sealed.
pub fn run(options: &Options, mut tell: impl FnMut(&str)) -> Result<Report, BenchError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    tell("making certificates");
    let office = Office::open()?;
    tell("SM2");
    let mut sm2 = vec![ours(options)?];
    sm2.extend(openssl(options)?);
    tell("one certificate");
    let steps = steps(&office, options)?;
    tell("all processors");
    let mut rounds = Vec::new();
    for _ in 0..options.rounds.max(1) {
        rounds.push(on_all(&office, cores, options.round)?);
    }
    let sealed = office.sealed(0)?;
    let check = steps.iter().find(|step| step.name == CHECK).map_or(0.0, |step| step.time.p50_ms);
    let one = 1000.0 / sm2.first().map_or(f64::NAN, |ours| ours.verifies.median);
    Ok(Report {
        cores,
        sm2,
        steps,
        sealed_per_second: spread(&rounds)?,
        bytes: sealed.len(),
        check_in_verifications: check / one,
    })
}

const CHECK: &str = "check of the sealed file";

fn spread(rounds: &[f64]) -> Result<Spread, BenchError> {
    Spread::of(rounds).ok_or_else(|| BenchError::Missing("no round was measured".to_owned()))
}

/// How often `act` is done in a second, for so long.
fn rate(round: Duration, mut act: impl FnMut() -> Result<(), BenchError>) -> Result<f64, BenchError> {
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < round {
        act()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

fn ours(options: &Options) -> Result<Sm2, BenchError> {
    let key = SecretKey::generate();
    let message = [0x5A; 64];
    let signature = key.sign(&message);
    let (mut signs, mut verifies) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(1) {
        signs.push(rate(options.round, || {
            std::hint::black_box(key.sign(&message));
            Ok(())
        })?);
        verifies.push(rate(options.round, || {
            let good = key.public_key().verify(std::hint::black_box(&message), &signature);
            if good { Ok(()) } else { Err(BenchError::Missing("a signature that holds".to_owned())) }
        })?);
    }
    Ok(Sm2 { who: "gm", signs: spread(&signs)?, verifies: spread(&verifies)? })
}

/// `openssl speed`, which takes whole seconds. `None` where the program is not there or does not know SM2.
fn openssl(options: &Options) -> Result<Option<Sm2>, BenchError> {
    let seconds = options.round.as_secs().max(1).to_string();
    let (mut signs, mut verifies) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(1) {
        let Ok(output) = Command::new("openssl").args(["speed", "-seconds", &seconds, "sm2"]).output() else {
            return Ok(None);
        };
        let Some((sign, verify)) = said(&String::from_utf8_lossy(&output.stdout)) else { return Ok(None) };
        signs.push(sign);
        verifies.push(verify);
    }
    Ok(Some(Sm2 { who: "openssl", signs: spread(&signs)?, verifies: spread(&verifies)? }))
}

/// The last two figures of the line about SM2.
fn said(text: &str) -> Option<(f64, f64)> {
    let line = text.lines().rev().find(|line| line.contains("SM2"))?;
    let mut words = line.split_whitespace().rev();
    let verify = words.next()?.parse().ok()?;
    Some((words.next()?.parse().ok()?, verify))
}

fn steps(office: &Office, options: &Options) -> Result<Vec<Step>, BenchError> {
    let unsealed = office.written(0)?;
    let sealed = office.sealed(0)?;
    let order = office.order();
    let prepared = prepare(&unsealed, &order).doing("the certificate cannot be prepared")?;
    let mut steps = Vec::new();
    let mut step = |name, act: &mut dyn FnMut() -> Result<(), BenchError>| -> Result<(), BenchError> {
        let mut times = Vec::new();
        let whole = Instant::now();
        while times.len() < 3 || whole.elapsed() < options.round {
            let began = Instant::now();
            act()?;
            times.push(began.elapsed());
        }
        let time = Latency::of(&times).ok_or_else(|| BenchError::Missing("no time was measured".to_owned()))?;
        steps.push(Step { name, time });
        Ok(())
    };
    step("layout", &mut || office.document(0).map(drop))?;
    let document = office.document(0)?;
    step("writing, with the font's part", &mut || {
        let package = write_ofd(&document).doing("the certificate cannot be written")?;
        package.to_bytes().doing("the certificate cannot be packed").map(drop)
    })?;
    step("digests of every file", &mut || prepare(&unsealed, &order).doing("not prepared").map(drop))?;
    step("one SM2 signature", &mut || office.signer.sign(prepared.to_sign()).doing("not signed").map(drop))?;
    step("stamping, with the checks before", &mut || {
        stamp(&unsealed, &order, &office.signer, &office.trust).doing("not stamped").map(drop)
    })?;
    step(CHECK, &mut || {
        let report = validate(&sealed, &office.trust, office.at);
        if report.is_valid() { Ok(()) } else { Err(BenchError::Missing("a valid certificate".to_owned())) }
    })?;
    Ok(steps)
}

/// Certificates a second when every processor makes them.
fn on_all(office: &Office, cores: usize, round: Duration) -> Result<f64, BenchError> {
    std::thread::scope(|scope| {
        let work = |core: usize| {
            let mut number = core;
            move || {
                rate(round, || {
                    number += cores;
                    office.sealed(number).map(drop)
                })
            }
        };
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(work(core))).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().map_err(|_| BenchError::Missing("a thread that seals".to_owned())).and_then(|rate| rate)
        });
        joined.sum()
    })
}

/// An issuing body of a demonstration with its seal.
struct Office {
    trust: Trust,
    signer: SoftSigner,
    seal: Seal,
    fonts: Fonts,
    at: Timestamp,
    page: String,
}

impl Office {
    fn open() -> Result<Self, BenchError> {
        const BODY: &str = "筑城市市场监督管理局";
        const CODE: &str = "BENCH";
        let instant = |text: &str| text.parse::<Timestamp>().doing("an instant");
        let (from, until) = (instant("2026-01-01T00:00:00Z")?, instant("2035-12-31T00:00:00Z")?);
        let organisations = vec![Organisation { code: CODE.to_owned(), name: BODY.to_owned() }];
        let plan = Plan { city: "筑城市".to_owned(), from, until, organisations };
        let password = Password::random();
        let pki = CityPki::make(&plan, &password).doing("the demonstration's certificates")?;
        let signer = pki.signer_of(CODE, password.as_str()).doing("the signer")?;
        let maker = pki.seal_maker_signer(password.as_str()).doing("the maker of seals")?;
        let fonts = Fonts::built_in().doing("the font")?;
        let face = picture::Face {
            name: BODY,
            purpose: Some("行政审批专用章"),
            note: Some(gm::pki::MARK),
            diameter: picture::Diameter::Mm42,
        };
        let info = SealInfo {
            vendor: "TONGBAN".to_owned(),
            id: "52010000000001".to_owned(),
            kind: 1,
            name: BODY.to_owned(),
            permitted: Permitted::Certificates(vec![signer.certificate().to_der().to_vec()]),
            created: from,
            valid_from: from,
            valid_to: until,
            picture: picture::draw(&face, &fonts).doing("the seal's picture")?,
            extensions: Vec::new(),
        };
        let mut office = Self {
            trust: pki.trust().doing("whom to trust")?,
            seal: Seal::make(info, &maker).doing("the seal")?,
            signer,
            fonts,
            at: instant("2026-03-02T01:30:00Z")?,
            page: String::new(),
        };
        let reading =
            ofd::read(&office.written(0)?, &ofd::Limits::default()).doing("the certificate cannot be read")?;
        office.page = reading.pages.first().map(|page| page.id.clone()).unwrap_or_default();
        Ok(office)
    }

    fn order(&self) -> Order<'_> {
        let stamps = vec![Stamp { page: self.page.clone(), boundary: (124.0, 206.0, 42.0, 42.0), clip: None }];
        Order { seal: &self.seal, stamps, at: self.at, provider: Provider::default() }
    }

    /// A food licence of one page: border, table of facts, code, closing lines. Nobody's, and another for each number.
    fn document(&self, number: usize) -> Result<Document, BenchError> {
        let mut page = Page::a4();
        let mut place = Placer::new(&mut page, &self.fonts);
        place.border((10.0, 10.0, 190.0, 277.0), Colour(160, 30, 30), 0.8);
        let title = Style::new(12.0).bold().align(Align::Centre).spacing(3.0);
        let text = |place: &mut Placer<'_>, at, words: &str, style: &Style| {
            place.text(at, words, style, Fit::Refuse).doing("the certificate has no room")
        };
        text(&mut place, (20.0, 30.0, 170.0, 20.0), "食品经营许可证", &title)?;
        let licence = format!("JY2520103{number:07}");
        let facts = [
            ("经营者名称", "筑城市云岩区某某餐饮服务部"),
            ("法定代表人（负责人）", "王某敏"),
            ("住所", "贵州省筑城市云岩区中华北路1号附2号"),
            ("经营场所", "贵州省筑城市云岩区中华北路1号附2号一层、二层"),
            ("主体业态", "餐饮服务经营者（小型餐馆）"),
            ("经营项目", "热食类食品制售、冷食类食品制售、糕点类食品制售（不含裱花蛋糕）、自制饮品制售"),
            ("许可证编号", licence.as_str()),
            ("有效期至", "2031年3月1日"),
        ];
        let mut y = 62.0;
        for (name, value) in facts {
            text(&mut place, (28.0, y, 52.0, 20.0), name, &Style::new(4.94).bold())?;
            y += 3.0 + text(&mut place, (80.0, y, 105.0, 24.0), value, &Style::new(4.94))?;
        }
        let address = format!("https://example.invalid/v/{licence}");
        place.code(30.0, 215.0, 28.0, &address).doing("the code cannot be drawn")?;
        let closing = Style::new(4.94).align(Align::Centre);
        text(&mut place, (110.0, 222.0, 75.0, 10.0), "筑城市市场监督管理局", &closing)?;
        text(&mut place, (110.0, 232.0, 75.0, 10.0), "2026年3月2日", &closing)?;
        let custom = [("ZZMC", "食品经营许可证"), ("ZZBH", licence.as_str())];
        Ok(Document {
            info: Info {
                id: format!("{number:032x}"),
                title: "食品经营许可证".to_owned(),
                author: "筑城市市场监督管理局".to_owned(),
                created: Date::constant(2026, 3, 2),
                custom: custom.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            },
            pages: vec![page],
            attachments: vec![Attachment {
                name: "证照数据".to_owned(),
                format: "xml".to_owned(),
                bytes: format!("<data><ZZBH>{licence}</ZZBH></data>").into_bytes().into(),
            }],
            fonts: self.fonts.clone(),
        })
    }

    fn written(&self, number: usize) -> Result<Vec<u8>, BenchError> {
        let package = write_ofd(&self.document(number)?).doing("the certificate cannot be written")?;
        package.to_bytes().doing("the certificate cannot be packed")
    }

    fn sealed(&self, number: usize) -> Result<Vec<u8>, BenchError> {
        let stamped = stamp(&self.written(number)?, &self.order(), &self.signer, &self.trust);
        stamped.doing("the certificate cannot be stamped")?.to_bytes().doing("the certificate cannot be packed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_openssl_is_read() {
        let text = "CPUINFO: x\n                              sign    verify    sign/s verify/s\n 256 bits SM2 (CurveSM2)   \
                    0.0003s   0.0003s   3200.0   3239.1\n";
        assert_eq!(said(text), Some((3200.0, 3239.1)));
        assert_eq!(said("speed: Unknown algorithm sm2"), None);
    }

    #[test]
    fn everything_is_measured_and_small() {
        let options = Options { rounds: 1, round: Duration::from_millis(20) };
        let report = run(&options, |_| {}).unwrap();
        assert!(report.bytes <= 60 * 1024, "{} bytes", report.bytes);
        assert!(report.sealed_per_second.median > 0.0 && report.check_in_verifications > 1.0);
        assert_eq!(report.sm2[0].who, "gm");
        assert!(report.steps.iter().all(|step| step.time.count >= 3));
        assert!(report.table().contains("sealed certificates a second"));
    }
}
