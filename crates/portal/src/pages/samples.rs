//! Each page with sample values, for snapshots. With `TONGBAN_PAGES_DIR` set they are also written there as files that
//! a browser opens with their style sheet.

mod people;

use ofd::State;
use webkit::{Crumb, Markup, PageFrame};

use super::{ItemLink, bundle, confirm, guide, home, list, my_samples, sign_in, verify};

pub(crate) fn around(title: &str) -> PageFrame {
    PageFrame {
        title: title.to_owned(),
        demo: true,
        path: "/".to_owned(),
        crumbs: vec![Crumb::here("x")],
        ..PageFrame::default()
    }
}

/// Title and body of the page; the frame has its own snapshot in `webkit`. Keys of forms are blanked.
pub(crate) fn settle(name: &str, page: Markup) -> String {
    let text = page.into_string();
    if let Ok(folder) = std::env::var("TONGBAN_PAGES_DIR") {
        let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/../webkit/assets");
        let links = ["site", "controls", "pages", "apply", "my", "desk", "print"]
            .map(|sheet| format!("<link rel=\"stylesheet\" href=\"file://{assets}/{sheet}.css\">"))
            .concat();
        std::fs::write(format!("{folder}/{name}.html"), text.replace("</head>", &format!("{links}</head>"))).unwrap();
    }
    let part = |from: &str, to: &str| {
        let start = text.find(from).unwrap_or_else(|| panic!("{name} has no {from}"));
        let end = text[start..].find(to).unwrap_or_else(|| panic!("{name} has no {to}"));
        text[start..start + end + to.len()].to_owned()
    };
    let settled = format!("{}{}", part("<title>", "</title>"), part("<main", "</main>")).replace("><", ">\n<");
    let key = "name=\"once\" value=\"";
    let mut pieces = settled.split(key);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let after = piece.split_once('"').map_or("", |(_, after)| after);
        format!("{text}{key}[once]\"{after}")
    })
}

fn item(name: &str, department: &str, tags: &[&str], strong: &[&str]) -> ItemLink {
    ItemLink {
        name: name.into(),
        href: "/items/sample".into(),
        department: department.into(),
        tags: tags.iter().map(|text| (*text).to_owned()).collect(),
        strong: strong.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn items() -> Vec<ItemLink> {
    vec![
        item("机动车驾驶证期满换证", "市公安交管局", &["即办件"], &["零跑动"]),
        item("住房公积金个人住房贷款", "市公积金中心", &["10 个工作日", "跑 1 次"], &[]),
        item("新生儿落户", "市公安局", &["即办件"], &["零跑动"]),
        item("企业设立登记", "市市场监管局", &["1 个工作日"], &["零跑动"]),
        item("国有建设用地使用权及房屋所有权转移登记（二手房）", "市自然资源和规划局", &["1 个工作日", "跑 1 次"], &[]),
        item("食品经营许可（首次申请）", "市市场监管局", &["5 个工作日"], &["零跑动"]),
    ]
}

fn themes(names: &[(&str, usize)]) -> Vec<home::ThemeCard> {
    names
        .iter()
        .map(|(name, count)| home::ThemeCard {
            name: (*name).into(),
            glyph: name.chars().take(1).collect(),
            href: "/items?theme=x".into(),
            count: *count,
        })
        .collect()
}

#[test]
fn the_home_page() {
    let page = home::HomePage {
        mine: Some(home::MyMatters { cases: my_samples::lines(), more: 2 }),
        no_visit: items()[..2].to_vec(),
        item_count: 125,
        department_count: 35,
        examples: ["驾照到期换证", "孩子上户口", "开餐馆", "公积金贷款"]
            .map(|text| home::Example { text: text.into(), href: "/items?q=x".into() })
            .to_vec(),
        audiences: vec![
            home::Audience {
                key: "person".into(),
                title: "个人办事".into(),
                about: "户籍、社保、住房、驾照……".into(),
                href: "/items?audience=person".into(),
                themes: themes(&[
                    ("生育收养", 5),
                    ("教育科研", 2),
                    ("就业创业", 6),
                    ("户籍办理", 8),
                    ("婚姻登记", 2),
                    ("住房保障", 10),
                    ("社会保障", 15),
                    ("医疗卫生", 7),
                    ("交通出行", 5),
                    ("出境入境", 3),
                ]),
            },
            home::Audience {
                key: "enterprise".into(),
                title: "企业办事".into(),
                about: "开办、许可、税务、用工……".into(),
                href: "/items?audience=enterprise".into(),
                themes: themes(&[("设立变更", 8), ("准营准办", 25), ("税收财务", 8), ("水电气报装", 3)]),
            },
        ],
        popular: items(),
        bundles: vec![
            home::BundleCard {
                name: "我要开餐馆".into(),
                summary: "从办执照到开门迎客：执照、食品经营许可、消防、排水、招牌和通气一次申报，多部门并联办理。"
                    .into(),
                href: "/bundles/x".into(),
                count: 7,
            },
            home::BundleCard {
                name: "新生儿出生".into(),
                summary: "出生证明、户口、医保、社保卡一次办齐。".into(),
                href: "/bundles/x".into(),
                count: 5,
            },
            home::BundleCard {
                name: "二手房转移".into(),
                summary: "过户、缴税、水电气过户一次办。".into(),
                href: "/bundles/x".into(),
                count: 4,
            },
        ],
    };
    insta::assert_snapshot!(settle("home", home::home(&page, around(""))));
}

fn a_list() -> list::ListPage {
    let all = || ("".to_owned(), "全部".to_owned());
    list::ListPage {
        heading: "全部事项".into(),
        audience: list::Choice { options: vec![all(), ("person".into(), "个人".into())], chosen: String::new() },
        theme: list::Choice { options: vec![all(), ("birth".into(), "生育收养".into())], chosen: String::new() },
        department: list::Choice { options: vec![all(), ("tax".into(), "市税务局".into())], chosen: String::new() },
        ..list::ListPage::default()
    }
}

#[test]
fn a_search_with_results() {
    let found = items().into_iter().enumerate().map(|(n, item)| list::Found {
        item,
        summary: "缴存职工购买自住住房时申请住房公积金贷款，由受托银行放款。".into(),
        why: (n < 2).then(|| "也叫“驾照到期换证”".to_owned()),
    });
    let page = list::ListPage {
        query: "驾照".into(),
        total: 25,
        shown: (1, 6),
        found: found.collect(),
        next: Some("/items?q=x&page=2".into()),
        events: vec![("我要开餐馆".into(), "/bundles/open-a-restaurant".into())],
        ..a_list()
    };
    insta::assert_snapshot!(settle("list", list::list(&page, around("搜索“驾照”"))));
}

#[test]
fn a_search_without_results() {
    let page = list::ListPage { query: "造火箭<b>".into(), ..a_list() };
    let text = settle("list-empty", list::list(&page, around("搜索")));
    assert!(!text.contains("<b>"), "what people type is never markup");
    insta::assert_snapshot!(text);
}

#[test]
fn a_filtered_list_without_results() {
    let mut page = a_list();
    page.theme.chosen = "birth".into();
    insta::assert_snapshot!(settle("list-filtered", list::list(&page, around("全部事项"))));
}

fn step(name: &str, kind: &str, who: &str, time: &str) -> guide::StepView {
    guide::StepView {
        name: name.into(),
        kind: kind.into(),
        who: who.into(),
        time: time.into(),
        ..guide::StepView::default()
    }
}

fn figure(label: &str, value: &str, unit: &str, note: &str) -> guide::Figure {
    guide::Figure { label: label.into(), value: value.into(), unit: unit.into(), note: note.into() }
}

#[test]
fn the_service_guide() {
    let material = |name: &str, origin: &str, certificate: Option<&str>, needed: &str, note: &str| guide::MaterialRow {
        name: name.into(),
        origin: origin.into(),
        form: "原件 1 份".into(),
        certificate: certificate.map(str::to_owned),
        needed: needed.into(),
        spared: needed != "要交",
        deferrable: name == "首付款凭证",
        note: note.into(),
    };
    let page = guide::GuidePage {
        apply: Some("/apply/sample".into()),
        name: "住房公积金个人住房贷款".into(),
        department: "贵阳市住房公积金管理中心".into(),
        summary: "缴存职工购买自住住房时申请住房公积金贷款，由受托银行放款。".into(),
        aliases: vec!["公积金贷款买房".into(), "用公积金贷款".into()],
        tags: vec!["公共服务".into(), "个人".into(), "全市通办".into()],
        strong: vec!["一次办成".into()],
        figures: vec![
            figure("多久办好", "10", "个工作日", "法定 15 个工作日"),
            figure("要跑几趟", "1", "次", "其余网上办"),
            figure("要交材料", "2", "份", "原来要交 8 份"),
            figure("收费", "不收费", "", ""),
        ],
        conditions: vec!["连续足额缴存住房公积金满六个月，账户正常".into(), "信用良好，有偿还能力".into()],
        materials_note: "原来要交 8 份材料。现在有 4 份可用电子证照代替，1 份不再要交。".into(),
        materials: vec![
            material("居民身份证", "政府部门核发", Some("居民身份证"), "有电子证照免交", "借款人及配偶"),
            material("购房合同", "申请人自备", None, "要交", "网签备案的联网核验"),
            material("首付款凭证", "其他机构出具", None, "要交", ""),
            material("单位收入证明", "申请人自备", None, "不再要交", "以公积金缴存基数推算"),
            material(
                "住房公积金缴存证明",
                "政府部门核发",
                Some("住房公积金缴存证明"),
                "“是否在外地缴存”选“是”时",
                "异地缴存职工提供",
            ),
        ],
        stages: vec![
            vec![guide::StepView { auto: true, ..step("受理", "受理", "窗口人员", "当场") }],
            vec![
                step("征信与偿还能力审查", "审查", "审查人员", "4 个工作日"),
                step("核查家庭住房套数", "审查", "市自然资源和规划局", "2 个工作日"),
            ],
            vec![step("贷款审批", "决定", "审批人员", "4 个工作日")],
            vec![guide::StepView {
                stops_clock: true,
                when: Some("“购房类型”选“二手房”时".into()),
                ..step("办理不动产抵押登记", "特别程序", "市自然资源和规划局", "最长 5 个工作日")
            }],
            vec![step("通知受托银行放款", "送达", "系统", "2 个工作日")],
        ],
        fees: vec![guide::FeeRow {
            name: "工本费".into(),
            amount: "10 元".into(),
            basis: "发改价格规〔2019〕1 号".into(),
        }],
        result: Some(guide::ResultView {
            name: "住房公积金贷款审批通知".into(),
            kind: "出文办结".into(),
            delivery: "电子送达、窗口领取".into(),
            reusable: true,
        }),
        fields: vec![
            ("借款人姓名".into(), true),
            ("借款人身份证号".into(), true),
            ("贷款年限".into(), false),
            ("房屋坐落".into(), false),
        ],
        checks: vec!["连续足额缴存满六个月方可申请".into()],
        legal_basis: vec![("《住房公积金管理条例》".into(), "第二十六条、第二十七条".into())],
        elements: vec![
            ("实施主体".into(), "贵阳市住房公积金管理中心".into()),
            ("行使层级".into(), "市级".into()),
            ("办件类型".into(), "承诺件".into()),
            ("法定办结时限".into(), "15 个工作日".into()),
            ("办理渠道".into(), "电脑端、移动端、窗口".into()),
        ],
        faqs: vec![
            ("在外省交的公积金能在贵阳贷吗？".into(), "能，提供缴存地中心的缴存证明，网上可以直接核验。".into()),
            ("首付要多少？".into(), "首套自住住房首付一般不低于总价的百分之二十，具体看当时政策。".into()),
        ],
        version: "事项版本 3".into(),
    };
    insta::assert_snapshot!(settle("guide", guide::guide(&page, around("住房公积金个人住房贷款"))));
}

#[test]
fn the_guide_of_an_item_that_asks_for_nothing() {
    let page = guide::GuidePage { name: "公积金查询".into(), ..guide::GuidePage::default() };
    insta::assert_snapshot!(settle("guide-bare", guide::guide(&page, around("公积金查询"))));
}

#[test]
fn the_page_of_a_life_event() {
    let page = bundle::BundlePage {
        name: "我要开餐馆".into(),
        summary: "从办执照到开门迎客：执照、食品经营许可、消防、排水、招牌和通气一次申报，多部门并联办理。".into(),
        stages: vec![items()[3..4].to_vec(), items()[2..6].to_vec()],
        questions: vec![("是否设置大型招牌或者LED屏？".into(), vec!["户外广告设置审批".into()])],
        shared_answers: 8,
    };
    insta::assert_snapshot!(settle("bundle", bundle::bundle(&page, around("我要开餐馆"))));
}

#[test]
fn the_sign_in_page() {
    insta::assert_snapshot!(settle(
        "sign-in",
        sign_in::sign_in(&sign_in::SignInPage { next: "/items".into(), ..Default::default() }, around("登录"))
    ));
}

#[test]
fn a_refused_sign_in_keeps_the_name_and_never_the_password() {
    let page = sign_in::SignInPage {
        username: "citizen1\"><script>".into(),
        next: "/".into(),
        refused: Some("用户名或者密码不对。".into()),
        ..Default::default()
    };
    let text = settle("sign-in-refused", sign_in::sign_in(&page, around("登录")));
    assert!(!text.contains("<script"));
    insta::assert_snapshot!(text);
}

#[test]
fn the_confirmation_of_a_document() {
    let facts =
        vec![("文书编号".to_owned(), "520100-2026-0000123-04".to_owned()), ("申请人".to_owned(), "张*".to_owned())];
    let page =
        confirm::ConfirmPage {
            title: "受理通知书".into(), in_force: true, ended: String::new(), facts: facts.clone()
        };
    insta::assert_snapshot!("in_force", settle("confirm", confirm::confirm(&page, around("核对文书"))));
    let page = confirm::ConfirmPage {
        title: "受理通知书".into(),
        in_force: false,
        ended: "2026年3月9日起由更正后的通知书代替。".into(),
        facts,
    };
    insta::assert_snapshot!("ended", settle("confirm-ended", confirm::confirm(&page, around("核对文书"))));
}

#[test]
fn what_the_code_of_a_certificate_leads_to() {
    let page = verify::CheckedCertificate {
        name: "食品经营许可证".into(),
        status: "有效".into(),
        valid: true,
        as_of: "2026年3月2日".into(),
        facts: vec![
            ("持证人".into(), "贵阳示例餐饮有限公司".into()),
            (
                "电子证照标识".into(),
                "1.2.156.3005.2.11520100MB1B00029G035.11520100MB1B00029G.2026035000001.001.A".into(),
            ),
        ],
    };
    insta::assert_snapshot!(
        "checked_certificate",
        settle("checked-certificate", verify::certificate(&page, around("查验证照")))
    );
    let ended = verify::CheckedCertificate { valid: false, status: "已吊销".into(), ..page };
    let shown = settle("checked-certificate-ended", verify::certificate(&ended, around("查验证照")));
    assert!(shown.contains("这份证照已吊销") && !shown.contains("现行有效\n"), "{shown}");
}

#[test]
fn a_sealed_file_is_checked_in_layers() {
    let found = verify::CheckedFile {
        name: "许可证.ofd".into(),
        verdict: State::Failed,
        layers: vec![("内容摘要", State::Failed), ("签名", State::Good), ("吊销状态", State::NotCheckable)],
        findings: vec!["文件内容在签章后被改动（Doc_0/Pages/Page_0/Content.xml）。".into()],
        seals: vec![(
            "贵阳市市场监督管理局电子证照专用章".into(),
            "52010000000001".into(),
            "2026年3月2日 09:00".into(),
        )],
    };
    let page = verify::VerifyPage { found: Some(found), able: true, error: None };
    insta::assert_snapshot!("verified_file", settle("verified-file", verify::verify(&page, around("核验"))));
    let bare = verify::VerifyPage {
        error: Some("请选择要核验的 OFD 文件。".into()), ..verify::VerifyPage::default()
    };
    let shown = settle("verify-wrong", verify::verify(&bare, around("核验")));
    assert!(shown.contains("没有配置受信任的根证书") && shown.contains("请选择要核验"), "{shown}");
}

#[test]
fn the_register_lists_seals_in_use() {
    let seal = verify::RegisteredSeal {
        name: "贵阳市市场监督管理局电子证照专用章".into(),
        department: "贵阳市市场监督管理局".into(),
        number: "52010000000001".into(),
        validity: "2026年3月2日 至 2031年3月1日".into(),
        fingerprint: "ab".repeat(32),
    };
    let page = verify::RegisterPage { seals: vec![seal], first: None, next: Some("/seals?after=1".into()) };
    insta::assert_snapshot!("seal_register", settle("seal-register", verify::register(&page, around("印章登记"))));
    let none = settle("seal-register-empty", verify::register(&verify::RegisterPage::default(), around("印章登记")));
    assert!(none.contains("没有正在使用的电子印章"), "{none}");
}
