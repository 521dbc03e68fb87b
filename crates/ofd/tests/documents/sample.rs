//! A certificate of the size and shape of a real one, of people and bodies that do not exist.

use jiff::civil::date;
use ofd::layout::{Align, Fit, Placer, Style};
use ofd::{Attachment, Colour, Document, Fonts, Info, Page};

/// A food licence of one page, with border, table of facts, rare name, code and attachment.
pub(crate) fn certificate() -> Document {
    let fonts = Fonts::built_in().unwrap();
    let mut page = Page::a4();
    let mut place = Placer::new(&mut page, &fonts);
    place.border((10.0, 10.0, 190.0, 277.0), Colour(160, 30, 30), 0.8);
    place.border((12.0, 12.0, 186.0, 273.0), Colour(160, 30, 30), 0.25);
    let title = Style::new(12.0).bold().align(Align::Centre).spacing(3.0);
    place.text((20.0, 30.0, 170.0, 20.0), "食品经营许可证", &title, Fit::Refuse).unwrap();
    let facts = [
        ("经营者名称", "贵阳市云岩区小𬭎餐饮服务部"),
        ("社会信用代码", "92520103MA6HXXXX0K"),
        ("法定代表人（负责人）", "王𬭎敏"),
        ("住所", "贵州省贵阳市云岩区中华北路1号附2号"),
        ("经营场所", "贵州省贵阳市云岩区中华北路1号附2号一层、二层"),
        ("主体业态", "餐饮服务经营者（小型餐馆）"),
        ("经营项目", "热食类食品制售、冷食类食品制售、糕点类食品制售（不含裱花蛋糕）、自制饮品制售"),
        ("许可证编号", "JY25201030012345"),
        ("有效期至", "2031年3月1日"),
    ];
    let mut y = 62.0;
    for (name, value) in facts {
        let label = Style::new(4.94).bold();
        place.text((28.0, y, 52.0, 20.0), name, &label, Fit::Shrink(3.5)).unwrap();
        let used = place.text((80.0, y, 105.0, 24.0), value, &Style::new(4.94), Fit::Refuse).unwrap();
        y += used + 3.0;
    }
    place.code(30.0, 215.0, 28.0, "https://example.invalid/v/1.2.156.3005.2.1").unwrap();
    let small = Style::new(3.2).align(Align::Centre);
    place.text((24.0, 246.0, 40.0, 12.0), "扫描二维码核验真伪与当前状态", &small, Fit::Refuse).unwrap();
    let closing = Style::new(4.94).align(Align::Centre);
    place.text((110.0, 222.0, 75.0, 10.0), "贵阳市市场监督管理局", &closing, Fit::Refuse).unwrap();
    place.text((110.0, 232.0, 75.0, 10.0), "2026年3月2日", &closing, Fit::Refuse).unwrap();
    let custom =
        [("ZZMC", "食品经营许可证"), ("ZZBH", "JY25201030012345"), ("CZZT", "王𬭎敏"), ("KZ_JYXM", "热食<冷食>&饮品")];
    Document {
        info: Info {
            id: "0123456789abcdef0123456789abcdef".to_owned(),
            title: "食品经营许可证".to_owned(),
            author: "贵阳市市场监督管理局".to_owned(),
            created: date(2026, 3, 2),
            custom: custom.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        },
        pages: vec![page],
        attachments: vec![Attachment {
            name: "证照数据".to_owned(),
            format: "xml".to_owned(),
            bytes: b"<data/>".to_vec().into(),
        }],
        fonts,
    }
}
