//! One-time codes: sending, entering, signing in with one, setting a forgotten password, changing the phone.
//!
//! Whether a number is registered cannot be told from an answer: an unknown one gets a code that goes nowhere.

use audit::Entry;
use db::Tx;
use kernel::{Act, Actor, Fault, Timestamp, identifiers::Phone};
use serde_json::json;

use super::{
    Identity,
    accounts::object,
    flows::Body,
    sessions::NewSession,
    sign_in::{Counters, Try, actor_of, later, locked_error, locked_until, refused},
};
use crate::{
    AccountKind, AccountState, IdentityError, Purpose,
    domain::{
        account::normal_username,
        attempts::{Attempts, counts},
        code::{self, ALREADY_REGISTERED, PASSWORD_RESET, PHONE_CHANGED},
    },
    store::{self, AccountRow},
};

/// A short message that goes out once its transaction is committed.
#[derive(Debug, Clone)]
pub(super) struct Sms {
    pub(super) phone: String,
    pub(super) text: String,
}

/// What becomes of a request for a code.
enum Delivery {
    /// The code goes to the step's phone.
    Code,
    /// A notice goes to the phone on file instead.
    Notice(String),
    /// Nobody is told anything.
    Nothing,
}

/// What asking for a code came to.
pub(super) enum Asked {
    Taken(Option<Sms>),
    TooOften(i64),
    Locked(Timestamp),
}

/// What entering a code came to. Failures are counted, so none may be an error of the transaction.
pub(super) enum Entered<T> {
    Right(T),
    Wrong,
    Over,
    Locked(Timestamp),
}

impl<T> Entered<T> {
    /// As the caller meets it.
    fn told(self, at: Timestamp) -> Result<T, IdentityError> {
        match self {
            Self::Right(done) => Ok(done),
            Self::Wrong => Err(IdentityError::WrongCode),
            Self::Over => Err(IdentityError::CodeOver),
            Self::Locked(until) => Err(locked_error(until, at)),
        }
    }
}

impl Identity {
    /// Begins to sign in by code, or to set a forgotten password anew: the code goes to the phone on file. `typed` is a
    /// username or the number of a document when signing in, the number alone when the password was forgotten. Gives
    /// the ticket of the step. The answer is the same whether there is such a login or not.
    ///
    /// # Errors
    /// [`IdentityError::TooOften`], [`IdentityError::Locked`], [`IdentityError::NoSender`].
    pub async fn begin_by_code(
        &self,
        act: &Act,
        purpose: Purpose,
        typed: &str,
        next: &str,
    ) -> Result<String, IdentityError> {
        let ticket = gm::token();
        let body = Body { number: typed.trim().to_owned(), next: next.to_owned(), ..Body::default() };
        let args = (self.clone(), stranger(act), gm::token_digest(&ticket), purpose, body);
        self.sender()?;
        let asked = self
            .db
            .write(args, |tx, (me, act, digest, purpose, body)| {
                Box::pin(async move {
                    let mut body = body.clone();
                    let account = match purpose {
                        Purpose::Forgotten => me.personal_login_of(tx, &body.number).await?,
                        _ => me.login_of(tx, &body.number).await?,
                    };
                    let row = match account {
                        Some(account) => store::account(tx, account).await?,
                        None => None,
                    };
                    let name =
                        row.as_ref().map_or_else(|| normal_username(&body.number), |r| r.account.username.clone());
                    body.counter = me.counters(act, &name).account;
                    body.account = row.map(|row| row.account.account);
                    me.begin_flow(act, tx, digest, *purpose, &body).await?;
                    me.ask(act, tx, digest, *purpose, body).await
                })
            })
            .await?;
        self.told(asked, act.at)?;
        Ok(ticket)
    }

    /// Begins to change the phone of one's own login: the present password first, then a code to the new phone.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] for what is no mobile number; [`IdentityError::WrongCredentials`] for a wrong
    /// password; [`IdentityError::NotAllowed`] for logins that are no person's; else as [`Identity::begin_by_code`].
    pub async fn begin_phone_change(&self, act: &Act, password: &str, phone: &str) -> Result<String, IdentityError> {
        let phone = mobile(phone)?;
        let account = act.account().ok_or(IdentityError::NotAllowed)?;
        let row = store::account(&mut *self.db.read().await?, account).await?;
        let row = row.filter(|row| row.account.kind == AccountKind::Person).ok_or(IdentityError::NotAllowed)?;
        self.sender()?;
        self.guard_password(act, &row.account, password, &row.password).await?;
        let ticket = gm::token();
        let counter = self.counters(act, &row.account.username).account;
        let body = Body { phone, account: Some(account), counter, ..Body::default() };
        let args = (self.clone(), act.clone(), gm::token_digest(&ticket), body);
        let asked = self
            .db
            .write(args, |tx, (me, act, digest, body)| {
                Box::pin(async move {
                    me.begin_flow(act, tx, digest, Purpose::Phone, body).await?;
                    me.ask(act, tx, digest, Purpose::Phone, body.clone()).await
                })
            })
            .await?;
        self.told(asked, act.at)?;
        Ok(ticket)
    }

    /// Sends another code for a step under way. The one before ends.
    ///
    /// # Errors
    /// [`IdentityError::NoFlow`]; else as [`Identity::begin_by_code`].
    pub async fn send_again(&self, act: &Act, ticket: &str, purpose: Purpose) -> Result<(), IdentityError> {
        self.sender()?;
        let args = (self.clone(), act.clone(), gm::token_digest(ticket), purpose);
        let asked = self
            .db
            .write(args, |tx, (me, act, digest, purpose)| {
                Box::pin(async move {
                    let (_, body) = me.flow_for(tx, digest, *purpose, act.at).await?;
                    me.ask(act, tx, digest, *purpose, body).await
                })
            })
            .await?;
        self.told(asked, act.at)
    }

    /// Enters the code of a step that goes on afterwards: registering, a forgotten password.
    ///
    /// # Errors
    /// [`IdentityError::WrongCode`], [`IdentityError::CodeOver`], [`IdentityError::Locked`], [`IdentityError::NoFlow`].
    pub async fn enter_code(&self, act: &Act, ticket: &str, purpose: Purpose, code: &str) -> Result<(), IdentityError> {
        let args = (self.clone(), stranger(act), gm::token_digest(ticket), purpose, code.to_owned());
        let entered = self
            .db
            .write(args, |tx, (me, act, digest, purpose, code)| {
                Box::pin(async move {
                    Ok::<_, IdentityError>(match me.try_code(act, tx, digest, *purpose, code).await? {
                        Entered::Right(_) => Entered::Right(()),
                        Entered::Wrong => Entered::Wrong,
                        Entered::Over => Entered::Over,
                        Entered::Locked(until) => Entered::Locked(until),
                    })
                })
            })
            .await?;
        entered.told(act.at)
    }

    /// Signs in with the code that was sent to the phone on file.
    ///
    /// # Errors
    /// As [`Identity::enter_code`].
    pub async fn sign_in_by_code(
        &self,
        act: &Act,
        ticket: &str,
        code: &str,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let token = gm::token();
        let args = (
            self.clone(),
            stranger(act),
            gm::token_digest(ticket),
            code.to_owned(),
            gm::token_digest(&token),
            agent.map(str::to_owned),
        );
        let entered = self
            .db
            .write(args, |tx, (me, act, digest, code, token, agent)| {
                Box::pin(async move {
                    let body = match me.try_code(act, tx, digest, Purpose::SignIn, code).await? {
                        Entered::Right(body) => body,
                        Entered::Wrong => return Ok(Entered::Wrong),
                        Entered::Over => return Ok(Entered::Over),
                        Entered::Locked(until) => return Ok(Entered::Locked(until)),
                    };
                    let Some(row) = me.reachable(tx, &body).await? else { return Ok(Entered::Over) };
                    store::set_attempts(tx, &body.counter, &Attempts::default()).await?;
                    store::end_flow(tx, digest).await?;
                    let session = me.let_in(act, tx, &row, token, agent.clone(), "code").await?;
                    Ok::<_, IdentityError>(Entered::Right((session, row.account)))
                })
            })
            .await?;
        let (session, account) = entered.told(act.at)?;
        Ok(NewSession {
            token,
            expires_at: session.expires_at,
            session: session.session,
            account,
            password_expired: false,
        })
    }

    /// Sets the password anew after the code was entered. All sessions end, and one begins here.
    ///
    /// # Errors
    /// [`IdentityError::NoFlow`] when no code was entered; [`IdentityError::Invalid`] with everything wrong with the
    /// password.
    pub async fn renew_password(
        &self,
        act: &Act,
        ticket: &str,
        password: &str,
        agent: Option<&str>,
    ) -> Result<NewSession, IdentityError> {
        let digest = gm::token_digest(ticket);
        let (row, context) = {
            let mut tx = self.db.read().await?;
            let body = self.proven_flow(&mut tx, &digest, Purpose::Forgotten, act.at).await?;
            let row = self.reachable(&mut tx, &body).await?.ok_or(IdentityError::NoFlow)?;
            let context = self.password_context(&mut tx, &row.account).await?;
            (row, context)
        };
        let phc = self.hash_password(password, &context).await?;
        let token = gm::token();
        let args = (self.clone(), stranger(act), digest, row, phc, gm::token_digest(&token), agent.map(str::to_owned));
        let (session, account, phone) = self
            .db
            .write(args, |tx, (me, act, digest, row, phc, token, agent)| {
                Box::pin(async move {
                    let body = me.proven_flow(tx, digest, Purpose::Forgotten, act.at).await?;
                    if !store::end_flow(tx, digest).await? {
                        return Err(IdentityError::NoFlow);
                    }
                    if !store::set_password(tx, row, phc, act.at).await? {
                        return Err(IdentityError::Stale);
                    }
                    let account = row.account.account;
                    let ended = store::end_others(tx, account, None).await?;
                    let as_owner = Act { actor: actor_of(row), ..act.clone() };
                    let detail = json!({"sessions_ended": ended, "means": "code"});
                    let about = object(account);
                    let entry = Entry::new("identity.password_changed", &about).with(detail);
                    audit::record(&as_owner, tx, entry).await?;
                    store::set_attempts(tx, &body.counter, &Attempts::default()).await?;
                    let session = me.let_in(act, tx, row, token, agent.clone(), "code").await?;
                    Ok((session, row.account.clone(), body.phone))
                })
            })
            .await?;
        self.post(Some(Sms { phone, text: PASSWORD_RESET.to_owned() }), act.at);
        Ok(NewSession {
            token,
            expires_at: session.expires_at,
            session: session.session,
            account,
            password_expired: false,
        })
    }

    /// Puts the new phone in place of the old one, whose holder is told.
    ///
    /// # Errors
    /// As [`Identity::enter_code`]; [`IdentityError::NoFlow`] also for a step that somebody else began.
    pub async fn change_phone(&self, act: &Act, ticket: &str, code: &str) -> Result<(), IdentityError> {
        let args = (self.clone(), act.clone(), gm::token_digest(ticket), code.to_owned());
        let entered = self
            .db
            .write(args, |tx, (me, act, digest, code)| {
                Box::pin(async move {
                    let (_, body) = me.flow_for(tx, digest, Purpose::Phone, act.at).await?;
                    if body.account.is_none() || body.account != act.account() {
                        return Err(IdentityError::NoFlow);
                    }
                    let body = match me.try_code(act, tx, digest, Purpose::Phone, code).await? {
                        Entered::Right(body) => body,
                        Entered::Wrong => return Ok(Entered::Wrong),
                        Entered::Over => return Ok(Entered::Over),
                        Entered::Locked(until) => return Ok(Entered::Locked(until)),
                    };
                    let old = me.put_phone(act, tx, &body).await?;
                    store::end_flow(tx, digest).await?;
                    Ok::<_, IdentityError>(Entered::Right(old))
                })
            })
            .await?;
        let old = entered.told(act.at)?;
        self.post(old.map(|phone| Sms { phone, text: PHONE_CHANGED.to_owned() }), act.at);
        Ok(())
    }

    async fn put_phone(&self, act: &Act, tx: &mut Tx, body: &Body) -> Result<Option<String>, IdentityError> {
        let account = body.account.ok_or(IdentityError::NoFlow)?;
        let account = self.account(tx, account).await?;
        let subject = account.subject.ok_or(IdentityError::NotAllowed)?;
        let before = self.subject(tx, subject).await?;
        if !store::set_phone(tx, subject, before.version, &self.seal_phone(subject, &body.phone)).await? {
            return Err(IdentityError::Stale);
        }
        let detail = json!({
            "before": before.phone.as_deref().map(kernel::masking::phone), "phone": kernel::masking::phone(&body.phone),
        });
        let object = super::subjects::object(subject);
        audit::record(act, tx, Entry::new("identity.phone_changed", &object).with(detail)).await?;
        Ok(before.phone.filter(|old| *old != body.phone))
    }

    /// Sends what the step needs now: a code, a notice, or nothing, with the same answer.
    pub(super) async fn ask(
        &self,
        act: &Act,
        tx: &mut Tx,
        digest: &str,
        purpose: Purpose,
        mut body: Body,
    ) -> Result<Asked, IdentityError> {
        let counters = self.counting(act, &body);
        if let Some(until) = locked_until(tx, &counters, act.at, true).await? {
            refused(tx, act, &counters).await?;
            return Ok(Asked::Locked(until));
        }
        let delivery = self.delivery(tx, purpose, &mut body).await?;
        let limits = self.limits(act, purpose, &body);
        if let Some(seconds) = self.take(tx, &limits.told, act.at).await? {
            return Ok(Asked::TooOften(seconds));
        }
        let spared = self.take(tx, &limits.quiet, act.at).await?.is_some();
        let code = code::fresh();
        let minutes = self.rules.codes.life_ms / 60_000;
        body.live = !spared && matches!(delivery, Delivery::Code);
        let sms = match delivery {
            _ if spared => None,
            Delivery::Code => Some(Sms { phone: body.phone.clone(), text: code::message(purpose, &code, minutes) }),
            Delivery::Notice(phone) => Some(Sms { phone, text: ALREADY_REGISTERED.to_owned() }),
            Delivery::Nothing => None,
        };
        body.shown = sms.as_ref().filter(|_| self.ports.show_messages).map(|sms| sms.text.clone());
        let kept = self.code_digest(digest, purpose, &body.phone, &code);
        let until = later(act.at, self.rules.codes.life_ms);
        store::put_code(tx, digest, &self.seal_body(digest, &body), &kept, until).await?;
        let about = body.account.map_or_else(|| counters.account.clone(), object);
        let entry = Entry::new("identity.code_asked", &about).with(json!({"purpose": purpose}));
        audit::record(act, tx, entry).await?;
        Ok(Asked::Taken(sms))
    }

    async fn delivery(&self, tx: &mut Tx, purpose: Purpose, body: &mut Body) -> Result<Delivery, IdentityError> {
        match purpose {
            Purpose::Phone => Ok(Delivery::Code),
            Purpose::SignIn | Purpose::Forgotten => {
                body.phone.clear();
                let Some(row) = self.reachable(tx, body).await? else { return Ok(Delivery::Nothing) };
                let Some(subject) = row.account.subject else { return Ok(Delivery::Nothing) };
                match self.subject(tx, subject).await?.phone {
                    Some(phone) => {
                        body.phone = phone;
                        Ok(Delivery::Code)
                    }
                    None => Ok(Delivery::Nothing),
                }
            }
            Purpose::Register => {
                let document = body.document.ok_or(IdentityError::NoFlow)?;
                let Some(subject) = self.find_by_key(tx, document, &body.number).await? else {
                    return Ok(Delivery::Code);
                };
                let known = self.subject(tx, subject).await?;
                let same = known.name == body.name && known.phone.as_deref() == Some(&body.phone);
                if same && store::personal(tx, subject).await?.is_none() {
                    return Ok(Delivery::Code);
                }
                Ok(known.phone.map_or(Delivery::Nothing, Delivery::Notice))
            }
        }
    }

    /// The login of a step, when codes may open it: a person's own and in use. Staff never enter by code alone.
    async fn reachable(&self, tx: &mut Tx, body: &Body) -> Result<Option<AccountRow>, IdentityError> {
        let Some(account) = body.account else { return Ok(None) };
        let row = store::account(tx, account).await?;
        Ok(row.filter(|row| row.account.kind == AccountKind::Person && row.account.state == AccountState::Active))
    }

    /// Holds a typed code against the one that was sent.
    async fn try_code(
        &self,
        act: &Act,
        tx: &mut Tx,
        digest: &str,
        purpose: Purpose,
        typed: &str,
    ) -> Result<Entered<Body>, IdentityError> {
        let (_, body) = self.flow_for(tx, digest, purpose, act.at).await?;
        let counters = self.counting(act, &body);
        if let Some(until) = locked_until(tx, &counters, act.at, true).await? {
            refused(tx, act, &counters).await?;
            return Ok(Entered::Locked(until));
        }
        let Some(kept) = store::try_code(tx, digest, purpose, self.rules.codes.tries, act.at).await? else {
            return Ok(Entered::Over);
        };
        let given = self.code_digest(digest, purpose, &body.phone, &code::read(typed).unwrap_or_default());
        if body.live && gm::equal(given.as_bytes(), kept.as_bytes()) {
            store::prove_flow(tx, digest, act.at).await?;
            return Ok(Entered::Right(body));
        }
        let failed =
            Try { act: act.clone(), counters, right: None, known: body.account, digest: String::new(), agent: None };
        self.count_failure(tx, &failed).await?;
        Ok(Entered::Wrong)
    }

    fn counting(&self, act: &Act, body: &Body) -> Counters {
        let mut counters = self.counters(act, "");
        counters.account.clone_from(&body.counter);
        counters
    }

    fn code_digest(&self, digest: &str, purpose: Purpose, phone: &str, code: &str) -> String {
        self.keys.blind("code", &format!("{purpose}:{digest}:{phone}:{code}"))
    }

    /// Under which names codes are counted. A phone that the caller did not type is counted quietly: that it is being
    /// spared would tell that it is there.
    fn limits(&self, act: &Act, purpose: Purpose, body: &Body) -> Limits {
        let phone = format!("code-phone:{}", self.keys.blind("phone", &body.phone));
        let address = act.address.as_deref().filter(|address| counts(address));
        let mut told: Vec<String> = address.map(|address| format!("code-address:{address}")).into_iter().collect();
        let mut quiet = Vec::new();
        match purpose {
            Purpose::Register | Purpose::Phone => told.push(phone),
            Purpose::SignIn | Purpose::Forgotten => {
                told.push(format!("code-{}", body.counter));
                if !body.phone.is_empty() {
                    quiet.push(phone);
                }
            }
        }
        Limits { told, quiet }
    }

    /// Counts one code under each name, or under none. Seconds to wait when there may be none.
    async fn take(&self, tx: &mut Tx, names: &[String], at: Timestamp) -> Result<Option<i64>, IdentityError> {
        let (mut taken, mut wait) = (Vec::new(), None);
        for name in names {
            let mut sent = store::hold_attempts(tx, name, at).await?;
            match self.rules.codes.take(&mut sent, at) {
                Ok(()) => taken.push((name, sent)),
                Err(seconds) => wait = wait.max(Some(seconds)),
            }
        }
        if wait.is_none() {
            for (name, sent) in taken {
                store::set_attempts(tx, name, &sent).await?;
            }
        }
        Ok(wait)
    }

    pub(super) fn told(&self, asked: Asked, at: Timestamp) -> Result<(), IdentityError> {
        match asked {
            Asked::Taken(sms) => {
                self.post(sms, at);
                Ok(())
            }
            Asked::TooOften(seconds) => Err(IdentityError::TooOften { seconds }),
            Asked::Locked(until) => Err(locked_error(until, at)),
        }
    }

    /// That messages can go out at all.
    pub(super) fn sender(&self) -> Result<(), IdentityError> {
        if self.ports.codes.is_some() { Ok(()) } else { Err(IdentityError::NoSender) }
    }

    /// Sends a message beside the answer: how long the gateway takes must not tell whether one went out.
    pub(super) fn post(&self, sms: Option<Sms>, at: Timestamp) {
        let (Some(sms), Some(sender)) = (sms, self.ports.codes.clone()) else { return };
        tokio::spawn(async move {
            let reference = gm::hex(&gm::random::<8>());
            if let Err(error) = sender.send(&sms.phone, &sms.text, &reference, at).await {
                let error: &dyn std::error::Error = &error;
                tracing::error!(reference, error, "a short message with a code or a notice was not sent");
            }
        });
    }
}

struct Limits {
    told: Vec<String>,
    quiet: Vec<String>,
}

/// Codes are asked for and entered by whoever holds the ticket, signed in or not.
fn stranger(act: &Act) -> Act {
    Act { actor: Actor::Stranger, on_behalf: None, ..act.clone() }
}

/// A mobile number as it is stored.
pub(super) fn mobile(text: &str) -> Result<String, IdentityError> {
    let advice = "请填写能收短信的 11 位手机号码。";
    let phone =
        Phone::mobile(text).ok_or_else(|| IdentityError::Invalid(vec![Fault::new("/phone", "phone", advice)]))?;
    Ok(phone.as_str().to_owned())
}
