//! Registering, signing in by code, the account, acting for an enterprise: as people meet it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use axum::http::StatusCode;
use identity::{DocumentKind, Mandate, MandateRole, NewEnterprise, VerifiedBy};
use kernel::{Act, SubjectId};

use crate::world::{Answered, Hall, PASSWORD, Phones};

const ZHAO: &str = "520121200506156033";
const WANG: &str = "520102199003071017";
const PHONE: &str = "13700001111";
const NEW_PASSWORD: &str = "Hong9-water.Lv";

/// A browser: it keeps cookies and follows where it is led.
struct Browser<'a> {
    hall: &'a Hall,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    fn new(hall: &'a Hall) -> Self {
        Self { hall, cookies: Vec::new() }
    }

    fn keep(&mut self, answer: &Answered) {
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn get(&mut self, path: &str) -> Answered {
        let answer = self.hall.look(path, &self.cookie()).await;
        self.keep(&answer);
        answer
    }

    async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answered {
        let form = webkit::query_string(pairs);
        let answer = self.hall.post(path, &self.cookie(), form.trim_start_matches('?')).await;
        self.keep(&answer);
        answer
    }

    /// Posts and expects to be led to `next`, which it opens.
    async fn led(&mut self, path: &str, pairs: &[(&str, &str)], next: &str) -> Answered {
        let answer = self.post(path, pairs).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, next),
            "{path}: {}",
            answer.text
        );
        let page = self.get(next.split('#').next().unwrap()).await;
        assert_eq!(page.status, StatusCode::OK, "{next}");
        page
    }

    async fn sign_in(&mut self, username: &str) {
        let answer = self.post("/sign-in", &[("username", username), ("password", PASSWORD), ("next", "/")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
}

async fn register(browser: &mut Browser<'_>, phones: &Phones) -> Answered {
    let who = [("name", "赵一鸣"), ("document", "resident-id"), ("number", ZHAO), ("next", "/items?theme=birth")];
    let page = browser.led("/register", &who, "/register/phone").await;
    assert!(page.text.contains("第 2 步，共 4 步"));
    let page = browser.led("/register/phone", &[("phone", PHONE)], "/register/code").await;
    assert!(page.text.contains("137****1111") && !page.text.contains(PHONE), "{}", page.text);
    let code = phones.code(PHONE).await;
    browser.led("/register/code", &[("code", &code)], "/register/password").await;
    browser.post("/register/password", &[("password", NEW_PASSWORD)]).await
}

#[tokio::test]
async fn a_citizen_registers_without_script_and_is_led_on_signed_in() {
    let (hall, phones) = Hall::with_phones(false).await;
    let mut browser = Browser::new(&hall);
    let page = browser.get("/register?next=%2Fitems%3Ftheme%3Dbirth").await;
    assert!(page.text.contains("value=\"/items?theme=birth\"") && page.text.contains("个人信息保护法"));
    let end = register(&mut browser, &phones).await;
    assert_eq!((end.status, end.header("location")), (StatusCode::SEE_OTHER, "/items?theme=birth"), "{}", end.text);
    let page = browser.get("/my/account").await;
    assert!(page.text.contains("赵一鸣") && page.text.contains("520121********6033"), "{}", page.text);
    assert!(page.text.contains("1 级") && page.text.contains("未核验"));
    assert_eq!(browser.get("/register").await.header("location"), "/", "who is signed in has no need of it");
}

#[tokio::test]
async fn what_was_typed_stays_and_every_fault_is_named() {
    let (hall, _) = Hall::with_phones(false).await;
    let mut browser = Browser::new(&hall);
    let who =
        [("name", "张三丰9"), ("document", "passport"), ("number", "E1"), ("birth_date", "昨天"), ("next", "/items")];
    let page = browser.post("/register", &who).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in
        ["请改正下面 3 处", "张三丰9", "value=\"E1\"", "昨天", "value=\"passport\" selected", "value=\"/items\""]
    {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    let child = kernel::identifiers::IdNumber::synthetic(520_102, "2017-09-12".parse().unwrap(), 101);
    let page = browser.post("/register", &[("name", "周小禾"), ("number", child.as_str())]).await;
    assert!(page.text.contains("监护人"), "{}", page.text);
    browser.led("/register", &[("name", "赵一鸣"), ("number", ZHAO)], "/register/phone").await;
    let page = browser.post("/register/phone", &[("phone", "0851-81234567")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("0851-81234567"));
    // Coming back to the first page, nothing has to be typed again.
    let page = browser.get("/register").await;
    assert!(page.text.contains(ZHAO) && page.text.contains("赵一鸣"));
}

#[tokio::test]
async fn steps_are_not_skipped() {
    let (hall, phones) = Hall::with_phones(false).await;
    let mut browser = Browser::new(&hall);
    for path in ["/register/phone", "/register/code", "/register/password"] {
        assert_eq!(browser.get(path).await.header("location"), "/register", "{path}");
        assert_eq!(browser.post(path, &[("code", "123456")]).await.header("location"), "/register", "{path}");
    }
    browser.led("/register", &[("name", "赵一鸣"), ("number", ZHAO)], "/register/phone").await;
    assert_eq!(browser.get("/register/code").await.header("location"), "/register/phone");
    browser.led("/register/phone", &[("phone", PHONE)], "/register/code").await;
    assert_eq!(browser.get("/register/password").await.header("location"), "/register/code");
    let early = browser.post("/register/password", &[("password", NEW_PASSWORD)]).await;
    assert_eq!(early.header("location"), "/register/code");
    // The ticket of registering opens no other door.
    assert_eq!(browser.get("/sign-in/code/enter").await.header("location"), "/sign-in/code");
    assert_eq!(browser.get("/forgotten/password").await.header("location"), "/forgotten");
    let wrong = if phones.code(PHONE).await == "000000" { "000001" } else { "000000" };
    let page = browser.post("/register/code", &[("code", wrong)]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("验证码不正确"));
    let page = browser.post("/register/code/again", &[]).await;
    assert!(page.status == StatusCode::TOO_MANY_REQUESTS && page.text.contains("秒后再获取"), "{}", page.text);
}

#[tokio::test]
async fn a_password_is_shown_on_request_and_never_by_itself() {
    let (hall, phones) = Hall::with_phones(false).await;
    let mut browser = Browser::new(&hall);
    browser.led("/register", &[("name", "赵一鸣"), ("number", ZHAO)], "/register/phone").await;
    browser.led("/register/phone", &[("phone", PHONE)], "/register/code").await;
    let code = phones.code(PHONE).await;
    browser.led("/register/code", &[("code", &code)], "/register/password").await;
    let weak = browser.post("/register/password", &[("password", "zhao13700001111")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(weak.text.contains("至少三种") && weak.text.contains("密码中不要包含") && !weak.text.contains("zhao1370"));
    let shown = browser.post("/register/password", &[("password", "Hong9<b>"), ("show", "yes")]).await;
    assert!(shown.status == StatusCode::OK && shown.text.contains("Hong9&lt;b&gt;") && shown.text.contains("隐藏密码"));
    let hidden = browser.post("/register/password", &[("password", "Hong9-b"), ("show", "no")]).await;
    assert!(!hidden.text.contains("Hong9-b"));
}

#[tokio::test]
async fn the_pages_tell_nothing_of_who_is_registered() {
    let (hall, phones) = Hall::with_phones(false).await;
    let hall = hall.with_citizen().await;
    let mut seen = Vec::new();
    for (number, phone) in [(WANG, "13700002221"), (ZHAO, "13700002222")] {
        let mut browser = Browser::new(&hall);
        let pages = [
            browser.led("/register", &[("name", "王小敏"), ("number", number)], "/register/phone").await.text,
            browser.led("/register/phone", &[("phone", phone)], "/register/code").await.text,
            browser.post("/register/code", &[("code", "12345")]).await.text,
        ];
        seen.push(pages.map(|text| text.replace("2221", "222x").replace("2222", "222x")));
    }
    assert_eq!(seen[0], seen[1]);
    let mut seen = Vec::new();
    for name in ["citizen1", WANG, "nobody77", ZHAO] {
        let mut browser = Browser::new(&hall);
        let page = browser.led("/sign-in/code", &[("name", name)], "/sign-in/code/enter").await.text;
        let wrong = browser.post("/sign-in/code/enter", &[("code", "12345")]).await.text;
        seen.push((page, wrong));
        hall.wait_minutes(2);
    }
    assert!(seen.iter().all(|pages| *pages == seen[0]), "{seen:?}");
    assert!(phones.all().await.iter().all(|(phone, _)| phone != "13700002221"));
}

#[tokio::test]
async fn the_code_stands_on_the_page_in_a_demonstration_and_nowhere_else() {
    for demo in [true, false] {
        let (hall, phones) = Hall::with_phones(demo).await;
        let mut browser = Browser::new(&hall);
        browser.led("/register", &[("name", "赵一鸣"), ("number", ZHAO)], "/register/phone").await;
        let page = browser.led("/register/phone", &[("phone", PHONE)], "/register/code").await;
        let code = phones.code(PHONE).await;
        assert_eq!(code.len(), 6);
        assert_eq!(page.text.contains(&code), demo, "{}", page.text);
        assert_eq!(page.text.contains("演示环境：这里代替手机短信"), demo);
    }
}

#[tokio::test]
async fn signing_in_by_code_and_a_forgotten_password() {
    let (hall, phones) = Hall::with_phones(false).await;
    {
        let mut browser = Browser::new(&hall);
        register(&mut browser, &phones).await;
    }
    hall.wait_minutes(2);
    let mut browser = Browser::new(&hall);
    assert!(browser.post("/sign-in/code", &[("name", " ")]).await.text.contains("请填写证件号码"));
    let start = [("name", ZHAO), ("next", "/items")];
    let page = browser.led("/sign-in/code", &start, "/sign-in/code/enter").await;
    assert!(!page.text.contains("1111"), "the phone on file is not shown");
    let code = phones.code(PHONE).await;
    browser.led("/sign-in/code/enter", &[("code", &code)], "/items").await;
    assert!(browser.get("/").await.text.contains("赵一鸣"));

    hall.wait_minutes(2);
    let mut other = Browser::new(&hall);
    other.led("/forgotten", &[("name", ZHAO)], "/forgotten/code").await;
    let code = phones.code(PHONE).await;
    other.led("/forgotten/code", &[("code", &code)], "/forgotten/password").await;
    let weak = other.post("/forgotten/password", &[("password", "short")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    other.led("/forgotten/password", &[("password", "Lan8-river.Lv")], "/").await;
    assert!(other.get("/").await.text.contains("赵一鸣"));
    assert!(!browser.get("/").await.text.contains("赵一鸣"), "the other session is over");
}

#[tokio::test]
async fn the_account_shows_changes_and_ends() {
    let (hall, phones) = Hall::with_phones(false).await;
    let hall = hall.with_citizen().await;
    let (mut here, mut there) = (Browser::new(&hall), Browser::new(&hall));
    assert_eq!(here.get("/my/account").await.header("location"), "/sign-in?next=%2Fmy%2Faccount");
    here.sign_in("citizen1").await;
    there.sign_in("citizen1").await;
    let page = here.get("/my/account").await;
    assert!(page.text.contains("520102********1017") && !page.text.contains(WANG), "{}", page.text);
    assert!(page.text.contains("未经权威核验") && page.text.contains("现在这台") && page.text.contains("退出这台"));
    assert!(here.get("/my/account?show=number").await.text.contains(WANG));
    assert!(here.get("/my/account/access").await.text.contains("还没有记录"));

    let wrong = here.post("/my/account/phone", &[("phone", PHONE), ("password", "Wrong9-shan.Lv")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("密码不正确"));
    let new = [("phone", PHONE), ("password", PASSWORD)];
    here.led("/my/account/phone", &new, "/my/account/phone/code").await;
    let code = phones.code(PHONE).await;
    let page = here.led("/my/account/phone/code", &[("code", &code)], "/my/account?done=phone").await;
    assert!(page.text.contains("手机号已更换") && page.text.contains("137****1111"));

    let page = here.led("/my/account/sessions/end-others", &[], "/my/account?done=others#sessions").await;
    assert!(page.text.contains("其他设备已全部退出"), "{}", page.text);
    assert!(!there.get("/").await.text.contains("王小敏"));
    assert_eq!(here.post("/my/account/sessions/end", &[("session", "x")]).await.status, StatusCode::NOT_FOUND);

    let change = [("old", "Wrong9-shan.Lv"), ("password", NEW_PASSWORD)];
    let wrong = here.post("/my/account/password", &change).await;
    assert!(wrong.text.contains("现在的密码不正确") && !wrong.text.contains(NEW_PASSWORD));
    let change = [("old", PASSWORD), ("password", NEW_PASSWORD)];
    let page = here.led("/my/account/password", &change, "/my/account?done=password").await;
    assert!(page.text.contains("密码已修改"));
}

const FIRM: &str = "贵阳青山茶业有限公司";

/// 王小敏 is legal representative of a firm; 李敏 is not.
async fn with_firm(hall: &Hall) -> SubjectId {
    let act = Act::system(hall.world.clock.now());
    let new = NewEnterprise {
        name: FIRM.to_owned(),
        uscc: "91520102MA6G0007X2".to_owned(),
        legal_representative: Some("王小敏".to_owned()),
        phone: None,
        address: None,
        region: None,
        level: 2,
        verified_by: VerifiedBy::Demo,
    };
    let identity = &hall.identity;
    let register = async |me: &identity::Identity| {
        me.in_write(&act, new.clone(), |me, act, tx, new| Box::pin(me.register_enterprise(act, tx, new))).await.unwrap()
    };
    let firm = register(identity).await;
    let wang = identity
        .find_by_key(&mut hall.world.db.read().await.unwrap(), DocumentKind::ResidentId, WANG)
        .await
        .unwrap()
        .unwrap();
    let since = "2026-01-05".parse().unwrap();
    let mandate =
        Mandate { enterprise: firm, person: wang, role: MandateRole::LegalRepresentative, since, until: None };
    identity.in_write(&act, mandate, |me, act, tx, m| Box::pin(me.add_mandate(act, tx, m))).await.unwrap();
    firm
}

#[tokio::test]
async fn a_person_acts_for_an_enterprise_and_every_page_says_so() {
    let (hall, phones) = Hall::with_phones(false).await;
    let hall = hall.with_citizen().await;
    let firm = with_firm(&hall).await;
    let mut wang = Browser::new(&hall);
    wang.sign_in("citizen1").await;
    let page = wang.get("/act-for").await;
    assert!(page.text.contains(FIRM) && page.text.contains("法定代表人") && !page.text.contains("切换回个人"));
    let id = firm.to_string();
    wang.led("/act-for", &[("enterprise", &id), ("next", "/items")], "/items").await;
    for path in ["/", "/items", "/my/account", "/act-for", "/items/nothing"] {
        let page = wang.get(path).await;
        assert!(page.text.contains(&format!("您正在代表 <strong>{FIRM}</strong> 办理")), "{path}: {}", page.text);
        assert!(page.text.contains("切换回个人") && page.text.contains("王小敏"), "{path}");
    }

    // He names an agent, who has to be registered.
    let agents = format!("/act-for/{id}/agents");
    let of = format!("/act-for/{id}");
    let agent = [("name", "赵一鸣"), ("number", ZHAO), ("until", "2026-12-31")];
    let page = wang.post(&agents, &agent).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("请他先注册"), "{}", page.text);
    let mut zhao = Browser::new(&hall);
    register(&mut zhao, &phones).await;
    // An enterprise of others is not there.
    assert_eq!(zhao.post("/act-for", &[("enterprise", &id)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(zhao.get(&of).await.status, StatusCode::NOT_FOUND);
    assert_eq!(zhao.post(&agents, &agent).await.status, StatusCode::NOT_FOUND);
    let page = wang.led(&agents, &agent, &format!("{of}?done=added")).await;
    assert!(page.text.contains("赵一鸣") && page.text.contains("2026年12月31日") && !page.text.contains(ZHAO));
    assert!(wang.post(&agents, &agent).await.text.contains("已经是经办人"));

    zhao.led("/act-for", &[("enterprise", &id)], "/act-for?done=acting").await;
    assert!(zhao.get("/").await.text.contains("您正在代表"));
    assert_eq!(zhao.get(&of).await.status, StatusCode::NOT_FOUND, "an agent names nobody");
    let person = page.text.split(&format!("{agents}/")).nth(1).unwrap().split('/').next().unwrap().to_owned();
    wang.led(&format!("{agents}/{person}/end"), &[], &format!("{of}?done=ended")).await;
    let page = zhao.get("/").await;
    assert!(!page.text.contains("您正在代表") && !page.text.contains("赵一鸣"), "stopped at once");

    wang.led("/act-for/self", &[], "/act-for?done=self").await;
    assert!(!wang.get("/").await.text.contains("您正在代表"));
}

#[tokio::test]
async fn a_legal_representative_registers_his_enterprise_on_a_page() {
    let (hall, _) = Hall::with_phones(true).await;
    let hall = hall.with_citizen().await;
    let mut wang = Browser::new(&hall);
    wang.sign_in("citizen1").await;
    let page =
        wang.post("/act-for/register", &[("uscc", "91330106MA2CE71F66"), ("name", "杭州湖山茶业有限公司")]).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text.contains("杭州湖山茶业有限公司"));
    let firm = [("uscc", "91330106MA2CE71F65"), ("name", "杭州湖山茶业有限公司")];
    let page = wang.led("/act-for/register", &firm, "/act-for?done=registered").await;
    assert!(page.text.contains("企业已登记") && page.text.contains("杭州湖山茶业有限公司"));
    assert!(wang.post("/act-for/register", &firm).await.text.contains("不必再登记"));
}
