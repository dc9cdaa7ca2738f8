/** @file An error report as VS Code draws errors: as terminal text, which it does not wrap. */
import type { ErrorReport } from "../../protocol/session.ts";

/** A notebook beside a side bar shows about this many characters of a line. */
const COLUMNS = 100;
const red = (text: string) => `\u001b[31m${text}\u001b[39m`;

/** Breaks one line at its spaces; a longer word stays whole. */
function wrap(line: string): string {
  const lines = [""];
  for (const word of line.split(" ")) {
    const last = lines[lines.length - 1];
    if (last === "") lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

export function errorText({ name, message, text }: Pick<ErrorReport, "name" | "message" | "text">): string {
  const head = `${name}: ${message}`;
  if (name === "" || !text.startsWith(head)) return text;
  // Only the sentence is wrapped: the source line and the caret below it must stay aligned.
  const sentence = message.split("\n").map((line, index) => (index === 0 ? wrap(`${name}: ${line}`) : wrap(line)));
  const rest = text.slice(head.length).replace(/^( *)\^$/gm, (_, indent: string) => indent + red("^"));
  return red(name) + sentence.join("\n").slice(name.length) + rest;
}
