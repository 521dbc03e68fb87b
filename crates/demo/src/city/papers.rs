//! What the people and enterprises of the demonstration city hold in the certificate library.

use std::collections::BTreeMap;

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::people::{Citizen, Enterprise, citizens, enterprises};

/// A certificate to be put into the library for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Type, a key of the vocabulary.
    pub certificate_type: &'static str,
    /// Day of issue.
    pub issued_on: Date,
    /// Further data, every field of the type.
    pub data: BTreeMap<String, String>,
}

fn paper(certificate_type: &'static str, issued_on: Date, data: &[(&str, &str)]) -> Paper {
    let data = data.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    Paper { certificate_type, issued_on, data }
}

/// `days` before `today`.
fn ago(today: Date, days: i64) -> Date {
    today.checked_sub(days.days()).unwrap_or(today)
}

/// The last anniversary of `day` that lies at least a month back, so that certificates of a year are valid for most of
/// it.
fn yearly(today: Date) -> Date {
    ago(today, 30)
}

/// What citizen number `place` (from 0) holds when the city is founded on `today`.
#[must_use]
pub fn of_citizen(place: usize, today: Date) -> Vec<Paper> {
    let all = citizens();
    let Some(me) = all.get(place) else { return Vec::new() };
    let mut papers = vec![resident_id(me, today), household(me)];
    let name = |place: usize| all.get(place).map_or("", |c| c.name);
    match place {
        0 => papers.extend([
            married(name(1)),
            bank_card("贵阳银行", date(2019, 3, 1)),
            insurance(today, "96"),
            fund(today, "520100000001", "68000"),
            flat("520115000001GB00001F00010001", me.address, "98.6"),
            paper("nurse-certificate", date(2023, 7, 10), &[("practice_place", "贵阳演示综合医院")]),
            schooling("贵阳演示护理学院", "护理学", "本科", date(2017, 6, 30)),
            health(today, "医疗护理"),
            paper("maternity-registration", date(2025, 6, 18), &[("spouse_name", name(1))]),
        ]),
        1 => papers.extend([
            married(name(0)),
            bank_card("中国建设银行", date(2019, 3, 1)),
            insurance(today, "150"),
            fund(today, "520100000002", "92000"),
            flat("520115000001GB00001F00010001", me.address, "98.6"),
            // Six years less sixty days ago: the time in which it may be renewed has begun.
            paper(
                "driving-licence",
                ago(today, 6 * 365 - 58),
                &[("licence_class", "C1"), ("file_number", "520100000002"), ("first_issue_date", "2014-05-06")],
            ),
            paper(
                "vehicle-licence",
                date(2019, 5, 20),
                &[("plate_number", "贵A12345"), ("vehicle_type", "小型轿车"), ("vin", "LSVDEM0A1K2000001")],
            ),
            paper("transport-worker-certificate", ago(today, 700), &[("category", "道路旅客运输驾驶员")]),
            paper("passport", ago(today, 9 * 365 + 100), &[("passport_number", "E00000002")]),
            paper("hk-macao-permit", ago(today, 900), &[("permit_number", "C00000002")]),
            paper(
                "professional-qualification",
                date(2016, 10, 12),
                &[("qualification", "一级建造师"), ("level", "一级")],
            ),
        ]),
        2 => papers.push(paper(
            "birth-certificate",
            date(2017, 9, 15),
            &[("mother_name", name(0)), ("father_name", name(1)), ("birth_time", "2017-09-12 08:30")],
        )),
        4 => papers.extend([
            paper("residence-permit", yearly(today), &[("residence_address", me.address)]),
            schooling("贵阳演示大学", "信息管理", "大专", date(2024, 6, 30)),
        ]),
        5 => papers.extend([
            paper(
                "discharge-certificate",
                date(2024, 9, 1),
                &[("enlistment_date", "2019-09-01"), ("discharge_date", "2024-09-01")],
            ),
            bank_card("中国工商银行", date(2024, 10, 1)),
            paper("unemployment-registration", date(2024, 10, 8), &[("registration_status", "登记失业")]),
            paper("no-house-proof", yearly(today), &[("query_scope", "贵阳市")]),
            paper("no-crime-proof", yearly(today), &[("query_range", "2018-10-01至今")]),
            schooling("贵阳演示职业学院", "机电一体化", "大专", date(2019, 6, 30)),
            health(today, "餐饮服务"),
        ]),
        6 => papers.extend([
            paper("divorce-certificate", date(2016, 2, 25), &[("registration_date", "2016-02-25")]),
            paper(
                "disability-certificate",
                date(2020, 8, 3),
                &[("disability_category", "肢体"), ("disability_level", "二级")],
            ),
            paper("minimum-living-certificate", yearly(today), &[("family_size", "2"), ("monthly_amount", "1560")]),
            bank_card("贵阳农商银行", date(2018, 1, 9)),
            paper("no-house-proof", yearly(today), &[("query_scope", "贵阳市")]),
        ]),
        7 => papers.extend([
            paper(
                "physician-certificate",
                date(2001, 4, 16),
                &[("practice_scope", "内科专业"), ("practice_place", "贵阳演示综合医院")],
            ),
            paper("teacher-qualification", date(1999, 7, 1), &[("subject", "生物"), ("stage", "高级中学")]),
            schooling("贵阳演示医科大学", "临床医学", "本科", date(1996, 7, 1)),
            bank_card("中国银行", date(2018, 6, 11)),
            insurance(today, "342"),
            fund(today, "520100000008", "260000"),
            flat("520102000008GB00008F00080008", me.address, "126.3"),
            paper(
                "tax-payment-proof",
                yearly(today),
                &[("period", "上一年度"), ("tax_kind", "个人所得税"), ("amount", "12600.00")],
            ),
        ]),
        8 => papers.extend([
            bank_card("中国农业银行", date(2018, 6, 11)),
            insurance(today, "420"),
            fund(today, "520100000009", "310000"),
            paper("lawyer-licence", date(2002, 3, 5), &[("firm", "贵阳演示律师事务所")]),
        ]),
        9 => papers.extend([
            bank_card("中国邮政储蓄银行", date(2017, 6, 11)),
            insurance(today, "400"),
            flat("520181000010GB00010F00100010", me.address, "88.0"),
        ]),
        11 => papers.push(paper("veteran-card", date(2022, 8, 1), &[("card_kind", "退役军人优待证")])),
        _ => {}
    }
    papers
}

fn resident_id(me: &Citizen, today: Date) -> Paper {
    let born = me.born().to_string();
    let sex = me.sex().label();
    let data = [("sex", sex), ("nationality", "汉"), ("birth_date", born.as_str()), ("address", me.address)];
    paper("resident-id", ago(today, 1200), &data)
}

fn household(me: &Citizen) -> Paper {
    let number = format!("{}000{}", me.region, me.phone.get(7..).unwrap_or_default());
    let issued = me.born().max(date(2015, 1, 1));
    let data = [("household_number", number.as_str()), ("relation_to_head", "本人"), ("address", me.address)];
    paper("household-register", issued, &data)
}

fn married(spouse: &str) -> Paper {
    paper("marriage-certificate", date(2016, 5, 20), &[("spouse_name", spouse), ("registration_date", "2016-05-20")])
}

fn bank_card(bank: &str, issued: Date) -> Paper {
    paper("social-security-card", issued, &[("bank_name", bank)])
}

fn insurance(today: Date, months: &str) -> Paper {
    paper("social-insurance-record", yearly(today), &[("period", "参保以来"), ("months_paid", months)])
}

fn fund(today: Date, account: &str, balance: &str) -> Paper {
    paper("housing-fund-record", yearly(today), &[("account_number", account), ("balance", balance)])
}

fn flat(unit: &str, location: &str, area: &str) -> Paper {
    let data = [("unit_number", unit), ("location", location), ("area", area), ("use", "住宅")];
    paper("real-estate-certificate", date(2018, 8, 8), &data)
}

fn schooling(school: &str, major: &str, level: &str, issued: Date) -> Paper {
    paper("academic-certificate", issued, &[("school", school), ("major", major), ("level", level)])
}

fn health(today: Date, work: &str) -> Paper {
    paper("health-check-proof", yearly(today), &[("work_kind", work)])
}

/// What enterprise number `place` (from 0) holds when the city is founded on `today`.
#[must_use]
pub fn of_enterprise(place: usize, today: Date) -> Vec<Paper> {
    let all = enterprises();
    let Some(me) = all.get(place) else { return Vec::new() };
    let site = me.address;
    match place {
        0 => vec![
            business_licence(me),
            paper(
                "food-operation-licence",
                ago(today, 400),
                &[("operation_site", site), ("operation_items", "预包装食品销售、热食类食品制售")],
            ),
            paper("hygiene-licence", ago(today, 400), &[("site", site), ("project", "宾馆")]),
            paper("fire-safety-proof", ago(today, 420), &[("site", site), ("use", "宾馆、商场")]),
            paper("publication-licence", ago(today, 300), &[("scope", "图书零售")]),
        ],
        1 => vec![
            business_licence(me),
            paper(
                "food-operation-licence",
                ago(today, 500),
                &[("operation_site", site), ("operation_items", "热食类食品制售")],
            ),
        ],
        2 => vec![
            business_licence(me),
            paper(
                "construction-qualification",
                ago(today, 800),
                &[("qualification", "建筑工程施工总承包"), ("level", "二级")],
            ),
            paper("safety-production-licence", ago(today, 500), &[("scope", "建筑施工")]),
        ],
        3 => vec![
            business_licence(me),
            paper(
                "medical-institution-licence",
                ago(today, 900),
                &[("site", site), ("departments", "内科、外科、妇产科、儿科、医学影像科")],
            ),
            paper(
                "drug-operation-licence",
                ago(today, 900),
                &[("operation_scope", "处方药、非处方药"), ("quality_manager", "吴静宜")],
            ),
            paper("medical-device-licence", ago(today, 600), &[("operation_scope", "第三类医疗器械")]),
            premises("520102000104GB00104F01040104", site, "5200.0", "医疗卫生"),
        ],
        4 => vec![
            business_licence(me),
            paper("road-transport-licence", ago(today, 600), &[("business_scope", "道路普通货物运输、大型物件运输")]),
            paper(
                "vehicle-transport-certificate",
                ago(today, 600),
                &[("plate_number", "贵A54321"), ("vehicle_type", "重型半挂牵引车")],
            ),
        ],
        5 => vec![
            business_licence(me),
            paper(
                "land-planning-permit",
                ago(today, 1000),
                &[("project", "演示花园二期"), ("site", site), ("area", "26000")],
            ),
            paper(
                "construction-planning-permit",
                ago(today, 800),
                &[("project", "演示花园二期"), ("site", site), ("scale", "82000平方米")],
            ),
            paper(
                "construction-permit",
                ago(today, 600),
                &[("project", "演示花园二期"), ("site", site), ("contractor", "贵阳演示建筑工程有限公司")],
            ),
            premises("520103000106GB00106W00000000", site, "26000.0", "城镇住宅用地"),
        ],
        6 => vec![
            paper(
                "private-nonprofit-certificate",
                ago(today, 700),
                &[("legal_representative", representative(me)), ("business_scope", me.about)],
            ),
            paper("private-school-licence", ago(today, 700), &[("site", site), ("school_kind", "九年一贯制学校")]),
            premises("520181000107GB00107F01070107", site, "12000.0", "科教用地"),
        ],
        7 => vec![
            business_licence(me),
            paper("pollutant-permit", ago(today, 900), &[("site", site), ("industry", "专用化学产品制造")]),
            paper(
                "hazardous-chemicals-licence",
                ago(today, 400),
                &[("operation_mode", "不带储存设施经营"), ("scope", "乙醇、丙酮")],
            ),
            paper(
                "food-production-licence",
                ago(today, 700),
                &[("production_site", site), ("food_category", "食品添加剂")],
            ),
            paper("water-abstraction-licence", ago(today, 700), &[("source", "地表水"), ("annual_volume", "60000")]),
            premises("520121000108GB00108F01080108", site, "18000.0", "工业用地"),
        ],
        _ => Vec::new(),
    }
}

fn representative(me: &Enterprise) -> &'static str {
    citizens().get(me.representative).map_or("", |citizen| citizen.name)
}

fn business_licence(me: &Enterprise) -> Paper {
    let (capital, established) = (me.capital_cents.to_string(), me.established.to_string());
    let data = [
        ("legal_representative", representative(me)),
        ("registered_capital", capital.as_str()),
        ("business_scope", me.about),
        ("address", me.address),
        ("established_on", established.as_str()),
    ];
    paper("business-licence", me.established, &data)
}

fn premises(unit: &str, location: &str, area: &str, purpose: &str) -> Paper {
    let data = [("unit_number", unit), ("location", location), ("area", area), ("use", purpose)];
    paper("real-estate-certificate", date(2019, 9, 9), &data)
}

#[cfg(test)]
mod tests {
    use kernel::SubjectKind;

    use super::*;

    fn all(today: Date) -> Vec<(SubjectKind, Paper)> {
        let persons = (0..citizens().len()).flat_map(|p| of_citizen(p, today)).map(|p| (SubjectKind::Person, p));
        let bodies =
            (0..enterprises().len()).flat_map(|p| of_enterprise(p, today)).map(|p| (SubjectKind::Enterprise, p));
        persons.chain(bodies).collect()
    }

    #[test]
    fn every_paper_is_of_a_known_type_with_all_its_fields() {
        let vocabulary = vocab::Vocabulary::guiyang();
        for (_, paper) in all(date(2026, 3, 2)) {
            let kind = vocabulary.certificate_type(paper.certificate_type).expect(paper.certificate_type);
            let fields: Vec<&String> = paper.data.keys().collect();
            let mut wanted: Vec<&String> = kind.fields.iter().collect();
            wanted.sort();
            assert_eq!(fields, wanted, "{}", paper.certificate_type);
            assert!(paper.data.values().all(|value| !value.is_empty()), "{}", paper.certificate_type);
        }
    }

    #[test]
    fn nothing_was_issued_in_the_future() {
        for day in [date(2026, 3, 2), date(2031, 12, 31)] {
            for (_, paper) in all(day) {
                assert!(paper.issued_on <= day, "{} {}", paper.certificate_type, paper.issued_on);
            }
        }
    }
}
