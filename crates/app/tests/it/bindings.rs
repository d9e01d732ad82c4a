//! The page's types are made from `slipway_app::view`; this keeps the committed file equal to them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use slipway_app::view::*;
use ts_rs::{Config, TS};

use crate::as_committed;

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
        BuildFolderView,
        BuildArgumentView,
        BuildSizeView,
        BuildEngineView,
        BuildPlatformView,
        BuildHow,
        BuildWish,
        BuildArgument,
        BuildSecret,
        BuildSecretFrom,
        BuildSecretFile,
        BuildView,
        BuiltView,
        BuildRunView,
        BuildProgressView,
        BuildState,
        BuildFailedView,
        BuildStepView,
        BuildStepState,
        BuildLineView,
        AfterBuildView,
        BuildUpdate,
        PastedView,
        PastedProblem,
        WishView,
        ReadAs,
        TagsView,
        TagRow,
        Dates,
        FactsView,
        PlatformView,
        SizeView,
        SignaturesView,
        PlaceView,
        InstallWish,
        Existing,
        Begun,
        InstalledFile,
        Level,
        StartView,
        SettingsView,
        PreferencesView,
        DifferencesView,
        ComparisonView,
        LayersView,
        ConfigDifference,
        ConfigPartName,
        FixedView,
        FixedKind,
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
        EnginesView,
        EngineView,
        EngineState,
        HeldImage,
        HeldImagesView,
        ComparedView,
        ImageStateView,
        RegistryState,
        UnknownReason,
        ContainerView,
        EngineImageView,
        EnginePartView,
        EnginePartKind,
        DockerAsks,
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
        FixView,
        FixKind,
        Field,
        FormView,
        FieldView,
        ReferenceView,
        ReferencePart,
        PartName,
        PartsView,
        PartView,
        PreflightView,
        LayerPlan,
        PublishButton,
        CheckId,
        CheckName,
        RuleId,
        FindingId,
        NoteName,
        CheckState,
        DetailsView,
        CopiedView,
        CopyDraft,
        CopyVersions,
        CopyEndView,
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
        ChosenView,
        InstallView,
        InstalledImage,
        LoadedImage,
        InstalledView,
        JobKind,
        PublishedVersion,
        VisibilityView,
        Visibility,
        Remedy,
        Retry,
        TechnicalView,
        LinkTopic,
        Code,
        PracticeView,
    );

    // Which parameters there are follows from the id, so each of these is as many types as there are ids.
    let mut add = |line: String| writeln!(text, "\n{line}").unwrap();
    let params = |name: &str, ids: &[Declared]| format!("export type {name} = {};", types_of(ids));
    add(params("CodeParams", &Code::all()));
    add(params("CheckParams", &CheckName::all()));
    add(params("NoteParams", &NoteName::all()));
    add(params("RuleParams", &RuleId::all()));
    let about: Vec<_> = About::NAMES.iter().map(|name| format!("{name}?: string")).collect();
    add(format!(
        "/** What a failure of any code may say beside its own. */\nexport type About = {{ {} }};",
        about.join(", ")
    ));
    let by_id = |docs: Option<String>, name: &str, (id, ids): (&str, &str), params: &str, rest: String| {
        let docs = docs.unwrap_or_default();
        format!(
            "{docs}export type {name} = {{ [I in {ids}]: {{ {id}: I, params: {params} }} & {rest} }}[{ids}];"
        )
    };
    let (checks, findings) = ("(CheckParams & RuleParams)[I]", "(NoteParams & RuleParams)[I]");
    let inline = <FailureView as TS>::inline(&config);
    add(by_id(FailureView::docs(), "FailureView", ("code", "Code"), "CodeParams[I] & About", inline));
    let inline = <CheckView as TS>::inline(&config);
    add(by_id(CheckView::docs(), "CheckView", ("id", "CheckId"), checks, inline));
    let inline = <FindingView as TS>::inline(&config);
    add(by_id(FindingView::docs(), "FindingView", ("id", "FindingId"), findings, inline));
    as_committed("ui/src/bindings/view.ts", &text);
}

/// What the page needs to show parameters, and what its tests hold its texts against.
#[test]
fn the_pages_parameters_are_those_of_the_app() {
    let sets = [Code::all(), CheckName::all(), NoteName::all(), RuleId::all()];
    let mut shown = BTreeMap::new();
    for param in sets.iter().flatten().flat_map(|id| &id.params) {
        let before = shown.insert(param.name, param.shown);
        assert!(before.is_none_or(|before| before == param.shown), "“{}” is shown in two ways", param.name);
    }
    shown.retain(|_, shown| *shown != Shown::Text);
    for name in Code::OF_ASKED {
        assert!(sets[0].iter().any(|code| code.name == name), "{name}");
    }
    let mut text =
        String::from("// Generated from crates/app/src/view/ by its test `bindings`. Do not edit.\n\n");
    text.push_str("/** Parameters that are shown in a way of their own. */\nexport const SHOWN = {\n");
    for (name, shown) in shown {
        writeln!(text, "  {name}: '{}',", shown.as_str()).unwrap();
    }
    text.push_str("} as const;\n");
    let list = |about: &str, name: &str, names: &[&str]| {
        let names: String = names.iter().map(|name| format!("  '{name}',\n")).collect();
        format!("\n/** {about} */\nexport const {name} = [\n{names}] as const;\n")
    };
    text.push_str(&list("Parameters that a failure of any code may have.", "ABOUT", About::NAMES));
    text.push_str(&list(
        "Failures that are of whoever was asked in the end, where the registry led to another host.",
        "OF_ASKED",
        &Code::OF_ASKED,
    ));
    as_committed("ui/src/bindings/params.ts", &text);

    let named = |code: &Declared| (code.name, code.params.iter().map(|param| param.name).collect::<Vec<_>>());
    let codes: BTreeMap<_, _> = sets[0].iter().map(named).collect();
    as_committed("ui/tests/params.json", &(serde_json::to_string_pretty(&codes).unwrap() + "\n"));
}
