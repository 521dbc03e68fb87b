//! `tokio-postgres` by hand: a few connections, prepared statements, one transaction each.

use std::{collections::HashMap, sync::Mutex};

use db::Ran;
use tokio::sync::Semaphore;
use tokio_postgres::{Client, Statement, error::SqlState, types::ToSql};

use super::Written;
use crate::{BenchError, error::While, scratch::connect};

/// How often a transaction is tried that lost against another.
const TRIES: usize = 12;

pub(crate) struct Hand {
    free: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

struct Connection {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Hand {
    pub(crate) async fn open(url: &str, connections: usize) -> Result<Self, BenchError> {
        let mut idle = Vec::new();
        for _ in 0..connections {
            idle.push(Connection { client: connect(url).await?, prepared: HashMap::new() });
        }
        Ok(Self { free: Semaphore::new(connections), idle: Mutex::new(idle) })
    }

    pub(crate) async fn run(&self, written: &Written) -> Result<(), BenchError> {
        let _permit = self.free.acquire().await.doing("the connections are closed")?;
        let taken = self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let Some(mut connection) = taken else { return Err(BenchError::Missing("no connection is idle".to_owned())) };
        let mut outcome = connection.transaction(written).await;
        for _ in 0..TRIES {
            match &outcome {
                Err(error) if lost(error) => outcome = connection.transaction(written).await,
                _ => break,
            }
        }
        self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(connection);
        outcome.doing("a statement by hand was refused")
    }
}

fn lost(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(code) if *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::T_R_SERIALIZATION_FAILURE)
}

impl Connection {
    async fn transaction(&mut self, written: &Written) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute("BEGIN").await?;
        for ran in written {
            if let Err(error) = self.execute(ran).await {
                self.client.batch_execute("ROLLBACK").await?;
                return Err(error);
            }
        }
        self.client.batch_execute("COMMIT").await
    }

    async fn execute(&mut self, ran: &Ran) -> Result<(), tokio_postgres::Error> {
        let text = ran.sql.text();
        let statement = match self.prepared.get(text) {
            Some(statement) => statement.clone(),
            None => {
                let statement = self.client.prepare(text).await?;
                self.prepared.insert(text, statement.clone());
                statement
            }
        };
        let args: Vec<&(dyn ToSql + Sync)> = ran.args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
        if statement.columns().is_empty() {
            self.client.execute(&statement, &args).await?;
        } else {
            std::hint::black_box(self.client.query(&statement, &args).await?);
        }
        Ok(())
    }
}
