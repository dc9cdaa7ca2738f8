/** @file An error report as VS Code draws errors: as terminal text, which it does not wrap, with links. */
import { type ErrorStyle, errorText } from "../../protocol/error-text.ts";
import type { ErrorReport, SourceLocation, StackFrame } from "../../protocol/session.ts";

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

/** VS Code draws links in an error as HTML. What a person's error says is not to be HTML: colours end such a link. */
function inert(text: string): string {
  return text.replace(/<(?=a\s)/gi, "<\u001b[39m");
}

/** Opens the cell, or the file, at the line. */
function link(text: string, { cell, path, line, column }: SourceLocation | StackFrame): string {
  const target = cell ? `${cell.uri}?line=${line - 1}` : path && `${path}:${line}:${column}`;
  return target ? `<a href="${target.replaceAll('"', "%22")}">${text.replaceAll("<", "&lt;")}</a>` : text;
}

const LINKED: ErrorStyle = {
  head(text, name) {
    // Only the sentence is wrapped: the source line and the caret below it must stay aligned.
    const sentence = text.split("\n").map(wrap).join("\n");
    return name === "" ? inert(sentence) : red(inert(name)) + inert(sentence.slice(name.length));
  },
  place: link,
  sourceLine: inert,
  caretLine: (text) => text.replace(/\^$/, red("^")),
};

export function linkedErrorText(report: Omit<ErrorReport, "text">): string {
  return errorText(report, LINKED);
}
