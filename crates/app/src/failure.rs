//! Errors of commands: what went wrong, why, and what to do, on standard error.

/// A command that could not be carried out.
#[derive(Debug)]
pub struct CommandError {
    /// In one sentence.
    what: String,
    /// What to do about it.
    advice: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What a command answers: its exit code.
pub(crate) type Outcome = Result<u8, CommandError>;

impl CommandError {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None, source: None }
    }
    pub(crate) fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl std::fmt::Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "error: {}", self.what)?;
        let mut cause = self.source.as_deref().map(|e| e as &dyn std::error::Error);
        while let Some(error) = cause {
            write!(f, "\n  because: {error}")?;
            cause = error.source();
        }
        if let Some(advice) = &self.advice {
            write!(f, "\n  try: {advice}")?;
        }
        Ok(())
    }
}

/// Adds what was being done to any failure.
pub(crate) trait While<T> {
    /// `what` could not be done.
    fn doing(self, what: &str) -> Result<T, CommandError>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> While<T> for Result<T, E> {
    fn doing(self, what: &str) -> Result<T, CommandError> {
        self.map_err(|e| CommandError::new(what).because(e))
    }
}
