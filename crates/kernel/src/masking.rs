//! What others see of personal data (脱敏). It happens on the server, before anything is shown, logged, exported or
//! indexed. Credit codes and names of enterprises are public registration data and not masked; a ticket is called by its
//! number alone, so nothing about its holder is there to be masked.
//!
//! Whatever is too short to keep something back becomes stars altogether.

/// Name of a person: 王* · 李*敏 · 欧**娜. The first character, from three characters on the last too.
#[must_use]
pub fn name(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => format!("{first}{}{last}", "*".repeat(middle.len())),
    }
}

/// The first `head` and last `tail` characters, one star for each of the others.
fn ends(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    if length <= head + tail {
        return "*".repeat(length);
    }
    text.chars().enumerate().map(|(i, c)| if i < head || i >= length - tail { c } else { '*' }).collect()
}

/// The first `head` and last `tail` characters around `stars` stars, which say nothing of the length.
fn around(text: &str, head: usize, stars: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let show = |part: &[char]| part.iter().collect::<String>();
    format!("{}{}{}", show(&chars[..head]), "*".repeat(stars), show(&chars[chars.len() - tail..]))
}

/// Citizen number on the holder's own pages: 520102********1017. Numbers of another length are masked as
/// [`document_number`].
#[must_use]
pub fn id_number(number: &str) -> String {
    if number.chars().count() == 18 { ends(number, 6, 4) } else { document_number(number) }
}

/// Citizen number on public lists and screens: 5****************7.
#[must_use]
pub fn id_number_public(number: &str) -> String {
    ends(number, 1, 1)
}

/// Phone: 138****3210; a fixed line likewise.
#[must_use]
pub fn phone(number: &str) -> String {
    around(number, 3, 4, 4)
}

/// Bank card: ************6222, the last 4.
#[must_use]
pub fn bank_card(number: &str) -> String {
    ends(number, 0, 4)
}

/// E-mail: z***@example.org.
#[must_use]
pub fn email(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => "***".to_owned(),
    }
}

/// Number of a person's certificate or document other than the citizen number: E1***78.
#[must_use]
pub fn document_number(number: &str) -> String {
    around(number, 2, 3, 2)
}

/// Plate: 贵A***21.
#[must_use]
pub fn plate(number: &str) -> String {
    document_number(number)
}

/// Address: 贵阳市观山湖区林城西路***. Shown down to the street, else to the township, the county or the city; what is not
/// recognised is hidden altogether. An address that ends there has nothing to hide.
#[must_use]
pub fn address(address: &str) -> String {
    let shown = address.get(..street_end(address)).unwrap_or_default();
    if shown.len() == address.len() { address.to_owned() } else { format!("{shown}***") }
}

/// Where the part of an address ends that may be shown.
fn street_end(address: &str) -> usize {
    // Numbers name the house: whatever comes after the first is never shown.
    let named = address.find(|c: char| c.is_numeric() || "甲乙丙丁#".contains(c)).unwrap_or(address.len());
    let named = address.get(..named).unwrap_or_default();
    let street = ["大道", "路", "街", "巷", "弄", "胡同"]
        .iter()
        .flat_map(|mark| named.match_indices(mark).map(|(at, mark)| at + mark.len()))
        .filter(|end| !named.get(*end..).is_some_and(|rest| rest.starts_with('道')))
        .min();
    if let Some(end) = street {
        return end;
    }
    let areas: [&[&str]; 4] =
        [&["省", "自治区"], &["市", "自治州", "地区"], &["区", "县", "市", "旗"], &["街道", "镇", "乡"]];
    let mut end = 0;
    for marks in areas {
        let rest = named.get(end..).unwrap_or_default();
        let next = marks.iter().filter_map(|mark| rest.find(mark).map(|at| at + mark.len())).min();
        end += next.unwrap_or(0);
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        for (name, shown) in [
            ("王芳", "王*"),
            ("李小敏", "李*敏"),
            ("欧阳娜娜", "欧**娜"),
            ("阿依古丽·买买提", "阿******提"),
            ("王", "*"),
            ("", ""),
        ] {
            assert_eq!(super::name(name), shown);
        }
        assert_eq!(name("𬭎𬭎"), "𬭎*", "characters, not bytes");
    }

    #[test]
    fn numbers() {
        assert_eq!(id_number("520102199003071017"), "520102********1017");
        assert_eq!(id_number("11010519491231002X"), "110105********002X");
        assert_eq!(id_number("H1234567801"), "H1***01", "no citizen number");
        assert_eq!(id_number_public("520102199003071017"), "5****************7");
        assert_eq!(phone("13800003210"), "138****3210");
        assert_eq!(phone("0851-81234567"), "085****4567");
        assert_eq!(phone("12345"), "*****");
        assert_eq!(bank_card("6222021234566222"), "************6222");
        assert_eq!(bank_card("6222"), "****");
        assert_eq!(plate("贵A12321"), "贵A***21");
        assert_eq!(plate("贵AD12321"), "贵A***21");
        assert_eq!(plate("贵A1"), "***");
        assert_eq!(document_number("E12345678"), "E1***78");
    }

    #[test]
    fn mail_addresses() {
        assert_eq!(email("zhang@example.org"), "z***@example.org");
        assert_eq!(email("张三@example.org"), "张***@example.org");
        assert_eq!(email("@example.org"), "***@example.org");
        assert_eq!(email("nonsense"), "***");
        assert_eq!(email(""), "***");
    }

    #[test]
    fn addresses_are_shown_down_to_the_street() {
        for (address, shown) in [
            ("贵阳市观山湖区林城西路88号", "贵阳市观山湖区林城西路***"),
            ("贵州省贵阳市云岩区中华北路1号花园小区3栋2单元", "贵州省贵阳市云岩区中华北路***"),
            ("贵阳市观山湖区金阳街道林城西路88号附1号", "贵阳市观山湖区金阳街道林城西路***"),
            ("贵阳市南明区都司高架桥路花园大厦", "贵阳市南明区都司高架桥路***"),
            ("南明区市府路7号", "南明区市府路***"),
            ("贵阳市白云区白云大道甲5号", "贵阳市白云区白云大道***"),
            ("贵阳市云岩区河东街道三组", "贵阳市云岩区河东街道***"),
            ("贵阳市息烽县小寨坝镇南山村5组", "贵阳市息烽县小寨坝镇***"),
            ("清镇市红枫湖镇右七村", "清镇市红枫湖镇***"),
            ("贵阳市观山湖区世纪金源12栋", "贵阳市观山湖区***"),
            ("遵义市道真仡佬族苗族自治县玉溪镇1组", "遵义市道真仡佬族苗族自治县玉溪镇***"),
            ("贵阳市观山湖区", "贵阳市观山湖区"),
            ("花园3栋", "***"),
            ("88号", "***"),
            ("", ""),
        ] {
            assert_eq!(super::address(address), shown, "{address}");
        }
    }

    proptest! {
        #[test]
        fn no_digit_of_an_address_is_ever_shown(text in "[贵阳市观山湖区县镇乡街道路大巷花园0-9号栋附-]{0,20}") {
            let shown = address(&text);
            prop_assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{} {}", text, shown);
            prop_assert!(text.starts_with(shown.trim_end_matches('*')));
        }

        #[test]
        fn something_is_always_kept_back(text in "\\PC{1,30}") {
            for masked in [name(&text), id_number(&text), id_number_public(&text), phone(&text), bank_card(&text), plate(&text), email(&text)] {
                prop_assert!(masked.contains('*'), "{} {}", text, masked);
            }
            let _ = address(&text);
        }
    }
}
