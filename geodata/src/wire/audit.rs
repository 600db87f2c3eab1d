//! The audit log on the wire: who did what, when and from where.

use crate::town::{Role, vocabulary};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

vocabulary!(
    /// What the audit log tells of.
    AuditAction {
        /// 登录
        SignIn,
        /// 登录失败
        SignInFailed,
        /// 退出
        SignOut,
        /// 结束会话
        EndSession,
        /// 修改密码
        ChangePassword,
        /// 启用动态口令
        EnableTotp,
        /// 停用动态口令
        DisableTotp,
        /// 新建账号
        AddAccount,
        /// 修改账号
        ChangeAccount,
        /// 停用账号
        DisableAccount,
        /// 恢复账号
        EnableAccount,
        /// 重置密码
        ResetPassword,
        /// 新建单位
        AddUnit,
        /// 修改单位
        ChangeUnit,
        /// 修改类别
        ChangeCategory,
        /// 导入类别
        ImportCategories,
        /// 修改值班表
        ChangeRoster,
        /// 修改日历
        ChangeCalendar,
        /// 修改工作时间
        ChangeHours,
        /// 填写当事人
        WriteParties,
        /// 查看当事人
        ReadParties,
        /// 删除当事人
        EraseParties,
        /// 移除照片
        RemovePhoto,
        /// 标注遮挡
        MarkObstruction,
        /// 取消遮挡标注
        UnmarkObstruction,
        /// 检查摄像头
        CheckCamera,
        /// 导出
        Export,
    }
);

vocabulary!(
    /// What kind of thing an entry of the audit log is about.
    AuditObject {
        /// 账号
        Account,
        /// 会话
        Session,
        /// 单位
        Unit,
        /// 事件
        Incident,
        /// 类别
        Category,
        /// 值班表
        Roster,
        /// 日历
        Calendar,
        /// 摄像头
        Camera,
        /// 导出
        Export,
    }
);

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its key.
    pub id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, where they are one of the staff; absent for a name that nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<i32>,
    /// The name that they had, or gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role that they acted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A word of [`AuditAction`]; a text, so that a reader outlives words that are added.
    pub action: String,
    /// A word of [`AuditObject`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Which of its kind: a number, a code, a person's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why, where a reason is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What else is worth knowing, name by name: `from`, `to`, `role` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Give this back as `after` to get the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
