//! Every page of one's own matters with sample data, as a snapshot each.

use webkit::ui::components::{Mark, Tab, TimelineEntry};

use super::{
    help,
    my::{
        Deadline,
        acts::{self, Of},
        case, certificates, consents, correct, overview, talk,
    },
    progress,
    samples::{around, settle},
};

const NUMBER: &str = "520100202603020000011";

fn of() -> Of {
    Of { number: NUMBER.into(), item: "食品经营许可（新办）".into() }
}

fn day() -> Deadline {
    Deadline {
        name: "承诺办结期限".into(),
        day: "2026年3月16日 周一".into(),
        left: "还有 2 个工作日".into(),
        light: "yellow",
        begins: "从2026年3月2日起算，当天不算，从第二天数起，共 10 个工作日。".into(),
        days: vec![
            ("3月3日 周二".into(), "1".into(), "工作日".into()),
            ("3月7日 周六".into(), String::new(), "周末".into()),
        ],
        provisional: true,
    }
}

pub(super) fn lines() -> Vec<overview::CaseLine> {
    let line = |item: &str, state: &str, asked: Option<&str>, unread| overview::CaseLine {
        number: NUMBER.into(),
        item: item.into(),
        state: state.into(),
        asked: asked.map(str::to_owned),
        waits: "贵阳市市场监督管理局在办，最晚 2026年3月16日".into(),
        submitted: "2026年3月2日 09:00".into(),
        unread,
    };
    vec![
        line("食品经营许可（新办）", "待补正", Some("补正材料，最晚 2026年4月1日"), 0),
        line("公共场所卫生许可", "审查中", None, 1),
    ]
}

fn course() -> Vec<TimelineEntry> {
    let entry = |title: &str, at: &str, by: &str, mark| TimelineEntry {
        title: title.into(),
        at: at.into(),
        by: by.into(),
        body: maud::html! { p { "申请进入平台，从次日起计算受理期限。" } },
        mark,
    };
    vec![
        entry("提交申请", "2026年3月2日 09:00", "申请人", Mark::Done),
        entry("正在“现场核查”", "2026年3月3日 10:00 起，最晚 2026年3月16日", "贵阳市市场监督管理局", Mark::Now),
        entry("办结", "", "贵阳市市场监督管理局", Mark::Coming),
    ]
}

fn messages() -> Vec<talk::TalkLine> {
    vec![
        talk::TalkLine {
            who: "王小敏".into(),
            mine: true,
            at: "2026年3月3日 09:00".into(),
            text: "合同是复印件，\n可以吗？<b>".into(),
            files: vec![("合同.pdf".into(), format!("/my/cases/{NUMBER}/files/0000000000001"))],
        },
        talk::TalkLine {
            who: "贵阳市市场监督管理局".into(),
            at: "2026年3月3日 10:20".into(),
            text: "可以。".into(),
            ..talk::TalkLine::default()
        },
    ]
}

#[test]
fn a_case_under_review_with_something_to_do() {
    let page = case::CasePage {
        number: NUMBER.into(),
        item: "食品经营许可（新办）".into(),
        item_href: "/items/food-operation-licence-new".into(),
        state: "审查中".into(),
        meaning: "办理机关正在审查，最晚2026年3月16日作出决定。".into(),
        done: Some("材料已经补交"),
        asks: vec![case::Ask {
            title: "缴费 20.00元".into(),
            text: "缴费后办理自动继续。".into(),
            due: Some("2026年3月10日".into()),
            label: "怎么缴费".into(),
            href: format!("/my/cases/{NUMBER}/pay"),
            offer: false,
        }],
        calm: "贵阳市市场监督管理局正在办理“现场核查”。".into(),
        holder: vec![("办理部门", "贵阳市市场监督管理局".into()), ("环节", "现场核查".into())],
        deadline: Some(day()),
        limits: vec![Deadline { name: "法定办结期限".into(), light: "green", ..day() }],
        course: course(),
        talk: messages(),
        talk_count: 5,
        unread: 1,
        may_write: true,
        result: None,
        documents: vec![case::DocumentLine {
            title: "受理通知书".into(),
            number: "筑政服〔2026〕15受字第000001号".into(),
            at: "2026年3月2日 11:00".into(),
            href: format!("/cases/{NUMBER}/documents/0000000000002"),
            confirm: "/confirm/0000000000002".into(),
        }],
        answers: vec![("经营者名称".into(), "某某餐馆".into())],
        materials: vec![case::MaterialLine {
            name: "场地使用证明".into(),
            how: "上传的文件".into(),
            files: vec![("合同.pdf".into(), format!("/my/cases/{NUMBER}/files/0000000000001"))],
        }],
        more: vec![("撤回申请", format!("/my/cases/{NUMBER}/withdraw"), "决定以前都可以撤回，不需要理由。".into())],
        history: vec![("2026年3月2日 09:00".into(), "提交申请".into(), "王小敏".into())],
        code: "7K3M-XQ9A".into(),
        voiced: Vec::new(),
    };
    insta::assert_snapshot!(settle("my-case", case::case(&page, around("审查中"))));
}

#[test]
fn a_case_that_is_over_with_its_result() {
    let page = case::CasePage {
        number: NUMBER.into(),
        item: "食品经营许可（新办）".into(),
        item_href: "/items/food-operation-licence-new".into(),
        state: "已办结".into(),
        meaning: "办结：准予，结果已经送达。".into(),
        calm: "办结：准予，结果已经送达。".into(),
        asks: vec![case::Ask {
            title: "评价这次服务".into(),
            text: "五档一样方便，办理人员看不到是谁评的。".into(),
            due: Some("2026年4月15日".into()),
            label: "去评价".into(),
            href: format!("/my/cases/{NUMBER}/rate"),
            offer: true,
        }],
        holder: vec![("结束时间", "2026年3月16日 15:00".into())],
        course: course(),
        result: Some(case::ResultBox {
            granted: true,
            text: "准予".into(),
            facts: vec![("有效期".into(), "至 2031年3月15日".into())],
            links: vec![("查看电子证照".into(), "/my/certificates/0000000000003".into())],
        }),
        voiced: vec![
            "投诉 TS2026000001（拖延、超过期限）：最晚 2026年3月9日 告知是否受理，2026年3月23日 答复。".into(),
        ],
        ..case::CasePage::default()
    };
    insta::assert_snapshot!(settle("my-case-over", case::case(&page, around("已办结"))));
}

#[test]
fn messages_of_a_case() {
    let page = talk::TalkPage {
        number: NUMBER.into(),
        item: of().item,
        department: "贵阳市市场监督管理局".into(),
        lines: messages(),
        text: "字".into(),
        errors: vec![("text", "请写明内容，不能为空。".into())],
        ..talk::TalkPage::default()
    };
    insta::assert_snapshot!(settle("my-talk", talk::talk(&page, around("留言"))));
    let closed = talk::TalkPage { closed: Some("办件结束已超过 30 天。".into()), ..talk::TalkPage::default() };
    insta::assert_snapshot!(settle("my-talk-closed", talk::talk(&closed, around("留言"))));
}

#[test]
fn a_correction_with_a_field_and_a_material() {
    let why = correct::Why {
        problem: "看不清。".into(),
        requirement: "请重新拍照，四角完整。".into(),
        basis: Some("《食品经营许可管理办法》第十二条".into()),
    };
    let page = correct::CorrectPage {
        of: of(),
        act: "correct",
        heading: "补正".into(),
        lead: "下面是需要改的全部内容，别的都不用动。".into(),
        deadline: Some(Deadline { name: "补正期限".into(), light: "green", ..day() }),
        notice: Some(format!("/cases/{NUMBER}/documents/0000000000004")),
        fields: vec![correct::FieldDefect {
            name: "form.business_address".into(),
            label: "经营场所".into(),
            kind: correct::Kind::Line,
            values: vec!["中华南路1号".into()],
            before: "中华路".into(),
            why: why.clone(),
            ..correct::FieldDefect::default()
        }],
        materials: vec![correct::MaterialDefect {
            name: "m.site-proof".into(),
            label: "场地使用证明".into(),
            why,
            before: vec![("旧.pdf".into(), format!("/my/cases/{NUMBER}/files/0000000000001"))],
            taken: vec![("0000000000005".into(), "新.jpg".into(), format!("/my/cases/{NUMBER}/files/0000000000005"))],
            certificate: Some(("不动产权证".into(), true)),
        }],
        errors: vec![("form.business_address".into(), "“经营场所”还没有补正。".into())],
        kept: true,
        saved: false,
    };
    insta::assert_snapshot!(settle("my-correct", correct::correct(&page, around("补正"))));
}

#[test]
fn withdrawing_paying_and_answering() {
    let page = acts::WithdrawPage { of: of(), ..acts::WithdrawPage::default() };
    insta::assert_snapshot!(settle("my-withdraw", acts::withdraw(&page, around("撤回申请"))));
    let page = acts::PayPage {
        of: of(),
        amount: "20.00元".into(),
        fees: vec![("工本费".into(), "依据：发改价格规〔2019〕1 号".into())],
        department: "贵阳市市场监督管理局".into(),
        windows: "综合受理".into(),
        notice: Some("/cases/1/documents/2".into()),
    };
    insta::assert_snapshot!(settle("my-pay", acts::pay(&page, around("缴费"))));
    let page = acts::AnswerPage {
        of: of(),
        reasons: "现场不符合布局要求。".into(),
        basis: "《食品经营许可管理办法》第十六条".into(),
        due: "2026年3月20日".into(),
        hearing: true,
        text: "已经整改。".into(),
        kept: true,
        ..acts::AnswerPage::default()
    };
    insta::assert_snapshot!(settle("my-answer", acts::answer(&page, around("陈述、申辩"))));
    let page = acts::HearingPage { of: of(), reasons: page.reasons, due: page.due };
    insta::assert_snapshot!(settle("my-hearing", acts::hearing(&page, around("要求听证"))));
}

#[test]
fn rating_and_complaining() {
    let page = acts::RatePage {
        of: of(),
        levels: vec![("5".into(), "非常满意".into()), ("1".into(), "非常不满意".into())],
        aspects: vec![("speed".into(), "办理速度".into())],
        errors: vec![("score", "请在五档中选一档。".into())],
        comment: "等得太久".into(),
        ..acts::RatePage::default()
    };
    insta::assert_snapshot!(settle("my-rate", acts::rate(&page, around("评价"))));
    let page = acts::ComplainPage {
        of: of(),
        kinds: vec![("delay".into(), "拖延、超过期限".into()), ("other".into(), "其他".into())],
        errors: vec![("kind", "请选择投诉什么。".into())],
        ..acts::ComplainPage::default()
    };
    insta::assert_snapshot!(settle("my-complain", acts::complain(&page, around("投诉"))));
    let page = acts::ComplainedPage {
        of: of(),
        complaint: "TS2026000001".into(),
        take_up_by: "2026年3月9日".into(),
        answer_by: "2026年3月23日".into(),
    };
    insta::assert_snapshot!(settle("my-complained", acts::complained(&page, around("投诉已提交"))));
}

#[test]
fn overview_and_list_full_and_empty() {
    let page = overview::OverviewPage {
        name: "王小敏".into(),
        asked: lines()[..1].to_vec(),
        open: lines()[1..].to_vec(),
        all_count: 7,
        unread: 1,
        certificates: 4,
        ending: vec![("机动车驾驶证".into(), "2026年4月1日到期，还有 30 天".into(), "/my/certificates/1".into())],
        drafts: 1,
    };
    insta::assert_snapshot!(settle("my", overview::overview(&page, around("我的"))));
    let page = overview::OverviewPage { name: "李明".into(), ..overview::OverviewPage::default() };
    insta::assert_snapshot!(settle("my-empty", overview::overview(&page, around("我的"))));
    let tab = |label: &str, count, current| Tab { label: label.into(), href: "/my/cases".into(), count, current };
    let page = overview::CasesPage {
        tabs: vec![tab("全部", Some(2), true), tab("等您办", Some(1), false)],
        cases: lines(),
        none: "",
        first: None,
        next: Some("/my/cases?after=x".into()),
    };
    insta::assert_snapshot!(settle("my-cases", overview::cases(&page, around("我的办件"))));
    let page = overview::CasesPage { none: "还没有办件", cases: Vec::new(), next: None, ..page };
    insta::assert_snapshot!(settle("my-cases-empty", overview::cases(&page, around("我的办件"))));
}

#[test]
fn certificates_and_their_uses() {
    let page = certificates::CertificatesPage {
        certificates: vec![
            certificates::CertificateLine {
                name: "居民身份证".into(),
                number: "520102199003071017".into(),
                department: "贵阳市公安局".into(),
                validity: "2015年3月2日 至 2035年3月2日".into(),
                status: "有效".into(),
                effective: true,
                href: "/my/certificates/1".into(),
            },
            certificates::CertificateLine {
                name: "机动车驾驶证".into(),
                status: "已过期".into(),
                ..certificates::CertificateLine::default()
            },
        ],
        ..certificates::CertificatesPage::default()
    };
    insta::assert_snapshot!(settle("my-certificates", certificates::certificates(&page, around("证照"))));
    let page = certificates::CertificatePage {
        name: "机动车驾驶证".into(),
        status: "已过期".into(),
        ended: Some("已过期。需要时请申请换发。".into()),
        facts: vec![("持有人".into(), "王小敏".into())],
        data: vec![("准驾车型".into(), "C1".into())],
        case: Some(NUMBER.into()),
        uses: vec![("2026年3月2日 09:00".into(), "贵阳市公安局".into(), "用于办件 1".into())],
        history: vec![("2020年3月2日 09:00".into(), "颁发".into(), String::new())],
        versions: vec![("第 2 版，2026年3月2日颁发".into(), "有效".into(), "/my/certificates/2".into())],
        reports: vec![("2026年3月1日 09:00".into(), "车型不对".into(), "核实无误：与档案一致".into())],
        report: Some("/my/certificates/1/report".into()),
        typed: "不".into(),
        error: Some("请写明情况，4 至 500 个字。".into()),
        ..certificates::CertificatePage::default()
    };
    insta::assert_snapshot!(settle("my-certificate", certificates::certificate(&page, around("证照"))));
}

#[test]
fn progress_help_and_accessibility() {
    let page = progress::ProgressPage {
        number: NUMBER.into(),
        code: "7K3M-XQ9A".into(),
        errors: Vec::new(),
        found: Some(progress::Found {
            number: NUMBER.into(),
            item: "食品经营许可（新办）".into(),
            state: "待补正".into(),
            meaning: "有内容需要申请人补正。".into(),
            asked: Some("等申请人补正材料".into()),
            holder: vec![("等谁", "申请人".into())],
            deadline: Some(day()),
            course: course(),
        }),
    };
    insta::assert_snapshot!(settle("progress", progress::progress(&page, around("查进度"))));
    let page = progress::ProgressPage {
        number: "1".into(),
        errors: vec![("code", "请输入查询码。".into())],
        ..progress::ProgressPage::default()
    };
    insta::assert_snapshot!(settle("progress-wrong", progress::progress(&page, around("查进度"))));
    insta::assert_snapshot!(settle("help", help::help(around("帮助"))));
    insta::assert_snapshot!(settle("accessibility", help::accessibility(around("无障碍声明"))));
}

#[test]
fn what_i_allowed() {
    let page = consents::ConsentsPage {
        revoked: true,
        consents: vec![
            consents::ConsentLine {
                purpose: "食品经营许可（新办）".into(),
                status: "有效".into(),
                active: true,
                department: "贵阳市市场监督管理局".into(),
                certificates: vec!["居民身份证".into(), "健康证明".into()],
                case: Some(NUMBER.into()),
                until: "到本办件办结为止".into(),
                given: "2026年3月2日 09:00，本人在网上确认".into(),
                ended: None,
                revoke: Some("/my/consents/1/revoke".into()),
            },
            consents::ConsentLine {
                purpose: "新生儿落户".into(),
                status: "已撤回".into(),
                ended: Some("2026年3月3日 09:00".into()),
                ..consents::ConsentLine::default()
            },
        ],
        ..consents::ConsentsPage::default()
    };
    insta::assert_snapshot!(settle("my-consents", consents::consents(&page, around("我的授权"))));
}
