//! What actions and states are called in Chinese, for sentences of the server's own; the page has its texts in its locales.

use super::{Action as A, State as S};

impl A {
    /// Its name in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            A::Report => "上报",
            A::Verify => "核实",
            A::Accept => "立案",
            A::Dispatch => "派遣",
            A::Start => "开始处置",
            A::ReportBack => "反馈",
            A::Check => "核查",
            A::Close => "结案",
            A::Archive => "归档",
            A::Return => "退回",
            A::PassUp => "上报上级",
            A::PassDown => "下派",
            A::Refer => "转办",
            A::Answer => "答复",
            A::Park => "挂账",
            A::Resume => "恢复处置",
            A::Withdraw => "撤销",
            A::Reopen => "重办",
            A::Supervise => "督办",
            A::Record => "补录",
            A::Undo => "收回",
            A::Extend => "延期",
            A::Merge => "并案",
            A::Absorb => "收并",
            A::FollowUp => "回访",
            A::Note => "续报",
            A::Remind => "提醒",
            A::Lapse => "超期升级",
            A::Acknowledge => "知悉",
        }
    }
}

impl S {
    /// Its name in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            S::Reported => "登记",
            S::Verified => "已核实",
            S::Accepted => "已立案",
            S::Dispatched => "已派遣",
            S::InProgress => "处置中",
            S::ReportedBack => "已反馈",
            S::Checked => "已核查",
            S::Closed => "已结案",
            S::Archived => "已归档",
            S::Referred => "已转办",
            S::Parked => "挂账",
            S::Withdrawn => "已撤销",
            S::Merged => "已并案",
        }
    }
}
