//! Writes what the crate makes for people to look at, when TONGBAN_LOOK names a folder.

use ofd::seal::picture::{Diameter, Face, draw};
use ofd::{Fonts, write_ofd, write_pdf};

use super::sample::certificate;

#[test]
fn samples_can_be_looked_at() {
    let fonts = Fonts::built_in().unwrap();
    let seals = [
        ("short", "贵阳市市场监督管理局", Some("行政审批专用章"), Diameter::Mm42),
        ("long", "贵州省贵阳市观山湖区人力资源和社会保障局社会保险事业管理中心", None, Diameter::Mm45),
    ];
    let mut made = Vec::new();
    for (name, body, purpose, diameter) in seals {
        let picture = draw(&Face { name: body, purpose, note: Some("演示专用"), diameter }, &fonts).unwrap();
        made.push((format!("{name}.png"), picture.bytes));
    }
    made.push(("certificate.pdf".to_owned(), write_pdf(&certificate()).unwrap()));
    made.push(("certificate.ofd".to_owned(), write_ofd(&certificate()).unwrap().to_bytes().unwrap()));
    if let Ok(folder) = std::env::var("TONGBAN_LOOK") {
        for (name, bytes) in &made {
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
        }
    }
    assert!(made.iter().all(|(_, bytes)| !bytes.is_empty()));
}
