//! Facts become messages.

use jobs::Done;
use serde_json::json;

use super::post::{NUMBER, Post};

#[tokio::test]
async fn the_applicant_reads_each_step_with_what_comes_next() {
    let post = Post::new().await;
    for topic in ["case.submitted", "case.accepted", "case.decided", "case.closed"] {
        post.tell(topic).await;
    }
    post.work().await;
    let titles: Vec<String> = post.inbox().await.into_iter().map(|m| m.title).collect();
    assert_eq!(titles, ["办件已办结", "已作出决定", "申请已受理", "申请已提交"]);
    let first = post.inbox().await.pop().unwrap();
    assert_eq!(
        first.text,
        format!("您申请的“食品经营许可”（办件编号 {NUMBER}）：申请已提交。是否受理或者需要补正，会在这里通知您。")
    );
    assert_eq!((first.case_number.as_str(), first.read_at), (NUMBER, None));
}

#[tokio::test]
async fn what_happens_inside_the_office_is_no_message() {
    let post = Post::new().await;
    post.tell("case.task-claimed").await;
    post.tell("item.published").await;
    let done = post.jobs.run_once().await.unwrap();
    assert_eq!((done.delivered, done.failed), (2, 0));
    assert_eq!(post.inbox().await, []);
}

#[tokio::test]
async fn a_last_day_is_told_when_there_is_one() {
    let post = Post::new().await;
    let body = json!({ "number": NUMBER, "item_name": "食品经营许可", "subject_id": post.wang, "due": "2026-04-01" });
    post.tell_body("case.correction-asked", body).await;
    post.work().await;
    assert!(post.inbox().await[0].text.ends_with("最后期限是2026年4月1日。"));
}

#[tokio::test]
async fn a_fact_that_cannot_be_read_waits_for_somebody_to_look() {
    let post = Post::new().await;
    post.tell_body("case.accepted", json!({ "number": NUMBER })).await;
    let done = post.jobs.run_once().await.unwrap();
    assert_eq!(done, Done { failed: 1, scheduled: 2, ..Done::default() });
    assert_eq!(post.inbox().await, []);
}

#[tokio::test]
async fn a_fact_heard_twice_is_one_message_and_one_text() {
    let post = Post::new().await;
    // A second listener that fails makes the fact come again; the marks of the first are lost on purpose.
    post.tell("case.decided").await;
    post.work().await;
    let id = post.inbox().await[0].id.get();
    db_again(&post, id).await;
    post.work().await;
    assert_eq!(post.inbox().await.len(), 1);
    assert_eq!(post.texts().len(), 1);
}

db::statements! {
    AGAIN = "INSERT INTO db_outbox (home, id, bucket, topic, body, at, due, tries) VALUES (1, $1, 1, 'case.decided', $2, $3, $3, 0)";
}

/// Puts the same fact into the outbox once more, as a restored backup would.
async fn db_again(post: &Post, id: i64) {
    let body = json!({ "number": NUMBER, "item_name": "食品经营许可", "subject_id": post.wang }).to_string();
    let done: Result<u64, db::DbError> = post
        .world
        .db
        .write((id, body, post.world.clock.now()), |tx, (id, body, now)| {
            Box::pin(async move { tx.exec(AGAIN, db::args![id, body, now]).await })
        })
        .await;
    assert_eq!(done.unwrap(), 1);
}

#[tokio::test]
async fn the_tables_stay_distributable_and_the_statements_are_understood() {
    let post = Post::new().await;
    let schemas = [audit::SCHEMA, identity::SCHEMA, messages::SCHEMA];
    assert_eq!(db::check_homes(&post.world.db, &schemas).await.unwrap(), Vec::<String>::new());
    assert_eq!(db::prepare_all(&post.world.db, &schemas).await.unwrap(), Vec::<String>::new());
}
