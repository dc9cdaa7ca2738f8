/** @file TypeScript's descriptions as Markdown. */
import ts from "typescript";

export function textOf(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts as ts.SymbolDisplayPart[] | undefined);
}

/**
 * What a name is, without a word of the imports by which cells see each other: `(alias) const x: number` and then
 * `import x` is the view of a module, and nobody wrote that import.
 */
export function signatureOf(parts: readonly ts.SymbolDisplayPart[] | undefined, throughPreamble: boolean): string {
  const text = textOf(parts);
  if (!throughPreamble) return text;
  return text
    .replace(/\nimport \S+$/, "")
    .replace(/^\(alias\) new /, "constructor ")
    .replace(/^\(alias\) (?=[\w$]+[(<])/, "function ")
    .replace(/^\(alias\) /, "");
}

/** A comment's text and tags. */
export function documentationOf(
  documentation: readonly ts.SymbolDisplayPart[] | undefined,
  tags: readonly ts.JSDocTagInfo[] | undefined,
): string {
  const described = linksIn(documentation);
  return [described, ...(tags ?? []).map(tagText)].filter((part) => part !== "").join("\n\n");
}

function tagText({ name, text }: ts.JSDocTagInfo): string {
  const said = linksIn(text);
  if (name === "example")
    return /^\s*```/m.test(said) ? `*@example*\n${said}` : `*@example*\n\`\`\`typescript\n${said}\n\`\`\``;
  if (name === "param" || name === "template") {
    const [, parameter, rest] = /^(\S+)\s*-?\s*([\s\S]*)$/.exec(said) ?? [];
    if (parameter !== undefined) return `*@${name}* \`${parameter}\`${rest ? ` — ${rest}` : ""}`;
  }
  return said === "" ? `*@${name}*` : `*@${name}* — ${said}`;
}

/** `{@link name}` as code: the parts of a link would read `{@link ` otherwise. */
function linksIn(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  return (parts ?? [])
    .map(({ kind, text }) => {
      if (kind === "link") return "";
      if (kind === "linkName") return `\`${text}\``;
      return kind === "linkText" ? text.trim() : text;
    })
    .join("");
}
