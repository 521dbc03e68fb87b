//! Values bound to statements and read from rows, the same for both engines.

use std::{borrow::Cow, sync::Arc};

use bytes::BytesMut;
use kernel::{Date, Timestamp};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::DbError;

/// One bound value.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg<'a> {
    /// NULL of any type.
    Null,
    /// BIGINT.
    Int(i64),
    /// TEXT.
    Text(Cow<'a, str>),
    /// BOOLEAN.
    Bool(bool),
    /// BYTEA.
    Bytes(Cow<'a, [u8]>),
}

impl Arg<'_> {
    /// The same value, borrowed from nobody.
    #[must_use]
    pub fn to_owned(&self) -> Arg<'static> {
        match self {
            Arg::Null => Arg::Null,
            Arg::Int(i) => Arg::Int(*i),
            Arg::Text(text) => Arg::Text(Cow::Owned(text.clone().into_owned())),
            Arg::Bool(b) => Arg::Bool(*b),
            Arg::Bytes(bytes) => Arg::Bytes(Cow::Owned(bytes.clone().into_owned())),
        }
    }
}

/// The values of one statement, in order.
pub type Args<'a> = &'a [Arg<'a>];

/// `args![id.get(), &name, at]`: the values of one statement.
#[macro_export]
macro_rules! args {
    ($($e:expr),* $(,)?) => { &[$($crate::Arg::from($e)),*] };
}

macro_rules! from {
    ($($t:ty => |$v:ident| $e:expr),* $(,)?) => { $(impl<'a> From<$t> for Arg<'a> { fn from($v: $t) -> Self { $e } })* };
}
from! {
    i64 => |v| Arg::Int(v),
    &i64 => |v| Arg::Int(*v),
    i32 => |v| Arg::Int(i64::from(v)),
    u32 => |v| Arg::Int(i64::from(v)),
    u16 => |v| Arg::Int(i64::from(v)),
    u8 => |v| Arg::Int(i64::from(v)),
    bool => |v| Arg::Bool(v),
    &bool => |v| Arg::Bool(*v),
    &'a str => |v| Arg::Text(Cow::Borrowed(v)),
    &'a String => |v| Arg::Text(Cow::Borrowed(v)),
    String => |v| Arg::Text(Cow::Owned(v)),
    &'a [u8] => |v| Arg::Bytes(Cow::Borrowed(v)),
    &'a Vec<u8> => |v| Arg::Bytes(Cow::Borrowed(v)),
    Vec<u8> => |v| Arg::Bytes(Cow::Owned(v)),
    Timestamp => |v| Arg::Int(v.as_millisecond()),
    &Timestamp => |v| Arg::Int(v.as_millisecond()),
    Date => |v| Arg::Text(Cow::Owned(v.to_string())),
    &Date => |v| Arg::Text(Cow::Owned(v.to_string())),
}
impl<'a, T: Into<Arg<'a>>> From<Option<T>> for Arg<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Arg::Null, Into::into)
    }
}
impl<'a> From<&'a Option<String>> for Arg<'a> {
    fn from(value: &'a Option<String>) -> Self {
        value.as_deref().into()
    }
}

impl rusqlite::ToSql for Arg<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Arg::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Arg::Int(i) => ToSqlOutput::from(*i),
            Arg::Text(s) => ToSqlOutput::from(s.as_ref()),
            Arg::Bool(b) => ToSqlOutput::from(*b),
            Arg::Bytes(b) => ToSqlOutput::from(b.as_ref()),
        })
    }
}

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Arg::Null => Ok(IsNull::Yes),
            Arg::Int(i) if *ty == Type::INT4 => i32::try_from(*i)?.to_sql(ty, out),
            Arg::Int(i) if *ty == Type::INT8 => i.to_sql(ty, out),
            Arg::Text(s) if matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN) => {
                s.as_ref().to_sql(ty, out)
            }
            Arg::Bool(b) if *ty == Type::BOOL => b.to_sql(ty, out),
            Arg::Bytes(b) if *ty == Type::BYTEA => b.as_ref().to_sql(ty, out),
            other => Err(format!("{other:?} cannot be bound where {ty} is expected").into()),
        }
    }
    fn accepts(_: &Type) -> bool {
        true
    }
    to_sql_checked!();
}

/// One row of an answer.
#[derive(Debug)]
pub struct Row(pub(crate) Inner);

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite { columns: Arc<[String]>, values: Vec<Value> },
    Postgres(tokio_postgres::Row),
}

/// A type that a column can be read as.
pub trait Column: Sized {
    /// From the embedded engine; `Err` says what stood there.
    #[doc(hidden)]
    fn from_sqlite(value: &Value) -> Result<Self, String>;
    /// From PostgreSQL.
    #[doc(hidden)]
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error>;
    /// A last conversion that both engines share.
    #[doc(hidden)]
    fn checked(self) -> Result<Self, String> {
        Ok(self)
    }
}

fn unexpected(value: &Value) -> String {
    format!("a value of type {} stands there", value.data_type())
}

impl Column for i64 {
    fn from_sqlite(value: &Value) -> Result<Self, String> {
        if let Value::Integer(i) = value { Ok(*i) } else { Err(unexpected(value)) }
    }
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
        row.try_get::<_, i64>(column).or_else(|e| row.try_get::<_, i32>(column).map(i64::from).map_err(|_| e))
    }
}
impl Column for bool {
    fn from_sqlite(value: &Value) -> Result<Self, String> {
        i64::from_sqlite(value).map(|i| i != 0)
    }
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
        row.try_get(column)
    }
}
impl Column for String {
    fn from_sqlite(value: &Value) -> Result<Self, String> {
        if let Value::Text(s) = value { Ok(s.clone()) } else { Err(unexpected(value)) }
    }
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
        row.try_get(column)
    }
}
impl Column for Vec<u8> {
    fn from_sqlite(value: &Value) -> Result<Self, String> {
        if let Value::Blob(b) = value { Ok(b.clone()) } else { Err(unexpected(value)) }
    }
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
        row.try_get(column)
    }
}
impl<T: Column> Column for Option<T> {
    fn from_sqlite(value: &Value) -> Result<Self, String> {
        if matches!(value, Value::Null) { Ok(None) } else { T::from_sqlite(value).map(Some) }
    }
    fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
        // NULL of whatever type reads as an absent value of the most permissive kind.
        if row.try_get::<_, Option<Anything>>(column)?.is_none() {
            Ok(None)
        } else {
            T::from_postgres(row, column).map(Some)
        }
    }
    fn checked(self) -> Result<Self, String> {
        self.map(T::checked).transpose()
    }
}

/// Accepts any column, to see whether it is NULL.
struct Anything;
impl<'a> tokio_postgres::types::FromSql<'a> for Anything {
    fn from_sql(_: &Type, _: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self)
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads as text or number and then converts with a check.
macro_rules! through {
    ($t:ty, $base:ty, |$v:ident| $convert:expr) => {
        impl Column for $t {
            fn from_sqlite(value: &Value) -> Result<Self, String> {
                let $v = <$base>::from_sqlite(value)?;
                $convert
            }
            fn from_postgres(row: &tokio_postgres::Row, column: &str) -> Result<Self, tokio_postgres::Error> {
                let $v = <$base>::from_postgres(row, column)?;
                let converted: Result<Self, String> = $convert;
                // A value that does not convert is reported by the row, which knows the column.
                Ok(converted.unwrap_or(<$t>::IMPOSSIBLE))
            }
            fn checked(self) -> Result<Self, String> {
                if self == <$t>::IMPOSSIBLE { Err("the value does not convert".to_owned()) } else { Ok(self) }
            }
        }
    };
}

trait Impossible {
    /// A value that no row of ours holds.
    const IMPOSSIBLE: Self;
}
impl Impossible for Timestamp {
    const IMPOSSIBLE: Self = Timestamp::MIN;
}
impl Impossible for Date {
    const IMPOSSIBLE: Self = Date::MIN;
}
through!(Timestamp, i64, |v| Timestamp::from_millisecond(v).map_err(|e| e.to_string()));
through!(Date, String, |v| v.parse::<Date>().map_err(|e| e.to_string()));

impl Row {
    /// The value of `column`.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when there is no such column or it holds something else.
    pub fn get<T: Column>(&self, column: &str) -> Result<T, DbError> {
        match &self.0 {
            Inner::Sqlite { columns, values } => {
                let place = columns.iter().position(|c| c == column);
                let value =
                    place.and_then(|i| values.get(i)).ok_or_else(|| DbError::corrupt(column, "no such column"))?;
                T::from_sqlite(value).map_err(|e| DbError::corrupt(column, e))
            }
            Inner::Postgres(row) => T::from_postgres(row, column)
                .map_err(|e| DbError::corrupt(column, e))?
                .checked()
                .map_err(|e| DbError::corrupt(column, e)),
        }
    }

    /// The typed id in `column`.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn id<T: From<i64>>(&self, column: &str) -> Result<T, DbError> {
        self.get::<i64>(column).map(T::from)
    }
}
