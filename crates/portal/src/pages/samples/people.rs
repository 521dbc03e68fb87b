//! The pages of people themselves with sample values, each in the looks that matter.

use super::{
    super::{
        account::{self, AccessLine, AccountPage, SessionLine},
        act_for::{self, AgentLine, AgentsPage, ChoosePage, EnterpriseLine, RegisterPage},
        register::{self, PhonePage, WhoPage},
        sign_in::{self, ByCodePage},
        step::{self, CodePage, PasswordPage},
    },
    around, settle,
};

#[test]
fn registering_begins_with_who_one_is() {
    let page = WhoPage { next: "/items".into(), ..WhoPage::default() };
    insta::assert_snapshot!(settle("register-who", register::who(&page, around("注册"))));
    let page = WhoPage {
        name: "张三丰9".into(),
        document: "passport".into(),
        number: "E1".into(),
        birth_date: "昨天".into(),
        next: "/".into(),
        errors: vec![
            ("name", "请填写证件上的姓名，不含数字和符号。".into()),
            ("number", "证件号码应为 5 至 30 个字母或数字，请核对后重新填写。".into()),
            ("birth_date", "请按年-月-日填写出生日期，例如 1990-03-07。".into()),
        ],
    };
    insta::assert_snapshot!(settle("register-who-wrong", register::who(&page, around("注册"))));
}

#[test]
fn the_phone_of_registering() {
    let page = PhonePage {
        overline: "第 2 步，共 4 步",
        heading: "您的手机号",
        lead: "我们发一条验证码给您，今后办事进度也发到这里。",
        action: "/register/phone",
        back: "/register",
        phone: "13800003210".into(),
        with_password: false,
        errors: vec![("phone", "验证码刚刚发过，请 42 秒后再获取。".into())],
    };
    insta::assert_snapshot!(settle("register-phone", register::phone(&page, around("手机号"))));
}

fn code_page() -> CodePage {
    CodePage {
        overline: "第 3 步，共 4 步",
        action: "/register/code",
        again: "/register/code/again",
        back: "/register/phone",
        phone: "138****3210".into(),
        help: "请核对手机号；如果这个证件号码以前注册过，请直接登录。",
        button: "下一步",
        ..CodePage::default()
    }
}

#[test]
fn the_code_in_a_demonstration_and_in_service() {
    let message = Some("验证码 012345，用于注册，5 分钟内有效。".to_owned());
    let page = CodePage { message, ..code_page() };
    insta::assert_snapshot!(settle("register-code-demo", step::code(&page, around("验证码"))));
    let mut service = around("验证码");
    service.demo = false;
    let page = CodePage {
        phone: String::new(),
        sent_again: true,
        errors: vec![("code", "验证码不正确，请核对短信后重新输入。".into())],
        ..code_page()
    };
    insta::assert_snapshot!(settle("code-wrong", step::code(&page, service)));
}

#[test]
fn a_password_is_chosen_and_changed() {
    let page = PasswordPage {
        overline: "第 4 步，共 4 步",
        heading: "设置密码",
        lead: "今后用证件号码和这个密码登录，也可以用短信验证码登录。",
        action: "/register/password",
        button: "完成注册",
        errors: vec![("password", "密码至少 10 个字符。".into()), ("password", "密码中不要包含姓名。".into())],
        ..PasswordPage::default()
    };
    insta::assert_snapshot!(settle("register-password", step::password(&page, around("密码"))));
    let page = PasswordPage {
        heading: "修改密码",
        action: "/my/account/password",
        button: "修改密码",
        with_old: true,
        shown: true,
        password: "Hong9-water.Lv".into(),
        ..PasswordPage::default()
    };
    insta::assert_snapshot!(settle("change-password-shown", step::password(&page, around("修改密码"))));
}

#[test]
fn signing_in_by_code_asks_one_thing() {
    let page = ByCodePage {
        heading: "用短信验证码登录",
        lead: "不用记密码。第 1 步，填写证件号码；第 2 步，填写收到的验证码。",
        label: "证件号码或用户名",
        action: "/sign-in/code",
        next: "/my/cases".into(),
        ..ByCodePage::default()
    };
    insta::assert_snapshot!(settle("sign-in-code", sign_in::by_code(&page, around("登录"))));
}

#[test]
fn the_account_of_a_citizen() {
    let session = |id: &str, device: &str, here| SessionLine {
        id: id.into(),
        device: device.into(),
        address: "192.0.2.7".into(),
        since: "2026年3月2日 09:00".into(),
        last_seen: "2026年3月2日 09:12".into(),
        here,
    };
    let page = AccountPage {
        name: "王小敏".into(),
        kind: "个人账户",
        username: "证件号码，或者用户名 citizen1".into(),
        held: vec![
            ("姓名或者名称", "王小敏".into()),
            ("证件类型", "居民身份证".into()),
            ("证件号码", "520102********1017".into()),
            ("手机号", "138****3210".into()),
        ],
        show_number: Some("/my/account?show=number"),
        can_change_phone: true,
        level: "2 级：姓名和证件号码已核验".into(),
        unconfirmed: Some("未经权威核验"),
        level_help: "可以办理大多数事项。",
        person: true,
        notices: true,
        sessions: vec![session("a", "安卓手机，微信", true), session("b", "Windows 电脑，Edge 浏览器", false)],
        done: Some("手机号已更换，今后的验证码发到新号码"),
    };
    insta::assert_snapshot!(settle("account", account::account(&page, around("我的账户"))));
}

#[test]
fn who_looked_at_ones_data() {
    let line = AccessLine {
        at: "2026年3月2日 09:30".into(),
        by: "贵阳市市场监督管理局".into(),
        what: "登记信息".into(),
        why: "核对申请人".into(),
        case: None,
    };
    insta::assert_snapshot!(settle("access", account::access(&[line], around("谁看过我的信息"))));
    insta::assert_snapshot!(settle("access-empty", account::access(&[], around("谁看过我的信息"))));
}

#[test]
fn choosing_an_enterprise() {
    let line = |name: &str, roles: &[&'static str], manages, here| EnterpriseLine {
        id: "0x0aaaaaaaaaa".into(),
        name: name.into(),
        uscc: "91520102MA6G0007X2".into(),
        roles: roles.to_vec(),
        until: "长期有效".into(),
        manages,
        here,
    };
    let page = ChoosePage {
        enterprises: vec![
            line("贵阳青山茶业有限公司", &["法定代表人"], true, true),
            line("贵阳演示运输有限公司", &["经办人"], false, false),
        ],
        back_to: Some("王小敏".into()),
        done: Some("已切换，现在以企业的名义办事"),
        ..ChoosePage::default()
    };
    let mut acting = around("代表企业办事");
    acting.acting = Some("贵阳青山茶业有限公司".into());
    insta::assert_snapshot!(settle("act-for", act_for::choose(&page, acting)));
    insta::assert_snapshot!(settle("act-for-nobody", act_for::choose(&ChoosePage::default(), around("代表企业办事"))));
    let page = ChoosePage { fixed: true, ..ChoosePage::default() };
    insta::assert_snapshot!(settle("act-for-fixed", act_for::choose(&page, around("代表企业办事"))));
}

#[test]
fn registering_an_enterprise() {
    let page = RegisterPage {
        uscc: "91520102MA6G0007X2".into(),
        name: "贵阳青山茶业有限公司".into(),
        errors: vec![("uscc", "没有核实到您是这家企业的法定代表人。".into())],
    };
    insta::assert_snapshot!(settle("act-for-register", act_for::register(&page, around("登记企业"))));
}

#[test]
fn the_agents_of_an_enterprise() {
    let agent = |name: &str, role, until: &str, endable| AgentLine {
        person: "0x0bbbbbbbbbb".into(),
        name: name.into(),
        number: "520102********1017".into(),
        role,
        until: until.into(),
        endable,
    };
    let page = AgentsPage {
        enterprise: "0x0aaaaaaaaaa".into(),
        enterprise_name: "贵阳青山茶业有限公司".into(),
        agents: vec![
            agent("王小敏", "法定代表人", "长期有效", false),
            agent("李敏", "经办人", "有效期至 2026年12月31日", true),
        ],
        name: "赵一鸣".into(),
        latest: "2027-03-02".into(),
        errors: vec![("number", "没有找到这个姓名和证件号码的注册用户。".into())],
        ..AgentsPage::default()
    };
    insta::assert_snapshot!(settle("agents", act_for::agents(&page, around("经办人"))));
}
