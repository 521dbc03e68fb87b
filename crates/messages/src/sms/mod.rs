//! The SMS port, the gateway of a city over HTTPS, its simulator, and the stand-in that writes a file.

mod gateway;
mod sign;
mod simulator;

use std::path::PathBuf;

use kernel::Timestamp;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::{BoxFuture, SendError};

pub use gateway::{SmsConfig, SmsGateway};
pub use simulator::SmsSimulator;

/// Sends short messages; a city joins its gateway here.
pub trait SmsPort: Send + Sync + 'static {
    /// Sends `text` to `phone`. `reference` is the same for every attempt at one message, so that a gateway can drop
    /// repetitions.
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>>;

    /// What became of messages that were taken. `None`: this way cannot tell. A message that is left out of the answer is
    /// still under way.
    fn receipts<'a>(
        &'a self,
        references: &'a [String],
        at: Timestamp,
    ) -> BoxFuture<'a, Result<Option<Vec<Receipt>>, SendError>> {
        let _unused = (references, at);
        Box::pin(async { Ok(None) })
    }
}

/// What became of a short message (状态报告).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The reference under which it was sent.
    pub reference: String,
    /// Whether it reached the phone.
    pub delivered: bool,
    /// The network's own code, such as `DELIVRD` or `UNDELIV`.
    pub code: String,
}

/// Writes each short message as one JSON line into a file: for development and demonstration.
#[derive(Debug, Clone)]
pub struct SmsFile {
    path: PathBuf,
}

impl SmsFile {
    /// The file; its folder is made when the first message is written.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    async fn write(&self, line: &str) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let mut options = tokio::fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&self.path).await?;
        file.write_all(line.as_bytes()).await?;
        file.flush().await
    }
}

impl SmsPort for SmsFile {
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let line = json!({ "at": kernel::rfc3339(at), "phone": phone, "text": text, "reference": reference });
            self.write(&format!("{line}\n")).await.map_err(|error| SendError::NotNow(format!("file: {}", error.kind())))
        })
    }
}
