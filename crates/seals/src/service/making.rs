//! Making seals (制章), putting them on documents (签章), checking documents (验章): everything that needs the keys.

use std::sync::{Arc, OnceLock};

use db::{Tx, counter};
use jiff::SignedDuration;
use kernel::{Act, Fault, Timestamp};
use ofd::{
    Fonts, Report,
    seal::{
        self as structure, Order, Permitted, Provider, SealInfo,
        picture::{Diameter, Face, PictureError, draw},
    },
};

use super::{Seals, life::may};
use crate::{PutOn, Seal, SealError, SealId, SealKeys, SealState, SealStep, store};

/// How long a seal may be used, days: five years, as its signer's certificate.
const VALID_DAYS: i64 = 5 * 365;
/// First digits of the city's seals: its division (GB/T 2260).
const NUMBER_PREFIX: &str = "520100";
/// Name of the counter of numbers.
const NUMBERS: &str = "seal-number";

/// A sealed document with what its record of use needs.
#[derive(Debug, Clone)]
pub struct Stamped {
    /// The seal that was put on it.
    pub seal: Seal,
    /// The sealed OFD file.
    pub bytes: Vec<u8>,
    /// SM3 of it, hex.
    pub digest: String,
}

/// The faces that seals are drawn with.
fn fonts() -> Result<&'static Fonts, SealError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    if let Some(fonts) = FONTS.get() {
        return Ok(fonts);
    }
    let made = Fonts::built_in().map_err(PictureError::from)?;
    Ok(FONTS.get_or_init(|| made))
}

/// Runs what blocks off the threads that serve others.
async fn apart<T, F>(work: F) -> Result<T, SealError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, SealError> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(SealError::Broken)?
}

impl Seals {
    fn keys(&self) -> Result<Arc<dyn SealKeys>, SealError> {
        self.keys.clone().ok_or(SealError::NoKeys)
    }

    /// Whether seals can be made and used here.
    #[must_use]
    pub const fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// What every document made here must say, such as 演示专用; none in service.
    #[must_use]
    pub fn mark(&self) -> Option<&'static str> {
        self.keys.as_ref().and_then(|keys| keys.note())
    }

    /// Makes an approved seal: number, key and certificate of its signer, picture, the maker's signature. It opens
    /// transactions of its own, since devices may take long.
    ///
    /// # Errors
    /// [`SealError::NotFound`], [`SealError::NotAllowed`], [`SealError::NotOpen`], [`SealError::NoKeys`],
    /// [`SealError::Picture`], [`SealError::Keys`].
    pub async fn make(&self, act: &Act, id: SealId, reason: &str) -> Result<Seal, SealError> {
        let seal = self.find(&mut *self.db.read().await?, id).await?;
        if !may(act, SealStep::Make, &seal.department) {
            return Err(SealError::NotAllowed(SealStep::Make));
        }
        if seal.decided.after(SealStep::Make).is_none() {
            return Err(SealError::NotOpen(seal.state_at(act.at), SealStep::Make));
        }
        let keys = self.keys()?;
        // A number that is taken and not used leaves a gap, as with numbers of documents.
        let taken: Result<i64, SealError> =
            self.db.write((), |tx, ()| Box::pin(async { Ok(counter::next(tx, NUMBERS).await?) })).await;
        let number = format!("{NUMBER_PREFIX}{:08}", taken?);
        let (asked, at) = (seal.clone(), act.at);
        let (number, made) = apart(move || {
            let made = draw_and_sign(keys.as_ref(), &asked, &number, at)?;
            Ok((number, made))
        })
        .await?;
        let args = (self.clone(), act.clone(), seal, number, made, reason.to_owned());
        self.db
            .write(args, |tx, (seals, act, seal, number, made, reason)| {
                Box::pin(async move {
                    let next = seals.take(act, tx, seal.clone(), SealStep::Make, reason).await?;
                    let valid = (made.from, made.until);
                    let kept = store::Made { number, valid, structure: &made.structure, signer: &made.signer };
                    store::made(tx, seal.id, &kept).await?;
                    Ok(Seal {
                        number: number.clone(),
                        valid: Some(valid),
                        structure: made.structure.clone(),
                        signer: made.signer.clone(),
                        ..next
                    })
                })
            })
            .await
    }

    /// Puts a seal on an OFD document whose page `page` (1, 2, 3 …; none: the last) shows it with its centre at `centre`, in
    /// mm from the upper left corner. The use is for [`Seals::record_use`], in the transaction that keeps the document.
    ///
    /// # Errors
    /// [`SealError::NoSeal`] when it may not be put on this, [`SealError::Invalid`] at `/page` for a page that is not there,
    /// [`SealError::NoKeys`], [`SealError::Keys`], [`SealError::Unstampable`].
    pub async fn stamp(
        &self,
        seal: Seal,
        what: PutOn,
        bytes: Vec<u8>,
        (page, centre): (Option<usize>, (f64, f64)),
        at: Timestamp,
    ) -> Result<Stamped, SealError> {
        if !seal.may_be_put_on(what, at) {
            return Err(SealError::NoSeal(seal.department, what));
        }
        let keys = self.keys()?;
        apart(move || {
            let made = structure::Seal::from_der(&seal.structure).map_err(|_| SealError::Damaged("structure"))?;
            let signer = keys.signer(&seal.number)?;
            let (width, height) = (f64::from(made.info.picture.width), f64::from(made.info.picture.height));
            let boundary = (centre.0 - width / 2.0, centre.1 - height / 2.0, width, height);
            let reading = ofd::read(&bytes, &ofd::Limits::default()).map_err(structure::StampError::Unreadable)?;
            let pages = reading.pages.len();
            let on = page.unwrap_or(pages).checked_sub(1).and_then(|place| reading.pages.get(place));
            let page = on.map(|page| page.id.clone()).ok_or_else(|| {
                SealError::Invalid(vec![Fault::new("/page", "range", format!("页码请填 1 到 {pages}。"))])
            })?;
            let order = Order {
                seal: &made,
                stamps: vec![ofd::Stamp { page, boundary, clip: None }],
                at,
                provider: Provider::default(),
            };
            let package = structure::stamp(&bytes, &order, signer.as_ref(), &keys.trust()?)?;
            let bytes = package.to_bytes().map_err(structure::StampError::from)?;
            let digest = gm::digest_hex(&bytes);
            Ok(Stamped { seal, bytes, digest })
        })
        .await
    }

    /// Checks a sealed document, ours or not, as of the instant `at`. Without keys nobody is trusted, and the report says
    /// so.
    ///
    /// # Errors
    /// [`SealError::Keys`] when the lists cannot be reached.
    pub async fn check(&self, bytes: Vec<u8>, at: Timestamp) -> Result<Report, SealError> {
        let keys = self.keys.clone();
        // A closed semaphore would let everybody pass; nobody closes it.
        let _turn = self.checks.acquire().await.ok();
        apart(move || {
            let trust = match keys {
                Some(keys) => keys.trust()?,
                None => gm::x509::Trust::new(),
            };
            Ok(ofd::validate(&bytes, &trust, at))
        })
        .await
    }

    /// Root, authorities and lists in PEM, for those who check without this platform.
    ///
    /// # Errors
    /// [`SealError::NoKeys`], [`SealError::Keys`].
    pub async fn trusted_pem(&self) -> Result<String, SealError> {
        let keys = self.keys()?;
        apart(move || Ok(keys.to_pem()?)).await
    }

    /// The public register: seals in use at `at`, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn register(
        &self,
        tx: &mut Tx,
        after: Option<SealId>,
        limit: i64,
        at: Timestamp,
    ) -> Result<Vec<Seal>, SealError> {
        let found = store::register(tx, after.map_or(0, SealId::get), limit).await?;
        Ok(found.into_iter().filter(|seal| seal.state_at(at) == SealState::Active).collect())
    }
}

/// What making a seal brings forth.
struct MadeSeal {
    structure: Vec<u8>,
    signer: Vec<u8>,
    from: Timestamp,
    until: Timestamp,
}

fn draw_and_sign(keys: &dyn SealKeys, seal: &Seal, number: &str, at: Timestamp) -> Result<MadeSeal, SealError> {
    let full = seal.full_name();
    let until = at + SignedDuration::from_hours(24 * VALID_DAYS);
    keys.enrol(number, &seal.name, at, until)?;
    let signer = keys.signer(number)?;
    let (from, until) = (at.max(signer.certificate().not_before()), until.min(signer.certificate().not_after()));
    let purpose = Some(seal.line.as_str()).filter(|line| !line.is_empty());
    let face = Face { name: &seal.name, purpose, note: keys.note(), diameter: Diameter::Mm42 };
    let signer = signer.certificate().to_der().to_vec();
    let info = SealInfo {
        vendor: keys.vendor().to_owned(),
        id: number.to_owned(),
        kind: 1,
        name: match keys.note() {
            Some(note) => format!("{full}（{note}）"),
            None => full,
        },
        permitted: Permitted::Certificates(vec![signer.clone()]),
        // Structures tell times to the second.
        created: whole_second(at),
        valid_from: whole_second(from),
        valid_to: whole_second(until),
        picture: draw(&face, fonts()?)?,
        extensions: Vec::new(),
    };
    let made = structure::Seal::make(info, keys.maker()?.as_ref())
        .map_err(|error| structure::StampError::Signer(error.to_string()))?;
    Ok(MadeSeal { structure: made.to_der().to_vec(), signer, from: whole_second(from), until: whole_second(until) })
}

fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
