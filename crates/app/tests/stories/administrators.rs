//! The three administrators at their pages.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};

use crate::town::{PASSWORD, Reply, Town};

/// Somebody at a browser: pages with a session cookie.
struct Desk<'a> {
    town: &'a Town,
    cookie: String,
}

fn encoded(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(k, v)| format!("{k}={}", webkit::url_encode(v))).collect::<Vec<_>>().join("&")
}

impl Desk<'_> {
    async fn of<'a>(town: &'a Town, account: &str, password: &str) -> Option<Desk<'a>> {
        let stranger = Desk { town, cookie: String::new() };
        let reply = stranger.post("/sign-in", &[("username", account), ("password", password), ("next", "/")]).await;
        let cookie = reply.headers.get("set-cookie")?.to_str().ok()?.split(';').next()?.to_owned();
        (reply.status == StatusCode::SEE_OTHER).then_some(Desk { town, cookie })
    }

    async fn look(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        self.town.send(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::COOKIE, &self.cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.town.send(request.body(Body::from(encoded(fields))).unwrap()).await
    }

    /// Posts and answers where it leads.
    async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let reply = self.post(path, fields).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}: {}", reply.text);
        reply.headers["location"].to_str().unwrap().to_owned()
    }
}

async fn desk<'a>(town: &'a Town, account: &str) -> Desk<'a> {
    Desk::of(town, account, PASSWORD).await.unwrap_or_else(|| panic!("{account} is not let in"))
}

const NEW: &[(&str, &str)] = &[
    ("name", "赵明远"),
    ("username", "zhao.mingyuan"),
    ("password", "Qing7-shan.Lv-shui"),
    ("department", "tax"),
    ("region", ""),
    ("post", "综合窗口受理岗"),
    ("roles", "window"),
    ("roles", "reviewer"),
];

fn but<'a>(name: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    NEW.iter().map(|(k, v)| (*k, if *k == name { value } else { *v })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_registers_another_grants_and_the_clerk_works() {
    let town = Town::founded().await;
    let (system, security) = (desk(&town, "sysadmin1").await, desk(&town, "secadmin1").await);
    let page = system.done("/admin/staff/new", NEW).await;
    let page = page.trim_end_matches("?done=added").to_owned();
    let shown = system.look(&page).await.text;
    assert!(shown.contains("赵明远") && shown.contains("等待安全管理员授权") && !shown.contains("同意授权"), "{shown}");
    let own = system.post(&format!("{page}/grant"), &[]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "who asks does not grant");
    assert!(security.look(&page).await.text.contains("同意授权"));
    assert_eq!(security.done(&format!("{page}/grant"), &[]).await, format!("{page}?done=granted"));
    let twice = security.post(&format!("{page}/grant"), &[]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT, "{}", twice.text);
    let clerk = Desk::of(&town, "zhao.mingyuan", "Qing7-shan.Lv-shui").await.unwrap();
    assert_eq!(clerk.look("/admin").await.status, StatusCode::FORBIDDEN);
    let list = security.look("/admin/staff?department=tax").await.text;
    assert!(list.contains("赵明远") && list.contains("窗口人员、审查人员"), "{list}");
    assert_eq!(system.done(&format!("{page}/close"), &[]).await, format!("{page}?done=closed"));
    assert!(Desk::of(&town, "zhao.mingyuan", "Qing7-shan.Lv-shui").await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_form_is_named_and_what_was_typed_stays() {
    let town = Town::founded().await;
    let system = desk(&town, "sysadmin1").await;
    for (name, value, words) in [
        ("department", "no-such", "请选择部门"),
        ("region", "110101", "请从列表里选择区域"),
        ("post", " ", "请填写岗位名称"),
        ("username", "window1", "用户名"),
        ("username", "A b", "用户名应为"),
        ("name", "12345", "请填写姓名"),
        ("password", "short", "密码"),
    ] {
        let reply = system.post("/admin/staff/new", &but(name, value)).await;
        assert!(matches!(reply.status.as_u16(), 409 | 422), "{name}: {}", reply.status);
        assert!(reply.text.contains(words) && reply.text.contains("请改正下面"), "{name}: {}", reply.text);
        let kept = if name == "post" { "赵明远" } else { "综合窗口受理岗" };
        assert!(reply.text.contains(kept), "{name}: what was typed stays");
        assert!(!reply.text.contains("Qing7-shan"), "but never a password");
    }
    let both: Vec<(&str, &str)> = but("roles", "sysadmin").into_iter().chain([("roles", "window")]).collect();
    let reply = system.post("/admin/staff/new", &both).await;
    assert!(matches!(reply.status.as_u16(), 409 | 422) && reply.text.contains("请改正下面"), "{}", reply.text);
    assert_eq!(system.look("/admin/staff/0000000000001").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_administrator_sees_his_own_pages_alone() {
    let town = Town::founded().await;
    let pages = [
        ("/admin", "sysadmin1 secadmin1 auditor1"),
        ("/admin/staff", "sysadmin1 secadmin1 auditor1"),
        ("/admin/staff/new", "sysadmin1"),
        ("/admin/accounts", "sysadmin1 secadmin1"),
        ("/admin/departments", "sysadmin1"),
        ("/admin/calendar", "sysadmin1"),
        ("/admin/notices", "sysadmin1"),
        ("/admin/audit", "auditor1"),
    ];
    for account in ["sysadmin1", "secadmin1", "auditor1", "window1", "approver1", "supervisor1", "citizen1"] {
        let at = desk(&town, account).await;
        for (path, who) in pages {
            let expected = if who.contains(account) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(at.look(path).await.status, expected, "{account} at {path}");
        }
    }
    let stranger = Desk { town: &town, cookie: String::new() };
    let reply = stranger.look("/admin/staff").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_looked_at_before_it_is_loaded() {
    let town = Town::founded().await;
    let system = desk(&town, "sysadmin1").await;
    assert!(system.look("/admin/calendar").await.text.contains("2027年的放假安排还没有导入"));
    let csv = "date,kind,name,in_lieu\r\n2027-01-01,holiday,元旦,0\r\n2027-10-01,holiday,国庆节,0\r\n";
    let why = [("csv", csv), ("reason", "国办发明电〔2026〕7号")];
    let preview = system.post("/admin/calendar", &why).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text);
    assert!(preview.text.contains("有 2 天会变") && preview.text.contains("放假（元旦）"), "{}", preview.text);
    assert!(system.look("/admin/calendar").await.text.contains("还没有导入"), "a look changes nothing");
    assert_eq!(system.done("/admin/calendar/load", &why).await, "/admin/calendar?done=loaded");
    let after = system.look("/admin/calendar").await.text;
    assert!(after.contains("国办发明电〔2026〕7号") && !after.contains("还没有导入"), "{after}");
    for (csv, reason, words) in [
        (csv, "", "请写明修改的理由"),
        (csv, "通知", "没有需要保存的修改"),
        ("date,kind,name,in_lieu\n2026-02-27,holiday,临时,0\n", "通知", "已经过去"),
        ("date,kind,name,in_lieu\n2027-01-01,holiday\n", "通知", "第2行有误"),
        ("", "通知", "第1行应为"),
    ] {
        for path in ["/admin/calendar", "/admin/calendar/load"] {
            let reply = system.post(path, &[("csv", csv), ("reason", reason)]).await;
            assert!(matches!(reply.status.as_u16(), 409 | 422), "{path} {words}: {}", reply.status);
            assert!(reply.text.contains(words), "{path}: {words}: {}", reply.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_offices_are_reached_and_what_notices_say_is_set_with_a_reason() {
    let town = Town::founded().await;
    let system = desk(&town, "sysadmin1").await;
    let office = [("phone", "0851-87987000"), ("address", "观山湖区市民中心"), ("reason", "搬迁公告")];
    assert_eq!(system.done("/admin/departments/tax", &office).await, "/admin/departments?done=set");
    assert!(system.look("/admin/departments").await.text.contains("0851-87987000"));
    let form = system.look("/admin/departments/tax").await.text;
    assert!(form.contains("观山湖区市民中心") && form.contains("明天起生效"), "{form}");
    let wrong = system.post("/admin/departments/tax", &[("phone", "电话"), ("reason", "搬迁公告")]).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("请写成区号加号码"),
        "{}",
        wrong.text
    );
    let silent = system.post("/admin/departments/tax", &[("phone", "12345")]).await;
    assert!(silent.text.contains("请写明修改的理由") && silent.text.contains("value=\"12345\""), "{}", silent.text);
    assert_eq!(system.look("/admin/departments/no-such").await.status, StatusCode::NOT_FOUND);

    let texts = [("closing-closing_notice", "感谢您使用政务服务。"), ("reason", "规范用语")];
    assert_eq!(system.done("/admin/notices", &texts).await, "/admin/notices?done=set");
    assert!(system.look("/admin/notices").await.text.contains("感谢您使用政务服务。"));
    let wrong = system.post("/admin/notices", &[("remedies", "可以投诉"), ("reason", "规范用语")]).await;
    assert!(wrong.text.contains("救济途径里还缺") && wrong.text.contains("可以投诉"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_login_is_found_freed_renewed_and_closed() {
    let town = Town::founded().await;
    let system = desk(&town, "sysadmin1").await;
    for _ in 0..5 {
        assert!(Desk::of(&town, "citizen3", "wrong-password").await.is_none());
    }
    assert!(Desk::of(&town, "citizen3", PASSWORD).await.is_none(), "locked");
    let found = system.look("/admin/accounts?username=citizen3").await.text;
    assert!(found.contains("个人账户") && found.contains("解除锁定"), "{found}");
    let to = system.done("/admin/accounts/citizen3/unlock", &[]).await;
    assert!(system.look(&to).await.text.contains("已解除锁定"));
    assert!(Desk::of(&town, "citizen3", PASSWORD).await.is_some());
    let weak = system.post("/admin/accounts/citizen3/password", &[("password", "12345678")]).await;
    assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY && weak.text.contains("请改正下面"), "{}", weak.text);
    system.done("/admin/accounts/citizen3/password", &[("password", "Bai-yun.Shan-2")]).await;
    assert!(Desk::of(&town, "citizen3", PASSWORD).await.is_none());
    assert!(Desk::of(&town, "citizen3", "Bai-yun.Shan-2").await.is_some());
    system.done("/admin/accounts/citizen3/close", &[]).await;
    assert!(Desk::of(&town, "citizen3", "Bai-yun.Shan-2").await.is_none());
    assert!(system.look("/admin/accounts?username=nobody77").await.text.contains("没有这个账户"));
    for path in ["unlock", "password", "close"] {
        let reply = system.post(&format!("/admin/accounts/nobody77/{path}"), &[("password", "Bai-yun.Shan-2")]).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auditor_sees_what_administrators_did_and_whether_the_trail_is_whole() {
    let town = Town::founded().await;
    let system = desk(&town, "sysadmin1").await;
    system.done("/admin/departments/tax", &[("phone", "12345"), ("reason", "搬迁公告")]).await;
    let auditor = desk(&town, "auditor1").await;
    let trail = auditor.look("/admin/audit?username=sysadmin1").await.text;
    assert!(trail.contains("修改城市设置") && trail.contains("搬迁公告") && trail.contains("登录"), "{trail}");
    assert!(auditor.look("/admin/audit?username=nobody77").await.text.contains("没有这个账户"));
    assert!(auditor.post("/admin/audit/verify", &[]).await.text.contains("记录完整"));
    town.world.tamper("UPDATE audit_record SET reason = 'x' WHERE act = 'settings.set'").await;
    let found = auditor.post("/admin/audit/verify", &[]).await.text;
    assert!(found.contains("记录有损坏") && found.contains("被改动过"), "{found}");
}
