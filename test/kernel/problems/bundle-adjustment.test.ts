/**
 * @file The reprojection error of bundle adjustment with the camera of S. Agarwal et al., "Bundle Adjustment in the Large",
 * ECCV 2010: a rotation vector, a translation, a focal length and two coefficients of radial distortion. The derivative of
 * the rotation is from G. Gallego, A. Yezzi, "A Compact Formula for the Derivative of a 3-D Rotation in Exponential
 * Coordinates", J. Math. Imaging Vision 51, 2015.
 */
import { jacfwd, jacrev, jvp, stack, type Tensor, tensor, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import {
  cross,
  dot,
  f64,
  type Matrix,
  matmul,
  matvec,
  numbers,
  outer,
  times,
  transposed,
  type Vector,
} from "./plain.ts";

function crossed(a: Tensor, b: Tensor): Tensor {
  const [a1, a2, a3] = [a.at(0), a.at(1), a.at(2)];
  const [b1, b2, b3] = [b.at(0), b.at(1), b.at(2)];
  return stack([a2.mul(b3).sub(a3.mul(b2)), a3.mul(b1).sub(a1.mul(b3)), a1.mul(b2).sub(a2.mul(b1))]);
}

/** Rodrigues' formula. */
function rotated(vector: Tensor, point: Tensor): Tensor {
  const angle = vector.norm();
  const axis = vector.div(angle);
  const [c, s] = [angle.cos(), angle.sin()];
  return point
    .mul(c)
    .add(crossed(axis, point).mul(s))
    .add(axis.mul(axis.dot(point)).mul(c.neg().add(1)));
}

/** Where a camera sees a point, in pixels from the middle of the image. */
function project(camera: Tensor, point: Tensor): Tensor {
  const [turn, shift, optics] = camera.split([3, 3, 3]);
  const [focal, k1, k2] = [optics.at(0), optics.at(1), optics.at(2)];
  const there = rotated(turn, point).add(shift);
  const flat = there.at([0, 2]).div(there.at(2)).neg();
  const square = flat.square().sum();
  const distortion = square.mul(k2).add(k1).mul(square).add(1);
  return flat.mul(distortion).mul(focal);
}

const skew = ([a, b, c]: Vector): Matrix => [
  [0, -c, b],
  [c, 0, -a],
  [-b, a, 0],
];

/** A matrix from what it does to the unit vectors. */
function rotationMatrix(vector: Vector): number[][] {
  const angle = Math.hypot(...vector);
  const axis = vector.map((each) => each / angle);
  const units = times(3, (i) => times(3, (j) => (i === j ? 1 : 0)));
  return transposed(
    units.map((unit) => {
      const turned = cross(axis, unit);
      const along = dot(axis, unit) * (1 - Math.cos(angle));
      return unit.map((each, d) => each * Math.cos(angle) + turned[d] * Math.sin(angle) + axis[d] * along);
    }),
  );
}

/** `∂(R(v) X) / ∂v = −R [X]ₓ (v vᵀ + (Rᵀ − I) [v]ₓ) / |v|²` */
function rotationSlope(R: Matrix, vector: Vector, point: Vector): number[][] {
  const rest = transposed(R).map((row, i) => row.map((each, j) => each - (i === j ? 1 : 0)));
  const back = matmul(rest, skew(vector));
  const bracket = outer(vector, vector).map((row, i) => row.map((each, j) => each + back[i][j]));
  return matmul(matmul(R, skew(point)), bracket).map((row) => row.map((each) => -each / dot(vector, vector)));
}

/** The value, and the derivatives by the camera [2, 9] and by the point [2, 3]. */
function closedForm(camera: Vector, point: Vector) {
  const [turn, shift] = [camera.slice(0, 3), camera.slice(3, 6)];
  const [focal, k1, k2] = camera.slice(6);
  const R = rotationMatrix(turn);
  const [X, Y, Z] = matvec(R, point).map((each, d) => each + shift[d]);
  const flat = [-X / Z, -Y / Z];
  const square = dot(flat, flat);
  const distortion = 1 + k1 * square + k2 * square ** 2;
  const flattening = [
    [-1 / Z, 0, X / Z ** 2],
    [0, -1 / Z, Y / Z ** 2],
  ];
  const lens = outer(flat, flat).map((row, i) =>
    row.map((each, j) => focal * ((i === j ? distortion : 0) + (2 * k1 + 4 * k2 * square) * each)),
  );
  const byPlace = matmul(lens, flattening);
  const byTurn = matmul(byPlace, rotationSlope(R, turn, point));
  const byOptics = flat.map((each) => [distortion * each, focal * square * each, focal * square ** 2 * each]);
  return {
    value: flat.map((each) => focal * distortion * each),
    byCamera: byTurn.map((row, i) => [...row, ...byPlace[i], ...byOptics[i]]),
    byPoint: matmul(byPlace, R),
  };
}

const CAMERAS = 3;
const POINTS = 4;
const cameras = times(CAMERAS, (i) => [
  ...numbers(3, i + 1, -0.8, 0.9),
  ...numbers(2, i + 11, -0.5, 0.5),
  -6 - 0.5 * i,
  400 + 35 * i,
  -0.1 + 0.02 * i,
  0.03 - 0.01 * i,
]);
const points = times(POINTS, (i) => numbers(3, i + 21, -1.2, 1.5));
/** Who sees what. */
const sights = [
  [0, 0],
  [0, 2],
  [1, 0],
  [1, 1],
  [2, 3],
  [2, 1],
  [0, 3],
] as const;
const seers = sights.map(([camera]) => camera);
const seen = sights.map(([, point]) => point);
const wanted = sights.map(([camera, point]) => closedForm(cameras[camera], points[point]));

suite("bundle adjustment", () => {
  testEach("one camera and one point", () => {
    for (const [i, [camera, point]] of sights.entries()) {
      const args = [f64(cameras[camera]), f64(points[point])] as const;
      const { value, byCamera, byPoint } = wanted[i];
      assertClosedForm(project(...args), value, "the projection");
      for (const [name, jacobian] of [
        ["jacrev", jacrev(project, { argnums: [0, 1] })],
        ["jacfwd", jacfwd(project, { argnums: [0, 1] })],
      ] as const) {
        const [forCamera, forPoint] = jacobian(...args);
        assertClosedForm(forCamera, byCamera, `${name} by the camera`);
        assertClosedForm(forPoint, byPoint, `${name} by the point`);
      }
    }
  });

  testEach("all sights at once", () => {
    const args = [f64(cameras).take(seers), f64(points).take(seen)] as const;
    for (const jacobian of [jacrev, jacfwd]) {
      const [forCameras, forPoints] = vmap(jacobian(project, { argnums: [0, 1] }))(...args);
      assertClosedForm(
        forCameras,
        wanted.map(({ byCamera }) => byCamera),
        `vmap of ${jacobian.name}, cameras`,
      );
      assertClosedForm(
        forPoints,
        wanted.map(({ byPoint }) => byPoint),
        `vmap of ${jacobian.name}, points`,
      );
    }
  });

  /** The whole problem: every residual depends on one camera and one point, all other blocks are exactly 0. */
  const residuals = (cameras: Tensor, points: Tensor): Tensor =>
    vmap(project)(cameras.take(seers), points.take(tensor([...seen], { dtype: "int32" })));
  const inBlocks = (blocks: readonly Matrix[], owner: Vector, owners: number): number[][][][] =>
    blocks.map((block, i) =>
      block.map((row) => times(owners, (owned) => row.map((each) => (owned === owner[i] ? each : 0)))),
    );

  testEach("the sparse Jacobian of the whole problem", () => {
    const args: [Tensor, Tensor] = [f64(cameras), f64(points)];
    const byCamera = inBlocks(
      wanted.map((each) => each.byCamera),
      seers,
      CAMERAS,
    );
    const byPoint = inBlocks(
      wanted.map((each) => each.byPoint),
      seen,
      POINTS,
    );
    for (const jacobian of [jacrev, jacfwd]) {
      const [forCameras, forPoints] = jacobian(residuals, { argnums: [0, 1] })(...args);
      assertClosedForm(forCameras, byCamera, `${jacobian.name}, cameras`);
      assertClosedForm(forPoints, byPoint, `${jacobian.name}, points`);
    }
    const moves = [cameras.map((each, i) => numbers(each.length, i + 31)), points.map((_, i) => numbers(3, i + 41))];
    const [, change] = jvp(residuals, args, [f64(moves[0]), f64(moves[1])]);
    const expected = wanted.map(({ byCamera, byPoint }, i) => {
      const turned = matvec(byCamera, moves[0][seers[i]]);
      return matvec(byPoint, moves[1][seen[i]]).map((each, d) => each + turned[d]);
    });
    assertClosedForm(change, expected, "jvp");
  });
});
