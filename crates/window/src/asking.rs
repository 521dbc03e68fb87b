//! Each move as a form: what is asked with what already stands in it, and the command that the answers make.

mod defects;
mod reading;

pub(crate) use defects::{DefectRow, defect_rows, requirement_of};
pub(crate) use reading::{command, field_of};

use std::collections::BTreeMap;

use cases::{
    CaseSight, GivenVerdict, Verdict,
    domain::{
        avoidance::{Part, Relation},
        case::StepState,
        decide::basis_of,
        event::{Handed, Proposal, Recommendation},
        lawful::{Move, Standing},
    },
};
use catalogue::domain::{Delivery, SpecialKind};
use kernel::show_date;
use webkit::Fields;

use crate::pages::tasks::Pick;

/// How one thing is asked.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Line,
    Number(&'static str),
    Area(u32),
    Select(Vec<Pick>),
    Radios(Vec<Pick>),
    Checks(Vec<Pick>),
    /// The list of a one-time notice.
    Defects(Vec<DefectRow>),
}

/// One thing that a form asks.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) optional: bool,
    pub(crate) kind: Kind,
    /// What stands in it: what was typed, else what can be offered.
    pub(crate) values: Vec<String>,
}

/// What a form is made from.
pub(crate) struct Asking<'a> {
    pub(crate) seen: &'a CaseSight,
    pub(crate) standing: &'a Standing,
    pub(crate) verdicts: &'a BTreeMap<String, GivenVerdict>,
    pub(crate) colleagues: Vec<Pick>,
    /// What was typed; none when the form is shown for the first time.
    pub(crate) typed: Option<&'a Fields>,
}

fn pick(value: &str, label: impl Into<String>) -> Pick {
    Pick { value: value.to_owned(), label: label.into() }
}

impl Asking<'_> {
    fn values(&self, name: &str, offered: Vec<String>) -> Vec<String> {
        match self.typed {
            Some(typed) => typed.all(name).map(str::to_owned).collect(),
            None => offered,
        }
    }

    fn ask(&self, name: &'static str, label: &str, kind: Kind, offered: &str) -> Question {
        Question {
            name,
            label: label.to_owned(),
            hint: None,
            optional: false,
            kind,
            values: self.values(name, vec![offered.to_owned()]),
        }
    }

    fn basis(&self) -> Question {
        let offered = self.seen.case.intended_refusal.as_ref().map(|r| r.basis.clone());
        let offered = offered.unwrap_or_else(|| basis_of(&self.seen.procedure));
        let mut basis = self.ask("basis", "依据", Kind::Area(3), &offered);
        basis.hint = Some("已填入本事项的设定依据，请核对适用的条款，可以修改。".to_owned());
        basis
    }

    /// What reviewers wrote, for the decision.
    fn opinions(&self, recommend: Recommendation) -> String {
        let opinion = |state: &StepState| match state {
            StepState::Done { recommend: Some(r), opinion: Some(text), .. } if *r == recommend => Some(text.clone()),
            _ => None,
        };
        self.seen.case.steps.iter().filter_map(opinion).collect::<Vec<_>>().join("\n")
    }

    /// What the verdicts say, as the beginning of an opinion.
    fn looked_at(&self) -> String {
        let given: Vec<_> = self.verdicts.iter().filter(|(_, v)| !v.outdated).collect();
        let wrong: Vec<String> = given
            .iter()
            .filter_map(|(target, v)| match &v.verdict {
                Verdict::Wrong { problem, .. } => Some(format!("“{}”：{problem}", self.target_name(target))),
                Verdict::Fits => None,
            })
            .collect();
        if !wrong.is_empty() {
            format!("经审查，下列内容不符合要求：{}。", wrong.join("；"))
        } else if given.is_empty() {
            String::new()
        } else {
            format!("经审查，已核对{}项材料，均符合要求，符合法定条件和标准。", given.len())
        }
    }

    /// What is asked to decide whether somebody stays away.
    fn avoidance(&self) -> Vec<Question> {
        let upheld = Kind::Radios(vec![pick("yes", "回避"), pick("no", "不予回避")]);
        let mut questions = vec![self.ask("upheld", "决定", upheld, "")];
        let chair = self.seen.case.challenge.as_ref().is_some_and(|c| c.part == Part::Chair);
        let mut who = if chair {
            self.ask("chair", "改由谁主持听证", Kind::Line, "")
        } else {
            self.ask("account", "由谁回避", Kind::Select(self.colleagues.clone()), "")
        };
        who.optional = true;
        who.hint = Some("决定回避的填写。".to_owned());
        questions.push(who);
        let mut reason = self.ask("reason", "理由", Kind::Area(4), "");
        reason.hint = Some("会写进《回避决定书》告知申请人。".to_owned());
        questions.push(reason);
        questions
    }

    fn target_name(&self, target: &str) -> String {
        target_name(&self.seen.procedure, target)
    }

    /// What the form of this move asks, in order; nothing when it only has to be confirmed.
    pub(crate) fn questions(&self) -> Vec<Question> {
        let (case, item) = (&self.seen.case, &self.seen.procedure.item);
        let hinted = |mut q: Question, hint: &str| {
            q.hint = Some(hint.to_owned());
            q
        };
        let optional = |mut q: Question| {
            q.optional = true;
            q
        };
        let materials = |keys: &mut dyn Iterator<Item = &String>| -> Vec<Pick> {
            keys.map(|k| pick(k, self.target_name(k))).collect()
        };
        match self.standing.step {
            Move::Claim
            | Move::Release
            | Move::PassPreReview
            | Move::Accept
            | Move::Confirm
            | Move::Produce
            | Move::Archive => Vec::new(),
            Move::HandOver => {
                let to = self.ask("to", "转交给", Kind::Select(self.colleagues.clone()), "");
                vec![hinted(to, "只列出本部门可以办理这项任务的同事。")]
            }
            Move::ReturnPreReview | Move::AskCorrection => {
                let rows = defect_rows(self.seen, self.verdicts, self.typed);
                vec![self.ask("want", "需要补正的内容", Kind::Defects(rows), "")]
            }
            Move::TakePaper => {
                let all = materials(&mut item.materials.iter().map(|m| &m.key));
                let mut q = self.ask("materials", "收到了哪些纸质材料", Kind::Checks(all), "");
                q.values = self.values("materials", Vec::new());
                vec![q]
            }
            Move::SupplyDeferred => {
                let open = case.deferred.iter().filter(|(_, d)| d.supplied.is_none()).map(|(k, _)| k);
                let mut q = self.ask("materials", "收到了哪些容缺材料", Kind::Checks(materials(&mut { open })), "");
                q.values = self.values("materials", Vec::new());
                vec![hinted(q, "在窗口收取纸质材料并核对后勾选。")]
            }
            Move::AcceptDeferred => {
                let days = item.promised_days.saturating_sub(1).clamp(1, 5);
                let q = self.ask("days", "容缺材料补交期限", Kind::Number("个工作日"), &days.to_string());
                let deferred = case.materials.iter().filter(|(_, h)| **h == Handed::Deferred).map(|(k, _)| k);
                let names = deferred.map(|k| self.target_name(k)).collect::<Vec<_>>().join("、");
                vec![hinted(q, &format!("申请人选择后补：{names}。补齐前不能作出准予决定。"))]
            }
            Move::ProposeNonAcceptance => vec![
                self.ask(
                    "ground",
                    "不予受理的情形",
                    Kind::Radios(vec![
                        pick("not-competent", "不属于本机关职权范围"),
                        pick("not-needed", "依法不需要办理"),
                    ]),
                    "",
                ),
                hinted(self.ask("reason", "理由", Kind::Area(4), ""), "申请人会在《不予受理通知书》上读到这段话。"),
                optional(self.ask("competent_body", "应当向哪个机关申请", Kind::Line, "")),
            ],
            Move::Dismiss => vec![self.ask("reason", "退回理由", Kind::Area(3), "")],
            Move::Complete => vec![
                self.ask(
                    "recommend",
                    "审查结论",
                    Kind::Radios(vec![pick("grant", "符合条件，建议准予"), pick("refuse", "不符合条件，建议不予准予")]),
                    "",
                ),
                hinted(
                    self.ask("opinion", "审查意见", Kind::Area(5), &self.looked_at()),
                    "写明查了什么、结论是什么，供决定人使用。",
                ),
            ],
            Move::BeginSpecial => {
                let step = item.steps.iter().find(|s| Some(&s.key) == self.standing.of.as_ref());
                let longest = step.map_or(1, |s| s.max_days.unwrap_or(s.days).max(1));
                let q = self.ask("days", "所需时间", Kind::Number("个工作日"), &longest.to_string());
                vec![hinted(q, &format!("最长{longest}个工作日，会书面告知申请人。"))]
            }
            Move::EndSpecial => vec![self.ask("result", "程序结果", Kind::Area(4), "")],
            Move::ProposeSpecial => {
                let lawful = SpecialKind::ALL.iter().filter(|k| k.stops_the_statutory_clock());
                let kinds = lawful.map(|k| pick(k.as_str(), k.label())).collect();
                vec![
                    self.ask("kind", "哪种特别程序", Kind::Select(kinds), ""),
                    self.ask("days", "所需时间", Kind::Number("个工作日"), ""),
                    hinted(
                        self.ask("basis", "依据", Kind::Area(3), ""),
                        "写明哪部法律要求这个程序（行政许可法第四十五条）。",
                    ),
                ]
            }
            Move::Extend => vec![
                hinted(
                    self.ask("days", "延长", Kind::Number("个工作日"), ""),
                    if item.joint {
                        "只能延长一次，最多15个工作日，送本级人民政府批准后生效。"
                    } else {
                        "只能延长一次，最多10个工作日。"
                    },
                ),
                hinted(self.ask("reason", "理由", Kind::Area(4), ""), "会在《延期办理通知书》上告知申请人。"),
            ],
            Move::AssessFee => vec![
                self.ask("amount", "应缴金额", Kind::Number("元"), ""),
                self.ask(
                    "basis",
                    "核定依据",
                    Kind::Area(3),
                    &item.fees.first().map_or(String::new(), |f| f.basis.clone()),
                ),
            ],
            Move::RecordPayment => vec![self.ask("receipt", "缴费票据号码", Kind::Line, "")],
            Move::IntendRefusal => vec![
                hinted(
                    self.ask("reasons", "拟不予准予的理由", Kind::Area(5), &self.opinions(Recommendation::Refuse)),
                    "申请人据此陈述申辩，请写明事实和不符合的条件。",
                ),
                self.basis(),
            ],
            Move::ArrangeHearing => {
                let hint = case
                    .hearing
                    .as_ref()
                    .map(|h| format!("最迟{}，并至少提前七个工作日通知。写成 2026-03-02 这样。", show_date(h.until)));
                let mut day = self.ask("day", "听证日期", Kind::Line, "");
                day.hint = hint;
                vec![
                    day,
                    hinted(self.ask("time", "时间", Kind::Line, ""), "如 9:30"),
                    self.ask("place", "地点", Kind::Line, ""),
                    hinted(self.ask("chair", "主持人", Kind::Line, ""), "不能是审查这个申请的人员。"),
                ]
            }
            Move::RecordHearing => vec![
                hinted(
                    self.ask("record", "听证笔录", Kind::Area(8), ""),
                    "决定以笔录为根据作出（行政许可法第四十八条）。",
                ),
                hinted(self.ask("signed_by", "签字人", Kind::Line, ""), "几个人之间用顿号隔开。"),
            ],
            Move::Recuse => {
                let relations = Relation::ALL.iter().map(|r| pick(r.as_str(), r.label())).collect();
                vec![
                    self.ask("relation", "您与申请人或者经办人的关系", Kind::Radios(relations), ""),
                    hinted(
                        self.ask("reason", "说明", Kind::Area(3), ""),
                        "加密保存。申报后任务退回部门，您不再办理本件。",
                    ),
                ]
            }
            Move::DecideAvoidance => self.avoidance(),
            Move::ProposeVoid => {
                vec![hinted(
                    self.ask("reason", "哪里录错了", Kind::Area(3), ""),
                    "作废须由另一名审批人员同意，编号保留。",
                )]
            }
            Move::Grant => {
                let opinion = self.opinions(Recommendation::Grant);
                let offered =
                    if opinion.is_empty() { "经审查，符合法定条件和标准。".to_owned() } else { opinion };
                vec![hinted(self.ask("opinion", "决定理由", Kind::Area(4), &offered), "会写在决定书上。")]
            }
            Move::Refuse => {
                let told = case.intended_refusal.as_ref();
                let offered = told.map_or_else(|| self.opinions(Recommendation::Refuse), |r| r.reasons.clone());
                let mut reasons = self.ask("reasons", "不予准予的理由", Kind::Area(6), &offered);
                reasons.hint = told.and_then(|r| r.defence.as_ref()).map(|d| format!("申请人陈述申辩：{d}"));
                vec![reasons, self.basis()]
            }
            Move::Deliver => vec![
                self.ask(
                    "way",
                    "送达方式",
                    Kind::Radios(Delivery::ALL.iter().map(|d| pick(d.as_str(), d.label())).collect()),
                    case.delivery.as_str(),
                ),
                self.ask("taken_by", "签收人", Kind::Line, &case.applicant),
                optional(self.ask("relation", "与申请人的关系", Kind::Line, "")),
                optional(self.ask("proof", "快递单号或其他凭据", Kind::Line, "")),
            ],
            Move::Terminate => vec![
                self.ask("cause", "终止原因", Kind::Select(causes()), ""),
                hinted(
                    self.ask("reason", "说明", Kind::Area(4), ""),
                    "会写在《终止办理通知书》上，告知申请人救济途径。",
                ),
            ],
        }
    }
}

/// Name of a material, or label of a field.
pub(crate) fn target_name(procedure: &catalogue::domain::Procedure, target: &str) -> String {
    let item = &procedure.item;
    match target.strip_prefix("form.") {
        Some(field) => item.fields.iter().find(|f| f.key == field).map(|f| f.label.clone()),
        None => item.materials.iter().find(|m| m.key == target).map(|m| m.name.clone()),
    }
    .unwrap_or_else(|| target.to_owned())
}

fn causes() -> Vec<Pick> {
    [
        ("applicant-gone", "申请人死亡或者终止，且权利不能由他人承受"),
        ("law-changed", "法律修改，不能再准予"),
        ("deferred-not-supplied", "容缺材料逾期未补"),
        ("not-paid", "提醒后仍未缴费"),
        ("not-cooperating", "提醒后仍不配合必要的检验检测"),
        ("duplicate", "重复申请"),
        ("false-material", "提供虚假材料"),
    ]
    .map(|(value, label)| pick(value, label))
    .to_vec()
}

/// What a move brings, in one sentence, for the button's side.
pub(crate) fn consequence(step: Move, seen: &CaseSight) -> Option<String> {
    Some(match step {
        Move::Confirm => {
            let pending = seen.case.pending.as_ref()?;
            let what = match &pending.proposal {
                Proposal::NonAcceptance { reason, .. } => format!("不予受理，理由：{reason}"),
                Proposal::Special { kind, days, basis } => format!("{}，{days}个工作日，依据：{basis}", kind.label()),
                Proposal::Extension { days, reason } => format!("延长办理期限{days}个工作日，理由：{reason}"),
                Proposal::Void { reason } => format!("作废，理由：{reason}"),
            };
            format!("{}提请{what}", pending.by.name)
        }
        Move::DecideAvoidance => {
            let asked = seen.case.challenge.as_ref()?;
            let has: Vec<String> = seen.case.who_has(asked.part).into_iter().map(|(_, name)| name).collect();
            let who = if has.is_empty() { String::new() } else { format!("（{}）", has.join("、")) };
            format!("申请人申请{}{who}回避，理由：{}", asked.part.label(), asked.reason)
        }
        Move::Recuse => {
            "与申请人、经办人有亲属、利害等关系的，应当回避（公务员法第七十六条）。您已完成的审查会由其他人员重新进行。"
                .to_owned()
        }
        Move::Refuse => {
            let told = seen.case.intended_refusal.as_ref()?;
            format!("已于{}告知申请人，陈述申辩期到{}。", show_date(kernel::city_date(told.at)), show_date(told.due))
        }
        _ => return None,
    })
}
