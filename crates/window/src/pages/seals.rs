//! The desk of those who keep seals and of those who watch their use: the list, one seal, what may be done with it.

use maud::{Markup, html};
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{
            Tone, button, button_quiet_saying, definitions, disclosure, notice, pagination, table, tag, tag_strong,
        },
        forms::{Choice, Control, TextKind, area, checks, error_summary, once_field, radios, text},
    },
};

/// One seal in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SealRow {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) number: String,
    pub(crate) state: String,
    pub(crate) active: bool,
    pub(crate) uses: i64,
    pub(crate) href: String,
}

/// One use of a seal: when, who, on what, which case or document, what is unusual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UseRow {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) of: String,
    pub(crate) unusual: String,
}

/// What an application offers: words and names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Application {
    pub(crate) kinds: Vec<(String, String)>,
    pub(crate) purposes: Vec<(String, String)>,
}

/// The first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SealsPage {
    pub(crate) rows: Vec<SealRow>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    /// Unusual uses, for those who watch; none for others.
    pub(crate) unusual: Option<Vec<UseRow>>,
    /// Kinds and purposes, for those who may apply; none for others.
    pub(crate) apply: Option<Application>,
    pub(crate) typed: Vec<(String, String)>,
    pub(crate) errors: Vec<(String, String)>,
    /// Seals can be made here.
    pub(crate) able: bool,
}

impl SealsPage {
    fn one(&self, name: &str) -> &str {
        self.typed.iter().find(|(on, _)| on == name).map_or("", |(_, value)| value)
    }
    fn all(&self, name: &str) -> Vec<&str> {
        self.typed.iter().filter(|(on, _)| on == name).map(|(_, value)| value.as_str()).collect()
    }
    fn control<'a>(&'a self, name: &'a str, label: &'a str, hint: Option<&'a str>, optional: bool) -> Control<'a> {
        let error = self.errors.iter().find(|(on, _)| on == name).map(|(_, text)| text.as_str());
        Control { name, label, hint, error, optional }
    }
}

fn summary(errors: &[(String, String)]) -> Markup {
    error_summary(&errors.iter().map(|(name, text)| (name.as_str(), text.clone())).collect::<Vec<_>>())
}

fn choices(pairs: &[(String, String)]) -> Vec<Choice<'_>> {
    pairs.iter().map(|(value, label)| Choice { value, label, hint: None }).collect()
}

fn no_keys() -> Markup {
    notice(
        Tone::Warning,
        "尚未接入制章与签章的密码设备",
        html! { p { "可以申请和批准，但不能制作和用印。请安全管理员接入密码设备。" } },
    )
}

/// Places the list.
pub(crate) fn seals(page: &SealsPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("印章")];
    around.wide = true;
    let rows: Vec<Vec<Markup>> = page
        .rows
        .iter()
        .map(|row| {
            vec![
                html! { a href=(row.href) { (row.name) } },
                html! { (row.department) },
                html! { span.mono { (row.number) } },
                if row.active { tag(&row.state) } else { tag_strong(&row.state) },
                html! { (row.uses) },
            ]
        })
        .collect();
    frame(
        around,
        html! {
            (summary(&page.errors))
            h1 { "电子印章" }
            @if !page.able { (no_keys()) }
            @if page.rows.is_empty() { p.soft { "还没有印章。" } } @else {
                (table("印章", &["印章", "单位", "编号", "状态", "用印次数"], &rows))
                (pagination(page.first.as_deref(), page.next.as_deref()))
            }
            @if let Some(unusual) = &page.unusual {
                section {
                    h2 { "异常用印 " span.count { (unusual.len()) } }
                    @if unusual.is_empty() { p.soft { "没有非工作时间或者超过每日用印数的用印。" } } @else { (uses("异常用印", unusual)) }
                }
            }
            @if let Some(Application { kinds, purposes }) = &page.apply {
                (disclosure("申请新的印章", html! {
                    p { "由本单位另一位审批人员批准，安全管理员制作，再由您启用。" }
                    form.desk-form method="post" action="/desk/seals" data-once {
                        (once_field())
                        (radios(&page.control("kind", "种类", None, false), &choices(kinds), page.one("kind")))
                        (text(&page.control("name", "单位全称", Some("刻在章面上，最多 24 个字"), false), TextKind::Text, page.one("name")))
                        (text(&page.control("line", "章面用途", Some("专用章必填，最多 10 个字，例如：行政审批专用章"), true), TextKind::Text, page.one("line")))
                        (checks(&page.control("put_on", "可用于", None, false), &choices(purposes), &page.all("put_on")))
                        (text(&page.control("daily_quota", "每日用印数", Some("超过时提示督查人员；不设的不用填"), true), TextKind::Number, page.one("daily_quota")))
                        (area(&page.control("reason", "申请理由", Some("最多 200 个字"), false), 2, page.one("reason")))
                        div.actions { (button("提交申请")) }
                    }
                }))
            }
        },
    )
}

fn uses(caption: &str, rows: &[UseRow]) -> Markup {
    let rows: Vec<Vec<Markup>> = rows
        .iter()
        .map(|row| {
            vec![
                html! { (row.at) },
                html! { (row.who) },
                html! { (row.what) },
                html! { (row.of) },
                html! { @if row.unusual.is_empty() { "—" } @else { (tag_strong(&row.unusual)) } },
            ]
        })
        .collect();
    table(caption, &["时间", "用印人", "用于", "办件或者文件", "异常"], &rows)
}

/// One seal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SealPage {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) active: bool,
    pub(crate) facts: Vec<(String, String)>,
    /// Where its picture is; none until it is made.
    pub(crate) picture: Option<String>,
    /// When, which step, who, why.
    pub(crate) history: Vec<(String, String, String, String)>,
    pub(crate) uses: Vec<UseRow>,
    pub(crate) more_uses: Option<String>,
    /// What the check of the chain says.
    pub(crate) chain: String,
    pub(crate) whole: bool,
    /// Steps that the caller may take now: word and name.
    pub(crate) steps: Vec<(String, String)>,
    pub(crate) path: String,
    pub(crate) reason: String,
    pub(crate) error: Option<String>,
    pub(crate) done: bool,
    pub(crate) able: bool,
}

/// Places one seal.
pub(crate) fn seal(page: &SealPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("印章", "/desk/seals"), Crumb::here(page.name.clone())];
    let control = Control {
        name: "reason",
        label: "理由",
        hint: Some("最多 200 个字，会记入印章的经历"),
        error: page.error.as_deref(),
        optional: false,
    };
    frame(
        around,
        html! {
            (summary(&page.error.iter().map(|text| ("reason".to_owned(), text.clone())).collect::<Vec<_>>()))
            @if page.done { (notice(Tone::Success, "已办理", html! {})) }
            h1 { (page.name) }
            p { @if page.active { (tag(&page.state)) } @else { (tag_strong(&page.state)) } }
            @if !page.able { (no_keys()) }
            @if let Some(picture) = &page.picture { img src=(picture) alt={ "印章图样：" (page.name) } width="168" height="168"; }
            section.card { (definitions(page.facts.iter().map(|(name, value)| (name.as_str(), html! { (value) })))) }
            @if !page.steps.is_empty() {
                section {
                    h2 { "办理" }
                    form.desk-form method="post" action={ (page.path) "/steps" } data-once {
                        (area(&control, 2, &page.reason))
                        div.actions { @for (word, label) in &page.steps { (button_quiet_saying(label, "step", word)) } }
                    }
                }
            }
            section {
                h2 { "经历" }
                ol.records { @for (at, step, who, why) in &page.history { li { span.soft { (at) } " " (step) "，" (who) " " span.soft { (why) } } } }
            }
            section {
                h2 { "用印记录" }
                @if page.whole { p { (page.chain) } } @else { (notice(Tone::Error, "用印链不完整", html! { p { (page.chain) } })) }
                @if !page.uses.is_empty() { (uses("用印记录", &page.uses)) }
                @if let Some(href) = &page.more_uses { p { a href=(href) { "更早的用印" } } }
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples::{around, settle};

    #[test]
    fn the_list_with_an_application_that_is_wrong() {
        let row = SealRow {
            name: "贵阳市卫生健康局行政审批专用章".into(),
            department: "贵阳市卫生健康局".into(),
            number: "52010000000001".into(),
            state: "使用中".into(),
            active: true,
            uses: 12,
            href: "/desk/seals/1".into(),
        };
        let odd = UseRow {
            at: "2026年3月7日 22:00".into(),
            who: "王审批".into(),
            what: "决定书".into(),
            of: "准予〔2026〕4号".into(),
            unusual: "非工作时间用印".into(),
        };
        let page = SealsPage {
            rows: vec![row],
            unusual: Some(vec![odd]),
            apply: Some(Application {
                kinds: vec![("body".into(), "单位公章".into())],
                purposes: vec![("decision".into(), "决定书".into())],
            }),
            typed: vec![("name".into(), "贵阳市卫生健康局".into()), ("put_on".into(), "decision".into())],
            errors: vec![("reason".into(), "请写明申请理由，最多 200 个字。".into())],
            able: true,
            ..SealsPage::default()
        };
        insta::assert_snapshot!("seals", settle("seals", seals(&page, around("电子印章"))));
        let none = settle("seals-none", seals(&SealsPage::default(), around("电子印章")));
        assert!(none.contains("还没有印章") && none.contains("尚未接入") && !none.contains("申请新的印章"), "{none}");
    }

    #[test]
    fn one_seal_with_a_broken_chain() {
        let page = SealPage {
            name: "贵阳市卫生健康局行政审批专用章".into(),
            state: "使用中".into(),
            active: true,
            facts: vec![("编号".into(), "52010000000001".into())],
            picture: Some("/desk/seals/1/picture".into()),
            history: vec![("2026年3月2日 09:00".into(), "申请".into(), "制证人员1".into(), "新设窗口".into())],
            chain: "从第 2 次用印起被改动过，请立即核查。".into(),
            steps: vec![("suspend".into(), "停用".into())],
            path: "/desk/seals/1".into(),
            error: Some("请写明理由，最多 200 个字。".into()),
            able: true,
            ..SealPage::default()
        };
        insta::assert_snapshot!("one_seal", settle("seal", seal(&page, around("印章"))));
    }
}
