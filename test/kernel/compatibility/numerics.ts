/** @file The compatibility table of numerics: special functions, linear algebra, Fourier, neural networks, randomness. */
import * as k from "../../../kernel/index.ts";
import { data } from "../support/data.ts";
import { draw, type Example, of, plain, type Section } from "./entry.ts";
import {
  classes,
  definite,
  filter1,
  filter2,
  image,
  large,
  positive,
  rhs,
  right,
  scalar,
  share,
  signal,
  small,
  square,
  tall,
  vector,
  x,
  y,
} from "./samples.ts";

const special: Section = {
  title: "Special functions",
  entries: [
    of("erf", ["torch.erf", "special.erf", "scipySpecial.erf"], [x]),
    of("erfc", ["torch.erfc", "special.erfc", "scipySpecial.erfc"], [x]),
    of("erfinv", ["torch.erfinv", "special.erfinv", ""], [small]),
    of("ndtr", ["torch.special.ndtr", "special.ndtr", ""], [x]),
    of("lgamma", ["torch.lgamma", "special.gammaln", ""], [positive]),
    of("digamma", ["torch.digamma", "special.digamma", ""], [positive]),
    of(
      "polygamma",
      ["torch.polygamma", "special.polygamma", ""],
      [positive],
      (a) => k.polygamma(1, a),
      "n is a number",
    ),
    of(
      "zeta",
      ["torch.special.zeta", "special.zeta", ""],
      [large],
      (a) => k.zeta(3, a),
      "derivative with respect to x only; s > 1",
    ),
    of("xlogy", ["torch.xlogy", "special.xlogy", ""], [positive, y]),
    of("logit", ["torch.logit", "special.logit", "scipySpecial.logit"], [share], undefined, "no clamping"),
  ],
};

const activations: Section = {
  title: "Neural networks: activations, normalization, losses",
  entries: [
    of("sigmoid", ["torch.sigmoid", "jax.nn.sigmoid", "nn.sigmoid"], [x]),
    of("relu", ["F.relu", "jax.nn.relu", "nn.relu"], [x], undefined, "derivative 0 at 0, as in the peers"),
    of("leakyRelu", ["F.leaky_relu", "jax.nn.leaky_relu", "nn.leakyRelu"], [x], (a) => k.leakyRelu(a)),
    of("elu", ["F.elu", "jax.nn.elu", "nn.elu"], [x], (a) => k.elu(a)),
    of("silu", ["F.silu", "jax.nn.silu", "nn.silu"], [x]),
    of(
      "gelu",
      ["F.gelu", "jax.nn.gelu", "nn.gelu"],
      [x],
      k.gelu,
      "exact, as in PyTorch by default; JAX approximates by default",
    ),
    of("softplus", ["F.softplus", "jax.nn.softplus", "nn.softplus"], [x], undefined, "no beta, no threshold"),
    of("logSigmoid", ["F.logsigmoid", "jax.nn.log_sigmoid", "nn.logSigmoid"], [x]),
    of("relu6", ["F.relu6", "jax.nn.relu6", "nn.relu6"], [x]),
    of("selu", ["F.selu", "jax.nn.selu", "nn.selu"], [x]),
    of("celu", ["F.celu", "jax.nn.celu", "nn.celu"], [x], (a) => k.celu(a, 1.5)),
    of("hardtanh", ["F.hardtanh", "jax.nn.hard_tanh", "nn.hardTanh"], [x], (a) => k.hardtanh(a)),
    of("hardsigmoid", ["F.hardsigmoid", "jax.nn.hard_sigmoid", "nn.hardSigmoid"], [x]),
    of("hardswish", ["F.hardswish", "jax.nn.hard_swish", "nn.hardSwish"], [x]),
    of("mish", ["F.mish", "jax.nn.mish", "nn.mish"], [x]),
    of("softsign", ["F.softsign", "jax.nn.soft_sign", "nn.softSign"], [x]),
    of("prelu", ["F.prelu", "", ""], [x, scalar.reshape([1])]),
    of("glu", ["F.glu", "jax.nn.glu", "nn.glu"], [right], (a) => k.glu(a)),
    draw("dropout", ["F.dropout", "", ""], [x], (a) => k.dropout(a, 0.4, { generator: new k.Generator(3) })),
    of(
      "batchNorm",
      ["F.batch_norm", "", ""],
      [right, data([4], { seed: 38 }), data([4], { seed: 36, low: 0.5, high: 2 })],
      (a, mean, variance) => k.batchNorm(a, { mean, variance }),
      "by given statistics: training=False",
    ),
    of(
      "batchNormTraining",
      ["F.batch_norm", "", ""],
      [right],
      (a) => k.batchNormTraining(a).out,
      "training=True; the new running statistics come back, nothing is changed in place",
    ),
    of("batchStatistics", ["", "", ""], [right], k.batchStatistics),
    of("groupNorm", ["F.group_norm", "", ""], [right], (a) => k.groupNorm(a, 2)),
    of("instanceNorm", ["F.instance_norm", "", ""], [data([2, 3, 4], { seed: 37 })], (a) => k.instanceNorm(a)),
    of("rmsNorm", ["F.rms_norm", "", ""], [x], (a) => k.rmsNorm(a, 3)),
    of("normalize", ["F.normalize", "", ""], [x], (a) => k.normalize(a)),
    of("cosineSimilarity", ["F.cosine_similarity", "", ""], [x, y], (a, b) => k.cosineSimilarity(a, b)),
    of(
      "layerNorm",
      ["F.layer_norm", "jax.nn.standardize", "nn.standardize"],
      [x],
      (a) => k.layerNorm(a, 3),
      "JAX has no weight and bias there",
    ),
    of("mseLoss", ["F.mse_loss", "", ""], [x, y], (a, b) => k.mseLoss(a, b)),
    of("l1Loss", ["F.l1_loss", "", ""], [x, y], (a, b) => k.l1Loss(a, b)),
    of("huberLoss", ["F.huber_loss", "", ""], [x, y], (a, b) => k.huberLoss(a, b)),
    of("klDiv", ["F.kl_div", "special.kl_div", ""], [x, positive], (a, b) => k.klDiv(a, b), "JAX has the summand only"),
    of(
      "binaryCrossEntropyWithLogits",
      ["F.binary_cross_entropy_with_logits", "", ""],
      [x, share],
      (a, b) => k.binaryCrossEntropyWithLogits(a, b),
      "no weights",
    ),
    of("nllLoss", ["F.nll_loss", "", ""], [x, classes], (a, i) => k.nllLoss(a, i), "no weights, no ignored class"),
    of(
      "crossEntropy",
      ["F.cross_entropy", "", ""],
      [x, classes],
      (a, i) => k.crossEntropy(a, i),
      "no weights, no ignored class, no label smoothing",
    ),
    of("embedding", ["F.embedding", "jnp.take", "np.take"], [right, classes], k.embedding),
    of(
      "attention",
      ["F.scaled_dot_product_attention", "jax.nn.dot_product_attention", "nn.dotProductAttention"],
      [x, small, y],
      (q, a, v) => k.attention(q, a, v),
      "[…, L, E] as in PyTorch; no dropout",
    ),
  ],
};

const convolution: Section = {
  title: "Convolution and pooling",
  entries: [
    of("conv1d", ["F.conv1d", "lax.conv_general_dilated", "lax.convGeneralDilated"], [signal, filter1], (a, w) =>
      k.conv1d(a, w, { padding: 1, stride: 2 }),
    ),
    of("conv2d", ["F.conv2d", "lax.conv_general_dilated", "lax.convGeneralDilated"], [image, filter2], (a, w) =>
      k.conv2d(a, w, { padding: 1 }),
    ),
    of(
      "convTranspose1d",
      ["F.conv_transpose1d", "lax.conv_transpose", "lax.convTranspose"],
      [signal, data([2, 3, 2], { seed: 33 })],
      (a, w) => k.convTranspose1d(a, w, { stride: 2 }),
    ),
    of(
      "convTranspose2d",
      ["F.conv_transpose2d", "lax.conv_transpose", "lax.convTranspose"],
      [image, data([2, 3, 2, 2], { seed: 34 })],
      (a, w) => k.convTranspose2d(a, w, { stride: 2 }),
    ),
    of(
      "maxPool1d",
      ["F.max_pool1d", "lax.reduce_window", "lax.reduceWindow"],
      [signal],
      (a) => k.maxPool1d(a, 2),
      "at a tie the derivative is shared; PyTorch gives it to the first",
    ),
    of(
      "maxPool2d",
      ["F.max_pool2d", "lax.reduce_window", "lax.reduceWindow"],
      [image],
      (a) => k.maxPool2d(a, 2),
      "as maxPool1d",
    ),
    of("avgPool1d", ["F.avg_pool1d", "lax.reduce_window", "lax.reduceWindow"], [signal], (a) => k.avgPool1d(a, 2)),
    of("avgPool2d", ["F.avg_pool2d", "lax.reduce_window", "lax.reduceWindow"], [image], (a) => k.avgPool2d(a, 2)),
  ],
};

const HOST = "computed in double precision by plain JavaScript inside the program";

const linearAlgebra: Section = {
  title: "Linear algebra",
  entries: [
    of(
      "cholesky",
      ["torch.linalg.cholesky", "jnp.linalg.cholesky", "np.linalg.cholesky"],
      [definite],
      (a) => k.cholesky(a),
      `${HOST}; a matrix that is not definite is an error`,
    ),
    of("lu", ["torch.linalg.lu", "jax.scipy.linalg.lu", "lax.linalg.lu"], [square], k.lu, HOST),
    of(
      "luFactor",
      ["torch.linalg.lu_factor", "jax.scipy.linalg.lu_factor", "lax.linalg.lu"],
      [square],
      k.luFactor,
      `${HOST}; gives the order of rows, not the exchanges`,
    ),
    of("qr", ["torch.linalg.qr", "jnp.linalg.qr", ""], [tall], (a) => k.qr(a), `${HOST}; no mode "r"`),
    of(
      "eigh",
      ["torch.linalg.eigh", "jnp.linalg.eigh", "np.linalg.eigh"],
      [definite],
      k.eigh,
      `${HOST}; real symmetric; signs of vectors are fixed`,
    ),
    of(
      "eigvalsh",
      ["torch.linalg.eigvalsh", "jnp.linalg.eigvalsh", "np.linalg.eigvalsh"],
      [definite],
      k.eigvalsh,
      `${HOST}; derivative finite at equal eigenvalues`,
    ),
    of(
      "svd",
      ["torch.linalg.svd", "jnp.linalg.svd", "np.linalg.svd"],
      [tall],
      (a) => k.svd(a, { fullMatrices: false }),
      `${HOST}; signs of vectors are fixed`,
    ),
    of("svdvals", ["torch.linalg.svdvals", "jnp.linalg.svdvals", "np.linalg.svdvals"], [tall], k.svdvals, HOST),
    of(
      "solve",
      ["torch.linalg.solve", "jnp.linalg.solve", "np.linalg.solve"],
      [square, rhs],
      (a, b) => k.solve(a, b),
      HOST,
    ),
    of(
      "triangularSolve",
      ["torch.linalg.solve_triangular", "jax.scipy.linalg.solve_triangular", "lax.linalg.triangularSolve"],
      [square, rhs],
      (a, b) => k.triangularSolve(a, b),
      HOST,
    ),
    of(
      "choleskySolve",
      ["torch.cholesky_solve", "jax.scipy.linalg.cho_solve", ""],
      [square, rhs],
      (a, b) => k.choleskySolve(a, b),
      HOST,
    ),
    of(
      "luSolve",
      ["torch.linalg.lu_solve", "jax.scipy.linalg.lu_solve", ""],
      [square, rhs],
      (a, b) => k.luSolve(...k.luFactor(a), b),
      HOST,
    ),
    of(
      "lstsq",
      ["torch.linalg.lstsq", "jnp.linalg.lstsq", "np.linalg.lstsq"],
      [tall, data([4], { seed: 35 })],
      k.lstsq,
      `${HOST}; the solution only; full rank`,
    ),
    of("inv", ["torch.linalg.inv", "jnp.linalg.inv", "np.linalg.inv"], [square], (a) => k.inv(a), HOST),
    of("pinv", ["torch.linalg.pinv", "jnp.linalg.pinv", ""], [tall], (a) => k.pinv(a), HOST),
    of(
      "det",
      ["torch.linalg.det", "jnp.linalg.det", "np.linalg.det"],
      [square],
      k.det,
      "second derivatives at singular matrices up to 3 × 3",
    ),
    of("slogdet", ["torch.linalg.slogdet", "jnp.linalg.slogdet", "np.linalg.slogdet"], [square], k.slogdet, HOST),
    of(
      "matrixPower",
      ["torch.linalg.matrix_power", "jnp.linalg.matrix_power", "np.linalg.matrixPower"],
      [square],
      (a) => k.matrixPower(a, 3),
    ),
    of("expm", ["torch.linalg.matrix_exp", "jax.scipy.linalg.expm", ""], [square.mul(0.3)], k.expm, HOST),
    of(
      "vander",
      ["torch.linalg.vander", "jnp.vander", "np.vander"],
      [vector],
      (a) => k.vander(a, 3),
      "rising powers, as in torch.linalg",
    ),
    of("vectorNorm", ["torch.linalg.vector_norm", "jnp.linalg.vector_norm", "np.linalg.vectorNorm"], [x], (a) =>
      k.vectorNorm(a, 3, 1),
    ),
    of("matrixNorm", ["torch.linalg.matrix_norm", "jnp.linalg.matrix_norm", "np.linalg.matrixNorm"], [tall], (a) =>
      k.matrixNorm(a, "nuc"),
    ),
    of("matrixRank", ["torch.linalg.matrix_rank", "jnp.linalg.matrix_rank", ""], [tall], (a) => k.matrixRank(a)),
    of("conditionNumber", ["torch.linalg.cond", "jnp.linalg.cond", ""], [square], (a) => k.conditionNumber(a)),
  ],
};

const PARTS = "{ real, imag }: there is no complex type";
const z =
  (f: (z: k.Complex) => unknown): Example["f"] =>
  (real, imag) =>
    f({ real, imag });

const fourier: Section = {
  title: "Fourier transforms and complex numbers",
  entries: [
    of(
      "fft",
      ["torch.fft.fft", "jnp.fft.fft", "np.fft.fft"],
      [x, y],
      z((c) => k.fft(c)),
      PARTS,
    ),
    of(
      "ifft",
      ["torch.fft.ifft", "jnp.fft.ifft", "np.fft.ifft"],
      [x, y],
      z((c) => k.ifft(c)),
      PARTS,
    ),
    of("rfft", ["torch.fft.rfft", "jnp.fft.rfft", "np.fft.rfft"], [x], (a) => k.rfft(a), PARTS),
    of(
      "irfft",
      ["torch.fft.irfft", "jnp.fft.irfft", "np.fft.irfft"],
      [x, y],
      z((c) => k.irfft(c)),
      PARTS,
    ),
    of(
      "fft2",
      ["torch.fft.fft2", "jnp.fft.fft2", "np.fft.fft2"],
      [x, y],
      z((c) => k.fft2(c)),
      PARTS,
    ),
    of(
      "ifft2",
      ["torch.fft.ifft2", "jnp.fft.ifft2", "np.fft.ifft2"],
      [x, y],
      z((c) => k.ifft2(c)),
      PARTS,
    ),
    of("fftfreq", ["torch.fft.fftfreq", "jnp.fft.fftfreq", "np.fft.fftfreq"], [], () =>
      k.fftfreq(5, 1, { dtype: "float64" }),
    ),
    of("rfftfreq", ["torch.fft.rfftfreq", "jnp.fft.rfftfreq", "np.fft.rfftfreq"], [], () =>
      k.rfftfreq(5, 1, { dtype: "float64" }),
    ),
    of("fftshift", ["torch.fft.fftshift", "jnp.fft.fftshift", "np.fft.fftshift"], [x], (a) => k.fftshift(a, 1)),
    of("ifftshift", ["torch.fft.ifftshift", "jnp.fft.ifftshift", "np.fft.ifftshift"], [x], (a) => k.ifftshift(a, 1)),
    of(
      "complexMul",
      ["torch.mul", "jnp.multiply", ""],
      [x, y],
      z((c) => k.complexMul(c, c)),
      PARTS,
    ),
    of("complexConj", ["torch.conj", "jnp.conj", ""], [x, y], z(k.complexConj), PARTS),
    of("complexAbs", ["torch.abs", "jnp.abs", ""], [x, y], z(k.complexAbs), PARTS),
    of("complexAngle", ["torch.angle", "jnp.angle", ""], [x, y], z(k.complexAngle), PARTS),
  ],
};

/** A stream that starts anew at each call. */
const stream = (): { generator: k.Generator; dtype: "float64" } => ({
  generator: new k.Generator(3),
  dtype: "float64",
});
const IMPLICIT = "derivative by the implicit function theorem, as in the peers";
const DISCRETE = "derivative 0: a discrete draw does not move";

const random: Section = {
  title: "Random numbers",
  entries: [
    plain(
      "manualSeed",
      ["torch.manual_seed", "jax.random.key", "random.key"],
      "one stream with state, the same numbers as PyTorch's CPU generator; JAX passes keys",
    ),
    draw(
      "rand",
      ["torch.rand", "jax.random.uniform", "random.uniform"],
      [],
      () => k.rand([3], stream()),
      "PyTorch's numbers",
    ),
    draw(
      "randn",
      ["torch.randn", "jax.random.normal", "random.normal"],
      [],
      () => k.randn([3], stream()),
      "PyTorch's numbers",
    ),
    draw(
      "randint",
      ["torch.randint", "jax.random.randint", "random.randint"],
      [],
      () => k.randint(0, 9, [3], stream()),
      "PyTorch's numbers",
    ),
    draw(
      "randperm",
      ["torch.randperm", "jax.random.permutation", "random.permutation"],
      [],
      () => k.randperm(5, stream()),
      "PyTorch's numbers",
    ),
    draw("randLike", ["torch.rand_like", "", ""], [x], (a) => k.randLike(a, stream())),
    draw("randnLike", ["torch.randn_like", "", ""], [x], (a) => k.randnLike(a, stream())),
    draw("normal", ["torch.distributions.Normal", "jax.random.normal", "random.normal"], [x, y], (m, s) =>
      k.normal(m, s, stream()),
    ),
    draw("logNormal", ["torch.distributions.LogNormal", "jax.random.lognormal", "random.lognormal"], [x, y], (m, s) =>
      k.logNormal(m, s, stream()),
    ),
    draw("uniform", ["torch.distributions.Uniform", "jax.random.uniform", "random.uniform"], [small, large], (a, b) =>
      k.uniform(a, b, stream()),
    ),
    draw(
      "exponential",
      ["torch.distributions.Exponential", "jax.random.exponential", "random.exponential"],
      [y],
      (r) => k.exponential(r, stream()),
      "with a rate; in JAX it is 1",
    ),
    draw("laplace", ["torch.distributions.Laplace", "jax.random.laplace", "random.laplace"], [x, y], (m, s) =>
      k.laplace(m, s, stream()),
    ),
    draw("gumbel", ["torch.distributions.Gumbel", "jax.random.gumbel", "random.gumbel"], [x, y], (m, s) =>
      k.gumbel(m, s, stream()),
    ),
    draw("cauchy", ["torch.distributions.Cauchy", "jax.random.cauchy", "random.cauchy"], [x, y], (m, s) =>
      k.cauchy(m, s, stream()),
    ),
    draw(
      "gamma",
      ["torch.distributions.Gamma", "jax.random.gamma", ""],
      [y, large],
      (a, r) => k.gamma(a, r, stream()),
      IMPLICIT,
    ),
    draw(
      "chi2",
      ["torch.distributions.Chi2", "jax.random.chisquare", ""],
      [large],
      (d) => k.chi2(d, stream()),
      IMPLICIT,
    ),
    draw(
      "studentT",
      ["torch.distributions.StudentT", "jax.random.t", ""],
      [large, x, y],
      (d, m, s) => k.studentT(d, m, s, stream()),
      IMPLICIT,
    ),
    draw(
      "beta",
      ["torch.distributions.Beta", "jax.random.beta", ""],
      [y, large],
      (a, b) => k.beta(a, b, stream()),
      IMPLICIT,
    ),
    draw(
      "dirichlet",
      ["torch.distributions.Dirichlet", "jax.random.dirichlet", ""],
      [large],
      (c) => k.dirichlet(c, stream()),
      IMPLICIT,
    ),
    draw(
      "bernoulli",
      ["torch.distributions.Bernoulli", "jax.random.bernoulli", "random.bernoulli"],
      [share],
      (p) => k.bernoulli(p, stream()),
      DISCRETE,
    ),
    draw(
      "poisson",
      ["torch.distributions.Poisson", "jax.random.poisson", ""],
      [large],
      (r) => k.poisson(r, stream()),
      DISCRETE,
    ),
    draw(
      "categorical",
      ["torch.distributions.Categorical", "jax.random.categorical", "random.categorical"],
      [x],
      (logits) => k.categorical({ logits }, { generator: new k.Generator(3) }),
      DISCRETE,
    ),
  ],
};

export const numericSections: readonly Section[] = [special, activations, convolution, linearAlgebra, fourier, random];
