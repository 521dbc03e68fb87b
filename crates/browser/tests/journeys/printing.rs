//! Papers as they come out of the printer, measured against GB/T 9704: A4, margins of 37 mm above and 28 mm at the left, a
//! type area of 156 × 225 mm, 22 lines of 28 characters, text of 16 pt and titles of 22 pt.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use browser::{Person, Screen};
use serde_json::Value;

use crate::{
    town::{Town, pictures},
    visits::{REFUND, heard},
};

/// Pages of a PDF, and the sizes (width and height in whole points) that they have.
fn pages(pdf: &[u8]) -> (usize, Vec<(u32, u32)>) {
    let text = String::from_utf8_lossy(pdf);
    let count = text.matches("/Type /Page").count() - text.matches("/Type /Pages").count();
    let mut sizes: Vec<(u32, u32)> = text
        .split("/MediaBox [")
        .skip(1)
        .map(|rest| {
            let mut numbers = rest.split(']').next().unwrap().split_whitespace().map(|n| n.parse::<f64>().unwrap());
            let (x, y) = (numbers.next().unwrap(), numbers.next().unwrap());
            assert!(x.abs() < 0.5 && y.abs() < 0.5);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sheet of paper")]
            let whole = |n: Option<f64>| n.unwrap().round() as u32;
            (whole(numbers.next()), whole(numbers.next()))
        })
        .collect();
    sizes.dedup();
    (count, sizes)
}

async fn printed(person: &Person, name: &str) -> (usize, Vec<(u32, u32)>) {
    let pdf = person.prints().await.unwrap();
    let folder = pictures().join("print");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.pdf")), &pdf).unwrap();
    pages(&pdf)
}

/// How many sheets the paper needs with this content (a script that makes it).
async fn sheets(person: &Person, name: &str, script: &str) -> usize {
    person.asks(&format!("document.querySelector('article.paper').innerHTML = {script}; return true")).await.unwrap();
    printed(person, name).await.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_is_printed_as_official_documents_are() {
    let town = Town::open().await;
    let (applicant, number) = town.file(REFUND).await;
    let document = town.first_document(&applicant, &number).await;
    let person = town.signed_in(&applicant, Screen::WIDE).await;
    person.goes_to(&format!("/cases/{number}/documents/{document}")).await.unwrap();
    let (count, sizes) = printed(&person, "receipt").await;
    assert_eq!(sizes, [(595, 842)], "A4");
    assert!((1..=2).contains(&count), "{count} sheets");

    person.prefer_paper(true).await.unwrap();
    let measure = |css: &str, what: &str| {
        format!("return parseFloat(getComputedStyle(document.querySelector('{css}')).{what}) * 0.75")
    };
    for (css, what, points) in [
        ("article.paper > p:not([class])", "fontSize", 16.0),
        ("article.paper h1", "fontSize", 22.0),
        ("article.paper > p:not([class])", "lineHeight", 225.0 / 22.0 * 72.0 / 25.4),
    ] {
        let found = person.asks(&measure(css, what)).await.unwrap().as_f64().unwrap();
        assert!((found - points).abs() < 0.1, "{css} {what}: {found} pt, not {points}");
    }
    let centred = person.asks("return getComputedStyle(document.querySelector('article.paper h1')).textAlign").await;
    assert_eq!(centred.unwrap(), Value::from("center"));
    // What belongs to the site and not to the paper is not printed.
    for css in ["header.site", "footer.site", ".crumbs", ".actions"] {
        let shown = person
            .asks(&format!("return [...document.querySelectorAll('{css}')].some((e) => e.getClientRects().length > 0)"))
            .await
            .unwrap();
        assert_eq!(shown, Value::from(false), "{css}");
    }
    person.prefer_paper(false).await.unwrap();

    // A sheet takes 22 lines of 28 characters, and not one more. A class of no meaning takes the indent away.
    let filled = |count: usize| format!("'<p class=\"plain\">{}</p>'", "国".repeat(count));
    for (count, full) in [(22 * 28, 1), (22 * 28 + 1, 2), (44 * 28, 2), (44 * 28 + 1, 3)] {
        assert_eq!(sheets(&person, &format!("filled-{count}"), &filled(count)).await, full, "{count} characters");
    }
    person.leaves().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_paper_of_a_case_and_the_receipts_print_on_few_sheets() {
    let town = Town::open().await;
    let (applicant, number) = heard(&town).await;
    let person = town.signed_in(&applicant, Screen::WIDE).await;
    person.goes_to(&format!("/my/cases/{number}")).await.unwrap();
    let mut papers = Vec::new();
    for link in person.finds_all("main a[href*='/documents/']").await.unwrap() {
        papers.push(link.attr("href").await.unwrap().unwrap());
    }
    papers.sort();
    papers.dedup();
    assert!(papers.len() >= 3, "receipt, acceptance, notice of the refusal: {papers:?}");
    for (place, paper) in papers.iter().enumerate() {
        person.goes_to(paper).await.unwrap();
        let (count, sizes) = printed(&person, &format!("paper-{place}")).await;
        assert_eq!(sizes, [(595, 842)], "{paper}");
        assert!((1..=3).contains(&count), "{paper}: {count} sheets");
    }
    for (path, name, most) in [
        (format!("/my/cases/{number}/receipt"), "apply-receipt", 1),
        ("/items/driving-licence-renewal".to_owned(), "guide", 6),
    ] {
        person.goes_to(&path).await.unwrap();
        let (count, sizes) = printed(&person, name).await;
        assert_eq!(sizes, [(595, 842)], "{path}");
        assert!((1..=most).contains(&count), "{path}: {count} sheets");
    }
    person.leaves().await.unwrap();
}
