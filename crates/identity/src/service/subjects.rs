//! Registering and reading persons and enterprises.

use audit::Entry;
use db::Tx;
use kernel::{Act, Fault, Role, SubjectId, SubjectKind, Timestamp, city_date, identifiers::RegionCode};
use serde_json::json;

use super::{Identity, permit};
use crate::{
    DocumentKind, IdentityError, NewEnterprise, NewPerson, Subject,
    domain::{
        account::check_line,
        document,
        subject::{LEVEL_MAX, normal_name, normal_person_name},
    },
    store::{self, SubjectRow},
};

/// Longest address, characters.
const ADDRESS_MAX: usize = 200;
/// Subjects looked at in one reading when fields are sealed anew.
const RESEAL_PAGE: i64 = 200;

/// One look of a member of staff at somebody's registered data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// When.
    pub at: Timestamp,
    /// Key of the department.
    pub department: String,
    /// The reason that was given.
    pub reason: String,
}

impl Identity {
    /// Registers a natural person under the number of his document. One number is one subject, for ever.
    ///
    /// # Errors
    /// [`IdentityError::AlreadyRegistered`] with the subject that has the number; [`IdentityError::Invalid`] with every
    /// fault of the input.
    pub async fn register_person(&self, act: &Act, tx: &mut Tx, new: &NewPerson) -> Result<SubjectId, IdentityError> {
        permit(act, &[Role::Window])?;
        self.enrol_person(act, tx, new).await
    }

    /// Registers a natural person whose right to it was proven another way than by a post.
    pub(super) async fn enrol_person(
        &self,
        act: &Act,
        tx: &mut Tx,
        new: &NewPerson,
    ) -> Result<SubjectId, IdentityError> {
        let mut faults = Vec::new();
        let read = document::read(new.document, &new.number, city_date(act.at));
        if new.document == DocumentKind::Uscc {
            faults.push(Fault::new("/document", "document", "自然人请选择个人证件类型。"));
        }
        let (number, born, sex) = match read {
            Ok(read) => (read.number, read.birth_date, read.sex),
            Err(fault) => {
                faults.push(fault);
                (String::new(), None, None)
            }
        };
        let phone = document::phone(new.phone.as_deref(), &mut faults);
        let name = normal_person_name(&new.name).unwrap_or_default();
        if name.is_empty() {
            faults.push(Fault::new("/name", "name", "请填写证件上的姓名，最多 50 个字，不含数字和符号。"));
        }
        check_lines(new.address.as_deref(), new.region.as_deref(), &mut faults);
        check_level(new.level, &mut faults);
        if faults.is_empty() {
            let row = SubjectRow {
                subject: SubjectId::fresh(act.at),
                kind: SubjectKind::Person,
                document: new.document,
                number,
                name,
                phone,
                address: new.address.clone(),
                birth_date: born.or(new.birth_date),
                sex: sex.or(new.sex),
                region: new.region.clone(),
                legal_representative: None,
                level: new.level,
                verified_by: new.verified_by,
                version: 1,
            };
            return self.register(act, tx, row, "identity.person_registered").await;
        }
        Err(IdentityError::Invalid(faults))
    }

    /// Registers an enterprise, or any other body with a credit code.
    ///
    /// # Errors
    /// [`IdentityError::AlreadyRegistered`] with the subject that has the code; [`IdentityError::Invalid`] with every
    /// fault of the input.
    pub async fn register_enterprise(
        &self,
        act: &Act,
        tx: &mut Tx,
        new: &NewEnterprise,
    ) -> Result<SubjectId, IdentityError> {
        permit(act, &[Role::Window])?;
        self.enrol_enterprise(act, tx, new).await
    }

    /// Registers an enterprise whose right to it was proven another way than by a post.
    pub(super) async fn enrol_enterprise(
        &self,
        act: &Act,
        tx: &mut Tx,
        new: &NewEnterprise,
    ) -> Result<SubjectId, IdentityError> {
        let mut faults = Vec::new();
        let number = match document::read(DocumentKind::Uscc, &new.uscc, city_date(act.at)) {
            Ok(read) => read.number,
            Err(fault) => {
                faults.push(Fault { pointer: "/uscc".to_owned(), ..fault });
                String::new()
            }
        };
        let phone = document::phone(new.phone.as_deref(), &mut faults);
        let name = normal_name(&new.name);
        if check_line("/name", &name, 100).is_some() {
            faults.push(Fault::new("/name", "name", "请填写营业执照或登记证书上的名称，最多 100 个字。"));
        }
        check_lines(new.address.as_deref(), new.region.as_deref(), &mut faults);
        check_level(new.level, &mut faults);
        if let Some(fault) =
            new.legal_representative.as_deref().and_then(|name| check_line("/legal_representative", name, 100))
        {
            faults.push(fault);
        }
        if !faults.is_empty() {
            return Err(IdentityError::Invalid(faults));
        }
        let row = SubjectRow {
            subject: SubjectId::fresh(act.at),
            kind: SubjectKind::Enterprise,
            document: DocumentKind::Uscc,
            number,
            name,
            phone,
            address: new.address.clone(),
            birth_date: None,
            sex: None,
            region: new.region.clone(),
            legal_representative: new.legal_representative.as_deref().map(normal_name),
            level: new.level,
            verified_by: new.verified_by,
            version: 1,
        };
        self.register(act, tx, row, "identity.enterprise_registered").await
    }

    async fn register(
        &self,
        act: &Act,
        tx: &mut Tx,
        mut row: SubjectRow,
        event: &'static str,
    ) -> Result<SubjectId, IdentityError> {
        let blind = self.keys.blind(row.document.as_str(), &row.number);
        if !store::add_key(tx, &blind, row.subject).await? {
            let there = store::key(tx, &blind).await?.ok_or(IdentityError::Stale)?;
            return Err(IdentityError::AlreadyRegistered(there));
        }
        self.seal(&mut row);
        store::add_subject(tx, &row, act.at).await?;
        let detail =
            json!({"document": row.document, "level": row.level, "verified_by": row.verified_by, "region": row.region});
        audit::record(act, tx, Entry::new(event, &object(row.subject)).with(detail)).await?;
        Ok(row.subject)
    }

    /// The subject with this number, if there is one. The number is normalised first; whatever cannot be a number of
    /// that kind belongs to nobody.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_by_key(
        &self,
        tx: &mut Tx,
        kind: DocumentKind,
        number: &str,
    ) -> Result<Option<SubjectId>, IdentityError> {
        let Some(number) = document::comparable(kind, number) else { return Ok(None) };
        Ok(store::key(tx, &self.keys.blind(kind.as_str(), &number)).await?)
    }

    /// The keyed digest under which whoever has this number is known, registered or not; none for what cannot be a number
    /// of that kind. From it nobody learns the number.
    #[must_use]
    pub fn key_of(&self, kind: DocumentKind, number: &str) -> Option<String> {
        document::comparable(kind, number).map(|number| self.keys.blind(kind.as_str(), &number))
    }

    /// A subject with its sealed fields opened, for use inside the platform: prefill, rules, notices. Whoever shows it
    /// to others masks it and records why; [`Identity::see_subject`] does the recording.
    ///
    /// # Errors
    /// [`IdentityError::NoSubject`], and [`IdentityError::Keys`] when a field was changed in the database.
    pub async fn subject(&self, tx: &mut Tx, subject: SubjectId) -> Result<Subject, IdentityError> {
        let row = store::subject(tx, subject).await?.ok_or(IdentityError::NoSubject(subject))?;
        self.unseal(row)
    }

    /// A subject with its sealed fields opened, for the eyes of `act`: recorded in the trail, with the reason when it
    /// is somebody else (个人信息保护法 第四十五条、第五十一条).
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] for others without a reason, else as [`Identity::subject`].
    pub async fn see_subject(&self, act: &Act, tx: &mut Tx, subject: SubjectId) -> Result<Subject, IdentityError> {
        if act.subject() == Some(subject) {
            return self.subject(tx, subject).await;
        }
        let staff = matches!(act.actor, kernel::Actor::Staff { .. });
        if !staff || act.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(IdentityError::NotAllowed);
        }
        let seen = self.subject(tx, subject).await?;
        audit::record(act, tx, Entry::new("identity.subject_seen", &object(subject))).await?;
        Ok(seen)
    }

    /// Who looked at the registered data of the holder of a login, the newest first: by department, never by name
    /// (个人信息保护法 第四十四条).
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] for whoever has no registered data.
    pub async fn who_looked(&self, act: &Act, limit: i64) -> Result<Vec<Looked>, IdentityError> {
        let account = act.account().ok_or(IdentityError::NotAllowed)?;
        let mut tx = self.db.read().await?;
        let subject = self.account(&mut tx, account).await?.subject.ok_or(IdentityError::NotAllowed)?;
        let records = audit::records_about(&mut tx, &object(subject), "identity.subject_seen", limit).await?;
        let looked = records.into_iter().map(|record| {
            let actor: serde_json::Value = serde_json::from_str(&record.actor).unwrap_or_default();
            Looked {
                at: record.at,
                department: actor["department"].as_str().unwrap_or_default().to_owned(),
                reason: record.reason.unwrap_or_default(),
            }
        });
        Ok(looked.collect())
    }

    /// Seals every field anew that stands under an older key, one subject at a time while the platform works. Gives
    /// how many subjects were changed.
    ///
    /// # Errors
    /// [`IdentityError::NotAllowed`] for anybody but the platform and the security administrator; when a field cannot
    /// be opened.
    pub async fn reseal(&self, act: &Act) -> Result<u64, IdentityError> {
        permit(act, &[Role::SecurityAdmin])?;
        let (mut after, mut changed) = (i64::MIN, 0);
        loop {
            let rows = {
                let mut tx = self.db.read().await?;
                store::subjects_after(&mut tx, after, RESEAL_PAGE).await?
            };
            let Some(last) = rows.last() else { break };
            after = last.subject.get();
            let present = self.keys.version();
            for row in rows {
                let sealed = [Some(&row.number), row.phone.as_ref(), row.address.as_ref()];
                if sealed.into_iter().flatten().all(|sealed| gm::Keys::version_of(sealed) == Some(present)) {
                    continue;
                }
                let mut fresh = row.clone();
                self.open_fields(&mut fresh)?;
                self.seal(&mut fresh);
                // Somebody changed it meanwhile: then it was sealed anew by that, or will be by the next round.
                let done = self.db.write(fresh, |tx, row| Box::pin(store::reseal_subject(tx, row))).await?;
                changed += u64::from(done);
            }
        }
        let args = (act.clone(), json!({"version": self.keys.version(), "subjects": changed}));
        self.db
            .write(args, |tx, (act, detail)| {
                Box::pin(audit::record(act, tx, Entry::new("keys.rotated", "keys:identity").with(detail.clone())))
            })
            .await?;
        Ok(changed)
    }

    /// A phone as it is stored with its subject.
    pub(super) fn seal_phone(&self, subject: SubjectId, phone: &str) -> String {
        self.keys.seal(&place("phone", subject), phone.as_bytes())
    }

    fn seal(&self, row: &mut SubjectRow) {
        let subject = row.subject;
        let seal = |column: &str, plain: &str| self.keys.seal(&place(column, subject), plain.as_bytes());
        row.number = seal("document_number", &row.number);
        row.phone = row.phone.as_deref().map(|phone| seal("phone", phone));
        row.address = row.address.as_deref().map(|address| seal("address", address));
    }

    fn open_fields(&self, row: &mut SubjectRow) -> Result<(), IdentityError> {
        let subject = row.subject;
        let open = |column: &str, sealed: &str| self.keys.open_text(&place(column, subject), sealed);
        row.number = open("document_number", &row.number)?;
        row.phone = row.phone.as_deref().map(|phone| open("phone", phone)).transpose()?;
        row.address = row.address.as_deref().map(|address| open("address", address)).transpose()?;
        Ok(())
    }

    fn unseal(&self, mut row: SubjectRow) -> Result<Subject, IdentityError> {
        self.open_fields(&mut row)?;
        Ok(Subject {
            subject: row.subject,
            kind: row.kind,
            name: row.name,
            document: row.document,
            number: row.number,
            phone: row.phone,
            address: row.address,
            birth_date: row.birth_date,
            sex: row.sex,
            region: row.region,
            legal_representative: row.legal_representative,
            level: row.level,
            verified_by: row.verified_by,
            version: row.version,
        })
    }

    /// The present instant of the platform.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A subject as the trail names it.
pub(super) fn object(subject: SubjectId) -> String {
    format!("subject:{subject}")
}

/// The one place a sealed field may stand.
fn place(column: &str, subject: SubjectId) -> String {
    format!("identity_subject.{column}:{}", subject.get())
}

fn check_lines(address: Option<&str>, region: Option<&str>, faults: &mut Vec<Fault>) {
    faults.extend(address.and_then(|address| check_line("/address", address, ADDRESS_MAX)));
    if region.is_some_and(|region| RegionCode::parse(region).is_none_or(|code| code.as_str() != region)) {
        faults.push(Fault::new("/region", "region", "请填写 6 位、9 位或 12 位区划代码。"));
    }
}

fn check_level(level: i64, faults: &mut Vec<Fault>) {
    if !(0..=LEVEL_MAX).contains(&level) {
        faults.push(Fault::new("/level", "level", "实名等级应为 0 至 4。"));
    }
}
