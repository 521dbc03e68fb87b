//! Documents: made and sealed behind the fact that a certificate was issued, handed out, checked by anybody.

use std::time::Duration;

use blobs::{Blobs, Content};
use bytes::Bytes;
use db::Tx;
use jiff::SignedDuration;
use jobs::{BoxError, Delivery, Jobs};
use kernel::{Act, Failure as _, SubjectId, SubjectKind, city_date};
use seals::{NewUse, PutOn, Seals};
use serde::Deserialize;

use super::Certificates;
use crate::{
    Certificate, CertificateError, CertificateFile, CertificateId, FileState, ISSUED, Status,
    document::{Around, SEAL_AT, compose},
    store::{self, SealedFile},
};

/// How often documents that wait are looked for.
const EVERY: Duration = Duration::from_secs(5);
/// Documents that one round makes at most: those of a stock that was taken over come slowly, beside everything else.
const AT_ONCE: i64 = 10;
/// A document that could not be made is tried again after this.
const AGAIN: SignedDuration = SignedDuration::from_mins(30);
/// A fresh certificate is left to its fact for so long, before the round takes it.
const FRESH: SignedDuration = SignedDuration::from_mins(1);
/// Characters of the code by which strangers check a certificate.
const CHECK_CHARS: usize = 12;

/// What documents are made with.
#[derive(Clone)]
pub(super) struct Press {
    seals: Seals,
    blobs: Blobs,
    /// Where strangers check: scheme and host; empty where that is not known.
    address: String,
}

/// The body of the fact.
#[derive(Deserialize)]
struct Issued {
    id: CertificateId,
    subject_id: SubjectId,
    case_number: Option<String>,
}

/// What anybody may know of a certificate whose code he has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicView {
    /// Its name.
    pub name: String,
    /// Key of the issuing department.
    pub department: String,
    /// The holder's name, masked where he is a person.
    pub holder: String,
    /// Number, masked.
    pub number: String,
    /// Identifier.
    pub identifier: String,
    /// Day of issue.
    pub issued_on: kernel::Date,
    /// Last valid day.
    pub expires_on: Option<kernel::Date>,
    /// How it stands now.
    pub status: Status,
    /// SM3 of the sealed file, where it is made.
    pub digest: Option<String>,
}

impl Certificates {
    /// The same library, which makes sealed documents. `address`: where strangers check, such as `https://zwfw.example`.
    #[must_use]
    pub fn with_press(self, seals: Seals, blobs: Blobs, address: &str) -> Self {
        Self { press: Some(Press { seals, blobs, address: address.trim_end_matches('/').to_owned() }), ..self }
    }

    fn press(&self) -> Result<&Press, CertificateError> {
        self.press.as_ref().ok_or(CertificateError::NoPress)
    }

    /// Makes the document of a certificate when a case has issued it, and looks every few seconds for those that wait:
    /// for a seal that was not there, and for those of a stock.
    #[must_use]
    pub fn listen(&self, jobs: Jobs) -> Jobs {
        let (hearing, looking) = (self.clone(), self.clone());
        jobs.listen("certificates.seal", &[ISSUED], move |heard: Delivery| {
            let library = hearing.clone();
            async move {
                let issued: Issued = heard.body()?;
                if issued.case_number.is_some() {
                    library.seal_document(issued.subject_id, issued.id).await?;
                }
                Ok::<_, BoxError>(())
            }
        })
        .every("certificates.seal", EVERY, move || {
            let library = looking.clone();
            async move {
                library.seal_waiting().await?;
                Ok(())
            }
        })
    }

    /// Makes the documents that wait and are due; answers how many were sealed.
    ///
    /// # Errors
    /// When the database fails. A document that cannot be made for another reason waits and is tried again.
    pub async fn seal_waiting(&self) -> Result<usize, CertificateError> {
        if self.press.is_none() {
            return Ok(0);
        }
        let due = self.clock.now() - FRESH;
        let waiting = store::waiting(&mut *self.db.read().await?, due, AT_ONCE).await?;
        let mut sealed = 0;
        for (holder, id) in waiting {
            sealed += usize::from(self.seal_document(holder, id).await?);
        }
        Ok(sealed)
    }

    /// Makes the sealed document of a certificate, once; `false` when it is made already, has ended meanwhile, or has to
    /// wait: for a seal, for keys, or for somebody to mend what is wrong with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal_document(&self, holder: SubjectId, id: CertificateId) -> Result<bool, CertificateError> {
        let Some(press) = &self.press else { return Ok(false) };
        let act = Act::system(self.clock.now());
        match self.try_document(press, &act, holder, id).await {
            // Whatever is wrong with this one, the others do not wait behind it.
            Err(error) if !matches!(error, CertificateError::Db(_)) => {
                tracing::warn!(certificate.id = %id, error = &error as &dyn std::error::Error, "a certificate waits to be sealed");
                let args = (holder, id, error.code().to_owned(), act.at + AGAIN);
                let put_off: Result<(), CertificateError> = self
                    .db
                    .write(args, |tx, (holder, id, code, due)| {
                        Box::pin(async move { Ok(store::postpone(tx, *holder, *id, code, *due).await?) })
                    })
                    .await;
                put_off.map(|()| false)
            }
            done => done,
        }
    }

    async fn try_document(
        &self,
        press: &Press,
        act: &Act,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<bool, CertificateError> {
        let (certificate, person) = {
            let mut tx = self.db.read().await?;
            match store::file(&mut tx, holder, id).await? {
                Some(file) if file.state == FileState::Waiting => {}
                _ => return Ok(false),
            }
            let subject = self.identity.subject(&mut tx, holder).await?;
            (self.find(&mut tx, holder, id).await?, subject.kind == SubjectKind::Person)
        };
        if certificate.decided == Status::Effective {
            return self.press_document(press, act, &certificate, person).await;
        }
        let dropped: Result<(), CertificateError> = self
            .db
            .write((holder, id, act.at), |tx, (holder, id, at)| {
                Box::pin(async move { Ok(store::drop_file(tx, *holder, *id, *at).await?) })
            })
            .await;
        dropped.map(|()| false)
    }

    async fn press_document(
        &self,
        press: &Press,
        act: &Act,
        certificate: &Certificate,
        person: bool,
    ) -> Result<bool, CertificateError> {
        let seal = press.seals.seal_for(&certificate.department, PutOn::Certificate).await?;
        let page = self.page(press, certificate, person, None)?;
        let bytes = apart(move || ofd::write_ofd(&page)?.to_bytes()).await?;
        let stamped = press.seals.stamp(seal, PutOn::Certificate, bytes, (Some(1), SEAL_AT), act.at).await?;
        let name = format!("{}.ofd", certificate.name);
        let stored = press.blobs.put_bytes(act, &name, Bytes::from(stamped.bytes)).await?;
        let of = NewUse {
            put_on: PutOn::Certificate,
            case_number: certificate.case_number.clone(),
            document: certificate.identifier.clone(),
            digest: stamped.digest.clone(),
            confirmed_by: None,
            reason: "颁发电子证照".to_owned(),
        };
        let args = (press.clone(), act.clone(), (certificate.holder, certificate.id), stamped.seal, of, stored.id);
        self.db
            .write(args, |tx, (press, act, (holder, id), seal, of, file)| {
                Box::pin(async move {
                    let sealed = SealedFile { file: *file, digest: &of.digest, seal: seal.id.get(), at: act.at };
                    // Somebody else was quicker: his file stands, and this one is swept.
                    if !store::sealed(tx, *holder, *id, &sealed).await? {
                        return Ok(false);
                    }
                    press.blobs.attach(act, tx, *file).await?;
                    let used = press.seals.record_use(act, tx, seal, of.clone()).await?;
                    store::seal_use(tx, *holder, *id, used.seq).await?;
                    Ok(true)
                })
            })
            .await
    }

    fn page(
        &self,
        press: &Press,
        certificate: &Certificate,
        person: bool,
        foot: Option<&str>,
    ) -> Result<ofd::Document, CertificateError> {
        let issuer = self.vocabulary.department(&certificate.department);
        let issuer = issuer.ok_or_else(|| CertificateError::UnknownDepartment(certificate.department.clone()))?;
        // The type's code and the issuer's stand in the identifier, behind five numbers: 1.2.156.3005.2.
        let mut parts = certificate.identifier.split('.').skip(5);
        let (type_code, issuer_code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let check = format!("{}{}", press.address, self.check_path(&certificate.identifier));
        let around = Around {
            issuer: &issuer.name,
            issuer_code,
            type_code,
            person,
            check: &check,
            mark: press.seals.mark(),
            foot,
        };
        Ok(compose(certificate, &around)?)
    }

    /// The code by which strangers check a certificate: without it an identifier, which can be guessed, shows nothing.
    fn check_code(&self, identifier: &str) -> String {
        let mut code = self.keys.blind("certificate-check", identifier);
        code.truncate(CHECK_CHARS);
        code
    }

    /// Path of the page on which anybody who has it sees how the certificate stands.
    #[must_use]
    pub fn check_path(&self, identifier: &str) -> String {
        format!("/c/{identifier}/{}", self.check_code(identifier))
    }

    /// What anybody may know of the certificate with this identifier, when he has its code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn public(
        &self,
        tx: &mut Tx,
        identifier: &str,
        code: &str,
    ) -> Result<Option<PublicView>, CertificateError> {
        if code.len() != CHECK_CHARS || self.check_code(identifier) != code {
            return Ok(None);
        }
        let Some((holder, id)) = store::find_identifier(tx, identifier).await? else { return Ok(None) };
        let certificate = self.find(tx, holder, id).await?;
        let person = self.identity.subject(tx, holder).await?.kind == SubjectKind::Person;
        let holder_name = &certificate.holder_name;
        let digest = store::file(tx, holder, id).await?.and_then(|file| file.digest);
        Ok(Some(PublicView {
            name: certificate.name.clone(),
            department: certificate.department.clone(),
            holder: if person { kernel::masking::name(holder_name) } else { holder_name.clone() },
            number: if person {
                kernel::masking::document_number(&certificate.number)
            } else {
                certificate.number.clone()
            },
            identifier: certificate.identifier.clone(),
            issued_on: certificate.issued_on,
            expires_on: certificate.expires_on,
            status: certificate.status_on(city_date(self.clock.now())),
            digest,
        }))
    }

    /// How the document of a certificate stands; none where documents are not made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn document(
        &self,
        tx: &mut Tx,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<Option<CertificateFile>, CertificateError> {
        Ok(store::file(tx, holder, id).await?)
    }

    /// The sealed OFD file, for its holder.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`], [`CertificateError::NoDocument`] while it waits.
    pub async fn open_document(&self, holder: SubjectId, id: CertificateId) -> Result<Content, CertificateError> {
        let press = self.press()?;
        let file = {
            let mut tx = self.db.read().await?;
            self.find(&mut tx, holder, id).await?;
            store::file(&mut tx, holder, id).await?
        };
        let file = file.and_then(|file| file.file).ok_or(CertificateError::NoDocument)?;
        Ok(press.blobs.open(file).await?)
    }

    /// A PDF of the same page, for reading and printing: it says that the sealed file is the one that counts.
    ///
    /// # Errors
    /// [`CertificateError::NotFound`], [`CertificateError::NoPress`], or when it cannot be laid out.
    pub async fn reading_copy(
        &self,
        holder: SubjectId,
        id: CertificateId,
    ) -> Result<(String, Vec<u8>), CertificateError> {
        let press = self.press()?;
        let (certificate, person) = {
            let mut tx = self.db.read().await?;
            let subject = self.identity.subject(&mut tx, holder).await?;
            (self.find(&mut tx, holder, id).await?, subject.kind == SubjectKind::Person)
        };
        let foot = "本件供阅读和打印，没有电子印章；以加盖电子印章的 OFD 文件和扫码查验的结果为准。";
        let page = self.page(press, &certificate, person, Some(foot))?;
        let bytes = apart(move || ofd::write_pdf(&page)).await?;
        Ok((certificate.name, bytes))
    }
}

/// Runs what takes long off the threads that serve others.
async fn apart<T, F>(work: F) -> Result<T, CertificateError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, ofd::WriteError> + Send + 'static,
{
    let done = tokio::task::spawn_blocking(work).await.map_err(CertificateError::Broken)?;
    Ok(done?)
}
