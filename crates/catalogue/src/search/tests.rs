use std::sync::LazyLock;

use ::pinyin::ToPinyin;
use proptest::prelude::*;

use super::*;
use crate::domain::samples::repository_items;

static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(repository_items);
static INDEX: LazyLock<SearchIndex> = LazyLock::new(|| SearchIndex::build(ITEMS.iter()));

/// Rank from 1 of `slug` for `query`.
fn rank(query: &str, slug: &str) -> usize {
    let hits = INDEX.search(query, &SearchFilter::default(), 200);
    hits.iter().position(|hit| hit.slug == slug).map_or(usize::MAX, |at| at + 1)
}

/// How many items have this name or alias.
fn sharers(text: &str) -> usize {
    let having = |item: &&Item| item.name == text || item.aliases.iter().any(|alias| alias == text);
    ITEMS.iter().filter(having).count()
}

/// Asserts that every query finds its item at rank 3 or better, later ranks for texts that several items share.
fn assert_found(queries: impl Iterator<Item = (String, String, usize)>) {
    let missed: Vec<String> = queries
        .filter_map(|(query, slug, sharers)| {
            let rank = rank(&query, &slug);
            (rank > 2 + sharers).then(|| format!("{query} → {slug} at {rank}"))
        })
        .collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn every_name_and_alias_finds_its_item() {
    assert_found(ITEMS.iter().flat_map(|item| {
        let texts = std::iter::once(&item.name).chain(&item.aliases);
        texts.map(|text| (text.clone(), item.slug.clone(), sharers(text)))
    }));
}

#[test]
fn every_alias_inside_a_sentence_finds_its_item() {
    assert_found(ITEMS.iter().flat_map(|item| {
        let asked = |text: &String| [format!("请问{text}怎么办理呢？"), format!("我要办理 {text}，需要什么材料")];
        item.aliases.iter().flat_map(move |text| asked(text).map(|query| (query, item.slug.clone(), sharers(text))))
    }));
}

#[test]
fn names_are_found_by_pinyin_and_by_initials() {
    let spell = |text: &str, letter: fn(::pinyin::Pinyin) -> &'static str| -> String {
        plain(text)
            .chars()
            .map(|c| c.to_pinyin().map_or_else(|| c.to_string(), |p| letter(p).replace('ü', "v")))
            .collect()
    };
    assert_found(ITEMS.iter().flat_map(|item| {
        let texts = std::iter::once(&item.name).chain(&item.aliases);
        let short = |query: &String| query.bytes().all(|b| b.is_ascii_lowercase()) && query.len() <= LONGEST_QUERY;
        texts
            .map(|text| (spell(text, ::pinyin::Pinyin::plain), item.slug.clone(), sharers(text)))
            .filter(move |q| short(&q.0))
    }));
    assert_found(ITEMS.iter().filter_map(|item| {
        let query = spell(&item.name, ::pinyin::Pinyin::first_letter);
        query.bytes().all(|b| b.is_ascii_lowercase()).then(|| (query, item.slug.clone(), sharers(&item.name)))
    }));
}

#[test]
fn people_find_things_in_their_own_words() {
    let queries = [
        ("我要办营业执照", "enterprise-registration"),
        ("注册一家公司", "enterprise-registration"),
        ("小孩上户口", "birth-household-registration"),
        ("刚出生的宝宝怎么上户口", "birth-household-registration"),
        ("个体户注册", "individual-business-registration"),
        ("驾照快到期了", "driving-licence-renewal"),
        ("驾照弄丢了怎么补", "driving-licence-replacement"),
        ("开餐馆", "food-operation-licence-new"),
        ("想开一家药店", "drug-retail-licence"),
        ("身份证丢失补办", "id-card-renewal"),
        ("护照过期了怎么换", "passport-apply"),
        ("去香港旅游签注", "hk-macao-endorsement"),
        ("离婚", "divorce-registration"),
        ("领证结婚", "marriage-registration"),
        ("租房提取公积金", "housing-fund-rent-withdrawal"),
        ("公积金买房贷款", "housing-fund-loan"),
        ("二手房买卖过户", "second-hand-house-transfer"),
        ("爸爸去世了房产怎么继承", "real-estate-inheritance"),
        ("领取失业金", "unemployment-benefit"),
        ("社保卡丢了", "social-security-card-issue"),
        ("外地看病医保报销", "medical-remote-filing"),
        ("高血压慢性病", "outpatient-chronic-disease"),
        ("小学入学报名", "compulsory-school-enrolment"),
        ("公司注销", "enterprise-deregistration"),
        ("跑网约车", "ride-hailing-driver"),
        ("残疾人补贴", "disability-two-subsidies"),
        ("退伍军人落户", "veteran-household-restoration"),
        ("居住证续签", "residence-permit-apply"),
        ("开幼儿园", "private-school-establishment"),
        ("无犯罪证明", "no-crime-proof"),
        ("KTV", "entertainment-licence-new"),
        ("jiazhao", "driving-licence-renewal"),
        ("gjj", "housing-fund-rent-withdrawal"),
    ];
    let missed: Vec<String> = queries
        .iter()
        .filter_map(|(query, slug)| {
            let hits = INDEX.search(query, &SearchFilter::default(), 5);
            let at = hits.iter().position(|hit| hit.slug == *slug);
            let bound = if query.is_ascii() { 4 } else { 2 };
            at.is_none_or(|at| at > bound).then(|| format!("{query} → {slug}: {hits:#?}"))
        })
        .collect();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn hits_say_which_text_matched() {
    let why = |query: &str| INDEX.search(query, &SearchFilter::default(), 1).remove(0).why;
    assert_eq!(why("驾照到期换证"), "常用说法“驾照到期换证”");
    assert_eq!(why("内地居民结婚登记"), "事项名称“内地居民结婚登记”");
    assert!(INDEX.search("公积金", &SearchFilter::default(), 50).iter().all(|hit| !hit.why.is_empty()));
}

#[test]
fn filters_narrow_and_limits_cut() {
    let filter = |change: fn(&mut SearchFilter)| {
        let mut filter = SearchFilter::default();
        change(&mut filter);
        filter
    };
    let find = |slug: &str| ITEMS.iter().find(|item| item.slug == slug).unwrap();
    let fits = |filter: &SearchFilter, check: fn(&Item) -> bool| {
        for query in ["", "登记"] {
            let hits = INDEX.search(query, filter, 500);
            assert!(!hits.is_empty() && hits.iter().all(|hit| check(find(&hit.slug))), "{query} {filter:?}");
        }
    };
    fits(&filter(|f| f.audience = Some(SubjectKind::Person)), |item| item.audience.contains(&SubjectKind::Person));
    fits(&filter(|f| f.audience = Some(SubjectKind::Enterprise)), |item| {
        item.audience.contains(&SubjectKind::Enterprise)
    });
    fits(&filter(|f| f.fully_online = true), |item| item.online_depth == 4);
    let only = filter(|f| f.department = Some("traffic-police".to_owned()));
    assert!(INDEX.search("", &only, 500).iter().all(|hit| find(&hit.slug).department == "traffic-police"));
    let theme = filter(|f| f.theme = Some("driving".to_owned()));
    assert!(
        INDEX.search("", &theme, 500).iter().all(|hit| find(&hit.slug).themes.iter().any(|theme| theme == "driving"))
    );
    let nothing = filter(|f| f.theme = Some("no-such-theme".to_owned()));
    assert!(INDEX.search("登记", &nothing, 500).is_empty());
    assert_eq!(INDEX.search("登记", &SearchFilter::default(), 3).len(), 3);
    assert_eq!(INDEX.search("登记", &SearchFilter::default(), 0).len(), 0);
}

#[test]
fn a_blank_query_lists_what_is_asked_for_most_first() {
    for query in ["", "  ", "？！"] {
        let hits = INDEX.search(query, &SearchFilter::default(), 500);
        assert_eq!(hits.len(), INDEX.len());
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    }
    assert!(SearchIndex::build(std::iter::empty()).search("登记", &SearchFilter::default(), 9).is_empty());
    assert!(SearchIndex::default().is_empty());
}

proptest! {
    #[test]
    fn any_query_is_answered_in_order(query in "\\PC{0,80}", limit in 0_usize..20) {
        let hits = INDEX.search(&query, &SearchFilter::default(), limit);
        prop_assert!(hits.len() <= limit);
        prop_assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
        prop_assert!(hits.iter().all(|hit| hit.score.is_finite()));
    }

    #[test]
    fn any_letters_are_answered(query in "[a-z]{0,70}") {
        let _ = INDEX.search(&query, &SearchFilter::default(), 5);
    }
}
