//! Names by their sound: whole syllables, initials, or a mixture, as people type them.

use ::pinyin::{ToPinyin, ToPinyinMulti};

/// The readings of each character of a name.
#[derive(Debug)]
pub(super) struct Sound(Vec<Readings>);

#[derive(Debug)]
enum Readings {
    /// A Chinese character: its readings without tones.
    Syllables(Vec<String>),
    /// Any other character.
    Other(char),
}

impl Sound {
    /// The sound of `name`.
    pub(super) fn of(name: &[char]) -> Self {
        Self(name.iter().map(|c| readings(*c)).collect())
    }

    /// How well `letters` spell a stretch of the name: 90 for all of it, less for a part, less again for initials or
    /// when it does not begin at the beginning; none when they spell none of it.
    pub(super) fn fit(&self, letters: &str) -> Option<f64> {
        let starts = 0..self.0.len();
        let best = starts.filter_map(|start| self.fit_from(letters, start)).max_by(f64::total_cmp)?;
        (best > 0.0).then_some(best)
    }

    fn fit_from(&self, letters: &str, start: usize) -> Option<f64> {
        // For every end of what has been spelled so far: with how many whole syllables at most.
        let mut spelled: Vec<Option<usize>> = vec![None; letters.len() + 1];
        *spelled.first_mut()? = Some(0);
        let mut best: Option<(usize, usize)> = None;
        for (count, readings) in self.0.iter().skip(start).enumerate() {
            let mut next: Vec<Option<usize>> = vec![None; letters.len() + 1];
            for (at, whole) in spelled.iter().enumerate().filter_map(|(at, whole)| whole.map(|whole| (at, whole))) {
                let rest = letters.get(at..).unwrap_or_default();
                for (taken, syllable) in readings.taken(rest) {
                    if let Some(slot) = next.get_mut(at + taken) {
                        *slot = (*slot).max(Some(whole + usize::from(syllable)));
                    }
                }
            }
            if let Some(whole) = next.last().copied().flatten() {
                best = best.max(Some((whole, count + 1)));
            }
            spelled = next;
            if spelled.iter().all(Option::is_none) {
                break;
            }
        }
        let (whole, count) = best?;
        // Two letters hidden inside a name say nothing.
        if count < 2 && letters.len() < 3 || start > 0 && letters.len() < 3 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let ratio = |part: usize, all: usize| part as f64 / all.max(1) as f64;
        let opening = if start == 0 { 10.0 } else { 0.0 };
        Some(20.0 + 40.0 * ratio(count, self.0.len()) + 20.0 * ratio(whole, count) + opening)
    }
}

impl Readings {
    /// How many of the letters this character can take, and whether as a whole syllable. The last one may be typed in
    /// part.
    fn taken(&self, letters: &str) -> Vec<(usize, bool)> {
        let syllables = match self {
            Self::Other(c) => {
                return if letters.starts_with(*c) { vec![(c.len_utf8(), true)] } else { Vec::new() };
            }
            Self::Syllables(syllables) => syllables,
        };
        let mut taken = Vec::new();
        for syllable in syllables.iter().filter(|_| !letters.is_empty()) {
            if letters.starts_with(syllable.as_str()) {
                taken.push((syllable.len(), true));
            }
            if letters.as_bytes().first() == syllable.as_bytes().first() {
                taken.push((1, false));
            }
            if letters.len() > 1 && letters.len() < syllable.len() && syllable.starts_with(letters) {
                taken.push((letters.len(), false));
            }
        }
        taken
    }
}

fn readings(c: char) -> Readings {
    let mut plain: Vec<&'static str> = Vec::new();
    if let Some(usual) = c.to_pinyin() {
        plain.push(usual.plain());
    }
    if let Some(multi) = c.to_pinyin_multi() {
        plain.extend(multi.into_iter().map(::pinyin::Pinyin::plain));
    }
    // ü is typed as v, or as u by those who do not know.
    let mut syllables: Vec<String> =
        plain.iter().flat_map(|text| [text.replace('ü', "v"), text.replace('ü', "u")]).collect();
    syllables.retain(|syllable| !syllable.is_empty() && syllable.bytes().all(|b| b.is_ascii_lowercase()));
    syllables.sort_unstable();
    syllables.dedup();
    if syllables.is_empty() { Readings::Other(c) } else { Readings::Syllables(syllables) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(name: &str, letters: &str) -> Option<f64> {
        Sound::of(&name.chars().collect::<Vec<_>>()).fit(letters)
    }

    #[test]
    fn whole_names_fit_best_then_parts_then_initials() {
        let order = ["xingshizheng", "xingshi", "xsz", "shizheng"].map(|letters| fit("行驶证", letters).unwrap());
        assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
        assert_eq!(fit("行驶证", "xingshizheng"), Some(90.0));
    }

    #[test]
    fn every_reading_of_a_character_counts_and_typing_may_stop_midway() {
        assert!(fit("行驶证", "hangshizheng").is_some());
        assert!(fit("营业执照", "yingyezhizh").is_some());
        assert!(fit("营业执照", "yyzhizhao").is_some());
        assert!(fit("律师", "lvshi").is_some() && fit("律师", "lushi").is_some() && fit("律师", "ls").is_some());
        assert!(fit("ct机", "ctji").is_some());
    }

    #[test]
    fn what_does_not_spell_the_name_does_not_fit() {
        for letters in ["", "x", "xq", "sz", "xingshizhengx", "q"] {
            assert_eq!(fit("行驶证", letters), None, "{letters}");
        }
        assert_eq!(fit("", "abc"), None);
    }
}
