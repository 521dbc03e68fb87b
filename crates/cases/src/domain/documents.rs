//! The documents (文书) that go with what happens to a case: number, facts, deadline, remedies, as data.
//!
//! A document is composed from the case as it stood right after the entry it is about, so that a replay makes the same
//! one again. It holds no identity numbers: those are added when it is shown to the applicant.

use catalogue::domain::{ItemType, Procedure};
use kernel::{Date, calendar::WorkingCalendar, city_date, show_date, show_time, words};
use serde::{Deserialize, Serialize};
use settings::NoticeTexts;

use super::{
    case::{Case, Stage},
    clocks::{ARCHIVE_DAYS, ClockKind, ISSUE_DAYS, acceptance_deadline, clocks},
    decide::basis_of,
    event::{By, Defect, Event, Handed, NonAcceptanceGround, Recorded, TerminationCause},
};

words!(
    /// Which document.
    DocumentKind {
        IntakeReceipt = "intake_receipt" / "收件凭证",
        CorrectionNotice = "correction_notice" / "补正材料一次性告知书",
        AcceptanceNotice = "acceptance_notice" / "受理通知书",
        DeferredNotice = "deferred_notice" / "容缺受理通知书",
        Commitment = "commitment" / "承诺书",
        NonAcceptanceNotice = "non_acceptance_notice" / "不予受理通知书",
        SpecialNotice = "special_notice" / "特别程序告知书",
        ExtensionNotice = "extension_notice" / "延期办理通知书",
        InterestedPartyNotice = "interested_party_notice" / "拟不予准予告知书",
        HearingNotice = "hearing_notice" / "听证通知书",
        HearingRecord = "hearing_record" / "听证笔录",
        AvoidanceDecision = "avoidance_decision" / "回避决定书",
        PaymentNotice = "payment_notice" / "缴费通知书",
        GrantDecision = "grant_decision" / "准予决定书",
        DeemedRenewal = "deemed_renewal" / "视为准予延续通知书",
        RefusalDecision = "refusal_decision" / "不予准予决定书",
        DeliveryReceipt = "delivery_receipt" / "送达回证",
        TerminationNotice = "termination_notice" / "终止办理通知书",
        ReturnNotice = "return_notice" / "退件通知书",
        WithdrawalReceipt = "withdrawal_receipt" / "撤回申请确认书",
        ClosingNotice = "closing_notice" / "办结通知",
    }
);

impl DocumentKind {
    /// The middle word of the number: `筑政服〔2026〕受字第000123号`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::IntakeReceipt => "收",
            Self::CorrectionNotice => "补",
            Self::AcceptanceNotice => "受",
            Self::DeferredNotice => "缺",
            Self::Commitment => "诺",
            Self::NonAcceptanceNotice => "不受",
            Self::SpecialNotice => "特",
            Self::ExtensionNotice => "延",
            Self::InterestedPartyNotice => "告",
            Self::HearingNotice => "听",
            Self::HearingRecord => "笔",
            Self::AvoidanceDecision => "避",
            Self::PaymentNotice => "缴",
            Self::GrantDecision => "准",
            Self::DeemedRenewal => "延准",
            Self::RefusalDecision => "否",
            Self::DeliveryReceipt => "送",
            Self::TerminationNotice | Self::ReturnNotice => "终",
            Self::WithdrawalReceipt => "撤",
            Self::ClosingNotice => "结",
        }
    }

    /// Whether it repeats what people said (minutes, statements, defences): such a document is kept sealed.
    #[must_use]
    pub const fn repeats_words(self) -> bool {
        matches!(self, Self::HearingRecord | Self::RefusalDecision | Self::AvoidanceDecision)
    }

    /// The list of this one.
    fn alone(self) -> &'static [Self] {
        Self::ALL.iter().position(|k| *k == self).and_then(|at| Self::ALL.get(at..=at)).unwrap_or_default()
    }

    /// The title; licensing law's own words where it binds.
    #[must_use]
    pub fn title(self, item_type: ItemType) -> &'static str {
        match (self, item_type) {
            (Self::GrantDecision, ItemType::Licensing) => "准予行政许可决定书",
            (Self::RefusalDecision, ItemType::Licensing) => "不予行政许可决定书",
            (Self::InterestedPartyNotice, ItemType::Licensing) => "拟不予行政许可告知书",
            _ => self.label(),
        }
    }
}

/// The documents that an entry calls for, in the order in which they are issued.
#[must_use]
pub fn called_for(event: &Event) -> &'static [DocumentKind] {
    match event {
        Event::Accepted { deferred, .. } if !deferred.is_empty() => {
            &[DocumentKind::DeferredNotice, DocumentKind::Commitment]
        }
        other => one_called_for(other).map_or(&[], DocumentKind::alone),
    }
}

fn one_called_for(event: &Event) -> Option<DocumentKind> {
    Some(match event {
        Event::Submitted { .. } | Event::Supplemented { .. } => DocumentKind::IntakeReceipt,
        Event::CorrectionAsked { .. } | Event::PreReviewReturned { .. } => DocumentKind::CorrectionNotice,
        Event::Accepted { .. } => DocumentKind::AcceptanceNotice,
        Event::NotAccepted { .. } => DocumentKind::NonAcceptanceNotice,
        Event::SpecialBegun { .. } => DocumentKind::SpecialNotice,
        Event::Extended { .. } => DocumentKind::ExtensionNotice,
        Event::RefusalIntended { .. } => DocumentKind::InterestedPartyNotice,
        Event::HearingArranged { .. } => DocumentKind::HearingNotice,
        Event::HearingHeld { .. } => DocumentKind::HearingRecord,
        Event::AvoidanceDecided { .. } => DocumentKind::AvoidanceDecision,
        Event::PaymentAsked { .. } => DocumentKind::PaymentNotice,
        Event::Decided { deemed: true, .. } => DocumentKind::DeemedRenewal,
        Event::Decided { granted: true, .. } => DocumentKind::GrantDecision,
        Event::Decided { .. } => DocumentKind::RefusalDecision,
        Event::Delivered { .. } => DocumentKind::DeliveryReceipt,
        Event::Terminated { cause: TerminationCause::NotCorrected, .. } => DocumentKind::ReturnNotice,
        Event::Terminated { .. } => DocumentKind::TerminationNotice,
        Event::Withdrawn { .. } => DocumentKind::WithdrawalReceipt,
        Event::Closed { .. } => DocumentKind::ClosingNotice,
        _ => return None,
    })
}

/// `筑政服〔2026〕受字第000123号` (identifiers §9): one sequence for each body, year and word, without holes.
#[must_use]
pub fn document_number(kind: DocumentKind, department_no: usize, year: i16, sequence: i64) -> String {
    format!("筑政服〔{year}〕{department_no:02}{}字第{sequence:06}号", kind.word())
}

/// One label and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Label.
    pub label: String,
    /// Text.
    pub text: String,
}

/// A document as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Which.
    pub kind: DocumentKind,
    /// Title.
    pub title: String,
    /// Official number.
    pub number: String,
    /// Number of the case.
    pub case_number: String,
    /// Name of the item.
    pub item: String,
    /// Applicant's name.
    pub applicant: String,
    /// Key of the issuing body.
    pub department: String,
    /// Day of the act.
    pub date: Date,
    /// Who acted for the body, with the login's number; none for what the platform did by itself or the applicant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clerk: Option<String>,
    /// Where to ask and where to complain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Facts, in order.
    pub lines: Vec<Line>,
    /// The list of a one-time notice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub defects: Vec<Defect>,
    /// What follows from it, sentence by sentence.
    pub paragraphs: Vec<String>,
    /// How the applicant can fight it; on every adverse document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedies: Option<String>,
}

/// What the composer looks up beside the case.
pub struct Office<'a> {
    /// The version of the item the case was filed under.
    pub procedure: &'a Procedure,
    /// The city's working days.
    pub calendar: &'a WorkingCalendar,
    /// Name of the government that hears reviews of its departments.
    pub government: &'a str,
    /// The words of notices that the city has set for the day.
    pub notices: &'a NoticeTexts,
    /// How the issuing body is reached on the day.
    pub reached: Option<&'a settings::Office>,
}

/// How to fight an adverse act, by the law in force on `day` (行政复议法 2023 第二十条、第二十四条; 行政诉讼法 第四十六条).
#[must_use]
pub fn remedies(day: Date, government: &str) -> String {
    if day >= jiff::civil::date(2024, 1, 1) {
        format!(
            "如不服本决定，可以自收到之日起六十日内向{government}申请行政复议，也可以自收到之日起六个月内依法向有管辖权的人民法院提起行政诉讼。"
        )
    } else {
        format!(
            "如不服本决定，可以自收到之日起六十日内向{government}或者上一级主管部门申请行政复议，也可以自收到之日起六个月内依法向有管辖权的人民法院提起行政诉讼。"
        )
    }
}

/// Composes the document about `entry`; `case` stands right after it.
#[must_use]
pub fn compose(kind: DocumentKind, number: &str, case: &Case, entry: &Recorded, office: &Office<'_>) -> Document {
    let item = &office.procedure.item;
    let date = city_date(entry.at);
    let mut document = Document {
        kind,
        title: kind.title(item.item_type).to_owned(),
        number: number.to_owned(),
        case_number: case.number.clone(),
        item: item.name.clone(),
        applicant: case.applicant.clone(),
        department: item.department.clone(),
        date,
        clerk: clerk(&entry.by),
        contact: Some(CONTACT.to_owned()),
        lines: Vec::new(),
        defects: Vec::new(),
        paragraphs: Vec::new(),
        remedies: None,
    };
    fill(&mut document, case, entry, office);
    document
}

/// Where applicants ask and complain: the government's one number (国办发〔2020〕53号), which every city answers.
const CONTACT: &str = "咨询、投诉电话：12345（政务服务便民热线）";

/// Who acted for the body.
fn clerk(by: &By) -> Option<String> {
    by.account.filter(|_| by.kind == "staff").map(|account| format!("{}（工号{account}）", by.name))
}

fn material_name(office: &Office<'_>, key: &str) -> String {
    office.procedure.item.materials.iter().find(|m| m.key == key).map_or_else(|| key.to_owned(), |m| m.name.clone())
}

fn how(handed: &Handed) -> &'static str {
    match handed {
        Handed::File(_) | Handed::Files(_) => "附件上传",
        Handed::Certificate(_) => "电子证照",
        Handed::Deferred => "容缺后补",
        Handed::Paper => "纸质收取",
    }
}

/// How the applicant promised what a deferred acceptance needs.
fn promised(case: &Case) -> &'static str {
    if case.channel == kernel::Channel::Window {
        "在窗口选择容缺受理并签字"
    } else {
        "登录后在申请时选择容缺受理"
    }
}

fn yuan(cents: i64) -> String {
    format!("{}.{:02}元", cents / 100, cents % 100)
}

fn fill(document: &mut Document, case: &Case, entry: &Recorded, office: &Office<'_>) {
    let item = &office.procedure.item;
    let date = document.date;
    let licensing = item.item_type == ItemType::Licensing;
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut say: Vec<String> = Vec::new();
    let mut adverse = false;
    match &entry.event {
        Event::Accepted { deferred, .. } if document.kind == DocumentKind::Commitment => {
            for (key, due) in deferred {
                lines.push((material_name(office, key), format!("{}前补交", show_date(*due))));
            }
            lines.push(("承诺人".into(), case.applicant.clone()));
            lines.push(("承诺方式".into(), promised(case).into()));
            lines.push(("承诺时间".into(), show_time(case.submitted_at)));
            say.push("办理机关已经告知：容缺材料的名称、要求、补交期限，以及逾期不补的后果。".into());
            say.push(
                "本人（单位）承诺：已知晓上述告知内容；所提交的材料和填写的内容真实有效；在上述期限内补齐容缺材料。"
                    .into(),
            );
            say.push("未在期限内补齐的，办理机关可以终止办理；提供虚假材料的，依法承担责任。".into());
        }
        Event::HearingArranged { day, time, place, chair } => {
            lines.push(("听证日期".into(), show_date(*day)));
            lines.push(("听证时间".into(), time.clone()));
            lines.push(("听证地点".into(), place.clone()));
            lines.push(("主持人".into(), chair.clone()));
            lines.push(("当事人".into(), case.applicant.clone()));
            say.push("听证公开举行，您可以亲自参加，也可以委托一至二人代理；不承担组织听证的费用。".into());
            say.push("认为主持人与本件有直接利害关系的，有权申请回避。".into());
            say.push("听证所需时间不计入办理期限。".into());
        }
        Event::HearingHeld { .. } => {
            let (record, signed_by) = entry.event.minutes().unwrap_or_default();
            lines.push(("笔录".into(), record.to_owned()));
            lines.push(("签字人".into(), signed_by.join("、")));
            say.push("办理机关将根据本笔录作出决定（行政许可法第四十八条）。".into());
        }
        Event::AvoidanceDecided { upheld, chair, private, .. } => {
            lines.push(("决定".into(), if *upheld { "回避".into() } else { "不予回避".into() }));
            lines.push(("理由".into(), private.text.clone()));
            if let Some(chair) = chair {
                lines.push(("听证改由下列人员主持".into(), chair.clone()));
            } else if *upheld {
                say.push("该人员不再办理本件，已作的审查由其他人员重新进行。".into());
            }
            say.push("依据《中华人民共和国公务员法》第七十六条、第七十七条作出。".into());
        }
        Event::Submitted { .. } | Event::Supplemented { .. } => {
            lines.push(("收到时间".into(), show_time(entry.at)));
            for (key, handed) in &case.materials {
                lines.push((material_name(office, key), how(handed).into()));
            }
            let (due, provisional) = acceptance_deadline(case, office.calendar);
            say.push("本凭证表示申请材料已经收到，不代表受理。".into());
            say.push(format!(
                "{}将在{}前决定是否受理{}。",
                "办理机关",
                show_date(due),
                if provisional { "（节假日安排公布后可能调整）" } else { "" }
            ));
        }
        Event::CorrectionAsked { defects, due, .. } => {
            document.defects.clone_from(defects);
            lines.push(("补正期限".into(), format!("{}前", show_date(*due))));
            say.push("以上为需要补正的全部内容，请一次补齐；按此补齐的，予以受理。".into());
            say.push("补正期间不计入办理期限。逾期未补正的退回申请，之后可以重新申请。".into());
        }
        Event::PreReviewReturned { defects } => {
            document.defects.clone_from(defects);
            say.push("以上为需要修改的全部内容，修改后可以直接再次提交。".into());
        }
        Event::Accepted { dated, deemed, deferred } => {
            lines.push(("受理日期".into(), show_date(*dated)));
            for clock in clocks(case, office.procedure, office.calendar, date) {
                if matches!(clock.kind, ClockKind::Statutory | ClockKind::Promised) {
                    lines.push((
                        clock.name.clone(),
                        format!(
                            "{}{}，至{}{}",
                            clock.limit,
                            clock.unit.label(),
                            show_date(clock.deadline),
                            if clock.provisional { "（暂定）" } else { "" }
                        ),
                    ));
                }
            }
            for (key, due) in deferred {
                lines.push((format!("容缺材料：{}", material_name(office, key)), format!("{}前补交", show_date(*due))));
            }
            if !deferred.is_empty() {
                say.push("容缺材料应在期限内补交；补齐前不作出准予决定，逾期不补的可能终止办理。".into());
            }
            if *deemed {
                say.push("办理机关未在五个工作日内告知是否受理，依法自收到申请材料之日起即为受理。".into());
            }
            for step in item.steps.iter().filter(|s| s.stops_clock) {
                say.push(format!("“{}”所需时间不计入办理期限，开始时另行书面告知。", step.name));
            }
            say.push(format!("凭办件编号{}可以查询进度。", case.number));
        }
        Event::NotAccepted { ground, reason, competent_body } => {
            lines.push((
                "不予受理的情形".into(),
                match ground {
                    NonAcceptanceGround::NotNeeded => "依法不需要办理",
                    NonAcceptanceGround::NotCompetent => "不属于本机关职权范围",
                }
                .into(),
            ));
            lines.push(("理由".into(), reason.clone()));
            if let Some(body) = competent_body {
                lines.push(("应当向以下机关申请".into(), body.clone()));
            }
            adverse = true;
        }
        Event::SpecialBegun { kind, days, stops_clock, basis, .. } => {
            lines.push(("程序".into(), kind.label().into()));
            lines.push(("依据".into(), basis.clone()));
            lines.push(("开始日期".into(), show_date(date)));
            lines.push((
                "所需时间".into(),
                format!("{days}个工作日，至{}", show_date(office.calendar.deadline(date, *days).date)),
            ));
            say.push(if *stops_clock {
                "上述时间不计入办理期限。".into()
            } else {
                "上述程序不影响办理期限的计算。".into()
            });
        }
        Event::Extended { days, reason } => {
            for clock in clocks(case, office.procedure, office.calendar, date) {
                if matches!(clock.kind, ClockKind::Statutory | ClockKind::Promised) {
                    lines.push((format!("延长后的{}", clock.name), show_date(clock.deadline)));
                }
            }
            lines.push(("延长".into(), format!("{days}个工作日")));
            lines.push(("理由".into(), reason.clone()));
            let joint = if item.joint { "（本级人民政府）" } else { "" };
            lines.push(("批准人".into(), format!("{}{joint}", entry.by.name)));
        }
        Event::RefusalIntended { reasons, basis, due } => {
            lines.push(("拟作出的决定".into(), "不予准予".into()));
            lines.push(("理由".into(), reasons.clone()));
            lines.push(("依据".into(), basis.clone()));
            say.push(format!("你有权陈述、申辩，可在{}前提出。", show_date(*due)));
            if licensing {
                say.push("涉及重大利益关系的，可在上述期限内要求听证。".into());
            }
        }
        Event::PaymentAsked { amount_cents, .. } => {
            for fee in &item.fees {
                lines.push((
                    fee.name.clone(),
                    format!("{}（依据：{}）", fee.amount_cents.map_or_else(|| "按核定金额".into(), yuan), fee.basis),
                ));
            }
            lines.push(("应缴金额".into(), yuan(*amount_cents)));
            say.push("请凭办件编号缴费，缴费时间不影响办理期限的计算。".into());
        }
        Event::Decided { granted: true, reasons, basis, automated, deemed, .. } => {
            lines.push(("决定".into(), if *deemed { "视为准予延续".into() } else { "准予".into() }));
            if let Some(held) = case.renewed(office.procedure) {
                lines.extend(held.expires_on.map(|last| ("原证有效期".into(), format!("至{}", show_date(last)))));
            }
            lines.push(("理由".into(), reasons.clone()));
            lines.push(("依据".into(), basis.clone()));
            if *deemed {
                say.push("您在期限内申请延续，办理机关没有在有效期届满前作出决定，原许可依法延续。".into());
            } else if *automated {
                say.push("本决定由系统按公布的规则自动作出。如有异议，可以要求人工复核。".into());
            }
            say.push(format!("结果将在{}前送达。", show_date(office.calendar.deadline(date, ISSUE_DAYS).date)));
        }
        Event::Decided { reasons, basis, .. } => {
            lines.push(("决定".into(), "不予准予".into()));
            lines.push(("理由".into(), reasons.clone()));
            lines.push(("依据".into(), basis.clone()));
            if let Some(held) = case.hearing.as_ref().and_then(|h| h.held) {
                lines.push(("听证".into(), format!("{}举行，根据听证笔录作出决定", show_date(city_date(held)))));
            }
            if let Some(defence) = case.intended_refusal.as_ref().and_then(|r| r.defence.as_ref()) {
                lines.push(("申请人陈述申辩".into(), defence.clone()));
            }
            adverse = true;
        }
        Event::Delivered { proof } => {
            lines.push(("送达方式".into(), proof.way.label().into()));
            lines.push(("签收".into(), proof.taken_by.clone()));
            if let Some(relation) = &proof.relation {
                lines.push(("与申请人关系".into(), relation.clone()));
            }
            if let Some(evidence) = &proof.proof {
                lines.push(("凭据".into(), evidence.clone()));
            }
            lines.push(("送达时间".into(), show_time(entry.at)));
        }
        Event::Terminated { reason, .. } => {
            lines.push(("原因".into(), reason.clone()));
            lines.push(("依据".into(), basis_of(office.procedure)));
            adverse = true;
        }
        Event::Withdrawn { reason } => {
            lines.push(("撤回时间".into(), show_time(entry.at)));
            if let Some(reason) = reason {
                lines.push(("说明".into(), reason.clone()));
            }
            say.push("申请已撤回，之后可以重新申请。".into());
        }
        Event::Closed { .. } => {
            if let Some(decision) = case.stage.decision() {
                lines.push(("结果".into(), if decision.granted { "准予".into() } else { "不予准予".into() }));
            }
            if let Some(Some(certificate)) = &case.produced {
                lines.push(("证照编号".into(), certificate.number.clone()));
                lines.push((
                    "有效期".into(),
                    certificate.expires_on.map_or_else(|| "长期".into(), |d| format!("至{}", show_date(d))),
                ));
            }
            say.push(format!("办件已办结，材料将在{ARCHIVE_DAYS}个工作日内归档。欢迎评价。"));
        }
        _ => {}
    }
    if let (Some(name), Event::Decided { granted: true, .. }) = (&item.result.name, &entry.event) {
        lines.push(("结果名称".into(), name.clone()));
    }
    let fight = || office.notices.remedies(office.government).unwrap_or_else(|| remedies(date, office.government));
    if adverse {
        document.remedies = Some(fight());
    }
    if matches!(case.stage, Stage::Refused(..))
        && document.remedies.is_none()
        && document.kind == DocumentKind::RefusalDecision
    {
        document.remedies = Some(fight());
    }
    if let Some(reached) = office.reached {
        let told = [
            ("咨询电话", &reached.phone),
            ("监督投诉电话", &reached.complaint_phone),
            ("办理地点", &reached.address),
            ("办公时间", &reached.hours),
        ];
        lines.extend(told.into_iter().filter(|(_, text)| !text.is_empty()).map(|(l, t)| (l.to_owned(), t.clone())));
    }
    if let Some(closing) = office.notices.closing.get(document.kind.as_str()) {
        say.extend(closing.lines().map(str::to_owned));
    }
    document.lines = lines.into_iter().map(|(label, text)| Line { label, text }).collect();
    document.paragraphs = say;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_can_set_a_closing_sentence_for_every_document_there_is() {
        let kinds: Vec<(&str, &str)> = DocumentKind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect();
        assert_eq!(settings::NOTICES, kinds);
    }
}
