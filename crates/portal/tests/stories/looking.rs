//! Looking for something without signing in.

use axum::http::StatusCode;
use identity::Identity;

use crate::world::{Hall, routes};

#[tokio::test]
async fn every_page_is_open_to_strangers() {
    let hall = Hall::new().await;
    for path in [
        "/",
        "/items",
        "/items?q=%E9%A9%BE%E7%85%A7&theme=&page=2",
        "/items/driving-licence-renewal",
        "/bundles/newborn",
        "/confirm/k7m2",
        "/sign-in",
    ] {
        let page = hall.look(path, "").await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        assert!(page.text.contains("演示环境") && page.text.contains("<h1"), "{path}");
        assert!(!page.text.contains("<script>") && !page.text.contains(" style="), "{path} has nothing inline");
    }
}

#[tokio::test]
async fn an_item_is_found_by_what_people_call_it_and_by_its_sound() {
    let hall = Hall::new().await;
    for words in ["%E9%A9%BE%E7%85%A7%E5%88%B0%E6%9C%9F%E6%8D%A2%E8%AF%81", "jiazhao"] {
        let page = hall.look(&format!("/items?q={words}"), "").await;
        assert!(page.text.contains("/items/driving-licence-renewal"), "{words}: {}", page.text);
        assert!(page.text.contains("result-why"), "{words} is explained");
    }
}

#[tokio::test]
async fn filters_narrow_the_list() {
    let hall = Hall::new().await;
    let page = hall.look("/items?theme=birth&department=&audience=person", "").await;
    assert!(page.text.contains("/items/newborn-registration") && !page.text.contains("/items/driving-licence-renewal"));
    let page = hall.look("/items?department=tax", "").await;
    assert!(page.text.contains("没有找到合适的事项"));
    assert_eq!(hall.look("/items?page=x", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(hall.look("/items?page=999999", "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_not_there_is_a_page_with_the_way_out() {
    let hall = Hall::new().await;
    for path in ["/items/nothing", "/bundles/nothing", "/confirm/forged", "/items/%3Cscript%3E"] {
        let page = hall.look(path, "").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("回到首页") && !page.text.contains("<script>"), "{path}");
    }
    assert!(hall.look("/confirm/forged", "").await.text.contains("不是本平台作出的"));
}

#[tokio::test]
async fn the_guide_names_its_version_and_the_people_behind_it() {
    let hall = Hall::new().await;
    let page = hall.look("/items/driving-licence-renewal", "").await;
    for text in ["贵阳市公安局交通管理局", "第 3 版", "有电子证照免交", "可自动办理", "《某某条例》", "要带原件吗？"]
    {
        assert!(page.text.contains(text), "{text}");
    }
}

#[tokio::test]
async fn the_list_of_pages() {
    let hall = Hall::new().await;
    let identity = Identity::new(hall.world.db.clone(), hall.world.clock.clone(), hall.world.keys.clone());
    let matrix = routes(identity).matrix();
    let paths: Vec<String> = matrix
        .lines()
        .skip(1)
        .map(|line| {
            let mut words = line.split_whitespace();
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let access = if words.next() == Some("x") { "everybody" } else { "signed in" };
            format!("{method} {path}: {access}")
        })
        .collect();
    insta::assert_snapshot!(paths.join("\n"));
}
