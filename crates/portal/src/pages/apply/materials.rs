//! All materials on one page: why each is asked for, what stands in for it, what was handed in.

use maud::{Markup, html};
use webkit::{
    PageFrame, frame,
    ui::{
        components::{Tone, button_quiet_saying, button_saying, notice},
        forms::{Control, files, hidden, tick},
    },
};

use super::{Around, crumbs, foot, head};

/// What the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MaterialsPage {
    pub(crate) around: Around,
    pub(crate) action: String,
    /// Kinds of file the browser offers.
    pub(crate) accept: String,
    pub(crate) materials: Vec<Material>,
    /// Something just went up.
    pub(crate) uploaded: bool,
    /// What went wrong with the whole of it.
    pub(crate) trouble: Option<String>,
    pub(crate) go: String,
}

/// One material.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Material {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) why: String,
    /// In what form.
    pub(crate) form: String,
    /// What the office looks at.
    pub(crate) note: String,
    /// The certificate that stands in for it, with its remark.
    pub(crate) certificate: Option<(String, String)>,
    pub(crate) files: Vec<File>,
    /// What putting it off means, where it may be put off.
    pub(crate) deferring: Option<String>,
    pub(crate) deferred: bool,
    pub(crate) errors: Vec<String>,
}

/// One file of a material.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) size: String,
    pub(crate) href: String,
    /// It can be shown as a picture.
    pub(crate) picture: bool,
}

/// Name of the control that takes the files of a material.
pub(crate) fn field(key: &str) -> String {
    format!("file_{key}")
}

/// Places the page.
pub(crate) fn materials(page: &MaterialsPage, mut around: PageFrame) -> Markup {
    crumbs(&mut around, &page.around);
    frame(
        around,
        html! {
            div.apply {
                (head(&page.around, "上传材料"))
                @if let Some(trouble) = &page.trouble { (notice(Tone::Error, "没有全部传上", html! { p { (trouble) } })) }
                @if page.uploaded && page.around.errors.is_empty() {
                    (notice(Tone::Success, "已经传上", html! { p { "请看看是否清楚、完整，再继续。" } }))
                }
                p.hint { "可以拍照，也可以选文件：JPG、PNG、WebP 图片，PDF、OFD、Word、Excel；每个不超过 20 MB，一项材料最多 20 个。" }
                form.apply-form method="post" action=(page.action) enctype="multipart/form-data" novalidate {
                    // The first button of a form is the one that the return key presses: it must not take anything away.
                    button.visually-hidden type="submit" name="go" value="stay" tabindex="-1" aria-hidden="true" { "上传" }
                    @for one in &page.materials { (material(page, one)) }
                    (hidden("end", "yes"))
                    div.actions {
                        (button_saying(&page.go, "go", "next"))
                        (button_quiet_saying("先上传，留在这一页", "go", "stay"))
                    }
                }
                (foot(&page.around))
            }
        },
    )
}

fn material(page: &MaterialsPage, one: &Material) -> Markup {
    let id = format!("m-{}", one.key);
    html! {
        section.apply-material.card aria-labelledby=(id) {
            h2 id=(id) { (one.name) }
            p.hint { (one.why) "。" @if !one.form.is_empty() { (one.form) "。" } }
            @if !one.note.is_empty() { p.hint { "审核时看：" (one.note) } }
            @match &one.certificate {
                Some((name, remark)) if one.files.is_empty() => {
                    p.apply-stands-in { "用您的电子证照“" (name) "”代替，不用上传。" span.hint { (remark) } }
                    details.disclosure open[!one.errors.is_empty()] {
                        summary { "不用电子证照，我自己上传" }
                        div.disclosure-body { (upload(page, one)) }
                    }
                }
                Some((name, _)) => {
                    (file_list(one))
                    p.hint { "您选择了自己上传。删除上传的文件，就改用电子证照“" (name) "”。" }
                    (upload(page, one))
                }
                None => {
                    (file_list(one))
                    (upload(page, one))
                    @if let Some(said) = &one.deferring { (deferring(one, said)) }
                }
            }
        }
    }
}

fn upload(page: &MaterialsPage, one: &Material) -> Markup {
    let name = field(&one.key);
    let error = one.errors.join(" ");
    let label =
        if one.files.is_empty() { format!("选择“{}”的文件", one.name) } else { "再加文件".to_owned() };
    let control = Control {
        name: &name,
        label: &label,
        hint: None,
        error: Some(error.as_str()).filter(|error| !error.is_empty()),
        optional: false,
    };
    files(&control, &page.accept, true, true)
}

fn file_list(one: &Material) -> Markup {
    html! {
        @if !one.files.is_empty() {
            ul.apply-files {
                @for file in &one.files {
                    li {
                        a.apply-file href=(file.href) target="_blank" rel="noopener" {
                            @if file.picture { img src=(file.href) alt="" loading="lazy" width="72" height="72"; }
                            @else { span.apply-file-kind aria-hidden="true" { (kind(&file.name)) } }
                            span { (file.name) span.hint { (file.size) "，点开查看" } }
                        }
                        button.button.quiet type="submit" name="remove" value={ (one.key) ":" (file.id) } {
                            "删除" span.visually-hidden { (file.name) }
                        }
                    }
                }
            }
        }
    }
}

fn deferring(one: &Material, said: &str) -> Markup {
    let name = format!("defer_{}", one.key);
    let label = "现在没有，受理后再补交（容缺受理）";
    html! {
        div.apply-defer { (tick(&Control { name: &name, label, hint: Some(said), ..Control::default() }, one.deferred)) }
    }
}

/// The extension of a name, for the picture of a file that is none.
fn kind(name: &str) -> String {
    name.rsplit_once('.').map_or_else(|| "文件".to_owned(), |(_, extension)| extension.to_uppercase())
}
