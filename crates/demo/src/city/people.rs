//! The people and enterprises of the demonstration city. All of them are made up; their numbers carry right check
//! characters, so that every form takes them.

use jiff::civil::{Date, date};
use kernel::{
    SubjectKind,
    identifiers::{IdNumber, Sex, Uscc},
};

/// A citizen of the demonstration city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Login, such as `citizen1`.
    pub username: String,
    /// Full name.
    pub name: &'static str,
    /// Citizen number.
    pub id_number: IdNumber,
    /// Phone.
    pub phone: String,
    /// District of residence, six digits.
    pub region: &'static str,
    /// Address of residence.
    pub address: &'static str,
    /// Who this is, for the table of accounts.
    pub about: &'static str,
}

impl Citizen {
    /// Day of birth.
    #[must_use]
    pub fn born(&self) -> Date {
        self.id_number.birth_date()
    }
    /// Sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.id_number.sex()
    }
}

/// An enterprise of the demonstration city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enterprise {
    /// Login, such as `enterprise1`.
    pub username: String,
    /// Registered name.
    pub name: &'static str,
    /// Credit code.
    pub uscc: Uscc,
    /// Place of the legal representative in [`citizens`].
    pub representative: usize,
    /// Place of the handling agent in [`citizens`], where it has one.
    pub agent: Option<usize>,
    /// Phone.
    pub phone: String,
    /// District of registration, six digits.
    pub region: &'static str,
    /// Registered address.
    pub address: &'static str,
    /// What it does, for the table of accounts and its business licence.
    pub about: &'static str,
    /// Day of its founding.
    pub established: Date,
    /// Registered capital in fen.
    pub capital_cents: i64,
}

/// name, district of the number, born, sequence (odd male), district of residence, address, about
type CitizenRow = (&'static str, u32, Date, u32, &'static str, &'static str, &'static str);

const CITIZENS: [CitizenRow; 12] = [
    (
        "林晓岚",
        520_102,
        date(1995, 7, 16),
        102,
        "520115",
        "贵州省贵阳市观山湖区长岭北路演示花园1栋1单元101号",
        "护士，与citizen2为夫妻，citizen3的母亲",
    ),
    (
        "周启明",
        520_103,
        date(1990, 11, 3),
        211,
        "520115",
        "贵州省贵阳市观山湖区长岭北路演示花园1栋1单元101号",
        "司机，有房有车，驾驶证即将到期",
    ),
    (
        "周小禾",
        520_115,
        date(2017, 9, 12),
        308,
        "520115",
        "贵州省贵阳市观山湖区长岭北路演示花园1栋1单元101号",
        "小学生",
    ),
    ("罗一鸣", 520_111, date(2009, 12, 20), 415, "520111", "贵州省贵阳市花溪区清溪路演示小区2栋202号", "高中生"),
    (
        "孟雨桐",
        430_102,
        date(2006, 5, 8),
        526,
        "520103",
        "贵州省贵阳市云岩区中华北路演示公寓3栋303号",
        "大学生，外省户籍，持居住证",
    ),
    (
        "杨志远",
        520_112,
        date(2000, 10, 1),
        631,
        "520112",
        "贵州省贵阳市乌当区新添大道演示家园4栋404号",
        "退役军人，自主创业",
    ),
    (
        "龙秀英",
        520_121,
        date(1980, 4, 22),
        744,
        "520121",
        "贵州省贵阳市开阳县开州大道演示苑5栋505号",
        "残疾人，低保家庭，离异",
    ),
    (
        "吴静宜",
        520_102,
        date(1973, 6, 30),
        856,
        "520102",
        "贵州省贵阳市南明区瑞金南路演示里6栋606号",
        "执业医师，临近退休",
    ),
    (
        "石建国",
        520_113,
        date(1965, 8, 19),
        967,
        "520113",
        "贵州省贵阳市白云区白云南路演示新村7栋707号",
        "企业负责人，已到退休年龄",
    ),
    (
        "田守信",
        520_181,
        date(1960, 12, 5),
        173,
        "520181",
        "贵州省贵阳市清镇市云岭大街演示坊8栋808号",
        "退休人员，企业负责人",
    ),
    ("岑桂芳", 520_123, date(1943, 3, 28), 284, "520123", "贵州省贵阳市修文县阳明大道演示巷9号", "高龄老人"),
    (
        "冉正德",
        520_122,
        date(1935, 9, 9),
        395,
        "520122",
        "贵州省贵阳市息烽县虎城大道演示路10号",
        "高龄老人，老退役军人",
    ),
];

/// The citizens, in the order of their logins.
#[must_use]
pub fn citizens() -> Vec<Citizen> {
    let citizen = |(place, row): (usize, &CitizenRow)| {
        let (name, origin, born, sequence, region, address, about) = *row;
        Citizen {
            username: format!("citizen{}", place + 1),
            name,
            id_number: IdNumber::synthetic(origin, born, sequence),
            phone: format!("1390000{:04}", place + 1),
            region,
            address,
            about,
        }
    };
    CITIZENS.iter().enumerate().map(citizen).collect()
}

struct EnterpriseRow {
    name: &'static str,
    kind: &'static str,
    organisation: &'static str,
    representative: usize,
    agent: Option<usize>,
    region: &'static str,
    address: &'static str,
    about: &'static str,
    established: Date,
    capital_yuan: i64,
}

const ENTERPRISES: [EnterpriseRow; 8] = [
    EnterpriseRow {
        name: "贵阳演示商贸有限公司",
        kind: "91",
        organisation: "MA0DEM01",
        representative: 1,
        agent: Some(0),
        region: "520115",
        address: "贵州省贵阳市观山湖区金朱西路演示大厦11层",
        about: "食品销售、餐饮服务、酒店管理、日用百货销售",
        established: date(2015, 4, 8),
        capital_yuan: 5_000_000,
    },
    EnterpriseRow {
        name: "贵阳市乌当区演示小吃店",
        kind: "92",
        organisation: "MA0DEM02",
        representative: 5,
        agent: None,
        region: "520112",
        address: "贵州省贵阳市乌当区新添大道演示街12号",
        about: "小吃服务（个体工商户）",
        established: date(2023, 9, 1),
        capital_yuan: 50_000,
    },
    EnterpriseRow {
        name: "贵阳演示建筑工程有限公司",
        kind: "91",
        organisation: "MA0DEM03",
        representative: 8,
        agent: Some(5),
        region: "520113",
        address: "贵州省贵阳市白云区白云南路演示基地13号",
        about: "房屋建筑工程、市政工程施工",
        established: date(2008, 3, 18),
        capital_yuan: 40_000_000,
    },
    EnterpriseRow {
        name: "贵阳演示综合医院有限公司",
        kind: "91",
        organisation: "MA0DEM04",
        representative: 7,
        agent: Some(0),
        region: "520102",
        address: "贵州省贵阳市南明区瑞金南路演示医院",
        about: "医疗服务、药品零售",
        established: date(2012, 11, 26),
        capital_yuan: 30_000_000,
    },
    EnterpriseRow {
        name: "贵阳演示运输有限公司",
        kind: "91",
        organisation: "MA0DEM05",
        representative: 1,
        agent: None,
        region: "520111",
        address: "贵州省贵阳市花溪区孟关大道演示物流园15号",
        about: "道路普通货物运输、大件运输",
        established: date(2016, 6, 6),
        capital_yuan: 8_000_000,
    },
    EnterpriseRow {
        name: "贵阳演示置业有限公司",
        kind: "91",
        organisation: "MA0DEM06",
        representative: 9,
        agent: Some(5),
        region: "520103",
        address: "贵州省贵阳市云岩区延安中路演示广场16层",
        about: "房地产开发经营、物业管理",
        established: date(2010, 1, 12),
        capital_yuan: 100_000_000,
    },
    EnterpriseRow {
        name: "贵阳市演示实验学校",
        kind: "52",
        organisation: "MJ0DEM07",
        representative: 7,
        agent: None,
        region: "520181",
        address: "贵州省贵阳市清镇市职教城演示校区17号",
        about: "民办中小学教育（民办非企业单位）",
        established: date(2018, 8, 20),
        capital_yuan: 10_000_000,
    },
    EnterpriseRow {
        name: "贵阳演示新材料有限公司",
        kind: "91",
        organisation: "MA0DEM08",
        representative: 8,
        agent: Some(5),
        region: "520121",
        address: "贵州省贵阳市开阳县硒城工业园演示厂区18号",
        about: "化工材料生产、危险化学品经营、食品添加剂生产",
        established: date(2013, 5, 30),
        capital_yuan: 60_000_000,
    },
];

/// The enterprises, in the order of their logins.
#[must_use]
pub fn enterprises() -> Vec<Enterprise> {
    let enterprise = |(place, row): (usize, &EnterpriseRow)| {
        let region = row.region.parse().unwrap_or(520_100);
        Uscc::synthetic(row.kind, region, row.organisation).map(|uscc| Enterprise {
            username: format!("enterprise{}", place + 1),
            name: row.name,
            uscc,
            representative: row.representative,
            agent: row.agent,
            phone: format!("1380000{:04}", place + 1),
            region: row.region,
            address: row.address,
            about: row.about,
            established: row.established,
            capital_cents: row.capital_yuan * 100,
        })
    };
    ENTERPRISES.iter().enumerate().filter_map(enterprise).collect()
}

/// What rules and prefill see of every applicant on `day`, with the login: citizens first, then enterprises.
#[must_use]
pub fn applicants(day: Date) -> Vec<(String, catalogue::domain::ApplicantFacts)> {
    let citizens = citizens();
    let persons = citizens.iter().map(|citizen| {
        let facts = catalogue::domain::ApplicantFacts {
            kind: SubjectKind::Person,
            name: citizen.name.to_owned(),
            id_number: Some(citizen.id_number.as_str().to_owned()),
            uscc: None,
            age: Some(citizen.id_number.age_on(day)),
            sex: Some(citizen.sex().as_str().to_owned()),
            region: Some(citizen.region.to_owned()),
            phone: Some(citizen.phone.clone()),
            address: Some(citizen.address.to_owned()),
            legal_representative: None,
        };
        (citizen.username.clone(), facts)
    });
    let bodies = enterprises().into_iter().map(|enterprise| {
        let representative = citizens.get(enterprise.representative).map(|citizen| citizen.name.to_owned());
        let facts = catalogue::domain::ApplicantFacts {
            kind: SubjectKind::Enterprise,
            name: enterprise.name.to_owned(),
            id_number: None,
            uscc: Some(enterprise.uscc.as_str().to_owned()),
            age: None,
            sex: None,
            region: Some(enterprise.region.to_owned()),
            phone: Some(enterprise.phone.clone()),
            address: Some(enterprise.address.to_owned()),
            legal_representative: representative,
        };
        (enterprise.username, facts)
    });
    let persons: Vec<_> = persons.collect();
    persons.into_iter().chain(bodies).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_valid_number_of_his_own() {
        let day = date(2026, 3, 2);
        let mut numbers: Vec<String> = citizens().iter().map(|c| c.id_number.as_str().to_owned()).collect();
        for number in &numbers {
            assert!(IdNumber::parse(number, day).is_ok(), "{number}");
        }
        let bodies = enterprises();
        assert_eq!(bodies.len(), 8, "a code with a character outside the alphabet makes no enterprise");
        for body in &bodies {
            assert!(
                Uscc::parse(body.uscc.as_str()).is_ok_and(|code| !code.organisation_code_warning()),
                "{}",
                body.uscc
            );
        }
        numbers.extend(bodies.iter().map(|e| e.uscc.as_str().to_owned()));
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 20);
    }

    #[test]
    fn the_ages_cover_the_turning_points_of_a_life() {
        let day = date(2026, 3, 2);
        let ages: Vec<i64> = citizens().iter().map(|c| c.id_number.age_on(day)).collect();
        assert_eq!(ages, [30, 35, 8, 16, 19, 25, 45, 52, 60, 65, 82, 90]);
        let women = citizens().iter().filter(|c| c.sex() == Sex::Female).count();
        assert!((4..=8).contains(&women), "{women}");
    }

    #[test]
    fn an_enterprise_is_represented_by_an_adult() {
        for enterprise in enterprises() {
            let citizens = citizens();
            for person in [Some(enterprise.representative), enterprise.agent].into_iter().flatten() {
                assert!(citizens[person].id_number.age_on(enterprise.established.max(date(2024, 1, 1))) >= 18);
            }
        }
    }

    #[test]
    fn districts_exist() {
        let vocabulary = vocab::Vocabulary::guiyang();
        for (account, facts) in applicants(date(2026, 3, 2)) {
            let region = facts.region.unwrap();
            assert!(vocabulary.district_of(&region).is_some(), "{account} {region}");
        }
    }
}
