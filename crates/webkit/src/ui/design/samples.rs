//! Every component in its states.

use maud::{Markup, html};

use super::{Section, sample};
use crate::ui::{
    components::{
        Light, Mark, SummaryRow, Tab, TimelineEntry, Tone, button, button_danger, button_link, button_link_quiet,
        button_quiet, definitions, disclosure, empty, figure_tiles, filter_bar, light, notice, pagination, panel,
        step_bar, summary_list, table, tabs, tag, tag_strong, timeline,
    },
    forms::{Choice, Control, TextKind, area, checks, date, error_summary, files, radios, select, text, text_in, tick},
};

const LONG: &str = "国有建设用地使用权及房屋所有权转移登记（含二手房买卖、继承、赠与、析产等各种情形）";
const WRONG: &str = "证件号码少了一位，应为 18 位。请对照证件重新填写。";

const fn choice(value: &'static str, label: &'static str, hint: Option<&'static str>) -> Choice<'static> {
    Choice { value, label, hint }
}

const WAYS: [Choice<'static>; 3] = [
    choice("post", "邮寄到家", Some("邮费 12 元，到付，3 天左右送到。")),
    choice("window", "到窗口领取", None),
    choice("long", LONG, Some("名称很长时整行换行，选择框仍在第一行。")),
];

pub(super) fn sections() -> Vec<Section> {
    vec![
        Section { id: "buttons", title: "按钮", body: buttons() },
        Section { id: "fields", title: "输入框", body: fields() },
        Section { id: "choices", title: "选择", body: choices() },
        Section { id: "uploads", title: "上传文件", body: uploads() },
        Section { id: "errors", title: "错误汇总", body: errors() },
        Section { id: "notices", title: "提示", body: notices() },
        Section { id: "progress", title: "进度", body: progress() },
        Section { id: "answers", title: "核对与回执", body: answers() },
        Section { id: "lists", title: "列表", body: lists() },
        Section { id: "script", title: "脚本增强", body: script() },
    ]
}

fn buttons() -> Markup {
    html! {
        (sample("主要按钮，每页一个", html! { div.actions { (button("提交申请")) (button_link("开始办理", "#buttons")) } }))
        (sample("次要按钮", html! { div.actions { (button_quiet("保存草稿")) (button_link_quiet("返回修改", "#buttons")) } }))
        (sample("会取消或者撤回什么的按钮", html! { div.actions { (button_danger("撤回申请")) } }))
        (sample("文字很长", html! { div.actions { (button(&format!("确认并提交“{LONG}”"))) } }))
    }
}

fn fields() -> Markup {
    let control = |name, label| Control { name, label, ..Control::default() };
    html! {
        (sample("一行文字", text(&control("f-name", "姓名"), TextKind::Text, "")))
        (sample("选填，有说明", text(&Control { hint: Some("没有可以不填。"), optional: true, ..control("f-mail", "电子邮箱") }, TextKind::Text, "")))
        (sample("有误", text(&Control { error: Some(WRONG), hint: Some("18 位身份证号码。"), ..control("f-id", "身份证号码") }, TextKind::Code, "52010219900307101")))
        (sample("带单位", text_in(&control("f-size", "建筑面积"), TextKind::Decimal, "89.50", "平方米")))
        (sample("很长的标题和内容", text(&control("f-long", LONG), TextKind::Text, LONG)))
        (sample("密码", text(&Control { hint: Some("10 个字符以上，字母和数字都要有。"), ..control("f-password", "设置密码") }, TextKind::NewPassword, "")))
        (sample("日期", date(&control("f-day", "出生日期"), "1990-03-07")))
        (sample("日期有误", date(&Control { error: Some("开业日期不能早于今天。请重新选择。"), ..control("f-day-wrong", "开业日期") }, "")))
        (sample("多行文字", area(&Control { hint: Some("写清时间、地点和经过。"), ..control("f-why", "情况说明") }, 4, "")))
        (sample("多行文字有误", area(&Control { error: Some("请填写情况说明。"), ..control("f-why-wrong", "补充说明") }, 3, "")))
        (sample("下拉选择", select(&control("f-way", "领取方式"), &WAYS, "")))
        (sample("下拉选择有误", select(&Control { error: Some("请选择领取方式。"), ..control("f-way-wrong", "送达方式") }, &WAYS, "")))
    }
}

fn choices() -> Markup {
    let control = |name, label| Control { name, label, ..Control::default() };
    html! {
        (sample("单选", radios(&Control { hint: Some("以后还可以改。"), ..control("c-way", "办好后怎样拿到证件？") }, &WAYS, "post")))
        (sample("单选有误", radios(&Control { error: Some("请选一项。"), ..control("c-way-wrong", "是否第一次申请？") }, &WAYS[..2], "")))
        (sample("多选", checks(&Control { optional: true, ..control("c-more", "同时办理") }, &WAYS, &["window"])))
        (sample("多选有误", checks(&Control { error: Some("请至少选一项。"), ..control("c-more-wrong", "经营项目") }, &WAYS[..2], &[])))
        (sample("承诺", tick(&control("c-agree", "我已核对以上内容，所填信息真实、准确、完整。"), false)))
        (sample("承诺有误", tick(&Control { error: Some("请先勾选承诺，再提交申请。"), ..control("c-agree-wrong", "我已阅读并同意告知承诺的内容。") }, false)))
    }
}

fn uploads() -> Markup {
    let control = Control {
        name: "u-photo",
        label: "门头照片",
        hint: Some("拍清楚招牌和门牌号。每张不超过 10 MB。"),
        ..Control::default()
    };
    let wrong = Control {
        name: "u-lease",
        label: "租赁合同",
        error: Some("请上传租赁合同，可以是照片或者 PDF。"),
        ..Control::default()
    };
    html! {
        (sample("可以拍照，可以选多张", files(&control, "image/*", true, true)))
        (sample("有误", files(&wrong, "image/*,.pdf", false, false)))
    }
}

fn errors() -> Markup {
    html! {
        p { "提交后有误的，页面最上面逐条列出，点一条就到那一项；已填的内容都保留。" }
        (sample("错误汇总", error_summary(&[("f-id", WRONG.to_owned()), ("c-way-wrong", "请选一项。".to_owned())])))
    }
}

fn notices() -> Markup {
    let body = || html! { p { "窗口会在 1 个工作日内核对材料，结果发到您的手机。" } };
    html! {
        (sample("提示", notice(Tone::Info, "申请已经收到", body())))
        (sample("成功", notice(Tone::Success, "修改已保存", body())))
        (sample("注意", notice(Tone::Warning, "还有 2 天到期", html! { p { "请在 2026年11月25日前补正材料，过期视为撤回申请。" } })))
        (sample("错误", notice(Tone::Error, "没有提交成功", html! { p { "网络中断。填写的内容都在，请再试一次。" } })))
        (sample("标签", html! { div.tags { (tag("即办件")) (tag("10 个工作日")) (tag_strong("零跑动")) } }))
        (sample("办理时限灯", html! { p.lights { (light(Light::Green, "还有 5 个工作日")) (light(Light::Yellow, "今天到期")) (light(Light::Red, "已超期 1 天")) (light(Light::Grey, "补正中，不计时")) } }))
        (sample("可展开", disclosure("没有房产证怎么办？", html! { p { "可以用购房合同代替，窗口会联网核验。" } })))
    }
}

fn progress() -> Markup {
    let entry = |title: &str, at: &str, by: &str, mark, body: Markup| TimelineEntry {
        title: title.to_owned(),
        at: at.to_owned(),
        by: by.to_owned(),
        body,
        mark,
    };
    html! {
        (sample("步骤", step_bar(&["资格", "填写信息", "上传材料", "核对", "提交"], 2)))
        (sample("办理过程", timeline(&[
            entry("提交申请", "2026年11月20日 09:12", "王小敏", Mark::Done, html! {}),
            entry("受理", "2026年11月20日 10:30", "市公积金中心 窗口", Mark::Done, html! { p { "材料齐全。" } }),
            entry("请补正材料", "2026年11月23日前", "王小敏", Mark::Trouble, html! { p { "首付款凭证看不清，请重新拍照上传。" } }),
            entry("审查", "预计 2026年11月26日前", "市公积金中心", Mark::Now, html! {}),
            entry("决定和送达", "预计 2026年12月2日前", "市公积金中心", Mark::Coming, html! {}),
        ])))
    }
}

fn answers() -> Markup {
    let row = |name: &str, value: Markup, note: Option<Markup>| SummaryRow {
        name: name.to_owned(),
        value,
        note,
        change: Some(("#answers".to_owned(), "修改".to_owned())),
    };
    html! {
        (sample("核对所填内容", summary_list(&[
            row("姓名", html! { "王小敏" }, Some(html! { "来自居民身份证，2026年11月20日" })),
            row("领取方式", html! { "邮寄到家" }, None),
            row(LONG, html! { (LONG) }, None),
            SummaryRow { change: None, ..row("申请日期", html! { "2026年11月23日" }, None) },
        ])))
        (sample("回执", panel("申请已提交", html! { p { "办件编号" } p.panel-number { "GY2026112300017" } })))
        (sample("名称和内容", definitions([("办理机关", html! { "市住房公积金管理中心" }), ("办理时限", html! { "10 个工作日" })])))
    }
}

fn lists() -> Markup {
    let tab = |label: &str, count, current| Tab { label: label.to_owned(), href: "#lists".to_owned(), count, current };
    let cell = |text: &str| html! { (text) };
    let tile =
        |number: &str, label: &str, href: Option<&str>| (number.to_owned(), label.to_owned(), href.map(str::to_owned));
    html! {
        (sample("数字", figure_tiles(&[tile("3", "办理中", Some("#lists")), tile("1", "等我处理", Some("#lists")), tile("12", "已办结", None)])))
        (sample("切换", tabs("办件", &[tab("办理中", Some(3), true), tab("等我处理", Some(1), false), tab("已办结", None, false)])))
        (sample("筛选", filter_bar("/design", html! {
            (text(&Control { name: "l-words", label: "编号或者名称", optional: true, ..Control::default() }, TextKind::Search, ""))
            (select(&Control { name: "l-way", label: "方式", optional: true, ..Control::default() }, &WAYS[..2], ""))
        })))
        (sample("表格，窄屏变成卡片", table("办件列表", &["编号", "事项", "时限"], &[
            vec![html! { a href="#lists" { "GY2026112300017" } }, cell("住房公积金个人住房贷款"), light(Light::Green, "还有 5 个工作日")],
            vec![html! { a href="#lists" { "GY2026112300018" } }, cell(LONG), light(Light::Red, "已超期 1 天")],
        ])))
        (sample("翻页", pagination(Some("#lists"), Some("#lists"))))
        (sample("没有内容", empty("还没有办件", html! { p { "申请提交后，办理进度会显示在这里。" } }, Some(button_link("查找事项", "/items")))))
    }
}

fn script() -> Markup {
    let agreed = Control { name: "s-more", label: "还有其他经营场所吗？", ..Control::default() };
    let place = Control { name: "s-place", label: "其他经营场所地址", optional: true, ..Control::default() };
    let options = [choice("yes", "有", None), choice("no", "没有", None)];
    html! {
        p { "没有脚本时页面照样能用；有脚本时更顺手。" }
        (sample("选“有”才问的问题", html! {
            form method="get" action="/design" {
                (radios(&agreed, &options, "no"))
                div data-when="s-more=yes" { (text(&place, TextKind::Text, "")) }
            }
        }))
        (sample("全选", html! {
            form method="get" action="/design" {
                div.option { input #s-all type="checkbox" data-select-all="s-case"; label for="s-all" { "全选" } }
                @for number in ["GY2026112300017", "GY2026112300018"] {
                    div.option { input id=(number) type="checkbox" name="s-case" value=(number); label for=(number) { (number) } }
                }
                p.hint data-selected aria-live="polite" {}
            }
        }))
        (sample("打印和快捷键", html! {
            div.actions {
                button.button.quiet type="button" data-print data-shortcut="p" { "打印本页" }
                a href="#colours" data-shortcut="t" { "回到颜色" }
            }
        }))
    }
}
