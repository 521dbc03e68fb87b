//! A person registers himself: who he is, a code to his phone, a password.
//!
//! What he says is checked for its form and, where a population base is joined, for its truth. Without one the level is
//! that of somebody who has a phone (国办函〔2016〕108号: real-name registration asks for more).

use kernel::{Act, Actor, Date, Fault, city_date};

use super::{Identity, NewAccount, codes::mobile, flows::Body, sessions::NewSession, sign_in::actor_of};
use crate::{
    AccountState, DocumentKind, Holder, IdentityError, NewPerson, PasswordContext, PersonClaim, Phc, Purpose, Verdict,
    VerifiedBy,
    domain::{document, subject::normal_person_name},
    store,
};

/// Level of whoever has shown a phone and a number of the right form.
const LEVEL_PHONE: i64 = 1;
/// Level of whoever is found in the population base by name and number.
const LEVEL_REAL_NAME: i64 = 2;
/// From this age on one may register by oneself: for younger ones the guardian decides (个人信息保护法 第三十一条).
const LEAST_AGE: i64 = 14;

/// Who wants to register.
#[derive(Clone, PartialEq, Eq)]
pub struct Applicant {
    /// Full name as in the document.
    pub name: String,
    /// Kind of document.
    pub document: DocumentKind,
    /// Its number.
    pub number: String,
    /// Day of birth, for documents whose number does not tell it.
    pub birth_date: Option<Date>,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Applicant").field("document", &self.document).finish_non_exhaustive()
    }
}

impl Identity {
    /// Begins to register: checks what was given for its form alone, never whether somebody has registered with it.
    /// Gives the ticket of the step.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] with every fault, at `/name`, `/document`, `/number` and `/birth_date`.
    pub async fn begin_registration(
        &self,
        act: &Act,
        applicant: &Applicant,
        next: &str,
    ) -> Result<String, IdentityError> {
        let (name, number, born) = check(applicant, city_date(act.at))?;
        let body = Body {
            counter: format!("code-try:{}", self.keys.blind(applicant.document.as_str(), &number)),
            name,
            document: Some(applicant.document),
            number,
            birth_date: born.map(|day| day.to_string()),
            next: next.to_owned(),
            ..Body::default()
        };
        let ticket = gm::token();
        let args = (self.clone(), act.clone(), gm::token_digest(&ticket), body);
        self.db
            .write(args, |tx, (me, act, digest, body)| {
                Box::pin(me.begin_flow(act, tx, digest, Purpose::Register, body))
            })
            .await?;
        Ok(ticket)
    }

    /// Sends the code for registering to a phone. Whoever has registered already is told so on the phone he gave then;
    /// the answer here is the same.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] at `/phone`; [`IdentityError::NoFlow`], [`IdentityError::TooOften`],
    /// [`IdentityError::NoSender`].
    pub async fn registration_phone(&self, act: &Act, ticket: &str, phone: &str) -> Result<(), IdentityError> {
        let phone = mobile(phone)?;
        self.sender()?;
        let args = (self.clone(), act.clone(), gm::token_digest(ticket), phone);
        let asked = self
            .db
            .write(args, |tx, (me, act, digest, phone)| {
                Box::pin(async move {
                    let (_, body) = me.flow_for(tx, digest, Purpose::Register, act.at).await?;
                    me.ask(act, tx, digest, Purpose::Register, Body { phone: phone.clone(), ..body }).await
                })
            })
            .await?;
        self.told(asked, act.at)
    }

    /// Ends registering with a password: the person is registered, his login is opened, and a session begins.
    ///
    /// # Errors
    /// [`IdentityError::NoFlow`] when no code was entered; [`IdentityError::Invalid`] with everything wrong with the
    /// password; [`IdentityError::AlreadyRegistered`] when somebody was faster.
    pub async fn finish_registration(
        &self,
        act: &Act,
        ticket: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let digest = gm::token_digest(ticket);
        let body = {
            let mut tx = self.db.read().await?;
            self.proven_flow(&mut tx, &digest, Purpose::Register, act.at).await?
        };
        let known = [Some(&body.name), Some(&body.number), Some(&body.phone)].into_iter().flatten().cloned();
        let born = body.birth_date.as_ref().map(|day| day.replace('-', ""));
        let context = PasswordContext { known: known.chain(born).collect() };
        let password = self.hash_password(password, &context).await?;
        let (level, verified_by) = self.real_name(&body).await;
        let token = gm::token();
        let new =
            New { level, verified_by, password, token: gm::token_digest(&token), agent: agent.map(str::to_owned) };
        let act = Act { actor: Actor::Stranger, on_behalf: None, ..act.clone() };
        let args = (self.clone(), act, digest, new);
        let (session, account) = self
            .db
            .write(args, |tx, (me, act, digest, new)| {
                Box::pin(async move {
                    let body = me.proven_flow(tx, digest, Purpose::Register, act.at).await?;
                    if !store::end_flow(tx, digest).await? {
                        return Err(IdentityError::NoFlow);
                    }
                    me.settle(act, tx, &body, new).await
                })
            })
            .await?;
        Ok(NewSession {
            token,
            expires_at: session.expires_at,
            session: session.session,
            account,
            password_expired: false,
        })
    }

    async fn settle(
        &self,
        act: &Act,
        tx: &mut db::Tx,
        body: &Body,
        new: &New,
    ) -> Result<(crate::Session, crate::Account), IdentityError> {
        let document = body.document.ok_or(IdentityError::NoFlow)?;
        let subject = match self.find_by_key(tx, document, &body.number).await? {
            // Registered at a counter before: the code went to the phone that was given there.
            Some(subject) => {
                let known = self.subject(tx, subject).await?;
                let same = known.name == body.name && known.phone.as_deref() == Some(&body.phone);
                if !same || store::personal(tx, subject).await?.is_some() {
                    return Err(IdentityError::AlreadyRegistered(subject));
                }
                subject
            }
            None => {
                let person = NewPerson {
                    name: body.name.clone(),
                    document,
                    number: body.number.clone(),
                    phone: Some(body.phone.clone()),
                    address: None,
                    birth_date: body.birth_date.as_deref().and_then(|day| day.parse().ok()),
                    sex: None,
                    region: None,
                    level: new.level,
                    verified_by: new.verified_by,
                };
                self.enrol_person(act, tx, &person).await?
            }
        };
        // People sign in by the number of their document; the name of the login only has to be nobody else's.
        let username = format!("p{}", kernel::AccountId::fresh(act.at));
        let account = NewAccount { username, password: new.password.clone(), holder: Holder::Person(subject) };
        let account = self.open_for(act, tx, &account).await?;
        let row = store::account(tx, account).await?.ok_or(IdentityError::NoAccount(account))?;
        debug_assert_eq!(row.account.state, AccountState::Active);
        debug_assert!(matches!(actor_of(&row), Actor::Person { .. }));
        let session = self.let_in(act, tx, &row, &new.token, new.agent.clone(), "registration").await?;
        Ok((session, row.account))
    }

    /// The level at which somebody begins. A base that does not answer or does not confirm leaves the lower one.
    async fn real_name(&self, body: &Body) -> (i64, VerifiedBy) {
        let low = (LEVEL_PHONE, VerifiedBy::Nobody);
        let (Some(base), Some(document)) = (&self.ports.real_names, body.document) else { return low };
        let claim = PersonClaim { name: body.name.clone(), document, number: body.number.clone() };
        match base.check(&claim).await {
            Ok(Verdict::Confirmed(by)) => (LEVEL_REAL_NAME, by),
            Ok(Verdict::NotConfirmed) => low,
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the population base could not be asked");
                low
            }
        }
    }
}

/// What the last step adds.
#[derive(Clone)]
struct New {
    level: i64,
    verified_by: VerifiedBy,
    password: Phc,
    token: String,
    agent: Option<String>,
}

/// Name and number as they are stored, and the day of birth where it is known.
fn check(applicant: &Applicant, today: Date) -> Result<(String, String, Option<Date>), IdentityError> {
    let mut faults = Vec::new();
    let name = normal_person_name(&applicant.name).unwrap_or_default();
    if name.is_empty() {
        faults.push(Fault::new("/name", "name", "请填写证件上的姓名，不含数字和符号。"));
    }
    if applicant.document == DocumentKind::Uscc {
        faults.push(Fault::new("/document", "document", "请选择个人的证件类型。"));
    }
    let read = document::read(applicant.document, &applicant.number, today);
    let (number, told) = match read {
        Ok(read) => (read.number, read.birth_date),
        Err(fault) => {
            faults.push(fault);
            (String::new(), None)
        }
    };
    let at = if told.is_some() || number.is_empty() { "/number" } else { "/birth_date" };
    let born = told.or(applicant.birth_date);
    match born {
        None if !number.is_empty() => {
            faults.push(Fault::new("/birth_date", "birth_date", "请填写证件上的出生日期，例如 1990-03-07。"));
        }
        Some(born) if born > today => {
            faults.push(Fault::new("/birth_date", "birth_date", "出生日期不能晚于今天，请核对证件。"));
        }
        Some(born) if age(born, today) < LEAST_AGE => {
            let advice = "未满 14 周岁的，请由父母或者其他监护人带户口簿到窗口办理。";
            faults.push(Fault::new(at, "too_young", advice));
        }
        _ => {}
    }
    if faults.is_empty() { Ok((name, number, born)) } else { Err(IdentityError::Invalid(faults)) }
}

/// Full years on `day`.
fn age(born: Date, day: Date) -> i64 {
    let before = (day.month(), day.day()) < (born.month(), born.day());
    i64::from(day.year()) - i64::from(born.year()) - i64::from(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn faults(name: &str, document: DocumentKind, number: &str, born: Option<&str>) -> Vec<(String, String)> {
        let applicant = Applicant { name: name.into(), document, number: number.into(), birth_date: born.map(day) };
        match check(&applicant, day("2026-03-02")) {
            Ok(_) => Vec::new(),
            Err(IdentityError::Invalid(faults)) => faults.into_iter().map(|f| (f.pointer, f.code)).collect(),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn one(pointer: &str, code: &str) -> Vec<(String, String)> {
        vec![(pointer.to_owned(), code.to_owned())]
    }

    #[test]
    fn a_citizen_of_fourteen_registers_by_himself() {
        let young = |born: Date| kernel::identifiers::IdNumber::synthetic(520_102, born, 101).as_str().to_owned();
        assert!(faults("王小敏", DocumentKind::ResidentId, &young(day("2012-03-02")), None).is_empty());
        assert_eq!(
            faults("王小敏", DocumentKind::ResidentId, &young(day("2012-03-03")), None),
            one("/number", "too_young")
        );
    }

    #[test]
    fn a_passport_needs_the_day_of_birth() {
        assert!(faults("José García", DocumentKind::Passport, "XDD123456", Some("1990-03-07")).is_empty());
        assert_eq!(faults("José García", DocumentKind::Passport, "XDD123456", None), one("/birth_date", "birth_date"));
        for (born, code) in [("2015-01-01", "too_young"), ("2027-01-01", "birth_date")] {
            assert_eq!(
                faults("José García", DocumentKind::Passport, "XDD123456", Some(born)),
                one("/birth_date", code),
                "{born}"
            );
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let found = faults("007", DocumentKind::ResidentId, "520102199003071016", None);
        assert_eq!(found, [("/name".into(), "name".into()), ("/number".into(), "id_number".into())]);
        assert_eq!(
            faults("王小敏", DocumentKind::Uscc, "91520102MA6G0007X2", Some("1990-03-07")),
            one("/document", "document")
        );
    }
}
