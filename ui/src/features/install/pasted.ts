// What is taken when somebody pastes it outside of a field.

/** Nobody's command or address is longer, characters. */
const LONGEST = 2000;

/** A host with a dot, perhaps behind `https://`, and a path. */
const NAMED = /^["']?(?:[a-z]+:\/\/)?[\w-]+(?:\.[\w-]+)+(?::\d+)?\/\S+$/;

/** A password in an address, or a token of GitHub. */
const SECRET = /\/\/[^/]*@|gh[opsur]_|github_pat_/;

/** Whether one line of `text` names an image. A secret is nobody's reference and is left alone: the field shows it. */
export function namesImage(text: string): boolean {
  if (text.length > LONGEST || text.includes('\n') || SECRET.test(text)) return false;
  return text.split(/\s+/).some((word) => NAMED.test(word));
}
