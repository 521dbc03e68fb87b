//! What is told to whom, in which words. Pure.

use jiff::SignedDuration;
use kernel::{SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

kernel::typed_id!(
    /// One message (消息): the id of the fact that it tells.
    MessageId
);

kernel::words!(
    /// Ways out of the platform.
    Channel {
        Sms = "sms" / "短信",
        Mail = "mail" / "电子邮件",
    }
);

kernel::words!(
    /// How a delivery stands.
    DeliveryState {
        Waiting = "waiting" / "等待发送",
        Sent = "sent" / "已发送",
        Skipped = "skipped" / "未发送",
        Failed = "failed" / "发送失败",
        Delivered = "delivered" / "已送达",
        Undelivered = "undelivered" / "未送达",
    }
);

/// A message in somebody's space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Topic of the fact it tells.
    pub event: String,
    /// The case it is about.
    pub case_number: String,
    /// Name of the item applied for.
    pub item_name: String,
    /// One line.
    pub title: String,
    /// What happened and what to do next.
    pub text: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it was first read.
    pub read_at: Option<Timestamp>,
}

/// Ways by which somebody wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// E-mail address, where one was given.
    pub email: Option<String>,
    /// SMS to the registered phone.
    pub sms: bool,
}

impl Default for Preferences {
    /// SMS until somebody says no; no mail until somebody gives an address.
    fn default() -> Self {
        Self { email: None, sms: true }
    }
}

/// The part of a case's fact that messages are made of; the rest of the body is left alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseFact {
    /// Number of the case.
    pub number: String,
    /// Name of the item applied for.
    pub item_name: String,
    /// In whose name it was applied for.
    pub subject_id: SubjectId,
    /// Last day to do what is asked, `YYYY-MM-DD`, where there is one.
    #[serde(default)]
    pub due: Option<kernel::Date>,
    /// Topics of all facts of the same act, in order; none when the fact stands alone.
    #[serde(default)]
    pub together: Vec<String>,
    /// Which of them this is, from 0.
    #[serde(default)]
    pub place: usize,
}

/// What a topic says to the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: &'static str,
    /// What to do next, or what happens next.
    next: &'static str,
    /// Something is asked of the applicant, or decided: mail and SMS go out too.
    pub(crate) urgent: bool,
}

/// The notice of a topic; none for what concerns the office alone.
pub(crate) fn notice(topic: &str) -> Option<Notice> {
    let (urgent, title, next) = match topic {
        "case.submitted" => (false, "申请已提交", "是否受理或者需要补正，会在这里通知您。"),
        "case.returned" => (true, "材料需要修改", "请登录查看需要修改的全部内容，一次改齐后重新提交。"),
        "case.correction-asked" => (true, "需要补正材料", "请登录查看一次性告知的全部内容，在期限内补齐。"),
        "case.correction-reminded" => (true, "请尽快补正材料", "补正期限就要到了，请登录查看并补齐。"),
        "case.supplemented" => (false, "补正材料已收到", "工作人员会继续审核，结果会在这里通知您。"),
        "case.deferred-supplied" => (false, "补交材料已收到", "工作人员会继续办理，结果会在这里通知您。"),
        "case.paper-taken" => (false, "纸质材料已收取", "工作人员会继续办理，结果会在这里通知您。"),
        "case.accepted" => (false, "申请已受理", "办理期限从受理之日起计算，可以在办件详情里查看。"),
        "case.not-accepted" => (true, "申请未予受理", "请登录查看不予受理决定书，里面写明了理由和救济途径。"),
        "case.special-begun" => (true, "进入特别程序", "请登录查看需要的时间和依据，结束后会在这里通知您。"),
        "case.special-ended" => (false, "特别程序已结束", "办理期限继续计算，结果会在这里通知您。"),
        "case.extended" => (true, "办理期限已延长", "请登录查看延长的天数和理由。"),
        "case.payment-asked" => (true, "请缴费", "请登录查看金额和缴费方式，缴费后继续办理。"),
        "case.paid" => (false, "缴费已收到", "办理会继续进行，结果会在这里通知您。"),
        "case.refusal-intended" => (true, "请陈述意见", "请登录查看告知书，您可以在期限内陈述和申辩。"),
        "case.defence-stated" => (false, "陈述意见已收到", "工作人员会认真复核，结果会在这里通知您。"),
        "case.hearing-requested" => (false, "听证申请已收到", "听证的时间和地点会提前七个工作日通知您。"),
        "case.hearing-arranged" => (true, "听证时间已定", "请登录查看听证通知书上的时间和地点，按时参加。"),
        "case.hearing-held" => (false, "听证已举行", "决定会根据听证笔录作出，结果会在这里通知您。"),
        "case.avoidance-asked" => (false, "回避申请已收到", "决定以前不会对您的申请作出办理决定，结果会在这里通知您。"),
        "case.avoidance-decided" => (true, "回避申请已有决定", "请登录查看回避决定书。"),
        "case.decided" => (true, "已作出决定", "请登录查看决定书和送达方式。"),
        "case.certificate-produced" => {
            (false, "结果已经制成", "会按您选择的方式送达，电子证照可以在“我的证照”里查看。")
        }
        "case.delivered" => (false, "结果已送达", "如果没有收到，请联系办理部门。"),
        "case.closed" => (false, "办件已办结", "可以查看结果，并对这次服务作出评价。"),
        "case.office-wrote" => (true, "办理机关给您留言", "请登录，在办件里查看并回复。"),
        "case.complained" => {
            (false, "投诉已收到", "五个工作日内决定是否受理，十五个工作日内答复，由被投诉部门以外的人处理。")
        }
        "case.withdrawn" => (false, "申请已撤回", "需要时可以重新提交申请。"),
        "case.terminated" => (true, "办理已终止", "请登录查看终止的理由和救济途径。"),
        _ => return None,
    };
    Some(Notice { title, next, urgent })
}

/// What one act tells the applicant: all its notices as one, so that an item decided on the spot is one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Telling {
    /// One line: what stands now.
    pub(crate) title: &'static str,
    /// The text in the platform.
    pub(crate) text: String,
    /// Mail and SMS go out too.
    pub(crate) urgent: bool,
}

/// What the fact of `topic` tells; none for what concerns the office alone, and for what a later fact of the same act
/// tells as well.
pub(crate) fn telling(topic: &str, fact: &CaseFact) -> Option<Telling> {
    let last = notice(topic)?;
    if fact.together.iter().skip(fact.place + 1).any(|later| notice(later).is_some()) {
        return None;
    }
    let mut notices: Vec<Notice> = fact.together.iter().take(fact.place).filter_map(|t| notice(t)).collect();
    notices.push(last);
    let happened: Vec<&str> = notices.iter().map(|n| n.title).collect();
    let next: String = notices.iter().filter(|n| n.urgent || **n == last).map(|n| n.next).collect();
    let due = fact.due.map(|day| format!("最后期限是{}。", kernel::show_date(day))).unwrap_or_default();
    Some(Telling {
        title: last.title,
        text: format!("您申请的“{}”（办件编号 {}）：{}。{next}{due}", fact.item_name, fact.number, happened.join("，")),
        urgent: notices.iter().any(|n| n.urgent),
    })
}

/// The words that leave the platform: item, number, and where to look. Nothing about the person or the outcome, for a
/// phone lies open and numbers are re-assigned.
pub(crate) fn pointer(item_name: &str, number: &str) -> String {
    format!("您在政务服务平台申请的“{item_name}”（办件编号 {number}）有新消息，请登录查看。")
}

/// Attempts after which a delivery has failed for good: about four hours.
pub(crate) const MOST_TRIES: i64 = 10;

/// How long a delivery waits after `tries` failed attempts.
pub(crate) fn wait_after(tries: i64) -> SignedDuration {
    SignedDuration::from_secs(30 << tries.clamp(1, 9).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact() -> CaseFact {
        CaseFact {
            number: "520100202603020000011".into(),
            item_name: "食品经营许可".into(),
            subject_id: SubjectId::from(1),
            due: Some(kernel::Date::constant(2026, 4, 1)),
            together: Vec::new(),
            place: 0,
        }
    }

    #[test]
    fn what_happened_in_one_act_is_told_once_by_its_last_fact() {
        let topics = ["case.submitted", "case.accepted", "case.decided", "case.closed", "case.archived"];
        let told = |place: usize| {
            let together = topics.iter().map(|t| (*t).to_owned()).collect();
            telling(topics[place], &CaseFact { together, place, due: None, ..fact() })
        };
        for place in [0, 1, 2, 4] {
            assert_eq!(told(place), None, "{}", topics[place]);
        }
        let all = told(3).unwrap();
        assert_eq!((all.title, all.urgent), ("办件已办结", true), "a decision is among them");
        assert!(
            all.text.contains("：申请已提交，申请已受理，已作出决定，办件已办结。请登录查看决定书"),
            "{}",
            all.text
        );
        assert!(all.text.ends_with("可以查看结果，并对这次服务作出评价。"), "{}", all.text);
    }

    #[test]
    fn every_notice_says_what_happened_and_what_comes_next() {
        for topic in ["case.submitted", "case.correction-asked", "case.decided", "case.closed", "case.terminated"] {
            let notice = notice(topic).unwrap();
            let text = telling(topic, &fact()).unwrap().text;
            assert!(
                text.contains("食品经营许可") && text.contains("520100202603020000011") && text.contains(notice.next)
            );
            assert!(text.ends_with("最后期限是2026年4月1日。"), "{text}");
        }
    }

    #[test]
    fn work_inside_the_office_is_not_told() {
        for topic in
            ["case.task-claimed", "case.step-started", "case.proposed", "case.archived", "case.rated", "item.x"]
        {
            assert_eq!(notice(topic), None, "{topic}");
        }
    }

    #[test]
    fn what_leaves_the_platform_tells_neither_person_nor_outcome() {
        let text = pointer("食品经营许可", "520100202603020000011");
        assert_eq!(
            text,
            "您在政务服务平台申请的“食品经营许可”（办件编号 520100202603020000011）有新消息，请登录查看。"
        );
    }

    #[test]
    fn waits_double_up_to_some_hours() {
        let waits: Vec<i64> = (1..MOST_TRIES).map(|n| wait_after(n).as_secs()).collect();
        assert_eq!(waits[..3], [30, 60, 120]);
        assert!((3 * 3600..5 * 3600).contains(&waits.iter().sum::<i64>()), "{waits:?}");
    }
}
