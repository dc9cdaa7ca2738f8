/** @file Draws frames with WebGL2: tiles as textures of floats, the scale and the colours in the shader. */
import { COLOUR_STEPS, type ColourScale, colourTable } from "../../protocol/colours.ts";
import { OVERLAP, TILE, type Tile } from "../data/source.ts";
import type { Frame, Patch } from "./frame.ts";
import { CURVE_NUMBER, FRAGMENT_SHADER, INFINITE, KINDS, LARGEST, NOT_A_NUMBER, VERTEX_SHADER } from "./shader.ts";

/** Some 64 MB on the graphics processor, for all pictures of the page. */
const MOST_TEXTURES = 256;
/** Scales whose ends lie outside of this are drawn in units of their own: float32 ends at 10^±38. */
const PLAIN = { least: 1e-28, most: 1e28 };

export class GlPainter {
  readonly #canvas = document.createElement("canvas");
  #parts: Parts | undefined;

  constructor() {
    this.#parts = partsOf(this.#canvas);
    this.#canvas.addEventListener("webglcontextlost", (event) => {
      // Only who prevents the default is given a new one.
      event.preventDefault();
      this.#parts = undefined;
    });
    this.#canvas.addEventListener("webglcontextrestored", () => {
      this.#parts = partsOf(this.#canvas);
    });
  }

  get works(): boolean {
    return this.#parts !== undefined && !this.#parts.gl.isContextLost();
  }

  /** The canvas with the frame in its top left corner, until the next frame is painted; undefined if that failed. */
  paint(frame: Frame, scale: ColourScale): HTMLCanvasElement | undefined {
    const parts = this.#parts;
    if (!parts) return undefined;
    const { gl, program } = parts;
    const { width, height } = frame;
    if (Math.max(width, height) >= parts.longest) return undefined;
    if (this.#canvas.width < width) this.#canvas.width = width;
    if (this.#canvas.height < height) this.#canvas.height = height;
    const below = this.#canvas.height - height;
    gl.viewport(0, below, width, height);
    gl.disable(gl.SCISSOR_TEST);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    gl.useProgram(program);
    const unit = unitOf(scale.high);
    gl.uniform1i(parts.at("canvasHeight"), this.#canvas.height);
    gl.uniform1i(parts.at("kind"), KINDS.indexOf(scale.kind));
    gl.uniform1i(parts.at("curve"), CURVE_NUMBER[scale.curve]);
    gl.uniform1f(parts.at("low"), scale.low / unit);
    gl.uniform1f(parts.at("high"), scale.high / unit);
    gl.uniform1f(parts.at("bend"), scale.bend / unit);
    parts.bindStarts(frame);
    parts.bindColours(scale.kind);
    for (const patch of frame.patches) this.#paintPatch(parts, patch, unit, below + height);
    return gl.isContextLost() ? undefined : this.#canvas;
  }

  #paintPatch({ gl, at, bindTile }: Parts, patch: Patch, unit: number, top: number): void {
    bindTile(patch, unit);
    gl.uniform2i(at("origin"), patch.column, patch.row);
    gl.uniform2i(at("shift"), patch.columnShift, patch.rowShift);
    gl.uniform2i(at("extent"), patch.tile.columns, patch.tile.rows);
    gl.scissor(patch.left, top - patch.bottom, patch.right - patch.left, patch.bottom - patch.top);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

interface Parts {
  readonly gl: WebGL2RenderingContext;
  readonly program: WebGLProgram;
  /** The most pixels along a side. */
  readonly longest: number;
  readonly at: (uniform: string) => WebGLUniformLocation | null;
  readonly bindStarts: (frame: Frame) => void;
  readonly bindColours: (kind: ColourScale["kind"]) => void;
  readonly bindTile: (patch: Pick<Patch, "key" | "tile">, unit: number) => void;
}

/** Undefined where WebGL2 is missing, has no graphics processor behind it, or refuses the program. */
function partsOf(canvas: HTMLCanvasElement): Parts | undefined {
  const gl = canvas.getContext("webgl2", {
    antialias: false,
    depth: false,
    preserveDrawingBuffer: true,
  });
  const program = gl && !isEmulated(gl) && programOf(gl);
  if (!gl || !program) return undefined;
  gl.useProgram(program);
  const units = ["entries", "colours", "starts"];
  units.forEach((name, unit) => {
    gl.uniform1i(gl.getUniformLocation(program, name), unit);
  });
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const locations = new Map<string, WebGLUniformLocation | null>();
  const at = (name: string): WebGLUniformLocation | null => {
    if (!locations.has(name)) locations.set(name, gl.getUniformLocation(program, name));
    return locations.get(name) ?? null;
  };
  const tiles = new Map<string, WebGLTexture>();
  const starts = gl.createTexture();
  const colours = new Map<string, WebGLTexture>();
  return {
    gl,
    program,
    longest: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    at,
    bindStarts({ columnStarts, rowStarts }) {
      const width = Math.max(columnStarts.length, rowStarts.length);
      const both = new Int32Array(2 * width);
      both.set(columnStarts);
      both.set(rowStarts, width);
      bind(gl, units.indexOf("starts"), starts);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32I, width, 2, 0, gl.RED_INTEGER, gl.INT, both);
    },
    bindColours(kind) {
      const known = colours.get(kind);
      bind(gl, units.indexOf("colours"), known ?? gl.createTexture());
      if (known) return;
      colours.set(kind, gl.getParameter(gl.TEXTURE_BINDING_2D) as WebGLTexture);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, COLOUR_STEPS, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, colourTable(kind));
    },
    bindTile({ key, tile }, unit) {
      const name = `${key} ${unit}`;
      const known = tiles.get(name);
      const texture = known ?? gl.createTexture();
      bind(gl, units.indexOf("entries"), texture);
      if (!known) {
        const { rows, columns } = tile;
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.R32F, columns, rows, 0, gl.RED, gl.FLOAT, floatsOf(tile, unit));
      }
      // Set again, so that the map stays in the order of use.
      tiles.delete(name);
      tiles.set(name, texture);
      if (tiles.size > MOST_TEXTURES) {
        const [oldest, unused] = tiles.entries().next().value!;
        gl.deleteTexture(unused);
        tiles.delete(oldest);
      }
    },
  };
}

/** WebGL that a processor emulates is slower than drawing without it; its makers' name tells. */
function isEmulated(gl: WebGL2RenderingContext): boolean {
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer: unknown = names && gl.getParameter(names.UNMASKED_RENDERER_WEBGL);
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(renderer));
}

function bind(gl: WebGL2RenderingContext, unit: number, texture: WebGLTexture): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined;
}

/** A power of two, so that dividing by it changes no digit. */
const unitOf = (reach: number): number =>
  reach > PLAIN.most || reach < PLAIN.least ? 2 ** Math.floor(Math.log2(reach)) : 1;

const scratch = new Float32Array((TILE + OVERLAP) ** 2);

function floatsOf({ entries, from, stride, rows, columns }: Tile, unit: number): Float32Array {
  for (let row = 0, out = 0; row < rows; row++) {
    for (let i = from + row * stride, end = i + columns; i < end; i++, out++) {
      const value = entries[i] / unit;
      if (value - value === 0) scratch[out] = Math.min(Math.max(value, -LARGEST), LARGEST);
      else scratch[out] = Number.isNaN(value) ? NOT_A_NUMBER : value > 0 ? INFINITE : -INFINITE;
    }
  }
  return scratch.subarray(0, rows * columns);
}
