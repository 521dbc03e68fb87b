//! Sentences about an item for whoever applies.

use catalogue::domain::{CaseKind, Item, MaterialForm, ResultKind};
use kernel::{Channel, Date, calendar::WorkingCalendar, show_date};

use crate::showing::money;
pub(crate) use catalogue::asking::{delivery::way, words::declaration};

/// Least depth at which a page can hand an item in: pre-check online.
const ONLINE_DEPTH: u8 = 2;

/// Whether the item is handed in through pages at all.
pub(crate) fn online(item: &Item) -> bool {
    item.online_depth >= ONLINE_DEPTH && item.channels.iter().any(|way| matches!(way, Channel::Web | Channel::Mobile))
}

/// What it costs, one line for each fee.
pub(crate) fn cost(item: &Item) -> Vec<String> {
    if item.fees.is_empty() {
        return vec!["不收费".to_owned()];
    }
    let line = |fee: &catalogue::domain::Fee| match fee.amount_cents {
        Some(cents) => format!("{} {}", fee.name, money(cents)),
        None => format!("{}：按每件情况核定", fee.name),
    };
    item.fees.iter().map(line).collect()
}

/// How long it takes.
pub(crate) fn time(item: &Item) -> String {
    match item.case_kind {
        CaseKind::Instant => "当场办结".to_owned(),
        CaseKind::Committed => format!("{} 个工作日", item.promised_days),
    }
}

/// The last day, if it is handed in on `today` and accepted the same day; none for what is done on the spot.
pub(crate) fn by(item: &Item, today: Date, calendar: &WorkingCalendar) -> Option<String> {
    if item.case_kind == CaseKind::Instant {
        return None;
    }
    let due = calendar.deadline(today, item.promised_days);
    let provisional =
        if due.provisional { "（那一年的放假安排还没有公布，公布后可能顺延）" } else { "" };
    Some(format!("今天提交、材料齐全并受理的，最迟 {} 办结{provisional}", show_date(due.date)))
}

/// How often one has to come.
pub(crate) fn visit(item: &Item) -> String {
    if item.visits == 0 {
        return "不用跑，全程网上办".to_owned();
    }
    let why = match item.online_depth {
        3 => "网上受理后，到窗口核验原件或者领取",
        2 => "网上预审通过后，到窗口交纸质材料",
        _ => "要到窗口办理",
    };
    format!("{} 次：{why}", item.visits)
}

/// What one gets.
pub(crate) fn result(item: &Item) -> String {
    let name = match (item.result.kind, item.result.name.as_deref()) {
        (ResultKind::None, _) | (_, None) => "办理结果通知".to_owned(),
        (_, Some(name)) => format!("{name}（{}）", item.result.kind.label()),
    };
    let ways: Vec<&str> = item.result.delivery.iter().map(|way| way.label()).collect();
    if ways.is_empty() { name } else { format!("{name}，{}", ways.join("、")) }
}

/// In what form a material is handed in through a page.
pub(crate) fn form(form: MaterialForm, copies: u32) -> String {
    match form {
        MaterialForm::Original => "拍原件，或者上传原件的扫描件",
        MaterialForm::Copy => "拍复印件或者原件",
        MaterialForm::OriginalAndCopy => "拍原件；复印件不用交",
        MaterialForm::Electronic => "上传电子文件",
    }
    .to_owned()
        + &if copies > 1 && form != MaterialForm::Electronic {
            format!("（窗口办理要 {copies} 份，网上只传一次）")
        } else {
            String::new()
        }
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    const KB: u64 = 1024;
    match bytes {
        b if b < KB => format!("{b} 字节"),
        b if b < KB * KB => format!("{} KB", b.div_ceil(KB)),
        b => format!("{}.{} MB", b / (KB * KB), b % (KB * KB) * 10 / (KB * KB)),
    }
}

#[cfg(test)]
mod tests {
    use kernel::SubjectKind;

    use super::*;
    use crate::showing::tests::an_item;

    #[test]
    fn an_item_is_told_in_sentences() {
        let mut item = an_item();
        assert_eq!(cost(&item), ["工本费 10.50 元"]);
        assert_eq!(time(&item), "8 个工作日");
        assert_eq!(visit(&item), "1 次：网上受理后，到窗口核验原件或者领取");
        assert_eq!(result(&item), "排水许可证（出证办结），电子送达");
        let friday = kernel::Date::constant(2026, 3, 6);
        let said = by(&item, friday, &WorkingCalendar::default()).unwrap();
        assert!(said.contains("最迟 2026年3月18日 办结") && said.contains("还没有公布"), "{said}");
        item.fees.clear();
        item.visits = 0;
        item.case_kind = CaseKind::Instant;
        item.audience = vec![SubjectKind::Person];
        assert_eq!((cost(&item), time(&item)), (vec!["不收费".to_owned()], "当场办结".to_owned()));
        assert_eq!(by(&item, friday, &WorkingCalendar::default()), None);
        assert_eq!(visit(&item), "不用跑，全程网上办");
    }

    #[test]
    fn sizes_are_said_in_words() {
        assert_eq!((size(12), size(1025), size(5 << 20)), ("12 字节".into(), "2 KB".into(), "5.0 MB".into()));
        assert_eq!(size((7 << 20) + (1 << 19)), "7.5 MB");
    }
}
