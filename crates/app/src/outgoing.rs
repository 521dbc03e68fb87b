//! Ways out of the platform: what an operator says about mail and short messages, and the ports made of it.

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::Args;
use messages::{MailConfig, MailPort, MailTls, SmsConfig, SmsFile, SmsGateway, SmsPort, SmtpMail};

use crate::{
    config::Config,
    failure::{CommandError, While as _},
};

/// Longest time for one call to the SMS gateway.
const SMS_TIMEOUT: Duration = Duration::from_secs(10);

/// Mail server and SMS gateway.
#[derive(Debug, Clone, Args)]
pub struct Outgoing {
    /// Mail server as host:port; no mail is sent when left out
    #[arg(long, env = "TONGBAN_SMTP", global = true)]
    pub smtp: Option<String>,

    /// How the line to the mail server is protected: starttls, implicit (TLS from the start, port 465), or none for a relay
    /// in the operator's own network
    #[arg(long, env = "TONGBAN_SMTP_TLS", default_value = "starttls", global = true)]
    pub smtp_tls: MailTls,

    /// Login at the mail server, where it asks for one; never without TLS
    #[arg(long, env = "TONGBAN_SMTP_USER", requires = "smtp", global = true)]
    pub smtp_user: Option<String>,

    /// Its password
    #[arg(long, env = "TONGBAN_SMTP_PASSWORD", requires = "smtp_user", global = true, hide_env_values = true)]
    pub smtp_password: Option<String>,

    /// Sender of mail
    #[arg(long, env = "TONGBAN_MAIL_FROM", default_value = "no-reply@tongban.example", global = true)]
    pub mail_from: String,

    /// SMS gateway as `https://HOST:PORT/PATH`, port and path where it has them; short messages go into a file when left out
    #[arg(long, env = "TONGBAN_SMS", requires = "sms_app", requires = "sms_secret", global = true)]
    pub sms: Option<String>,

    /// Account at the SMS gateway
    #[arg(long, env = "TONGBAN_SMS_APP", global = true)]
    pub sms_app: Option<String>,

    /// Its secret, at least 16 characters; signs requests and is never sent
    #[arg(long, env = "TONGBAN_SMS_SECRET", global = true, hide_env_values = true)]
    pub sms_secret: Option<String>,

    /// Registered signature that stands with every short message
    #[arg(long, env = "TONGBAN_SMS_SIGN", default_value = "贵阳政务服务", global = true)]
    pub sms_sign: String,

    /// PEM file with the authorities that issue certificates of mail server and SMS gateway; those of this machine when
    /// left out
    #[arg(long, env = "TONGBAN_AUTHORITIES", value_name = "FILE", global = true)]
    pub authorities: Option<PathBuf>,
}

impl Default for Outgoing {
    /// No mail, and short messages into a file.
    fn default() -> Self {
        Self {
            smtp: None,
            smtp_tls: MailTls::StartTls,
            smtp_user: None,
            smtp_password: None,
            mail_from: "no-reply@tongban.example".to_owned(),
            sms: None,
            sms_app: None,
            sms_secret: None,
            sms_sign: "贵阳政务服务".to_owned(),
            authorities: None,
        }
    }
}

impl Outgoing {
    /// Mail, where a server is named.
    ///
    /// # Errors
    /// When the server cannot be used as told.
    pub(crate) fn mail(&self) -> Result<Option<Arc<dyn MailPort>>, CommandError> {
        let Some(server) = &self.smtp else { return Ok(None) };
        let (host, port) = server.rsplit_once(':').ok_or_else(|| {
            CommandError::new(format!("{server} is no mail server")).advice("give host:port with --smtp")
        })?;
        let mail = SmtpMail::new(&MailConfig {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: port.parse().doing("the port of the mail server is no number")?,
            from: self.mail_from.clone(),
            tls: self.smtp_tls,
            authorities: self.authorities.clone(),
            user: self.smtp_user.clone(),
            password: self.smtp_password.clone(),
        })
        .map_err(|error| {
            CommandError::new("the mail server cannot be used")
                .because(error)
                .advice("see --smtp-tls, --mail-from and --authorities")
        })?;
        Ok(Some(Arc::new(mail)))
    }
}

/// Short messages: over the gateway that is named, else into the file that stands for one.
///
/// # Errors
/// When the gateway cannot be used as told.
pub(crate) fn sms(config: &Config) -> Result<Arc<dyn SmsPort>, CommandError> {
    let outgoing = &config.outgoing;
    let Some(url) = &outgoing.sms else { return Ok(Arc::new(SmsFile::new(config.sms_file()))) };
    let gateway = SmsGateway::new(SmsConfig {
        url: url.clone(),
        app: outgoing.sms_app.clone().unwrap_or_default(),
        secret: outgoing.sms_secret.clone().unwrap_or_default(),
        sign: outgoing.sms_sign.clone(),
        authorities: outgoing.authorities.clone(),
        timeout: SMS_TIMEOUT,
    })
    .map_err(|error| {
        CommandError::new("the SMS gateway cannot be used")
            .because(error)
            .advice("see --sms, --sms-secret and --authorities")
    })?;
    Ok(Arc::new(gateway))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(change: impl FnOnce(&mut Outgoing)) -> Result<bool, String> {
        let mut outgoing = Outgoing::default();
        change(&mut outgoing);
        outgoing.mail().map(|mail| mail.is_some()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_mail_server_is_used_as_told_or_not_at_all() {
        assert_eq!(mail(|_| {}), Ok(false));
        assert_eq!(mail(|o| o.smtp = Some("mail.example.org:587".to_owned())), Ok(true));
        for (server, said) in [("mail.example.org", "host:port"), ("mail.example.org:smtp", "no number")] {
            let error = mail(|o| o.smtp = Some(server.to_owned())).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let open = mail(|o| {
            o.smtp = Some("mail.example.org:25".to_owned());
            o.smtp_tls = MailTls::None;
            o.smtp_user = Some("tongban".to_owned());
        });
        assert!(open.unwrap_err().contains("over TLS only"));
        let away = mail(|o| {
            o.smtp = Some("mail.example.org:587".to_owned());
            o.authorities = Some("/nowhere/authorities.pem".into());
        });
        assert!(away.unwrap_err().contains("/nowhere/authorities.pem"));
    }
}
