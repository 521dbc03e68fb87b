//! The mail port, and SMTP.

use std::{
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

use kernel::Timestamp;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};

use crate::{BoxFuture, SendError, SetupError, trust};

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

kernel::words!(
    /// How the conversation with the mail server is protected.
    MailTls {
        StartTls = "starttls" / "先明文后加密（STARTTLS）",
        Implicit = "implicit" / "一开始就加密",
        None = "none" / "不加密",
    }
);

/// The server that takes the platform's mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// Name or address; the name its certificate must bear.
    pub host: String,
    /// Port: by custom 587 for STARTTLS (RFC 6409), 465 for TLS from the start (RFC 8314), 25 between relays.
    pub port: u16,
    /// Address the mail comes from, such as `政务服务 <noreply@example.org>`.
    pub from: String,
    /// How the conversation is protected. With [`MailTls::StartTls`] a server that does not offer it gets no mail.
    pub tls: MailTls,
    /// PEM file with the authorities that may have issued the server's certificate; those of this machine when left out.
    pub authorities: Option<PathBuf>,
    /// Login, where the server asks for one; never given over an unprotected line.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<String>,
}

impl std::fmt::Debug for MailConfig {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
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
    /// Mail over this server; nothing is connected yet.
    ///
    /// # Errors
    /// When the sender's address is none, the authorities cannot be read, or a password would go over an open line.
    pub fn new(config: &MailConfig) -> Result<Self, SetupError> {
        let from: Mailbox = config.from.parse().map_err(|_| SetupError::Sender(config.from.clone()))?;
        let domain = from.email.domain().to_owned();
        let tls = match config.tls {
            MailTls::StartTls => Tls::Required(parameters(config)?),
            MailTls::Implicit => Tls::Wrapper(parameters(config)?),
            MailTls::None if config.user.is_some() => return Err(SetupError::OpenPassword),
            MailTls::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
            .port(config.port)
            .tls(tls)
            .hello_name(ClientId::Domain(domain.clone()))
            .timeout(Some(TIMEOUT));
        if let Some(user) = &config.user {
            let password = config.password.clone().unwrap_or_default();
            builder = builder.credentials(Credentials::new(user.clone(), password));
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

/// The authorities that are trusted: of the file alone where one is named.
fn parameters(config: &MailConfig) -> Result<TlsParameters, SetupError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(file) = &config.authorities {
        builder = builder.certificate_store(CertificateStore::None);
        for authority in trust::authorities(file)? {
            let authority = Certificate::from_der(authority.to_vec())
                .map_err(|error| SetupError::Authorities { file: file.clone(), why: error.to_string() })?;
            builder = builder.add_root_certificate(authority);
        }
    }
    builder.build().map_err(|error| match &config.authorities {
        Some(file) => SetupError::Authorities { file: file.clone(), why: error.to_string() },
        None => SetupError::Tls(error.to_string()),
    })
}

/// What a failed conversation means. Replies may quote the address: only their code is kept.
fn outcome(error: &lettre::transport::smtp::Error) -> SendError {
    let code = error.status().map(|code| code.to_string());
    match code {
        // 530, 534, 535, 538: the server does not take our login (RFC 4954, section 6). That says nothing about the
        // address, and is mended by the operator: the message waits.
        Some(code) if code.starts_with("53") => {
            SendError::NotNow(format!("the server refuses the login: reply {code}"))
        }
        Some(code) if error.is_permanent() => SendError::Never(format!("reply {code}")),
        Some(code) => SendError::NotNow(format!("reply {code}")),
        None if error.is_timeout() => SendError::NotNow("time-out".to_owned()),
        None => SendError::NotNow(trust::complaint(error).unwrap_or_else(|| {
            // The client's own refusals ("STARTTLS is not supported on this server") bear no address.
            match std::error::Error::source(error) {
                Some(why) if error.is_client() => format!("not sent: {why}"),
                _ => "no conversation with the mail server".to_owned(),
            }
        })),
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
            self.transport.send(message).await.map(drop).map_err(|error| outcome(&error))
        })
    }
}
