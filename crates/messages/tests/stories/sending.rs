//! Mail and SMS.

use std::sync::Arc;

use messages::{MailConfig, MailTls, Ports, SendReport, SmsFile, SmtpMail};

use super::{
    post::{NUMBER, PHONE, Post},
    relay::{Relay, mail_to},
};

#[tokio::test]
async fn a_text_points_to_the_platform_and_says_nothing_personal() {
    let post = Post::new().await;
    post.tell("case.accepted").await;
    post.tell("case.correction-asked").await;
    assert_eq!(post.work().await, SendReport { sent: 1, ..SendReport::default() });
    let texts = post.texts();
    assert_eq!(texts.len(), 1, "what asks nothing of the applicant is read in the platform");
    assert_eq!(texts[0]["phone"], PHONE);
    assert_eq!(
        texts[0]["text"],
        format!("您在政务服务平台申请的“食品经营许可”（办件编号 {NUMBER}）有新消息，请登录查看。")
    );
    assert_eq!(post.work().await, SendReport::default());
    assert_eq!(post.deliveries().await, [("sent".to_owned(), 1)]);
}

#[tokio::test]
async fn who_wants_no_text_gets_none() {
    let post = Post::new().await;
    post.prefer(None, false).await;
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { skipped: 1, ..SendReport::default() });
    assert_eq!(post.texts().len(), 0);
    assert_eq!(post.inbox().await.len(), 1);
}

#[tokio::test]
async fn mail_goes_to_the_relay_when_an_address_was_given() {
    let relay = Relay::open().await;
    let post = Post::with(|_| Ports { mail: Some(Arc::new(relay.mail())), sms: None }).await;
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { skipped: 1, ..SendReport::default() }, "no address yet");
    post.prefer(Some(" wang@example.org "), true).await;
    post.tell("case.terminated").await;
    assert_eq!(post.work().await, SendReport { sent: 1, ..SendReport::default() });
    let received = relay.received();
    assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("noreply@example.org", "wang@example.org"));
    let id = post.inbox().await[0].id;
    assert!(received[0].data.contains(&format!("Message-ID: <{id}-mail@example.org>")), "{}", received[0].data);
    assert!(received[0].data.contains("Date: Mon, 02 Mar 2026 01:00:00 +0000"), "{}", received[0].data);
    assert!(!received[0].data.contains("王小敏"));
    assert_eq!(received.len(), 1);
}

#[tokio::test]
async fn a_relay_that_says_later_is_asked_again() {
    let relay = Relay::open().await;
    let post = Post::with(|_| Ports { mail: Some(Arc::new(relay.mail())), sms: None }).await;
    post.prefer(Some("wang@example.org"), false).await;
    relay.answer("451 try later");
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { postponed: 1, ..SendReport::default() });
    assert_eq!(post.work().await, SendReport::default(), "not before its time");
    post.pass(30);
    relay.answer("250 OK");
    assert_eq!(post.messages.send_due().await.unwrap(), SendReport { sent: 1, ..SendReport::default() });
    assert_eq!(relay.received().len(), 1);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_given_up_at_once() {
    let relay = Relay::open().await;
    let post = Post::with(|_| Ports { mail: Some(Arc::new(relay.mail())), sms: None }).await;
    post.prefer(Some("gone@example.org"), false).await;
    relay.answer("550 <gone@example.org> unknown");
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { failed: 1, ..SendReport::default() });
    assert_eq!(post.deliveries().await, [("failed".to_owned(), 1)]);
    assert_eq!(relay.received(), []);
}

#[tokio::test]
async fn a_relay_that_is_away_is_given_up_after_hours_and_nothing_else_stops() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let post =
        Post::with(|file| Ports { mail: Some(Arc::new(mail_to(port))), sms: Some(Arc::new(SmsFile::new(file))) }).await;
    post.prefer(Some("wang@example.org"), true).await;
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { sent: 1, postponed: 1, ..SendReport::default() });
    assert_eq!(post.texts().len(), 1);
    let mut rounds = 1;
    loop {
        post.pass(3 * 3600);
        let report = post.messages.send_due().await.unwrap();
        rounds += 1;
        if report.failed == 1 {
            break;
        }
        assert_eq!(report, SendReport { postponed: 1, ..SendReport::default() });
    }
    assert_eq!(rounds, 10);
    assert_eq!(post.deliveries().await, [("failed".to_owned(), 1), ("sent".to_owned(), 1)]);
}

#[tokio::test]
async fn a_sms_file_that_cannot_be_written_is_tried_again() {
    let post = Post::with(|file| {
        std::fs::create_dir_all(&file).unwrap();
        Ports { mail: None, sms: Some(Arc::new(SmsFile::new(file))) }
    })
    .await;
    post.tell("case.decided").await;
    assert_eq!(post.work().await, SendReport { postponed: 1, ..SendReport::default() });
    std::fs::remove_dir(post.world.folder().join("messages/sms.jsonl")).unwrap();
    post.pass(30);
    assert_eq!(post.messages.send_due().await.unwrap(), SendReport { sent: 1, ..SendReport::default() });
}

#[tokio::test]
async fn two_senders_share_the_work() {
    let post = Post::new().await;
    for _ in 0..40 {
        post.tell("case.decided").await;
    }
    post.jobs.run_once().await.unwrap();
    let (one, two) = (post.messages.clone(), post.messages.clone());
    let (one, two) =
        (tokio::spawn(async move { one.send_due().await }), tokio::spawn(async move { two.send_due().await }));
    let sent = one.await.unwrap().unwrap().sent + two.await.unwrap().unwrap().sent;
    let rest = post.messages.send_due().await.unwrap().sent;
    assert_eq!(sent + rest, 40);
    let mut references: Vec<String> = post.texts().iter().map(|t| t["reference"].to_string()).collect();
    references.sort();
    references.dedup();
    assert_eq!((references.len(), post.texts().len()), (40, 40));
}

#[tokio::test]
async fn a_sender_that_is_no_address_is_refused_at_start() {
    let config = MailConfig {
        host: "127.0.0.1".to_owned(),
        port: 25,
        from: "nobody".to_owned(),
        tls: MailTls::StartTls,
        authorities: None,
        user: Some("u".to_owned()),
        password: Some("secret".to_owned()),
    };
    assert!(SmtpMail::new(&config).is_err());
    assert!(!format!("{config:?}").contains("secret"));
}
