//! Finding out without an account.

use browser::Screen;

use crate::town::{Town, sign_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_finds_an_item_in_everyday_words_reads_its_guide_and_signs_in() {
    let town = Town::open().await;
    for screen in [Screen::PHONE, Screen::WIDE, Screen::PHONE.without_script()] {
        let person = town.somebody(screen).await;
        person.goes_to("/").await.unwrap();
        person.writes("q", "驾照快到期了").await.unwrap();
        person.presses("搜索").await.unwrap();
        person.presses("机动车驾驶证期满换证").await.unwrap();
        let guide = person.reads().await.unwrap();
        for text in ["受理条件", "申请材料", "办理流程"] {
            assert!(guide.contains(text), "{screen:?}: no {text} in {guide}");
        }
        assert!(!person.overflows().await.unwrap(), "{screen:?}");
        person.presses("登录").await.unwrap();
        sign_in(&person, "citizen1").await;
        assert_eq!(person.place().await.unwrap(), "/items/driving-licence-renewal", "back where he was");
        person.leaves().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_view_is_light() {
    let town = Town::open().await;
    let person = town.somebody(Screen::PHONE).await;
    person.goes_to("/").await.unwrap();
    let (bytes, requests) = person.weight().await.unwrap();
    assert!(bytes > 1000 && bytes <= 60 * 1024, "{bytes} bytes");
    assert!((1..=6).contains(&requests), "{requests} requests");
}
