/** @file A large value as a tree: each part a line, and a click or the Enter key opens the parts of one that has some. */
import type { ObjectDisplay, ObjectPart } from "../../protocol/display.ts";
import { formatCount } from "../../protocol/notation.ts";
import { make } from "../dom.ts";

/** A value with few parts is open to begin with; a long list of them would push the next cell away. */
const FEW_PARTS = 20;

export function objectView({ root }: ObjectDisplay): HTMLElement {
  // When it is open, its parts are not on its line, which must not be empty.
  const tree = partView({ ...root, head: root.head || "object" });
  if (tree instanceof HTMLDetailsElement) tree.open = (root.parts?.length ?? 0) <= FEW_PARTS;
  return make("div", { class: "tree" }, tree);
}

function partView(part: ObjectPart): HTMLElement {
  const { parts = [], more = 0 } = part;
  if (parts.length + more === 0) return make("div", { class: "part" }, ...lineOf(part));
  const inside = make("div", { class: "inside" });
  const details = make("details", {}, make("summary", { class: "part" }, ...lineOf(part)), inside);
  // Made when they are first seen: most are never.
  details.addEventListener("toggle", () => {
    if (inside.childElementCount > 0) return;
    inside.append(...parts.map(partView));
    if (more > 0) inside.append(make("div", { class: "part note", text: moreText(parts.length, more) }));
  });
  return details;
}

function lineOf({ name, head, text }: ObjectPart): (HTMLElement | undefined)[] {
  return [
    name === "" ? undefined : make("span", { class: "part-name", text: `${name}: ` }),
    head === "" ? undefined : make("span", { class: "part-head", text: `${head} ` }),
    text === "" ? undefined : make("span", { class: "part-text", text }),
  ];
}

const moreText = (shown: number, more: number): string =>
  shown > 0 ? `… ${formatCount(more)} more` : `${formatCount(more)} parts, not kept in the output`;
