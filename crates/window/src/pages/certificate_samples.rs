//! The certificate clerk's pages with sample values, for snapshots.

use super::{
    certificates::{CertificatePage, DeskPage, FoundRow, ProposalBox, ReportBox, certificate, desk, why},
    samples::{around, settle},
    tasks::Pick,
};

fn proposal(mine: bool) -> ProposalBox {
    ProposalBox {
        what: "撤销：以欺骗、贿赂等不正当手段取得（行政许可法 第六十九条第二款）。自始无效，记录保留".into(),
        reason: "申请材料<虚假>".into(),
        by: "2026年3月2日 09:00 赵安然".into(),
        action: "/desk/certificate-proposals/1/2".into(),
        certificate: "/desk/certificates/1/3?reason=%E5%A4%8D%E6%A0%B8".into(),
        mine,
    }
}

fn report() -> ReportBox {
    ReportBox {
        words: "经营场所门牌号不对".into(),
        at: "2026年3月2日 09:00".into(),
        due: "2026年3月9日".into(),
        action: "/desk/certificate-reports/1/3/4".into(),
        certificate: "/desk/certificates/1/3?reason=x".into(),
    }
}

#[test]
fn what_waits_and_what_was_found() {
    let page = DeskPage {
        proposals: vec![proposal(false), proposal(true)],
        reports: vec![report()],
        types: vec![Pick { value: "food-operation-licence".into(), label: "食品经营许可证".into() }],
        typed: vec![("number", "5201-035-2026-000001".into()), ("reason", "核查举报".into())],
        searched: true,
        rows: vec![FoundRow {
            name: "食品经营许可证".into(),
            holder: "贵阳示例餐饮有限公司".into(),
            number: "5201-035-****-000001".into(),
            validity: "2026年3月2日 至 2031年3月1日".into(),
            status: "有效".into(),
            href: "/desk/certificates/1/3?reason=x".into(),
        }],
        done: Some("已退回提请人".into()),
        ..DeskPage::default()
    };
    insta::assert_snapshot!("certificate_desk", settle("certificates", desk(&page, around("证照管理"))));
    let page = DeskPage {
        searched: true,
        errors: vec![("reason".into(), "请用2至200个字说明查找原因。".into())],
        ..DeskPage::default()
    };
    let shown = settle("certificates-wrong", desk(&page, around("证照管理")));
    assert!(shown.contains("没有等待复核的提请") && shown.contains("href=\"#reason\""), "{shown}");
}

#[test]
fn one_certificate() {
    let page = CertificatePage {
        name: "食品经营许可证".into(),
        status: "有效".into(),
        effective: true,
        facts: vec![("持证人".into(), "贵阳示例餐饮有限公司".into())],
        data: vec![("operation_site".into(), "经营场所".into(), "解放路9号".into())],
        history: vec![("2026年3月2日 09:00".into(), "颁发".into(), String::new())],
        versions: vec![("第 1 版".into(), "已换发新证".into(), "/desk/certificates/1/2?reason=x".into())],
        reports: vec![report()],
        path: "/desk/certificates/1/3".into(),
        reason: "核查举报".into(),
        open: true,
        wrong: "/desk/certificates/1/3/orders".into(),
        typed: vec![("ground".into(), "revoke:penalty".into())],
        errors: vec![("document".into(), "请填写处罚决定书的文号。".into())],
        ..CertificatePage::default()
    };
    insta::assert_snapshot!("one_certificate", settle("certificate", certificate(&page, around("证照"))));
    let ended = CertificatePage { open: false, proposals: vec![proposal(true)], ..page };
    let shown = settle("certificate-ended", certificate(&ended, around("证照")));
    assert!(!shown.contains("生成新版本") && shown.contains("须由本部门另一位同事复核"), "{shown}");
}

#[test]
fn why_somebody_looks() {
    let shown = settle("certificate-why", why("x", around("查看证照")));
    assert!(shown.contains("请用2至200个字说明理由") && shown.contains("持证人看得到"), "{shown}");
}
