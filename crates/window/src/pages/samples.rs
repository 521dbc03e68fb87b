//! Each page with sample values, for snapshots. With `TONGBAN_PAGES_DIR` set they are also written there as files that
//! a browser opens with their style sheet.

use maud::html;
use webkit::{
    Crumb, Markup, PageFrame,
    ui::components::{Light, Mark, Tab, TimelineEntry, light},
};

use super::{acting, bulk, case, search, tasks, why, workbench};
use crate::{
    asking::{DefectRow, Kind, Question},
    pages::tasks::Pick,
    showing::TaskRow,
};

pub(super) fn around(title: &str) -> PageFrame {
    PageFrame {
        title: title.to_owned(),
        demo: true,
        path: "/desk".to_owned(),
        who: Some("赵安然".to_owned()),
        crumbs: vec![Crumb::here("x")],
        ..PageFrame::default()
    }
}

/// The text between each `start` and the next `end` becomes `instead`.
fn blank(text: &str, start: &str, end: char, instead: &str) -> String {
    let mut parts = text.split(start);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(end).map_or("", |at| &part[at..]);
        out.push_str(start);
        out.push_str(instead);
        out.push_str(rest);
    }
    out
}

/// The page without what changes from run to run.
pub(super) fn settle(name: &str, page: Markup) -> String {
    let text = page.into_string();
    if let Ok(folder) = std::env::var("TONGBAN_PAGES_DIR") {
        let assets = concat!(env!("CARGO_MANIFEST_DIR"), "/../webkit/assets");
        let links = ["site", "controls", "pages", "apply", "my", "desk", "print"]
            .map(|sheet| format!("<link rel=\"stylesheet\" href=\"file://{assets}/{sheet}.css\">"))
            .concat();
        std::fs::write(format!("{folder}/desk-{name}.html"), text.replace("</head>", &format!("{links}</head>")))
            .unwrap();
    }
    // Title and body: the frame has its own snapshot in `webkit`.
    let part = |from: &str, to: &str| {
        let start = text.find(from).unwrap_or_else(|| panic!("{name} has no {from}"));
        let end = text[start..].find(to).unwrap_or_else(|| panic!("{name} has no {to}"));
        text[start..start + end + to.len()].to_owned()
    };
    let text = format!("{}{}", part("<title>", "</title>"), part("<main", "</main>"));
    blank(&text, "name=\"once\" value=\"", '"', "[once]").replace("><", ">\n<")
}

fn row(name: &str, deadline: Markup, holder: &str, mine: bool, came_back: bool) -> TaskRow {
    TaskRow {
        value: "520100202603020000011~intake".into(),
        number: "520100202603020000011".into(),
        href: "/desk/cases/520100202603020000011".into(),
        name: name.into(),
        item: "食品经营许可（新办）".into(),
        applicant: "贵阳市云岩区山水餐饮店".into(),
        region: "云岩区".into(),
        deadline,
        since: "2026年3月2日 09:05".into(),
        came_back,
        holder: holder.into(),
        mine,
        role: "窗口人员",
    }
}

fn rows() -> Vec<TaskRow> {
    let due = |kind, text: &str, day: &str| html! { (light(kind, text)) span.due { (day) } };
    vec![
        row("受理", due(Light::Red, "超期 2 天", "2月27日"), "", false, false),
        row("受理", due(Light::Yellow, "今天到期", "3月2日"), "赵安然", true, true),
        row("现场核查", due(Light::Green, "正常", "3月9日"), "钱博文", false, false),
        row("送达", light(Light::Grey, "不计时"), "", false, false),
    ]
}

fn a_bench() -> workbench::WorkbenchPage {
    let count = |label: &str, count| workbench::Count {
        label: label.into(),
        count,
        href: "/desk/tasks?scope=department".into(),
    };
    let part = |title: &str, count, rows| workbench::Part {
        title: title.into(),
        about: "按期限从近到远。".into(),
        href: "/desk/tasks".into(),
        count,
        rows,
    };
    workbench::WorkbenchPage {
        name: "赵安然".into(),
        department: "贵阳市市场监督管理局".into(),
        roles: "窗口人员".into(),
        today: "2026年3月2日".into(),
        works: true,
        lights: vec![count("超期", 1), count("临期", 3), count("正常", 42)],
        kinds: vec![count("受理", 20), count("审查", 26)],
        items: (1..12).map(|n| count(&format!("事项{n}"), 12 - n)).collect(),
        parts: vec![
            part("我的任务", 2, rows()[1..3].to_vec()),
            part("可以认领", 24, rows()),
            part("今天到期", 1, rows()[1..2].to_vec()),
            part("申请人已回复", 0, Vec::new()),
        ],
        talk: vec![("520100202603020000011".into(), "食品经营许可（新办）".into(), 2)],
    }
}

#[test]
fn the_workbench() {
    insta::assert_snapshot!(settle("workbench", workbench::workbench(&a_bench(), around("工作台"))));
}

#[test]
fn a_workbench_without_work_and_one_of_supervision() {
    let mut page = a_bench();
    page.talk.clear();
    page.lights.clear();
    page.kinds.clear();
    page.items.clear();
    for part in &mut page.parts {
        part.count = 0;
        part.rows.clear();
    }
    insta::assert_snapshot!("empty", settle("workbench-empty", workbench::workbench(&page, around("工作台"))));
    page.works = false;
    insta::assert_snapshot!("supervision", settle("workbench-course", workbench::workbench(&page, around("工作台"))));
}

fn a_list() -> tasks::TasksPage {
    let pick = |value: &str, label: &str| Pick { value: value.into(), label: label.into() };
    let tab = |label: &str, count, current| Tab {
        label: label.into(),
        href: "/desk/tasks?scope=mine".into(),
        count: Some(count),
        current,
    };
    tasks::TasksPage {
        scope: "waiting",
        tabs: vec![tab("我的任务", 2, false), tab("可以认领", 24, true), tab("全部门", 46, false)],
        total: 24,
        items: vec![pick("food", "食品经营许可（新办）（24）")],
        lights: vec![pick("red", "超期（1）"), pick("green", "正常（23）")],
        steps: vec![pick("accept", "受理（24）")],
        item: String::new(),
        light: String::new(),
        step: String::new(),
        due_today: false,
        came_back: false,
        filtered: false,
        all: "/desk/tasks?scope=waiting".into(),
        rows: rows(),
        previous: Some("/desk/tasks?before=x".into()),
        next: Some("/desk/tasks?after=x".into()),
        here: "/desk/tasks?scope=waiting".into(),
        done: false,
        colleagues: vec![pick("0000000000001", "钱博文（窗口人员）")],
    }
}

#[test]
fn a_queue() {
    insta::assert_snapshot!(settle("tasks", tasks::tasks(&a_list(), around("任务"))));
}

#[test]
fn queues_without_entries() {
    let mut page = tasks::TasksPage { rows: Vec::new(), previous: None, next: None, total: 0, ..a_list() };
    insta::assert_snapshot!("nothing_waits", settle("tasks-none", tasks::tasks(&page, around("任务"))));
    page.scope = "mine";
    insta::assert_snapshot!("nothing_held", settle("tasks-mine", tasks::tasks(&page, around("任务"))));
    page.filtered = true;
    page.light = "red".into();
    insta::assert_snapshot!("nothing_fits", settle("tasks-filtered", tasks::tasks(&page, around("任务"))));
}

#[test]
fn a_bulk_action() {
    let one = |fate| bulk::BulkRow {
        value: "520100202603020000011~intake~3".into(),
        number: "520100202603020000011".into(),
        about: "食品经营许可（新办） · 山水餐饮店".into(),
        fate,
    };
    let mut page = bulk::BulkPage {
        action: "accept".into(),
        label: "受理",
        to: String::new(),
        back: "/desk/tasks?scope=mine".into(),
        rows: vec![
            one(bulk::Fate::Will("收件 → 受理 → 出具《受理通知书》".into())),
            one(bulk::Fate::Nothing),
            one(bulk::Fate::Cannot("材料不齐，不能受理（缺少“营业执照”）".into())),
        ],
        done: false,
        error: None,
    };
    insta::assert_snapshot!("preview", settle("bulk", bulk::bulk(&page, around("预览：受理"))));
    page.done = true;
    page.rows = vec![one(bulk::Fate::Done("已受理")), one(bulk::Fate::Cannot("您看到的不是最新内容".into()))];
    insta::assert_snapshot!("report", settle("bulk-done", bulk::bulk(&page, around("受理：结果"))));
    page = bulk::BulkPage { done: false, rows: Vec::new(), error: Some("还没有选择任务。".into()), ..page };
    insta::assert_snapshot!("nothing_chosen", settle("bulk-none", bulk::bulk(&page, around("预览：受理"))));
}

#[test]
fn a_search() {
    let mut page = search::SearchPage::default();
    insta::assert_snapshot!("start", settle("search", search::search(&page, around("查找办件"))));
    page.typed = vec![("name", "山水<b>".into())];
    page.started = true;
    let text = settle("search-none", search::search(&page, around("查找办件")));
    assert!(!text.contains("<b>"), "what people type is never markup");
    insta::assert_snapshot!("nothing_found", text);
    page.rows = vec![search::FoundRow {
        number: "520100202603020000011".into(),
        item: "食品经营许可（新办）".into(),
        applicant: "山水餐饮店".into(),
        region: "云岩区".into(),
        state: "已受理",
        submitted: "2026年3月2日 09:05".into(),
        due: "3月9日".into(),
    }];
    page.more_by_form = Some("cursor".into());
    insta::assert_snapshot!("found", settle("search-found", search::search(&page, around("查找办件"))));
    page = search::SearchPage {
        errors: vec![("reason", "请写明查找原因。".into())],
        supervisor: false,
        ..Default::default()
    };
    insta::assert_snapshot!("refused", settle("search-refused", search::search(&page, around("查找办件"))));
    page = search::SearchPage { supervisor: true, ..Default::default() };
    insta::assert_snapshot!("search_supervision", settle("search-course", search::search(&page, around("查找办件"))));
}

fn material(name: &str, judged: case::Judged) -> case::MaterialBox {
    case::MaterialBox {
        key: "layout".into(),
        name: name.into(),
        how: "附件",
        missing: false,
        why: "办理本事项需要".into(),
        note: "标明清洗、加工、备餐各区位置".into(),
        certificate: None,
        files: vec![case::FileBox {
            href: "/desk/cases/1/files/1".into(),
            name: "布局图.pdf".into(),
            size: "320 KB".into(),
            image: false,
            pdf: true,
        }],
        new_since: None,
        previous: Vec::new(),
        judged,
        problem: String::new(),
        requirement: "请重新上传".into(),
        slip: None,
    }
}

fn a_case() -> case::CasePage {
    let action = |label, name: Option<&str>, at_once, main: bool| case::Action {
        label,
        name: name.map(str::to_owned),
        href: "/desk/cases/520100202603020000011/do/accept".into(),
        at_once,
        seen: 3,
        shortcut: main.then_some("a"),
        main,
    };
    let answer = |label: &str, value: &str| case::AnswerLine {
        label: label.into(),
        value: value.into(),
        origin: None,
        differs: false,
        was: None,
        fault: None,
        wrong: None,
    };
    case::CasePage {
        number: "520100202603020000011".into(),
        item: "食品经营许可（新办）".into(),
        applicant: "贵阳市云岩区山水餐饮店".into(),
        state: "已收件",
        deadline: Some(light(Light::Yellow, "临期 · 还有 1 天")),
        facts: vec![("承办部门", "贵阳市市场监督管理局".into()), ("渠道", "移动端".into())],
        done: None,
        office: true,
        reveal: false,
        tasks: vec![case::TaskBox {
            name: "受理".into(),
            who: "贵阳市市场监督管理局 · 窗口人员".into(),
            holder: None,
            mine: false,
            since: "2026年3月2日 09:05".into(),
        }],
        actions: vec![
            action("认领", Some("受理"), true, false),
            action("受理", None, false, true),
            action("一次性告知补正", None, false, false),
        ],
        closed: vec![case::Closed {
            label: "准予".into(), why: "办件现在是“已收件”，不能办理这项任务。".into()
        }],
        others: vec![case::Closed { label: "延长期限".into(), why: "需由本部门审批人员办理。".into() }],
        alerts: vec![("申请人要求人工核对".into(), "系统按规则判断不符合条件，请逐条核对规则。".into())],
        sides: Some(case::Sides {
            answers: vec![
                case::AnswerLine {
                    origin: Some("来自营业执照".into()), ..answer("经营者名称", "山水餐饮店")
                },
                case::AnswerLine { was: Some("12345".into()), ..answer("联系电话", "138****3210") },
                case::AnswerLine {
                    origin: Some("与营业执照不同：中华路2号".into()),
                    differs: true,
                    wrong: Some("与执照不一致".into()),
                    ..answer("经营场所", "中华路1号")
                },
            ],
            materials: vec![
                material("经营场所布局图", case::Judged::Unseen),
                material("安全规章制度清单", case::Judged::Fits("赵安然 2026年3月2日 10:00".into())),
                case::MaterialBox {
                    new_since: Some("2026年3月2日 10:00".into()),
                    previous: vec!["/desk/cases/1/files/0".into()],
                    slip: Some("请写明问题和应当怎样补正。".into()),
                    ..material("健康证明", case::Judged::Wrong("已过期（赵安然）".into()))
                },
                case::MaterialBox {
                    how: "未提交",
                    missing: true,
                    files: Vec::new(),
                    certificate: Some(vec![("证照".into(), "营业执照".into()), ("编号".into(), "91***X2".into())]),
                    ..material("营业执照", case::Judged::Outdated("赵安然".into()))
                },
            ],
            rules: vec![
                case::RuleLine { message: "从业人员须有健康证明".into(), holds: Some(true) },
                case::RuleLine { message: "距污染源二十五米以上".into(), holds: Some(false) },
                case::RuleLine { message: "场所面积与品种相适应".into(), holds: None },
            ],
            judging: true,
        }),
        meaning: "材料已经收到，办理机关正在核对。".into(),
        course: vec![
            TimelineEntry {
                title: "提交申请".into(),
                at: "2026年3月2日 09:05".into(),
                by: "申请人".into(),
                body: Markup::default(),
                mark: Mark::Done,
            },
            TimelineEntry {
                title: "受理".into(),
                at: "最晚2026年3月9日".into(),
                by: "贵阳市市场监督管理局".into(),
                body: Markup::default(),
                mark: Mark::Now,
            },
        ],
        talk: vec![case::TalkLine {
            mine: false,
            who: "申请人".into(),
            at: "2026年3月2日 11:00".into(),
            text: "什么时候能有结果？".into(),
            files: vec!["/desk/cases/1/files/2".into()],
        }],
        said: None,
        clocks: vec![case::ClockBox {
            name: "受理期限".into(),
            deadline: light(Light::Yellow, "临期 · 还有 1 天"),
            state: "计时中",
            used: "已用 4 / 5 工作日".into(),
            start: "2026年3月2日".into(),
            ended: None,
            pauses: vec!["3月3日之后到3月4日".into()],
            days: vec![
                case::DayLine { date: "2026年3月3日".into(), counted: Some(1), reason: "工作日".into() },
                case::DayLine { date: "2026年3月7日".into(), counted: None, reason: "周末".into() },
            ],
            last: "2026年3月9日".into(),
            provisional: true,
        }],
        papers: vec![case::PaperLink {
            title: "收件凭证".into(),
            number: "筑政服〔2026〕01收字第000001号".into(),
            at: "2026年3月2日 09:05".into(),
            href: "/desk/cases/1/documents/1".into(),
            intact: false,
        }],
        history: vec![case::HistoryLine {
            at: "2026年3月2日 09:05".into(),
            by: "山水餐饮店".into(),
            label: "提交申请",
            words: String::new(),
        }],
    }
}

#[test]
fn the_page_of_a_case() {
    let mut page = a_case();
    insta::assert_snapshot!("office", settle("case", case::case_page(&page, around("食品经营许可"))));
    page.done = Some(case::Done {
        label: "已完成：受理".into(),
        next: Some(("受理：食品经营许可（新办）".into(), "/desk/cases/2".into())),
        quiet: false,
    });
    page.reveal = true;
    page.actions.clear();
    page.talk.clear();
    page.said = Some(("您好".into(), "请写内容。".into()));
    page.papers.clear();
    insta::assert_snapshot!("done", settle("case-done", case::case_page(&page, around("食品经营许可"))));
    page.done = Some(case::Done { label: "已完成：受理".into(), next: None, quiet: false });
    page.office = false;
    page.sides = None;
    insta::assert_snapshot!("course", settle("case-course", case::case_page(&page, around("食品经营许可"))));
}

#[test]
fn the_question_why() {
    insta::assert_snapshot!("why_asked", settle("why", why::why("食品经营许可", "", around("食品经营许可"))));
    insta::assert_snapshot!("no_reason", settle("why-wrong", why::why("食品经营许可", "x", around("食品经营许可"))));
}

fn question(name: &'static str, label: &str, kind: Kind, value: &str) -> Question {
    Question { name, label: label.into(), hint: None, optional: false, kind, values: vec![value.into()] }
}

fn a_form() -> acting::ActingPage {
    let pick = |value: &str, label: &str| Pick { value: value.into(), label: label.into() };
    acting::ActingPage {
        number: "520100202603020000011".into(),
        home: "/desk/cases/520100202603020000011".into(),
        title: "提出审查意见：现场核查".into(),
        button: "提出审查意见",
        about: "食品经营许可（新办） · 山水餐饮店".into(),
        action: "/desk/cases/520100202603020000011/do/complete?of=site-check".into(),
        seen: 7,
        closed: None,
        consequence: None,
        grave: false,
        notice: false,
        questions: vec![
            question(
                "recommend",
                "审查结论",
                Kind::Radios(vec![pick("grant", "建议准予"), pick("refuse", "建议不予准予")]),
                "grant",
            ),
            question("opinion", "审查意见", Kind::Area(5), "现场与图纸一致"),
            question("days", "所需时间", Kind::Number("个工作日"), "5"),
            question("taken_by", "签收人", Kind::Line, "王小敏"),
            question("cause", "终止原因", Kind::Select(vec![pick("duplicate", "重复申请")]), ""),
            question("materials", "收到了哪些材料", Kind::Checks(vec![pick("layout", "布局图")]), "layout"),
        ],
        errors: Vec::new(),
        refusal: None,
        meanwhile: Vec::new(),
        preview: None,
        typed: Vec::new(),
    }
}

#[test]
fn the_form_of_a_move() {
    let mut page = a_form();
    insta::assert_snapshot!("asked", settle("act", acting::acting(&page, around("提出审查意见"))));
    page.errors = vec![("opinion".into(), "请写明内容，不能为空。".into())];
    page.typed = vec![("opinion".into(), String::new())];
    insta::assert_snapshot!("wrong", settle("act-wrong", acting::acting(&page, around("提出审查意见"))));
    page.errors.clear();
    page.meanwhile = vec!["2026年3月2日 10:00 钱博文 认领任务".into()];
    insta::assert_snapshot!("stale", settle("act-stale", acting::acting(&page, around("提出审查意见"))));
    page.closed = Some("这项任务已由钱博文认领，需要时请对方转交。".into());
    insta::assert_snapshot!("closed", settle("act-closed", acting::acting(&page, around("提出审查意见"))));
}

#[test]
fn a_notice_and_its_preview() {
    let defect = |target: &str, name: &str, want, of_form| DefectRow {
        target: target.into(),
        name: name.into(),
        want,
        problem: if want { "没有标明备餐区".into() } else { String::new() },
        requirement: "请重新上传".into(),
        mark: if want { "核对不符合" } else { "" },
        of_form,
        by_certificate: target == "id-card",
        refusal: String::new(),
    };
    let rows = vec![
        defect("layout", "经营场所布局图", true, false),
        defect("rules-list", "规章制度清单", false, false),
        defect("form.phone", "联系电话", false, true),
    ];
    let mut page = acting::ActingPage {
        title: "一次性告知补正".into(),
        button: "一次性告知补正",
        notice: true,
        questions: vec![question("want", "需要补正的内容", Kind::Defects(rows), "")],
        ..a_form()
    };
    insta::assert_snapshot!("composed", settle("notice", acting::acting(&page, around("一次性告知补正"))));
    page.errors = vec![("want".into(), "请至少列出一项需要补正的内容。".into())];
    page.refusal = Some("补正内容填写不完整。".into());
    insta::assert_snapshot!("notice_refused", settle("notice-wrong", acting::acting(&page, around("一次性告知补正"))));
    page.errors.clear();
    page.refusal = None;
    page.typed = vec![("want".into(), "layout".into()), ("problem.layout".into(), "没有标明<备餐区>".into())];
    page.preview = Some(acting::Preview {
        happens: vec!["一次性告知补正".into()],
        state: "待补正",
        papers: vec![("补正材料一次性告知书".into(), html! { article.paper { h1 { "补正材料一次性告知书" } } })],
    });
    page.grave = true;
    insta::assert_snapshot!(
        "notice_preview",
        settle("notice-preview", acting::acting(&page, around("一次性告知补正")))
    );
}
