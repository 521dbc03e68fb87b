//! What reading and checking found, with a stable code for programs and a sentence for people.

/// A layer of the check, in the order in which they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The ZIP and the XML in it.
    Package,
    /// The digests of Signature.xml and of every file it names.
    Digests,
    /// The seal and the signature as structures.
    Structure,
    /// The maker of the seal (制章者): signature and certificate.
    Maker,
    /// The signer (签章者) is one the seal allows.
    Permitted,
    /// The signature over the document.
    Signature,
    /// The signer's certificate up to a root that is trusted, on the day of signing.
    Signer,
    /// Nothing was revoked.
    Revocation,
    /// The order of all times.
    Times,
    /// The signature stands where it says it stands.
    Place,
    /// Everything in the package is covered, and every stamp is on a page.
    Coverage,
}

impl Layer {
    /// All layers in order.
    pub const ALL: [Self; 11] = [
        Self::Package,
        Self::Digests,
        Self::Structure,
        Self::Maker,
        Self::Permitted,
        Self::Signature,
        Self::Signer,
        Self::Revocation,
        Self::Times,
        Self::Place,
        Self::Coverage,
    ];

    /// Stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Digests => "digests",
            Self::Structure => "structure",
            Self::Maker => "maker",
            Self::Permitted => "permitted",
            Self::Signature => "signature",
            Self::Signer => "signer",
            Self::Revocation => "revocation",
            Self::Times => "times",
            Self::Place => "place",
            Self::Coverage => "coverage",
        }
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Package => "文件结构",
            Self::Digests => "内容摘要",
            Self::Structure => "印章与签章结构",
            Self::Maker => "制章人",
            Self::Permitted => "用章权限",
            Self::Signature => "签名",
            Self::Signer => "签章人证书",
            Self::Revocation => "吊销状态",
            Self::Times => "时间",
            Self::Place => "签章位置",
            Self::Coverage => "覆盖范围",
        }
    }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Worth knowing; the layer stays as it is.
    Note,
    /// The layer cannot be checked with what is at hand. That is not "ok".
    Unknown,
    /// The layer has failed.
    Failed,
}

impl Weight {
    /// Stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Unknown => "not_checkable",
            Self::Failed => "failed",
        }
    }

    /// Word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "提示",
            Self::Unknown => "无法核验",
            Self::Failed => "不通过",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $layer:ident, $weight:ident, $code:literal, $sentence:literal;)*) => {
        /// One thing that can be found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All codes, for lists and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Stable name for programs.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Which layer it concerns.
            pub fn layer(self) -> Layer {
                match self { $(Self::$name => Layer::$layer,)* }
            }

            /// How much it weighs.
            pub fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }

            fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

codes! {
    /// The bytes are no ZIP.
    NotAPackage = Package, Failed, "ofd.not_a_package", "这不是 OFD 文件，或文件已损坏。";
    /// Bytes stand before the ZIP.
    BytesBefore = Package, Failed, "ofd.bytes_before", "文件开头有不属于 OFD 的内容。";
    /// Bytes or a comment stand after the ZIP.
    BytesAfter = Package, Failed, "ofd.bytes_after", "文件末尾有不属于 OFD 的内容。";
    /// Bytes that belong to no entry stand between entries.
    BytesBetween = Package, Failed, "ofd.bytes_between", "文件中间藏有不属于任何条目的内容。";
    /// More entries than allowed.
    TooManyEntries = Package, Failed, "ofd.too_many_entries", "文件内的条目过多，已停止读取。";
    /// Unpacks to more than allowed.
    TooLarge = Package, Failed, "ofd.too_large", "文件解开后过大，已停止读取。";
    /// Packed more tightly than any honest file.
    TooTight = Package, Failed, "ofd.too_tight", "条目的压缩比异常，已停止读取。";
    /// An entry cannot be unpacked, or its checksum is wrong.
    DamagedEntry = Package, Failed, "ofd.damaged_entry", "条目已损坏，无法解开。";
    /// An entry's name leaves the package.
    NameClimbs = Package, Failed, "ofd.name_climbs", "条目的名称试图离开文件包。";
    /// Two entries bear one name.
    NameTwice = Package, Failed, "ofd.name_twice", "有两个条目同名，无法判断以哪个为准。";
    /// The name in the entry's own header is not the one in the directory.
    NameDiffers = Package, Failed, "ofd.name_differs", "条目自身的名称与目录中的名称不一致。";
    /// An entry is encrypted.
    Encrypted = Package, Failed, "ofd.encrypted", "条目已加密，无法核验。";
    /// An entry is a link.
    Link = Package, Failed, "ofd.link", "文件包中有链接，不予读取。";
    /// A file that is named is not there.
    MissingFile = Package, Failed, "ofd.missing_file", "引用的文件不在包中。";
    /// XML that is not well formed.
    BadXml = Package, Failed, "ofd.bad_xml", "XML 内容有语法错误。";
    /// XML nested too deeply or with too many elements.
    XmlTooDeep = Package, Failed, "ofd.xml_too_deep", "XML 嵌套过深或元素过多，已停止读取。";
    /// A document type or an entity of its own.
    XmlEntity = Package, Failed, "ofd.xml_entity", "XML 含有文档类型声明或自定义实体，不予读取。";
    /// Another encoding than UTF-8.
    XmlEncoding = Package, Failed, "ofd.xml_encoding", "XML 不是 UTF-8 编码。";
    /// An element or a value that must be there is missing or wrong.
    BadStructure = Package, Failed, "ofd.bad_structure", "文档结构不符合 GB/T 33190。";
    /// More than one document in the package.
    SeveralDocuments = Package, Failed, "ofd.several_documents", "一个文件中有多份文档，不予受理。";
    /// A name was found only by ignoring upper and lower case.
    WrongCase = Package, Note, "ofd.wrong_case", "引用的文件名大小写不一致。";
    /// No signature at all.
    NoSignature = Structure, Failed, "ofd.no_signature", "文件上没有电子签章。";
    /// Signature.xml is not as the standard says.
    BadSignatureXml = Structure, Failed, "ofd.bad_signature_xml", "签名描述文件不符合规范。";
    /// The signed value is no structure of GB/T 38540.
    BadSignedValue = Structure, Failed, "ofd.bad_signed_value", "电子签章数据不符合 GB/T 38540。";
    /// Seal.esl is not the seal in the signature.
    SealFileDiffers = Structure, Failed, "ofd.seal_file_differs", "印章文件与签章中的印章不一致。";
    /// A version of seals that is not known.
    UnknownVersion = Structure, Failed, "ofd.unknown_version", "印章版本无法识别。";
    /// A value of the maker's own that whoever does not know it must refuse.
    UnknownExtension = Structure, Failed, "ofd.unknown_extension", "印章或签章含有无法识别的关键扩展。";
    /// An algorithm other than SM2 with SM3.
    OtherAlgorithm = Structure, Failed, "ofd.other_algorithm", "使用了 SM2、SM3 以外的算法。";
    /// An SM2 value as 64 bytes instead of a structure.
    RawSignature = Structure, Note, "ofd.raw_signature", "签名值不是规范的 DER 编码，部分软件不认。";
    /// Seal of an older or newer generation than is written today.
    OtherGeneration = Structure, Note, "ofd.other_generation", "印章不是 GB/T 38540—2020（第 4 版）格式。";
    /// The digest of a file is wrong: it was changed.
    FileChanged = Digests, Failed, "ofd.file_changed", "文件内容在签章后被改动。";
    /// The digest of Signature.xml is wrong.
    SignatureXmlChanged = Digests, Failed, "ofd.signature_xml_changed", "签名描述文件在签章后被改动。";
    /// A digest with another algorithm.
    OtherDigest = Digests, Failed, "ofd.other_digest", "摘要算法不是 SM3。";
    /// The maker's signature over the seal is wrong.
    SealForged = Maker, Failed, "ofd.seal_forged", "印章不是所称制章人制作的，或已被改动。";
    /// The maker's certificate cannot be read.
    MakerCertificate = Maker, Failed, "ofd.maker_certificate", "制章人证书无法识别或不可用于签名。";
    /// The maker's certificate does not lead to a trusted root.
    MakerUntrusted = Maker, Failed, "ofd.maker_untrusted", "制章人证书不是受信任机构签发的。";
    /// No roots are configured.
    NoRoots = Maker, Unknown, "ofd.no_roots", "未配置受信任的根证书，无法核验证书链。";
    /// The signer is not among the certificates in the seal.
    SignerNotPermitted = Permitted, Failed, "ofd.signer_not_permitted", "签章人不在该印章的用章人之列。";
    /// The list of permitted signers cannot be read.
    BadList = Permitted, Failed, "ofd.bad_list", "印章中的用章人列表无法识别。";
    /// The signature is wrong.
    SignatureWrong = Signature, Failed, "ofd.signature_wrong", "签名验证失败。";
    /// The signer's certificate cannot be read or is not for signing.
    SignerCertificate = Signer, Failed, "ofd.signer_certificate", "签章人证书无法识别或不可用于签名。";
    /// The signer's certificate does not lead to a trusted root.
    SignerUntrusted = Signer, Failed, "ofd.signer_untrusted", "签章人证书不是受信任机构签发的。";
    /// No roots are configured for the signer.
    NoSignerRoots = Signer, Unknown, "ofd.no_signer_roots", "未配置受信任的根证书，无法核验签章人证书。";
    /// A signature without a seal names no certificate.
    NoCertificate = Signer, Unknown, "ofd.no_certificate", "这个签名不含证书，无法得知由谁签署。";
    /// No revocation list covers a certificate.
    NoRevocationData = Revocation, Unknown, "ofd.no_revocation_data", "没有可用的吊销列表，无法确认证书是否被吊销。";
    /// The maker's certificate was revoked before the seal was made.
    MakerRevoked = Revocation, Failed, "ofd.maker_revoked", "制章人证书在制章时已被吊销。";
    /// The signer's certificate was revoked before signing.
    SignerRevoked = Revocation, Failed, "ofd.signer_revoked", "签章人证书在签章时已被吊销。";
    /// Revoked after signing.
    RevokedLater = Revocation, Note, "ofd.revoked_later", "证书在签章之后被吊销，不影响此前的签章。";
    /// Signed before the seal was valid, or after.
    SealNotValid = Times, Failed, "ofd.seal_not_valid", "签章时印章不在有效期内。";
    /// The signer's certificate was not valid at signing time.
    SignerNotValid = Times, Failed, "ofd.signer_not_valid", "签章时签章人证书不在有效期内。";
    /// The maker's certificate was not valid when the seal was made.
    MakerNotValid = Times, Failed, "ofd.maker_not_valid", "制章时制章人证书不在有效期内。";
    /// Signed in the future.
    SignedInFuture = Times, Failed, "ofd.signed_in_future", "签章时间晚于当前时间。";
    /// The seal was made after it was used.
    SealMadeLater = Times, Failed, "ofd.seal_made_later", "印章的制作时间晚于签章时间。";
    /// The seal's own times contradict each other.
    SealTimes = Times, Failed, "ofd.seal_times", "印章的有效期起止颠倒。";
    /// No time of signing can be told.
    NoTime = Times, Unknown, "ofd.no_time", "无法得知签署时间。";
    /// A time stamp that is not checked here.
    TimeStampUnchecked = Times, Note, "ofd.time_stamp_unchecked", "签章附有时间戳，此处未核验。";
    /// The signature names another place than it stands in.
    WrongPlace = Place, Failed, "ofd.wrong_place", "签章所记位置与实际位置不一致。";
    /// A file that no signature covers.
    NotCovered = Coverage, Failed, "ofd.not_covered", "包中有签章未覆盖的文件。";
    /// A page that the document does not show is in the package.
    UnusedPage = Coverage, Failed, "ofd.unused_page", "包中有文档未引用的页面。";
    /// A stamp on a page that is not there, or outside it.
    StampNowhere = Coverage, Failed, "ofd.stamp_nowhere", "签章没有落在文档的任何页面上。";
    /// A seal without a stamp: nothing would be shown.
    NoStamp = Coverage, Failed, "ofd.no_stamp", "签章没有指定显示位置。";
    /// Signatures.xml is covered: a further signature would break this one.
    ListCovered = Coverage, Note, "ofd.list_covered", "签名列表也被保护，文件不能再加盖签章。";
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// Where: a name in the package, a number of a certificate; may be empty. Never a person's data.
    pub subject: String,
}

impl Finding {
    /// A finding about `subject`.
    pub fn new(code: Code, subject: impl Into<String>) -> Self {
        Self { code, subject: subject.into() }
    }

    /// A sentence for people, with where.
    pub fn sentence(&self) -> String {
        let sentence = self.code.sentence();
        if self.subject.is_empty() {
            return sentence.to_owned();
        }
        let shown: String = self.subject.chars().filter(|c| !c.is_control()).take(120).collect();
        format!("{}\u{FF08}{shown}\u{FF09}。", sentence.trim_end_matches('。'))
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code.code())?;
        if self.subject.is_empty() { Ok(()) } else { write!(f, ": {}", self.subject.escape_debug()) }
    }
}

impl std::error::Error for Finding {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_their_sentences_end() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.sentence().ends_with('。') && code.code().starts_with("ofd."), "{code:?}");
        }
    }

    #[test]
    fn every_layer_can_fail() {
        for layer in Layer::ALL {
            assert!(Code::ALL.iter().any(|code| code.layer() == layer && code.weight() == Weight::Failed), "{layer:?}");
            assert!(!layer.name().is_empty() && !layer.code().is_empty());
        }
    }

    #[test]
    fn the_place_stands_in_the_sentence() {
        let finding = Finding::new(Code::FileChanged, "/Doc_0/\u{7}x");
        assert!(finding.sentence().contains("/Doc_0/x"), "{}", finding.sentence());
        assert_eq!(finding.to_string(), "ofd.file_changed: /Doc_0/\\u{7}x");
        assert_eq!(Finding::new(Code::NoStamp, "").to_string(), "ofd.no_stamp");
    }
}
