//! The demonstration city: who lives and works in it, and its founding.

pub mod papers;
pub mod people;
pub mod staff;

use certificates::{CertificateError, Certificates, NewCertificate};
use db::{Db, DbError, Tx};
use identity::{
    DocumentKind, Holder, Identity, IdentityError, Mandate, MandateRole, NewAccount, NewEnterprise, NewPerson,
    NewStaff, Phc, VerifiedBy,
};
use jiff::{Span, civil::Date};
use kernel::{AccountId, Act, Clock, SubjectId, city_date};
use vocab::Vocabulary;

/// Logins made in one transaction.
const BATCH: usize = 24;
/// Real-name level of synthetic people: that of a document looked at, which no authority has confirmed.
const LEVEL: i64 = 2;

/// What the city is founded with.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Persons, enterprises, staff.
    pub identity: Identity,
    /// The certificate library.
    pub certificates: Certificates,
    /// Departments and certificate types.
    pub vocabulary: Vocabulary,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}

/// Why the city could not be founded.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// Persons, enterprises or staff.
    #[error("login {login} could not be opened")]
    Identity {
        /// Login.
        login: String,
        /// Why.
        #[source]
        source: IdentityError,
    },
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Password(#[source] IdentityError),
    /// The certificate library.
    #[error("the certificates of {login} could not be issued")]
    Certificate {
        /// Login.
        login: String,
        /// Why.
        #[source]
        source: CertificateError,
    },
    /// Somebody who should be registered is not.
    #[error("{0} is not registered")]
    NotThere(String),
    /// The database.
    #[error("the demonstration city could not be written")]
    Db(#[from] DbError),
}

/// One login of the city, for the table that is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// Login.
    pub username: String,
    /// Name.
    pub name: String,
    /// Department, or district and age: who this is.
    pub about: String,
}

/// What the founding did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityReport {
    /// Logins opened now; none at a second start.
    pub opened: usize,
    /// The city had another password before: it was set anew for every login, and all sessions ended.
    pub password_changed: bool,
    /// Citizens.
    pub citizens: Vec<AccountLine>,
    /// Enterprises.
    pub enterprises: Vec<AccountLine>,
    /// Staff, by department.
    pub staff: Vec<AccountLine>,
}

impl CityReport {
    /// The table of accounts: applicants one by one, staff by department.
    #[must_use]
    pub fn table(&self) -> String {
        use std::fmt::Write as _;
        let mut text = String::from("演示账户（全部为虚构人员，口令相同）\n");
        for line in self.citizens.iter().chain(&self.enterprises) {
            let _infallible =
                writeln!(text, "  {}  {}  {}", padded(&line.username, 12), padded(&line.name, 26), line.about);
        }
        text.push_str("  工作人员（windowN 窗口、reviewerN 审查、approverN 审批、clerkN 制证，N 为部门序号）\n");
        let windows = self.staff.iter().filter_map(|line| Some((line.username.strip_prefix("window")?, &line.about)));
        for (column, (number, department)) in windows.enumerate() {
            let end = if column % 3 == 2 { "\n" } else { "" };
            let _infallible = write!(text, "  {number:>4} {}{end}", padded(department, 20));
        }
        text = text.trim_end().to_owned();
        text.push('\n');
        let kinds = ["window", "reviewer", "approver", "clerk"];
        for line in self.staff.iter().filter(|line| !kinds.iter().any(|kind| line.username.starts_with(kind))) {
            let _infallible =
                writeln!(text, "  {}  {}  {}", padded(&line.username, 12), padded(&line.name, 26), line.about);
        }
        text
    }
}

/// Fills up with blanks; a Chinese character is two columns wide.
fn padded(text: &str, columns: usize) -> String {
    let wide: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(columns.saturating_sub(wide)))
}

/// Somebody who gets a login.
#[derive(Debug, Clone)]
enum Resident {
    Clerk(staff::Clerk),
    Citizen(usize, people::Citizen),
    Enterprise(usize, people::Enterprise),
}

impl Resident {
    fn username(&self) -> &str {
        match self {
            Self::Clerk(clerk) => &clerk.username,
            Self::Citizen(_, citizen) => &citizen.username,
            Self::Enterprise(_, enterprise) => &enterprise.username,
        }
    }
}

/// Founds the city: staff of every department, citizens and enterprises with what they hold in the certificate library,
/// all with the same password. Whoever is there already is left as he is, so that a second start changes nothing and a
/// start that was broken off is completed by the next; only the password is set anew when it is another one by now, so
/// that what is given at the start is always the one that lets in.
///
/// # Errors
/// When the database fails or somebody cannot be registered; what was written before stays.
pub async fn found(parts: &Parts, password: &str) -> Result<CityReport, CityError> {
    let today = city_date(parts.clock.now());
    let everybody = everybody(&parts.vocabulary);
    let (mut wanted, mut present) = (Vec::new(), Vec::new());
    {
        let mut tx = parts.db.read().await?;
        for resident in &everybody {
            let there = parts.identity.find_account(&mut tx, resident.username()).await.map_err(at(resident))?;
            match there {
                Some(account) => present.push((resident.username().to_owned(), account)),
                None => wanted.push(resident.clone()),
            }
        }
    }
    let password_changed = match present.first() {
        Some((login, account)) => {
            let failed = |source| CityError::Identity { login: login.clone(), source };
            !parts.identity.password_fits(*account, password).await.map_err(failed)?
        }
        None => false,
    };
    if password_changed {
        renew(parts, password, present).await?;
    }
    let mut opened = 0;
    if !wanted.is_empty() {
        let hash = parts.identity.hash_unchecked(password).await.map_err(CityError::Password)?;
        for batch in wanted.chunks(BATCH) {
            let args = (parts.clone(), batch.to_vec(), hash.clone());
            opened += parts.db.write(args, |tx, (parts, batch, hash)| Box::pin(settle(parts, tx, batch, hash))).await?;
        }
        tracing::info!(opened, "the demonstration city was founded");
    }
    Ok(CityReport { password_changed, ..report(&parts.vocabulary, opened, &everybody, today) })
}

/// Sets the password of these logins anew, all or none.
async fn renew(parts: &Parts, password: &str, logins: Vec<(String, AccountId)>) -> Result<(), CityError> {
    let hash = parts.identity.hash_unchecked(password).await.map_err(CityError::Password)?;
    parts
        .db
        .write((parts.clone(), logins, hash), |tx, (parts, logins, hash)| {
            Box::pin(async move {
                let act = Act::system(parts.clock.now());
                for (login, account) in logins {
                    let failed = |source| CityError::Identity { login: login.clone(), source };
                    parts.identity.reset_password(&act, tx, *account, hash).await.map_err(failed)?;
                }
                Ok::<_, CityError>(())
            })
        })
        .await?;
    tracing::info!("the password of the demonstration accounts was changed");
    Ok(())
}

/// Staff first, then citizens, then the enterprises that they represent.
fn everybody(vocabulary: &Vocabulary) -> Vec<Resident> {
    let clerks = staff::staff(vocabulary).into_iter().map(Resident::Clerk);
    let citizens = people::citizens().into_iter().enumerate().map(|(place, citizen)| Resident::Citizen(place, citizen));
    let enterprises = people::enterprises().into_iter().enumerate();
    clerks.chain(citizens).chain(enterprises.map(|(place, e)| Resident::Enterprise(place, e))).collect()
}

fn at(resident: &Resident) -> impl FnOnce(IdentityError) -> CityError {
    let login = resident.username().to_owned();
    move |source| CityError::Identity { login, source }
}

async fn settle(parts: &Parts, tx: &mut Tx, batch: &[Resident], hash: &Phc) -> Result<usize, CityError> {
    let act = Act::system(parts.clock.now());
    let mut opened = 0;
    for resident in batch {
        if parts.identity.find_account(tx, resident.username()).await.map_err(at(resident))?.is_some() {
            continue;
        }
        match resident {
            Resident::Clerk(clerk) => {
                let new = NewStaff {
                    username: clerk.username.clone(),
                    password: hash.clone(),
                    name: clerk.name.clone(),
                    department: clerk.department.clone(),
                    region: None,
                    post: clerk.post.to_owned(),
                    roles: vec![clerk.role],
                };
                parts.identity.add_staff(&act, tx, &new).await.map_err(at(resident))?;
            }
            Resident::Citizen(place, citizen) => {
                let subject = register_citizen(parts, &act, tx, citizen).await.map_err(at(resident))?;
                let papers = papers::of_citizen(*place, city_date(act.at));
                issue(parts, &act, tx, subject, resident, papers).await?;
                open(parts, &act, tx, resident, hash, Holder::Person(subject)).await?;
            }
            Resident::Enterprise(place, enterprise) => {
                let subject = register_enterprise(parts, &act, tx, enterprise).await.map_err(at(resident))?;
                let person = mandates(parts, &act, tx, subject, enterprise).await?;
                let papers = papers::of_enterprise(*place, city_date(act.at));
                issue(parts, &act, tx, subject, resident, papers).await?;
                let holder = Holder::Enterprise { enterprise: subject, person: Some(person) };
                open(parts, &act, tx, resident, hash, holder).await?;
            }
        }
        opened += 1;
    }
    Ok(opened)
}

async fn open(
    parts: &Parts,
    act: &Act,
    tx: &mut Tx,
    resident: &Resident,
    hash: &Phc,
    holder: Holder,
) -> Result<(), CityError> {
    let new = NewAccount { username: resident.username().to_owned(), password: hash.clone(), holder };
    parts.identity.open_account(act, tx, &new).await.map_err(at(resident))?;
    Ok(())
}

async fn register_citizen(
    parts: &Parts,
    act: &Act,
    tx: &mut Tx,
    citizen: &people::Citizen,
) -> Result<SubjectId, IdentityError> {
    let number = citizen.id_number.as_str();
    if let Some(there) = parts.identity.find_by_key(tx, DocumentKind::ResidentId, number).await? {
        return Ok(there);
    }
    let new = NewPerson {
        name: citizen.name.to_owned(),
        document: DocumentKind::ResidentId,
        number: number.to_owned(),
        phone: Some(citizen.phone.clone()),
        address: Some(citizen.address.to_owned()),
        birth_date: None,
        sex: None,
        region: Some(citizen.region.to_owned()),
        level: LEVEL,
        verified_by: VerifiedBy::Demo,
    };
    parts.identity.register_person(act, tx, &new).await
}

async fn register_enterprise(
    parts: &Parts,
    act: &Act,
    tx: &mut Tx,
    enterprise: &people::Enterprise,
) -> Result<SubjectId, IdentityError> {
    let code = enterprise.uscc.as_str();
    if let Some(there) = parts.identity.find_by_key(tx, DocumentKind::Uscc, code).await? {
        return Ok(there);
    }
    let citizens = people::citizens();
    let new = NewEnterprise {
        name: enterprise.name.to_owned(),
        uscc: code.to_owned(),
        legal_representative: citizens.get(enterprise.representative).map(|citizen| citizen.name.to_owned()),
        phone: Some(enterprise.phone.clone()),
        address: Some(enterprise.address.to_owned()),
        region: Some(enterprise.region.to_owned()),
        level: LEVEL,
        verified_by: VerifiedBy::Demo,
    };
    parts.identity.register_enterprise(act, tx, &new).await
}

/// Names the legal representative, who stands behind the login, and the handling agent. The representative's mandate has
/// no end, so that the demonstration does not lock itself out after a year.
async fn mandates(
    parts: &Parts,
    act: &Act,
    tx: &mut Tx,
    subject: SubjectId,
    enterprise: &people::Enterprise,
) -> Result<SubjectId, CityError> {
    let citizens = people::citizens();
    let today = city_date(act.at);
    let agent = enterprise.agent.map(|place| (place, MandateRole::HandlingAgent));
    let named = std::iter::once((enterprise.representative, MandateRole::LegalRepresentative)).chain(agent);
    let mut representative = None;
    for (place, role) in named {
        let failed = |source| CityError::Identity { login: enterprise.username.clone(), source };
        let number = citizens.get(place).map(|citizen| citizen.id_number.as_str()).unwrap_or_default();
        let person = parts.identity.find_by_key(tx, DocumentKind::ResidentId, number).await.map_err(failed)?;
        let person =
            person.ok_or_else(|| CityError::NotThere(format!("a representative of {}", enterprise.username)))?;
        let (since, until) = match role {
            MandateRole::LegalRepresentative => (enterprise.established.min(today), None),
            _ => (today, Some(today.saturating_add(Span::new().years(1)))),
        };
        let mandate = Mandate { enterprise: subject, person, role, since, until };
        match parts.identity.add_mandate(act, tx, &mandate).await {
            Ok(()) | Err(IdentityError::MandateThere) => {}
            Err(source) => return Err(failed(source)),
        }
        representative = representative.or(Some(person));
    }
    representative.ok_or_else(|| CityError::NotThere(format!("the representative of {}", enterprise.username)))
}

async fn issue(
    parts: &Parts,
    act: &Act,
    tx: &mut Tx,
    holder: SubjectId,
    resident: &Resident,
    papers: Vec<papers::Paper>,
) -> Result<(), CityError> {
    for paper in papers {
        let kind = parts.vocabulary.certificate_type(paper.certificate_type);
        let (name, department) = kind.map(|k| (k.name.clone(), k.issuer.clone())).unwrap_or_default();
        let new = NewCertificate {
            holder,
            certificate_type: paper.certificate_type.to_owned(),
            name,
            data: paper.data,
            issued_on: paper.issued_on,
            case_number: None,
            department,
        };
        let login = || resident.username().to_owned();
        parts
            .certificates
            .issue(act, tx, &new)
            .await
            .map_err(|source| CityError::Certificate { login: login(), source })?;
    }
    Ok(())
}

fn report(vocabulary: &Vocabulary, opened: usize, everybody: &[Resident], today: Date) -> CityReport {
    let district = |code: &str| vocabulary.region_name(code).unwrap_or_default().to_owned();
    let mut report = CityReport {
        opened,
        password_changed: false,
        citizens: Vec::new(),
        enterprises: Vec::new(),
        staff: Vec::new(),
    };
    for resident in everybody {
        match resident {
            Resident::Clerk(clerk) => report.staff.push(AccountLine {
                username: clerk.username.clone(),
                name: clerk.name.clone(),
                about: vocabulary.department(&clerk.department).map_or_else(String::new, |d| d.short.clone()),
            }),
            Resident::Citizen(_, citizen) => report.citizens.push(AccountLine {
                username: citizen.username.clone(),
                name: citizen.name.to_owned(),
                about: format!(
                    "{}，{}岁，{}；{}",
                    citizen.sex().label(),
                    citizen.id_number.age_on(today),
                    district(citizen.region),
                    citizen.about
                ),
            }),
            Resident::Enterprise(_, enterprise) => report.enterprises.push(AccountLine {
                username: enterprise.username.clone(),
                name: enterprise.name.to_owned(),
                about: format!("{}；{}", district(enterprise.region), enterprise.about),
            }),
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_everybody_and_every_department() {
        let vocabulary = Vocabulary::guiyang();
        let report = report(&vocabulary, 0, &everybody(&vocabulary), jiff::civil::date(2026, 3, 2));
        let table = report.table();
        for word in
            ["citizen1 ", "citizen12", "enterprise8", "supervisor1", "auditor1", "市公安局", "女，30岁，观山湖区"]
        {
            assert!(table.contains(word), "{word} in\n{table}");
        }
        for department in vocabulary.departments() {
            assert!(table.contains(&department.short), "{}", department.short);
        }
    }
}
