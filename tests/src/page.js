// Finds a control as assistive technology would: by role and accessible name, visible ones only.
const [role, name, exact] = arguments;
const selectors = {
  button: "button, [role=button]",
  link: "a[href], [role=link]",
  textbox: "input:not([type]), input[type=text], input[type=password], textarea, [role=textbox]",
  radio: "input[type=radio], [role=radio]",
  checkbox: "input[type=checkbox], [role=checkbox]",
  heading: "h1, h2, h3, [role=heading]",
  status: "output, [role=status]",
  alert: "[role=alert]",
  dialog: "dialog[open], [role=dialog]",
  list: "ul, ol, [role=list]",
  listitem: "li, [role=listitem]",
  table: "table, [role=table]",
  tab: "[role=tab]",
  tablist: "[role=tablist]",
  img: "[role=img], img, svg[role=img]",
  region: "section[aria-label], section[aria-labelledby], [role=region]",
  navigation: "nav, [role=navigation]",
  main: "main",
  contentinfo: "footer, [role=contentinfo]",
  progressbar: "progress, [role=progressbar]",
  radiogroup: "[role=radiogroup], fieldset",
  combobox: "select, [role=combobox]",
  switch: "[role=switch]",
  searchbox: "input[type=search], [role=searchbox]",
  spinbutton: "input[type=number], [role=spinbutton]",
  slider: "input[type=range], [role=slider]",
  listbox: "[role=listbox]",
  option: "option, [role=option]",
  menuitem: "[role=menuitem]",
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
  return shown(node);
};
const visible = (node) => node.checkVisibility({ checkVisibilityCSS: true }) || node.tagName === "INPUT";
for (const node of document.querySelectorAll(selectors[role])) {
  if (!visible(node) || node.closest("[aria-hidden=true], [inert]")) continue;
  const found = nameOf(node);
  if (name !== null && !(exact ? found === name : found.startsWith(name))) continue;
  // People press the label; the input itself is drawn by it.
  return role === "radio" ? (node.closest("label") ?? node) : node;
}
return null;
