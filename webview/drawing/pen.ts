/** @file Drawing once for two kinds of file: a PNG, by a canvas, and an SVG, by its text. */

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly anchor?: "start" | "middle" | "end";
}

export interface Pen {
  /** `y` is the middle of the line of text. */
  text(x: number, y: number, text: string, style?: TextStyle): void;
  rectangle(x: number, y: number, width: number, height: number, fill: string): void;
  line(points: readonly (readonly [x: number, y: number])[], colour: string, width?: number): void;
  image(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): void;
}

const FAMILY = 'system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif';
/** A file is read on white paper wherever it is put. */
export const INK = "#1f2328";
export const FAINT_INK = "#59636e";
export const FRAME = "#c8cfd6";
export const PAPER = "#ffffff";

const fontOf = ({ size = 12, bold = false }: TextStyle): string => `${bold ? "600 " : ""}${size}px ${FAMILY}`;

export class CanvasPen implements Pen {
  readonly #context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context;
  }

  text(x: number, y: number, text: string, style: TextStyle = {}): void {
    const context = this.#context;
    context.font = fontOf(style);
    context.fillStyle = style.colour ?? INK;
    context.textAlign = style.anchor === "middle" ? "center" : (style.anchor ?? "start");
    context.textBaseline = "middle";
    context.fillText(text, x, y);
  }

  rectangle(x: number, y: number, width: number, height: number, fill: string): void {
    this.#context.fillStyle = fill;
    this.#context.fillRect(x, y, width, height);
  }

  line(points: readonly (readonly [number, number])[], colour: string, width = 1): void {
    const context = this.#context;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    this.#trace(points);
    context.stroke();
  }

  image(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(canvas, x, y, width, height);
  }

  #trace(points: readonly (readonly [number, number])[]): void {
    this.#context.beginPath();
    for (const [x, y] of points) this.#context.lineTo(x, y);
  }
}

export class SvgPen implements Pen {
  readonly #parts: string[] = [];

  text(x: number, y: number, text: string, style: TextStyle = {}): void {
    const { size = 12, bold = false, colour = INK, anchor = "start" } = style;
    const weight = bold ? ' font-weight="600"' : "";
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" font-size="${size}"${weight} fill="${colour}" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`,
    );
  }

  rectangle(x: number, y: number, width: number, height: number, fill: string): void {
    this.#parts.push(
      `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`,
    );
  }

  line(points: readonly (readonly [number, number])[], colour: string, width = 1): void {
    this.#parts.push(
      `<polyline points="${joined(points)}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`,
    );
  }

  image(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    this.#parts.push(
      `<image x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none" style="image-rendering: pixelated" href="${canvas.toDataURL("image/png")}"/>`,
    );
  }

  /** The file. */
  toString(width: number, height: number): string {
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FAMILY)}">`,
      `<rect width="100%" height="100%" fill="${PAPER}"/>`,
      ...this.#parts,
      "</svg>\n",
    ].join("\n");
  }
}

const short = (value: number): string => String(Math.round(value * 100) / 100);
const joined = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `${short(x)},${short(y)}`).join(" ");
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
