// `find` finds a control as assistive technology would: by role and accessible name, visible ones only.
const selectors = {
  alert: "[role=alert]",
  alertdialog: "[role=alertdialog]",
  button: "button, summary, [role=button]",
  checkbox: "input[type=checkbox], [role=checkbox]",
  columnheader: "th, [role=columnheader]",
  combobox: "select, input[list], [role=combobox]",
  contentinfo: "footer, [role=contentinfo]",
  dialog: "dialog[open], [role=dialog]",
  group: "[role=group]",
  heading: "h1, h2, h3, [role=heading]",
  "heading 1": "h1, [role=heading][aria-level='1']",
  "heading 2": "h2, [role=heading][aria-level='2']",
  img: "[role=img], img, svg[role=img]",
  link: "a[href], [role=link]",
  list: "ul, ol, [role=list]",
  listbox: "[role=listbox]",
  listitem: "li, [role=listitem]",
  main: "main",
  menu: "[role=menu]",
  menuitem: "[role=menuitem]",
  navigation: "nav, [role=navigation]",
  option: "option, [role=option]",
  log: "[role=log]",
  progressbar: "progress, [role=progressbar]",
  radio: "input[type=radio], [role=radio]",
  radiogroup: "[role=radiogroup], fieldset",
  region: "section[aria-label], section[aria-labelledby], [role=region]",
  searchbox: "input[type=search], [role=searchbox]",
  slider: "input[type=range], [role=slider]",
  spinbutton: "input[type=number], [role=spinbutton]",
  status: "output, [role=status]",
  switch: "[role=switch]",
  tab: "[role=tab]",
  table: "table, [role=table]",
  tablist: "[role=tablist]",
  tabpanel: "[role=tabpanel]",
  textbox: "input:not([type]), input[type=text], input[type=password], textarea, [role=textbox]",
  treegrid: "[role=treegrid]",
};
const tidy = (text) => text.replace(/\s+/g, " ").trim();
const shown = (node) => {
  const clone = node.cloneNode(true);
  clone.querySelectorAll("[aria-hidden=true], kbd").forEach((part) => part.remove());
  return tidy(clone.textContent);
};
const nameOf = (node) => {
  const by = node.getAttribute("aria-labelledby");
  if (by) {
    const parts = by.split(/\s+/).map((id) => document.getElementById(id));
    return tidy(parts.map((part) => (part ? shown(part) : "")).join(" "));
  }
  const own = node.getAttribute("aria-label");
  if (own) return tidy(own);
  if (node.labels && node.labels.length > 0) return tidy([...node.labels].map(shown).join(" "));
  if (node.tagName === "FIELDSET") return shown(node.querySelector("legend") ?? node);
  if (node.tagName === "IMG") return tidy(node.alt);
  if (node.tagName === "OPTION") return tidy(node.label);
  return shown(node);
};
const visible = (node) =>
  node.checkVisibility({ checkVisibilityCSS: true }) || ["INPUT", "OPTION"].includes(node.tagName);
const find = (role, name, exact) => {
  if (!(role in selectors)) throw new Error(`no selector for the role ${role}`);
  // An explicit role stands before that of the element.
  const plain = role.split(" ")[0];
  const isOther = (node) => node.hasAttribute("role") && node.getAttribute("role") !== plain;
  // Most are told apart without asking for styles: a name that comes from the text has its first word in it.
  const word = name?.split(/\s/)[0] ?? "";
  const mayBe = (node) =>
    !word || node.matches("[aria-label], [aria-labelledby], input, select, textarea, img, option, fieldset") ||
    node.textContent.includes(word);
  for (const node of document.querySelectorAll(selectors[role])) {
    if (!mayBe(node) || isOther(node) || !visible(node) || node.closest("[aria-hidden=true], [inert]")) continue;
    const found = nameOf(node);
    if (name !== null && !(exact ? found === name : found.startsWith(name))) continue;
    // People press the label; the input itself is drawn by it.
    return role === "radio" ? (node.closest("label") ?? node) : node;
  }
  return null;
};
