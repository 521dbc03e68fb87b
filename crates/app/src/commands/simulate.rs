//! Systems outside the platform, played by a process of their own.

use std::{net::SocketAddr, path::PathBuf};

use clap::Subcommand;
use kernel::Clock;
use messages::SmsSimulator;

use crate::{
    commands::say,
    failure::{CommandError, Outcome, While as _},
};

/// What can be played.
#[derive(Debug, Subcommand)]
pub(crate) enum Simulate {
    /// The city's SMS gateway: keeps what it gets and sends nothing. GET /simulator/messages shows it; PUT
    /// /simulator/behaviour {"status":503,"code":"BUSY","delay_ms":0,"receipt":"delivered"} tells it how to answer
    Sms {
        /// Address and port of this machine to listen on
        #[arg(long, default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// Account that may send
        #[arg(long, env = "TONGBAN_SMS_APP", default_value = "tongban")]
        app: String,
        /// Secret of the account, at least 16 characters
        #[arg(long, env = "TONGBAN_SMS_SECRET", hide_env_values = true)]
        secret: String,
        /// File that gets each message as a JSON line
        #[arg(long)]
        keep: Option<PathBuf>,
    },
}

impl Simulate {
    /// Plays until the process is ended.
    pub(crate) async fn run(self) -> Outcome {
        let Self::Sms { listen, app, secret, keep } = self;
        if !listen.ip().is_loopback() {
            return Err(CommandError::new(format!(
                "the simulator does not listen on {}: what it keeps is open to all",
                listen.ip()
            ))
            .advice("listen on 127.0.0.1"));
        }
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
            CommandError::new(format!("{listen} cannot be listened on"))
                .because(error)
                .advice("choose another address with --listen")
        })?;
        let address = listener.local_addr().doing("the address cannot be read")?;
        say(&format!("SMS gateway (simulator) at http://{address}"));
        let router = SmsSimulator::new(app, secret, Clock::system(), keep).router();
        axum::serve(listener, router).await.doing("serving ended")?;
        Ok(0)
    }
}
