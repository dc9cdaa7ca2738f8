/** @file Making elements. Text only ever enters the page as text: a title or a label may hold anything. */

export interface Properties {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly role?: string;
  /** Of a table's heading: what it stands above or before. */
  readonly scope?: "col" | "row";
  /** Sizes and positions, which only the script knows; looks belong to the style sheet. */
  readonly style?: Readonly<Record<string, string>>;
  readonly aria?: Readonly<Record<string, string>>;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | undefined)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (properties.class) element.className = properties.class;
  if (properties.text !== undefined) element.textContent = properties.text;
  if (properties.title) element.title = properties.title;
  if (properties.role) element.setAttribute("role", properties.role);
  if (properties.scope) element.setAttribute("scope", properties.scope);
  for (const [name, value] of Object.entries(properties.style ?? {})) element.style.setProperty(name, value);
  for (const [name, value] of Object.entries(properties.aria ?? {})) element.setAttribute(`aria-${name}`, value);
  for (const child of children) if (child) element.append(child);
  return element;
}
