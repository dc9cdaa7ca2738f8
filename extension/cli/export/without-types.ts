/** @file TypeScript made JavaScript that reads as if it had been written so. */
import { blankSourceFile } from "ts-blank-space";
import ts from "typescript";
import { parseModule } from "../../session/rewrite/parse.ts";

/** @param text has nothing but types to lose */
export function withoutTypes(text: string): string {
  const blanked = blankSourceFile(parseModule(text, ts.ScriptKind.TS));
  let kept = "";
  for (let at = 0; at < text.length; ) {
    if (!isGone(text, blanked, at)) {
      kept += blanked[at++];
      continue;
    }
    // From the first character that is gone to the last, with the spaces of the type in between.
    let end = at;
    for (let i = at; i < text.length && /\s/.test(blanked[i]); i++) if (isGone(text, blanked, i)) end = i + 1;
    at = end;
    // A line that held nothing else goes with it.
    const line = kept.slice(kept.lastIndexOf("\n") + 1);
    const rest = /^[ \t]*\r?\n/.exec(blanked.slice(at));
    if (line.trim() === "" && rest) {
      kept = kept.slice(0, kept.length - line.length);
      at += rest[0].length;
    } else if (/[\s(]$/.test(kept)) {
      while (/[ \t]/.test(blanked[at] ?? "")) at++;
      if (/[;,)\]]/.test(blanked[at] ?? "")) kept = kept.replace(/(?<=\S)[ \t]+$/, "");
    }
  }
  return kept;
}

function isGone(text: string, blanked: string, at: number): boolean {
  return blanked[at] !== text[at] && /\s/.test(blanked[at]);
}
