//! Keys of seals for a demonstration city: an authority of its own in the folder of keys. Everything it issues says
//! 演示专用, and its root is nobody's.

use std::{
    collections::BTreeMap,
    os::unix::fs::DirBuilderExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gm::{
    Keys, Signer, SoftSigner,
    pki::{CityPki, MARK, Organisation, PkiError, Plan},
    sm2::Password,
    x509::Trust,
};
use jiff::SignedDuration;
use kernel::{Clock, Timestamp};

use crate::port::{KeysError, SealKeys};

/// Where the password of the keys lies, sealed.
const PASSWORD: &str = "password.sealed";
/// What the password's seal is bound to.
const PLACE: &str = "seals.demo:password";
/// Days before its making from which the authority is valid, so that a city that tells of the past can seal it.
const DAYS_BEFORE: i64 = 3 * 365;
/// Days after its making up to which the authority is valid.
const DAYS_AFTER: i64 = 10 * 365;

/// The demonstration's keys: certificates and keys in a folder, each key encrypted under a password that is sealed with
/// the platform's own keys. Made when they are first needed. One process at a time gives seals new keys; any number sign
/// with those that are there.
pub struct DemoKeys {
    dir: PathBuf,
    keys: Keys,
    clock: Clock,
    authority: Mutex<Option<Authority>>,
    /// Opened once: opening takes a key derivation.
    open: Mutex<BTreeMap<String, Arc<dyn Signer>>>,
}

/// What lies in the folder.
struct Authority {
    password: Password,
    pki: CityPki,
}

impl std::fmt::Debug for DemoKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoKeys").field("dir", &self.dir).finish_non_exhaustive()
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn kept<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept is whole after each change, so a thread that died with the lock leaves nothing half done.
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl DemoKeys {
    /// The keys in the folder `dir`, whose password the platform's `keys` seal.
    #[must_use]
    pub fn new(dir: PathBuf, keys: Keys, clock: Clock) -> Self {
        Self { dir, keys, clock, authority: Mutex::default(), open: Mutex::default() }
    }

    /// Opens the folder, or makes root, authority and maker of seals in it.
    fn open(&self) -> Result<Authority, KeysError> {
        let at = self.dir.join(PASSWORD);
        let io = |source| gm::KeyError::Io { path: at.clone(), source };
        let password = match std::fs::read_to_string(&at) {
            Ok(sealed) => {
                let text = self.keys.open_text(PLACE, sealed.trim())?;
                Password::chosen(&text).map_err(|_| PkiError::Damaged(PASSWORD.to_owned()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let password = Password::random();
                std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.dir).map_err(io)?;
                std::fs::write(&at, self.keys.seal(PLACE, password.as_str().as_bytes())).map_err(io)?;
                password
            }
            Err(error) => return Err(io(error).into()),
        };
        if let Some(pki) = CityPki::open(&self.dir)? {
            return Ok(Authority { password, pki });
        }
        let now = self.clock.now();
        let (from, until) = (now - days(DAYS_BEFORE), now + days(DAYS_AFTER));
        let plan = Plan { city: "贵阳市".to_owned(), from, until, organisations: Vec::new() };
        let pki = CityPki::make(&plan, &password)?;
        pki.save(&self.dir)?;
        Ok(Authority { password, pki })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Authority) -> Result<T, KeysError>) -> Result<T, KeysError> {
        let mut authority = kept(&self.authority);
        match authority.as_mut() {
            Some(authority) => work(authority),
            None => work(authority.insert(self.open()?)),
        }
    }

    fn signer_of(
        &self,
        name: &str,
        open: impl FnOnce(&mut Authority) -> Result<SoftSigner, KeysError>,
    ) -> Result<Arc<dyn Signer>, KeysError> {
        if let Some(signer) = kept(&self.open).get(name) {
            return Ok(Arc::clone(signer));
        }
        let signer: Arc<dyn Signer> = Arc::new(self.with(open)?);
        kept(&self.open).insert(name.to_owned(), Arc::clone(&signer));
        Ok(signer)
    }

    /// Takes what another process has put into the folder.
    fn refresh(&self, authority: &mut Authority) -> Result<(), KeysError> {
        if let Some(newer) = CityPki::open(&self.dir)? {
            authority.pki = newer;
        }
        Ok(())
    }
}

impl SealKeys for DemoKeys {
    fn vendor(&self) -> &str {
        "TONGBAN-DEMO"
    }
    fn note(&self) -> Option<&'static str> {
        Some(MARK)
    }
    fn maker(&self) -> Result<Arc<dyn Signer>, KeysError> {
        // No seal's number has letters.
        self.signer_of("maker", |authority| Ok(authority.pki.seal_maker_signer(authority.password.as_str())?))
    }
    fn enrol(&self, number: &str, name: &str, from: Timestamp, until: Timestamp) -> Result<(), KeysError> {
        self.with(|authority| {
            self.refresh(authority)?;
            if authority.pki.certificate_of(number).is_ok() {
                return Ok(());
            }
            let last = authority.pki.root().not_after();
            let organisation = Organisation { code: number.to_owned(), name: name.to_owned() };
            authority.pki.add(&organisation, from, until.min(last), &authority.password)?;
            Ok(authority.pki.save(&self.dir)?)
        })
    }
    fn signer(&self, number: &str) -> Result<Arc<dyn Signer>, KeysError> {
        self.signer_of(number, |authority| {
            if authority.pki.certificate_of(number).is_err() {
                self.refresh(authority)?;
            }
            Ok(authority.pki.signer_of(number, authority.password.as_str())?)
        })
    }
    fn trust(&self) -> Result<Trust, KeysError> {
        self.with(|authority| Ok(authority.pki.trust()?))
    }
    fn to_pem(&self) -> Result<String, KeysError> {
        self.with(|authority| {
            let pki = &authority.pki;
            let mut pem = format!("{}{}", pki.root().to_pem(), pki.authority().to_pem());
            for list in pki.lists() {
                pem.push_str(&list.to_pem());
            }
            Ok(pem)
        })
    }
}
