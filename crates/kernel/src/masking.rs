//! What others see of personal data (脱敏). Done on the server; enterprise names and credit codes are public and not
//! masked.

/// Name: first character and stars; from three characters on the last is shown too.
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

fn ends(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let (first, rest) = chars.split_at(head);
    let (middle, last) = rest.split_at(rest.len() - tail);
    first.iter().chain(std::iter::repeat_n(&'*', middle.len())).chain(last).collect()
}

/// Citizen number on the applicant's own pages: first 6 and last 4.
#[must_use]
pub fn id_number(number: &str) -> String {
    ends(number, 6, 4)
}

/// Citizen number on public lists and screens: first and last.
#[must_use]
pub fn id_number_public(number: &str) -> String {
    ends(number, 1, 1)
}

/// Phone: first 3 and last 4.
#[must_use]
pub fn phone(number: &str) -> String {
    ends(number, 3, 4)
}

/// Bank card: last 4.
#[must_use]
pub fn bank_card(number: &str) -> String {
    ends(number, 0, 4)
}

/// Address: down to the street, the rest is stars.
#[must_use]
pub fn address(address: &str) -> String {
    let end = ["路", "街", "道", "巷", "镇", "乡", "区", "县", "市"]
        .iter()
        .find_map(|mark| address.find(mark).map(|i| i + mark.len()))
        .unwrap_or_else(|| address.char_indices().nth(6).map_or(0, |(i, _)| i));
    if end >= address.len() { address.to_owned() } else { format!("{}***", &address[..end]) }
}

/// E-mail: first character and the domain.
#[must_use]
pub fn email(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => "***".to_owned(),
    }
}

/// Plate or certificate number of a person: first 2 and last 2.
#[must_use]
pub fn plate(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    if chars.len() <= 4 {
        return "*".repeat(chars.len());
    }
    let head: String = chars[..2].iter().collect();
    let tail: String = chars[chars.len() - 2..].iter().collect();
    format!("{head}***{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handbooks_table() {
        assert_eq!(name("王五"), "王*");
        assert_eq!(name("李小敏"), "李*敏");
        assert_eq!(name("欧阳娜娜"), "欧**娜");
        assert_eq!(name("王"), "*");
        assert_eq!(name(""), "");
        assert_eq!(id_number("520102199003071017"), "520102********1017");
        assert_eq!(id_number_public("520102199003071017"), "5****************7");
        assert_eq!(phone("13800003210"), "138****3210");
        assert_eq!(bank_card("6222021234566222"), "************6222");
        assert_eq!(address("贵阳市观山湖区林城西路88号"), "贵阳市观山湖区林城西路***");
        assert_eq!(email("zhang@example.org"), "z***@example.org");
        assert_eq!(email("nonsense"), "***");
        assert_eq!(plate("贵A12321"), "贵A***21");
        assert_eq!(plate("贵A1"), "***");
    }
}
