// Every command of the window, once: what it is for, its name, what it is asked with, what it answers, and what is
// done. From this list come the handler (`src/commands/mod.rs`), the grants (`build.rs`), and the page's interface, its
// bridge and the base of its stand-in (`ui/src/bindings/commands.ts`, written by a test of `crates/app`).
//
// The first word is what the command works with: the `App`, or the window or its handle. `Fallible` answers reject with
// a `FailureView`. A `Channel` is a function in the page: it is called until the command is over.

commands! {
    /// What the window needs to know once.
    fn start(app: App) -> StartView { app.start() }

    /// The first paint is done: the window may be shown.
    fn ready(window: WebviewWindow) { crate::window::show(&window) }

    /// Opens a page outside, in the system's browser. The page names a topic; the address is made in Rust.
    fn open_link(app: App, topic: LinkTopic, draft: Draft) -> Fallible<()> { open(app.form().link(topic, &draft)) }

    /// Closes the window while jobs run: they go on without it, or are paused.
    fn leave(handle: AppHandle, how: OnClose) { crate::leaving::leave(&handle, how) }

    /// Something failed in the page, for the report.
    fn note_page_fault(app: App, text: String) { app.diagnostics().note(&text) }

    /// Tells the system's user of a job, if nobody looks at the window. One a job: the next one replaces it.
    fn notify(handle: AppHandle, job: JobId, title: String, body: String) {
        notifications::tell(&handle, Subject::Job(job), &title, &body);
    }

    /// Asks for a file with the system's own dialog; null where the person left it.
    fn choose_image(handle: AppHandle, draft: Draft) -> Fallible<Option<OpenedView>> {
        match chosen_file(&handle).await {
            Some(path) => app(&handle).images().open_path(&path, draft).await.map(Some),
            None => Ok(None),
        }
    }

    /// Opens a file by its path.
    fn open_path(app: App, path: String, draft: Draft) -> Fallible<OpenedView> {
        app.images().open_text(&path, draft).await
    }

    /// Opens files that were dropped.
    fn open_dropped(app: App, files: Vec<FileId>, draft: Draft) -> Fallible<OpenedView> {
        app.images().open_dropped(&files, draft).await
    }

    /// Opens a file that was refused as `file.unpacks`, since the person says so.
    fn unpack_anyway(app: App, file: FileId, draft: Draft) -> Fallible<OpenedView> {
        app.images().unpack_anyway(file, draft).await
    }

    /// Opens the first file that Slipway was started with, once.
    fn open_argument(handle: AppHandle, draft: Draft) -> Fallible<Option<OpenedView>> {
        let path = waiting(&handle).pop_front();
        match path {
            Some(path) => app(&handle).images().open_path(&path, draft).await.map(Some),
            None => Ok(None),
        }
    }

    /// The others, once, judged by name and first bytes, and how many there are beyond those that are looked at.
    fn more_arguments(handle: AppHandle) -> (Vec<DragItem>, u32) {
        let paths = std::mem::take(&mut *waiting(&handle));
        app(&handle).images().judge(&Vec::from(paths), true)
    }

    /// The compressed file that is being unpacked, while something is opened.
    fn reading(app: App) -> Option<ReadingView> { app.images().reading() }

    /// What is being opened fails as `cancelled`.
    fn cancel_reading(app: App) { app.images().cancel_reading() }

    /// What stands in an image, for people who want to know.
    fn details(app: App, file: FileId, image: String) -> Fallible<DetailsView> {
        app.images().details(file, &image).await
    }

    /// Unpacks a layer, by its place in the list, to count; null for one that is not in the file. An earlier count ends
    /// as `cancelled`.
    fn layer_content(app: App, file: FileId, image: String, layer: usize) -> Fallible<Option<LayerContentView>> {
        app.images().layer_content(file, &image, layer).await
    }

    /// A count that runs ends.
    fn leave_layer(app: App) { app.images().leave_layer(); }

    /// What the local rules say of a form.
    fn check_form(app: App, draft: Draft) -> Fallible<FormView> { app.form().check(&draft) }

    /// The form filled from a pasted reference or pull command; null where it is none.
    fn fill_reference(app: App, draft: Draft, text: String) -> Option<Draft> { app.form().fill(&draft, &text) }

    /// The form for another registry; what was typed is kept.
    fn switch_registry(app: App, draft: Draft, registry: String) -> Fallible<Draft> {
        app.form().switch(&draft, &registry)
    }

    /// What the registry and GitHub say of a form. `anew`: somebody asks on purpose, and wants no answer of a moment ago.
    fn preflight(app: App, draft: Draft, anew: bool) -> Fallible<PreflightView> {
        if anew {
            app.publish().forget_answers();
        }
        app.publish().preflight(&draft).await
    }

    /// Begins to publish.
    fn publish(app: App, draft: Draft) -> Fallible<JobId> { app.publish().start(&draft).await }

    /// The repository at one end of a copy, and its tags. `isRead`: the copy comes from there.
    fn copy_end(app: App, reference: String, is_read: bool) -> Fallible<CopyEndView> {
        app.copies().look(&reference, is_read).await
    }

    /// Which tags a copy is of, and under which names, as it stands now.
    fn settle_copy(app: App, draft: CopyDraft) -> Fallible<CopyView> { app.copies().settle_draft(&draft).await }

    /// What a copy would do. Nothing is written.
    fn plan_copy(app: App, copy: CopyView) -> Fallible<CopyPlanView> { app.copies().plan_from_page(&copy).await }

    /// Begins to copy.
    fn start_copy(app: App, copy: CopyView) -> Fallible<JobId> { app.copies().start_from_page(&copy).await }

    /// What was pasted as the image to install: a name, a command, the address of a package's page.
    fn read_pasted(app: App, text: String) -> PastedView { app.install().read_pasted(&text) }

    /// The tags of a repository. `anonymous`: as nobody in particular, whoever is signed in.
    fn find_tags(app: App, reference: String, anonymous: bool) -> Fallible<TagsView> {
        app.install().tags(&reference, anonymous).await
    }

    /// What a tag or digest names; what it holds is read for one platform, and with `every` for all.
    fn image_facts(app: App, reference: String, platform: Option<String>, every: bool, anonymous: bool) -> Fallible<FactsView> {
        app.install().facts(&reference, platform.as_deref(), every, anonymous).await
    }

    /// What speaks of an image for one platform, without one for all: signatures, SBOMs, attestations, which are read.
    fn image_signatures(app: App, reference: String, platform: Option<String>, anonymous: bool) -> Fallible<SignaturesView> {
        app.install().signatures(&reference, platform.as_deref(), anonymous).await
    }

    /// Where an image goes as this kind of file, unless somebody chooses another place.
    fn install_place(app: App, reference: String, format: FileFormat) -> Fallible<PlaceView> {
        app.install().place(&reference, format)
    }

    /// Asks where an image goes, a folder for an OCI layout, else a file; null where the person left it.
    fn choose_install_place(handle: AppHandle, reference: String, format: FileFormat) -> Fallible<Option<PlaceView>> {
        if format == FileFormat::OciLayout {
            let chosen = chosen_folder(&handle).await;
            return chosen.map(|path| app(&handle).install().chosen_folder(&path, &reference)).transpose();
        }
        let name = app(&handle).install().file_name(&reference)?;
        Ok(chosen_place(&handle, &name).await.map(|path| app(&handle).install().chosen_place(&path)))
    }

    /// Begins to fetch an image into a file or a folder.
    fn install(app: App, wish: InstallWish) -> Fallible<Begun> { app.install().begin(wish).await }

    /// Begins once more what a job fetched that is over.
    fn install_again(app: App, job: JobId) -> Fallible<JobId> { app.install().again(job).await }

    /// The file or folder that a job wrote, and what people do with it.
    fn installed_file(app: App, job: JobId) -> Fallible<InstalledFile> { app.install().file(job).await }

    /// Shows that file in the system's file manager.
    fn show_installed_file(app: App, job: JobId) -> Fallible<()> { show(app.install().path(job).await) }

    /// Asks for a folder to build; null where the person left it.
    fn choose_build_folder(handle: AppHandle) -> Option<BuildFolderView> {
        let folder = chosen_folder(&handle).await?;
        Some(app(&handle).builds().chosen(&folder).await)
    }

    /// A folder that was dropped on the window.
    fn dropped_build_folder(app: App, folder: FileId) -> Fallible<BuildFolderView> {
        app.builds().dropped(folder).await
    }

    /// The folder that Slipway was started with, once, where it is one to build.
    fn argument_build_folder(handle: AppHandle) -> Option<BuildFolderView> {
        let folder = {
            let mut paths = waiting(&handle);
            paths.front().filter(|path| app(&handle).builds().is_meant(path))?;
            paths.pop_front()?
        };
        Some(app(&handle).builds().chosen(&folder).await)
    }

    /// Another Dockerfile of a folder.
    fn build_folder(app: App, folder: u64, dockerfile: String) -> Fallible<BuildFolderView> {
        app.builds().look(folder, &dockerfile).await
    }

    /// Asks for another Dockerfile in the folder; null where the person left it.
    fn choose_dockerfile(handle: AppHandle, folder: u64) -> Fallible<Option<BuildFolderView>> {
        match chosen_file(&handle).await {
            Some(file) => app(&handle).builds().chosen_dockerfile(folder, &file).await.map(Some),
            None => Ok(None),
        }
    }

    /// What of a folder is sent to an engine. An earlier count ends as `cancelled`.
    fn build_size(app: App, folder: u64, dockerfile: String) -> Fallible<BuildSizeView> {
        app.builds().size(folder, &dockerfile).await
    }

    /// What an engine builds of a folder.
    fn build_engine(app: App, engine: Engine, folder: u64, dockerfile: String) -> Fallible<BuildEngineView> {
        app.builds().engine(engine, folder, &dockerfile).await
    }

    /// Asks for the file that holds a secret; null where the person left it. What is in it stays in Rust.
    fn choose_build_secret(handle: AppHandle) -> Option<BuildSecretFile> {
        let file = chosen_file(&handle).await?;
        Some(app(&handle).builds().chosen_secret(&file))
    }

    /// What a name says of an argument that somebody adds.
    fn build_argument(app: App, name: String) -> BuildArgumentView { app.builds().argument(&name) }

    /// The same build as a command, with no value of a secret.
    fn build_command(app: App, wish: BuildWish) -> Fallible<String> { app.builds().command(wish) }

    /// Begins to build.
    fn begin_build(app: App, wish: BuildWish) -> Fallible<JobId> { app.builds().begin(wish).await }

    /// Where an image goes when it is built, as people see it; rejects what is no destination.
    fn check_destination(app: App, reference: String) -> Fallible<String> {
        app.publish().check_destination(&reference)
    }

    /// Sets where the image of a running build goes; nowhere where that is empty.
    fn set_build_publish(app: App, job: JobId, reference: String) -> Fallible<()> {
        app.builds().set_publish(job, &reference)
    }

    /// Publishes what was built; what speaks against it is told to whoever watches the build.
    fn publish_built(app: App, job: JobId, reference: String) -> Fallible<()> {
        app.builds().publish(job, &reference)
    }

    /// The build of this run that began last.
    fn latest_build(app: App) -> Option<JobId> { app.builds().latest() }

    /// Attaches to a build: everything first, then what changes, until it is over or the page has left.
    fn watch_build(app: App, job: JobId, channel: Channel<BuildUpdate>) {
        app.builds().watch(job, |update| channel.send(update).is_ok()).await;
    }

    /// Starts the practice registry, with a form for it.
    fn start_practice(app: App, draft: Draft) -> Fallible<PracticeView> { app.practice().start(draft).await }

    /// What a field may be filled with, as far as this computer knows.
    fn suggestions(app: App, draft: Draft, field: Field) -> Fallible<Vec<SuggestionView>> {
        app.form().suggestions(&draft, field).await
    }

    /// What GitHub's lists add to that; may take some seconds.
    fn listed_suggestions(app: App, draft: Draft, field: Field) -> Fallible<Vec<SuggestionView>> {
        app.form().listed_suggestions(&draft, field).await
    }

    /// Opens a file that was opened before, with the form as it was where it was published.
    fn open_recent(app: App, file: u32, draft: Draft) -> Fallible<OpenedView> {
        app.activity().open_recent(file, draft).await
    }

    /// Asks where such a file is now, and opens it there; null where the person left it.
    fn find_recent(handle: AppHandle, file: u32, draft: Draft) -> Fallible<Option<OpenedView>> {
        match chosen_file(&handle).await {
            Some(path) => app(&handle).activity().found_recent(file, &path, draft).await.map(Some),
            None => Ok(None),
        }
    }

    /// Attaches to a job: everything first, then what changes, until it is over or the page has left. The job goes on
    /// either way.
    fn watch_job(app: App, job: JobId, channel: Channel<JobUpdate>) {
        app.activity().watch(job, |update| channel.send(update).is_ok()).await;
    }

    /// Ends a job.
    fn cancel_job(app: App, job: JobId) { app.activity().cancel(job).await }

    /// Pauses a job; one that is over, cancelled or paused stays as it is.
    fn pause_job(app: App, job: JobId) { app.activity().pause(job) }

    /// Lets a paused, failed or interrupted job go on.
    fn resume_job(app: App, job: JobId) -> Fallible<()> { app.activity().resume(job).await }

    /// Ends the waits of a job before its next tries.
    fn try_job_now(app: App, job: JobId) { app.activity().try_now(job) }

    /// The tag points again to what it pointed to before; the job with that noted.
    fn move_back(app: App, job: JobId, tag: String) -> Fallible<JobView> { app.afterwards().move_back(job, &tag).await }

    /// Asks the registry back once more.
    fn verify_again(app: App, job: JobId) -> Fallible<JobView> {
        match app.install().verify_again(job).await? {
            Some(installed) => Ok(installed),
            None => app.afterwards().verify_again(job).await,
        }
    }

    /// Who may see what was published.
    fn visibility(app: App, job: JobId) -> Fallible<VisibilityView> { app.afterwards().visibility(job).await }

    /// The same publish as a workflow file, in YAML.
    fn workflow(app: App, job: JobId) -> Fallible<String> { app.afterwards().workflow(job).await }

    /// Asks where to, and writes that workflow there; whether it was written.
    fn save_workflow(handle: AppHandle, job: JobId) -> Fallible<bool> {
        match chosen_place(&handle, "publish.yml").await {
            Some(path) => app(&handle).afterwards().save_workflow(job, &path).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Tells of the jobs that are not over: at once, and whenever something changed.
    fn watch_activity(app: App, channel: Channel<ActivityView>) {
        app.activity().watch_all(|view| channel.send(view).is_ok()).await;
    }

    /// Jobs that are over.
    fn history(app: App, query: HistoryQuery) -> HistoryPage { app.activity().history(&query).await }

    /// Files that were opened or published last.
    fn recent(app: App) -> Vec<RecentView> { app.activity().recent().await }

    /// Opens the file of an earlier job, with the form as it was.
    fn reopen_job(app: App, job: JobId) -> Fallible<OpenedView> { app.activity().reopen(job).await }

    /// Takes a job out of the history.
    fn forget_job(app: App, job: JobId) { app.activity().forget(job).await }

    /// Takes all jobs that are over out of the history.
    fn clear_history(app: App) { app.activity().clear_history().await }

    /// Pauses all jobs.
    fn pause_all(app: App) { app.activity().pause_all() }

    /// Asks where to, and writes the history there; whether it was written.
    fn export_history(handle: AppHandle) -> Fallible<bool> {
        match chosen_place(&handle, "slipway-history.jsonl").await {
            Some(path) => app(&handle).activity().export_history(&path).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Changes settings, now and in the file.
    fn change_settings(window: WebviewWindow, settings: SettingsView) -> Fallible<PreferencesView> {
        let changed = app(window.app_handle()).preferences().change(&settings).await?;
        crate::window::zoom(&window, changed.settings.zoom);
        Ok(changed)
    }

    /// Bytes a second for each level of gzip from 1 to 9.
    fn compression_speeds(app: App) -> Fallible<Vec<f64>> { app.preferences().compression_speeds() }

    /// Unfinished files, which fetches go on with.
    fn parts(app: App) -> PartsView { app.parts().view().await }

    /// Removes those that no run writes; what is there then.
    fn clear_parts(app: App) -> PartsView { app.parts().clear().await }

    /// The diagnostics report, as it would be saved.
    fn diagnostics(app: App) -> String { app.diagnostics().report().await }

    /// Asks where to, and saves the report there; whether it was saved.
    fn save_diagnostics(handle: AppHandle) -> Fallible<bool> {
        match chosen_place(&handle, "slipway-report.txt").await {
            Some(path) => app(&handle).diagnostics().save(&path).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// What a version names now, and what differs from the form's image; its manifest is read for that.
    fn differences(app: App, draft: Draft, tag: String, platform: Option<String>) -> Fallible<DifferencesView> {
        app.publish().differences(&draft, &tag, platform.as_deref()).await
    }

    /// The versions that usually move along with those of the form.
    fn companions(app: App, draft: Draft) -> Fallible<Vec<String>> { app.form().companions(&draft).await }

    /// Which versions never move, by place.
    fn fixed_versions(app: App) -> Vec<FixedView> { app.preferences().fixed_versions() }

    /// Adds a rule for versions that never move, or sets the one of its place anew.
    fn fix_versions(app: App, rule: FixedView) -> Fallible<Vec<FixedView>> { app.preferences().fix_versions(&rule) }

    /// Takes the rule of a place away.
    fn let_versions_move(app: App, place: String) -> Fallible<Vec<FixedView>> {
        app.preferences().let_versions_move(&place)
    }

    /// The hosts that registries belong to.
    fn hosts(app: App) -> Vec<HostView> { app.hosts().view() }

    /// Adds a host, or sets one that is there anew.
    fn set_host(app: App, host: HostSettings) -> Fallible<HostsView> { app.hosts().set(host).await }

    /// Takes an added host away.
    fn remove_host(app: App, name: String) -> Fallible<HostsView> { app.hosts().remove(&name).await }

    /// Asks each of the host's registries.
    fn check_host(app: App, name: String) -> Vec<HostCheckView> { app.hosts().check(&name).await }

    /// The form's registries, each with who is signed in there now.
    fn registries(app: App) -> Vec<RegistryView> { app.accounts().registries() }

    /// The accounts, and where their secrets lie.
    fn accounts(app: App) -> AccountsView { app.accounts().view().await }

    /// What can be told of a token without asking anybody.
    fn check_token(app: App, token: SecretString) -> TokenCheckView { app.accounts().check_token(&token) }

    /// Reads the clipboard in Rust, so that the token never is in the page; it is for `host` alone. Null: the clipboard
    /// holds nothing that could be a token.
    fn read_clipboard_token(app: App, host: String) -> Option<HeldToken> {
        let text = arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok()?;
        app.accounts().hold_token(&host, SecretString::from(text))
    }

    /// Asks which file; null: nobody chose one.
    fn read_token_file(handle: AppHandle, host: String) -> Fallible<Option<HeldToken>> {
        chosen_file(&handle).await.map(|path| app(&handle).accounts().hold_token_file(&host, &path)).transpose()
    }

    /// Reads the token of a file that was dropped.
    fn hold_dropped_token(app: App, host: String, file: FileId) -> Fallible<HeldToken> {
        app.accounts().hold_dropped_token(&host, file)
    }

    /// Tells that the token of an account ends soon, if nobody looks at the window. One an account.
    fn notify_expiry(handle: AppHandle, id: String, title: String, body: String) {
        if notifications::tell(&handle, Subject::Account(id.clone()), &title, &body) {
            app(&handle).accounts().expiry_told(&id).await;
        }
    }

    /// Forgets a token that was read and is not wanted after all.
    fn drop_held_token(app: App, id: u64) { app.accounts().drop_held_token(id) }

    /// What this computer has already: environment, Docker, Podman, the GitHub command line. Asked when the person wants
    /// to add an account.
    fn find_credentials(app: App) -> FoundCredentials { app.accounts().find_credentials().await }

    /// What files alone name for hosts that nobody is signed in at; no program, keychain or network is asked.
    fn offered_logins(app: App) -> Vec<FoundView> { app.accounts().offered_logins() }

    /// Adds an account.
    fn add_account(app: App, account: NewAccount) -> Fallible<AddedAccount> { app.accounts().add(account).await }

    /// Another token for an account. `anyway`: though GitHub Packages refuses its kind, or nobody can be asked.
    fn replace_token(app: App, id: String, token: TokenFrom, keep: bool, anyway: bool) -> Fallible<AddedAccount> {
        app.accounts().replace_token(&id, token, keep, anyway).await
    }

    /// Asks the account's host whether its token still counts.
    fn verify_account(app: App, id: String) -> Fallible<AccountsView> { app.accounts().verify(&id).await }

    /// What is being verified fails as `cancelled`.
    fn cancel_account_check(app: App, id: String) { app.accounts().cancel_check(&id) }

    /// Signs an account out.
    fn sign_out_account(app: App, id: String) -> AccountsView { app.accounts().sign_out(&id).await }

    /// Makes it the one that is used at its host.
    fn use_account(app: App, id: String) -> AccountsView { app.accounts().use_account(&id).await }

    /// Looks for the system's keychain again.
    fn check_keychain(app: App) -> AccountsView { app.accounts().check_keychain().await }

    /// Shows a code, and waits until it was entered in the browser.
    fn sign_in_with_browser(app: App, host: String, purpose: Purpose, keep: bool, channel: Channel<BrowserSignIn>) {
        app.accounts().sign_in_with_browser(&host, purpose, keep, |update| _ = channel.send(update)).await;
    }

    /// Ends that wait.
    fn cancel_browser_sign_in(app: App) { app.accounts().cancel_browser_sign_in() }

    /// Opens a page about accounts in the system's browser.
    fn open_account_page(app: App, page: AccountPage) -> Fallible<()> { open(app.accounts().page(&page)) }

    /// Docker and Podman on this computer: that they answer, or why they do not.
    fn engines(app: App) -> EnginesView { app.engines().all().await }

    /// The images of an engine, at once: no registry is asked.
    fn engine_images(app: App, engine: Engine) -> Fallible<HeldImagesView> { app.states().images(engine).await }

    /// How images of the engine's last list stand at the registries of their names. `anew`: what was answered a moment
    /// ago is asked again.
    fn image_states(app: App, engine: Engine, ids: Vec<String>, anew: bool) -> Vec<ImageStateView> {
        app.states().of(engine, &ids, anew).await
    }

    /// Exports an image of an engine and opens it.
    fn open_held(app: App, engine: Engine, name: String, draft: Draft) -> Fallible<OpenedView> {
        app.publish().open_held(engine, &name, draft).await
    }

    /// Nobody looks at an image any more: what an engine exported for it takes no more room.
    fn leave_image(app: App, file: FileId) { app.images().leave(file) }

    /// Gives an image of an engine one more name, `HOST/PATH:TAG`.
    fn tag_held(app: App, engine: Engine, id: String, name: String) -> Fallible<()> {
        app.engines().name(engine, &id, &name).await
    }

    /// The containers that use an image.
    fn containers_of(app: App, engine: Engine, id: String) -> Fallible<Vec<ContainerView>> {
        app.engines().containers(engine, &id).await
    }

    /// The commands that publish images of an engine, each given by all of its names, one a line.
    fn held_commands(app: App, engine: Engine, images: Vec<Vec<String>>, draft: Draft) -> String {
        app.publish().held_commands(engine, &images, &draft)
    }

    /// How each container engine would be signed in with the account.
    fn engine_sign_ins(app: App, id: String) -> Fallible<Vec<EngineSignIn>> { app.accounts().engine_sign_ins(&id) }

    /// Signs a container engine in. `plain`: the person agreed to a plain file.
    fn sign_in_engine(app: App, id: String, engine: Engine, plain: bool) -> Fallible<()> {
        app.accounts().sign_in_engine(&id, engine, plain).await
    }

    /// Which registries Docker and Podman ask Slipway for.
    fn docker_asks(app: App) -> Fallible<DockerAsks> { app.accounts().docker_asks() }

    /// From now on they ask Slipway for the registries of this account.
    fn let_docker_ask(app: App, id: String) -> Fallible<DockerAsks> {
        app.accounts().let_docker_ask_for(&id, &beside_us("slipway"))
    }

    /// They no longer ask Slipway.
    fn let_docker_be(app: App) -> Fallible<DockerAsks> { app.accounts().let_docker_be() }
}
