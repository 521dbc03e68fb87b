//! `rusqlite` by hand: one thread, prepared statements, several transactions in one commit.

use std::{
    collections::HashMap,
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
};

use db::Ran;
use tokio::sync::oneshot;

use super::Written;
use crate::{BenchError, error::While};

type Reply = oneshot::Sender<Result<(), rusqlite::Error>>;

pub(crate) struct Hand {
    queue: Sender<(Written, Reply)>,
}

/// For each text, the place of `$1`, `$2`, … among its parameters: looked up once.
type Places = HashMap<&'static str, Vec<usize>>;

impl Hand {
    pub(crate) fn open(file: &Path, group: usize) -> Result<Self, BenchError> {
        let open = || -> Result<rusqlite::Connection, rusqlite::Error> {
            let c = rusqlite::Connection::open(file)?;
            // As durable as the platform's own writer, and as much room.
            c.execute_batch(
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON; \
                 PRAGMA cache_size=-32768; PRAGMA temp_store=MEMORY;",
            )?;
            c.set_prepared_statement_cache_capacity(256);
            Ok(c)
        };
        let connection = open().doing("the copy cannot be opened")?;
        let (queue, waiting) = channel();
        std::thread::Builder::new()
            .name("by-hand".to_owned())
            .spawn(move || write(&connection, &waiting, group))
            .doing("no thread can be started")?;
        Ok(Self { queue })
    }

    pub(crate) async fn run(&self, written: Written) -> Result<(), BenchError> {
        let (reply, replied) = oneshot::channel();
        self.queue.send((written, reply)).map_err(|_| gone())?;
        replied.await.map_err(|_| gone())?.doing("a statement by hand was refused")
    }
}

fn gone() -> BenchError {
    BenchError::Missing("the thread that writes by hand has ended".to_owned())
}

fn write(c: &rusqlite::Connection, waiting: &Receiver<(Written, Reply)>, group: usize) {
    let mut places = Places::new();
    while let Ok(first) = waiting.recv() {
        let mut batch = vec![first];
        while batch.len() < group
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let (writes, replies): (Vec<Written>, Vec<Reply>) = batch.into_iter().unzip();
        let done = commit(c, &mut places, &writes);
        let mut replies = replies.into_iter();
        if let Err(error) = done {
            if let Err(error) = c.execute_batch("ROLLBACK") {
                tracing::warn!(%error, "a rollback by hand failed");
            }
            // The first hears why, the others that there is no answer: the run ends with either.
            if let Some(reply) = replies.next() {
                let _gone = reply.send(Err(error));
            }
            continue;
        }
        for reply in replies {
            let _gone = reply.send(Ok(()));
        }
    }
}

fn commit(c: &rusqlite::Connection, places: &mut Places, writes: &[Written]) -> Result<(), rusqlite::Error> {
    c.execute_batch("BEGIN IMMEDIATE")?;
    for written in writes {
        for ran in written {
            execute(c, places, ran)?;
        }
    }
    c.execute_batch("COMMIT")
}

fn execute(c: &rusqlite::Connection, places: &mut Places, ran: &Ran) -> Result<(), rusqlite::Error> {
    let text = ran.sql.text();
    let mut statement = c.prepare_cached(text)?;
    if !places.contains_key(text) {
        let found = (1..=ran.args.len()).map(|n| statement.parameter_index(&format!("${n}")));
        let found: Vec<usize> = found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        places.insert(text, found);
    }
    for (place, arg) in places.get(text).into_iter().flatten().zip(&ran.args) {
        statement.raw_bind_parameter(*place, arg)?;
    }
    if statement.column_count() == 0 {
        statement.raw_execute()?;
    } else {
        let columns = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                std::hint::black_box(row.get_ref(column)?);
            }
        }
    }
    Ok(())
}
