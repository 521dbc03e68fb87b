//! What the clerk typed, ticked and scanned, read against the item.

use std::collections::BTreeMap;

use blobs::BlobError;
use cases::{Assessed, Check, SubjectKey, TakenPart, domain::event, take_part};
use catalogue::{
    asking::{
        answers::laid_over,
        delivery::{CITY, halls, plain, way},
        plan::{self, FormWay, Group},
        questions::{self, Making},
        words::Reader,
    },
    domain::{Delivery, Field, Item, MaterialView},
};
use db::Tx;
use kernel::{Act, Failure, FileId, identifiers::Phone};
use serde_json::{Map, Value};
use webkit::{Answer, Fields, Multipart, Problem};

use super::Served;
use crate::{
    pages::counter::form::{Brought, Receiving, Scan},
    web::Window,
};

/// Longest text part of the form.
const TEXT_BYTES: usize = 64 * 1024;

/// The form as it came, files taken in.
#[derive(Debug, Clone, Default)]
pub(super) struct Came {
    pub(super) fields: Fields,
    /// What is wrong with files, by control.
    pub(super) errors: Vec<(String, String)>,
}

/// Reads the form. Files are kept at once and stand in the fields by their ids; one that is refused does not keep the
/// others from being taken.
pub(super) async fn read(window: &Window, act: &Act, mut parts: Multipart) -> Answer<Came> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut errors = Vec::new();
    while let Some(part) = parts.next().await? {
        let name = part.name().to_owned();
        let Some(key) = name.strip_prefix("f_").map(str::to_owned) else {
            let value = part.text(TEXT_BYTES).await?;
            pairs.push((name, value));
            continue;
        };
        match take_part(&window.cases.blobs, act, part).await {
            TakenPart::Nothing => {}
            TakenPart::Stored(file) => {
                pairs.push((format!("h_{key}"), file.to_string()));
                // Whoever chose a file means it.
                pairs.retain(|(on, _)| *on != format!("m_{key}"));
                pairs.push((format!("m_{key}"), SCAN.to_owned()));
            }
            TakenPart::Refused { name: file, error } => {
                let short: String = file.chars().filter(|c| !c.is_control()).take(40).collect();
                errors.push((format!("m_{key}"), format!("“{short}”没有传上：{}", error.advice())));
            }
            TakenPart::Broken(problem) => return Err(problem),
        }
    }
    // Files that are no longer wanted leave the form.
    let dropped: Vec<String> = pairs.iter().filter(|(name, _)| name == "drop").map(|(_, id)| id.clone()).collect();
    pairs.retain(|(name, value)| name != "drop" && !(name.starts_with("h_") && dropped.contains(value)));
    Ok(Came { fields: Fields::of(pairs), errors })
}

const PAPER: &str = "paper";
const SCAN: &str = "scan";
const CERTIFICATE: &str = "certificate";
const DEFERRED: &str = "deferred";
const LATER: &str = "later";

/// An item being filled in for a visitor.
#[derive(Debug, Clone)]
pub(super) struct Filling {
    pub(super) fields: Fields,
    /// The form was sent: what is empty was left empty.
    pub(super) sent: bool,
    pub(super) found: Assessed,
    /// Every question, in the order of the page.
    whole: Group,
    groups: Vec<Group>,
    /// Answers as typed.
    pub(super) form: Map<String, Value>,
    pub(super) materials: BTreeMap<String, event::Handed>,
    scans: BTreeMap<String, Vec<Scan>>,
}

impl Filling {
    /// Reads what stands in the form against the item in force.
    pub(super) async fn of(
        window: &Window,
        act: &Act,
        tx: &mut Tx,
        served: &Served,
        slug: &str,
        fields: Option<Fields>,
    ) -> Answer<Self> {
        let sent = fields.is_some();
        let fields = fields.unwrap_or_default();
        let procedure = window.cases.catalogue.procedure(tx, slug, None).await?;
        let item = &procedure.item;
        if !item.audience.contains(&served.subject.kind) {
            return Err(Problem::not_found());
        }
        let asked: Vec<&Field> =
            item.fields.iter().filter(|field| fields.all("asked").any(|key| key == field.key)).collect();
        let form = laid_over(&Map::new(), &asked, &fields);
        let (mut materials, mut scans) = (BTreeMap::new(), BTreeMap::new());
        for material in &item.materials {
            let mut kept = Vec::new();
            for id in fields.all(&format!("h_{}", material.key)).filter_map(|id| id.parse::<FileId>().ok()) {
                match window.cases.blobs.meta(tx, id).await {
                    Ok(meta) if meta.uploaded_by(act) => kept.push(Scan { id: id.to_string(), name: meta.name }),
                    Ok(_) | Err(BlobError::NotFound(_)) => {}
                    Err(other) => return Err(other.into()),
                }
            }
            let files = kept.iter().filter_map(|scan| scan.id.parse().ok()).collect();
            let handed = match fields.one(&format!("m_{}", material.key)) {
                PAPER => Some(event::Handed::Paper),
                SCAN => event::Handed::of_files(files),
                DEFERRED => Some(event::Handed::Deferred),
                _ => None,
            };
            if let Some(handed) = handed {
                materials.insert(material.key.clone(), handed);
            }
            scans.insert(material.key.clone(), kept);
        }
        let key = SubjectKey { subject: Some(served.subject.subject), ..SubjectKey::default() };
        let check = Check { form: form.clone(), materials: materials.clone(), applicant: Some(key) };
        let found = window.cases.check(act, tx, slug, &check).await?;
        // What is not asked for any more is not handed in.
        materials.retain(|key, _| found.assessment.materials.iter().any(|view| view.asked && view.key == *key));
        let groups = plan::groups(&found.procedure.item);
        let fields_of_all = groups.iter().flat_map(|group| group.fields.clone()).collect();
        let whole = Group { key: "all".to_owned(), title: String::new(), fields: fields_of_all };
        Ok(Self { fields, sent, found, whole, groups, form, materials, scans })
    }

    pub(super) fn item(&self) -> &Item {
        &self.found.procedure.item
    }

    /// Whether the page asked for a material.
    fn wanted(&self, view: &MaterialView) -> bool {
        self.fields.all("wanted").any(|key| key == view.key)
    }

    /// Whether something is asked by what was answered that the page did not show.
    pub(super) fn more(&self) -> bool {
        let unasked = |field: &&Field| {
            questions::is_visible(self.item(), &self.found.assessment, &field.key)
                && !self.fields.all("asked").any(|key| key == field.key)
        };
        let unwanted = |view: &MaterialView| view.asked && !self.wanted(view);
        self.sent
            && (self.item().fields.iter().any(|field| unasked(&field))
                || self.found.assessment.materials.iter().any(unwanted))
    }

    /// What is wrong, by control, in the order of the page.
    pub(super) fn errors(&self, window: &Window) -> Vec<(String, String)> {
        let asked = |key: &str| self.fields.all("asked").any(|one| one == key);
        let faults = questions::faults(self.item(), &self.whole, &self.found.assessment, &self.form);
        let mut errors: Vec<(String, String)> = faults.into_iter().filter(|(key, _)| asked(key)).collect();
        for view in self.found.assessment.materials.iter().filter(|view| view.asked && self.wanted(view)) {
            let control = format!("m_{}", view.key);
            let chosen = self.fields.one(&control);
            let fault = self.found.assessment.faults.iter().find(|f| f.pointer == format!("/materials/{}", view.key));
            if !ways(view).iter().any(|(word, _, _)| *word == chosen) {
                errors.push((control, format!("请选择“{}”怎么交", self.material_name(&view.key))));
            } else if chosen == SCAN && !self.materials.contains_key(&view.key) {
                errors.push((control, format!("请选择“{}”的扫描件，或者改选别的交法", self.material_name(&view.key))));
            } else if let Some(fault) = fault {
                errors.push((control, fault.detail.clone()));
            }
        }
        errors.extend(self.receiving_errors(window));
        errors
    }

    pub(super) fn material_name(&self, key: &str) -> String {
        self.item().materials.iter().find(|one| one.key == key).map_or_else(|| key.to_owned(), |one| one.name.clone())
    }

    /// Questions under their headings.
    pub(super) fn questions(
        &self,
        window: &Window,
        errors: &[(String, String)],
    ) -> Vec<(String, Vec<catalogue::asking::controls::Question>)> {
        let making = Making {
            item: self.item(),
            group: &self.whole,
            assessment: &self.found.assessment,
            form: &self.form,
            opened: self.sent,
            errors,
            others: None,
            vocabulary: &window.cases.vocabulary,
            reader: Reader::Clerk,
        };
        let mut all = making.questions();
        let mut placed = Vec::new();
        for group in &self.groups {
            let of_group =
                |name: &str| group.fields.iter().any(|at| self.item().fields.get(*at).is_some_and(|f| f.key == name));
            let (here, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| of_group(&one.name));
            all = rest;
            if !here.is_empty() {
                placed.push((group.title.clone(), here));
            }
        }
        placed
    }

    /// The materials that are asked for, each with its ways.
    pub(super) fn brought(&self, errors: &[(String, String)]) -> Vec<Brought> {
        let asked = self.found.assessment.materials.iter().filter(|view| view.asked);
        asked
            .map(|view| {
                let control = format!("m_{}", view.key);
                let offered = ways(view);
                let chosen = self.fields.one(&control);
                // A certificate that replaces the paper is chosen by itself.
                let chosen = if chosen.is_empty() && !self.wanted(view) && view.replaced_by.is_some() {
                    CERTIFICATE
                } else {
                    chosen
                };
                Brought {
                    key: view.key.clone(),
                    name: self.material_name(&view.key),
                    why: view.why.clone(),
                    way: chosen.to_owned(),
                    ways: offered,
                    scans: self.scans.get(&view.key).cloned().unwrap_or_default(),
                    error: errors.iter().find(|(on, _)| *on == control).map(|(_, t)| t.clone()).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Names of the materials that nobody brought and nobody deferred.
    pub(super) fn lacking(&self) -> Vec<String> {
        let missing = self.found.assessment.materials.iter().filter(|view| view.missing);
        missing.map(|view| self.material_name(&view.key)).collect()
    }

    /// Whether the page asks how the result is delivered.
    pub(super) fn asks_delivery(&self) -> bool {
        let item = self.item();
        !plan::nothing_to_choose(item) && plan::form_way(item, &self.form) == FormWay::NotAsked
    }

    /// How the result is delivered; none while it is not said.
    pub(super) fn way(&self) -> Option<Delivery> {
        let offered = &self.item().result.delivery;
        match plan::form_way(self.item(), &self.form) {
            FormWay::Said(way) => Some(way),
            FormWay::Open => None,
            FormWay::NotAsked if !self.asks_delivery() => {
                Some(offered.first().copied().unwrap_or(Delivery::Electronic))
            }
            FormWay::NotAsked => offered.iter().copied().find(|one| way(*one).0 == self.fields.one("way")),
        }
    }

    fn phone(&self) -> String {
        if self.asks_delivery() && self.fields.has("phone") {
            return self.fields.one("phone").to_owned();
        }
        let of_form = self.item().fields.iter().find(|field| field.prefill.as_deref() == Some("applicant.phone"));
        let said = of_form.and_then(|field| self.form.get(&field.key)).and_then(Value::as_str).map(str::to_owned);
        said.or_else(|| self.found.applicant.phone.clone()).unwrap_or_default()
    }

    fn receiving_errors(&self, window: &Window) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        let mut say = |id: &str, text: &str| wrong.push((id.to_owned(), text.to_owned()));
        if !self.asks_delivery() {
            return wrong;
        }
        match self.way() {
            None => say("way", "请选择怎么拿到结果"),
            Some(Delivery::Post) => {
                if !plain(Some(self.fields.one("recipient")), 50) {
                    say("recipient", "请填写收件人姓名，最多 50 个字");
                }
                if !plain(Some(self.fields.one("address")), 200) {
                    say("address", "请填写收件地址，写到门牌号，最多 200 个字");
                }
            }
            Some(Delivery::Pickup) => {
                let hall = self.fields.one("hall");
                if !halls(self.item(), &window.cases.vocabulary).iter().any(|(code, _)| code == hall) {
                    say("hall", "请选择在哪里领取");
                }
            }
            Some(Delivery::Electronic) => {}
        }
        if Phone::parse(&self.phone()).is_none() {
            say("phone", "请填写 11 位手机号码，或者带区号的固定电话");
        }
        wrong
    }

    /// The part of the page about delivery, where it is asked.
    pub(super) fn receiving_part(&self, window: &Window) -> Option<Receiving> {
        if !self.asks_delivery() {
            return None;
        }
        let mut offered = self.item().result.delivery.clone();
        // The quickest way is offered first.
        offered.sort_by_key(|one| *one != Delivery::Electronic);
        let first = offered.first().map_or("", |one| way(*one).0);
        let typed = |name: &str, known: &str| if self.sent { self.fields.one(name) } else { known }.to_owned();
        let applicant = &self.found.applicant;
        Some(Receiving {
            ways: offered.iter().map(|one| (way(*one).0.to_owned(), way(*one).1.to_owned())).collect(),
            way: typed("way", first),
            recipient: typed("recipient", &applicant.name),
            address: typed("address", applicant.address.as_deref().unwrap_or_default()),
            halls: halls(self.item(), &window.cases.vocabulary),
            hall: typed("hall", CITY),
            phone: self.phone(),
        })
    }

    /// Where the applicant is reached and where the result goes.
    pub(super) fn receiving(&self) -> event::Receiving {
        let phone = Phone::parse(&self.phone()).map(|phone| phone.as_str().to_owned());
        let posted = self.way() == Some(Delivery::Post);
        let given = |name: &str| Some(self.fields.one(name).trim()).filter(|t| !t.is_empty()).map(str::to_owned);
        if !self.asks_delivery() {
            let form = &self.found.assessment.form;
            let address = ["post_address", "deliver_address"].iter().find_map(|key| form.get(*key));
            return event::Receiving {
                phone,
                recipient: posted.then(|| self.found.applicant.name.clone()),
                address: address.and_then(Value::as_str).filter(|_| posted).map(str::to_owned),
                hall: None,
            };
        }
        event::Receiving {
            phone,
            recipient: given("recipient").filter(|_| posted),
            address: given("address").filter(|_| posted),
            hall: given("hall").filter(|hall| hall != CITY && self.way() == Some(Delivery::Pickup)),
        }
    }
}

/// Word, label and remark of each way in which a material may be handed in at the counter.
pub(super) fn ways(view: &MaterialView) -> Vec<(&'static str, &'static str, String)> {
    let mut ways = Vec::new();
    if let Some(held) = &view.replaced_by {
        let until =
            held.expires_on.map_or_else(|| "长期有效".to_owned(), |day| format!("有效期至 {}", kernel::show_date(day)));
        let number = kernel::masking::document_number(&held.number);
        ways.push((CERTIFICATE, "电子证照", format!("证号 {number}，{until}，不用收纸质")));
    }
    ways.push((PAPER, "收取纸质", String::new()));
    ways.push((SCAN, "扫描上传", String::new()));
    if view.deferrable {
        ways.push((DEFERRED, "容缺", "受理后补交，最长 30 个工作日；到期不补的，申请会被终止".to_owned()));
    }
    if view.replaced_by.is_none() {
        ways.push((LATER, "没有带来", "先收件，受理岗一次性告知申请人补齐".to_owned()));
    }
    ways
}
