/**
 * @file Robot arms: the Jacobian of a hand's position is, column by column, the axis of a joint crossed with the way from the
 * joint to the hand (B. Siciliano et al., "Robotics: Modelling, Planning and Control", 2009, ch. 3).
 */
import { hessian, jacfwd, jacrev, jvp, stack, type Tensor, tensor, vjp, vmap } from "../../../kernel/index.ts";
import { testEach } from "../support/backends.ts";
import { assertClosedForm } from "./closed-form.ts";
import { cross, f64, type Matrix, matmul, matrix, matvec, numbers, times, transposed, type Vector } from "./plain.ts";

const lengths = [1.2, 0.9, 0.7, 0.45, 0.3];

/** The hand of an arm whose links turn in a plane; an angle is measured from the link before. */
function planarHand(angles: Tensor): Tensor {
  const headings = angles.cumsum(0);
  const links = f64(lengths);
  return stack([links.dot(headings.cos()), links.dot(headings.sin())]);
}

/** Where the joints are, and last the hand. */
function planarJoints(angles: Vector): number[][] {
  let [x, y, heading] = [0, 0, 0];
  const joints = [[0, 0]];
  angles.forEach((angle, i) => {
    heading += angle;
    x += lengths[i] * Math.cos(heading);
    y += lengths[i] * Math.sin(heading);
    joints.push([x, y]);
  });
  return joints;
}

/** A quarter turn of the way from each joint to the hand. */
function planarJacobian(angles: Vector): number[][] {
  const joints = planarJoints(angles);
  const [x, y] = joints[angles.length];
  return [angles.map((_, j) => joints[j][1] - y), angles.map((_, j) => x - joints[j][0])];
}

/** Turning twice points back to the later of the two joints. */
function planarHessian(angles: Vector): number[][][] {
  const joints = planarJoints(angles);
  const hand = joints[angles.length];
  return [0, 1].map((axis) => angles.map((_, j) => angles.map((_, k) => joints[Math.max(j, k)][axis] - hand[axis])));
}

/**
 * The PUMA 560's links after Denavit and Hartenberg (P. I. Corke, B. Armstrong-Hélouvry, 1994), and a hand of 0.1; in metres
 * and radians.
 */
const links = [
  { twist: Math.PI / 2, along: 0, offset: 0 },
  { twist: 0, along: 0.4318, offset: 0 },
  { twist: -Math.PI / 2, along: 0.0203, offset: 0.15005 },
  { twist: Math.PI / 2, along: 0, offset: 0.4318 },
  { twist: -Math.PI / 2, along: 0, offset: 0 },
  { twist: 0, along: 0, offset: 0.1 },
];
const JOINTS = links.length;

/** The hand's pose as the first three rows of a homogeneous matrix: rotation and position. */
function pose(angles: Tensor): Tensor {
  let frame = tensor(
    [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => (i === j ? 1 : 0))),
    { dtype: "float64" },
  );
  links.forEach(({ twist, along, offset }, i) => {
    const [c, s] = [angles.at(i).cos(), angles.at(i).sin()];
    const [ct, st] = [Math.cos(twist), Math.sin(twist)];
    const rows = [
      stack([c, s.mul(-ct), s.mul(st), c.mul(along)]),
      stack([s, c.mul(ct), c.mul(-st), s.mul(along)]),
      f64([0, st, ct, offset]),
      f64([0, 0, 0, 1]),
    ];
    frame = frame.matmul(stack(rows));
  });
  return frame.at([0, 3]);
}
const hand = (angles: Tensor): Tensor => pose(angles).at(null, 3);
const rotation = (angles: Tensor): Tensor => pose(angles).at(null, [0, 3]);

/** The frames of all joints, and last the hand's, each 3 × 4. */
function frames(angles: Vector): Matrix[] {
  let frame: Matrix = times(4, (i) => times(4, (j) => (i === j ? 1 : 0)));
  return [
    frame,
    ...links.map(({ twist, along, offset }, i) => {
      const [c, s] = [Math.cos(angles[i]), Math.sin(angles[i])];
      const [ct, st] = [Math.cos(twist), Math.sin(twist)];
      frame = matmul(frame, [
        [c, -s * ct, s * st, along * c],
        [s, c * ct, -c * st, along * s],
        [0, st, ct, offset],
        [0, 0, 0, 1],
      ]);
      return frame;
    }),
  ];
}

const column = (frame: Matrix, j: number): number[] => [0, 1, 2].map((i) => frame[i][j]);
/** From each joint to the hand, and the axis it turns about. */
function geometry(angles: Vector) {
  const all = frames(angles);
  const end = column(all[JOINTS], 3);
  const axes = times(JOINTS, (i) => column(all[i], 2));
  const arms = times(JOINTS, (i) => column(all[i], 3).map((each, d) => end[d] - each));
  return { axes, arms, rotation: [0, 1, 2].map((i) => all[JOINTS][i].slice(0, 3)) };
}

function handJacobian(angles: Vector): number[][] {
  const { axes, arms } = geometry(angles);
  return transposed(axes.map((axis, i) => cross(axis, arms[i])));
}

/** The earlier joint turns what the later joint does. */
function handHessian(angles: Vector): number[][][] {
  const { axes, arms } = geometry(angles);
  return [0, 1, 2].map((d) =>
    times(JOINTS, (i) =>
      times(JOINTS, (j) => {
        const [early, late] = [Math.min(i, j), Math.max(i, j)];
        return cross(axes[early], cross(axes[late], arms[late]))[d];
      }),
    ),
  );
}

/** `∂R[·, ·] / ∂angle = axis × R`, column by column: [3, 3, joints]. */
function rotationJacobian(angles: Vector): number[][][] {
  const { axes, rotation: R } = geometry(angles);
  const turned = axes.map((axis) => transposed(transposed(R).map((each) => cross(axis, each))));
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => turned.map((matrix) => matrix[i][j])));
}

suite("robot arms", () => {
  const bent = [0.4, -0.9, 0.35, 1.1, -0.2];
  const stretched = times(5, () => 0);

  testEach("a planar arm", () => {
    for (const angles of [bent, stretched]) {
      assertClosedForm(planarHand(f64(angles)), planarJoints(angles)[5], "hand");
      assertClosedForm(jacrev(planarHand)(f64(angles)), planarJacobian(angles), "jacrev");
      assertClosedForm(jacfwd(planarHand)(f64(angles)), planarJacobian(angles), "jacfwd");
      assertClosedForm(hessian(planarHand)(f64(angles)), planarHessian(angles), "hessian");
      assertClosedForm(jacrev(jacfwd(planarHand))(f64(angles)), planarHessian(angles), "jacrev of jacfwd");
    }
    const mapped = vmap(jacrev(planarHand))(f64([bent, stretched]));
    assertClosedForm(mapped, [planarJacobian(bent), planarJacobian(stretched)], "vmap of jacrev");
  });

  const reach = numbers(JOINTS, 3, -1.4, 1.4);
  // Joints 4 and 6 turn about one axis: the Jacobian loses a rank, the formulas do not.
  const singular = [0.3, 0.5, -0.4, 0.7, 0, -0.2];

  testEach("an arm of six joints in space: position", () => {
    for (const angles of [reach, singular]) {
      assertClosedForm(jacrev(hand)(f64(angles)), handJacobian(angles), "jacrev");
      assertClosedForm(jacfwd(hand)(f64(angles)), handJacobian(angles), "jacfwd");
      assertClosedForm(hessian(hand)(f64(angles)), handHessian(angles), "hessian");
      assertClosedForm(jacfwd(jacfwd(hand))(f64(angles)), handHessian(angles), "jacfwd of jacfwd");
    }
    const batch = matrix(4, JOINTS, 8, -2, 2);
    assertClosedForm(vmap(jacfwd(hand))(f64(batch)), batch.map(handJacobian), "vmap of jacfwd");
  });

  testEach("an arm of six joints in space: velocities and forces", () => {
    const [speeds, force] = [numbers(JOINTS, 11), numbers(3, 12)];
    const J = handJacobian(reach);
    assertClosedForm(jvp(hand, [f64(reach)], [f64(speeds)])[1], matvec(J, speeds), "jvp: the hand's velocity");
    const [, pullback] = vjp(hand, f64(reach));
    assertClosedForm(pullback(f64(force)), matvec(transposed(J), force), "vjp: the joints' torques");
  });

  testEach("an arm of six joints in space: orientation", () => {
    for (const angles of [reach, singular]) {
      assertClosedForm(jacrev(rotation)(f64(angles)), rotationJacobian(angles), "jacrev");
      assertClosedForm(jacfwd(rotation)(f64(angles)), rotationJacobian(angles), "jacfwd");
    }
  });
});
