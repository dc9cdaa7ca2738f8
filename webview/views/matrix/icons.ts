/** @file The signs on the buttons, drawn on a grid of 16. */

const PATHS = {
  zoomIn: "M8 3v10M3 8h10",
  zoomOut: "M3 8h10",
  reset: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  box: "M2.5 2.5h2M7 2.5h2M11.5 2.5h2v2M13.5 7v2M13.5 11.5v2h-2M9 13.5H7M4.5 13.5h-2v-2M2.5 9V7M2.5 4.5v-2",
  look: "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11M8 5.5h4.8M8 8h5.5M8 10.5h4.8",
  axes: "M3.5 2v10.5H14M3.5 2 1.8 4.2M3.5 2l1.7 2.2M14 12.5l-2.2-1.7M14 12.5l-2.2 1.7",
  multiples: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z",
  export: "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 11v2.5h11V11",
} as const;

export type IconName = keyof typeof PATHS;

export function icon(name: IconName): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
