//! What a query means: cleaned, cut into terms, and said in other words.

use std::sync::LazyLock;

use jieba_rs::Jieba;

/// The dictionary; loaded when the first text is cut.
static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Weight of a pair of characters beside that of a word.
const PAIR: f64 = 0.6;
/// Weight of what a synonym adds.
const SYNONYM: f64 = 0.7;

/// Said before the thing that is wanted.
const OPENINGS: [&str; 25] = [
    "请问一下",
    "请问",
    "我想要",
    "我想",
    "我要",
    "想要",
    "想",
    "怎么样",
    "怎么",
    "怎样",
    "如何",
    "哪里可以",
    "哪里能",
    "哪里",
    "在哪里",
    "在哪",
    "去哪里",
    "去哪",
    "申请办理",
    "办理",
    "申办",
    "咨询",
    "查询一下",
    "给我",
    "帮我",
];
/// Said after it.
const ENDINGS: [&str; 36] = [
    "怎么办理",
    "怎么办",
    "怎么弄",
    "怎么搞",
    "怎么走",
    "怎么申请",
    "如何办理",
    "如何办",
    "如何申请",
    "需要什么材料",
    "需要哪些材料",
    "需要什么手续",
    "需要什么",
    "要什么材料",
    "要什么手续",
    "要哪些手续",
    "要带什么",
    "要什么证",
    "办理流程",
    "流程",
    "在哪里办理",
    "在哪里办",
    "在哪办",
    "去哪里办",
    "去哪办",
    "哪里办",
    "要多久",
    "多久",
    "多少钱",
    "收费吗",
    "可以吗",
    "吗",
    "呢",
    "呀",
    "手续",
    "办理",
];

/// Other words for what people say; the first is looked for in the query, the rest are added.
const SYNONYMS: [(&str, &[&str]); 62] = [
    ("驾照", &["机动车驾驶证", "驾驶证"]),
    ("驾驶执照", &["机动车驾驶证", "驾驶证"]),
    ("行驶本", &["行驶证"]),
    ("营业执照", &["设立登记", "执照"]),
    ("开公司", &["企业设立登记", "注册公司"]),
    ("办公司", &["企业设立登记", "注册公司"]),
    ("个体户", &["个体工商户"]),
    ("开店", &["个体工商户", "开店办执照"]),
    ("餐馆", &["食品经营许可", "餐饮"]),
    ("餐厅", &["食品经营许可", "餐饮", "餐馆"]),
    ("饭馆", &["食品经营许可", "餐饮", "餐馆"]),
    ("饭店", &["食品经营许可", "餐饮", "餐馆"]),
    ("小吃店", &["食品经营许可", "餐饮", "餐馆"]),
    ("奶茶", &["食品经营许可", "餐饮"]),
    ("药房", &["药品经营许可", "药店"]),
    ("网吧", &["互联网上网服务营业场所"]),
    ("娃", &["小孩", "新生儿"]),
    ("宝宝", &["小孩", "新生儿"]),
    ("孩子", &["小孩", "新生儿"]),
    ("婴儿", &["新生儿"]),
    ("上户口", &["落户", "出生登记"]),
    ("入户", &["落户", "上户口"]),
    ("户口本", &["户口"]),
    ("搬家", &["户口迁移"]),
    ("房本", &["房产证", "不动产"]),
    ("房产证", &["不动产"]),
    ("房屋产权证", &["不动产"]),
    ("卖房", &["二手房过户", "不动产转移登记"]),
    ("买房", &["购房"]),
    ("房贷", &["住房贷款"]),
    ("租房", &["租赁"]),
    ("过户", &["转移登记"]),
    ("社保", &["社会保险", "养老保险"]),
    ("五险", &["社会保险", "社保"]),
    ("医保", &["医疗保险"]),
    ("公积金", &["住房公积金"]),
    ("报销", &["费用报销"]),
    ("住院", &["医疗费用"]),
    ("看病", &["就医"]),
    ("慢性病", &["慢特病", "门诊"]),
    ("生孩子", &["生育"]),
    ("怀孕", &["生育"]),
    ("产假", &["生育津贴"]),
    ("退休金", &["养老金", "退休"]),
    ("养老钱", &["养老金"]),
    ("下岗", &["失业"]),
    ("辞退", &["失业"]),
    ("裁员", &["失业"]),
    ("工作受伤", &["工伤"]),
    ("去世", &["死亡", "注销"]),
    ("过世", &["死亡", "注销"]),
    ("残疾", &["残疾人"]),
    ("退伍", &["退役军人"]),
    ("当兵", &["退役军人"]),
    ("复员", &["退役军人"]),
    ("低保", &["最低生活保障"]),
    ("上学", &["入学", "报名"]),
    ("读书", &["入学"]),
    ("打官司", &["法律援助"]),
    ("广告牌", &["户外广告"]),
    ("二手车", &["机动车转让"]),
    ("年检", &["检验"]),
];

/// A query made ready.
#[derive(Debug)]
pub(super) struct Query {
    /// Terms with their weights.
    pub(super) terms: Vec<(String, f64)>,
    /// The query as said, without phrases that say nothing, and with its colloquial words replaced.
    pub(super) phrasings: Vec<Vec<char>>,
    /// The pairs of characters of each of them.
    pub(super) pairs: Vec<Vec<Pair>>,
    /// Stretches of letters that may be pinyin.
    pub(super) letters: Vec<String>,
}

impl Query {
    /// Reads the first `longest` characters.
    pub(super) fn read(query: &str, longest: usize) -> Self {
        let whole: String = plain(&query.chars().take(longest * 4).collect::<String>()).chars().take(longest).collect();
        let core = core(&whole);
        let mut terms = terms(core);
        let mut phrasings = vec![whole.clone(), core.to_owned()];
        for (said, meant) in SYNONYMS {
            if !core.contains(said) {
                continue;
            }
            for word in meant.iter().filter(|word| !core.contains(**word)) {
                terms.extend(self::terms(word).into_iter().map(|(term, weight)| (term, weight * SYNONYM)));
                phrasings.push(core.replace(said, word));
            }
        }
        phrasings.sort();
        phrasings.dedup();
        let spoken = |run: &str| run.len() >= 2 && run.bytes().all(|b| b.is_ascii_lowercase());
        let mut letters: Vec<String> =
            whole.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| spoken(run)).map(str::to_owned).collect();
        letters.dedup();
        let phrasings: Vec<Vec<char>> = phrasings.iter().map(|phrase| phrase.chars().collect()).collect();
        let pairs = phrasings.iter().map(|phrase| pairs(phrase)).collect();
        Self { terms, phrasings, pairs, letters }
    }

    /// Whether nothing is asked.
    pub(super) fn is_blank(&self) -> bool {
        self.phrasings.iter().all(Vec::is_empty)
    }
}

/// Two characters side by side.
pub(super) type Pair = (char, char);

/// The different pairs of a text, in order.
pub(super) fn pairs(text: &[char]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = text.iter().copied().zip(text.iter().copied().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// How many pairs are in both lists, each in order and without repetition.
pub(super) fn shared(a: &[Pair], b: &[Pair]) -> usize {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().filter(|pair| many.binary_search(pair).is_ok()).count()
}

/// Letters, digits and characters alone: lower case, half width, no marks, no blanks.
pub(super) fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The query without what is said around the thing that is wanted. Two characters at least are left.
fn core(query: &str) -> &str {
    let mut core = query;
    let enough = |rest: &&str| rest.chars().count() >= 2;
    loop {
        let shorter = OPENINGS
            .iter()
            .filter_map(|opening| core.strip_prefix(opening))
            .chain(ENDINGS.iter().filter_map(|ending| core.strip_suffix(ending)))
            .filter(enough)
            .min_by_key(|rest| rest.len());
        match shorter {
            Some(shorter) => core = shorter,
            None => return core,
        }
    }
}

/// The words of a plain text, and its pairs of characters at a lower weight.
pub(super) fn terms(plain: &str) -> Vec<(String, f64)> {
    if plain.is_empty() {
        return Vec::new();
    }
    let words = JIEBA.cut_for_search(plain, true).into_iter().map(|token| token.word.to_owned());
    let mut terms: Vec<(String, f64)> =
        words.map(|word| if word.chars().count() == 1 { (word, 0.15) } else { (word, 1.0) }).collect();
    let chars: Vec<char> = plain.chars().collect();
    let pairs = chars.windows(2).filter(|pair| !pair.iter().all(char::is_ascii));
    terms.extend(pairs.map(|pair| (format!("+{}", pair.iter().collect::<String>()), PAIR)));
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_around_the_thing_falls_away() {
        for (query, kept) in [
            ("我要办理居住证", "居住证"),
            ("请问驾照怎么办理呢", "驾照"),
            ("怎么办", "怎么办"),
            ("办理", "办理"),
            ("结婚登记需要什么材料", "结婚登记"),
            ("", ""),
        ] {
            assert_eq!(core(query), kept, "{query}");
        }
    }

    #[test]
    fn texts_are_compared_without_case_width_and_marks() {
        assert_eq!(plain(" ＫＴＶ 证（新办）! "), "ktv证新办");
        assert_eq!(plain("\u{3000}，。"), "");
    }

    #[test]
    fn pairs_are_counted_once() {
        let of = |text: &str| pairs(&text.chars().collect::<Vec<_>>());
        assert_eq!(of("妈妈妈妈"), [('妈', '妈')]);
        assert_eq!(shared(&of("食品经营许可"), &of("药品经营许可证")), 4);
        assert_eq!(shared(&of("食品经营"), &of("")), 0);
        assert_eq!(of("食"), []);
    }

    #[test]
    fn queries_carry_words_pairs_and_other_wordings() {
        let query = Query::read("驾照 hz", 64);
        assert!(query.terms.iter().any(|(term, _)| term == "驾照"));
        assert!(query.terms.iter().any(|(term, weight)| term == "+驾照" && *weight < 1.0));
        assert!(query.phrasings.contains(&"驾驶证hz".chars().collect()));
        assert_eq!(query.letters, ["hz"]);
        assert!(Query::read("，。 ！", 64).is_blank());
        assert_eq!(Query::read(&"长".repeat(500), 64).phrasings[0].len(), 64);
    }
}
