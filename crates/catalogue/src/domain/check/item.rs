//! Rules over the head of an item: limits, depth, visits, fees, result, legal basis, wording.

use std::sync::LazyLock;

use kernel::Channel;
use regex::Regex;
use vocab::Vocabulary;

use super::{slug_of, themes};
use crate::domain::format::Page;
use crate::domain::{CaseKind, DayUnit, Item, ItemType, ResultKind, StepKind};

/// Counter skills (窗口类别) there are.
const WINDOWS: [&str; 9] =
    ["综合受理", "出入境", "不动产", "税务", "社保医保", "公安", "市场准入", "工程建设", "公用事业"];

pub(super) fn check(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    identity(item, page, vocab);
    themes(&item.audience, &item.themes, page, vocab, true);
    limits(item, page);
    reach(item, page);
    fees(item, page);
    result(item, page, vocab);
    basis(item, page);
    quantity(item, page);
    renewal(item, page, vocab);
    joint(item, page);
    wording(item, page, vocab);
}

fn identity(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let expected = slug_of(page.file()).to_owned();
    if item.slug != expected {
        page.error("slug", "slug-not-file-name", format!("slug 应与文件名一致，即“{expected}”"));
    }
    if vocab.department(&item.department).is_none() {
        page.error("department", "unknown-department", format!("部门“{}”不在部门表中", item.department));
    }
    let folder = page.file().rsplit('/').nth(1).unwrap_or_default().to_owned();
    if item.department != folder {
        let message = format!("文件应放在部门“{}”的文件夹下，现在在“{folder}”", item.department);
        page.error("department", "department-not-folder", message);
    }
    if !(2..=8).contains(&item.aliases.len()) && page.sound(&["aliases"]) {
        let message = format!("群众常用叫法应有2至8个，现有{}个", item.aliases.len());
        page.error("aliases", "aliases-count", message);
    }
    for (at, alias) in item.aliases.iter().enumerate() {
        if *alias == item.name {
            page.warning(&format!("aliases[{at}]"), "alias-is-name", "叫法与事项名称相同，没有用处，请换一个");
        }
    }
    for (at, window) in item.windows.iter().enumerate() {
        if !WINDOWS.contains(&window.as_str()) {
            let message = format!("窗口类别“{window}”应为以下之一：{}", WINDOWS.join("、"));
            page.error(&format!("windows[{at}]"), "unknown-window", message);
        }
    }
    for (key, empty) in [
        ("windows", item.windows.is_empty() && item.channels.contains(&Channel::Window)),
        ("channels", item.channels.is_empty()),
        ("conditions", item.conditions.is_empty()),
        ("legal_basis", item.legal_basis.is_empty()),
    ] {
        if empty {
            page.error(key, "empty", "至少应写一项");
        }
    }
}

fn limits(item: &Item, page: &mut Page) {
    if !page.sound(&["promised_days", "statutory_days", "statutory_days_kind"]) {
        return;
    }
    let (promised, statutory) = (item.promised_days, item.statutory_days);
    if promised > statutory {
        let message = format!("承诺办结时限{promised}天超过法定办结时限{statutory}天");
        page.error("promised_days", "promised-over-statutory", message);
    } else if item.statutory_days_kind == DayUnit::Calendar {
        // So many working days can last this long when they begin before a weekend.
        let spread = promised + 2 * promised.div_ceil(5);
        if spread > statutory {
            let message =
                format!("承诺的{promised}个工作日跨周末可达{spread}个自然日，超过法定的{statutory}个自然日，请缩短");
            page.error("promised_days", "promised-over-statutory", message);
        }
    } else if item.high_frequency && promised == statutory && statutory > 1 {
        page.warning("promised_days", "promise-not-shorter", "高频事项的承诺时限与法定时限相同，没有压缩");
    }
    if item.case_kind == CaseKind::Instant && promised > 1 && page.sound(&["case_kind"]) {
        page.error("promised_days", "instant-too-long", "即办件的承诺时限不应超过1个工作日");
    }
}

fn reach(item: &Item, page: &mut Page) {
    let online = item.channels.iter().any(|channel| matches!(channel, Channel::Web | Channel::Mobile));
    if item.online_depth == 4 && item.visits > 0 && page.sound(&["online_depth", "visits"]) {
        let message = format!("网办深度四级是全程网办，到现场次数应为0，现为{}", item.visits);
        page.error("online_depth", "depth-and-visits", message);
    }
    if item.visits == 0 && !online && page.sound(&["visits", "channels"]) {
        page.error("visits", "no-visit-and-not-online", "到现场次数为0，但没有开通网上或掌上办理");
    }
    if item.online_depth >= 2 && !online && page.sound(&["online_depth", "channels"]) {
        page.error("online_depth", "depth-without-channel", "网办深度二级以上，但没有开通网上或掌上办理");
    }
    if item.one_visit && item.visits > 1 && page.sound(&["one_visit", "visits"]) {
        page.error("one_visit", "one-visit-broken", "承诺“一次办成”，到现场次数不应超过1次");
    }
}

fn fees(item: &Item, page: &mut Page) {
    for (at, fee) in item.fees.iter().enumerate() {
        let path = format!("fees[{at}]");
        if fee.amount_cents.is_some() == fee.assessed && page.sound(&[&path]) {
            page.error(
                &path,
                "fee-amount",
                "收费应写明金额 amount_cents，或写 assessed = true 表示逐件核定，二者只取其一",
            );
        }
    }
    if !page.sound(&["fees", "step"]) || !page.section_sound("step", &["kind"]) {
        return;
    }
    let pay = item.steps.iter().position(|step| step.kind == StepKind::Pay);
    match pay {
        Some(at) if item.fees.is_empty() => {
            page.error(&format!("step[{at}].kind"), "payment-without-fee", "本事项不收费，不应有缴费环节");
        }
        None if !item.fees.is_empty() && item.online_depth == 4 => {
            page.error("fees", "fee-without-payment", "全程网办且收费的事项应有缴费环节，以便网上支付");
        }
        None if !item.fees.is_empty() => {
            page.warning("fees", "fee-without-payment", "本事项收费，但流程中没有缴费环节")
        }
        _ => {}
    }
}

fn result(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let result = &item.result;
    let known = result.certificate_type.as_deref().map(|key| (key, vocab.certificate_type(key)));
    if let Some((key, None)) = known {
        let message = format!("证照类型“{key}”不在证照类型表中");
        page.error("result.certificate_type", "unknown-certificate-type", message);
    }
    if !page.sound(&["result", "result.kind"]) {
        return;
    }
    if result.kind == ResultKind::None {
        return;
    }
    if result.delivery.is_empty() {
        page.error("result.delivery", "empty", "请写明结果的送达方式");
    }
    let Some(name) = result.name.as_deref() else {
        page.error("result.name", "missing-key", "请写明结果的名称");
        return;
    };
    match result.kind {
        ResultKind::Certificate => {
            let named = known.and_then(|(_, kind)| kind).is_some_and(|kind| kind.name == name);
            if !named && !name.ends_with(['证', '照', '书', '卡']) {
                page.warning("result.name", "result-name", "证照类结果的名称一般以“证、照、书、卡”结尾");
            }
        }
        _ => {
            if result.certificate_type.is_some() {
                page.error("result.certificate_type", "certificate-type-on-approval", "只有结果为证照时才写证照类型");
            }
            if name.ends_with(['证', '照', '卡']) {
                page.warning("result.kind", "result-name", "名称像证照，结果类型却不是 certificate，请核对");
            }
        }
    }
}

/// Only a law, an administrative or local regulation, a decision of the State Council or, for a year, a provincial rule
/// may set a licence; a department's circular may not (行政许可法 第十四条至第十七条).
static MAY_SET_A_LICENCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(法|条例|法典)》|《国务院|国务院令|《.*省.*规定》.*省人民政府令").ok());

fn basis(item: &Item, page: &mut Page) {
    for (at, basis) in item.legal_basis.iter().enumerate() {
        if !(basis.law.contains('《') && basis.law.contains('》')) {
            page.warning(&format!("legal_basis[{at}].law"), "law-title", "设定依据的名称应写在书名号内");
        }
    }
    if item.item_type != ItemType::Licensing || !page.sound(&["type", "legal_basis"]) {
        return;
    }
    let ranks = |law: &str| MAY_SET_A_LICENCE.as_ref().is_some_and(|rank| rank.is_match(law));
    if !item.legal_basis.is_empty() && !item.legal_basis.iter().any(|basis| ranks(&basis.law)) {
        let message = "行政许可应由法律、行政法规、地方性法规或省级规章设定，部门文件不能设定行政许可";
        page.error("legal_basis", "basis-rank", message);
    }
    if item.faqs.is_empty() {
        page.warning("faq", "no-faq", "行政许可事项至少应有一个常见问题");
    }
    if !page.section_sound("step", &["kind"]) {
        return;
    }
    let usual = [StepKind::Accept, StepKind::Review, StepKind::Decide, StepKind::Issue, StepKind::Deliver];
    let missing: Vec<&str> = usual
        .into_iter()
        .filter(|kind| !item.steps.iter().any(|step| step.kind == *kind))
        .map(crate::domain::StepKind::label)
        .collect();
    if !missing.is_empty() {
        page.warning("step", "missing-links", format!("行政许可的流程缺少环节：{}", missing.join("、")));
    }
}

/// A number of licences is limited by law only, and only licences are (行政许可法 第五十七条).
fn quantity(item: &Item, page: &mut Page) {
    let Some(limit) = &item.quantity_limit else { return };
    if item.item_type != ItemType::Licensing && page.sound(&["type"]) {
        page.error("quantity_limit", "limit-not-licensing", "只有行政许可事项才写数量限制（行政许可法第五十七条）");
    }
    if !(limit.basis.contains('《') && limit.basis.contains('》')) && page.sound(&["quantity_limit.basis"]) {
        let message = "请写明设定数量限制的法律、法规或公告，名称写在书名号内";
        page.error("quantity_limit.basis", "limit-basis", message);
    }
}

/// Only a licence is deemed renewed, and what comes out is a licence of the same type (行政许可法 第五十条).
fn renewal(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let Some(renewal) = &item.renewal else { return };
    let kind = renewal.certificate_type.as_str();
    if item.item_type != ItemType::Licensing && page.sound(&["type"]) {
        page.error("renewal", "renewal-not-licensing", "只有行政许可事项才有期满视为准予延续（行政许可法第五十条）");
    }
    if vocab.certificate_type(kind).is_none() && page.sound(&["renewal.certificate_type"]) {
        let message = format!("证照类型“{kind}”不在证照类型表中");
        page.error("renewal.certificate_type", "unknown-certificate-type", message);
    }
    if item.result.certificate_type.as_deref().is_some_and(|result| result != kind) {
        let message = "延续的证照与办理结果的证照类型不同，请核对";
        page.error("renewal.certificate_type", "renewal-other-type", message);
    }
}

/// Working days in which bodies that decide together do so (行政许可法 第四十二条第二款).
const JOINT_DAYS: u32 = 45;

/// Together means more than one, within 45 working days.
fn joint(item: &Item, page: &mut Page) {
    if !item.joint || !page.sound(&["joint"]) {
        return;
    }
    let others = item.steps.iter().filter_map(|step| step.department.as_deref()).any(|d| d != item.department);
    if !others && page.section_sound("step", &["department"]) {
        page.error("joint", "joint-alone", "统一办理、联合办理、集中办理应有其他部门的环节");
    }
    let working = item.statutory_days_kind == DayUnit::Working;
    if working && item.statutory_days > JOINT_DAYS && page.sound(&["statutory_days", "statutory_days_kind"]) {
        let message =
            format!("统一办理、联合办理、集中办理的法定时限不超过{JOINT_DAYS}个工作日（行政许可法第四十二条）");
        page.error("statutory_days", "joint-too-long", message);
    }
}

fn wording(item: &Item, page: &mut Page, vocab: &Vocabulary) {
    let mut texts = vec![("summary".to_owned(), item.summary.as_str())];
    texts.extend(item.conditions.iter().enumerate().map(|(at, text)| (format!("conditions[{at}]"), text.as_str())));
    for (at, faq) in item.faqs.iter().enumerate() {
        texts.push((format!("faq[{at}].question"), faq.question.as_str()));
        texts.push((format!("faq[{at}].answer"), faq.answer.as_str()));
    }
    for (path, text) in texts {
        for department in vocab.departments() {
            let short = department.short.as_str();
            let alone = text.match_indices(short).any(|(at, _)| !text[..at].ends_with("贵阳"));
            if short.starts_with('市') && alone {
                let message = format!("“{short}”是简称，请写全称“{}”", department.name);
                page.warning(&path, "abbreviated-department", message);
            }
        }
    }
}
