//! From items of the catalogue to ready-to-show values.

use std::collections::BTreeMap;

use catalogue::{
    asking::condition::in_words,
    domain::{CaseKind, CrossRegion, DayUnit, Item, Material, Step, StepKind, StepRole},
};

use crate::{
    apply::saying::online,
    pages::{
        ItemLink,
        guide::{FeeRow, Figure, GuidePage, MaterialRow, ResultView, StepView},
    },
};

/// Names of the vocabularies by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Full and short name of each department.
    pub(crate) departments: BTreeMap<String, (String, String)>,
    pub(crate) themes: BTreeMap<String, String>,
    pub(crate) certificates: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn department(&self, key: &str) -> String {
        self.departments.get(key).map_or(key, |(name, _)| name).to_owned()
    }

    pub(crate) fn department_short(&self, key: &str) -> String {
        self.departments.get(key).map_or(key, |(_, short)| short).to_owned()
    }

    fn theme(&self, key: &str) -> String {
        self.themes.get(key).map_or(key, String::as_str).to_owned()
    }

    fn certificate(&self, key: &str) -> String {
        self.certificates.get(key).map_or(key, String::as_str).to_owned()
    }
}

/// The item as a link with its tags.
pub(crate) fn link(item: &Item, names: &Names) -> ItemLink {
    let mut link = ItemLink {
        name: item.name.clone(),
        href: format!("/items/{}", item.slug),
        department: names.department_short(&item.department),
        ..ItemLink::default()
    };
    if item.visits == 0 {
        link.strong.push("零跑动".to_owned());
    }
    link.tags.push(match item.case_kind {
        CaseKind::Instant => item.case_kind.label().to_owned(),
        CaseKind::Committed => format!("{} 个工作日", item.promised_days),
    });
    if item.visits > 0 {
        link.tags.push(format!("跑 {} 次", item.visits));
    }
    link
}

/// The service guide of an item in one version.
pub(crate) fn guide(item: &Item, version: i64, names: &Names) -> GuidePage {
    let mut strong = Vec::new();
    if item.visits == 0 {
        strong.push("零跑动".to_owned());
    } else if item.one_visit {
        strong.push("一次办成".to_owned());
    }
    let mut tags = vec![item.case_kind.label().to_owned(), item.item_type.label().to_owned()];
    tags.extend(item.audience.iter().map(|audience| audience.label().to_owned()));
    if item.cross_region != CrossRegion::None {
        tags.push(item.cross_region.label().to_owned());
    }
    GuidePage {
        name: item.name.clone(),
        department: names.department(&item.department),
        summary: item.summary.clone(),
        apply: online(item).then(|| format!("/apply/{}", item.slug)),
        aliases: item.aliases.clone(),
        tags,
        strong,
        figures: figures(item),
        conditions: item.conditions.clone(),
        materials: item.materials.iter().map(|material| material_row(item, material, names)).collect(),
        materials_note: materials_note(item),
        stages: stages(item, names),
        fees: item
            .fees
            .iter()
            .map(|fee| FeeRow {
                name: fee.name.clone(),
                amount: fee.amount_cents.map_or("按每件情况核定".to_owned(), money),
                basis: fee.basis.clone(),
            })
            .collect(),
        result: Some(result(item)),
        fields: item.fields.iter().map(|field| (field.label.clone(), field.prefill.is_some())).collect(),
        checks: item.rules.iter().map(|rule| rule.message.clone()).collect(),
        legal_basis: item.legal_basis.iter().map(|basis| (basis.law.clone(), basis.article.clone())).collect(),
        elements: elements(item, names),
        faqs: item.faqs.iter().map(|faq| (faq.question.clone(), faq.answer.clone())).collect(),
        version: if version > 0 { format!("事项编码 {}，第 {version} 版。", item.slug) } else { String::new() },
    }
}

fn figures(item: &Item) -> Vec<Figure> {
    let figure = |label: &str, value: String, unit: &str, note: String| Figure {
        label: label.to_owned(),
        value,
        unit: unit.to_owned(),
        note,
    };
    let legal = format!("法定 {} {}", item.statutory_days, item.statutory_days_kind.label());
    let time = match item.case_kind {
        CaseKind::Instant => figure("多久办好", "当场".to_owned(), "办结", legal),
        CaseKind::Committed => figure("多久办好", item.promised_days.to_string(), DayUnit::Working.label(), legal),
    };
    let depth = if item.visits == 0 { "可以全程网上办" } else { depth(item.online_depth) };
    let visits = figure("要跑几趟", item.visits.to_string(), "次", depth.to_owned());
    let asked = item
        .materials
        .iter()
        .filter(|material| material.required && material.certificate_type.is_none() && material.when.is_none())
        .count();
    let before = item.materials.iter().filter(|material| material.baseline).count();
    let more = item.materials.iter().any(|material| material.required && material.when.is_some());
    let note = match (before > asked, more) {
        (true, true) => format!("原来要交 {before} 份；有的情形另需"),
        (true, false) => format!("原来要交 {before} 份"),
        (false, true) => "有的情形另需".to_owned(),
        (false, false) => String::new(),
    };
    let materials = figure("至少要交材料", asked.to_string(), "份", note);
    let fee = match item.fees.as_slice() {
        [] => figure("收费", "不收费".to_owned(), "", String::new()),
        [fee] => match fee.amount_cents {
            Some(cents) => figure("收费", money(cents).trim_end_matches(" 元").to_owned(), "元", fee.name.clone()),
            None => figure("收费", "核定".to_owned(), "", fee.name.clone()),
        },
        many => figure("收费", many.len().to_string(), "项", "见下面的收费项目".to_owned()),
    };
    vec![time, visits, materials, fee]
}

fn materials_note(item: &Item) -> String {
    let before = item.materials.iter().filter(|material| material.baseline).count();
    let replaced =
        item.materials.iter().filter(|material| material.required && material.certificate_type.is_some()).count();
    let dropped = item.materials.iter().filter(|material| material.baseline && !material.required).count();
    let mut parts = Vec::new();
    if replaced > 0 {
        parts.push(format!("{replaced} 份可用电子证照代替"));
    }
    if dropped > 0 {
        parts.push(format!("{dropped} 份不再要交"));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("原来要交 {before} 份材料。现在有 {}。", parts.join("，"))
    }
}

fn material_row(item: &Item, material: &Material, names: &Names) -> MaterialRow {
    let certificate = material.certificate_type.as_deref().map(|key| names.certificate(key));
    let when = material.when.as_deref().map(|source| condition(item, source));
    let needed = match (material.required, when, certificate.is_some()) {
        (false, _, _) if material.baseline => "不再要交".to_owned(),
        (false, _, _) => "可以不交".to_owned(),
        (true, None, true) => "有电子证照免交".to_owned(),
        (true, None, false) => "要交".to_owned(),
        (true, Some(when), true) => format!("{when}；有电子证照免交"),
        (true, Some(when), false) => when,
    };
    MaterialRow {
        name: material.name.clone(),
        origin: material.origin.label().to_owned(),
        form: format!("{} {} 份", material.form.label(), material.copies),
        spared: needed != "要交",
        certificate,
        needed,
        deferrable: material.deferrable,
        note: material.note.clone().unwrap_or_default(),
    }
}

/// When something applies, in words; a condition that cannot be said plainly depends on the answers.
fn condition(item: &Item, source: &str) -> String {
    let label = |key: &str| item.fields.iter().find(|field| field.key == key).map(|field| field.label.as_str());
    in_words(source, label).map_or_else(|| "看填写的情况".to_owned(), |words| format!("{words}时"))
}

/// The steps in order; those of one parallel group that follow each other stand side by side.
fn stages(item: &Item, names: &Names) -> Vec<Vec<StepView>> {
    let mut stages: Vec<Vec<StepView>> = Vec::new();
    let mut group: Option<&str> = None;
    for step in &item.steps {
        let view = step_view(item, step, names);
        match (step.parallel.as_deref(), stages.last_mut()) {
            (Some(name), Some(stage)) if group == Some(name) => stage.push(view),
            _ => stages.push(vec![view]),
        }
        group = step.parallel.as_deref();
    }
    stages
}

fn step_view(item: &Item, step: &Step, names: &Names) -> StepView {
    let department =
        step.department.as_deref().filter(|key| *key != item.department).map(|key| names.department_short(key));
    let who = match (department, step.role) {
        (Some(department), StepRole::System) => department,
        (Some(department), role) => format!("{department} {}", role.label()),
        (None, role) => role.label().to_owned(),
    };
    let kind = match (step.kind, step.special_kind) {
        (StepKind::Special, Some(special)) => special.label(),
        (kind, _) => kind.label(),
    };
    let time = match (step.max_days, step.days) {
        (Some(most), _) => format!("最长 {most} 个工作日"),
        (None, 0) => "当场".to_owned(),
        (None, days) => format!("{days} 个工作日"),
    };
    StepView {
        name: step.name.clone(),
        kind: kind.to_owned(),
        who,
        time,
        when: step.when.as_deref().map(|source| condition(item, source)),
        auto: step.auto.is_some(),
        stops_clock: step.stops_clock,
    }
}

fn result(item: &Item) -> ResultView {
    let delivery: Vec<&str> = item.result.delivery.iter().map(|delivery| delivery.label()).collect();
    ResultView {
        name: item.result.name.clone().unwrap_or_else(|| item.result.kind.label().to_owned()),
        kind: item.result.kind.label().to_owned(),
        delivery: if delivery.is_empty() { "不需要领取".to_owned() } else { delivery.join("、") },
        reusable: item.result.certificate_type.is_some(),
    }
}

fn elements(item: &Item, names: &Names) -> Vec<(String, String)> {
    let list = |parts: Vec<String>| if parts.is_empty() { "无".to_owned() } else { parts.join("、") };
    let pairs = [
        ("实施主体", names.department(&item.department)),
        ("事项类型", item.item_type.label().to_owned()),
        ("行使层级", item.level.label().to_owned()),
        ("服务对象", list(item.audience.iter().map(|audience| audience.label().to_owned()).collect())),
        ("办件类型", item.case_kind.label().to_owned()),
        ("法定办结时限", format!("{} {}", item.statutory_days, item.statutory_days_kind.label())),
        ("承诺办结时限", format!("{} 个工作日", item.promised_days)),
        ("到现场次数", format!("{} 次", item.visits)),
        ("网上办理", depth(item.online_depth).to_owned()),
        ("办理渠道", list(item.channels.iter().map(|channel| channel.label().to_owned()).collect())),
        ("通办范围", item.cross_region.label().to_owned()),
        ("受理窗口", list(item.windows.clone())),
        ("主题", list(item.themes.iter().map(|key| names.theme(key)).collect())),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// 网办深度 1 to 4.
const fn depth(depth: u8) -> &'static str {
    match depth {
        1 => "网上查询",
        2 => "网上预审",
        3 => "网上受理",
        _ => "全程网办",
    }
}

/// Fen as yuan: `10 元`, `10.50 元`.
pub(crate) fn money(cents: i64) -> String {
    let (yuan, fen) = (cents / 100, cents % 100);
    if fen == 0 { format!("{yuan} 元") } else { format!("{yuan}.{fen:02} 元") }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn an_item() -> Item {
        serde_json::from_value(serde_json::json!({
            "slug": "drainage-permit", "name": "排水许可", "aliases": ["排水证"], "type": "licensing", "department": "water",
            "level": "city", "audience": ["enterprise"], "themes": ["permits"], "case_kind": "committed", "statutory_days": 20,
            "promised_days": 8, "online_depth": 3, "visits": 1, "channels": ["web", "window"], "high_frequency": true,
            "one_visit": true, "cross_region": "city", "summary": "排污水要办。", "conditions": ["有预处理设施"],
            "legal_basis": [{"law": "《城镇排水与污水处理条例》", "article": "第二十一条"}],
            "fees": [{"name": "工本费", "amount_cents": 1050, "basis": "某规"}], "windows": ["综合受理"],
            "result": {"kind": "certificate", "name": "排水许可证", "certificate_type": "drainage", "delivery": ["electronic"]},
            "material": [
                {"key": "licence", "name": "营业执照", "origin": "government", "form": "copy", "copies": 1, "required": true, "baseline": true, "certificate_type": "business-licence"},
                {"key": "plan", "name": "排水平面图", "origin": "applicant", "form": "original", "copies": 2, "required": true, "baseline": true, "deferrable": true},
                {"key": "agent", "name": "委托书", "origin": "applicant", "form": "original", "copies": 1, "required": true, "baseline": true, "when": "form.by_agent"},
                {"key": "old", "name": "法人证明", "origin": "applicant", "form": "original", "copies": 1, "required": false, "baseline": true}
            ],
            "field": [{"key": "by_agent", "label": "是否委托他人办理", "type": "bool", "required": true},
                      {"key": "phone", "label": "联系电话", "type": "phone", "required": true, "prefill": "applicant.phone"}],
            "rule": [{"expr": "true", "message": "水质达标"}],
            "step": [
                {"key": "accept", "name": "受理", "kind": "accept", "role": "window", "days": 0, "auto": "materials_complete"},
                {"key": "a", "name": "审查", "kind": "review", "role": "reviewer", "days": 3, "parallel": "joint"},
                {"key": "b", "name": "核查", "kind": "review", "role": "system", "department": "ecology", "days": 2, "parallel": "joint"},
                {"key": "c", "name": "水质检测", "kind": "special", "role": "reviewer", "days": 0, "when": "size(form.x) > 1", "special_kind": "testing", "max_days": 10, "stops_clock": true},
                {"key": "d", "name": "决定", "kind": "decide", "role": "approver", "days": 2, "parallel": "joint"}
            ],
            "faq": [{"question": "收费吗？", "answer": "收工本费。"}]
        }))
        .unwrap()
    }

    fn names() -> Names {
        let mut names = Names::default();
        names.departments.insert("water".into(), ("贵阳市水务管理局".into(), "市水务局".into()));
        names.departments.insert("ecology".into(), ("贵阳市生态环境局".into(), "市生态环境局".into()));
        names.certificates.insert("business-licence".into(), "营业执照".into());
        names.themes.insert("permits".into(), "准营准办".into());
        names
    }

    #[test]
    fn figures_say_what_is_asked_now_and_what_was_before() {
        let page = guide(&an_item(), 3, &names());
        let said: Vec<String> =
            page.figures.iter().map(|f| format!("{} {}{} {}", f.label, f.value, f.unit, f.note)).collect();
        assert_eq!(
            said,
            [
                "多久办好 8个工作日 法定 20 个工作日",
                "要跑几趟 1次 网上受理",
                "至少要交材料 1份 原来要交 4 份；有的情形另需",
                "收费 10.50元 工本费"
            ]
        );
        assert_eq!(page.materials_note, "原来要交 4 份材料。现在有 1 份可用电子证照代替，1 份不再要交。");
    }

    #[test]
    fn each_material_says_whether_it_is_to_be_handed_in() {
        let page = guide(&an_item(), 1, &names());
        let needed: Vec<&str> = page.materials.iter().map(|row| row.needed.as_str()).collect();
        assert_eq!(needed, ["有电子证照免交", "要交", "“是否委托他人办理”选“是”时", "不再要交"]);
        assert_eq!(page.materials[0].certificate.as_deref(), Some("营业执照"));
        assert_eq!(page.materials[1].form, "原件 2 份");
    }

    #[test]
    fn only_neighbours_of_one_group_stand_side_by_side() {
        let page = guide(&an_item(), 1, &names());
        let shape: Vec<Vec<&str>> =
            page.stages.iter().map(|stage| stage.iter().map(|step| step.name.as_str()).collect()).collect();
        assert_eq!(shape, [vec!["受理"], vec!["审查", "核查"], vec!["水质检测"], vec!["决定"]]);
        let test = &page.stages[2][0];
        assert_eq!(
            (test.kind.as_str(), test.time.as_str(), test.when.as_deref()),
            ("检测", "最长 10 个工作日", Some("看填写的情况"))
        );
        assert!(test.stops_clock && page.stages[0][0].auto);
        assert_eq!(page.stages[1][1].who, "市生态环境局");
    }

    #[test]
    fn a_link_shows_days_and_visits() {
        let mut item = an_item();
        assert_eq!(link(&item, &names()).tags, ["8 个工作日", "跑 1 次"]);
        item.visits = 0;
        item.case_kind = CaseKind::Instant;
        let link = link(&item, &names());
        assert_eq!((link.tags.concat(), link.strong.concat()), ("即办件".to_owned(), "零跑动".to_owned()));
        assert_eq!(link.department, "市水务局");
    }

    #[test]
    fn money_is_written_in_yuan() {
        assert_eq!(
            (money(1000), money(1050), money(5)),
            ("10 元".to_owned(), "10.50 元".to_owned(), "0.05 元".to_owned())
        );
    }
}
