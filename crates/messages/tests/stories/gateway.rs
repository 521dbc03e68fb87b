//! Short messages over the city's gateway, played by its simulator on a real line, open and with TLS.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use kernel::Clock;
use messages::{Ports, ReceiptReport, SendError, SendReport, SmsConfig, SmsGateway, SmsPort as _, SmsSimulator};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{
    authority::Authority,
    post::{PHONE, Post},
};

const SECRET: &str = "a secret between the two of us";

fn config(url: String) -> SmsConfig {
    SmsConfig {
        url,
        app: "tongban".to_owned(),
        secret: SECRET.to_owned(),
        sign: "贵阳政务服务".to_owned(),
        authorities: None,
        timeout: Duration::from_secs(30),
    }
}

/// The simulator on a free port of this machine.
async fn simulator(clock: Clock, keep: Option<PathBuf>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = SmsSimulator::new("tongban", SECRET, clock, keep).router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A post office that sends over the simulator.
struct Office {
    post: Post,
    gateway: SocketAddr,
}

impl Office {
    async fn open() -> Self {
        let (told, heard) = tokio::sync::mpsc::channel(1);
        let post = Post::beside(async |file, clock| {
            let address = simulator(clock, Some(file.with_file_name("gateway.jsonl"))).await;
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            told.send(address).await.unwrap();
            let gateway = SmsGateway::new(config(format!("http://{address}"))).unwrap();
            Ports { mail: None, sms: Some(Arc::new(gateway)) }
        })
        .await;
        let mut heard = heard;
        Self { post, gateway: heard.recv().await.unwrap() }
    }

    async fn behave(&self, behaviour: Value) {
        let (status, _) = talk(self.gateway, "PUT", "/simulator/behaviour", &behaviour.to_string()).await;
        assert_eq!(status, 204);
    }

    /// What the gateway keeps.
    async fn kept(&self) -> Vec<Value> {
        let (_, body) = talk(self.gateway, "GET", "/simulator/messages", "").await;
        body["messages"].as_array().unwrap().clone()
    }

    async fn send(&self) -> SendReport {
        self.post.messages.send_due().await.unwrap()
    }
}

/// One request, word by word.
async fn talk(to: SocketAddr, method: &str, path: &str, body: &str) -> (u16, Value) {
    let mut line = TcpStream::connect(to).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {to}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    line.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn a_text_reaches_the_gateway_and_its_receipt_comes_back() {
    let office = Office::open().await;
    office.post.tell("case.decided").await;
    assert_eq!(office.post.work().await, SendReport { sent: 1, ..SendReport::default() });
    let kept = office.kept().await;
    assert_eq!(
        (kept.len(), kept[0]["phone"].as_str(), kept[0]["sign"].as_str()),
        (1, Some(PHONE), Some("贵阳政务服务"))
    );
    assert!(kept[0]["text"].as_str().unwrap().contains("请登录查看"));
    let file = std::fs::read_to_string(office.post.world.folder().join("messages/gateway.jsonl")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&file).unwrap(), kept[0]);

    office.behave(json!({"receipt": "pending"})).await;
    let ask = async || office.post.messages.ask_receipts().await.unwrap();
    assert_eq!(ask().await, ReceiptReport { pending: 1, ..ReceiptReport::default() });
    office.behave(json!({"status": 503, "code": "BUSY"})).await;
    assert_eq!(ask().await, ReceiptReport::default(), "a gateway that does not tell is asked again");
    office.behave(json!({})).await;
    assert_eq!(ask().await, ReceiptReport { delivered: 1, ..ReceiptReport::default() });
    assert_eq!(office.post.deliveries().await, [("delivered".to_owned(), 1)]);
    assert_eq!(ask().await, ReceiptReport::default(), "what is known is not asked again");
}

#[tokio::test]
async fn a_text_that_did_not_arrive_is_known_and_old_ones_are_not_asked_after() {
    let office = Office::open().await;
    office.behave(json!({"receipt": "failed"})).await;
    office.post.tell("case.decided").await;
    office.post.work().await;
    let learnt = office.post.messages.ask_receipts().await.unwrap();
    assert_eq!(learnt, ReceiptReport { undelivered: 1, ..ReceiptReport::default() });
    office.post.tell("case.decided").await;
    office.post.work().await;
    office.post.pass(73 * 3600);
    assert_eq!(office.post.messages.ask_receipts().await.unwrap(), ReceiptReport::default());
    let states = [("sent".to_owned(), 1), ("undelivered".to_owned(), 1)];
    assert_eq!(office.post.deliveries().await, states);
}

#[tokio::test]
async fn more_than_a_hundred_receipts_are_asked_in_turns() {
    let office = Office::open().await;
    for _ in 0..130 {
        office.post.tell("case.decided").await;
    }
    office.post.work().await;
    let learnt = office.post.messages.ask_receipts().await.unwrap();
    assert_eq!(learnt, ReceiptReport { delivered: 130, ..ReceiptReport::default() });
}

#[tokio::test]
async fn a_gateway_that_is_busy_is_asked_again_and_a_number_that_is_none_is_not() {
    let office = Office::open().await;
    office.behave(json!({"status": 429, "code": "TOO_MANY"})).await;
    office.post.tell("case.decided").await;
    assert_eq!(office.post.work().await, SendReport { postponed: 1, ..SendReport::default() });
    office.behave(json!({})).await;
    office.post.pass(30);
    assert_eq!(office.send().await, SendReport { sent: 1, ..SendReport::default() });

    office.behave(json!({"status": 422, "code": "PHONE_BLOCKED"})).await;
    office.post.tell("case.decided").await;
    assert_eq!(office.post.work().await, SendReport { failed: 1, ..SendReport::default() });
    assert_eq!(office.kept().await.len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_lost_sends_nothing_twice() {
    let office = Office::open().await;
    office.behave(json!({"status": 504, "code": "LOST", "keep_refused": true})).await;
    office.post.tell("case.decided").await;
    assert_eq!(office.post.work().await, SendReport { postponed: 1, ..SendReport::default() });
    assert_eq!(office.kept().await.len(), 1, "it had come through");
    office.behave(json!({})).await;
    office.post.pass(30);
    assert_eq!(office.send().await, SendReport { sent: 1, ..SendReport::default() });
    assert_eq!(office.kept().await.len(), 1);
}

#[tokio::test]
async fn what_is_not_signed_as_agreed_is_not_taken() {
    let clock = Clock::system();
    let address = simulator(clock.clone(), None).await;
    let good = config(format!("http://{address}"));
    let send = async |config: SmsConfig, phone: &str, text: &str, reference: &str, at| {
        SmsGateway::new(config).unwrap().send(phone, text, reference, at).await
    };
    let now = clock.now();
    assert_eq!(send(good.clone(), PHONE, "一", "r1", now).await, Ok(()));
    assert_eq!(send(good.clone(), PHONE, "一", "r1", now).await, Ok(()), "the same again");
    let refused = |answer: Result<(), SendError>| match answer {
        Err(SendError::NotNow(why)) => why,
        other => panic!("{other:?}"),
    };
    let other = SmsConfig { secret: "another secret of ours".to_owned(), ..good.clone() };
    assert_eq!(refused(send(other, PHONE, "二", "r2", now).await), "the gateway answers 401 BAD_SIGNATURE");
    let nobody = SmsConfig { app: "nobody".to_owned(), ..good.clone() };
    assert!(refused(send(nobody, PHONE, "二", "r2", now).await).contains("401"));
    let old = now - Duration::from_secs(600);
    assert!(refused(send(good.clone(), PHONE, "二", "r2", old).await).contains("401"));
    assert_eq!(
        send(good.clone(), PHONE, "二", "r1", now).await,
        Err(SendError::Never("the gateway answers 409 REFERENCE_TAKEN".to_owned()))
    );
    assert_eq!(
        send(good.clone(), "0851-5555", "二", "r3", now).await,
        Err(SendError::Never("the gateway answers 422 INVALID_PHONE".to_owned()))
    );
    let unsigned = SmsConfig { sign: String::new(), ..good };
    assert!(matches!(send(unsigned, PHONE, "二", "r4", now).await, Err(SendError::Never(_))));
    for path in ["/v1/messages", "/v1/receipts"] {
        assert_eq!(talk(address, "POST", path, "{}").await.0, 401, "{path}");
    }
    let (_, body) = talk(address, "GET", "/simulator/messages", "").await;
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_gateway_that_is_slow_or_away_holds_nothing_up() {
    let clock = Clock::system();
    let address = simulator(clock.clone(), None).await;
    talk(address, "PUT", "/simulator/behaviour", &json!({"delay_ms": 3_600_000}).to_string()).await;
    let hasty = SmsConfig { timeout: Duration::from_millis(50), ..config(format!("http://{address}")) };
    let hasty = SmsGateway::new(hasty).unwrap();
    let slow = Err(SendError::NotNow("time-out".to_owned()));
    assert_eq!(hasty.send(PHONE, "一", "r1", clock.now()).await, slow);

    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let away = SmsGateway::new(config(format!("http://127.0.0.1:{port}"))).unwrap();
    let nobody = Err(SendError::NotNow("the gateway is away".to_owned()));
    assert_eq!(away.send(PHONE, "一", "r1", clock.now()).await, nobody);

    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = mute.local_addr().unwrap().port();
    tokio::spawn(async move { while mute.accept().await.is_ok() {} });
    let mute = SmsGateway::new(config(format!("http://127.0.0.1:{port}"))).unwrap();
    let broken = Err(SendError::NotNow("the gateway broke off".to_owned()));
    assert_eq!(mute.send(PHONE, "一", "r1", clock.now()).await, broken);
}

/// A listener that speaks TLS.
struct Secured {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((line, from)) = self.listener.accept().await else { continue };
            if let Ok(line) = self.acceptor.accept(line).await {
                return (line, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

#[tokio::test]
async fn over_tls_the_gateway_must_be_who_it_says() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (certificate, key) = authority.server("IP:127.0.0.1");
    let certificate = CertificateDer::from_pem_file(certificate).unwrap();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let clock = Clock::system();
    let router = SmsSimulator::new("tongban", SECRET, clock.clone(), None).router();
    let secured = Secured { listener, acceptor: TlsAcceptor::from(Arc::new(server)) };
    tokio::spawn(async move { axum::serve(secured, router).await });

    let send = async |url: String, authorities: Option<PathBuf>| {
        let gateway = SmsGateway::new(SmsConfig { authorities, ..config(url) }).unwrap();
        gateway.send(PHONE, "一", "r1", clock.now()).await
    };
    let url = format!("https://{address}");
    assert_eq!(send(url.clone(), Some(authority.certificate())).await, Ok(()));
    for wrong in [Some(other.certificate()), None] {
        let Err(SendError::NotNow(why)) = send(url.clone(), wrong).await else { panic!() };
        assert!(why.contains("no authority that is trusted here"), "{why}");
    }
    let elsewhere = format!("https://localhost:{}", address.port());
    let Err(SendError::NotNow(why)) = send(elsewhere, Some(authority.certificate())).await else { panic!() };
    assert!(why.contains("for another name"), "{why}");
}
