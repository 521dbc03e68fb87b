//! The driver of the browser as a child process that ends with its owner.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Why there is no driver.
#[derive(Debug)]
pub enum DriverError {
    /// `chromedriver` cannot be started: Debian's package `chromium-driver` is missing.
    Missing(std::io::Error),
    /// It was started and does not answer.
    Silent,
}

impl std::fmt::Display for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(error) => {
                write!(f, "chromedriver cannot be started ({error}): install Debian's chromium and chromium-driver")
            }
            Self::Silent => f.write_str("chromedriver was started and does not answer"),
        }
    }
}

impl std::error::Error for DriverError {}

/// A running driver; killed when it is dropped, also by a panic.
#[derive(Debug)]
pub struct Driver {
    child: Child,
    port: u16,
}

/// Longest wait for the driver to answer, seconds: a guard against hanging for ever, not a measure.
const PATIENCE: Duration = Duration::from_secs(60);

impl Driver {
    /// Starts a driver on a free port of the loopback.
    ///
    /// # Errors
    /// When the program is missing or does not answer.
    pub async fn start() -> Result<Self, DriverError> {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(DriverError::Missing)?
            .port();
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(DriverError::Missing)?;
        let driver = Self { child, port };
        let begun = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            if begun.elapsed() > PATIENCE {
                return Err(DriverError::Silent);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(driver)
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
