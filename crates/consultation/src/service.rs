//! The steps: say something, list what was said, answer it.

use db::{Db, Tx, counter};
use gm::Keys;
use kernel::{Act, Fault, city_date};

use crate::{
    ConsultationError, Feedback, NewFeedback,
    domain::{PER_HOUR, State, TEXT_CHARS},
    store,
};

/// What people say to the platform. Cheap to clone.
#[derive(Clone)]
pub struct Consultation {
    pub(crate) db: Db,
    pub(crate) keys: Keys,
}

impl std::fmt::Debug for Consultation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Consultation")
    }
}

/// An hour, ms.
const HOUR_MS: i64 = 3_600_000;

impl Consultation {
    /// Over a database.
    #[must_use]
    pub const fn new(db: Db, keys: Keys) -> Self {
        Self { db, keys }
    }

    /// Takes something in and answers the number of its receipt. Anybody may.
    ///
    /// # Errors
    /// [`ConsultationError::Invalid`] with everything that is wrong, [`ConsultationError::TooMany`] from one address.
    pub async fn say(&self, act: &Act, tx: &mut Tx, new: &NewFeedback) -> Result<String, ConsultationError> {
        let (kind, text, contact) = new.checked().map_err(ConsultationError::Invalid)?;
        // Behind a proxy that hides addresses everybody comes from loopback: nobody is shut out for others.
        let who = act.address.as_deref().filter(|a| !matches!(*a, "127.0.0.1" | "::1"));
        let who = who.map(|a| self.keys.blind("consultation.address", a)).unwrap_or_default();
        if !who.is_empty() && store::since(tx, &who, act.at.as_millisecond() - HOUR_MS).await? >= PER_HOUR {
            return Err(ConsultationError::TooMany);
        }
        let year = city_date(act.at).year();
        let sequence = counter::next(tx, &format!("feedback:{year}")).await?;
        let receipt = format!("YJ{year}{sequence:06}");
        let about: String = new.about.trim().chars().take(100).collect();
        let account = act.account().map_or(0, kernel::AccountId::get);
        let kept = Feedback { receipt: receipt.clone(), kind, about, text, contact, at: act.at, answered: None };
        store::insert(tx, &self.keys, &kept, account, &who).await?;
        Ok(receipt)
    }

    /// How something stands, by the number of its receipt, without its words.
    ///
    /// # Errors
    /// [`ConsultationError::NotFound`].
    pub async fn stands(&self, tx: &mut Tx, receipt: &str) -> Result<State, ConsultationError> {
        store::state(tx, receipt).await?.ok_or_else(|| ConsultationError::NotFound(receipt.to_owned()))
    }

    /// What was said, of one state: open ones oldest first, answered ones newest first; recorded in the trail. `limit`
    /// entries behind `after` (instant and receipt of the last one shown).
    ///
    /// # Errors
    /// When the database fails; when the look cannot be recorded.
    pub async fn list(
        &self,
        act: &Act,
        tx: &mut Tx,
        state: State,
        after: Option<(i64, String)>,
        limit: i64,
    ) -> Result<Vec<Feedback>, ConsultationError> {
        let found = store::list(tx, &self.keys, state, after, limit).await?;
        let object = format!("consultation:{state}");
        audit::record(act, tx, audit::Entry::new("consultation.seen", &object)).await?;
        Ok(found)
    }

    /// Answers something; what was done is kept with it.
    ///
    /// # Errors
    /// [`ConsultationError::NotFound`], [`ConsultationError::Answered`], [`ConsultationError::Invalid`] without words.
    pub async fn answer(&self, act: &Act, tx: &mut Tx, receipt: &str, words: &str) -> Result<(), ConsultationError> {
        let words = words.trim();
        let length = words.chars().count();
        if length == 0 || length > TEXT_CHARS {
            let text = format!("请写明怎样处理、怎样答复的，最多 {TEXT_CHARS} 字。");
            return Err(ConsultationError::Invalid(vec![Fault::new("/text", "required", text)]));
        }
        if self.stands(tx, receipt).await? == State::Answered
            || !store::answer(tx, &self.keys, receipt, words, act.name(), act.at).await?
        {
            return Err(ConsultationError::Answered(receipt.to_owned()));
        }
        let object = format!("consultation:{receipt}");
        audit::record(act, tx, audit::Entry::new("consultation.answered", &object)).await?;
        Ok(())
    }
}
