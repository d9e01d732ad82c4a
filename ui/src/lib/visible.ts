// What others wrote, as it may be shown: control characters and those that turn the direction of what follows
// stand there as escapes, as the command shows them.

const OBEYED = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

export const visible = (text: string): string =>
  text.replace(OBEYED, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`);
