//! The words of this crate.

use kernel::{Kind, words};

words!(
    /// The kinds of file that are taken in, found by content (security requirement S4.4).
    MediaType {
        Pdf = "application/pdf" / "PDF",
        Ofd = "application/ofd" / "OFD",
        Jpeg = "image/jpeg" / "JPEG 图片",
        Png = "image/png" / "PNG 图片",
        Webp = "image/webp" / "WebP 图片",
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document" / "Word 文档（DOCX）",
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" / "Excel 表格（XLSX）",
    }
);

impl MediaType {
    /// The usual extension, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Ofd => "ofd",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
        }
    }
    /// The kind an extension stands for, in any case of letters.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "pdf" => Some(Self::Pdf),
            "ofd" => Some(Self::Ofd),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            "docx" => Some(Self::Docx),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

words!(
    /// Where a file stands.
    State {
        Stored = "stored" / "已上传",
        Used = "used" / "已使用",
        Quarantined = "quarantined" / "已隔离",
        Removed = "removed" / "已清理",
    }
);

words!(
    /// How a file came to be.
    Origin {
        Uploaded = "uploaded" / "上传",
        Made = "made" / "平台生成",
    }
);

/// Why a file is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a file name: empty, too long, a path, control or direction characters.
    #[error("file name is not acceptable")]
    Name,
    /// The extension is not one of the accepted kinds, or there is none.
    #[error("extension is not accepted")]
    Extension,
    /// A second extension inside the name tries to look like another kind.
    #[error("file name carries two extensions")]
    DoubleExtension,
    /// No bytes.
    #[error("file is empty")]
    Empty,
    /// The content is none of the accepted kinds.
    #[error("content is none of the accepted kinds")]
    Unrecognised,
    /// The content is another kind than the name or the declared type says.
    #[error("declared as {declared}, but the content is {found}")]
    Mismatch {
        /// What the name or the sender says.
        declared: MediaType,
        /// What it is.
        found: MediaType,
    },
    /// Cut off or broken.
    #[error("content is damaged: {0}")]
    Damaged(&'static str),
    /// Locked with a password, so that nobody can examine it.
    #[error("content is encrypted")]
    Encrypted,
    /// Scripts, macros, embedded files and the like.
    #[error("active content: {0}")]
    Active(&'static str),
    /// It would unpack to more than is allowed.
    #[error("unpacks beyond the limits: {0}")]
    Bomb(&'static str),
}

impl Refusal {
    /// 415 for kinds that are not taken, 422 for the rest.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Extension | Self::Unrecognised | Self::Mismatch { .. } => Kind::Unsupported,
            _ => Kind::Invalid,
        }
    }
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name => "blobs.name",
            Self::Extension => "blobs.extension",
            Self::DoubleExtension => "blobs.double-extension",
            Self::Empty => "blobs.empty",
            Self::Unrecognised => "blobs.unrecognised",
            Self::Mismatch { .. } => "blobs.mismatch",
            Self::Damaged(_) => "blobs.damaged",
            Self::Encrypted => "blobs.encrypted",
            Self::Active(_) => "blobs.active-content",
            Self::Bomb(_) => "blobs.unpacks-too-large",
        }
    }
    /// What is wrong and what to do, in Chinese.
    #[must_use]
    pub fn advice(&self) -> String {
        const KINDS: &str = "可以上传 PDF、OFD、JPG、PNG、WebP、DOCX、XLSX 文件。";
        match self {
            Self::Name => "文件名不能为空，不能超过 150 个字，也不能包含路径或者特殊字符，请改名后再上传。".to_owned(),
            Self::Extension => format!("不接收这种文件。{KINDS}"),
            Self::DoubleExtension => "文件名里有两个不同的扩展名，请只保留真实的那一个，改名后再上传。".to_owned(),
            Self::Empty => "文件是空的，请检查后重新选择。".to_owned(),
            Self::Unrecognised => format!("文件内容不是可以接收的格式。{KINDS}"),
            Self::Mismatch { declared, found } => {
                format!("文件标明是 {}，内容却是 {}。请用正确的扩展名保存后再上传。", declared.label(), found.label())
            }
            Self::Damaged(_) => "文件已经损坏或者不完整，请重新导出或者拍摄后再上传。".to_owned(),
            Self::Encrypted => "文件设有密码，无法检查。请取消密码后再上传。".to_owned(),
            Self::Active(_) => {
                "文件里有脚本、宏或者嵌入的程序，不能接收。请另存为不含宏和附件的文件，或者打印成 PDF 后再上传。"
                    .to_owned()
            }
            Self::Bomb(_) => "文件解开后过大或者内部文件过多，不能接收。请精简后再上传。".to_owned(),
        }
    }
}
