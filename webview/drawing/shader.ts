/**
 * @file The program that colours a frame on the graphics processor. What it does is what `protocol/colours.ts` and
 * `protocol/pixel.ts` say, in the numbers of a graphics processor, which may differ by a step of the colour table.
 */
import {
  BEYOND_COLOUR,
  COLOUR_STEPS,
  type Colour,
  type ColourScale,
  HATCH_COLOUR,
  INFINITE_COLOUR,
  NAN_COLOUR,
} from "../../protocol/colours.ts";
import type { Curve } from "../../protocol/curve.ts";

/**
 * What stands for a value that is not a number: some drivers take every number for a number, so these are numbers too,
 * larger than `LARGEST`, beyond which nothing finite is sent.
 */
export const LARGEST = 2.5e38;
export const INFINITE = 3e38;
export const NOT_A_NUMBER = 3.2e38;

export const KINDS: readonly ColourScale["kind"][] = ["diverging", "sequential", "magnitude", "pattern"];
export const CURVE_NUMBER: Record<Curve, number> = { linear: 0, symlog: 1, asinh: 2 };

/** One triangle that covers the picture; the scissor cuts the patch out. */
export const VERTEX_SHADER = `#version 300 es
void main() {
  gl_Position = vec4(gl_VertexID == 1 ? 3 : -1, gl_VertexID == 2 ? 3 : -1, 0, 1);
}`;

const vec4 = (colour: Colour): string => `vec4(${colour.map((channel) => `${channel}.0 / 255.0`).join(", ")}, 1.0)`;

export const FRAGMENT_SHADER = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;
precision highp isampler2D;

uniform sampler2D entries;
uniform sampler2D colours;
/** Row 0: where each column of pixels begins; row 1: each row of pixels. */
uniform isampler2D starts;
uniform ivec2 origin;
uniform ivec2 shift;
uniform ivec2 extent;
uniform int canvasHeight;
uniform int kind;
uniform int curve;
uniform float low;
uniform float high;
uniform float bend;
out vec4 colour;

ivec2 covered(int pixel, int axis) {
  int begin = (texelFetch(starts, ivec2(pixel, axis), 0).r >> shift[axis]) - origin[axis];
  int next = (texelFetch(starts, ivec2(pixel + 1, axis), 0).r >> shift[axis]) - origin[axis];
  int first = min(begin, extent[axis] - 1);
  return ivec2(first, min(max(first, next - 1), extent[axis] - 1));
}

float curved(float magnitude) {
  float ratio = magnitude / bend;
  if (curve == ${CURVE_NUMBER.symlog}) return log(1.0 + ratio);
  if (curve == ${CURVE_NUMBER.asinh}) return ratio > 1e4 ? log(2.0 * ratio) : log(ratio + sqrt(ratio * ratio + 1.0));
  return ratio;
}

float placeOf(float value) {
  if (kind == ${KINDS.indexOf("pattern")}) return value == 0.0 ? 0.0 : 1.0;
  bool plain = kind == ${KINDS.indexOf("magnitude")};
  if (curve == 0) return ((plain ? abs(value) : value) / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
  float magnitude = curved(abs(value)) / curved(high);
  if (plain) return magnitude;
  float place = sign(value) * magnitude;
  return kind == ${KINDS.indexOf("diverging")} ? (1.0 + place) / 2.0 : place;
}

bool isBeyond(float value) {
  if (kind == ${KINDS.indexOf("pattern")}) return false;
  return kind == ${KINDS.indexOf("magnitude")} ? abs(value) > high : value > high || value < low;
}

void main() {
  ivec2 pixel = ivec2(int(gl_FragCoord.x), canvasHeight - 1 - int(gl_FragCoord.y));
  ivec2 columns = covered(pixel.x, 0);
  ivec2 rows = covered(pixel.y, 1);
  float value = texelFetch(entries, ivec2(columns[0], rows[0]), 0).r;
  for (int row = rows[0]; row <= rows[1]; row++) {
    for (int column = columns[0]; column <= columns[1]; column++) {
      float other = texelFetch(entries, ivec2(column, row), 0).r;
      if (abs(other) > abs(value)) value = other;
    }
  }
  if (abs(value) > ${LARGEST}) {
    bool isNaN = value > ${(INFINITE + NOT_A_NUMBER) / 2};
    int along = isNaN ? pixel.x + pixel.y : value > 0.0 ? pixel.y : pixel.x;
    colour = along % 6 < 2 ? ${vec4(HATCH_COLOUR)} : isNaN ? ${vec4(NAN_COLOUR)} : ${vec4(INFINITE_COLOUR)};
    return;
  }
  if (pixel.x % 6 < 2 && pixel.y % 6 < 2 && isBeyond(value)) {
    colour = ${vec4(BEYOND_COLOUR)};
    return;
  }
  int step = int(floor(clamp(placeOf(value), 0.0, 1.0) * ${COLOUR_STEPS - 1}.0 + 0.5));
  colour = texelFetch(colours, ivec2(step, 0), 0);
}`;
