use crate::{
    Shelf, Vocabularies,
    finding::{self, Wanted},
    pages, showing,
};
use std::sync::Arc;
use webkit::PageFrame;
#[test]
fn real() {
    let v: serde_json::Value = serde_json::from_str(&std::fs::read_to_string("/tmp/cat.json").unwrap()).unwrap();
    let s = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let items = v["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (Arc::new(serde_json::from_value(i.clone()).unwrap()), 1))
        .collect();
    let bundles =
        v["bundles"].as_array().unwrap().iter().map(|i| Arc::new(serde_json::from_value(i.clone()).unwrap())).collect();
    let vocab = Vocabularies {
        departments: v["departments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| (s(&d["key"]), s(&d["name"]), s(&d["short"])))
            .collect(),
        themes: v["themes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| (s(&d["key"]), s(&d["name"]), s(&d["audience"]).parse().unwrap()))
            .collect(),
        certificates: v["certs"].as_array().unwrap().iter().map(|d| (s(&d["key"]), s(&d["name"]))).collect(),
    };
    let t = std::time::Instant::now();
    let shelf = Shelf::new(items, bundles, vocab);
    println!("shelf {:?}", t.elapsed());
    let around = || PageFrame { demo: true, path: "/".into(), ..Default::default() };
    let write = |n: &str, m: maud::Markup| {
        let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/../webkit/assets");
        let links = ["site", "pages", "print"]
            .map(|sheet| format!("<link rel=\"stylesheet\" href=\"file://{assets}/{sheet}.css\">"))
            .concat();
        std::fs::write(format!("/tmp/pages/{n}.html"), m.into_string().replace("</head>", &format!("{links}</head>")))
            .unwrap();
    };
    write(
        "real-home",
        pages::home::home(&finding::home(&shelf.items, &shelf.bundles, &shelf.themes, &shelf.names), around()),
    );
    let w = Wanted { q: "开餐馆".into(), ..Default::default() };
    let mut p = finding::list(&shelf.ranked(&w.q), &w, &shelf.themes, &shelf.names);
    p.events = finding::events(&shelf.bundles, &w.q);
    write("real-list", pages::list::list(&p, around()));
    for slug in ["housing-fund-loan", "drainage-permit", "enterprise-registration", "construction-permit"] {
        if let Some(i) = shelf.item(slug) {
            write(&format!("real-{slug}"), pages::guide::guide(&showing::guide(i, 1, &shelf.names), around()));
        } else {
            println!("no {slug}");
        }
    }
    let b = shelf.bundles.iter().find(|b| b.slug == "open-a-restaurant").unwrap();
    write("real-bundle", pages::bundle::bundle(&finding::bundle(b, &shelf.items, &shelf.names), around()));
    let (mut said, mut not) = (0, vec![]);
    for i in &shelf.items {
        for src in
            i.materials.iter().filter_map(|m| m.when.as_deref()).chain(i.steps.iter().filter_map(|m| m.when.as_deref()))
        {
            match crate::condition::in_words(src, |k| i.fields.iter().find(|f| f.key == k).map(|f| f.label.as_str())) {
                Some(w) => {
                    said += 1;
                    if said % 23 == 0 {
                        println!("{w}");
                    }
                }
                None => not.push(src.to_owned()),
            }
        }
    }
    println!("said {said}, not: {not:?}");
}
