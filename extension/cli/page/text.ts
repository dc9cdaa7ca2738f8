/** @file Text on its way into HTML. */

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

/** nbformat keeps long texts as lists of lines that carry their line ends. */
export const joined = (text: string | readonly string[]): string => (typeof text === "string" ? text : text.join(""));

/** Colours and cursor movements meant for a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts such a sequence.
export const withoutAnsi = (text: string): string => text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "");
