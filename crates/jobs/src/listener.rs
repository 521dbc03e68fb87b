//! Who listens to which facts.

use std::{pin::Pin, sync::Arc};

use db::{DbError, Tx, outbox::Fact};
use kernel::Timestamp;
use serde::de::DeserializeOwned;

/// Whatever went wrong in a handler. Its text is kept with the fact, so it must hold no personal data.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

type Handler = Arc<dyn Fn(Delivery) -> Outcome + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Listener {
    pub(crate) name: &'static str,
    topics: &'static [&'static str],
    pub(crate) handler: Handler,
}

impl Listener {
    pub(crate) fn new<F, R>(name: &'static str, topics: &'static [&'static str], handler: F) -> Self
    where
        F: Fn(Delivery) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        Self { name, topics, handler: Arc::new(move |delivery| Box::pin(handler(delivery))) }
    }

    pub(crate) fn hears(&self, topic: &str) -> bool {
        self.topics.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some(beginning) => topic.starts_with(beginning),
            None => *wanted == topic,
        })
    }
}

/// One fact handed to one listener.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The fact.
    pub fact: Arc<Fact>,
    /// The listener's name.
    pub listener: &'static str,
    /// Instant of this delivery.
    pub at: Timestamp,
}

impl Delivery {
    /// Reads the body.
    ///
    /// # Errors
    /// When it has another shape.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, BoxError> {
        Ok(serde_json::from_str(&self.fact.body)?)
    }

    /// Marks, within the listener's own transaction, that it has had this fact. `false`: it had it before, so that
    /// everything this transaction would do is done. With it a fact takes effect exactly once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first(&self, tx: &mut Tx) -> Result<bool, DbError> {
        db::outbox::deliver_once(tx, self.fact.home, self.fact.id, self.listener).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_whole_words_or_beginnings() {
        let one = Listener::new("a", &["case.accepted", "item.*"], |_| async { Ok(()) });
        assert!(one.hears("case.accepted") && one.hears("item.published"));
        assert!(!one.hears("case.accepted-late") && !one.hears("case.closed") && !one.hears("items"));
    }
}
