//! The mail port, and SMTP.

use std::time::{Duration, UNIX_EPOCH};

use kernel::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{authentication::Credentials, extension::ClientId},
};
use serde::Deserialize;

use crate::{BoxFuture, SendError};

/// Sends mail.
pub trait MailPort: Send + Sync + 'static {
    /// Sends a plain text to one address. `reference` is the same for every attempt at one message.
    fn send<'a>(
        &'a self,
        to: &'a str,
        subject: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>>;
}

/// The relay that takes the platform's mail: one of the operator's own network, since the connection is not encrypted.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// Name or address.
    pub host: String,
    /// Port.
    #[serde(default = "default_port")]
    pub port: u16,
    /// Address the mail comes from, such as `政务服务 <noreply@example.org>`.
    pub from: String,
    /// Login, where the relay asks for one.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<String>,
}

const fn default_port() -> u16 {
    25
}

impl std::fmt::Debug for MailConfig {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// Longest time for one step of the conversation.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Mail by SMTP (RFC 5321), one connection per message.
#[derive(Debug, Clone)]
pub struct SmtpMail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
}

impl SmtpMail {
    /// Mail over this relay; nothing is connected yet.
    ///
    /// # Errors
    /// When the sender's address is none.
    pub fn new(config: &MailConfig) -> Result<Self, SendError> {
        let from: Mailbox = config.from.parse().map_err(|_| SendError::Never("the sender's address".to_owned()))?;
        let domain = from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
            .port(config.port)
            .hello_name(ClientId::Domain(domain.clone()))
            .timeout(Some(TIMEOUT));
        if let (Some(user), Some(password)) = (&config.user, &config.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self { transport: builder.build(), from, domain })
    }

    fn compose(
        &self,
        to: &str,
        subject: &str,
        text: &str,
        reference: &str,
        at: Timestamp,
    ) -> Result<Message, SendError> {
        let to: Mailbox = to.parse().map_err(|_| SendError::Never("the address cannot be read".to_owned()))?;
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .date(UNIX_EPOCH + Duration::from_millis(at.as_millisecond().unsigned_abs()))
            .message_id(Some(format!("<{reference}@{}>", self.domain)))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| SendError::Never("the message cannot be composed".to_owned()))
    }
}

impl MailPort for SmtpMail {
    fn send<'a>(
        &'a self,
        to: &'a str,
        subject: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(async move {
            let message = self.compose(to, subject, text, reference, at)?;
            match self.transport.send(message).await {
                Ok(_) => Ok(()),
                // Replies may quote the address: only their code is kept.
                Err(error) if error.is_permanent() => Err(SendError::Never(
                    error.status().map_or_else(|| "refused".to_owned(), |code| format!("reply {code}")),
                )),
                Err(error) if error.is_timeout() => Err(SendError::NotNow("time-out".to_owned())),
                Err(error) => Err(SendError::NotNow(
                    error
                        .status()
                        .map_or_else(|| "no conversation with the relay".to_owned(), |code| format!("reply {code}")),
                )),
            }
        })
    }
}
