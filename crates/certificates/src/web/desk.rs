//! `/api/v1/desk/certificates`: the issuing body works on its certificates.

use std::collections::BTreeMap;

use axum::{extract::State, http::StatusCode};
use kernel::{SubjectId, city_date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use webkit::{Answer, By, Json, Page, Paging, Path, Query};

use super::views::{CertificateView, ChangeView, ProposalView, ReportView};
use crate::{CertificateError, CertificateId, Certificates, Order, Ordered, ProposalId, Reissue, ReportId, Search};

/// 按什么查找：证照标识、证照类型和编号、或者持证人号码。
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct SearchRequest {
    /// 电子证照标识。
    identifier: String,
    /// 证照类型，与编号一起填写。
    certificate_type: String,
    /// 证照编号。
    number: String,
    /// 持证人的公民身份号码或统一社会信用代码。
    holder: String,
}

/// 找到的证照。
#[derive(Serialize, ToSchema)]
pub(super) struct FoundView {
    /// 持证人编号，用于查看和办理。
    holder: String,
    /// 证照。
    certificate: CertificateView,
}

/// 查找的结果。
#[derive(Serialize, ToSchema)]
pub(super) struct FoundList {
    /// 本部门颁发的证照。
    items: Vec<FoundView>,
}

/// 查找本部门颁发的证照。须在 `X-Access-Reason` 写明原因，查找会记入审计。
#[utoipa::path(
    post, path = "/api/v1/desk/certificates/search", tag = "证照", operation_id = "desk_certificates_search",
    request_body = SearchRequest,
    responses(
        (status = 200, description = "找到的证照", body = FoundList),
        (status = 403, description = "没有写明原因：certificates.reason-needed"),
        (status = 422, description = "没有查找条件：certificates.invalid"),
    )
)]
pub(super) async fn search(
    State(certificates): State<Certificates>,
    By(act): By,
    Json(asked): Json<SearchRequest>,
) -> Answer<Json<FoundList>> {
    let SearchRequest { identifier, certificate_type, number, holder } = asked;
    let asked = Search { identifier, certificate_type, number, holder };
    let today = city_date(act.at);
    let found: Result<Vec<_>, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, asked), |tx, (c, act, asked)| Box::pin(c.search(act, tx, asked)))
        .await;
    let view =
        |c: crate::Certificate| FoundView { holder: c.holder.to_string(), certificate: certificates.view(c, today) };
    Ok(Json(FoundList { items: found?.into_iter().map(view).collect() }))
}

/// 证照及其历史。
#[derive(Serialize, ToSchema)]
pub(super) struct LookedView {
    /// 证照。
    certificate: CertificateView,
    /// 历史，从早到晚。
    history: Vec<ChangeView>,
    /// 待复核的提请。
    proposals: Vec<ProposalView>,
    /// 纠错申请，新的在前。
    reports: Vec<ReportView>,
}

/// 查看本部门颁发的一个证照。须在 `X-Access-Reason` 写明原因；查看会记入审计，持证人看得到。
#[utoipa::path(
    get, path = "/api/v1/desk/certificates/{holder}/{id}", tag = "证照", operation_id = "desk_certificates_show",
    params(("holder" = String, Path, description = "持证人编号"), ("id" = String, Path, description = "证照的 id")),
    responses(
        (status = 200, description = "证照", body = LookedView),
        (status = 403, description = "没有写明原因：certificates.reason-needed"),
        (status = 404, description = "没有这个证照，或者不是本部门颁发的"),
    )
)]
pub(super) async fn show(
    State(certificates): State<Certificates>,
    By(act): By,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
) -> Answer<Json<LookedView>> {
    let today = city_date(act.at);
    let looked: Result<_, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, holder, id), |tx, (c, act, holder, id)| {
            Box::pin(c.look(act, tx, *holder, *id))
        })
        .await;
    let looked = looked?;
    Ok(Json(LookedView {
        certificate: certificates.view(looked.certificate, today),
        history: looked.history.into_iter().map(Into::into).collect(),
        proposals: looked.proposals.into_iter().map(Into::into).collect(),
        reports: looked.reports.into_iter().map(Into::into).collect(),
    }))
}

/// 一步的结果。
#[derive(Serialize, ToSchema)]
pub(super) struct OrderedView {
    /// `done` 已办理，`waiting` 等待本部门另一位同事复核。
    outcome: &'static str,
    /// 等待复核的提请。
    proposal: Option<ProposalView>,
    /// 办理后的证照。
    certificate: Option<CertificateView>,
}

/// 暂扣、恢复、注销、撤销、吊销或者撤回本部门颁发的证照。对持证人不利的，由另一位同事复核后生效。
#[utoipa::path(
    post, path = "/api/v1/desk/certificates/{holder}/{id}/orders", tag = "证照", operation_id = "desk_certificates_order",
    params(("holder" = String, Path, description = "持证人编号"), ("id" = String, Path, description = "证照的 id")),
    request_body = Order,
    responses(
        (status = 200, description = "已办理，或者等待复核", body = OrderedView),
        (status = 404, description = "没有这个证照，或者不是本部门颁发的"),
        (status = 409, description = "证照已失效、没有暂扣或者已有提请：certificates.not-usable、certificates.not-suspended、certificates.proposal-waiting"),
        (status = 422, description = "依据、理由、文号或者日期有误：certificates.invalid"),
    )
)]
pub(super) async fn order(
    State(certificates): State<Certificates>,
    By(act): By,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
    Json(order): Json<Order>,
) -> Answer<Json<OrderedView>> {
    let today = city_date(act.at);
    let ordered: Result<_, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, holder, id, order), |tx, (c, act, holder, id, order)| {
            Box::pin(c.order(act, tx, *holder, *id, order))
        })
        .await;
    Ok(Json(match ordered? {
        Ordered::Done(done) => {
            OrderedView { outcome: "done", proposal: None, certificate: Some(certificates.view(*done, today)) }
        }
        Ordered::Waiting(proposal) => {
            OrderedView { outcome: "waiting", proposal: Some((*proposal).into()), certificate: None }
        }
    }))
}

/// 变更、换发或者补发本部门颁发的证照：编号不变，版本加 1，旧版同时失效。
#[utoipa::path(
    post, path = "/api/v1/desk/certificates/{holder}/{id}/versions", tag = "证照", operation_id = "desk_certificates_reissue",
    params(("holder" = String, Path, description = "持证人编号"), ("id" = String, Path, description = "证照的 id")),
    request_body = Reissue,
    responses(
        (status = 201, description = "新版本", body = CertificateView),
        (status = 404, description = "没有这个证照，或者不是本部门颁发的"),
        (status = 409, description = "证照已失效：certificates.not-usable"),
        (status = 422, description = "内容与证照类型不符：certificates.invalid"),
    )
)]
pub(super) async fn reissue(
    State(certificates): State<Certificates>,
    By(act): By,
    Path((holder, id)): Path<(SubjectId, CertificateId)>,
    Json(asked): Json<Reissue>,
) -> Answer<(StatusCode, Json<CertificateView>)> {
    let today = city_date(act.at);
    let made: Result<_, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, holder, id, asked), |tx, (c, act, holder, id, asked)| {
            Box::pin(c.reissue(act, tx, *holder, *id, asked))
        })
        .await;
    Ok((StatusCode::CREATED, Json(certificates.view(made?, today))))
}

/// 本部门待复核的提请，先提请的在前。
#[utoipa::path(
    get, path = "/api/v1/desk/certificate-proposals", tag = "证照", operation_id = "desk_certificate_proposals",
    params(Paging), responses((status = 200, description = "待复核的提请", body = Page<ProposalView>))
)]
pub(super) async fn proposals(
    State(certificates): State<Certificates>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ProposalView>>> {
    let after = paging.start::<ProposalId>()?;
    let mut tx = certificates.db().read().await?;
    let found = certificates.proposals(&act, &mut tx, after, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(found, &paging, |p| p.id).map(Into::into)))
}

/// 复核的决定。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionRequest {
    /// 同意，或者退回。
    confirm: bool,
    /// 退回的理由。
    #[serde(default)]
    reason: String,
}

/// 复核一项提请：同意即生效，不同意的退回提请人。提请人不能自己复核。
#[utoipa::path(
    post, path = "/api/v1/desk/certificate-proposals/{holder}/{id}", tag = "证照", operation_id = "desk_certificate_decide",
    params(("holder" = String, Path, description = "持证人编号"), ("id" = String, Path, description = "提请的编号")),
    request_body = DecisionRequest,
    responses(
        (status = 204, description = "已复核"),
        (status = 403, description = "提请人不能自己复核：certificates.same-person"),
        (status = 404, description = "没有待复核的提请：certificates.no-proposal"),
        (status = 409, description = "证照已失效：certificates.not-usable"),
        (status = 422, description = "退回没有写明理由：certificates.invalid"),
    )
)]
pub(super) async fn decide(
    State(certificates): State<Certificates>,
    By(act): By,
    Path((holder, id)): Path<(SubjectId, ProposalId)>,
    Json(decision): Json<DecisionRequest>,
) -> Answer<StatusCode> {
    let done: Result<(), CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, holder, id, decision), |tx, (c, act, holder, id, decision)| {
            Box::pin(async move {
                if decision.confirm {
                    c.confirm(act, tx, *holder, *id).await.map(|_| ())
                } else {
                    c.dismiss(act, tx, *holder, *id, &decision.reason).await
                }
            })
        })
        .await;
    done?;
    Ok(StatusCode::NO_CONTENT)
}

/// 本部门待答复的纠错申请，最急的在前。
#[utoipa::path(
    get, path = "/api/v1/desk/certificate-reports", tag = "证照", operation_id = "desk_certificate_reports", params(Paging),
    responses((status = 200, description = "待答复的纠错申请", body = Page<ReportView>))
)]
pub(super) async fn reports(
    State(certificates): State<Certificates>,
    By(act): By,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ReportView>>> {
    let after = paging.start::<(kernel::Date, ReportId)>()?;
    let mut tx = certificates.db().read().await?;
    let found = certificates.open_reports(&act, &mut tx, after, paging.limit_and_one()).await?;
    Ok(Json(Page::cut(found, &paging, |r| (r.due, r.id)).map(Into::into)))
}

/// 纠错的答复。
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerRequest {
    /// 更正后的内容；核实无误的不填。
    #[serde(default)]
    data: BTreeMap<String, String>,
    /// 答复，4 至 500 个字。
    reason: String,
}

/// 答复纠错申请：确有错误的更正并换发新版本，核实无误的说明理由。
#[utoipa::path(
    post, path = "/api/v1/desk/certificate-reports/{holder}/{id}", tag = "证照", operation_id = "desk_certificate_answer",
    params(("holder" = String, Path, description = "持证人编号"), ("id" = String, Path, description = "纠错申请的编号")),
    request_body = AnswerRequest,
    responses(
        (status = 200, description = "已答复", body = ReportView),
        (status = 404, description = "没有待答复的申请：certificates.no-report"),
        (status = 409, description = "证照已失效：certificates.not-usable"),
        (status = 422, description = "内容与证照类型不符，或者没有写明理由：certificates.invalid"),
    )
)]
pub(super) async fn answer(
    State(certificates): State<Certificates>,
    By(act): By,
    Path((holder, id)): Path<(SubjectId, ReportId)>,
    Json(asked): Json<AnswerRequest>,
) -> Answer<Json<ReportView>> {
    let done: Result<_, CertificateError> = certificates
        .db()
        .write((certificates.clone(), act, holder, id, asked), |tx, (c, act, holder, id, asked)| {
            Box::pin(c.answer_report(act, tx, *holder, *id, &asked.data, &asked.reason))
        })
        .await;
    Ok(Json(done?.into()))
}
