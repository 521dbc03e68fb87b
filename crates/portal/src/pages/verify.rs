//! Checking a certificate by its code, and a sealed document by its file: for anybody, without signing in.

use maud::{Markup, html};
use ofd::State;
use webkit::{
    Crumb, PageFrame, frame,
    ui::{
        components::{Tone, button, definitions, notice, table, tag, tag_strong},
        forms::{Control, error_summary, files},
    },
};

/// A certificate as anybody with its code sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CheckedCertificate {
    pub(crate) name: String,
    /// Word of how it stands now.
    pub(crate) status: String,
    pub(crate) valid: bool,
    /// The day of which this is said.
    pub(crate) as_of: String,
    pub(crate) facts: Vec<(String, String)>,
}

/// Places what the code of a certificate leads to.
pub(crate) fn certificate(page: &CheckedCertificate, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("核验", "/verify"), Crumb::here("证照")];
    frame(
        around,
        html! {
            article.confirm {
                p.overline { "查验电子证照" }
                h1 { (page.name) }
                @if page.valid {
                    (notice(Tone::Success, "现行有效", html! { p { "截至" (page.as_of) "。请核对下列内容是否与您看到的证照一致。" } }))
                } @else {
                    (notice(Tone::Error, &format!("这份证照{}", page.status), html! { p { "截至" (page.as_of) "，它不能使用。请持证人出示现行有效的证照。" } }))
                }
                (definitions(page.facts.iter().map(|(name, value)| (name.as_str(), html! { (value) }))))
                p.hint { "个人的姓名和号码只显示一部分。手中有证照文件的，可以" a href="/verify" { "上传文件核验" } "，看文件是否被改动。" }
            }
        },
    )
}

/// What the check of a file found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CheckedFile {
    /// Name of the file as it was given.
    pub(crate) name: String,
    /// The worst of all layers.
    pub(crate) verdict: State,
    /// Name and how it stands.
    pub(crate) layers: Vec<(&'static str, State)>,
    /// What is wrong or worth knowing.
    pub(crate) findings: Vec<String>,
    /// Seals: name, number, time.
    pub(crate) seals: Vec<(String, String, String)>,
}

/// The page with the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct VerifyPage {
    pub(crate) error: Option<String>,
    pub(crate) found: Option<CheckedFile>,
    /// Roots are there, so that a verdict is possible.
    pub(crate) able: bool,
}

/// Places the form, and below it what was found.
pub(crate) fn verify(page: &VerifyPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::here("核验")];
    let control = Control {
        name: "file",
        label: "OFD 文件",
        hint: Some("加盖了电子印章的 OFD 文件，不超过 20MB。文件只用来核验，不会保存。"),
        error: page.error.as_deref(),
        optional: false,
    };
    frame(
        around,
        html! {
            (error_summary(&page.error.iter().map(|text| ("file", text.clone())).collect::<Vec<_>>()))
            h1 { "核验电子印章和证照" }
            p.lead { "不用登录。无论是不是本平台出具的文件，都可以核验。" }
            @if let Some(found) = &page.found { (file(found)) }
            @if !page.able {
                (notice(Tone::Warning, "本平台没有配置受信任的根证书", html! { p { "只能看出文件是否被改动，不能确认印章是谁的。" } }))
            }
            form method="post" action="/verify" enctype="multipart/form-data" {
                (files(&control, ".ofd", false, false))
                div.actions { (button("开始核验")) }
            }
            section {
                h2 { "其他核验方法" }
                ul {
                    li { "证照和通知书上有二维码的，用手机扫一扫，可以看到现在的状态。" }
                    li { "不联网核验：下载" a href="/api/v1/seals/trusted" { "根证书和吊销列表" } "，用命令 " code { "tongban verify" } " 核验。" }
                    li { "想知道有哪些印章在使用：" a href="/seals" { "公开的印章登记" } "。" }
                }
            }
        },
    )
}

fn file(found: &CheckedFile) -> Markup {
    let (tone, title, advice) = match found.verdict {
        State::Good => (
            Tone::Success,
            "文件完整，印章真实有效",
            "文件在签章后没有改动。证照现在是否有效，请再扫描上面的二维码查询。",
        ),
        State::NotCheckable => {
            (Tone::Warning, "有的项目无法核验", "无法核验不等于通过，请看下面的说明，需要时向出具机关核实。")
        }
        State::Failed => (Tone::Error, "核验没有通过", "请勿采信这份文件，并向出具机关核实。"),
    };
    let word = |state: State| if state == State::Good { tag(state.name()) } else { tag_strong(state.name()) };
    let layers: Vec<Vec<Markup>> =
        found.layers.iter().map(|(name, state)| vec![html! { (name) }, word(*state)]).collect();
    html! {
        section aria-labelledby="found" {
            h2 #found { "核验结果" }
            p.soft { (found.name) }
            (notice(tone, title, html! { p { (advice) } }))
            @for (name, number, at) in &found.seals {
                (definitions([
                    ("印章", html! { (name) }),
                    ("印章编号", html! { span.mono { (number) } }),
                    ("签章时间", html! { (at) }),
                ]))
            }
            @if !found.findings.is_empty() {
                h3 { "发现" }
                ul { @for finding in &found.findings { li { (finding) } } }
            }
            (table("逐层核验", &["项目", "结果"], &layers))
        }
    }
}

/// One seal of the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegisteredSeal {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) number: String,
    pub(crate) validity: String,
    pub(crate) fingerprint: String,
}

/// The register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegisterPage {
    pub(crate) seals: Vec<RegisteredSeal>,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// Places the public register of seals.
pub(crate) fn register(page: &RegisterPage, mut around: PageFrame) -> Markup {
    around.crumbs = vec![Crumb::link("核验", "/verify"), Crumb::here("印章登记")];
    let rows: Vec<Vec<Markup>> = page
        .seals
        .iter()
        .map(|seal| {
            vec![
                html! { (seal.name) },
                html! { (seal.department) },
                html! { span.mono { (seal.number) } },
                html! { (seal.validity) },
                html! { span.mono { (seal.fingerprint) } },
            ]
        })
        .collect();
    frame(
        around,
        html! {
            h1 { "公开的印章登记" }
            p.lead { "正在使用的电子印章。停用、换掉和注销的不在这里。" }
            @if page.seals.is_empty() { p.soft { "现在没有正在使用的电子印章。" } } @else {
                (table("正在使用的电子印章", &["印章", "单位", "编号", "有效期", "指纹（SM3）"], &rows))
            }
            (webkit::ui::components::pagination(page.first.as_deref(), page.next.as_deref()))
        },
    )
}
