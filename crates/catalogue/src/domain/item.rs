//! A service item (事项) as its department writes it: the shape of one catalogue file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Channel, SubjectKind, words};
use serde::{Deserialize, Serialize};

words!(
    /// Type of a service item (GB/T 39046 A.1). Administrative licensing law binds `licensing` alone.
    ItemType {
        Licensing = "licensing" / "行政许可",
        Levy = "levy" / "行政征收",
        Grant = "grant" / "行政给付",
        Confirmation = "confirmation" / "行政确认",
        Reward = "reward" / "行政奖励",
        Adjudication = "adjudication" / "行政裁决",
        OtherPower = "other-power" / "其他行政权力",
        PublicService = "public-service" / "公共服务",
    }
);
words!(
    /// Where the item is decided (行使层级).
    Level {
        City = "city" / "市级",
        District = "district" / "区县级",
        Township = "township" / "乡镇（街道）级",
        Village = "village" / "村（社区）级",
    }
);
words!(
    /// Closed on the spot, or within the promise (办件类型).
    CaseKind { Instant = "instant" / "即办件", Committed = "committed" / "承诺件" }
);
words!(
    /// The days a limit counts in.
    DayUnit { Working = "working" / "个工作日", Calendar = "calendar" / "个自然日" }
);
words!(
    /// Where an application may be handed in regardless of where it is decided (通办范围).
    CrossRegion { None = "none" / "无", City = "city" / "全市通办", Province = "province" / "全省通办", Nation = "nation" / "跨省通办" }
);
words!(
    /// What the applicant gets in the end.
    ResultKind { Certificate = "certificate" / "出证办结", Approval = "approval" / "出文办结", None = "none" / "无结果文书" }
);
words!(
    /// How the result reaches the applicant (送达方式).
    Delivery { Electronic = "electronic" / "电子送达", Post = "post" / "邮寄送达", Pickup = "pickup" / "窗口领取" }
);
words!(
    /// Where a material comes from (来源渠道).
    Origin { Government = "government" / "政府部门核发", Applicant = "applicant" / "申请人自备", ThirdParty = "third-party" / "其他机构出具" }
);
words!(
    /// In what form a material is demanded.
    MaterialForm {
        Original = "original" / "原件",
        Copy = "copy" / "复印件",
        OriginalAndCopy = "original-and-copy" / "原件和复印件",
        Electronic = "electronic" / "电子件",
    }
);
words!(
    /// Kind of one step of the process (环节).
    StepKind {
        Accept = "accept" / "受理",
        Review = "review" / "审查",
        Special = "special" / "特别程序",
        Decide = "decide" / "决定",
        Issue = "issue" / "制证",
        Deliver = "deliver" / "送达",
        Pay = "pay" / "缴费",
    }
);
words!(
    /// Who carries out a step.
    StepRole {
        Window = "window" / "窗口人员",
        Reviewer = "reviewer" / "审查人员",
        Approver = "approver" / "审批人员",
        CertificateClerk = "certificate-clerk" / "制证人员",
        System = "system" / "系统",
    }
);
words!(
    /// What a special step (特别程序) is. The first eight are those of 行政许可法 第四十五条 and may stop the statutory clock.
    SpecialKind {
        Hearing = "hearing" / "听证",
        Tender = "tender" / "招标",
        Auction = "auction" / "拍卖",
        Inspection = "inspection" / "检验",
        Testing = "testing" / "检测",
        Quarantine = "quarantine" / "检疫",
        Appraisal = "appraisal" / "鉴定",
        ExpertReview = "expert-review" / "专家评审",
        Publication = "publication" / "公示",
        SiteVisit = "site-visit" / "现场核查",
        Other = "other" / "其他程序",
    }
);
words!(
    /// In what time a limited number may be granted.
    QuantityPeriod {
        Year = "year" / "每年",
        Total = "total" / "总共",
    }
);
words!(
    /// Type of a form field.
    FieldType {
        Text = "text" / "文字",
        Longtext = "longtext" / "长文字",
        Integer = "integer" / "整数",
        Decimal = "decimal" / "数字",
        Money = "money" / "金额",
        Date = "date" / "日期",
        Choice = "choice" / "单选",
        Choices = "choices" / "多选",
        Bool = "bool" / "是否",
        Phone = "phone" / "电话",
        Email = "email" / "邮箱",
        IdNumber = "id-number" / "公民身份号码",
        Uscc = "uscc" / "统一社会信用代码",
        Address = "address" / "地址",
        Region = "region" / "区县",
        PersonName = "person-name" / "姓名",
    }
);

impl SpecialKind {
    /// Whether 行政许可法 第四十五条 names it, so that its time is not counted in the limit of a licensing item.
    #[must_use]
    pub const fn stops_the_statutory_clock(self) -> bool {
        !matches!(self, Self::Publication | Self::SiteVisit | Self::Other)
    }
}

/// One service item (业务办理项), exactly as in its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable key, kebab-case, equal to the file's name.
    pub slug: String,
    /// Official name.
    pub name: String,
    /// How people say it; searched.
    pub aliases: Vec<String>,
    /// Type.
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// Key of the implementing body (实施主体).
    pub department: String,
    /// Where it is decided.
    pub level: Level,
    /// Who may apply.
    pub audience: Vec<SubjectKind>,
    /// Keys of the themes under which it is found.
    pub themes: Vec<String>,
    /// Closed on the spot or within the promise.
    pub case_kind: CaseKind,
    /// Legal limit (法定办结时限), in `statutory_days_kind`.
    pub statutory_days: u32,
    /// What the legal limit counts.
    #[serde(default = "working")]
    pub statutory_days_kind: DayUnit,
    /// Promised limit (承诺办结时限), working days.
    pub promised_days: u32,
    /// 网办深度 1–4.
    pub online_depth: u8,
    /// Visits in person when applying online (到现场次数).
    pub visits: u32,
    /// Where it can be applied for.
    pub channels: Vec<Channel>,
    /// On the city's list of high-frequency items (高频事项).
    pub high_frequency: bool,
    /// Committed to at most one visit (一次办成).
    pub one_visit: bool,
    /// Where it may be handed in.
    pub cross_region: CrossRegion,
    /// What it is and for whom, in one sentence.
    pub summary: String,
    /// Acceptance conditions (受理条件).
    pub conditions: Vec<String>,
    /// Legal basis (设定依据).
    pub legal_basis: Vec<LegalBasis>,
    /// Fees; empty when free.
    pub fees: Vec<Fee>,
    /// Counter skills that may take it.
    pub windows: Vec<String>,
    /// Several bodies decide it together (统一办理、联合办理、集中办理): 45 working days, once 15 more with the leave of the
    /// government's head (行政许可法 第四十二条第二款).
    #[serde(default, skip_serializing_if = "is_false")]
    pub joint: bool,
    /// What comes out.
    pub result: ItemResult,
    /// How many may be granted (数量限制); none: as many as meet the conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_limit: Option<QuantityLimit>,
    /// It renews a licence held (延续): undecided on its last day, the renewal is deemed granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
    /// Materials (申请材料), in the order shown.
    #[serde(rename = "material", default)]
    pub materials: Vec<Material>,
    /// The form's fields, in the order shown.
    #[serde(rename = "field", default)]
    pub fields: Vec<Field>,
    /// Checks over the whole application (智能预审).
    #[serde(rename = "rule", default)]
    pub rules: Vec<Rule>,
    /// The process, in order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
    /// Questions people ask.
    #[serde(rename = "faq", default)]
    pub faqs: Vec<Faq>,
}

const fn working() -> DayUnit {
    DayUnit::Working
}

/// A law and the article that sets the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// 《…》
    pub law: String,
    /// 第…条
    pub article: String,
}

/// A fee: a fixed amount, or one fixed for each case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// Name of the fee.
    pub name: String,
    /// Fen; none when `assessed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<i64>,
    /// The amount is fixed for each case.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assessed: bool,
    /// The rule that sets the fee.
    pub basis: String,
}

/// How many licences may be granted: the order of acceptance decides (行政许可法 第五十七条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuantityLimit {
    /// How many.
    pub number: u32,
    /// In what time.
    pub period: QuantityPeriod,
    /// The law or announcement that sets it.
    pub basis: String,
}

/// Renewal of a licence (行政许可法 第五十条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// Type of the certificate renewed, in the certificate library.
    pub certificate_type: String,
    /// Natural days before its last day by which one has to apply, so that silence grants; 30 unless a law says otherwise.
    #[serde(default = "thirty")]
    pub apply_before_days: u32,
}

const fn thirty() -> u32 {
    30
}

/// What the applicant gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemResult {
    /// Certificate, approval or nothing on paper.
    pub kind: ResultKind,
    /// Name of the result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Type in the certificate library, when it holds that type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_type: Option<String>,
    /// Ways of delivery offered.
    #[serde(default)]
    pub delivery: Vec<Delivery>,
}

/// One material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Key, kebab-case.
    pub key: String,
    /// Name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// In what form.
    pub form: MaterialForm,
    /// How many copies.
    pub copies: u32,
    /// Asked for today.
    pub required: bool,
    /// Demanded at the window before the reform (counts in the reduction of materials).
    pub baseline: bool,
    /// A valid certificate of this type replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_type: Option<String>,
    /// May be handed in after acceptance (容缺受理).
    #[serde(default, skip_serializing_if = "is_false")]
    pub deferrable: bool,
    /// CEL: demanded only when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// What the reviewer looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key, snake_case.
    pub key: String,
    /// Label.
    pub label: String,
    /// Type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Must be answered when visible.
    pub required: bool,
    /// Where the answer is taken from, such as `applicant.phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<String>,
    /// For `choice` and `choices`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Regular expression the answer matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Shortest text, characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Longest text, characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Help beside the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// CEL: shown only when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// A check over the whole application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// CEL that must hold.
    pub expr: String,
    /// Told when it does not.
    pub message: String,
}

/// One step of the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Key, kebab-case.
    pub key: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: StepKind,
    /// Who.
    pub role: StepRole,
    /// Another department than the item's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Working days allowed.
    pub days: u32,
    /// CEL: the step applies only when true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// CEL: the system completes the step by itself when true (秒批).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<String>,
    /// Group of steps that run side by side (并联审批).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel: Option<String>,
    /// The limits stand still while it runs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stops_clock: bool,
    /// For special steps: which procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special_kind: Option<SpecialKind>,
    /// For special steps: longest it may last, working days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_days: Option<u32>,
}

/// A question people ask, with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faq {
    /// Question.
    pub question: String,
    /// Answer.
    pub answer: String,
}

/// One life event, many items (一件事一次办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// Stable key, kebab-case, equal to the file's name.
    pub slug: String,
    /// Name in people's words.
    pub name: String,
    /// Who it is for.
    pub audience: Vec<SubjectKind>,
    /// Themes.
    pub themes: Vec<String>,
    /// One sentence.
    pub summary: String,
    /// Slugs of all items.
    pub items: Vec<String>,
    /// Items of one stage run side by side; a stage starts when the one before has closed.
    #[serde(rename = "stage", default)]
    pub stages: Vec<Stage>,
    /// Guided choice (情形引导).
    #[serde(rename = "question", default)]
    pub questions: Vec<Question>,
    /// One answer that fills several items.
    #[serde(rename = "shared", default)]
    pub shared: Vec<Shared>,
}

/// Items of a bundle that run side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Slugs.
    pub items: Vec<String>,
}

/// A question that decides which items are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Key, snake_case.
    pub key: String,
    /// Question.
    pub text: String,
    /// Items that apply only on yes.
    pub needs: Vec<String>,
}

/// One answer for the same thing in several items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shared {
    /// Name of the shared answer.
    pub field: String,
    /// `slug.field` of each.
    #[serde(rename = "in")]
    pub fields: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// What the platform knows of the applicant that expressions and prefill may see.
///
/// Prefill names: `applicant.name`, `id_number`, `uscc`, `phone`, `address`, `legal_representative`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicantFacts {
    /// Person or enterprise.
    pub kind: SubjectKind,
    /// Full name.
    pub name: String,
    /// Citizen number of a person (full).
    pub id_number: Option<String>,
    /// Credit code of an enterprise.
    pub uscc: Option<String>,
    /// Years completed on the day of the application.
    pub age: Option<i64>,
    /// `male` or `female`.
    pub sex: Option<String>,
    /// District of residence or registration.
    pub region: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Legal representative of an enterprise.
    pub legal_representative: Option<String>,
}

/// What expressions and prefill may see of one certificate the applicant holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Its id in the library, 13 characters.
    pub id: String,
    /// Type.
    pub certificate_type: String,
    /// Number.
    pub number: String,
    /// Usable on the day of the application.
    pub valid: bool,
    /// Day of issue.
    pub issued_on: Date,
    /// Last valid day; none = no expiry.
    pub expires_on: Option<Date>,
    /// Further data by field.
    pub data: BTreeMap<String, String>,
}
