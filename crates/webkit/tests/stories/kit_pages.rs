//! The kit's own pages: settings, components, problems.

use axum::http::StatusCode;

use crate::world::{ask, look};

#[tokio::test]
async fn the_kits_pages_are_well_formed() {
    for path in ["/settings?next=%2Fhello", "/settings?done=kept", "/design", "/nothing", "/panic"] {
        let page = look(path, &[("cookie", "tongban=citizen")]).await;
        crate::markup::check(path, &page.text);
        if let Ok(folder) = std::env::var("TONGBAN_PAGES_DIR") {
            write_down(&folder, path, &page.text).await;
        }
    }
}

/// The page as a file that a browser opens with its sheet and script.
#[expect(clippy::unwrap_used, reason = "somebody wants to look at the pages and hears why he cannot")]
async fn write_down(folder: &str, path: &str, text: &str) {
    let mut text = text.to_owned();
    for (from, file) in
        [("<link rel=\"stylesheet\" href=\"", "site.css"), ("<script type=\"module\" src=\"", "site.js")]
    {
        let start = text.find(from).unwrap() + from.len();
        let end = start + text[start..].find('"').unwrap();
        let asset = look(&text[start..end], &[]).await;
        std::fs::write(format!("{folder}/{file}"), asset.text).unwrap();
        text.replace_range(start..end, file);
    }
    let name: String = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    std::fs::write(format!("{folder}/kit{name}.html"), text).unwrap();
}

#[tokio::test]
async fn settings_are_kept_without_an_account_and_lead_back() {
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let answer = ask("POST", "/settings", &form, "set=comfort-large&next=%2Fhello%3Fa%3Db").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/hello?a=b"));
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let page = look("/nothing", &[("cookie", &cookie)]).await;
    assert!(page.text.contains("<html lang=\"zh-CN\" data-comfort=\"large\">"), "{}", page.text);
    assert!(page.text.contains("value=\"comfort-normal\">标准版"), "the way back is there");

    let more = [form[0], form[1], ("cookie", cookie.as_str())];
    let answer = ask("POST", "/settings", &more, "contrast=contrast-high&theme=theme-dark").await;
    assert_eq!(answer.header("location"), "/settings?done=kept");
    assert!(answer.header("set-cookie").starts_with("tongban-look=comfort-large.contrast-high.theme-dark;"));
}

#[tokio::test]
async fn settings_lead_to_no_other_site() {
    let form = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let answer = ask("POST", "/settings", &form, "set=theme-dark&next=%2F%2Fevil.example").await;
    assert_eq!(answer.header("location"), "/settings?done=kept");
    assert!(!look("/settings?next=//evil.example", &[]).await.text.contains("evil.example"));
}

#[tokio::test]
async fn nothing_is_chosen_until_somebody_chooses() {
    let page = look("/nothing", &[]).await;
    assert!(page.text.contains("<html lang=\"zh-CN\">"), "the device decides: {}", page.text);
}

/// What a first look costs: the page, the sheet, the script and the icon, as they travel.
#[tokio::test]
async fn the_first_view_is_light() {
    let gzip = [("accept-encoding", "gzip")];
    let page = look("/design", &[]).await;
    let mut bytes = ask("GET", "/design", &gzip, "").await.length;
    let mut requests = 1;
    let links =
        ["<link rel=\"stylesheet\" href=\"", "<script type=\"module\" src=\"", "type=\"image/svg+xml\" href=\""];
    for from in links {
        for rest in page.text.split(from).skip(1) {
            let asset = ask("GET", rest.split('"').next().unwrap_or_default(), &gzip, "").await;
            assert_eq!(asset.status, StatusCode::OK);
            bytes += asset.length;
            requests += 1;
        }
    }
    assert!(requests <= 6 && bytes <= 60 * 1024, "{requests} requests, {bytes} bytes");
    assert!(bytes > 5_000, "{bytes} bytes are too few to be all");
}
