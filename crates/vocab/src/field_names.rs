//! What the further data of certificates are called, as they stand on the certificates themselves.

/// Key in the list of certificate types, and what people read.
const NAMES: &[(&str, &str)] = &[
    ("account_number", "账号"),
    ("address", "住址"),
    ("amount", "金额"),
    ("annual_volume", "年许可量"),
    ("area", "面积"),
    ("balance", "余额"),
    ("bank_name", "开户银行"),
    ("birth_date", "出生日期"),
    ("birth_time", "出生时间"),
    ("buildings", "楼栋"),
    ("business_scope", "经营范围"),
    ("card_kind", "证件类别"),
    ("category", "类别"),
    ("contractor", "承包（施工）单位"),
    ("death_date", "死亡日期"),
    ("departments", "诊疗科目"),
    ("disability_category", "残疾类别"),
    ("disability_level", "残疾等级"),
    ("discharge_date", "退役日期"),
    ("enlistment_date", "入伍日期"),
    ("established_on", "成立日期"),
    ("family_size", "保障人口"),
    ("father_name", "父亲姓名"),
    ("file_number", "档案编号"),
    ("firm", "执业机构"),
    ("first_issue_date", "初次领证日期"),
    ("food_category", "食品类别"),
    ("household_number", "户号"),
    ("industry", "行业"),
    ("legal_representative", "法定代表人"),
    ("level", "等级"),
    ("licence_class", "准驾车型"),
    ("location", "坐落"),
    ("major", "专业"),
    ("monthly_amount", "每月金额"),
    ("months_paid", "缴费月数"),
    ("mother_name", "母亲姓名"),
    ("nationality", "民族"),
    ("operation_items", "经营项目"),
    ("operation_mode", "经营方式"),
    ("operation_scope", "经营范围"),
    ("operation_site", "经营场所"),
    ("passport_number", "护照号码"),
    ("period", "所属期间"),
    ("permit_number", "许可编号"),
    ("plate_number", "号牌号码"),
    ("practice_place", "执业地点"),
    ("practice_scope", "执业范围"),
    ("production_site", "生产地址"),
    ("project", "项目名称"),
    ("qualification", "资格名称"),
    ("quality_manager", "质量负责人"),
    ("query_range", "查询范围"),
    ("query_scope", "查询范围"),
    ("registered_capital", "注册资本"),
    ("registration_date", "登记日期"),
    ("registration_status", "登记状态"),
    ("relation_to_head", "与户主关系"),
    ("residence_address", "居住地址"),
    ("right_kind", "权利类型"),
    ("scale", "规模"),
    ("school", "学校"),
    ("school_kind", "学校类别"),
    ("scope", "范围"),
    ("service_scope", "服务范围"),
    ("sex", "性别"),
    ("site", "地点"),
    ("size", "规格"),
    ("source", "来源"),
    ("spouse_name", "配偶姓名"),
    ("stage", "学段"),
    ("subject", "学科"),
    ("tax_kind", "税种"),
    ("unit_number", "不动产单元号"),
    ("use", "用途"),
    ("vehicle_type", "车辆类型"),
    ("vin", "车辆识别代号"),
    ("volume", "数量"),
    ("work_kind", "工种"),
];

/// What people read for a key of a certificate's further data; none for a key that no type has.
#[must_use]
pub fn field_name(key: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == key).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vocabulary;

    #[test]
    fn every_field_of_every_certificate_has_a_name_and_no_name_is_idle() {
        let vocabulary = Vocabulary::guiyang();
        let fields: Vec<&str> =
            vocabulary.certificate_types().iter().flat_map(|one| one.fields.iter().map(String::as_str)).collect();
        for field in &fields {
            assert!(field_name(field).is_some(), "{field}");
        }
        for (key, name) in NAMES {
            assert!(fields.contains(key), "{key}");
            assert!(!name.is_empty() && !name.is_ascii(), "{key}");
        }
    }
}
