//! The counter's pages with sample values, for snapshots.

use catalogue::asking::controls::{Kind, Question};

use super::{
    counter::{Visitor, check, form, identify, items, receipt},
    samples::{around, settle},
};

fn visitor() -> Visitor {
    Visitor {
        items: "/desk/counter/0aaaaaaaaaaaa".into(),
        name: "贵阳示例餐饮有限公司".into(),
        document: "统一社会信用代码 91520100MA6EXAMPL0".into(),
        verified: "窗口核验".into(),
        agent: Some("周到访，居民身份证 110105********002X".into()),
    }
}

#[test]
fn who_came() {
    let page = identify::IdentifyPage {
        documents: vec![("resident-id".into(), "居民身份证".into()), ("passport".into(), "护照".into())],
        ..Default::default()
    };
    insta::assert_snapshot!("who_came", settle("who", identify::identify(&page, around("窗口受理"))));
    let page = identify::IdentifyPage {
        enterprise: true,
        typed: vec![("name".into(), "周<到>访".into()), ("original".into(), "yes".into())],
        errors: vec![("authorised".into(), "请核验授权委托书后勾选".into())],
        unknown: Some("这个统一社会信用代码还没有在平台登记。".into()),
        ..page
    };
    insta::assert_snapshot!("somebody_unknown", settle("who-unknown", identify::identify(&page, around("窗口受理"))));
}

#[test]
fn for_what() {
    let page = items::ItemsPage {
        visitor: visitor(),
        audience: "企业",
        action: "/desk/counter/0aaaaaaaaaaaa".into(),
        agent: "0bbbbbbbbbbbb".into(),
        query: "开饭店".into(),
        rows: vec![items::ItemRow {
            name: "食品经营许可新办".into(),
            href: "/desk/counter/0aaaaaaaaaaaa/food-operation-licence-new?agent=0bbbbbbbbbbbb".into(),
            department: "贵阳市市场监督管理局".into(),
            time: "8 个工作日".into(),
            why: "俗称“开饭店”".into(),
        }],
    };
    insta::assert_snapshot!("items_found", settle("items", items::items(&page, around("选择事项"))));
    let page = items::ItemsPage { rows: Vec::new(), ..page };
    insta::assert_snapshot!("no_items_found", settle("items-none", items::items(&page, around("选择事项"))));
}

#[test]
fn the_form_with_what_was_brought() {
    let question = Question {
        name: "phone".into(),
        label: "联系电话".into(),
        origin: "来自：申请人的账户信息。请与申请人核对。".into(),
        kind: Kind::Phone,
        values: vec!["13985000000".into()],
        ..Question::default()
    };
    let page = form::FormPage {
        visitor: visitor(),
        item: "食品经营许可新办".into(),
        action: "/desk/counter/0aaaaaaaaaaaa/food-operation-licence-new?agent=0bbbbbbbbbbbb".into(),
        groups: vec![("单位和联系人".into(), vec![question])],
        materials: vec![form::Brought {
            key: "layout".into(),
            name: "经营场所布局图".into(),
            why: "办理本事项必须提交".into(),
            ways: vec![
                ("paper", "收取纸质", String::new()),
                ("scan", "扫描上传", String::new()),
                ("deferred", "容缺", "受理后补交".into()),
            ],
            way: "scan".into(),
            scans: vec![form::Scan { id: "0cccccccccccc".into(), name: "平面<图>.pdf".into() }],
            error: String::new(),
        }],
        receiving: Some(form::Receiving {
            ways: vec![("electronic".into(), "电子送达".into()), ("post".into(), "邮寄".into())],
            way: "electronic".into(),
            phone: "1398".into(),
            ..Default::default()
        }),
        errors: vec![("phone".into(), "请填写 11 位手机号码，或者带区号的固定电话".into())],
        more: true,
    };
    insta::assert_snapshot!("counter_form", settle("form", form::form(&page, around("填写"))));
}

#[test]
fn the_last_look() {
    let page = check::CheckPage {
        visitor: visitor(),
        item: "食品经营许可新办".into(),
        action: "/desk/counter/0aaaaaaaaaaaa/food-operation-licence-new".into(),
        groups: vec![(
            "材料".into(),
            vec![("经营场所布局图".into(), "收取纸质".into()), ("其他".into(), String::new())],
        )],
        lacking: vec!["规章制度清单".into()],
        broken: vec!["经营场所面积应大于 8 平方米".into()],
        declaration: "申请人对所填内容和所交材料的真实性负责。".into(),
        next: "提交后由贵阳市市场监督管理局在 5 个工作日内决定是否受理。".into(),
        carried: vec![("asked".into(), "phone".into()), ("phone".into(), "13985000000".into())],
        errors: vec![("declare".into(), "请与申请人核对后打勾".into())],
        uses: vec![("营业执照".into(), "贵阳市市场监督管理局".into())],
        consent_text: identity::CONSENT_TEXT.into(),
        ..Default::default()
    };
    insta::assert_snapshot!("counter_check", settle("check", check::check(&page, around("核对提交"))));
}

#[test]
fn what_the_visitor_takes_home() {
    let page = receipt::ReceiptPage {
        item: "食品经营许可新办".into(),
        department: "贵阳市市场监督管理局".into(),
        applicant: "贵阳示例餐饮有限公司".into(),
        number: "520100202603020000011".into(),
        code: "ABCD-EFGH".into(),
        at: "2026年3月2日 09:30".into(),
        clerk: "赵安然".into(),
        state: "已收件",
        materials: vec![("经营场所布局图".into(), "收取纸质".into())],
        next: vec!["最迟 2026年3月9日 告诉您是否受理（收到后 5 个工作日内）。".into()],
        yours: vec!["补交“规章制度清单”：受理时会告诉您最后一天。".into()],
        case: Some("/desk/cases/520100202603020000011".into()),
        document: None,
    };
    insta::assert_snapshot!("counter_receipt", settle("receipt", receipt::receipt(&page, around("收件回执"))));
}
