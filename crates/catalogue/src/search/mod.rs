//! Finding an item by what people call it: official names, colloquial ones, whole sentences, pinyin.
//!
//! The index lives in memory. A text is cut into words and pairs of characters and weighed by BM25; on top of that the
//! query is held against each name and alias as a whole, in characters and in pinyin, because a name that is said in
//! full should come first.

mod pinyin;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::SubjectKind;

use self::pinyin::Sound;
use self::text::{Pair, Query, pairs, plain, shared, terms};
use crate::domain::Item;

/// BM25: how fast more of the same word stops mattering.
const SATURATION: f64 = 1.2;
/// BM25: how much long texts are held back.
const LENGTH: f64 = 0.6;
/// Longest query that is looked at, characters.
const LONGEST_QUERY: usize = 64;

/// What the results are narrowed to; what is none does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// Who applies.
    pub audience: Option<SubjectKind>,
    /// Key of a theme.
    pub theme: Option<String>,
    /// Key of a department.
    pub department: Option<String>,
    /// Whole process online (网办深度 4).
    pub fully_online: bool,
}

impl SearchFilter {
    fn lets_through(&self, entry: &Entry) -> bool {
        self.audience.is_none_or(|audience| entry.audience.contains(&audience))
            && self.theme.as_ref().is_none_or(|theme| entry.themes.contains(theme))
            && self.department.as_ref().is_none_or(|department| *department == entry.department)
            && (!self.fully_online || entry.fully_online)
    }
}

/// One item found.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Hit {
    /// The item.
    pub slug: String,
    /// The higher the better; only comparable within one answer.
    pub score: f64,
    /// Which text matched, in Chinese.
    pub why: String,
}

/// Where a text of an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Name,
    Alias,
    Result,
    Summary,
    Question,
    Material,
    Condition,
}

impl Part {
    const fn weight(self) -> f64 {
        match self {
            Self::Name | Self::Alias => 3.0,
            Self::Result => 1.5,
            Self::Summary | Self::Question => 0.8,
            Self::Material | Self::Condition => 0.3,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Name => "事项名称",
            Self::Alias => "常用说法",
            Self::Result => "办理结果",
            Self::Summary => "事项简介",
            Self::Question => "常见问题",
            Self::Material => "申请材料",
            Self::Condition => "受理条件",
        }
    }

    /// Whether the text is a name of the item, so that it is also compared as a whole.
    const fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::Alias)
    }
}

#[derive(Debug)]
struct Text {
    part: Part,
    shown: String,
    plain: Vec<char>,
    /// For names only.
    sound: Option<Sound>,
    /// For names only: what they are compared by when they are neither the same nor part of each other.
    pairs: Vec<Pair>,
    terms: BTreeSet<u32>,
}

#[derive(Debug)]
struct Entry {
    slug: String,
    audience: Vec<SubjectKind>,
    themes: Vec<String>,
    department: String,
    fully_online: bool,
    high_frequency: bool,
    texts: Vec<Text>,
}

/// The index over one state of the catalogue. Immutable: build another when the catalogue changes.
#[derive(Debug, Default)]
pub struct SearchIndex {
    entries: Vec<Entry>,
    vocabulary: HashMap<String, u32>,
    /// By term: entry and weighed frequency.
    postings: Vec<Vec<(usize, f64)>>,
    /// By entry: weighed length relative to the average.
    lengths: Vec<f64>,
}

impl SearchIndex {
    /// Indexes `items`.
    pub fn build<'a>(items: impl Iterator<Item = &'a Item>) -> Self {
        let mut index = Self::default();
        for item in items {
            index.add(item);
        }
        let total: f64 = index.lengths.iter().sum();
        #[expect(clippy::cast_precision_loss, reason = "a catalogue is small")]
        let average = (total / index.lengths.len().max(1) as f64).max(1.0);
        index.lengths.iter_mut().for_each(|length| *length /= average);
        index
    }

    /// How many items are indexed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is indexed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The best `limit` items for `query` among those `filter` lets through, best first. A blank query lists items,
    /// those most asked for (高频事项) first.
    #[must_use]
    pub fn search(&self, query: &str, filter: &SearchFilter, limit: usize) -> Vec<Hit> {
        let query = Query::read(query, LONGEST_QUERY);
        let mut hits = if query.is_blank() { self.everything(filter) } else { self.matching(&query, filter) };
        hits.sort_by(|(a, left), (b, right)| right.score.total_cmp(&left.score).then(a.cmp(b)));
        hits.into_iter().take(limit).map(|(_, hit)| hit).collect()
    }

    fn add(&mut self, item: &Item) {
        let at = self.entries.len();
        let name = std::iter::once((Part::Name, item.name.as_str()));
        let parts = name
            .chain(item.aliases.iter().map(|alias| (Part::Alias, alias.as_str())))
            .chain(item.result.name.as_deref().map(|result| (Part::Result, result)))
            .chain(std::iter::once((Part::Summary, item.summary.as_str())))
            .chain(item.faqs.iter().map(|faq| (Part::Question, faq.question.as_str())))
            .chain(item.materials.iter().map(|material| (Part::Material, material.name.as_str())))
            .chain(item.conditions.iter().map(|condition| (Part::Condition, condition.as_str())));
        let mut frequencies: BTreeMap<u32, f64> = BTreeMap::new();
        let mut texts = Vec::new();
        for (part, shown) in parts {
            let plain: Vec<char> = plain(shown).chars().collect();
            let mut own = BTreeSet::new();
            for (term, weight) in terms(&plain.iter().collect::<String>()) {
                let id = self.term(term);
                *frequencies.entry(id).or_default() += weight * part.weight();
                own.insert(id);
            }
            let sound = part.is_name().then(|| Sound::of(&plain));
            let pairs = if part.is_name() { pairs(&plain) } else { Vec::new() };
            texts.push(Text { part, shown: shown.to_owned(), plain, sound, pairs, terms: own });
        }
        self.lengths.push(frequencies.values().sum());
        for (term, frequency) in frequencies {
            if let Some(posting) = usize::try_from(term).ok().and_then(|term| self.postings.get_mut(term)) {
                posting.push((at, frequency));
            }
        }
        self.entries.push(Entry {
            slug: item.slug.clone(),
            audience: item.audience.clone(),
            themes: item.themes.clone(),
            department: item.department.clone(),
            fully_online: item.online_depth >= 4,
            high_frequency: item.high_frequency,
            texts,
        });
    }

    fn term(&mut self, term: String) -> u32 {
        let next = u32::try_from(self.vocabulary.len()).unwrap_or(u32::MAX);
        let id = *self.vocabulary.entry(term).or_insert(next);
        if id == next {
            self.postings.push(Vec::new());
        }
        id
    }

    fn everything(&self, filter: &SearchFilter) -> Vec<(usize, Hit)> {
        let entries = self.entries.iter().enumerate().filter(|(_, entry)| filter.lets_through(entry));
        let hit = |entry: &Entry| {
            let (score, why) = if entry.high_frequency { (1.0, "高频事项") } else { (0.0, "全部事项") };
            Hit { slug: entry.slug.clone(), score, why: why.to_owned() }
        };
        entries.map(|(at, entry)| (at, hit(entry))).collect()
    }

    fn matching(&self, query: &Query, filter: &SearchFilter) -> Vec<(usize, Hit)> {
        let wanted: Vec<(u32, f64)> = query
            .terms
            .iter()
            .filter_map(|(term, weight)| self.vocabulary.get(term).map(|id| (*id, *weight)))
            .collect();
        let bm25 = self.bm25(&wanted);
        let found = self.entries.iter().enumerate().filter(|(_, entry)| filter.lets_through(entry));
        let scored = found.filter_map(|(at, entry)| {
            let loose = bm25.get(at).copied().unwrap_or_default();
            let whole = entry.texts.iter().filter_map(|text| whole(query, text).map(|score| (score, text)));
            let (whole, named) =
                whole.max_by(|(a, _), (b, _)| a.total_cmp(b)).map_or((0.0, None), |(s, t)| (s, Some(t)));
            let score = loose + whole;
            if score <= 0.0 {
                return None;
            }
            let text = named.or_else(|| self.closest(entry, &wanted));
            let why = text.map_or_else(String::new, |text| format!("{}“{}”", text.part.label(), text.shown));
            Some((at, Hit { slug: entry.slug.clone(), score, why }))
        });
        scored.collect()
    }

    fn bm25(&self, wanted: &[(u32, f64)]) -> Vec<f64> {
        let mut scores = vec![0.0; self.entries.len()];
        #[expect(clippy::cast_precision_loss, reason = "a catalogue is small")]
        let count = self.entries.len() as f64;
        for (term, weight) in wanted {
            let Some(posting) = usize::try_from(*term).ok().and_then(|term| self.postings.get(term)) else { continue };
            let rarity = rarity(count, posting.len());
            for (at, frequency) in posting {
                let (Some(score), Some(length)) = (scores.get_mut(*at), self.lengths.get(*at)) else { continue };
                let held_back = SATURATION * (1.0 - LENGTH + LENGTH * length);
                *score += weight * rarity * frequency * (SATURATION + 1.0) / (frequency + held_back);
            }
        }
        scores
    }

    /// The text of an entry with most of the wanted terms.
    fn closest<'a>(&self, entry: &'a Entry, wanted: &[(u32, f64)]) -> Option<&'a Text> {
        let worth = |text: &Text| {
            let has = wanted.iter().filter(|(term, _)| text.terms.contains(term)).map(|(_, weight)| weight);
            has.sum::<f64>() * (1.0 + text.part.weight())
        };
        entry.texts.iter().max_by(|a, b| worth(a).total_cmp(&worth(b)))
    }
}

/// What a term that `having` of `count` items have is worth.
fn rarity(count: f64, having: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a catalogue is small")]
    let having = having as f64;
    (1.0 + (count - having + 0.5) / (having + 0.5)).ln()
}

/// How well the query and a name fit as wholes; none when they do not touch.
fn whole(query: &Query, text: &Text) -> Option<f64> {
    let sound = text.sound.as_ref()?;
    let spoken = query
        .letters
        .iter()
        .filter_map(|letters| sound.fit(letters))
        .fold(None, |best: Option<f64>, fit| Some(best.map_or(fit, |best| best.max(fit))));
    let phrases = query.phrasings.iter().zip(&query.pairs);
    let written = phrases.filter_map(|(phrase, pairs)| overlap((phrase, pairs), text)).fold(0.0, f64::max);
    // The official name wins over a colloquial one that fits as well.
    let edge = if text.part == Part::Name { 1.01 } else { 1.0 };
    let score = written.max(spoken.unwrap_or(0.0)) * edge;
    (score > 0.0).then_some(score)
}

/// 100 for the same text, up to 75 when one contains the other, less for shared pairs of characters.
fn overlap((query, ours): (&[char], &[Pair]), text: &Text) -> Option<f64> {
    let (name, theirs) = (text.plain.as_slice(), text.pairs.as_slice());
    if query.is_empty() || name.is_empty() {
        return None;
    }
    if query == name {
        return Some(100.0);
    }
    let (short, long) = if query.len() < name.len() { (query, name) } else { (name, query) };
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let ratio = |part: usize, all: usize| part as f64 / all as f64;
    if short.len() >= 2 && long.windows(short.len()).any(|window| window == short) {
        return Some(25.0 + 50.0 * ratio(short.len(), long.len()));
    }
    let shared = shared(ours, theirs);
    (shared > 0).then(|| 40.0 * ratio(2 * shared, ours.len() + theirs.len()))
}

#[cfg(test)]
mod tests;
