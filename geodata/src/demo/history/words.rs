//! What people write when they act. Every sentence is invented; none names anyone.

use crate::demo::chance::{Chance, pick};
use crate::incident::Action;
use crate::town::CategoryGroup;

/// Notes for an action; `{unit}` is the unit that the category falls to, `{date}` a day of review.
fn choices(action: Action, group: CategoryGroup) -> &'static [&'static str] {
    use CategoryGroup as G;
    match (action, group) {
        (Action::Verify, G::Dispute) => {
            &["已分别听取双方陈述，情况属实", "入户核实，双方愿意调处", "核实属实，双方情绪平稳"]
        }
        (Action::Verify, _) => {
            &["现场核实属实", "已到场查看，情况属实，附照片", "电话核实并到场确认", "属实，范围不大"]
        }
        (Action::Accept, G::Dispute) => &["受理，确定调解员", "受理，约定调解时间"],
        (Action::Accept, G::Emergency) => &["立案，启动处置", "受理，通知相关单位到场"],
        (Action::Accept, _) => &["符合立案标准，受理", "受理", "立案处理"],
        (Action::Dispatch, G::Dispute) => &["派调解员调处", "请调解员与村委会共同调处"],
        (Action::Dispatch, _) => &["派{unit}处理", "请{unit}到场处置", "派单处理，请按时反馈"],
        (Action::Start, G::Dispute) => &["开始调解", "组织双方到村委会面谈"],
        (Action::Start, G::Emergency) => &["已到场，开始处置", "先行警戒并组织处置"],
        (Action::Start, _) => &["已到现场处理", "开始处理", "已联系人员和材料"],
        (Action::ReportBack, G::Dispute) => {
            &["达成口头协议，双方签字", "达成书面调解协议", "双方谅解，履行到位", "引导走法律途径，双方接受"]
        }
        (Action::ReportBack, G::Emergency) => &["险情排除，人员安全", "处置完毕，现场已清理", "已恢复正常，继续观察"],
        (Action::ReportBack, G::Security) => {
            &["已登记并采取防范措施", "现场已平息，做好笔录", "已劝阻并宣传", "线索已移交"]
        }
        (Action::ReportBack, G::Management) => {
            &["处理完毕，附前后照片", "已清理干净", "已修复", "已整改到位", "已更换，恢复使用"]
        }
        (Action::Check, _) => &["现场核查合格", "回访确认已解决", "核查属实，符合结案标准"],
        (Action::Close, _) => &["结案", "符合结案标准，结案"],
        (Action::Return, _) => {
            &["非本单位职责，请重新派遣", "现场未处理彻底，请继续", "材料不全，补充后再报", "照片与现场不符，请复核"]
        }
        (Action::PassUp, _) => {
            &["超出本级能力，请上级协调", "需{unit}处理，请协调", "涉及多方，请上级牵头", "按规定上报"]
        }
        (Action::PassDown, _) => &["属村级职责，请村上处理", "请村上先行处置"],
        (Action::Refer, _) => &["转{unit}办理", "按职责转{unit}"],
        (Action::Answer, _) => &["已办理完毕，结果如上", "已处理，附处理单", "已处理并告知反映人"],
        (Action::Park, _) => &["待材料到位，{date}复查", "列入维修计划，{date}前复查", "天气原因暂缓，{date}复查"],
        (Action::Resume, _) => &["条件具备，恢复处置", "到复查期，继续处理"],
        (Action::Withdraw, _) => &["到场未发现，已消除", "核实不属实，撤销", "反映人撤回", "已自行解决"],
        (Action::Reopen, _) => &["回访不满意，重新办理", "问题反复，重新办理"],
        (Action::Supervise, _) => &["已超期，请尽快办结并说明原因", "督办：请今日内反馈进展", "请加快办理"],
        // What the generated past does not do.
        _ => &[],
    }
}

/// A note for an action; most routine steps have none.
pub(super) fn note(
    action: Action,
    group: CategoryGroup,
    unit: &str,
    date: &str,
    chance: &mut Chance,
) -> Option<String> {
    use rand::Rng as _;
    let always = matches!(
        action,
        Action::Return
            | Action::PassUp
            | Action::PassDown
            | Action::Refer
            | Action::Answer
            | Action::Park
            | Action::Withdraw
            | Action::Reopen
            | Action::Supervise
            | Action::ReportBack
    );
    if !always && chance.random_bool(0.45) {
        return None;
    }
    pick(chance, choices(action, group)).map(|text| text.replace("{unit}", unit).replace("{date}", date))
}

/// A note that holds for any unit and any day; most routine steps have none.
pub(super) fn plain(action: Action, group: CategoryGroup, chance: &mut Chance) -> Option<&'static str> {
    let plain: Vec<&'static str> = choices(action, group).iter().copied().filter(|t| !t.contains('{')).collect();
    pick(chance, &plain).copied()
}
