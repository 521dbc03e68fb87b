//! Why something could not be measured.

/// Why something could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The scratch database, the platform or the load could not do its part.
    #[error("{what}")]
    Failed {
        /// What could not be done.
        what: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The platform answered something else than what is measured.
    #[error("{path} answered {status} and not 200")]
    Answer {
        /// Path and query.
        path: String,
        /// HTTP status.
        status: u16,
    },
    /// Something that must be there to be measured is not.
    #[error("{0}")]
    Missing(String),
}

/// Adds what was being done to any failure.
pub(crate) trait While<T> {
    /// `what` could not be done.
    fn doing(self, what: &str) -> Result<T, BenchError>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> While<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, BenchError> {
        self.map_err(|source| BenchError::Failed { what: what.to_owned(), source: source.into() })
    }
}
