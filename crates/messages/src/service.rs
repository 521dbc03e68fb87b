//! The steps: hear a fact, read a message, choose ways, send what is due.

use std::{sync::Arc, time::Duration};

use db::{Db, Tx};
use gm::Keys;
use identity::Identity;
use jiff::SignedDuration;
use jobs::{BoxError, Delivery as Heard, Jobs};
use kernel::{Act, Clock, SubjectId, Timestamp, identifiers::Email};

use crate::{
    CaseFact, Channel, MailPort, Message, MessageError, MessageId, Preferences, SendError, SmsPort,
    domain::{DeliveryState, MOST_TRIES, notice, pointer, telling, wait_after},
    store::{self, Delivery},
};

/// Ways out of the platform; one that is none is not used.
#[derive(Clone, Default)]
pub struct Ports {
    /// Mail.
    pub mail: Option<Arc<dyn MailPort>>,
    /// Short messages.
    pub sms: Option<Arc<dyn SmsPort>>,
}

/// Messages to applicants. Cheap to clone.
#[derive(Clone)]
pub struct Messages {
    db: Db,
    clock: Clock,
    keys: Keys,
    identity: Identity,
    ports: Ports,
}

/// What one round of sending did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SendReport {
    /// Handed to a port that took it.
    pub sent: u64,
    /// No address, or not wanted.
    pub skipped: u64,
    /// To be tried again.
    pub postponed: u64,
    /// Given up.
    pub failed: u64,
}

/// What one round of asking for receipts learnt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReceiptReport {
    /// Reached the phone.
    pub delivered: u64,
    /// Did not.
    pub undelivered: u64,
    /// Still under way.
    pub pending: u64,
}

/// How long after its last attempt a short message is asked after: networks give up after two days.
const ASKED_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// References in one question to the gateway.
const ASKED_AT_ONCE: i64 = 100;
/// How often the gateway is asked what became of messages.
const RECEIPTS_EVERY: Duration = Duration::from_secs(60);
/// How long one attempt keeps others away.
const ATTEMPT: SignedDuration = SignedDuration::from_secs(120);
/// Deliveries read at one time.
const BATCH: i64 = 50;
/// How often waiting deliveries are looked for.
const EVERY: Duration = Duration::from_secs(5);

impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Messages")
            .field("mail", &self.ports.mail.is_some())
            .field("sms", &self.ports.sms.is_some())
            .finish_non_exhaustive()
    }
}

impl Messages {
    /// Messages over a database.
    #[must_use]
    pub fn new(db: Db, clock: Clock, keys: Keys, identity: Identity, ports: Ports) -> Self {
        Self { db, clock, keys, identity, ports }
    }

    /// The database, for handlers.
    pub(crate) const fn db(&self) -> &Db {
        &self.db
    }

    /// Listens to the facts of cases, and sends what is due every few seconds.
    #[must_use]
    pub fn listen(&self, jobs: Jobs) -> Jobs {
        let (hearing, sending, asking) = (self.clone(), self.clone(), self.clone());
        jobs.listen("messages", &["case.*"], move |heard| {
            let messages = hearing.clone();
            async move { messages.hear(&heard).await }
        })
        .every("messages.send", EVERY, move || {
            let messages = sending.clone();
            async move {
                messages.send_due().await?;
                Ok(())
            }
        })
        .every("messages.receipts", RECEIPTS_EVERY, move || {
            let messages = asking.clone();
            async move {
                let learnt = messages.ask_receipts().await?;
                if learnt.undelivered > 0 {
                    tracing::warn!(
                        undelivered = learnt.undelivered,
                        "{} short messages did not reach their phones",
                        learnt.undelivered
                    );
                }
                Ok(())
            }
        })
    }

    /// Makes the message of a fact. The fact's id is the message's, so that hearing it again does nothing.
    async fn hear(&self, heard: &Heard) -> Result<(), BoxError> {
        if notice(&heard.fact.topic).is_none() {
            return Ok(());
        }
        let fact: CaseFact = heard.body()?;
        let Some(telling) = telling(&heard.fact.topic, &fact) else { return Ok(()) };
        let message = Message {
            id: MessageId::from(heard.fact.id),
            event: heard.fact.topic.clone(),
            case_number: fact.number.clone(),
            item_name: fact.item_name.clone(),
            title: telling.title.to_owned(),
            text: telling.text,
            at: heard.fact.at,
            read_at: None,
        };
        let channels = self.channels(telling.urgent);
        let args = (fact.subject_id, message, channels, heard.at);
        self.db
            .write(args, |tx, (subject, message, channels, at)| Box::pin(put(tx, *subject, message, channels, *at)))
            .await?;
        Ok(())
    }

    fn channels(&self, urgent: bool) -> Vec<Channel> {
        let there = |channel| match channel {
            Channel::Sms => self.ports.sms.is_some(),
            Channel::Mail => self.ports.mail.is_some(),
        };
        Channel::ALL.iter().copied().filter(|channel| urgent && there(*channel)).collect()
    }

    /// Sends every delivery that is due. Several processes may do so at once: each attempt is claimed first. A process
    /// that stops between sending and noting it sends that one again, under the same reference.
    ///
    /// # Errors
    /// When the database fails; a port that fails is no error here.
    pub async fn send_due(&self) -> Result<SendReport, MessageError> {
        let mut report = SendReport::default();
        loop {
            let now = self.clock.now();
            let due = store::due(&mut *self.db.read().await?, now, BATCH).await?;
            if due.is_empty() {
                return Ok(report);
            }
            let mut claimed = false;
            for delivery in due {
                claimed |= self.attempt(delivery, &mut report).await?;
            }
            // All were somebody else's: they are being looked after.
            if !claimed {
                return Ok(report);
            }
        }
    }

    /// `false`: somebody else began it.
    async fn attempt(&self, delivery: Delivery, report: &mut SendReport) -> Result<bool, MessageError> {
        let until = later(self.clock.now(), ATTEMPT);
        let ours: bool = self
            .db
            .write((delivery, until), |tx, (delivery, until)| {
                Box::pin(async move { Ok::<_, MessageError>(store::claim(tx, delivery, *until).await?) })
            })
            .await?;
        if !ours {
            return Ok(false);
        }
        let outcome = self.send(&delivery).await;
        let (now, tries) = (self.clock.now(), delivery.tries + 1);
        let (id, channel) = (delivery.message, delivery.channel);
        let next = match &outcome {
            Ok(true) => {
                report.sent += 1;
                Next::End(DeliveryState::Sent, None)
            }
            Ok(false) => {
                report.skipped += 1;
                Next::End(DeliveryState::Skipped, None)
            }
            Err(SendError::NotNow(why)) if tries < MOST_TRIES => {
                report.postponed += 1;
                tracing::warn!(message.id = %id, %channel, tries, why, "message {id} could not be sent by {channel}; trying again");
                Next::Again(later(now, wait_after(tries)), why.clone())
            }
            Err(error) => {
                report.failed += 1;
                tracing::error!(message.id = %id, %channel, tries, %error, "message {id} was given up by {channel}");
                Next::End(DeliveryState::Failed, Some(error.to_string()))
            }
        };
        self.db
            .write((delivery, next, now), |tx, (delivery, next, now)| {
                Box::pin(async move {
                    match next {
                        Next::End(state, why) => store::end(tx, delivery, *state, *now, why.as_deref()).await?,
                        Next::Again(due, why) => store::postpone(tx, delivery, *due, why).await?,
                    }
                    Ok::<_, MessageError>(())
                })
            })
            .await?;
        Ok(true)
    }

    /// Asks the gateway what became of the short messages it took in the last three days. Doing so twice does no harm. A
    /// gateway that does not answer is asked again the next time.
    ///
    /// # Errors
    /// When the database fails; a port that fails is no error here.
    pub async fn ask_receipts(&self) -> Result<ReceiptReport, MessageError> {
        let mut report = ReceiptReport::default();
        let Some(sms) = self.ports.sms.clone() else { return Ok(report) };
        let mut after = (later(self.clock.now(), -ASKED_AFTER), i64::MAX);
        loop {
            let asked = store::uncertain(&mut *self.db.read().await?, after, ASKED_AT_ONCE).await?;
            let Some(last) = asked.last() else { return Ok(report) };
            after = (last.due, last.message.get());
            let references: Vec<String> = asked.iter().map(reference).collect();
            let now = self.clock.now();
            let told = match sms.receipts(&references, now).await {
                Ok(Some(told)) => told,
                Ok(None) => return Ok(report),
                Err(error) => {
                    tracing::warn!(%error, "what became of short messages could not be asked; asking again later");
                    return Ok(report);
                }
            };
            report.pending += asked.len() as u64;
            for receipt in told {
                let Some(at) = references.iter().position(|reference| *reference == receipt.reference) else {
                    continue;
                };
                let state = if receipt.delivered { DeliveryState::Delivered } else { DeliveryState::Undelivered };
                let code = (!receipt.delivered).then_some(receipt.code);
                self.db
                    .write((asked[at], state, now, code), |tx, (delivery, state, now, code)| {
                        Box::pin(async move {
                            store::receipt(tx, delivery, *state, *now, code.as_deref()).await?;
                            Ok::<_, MessageError>(())
                        })
                    })
                    .await?;
                report.pending = report.pending.saturating_sub(1);
                if receipt.delivered { report.delivered += 1 } else { report.undelivered += 1 }
            }
        }
    }

    /// `false`: there is no address, or it is not wanted.
    async fn send(&self, delivery: &Delivery) -> Result<bool, SendError> {
        let (message, address) = self.addressed(delivery).await.map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "an addressee could not be looked up");
            SendError::NotNow("the addressee could not be looked up".to_owned())
        })?;
        let (Some(message), Some(address)) = (message, address) else { return Ok(false) };
        let text = pointer(&message.item_name, &message.case_number);
        let reference = reference(delivery);
        let now = self.clock.now();
        match (delivery.channel, &self.ports.sms, &self.ports.mail) {
            (Channel::Sms, Some(sms), _) => sms.send(&address, &text, &reference, now).await?,
            (Channel::Mail, _, Some(mail)) => {
                let subject = format!("政务服务：办件 {} 有新消息", message.case_number);
                mail.send(&address, &subject, &text, &reference, now).await?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    async fn addressed(&self, delivery: &Delivery) -> Result<(Option<Message>, Option<String>), MessageError> {
        let mut tx = self.db.read().await?;
        let message = store::find(&mut tx, delivery.subject, delivery.message).await?;
        let wanted = self.preferences(&mut tx, delivery.subject).await?;
        let address = match delivery.channel {
            Channel::Mail => wanted.email,
            Channel::Sms if wanted.sms => self.identity.subject(&mut tx, delivery.subject).await?.phone,
            Channel::Sms => None,
        };
        Ok((message, address))
    }

    /// A subject's messages, newest first, with ids below `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        before: Option<MessageId>,
        limit: i64,
    ) -> Result<Vec<Message>, MessageError> {
        Ok(store::page(tx, subject, before.map_or(i64::MAX, MessageId::get), limit).await?)
    }

    /// How many messages a subject has not read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unread(&self, tx: &mut Tx, subject: SubjectId) -> Result<i64, MessageError> {
        Ok(store::unread(tx, subject).await?)
    }

    /// Notes that a subject has read a message; the first time counts.
    ///
    /// # Errors
    /// [`MessageError::NotFound`], also when it is somebody else's.
    pub async fn read(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: SubjectId,
        id: MessageId,
    ) -> Result<Message, MessageError> {
        store::read(tx, subject, id, act.at).await?;
        store::find(tx, subject, id).await?.ok_or(MessageError::NotFound(id))
    }

    /// Ways by which a subject wants to be told.
    ///
    /// # Errors
    /// When the database fails or the address was changed in it.
    pub async fn preferences(&self, tx: &mut Tx, subject: SubjectId) -> Result<Preferences, MessageError> {
        let Some((sealed, sms)) = store::preferences(tx, subject).await? else { return Ok(Preferences::default()) };
        let email = sealed.map(|sealed| self.keys.open_text(&email_aad(subject), &sealed)).transpose()?;
        Ok(Preferences { email, sms })
    }

    /// Changes them.
    ///
    /// # Errors
    /// [`MessageError::Email`] for what looks like no address.
    pub async fn set_preferences(
        &self,
        act: &Act,
        tx: &mut Tx,
        subject: SubjectId,
        wanted: &Preferences,
    ) -> Result<Preferences, MessageError> {
        let given = wanted.email.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let email = match given {
            Some(text) => Some(Email::parse(text).ok_or(MessageError::Email)?.as_str().to_owned()),
            None => None,
        };
        let sealed = email.as_ref().map(|email| self.keys.seal(&email_aad(subject), email.as_bytes()));
        store::set_preferences(tx, subject, sealed.as_deref(), wanted.sms, act.at).await?;
        Ok(Preferences { email, sms: wanted.sms })
    }

    /// How many deliveries stand how: for `doctor` and figures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, tx: &mut Tx) -> Result<Vec<(String, i64)>, MessageError> {
        Ok(store::count(tx).await?)
    }
}

/// What becomes of a delivery after an attempt.
enum Next {
    End(DeliveryState, Option<String>),
    Again(Timestamp, String),
}

/// The same for every attempt at one delivery.
fn reference(delivery: &Delivery) -> String {
    format!("{}-{}", delivery.message, delivery.channel)
}

async fn put(
    tx: &mut Tx,
    subject: SubjectId,
    message: &Message,
    channels: &[Channel],
    due: Timestamp,
) -> Result<(), db::DbError> {
    if store::insert(tx, subject, message).await? {
        for channel in channels {
            store::insert_delivery(tx, subject, message.id, *channel, due).await?;
        }
    }
    Ok(())
}

fn email_aad(subject: SubjectId) -> String {
    format!("message_preference.email:{subject}")
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
