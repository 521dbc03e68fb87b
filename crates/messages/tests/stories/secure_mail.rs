//! Mail over TLS, with a mail server of its own process (`tests/smtp_server.py`, on aiosmtpd from PyPI).

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use messages::{MailConfig, MailPort as _, MailTls, Ports, SendError, SendReport, SetupError, SmtpMail};

use super::{authority::Authority, post::Post};

/// A mail server of this machine.
struct Server {
    process: Child,
    port: u16,
    authority: Authority,
}

impl Server {
    /// Speaks as `mode` says and shows a certificate for `name`.
    fn start(mode: &str, name: &str) -> Self {
        let authority = Authority::new();
        let (certificate, key) = authority.server(name);
        let python = std::env::var("TONGBAN_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let mut process = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py"))
            .args([mode.as_ref(), certificate.as_os_str(), key.as_os_str(), authority.folder().as_os_str()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{python}: {error}; TONGBAN_TEST_PYTHON names a Python with aiosmtpd"));
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap_or_else(|_| {
            panic!("the mail server did not start: TONGBAN_TEST_PYTHON must name a Python with aiosmtpd ({python} was asked)")
        });
        Self { process, port, authority }
    }

    fn config(&self, tls: MailTls) -> MailConfig {
        MailConfig {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            from: "政务服务 <noreply@example.org>".to_owned(),
            tls,
            authorities: Some(self.authority.certificate()),
            user: None,
            password: None,
        }
    }

    fn with_login(&self, tls: MailTls, password: &str) -> MailConfig {
        MailConfig { user: Some("tongban".to_owned()), password: Some(password.to_owned()), ..self.config(tls) }
    }

    /// Mails as they were kept.
    fn kept(&self) -> Vec<String> {
        let mut files: Vec<_> =
            std::fs::read_dir(self.authority.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "mail"));
        files.sort();
        files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

async fn send(config: &MailConfig) -> Result<(), SendError> {
    let at = "2026-03-02T01:00:00Z".parse().unwrap();
    SmtpMail::new(config).unwrap().send("wang@example.org", "有新消息", "请登录查看。", "m-1-mail", at).await
}

/// Why it was not sent now.
async fn not_now(config: &MailConfig) -> String {
    match send(config).await {
        Err(SendError::NotNow(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn mail_and_login_go_over_tls_either_way() {
    for (mode, tls) in [("starttls", MailTls::StartTls), ("implicit", MailTls::Implicit)] {
        let server = Server::start(mode, "IP:127.0.0.1");
        let config = server.with_login(tls, "right-password");
        let post = Post::with(|_| Ports { mail: Some(Arc::new(SmtpMail::new(&config).unwrap())), sms: None }).await;
        post.prefer(Some("wang@example.org"), false).await;
        post.tell("case.decided").await;
        assert_eq!(post.work().await, SendReport { sent: 1, ..SendReport::default() }, "{mode}");
        let kept = server.kept();
        assert_eq!(kept.len(), 1);
        let head = "from noreply@example.org\nto wang@example.org\ntls yes\nlogin tongban\n";
        assert!(kept[0].starts_with(head), "{mode}: {}", kept[0]);
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_no_mail_and_the_mail_waits() {
    for (mode, tls) in [("starttls", MailTls::StartTls), ("implicit", MailTls::Implicit)] {
        let server = Server::start(mode, "IP:127.0.0.1");
        let other = Authority::new();
        let stranger =
            MailConfig { authorities: Some(other.certificate()), ..server.with_login(tls, "right-password") };
        assert!(not_now(&stranger).await.contains("no authority that is trusted here"), "{mode}");
        let machine = MailConfig { authorities: None, ..server.config(tls) };
        assert!(not_now(&machine).await.contains("no authority that is trusted here"), "{mode}");

        let post = Post::with(|_| Ports { mail: Some(Arc::new(SmtpMail::new(&stranger).unwrap())), sms: None }).await;
        post.prefer(Some("wang@example.org"), false).await;
        post.tell("case.decided").await;
        assert_eq!(post.work().await, SendReport { postponed: 1, ..SendReport::default() });
        assert_eq!(post.deliveries().await, [("waiting".to_owned(), 1)]);
        post.pass(30);
        assert_eq!(post.messages.send_due().await.unwrap(), SendReport { postponed: 1, ..SendReport::default() });
        assert_eq!(server.kept(), [""; 0]);
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_good() {
    let server = Server::start("starttls", "DNS:mail.example.org");
    assert!(not_now(&server.config(MailTls::StartTls)).await.contains("for another name"));
    assert_eq!(server.kept(), [""; 0]);
}

#[tokio::test]
async fn without_starttls_nothing_goes_out_unless_the_operator_says_so() {
    let server = Server::start("none", "IP:127.0.0.1");
    let why = not_now(&server.with_login(MailTls::StartTls, "right-password")).await;
    assert!(why.contains("STARTTLS"), "{why}");
    let why = not_now(&server.config(MailTls::Implicit)).await;
    assert!(why.contains("TLS failed"), "{why}");
    assert_eq!(server.kept(), [""; 0]);
    send(&server.config(MailTls::None)).await.unwrap();
    assert!(server.kept()[0].contains("\ntls no\nlogin -\n"));
}

#[tokio::test]
async fn a_login_that_is_refused_is_no_fault_of_the_addressee() {
    let server = Server::start("starttls", "IP:127.0.0.1");
    let why = not_now(&server.with_login(MailTls::StartTls, "wrong-password")).await;
    assert_eq!(why, "the server refuses the login: reply 535");
    assert_eq!(server.kept(), [""; 0]);
    let open = server.with_login(MailTls::None, "right-password");
    assert!(matches!(SmtpMail::new(&open), Err(SetupError::OpenPassword)));
    assert!(!format!("{open:?}").contains("right-password"));
}
