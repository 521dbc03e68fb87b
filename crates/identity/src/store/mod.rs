//! The only place that knows the tables of identity.

mod account;
mod attempt;
mod consent;
mod flow;
mod session;
mod sql;
mod staff;
mod subject;

pub(crate) use account::*;
pub(crate) use attempt::*;
pub(crate) use consent::*;
pub(crate) use flow::*;
pub(crate) use session::*;
pub(crate) use sql::STATEMENTS;
pub(crate) use staff::*;
pub(crate) use subject::*;

use std::str::FromStr;

use db::{DbError, Row};

/// A word column as its enumeration; any other word is a damaged row.
fn word<T: FromStr>(row: &Row, table: &'static str, column: &'static str) -> Result<T, DbError> {
    let word: String = row.get(column)?;
    word.parse().map_err(|_| DbError::corrupt(&format!("{table}.{column}"), format!("{word:?} is no known word")))
}

/// A word column that may be empty.
fn word_or_none<T: FromStr>(row: &Row, table: &'static str, column: &'static str) -> Result<Option<T>, DbError> {
    let word: Option<String> = row.get(column)?;
    word.map(|word| {
        word.parse().map_err(|_| DbError::corrupt(&format!("{table}.{column}"), format!("{word:?} is no known word")))
    })
    .transpose()
}
