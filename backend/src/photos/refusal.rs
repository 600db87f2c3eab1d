//! Why a file is not taken as a photo, in words for the person who sent it.

use super::sniff::Stranger;
use geodata::Invalid;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No bytes at all.
    Empty,
    /// It is something else, and it is known what.
    Other(Stranger),
    /// It is nothing that is known here.
    Unknown,
    /// It begins as a picture and is another file besides.
    TwoFaced,
    /// It ends before the picture does.
    Truncated,
    /// It has more than one picture that follow each other in time.
    Animated,
    /// It is a picture of its kind, but of a form that no camera or phone makes.
    Uncommon,
    /// It has more pixels than are decoded here.
    TooManyPixels {
        /// As it says of itself.
        width: u32,
        /// As it says of itself.
        height: u32,
        /// The most for a file of its kind.
        most: u64,
    },
    /// It can't be decoded.
    Damaged,
}

impl Refusal {
    /// In Chinese and in English: what is wrong, and what to do.
    fn words(self) -> (String, String) {
        let (zh, en) = match self {
            Self::Empty => ("没有收到照片内容，请重新选择照片", "no photo arrived; choose it again"),
            Self::Other(Stranger::Heic) => (
                "这是 HEIC 照片，暂不支持；请在手机相机设置里选“兼容性最佳”，或另存为 JPEG 后再传",
                "this is a HEIC photo, which can't be read here; set the phone's camera to Most Compatible, or save it \
                 as JPEG and send that",
            ),
            Self::Other(Stranger::Video) => {
                ("这是视频，请改传照片", "this is a video; send a photo, or a still taken from it")
            }
            Self::Other(other) => {
                let name = other.name();
                return (
                    format!("这是 {name} 文件；照片须为 JPEG、PNG 或 WebP"),
                    format!("this is a file of kind {name}; a photo is JPEG, PNG or WebP"),
                );
            }
            Self::Unknown => (
                "无法识别为照片；照片须为 JPEG、PNG 或 WebP",
                "this is no photo that is known here; a photo is JPEG, PNG or WebP",
            ),
            Self::TwoFaced => (
                "照片里夹带了别的文件，不予接收；请传原始照片",
                "another file is hidden in the picture, so it is not taken; send the photo as the camera made it",
            ),
            Self::Truncated => ("照片不完整，请重新上传", "the photo is not complete; send it again"),
            Self::Animated => ("不接收动图，请传静态照片", "animated pictures are not taken; send a still one"),
            Self::Uncommon => (
                "照片的编码方式不常见，无法读取；请另存为普通 JPEG 后再传",
                "the picture is of a form that can't be read here; save it as an ordinary JPEG and send that",
            ),
            Self::TooManyPixels { width, height, most } => {
                let millions = most / 1_000_000;
                return (
                    format!("照片为 {width}×{height} 像素，超过 {millions} 百万像素；请缩小后再传"),
                    format!("the photo has {width}×{height} pixels, more than {millions} million; send it smaller"),
                );
            }
            Self::Damaged => (
                "照片已损坏，无法读取；请重新拍摄或另存后再传",
                "the photo is damaged and can't be read; save it anew and send that",
            ),
        };
        (zh.to_owned(), en.to_owned())
    }
}

impl From<Refusal> for Invalid {
    fn from(refusal: Refusal) -> Self {
        let (zh, en) = refusal.words();
        Self::new("photo", zh, en)
    }
}
