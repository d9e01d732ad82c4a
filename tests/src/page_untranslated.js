// Latin words in a Chinese page that are not names, references, commands, numbers or units: text without a translation.
// The last line but one has the names that the walk gives to its images, and a registry's code; the last one stages of a
// Dockerfile, and what stands in it.
const allowed = new Set(
  `Slipway GitHub Packages Enterprise Server Actions Docker Podman Buildx BuildKit Compose Kubernetes Kaniko Jib Bazel
  OCI FROM SPDX SBOM KEY VALUE JSON YAML zstd gzip Linux linux amd64 arm64 Ctrl Shift Alt Enter Esc Delete Tab Cmd
  Home End Apache License English URL HTTP HTTPS PEM CA Dockerfile octocat
  docker podman save build output tar zip diff ID
  none hello large warned refused several one two three denied repo CLI API
  deps runtime RUN npm dev latest`
    .split(/\s+/)
    .map((word) => word.toLowerCase()),
);
const faults = [];
const judge = (text, node) => {
  for (const token of text.split(/[\s\p{Script=Han}，。、：；！？（）“”‘’…·|+,;!?()"]+/u)) {
    const word = token.replace(/^[-–'’.:]+|[-–'’.:]+$/g, "");
    // References, paths, digests, versions, versions of commands, numbers with their units.
    if (!/[A-Za-z]{2}/.test(word) || /[\d./:@=_~#<>\\-]/.test(word)) continue;
    if (/^([kKMGT]?i?B|ms|min|MB\/s|kB\/s)$/.test(word) || allowed.has(word.toLowerCase())) continue;
    faults.push(`“${word}” in <${node.tagName.toLowerCase()}> ${text.trim().slice(0, 80)}`);
  }
};
const raw = "code, kbd, pre, .mono, [lang=en], script, style, svg, option[lang]";
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const parent = node.parentElement;
  if (!parent || parent.closest(raw) || !node.textContent.trim()) continue;
  if (!parent.checkVisibility({ checkVisibilityCSS: true })) continue;
  judge(node.textContent, parent);
}
// A name may repeat the command that stands beside it.
const commands = [...document.querySelectorAll(raw)].map((node) => node.textContent.trim()).filter(Boolean)
  .sort((one, other) => other.length - one.length);
const without = (text) => commands.reduce((rest, command) => rest.replaceAll(command, " "), text);
for (const node of document.querySelectorAll("[aria-label], [placeholder]")) {
  if (node.closest(raw) || !node.checkVisibility({ checkVisibilityCSS: true })) continue;
  for (const attribute of ["aria-label", "placeholder"]) judge(without(node.getAttribute(attribute) ?? ""), node);
}
return [...new Set(faults)];
