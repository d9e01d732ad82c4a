//! The page's types are made from `slipway_app::view`; this keeps the committed file equal to them.

use slipway_app::view::*;
use ts_rs::{Config, TS};

/// `SLIPWAY_WRITE_BINDINGS=1 cargo test -p slipway-app the_pages_types` writes the file anew.
#[test]
fn the_pages_types_are_those_of_the_app() {
    // Byte counts stay below 2^53, so numbers are safe in JSON and in the page.
    let config = Config::new().with_large_int("number");
    let mut text =
        String::from("// Generated from crates/app/src/view/ by its test `bindings`. Do not edit.\n");
    macro_rules! export {
        ($($name:ty),* $(,)?) => { $(
            text.push('\n');
            text.push_str(&<$name as TS>::docs().unwrap_or_default());
            text.push_str(&format!("export {}\n", <$name as TS>::decl(&config)));
        )* };
    }
    export!(
        FileId,
        JobId,
        Level,
        StartView,
        SettingsView,
        PreferencesView,
        Theme,
        Colors,
        Notifications,
        OnClose,
        RegistryView,
        OverrideView,
        OverriddenPart,
        RegistryForm,
        AccountView,
        CredentialSource,
        AccountsView,
        Account,
        TokenKind,
        AccountSource,
        AccountWay,
        AccountStorage,
        AccountState,
        TaskView,
        TokenTask,
        Allowed,
        SignOnView,
        KeychainView,
        KeychainState,
        SignInHost,
        Purpose,
        TokenCheckView,
        TokenVerdict,
        HeldToken,
        FoundView,
        FoundCredentials,
        FoundTrouble,
        TokenFrom,
        NewAccount,
        AddedAccount,
        BrowserSignIn,
        AccountPage,
        EngineSignIn,
        Engine,
        Draft,
        DraftOptions,
        OpenedView,
        LeftOutView,
        LeftOutWhat,
        ReadingView,
        FileFormat,
        ImageView,
        NameView,
        LayerView,
        LayerSending,
        FindingView,
        FixView,
        FixKind,
        Field,
        FormView,
        FieldView,
        ReferenceView,
        ReferencePart,
        PartName,
        PreflightView,
        LayerPlan,
        PublishButton,
        CheckView,
        CheckId,
        CheckName,
        RuleId,
        FindingId,
        NoteName,
        CheckState,
        DetailsView,
        CopiedView,
        CopyPair,
        CopyPlanView,
        CopyTagState,
        CopyTagView,
        CopyView,
        LayerContentView,
        DragView,
        DragItem,
        JobView,
        JobProgress,
        JobState,
        WaitingFor,
        StartsOver,
        JobLayer,
        LayerState,
        LogLine,
        JobUpdate,
        JobRow,
        ActivityView,
        Show,
        HistoryQuery,
        HistoryPage,
        RecentView,
        SuggestionView,
        SuggestionFrom,
        HostView,
        HostKind,
        HostSettings,
        HostsView,
        HostCheckView,
        ResultView,
        InstallView,
        InstalledView,
        JobKind,
        PublishedVersion,
        VisibilityView,
        Visibility,
        FailureView,
        Remedy,
        Retry,
        TechnicalView,
        LinkTopic,
        Code,
        PracticeView,
    );

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/bindings/view.ts");
    if std::env::var_os("SLIPWAY_WRITE_BINDINGS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, text, "ui/src/bindings/view.ts is not what the types say: write it anew");
}
