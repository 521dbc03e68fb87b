//! Names of people.

use super::{half_width, invisible};

/// Longest name, in characters; long transliterated names have some thirty.
const LONGEST: usize = 50;

/// A person's name as it is stored: one middle dot `·` (U+00B7) for all its look-alikes, no blanks in or beside Chinese
/// characters, single blanks between words of letters, half-width. None when it cannot be a name: empty, longer than 50
/// characters, with digits or signs.
///
/// Rare characters pass, also those in the private use area, where older registers put what had no code yet.
#[must_use]
pub fn person_name(text: &str) -> Option<String> {
    let name: String = text.chars().filter(|c| !invisible(*c)).map(half_width).map(one_dot).collect();
    let chinese = name.chars().any(han);
    let name = if chinese {
        // A full stop between Chinese characters was meant to be the dot.
        name.split_whitespace().collect::<String>().replace('.', "·")
    } else {
        name.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ·", "·").replace("· ", "·")
    };
    let fits = |c: char| {
        c.is_alphabetic() || private(c) || matches!(c, '\u{0300}'..='\u{036f}' | '·' | ' ' | '-' | '\'' | '’' | '.')
    };
    let length = name.chars().count();
    let right = (1..=LONGEST).contains(&length)
        && name.chars().all(fits)
        && name.chars().any(|c| c.is_alphabetic() || private(c))
        && !name.starts_with('·')
        && !name.ends_with('·');
    right.then_some(name)
}

const fn one_dot(c: char) -> char {
    match c {
        '•' | '・' | '･' | '‧' | '∙' | '⋅' | '●' | '᛫' | '⸱' | '˙' | '。' => '·',
        other => other,
    }
}

/// Chinese characters, their extensions included.
const fn han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
        || private(c)
}

const fn private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10fffd}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_spelling_for_one_name() {
        for (text, name) in [
            ("王敏", "王敏"),
            (" 王　敏 ", "王敏"),
            ("欧阳 娜　娜", "欧阳娜娜"),
            ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉 ‧ 买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉∙买买提", "阿卜杜拉·买买提"),
            ("王 𬭎", "王𬭎"),
            ("王\u{e1a3}", "王\u{e1a3}"),
            ("王〇", "王〇"),
            ("\u{feff}王敏\u{200b}", "王敏"),
            ("  Mary  Ann Smith ", "Mary Ann Smith"),
            ("Ｍａｒｙ", "Mary"),
            ("José García", "José García"),
            ("Jose\u{301}", "Jose\u{301}"),
            ("J. R. O'Neill-Smith", "J. R. O'Neill-Smith"),
        ] {
            assert_eq!(person_name(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "王".repeat(51);
        for text in ["", "  ", "<script>", "张3", "王敏！", "·", "王·", "·王", "...", "12345", "王敏@", "！！", &long]
        {
            assert_eq!(person_name(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_name_read_again_stays_the_same(text in "\\PC{0,20}|[王敏a-c·•. ]{1,10}") {
            if let Some(name) = person_name(&text) {
                prop_assert_eq!(person_name(&name), Some(name.clone()));
            }
        }
    }
}
