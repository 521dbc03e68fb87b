//! The opponent: the same statements, sent by hand-written code straight to the driver.

mod postgres;
mod sqlite;

use std::sync::Arc;

use db::Ran;

use crate::{BenchError, Scratch};

/// The statements of one transaction.
pub(crate) type Written = Vec<Ran>;

/// Hand-written code on one scratch database.
#[derive(Clone)]
pub(crate) enum Hand {
    Sqlite(Arc<sqlite::Hand>),
    Postgres(Arc<postgres::Hand>),
}

impl Hand {
    /// On the embedded engine: up to `group` transactions in one commit.
    pub(crate) fn on_file(scratch: &Scratch, group: usize) -> Result<Self, BenchError> {
        Ok(Self::Sqlite(Arc::new(sqlite::Hand::open(&scratch.file(), group)?)))
    }

    /// On a server, with so many connections.
    pub(crate) async fn on_server(scratch: &Scratch, connections: usize) -> Result<Self, BenchError> {
        Ok(Self::Postgres(Arc::new(postgres::Hand::open(&scratch.url(), connections).await?)))
    }

    /// Runs one transaction and commits it.
    pub(crate) async fn run(&self, written: Written) -> Result<(), BenchError> {
        match self {
            Self::Sqlite(hand) => hand.run(written).await,
            Self::Postgres(hand) => hand.run(&written).await,
        }
    }
}
