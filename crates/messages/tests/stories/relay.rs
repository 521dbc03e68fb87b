//! A mail relay of our own that speaks SMTP (RFC 5321) over a real connection.

use std::sync::{Arc, Mutex};

use messages::{MailConfig, MailTls, SmtpMail};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// One mail as it came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

#[derive(Clone)]
pub(crate) struct Relay {
    pub(crate) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
    /// What is answered to RCPT TO; changes how the conversation ends.
    answer: Arc<Mutex<&'static str>>,
}

impl Relay {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self {
            port: listener.local_addr().unwrap().port(),
            received: Arc::default(),
            answer: Arc::new(Mutex::new("250 OK")),
        };
        let serving = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = serving.clone();
                tokio::spawn(async move { relay.talk(stream).await });
            }
        });
        relay
    }

    pub(crate) fn mail(&self) -> SmtpMail {
        mail_to(self.port)
    }

    pub(crate) fn answer(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        let mut mail = Received::default();
        writing.write_all(b"220 relay.example.org ESMTP\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let reply = match verb.as_str() {
                "EHLO" => "250-relay.example.org\r\n250 8BITMIME".to_owned(),
                "MAIL" => {
                    mail.from = between(&line);
                    "250 OK".to_owned()
                }
                "RCPT" => {
                    mail.to = between(&line);
                    (*self.answer.lock().unwrap()).to_owned()
                }
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await.ok()?;
                    while let Some(line) = lines.next_line().await.ok()? {
                        if line == "." {
                            break;
                        }
                        mail.data.push_str(&line);
                        mail.data.push('\n');
                    }
                    self.received.lock().unwrap().push(std::mem::take(&mut mail));
                    "250 queued".to_owned()
                }
                "QUIT" => {
                    writing.write_all(b"221 bye\r\n").await.ok()?;
                    return Some(());
                }
                _ => "250 OK".to_owned(),
            };
            writing.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
        }
        Some(())
    }
}

fn between(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(inside, _)| inside.to_owned())
        .unwrap_or_default()
}

pub(crate) fn mail_to(port: u16) -> SmtpMail {
    SmtpMail::new(&MailConfig {
        host: "127.0.0.1".to_owned(),
        port,
        from: "政务服务 <noreply@example.org>".to_owned(),
        tls: MailTls::None,
        authorities: None,
        user: None,
        password: None,
    })
    .unwrap()
}
