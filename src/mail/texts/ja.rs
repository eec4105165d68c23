//! The text in Japanese.

use super::text::Text;

pub(super) const TEXT: Text = Text {
    tag: "ja",
    subject: |org| format!("{org} からゲストとしての招待が届いています"),
    reminder: |org| format!("【再送】{org} からゲストとしての招待が届いています"),
    hello: |name| format!("{name} 様"),
    hello_nobody: "こんにちは。",
    invited: |org, email| {
        format!("{org} より、ゲストとして組織にご参加いただくための招待をお送りします。この招待は {email} 宛てです。")
    },
    reminded: |org, email| {
        format!(
            "{org} からのゲストとしての招待がまだ承諾されていないため、あらためてご案内します。この招待は {email} 宛てです。"
        )
    },
    note: "招待に添えられたメッセージ:",
    accept: "招待を承諾する",
    open: "招待を承諾するには、次のリンクを開いてください。",
    copy: "ボタンが機能しない場合は、次のリンクをブラウザーにコピーしてください。",
    first: |email| {
        format!(
            "初回は {email} でサインインしてください。このアドレスが職場または学校アカウント (Microsoft Entra) や Microsoft アカウントとして登録されている場合は、そのアカウントでサインインするだけで完了します。それ以外の場合は、アカウントを作成するか、メールで届くワンタイム パスコードを使用できます。"
        )
    },
    personal: "このリンクはご本人専用です。転送しないでください。",
    ignore: |org| {
        format!(
            "{org} に心当たりがない場合や、この招待に覚えがない場合は、このメールを無視してください。承諾しない限り、何も行われません。"
        )
    },
};
