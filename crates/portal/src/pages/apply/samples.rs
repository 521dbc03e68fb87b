//! The pages of applying with sample values, for snapshots.

use super::{Around, check, delivery, drafts, form, materials, receipt, start};
use crate::pages::samples::{around, settle};

fn step(current: usize) -> Around {
    Around {
        item: "机动车驾驶证期满换证".into(),
        guide: "/items/sample".into(),
        steps: ["申请人和联系方式", "办理内容", "上传材料", "领取方式", "核对并提交"].map(str::to_owned).to_vec(),
        current,
        back: "/apply/sample".into(),
        kept: "2026年11月23日 10:32".into(),
        errors: Vec::new(),
    }
}

fn settled(name: &str, page: webkit::Markup) -> String {
    const KEY: &str = "name=\"once\" value=\"";
    // Each form bears a key of its own.
    let text = settle(name, page);
    let mut parts = text.split(KEY);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(KEY);
        out.push_str("[key]");
        out.push_str(&part[part.find('"').unwrap_or(0)..]);
    }
    out
}

fn before() -> start::StartPage {
    start::StartPage {
        name: "机动车驾驶证期满换证".into(),
        department: "贵阳市公安局交通管理局".into(),
        guide: "/items/sample".into(),
        action: "/apply/sample".into(),
        known: true,
        sign_in: "/sign-in?next=x".into(),
        who: "由个人申请。您以“王小敏”的名义申请。".into(),
        conditions: vec!["有效期满前九十日内".into(), "身体条件符合规定".into()],
        cost: vec!["工本费 10 元".into()],
        time: "3 个工作日".into(),
        by: Some("今天提交、材料齐全并受理的，最迟 2026年11月26日 办结".into()),
        visit: "不用跑，全程网上办".into(),
        result: "机动车驾驶证（出证办结），电子送达、邮寄送达".into(),
        needed: vec![("身体条件证明".into(), "上传电子文件".into())],
        perhaps: vec![("授权委托书".into(), "“是否委托他人办理”选“是”时".into())],
        spared: vec![("居民身份证".into(), "居民身份证".into(), true), ("驾驶证".into(), "机动车驾驶证".into(), false)],
        questions: (9, 5),
        ..start::StartPage::default()
    }
}

#[test]
fn before_it_begins() {
    let page = before();
    insta::assert_snapshot!(settled("apply-start", start::start(&page, around("申请"))));
}

#[test]
fn before_it_begins_with_a_draft_and_a_case_under_way() {
    let mut page = before();
    page.doubts = vec!["年满十八周岁方可办理".into()];
    page.drafts = vec![("/apply/sample/1".into(), "2026年11月20日 09:00".into()); 2];
    page.running = vec![("/my/cases/1".into(), "520100202611200000011".into(), "2026年11月20日 提交，审查中".into())];
    insta::assert_snapshot!(settled("apply-start-again", start::start(&page, around("申请"))));
}

#[test]
fn closed_and_for_strangers() {
    let mut page = before();
    page.known = false;
    page.spared[0].2 = false;
    let open = settled("apply-start-stranger", start::start(&page, around("申请")));
    assert!(open.contains("登录后可以自动带出您已有的信息") && !open.contains("开始填写\n"));
    page.closed = Some(start::Closed {
        title: "这个事项暂停办理".into(),
        text: "暂时不接收新的申请。".into(),
        ways: vec![("查看办事指南".into(), "/items/sample".into()), ("查找其他事项".into(), "/items".into())],
    });
    insta::assert_snapshot!(settled("apply-start-closed", start::start(&page, around("申请"))));
}

fn question(name: &str, label: &str, kind: catalogue::asking::controls::Kind, values: &[&str]) -> form::Question {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    form::Question { name: name.into(), label: label.into(), kind, values, ..form::Question::default() }
}

fn questions() -> Vec<form::Question> {
    use catalogue::asking::controls::Kind;
    let options = |texts: &[&str]| texts.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect();
    let mut all = vec![
        question("name", "姓名", Kind::Name, &["王小敏"]),
        question("phone", "联系电话", Kind::Phone, &["13800138000"]),
        question("mail", "邮箱", Kind::Email, &[""]),
        question("id", "公民身份号码", Kind::Code, &[]),
        question("site", "地址", Kind::Address, &["云岩区"]),
        question("area", "面积", Kind::Decimal, &["12.5"]),
        question("staff", "人数", Kind::Whole, &[]),
        question("about", "说明", Kind::Long, &["第一行\n第二行"]),
        question("from", "开始日期", Kind::Day, &["2026-11-23"]),
        question("to", "结束日期", Kind::Day, &["下个月"]),
        question("agent", "是否委托他人办理", Kind::Radios, &["是"]),
        question("bank", "银行", Kind::List, &["乙行"]),
        question("kinds", "种类", Kind::Checks, &["甲", "丙"]),
        question("region", "所在区（市、县）", Kind::Region, &["遵义市"]),
        question("agent_name", "代办人姓名", Kind::Name, &[]),
    ];
    all[0].origin = "来自：居民身份证，2024年3月1日登记。是否仍然正确？".into();
    all[2].optional = true;
    all[5].unit = "平方米".into();
    all[6].error = "“人数”应填写整数".into();
    all[10].options = options(&["是", "否"]);
    all[11].options = options(&["甲行", "乙行"]);
    all[12].options = options(&["甲", "乙", "丙"]);
    all[13].options = vec![("520103".into(), "云岩区".into()), ("other".into(), "贵阳市以外".into())];
    all[14].when = Some(("agent".into(), "是".into()));
    all[14].when_said = "“是否委托他人办理”选“是”时填写。".into();
    all
}

#[test]
fn a_page_of_questions_of_every_kind() {
    let mut page = form::FormPage {
        around: step(1),
        title: "办理内容".into(),
        action: "/apply/sample/1/2".into(),
        autosave: "/apply/sample/1/save".into(),
        step: "2".into(),
        writer: "w".into(),
        seen: "s".into(),
        known: true,
        more: true,
        conflict: None,
        questions: questions(),
        go: "保存并继续".into(),
    };
    page.around.errors = vec![("staff".into(), "“人数”应填写整数".into())];
    insta::assert_snapshot!(settled("apply-form", form::form(&page, around("办理内容"))));
    page.conflict = Some("2026年11月23日 10:40".into());
    page.questions[1].other = Some("13911139111".into());
    page.questions[3].other = Some(String::new());
    let both = settled("apply-form-conflict", form::form(&page, around("办理内容")));
    assert!(both.contains("另一处填的是：") && both.contains("13911139111") && both.contains("（没有填）"));
}

#[test]
fn materials_in_every_state() {
    let material = |key: &str, name: &str| materials::Material {
        key: key.into(),
        name: name.into(),
        why: "办理本事项必须提交".into(),
        form: "拍原件，或者上传原件的扫描件".into(),
        ..materials::Material::default()
    };
    let file = |id: &str, name: &str, picture: bool| materials::File {
        id: id.into(),
        name: name.into(),
        size: "2.4 MB".into(),
        href: format!("/apply/sample/1/files/{id}"),
        picture,
    };
    let certificate = Some(("居民身份证".to_owned(), "证号 5201****0011，有效期至 2034年3月1日".to_owned()));
    let page = materials::MaterialsPage {
        around: Around { errors: vec![("file_plan".into(), "请上传“平面图”".into())], ..step(2) },
        action: "/apply/sample/1/materials".into(),
        accept: "image/jpeg,.pdf".into(),
        materials: vec![
            materials::Material { certificate: certificate.clone(), ..material("id", "居民身份证") },
            materials::Material {
                files: vec![file("a", "第一页.jpg", true), file("b", "合同.pdf", false)],
                ..material("contract", "租赁合同")
            },
            materials::Material {
                note: "图上标明面积".into(),
                errors: vec!["请上传“平面图”".into()],
                deferring: Some("到期不补的，申请会被终止。".into()),
                ..material("plan", "平面图")
            },
            materials::Material {
                certificate, files: vec![file("c", "照片.jpg", true)], ..material("old", "户口簿")
            },
        ],
        uploaded: false,
        trouble: None,
        go: "保存并继续".into(),
    };
    insta::assert_snapshot!(settled("apply-materials", materials::materials(&page, around("上传材料"))));
}

#[test]
fn delivery_with_all_ways() {
    let page = delivery::DeliveryPage {
        around: Around { errors: vec![("address".into(), "请填写收件地址".into())], ..step(3) },
        action: "/apply/sample/1/delivery".into(),
        autosave: "/apply/sample/1/save".into(),
        writer: "w".into(),
        seen: "s".into(),
        conflict: None,
        ways: [("electronic", "电子送达"), ("post", "邮寄"), ("pickup", "到窗口领取")]
            .map(|(word, label)| (word.to_owned(), label.to_owned(), "说明".to_owned()))
            .to_vec(),
        way: "post".into(),
        recipient: "王小敏".into(),
        address: String::new(),
        halls: vec![("city".into(), "市级政务大厅（综合受理 窗口）".into())],
        hall: "city".into(),
        phone: "13800138000".into(),
        phone_origin: "来自：您刚才填写的联系电话。".into(),
        go: "保存并继续".into(),
    };
    insta::assert_snapshot!(settled("apply-delivery", delivery::delivery(&page, around("领取方式"))));
}

#[test]
fn check_your_answers() {
    let row = |name: &str, value: &str, wrong: bool| check::Answer {
        name: name.into(),
        value: value.into(),
        note: if wrong { format!("请填写“{name}”") } else { String::new() },
        wrong,
        change: "/apply/sample/1/2?back=check#x".into(),
    };
    let mut page = check::CheckPage {
        around: step(4),
        action: "/apply/sample/1/check".into(),
        version: "7".into(),
        applicant: "王小敏".into(),
        groups: vec![
            check::Answers { title: "办理内容".into(), rows: vec![row("说明", "第一行\n第二行", false)] },
            check::Answers { title: "材料".into(), rows: vec![row("平面图", "已上传 2 个文件", false)] },
        ],
        broken: vec!["有效期满前九十日内方可换证".into()],
        declaration: "申请人对所填内容和所交材料的真实性负责。".into(),
        next: "提交后由贵阳市公安局交通管理局办理。".into(),
        uses: vec![("居民身份证".into(), "贵阳市公安局".into())],
        own: vec!["机动车驾驶证".into()],
        department: "贵阳市公安局交通管理局".into(),
        consent_text: identity::CONSENT_TEXT.into(),
        materials: "/apply/sample/1/materials?back=check".into(),
        ..check::CheckPage::default()
    };
    insta::assert_snapshot!(settled("apply-check", check::check(&page, around("核对并提交"))));
    page.missing = vec![("请填写“人数”".into(), "/apply/sample/1/2?back=check#staff".into())];
    page.groups[0].rows.push(row("人数", "", true));
    let missing = settled("apply-check-missing", check::check(&page, around("核对并提交")));
    assert!(missing.contains("还差这些才能提交") && !missing.contains("提交申请"), "{missing}");
}

#[test]
fn the_receipt() {
    let page = receipt::ReceiptPage {
        item: "机动车驾驶证期满换证".into(),
        number: "520100202611230000011".into(),
        case: "/my/cases/520100202611230000011".into(),
        at: "2026年11月23日 10:32".into(),
        applicant: "王小敏".into(),
        department: "贵阳市公安局交通管理局".into(),
        title: "已提交，并且已经办结".into(),
        result: Some((
            "已经办好".into(),
            "2026年11月23日 10:32准予办理。".into(),
            vec![("查看电子证照“机动车驾驶证”".into(), "/my/certificates".into())],
        )),
        next: vec!["每有进展，都会在“我的消息”里告诉您。".into()],
        yours: vec!["补交“平面图”。".into()],
        document: Some(("/cases/1/documents/2".into(), "https://zwfw.example/confirm/2".into())),
        code: "<svg></svg>".into(),
        query_code: "D544-97AW".into(),
    };
    insta::assert_snapshot!(settled("apply-receipt", receipt::receipt(&page, around("已提交"))));
}

#[test]
fn drafts_and_their_removal() {
    let draft = drafts::Draft {
        item: "机动车驾驶证期满换证".into(),
        changed: "2026年11月23日 10:32".into(),
        kept_until: "2027年2月21日".into(),
        missing: "还差：上传材料（第 3 步，共 5 步）。".into(),
        href: "/apply/sample/1".into(),
        remove: "/my/drafts/1/delete".into(),
    };
    let page = drafts::DraftsPage { removed: true, drafts: vec![draft.clone()], days: 90 };
    insta::assert_snapshot!(settled("apply-drafts", drafts::drafts(&page, around("我的草稿"))));
    let none = drafts::drafts(&drafts::DraftsPage { days: 90, ..drafts::DraftsPage::default() }, around("我的草稿"));
    assert!(settled("apply-drafts-none", none).contains("没有草稿"));
    insta::assert_snapshot!(settled("apply-draft-remove", drafts::remove(&draft, around("删除草稿"))));
}
