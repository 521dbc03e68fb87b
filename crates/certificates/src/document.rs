//! The page of a certificate: title, border, what it says, the code to check it by, issuer and day. The seal is put over
//! the issuer's name afterwards (骑年盖月) and is no part of the page.

use std::sync::OnceLock;

use kernel::{Date, show_date};
use ofd::{
    Colour, Document, FontError, Fonts, Info, Page,
    layout::{Align, Fit, LayoutError, Placer, Style},
};

use crate::Certificate;

/// Centre of the seal on the page, mm.
pub(crate) const SEAL_AT: (f64, f64) = (147.0, 232.0);
/// Red of border and watermark's frame.
const BORDER: Colour = Colour(160, 30, 30);

/// What the page says beside the certificate itself.
pub(crate) struct Around<'a> {
    /// The issuing body's name.
    pub(crate) issuer: &'a str,
    /// Its unified social credit code.
    pub(crate) issuer_code: &'a str,
    /// Code of the type (GB/T 36904—2018).
    pub(crate) type_code: &'a str,
    /// The holder is a person.
    pub(crate) person: bool,
    /// What the code of the page leads to.
    pub(crate) check: &'a str,
    /// What every document must say aslant over the page, such as 演示专用.
    pub(crate) mark: Option<&'a str>,
    /// A sentence at the foot of the page.
    pub(crate) foot: Option<&'a str>,
}

fn fonts() -> Result<Fonts, FontError> {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    match FONTS.get() {
        Some(fonts) => Ok(fonts.clone()),
        None => {
            let made = Fonts::built_in()?;
            Ok(FONTS.get_or_init(|| made).clone())
        }
    }
}

/// Days as the page shows them.
fn validity(c: &Certificate) -> String {
    match c.expires_on {
        Some(last) => format!("{} 至 {}", show_date(c.issued_on), show_date(last)),
        None => "长期".to_owned(),
    }
}

fn metadata(c: &Certificate, around: &Around<'_>) -> Vec<(String, String)> {
    // 9999-12-31 stands for no end: elements of GB/T 36903—2018 are never left out.
    let last = c.expires_on.unwrap_or(Date::constant(9999, 12, 31));
    let (kind, code) = if around.person { ("公民身份号码", "111") } else { ("统一社会信用代码", "001") };
    let mut custom = vec![
        ("ZZMC", c.name.clone()),
        ("ZZLXDM", around.type_code.to_owned()),
        ("ZZBH", c.number.clone()),
        ("ZZBS", c.identifier.clone()),
        ("ZZBFJG", around.issuer.to_owned()),
        ("ZZBFJGDM", around.issuer_code.to_owned()),
        ("ZZBFRQ", c.issued_on.to_string()),
        ("CZZT", c.holder_name.clone()),
        ("CZZTDMLX", kind.to_owned()),
        ("CZZTDMLXDM", code.to_owned()),
        ("ZZYXQQSRQ", c.issued_on.to_string()),
        ("ZZYXQJZRQ", last.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect::<Vec<_>>();
    custom.extend(c.data.iter().map(|(field, value)| (format!("KZ_{}", field.to_uppercase()), value.clone())));
    custom
}

/// The document of a certificate, without a seal.
///
/// # Errors
/// When a value has a character that no font draws, or is too long for the page.
pub(crate) fn compose(c: &Certificate, around: &Around<'_>) -> Result<Document, LayoutError> {
    let fonts = fonts()?;
    let mut page = Page::a4();
    let mut place = Placer::new(&mut page, &fonts);
    place.border((10.0, 10.0, 190.0, 277.0), BORDER, 0.8);
    place.border((12.0, 12.0, 186.0, 273.0), BORDER, 0.25);
    if let Some(mark) = around.mark {
        place.watermark(mark, 9.0)?;
    }
    let title = Style::new(11.0).bold().align(Align::Centre).spacing(2.0);
    place.text((18.0, 30.0, 174.0, 18.0), &c.name, &title, Fit::Shrink(5.0))?;
    let mut facts = vec![
        ("证照编号".to_owned(), c.number.clone()),
        (if around.person { "持证人" } else { "持证单位" }.to_owned(), c.holder_name.clone()),
    ];
    facts.extend(c.data.iter().filter(|(_, value)| !value.is_empty()).map(|(field, value)| {
        let name = vocab::field_name(field).unwrap_or(field);
        // Days are kept as 2026-03-02 and read as 2026年3月2日.
        (name.to_owned(), value.parse().map_or_else(|_| value.clone(), |day: Date| show_date(day)))
    }));
    facts.push(("有效期".to_owned(), validity(c)));
    let mut y = 62.0;
    // What is left above code, issuer and day is shared by the values.
    let least = 3.0;
    for (place_in, (name, value)) in facts.iter().enumerate() {
        let left = facts.len() - place_in;
        #[expect(clippy::cast_precision_loss, reason = "a certificate has few fields")]
        let room = ((200.0 - y) / left as f64).max(7.5).max(if left == 1 { 200.0 - y } else { 0.0 });
        let shrink = Fit::Shrink(least);
        let label = place.text((26.0, y, 46.0, room), name, &Style::new(4.94).bold(), shrink)?;
        let used = place.text((74.0, y, 112.0, room), value, &Style::new(4.94), shrink)?;
        y += used.max(label) + 2.5;
    }
    place.code(28.0, 214.0, 30.0, around.check)?;
    let small = Style::new(3.2).align(Align::Centre);
    place.text((20.0, 246.0, 46.0, 10.0), "扫码查验真伪和当前状态", &small, Fit::Shrink(2.0))?;
    let closing = Style::new(4.94).align(Align::Centre);
    place.text((102.0, 224.0, 90.0, 16.0), around.issuer, &closing, Fit::Shrink(3.0))?;
    place.text((102.0, 236.0, 90.0, 10.0), &show_date(c.issued_on), &closing, Fit::Shrink(3.0))?;
    let tiny = Style::new(2.9).align(Align::Centre);
    place.text((16.0, 262.0, 178.0, 8.0), &format!("电子证照标识 {}", c.identifier), &tiny, Fit::Shrink(1.8))?;
    if let Some(foot) = around.foot {
        place.text((16.0, 269.0, 178.0, 8.0), foot, &tiny, Fit::Shrink(1.8))?;
    }
    Ok(Document {
        info: Info {
            // The same certificate gives the same number.
            id: gm::digest_hex(c.identifier.as_bytes())[..32].to_owned(),
            title: c.name.clone(),
            author: around.issuer.to_owned(),
            created: c.issued_on,
            custom: metadata(c, around),
        },
        pages: vec![page],
        attachments: Vec::new(),
        fonts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::certificate::tests::licence;

    fn around(mark: Option<&'static str>) -> Around<'static> {
        Around {
            issuer: "贵阳市卫生健康局",
            issuer_code: "11520100MB1B00029G",
            type_code: "11520100MB1B00029G040",
            person: false,
            check: "https://zwfw.example/c/1.2.156.3005.2.x/0123456789",
            mark,
            foot: None,
        }
    }

    #[test]
    fn the_page_bears_what_the_certificate_says_as_real_text_and_metadata() {
        let one = licence();
        let document = compose(&one, &around(None)).unwrap();
        let bytes = ofd::write_ofd(&document).unwrap().to_bytes().unwrap();
        assert!(bytes.len() < 60 * 1024, "{} bytes", bytes.len());
        let reading = ofd::read(&bytes, &ofd::Limits::default()).unwrap();
        let text: String = reading.pages[0].pieces.iter().map(|piece| piece.text.as_str()).collect();
        for word in
            ["卫生许可证", "贵阳青山茶业有限公司", "解放路9号", "2030年3月1日", "贵阳市卫生健康局", &one.identifier]
        {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert!(!text.contains("演示"));
        let metadata: Vec<&str> = document.info.custom.iter().map(|(name, _)| name.as_str()).collect();
        assert!(metadata.contains(&"ZZBS") && metadata.contains(&"KZ_SITE"), "{metadata:?}");
        let marked = compose(&one, &around(Some("演示专用"))).unwrap();
        assert!(marked.pages[0].background.len() > document.pages[0].background.len());
        assert!(ofd::write_pdf(&document).unwrap().starts_with(b"%PDF"));
    }

    #[test]
    fn long_values_shrink_and_what_has_no_room_or_no_glyph_is_an_error() {
        let mut one = licence();
        for n in 0..8 {
            one.data.insert(format!("field_{n}"), "热食类食品制售、冷食类食品制售、糕点类食品制售".repeat(3));
        }
        compose(&one, &around(None)).unwrap();
        one.data.insert("scope".into(), "很长".repeat(900));
        assert!(matches!(compose(&one, &around(None)), Err(LayoutError::TooLong(_) | LayoutError::TooHigh { .. })));
        let mut rare = licence();
        rare.holder_name = "\u{1F600}".into();
        assert!(matches!(compose(&rare, &around(None)), Err(LayoutError::Font(FontError::Missing(_)))));
    }
}
